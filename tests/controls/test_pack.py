"""The pack of controls: what an operator must be able to show, and what is wrong with a pack that cannot be used."""

from pathlib import Path

import pytest

from kansa.controls.loading import SHIPPED, read_controls, unknown_rules
from kansa.errors import BadInput
from rules.packs.shelf import library

PACK = read_controls()
ASKED_FOR = {
    "due_diligence",
    "access_path",
    "end_user",
    "custody",
    "screening",
    "records",
    "security",
    "training",
}


def test_every_family_that_an_operator_is_asked_for_has_controls() -> None:
    """Customer due diligence, access paths, end users, custody, and what they need."""
    assert {control.family for control in PACK.controls} >= ASKED_FOR
    assert set(PACK.families) == {control.family for control in PACK.controls}


def test_every_rule_that_a_control_serves_is_one() -> None:
    """An id that no pack has would promise an answer to nothing."""
    known = frozenset(rule.id for pack in library().packs for rule in pack.rules)
    assert unknown_rules(PACK, known) == ()


def test_roles_and_populations_are_all_used() -> None:
    """Nobody answers for nothing."""
    assert set(PACK.roles) == {control.responsible for control in PACK.controls}
    assert {control.about for control in PACK.controls} == {*PACK.populations, "operator"}


def test_what_is_verified_rests_on_an_official_text_or_is_practice() -> None:
    """As with rules."""
    for control in PACK.controls:
        codes = {code for source in control.sources for code in source.confidence.split("+")}
        assert control.verified == (codes <= {"C", "P"}), control.id


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("kind: end_user.verified, of", "kind: end_user.proven, of", "is no kind of record"),
        ("kind: party.screened, of: party_id", "kind: party.screened, of: colour", "has no field `colour`"),
        ("having: [end_user_id]", "having: [approved_by]", "is sealed"),
        ("responsible: site_manager", "responsible: janitor", "is no role"),
        ("about: mediator", "about: landlord", "is none of"),
        ("fresh: P92D", "fresh: quarterly", "quarterly"),
        ("citation: us.ear.762", "citation: us.ear.999", "not in the citation table"),
        ("evidence: {any: [{kind: rule_pack.adopted}]}", "evidence: {any: []}", "must not be empty"),
        ("family: records", "family: rumours", "is none of"),
        (
            "any: [{kind: rule_pack.adopted}]",
            "any: [{kind: rule_pack.adopted, of: pack}]",
            "`of` says nothing",
        ),
    ],
)
def test_a_pack_that_cannot_be_used_says_where(tmp_path: Path, was: str, now: str, said: str) -> None:
    """With the line."""
    text = SHIPPED.read_text("utf-8")
    path = tmp_path / "controls.yaml"
    path.write_text(text.replace(was, now), "utf-8")
    assert was in text
    with pytest.raises(BadInput) as refused:
        read_controls(path)
    assert any(said in str(problem) and problem.line for problem in refused.value.problems)


def test_the_meaning_changes_with_an_interval_and_not_with_a_comment(tmp_path: Path) -> None:
    """What a decision to adopt it is bound to."""
    text = SHIPPED.read_text("utf-8")
    same, other = tmp_path / "same.yaml", tmp_path / "other.yaml"
    same.write_text(text + "# end\n", "utf-8")
    other.write_text(text.replace("fresh: P30D", "fresh: P31D", 1), "utf-8")
    assert read_controls(same).meaning == PACK.meaning
    assert read_controls(other).meaning != PACK.meaning
