"""Packs kept under their meaning hash, and past answers given again from them."""

from collections.abc import Mapping
from functools import cache

import pytest

from kansa.clock import parse_instant
from kansa.errors import BrokenVault
from kansa.rules.evaluate import SEMANTICS, collect, decide
from kansa.rules.loading.library import Library, read_library
from kansa.rules.pack import ACTIONS, Pack
from kansa.rules.replay import (
    Basis,
    NotReplayable,
    decided_again,
    flagged_again,
    packed,
    unpacked,
)
from kansa.rules.rulebook import Interpretation

AT = parse_instant("2026-11-22T00:00:00.000Z")


@cache
def library() -> Library:
    """The shipped packs."""
    return read_library(check=False)


def shelf() -> Mapping[str, bytes]:
    """All of them, kept."""
    return {pack.meaning: packed(pack) for pack in library().packs}


def nothing(_: str) -> bytes | None:
    """An empty shelf."""
    return None


@pytest.mark.parametrize("pack", library().packs, ids=lambda pack: pack.id)
def test_a_pack_is_kept_as_the_bytes_of_which_its_meaning_is_the_hash(pack: Pack) -> None:
    """What is read back means the same, without its cases."""
    again = unpacked(pack.meaning, packed(pack))
    assert again.meaning == pack.meaning
    assert (again.header, again.rules, again.parameters) == (pack.header, pack.rules, pack.parameters)
    assert again.cases == ()


def test_a_pack_that_was_changed_is_refused() -> None:
    """One bit is another pack."""
    pack = library().packs[0]
    changed = bytearray(packed(pack))
    changed[-3] ^= 1
    with pytest.raises(BrokenVault, match="is another one"):
        unpacked(pack.meaning, bytes(changed))


def test_every_case_of_every_pack_replays_to_the_same_answer() -> None:
    """Decisions and flags alike, without the catalogue that was used when they were made."""
    kept, rulebook = shelf(), library().rulebook()
    packs = tuple(each.meaning for each in rulebook.named)
    edition = rulebook.at(AT)
    asked = 0
    for pack in library().packs:
        for case in pack.cases[::3]:
            facts = {n: frozenset(v) if isinstance(v, tuple) else v for n, v in case.facts.items()}
            basis = Basis(packs, SEMANTICS, AT)
            if pack.header.kind == "gate":
                action = ACTIONS[asked % len(ACTIONS)]
                assert decided_again(basis, kept.get, action, facts) == decide(edition, action, facts)
            else:
                subject = pack.rules[0].subject
                assert flagged_again(basis, kept.get, subject, facts) == collect(edition, subject, facts)
            asked += 1
            if asked > 60:
                return


def test_what_is_missing_is_said() -> None:
    """A pack that is not kept, an evaluator that is not this one: no answer, with the reason."""
    gone = decided_again(Basis(("0" * 64,), SEMANTICS, AT), nothing, "login", {})
    assert isinstance(gone, NotReplayable)
    assert gone.reason == "no_pack"
    other = decided_again(Basis((), "kansa-rules-0", AT), nothing, "login", {})
    assert str(other) == f"not replayable: answered by `kansa-rules-0`, this is `{SEMANTICS}`"
    assert str(NotReplayable("erased", 7)) == "not replayable: erased under entry 7"


def test_a_reading_counts_only_while_it_stood() -> None:
    """The Affiliates Rule read as not applying: the answer of a day under the reading, and of the day after it."""
    pack = next(pack for pack in library().packs if pack.id == "kansa.us.affiliates")
    reading = Interpretation(
        rule="kansa.us.affiliates.half-owned", choice="not_apply", decided_at=AT, expires_at=AT + 10, reasons="", approver=""
    )  # fmt: skip
    facts = {"party.listed_owner_bp": 6000, "party.listed_owner_share_unknown": False}
    for instant, raised in ((AT - 1, 1), (AT, 0), (AT + 9, 0), (AT + 10, 1)):
        basis = Basis((pack.meaning,), SEMANTICS, instant, (reading,))
        again = flagged_again(basis, shelf().get, "party", facts)
        assert not isinstance(again, NotReplayable)
        assert len(again.raised) == raised
