"""Chain of custody: which devices there are, under which contract they came, where they went."""

from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, Struct, UnsetType, field

from kansa.records.kinds.claim import (
    OPEN,
    Claim,
    Jurisdiction,
    Names,
    OpenText,
    OpenTexts,
    OptionalSubject,
    Sealed,
    Subject,
    Subjects,
)


class Circle(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A circle on the earth in which a device lay: around a landmark, or around the place that a service gives."""

    landmark: str
    latitude_e7: int
    longitude_e7: int
    within_m: int
    round_trip_us: int | None = None
    error_m: int | None = None


class SiteRegistered(Claim, frozen=True, kw_only=True):
    """A place where devices may be; `latitude_e7` and `longitude_e7` are degrees × 10^7 (WGS 84), where they are known."""

    type: ClassVar[str] = "kansa.site.registered.v0"

    site_id: Subject
    country: OpenText
    latitude_e7: Annotated[int | None, OPEN] = None
    longitude_e7: Annotated[int | None, OPEN] = None
    names: Names | UnsetType = UNSET
    address: Sealed = UNSET


class SiteCommissioned(Claim, frozen=True, kw_only=True):
    """A site, or a part of it, was taken into service at `valid_from`.

    `hurried` says that it was done before its checks were complete; `deferred` names those checks, and `valid_to` is
    the day by which they are to be made up.
    """

    type: ClassVar[str] = "kansa.site.commissioned.v0"

    site_id: Subject
    hurried: Annotated[bool, OPEN] = False
    deferred: OpenTexts = field(default_factory=list)
    reason: Sealed = UNSET
    approver: Sealed = UNSET


class ContractRecorded(Claim, frozen=True, kw_only=True):
    """A contract under which devices are supplied or compute is sold."""

    type: ClassVar[str] = "kansa.contract.recorded.v0"

    contract_id: Subject
    party_ids: Subjects
    number: Sealed = UNSET
    lines: list[dict[str, Any]] | UnsetType = UNSET
    flow_down: Sealed = UNSET


class ItemClassified(Claim, frozen=True, kw_only=True):
    """An item class was classified under one jurisdiction's control list (ECCN sheet, 該非判定書)."""

    type: ClassVar[str] = "kansa.item.classified.v0"

    item_class: OpenText
    jurisdiction: Jurisdiction
    control: OpenText
    result: Annotated[Literal["controlled", "not_controlled"], OPEN]
    law_version: Annotated[str | None, OPEN] = None
    issuer: Sealed = UNSET


class DeviceIdentified(Claim, frozen=True, kw_only=True):
    """Joins a device's four names and says in which node and at which site the inventory has it."""

    type: ClassVar[str] = "kansa.device.identified.v0"

    device_id: Subject
    node_id: OptionalSubject = None
    site_id: OptionalSubject = None
    item_class: OpenText
    board_serial: Sealed = UNSET
    gpu_uuid: Sealed = UNSET
    attestation_id: Sealed = UNSET
    asset_tag: Sealed = UNSET


class DeviceMoved(Claim, frozen=True, kw_only=True):
    """A business step (EPCIS CBV) of a device at a site at `valid_from`.

    A `receiving` that names contract, contract line and the authorization of supply begins a chain of custody.
    """

    type: ClassVar[str] = "kansa.device.moved.v0"

    device_id: Subject
    site_id: Subject
    step: Annotated[Literal["receiving", "installing", "removing", "shipping", "decommissioning"], OPEN]
    contract_id: OptionalSubject = None
    contract_line: Annotated[str | None, OPEN] = None
    authorization_id: OptionalSubject = None
    document: Sealed = UNSET


class DeviceMoveWithdrawn(Claim, frozen=True, kw_only=True):
    """A business step was declared an error at `valid_from`: it did not happen as recorded.

    `corrects` names the step. What happened instead is recorded as a step of its own; EPCIS 2.0 §7.4.1.4 works so.
    """

    type: ClassVar[str] = "kansa.device.move_withdrawn.v0"

    device_id: Subject
    site_id: OptionalSubject = None
    corrected_by: Annotated[int, OPEN] = 0
    reason: Sealed = UNSET


NameKind = Literal["attestation_id", "gpu_uuid", "board_serial", "epc", "asset_tag"]
"""The kinds of names of a device, the strongest first: burnt in and signed, burnt in, printed, applied, stuck on."""

Confidence = Annotated[Literal["certain", "probable", "doubtful"], OPEN]


class DeviceNamed(Claim, frozen=True, kw_only=True):
    """Says which names of a device were seen together at `valid_from`, by what means; one source's word for the join.

    `named` lists which kinds were seen. `confidence` is `certain` where one measurement read them off one device,
    `probable` where a document or an inventory puts them side by side, `doubtful` where another device bears one of
    them: `conflicting` names those kinds and `conflicts_with` the devices. `unusable` are kinds whose value tells no
    device from another (`0`, `N/A`).
    """

    type: ClassVar[str] = "kansa.device.named.v0"

    device_id: Subject
    named: Annotated[list[NameKind], OPEN]
    confidence: Confidence
    conflicting: Annotated[list[NameKind], OPEN] = field(default_factory=list)
    conflicts_with: Subjects = field(default_factory=list)
    unusable: Annotated[list[NameKind], OPEN] = field(default_factory=list)
    board_serial: Sealed = UNSET
    gpu_uuid: Sealed = UNSET
    attestation_id: Sealed = UNSET
    asset_tag: Sealed = UNSET
    epc: Sealed = UNSET
    model: Sealed = UNSET
    part_number: Sealed = UNSET
    means: Sealed = UNSET


class DeviceObserved(Claim, frozen=True, kw_only=True):
    """The device was seen at a site at `valid_from`, or was seen there again and again until `valid_to`.

    What was measured with it: `power_w`, the mean draw in watts; `utilization_bp`, the mean share of time in which it
    computed, in hundredths of a per cent; `samples`, of how many readings.
    """

    type: ClassVar[str] = "kansa.device.observed.v0"

    device_id: Subject
    site_id: Subject
    node_id: OptionalSubject = None
    power_w: Annotated[int | None, OPEN] = None
    utilization_bp: Annotated[int | None, OPEN] = None
    samples: Annotated[int | None, OPEN] = None
    means: Sealed = UNSET


class DeviceAttested(Claim, frozen=True, kw_only=True):
    """The device proved its cryptographic identity: a report that it signed over a nonce, checked at `valid_from`.

    `checks` names what was verified (`certificate_chain`, `signature`, `nonce`), `not_assessed` what was not, such as
    the firmware against reference values. `measurements` is how many the report holds. A location is not part of it.
    """

    type: ClassVar[str] = "kansa.device.attested.v0"

    device_id: Subject
    site_id: OptionalSubject = None
    checks: OpenTexts
    not_assessed: OpenTexts = field(default_factory=list)
    root_sha256: OpenText
    evidence_sha256: OpenText
    measurements: Annotated[int | None, OPEN] = None
    attestation_id: Sealed = UNSET
    nonce: Sealed = UNSET
    hardware_model: Sealed = UNSET
    driver_version: Sealed = UNSET
    vbios_version: Sealed = UNSET


class DeviceLocated(Claim, frozen=True, kw_only=True):
    """The device lay inside every one of some circles at `valid_from`; the place itself is not known any better.

    `method` says how: `round_trip` (signed answers timed by landmarks, an upper bound by the speed of light),
    `vendor_service` (a vendor's location service says so), `declared` (somebody entered it). A circle has the
    landmark's name, `latitude_e7` and `longitude_e7` (degrees × 10^7), `within_m` with the error already added, and for
    a timing `round_trip_us` and `error_m`.
    """

    type: ClassVar[str] = "kansa.device.located.v0"

    device_id: Subject
    site_id: OptionalSubject = None
    method: Annotated[Literal["round_trip", "vendor_service", "declared"], OPEN]
    circles: Annotated[list[Circle], OPEN]
    country: Annotated[str | None, OPEN] = None
    means: Sealed = UNSET
