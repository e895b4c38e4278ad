"""What papers of custody (EPCIS, UBL) refer to: places, contracts with their lines, the authorization of supply."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from kansa.connectors.base import Names
from kansa.connectors.devices.names import epc
from kansa.connectors.devices.options import DeviceOptions, read_file, shared_options

_SGLN = re.compile(r"^urn:epc:id:sgln:(\d+\.\d*)\.[^.]+$")
_LAST = re.compile(r"[^/:]+$")


class Line(NamedTuple):
    """A contract's line as the options have it."""

    line: str | None = None
    authorization: str | None = None


class Contract(NamedTuple):
    """What a number in a paper means; `lines` are by their number in the paper."""

    contract: str | None = None
    line: str | None = None
    authorization: str | None = None
    lines: Mapping[str, Line] = {}


@dataclass(frozen=True, slots=True)
class PaperOptions(DeviceOptions):
    """How papers are read; every mapping is by what the paper writes."""

    site_system: str = "site"
    contract_system: str = "contract"
    authorization_system: str = "authorization"
    places: Mapping[str, str] = field(default_factory=dict)
    contracts: Mapping[str, Contract] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)
    elsewhere: str = "quarantine"

    def site_named(self, place: str | None, names: Names) -> str | None:
        """Return the site that a place means: by the options, else by its own key; of a part of a site, the site."""
        for text in _spellings(place):
            key = self.places.get(text, text)
            found = names.find(self.site_system, key)
            if found is not None:
                return found
        return None

    def is_product(self, *numbers: str | None) -> bool:
        """Tell whether an item is a device: any is, unless the options name the products."""
        return not self.products or any(number in self.products for number in numbers if number)

    def supplied(
        self, numbers: Iterable[str], line: str | None, licences: Iterable[str], names: Names
    ) -> "Supplied":
        """Return what numbers of orders and contracts, a line and numbers of licences mean."""
        for number in numbers:
            for text in (number, *(match[0] for match in [_LAST.search(number)] if match)):
                told = self.contracts.get(text)
                key = (told.contract if told is not None else None) or text
                contract = names.find(self.contract_system, key)
                if contract is None:
                    continue
                own = told.lines.get(line or "") if told is not None else None
                basis = (own and own.authorization) or (told and told.authorization)
                found_line = (own and own.line) or (told.line if told is not None else None) or line
                keys = [basis] if basis else list(licences)
                return Supplied(contract, found_line, self._authorization(keys, names))
        return Supplied(None, None, self._authorization(licences, names))

    def _authorization(self, keys: Iterable[str], names: Names) -> str | None:
        found = (names.find(self.authorization_system, key) for key in keys)
        return next((each for each in found if each is not None), None)


class Supplied(NamedTuple):
    """Under which contract, line and authorization something was supplied; None is what nobody said or introduced."""

    contract_id: str | None
    line: str | None
    authorization_id: str | None


def read_options(path: Path | None, default_source: str) -> PaperOptions:
    """Read the options.

    Raises:
        BadInput: `connector.options`, with everything that is wrong.
    """
    if path is None:
        return PaperOptions(default_source)
    from kansa.connectors.devices.papers_file import PapersOptionsFile  # noqa: PLC0415 - models take long to load

    file = read_file(path, PapersOptionsFile)
    systems = file.systems
    books: dict[str, Any] = (
        {
            "site_system": systems.site,
            "contract_system": systems.contract,
            "authorization_system": systems.authorization,
        }
        if systems
        else {}
    )
    return PaperOptions(
        **shared_options(file, default_source),
        **books,
        places=dict(file.places),
        contracts={
            number: Contract(
                each.contract,
                each.line,
                each.authorization,
                {name: Line(line.line, line.authorization) for name, line in each.lines.items()},
            )
            for number, each in file.contracts.items()
        },
        products=dict(file.products),
        elsewhere=file.elsewhere,
    )


def _spellings(place: str | None) -> list[str]:
    """Return a place as written, as a Digital Link's path, and for a part of a site (an SGLN with an extension) the site."""
    if place is None:
        return []
    found = [place, epc(place)]
    whole = _SGLN.match(place)
    if whole is not None:
        found.append(f"urn:epc:id:sgln:{whole[1]}.0")
    if place.startswith(("http:", "https:")) and "/414/" in place:
        found.append(place.partition("/414/")[2].partition("/")[0])
    return list(dict.fromkeys(found))
