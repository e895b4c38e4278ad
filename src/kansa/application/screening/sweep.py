"""The vault's own parties: changed ones against all lists, all of them against what changed in the lists."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from kansa.application.screening.lists import ListArchive, claim_in, records_of
from kansa.application.screening.screening import Recorded, ScreeningService
from kansa.clock import format_instant
from kansa.errors import BadInput
from kansa.records.draft import Draft, submit
from kansa.records.kinds.party import PartyRegistered
from kansa.records.kinds.screening import Asked, PartyScreened, ScreeningSwept
from kansa.screening.disposition import outcome_of
from kansa.screening.entry import Address, Identifier, Name, Profile
from kansa.screening.evidence import digest
from kansa.screening.lists.countries import country_code
from kansa.screening.lists.reading import clean
from kansa.screening.rescreen import Last, new_entries, plan
from kansa.vault.vault import Vault

if TYPE_CHECKING:
    from kansa.records.envelope import Record

_CHUNK = 500
Progress = Callable[[int, int], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Swept:
    """A run over the vault's parties.

    `full` counts, by trigger, the parties held against all entries, `delta` those held against `new_entries` alone,
    `current` those for whom nothing had changed. `unnamed` parties have no name that the vault still keeps: nobody can
    say whether they are on a list. `alerts` are the screenings that need a person.
    """

    full: Mapping[str, int]
    delta: int
    current: int
    unnamed: tuple[str, ...]
    new_entries: int
    alerts: tuple[Recorded, ...]
    records: int


def parties(vault: Vault) -> tuple[dict[str, Profile], tuple[str, ...]]:
    """Return the profiles of the parties that the vault knows by a name, by id, and the ids of those it does not."""
    known: dict[str, Profile | None] = {}
    for records in _chunks(records_of(vault, PartyRegistered.type)):
        kept = vault.disclosures([record for _, record in records])
        for _, record in records:
            claim = claim_in(record, kept, PartyRegistered)
            known[claim.party_id] = _profile(claim)
    named = {party_id: profile for party_id, profile in known.items() if profile is not None}
    return named, tuple(sorted(known.keys() - named.keys()))


def sweep(vault: Vault, desk: ScreeningService, progress: Progress | None = None) -> Swept:
    """Bring every party up to the latest lists, and record what was asked of whom.

    Whoever is new, has changed, has lost a candidate, or was screened by another engine is held against all entries
    and has a record of its own; everybody else is held against the entries that are new since, in one record. Where there
    are none, the record says that they were asked for again today.
    """
    named, unnamed = parties(vault)
    hashes = {party_id: profile.record_hash() for party_id, profile in named.items()}
    by_hash = {entry.record_hash(): entry for entry in desk.entries}
    todo = plan(
        hashes,
        _last(vault, desk),
        _latest(desk),
        frozenset(by_hash),
        _engine(desk.grounds.configuration_sha256, desk.grounds.normaliser_sha256),
    )
    full = dict(todo.full)
    shelf = ListArchive(vault.places.root)
    asked: set[str] = set()
    for basis, ids in todo.delta.items():
        fresh = new_entries(by_hash, _hashes_of(shelf, basis))
        asked |= fresh
        if fresh:
            some = desk.part([by_hash[each] for each in sorted(fresh)])
            full |= dict.fromkeys((each for each in ids if desk.finds(some, named[each])), "list_changed")
    done = [desk.ask(named[party_id], party_id) for party_id in _counted(list(full), progress)]
    drafts = [desk.draft(each, full[str(each.party_id)]) for each in done]
    delta = [each for ids in todo.delta.values() for each in ids if each not in full]
    if swept := {each: hashes[each] for each in (*delta, *todo.current)}:
        basis = frozenset().union(*todo.delta, _latest(desk) if todo.current else ())
        drafts.append(_swept_draft(vault, desk, swept, basis))
    indexes = _record(vault, drafts)
    return Swept(
        full=dict(Counter(full.values())),
        delta=len(delta),
        current=len(todo.current),
        unnamed=unnamed,
        new_entries=len(asked),
        alerts=tuple(
            Recorded(each, index)
            for each, index in zip(done, indexes, strict=False)
            if each.outcome in {"alert", "confirmed"}
        ),
        records=len(drafts),
    )


def _latest(desk: ScreeningService) -> frozenset[str]:
    return frozenset(edition.record_set_sha256 for edition in desk.editions)


def _profile(claim: PartyRegistered) -> Profile | None:
    names = claim.names if isinstance(claim.names, dict) else {}
    said = {text: language for language, name in names.items() if (text := clean(name))}
    if not said:
        return None
    country = country_code(claim.country) if isinstance(claim.country, str) else None
    address = clean(claim.address) if isinstance(claim.address, str) else ""
    number = clean(claim.registration_number) if isinstance(claim.registration_number, str) else ""
    return Profile(
        names=tuple(Name(text, language=language) for text, language in said.items()),
        countries=(country,) if country else (),
        addresses=(Address(address, country),) if address else (),
        identifiers=(Identifier(_kind(number), number, country),) if number else (),
    )


def _kind(number: str) -> str:
    """Return a 法人番号 has 13 digits, an LEI 20 letters and digits (ISO 17442); anything else is some registration."""
    if len(number) == 13 and number.isdecimal():
        return "jp_corporate_number"
    return "lei" if len(number) == 20 and number.isalnum() else "registration"


def _last(vault: Vault, desk: ScreeningService) -> dict[str, Last]:
    """Return how each party was last screened: its own record, and whatever sweep came after it."""
    own: dict[str, tuple[int, Record]] = {}
    for index, record in records_of(vault, PartyScreened.type):
        if (party_id := record.data.get("party_id")) is not None:
            own[party_id] = index, record
    sweeps = [
        (index, _record_sets(claim_in(record, {}, ScreeningSwept)))
        for index, record in records_of(vault, ScreeningSwept.type)
        if record.data.get("method") == "delta"
    ]
    at, swept = sweeps[-1] if sweeps else (-1, frozenset[str]())
    found: dict[str, Last] = {}
    for chunk in _chunks(own.items()):
        kept = vault.disclosures([record for _, (_, record) in chunk])
        for party_id, (index, record) in chunk:
            claim = claim_in(record, kept, PartyScreened)
            if isinstance(claim.party_sha256, str) and isinstance(claim.candidates, list):
                found[party_id] = _last_of(
                    claim, claim.party_sha256, claim.candidates, desk, swept if at > index else None
                )
    return found


def _last_of(
    claim: PartyScreened,
    party_sha256: str,
    candidates: list[dict[str, Any]],
    desk: ScreeningService,
    swept: frozenset[str] | None,
) -> Last:
    standings = (
        desk.dispositions.standing(
            party_id=claim.party_id,
            party_sha256=party_sha256,
            entry_id=each["entry_id"],
            entry_sha256=each["entry_sha256"],
            now=desk.now,
        )
        for each in candidates
    )
    return Last(
        party_sha256=party_sha256,
        record_sets=_record_sets(claim) if swept is None else swept,
        engine=_engine(claim.configuration_sha256, claim.normaliser_sha256),
        candidates=frozenset(each["entry_sha256"] for each in candidates),
        standings_hold=outcome_of(standings) == claim.outcome,
    )


def _record_sets(claim: Asked) -> frozenset[str]:
    return frozenset(each.record_set_sha256 for each in claim.editions)


def _engine(configuration_sha256: str, normaliser_sha256: str) -> str:
    return f"{configuration_sha256} {normaliser_sha256}"


def _hashes_of(shelf: ListArchive, record_sets: frozenset[str]) -> Iterator[str]:
    for each in record_sets:
        yield from (entry.record_hash() for entry in shelf.entries(each))


def _swept_draft(
    vault: Vault, desk: ScreeningService, hashes: Mapping[str, str], basis: frozenset[str]
) -> Draft:
    data = {
        "valid_from": format_instant(desk.now),
        "known_by": "measured",
        "method": "delta",
        "parties": len(hashes),
        "alerts": 0,
        "basis": sorted(basis),
        "parties_sha256": digest(sorted(f"{party_id} {sha256}" for party_id, sha256 in hashes.items())),
        **desk.grounds.as_data(),
    }
    key = f"sweep {vault.reader.size()} {desk.now}"
    return Draft(ScreeningSwept.type, f"{vault.settings.urn}:screening", key, desk.now, data)


def _record(vault: Vault, drafts: Sequence[Draft]) -> list[int]:
    """Append all, in order; returns their indexes."""
    indexes: list[int] = []
    with vault.appending() as appender:
        for chunk in _chunks(drafts):
            for outcome in appender.append([submit(draft, vault.connector_key) for draft in chunk]):
                if outcome.index is None:
                    raise BadInput(
                        outcome.code or "record.refused", outcome.message or "the record was refused"
                    )
                indexes.append(outcome.index)
    return indexes


def _counted(items: Sequence[T], progress: Progress | None) -> Iterator[T]:
    for number, item in enumerate(items, 1):
        yield item
        if progress is not None:
            progress(number, len(items))


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    source = iter(items)
    while chunk := list(islice(source, _CHUNK)):
        yield chunk
