"""What subjects are called: names and source keys, from disclosed values only.

A subject whose values are withheld or erased has no name here and is shown by its id.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kansa.records import sealing
from kansa.records.catalogue import KINDS, kind_named
from kansa.records.envelope import Record
from kansa.records.kinds.access_path import AccessPathApproved
from kansa.records.kinds.custody import SiteRegistered
from kansa.records.kinds.party import PartyRegistered
from kansa.records.sealing import Disclosure

NAMED = (PartyRegistered.type, SiteRegistered.type)


@dataclass(frozen=True, slots=True)
class Path:
    """How a path reaches compute, for whom, through whom."""

    method: str
    tenant_id: str
    end_user_id: str | None
    mediator_id: str | None


@dataclass(frozen=True, slots=True)
class Directory:
    """Names by id; source keys by (system, key) and, first one first, by id; the paths' latest approvals."""

    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    keys: Mapping[tuple[str, str], str] = field(default_factory=dict)
    keys_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    paths: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)

    def called(self, subject: str) -> Mapping[str, str]:
        """What to show for a subject: its names, else the first key that a source used for it, else nothing."""
        if named := self.names.get(subject):
            return named
        keys = self.keys_of.get(subject, ())
        return {"ja": keys[0], "en": keys[0]} if keys else {}


def directory(records: Iterable[Record], disclosures: Mapping[str, Disclosure]) -> Directory:
    """Read names, keys and paths from records in ledger order; later names win, earlier keys stay first."""
    names: dict[str, Mapping[str, str]] = {}
    keys: dict[tuple[str, str], str] = {}
    keys_of: dict[str, list[str]] = {}
    paths: dict[str, list[Path]] = {}
    for record in records:
        if kind_named(record.type) is None:
            continue
        data = sealing.reveal(record.data, disclosures)
        if record.type in NAMED and isinstance(data.get("names"), dict):
            names[data[KINDS[record.type].subjects[0]]] = data["names"]
        for introduced in data.get("introduces", ()):
            keys[introduced["system"], introduced["key"]] = introduced["id"]
            keys_of.setdefault(introduced["id"], []).append(introduced["key"])
        if record.type == AccessPathApproved.type:
            paths.setdefault(data["path_id"], []).append(_path(data))
    return Directory(
        names, keys, {k: tuple(v) for k, v in keys_of.items()}, {k: tuple(v) for k, v in paths.items()}
    )


def _path(data: Mapping[str, Any]) -> Path:
    return Path(data["method"], data["tenant_id"], data.get("end_user_id"), data.get("mediator_id"))
