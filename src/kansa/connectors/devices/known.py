"""The names of devices that the ledger knows, as the keys under which sources find them."""

from collections.abc import Mapping
from typing import NamedTuple

from kansa.connectors.devices.names import KINDS, normal, system_of


class KnownNames(NamedTuple):
    """`keys` is the device by (system, name); `said` what each source said of a device, by (device, source)."""

    keys: dict[tuple[str, str], str]
    said: dict[tuple[str, str], frozenset[tuple[str, str]]]


def names_of_devices(told: Mapping[tuple[str, str], frozenset[tuple[str, str]]]) -> KnownNames:
    """Return the names that any record gives a device, whatever source wrote it; the first bearer of a name keeps it."""
    keys: dict[tuple[str, str], str] = {}
    said = {}
    for (device, source), pairs in told.items():
        found = set()
        for kind in KINDS:
            for field, text in pairs:
                name = normal(kind, text) if field == kind else None
                if name is not None:
                    found.add((str(kind), name))
                    keys.setdefault((system_of(kind), name), device)
        said[device, source] = frozenset(found)
    return KnownNames(keys, said)
