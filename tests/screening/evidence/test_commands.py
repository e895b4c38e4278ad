"""`kansa lists` and `kansa screen` as they are typed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kansa.interfaces.cli.app import run
from screening.worlds_screening import entry_line, screening_vault, write_list

WITHOUT = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"rigour", "icu", "rapidfuzz", "numpy", "scipy"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
from kansa.interfaces.cli.app import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault with a list of two, named by the environment."""
    made = screening_vault(tmp_path)
    monkeypatch.setenv("KANSA_VAULT", str(made.places.root))
    write_list(
        tmp_path,
        "watch",
        entry_line("crane", "Golden Crane Shipping Company", list="un.sc"),
        entry_line("rei", "例示自動車株式会社"),
    )
    return tmp_path


def _said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any]:
    code = run([*map(str, arguments), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_from_an_empty_vault_to_an_answer(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two commands: add a list, ask a name. Exit 1 for an alert, 4 for no hit without the required lists; both name them."""
    assert _said(capsys, "lists", "add", "jsonl", vault / "watch.jsonl")[0] == 0

    code, alert = _said(capsys, "screen", "golden crane shipping", "--country", "Singapore")
    clean, nobody = _said(capsys, "screen", "Quiet Meadow Bakery")

    assert (code, alert["outcome"], alert["candidates"][0]["entity_id"]) == (1, "alert", "crane")
    assert (clean, nobody["outcome"], nobody["entries"]) == (4, "no_hit", 2)
    assert (nobody["complete"], alert["complete"]) == (False, False)
    assert nobody["incomplete"] == ["us.el", "us.dpl", "us.uvl", "us.meu", "us.sdn", "jp.eul"]
    assert "eu.fsf" in nobody["not_covered"]
    assert _said(capsys, "screen", "replay", nobody["record"])[1]["same"] is True


def test_what_is_told_in_text_names_the_gaps_of_the_lists(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In both languages: outcome, what was asked, what was not, where it is recorded."""
    run(["lists", "add", "jsonl", str(vault / "watch.jsonl")])
    capsys.readouterr()

    run(["screen", "例示自動車(株)", "--language", "ja"])
    japanese = capsys.readouterr().out
    run(["screen", "Quiet Meadow Bakery"])
    english = capsys.readouterr().out

    assert japanese.startswith("一致候補あり")
    assert "対象外のリスト: " in japanese
    assert "不完全: " in japanese.splitlines()[1]
    assert english.startswith("INCOMPLETE: no hit on what was asked; required lists were not asked")
    assert "NOT covered: us.el" in english
    assert "Recorded as entry" in english


def test_status_is_no_while_lists_are_missing(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1: something that ought to be covered is not; it is named."""
    at = ("--at", "2026-03-01T09:00:00+09:00")
    run(["lists", "add", "jsonl", str(vault / "watch.jsonl"), "--edition-date", "2026-02-27", *at])
    capsys.readouterr()

    code, told = _said(capsys, "lists", "status", *at)

    assert code == 1
    assert {each["list"]: each["age_days"] for each in told["covered"]} == {"own.watch": 2, "un.sc": 2}
    assert "uk.sanctions" in {each["list"] for each in told["not_covered"]}


def test_a_shrinking_list_needs_a_person_or_a_reason(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal nobody can be asked: refused, and the old edition stays."""
    run(["lists", "add", "jsonl", str(vault / "watch.jsonl")])
    write_list(vault, "watch", entry_line("rei"))
    capsys.readouterr()

    code, told = _said(capsys, "lists", "add", "jsonl", vault / "watch.jsonl")

    assert (code, told["error"]["code"]) == (2, "list.shrinks")
    assert (
        _said(capsys, "lists", "add", "jsonl", vault / "watch.jsonl", "--accept-shrink", "delisted")[0] == 0
    )


def test_bad_input_says_everything_at_once(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A country, a date and a kind that cannot be read: three problems, one message, exit 2."""
    run(["lists", "add", "jsonl", str(vault / "watch.jsonl")])
    capsys.readouterr()

    code, told = _said(
        capsys, "screen", "A", "--country", "Atlantis", "--birth-date", "soon", "--schema", "Ghost"
    )

    assert code == 2
    assert {each["field"] for each in told["error"]["problems"]} == {"countries", "birth_dates", "schema"}
    assert _said(capsys, "lists", "add", "nope", vault / "watch.jsonl")[1]["error"]["code"] == "list.format"
    assert _said(capsys, "lists", "add", "jsonl", vault / "absent")[1]["error"]["code"] == "list.file"


def test_a_stranger_can_try_it_without_a_vault(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A list from a file: an answer, and that it is not recorded."""
    code, told = _said(capsys, "screen", "Golden Crane Shipping", "--list", f"jsonl:{vault / 'watch.jsonl'}")

    assert (code, told["record"]) == (1, None)
    assert told["editions"][0]["record"] is None


def test_a_batch_in_a_vault_is_recorded(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The run is in the ledger with the hashes of its files; the evidence beside the output names the entry."""
    run(["lists", "add", "jsonl", str(vault / "watch.jsonl")])
    (vault / "in.jsonl").write_text('{"id":"1","name":"Golden Crane Shipping Co"}\n')
    capsys.readouterr()

    code, told = _said(capsys, "screen", "batch", vault / "in.jsonl", "-o", vault / "out.jsonl")

    assert (code, told["alerts"], told["record"]) == (4, 1, 1)
    assert json.loads((vault / "out.jsonl").read_text())["incomplete"] == told["incomplete"]
    assert not told["complete"]
    assert json.loads((vault / "out.jsonl.evidence.json").read_text())["record"] == 1


def test_without_the_extra_nobody_is_cleared(vault: Path) -> None:
    """Lists can be added; a screening ends with what to install, exit 2, and no answer."""
    added = _without(vault, "lists", "add", "jsonl", str(vault / "watch.jsonl"))
    asked = _without(vault, "screen", "Golden Crane", "--json")
    (vault / "in.jsonl").write_text('{"id":"1","name":"A"}\n')
    many = _without(vault, "screen", "batch", str(vault / "in.jsonl"), "-o", str(vault / "out.jsonl"))

    assert added.returncode == 0, added.stderr
    assert (asked.returncode, many.returncode) == (2, 2)
    assert json.loads(asked.stdout)["error"]["code"] == "screen.extra"
    assert "kansa[screening]" in many.stderr
    assert not (vault / "out.jsonl").exists()


def _without(vault: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, *arguments], capture_output=True, check=False, text=True, cwd=vault
    )


def test_a_candidate_is_shown_side_by_side(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the terminal and on a page: both names, in both scripts, and how their parts meet."""
    run(["lists", "add", "jsonl", str(vault / "watch.jsonl")])
    capsys.readouterr()

    run(["screen", "(株)例示自動車", "--html", str(vault / "page.html"), "--language", "ja"])
    text, page = capsys.readouterr().out, (vault / "page.html").read_text("utf-8")

    for told in ("(株)例示自動車", "例示自動車株式会社"):
        assert told in text
        assert told in page
    assert "リスト上の名称" in text
    assert page.startswith("<!doctype html>")
    assert "対象外のリスト" in page


def test_an_answer_says_what_was_not_asked_and_not_compared(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Vessels beside parties, a name in characters alone, letters beyond the limit; in the text and on the page."""
    write_list(
        vault,
        "watch",
        entry_line("crane", "Golden Crane Shipping Company", addresses=["5 Harbor Road, Nampo 12345"]),
        entry_line("ship", "Golden Crane", schema="Vessel"),
    )
    run(["lists", "add", "jsonl", str(vault / "watch.jsonl")])
    capsys.readouterr()

    run(["screen", "例" * 300, "--address", "5 Harbor Road, Nampo 12345", "--html", str(vault / "page.html")])
    text, page = capsys.readouterr().out, (vault / "page.html").read_text("utf-8")
    for told in (
        "SHARED ADDRESS with Golden Crane Shipping Company",
        "1 listed vessels, aircraft and the like were not asked",
        "Not asked in Latin letters",
        "only the first 256 letters were compared",
    ):
        assert told in text
        assert told in page
    code, vessel = _said(capsys, "screen", "Golden Crane", "--schema", "Vessel")
    assert (code, [each["entity_id"] for each in vessel["candidates"]], vessel["not_asked"]) == (
        1,
        ["ship"],
        1,
    )
    run(["screen", "12345"])
    assert "Not asked in Latin letters" not in capsys.readouterr().out


def test_a_page_that_cannot_be_written_is_refused_before_anything_is_recorded(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No screening without the page that was asked for."""
    run(["lists", "add", "jsonl", str(vault / "watch.jsonl")])
    capsys.readouterr()
    before = _said(capsys, "ledger", "status")[1]

    assert (
        _said(capsys, "screen", "Nobody", "--html", "/nonexistent/page.html")[1]["error"]["code"]
        == "screen.html"
    )
    assert _said(capsys, "ledger", "status")[1] == before
