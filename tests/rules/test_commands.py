"""`kansa rules` on the command line."""

import json
from pathlib import Path
from typing import Any

import cedarpy
import pytest

from kansa.interfaces.cli.app import run
from rules.writing import OWN, OWN_CITATIONS, written

Output = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one pack of one's own."""
    written(tmp_path, OWN_CITATIONS, "citations.yaml")
    written(tmp_path, OWN)
    return tmp_path


def _told(capsys: Output, *arguments: str) -> Any:
    assert run(["rules", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_packs_are_tested(capsys: Output) -> None:
    """The stable result: four counts; nothing fails."""
    told = _told(capsys, "test")

    assert {name: told[name] > 0 for name in ("packs", "rules", "cases")} == {
        "packs": True,
        "rules": True,
        "cases": True,
    }
    assert (told["failed"], told["failures"]) == (0, [])


def test_a_failing_case_is_told_and_ends_with_1(capsys: Output, folder: Path) -> None:
    """Which rule, in which case, what it should be and what it is."""
    written(folder, OWN.replace("{party.country: JP}", "{party.country: NO, party.registry_found: false}"))

    assert run(["rules", "test", "--packs", str(folder)]) == 1
    out = capsys.readouterr().out
    assert "`kansa.test.sample.from-abroad` should be `missed` in the case `at home`, it is `hit`" in out
    assert "1 answered otherwise" in out


def test_a_faulty_pack_ends_with_2_and_everything_wrong_in_it(capsys: Output, folder: Path) -> None:
    """With file and line."""
    written(folder, OWN.replace("severity: high", "severity: grave").replace("[NO, CN]", "[]"))

    assert run(["rules", "list", "--packs", str(folder)]) == 2
    shown = capsys.readouterr().err
    assert f"{folder / 'sample.yaml'}:11:" in shown
    assert f"{folder / 'sample.yaml'}:16:" in shown


@pytest.mark.parametrize(
    ("at", "status", "standing"),
    [
        ("2025-10-15", "in_force", "binds"),
        ("2026-03-01", "suspended", "does_not_bind"),
        ("2026-11-22", "unknown", "unsettled"),
    ],
)
def test_a_list_says_what_was_the_law_at_a_time(capsys: Output, at: str, status: str, standing: str) -> None:
    """The Affiliates Rule: in force, suspended, and since 10 November 2026 unknown."""
    packs = {pack["id"]: pack for pack in _told(capsys, "list", "--as-of", at)["packs"]}
    rule = next(rule for rule in packs["kansa.us.affiliates"]["rules"] if rule["id"].endswith(".half-owned"))

    assert (rule["enforcement_status"], rule["standing"], rule["verified"]) == (status, standing, False)


def test_a_rule_is_shown_with_words_sentence_sources_and_cases(capsys: Output) -> None:
    """In JSON as data, as text in the language that is asked for."""
    told = _told(capsys, "show", "kansa.us.affiliates.half-owned")
    assert run(["rules", "show", "half-owned", "--language", "ja"]) == 0
    page = capsys.readouterr().out

    assert told["versions"][0]["sentence"]["ja"] in page
    assert len(told["versions"][0]["wording_hash"]) == 64
    assert told["versions"][0]["citations"][0]["id"] == "us.affiliates"
    assert told["cases"]
    assert "**原文未確認**" in page


def test_a_name_of_nothing_is_refused(capsys: Output) -> None:
    """With where to look."""
    assert run(["rules", "show", "nothing"]) == 2
    assert "`nothing` is no rule and no pack" in capsys.readouterr().err


def test_the_gate_is_exported_as_cedar(tmp_path: Path) -> None:
    """To a file that Cedar parses, with the warning on what Cedar skips."""
    file = tmp_path / "gate.cedar"

    assert run(["rules", "export", "--cedar", "--as-of", "2026-11-22", "--output", str(file)]) == 0
    assert "Cedar skips a policy" in file.read_text("utf-8")
    assert cedarpy.PolicySet.from_str(file.read_text("utf-8")) is not None
