"""Hand-over: what followed a permitted shift, and what moved without one."""

from typing import Annotated, ClassVar, Literal

from kansa.records.kinds.claim import OPEN, Claim, OptionalSubject, Reference, Subject, Time

Ends = Annotated[list[Literal["origin", "target"]], OPEN]


class ShiftHandedOver(Claim, frozen=True, kw_only=True):
    """At which ends a shift that the gate permitted was recorded by `due`: both, or too few, which is a finding.

    `decision` is the permit in the gate's log; `valid_from` is when it was given.
    """

    type: ClassVar[str] = "kansa.shift.handed_over.v0"
    keeper: ClassVar[tuple[str, ...]] = ("end_user_id", "tenant_id")

    tenant_id: Subject
    end_user_id: OptionalSubject = None
    from_site_id: OptionalSubject = None
    site_id: Subject
    decision: Annotated[Reference, OPEN]
    recorded: Ends
    due: Time
    records: Annotated[list[int], OPEN]


class ShiftUnpermitted(Claim, frozen=True, kw_only=True):
    """A workload went from one site to another at `valid_from` and no permit of the gate covers it: a finding."""

    type: ClassVar[str] = "kansa.shift.unpermitted.v0"
    keeper: ClassVar[tuple[str, ...]] = ("end_user_id", "tenant_id", "workload_id")

    workload_id: Subject
    tenant_id: OptionalSubject = None
    end_user_id: OptionalSubject = None
    from_site_id: Subject
    site_id: Subject
    records: Annotated[list[int], OPEN]
