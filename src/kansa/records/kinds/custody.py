"""Chain of custody: which devices there are, under which contract they came, where they went."""

from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, UnsetType, field

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


class SiteRegistered(Claim, frozen=True, kw_only=True):
    """A place where devices may be."""

    type: ClassVar[str] = "kansa.site.registered.v0"

    site_id: Subject
    country: OpenText
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


class DeviceObserved(Claim, frozen=True, kw_only=True):
    """The device was seen at a site at `valid_from`."""

    type: ClassVar[str] = "kansa.device.observed.v0"

    device_id: Subject
    site_id: Subject
    means: Sealed = UNSET
