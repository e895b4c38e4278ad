"""The page in a real browser: it switches languages without scripts, prints what is chosen, and loads nothing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dossier.report.chromium import PROGRAM, Page, browser
from dossier.report.sample import report
from kansa.dossier.report.page import render
from kansa.drawing.figures import LANGUAGES, Language, Named

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no chromium on this machine")

WIDEST = """[...document.querySelectorAll('article *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.tagName + '.' + e.getAttribute('class') + ' ' + e.textContent.slice(0, 40)).slice(0, 9)"""
VISIBLE = "[...document.querySelectorAll('article')].filter(a => a.offsetHeight > 0).map(a => a.lang).join()"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """One browser for all of these tests."""
    with browser() as opened:
        yield opened


def opened(page: Page, folder: Path, html: str) -> None:
    """Load the page from a file, with what was noted before forgotten."""
    file = folder / "report.html"
    file.write_text(html, "utf-8")
    page.requested.clear()
    page.complaints.clear()
    page.open(file)


def test_a_click_or_a_key_switches_the_language(page: Page, tmp_path: Path) -> None:
    """One language shows at a time; the labels and the arrow keys choose it; no script runs."""
    opened(page, tmp_path, render(report(), language="en"))
    assert page.ask(VISIBLE) == "en"
    page.ask("document.querySelector('label[for=show-ja]').click()")
    assert page.ask(VISIBLE) == "ja"
    page.ask("document.querySelector('#show-ja').focus()")
    for kind in ("keyDown", "keyUp"):
        page.call(
            "Input.dispatchKeyEvent", type=kind, key="ArrowLeft", code="ArrowLeft", windowsVirtualKeyCode=37
        )
    assert page.ask(VISIBLE) == "en"


def test_the_default_language_is_the_one_asked_for(page: Page, tmp_path: Path) -> None:
    """Without any choice."""
    opened(page, tmp_path, render(report(), language="ja"))
    assert page.ask(VISIBLE) == "ja"


def test_the_page_loads_nothing_and_its_policy_allows_its_own_style(page: Page, tmp_path: Path) -> None:
    """The file is the only request, nothing is refused or complained about, and the style holds."""
    opened(page, tmp_path, render(report()))
    assert page.ask("getComputedStyle(document.querySelector('main')).textAlign") == "right"
    assert page.ask("getComputedStyle(document.querySelector('rect.gap')).fill").startswith('url("#p-gap")')
    assert [url for url in page.requested if not url.startswith("file:")] == []
    assert len(page.requested) == 1
    assert page.complaints == []


def test_the_chosen_language_is_the_one_that_prints(page: Page, tmp_path: Path) -> None:
    """The switch itself does not print, and what is folded on the screen is open on paper."""
    opened(page, tmp_path, render(report(), language="en"))
    page.ask("document.querySelector('label[for=show-ja]').click()")
    table = "document.querySelector('article[lang=ja] details table')"
    folded = f"{table}.checkVisibility({{contentVisibilityAuto: true}})"
    assert page.ask(folded) is False
    page.call("Emulation.setEmulatedMedia", media="print")
    try:
        assert page.ask(VISIBLE) == "ja"
        assert page.ask("document.querySelector('main > label').offsetHeight") == 0
        assert page.ask(folded) is True
    finally:
        page.call("Emulation.setEmulatedMedia", media="")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_runs_over_the_edge(page: Page, tmp_path: Path, language: Language) -> None:
    """At the widths of A4 upright and across within its margins, of a screen and of a phone, with a name as long as a line."""
    long = Named("x" * 120, {"en": "y" * 120, "ja": "長" * 120})
    lanes = tuple(replace(lane, end_user=long) for lane in report().lanes)
    opened(page, tmp_path, render(report(lanes=lanes, operator=long), language=language))
    for width, media in ((703, "print"), (1032, "print"), (1280, "screen"), (400, "screen")):
        page.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
        )
        page.call("Emulation.setEmulatedMedia", media=media)
        try:
            assert page.ask("document.documentElement.scrollWidth") <= width, page.ask(WIDEST)
        finally:
            page.call("Emulation.setEmulatedMedia", media="")
            page.call("Emulation.clearDeviceMetricsOverride")
