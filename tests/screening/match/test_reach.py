import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kansa.screening.entry import Entry, Name, Profile
from kansa.screening.matching.alignment import Weighed, align
from kansa.screening.matching.index import Index
from kansa.screening.matching.rarity import Rarity
from kansa.screening.matching.reach import ScoreUpperBound
from kansa.screening.names.forms import forms
from shared_data import SharedData

WORDS = (
    *("ivan", "ivna", "iwan", "van", "petrov", "petroff", "pet", "rov", "petr", "ov", "al", "abd", "abdul"),
    *("rahman", "abdulrahman", "mohammad", "muhammed", "trading", "co", "ltd", "company", "heavy", "x", "xy"),
    *("industries", "12", "москва", "محمد", "丰田", "kim"),
)
NAMES = st.lists(st.sampled_from(WORDS) | st.text("abiv", min_size=1, max_size=5), min_size=1, max_size=7)
RARITY = Rarity({"ivan": 900, "mohammad": 5_000, "trading": 2_000, "petrov": 30}, 20_000)


def _weighed(name: str) -> list[Weighed]:
    return [Weighed(form, RARITY.weights(form)) for form in forms(name, "Organization")]


@settings(max_examples=200)
@example(["ivan", "company"], ["ivan", "company"], 1.0)  # equal, and summed in another order
@example(["company"], ["co"], 0.7)  # alike by what they mean alone
@example(["abd", "rahman"], ["abdrahman"], 0.7)  # a space moved
@example(["ab", "iv", "ab"], ["abivab"], 0.7)  # and two of them
@given(NAMES, NAMES, st.sampled_from([0.0, 0.3, 0.5, 0.7, 0.9, 1.0]))
def test_what_has_a_value_reaches_it(ours: list[str], theirs: list[str], least: float) -> None:
    """Two forms of which aligning says at least a value are never said to be further apart."""
    listed = _weighed(" ".join(theirs))
    found = ScoreUpperBound(listed, few=0)
    for one in _weighed(" ".join(ours)):
        values = [align(one, other).value for other in listed]
        reached = [number for number, value in enumerate(values) if value >= least]
        assert set(reached) <= set(*found.rows([one], [range(len(listed))], [least]))
        assert set(range(len(listed))) == set(*found.rows([one], [range(len(listed))], [-0.1]))


def test_names_that_share_nothing_do_not_reach() -> None:
    """The bound is of use: what is alike by chance only is not aligned."""
    asked, listed = _weighed("Jonathan Meyer"), _weighed("Golden Star Shipping")
    assert ScoreUpperBound(listed, few=0).rows(asked, [[0]], [0.3]) == [[]]


def test_with_and_without_the_bound_real_names_have_the_same_hits(
    shared_data: SharedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every ninth real entry, asked for under misspelt names of every seventh of these: hit by hit the same."""
    rows = (shared_data("screening", "bench") / "index.jsonl").read_bytes().splitlines()[::9]
    given = [msgspec.json.decode(row) for row in rows]
    index = Index.build(
        [Entry(id=row["id"], list="own", names=tuple(map(Name, row["names"]))) for row in given]
    )
    parties = [Profile(names=(Name(row["names"][0].replace("a", "e", 1)),)) for row in given[::7]]
    for threshold in (0.3, 0.7):
        bounded = index.find(parties, threshold=threshold, limit=50)
        monkeypatch.setattr(ScoreUpperBound, "rows", lambda *given: given[2])
        assert bounded == index.find(parties, threshold=threshold, limit=50)
        monkeypatch.undo()
