"""What people make of candidates: recorded, and read back."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from kansa.application.screening.lists import claim_in, records_of
from kansa.application.signing import Statement, StatementService
from kansa.clock import format_instant, parse_instant
from kansa.errors import BadInput, Problem
from kansa.people.keys import Key
from kansa.records.draft import Draft
from kansa.records.envelope import Record
from kansa.records.kinds.screening import PartyScreened, ScreeningDisposed
from kansa.screening.disposition import (
    REASONS,
    Disposition,
    Dispositions,
    DispositionStatus,
    Verdict,
    speaks_for,
)
from kansa.vault.vault import Vault

_CHUNK = 500


def dispositions(vault: Vault) -> Dispositions:
    """Return all dispositions of a vault. One whose sealed values are no longer kept holds for nobody."""
    return Dispositions(_read(vault))


def dispose(
    vault: Vault,
    record: int,
    entry_id: str,
    verdict: Verdict,
    *,
    reason_code: str,
    reviewer: str | None,
    expires: int,
    second_reviewer: str | None = None,
    reasons: str | None = None,
    key: Key | None = None,
) -> int:
    """Judge one candidate of the screening recorded at `record`, by name or under a key; returns its ledger index.

    Raises:
        BadInput: as `disposition`, and as `StatementService.take`.
    """
    statements = StatementService(vault)
    named = reviewer if reviewer is not None or key is None else statements.name_of(key.public)
    said = disposition(
        vault,
        record,
        entry_id,
        verdict,
        reason_code=reason_code,
        reviewer=named,
        expires=expires,
        second_reviewer=second_reviewer,
        reasons=reasons,
    )
    return statements.take(said, named, key)


def disposition(
    vault: Vault,
    record: int,
    entry_id: str,
    verdict: Verdict,
    *,
    reason_code: str,
    reviewer: str | None,
    expires: int,
    second_reviewer: str | None = None,
    reasons: str | None = None,
) -> Statement:
    """Return a judgement of one candidate of the screening recorded at `record`; the reviewer records or signs it.

    It holds until `expires`, an instant, for exactly the party and the entry of that screening. Whoever overturns a true
    match that still holds needs a second reviewer.

    Raises:
        BadInput: `dispose.screening`, no such screening or candidate, or its values are no longer kept;
            `dispose.older`, the party has been screened again since;
            `dispose.given`, everything that is wrong with what was given.
    """
    claim = _screened(vault, record)
    _check_latest(vault, record, claim)
    found = next((each for each in claim.candidates or () if each["entry_id"] == entry_id), None)
    if found is None:
        known = ", ".join(each["entry_id"] for each in claim.candidates or ())
        raise BadInput(
            "dispose.screening",
            f"`{entry_id}` is no candidate of the screening at entry {record}",
            help=f"its candidates are: {known or 'none'}",
        )
    now = vault.clock.now()
    standing = dispositions(vault).standing(
        party_id=claim.party_id,
        party_sha256=str(claim.party_sha256),
        entry_id=entry_id,
        entry_sha256=found["entry_sha256"],
        now=now,
    )
    problems = [
        *_wrong(reason_code, reviewer or "", second_reviewer, expires, now),
        *_unfit(verdict, reason_code, second_reviewer, standing),
    ]
    if problems:
        raise BadInput("dispose.given", "the disposition cannot be recorded", problems=problems)
    log = vault.settings.origin
    data: dict[str, Any] = {
        "valid_from": format_instant(now),
        "valid_to": format_instant(expires),
        "known_by": "declared",
        "party_id": claim.party_id,
        "screening": {"log": log, "index": record},
        "disposition": verdict,
        "reason_code": reason_code,
        "party_sha256": claim.party_sha256,
        "entry_sha256": found["entry_sha256"],
        "entry_id": entry_id,
    }
    data |= {} if standing.record is None else {"replaces": {"log": log, "index": standing.record}}
    data |= {"second_reviewer": second_reviewer} if second_reviewer else {}
    data |= {"reasons": reasons} if reasons else {}
    key = f"{record} {entry_id} {now} {vault.reader.size()}"
    return Statement(Draft(ScreeningDisposed.type, f"{vault.urn}:screening", key, now, data), "reviewer")


def _check_latest(vault: Vault, record: int, claim: PartyScreened) -> None:
    """A judgement of an older screening would count for nothing, or pass for one of what is found today."""
    if claim.party_id is None:
        return
    later = [
        index
        for index, other in records_of(vault, PartyScreened.type)
        if index > record and other.data.get("party_id") == claim.party_id
    ]
    if later:
        raise BadInput(
            "dispose.older",
            f"the screening at entry {record} is not the latest of `{claim.party_id}`",
            help=f"judge the candidates of the screening at entry {later[-1]}",
        )


def _screened(vault: Vault, index: int) -> PartyScreened:
    claim = screened_at(vault, index)[1]
    if not isinstance(claim.candidates, list) or not isinstance(claim.party_sha256, str):
        raise BadInput(
            "dispose.screening",
            f"the sealed values of entry {index} are no longer kept",
            help="screen the party again",
        )
    return claim


def screened_at(vault: Vault, index: int) -> tuple[Record, PartyScreened]:
    """Return the screening that is recorded at an index, with those of its sealed values that are kept.

    Raises:
        BadInput: `screen.record`, if there is none.
    """
    size = vault.reader.size()
    found = next(iter(vault.records(index, index + 1)), None) if 0 <= index < size else None
    if found is None or found[1].type != PartyScreened.type:
        raise BadInput(
            "screen.record",
            f"entry {index} is no screening of a party",
            help=f"`kansa records --type {PartyScreened.type}` lists them",
        )
    record = found[1]
    return record, claim_in(record, vault.disclosures([record]), PartyScreened)


def _wrong(reason_code: str, reviewer: str, second: str | None, expires: int, now: int) -> Iterator[Problem]:
    if reason_code not in REASONS:
        yield Problem(
            "dispose.given",
            f"`{reason_code}` is no reason",
            field="reason",
            help=f"one of {', '.join(REASONS)}",
        )
    if not reviewer.strip():
        yield Problem("dispose.given", "nobody is named", field="reviewer")
    if second is not None and second.strip().casefold() == reviewer.strip().casefold():
        yield Problem("dispose.given", "must be another person than the reviewer", field="second-reviewer")
    if expires <= now:
        yield Problem(
            "dispose.given",
            f"`{format_instant(expires)}` is not after {format_instant(now)}",
            field="expires",
        )


def _unfit(
    verdict: Verdict, reason: str, second: str | None, standing: DispositionStatus
) -> Iterator[Problem]:
    """Yield what does not go together with the verdict."""
    if reason in REASONS and not speaks_for(reason, verdict):
        fit = ", ".join(each for each in REASONS if speaks_for(each, verdict))
        yield Problem(
            "dispose.given", f"`{reason}` speaks for no {verdict}", field="reason", help=f"one of {fit}"
        )
    if standing.verdict == "true_match" and verdict != "true_match" and not second:
        message = f"entry {standing.record} says that it is this party; to say otherwise takes two"
        yield Problem("dispose.given", message, field="second-reviewer")


def _read(vault: Vault) -> Iterator[Disposition]:
    waiting: list[tuple[int, Record]] = []
    for found in records_of(vault, ScreeningDisposed.type):
        waiting.append(found)
        if len(waiting) == _CHUNK:
            yield from _typed(vault, waiting)
            waiting.clear()
    yield from _typed(vault, waiting)


def _typed(vault: Vault, records: Sequence[tuple[int, Record]]) -> Iterator[Disposition]:
    kept = vault.disclosures([record for _, record in records])
    for index, record in records:
        claim = claim_in(record, kept, ScreeningDisposed)
        said = (claim.party_sha256, claim.entry_sha256, claim.entry_id)
        if all(isinstance(value, str) for value in said):
            party, entry, entry_id = cast("tuple[str, str, str]", said)
            yield Disposition(
                record=index,
                party_id=claim.party_id,
                party_sha256=party,
                entry_id=entry_id,
                entry_sha256=entry,
                verdict=claim.disposition,
                valid_from=parse_instant(claim.valid_from),
                valid_to=None if claim.valid_to is None else parse_instant(claim.valid_to),
                replaces=None if claim.replaces is None else claim.replaces.index,
            )
