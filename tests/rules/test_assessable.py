"""Rules that cannot be assessed say so wherever they are listed, and practice is never called verified."""

import json
from typing import Any

import pytest

from kansa.controls.loading import read_controls
from kansa.controls.pages import controls_page
from kansa.i18n import Words
from kansa.interfaces.cli.app import run
from kansa.rules import conditions
from kansa.rules.assessable import unassessable_rules, untold
from kansa.rules.conditions import All, AnyOf, Condition, Not
from kansa.rules.pack import Version
from kansa.rules.publish.pack_pages import pages, rule_page
from rules.packs.shelf import library, pack

TOLD = conditions.Test("a.told", "eq", operand=True)
UNTOLD = conditions.Test("a.untold", "eq", operand=True)
RULE = "kansa.us.part-762.erased-after-request"


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        (TOLD, ()),
        (UNTOLD, ("a.untold",)),
        (Not(UNTOLD), ("a.untold",)),
        (All((TOLD, UNTOLD)), ("a.untold",)),
        (AnyOf((TOLD, UNTOLD)), ()),
        (Not(All((TOLD, UNTOLD))), ()),
        (Not(AnyOf((TOLD, UNTOLD))), ("a.untold",)),
    ],
)
def test_a_rule_that_can_never_be_found_true_names_the_facts_that_nothing_tells(
    condition: Condition, names: tuple[str, ...]
) -> None:
    """In the logic of three values: an `any` that a told fact can settle is assessed."""
    version = Version(
        start=0, text_status="in_force", enforcement_status="in_force", when=condition, words=Words("x", "x"), sources=()
    )  # fmt: skip
    assert untold(version, {"a.untold"}) == names


def listed(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """What `kansa rules` answers as JSON."""
    assert run(["rules", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_lists_pages_and_controls_say_what_cannot_be_assessed(capsys: pytest.CaptureFixture[str]) -> None:
    """And count it apart."""
    said = listed(capsys, "list")
    rules = {rule["id"]: rule for each in said["packs"] for rule in each.get("rules", ())}
    unable = {id_ for id_, rule in rules.items() if rule.get("cannot_be_assessed")}
    assert RULE in unable
    assert len(unable) == said["counted"]["cannot_be_assessed"]
    assert unable <= unassessable_rules(library().packs) | unable
    assert listed(capsys, "show", RULE)["versions"][-1]["cannot_be_assessed"] == [
        "operator.erased_under_hold"
    ]
    (rule,) = (each for each in pack("kansa.us.part-762").rules if each.id == RULE)
    for language, words in (("en", "cannot be assessed"), ("ja", "評価できない")):
        assert words in rule_page(rule, pack("kansa.us.part-762"), library(), language)
        assert words in controls_page(read_controls(), language, read_controls().controls[0].serves)
        assert words in dict(pages(library()))["README.md" if language == "en" else "README.ja.md"]


def test_practice_is_our_practice_and_never_verified(capsys: pytest.CaptureFixture[str]) -> None:
    """There is no text that anybody could have compared it with."""
    said = listed(capsys, "list")
    rules = [rule for each in said["packs"] for rule in each.get("rules", ()) if rule.get("practice")]
    assert rules
    assert not any(rule["verified"] for rule in rules)
    assert said["counted"]["practice"] == len(rules)
