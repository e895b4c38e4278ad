"""The page of situations: written by a run, and held against what was reasoned by hand from the law."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from kansa.rules.library import read_library
from kansa.rules.pack import Version
from kansa.rules.words import Words
from situations.page import VERIFIED, Run, pages
from situations.scenes import SCENES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The vaults, asked once."""
    return Run(tmp_path_factory.mktemp("situations"))


def cited() -> Mapping[str, Words]:
    """What the version of each rule that stands now cites: the instrument, the paragraph, and whether anybody compared it."""
    library = read_library()

    def said(version: Version, language: str) -> str:
        told = []
        for source in version.sources:
            text = library.citations.get(source.citation)
            instrument = source.citation if text is None else text.instrument
            if source.citation == "kansa.practice" and text is not None:
                told.append(text.title.in_(language))
                continue
            verified = VERIFIED[version.verified].in_(language)
            told.append(" ".join(filter(None, (instrument, source.locator, f"({verified})"))))
        return "; ".join(told)

    return {
        rule.id: Words(*(said(rule.versions[-1], language) for language in ("en", "ja")))
        for pack in library.packs
        for rule in pack.rules
    }


def test_every_answer_is_what_the_law_supports(ran: Run) -> None:
    """Law: the outcome, a rule that must be among those that decided, and those that must not be, were reasoned by hand."""
    wrong = []
    for scene in SCENES:
        for ask in scene.asks:
            context = ran.answers[ask]["context"]
            rules = {reason["rule"] for reason in context["reasons"]}
            right = context["state"] == ask.state and rules >= set(ask.because) and not rules & set(ask.never)
            if not right:
                wrong.append((scene.title.en, ask.case.en, ask.action, context["state"], sorted(rules)))
    assert wrong == []


def test_every_flag_is_raised_where_the_law_asks_for_it_and_nowhere_else(ran: Run) -> None:
    """Law: as above, of the flags."""
    wrong = [
        (scene.title.en, watch.case.en, watch.rule, watch.raised)
        for scene in SCENES
        for watch in scene.watches
        if (ran.flag(watch) is not None) is not watch.raised
    ]
    assert wrong == []


def test_the_pages_show_what_a_run_printed(ran: Run, request: pytest.FixtureRequest) -> None:
    """English and Japanese, character by character; `pytest tests/walkthroughs tests/situations --write` refreshes them."""
    printed = pages(ran, cited())
    if request.config.getoption("--write", default=False):
        for name, text in printed.items():
            (DOCS / name).write_text(text, encoding="utf-8")
    assert printed == {name: (DOCS / name).read_text(encoding="utf-8") for name in printed}
