"""Which sealed values each reader sees. What is not disclosed stays a digest and can still be checked.

Fields that name people, accounts and free text go to auditors and regulators only.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from kansa.errors import BadInput
from kansa.records.draft import SHARED_WITH
from kansa.records.sealing import Disclosure

_THINGS = frozenset(
    {
        "names",
        "board_serial",
        "gpu_uuid",
        "attestation_id",
        "asset_tag",
        "number",
        "document",
        "issuer",
        "lines",
    }
)
AUDIENCES: Mapping[str, frozenset[str] | None] = MappingProxyType(
    {"regulator": None, "auditor": None, "exporter": _THINGS, "next_operator": frozenset({"names"})}
)
"""The names of the fields that an audience sees; None is all of them."""


_NAMING_OTHERS = frozenset({SHARED_WITH})


def sees(audience: str) -> frozenset[str] | None:
    """Return the names of the fields that an audience sees; None is all of them. Sealed values of rows are seen all or none.

    Raises:
        BadInput: `dossier.audience`.
    """
    if audience not in AUDIENCES:
        raise BadInput(
            "dossier.audience",
            f"`{audience}` is not an audience",
            help=f"choose one of {', '.join(sorted(AUDIENCES))}",
        )
    return AUDIENCES[audience]


def for_audience(
    audience: str, disclosures: Iterable[Disclosure], *, about_some: bool = False
) -> list[Disclosure]:
    """Return the disclosures that an audience gets; of a dossier `about_some`, none that lists whom else a record was about.

    Raises:
        BadInput: `dossier.audience`.
    """
    seen = sees(audience)
    withheld = _NAMING_OTHERS if about_some else frozenset()
    return [each for each in disclosures if (seen is None or each.name in seen) and each.name not in withheld]
