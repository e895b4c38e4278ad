"""Say where a vault stands and what to do next, from registers and single records: the ledger is not read through."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from kansa.application.screening.lists import edition_at
from kansa.application.screening.required import required_lists
from kansa.application.witnessing import Witnessing, witnessing
from kansa.cases import case_file
from kansa.clock import DAY, format_instant
from kansa.facts.context import FactContext
from kansa.facts.screening_current import newest_editions
from kansa.flags.lifecycle import Flag, flags_in
from kansa.intervals import Interval
from kansa.ledger import note
from kansa.records.journal import DILIGENCE
from kansa.records.kinds.case import CaseOpened
from kansa.records.kinds.party import PartyRegistered
from kansa.registers.snapshot import Evidence
from kansa.registers.spans.access import approved
from kansa.registers.spans.evidenced import identity_of
from kansa.screening.coverage import Coverage, coverage
from kansa.vault.vault import Vault

SILENT = 2 * DAY
"""A source that has closed windows is silent when its latest one ended longer ago."""
AHEAD = 90 * DAY
"""How far ahead deadlines are shown."""
DEADLINES = 3
"""How many deadlines are shown."""
_TIMED = ("verification", "clearance", "approval")

Attention = Literal[
    "empty",
    "rewritten",
    "no_use",
    "silent",
    "overdue_flags",
    "open_flags",
    "identity",
    "custody",
    "lists",
    "below_quorum",
]
"""What somebody should look at, the most urgent first."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many of how many hold now."""

    held: int
    of: int

    def as_json(self) -> dict[str, int]:
        """Return it as a stable JSON value."""
        return {"held": self.held, "of": self.of}


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a verification, clearance or approval ends, and of whom (a party by names or id)."""

    at: int
    what: str
    subject: str
    names: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "at": format_instant(self.at),
            "what": self.what,
            "subject": self.subject,
            "names": dict(self.names),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A vault as it stands at `now`. Times are instants; None where there is nothing yet.

    `sources` are those that closed windows, each with the end of its latest; `uses` is how many uses are
    on record one by one, `rows` how many rows of uses stand in the vault's `segments`, versions of one use included.
    """

    operator: Mapping[str, str]
    origin: str
    simulated: bool
    now: int
    entries: int
    last_recorded: int | None
    published: int
    copies: int
    witnesses: Witnessing
    sources: Mapping[str, int]
    uses: int
    rows: int
    segments: int
    custody: Ratio
    identity: Ratio
    access: Ratio
    flags: tuple[Flag, ...]
    cases: int
    lists: Coverage
    deadlines: tuple[Deadline, ...]
    attention: tuple[Attention, ...] = field(default=())

    @property
    def silent(self) -> dict[str, int]:
        """Return the silent sources, with the end of the latest window of each."""
        return {source: end for source, end in self.sources.items() if self.now - end > SILENT}

    @property
    def overdue(self) -> tuple[Flag, ...]:
        """Return the open flags whose date has passed."""
        return tuple(flag for flag in self.flags if flag.due < self.now)

    def as_json(self) -> dict[str, Any]:
        """Return the stable result of `kansa status --json`."""
        last = self.last_recorded
        return {
            "operator": dict(self.operator),
            "origin": self.origin,
            "simulated": self.simulated,
            "now": format_instant(self.now),
            "entries": self.entries,
            "last_recorded": format_instant(last) if last is not None else None,
            "published": self.published,
            "copies": self.copies,
            "witnesses": len(self.witnesses.witnesses),
            "witnessing": self.witnesses.as_json(),
            "sources": {source: format_instant(end) for source, end in self.sources.items()},
            "silent": sorted(self.silent),
            "uses": self.uses,
            "rows_in_segments": self.rows,
            "segments": self.segments,
            "custody": self.custody.as_json(),
            "identity": self.identity.as_json(),
            "access": self.access.as_json(),
            "open_flags": len(self.flags),
            "overdue_flags": len(self.overdue),
            "open_cases": self.cases,
            "lists_covered": len(self.lists.covered),
            "lists_not_covered": [each.list for each in self.lists.not_covered],
            "lists_stale": [each.list for each in self.lists.stale],
            "deadlines": [each.as_json() for each in self.deadlines],
            "attention": list(self.attention),
        }


def status_of(vault: Vault) -> Status:
    """Return the status of a vault at its present time."""
    now = vault.clock.now()
    reader = vault.reader
    head = note.checkpoint_in(reader.latest())
    required = required_lists(vault)
    bulk = vault.segments()
    with vault.evidence() as evidence:
        world = FactContext(evidence.journal, now, withheld=evidence.withheld)
        editions = [edition_at(vault, noted.index) for noted, _ in newest_editions(world).values()]
        found = Status(
            operator=vault.settings.operator,
            origin=vault.settings.origin,
            simulated=vault.settings.simulated,
            now=now,
            entries=reader.size(),
            last_recorded=reader.head().recorded_at if reader.size() else None,
            published=head.size,
            copies=len(vault.published),
            witnesses=witnessing(vault),
            sources=_sources(evidence),
            uses=evidence.count("use"),
            rows=sum(each.segment.rows for each in bulk),
            segments=len(bulk),
            custody=_custody(evidence, now),
            identity=_identity(evidence, world),
            access=_access(evidence, world),
            flags=tuple(_open_flags(evidence)),
            cases=_open_cases(evidence),
            lists=coverage(editions, now, required),
            deadlines=tuple(_deadlines(evidence, world)),
        )
    return Status(**{**_fields(found), "attention": tuple(_attention(found))})


def _fields(status: Status) -> dict[str, Any]:
    return {name: getattr(status, name) for name in Status.__dataclass_fields__}


def _sources(evidence: Evidence) -> dict[str, int]:
    latest: dict[str, int] = {}
    for row in evidence.rows("window"):
        latest[row.source] = max(row.valid_to, latest.get(row.source, row.valid_to))
    return dict(sorted(latest.items()))


def _custody(evidence: Evidence, now: int) -> Ratio:
    """Return how many of the installed devices a chain of custody puts where the inventory has them."""

    def current(table: str) -> set[tuple[str, str | None]]:
        rows = evidence.rows(table)
        return {(r.device_id, r.site_id) for r in rows if Interval(r.valid_from, r.valid_to).covers(now)}

    installed = current("installed")
    return Ratio(len(installed & current("custody")), len(installed))


def _identity(evidence: Evidence, world: FactContext) -> Ratio:
    """Return how many of the pairs of tenant and end user with an approved path are identified: verified and cleared."""
    pairs = {
        (each.claim.tenant_id, end_user)
        for path in evidence.subjects("pth")
        for each in approved(path, evidence.journal)
        if each.span.covers(world.now) and (end_user := each.claim.end_user_id) is not None
    }
    held = {
        (each.tenant, end_user)
        for end_user in {end_user for _, end_user in pairs}
        for each in identity_of(end_user, evidence.journal)
        if each.span.covers(world.now)
    }
    return Ratio(len(pairs & held), len(pairs))


def _access(evidence: Evidence, world: FactContext) -> Ratio:
    """Return how many of the paths whose approval is in force are open: enabled, through a known mediator."""
    paths = [
        path
        for path in evidence.subjects("pth")
        if any(each.span.covers(world.now) for each in approved(path, evidence.journal))
    ]
    rows = evidence.rows("access")
    open_ = {row.path_id for row in rows if Interval(row.valid_from, row.valid_to).covers(world.now)}
    return Ratio(len(open_ & set(paths)), len(paths))


def _open_flags(evidence: Evidence) -> Iterator[Flag]:
    noted = {n.index: n for flag in evidence.subjects("flg") for n in evidence.journal.mentioning(flag)}
    yield from (flag for flag in flags_in(noted[i] for i in sorted(noted)) if flag.state == "open")


def _open_cases(evidence: Evidence) -> int:
    opened = [noted for noted, _ in evidence.journal.of_kind(DILIGENCE, CaseOpened)]
    files = case_file.files(evidence.journal, opened)
    return sum(1 for each in files if each.state != "decided")


def _deadlines(evidence: Evidence, world: FactContext) -> Iterator[Deadline]:
    """Yield the first ends of what is in force now and is not continued."""
    latest: dict[tuple[str, str], int | None] = {}
    for row in evidence.rows("part"):
        if row.part in _TIMED and row.valid_from <= world.now:
            held = latest.get((row.part, row.key), 0)
            ends = None if row.valid_to is None or held is None else max(held, row.valid_to)
            latest[row.part, row.key] = ends
    coming = sorted(
        (end, part, key.split()[-1])
        for (part, key), end in latest.items()
        if end is not None and world.now < end <= world.now + AHEAD
    )
    for end, part, subject in coming[:DEADLINES]:
        yield Deadline(end, part, subject, _names(evidence, subject))


def _names(evidence: Evidence, subject: str) -> Mapping[str, str]:
    """Return the names of a party; none for a path, or where they are erased."""
    for _, claim in reversed(evidence.journal.of_kind(subject, PartyRegistered)):
        if isinstance(claim.names, dict):
            return {str(language): name for language, name in claim.names.items()}
    return {}


def _attention(status: Status) -> Iterable[Attention]:
    if not status.entries:
        yield "empty"
        return
    yield from _attention_to_witnesses(status.witnesses)
    if not (status.uses or status.rows or status.sources):
        yield "no_use"
    if status.silent:
        yield "silent"
    if status.overdue:
        yield "overdue_flags"
    elif status.flags:
        yield "open_flags"
    if status.identity.held < status.identity.of:
        yield "identity"
    if status.custody.held < status.custody.of:
        yield "custody"
    if status.lists.missing or status.lists.stale:
        yield "lists"


def _attention_to_witnesses(found: Witnessing) -> Iterable[Attention]:
    if found.evidence:
        yield "rewritten"
    if found.late:
        yield "below_quorum"
