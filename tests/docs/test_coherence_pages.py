"""The pages on how coherence works say and draw what the code answers about their small world."""

import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

from kansa.clock import HOUR
from kansa.coherence.assess import assess
from kansa.coherence.balance import balance
from kansa.coherence.facts import FACTS
from kansa.coherence.sweep import sweep
from kansa.coherence.why import why
from kansa.drawing.svg import text_width

ROOT = Path(__file__).parents[2]
TOOL = ROOT / "tools" / "draw-coherence"
PAGES = (ROOT / "docs" / "coherence.md", ROOT / "docs" / "coherence.ja.md")
PICTURES = sorted((ROOT / "docs" / "pictures" / "coherence").glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
_PLACE = re.compile(r"<!--\{([a-z0-9.]+)\}-->")
_DRAWN = re.compile(r"\]\(pictures/coherence/([a-z]+)(?:\.ja)?\.svg\)")

IDENTITY, ACCESS, CUSTODY, AUTHORIZATION = (fact.bit for fact in FACTS)


@pytest.fixture(scope="module")
def story() -> Iterator[ModuleType]:
    """The small world, as the tool holds it."""
    sys.path.insert(0, str(TOOL))
    try:
        yield importlib.import_module("story")
    finally:
        sys.path.remove(str(TOOL))


def _at(story: ModuleType, *spans: tuple[object, ...]) -> list[tuple[object, ...]]:
    """`(use, (day, hour), (day, hour), …)` of June as rows with instants."""
    return [(use, story.june(*start), story.june(*end), *rest) for use, start, end, *rest in spans]  # type: ignore[misc] # told by hand


def test_pages_and_pictures_are_as_the_code_says() -> None:
    """Nothing on the pages is placed by hand that the code answers; `python tools/draw-coherence` refreshes them."""
    check = subprocess.run(
        [sys.executable, TOOL, "--check"], capture_output=True, check=False, text=True, cwd=ROOT
    )

    assert check.returncode == 0, check.stdout + check.stderr


def test_a_stale_figure_or_picture_is_named(tmp_path: Path) -> None:
    """One digit changed in a page, or one picture too many, and the check says which file."""
    subprocess.run(["cp", "-r", TOOL, tmp_path / "tools"], check=True)
    (tmp_path / "copied" / "tools").mkdir(parents=True)
    (tmp_path / "tools").rename(tmp_path / "copied" / "tools" / "draw-coherence")
    docs = tmp_path / "copied" / "docs"
    (docs / "pictures").mkdir(parents=True)
    for page in PAGES:
        (docs / page.name).write_text(page.read_text("utf-8"), "utf-8")
    subprocess.run(["cp", "-r", ROOT / "docs" / "pictures" / "coherence", docs / "pictures"], check=True)
    english = docs / "coherence.md"
    english.write_text(
        english.read_text("utf-8").replace("<!--{gaps}-->", "").replace("}-->6", "}-->7"), "utf-8"
    )
    (docs / "pictures" / "coherence" / "old.svg").write_text("<svg/>", "utf-8")

    check = subprocess.run(
        [sys.executable, tmp_path / "copied" / "tools" / "draw-coherence", "--check"],
        capture_output=True,
        check=False,
        text=True,
    )

    assert check.returncode == 1
    assert [line.split(" ")[0] for line in check.stdout.splitlines()] == [
        "docs/coherence.md",
        "docs/pictures/coherence/old.svg",
    ]


def test_both_languages_tell_the_same() -> None:
    """The same sections, and in each the same pictures, tables and figures; every picture is shown."""
    english, japanese = (page.read_text("utf-8").split("\n## ") for page in PAGES)

    assert len(english) == len(japanese) > 10
    for ours, theirs in zip(english, japanese, strict=True):
        assert sorted(_PLACE.findall(ours)) == sorted(_PLACE.findall(theirs)), ours.partition("\n")[0]
        assert _DRAWN.findall(ours) == _DRAWN.findall(theirs)
        assert ours.count("\n- ") == theirs.count("\n- ")
    shown = {name for section in english for name in _DRAWN.findall(section)}
    assert {picture.name for picture in PICTURES} == {
        f"{name}{tail}" for name in shown for tail in (".svg", ".ja.svg")
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_no_place_swallows_the_line_it_stands_in(page: Path) -> None:
    """A line that begins with a comment is raw HTML in Markdown: what follows the comment would lose its marks."""
    lines = page.read_text("utf-8").splitlines()

    assert [line for line in lines if re.match(r"\s*(?:- |\d\. )?<!--\{[a-z0-9.]*\}-->.", line)] == []


def test_the_story_has_these_gaps(story: ModuleType) -> None:
    """Told by hand: one missing fact, two, one again; a path approved too late; a device away; nobody named."""
    assert [tuple(gap) for gap in sweep(story.WORLD).gaps] == _at(
        story,
        ("use-1", (3, 0), (3, 12), IDENTITY),
        ("use-1", (3, 12), (4, 0), IDENTITY + AUTHORIZATION),
        ("use-1", (4, 0), (4, 12), AUTHORIZATION),
        ("use-2", (5, 12), (5, 18), ACCESS),
        ("use-2", (7, 0), (7, 12), CUSTODY),
        ("use-4", (7, 0), (7, 6), IDENTITY + ACCESS + AUTHORIZATION),
    )


def test_the_story_is_late_and_before_the_log_began_here(story: ModuleType) -> None:
    """Told by hand: an old approval read in a day and a half after the log began; a correction 42 hours after."""
    assert [tuple(late) for late in sweep(story.WORLD, log_began=story.LOG_BEGAN).late] == _at(
        story,
        ("use-1", (1, 12), (2, 0), 0, ACCESS),
        ("use-1", (2, 0), (2, 12), ACCESS, 0),
        ("use-2", (6, 0), (6, 18), IDENTITY, 0),
    )


def test_the_stages_say_the_same_of_the_story(story: ModuleType) -> None:
    """The pictures come from the sweep; the database would have drawn the same."""
    stages, plain = (ask(story.WORLD, log_began=story.LOG_BEGAN) for ask in (assess, sweep))

    assert (stages.gaps, stages.late) == (plain.gaps, plain.late)
    assert stages.result.evidenced_by_us == plain.result.evidenced_by_us
    assert (
        stages.result.quarantined
        == plain.result.quarantined
        == {"duplicate_use_id": 2, "inverted_interval": 1}
    )
    assert stages.result.ignored == plain.result.ignored == {"identity": {"no_valid_from": 1}}


def test_the_storys_reasons(story: ModuleType) -> None:
    """Told by hand: which part was missing, and when."""
    found = why(sweep(story.WORLD).gaps, story.WORLD)

    assert [tuple(each) for each in found] == _at(
        story,
        ("use-1", (3, 0), (4, 0), "identity", "verification", None),
        ("use-1", (3, 12), (4, 12), "authorization", "jurisdiction", "US"),
        ("use-2", (5, 12), (5, 15), "access", "approval", None),
        ("use-2", (5, 12), (5, 18), "access", "enablement", None),
        ("use-2", (7, 0), (7, 12), "custody", "elsewhere", "tomakomai"),
        ("use-4", (7, 0), (7, 6), "access", "path", None),
        ("use-4", (7, 0), (7, 6), "authorization", "end_user", None),
        ("use-4", (7, 0), (7, 6), "identity", "end_user", None),
    )


def test_the_storys_balance(story: ModuleType) -> None:
    """Two devices for seven and a half days, one day of it without a report."""
    found = balance(story.WORLD)

    assert found is not None
    assert [time // HOUR for time in found.total] == [2 * 180, 2 * 78 + 66 + 18 + 6, 2 * 12 + 36 + 6, 2 * 24]


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: str(picture.name))
def test_a_picture_can_be_read_and_heard(picture: Path) -> None:
    """It names and describes itself, and no text runs out of it or over another on the same line."""
    root = ET.fromstring(picture.read_text("utf-8"))  # noqa: S314 - ours
    spoken = [root.findtext(f"{SVG}{tag}") for tag in ("title", "desc")]
    width, height = (float(root.attrib[side]) for side in ("width", "height"))
    lines: dict[str, list[tuple[float, float]]] = {}
    for text in root.iter(f"{SVG}text"):
        looks = text.attrib.get("class", "").split()
        x, y = float(text.attrib["x"]), float(text.attrib["y"])
        # Latin letters are on average narrower than the estimate that the drawing leaves room for.
        wide = text_width(text.text or "", 12 if "small" in looks else 13) * 0.9
        left = x - wide / 2 if "middle" in looks else x - wide if "end" in looks else x
        assert left >= 0
        assert left + wide <= width
        assert 10 <= y <= height
        lines.setdefault(text.attrib["y"], []).append((left, left + wide))

    assert root.attrib["role"] == "img"
    assert all(spoken)
    for spans in lines.values():
        ordered = sorted(spans)
        assert all(before[1] <= after[0] for before, after in pairwise(ordered))
