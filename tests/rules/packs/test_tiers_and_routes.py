"""Risk tiers, and the approval routes that they ask for."""

from pathlib import Path
from typing import Any

import pytest

from kansa.cases.routes import SHIPPED, read_routes
from kansa.clock import parse_instant
from kansa.errors import BadInput
from kansa.rules.tiers import END_USE, END_USER, TIERS, Tiered, tier
from rules.packs.shelf import library

NOW = parse_instant("2026-11-22T00:00:00.000Z")
ORDINARY: dict[str, Any] = {
    "party.hq_groups": ("A:1", "A:5"),
    "party.parent_groups": ("A:1", "A:5"),
    "party.screening_confirmed": False,
    "party.screening_hits_open": 0,
    "party.military_links": (),
    "party.risk_rated_user": "low",
    "party.ownership_complete": True,
    "party.new_customer": False,
    "party.is_iaas": False,
}


def of_end_user(**changed: Any) -> Tiered:
    """The tier of an ordinary end user of whom something is otherwise, or None: not known."""
    facts = ORDINARY | {f"party.{name}": value for name, value in changed.items()}
    return tier(library().table(END_USER), {name: v for name, v in facts.items() if v is not None}, NOW)


def test_who_meets_nothing_is_of_the_low_tier() -> None:
    """And only who is known to meet nothing."""
    assert of_end_user().tier == "low"


@pytest.mark.parametrize("fact", [name.removeprefix("party.") for name in ORDINARY if "risk" not in name])
def test_no_fact_can_be_missing_from_a_low_tier(fact: str) -> None:
    """What is not known could raise it; the tier is open until it is."""
    if fact in {"new_customer", "is_iaas"}:
        assert of_end_user(**{fact: None, "new_customer": None, "is_iaas": None}).tier is None
    else:
        assert of_end_user(**{fact: None}).tier is None


def test_a_grave_fact_settles_the_tier_whatever_is_missing() -> None:
    """Nothing can lower it again."""
    assert of_end_user(parent_groups=("D:1", "D:5", "D:5+MO"), ownership_complete=None).tier == "high"


def test_a_persons_rating_raises_and_never_lowers() -> None:
    """Rated low, but headquartered in Macau: high."""
    assert of_end_user(risk_rated_user="high").tier == "high"
    assert of_end_user(risk_rated_user="low", hq_groups=("D:1", "D:4", "D:5+MO")).tier == "high"


def test_the_end_use_has_a_tier_of_its_own() -> None:
    """Training is of the medium tier, training for a party of concern of the high one."""
    table = library().table(END_USE)
    facts: dict[str, Any] = {
        "party.trains_for_concern": False,
        "party.end_use_sector": "commercial",
        "party.risk_rated_use": "low",
        "party.end_use": ("train",),
    }
    assert tier(table, facts, NOW).tier == "medium"
    assert tier(table, facts | {"party.trains_for_concern": True}, NOW).tier == "high"


def test_where_no_table_stands_every_tier_is_possible() -> None:
    """Before the first version."""
    assert tier(library().table(END_USER), ORDINARY, 0) == Tiered("low", "high")


@pytest.mark.parametrize("each", TIERS)
def test_every_tier_has_one_route_of_several_persons(each: str) -> None:
    """起案, 審査, 承認: one proposes, another decides."""
    route = read_routes().for_tier(each)
    assert len(route.steps) >= 3
    assert route.steps[0].words.ja == "起案"
    assert route.steps[-1].words.ja == "承認"


def test_the_high_tier_asks_more_people_than_the_low_one() -> None:
    """Quorums added up."""
    low, high = (sum(s.step.quorum for s in read_routes().for_tier(each).steps) for each in ("low", "high"))
    assert high > low


def test_a_route_that_cannot_be_walked_is_refused_with_everything_wrong(tmp_path: Path) -> None:
    """A role that nobody declared, a quorum of nobody, a tier without a route, one step."""
    text = SHIPPED.read_text("utf-8")
    broken = text.replace("role: responsible_officer, substitute", "role: boss, substitute", 1)
    broken = broken.replace("quorum: 2", "quorum: 0").replace("tiers: [high]", "tiers: [grave]")
    path = tmp_path / "routes.yaml"
    path.write_text(broken, "utf-8")
    with pytest.raises(BadInput) as refused:
        read_routes(path)
    said = "\n".join(map(str, refused.value.problems))
    assert "`boss` is no role" in said
    assert "must be a whole number from 1 on" in said
    assert "`grave` is none of" in said
    assert all(problem.line for problem in refused.value.problems)


def test_the_meaning_of_a_route_changes_with_its_steps(tmp_path: Path) -> None:
    """Comments do not matter, a quorum does."""
    text = SHIPPED.read_text("utf-8")
    same, other = tmp_path / "same.yaml", tmp_path / "other.yaml"
    same.write_text("# a comment\n" + text, "utf-8")
    other.write_text(text.replace("quorum: 2", "quorum: 3"), "utf-8")
    assert read_routes(same).meaning == read_routes().meaning
    assert read_routes(other).meaning != read_routes().meaning
