"""The page of situations: written by a run, and held against what was reasoned by hand from the law."""

from pathlib import Path

import pytest

from kansa.i18n import Words
from kansa.rules.loading.library import read_library
from kansa.rules.pack import Version
from situations.page import VERIFIED, Cited, Run, pages
from situations.scenes import RAISED, SCENES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The vaults, asked once."""
    return Run(tmp_path_factory.mktemp("situations"))


def cited() -> Cited:
    """What a rule cites at an instant: the instrument, the paragraph, and whether anybody compared it."""
    library = read_library()
    versions = {rule.id: rule.versions for pack in library.packs for rule in pack.rules}

    def said(version: Version, language: str) -> str:
        told = []
        for source in version.sources:
            text = library.citations[source.citation]
            if source.citation == "kansa.practice":
                told.append(text.title.in_(language))
                continue
            verified = VERIFIED[version.verified].in_(language)
            where = source.locator or text.section or text.title.in_(language)
            told.append(f"{text.instrument}, {where} ({verified})")
        return "; ".join(told)

    def at(rule: str, instant: int) -> Words:
        (version,) = [v for v in versions[rule] if v.start <= instant and (v.end is None or instant < v.end)]
        return Words(*(said(version, language) for language in ("en", "ja")))

    return at


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
        (scene.title.en, watch.case.en, watch.rule, watch.outcome)
        for scene in SCENES
        for watch in scene.watches
        if (ran.flag(watch) is not None) is not (watch.outcome == RAISED)
    ]
    assert wrong == []


def test_the_pages_show_what_a_run_printed(ran: Run, request: pytest.FixtureRequest) -> None:
    """English and Japanese, character by character; `pytest tests/walkthroughs tests/situations --write` refreshes them."""
    printed = pages(ran, cited())
    if request.config.getoption("--write", default=False):
        for name, text in printed.items():
            (DOCS / name).write_text(text, encoding="utf-8")
    assert printed == {name: (DOCS / name).read_text(encoding="utf-8") for name in printed}
