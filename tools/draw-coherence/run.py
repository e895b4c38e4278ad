"""What the code answers about the small world; everything drawn and told comes from here."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from story import CLEAN, DIRECTORY, EARLIER, LOG_BEGAN, NOW, WORLD

from kansa.coherence.arrow import arrow_tables
from kansa.coherence.balance import balance
from kansa.coherence.change import Change, changes
from kansa.coherence.engines.duckdb import session
from kansa.coherence.facts import FACTS, Fact
from kansa.coherence.result import Assessment, Balance, Gap
from kansa.coherence.row_quality import Held, Horizon, held_uses, horizon_of
from kansa.coherence.scope import within
from kansa.coherence.sql.stages import Question, stages
from kansa.coherence.sweep import sweep
from kansa.coherence.why import Why, why
from kansa.dossier.report.findings.closing import gap_rows
from kansa.dossier.report.view import GapRow
from kansa.registers.rows import Tables, Use

_BITS = {fact.name: fact.bit for fact in FACTS}


class Probed(NamedTuple):
    """What the probe says of a use: the representative of each fact's key, and whether the use is in the residual."""

    intervals: Mapping[str, tuple[int, int] | None]
    settled: int
    residual: bool


class Run:
    """The answers, each asked once."""

    def __init__(self) -> None:
        horizon = horizon_of(WORLD)
        if horizon.at is None:
            raise ValueError("the story has no horizon")
        self.horizon = horizon.at
        self.held: Mapping[str, Held] = {held.use.use_id: held for held in held_uses(WORLD.use, horizon)[0]}

    @cached_property
    def answer(self) -> Assessment:
        """Gaps, late stretches and sums."""
        return sweep(WORLD, log_began=LOG_BEGAN)

    @cached_property
    def balance(self) -> Balance:
        """The whole time of the installed devices."""
        found = balance(WORLD)
        if found is None:
            raise ValueError("the story installs nothing")
        return found

    @cached_property
    def reasons(self) -> list[Why]:
        """The missing parts of all gaps."""
        return why(self.answer.gaps, WORLD)

    @cached_property
    def closing(self) -> tuple[GapRow, ...]:
        """What would close them, in order of time."""
        return tuple(
            sorted(
                gap_rows(self.reasons, WORLD, DIRECTORY),
                key=lambda row: (row.start, row.end, _BITS[row.fact], row.part),
            )
        )

    def known(self, at: int) -> tuple[Tables, Assessment]:
        """What was known at an instant about what had happened by `EARLIER`."""
        asked = within(CLEAN, 0, EARLIER)
        return asked, sweep(asked, known_at=at, log_began=LOG_BEGAN)

    @cached_property
    def changes(self) -> list[Change]:
        """What became evidenced and what stopped being so between the two knowledge times."""
        (then, before), (now, after) = self.known(EARLIER), self.known(NOW)
        return changes((then.use, before.gaps), (now.use, after.gaps))

    def level(self, use: Use) -> Iterator[tuple[int, int, str]]:
        """How a use is known, piece by piece, asked of the sweep for each piece alone; nothing where a gap is."""
        held = self.held[use.use_id]
        cuts = {use.start, held.end}
        for fact in FACTS:
            for row in self.evidence(held.use, fact):
                cuts |= {row.valid_from, held.end if row.valid_to is None else row.valid_to}
        found: list[tuple[int, int, str]] = []
        for start, end in pairwise(sorted(cut for cut in cuts if use.start <= cut <= held.end)):
            alone = sweep(replace(WORLD, use=(use._replace(start=start, end=end),)))
            for word in (word for word, time in alone.result.evidenced_by_us.items() if time):
                if found and found[-1][1:] == (start, word):
                    start = found.pop()[0]  # noqa: PLW2901 - the stretch goes on from where it began
                found.append((start, end, word))
        return iter(found)

    def state(self, device: str) -> Iterator[tuple[int, int, str]]:
        """What a device did, piece by piece, asked of the balance for each piece alone."""
        cuts = {self.balance.start, self.balance.end}
        for held in self.held.values():
            cuts |= {held.use.start, held.end}
        for window in WORLD.window:
            cuts |= {window.valid_from, window.valid_to}
        found: list[tuple[int, int, str]] = []
        for start, end in pairwise(sorted(cuts)):
            alone = balance(WORLD, start=start, end=end)
            shares = None if alone is None else alone.by_device[device]
            for word in ("used", "shared", "idle", "unobserved"):
                if shares is not None and getattr(shares, word):
                    if found and found[-1][1:] == (start, word):
                        start = found.pop()[0]  # noqa: PLW2901 - the stretch goes on from where it began
                    found.append((start, end, word))
        return iter(found)

    @staticmethod
    def evidence(use: Use, fact: Fact, *, all_versions: bool = False) -> list["Row"]:
        """The usable rows with the key of a use, as intervals; only those in force unless all versions are asked for."""
        rows = getattr(WORLD, fact.name)
        if fact.name == "authorization":
            covered = {
                row.authorization_id for row in WORLD.authorization_item if row.item_class == use.item_class
            }
            sited = {row.authorization_id for row in WORLD.authorization_site if row.site_id == use.site_id}
            mine = [
                r for r in rows if r.end_user_id == use.end_user_id and r.authorization_id in covered & sited
            ]
        else:
            mine = [row for row in rows if all(getattr(row, c) == getattr(use, c) for c in fact.key)]
        return [
            Row(row.valid_from, row.valid_to, row.recorded_at, row.superseded_at, row.known_by)
            for row in mine
            if row.valid_from is not None and (all_versions or row.superseded_at is None)
        ]

    def gaps(self, use_id: str) -> list[Gap]:
        """The gaps of one use."""
        return [gap for gap in self.answer.gaps if gap.use_id == use_id]

    @cached_property
    def probed(self) -> Mapping[str, Probed]:
        """What the SQL stages keep as representatives, and which uses they leave to be explained."""
        first, last = min(h.use.start for h in self.held.values()), max(h.end for h in self.held.values())
        asked = Question(horizon=Horizon(self.horizon), first_at=first, last_at=last, clean=True)
        with session(threads=1) as database:
            database.open_arrow(arrow_tables(CLEAN))
            for stage in stages(asked):
                database.make(stage)
            left = dict(database.rows("SELECT use_id, settled FROM residual"))
            best = {
                fact.name: {
                    row[:-2]: row[-2:]
                    for row in database.rows(
                        f"SELECT {', '.join(fact.key)}, low, high FROM {fact.name}_best"  # noqa: S608 - names of this package
                    )
                }
                for fact in FACTS
            }
        return {
            use_id: Probed(
                {
                    fact.name: best[fact.name].get(tuple(getattr(held.use, c) for c in fact.key))
                    for fact in FACTS
                },
                left.get(use_id, 15),
                use_id in left,
            )
            for use_id, held in self.held.items()
        }


class Row(NamedTuple):
    """One version of evidence for a key."""

    valid_from: int
    valid_to: int | None
    recorded_at: int
    superseded_at: int | None
    known_by: str
