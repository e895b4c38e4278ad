"""What subjects are called: names and source keys, from disclosed values only.

A subject whose values are withheld or erased has no name here and is shown by its id.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kansa.records import sealing
from kansa.records.catalogue import KINDS, kind_named
from kansa.records.envelope import Record
from kansa.records.kinds.access_path import AccessPathApproved
from kansa.records.kinds.authorization import AuthorizationAmended, AuthorizationRecorded
from kansa.records.kinds.custody import (
    ContractRecorded,
    DeviceIdentified,
    DeviceNamed,
    ItemClassified,
    SiteRegistered,
)
from kansa.records.kinds.party import PartyRegistered
from kansa.records.sealing import Disclosure
from kansa.registers import paragraphs

NAMED = (PartyRegistered.type, SiteRegistered.type)
ASKED_ABOUT = ("pty_", "sit_", "pth_")
"""How the ids of what people and machines ask about by name begin: parties, sites, paths."""
NUMBERED: Mapping[str, tuple[str, ...]] = {
    DeviceIdentified.type: ("board_serial", "gpu_uuid", "attestation_id", "asset_tag"),
    DeviceNamed.type: ("board_serial", "gpu_uuid", "attestation_id", "asset_tag", "epc"),
    ContractRecorded.type: ("number",),
    AuthorizationRecorded.type: ("number",),
    AuthorizationAmended.type: ("number",),
}
"""The kinds whose first subject bears numbers that people know it by, and the fields that hold them."""
NAMING = (DeviceIdentified.type, DeviceNamed.type)
"""The kinds that join the names of a device."""


@dataclass(frozen=True, slots=True)
class Path:
    """How a path reaches compute, for whom, through whom."""

    method: str
    tenant_id: str
    end_user_id: str | None
    mediator_id: str | None


@dataclass(frozen=True, slots=True)
class Directory:
    """Names by id; source keys by (system, key) and, first one first, by id; the paths' latest approvals.

    `roles` are those of parties; `subjects` are the parties, sites and paths that any record is about; `items` the item classes, each with its latest
    control number by jurisdiction, `""` where it was found not to be controlled; `numbers` what stands on devices,
    contracts and authorizations: serials and other names, numbers of papers. `device_names` are the names that each source
    said of each device, by (device, source), as (field, text).
    """

    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    keys: Mapping[tuple[str, str], str] = field(default_factory=dict)
    keys_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    paths: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    subjects: Collection[str] = ()
    items: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    numbers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    device_names: Mapping[tuple[str, str], frozenset[tuple[str, str]]] = field(default_factory=dict)

    def called_all(self, subject: str) -> set[str]:
        """Return every name, source key and number of a subject."""
        named = self.names.get(subject, {}).values()
        return {*named, *self.keys_of.get(subject, ()), *self.numbers.get(subject, ())}

    def items_named(self, text: str) -> frozenset[str]:
        """Return the item classes that a text names: the class itself, or all that were classified as this paragraph, however it is written."""
        if text in self.items:
            return frozenset({text})
        said = ((name, control) for name, controls in self.items.items() for control in controls.values())
        return frozenset(name for name, control in said if control and paragraphs.names(text, control))

    def called(self, subject: str) -> Mapping[str, str]:
        """Return what to show for a subject: its names, else the first key that a source used for it, else nothing."""
        if named := self.names.get(subject):
            return named
        keys = self.keys_of.get(subject, ())
        return {"ja": keys[0], "en": keys[0]} if keys else {}


class Reading:
    """A directory that grows with the ledger; later names win, earlier keys stay first."""

    def __init__(self) -> None:
        self._names: dict[str, Mapping[str, str]] = {}
        self._keys: dict[tuple[str, str], str] = {}
        self._keys_of: dict[str, tuple[str, ...]] = {}
        self._paths: dict[str, tuple[Path, ...]] = {}
        self._roles: dict[str, frozenset[str]] = {}
        self._subjects: set[str] = set()
        self._items: dict[str, dict[str, str]] = {}
        self._numbers: dict[str, tuple[str, ...]] = {}
        self._device_names: dict[tuple[str, str], frozenset[tuple[str, str]]] = {}

    def take(self, records: Iterable[Record], disclosures: Mapping[str, Disclosure]) -> None:
        """Read further records, in ledger order."""
        for record in records:
            self._subjects.update(each for each in record.about if each.startswith(ASKED_ABOUT))
            if kind_named(record.type) is not None:
                data = sealing.reveal(record.data, disclosures)
                self._take(record.type, data)
                if record.type in NAMING:
                    self._name_device(record.source, data)

    def directory(self) -> Directory:
        """Return the directory so far; it grows with further reading."""
        return Directory(
            self._names,
            self._keys,
            self._keys_of,
            self._paths,
            self._subjects,
            self._items,
            self._roles,
            self._numbers,
            self._device_names,
        )

    def _take(self, type_: str, data: Mapping[str, Any]) -> None:
        if type_ in NAMED and isinstance(data.get("names"), dict):
            self._names[data[KINDS[type_].subjects[0]]] = data["names"]
        if type_ in NUMBERED:
            self._number(data[KINDS[type_].subjects[0]], (data.get(name) for name in NUMBERED[type_]))
        for introduced in data.get("introduces", ()):
            subject, key = introduced["id"], introduced["key"]
            self._keys[introduced["system"], key] = subject
            if key not in self._keys_of.get(subject, ()):
                self._keys_of[subject] = (*self._keys_of.get(subject, ()), key)
        if type_ == PartyRegistered.type and isinstance(roles := data.get("roles", []), list):
            held = self._roles.get(data["party_id"], frozenset())
            self._roles[data["party_id"]] = held | frozenset(map(str, roles))
        if type_ == AccessPathApproved.type:
            path = data["path_id"]
            self._paths[path] = (*self._paths.get(path, ()), _path(data))
        if type_ == ItemClassified.type:
            control = data["control"] if data["result"] == "controlled" else ""
            self._items.setdefault(data["item_class"], {})[data["jurisdiction"]] = control

    def _name_device(self, source: str, data: Mapping[str, Any]) -> None:
        said = {(name, data[name]) for name in NUMBERED[DeviceNamed.type] if isinstance(data.get(name), str)}
        key = data["device_id"], source
        self._device_names[key] = self._device_names.get(key, frozenset()) | said

    def _number(self, subject: str, said: Iterable[Any]) -> None:
        told = (each for each in said if isinstance(each, str))
        self._numbers[subject] = tuple(dict.fromkeys((*self._numbers.get(subject, ()), *told)))


def directory(records: Iterable[Record], disclosures: Mapping[str, Disclosure]) -> Directory:
    """Return the directory of these records, in ledger order."""
    reading = Reading()
    reading.take(records, disclosures)
    return reading.directory()


def _path(data: Mapping[str, Any]) -> Path:
    return Path(data["method"], data["tenant_id"], data.get("end_user_id"), data.get("mediator_id"))
