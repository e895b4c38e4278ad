"""Workload placement: whose work ran where, on which units, reached how. Never about devices.

`units` are open, but a workload's `about` lists no device or node, so that a device's custody list shows no
tenant's use.
"""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, UnsetType, field

from kansa.records.kinds.claim import OPEN, Claim, OpenTexts, OptionalSubject, Sealed, Subject

Purpose = Annotated[Literal["train", "fine_tune", "infer", "other"] | None, OPEN]
Cause = Annotated[Literal["grid", "price", "maintenance", "failure", "request"] | None, OPEN]


class WorkloadPlaced(Claim, frozen=True, kw_only=True):
    """A workload held units from `valid_from` to `valid_to` (null: still running).

    `accelerators` is how many accelerators it held on each unit; null is all of them. `placement` says how the
    placement came about where it was not observed (`generated` in replays).
    """

    type: ClassVar[str] = "kansa.workload.placed.v0"
    keeper: ClassVar[tuple[str, ...]] = ("end_user_id", "tenant_id", "workload_id")

    workload_id: Subject
    tenant_id: OptionalSubject = None
    end_user_id: OptionalSubject = None
    path_id: OptionalSubject = None
    site_id: OptionalSubject = None
    units: OpenTexts
    accelerators: Annotated[int | None, OPEN] = None
    item_class: Annotated[str | None, OPEN] = None
    purpose: Purpose = None
    placement: Annotated[Literal["generated"], OPEN] | UnsetType = UNSET
    account: Sealed = UNSET
    user: Sealed = UNSET


class WorkloadShifted(Claim, frozen=True, kw_only=True):
    """At `valid_from` the workload left its units for others, for a cause."""

    type: ClassVar[str] = "kansa.workload.shifted.v0"

    workload_id: Subject
    tenant_id: OptionalSubject = None
    site_id: OptionalSubject = None
    units: OpenTexts
    accelerators: Annotated[int | None, OPEN] = None
    item_class: Annotated[str | None, OPEN] = None
    cause: Cause = None
    signal: Sealed = UNSET


class WorkloadEnded(Claim, frozen=True, kw_only=True):
    """The workload let go of its units at `valid_from`."""

    type: ClassVar[str] = "kansa.workload.ended.v0"

    workload_id: Subject
    tenant_id: OptionalSubject = None
    outcome: Sealed = UNSET


class SitePower(Claim, frozen=True, kw_only=True):
    """What power a site has and drew in `[valid_from, valid_to)`, in watts: by contract, as built, for IT, as metered.

    `metered_w` is the mean of the stretch; what is not known is left out.
    """

    type: ClassVar[str] = "kansa.site.power.v0"

    site_id: Subject
    contracted_w: Annotated[int | None, OPEN] = None
    capacity_w: Annotated[int | None, OPEN] = None
    it_capacity_w: Annotated[int | None, OPEN] = None
    metered_w: Annotated[int | None, OPEN] = None


class SourceReported(Claim, frozen=True, kw_only=True):
    """A source reported in full on its scope for `[valid_from, valid_to)`: the window is closed.

    `scope` holds the sites, nodes or devices that it speaks for; only inside closed windows is a device that no
    use holds counted as idle.
    """

    type: ClassVar[str] = "kansa.source.reported.v0"

    system: Annotated[str, OPEN]
    scope: Annotated[list[str], OPEN]
    rows: Annotated[int, OPEN]
    quarantined: Annotated[int, OPEN] = 0
    last_sequence: Annotated[str | None, OPEN] = None
    file_digests: Annotated[list[str], OPEN] = field(default_factory=list)
    files: list[dict[str, str]] | UnsetType = UNSET
