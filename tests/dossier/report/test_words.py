"""Both languages say the same, completely, in this product's words."""

import string
from dataclasses import replace
from importlib import resources
from typing import get_args

import pytest

from dossier.report.sample import END, ORION, START
from kansa.dossier.report import explain, texts
from kansa.dossier.report.texts import WORDS
from kansa.dossier.report.view import FACTS, Fact, GapRow, Part
from kansa.drawing.figures import LANGUAGES, Language, Moments
from kansa.texts import Words

ROLES = (
    "operator_compliance",
    "site_operations",
    "export_control",
    "mediator",
    "supplier",
    "tenant",
    "unheard_of",
)


def placeholders(text: str) -> set[str]:
    """The names of what is filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", sorted(WORDS))
def test_words_stand_in_both_languages_with_the_same_placeholders(key: str) -> None:
    """No value is empty, and what is filled in is filled in in both."""
    both = WORDS[key]
    assert both.en.strip()
    assert both.ja.strip()
    assert placeholders(both.en) == placeholders(both.ja)


def test_no_key_is_written_twice() -> None:
    """A group of words never hides another's."""
    groups = [
        value for name, value in vars(texts).items() if name.startswith("_") and isinstance(value, dict)
    ]
    ours = [group for group in groups if all(isinstance(value, Words) for value in group.values()) and group]
    assert sum(map(len, ours)) == len(WORDS)


def test_every_key_is_said_somewhere() -> None:
    """The table holds no words that the page cannot say."""
    package = resources.files("kansa.dossier.report")
    sources = [*package.iterdir(), *package.joinpath("templates").iterdir()]
    text = "\n".join(
        s.read_text("utf-8")
        for s in sources
        if s.is_file() and s.name.endswith((".py", ".html")) and s.name != "words.py"
    )
    dynamic = (
        "fact.",
        "known_by.",
        "state.",
        "role.",
        "missing.",
        "record.",
        "stays.",
        "method.",
        "language.",
        "detail.",
        "jurisdiction.",
        "lanes.also.",
        "audience.",
    )
    assert [key for key in WORDS if f'"{key}"' not in text and not key.startswith(dynamic)] == []


@pytest.mark.parametrize(
    "never",
    [
        "proven",
        "compliant",
        "authorized",
        "unauthorised",
        "violation",
        "cannot be altered",
        "準拠",
        "適法",
        "証明済",
        "改ざん不可能",
    ],
)
def test_words_that_promise_or_accuse_are_not_used(never: str) -> None:
    """Readers see evidenced and gap, never what only a person may conclude (design §2)."""
    assert [key for key, both in WORDS.items() if never in both.en.lower() or never in both.ja] == []


def test_the_vocabulary_is_the_products_own() -> None:
    """Design §2, word for word."""
    assert WORDS["state.evidenced"] == Words("evidenced", "証跡あり")
    assert WORDS["state.gap"] == Words("gap", "証跡の欠落")
    assert WORDS["state.late.short"] == Words("late", "事後記録")
    assert WORDS["state.before_log.short"] == Words("before the log began", "台帳開始前")
    assert "同時記録" in WORDS["state.ontime"].ja


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("outcome", ["closable", "stays"])
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("part", get_args(Part))
def test_every_part_and_role_has_a_sentence(part: Part, role: str, outcome: str, language: Language) -> None:
    """What is missing, what would close it and who can are said for every reason, with whatever times are known."""
    for fact in FACTS:
        for ended, begins in ((None, None), (START, None), (None, END), (START, END)):
            gap = gap_of(fact, part, role, closable=outcome == "closable", ended=ended, begins=begins)
            moments = Moments(language, 2026)
            said = [
                explain.missing(language, gap, moments),
                explain.closing(language, gap),
                explain.who(language, gap),
            ]
            for sentence in said:
                assert sentence
                assert not set("{}") & set(sentence)
                assert (
                    any(ord(c) > 0x3000 for c in sentence) or language == "en" or sentence == said[2]
                )  # names of roles
            assert (moments.at(START) in said[0]) == (ended is not None)
            assert (moments.at(END) in said[0]) == (begins is not None)


def test_who_can_close_it_is_named_with_the_role_where_known() -> None:
    """A name alone would not say in which capacity."""
    gap = gap_of("access", "end_user", "mediator", closable=True)
    assert explain.who("en", gap) == "mediator"
    named = replace(gap, responsible=ORION)
    assert explain.who("ja", named) == "\u2068オリオン再販\u2069（仲介者）"


def gap_of(
    fact: Fact, part: Part, role: str, *, closable: bool, ended: int | None = None, begins: int | None = None
) -> GapRow:
    """A gap with this reason."""
    return GapRow(None, None, fact, part, part, START, END, 1, 1, (), (), ended, begins, role, None, closable)
