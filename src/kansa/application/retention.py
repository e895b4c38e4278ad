"""How long what is kept of a subject must be kept, who holds it longer, and what is past its period.

Periods are data (`retention_schedules.yaml`); all of them apply to everybody, and the longest counts. A period begins with
the end of the subject's last event: the latest instant that a record about it names, and not while it is served. A hold
beats every period.
"""

from calendar import isleap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kansa.clock import format_instant, parse_instant, to_datetime, to_instant
from kansa.errors import BadInput
from kansa.evidence import erasure
from kansa.ids import kind_of, ulid
from kansa.intervals import Interval
from kansa.records.draft import Draft
from kansa.records.envelope import Record
from kansa.records.kinds.operation import (
    DossierIssued,
    DossierVoided,
    ErasureDeferred,
    HoldLifted,
    HoldPlaced,
    ValueErased,
)
from kansa.vault.vault import Vault

SHIPPED = Path(__file__).with_name("retention_schedules.yaml")
_OWN = frozenset(
    each.type for each in (DossierIssued, DossierVoided, ErasureDeferred, HoldLifted, HoldPlaced, ValueErased)
)
"""Records of what is done with evidence: they begin no period."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A period in which records must be kept: whole years from the end of a subject's last event."""

    id: str
    words: Mapping[str, str]
    citation: str
    years: int
    verified: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """Until when (an instant) records about a subject must be kept, None while it is served, and by which schedules."""

    until: int | None
    schedules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold in force: the entry that placed it, on whom, since when and until when if that is known (instants)."""

    entry: int
    subject: str
    since: int
    until: int | None

    def as_json(self) -> dict[str, Any]:
        """Return the stable JSON value."""
        until = None if self.until is None else format_instant(self.until)
        return {
            "entry": self.entry,
            "subject": self.subject,
            "since": format_instant(self.since),
            "until": until,
        }


@dataclass(frozen=True, slots=True)
class SubjectRetention:
    """A party: its last event (an instant), until when it must be kept, None while it is served, holds, a deferred erasure.

    `past` tells whether nothing keeps it any longer.
    """

    subject: str
    last: int
    until: int | None
    holds: tuple[int, ...]
    deferred: int | None
    past: bool

    def as_json(self) -> dict[str, Any]:
        """Return the stable JSON value."""
        return {
            "subject": self.subject,
            "last_event": format_instant(self.last),
            "keep_until": None if self.until is None else format_instant(self.until),
            "holds": list(self.holds),
            "deferred": self.deferred,
            "past": self.past,
        }


@cache
def schedules(path: Path = SHIPPED) -> tuple[Schedule, ...]:
    """Read schedules.

    Raises:
        BadInput: `retention.schedules`, if the file does not hold any.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415 - only where periods are worked out

    try:
        told = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        return tuple(
            Schedule(
                each["id"], each["words"], each["citation"], int(each["years"]), each["verified"] is True
            )
            for each in told["schedules"]
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise BadInput("retention.schedules", f"`{path}` holds no schedules: {error}") from error


def retained(vault: Vault, subject: str) -> Kept | None:
    """Return until when records about a subject must be kept, and by which schedules; None once no period does."""
    last = _last_events(vault, subject).get(subject, 0)
    if subject in _served(vault):
        return Kept(None, tuple(each.id for each in schedules()))
    ends = {each.id: after(last, each.years) for each in schedules()}
    now = vault.clock.now()
    binding = tuple(sorted(name for name, end in ends.items() if end > now))
    return Kept(max(ends.values()), binding) if binding else None


def retention(vault: Vault) -> list[SubjectRetention]:
    """Return the retention of every party, those that are past their period first."""
    now, served = vault.clock.now(), _served(vault)
    held = list(holds(vault))
    deferred = _deferred(vault)
    found = []
    for subject, last in _last_events(vault).items():
        if kind_of(subject) != "party":
            continue
        until = None if subject in served else max(after(last, each.years) for each in schedules())
        own = tuple(each.entry for each in held if each.subject == subject)
        past = until is not None and until <= now and not own
        found.append(SubjectRetention(subject, last, until, own, deferred.get(subject), past))
    return sorted(found, key=lambda each: (not each.past, each.until is None, each.until or 0, each.subject))


def holds(vault: Vault, subject: str | None = None) -> Iterator[Hold]:
    """Yield the holds in force, of one subject or all, in the order in which they were placed."""
    now, placed = vault.clock.now(), dict[int, Hold]()
    for index, record in vault.records():
        if record.type == HoldLifted.type:
            placed.pop(record.data["hold"], None)
        elif record.type == HoldPlaced.type:
            if corrected := record.data.get("corrects"):
                placed.pop(corrected["index"], None)
            until = record.data.get("valid_to")
            since = parse_instant(record.data["valid_from"])
            end = None if until is None else parse_instant(until)
            placed[index] = Hold(index, record.data["subject_id"], since, end)
    for each in placed.values():
        if subject in (None, each.subject) and (each.until is None or now < each.until):
            yield each


def place_hold(vault: Vault, subject: str, matter: str, reasons: str, person: str | None = None) -> int:
    """Put a hold on a subject on record: nothing of it may be erased until it is lifted; returns the entry."""
    now = vault.clock.now()
    data = {
        "valid_from": format_instant(now),
        "known_by": "declared",
        "subject_id": subject,
        "matter": matter,
        "reasons": reasons,
        **({"person_id": person} if person else {}),
    }
    return vault.record(Draft(HoldPlaced.type, f"{vault.urn}:kansa", ulid(now), now, data))


def lift_hold(vault: Vault, entry: int, reasons: str, person: str | None = None) -> int:
    """Put on record that a hold ended; returns the entry.

    Raises:
        BadInput: `hold.unknown`, if that entry places no hold that is in force.
    """
    hold = next((each for each in holds(vault) if each.entry == entry), None)
    if hold is None:
        raise BadInput(
            "hold.unknown",
            f"entry {entry} places no hold that is in force",
            help="`kansa hold list` shows them",
        )
    now = vault.clock.now()
    data = {
        "valid_from": format_instant(now),
        "known_by": "declared",
        "subject_id": hold.subject,
        "hold": entry,
        "reasons": reasons,
        **({"person_id": person} if person else {}),
    }
    return vault.record(Draft(HoldLifted.type, f"{vault.urn}:kansa", ulid(now), now, data))


def after(instant: int, years: int) -> int:
    """Return the instant so many calendar years later; 29 February becomes 1 March."""
    moment = to_datetime(instant)
    year = moment.year + years
    leap_day = (moment.month, moment.day) == (2, 29) and not isleap(year)
    return to_instant(moment.replace(year=year, month=3, day=1) if leap_day else moment.replace(year=year))


def _last_events(vault: Vault, subject: str | None = None) -> dict[str, int]:
    """Return the latest instant that records about each subject name, rows in bulk included for one that is asked for."""
    last: dict[str, int] = {}
    for _, record in vault.records():
        if record.type in _OWN or (subject is not None and subject not in record.about):
            continue
        latest = _latest(record)
        for each in record.about:
            last[each] = max(latest, last.get(each, latest))
    if subject is not None:
        ends = [each.segment.hull[1] for each in vault.segments() if erasure.kept_by(each, subject).runs]
        last[subject] = max([last.get(subject, 0), *ends])
    return last


def _latest(record: Record) -> int:
    stamps = (record.data.get(name) for name in ("valid_from", "valid_to"))
    return max([record.recorded_at, *(parse_instant(each) for each in stamps if isinstance(each, str))])


def _served(vault: Vault) -> frozenset[str]:
    """Return the parties that have an open path or a running use now: their transactions have not ended."""
    now = vault.clock.now()
    with vault.evidence() as evidence:
        access = [r for r in evidence.rows("access") if Interval(r.valid_from, r.valid_to).covers(now)]
        running = [r for r in evidence.rows("use") if r.end is None]
    found = {each for row in (*access, *running) for each in (row.tenant_id, row.end_user_id)}
    return frozenset(each for each in found if each is not None)


def _deferred(vault: Vault) -> dict[str, int]:
    """Return the entries that defer an erasure which has not been done since."""
    found: dict[str, int] = {}
    for index, record in vault.records():
        if record.type == ErasureDeferred.type:
            found[record.data["subject_id"]] = index
        elif record.type == ValueErased.type:
            found.pop(record.data["subject_id"], None)
    return found
