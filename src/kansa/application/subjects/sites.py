"""List the sites: country, whether and since when in service, and the devices there."""

from dataclasses import dataclass
from typing import Any

from kansa.application.subjects.books import Books, Named, opened
from kansa.clock import format_instant, parse_instant
from kansa.facts.site import country, state
from kansa.records.kinds.custody import SiteCommissioned
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Site:
    """A site; `state` is planned, commissioning, commissioned, closed, or None where it was never registered.

    `devices` are those that the inventory has there now, `in_custody` those of them that a chain of custody puts there.
    """

    named: Named
    country: str | None
    state: str | None
    commissioned: int | None
    devices: int
    in_custody: int

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        since = self.commissioned
        return {
            **self.named.as_json(),
            "country": self.country,
            "state": self.state,
            "commissioned": format_instant(since) if since is not None else None,
            "devices": self.devices,
            "devices_in_custody": self.in_custody,
        }


@dataclass(frozen=True, slots=True)
class Sites:
    """The sites that were asked for, by key, of how many that are known."""

    sites: tuple[Site, ...]
    known: int

    def as_json(self) -> dict[str, Any]:
        """Return the stable result of `kansa sites --json`."""
        return {"sites": [each.as_json() for each in self.sites], "known": self.known}


def list_sites(vault: Vault, text: str | None = None) -> Sites:
    """Return the sites whose id, name or key holds a text."""
    with opened(vault) as books:
        everything = books.evidence.subjects("sit")
        installed = {(row.device_id, row.site_id) for row in books.current("installed")}
        held = {(row.device_id, row.site_id) for row in books.current("custody")}
        found = [
            _site(books, books.named(subject), installed, held)
            for subject in everything
            if text is None or books.named(subject).called(text)
        ]
        found.sort(key=lambda each: (each.named.keys, each.named.id))
        return Sites(tuple(found), len(everything))


def _site(books: Books, named: Named, installed: set[tuple[str, str]], held: set[tuple[str, str]]) -> Site:
    here = {pair for pair in installed if pair[1] == named.id}
    place, standing = country(books.world, named.id).value, state(books.world, named.id).value
    begun = [
        parse_instant(claim.valid_from)
        for _, claim in books.world.find(named.id, SiteCommissioned, site_id=named.id)
    ]
    return Site(
        named,
        place if isinstance(place, str) else None,
        standing if isinstance(standing, str) else None,
        min(begun, default=None),
        len(here),
        len(here & held),
    )
