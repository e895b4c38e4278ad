"""Packs: rules as data, each with its source, its dates, its two statuses and its doubts.

A rule has one version for each stretch of time `[start, end)` in which its text or status was the same; stretches
neither overlap nor leave gaps. `pack_file` reads packs from YAML; what is defined here is also their JSON form,
from which a past decision replays.
"""

import hashlib
from typing import Literal

import msgspec

from kansa.i18n import Words
from kansa.records import canonical
from kansa.rules.citations import Source
from kansa.rules.conditions import Condition, Operand, facts_in
from kansa.rules.effective_dates import Stretch

FORM = "kansa-pack-1"
GATE = "gate"
ACTIONS = ("onboard", "login", "schedule", "shift", "ship")
SEVERITIES = ("low", "medium", "high")
OUTCOMES = ("permit", "hold", "deny")

Outcome = Literal["permit", "hold", "deny"]
Severity = Literal["low", "medium", "high"]
Kind = Literal["flags", "gate", "controls", "groups", "routes"]
KINDS = ("flags", "gate", "controls", "groups", "routes")


class Parameter(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A value that is stated as data: where it comes from, how sure it is, and in which unit."""

    name: str
    value: Operand
    words: Words
    unit: str | None = None
    sources: tuple[Source, ...]
    verified: bool = False


class Version(Stretch, frozen=True, omit_defaults=True, kw_only=True):
    """What a rule said in a stretch of time. `verified`: someone compared it with the official text."""

    when: Condition
    words: Words
    sources: tuple[Source, ...]
    verified: bool = False


class Rule(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One rule. A gate rule has an `outcome` and the `actions` that it governs, a flag rule a `severity`."""

    id: str
    subject: str
    versions: tuple[Version, ...]
    outcome: Outcome | None = None
    actions: tuple[str, ...] = ()
    severity: Severity | None = None
    follow_up: tuple[Words, ...] = ()

    def at(self, instant: int) -> Version | None:
        """Return the version at an instant; None before the first and after the last."""
        return next((version for version in self.versions if version.covers(instant)), None)

    @property
    def facts(self) -> frozenset[str]:
        """Every fact that some version asks."""
        return frozenset[str]().union(*(facts_in(version.when) for version in self.versions))


class Case(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a pack must answer: the facts at an instant, and the rules that hit, miss or cannot be known.

    A gate case may name an `action` and the `outcome` of the whole pack.
    """

    name: str
    at: int
    facts: dict[str, Operand]
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    action: str | None = None
    outcome: Outcome | None = None


class Header(msgspec.Struct, frozen=True):
    """What every pack says of itself, whatever it holds."""

    id: str
    version: str
    kind: Kind
    jurisdiction: str
    words: Words


class Pack(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A pack of kind `flags` or `gate`, with the cases that hit and miss every rule."""

    header: Header
    rules: tuple[Rule, ...]
    parameters: tuple[Parameter, ...] = ()
    cases: tuple[Case, ...] = ()

    @property
    def id(self) -> str:
        return self.header.id

    @property
    def meaning(self) -> str:
        """The meaning hash: SHA-256, in hexadecimal, of the canonical bytes of everything but the cases.

        Comments, spacing, and the order of keys and of list operands do not matter; values of parameters do.
        """
        content = msgspec.json.decode(msgspec.json.encode(self))
        content.pop("cases", None)
        return hashlib.sha256(canonical.encode({"form": FORM, "pack": content})).hexdigest()
