"""The gate: what machines were answered before they acted, on what ground, and what was done past it.

Decisions, their grounds and their use stand in the gate's own log; the other kinds in the evidence log.
"""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType, field

from kansa.records.kinds.claim import OPEN, Claim, OpenText, OpenTexts, OptionalSubject, Reference, Sealed

Action = Literal["onboard", "login", "schedule", "shift", "ship"]
OpenAction = Annotated[Action, OPEN]
Outcome = Annotated[Literal["permit", "hold", "deny"], OPEN]
Value = bool | int | str | list[str]


class Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fact that the caller gave."""

    fact: str
    value: Value


class Stood(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A fact that stood: its value, or the instant (microseconds UTC) from or to which it counts seconds."""

    fact: str
    value: Value | None = None
    instant: int | None = None
    evidence: list[int] = []


class Asked(Claim, frozen=True, kw_only=True):
    """Base: whose work was asked about, where, by which way. Every id is one of ours, or was not known: null."""

    tenant_id: OptionalSubject = None
    end_user_id: OptionalSubject = None
    path_id: OptionalSubject = None
    site_id: OptionalSubject = None
    from_site_id: OptionalSubject = None
    item_class: Annotated[str | None, OPEN] = None


class GateGrounded(Asked, frozen=True, kw_only=True):
    """What stood about these subjects when the evidence log had `entries` entries; decisions refer to it.

    Facts that change with the hour are not among them: they follow from its instants and a decision's time. A value
    destroyed here makes the decisions that rest on it no longer replayable.
    """

    type: ClassVar[str] = "kansa.gate.grounded.v0"
    keeper: ClassVar[tuple[str, ...]] = ("end_user_id", "tenant_id")

    log: OpenText
    entries: Annotated[int, OPEN]
    evidence: Annotated[list[int], OPEN] = field(default_factory=list)
    facts: list[Stood] | UnsetType = UNSET


class GateDecided(Asked, frozen=True, kw_only=True):
    """One decision. A permit holds for `[valid_from, valid_to)`; a hold or a deny is worth asking again at `valid_to`.

    `ground` is the entry of this log that holds the facts that stood, `given` the facts that the caller gave;
    `determining` and `unknown` are rules of the packs whose meanings are listed by SHA-256. `work` tags the caller's
    own name of what was asked for (HMAC under the connector key): with the key and the name the decision is found.
    """

    type: ClassVar[str] = "kansa.gate.decided.v0"

    action: OpenAction
    outcome: Outcome
    caller: OpenText
    ground: Annotated[int, OPEN]
    given: Annotated[list[Given], OPEN] = field(default_factory=list)
    determining: OpenTexts
    unknown: OpenTexts = field(default_factory=list)
    packs: OpenTexts
    semantics: OpenText
    readings: OpenTexts = field(default_factory=list)
    obligations: OpenTexts = field(default_factory=list)
    work: Annotated[str, OPEN] | UnsetType = UNSET


class GateTurnedAway(Asked, frozen=True, kw_only=True):
    """A question that was not decided, and answered with deny: its caller may not ask it, or it could not be read.

    `action` is left out where the request named none of ours.
    """

    type: ClassVar[str] = "kansa.gate.turned_away.v0"

    caller: OpenText
    reason: Annotated[Literal["not_entitled", "no_action", "not_readable"], OPEN]
    action: Annotated[Action | None, OPEN] = None


class GateUsed(Claim, frozen=True, kw_only=True):
    """A permit was answered again in the minute `[valid_from, valid_to)`: the first time is marked, further are not."""

    type: ClassVar[str] = "kansa.gate.used.v0"

    decision: Annotated[int, OPEN]


class GateRefused(Asked, frozen=True, kw_only=True):
    """In the evidence log: these subjects were held or denied by rules that had not held them in this way before."""

    type: ClassVar[str] = "kansa.gate.refused.v0"

    action: OpenAction
    outcome: Annotated[Literal["hold", "deny"], OPEN]
    determining: OpenTexts
    unknown: OpenTexts = field(default_factory=list)
    decision: Annotated[Reference, OPEN]


class GateBypassed(Asked, frozen=True, kw_only=True):
    """A client that was told to fail open let work pass without an answer, and said so when it could.

    `valid_from` is when it let it pass, `reason` why it had no answer, `spooled` the SHA-256 of the line in the client's
    own file, by which it is recorded once.
    """

    type: ClassVar[str] = "kansa.gate.bypassed.v0"

    action: OpenAction
    caller: OpenText
    reason: Annotated[Literal["timeout", "unreachable", "refused", "unreadable"], OPEN]
    spooled: OpenText
    work: Sealed = UNSET


class LogAnchored(Claim, frozen=True, kw_only=True):
    """Another log of this operator had this signed checkpoint: neither can be rolled back past it without the other."""

    type: ClassVar[str] = "kansa.log.anchored.v0"

    anchored: OpenText
    size: Annotated[int, OPEN]
    checkpoint: OpenText
