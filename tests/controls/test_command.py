"""`kansa controls` over a vault: the answer, its exit code, readiness over time, and OSCAL."""

import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from kansa.clock import DAY, format_instant
from kansa.controls import oscal
from kansa.interfaces.cli.app import run
from worlds import BEGIN, cast, small_vault

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small world, in which the verification ends on day 10; nothing here writes to it."""
    root = tmp_path_factory.mktemp("controls") / "vault"
    small_vault(root)
    return root


def said(capsys: pytest.CaptureFixture[str], *command: object) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON result of a command."""
    code = run(["controls", *map(str, command), "--json"])
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, result


def one(result: dict[str, Any], name: str) -> dict[str, Any]:
    """One control of a result."""
    (found,) = (each for each in result["controls"] if each["id"] == f"kansa.controls.{name}")
    return dict(found)


def day(number: int) -> str:
    """A day of the small world as the command line takes it."""
    return format_instant(BEGIN + number * DAY)


def test_what_is_not_fresh_is_said_and_the_answer_is_no(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1; each control with its state, who answers for it, and the records that do."""
    code, result = said(capsys, "--vault", vault, "--as-of", day(15))
    assert code == 1
    verified = one(result, "end-user-verified")
    assert verified["state"] == "stale"
    assert verified["responsible"] == "export_control_staff"
    assert [answer["records"] for answer in verified["answers"]] == [[2]]
    assert one(result, "end-user-screened")["state"] == "missing"
    assert result["summary"]["asked"] == sum(
        result["summary"][state] for state in ("fresh", "stale", "missing")
    )


def test_a_time_of_the_past_is_asked_about_as_it_was(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On day 9 the verification held."""
    _, result = said(capsys, "--vault", vault, "--as-of", day(9))
    assert one(result, "end-user-verified")["state"] == "fresh"
    assert one(result, "end-user-verified")["answers"][0]["until"] == day(10)


def test_one_control_that_is_fresh_is_a_yes(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0, and whom it is about by name."""
    asked = ["--vault", str(vault), "--as-of", day(1), "--control", "path-approved"]
    assert run(["controls", *asked, "--language", "ja"]) == 0
    told = capsys.readouterr().out
    assert cast().path in told
    assert "有効" in told


def test_readiness_over_time_is_a_table_and_a_picture(
    vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A column a day; what the table counts, the picture says in its titles."""
    picture = tmp_path / "readiness.svg"
    period = f"{day(0)}/{day(15)}"
    _, result = said(capsys, "--vault", vault, "--over", period, "--picture", picture)
    assert len(result["over"]) == 15
    states = [point["families"]["end_user"] for point in result["over"]]
    assert states[9] == {"fresh": 1, "stale": 0, "missing": 0}
    assert states[10] == {"fresh": 0, "stale": 1, "missing": 0}
    root = ET.fromstring(picture.read_text("utf-8"))  # noqa: S314 - our own picture
    assert root.tag == f"{SVG}svg"
    titles = [title.text or "" for title in root.iter(f"{SVG}title")]
    assert f"{day(10)[:16]}Z: 0 fresh, 1 stale, 0 missing" in titles


def test_a_picture_without_a_period_is_refused(vault: Path, tmp_path: Path) -> None:
    """Exit 2: there is nothing to draw."""
    assert run(["controls", "--vault", str(vault), "--picture", str(tmp_path / "x.svg")]) == 2


@pytest.mark.parametrize("every", ["PT1M", "P0D"])
def test_too_many_moments_are_refused_with_what_to_give(
    vault: Path, every: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2, and a step that is not too fine."""
    period = f"{day(0)}/{day(15)}"
    assert run(["controls", "--vault", str(vault), "--over", period, "--every", every]) == 2
    assert "P1D" in capsys.readouterr().err


def test_oscal_is_written_once_more_the_same(vault: Path, tmp_path: Path) -> None:
    """Four documents; the same vault at the same time gives the same bytes."""
    first, second = tmp_path / "one", tmp_path / "two"
    for into in (first, second):
        assert run(["controls", "oscal", str(into), "--vault", str(vault), "--as-of", day(9)]) == 0
    names = {oscal.CONTROLS, oscal.EXPECTATIONS, oscal.MAPPING, oscal.RESULTS}
    assert {path.name for path in first.iterdir()} == names
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names)


def test_nothing_sealed_is_read(vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the key of the values the controls answer the same."""
    before = said(capsys, "--vault", vault, "--as-of", day(9))
    blind = tmp_path / "blind"
    shutil.copytree(vault, blind)
    (blind / "keys" / "values.key").unlink()
    assert said(capsys, "--vault", blind, "--as-of", day(9)) == before
