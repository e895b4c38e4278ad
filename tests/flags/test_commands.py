"""`kansa flags` and `kansa rules impact|adopt|reading`, as they are typed."""

import json
from pathlib import Path
from typing import Any

import pytest

from kansa.clock import DAY, format_instant
from kansa.interfaces.cli.app import run
from worlds import BEGIN, cast, draft, small_vault, story

AT = format_instant(BEGIN + 5 * DAY)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The small vault, whose tenant gave the address of a home."""
    told = draft(
        "question.answered", "1", subject_id=cast().tenant, fact="party.address_class", answer="residential"
    )
    small_vault(tmp_path / "vault", [*story(cast()), told])
    return tmp_path / "vault"


def asked(capsys: pytest.CaptureFixture[str], root: Path, *words: str, code: int = 0) -> Any:
    """What a command answers as JSON."""
    assert run([*words, "--vault", str(root), "--at", AT, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_from_findings_to_a_resolved_flag(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Found, recorded, assigned, shown with every fact and in both languages, resolved, replayed."""
    before = asked(capsys, root, "flags")
    assert (before["flags"], before["adopted"]) == ([], False)
    assert before["not_recorded"] > 0
    made = asked(capsys, root, "flags", "run", "--owner", "Sato")
    assert made["recorded"] == made["open"]
    listed = asked(capsys, root, "flags", code=1)
    home = next(
        flag
        for flag in listed["flags"]
        if "address" in flag["words"]["en"] and flag["subject"] == cast().tenant
    )
    assert home["owner"] == "Sato"
    assigned = asked(
        capsys, root, "flags", "assign", home["id"][:14], "--owner", "Ueda", "--due", "2026-01-20"
    )
    assert assigned == {"assigned": [home["id"]]}
    shown = asked(capsys, root, "flags", "show", home["id"])
    assert (shown["owner"], shown["due"], shown["replay"]) == ("Ueda", "2026-01-19T15:00:00.000Z", "same")
    assert ("party.address_class", "residential") in [(f["name"], f["value"]) for f in shown["facts"]]
    for language, word in (("en", "the same answer"), ("ja", "同じ答え")):
        assert run(["flags", "show", home["id"], "--lang", language, "--vault", str(root), "--at", AT]) == 0
        assert word in capsys.readouterr().out
    resolution = ["--as", "explained", "--reasons", "lease on file", "--approver", "Ueda"]
    assert asked(capsys, root, "flags", "resolve", home["id"], *resolution) == {"resolved": [home["id"]]}
    assert home["id"] not in [flag["id"] for flag in asked(capsys, root, "flags", code=1)["flags"]]
    assert set(asked(capsys, root, "flags", "replay")["flags"].values()) == {"same"}


def test_a_batch_is_not_resolved_without_reasons_nor_twice(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Reasons of blanks are none; a flag that is closed is not closed again."""
    asked(capsys, root, "flags", "run")
    ids = [flag["id"] for flag in asked(capsys, root, "flags", code=1)["flags"][:2]]
    blank = asked(
        capsys,
        root,
        "flags",
        "resolve",
        *ids,
        "--as",
        "declined",
        "--reasons",
        " ",
        "--approver",
        "Ueda",
        code=2,
    )
    assert blank["error"]["code"] == "flags.reasons"
    asked(
        capsys,
        root,
        "flags",
        "resolve",
        *ids,
        "--as",
        "declined",
        "--reasons",
        "no answer",
        "--approver",
        "Ueda",
    )
    again = asked(
        capsys,
        root,
        "flags",
        "resolve",
        *ids,
        "--as",
        "declined",
        "--reasons",
        "no",
        "--approver",
        "Ueda",
        code=2,
    )
    assert again["error"]["code"] == "flags.closed"
    unknown = asked(capsys, root, "flags", "show", "zzz", code=2)
    assert unknown["error"]["code"] == "flags.unknown"


def test_answers_adoptions_and_readings_are_signed_where_the_person_has_a_key(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The person is known by their key; who it is and that the signature holds is shown with the answer."""
    key = str(tmp_path / "sato")
    assert run(["person", "key", key]) == 0
    capsys.readouterr()
    mine = ["--key", key]
    enrolled = asked(capsys, root, "person", "enroll", "--name", "Sato", "--public-key", f"{key}.pub", *mine)
    asked(capsys, root, "rules", "adopt", "--all", *mine)
    until = ["--reasons", "as counsel reads it", "--until", "2026-06-01"]
    asked(capsys, root, "rules", "reading", "kansa.us.affiliates.half-owned", "apply", *until, *mine)
    asked(capsys, root, "flags", "run")
    flag = asked(capsys, root, "flags", code=1)["flags"][0]["id"]
    answer = ["--as", "explained", "--reasons", "lease on file"]
    nobody = asked(capsys, root, "flags", "resolve", flag, *answer, code=2)
    assert nobody["error"]["code"] == "signer.none"
    asked(capsys, root, "flags", "resolve", flag, *answer, *mine)

    shown = asked(capsys, root, "flags", "show", flag)["answer"]
    assert (shown["by"], shown["signer"], shown["signature"]) == ("Sato", enrolled["person"], "valid")
    assert shown["resolution"] == "explained"
    assert asked(capsys, root, "flags", "show", flag)["state"] == "resolved"
    assert flag not in [each["id"] for each in asked(capsys, root, "flags", code=1)["flags"]]


def test_a_pack_is_adopted_after_its_effects_are_shown(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Alone, one pack makes all findings of the others go; adopted, its own remain; adopted again, nothing changes."""
    shown = asked(capsys, root, "rules", "impact", "--pack", "diversion-guidance", code=1)
    assert (shown["findings_come"], "kansa.us.affiliates" in shown["dropped"]) == ([], True)
    done = asked(
        capsys, root, "rules", "adopt", "diversion-guidance", "--approver", "Sato", "--reasons", "first"
    )
    assert list(done["adopted"]) == ["kansa.us.diversion-guidance"]
    asked(capsys, root, "flags", "run")
    listed = asked(capsys, root, "flags", code=1)
    assert {flag["pack"] for flag in listed["flags"]} == {"kansa.us.diversion-guidance"}
    again = asked(capsys, root, "rules", "impact", "--pack", "diversion-guidance")
    assert (again["findings_come"], again["findings_go"], again["decisions"]) == ([], [], 0)


def test_the_effect_is_drawn(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two lines, a table, and a picture that names what it shows."""
    command = [
        "rules",
        "adopt",
        "--all",
        "--dry-run",
        "--approver",
        "Sato",
        "--picture",
        str(tmp_path / "i.svg"),
    ]
    assert run([*command, "--lang", "ja", "--vault", str(root), "--at", AT]) == 0
    assert "判断0件のうち" in capsys.readouterr().out
    assert (tmp_path / "i.svg").read_text("utf-8").startswith("<svg")
    picture = str(tmp_path / "r.svg")
    run(["flags", "reconfigurations", "--picture", picture, "--vault", str(root), "--at", AT])
    assert Path(picture).read_text("utf-8").count("<svg") == 1


def test_a_reading_is_recorded_with_its_end(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It names a rule that exists and ends in the future."""
    rule = "kansa.us.affiliates.half-owned"
    given = ["--reasons", "suspension extended", "--approver", "Sato"]
    done = asked(capsys, root, "rules", "reading", rule, "not_apply", *given, "--until", "2026-06-01")
    assert done["until"] == "2026-05-31T15:00:00.000Z"
    past = asked(capsys, root, "rules", "reading", rule, "apply", *given, "--until", "2025-06-01", code=2)
    assert past["error"]["code"] == "rule.until"
    none = asked(
        capsys, root, "rules", "reading", "kansa.none", "apply", *given, "--until", "2026-06-01", code=2
    )
    assert none["error"]["code"] == "rule.unknown"
