"""Past answers given again: from the packs as they were, the facts as they were, and nothing else.

A pack is kept as the canonical bytes of which its meaning hash is the SHA-256, so that the hash in a decision or a
flag finds it, and shows that it was not changed. The facts are those recorded with the answer; the catalogue of
today is not asked, since what was a value then is a value now. What was erased cannot be given again, and it is
said under which entry it was.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from kansa.errors import BrokenVault
from kansa.i18n import Words
from kansa.records import canonical
from kansa.rules.catalogue import Catalogue, Fact
from kansa.rules.evaluate import SEMANTICS, Decision, Flags, collect, decide
from kansa.rules.pack import FORM, Pack
from kansa.rules.rulebook import EffectiveRules, Interpretation, Rulebook

Shelf = Callable[[str], bytes | None]
"""The bytes kept under a meaning hash; None if there are none."""


class Basis(NamedTuple):
    """On what an answer was given: packs by meaning hash, the evaluator's semantics, the instant, readings in force."""

    packs: tuple[str, ...]
    semantics: str
    at: int
    readings: tuple[Interpretation, ...] = ()


_UNSAID = Words("", "")


class NotReplayable(NamedTuple):
    """Why an answer cannot be given again: `erased` (under `entry`, if that is known), `no_pack`, `evaluator`."""

    reason: str
    entry: int | None = None
    detail: str | None = None

    def __str__(self) -> str:
        if self.reason == "erased":
            return "not replayable: erased" + ("" if self.entry is None else f" under entry {self.entry}")
        if self.reason == "no_pack":
            return f"not replayable: the pack `{self.detail}` is not kept"
        return f"not replayable: answered by `{self.detail}`, this is `{SEMANTICS}`"


def packed(pack: Pack) -> bytes:
    """Return the bytes under which a pack is kept; their SHA-256 is its meaning hash."""
    content = msgspec.json.decode(msgspec.json.encode(pack))
    content.pop("cases", None)
    return canonical.encode({"form": FORM, "pack": content})


def unpacked(meaning: str, kept: bytes) -> Pack:
    """Return the pack of kept bytes, without its cases.

    Raises:
        BrokenVault: `pack.kept`, if the bytes are not those of which this is the hash.
    """
    if hashlib.sha256(kept).hexdigest() != meaning:
        raise BrokenVault("pack.kept", f"the pack kept under `{meaning}` is another one")
    return msgspec.convert(canonical.decode(kept)["pack"], Pack)


def edition_of(basis: Basis, shelf: Shelf, facts: Mapping[str, Any]) -> EffectiveRules | NotReplayable:
    """Return the rules as they stood for these facts."""
    if basis.semantics != SEMANTICS:
        return NotReplayable("evaluator", detail=basis.semantics)
    packs = []
    for meaning in basis.packs:
        kept = shelf(meaning)
        if kept is None:
            return NotReplayable("no_pack", detail=meaning)
        packs.append(unpacked(meaning, kept))
    return Rulebook(tuple(packs), catalogue_for(packs, facts)).at(basis.at, basis.readings)


def decided_again(
    basis: Basis, shelf: Shelf, action: str, facts: Mapping[str, Any]
) -> Decision | NotReplayable:
    """Return what the gate decided, from the facts recorded with the decision."""
    edition = edition_of(basis, shelf, facts)
    return edition if isinstance(edition, NotReplayable) else decide(edition, action, facts)


def flagged_again(
    basis: Basis, shelf: Shelf, subject: str, facts: Mapping[str, Any]
) -> Flags | NotReplayable:
    """Return what the flag rules said of a kind of subject, from the facts recorded with the flag."""
    edition = edition_of(basis, shelf, facts)
    return edition if isinstance(edition, NotReplayable) else collect(edition, subject, facts)


def catalogue_for(packs: Iterable[Pack], facts: Mapping[str, Any]) -> Catalogue:
    """Return declarations for exactly the facts that the packs ask, each of the type that its recorded value has."""
    names = frozenset[str]().union(*(rule.facts for pack in packs for rule in pack.rules))
    return Catalogue({name: Fact(name, _type(facts.get(name)), "request", (), _UNSAID) for name in names})  # type: ignore[arg-type]  # one of Type


def _type(value: Any) -> str:
    named = {bool: "bool", int: "int", str: "text"}
    return named.get(type(value), "texts")
