"""Which device some names mean together, and where they contradict what is known.

A name that is burnt into the device (attestation identity, GPU UUID) outweighs one that is printed on it, and that one
a label. Names are never merged away: where two devices bear one name, or one device two serials, both stay on record,
and the record of the join says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kansa.connectors.base import Names
from kansa.connectors.devices.names import KINDS, system_of
from kansa.records.kinds.custody import NameKind

ONE_EACH = frozenset[NameKind]({"attestation_id", "gpu_uuid", "board_serial"})
"""A device has one name of these kinds in its life; labels are replaced, and it may bear several EPCs."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The device that some names mean; `conflicting` are the kinds whose name another device bears, or of which this one bears another."""

    device: str
    conflicting: tuple[NameKind, ...]
    conflicts_with: tuple[str, ...]


def join(names: Mapping[NameKind, str], books: Names) -> Joined:
    """Return the device that names in their normal form mean; the names are known for it from then on.

    The strongest name that is known decides, unless its device bears another name of a stronger kind that is given:
    then the two are different devices that share the weaker name. If no name decides, the device is new.
    """
    ordered = [kind for kind in KINDS if kind in names]
    known = {kind: found for kind in ordered if (found := books.find(system_of(kind), names[kind]))}
    device = next((known[kind] for kind in known if _may_be(known[kind], kind, names, books)), None)
    if device is None:
        fresh = [kind for kind in ordered if kind not in known]
        if not fresh:
            device = known[ordered[0]]
        else:
            device = books.introduce("device", system_of(fresh[0]), names[fresh[0]])
    conflicting = []
    others: set[str] = set()
    for kind in ordered:
        bearer, name = known.get(kind), names[kind]
        rivals = {bearer} - {None, device}
        borne = books.keys_borne(device, system_of(kind)) - {name} if kind in ONE_EACH else frozenset()
        if rivals or borne:
            conflicting.append(kind)
            others |= {each for each in rivals if each is not None}
        if bearer is None:
            books.also(device, system_of(kind), name)
    return Joined(device, tuple(conflicting), tuple(sorted(others)))


def _may_be(device: str, by: NameKind, names: Mapping[NameKind, str], books: Names) -> bool:
    """Tell whether a device found by a weaker name bears no other name of a stronger kind that is given."""
    stronger = [kind for kind in KINDS[: KINDS.index(by)] if kind in names and kind in ONE_EACH]
    return not any(books.keys_borne(device, system_of(kind)) - {names[kind]} for kind in stronger)
