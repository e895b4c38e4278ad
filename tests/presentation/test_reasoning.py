"""The reasoning of a decision, as data and as text."""

import json
from pathlib import Path

import pytest

from kansa.application.gate_questions import GateQuestion, ask_gate, decided, evaluation
from kansa.application.lookup import Lookup
from kansa.clock import DAY
from kansa.errors import BadInput
from kansa.presentation.reasoning import Branch, as_branches, reasoning
from kansa.vault.vault import Vault
from worlds import BEGIN, cast, small_vault

WHO = cast()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """The small world after its verification ended."""
    small_vault(tmp_path / "v")
    return Vault(tmp_path / "v", at=BEGIN + 30 * DAY)


def lines(branch: Branch) -> list[str]:
    """All of its texts."""
    return [branch.text, *(line for each in branch.below for line in lines(each))]


def test_why_a_decision_came_out_so_is_data_in_both_languages_and_text_in_either(vault: Vault) -> None:
    """Each rule that decided, with its sources and every fact it asked; the text says the same."""
    answer = ask_gate(vault, GateQuestion(action="schedule", tenant="Aoba", site="Ishikari", context={}))
    shown = reasoning(decided(vault, answer.strictest["context"]["id"]))

    assert not answer.permitted
    value = json.loads(json.dumps(shown.as_json()))
    assert value["refused"] is None
    assert {rule["outcome"] for rule in value["rules"]} <= {"hold", "deny"}
    assert all(rule["words"].keys() == {"en", "ja"} for rule in value["rules"])
    assert all(rule["condition"]["truth"] is not False for rule in value["rules"])
    for language, title in (("en", "rules that decided"), ("ja", "判断を決めた規則")):
        told = lines(as_branches(shown, language))
        assert told[0] == title
        assert all(any(rule["rule"] in line for line in told) for rule in value["rules"])


def test_a_question_in_names_is_the_evaluation_in_ids(vault: Vault) -> None:
    """Names in either script become ids; what means nobody is passed on for the gate to say."""
    names = Lookup(vault)
    asked = evaluation(
        GateQuestion(
            action="shift", end_user="青葉", site="石狩", from_site="nowhere", context={"work": "j1"}
        ),
        "h100-sxm5",
        names,
    )

    assert asked == {
        "subject": {"type": "end_user", "id": WHO.tenant, "properties": {}},
        "action": {"name": "shift", "properties": {"from": "nowhere"}},
        "resource": {
            "type": "site",
            "id": WHO.site,
            "properties": {"site": WHO.site, "item_class": "h100-sxm5"},
        },
        "context": {"work": "j1"},
    }
    with pytest.raises(BadInput, match="nobody is named"):
        evaluation(GateQuestion(action="ship", site="石狩", context={}), None, names)
