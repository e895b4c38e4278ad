"""From entries to tables: a pure function, without store or clock.

Entries are taken moment by moment (all that share a `recordedtime`); each moment revises the groups that its claims
touch. `catch_up` does the same against stored registers and must agree.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any

from kansa.errors import BadInput
from kansa.records import envelope
from kansa.records.journal import IndexedClaim, Journal, MemoryJournal, corrects, note
from kansa.registers.rows import (
    Access,
    Authorization,
    AuthorizationItem,
    AuthorizationSite,
    Clearance,
    ContractParty,
    Custody,
    Identity,
    Installed,
    Part,
    Responsibility,
    Supply,
    Tables,
    Use,
    Window,
)
from kansa.registers.tables import access, authorization, contract, custody, identity, inventory, use, window
from kansa.registers.tables.line import Fact, Line
from kansa.registers.versions import Group, Version, compare

FACTS: Mapping[str, Fact] = MappingProxyType(
    {
        "identity": identity,
        "access": access,
        "custody": custody,
        "authorization": authorization,
        "inventory": inventory,
        "use": use,
        "window": window,
        "contract": contract,
    }
)
EVIDENCE = MappingProxyType(
    {"identity": Identity, "access": Access, "custody": Custody, "authorization": Authorization}
)
STANDING = MappingProxyType(
    {
        "use": Use,
        "installed": Installed,
        "window": Window,
        "part": Part,
        "supply": Supply,
        "contract_party": ContractParty,
        "responsibility": Responsibility,
        "clearance": Clearance,
    }
)
UNCHANGING = MappingProxyType(
    {"authorization_item": AuthorizationItem, "authorization_site": AuthorizationSite}
)


def derive(entries: Iterable[tuple[int, bytes]], known_at: int | None = None) -> Tables:
    """Return the tables that follow from `(index, entry)` pairs in ledger order, as known at an instant (default: now).

    Entries recorded after `known_at` are passed over, and so are kinds that we do not know.

    Raises:
        BadInput: an entry is not canonical or not an envelope; the message names its index.
    """
    return tables(versions(moments(entries, known_at)))


def versions(noted_moments: Iterable[tuple[int, list[IndexedClaim]]]) -> Iterator[Version]:
    """Yield every version of every line, folded over the moments."""
    return (version for _, version in versions_by_group(noted_moments))


def versions_by_group(noted_moments: Iterable[tuple[int, list[IndexedClaim]]]) -> list[tuple[Group, Version]]:
    """Return every version of every line with its group, folded over the moments."""
    journal = MemoryJournal()
    known: dict[Group, dict[Line, int]] = {}
    past: list[tuple[Group, Version]] = []
    for recorded_at, claims in noted_moments:
        journal.add(claims)
        for group in affected_keys(claims, journal):
            current = known.setdefault(group, {})
            revision = compare(current, FACTS[group.fact].lines(group.key, journal))
            past += ((group, Version(line, current.pop(line), recorded_at)) for line in revision.vanished)
            current.update(dict.fromkeys(revision.appeared, recorded_at))
    return past + [
        (group, Version(line, at, None)) for group, lines in known.items() for line, at in lines.items()
    ]


def moments(
    entries: Iterable[tuple[int, bytes]], known_at: int | None = None
) -> Iterator[tuple[int, list[IndexedClaim]]]:
    """Yield the claims of each recorded time, in order."""
    return (
        (recorded_at, [noted for _, noted in claims if noted is not None])
        for recorded_at, claims in groupby(_read(entries, known_at), key=lambda read: read[0])
    )


def affected_keys(claims: Sequence[IndexedClaim], journal: Journal) -> list[Group]:
    """Return the groups that claims, or the claims that they correct, may change; sorted."""
    corrected = (journal.at(index) for noted in claims for index in corrects(noted.claim))
    changed = [*claims, *(noted for noted in corrected if noted is not None)]
    return sorted(
        {
            Group(name, key)
            for noted in changed
            for name, fact in FACTS.items()
            for key in fact.affected_keys(noted, journal)
        }
    )


def tables(known: Iterable[Version]) -> Tables:
    """Return rows of the analytic contract from versions; the tables without two times hold what is current."""
    rows: dict[str, set[tuple[object, ...]]] = {}
    for (table, values), recorded_at, superseded_at in known:
        if table in EVIDENCE:
            *keys, known_by, evidence = values
            row = (*keys, recorded_at, superseded_at, known_by, evidence)
        elif superseded_at is None or table in UNCHANGING:
            row = values
        else:
            continue
        rows.setdefault(table, set()).add(row)
    types: dict[str, Any] = {**EVIDENCE, **STANDING, **UNCHANGING}
    return Tables(
        **{name: tuple(map(types[name]._make, sorted(rows.get(name, ()), key=_order))) for name in types}
    )


def _read(
    entries: Iterable[tuple[int, bytes]], known_at: int | None
) -> Iterator[tuple[int, IndexedClaim | None]]:
    roots: dict[int, int] = {}
    for index, entry in entries:
        try:
            record = envelope.decode(entry)
        except BadInput as error:
            raise BadInput(error.code, f"entry {index}: {error.message}", problems=error.problems) from error
        if known_at is None or record.recorded_at <= known_at:
            yield record.recorded_at, note(index, record, roots)


def _order(row: tuple[object, ...]) -> tuple[tuple[bool, object], ...]:
    return tuple((value is not None, value) for value in row)
