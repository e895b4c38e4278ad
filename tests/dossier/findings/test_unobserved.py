"""The time on which no source has reported: where and when, all of it, once."""

from collections import Counter

from hypothesis import example, given
from hypothesis import strategies as st

from dossier.findings.small import END, START, random_world
from kansa.coherence.balance import balance
from kansa.dossier.report.findings.unobserved import unobserved_rows
from kansa.registers.directory import Directory
from kansa.registers.rows import Installed, Tables, Window


@given(st.integers(0, 10**6), st.integers(0, 60))
def test_the_rows_add_up_to_the_balance(seed: int, count: int) -> None:
    """Site by site, whatever the inventory says twice or against itself."""
    tables = random_world(seed, count).tables
    rows = unobserved_rows(tables, START, END, Directory())
    shares = balance(tables, start=START, end=END)

    by_site: Counter[str | None] = Counter()
    for row in rows:
        assert START <= row.start < row.end <= END
        assert row.device_time == row.devices * (row.end - row.start) > 0
        by_site[row.site.id if row.site else None] += row.device_time
    expected = {} if shares is None else {site: held.unobserved for site, held in shares.by_site.items()}
    assert by_site == +Counter(expected)


TICKS = st.integers(0, 12)
ENDS = st.one_of(st.none(), TICKS)
NAMES = st.one_of(st.none(), st.sampled_from("st"))
INSTALLED = st.lists(
    st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.sampled_from("nm")), NAMES, TICKS, ENDS)
)
WINDOWS = st.lists(st.tuples(st.just("source"), st.sampled_from("stnmabc"), TICKS, TICKS))


@given(INSTALLED, WINDOWS)
@example([("a", "n", "s", 0, 10), ("a", "m", "t", 4, 8)], [("source", "s", 0, 12)])
def test_an_inventory_that_contradicts_itself_is_read_as_the_balance_reads_it(
    installed: list[tuple[str, str | None, str | None, int, int | None]],
    windows: list[tuple[str, str, int, int]],
) -> None:
    """A device is in one place at a time, and only windows on that place tell of it."""
    tables = Tables(
        installed=tuple(Installed(*row) for row in installed), window=tuple(Window(*row) for row in windows)
    )
    rows = unobserved_rows(tables, 1, 11, Directory())
    shares = balance(tables, start=1, end=11)

    by_site: Counter[str | None] = Counter()
    for row in rows:
        by_site[row.site.id if row.site else None] += row.device_time
    expected = {} if shares is None else {site: held.unobserved for site, held in shares.by_site.items()}
    assert by_site == +Counter(expected)
