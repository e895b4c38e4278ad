"""A folder: which data go with which mapping, in which order, and what is refused before anything is read."""

import random
from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.connectors.folder import Step, in_order, plan
from kansa.errors import BadInput

PARTIES = """\
source: crm
kind: party.registered
natural_key: code
fields:
  party_id: {id: party, system: crm, column: code}
  valid_from: {column: since}
  known_by: {value: declared}
"""


def step(name: str, introduces: Collection[str] = (), needs: Collection[str] = ()) -> Step:
    """A mapping of this name that introduces and needs some systems."""
    return Step(Path(name), "table", (), frozenset(introduces), frozenset(needs))


@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20), st.randoms(use_true_random=False)
)
def test_whatever_is_needed_comes_first(edges: list[tuple[int, int]], shuffle: random.Random) -> None:
    """Over any files of which none waits for itself: who introduces a system stands before who refers to it."""
    needs = {n: {f"s{low}" for low, high in edges if low < high == n} for n in range(8)}
    steps = [step(f"{9 - n}.yaml", {f"s{n}"}, needs[n]) for n in range(8)]
    shuffle.shuffle(steps)

    ordered = in_order(steps)

    assert sorted(ordered, key=str) == sorted(steps, key=str)
    seen: set[str] = set()
    for each in ordered:
        assert each.needs <= seen
        seen |= each.introduces


def test_files_that_wait_for_each_other_are_named() -> None:
    """There is no order; both are named, and what to do."""
    with pytest.raises(BadInput, match=r"`a.yaml`, `b.yaml`") as caught:
        in_order([step("a.yaml", {"x"}, {"y"}), step("b.yaml", {"y"}, {"x"}), step("c.yaml")])
    assert "one by one" in str(caught.value.help)


def test_the_longest_name_that_fits_has_the_data(tmp_path: Path) -> None:
    """`crm.eu.csv` is of `crm.eu.yaml`, `crm.2026.csv` of `crm.yaml`; what an office program leaves is no data."""
    for name in ("crm.yaml", "crm.eu.yaml"):
        (tmp_path / name).write_text(PARTIES, encoding="utf-8")
    for name in (
        "crm.eu.csv",
        "crm.2026.csv",
        "crm.2025.csv",
        ".~lock.crm.csv#",
        "~$crm.xlsx",
        "crm.csv~",
        "x.csv",
        "a.md",
    ):
        (tmp_path / name).write_text("code,since\n", encoding="utf-8")

    planned = plan(tmp_path)

    data = {each.map_file.name: [path.name for path in each.paths] for each in planned.steps}
    assert data == {"crm.yaml": ["crm.2025.csv", "crm.2026.csv"], "crm.eu.yaml": ["crm.eu.csv"]}
    assert [path.name for path in planned.unexplained] == ["x.csv"]


def test_everything_wrong_with_any_mapping_is_said_at_once(tmp_path: Path) -> None:
    """A mapping with a fault, a file that is none, data that stand twice: all named, nothing read."""
    (tmp_path / "a.yaml").write_text(PARTIES.replace("crm, column", "crm, colum"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text("callers: []\n", encoding="utf-8")
    (tmp_path / "c.yaml").write_text(PARTIES, encoding="utf-8")
    for name in ("c.csv", "c.xlsx"):
        (tmp_path / name).write_bytes(b"")

    with pytest.raises(BadInput) as caught:
        plan(tmp_path)

    assert {Path(str(problem.file)).name for problem in caught.value.problems} == {
        "a.yaml",
        "b.yaml",
        "c.csv",
    }


def test_a_folder_without_a_mapping_is_refused(tmp_path: Path) -> None:
    """Data alone say nothing; the message names the command that writes mappings."""
    (tmp_path / "parties.csv").write_text("code\n", encoding="utf-8")

    with pytest.raises(BadInput, match="holds no mapping") as caught:
        plan(tmp_path)
    assert "init --template" in str(caught.value.help)
