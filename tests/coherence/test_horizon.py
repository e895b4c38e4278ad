"""Up to where running uses are judged, and ends that are none."""

import pytest

from kansa.clock import DAY, parse_instant
from kansa.coherence.assess import assess
from kansa.coherence.balance import balance
from kansa.coherence.row_quality import horizon_of
from kansa.coherence.scope import within
from kansa.coherence.sweep import sweep
from kansa.registers.rows import Installed, Tables, Use, Window

MAY = parse_instant("2026-05-01T00:00:00.000Z")
JUNE = parse_instant("2026-06-01T00:00:00.000Z")
SENTINELS = [
    parse_instant(text)
    for text in (
        "9999-12-31T23:59:59.000Z",
        "2099-12-31T00:00:00.000Z",
        "2262-04-11T23:47:16.854Z",
        "2038-01-19T03:14:07.000Z",
    )
]


def use(name: str, start: int, end: int | None) -> Use:
    """A use of a device of that name."""
    return Use(name, f"d-{name}", "t", "e", "p", "i", "s", start, end, name, 1, "documented", ())


def told(tables: Tables, to: int | None = None) -> tuple[int | None, int, int]:
    """Horizon, uses and used time, by the stages and by the plain sweep alike."""
    swept = sweep(tables, horizon=to).result
    staged = assess(tables, to=to, threads=1).result
    for found in (swept, staged):
        assert found.quarantined == swept.quarantined
    assert (swept.horizon, swept.uses, swept.use_us) == (staged.horizon, staged.uses, staged.use_us)
    return swept.horizon, swept.uses, swept.use_us


@pytest.mark.parametrize("sentinel", SENTINELS)
@pytest.mark.parametrize("to", [JUNE, None])
def test_an_end_in_a_far_year_is_no_end(sentinel: int, to: int | None) -> None:
    """It neither moves the horizon of the running use beside it nor counts as used time."""
    windows = () if to is not None else (Window("slurm", "s", MAY, JUNE),)
    tables = Tables(use=(use("far", MAY, sentinel), use("runs", MAY, None)), window=windows)

    assert told(tables, to) == (JUNE, 2, 2 * (JUNE - MAY))


@pytest.mark.parametrize("sentinel", [end for end in SENTINELS if end > JUNE + 3660 * DAY])
def test_without_window_and_statement_a_far_end_does_not_say_how_far_the_tables_reach(sentinel: int) -> None:
    """The horizon is then the latest instant of all others."""
    tables = Tables(use=(use("far", MAY, sentinel), use("runs", MAY, None), use("over", MAY, JUNE)))

    assert told(tables) == (JUNE, 3, 3 * (JUNE - MAY))


@pytest.mark.parametrize("sentinel", SENTINELS)
def test_a_window_that_ends_in_a_far_year_moves_no_horizon(sentinel: int) -> None:
    """No source has reported in full until then."""
    windows = (Window("slurm", "s", MAY, sentinel), Window("slurm", "s", MAY, JUNE))

    assert told(Tables(use=(use("runs", MAY, None),), window=windows)) == (JUNE, 1, JUNE - MAY)


def test_a_use_that_ended_is_held_whole_wherever_the_horizon_is() -> None:
    """An end that is one, though it lies beyond the latest window, is as the source said."""
    tables = Tables(use=(use("over", MAY, JUNE),), window=(Window("slurm", "s", MAY, MAY + DAY),))

    assert told(tables) == (MAY + DAY, 1, JUNE - MAY)


def test_a_running_use_is_judged_up_to_the_end_that_is_stated() -> None:
    """A source that has not closed its window since does not hide what ran until the end of the period."""
    tables = Tables(
        use=(use("runs", MAY, None), use("far", MAY, SENTINELS[0])),
        window=(Window("slurm", "s", MAY, MAY + DAY),),
        installed=(Installed("d-far", None, "s", MAY, None),),
    )

    scoped = within(tables, MAY, JUNE)

    assert [(each.start, each.end) for each in scoped.use] == [(MAY, JUNE), (MAY, JUNE)]
    assert horizon_of(tables).at == MAY + DAY
    shares = balance(tables, start=MAY, end=JUNE)
    assert shares is not None
    assert shares.total.used == DAY  # used time counts where a source has reported in full
