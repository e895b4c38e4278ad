"""Small worlds as the report sees them: cut to a period, assessed in plain Python, with their reasons and names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from claims import ledger
from kansa.clock import DAY, HOUR
from kansa.coherence.result import Assessment
from kansa.coherence.scope import within
from kansa.coherence.sweep import sweep
from kansa.coherence.why import Why, why
from kansa.dossier.report.findings.closing import gap_rows
from kansa.dossier.report.view import GapRow
from kansa.records import envelope
from kansa.records.draft import Draft, complete, submit
from kansa.registers.derive import derive
from kansa.registers.directory import Directory, directory
from kansa.registers.rows import Tables
from worlds import BEGIN, Cast, cast, dice, story

START, END = BEGIN + DAY, BEGIN + 22 * DAY
WHO = cast()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the findings are made from."""

    tables: Tables
    assessment: Assessment
    reasons: list[Why]
    names: Directory


def seen(entries: Iterable[bytes], *, grace: int = DAY, log_began: int | None = None) -> Seen:
    """Entries of a ledger, in order, over the period."""
    kept = list(entries)
    tables = within(derive(enumerate(kept)), START, END)
    assessment = sweep(tables, grace=grace, log_began=log_began)
    names = directory(map(envelope.decode, kept), {})
    return Seen(tables, assessment, why(assessment.gaps, tables), names)


def random_world(seed: int, count: int, *, grace: int = DAY, log_began: int | None = None) -> Seen:
    """A random ledger; as many claims as wished, crooked ones and corrections among them."""
    return seen(ledger(seed, count), grace=grace, log_began=log_began)


def told(*more: Draft, without: Sequence[str] = (), who: Cast = WHO) -> Seen:
    """The story of the small world with more claims, or without those whose type and key hold certain words."""
    drafts = [
        each
        for each in story(who)
        if not any(words in f"{each.type} {each.natural_key}" for words in without)
    ]
    salts = dice(1)
    return seen(
        complete(submit(each, b"k" * 32), BEGIN - HOUR + number, salts).record.encode()
        for number, each in enumerate([*drafts, *more])
    )


def rows_of(world: Seen) -> tuple[GapRow, ...]:
    """Its table of gaps."""
    return gap_rows(world.reasons, world.tables, world.names)


def day(number: float) -> int:
    """An instant of the story, in days from its start."""
    return BEGIN + round(number * DAY)
