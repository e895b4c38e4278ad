"""Records that stand in the signed tree and say nothing to this verifier: of a kind or form that it does not know.

They are no fault, since a log may be younger than its reader; but what they say is in no answer, so they are counted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kansa.errors import BadInput
from kansa.records import catalogue, sealing
from kansa.records.envelope import Record
from kansa.records.sealing import Disclosure

_EVERYWHERE = frozenset({"about", "_sd"})


@dataclass(frozen=True, slots=True)
class PassedOver:
    """How many records were not understood: by type, of no known kind or unfit for it; by field, in part."""

    unknown_kind: Mapping[str, int] = field(default_factory=dict)
    unfit: Mapping[str, int] = field(default_factory=dict)
    unknown_fields: Mapping[str, int] = field(default_factory=dict)

    @property
    def records(self) -> int:
        """Records that are in no answer at all."""
        return sum(self.unknown_kind.values()) + sum(self.unfit.values())

    def as_json(self) -> dict[str, Any]:
        """Return the stable JSON value."""
        return {
            "records": self.records,
            "unknown_kind": dict(self.unknown_kind),
            "unfit": dict(self.unfit),
            "unknown_fields": dict(self.unknown_fields),
        }

    def sentences(self) -> list[str]:
        """Return what a reader must know of them; nothing where all was understood."""
        said = []
        if self.records:
            parts = [
                f"{_listed(counts)} {why}"
                for counts, why in (
                    (self.unknown_kind, "of unknown kind"),
                    (self.unfit, "do not fit their kind"),
                )
                if counts
            ]
            said.append(f"what {self.records} records say that were passed over: {'; '.join(parts)}")
        if self.unknown_fields:
            said.append(f"what fields say that this verifier does not know: {_listed(self.unknown_fields)}")
        return said


def passed_over(records: Iterable[Record], disclosures: Mapping[str, Disclosure]) -> PassedOver:
    """Count the records that are not understood, as derivation reads them and with their disclosed values.

    Raises:
        BadInput: a disclosed value does not go where its digest stands (RFC 9901, 7.1).
    """
    unknown, unfit, fields = Counter[str](), Counter[str](), Counter[str]()
    for record in records:
        revealed = sealing.reveal(record.data, disclosures)
        kind = catalogue.kind_named(record.type)
        if kind is None:
            unknown[record.type] += 1
        elif not (_fits(record.type, dict(record.data)) and _fits(record.type, revealed)):
            unfit[record.type] += 1
        else:
            known = {*kind.struct.__struct_fields__, *_EVERYWHERE}
            fields.update(f"{record.type} {name}" for name in sorted(revealed.keys() - known))
            fields.update(f"{record.type} {name}" for name in sorted(record.unknown))
    return PassedOver(dict(unknown), dict(unfit), dict(fields))


def _fits(type_: str, data: dict[str, Any]) -> bool:
    try:
        catalogue.read(type_, data)
    except BadInput:
        return False
    return True


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in sorted(counts.items()))
