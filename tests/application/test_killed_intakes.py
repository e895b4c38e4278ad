"""An intake killed at any step: what was entered stands once, nothing is half, and the next one completes it."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from application.killed_intake import REPORT, TABLE
from kansa.application.auditing.vault import audit_vault
from kansa.application.segments import take_rows
from kansa.evidence import folder
from kansa.vault.vault import Vault
from worlds import BEGIN, small_vault

KILLS = 100
LAST_STEP = 30
MOST_STEPS = 25
"""More than every second one of an intake of two segments."""


def test_a_killed_intake_is_completed_by_the_next_one(tmp_path: Path) -> None:
    """Law: whatever the step, reading the same rows again ends with each of them once, and an audit without a fault."""
    small_vault(tmp_path / "vault")
    roots = [tmp_path / f"v{step}" for step in range(MOST_STEPS)]
    for root in roots:
        shutil.copytree(tmp_path / "vault", root)
    ends = ended([*map(str, roots)])
    steps = ends.index("whole")
    assert set(ends[:steps]) == {"killed"}
    assert set(ends[steps:]) == {"whole"}
    assert steps >= 15
    fates = {_completed(root) for root in roots[: steps + 1]}
    assert {fate[0] for fate in fates} == {0, 1, 2}, "some were lost, some half, some whole"
    assert any(completed for _, completed in fates), "an entry that was meant was appended as it was"


def ended(places: Sequence[str]) -> list[str]:
    """Kill intakes; returns how each ended."""
    script = Path(__file__).with_name("killed_intake.py")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, str(script), *places]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.split()


@pytest.mark.slow
def test_a_hundred_intakes_killed_between_file_and_entry_lose_and_double_nothing(tmp_path: Path) -> None:
    """A hundred kills at any step from the first file on, most of them where files stand and their entry does not."""
    small_vault(tmp_path / "vault")
    chance, fates = random.Random(3), []
    for number in range(KILLS):
        root = tmp_path / f"v{number}"
        shutil.copytree(tmp_path / "vault", root)
        (end,) = ended([f"{root}@{chance.randrange(LAST_STEP)}"])
        fates.append((end, *_completed(root)))
        shutil.rmtree(root)
    assert sum(end == "killed" for end, *_ in fates) > KILLS * 0.9
    assert {before for _, before, _ in fates} >= {0, 1}
    assert any(completed for *_, completed in fates)


def _completed(root: Path) -> tuple[int, int]:
    """Take the same rows again; returns how many segments stood before, and how many orphans were completed."""
    vault = Vault(root, at=BEGIN)
    before = len(vault.segments())
    done = take_rows(vault, TABLE, REPORT, most=3)
    named = vault.segments()
    uses = [use for use in vault.tables().use if use.use_id.startswith("s")]
    assert len(uses) == len({use.workload_id for use in uses}) == TABLE.num_rows
    assert [each.segment.rows for each in named] == [3, 3]
    assert done.new + 3 * (before + done.completed) == TABLE.num_rows
    assert not folder.unfinished(vault.places.segments)
    assert not folder.orphans(vault.places.segments, {each.segment.folder.name for each in named})
    parts = {part.name: part for part in audit_vault(vault).parts}
    assert parts["segments"].ok
    assert parts["segments"].checked == parts["sealed values of segments"].checked == TABLE.num_rows
    return before, done.completed
