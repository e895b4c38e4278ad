"""What subjects are called: names and source keys, from disclosed values only.

A subject whose values are withheld or erased has no name here and is shown by its id.
"""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

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


class NamesGiven(NamedTuple):
    """What a subject is called from here on, by language."""

    subject: str
    names: Mapping[str, Any]


class Numbered(NamedTuple):
    """A subject bears numbers, whether they are disclosed or not."""

    subject: str


class NumberGiven(NamedTuple):
    """A number that stands on a subject."""

    subject: str
    number: str


class DeviceSaid(NamedTuple):
    """The names of a device that a source's record joins, as (field, text)."""

    device: str
    source: str
    names: frozenset[tuple[str, str]]


class KeyIntroduced(NamedTuple):
    """What a source's system calls a subject."""

    subject: str
    system: str
    key: str


class RoleGiven(NamedTuple):
    """What a party is to the operator."""

    party: str
    role: str


class PathApproved(NamedTuple):
    """A path as one approval has it."""

    path: str
    approval: Path


class Classified(NamedTuple):
    """The control number of an item class in a jurisdiction; `""` where it was found not to be controlled."""

    item_class: str
    jurisdiction: str
    control: str


Statement = (
    NamesGiven | Numbered | NumberGiven | DeviceSaid | KeyIntroduced | RoleGiven | PathApproved | Classified
)


def statements(record: Record, disclosures: Mapping[str, Disclosure]) -> Iterator[Statement]:
    """Yield what a record says of what subjects are called, as far as its values are disclosed."""
    if kind_named(record.type) is None:
        return
    type_, data = record.type, sealing.reveal(record.data, disclosures)
    if type_ in NAMED and isinstance(data.get("names"), dict):
        yield NamesGiven(data[KINDS[type_].subjects[0]], data["names"])
    if type_ in NUMBERED:
        subject = data[KINDS[type_].subjects[0]]
        said = (data.get(name) for name in NUMBERED[type_])
        yield Numbered(subject)
        yield from (NumberGiven(subject, each) for each in said if isinstance(each, str))
    if type_ in NAMING:
        fields = NUMBERED[DeviceNamed.type]
        named = frozenset((name, data[name]) for name in fields if isinstance(data.get(name), str))
        yield DeviceSaid(data["device_id"], record.source, named)
    for introduced in data.get("introduces", ()):
        yield KeyIntroduced(introduced["id"], introduced["system"], introduced["key"])
    if type_ == PartyRegistered.type and isinstance(roles := data.get("roles", []), list):
        yield from (RoleGiven(data["party_id"], str(role)) for role in roles)
    if type_ == AccessPathApproved.type:
        yield PathApproved(data["path_id"], _path(data))
    if type_ == ItemClassified.type:
        control = data["control"] if data["result"] == "controlled" else ""
        yield Classified(data["item_class"], data["jurisdiction"], control)


def asked_about(record: Record) -> tuple[str, ...]:
    """Return the parties, sites and paths that a record is about."""
    return tuple(each for each in record.about if each.startswith(ASKED_ABOUT))


def folded(text: str) -> str:
    """Return a text as names are compared that are written alike: full and half width, upper and lower case, spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


class NameIndex(Protocol):
    """Finds subjects by what they are called without going through all of them."""

    def meant(self, text: str, prefix: str) -> list[str]:
        """Return the ids that begin with a prefix and that a text means: itself, else by a name as written, else by one written alike."""
        ...

    def beginning(self, start: str) -> list[str]:
        """Return the known ids that begin with a text, sorted."""
        ...

    def having(self, key: str) -> list[str]:
        """Return who has a key, whatever the system."""
        ...

    def in_books_of(self, system: str) -> set[str]:
        """Return the subjects that a system's books have a key of."""
        ...

    def has_books_of(self, system: str) -> bool:
        """Tell whether any key of a system's books is known."""
        ...


@dataclass(frozen=True, slots=True)
class Directory:
    """Names by id; source keys by (system, key) and, first one first, by id; the paths' latest approvals.

    `roles` are those of parties; `subjects` are the parties, sites and paths that any record is about; `items` the item classes, each with its latest
    control number by jurisdiction, `""` where it was found not to be controlled; `numbers` what stands on devices,
    contracts and authorizations: serials and other names, numbers of papers. `device_names` are the names that each source
    said of each device, by (device, source), as (field, text). `index` finds subjects by what they are called, where the
    directory is one that is not in memory.
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
    index: "NameIndex | None" = None

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
            self._subjects.update(asked_about(record))
            for each in statements(record, disclosures):
                self._take(each)

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

    def _take(self, said: Statement) -> None:
        match said:
            case NamesGiven(subject, names):
                self._names[subject] = names
            case Numbered(subject):
                self._numbers.setdefault(subject, ())
            case NumberGiven(subject, number):
                self._numbers[subject] = _with(self._numbers.get(subject, ()), number)
            case KeyIntroduced(subject, system, key):
                self._keys[system, key] = subject
                self._keys_of[subject] = _with(self._keys_of.get(subject, ()), key)
            case RoleGiven(party, role):
                self._roles[party] = self._roles.get(party, frozenset()) | {role}
            case PathApproved(path, approval):
                self._paths[path] = (*self._paths.get(path, ()), approval)
            case Classified(item_class, jurisdiction, control):
                self._items.setdefault(item_class, {})[jurisdiction] = control
            case DeviceSaid(device, source, names):
                known = self._device_names.get((device, source), frozenset())
                self._device_names[device, source] = known | names


def _with(known: tuple[str, ...], text: str) -> tuple[str, ...]:
    return known if text in known else (*known, text)


def directory(records: Iterable[Record], disclosures: Mapping[str, Disclosure]) -> Directory:
    """Return the directory of these records, in ledger order."""
    reading = Reading()
    reading.take(records, disclosures)
    return reading.directory()


def _path(data: Mapping[str, Any]) -> Path:
    return Path(data["method"], data["tenant_id"], data.get("end_user_id"), data.get("mediator_id"))
