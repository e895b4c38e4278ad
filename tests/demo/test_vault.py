"""The script played into a real vault: sealed, sequenced, followed by registers on disk, asked by the engine."""

import shutil
from pathlib import Path

from kansa.application.coherence import CoherenceQuestion, ask
from kansa.clock import MICROSECONDS
from kansa.demo import world
from kansa.demo.expected import TOTALS
from kansa.demo.play import play


def test_a_vault_gives_the_planted_answer(tmp_path: Path) -> None:
    """What the table says of the sums holds for the product's main line from files to answer."""
    script = world.write(tmp_path / "input")
    vault, _ = play(tmp_path / "vault", script)
    shutil.rmtree(tmp_path / "input")
    result = ask(vault, CoherenceQuestion(start=script.start, end=script.end)).assessment.result
    assert result.gaps == TOTALS.gaps
    assert result.gap_us == TOTALS.gap * MICROSECONDS
    assert result.late_us == TOTALS.late * MICROSECONDS
    assert result.fact_gap_us == {fact: time * MICROSECONDS for fact, time in TOTALS.by_fact.items()}
    assert result.balance is not None
    expected = (TOTALS.installed, TOTALS.used, TOTALS.idle, TOTALS.unobserved)
    assert result.balance.total == tuple(time * MICROSECONDS for time in expected)
