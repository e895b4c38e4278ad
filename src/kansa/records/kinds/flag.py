"""Flags: what a rule found on facts, who looks into it, and how it was resolved."""

from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, UnsetType, field

from kansa.records.kinds.claim import OPEN, Claim, OpenText, OptionalSubject, Sealed, Subject, Time
from kansa.records.kinds.signed import Attributable

Severity = Annotated[Literal["low", "medium", "high"], OPEN]


class FlagRaised(Claim, frozen=True, kw_only=True):
    """A rule is true of a subject on these facts: a duty to inquire, not a violation.

    Raised again under the same `flag_id` when the facts that it rests on changed. `facts` holds them by name with
    value and records; their salted digest binds a resolution to them, and erasing the party erases them with it.
    `rests_on` are the ledger indexes of their records, `evaluated_at` is the instant at which they were asked.
    `occasion` is the index of the reconfiguration in question; `of_flags`: the rule asks about flags itself, and is
    not counted where flags are.
    """

    type: ClassVar[str] = "kansa.flag.raised.v0"
    keeper: ClassVar[tuple[str, ...]] = ("party_id", "subject_id")

    flag_id: Subject
    subject_id: Subject
    party_id: OptionalSubject = None
    rule: OpenText
    pack: OpenText
    pack_sha256: OpenText
    evaluator: OpenText
    evaluated_at: Time
    severity: Severity
    active: Annotated[bool, OPEN]
    due: Time
    occasion: Annotated[int | None, OPEN] = None
    of_flags: Annotated[bool, OPEN] = False
    rests_on: Annotated[list[int], OPEN] = field(default_factory=list)
    facts: list[dict[str, Any]] | UnsetType = UNSET
    owner: Sealed = UNSET


class FlagAssigned(Claim, frozen=True, kw_only=True):
    """The flag has an owner, and is due by `due`."""

    type: ClassVar[str] = "kansa.flag.assigned.v0"

    flag_id: Subject
    subject_id: Subject
    due: Time
    owner_id: OptionalSubject = None
    owner: Sealed = UNSET


class FlagResolved(Attributable, frozen=True, kw_only=True):
    """A person's answer to the flag, bound to the facts that it was given on; other facts open it again.

    `raised` is the ledger index of the `flag.raised` that holds those facts. `lapsed`: the rule is no longer true.
    """

    type: ClassVar[str] = "kansa.flag.resolved.v0"
    keeper: ClassVar[tuple[str, ...]] = ("party_id", "subject_id")

    flag_id: Subject
    subject_id: Subject
    party_id: OptionalSubject = None
    resolution: Annotated[Literal["explained", "mitigated", "declined", "reported", "lapsed"], OPEN]
    raised: Annotated[int, OPEN]
    resolver_id: OptionalSubject = None
    resolver: Sealed = UNSET
    evidence: Annotated[list[int], OPEN] = field(default_factory=list)
