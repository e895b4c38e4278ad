"""Controls: what an operator must be able to show, who answers for it, and how fresh it must be.

A control is about a population (end users behind an approved path, devices, sites, the operator itself) and asks of
each of its members one kind of evidence. `pack_file` reads packs of controls, `assessment` checks them
against the records of a vault.
"""

import hashlib
from collections.abc import Mapping

import msgspec

from kansa.i18n import Words
from kansa.people.roles import Roles
from kansa.records import canonical
from kansa.rules.citations import Source
from kansa.rules.pack import Header

FORM = "kansa-controls-1"
OPERATOR = "operator"
"""The population of one: the operator itself."""


class Sign(msgspec.Struct, frozen=True, omit_defaults=True):
    """A kind of record that says something of a subject.

    `of` is the field that holds the subject, or subjects; None where it is the operator. Of the record's open fields,
    those in `where` have one of the values, and none of those in `having` is null. A record ends only another that has
    the same value in the field `per`, where one is given: the revocation of an authorization no other authorization.
    """

    type: str
    of: str | None = None
    where: tuple[tuple[str, tuple[str | bool, ...]], ...] = ()
    having: tuple[str, ...] = ()
    per: str | None = None


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What answers for a subject: any of these signs, unless one of `ended_by` came later.

    `closed_windows`: the records tell of stretches that are over, and their age counts from the end of these.
    """

    any: tuple[Sign, ...]
    ended_by: tuple[Sign, ...] = ()
    closed_windows: bool = False


class Population(msgspec.Struct, frozen=True):
    """Whom controls are about: the subjects for which there is evidence that they are there."""

    words: Words
    evidence: Evidence


class Control(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One control. `fresh` is how old evidence may be, in µs; None: as long as it says itself.

    `responsible` is a role, `about` a population, `serves` are the rules that the evidence lets one answer.
    """

    id: str
    family: str
    words: Words
    sources: tuple[Source, ...]
    verified: bool
    responsible: str
    about: str
    evidence: Evidence
    fresh: int | None = None
    serves: tuple[str, ...] = ()


class ControlPack(msgspec.Struct, frozen=True, kw_only=True):
    """A pack of kind `controls`."""

    header: Header
    roles: Roles
    families: Mapping[str, Words]
    populations: Mapping[str, Population]
    controls: tuple[Control, ...]

    @property
    def meaning(self) -> str:
        """The meaning hash: SHA-256, in hexadecimal, of the canonical bytes of everything."""
        content = msgspec.json.decode(msgspec.json.encode(self))
        return hashlib.sha256(canonical.encode({"form": FORM, "pack": content})).hexdigest()

    def signs(self) -> frozenset[Sign]:
        """Return every sign that some control or population asks for."""
        asked = [control.evidence for control in self.controls]
        asked += [population.evidence for population in self.populations.values()]
        return frozenset(sign for evidence in asked for sign in (*evidence.any, *evidence.ended_by))
