"""The demo's files: the same bytes every time, taken in whole, and a load that looks like one."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kansa.demo import cases, fleet, load, plan, story, world
from kansa.demo.instants import END, SECONDS, START
from kansa.demo.plan import Workload
from kansa.demo.sheets import sheet
from kansa.demo.telling import Language

if TYPE_CHECKING:
    from demo.conftest import Played

HOUR = 3_600
# Over all file names and contents; a change of the world changes it on purpose.
GOLDEN = "7b46b450b251d608f6e950aee553de3db9f63d1d4901613f1642863d0a7a43f5"


@pytest.fixture(scope="module")
def workloads() -> tuple[Workload, ...]:
    """All that really ran."""
    given = plan.anchors()
    return (*given, *load.ordinary(given))


def digests(directory: Path) -> Mapping[str, str]:
    """The SHA-256 of every file, by name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(directory.iterdir())}


def test_the_bytes_are_the_same_every_time(tmp_path: Path) -> None:
    """Two worlds have the same files, and they are those of every other machine and Python."""
    world.write(tmp_path / "one")
    world.write(tmp_path / "two")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert hashlib.sha256(json.dumps(digests(tmp_path / "one")).encode()).hexdigest() == GOLDEN


def test_a_script_is_in_order_and_names_its_files(tmp_path: Path) -> None:
    """Time never goes back, evidence begins before the period, every file written is used, every step is titled."""
    script = world.write(tmp_path)
    instants = [step.instant for step in script.steps]
    assert instants == sorted(instants)
    assert instants[0] < START < END < instants[-1]
    assert (script.start, script.end) == (START, END)
    used = {path for step in script.steps for path in (step.map, *step.paths)}
    assert used == set(tmp_path.iterdir())
    assert all(step.title.keys() == {"ja", "en"} and all(step.title.values()) for step in script.steps)


def test_every_row_is_taken(whole: "Played") -> None:
    """Nothing is quarantined, refused or unreadable; only steps, idle jobs and jobs without accelerators are passed over."""
    assert not any(r.quarantined or r.refused or r.unreadable for r in whole.results)
    passed_over = sum((Counter(dict(r.passed_over)) for r in whole.results), Counter[str]())
    assert passed_over.keys() == {"job step", "no accelerators", "never started"}


def test_jobs_that_end_later_correct(whole: "Played") -> None:
    """Jobs that ran over the end of an export are corrected by the next one, never counted twice."""
    superseding = [r for r in whole.results if r.superseding]
    assert sum(r.superseding for r in superseding) > 50
    assert len({use.use_id for use in whole.tables.use}) == len(whole.tables.use)
    held = Counter((whole.keys[use.workload_id], use.device_id, use.start) for use in whole.tables.use)
    assert max(held.values()) == 1


def test_the_size_of_the_world(workloads: tuple[Workload, ...]) -> None:
    """104 accelerators in 13 nodes at three sites, a dozen tenants, some hundreds of workloads of all three sources."""
    assert len({berth.node for berth in fleet.berths()}) * fleet.SLOTS == 104
    assert {berth.site for berth in fleet.berths()} == {"inzai", "ishikari", "kitakyushu"}
    assert len({workload.tenant for workload in workloads}) == 12
    assert 600 <= len(workloads) <= 1_500
    assert {workload.source for workload in workloads} == {"ishikari", "kitakyushu", "orchestrator"}
    assert len({workload.id for workload in workloads}) == len(workloads)


def test_no_accelerator_is_held_twice(workloads: tuple[Workload, ...]) -> None:
    """What the plan says could have happened: one workload an accelerator, and only where the node stands."""
    held: dict[plan.Slot, list[tuple[int, int]]] = {}
    for workload in workloads:
        for stretch in workload.stretches:
            for slot in stretch.slots:
                held.setdefault(slot, []).append((stretch.start, stretch.last))
                assert _stands(slot[0], stretch.site, stretch.start, min(stretch.last, SECONDS))
    for spans in held.values():
        ordered = sorted(spans)
        assert all(before[1] <= after[0] for before, after in pairwise(ordered))


def test_sites_are_as_busy_as_real_ones(whole: "Played") -> None:
    """Each site uses 60 to 85 % of the accelerators that it has, and none is ever more than full."""
    for shares in whole.balance.by_site.values():
        assert 60 <= 100 * shares.used / shares.installed <= 85


def test_work_leaves_kanto_when_the_grid_asks(workloads: tuple[Workload, ...]) -> None:
    """On each such evening Inzai holds less than in the afternoon, and what was moved comes back."""
    for begun, ended, _ in load.EVENINGS:
        afternoon, evening = (busy(workloads, "inzai", s) for s in (begun - HOUR, begun + 2 * HOUR))
        assert evening <= afternoon - 4
        moved = [s for w in workloads for s in w.stretches if s.cause == "grid" and begun <= s.start < ended]
        assert moved
        assert {stretch.site for stretch in moved} <= {"ishikari", "kitakyushu"}


def busy(workloads: tuple[Workload, ...], site: str, second: int) -> int:
    """Accelerators held at a site at a second."""
    return sum(
        len(s.slots) for w in workloads for s in w.stretches if s.site == site and s.start <= second < s.last
    )


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_story_tells_every_case(language: Language) -> None:
    """Each case with what the reader will see, in one language, in the words that users read."""
    told = story(language)
    for case in cases.CASES:
        assert case.happened[language] in told
        assert case.seen[language] in told
    assert not {"proven", "compliant", "compliance"} & set(told.lower().split())


def test_the_sheets_plant_only_known_cases() -> None:
    """A row comes with or without a case that is told; every case but the lost export has rows."""
    named = {
        row["case"].removeprefix("-")
        for name in (*(r.name for r in world._REGISTERS if r.name != "inventory"), "workloads")
        for row in sheet(name)
        if row["case"]
    }
    assert named == {case.id for case in cases.CASES} - {"accounting_missing"}


def _stands(node: str, site: str, start: int, end: int) -> bool:
    return any(b.start <= start and end <= b.end for b in fleet.berths() if (b.node, b.site) == (node, site))
