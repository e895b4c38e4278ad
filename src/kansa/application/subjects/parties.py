"""List the parties: roles, headquarters, and until when verification and clearance hold."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from kansa.application.subjects.books import Books, Held, Named, opened
from kansa.clock import format_instant
from kansa.facts.clearance import State, state
from kansa.facts.party_headquarters import hq_country
from kansa.registers.spans.verification import verified
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class ClearedFor:
    """Where a tenant stands with an end user."""

    tenant: Named
    end_user: Named
    state: State

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        until = self.state.until
        return {
            "tenant_id": self.tenant.id,
            "end_user_id": self.end_user.id,
            "state": self.state.name,
            "until": format_instant(until) if until is not None else None,
        }


@dataclass(frozen=True, slots=True)
class Party:
    """A party; `headquarters` is a country or None where nobody determined it; `clearances` those as end user or tenant."""

    named: Named
    roles: tuple[str, ...]
    headquarters: str | None
    verification: Held
    clearances: tuple[ClearedFor, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            **self.named.as_json(),
            "roles": list(self.roles),
            "headquarters": self.headquarters,
            "verification": self.verification.as_json(),
            "clearances": [each.as_json() for each in self.clearances],
        }


@dataclass(frozen=True, slots=True)
class Parties:
    """The parties that were asked for, by name, of how many that are known."""

    parties: tuple[Party, ...]
    known: int

    def as_json(self) -> dict[str, Any]:
        """Return the stable result of `kansa parties --json`."""
        return {"parties": [each.as_json() for each in self.parties], "known": self.known}


def list_parties(vault: Vault, text: str | None = None, role: str | None = None) -> Parties:
    """Return the parties whose id, name or key holds a text, and that have a role."""
    with opened(vault) as books:
        everyone = [books.named(subject) for subject in books.evidence.subjects("pty")]
        pairs = _pairs(books)
        found = [
            _party(books, named, pairs[named.id])
            for named in everyone
            if (text is None or named.called(text))
            and (role is None or role in books.directory.roles.get(named.id, ()))
        ]
        ordered = sorted(found, key=lambda each: (each.named.keys, each.named.id))
        return Parties(tuple(ordered), len(everyone))


def _pairs(books: Books) -> defaultdict[str, set[tuple[str, str]]]:
    """Return which tenant and end user anybody decided on or approved a path for, by either."""
    found = {(row.tenant_id, row.end_user_id) for row in books.evidence.rows("clearance")}
    found |= {
        (path.tenant_id, path.end_user_id)
        for paths in books.directory.paths.values()
        for path in paths
        if path.end_user_id is not None
    }
    by_party: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for pair in found:
        for party in pair:
            by_party[party].add(pair)
    return by_party


def _party(books: Books, named: Named, pairs: set[tuple[str, str]]) -> Party:
    country = hq_country(books.world, named.id).value
    return Party(
        named,
        tuple(sorted(books.directory.roles.get(named.id, ()))),
        country if isinstance(country, str) else None,
        books.held(each.span for each in verified(named.id, books.world)),
        tuple(
            ClearedFor(books.named(tenant), books.named(end_user), state(books.world, tenant, end_user))
            for tenant, end_user in sorted(pairs)
        ),
    )
