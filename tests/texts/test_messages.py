"""Every message of the code in both languages."""

from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.texts import Words, reading_in
from kansa.texts.messages import catalogue, in_japanese, said
from texts.messages_in_code import messages


def _holes(template: str) -> list[str]:
    return sorted(hole for _, hole, _, _ in Formatter().parse(template) if hole is not None)


def test_no_message_of_the_code_is_missing_in_japanese() -> None:
    """A new message is added to `kansa.texts.messages` in both languages."""
    known = {words.en for words in catalogue()}
    assert {template: place for template, place in messages().items() if template not in known} == {}


def test_no_message_stands_there_that_the_code_does_not_make() -> None:
    """A changed message leaves nothing behind; fragments stand in the holes of others."""
    from kansa.texts.messages import fragments  # noqa: PLC0415 - the one that is not made

    made = messages().keys() | {words.en for words in fragments.MESSAGES}
    assert [words.en for words in catalogue() if words.en not in made] == []


def test_no_message_stands_there_twice() -> None:
    """One English message has one Japanese one."""
    english = [words.en for words in catalogue()]
    assert sorted({each for each in english if english.count(each) > 1}) == []


@pytest.mark.parametrize("words", catalogue(), ids=lambda words: words.en[:40])
def test_both_languages_have_the_same_holes(words: Words) -> None:
    """Nothing that was said is lost in translation."""
    assert _holes(words.en) == _holes(words.ja)


@pytest.mark.parametrize("words", catalogue(), ids=lambda words: words.en[:40])
def test_what_was_made_from_a_template_is_read_by_it(words: Words) -> None:
    """Each hole goes where it belongs, whatever other templates there are."""
    values = [f"w{at}x" for at, _ in enumerate(_holes(words.en))]
    assert in_japanese(words.en.format(*values)) == words.ja.format(*values)


@given(st.text(max_size=30))
def test_what_the_user_gave_stays_as_it_is(given_text: str) -> None:
    """Even where it reads like a message."""
    assert in_japanese(f"`{given_text}` is not a time: it is disclosed twice") == (
        f"`{given_text}` は時刻ではありません: 同じ値が二度開示されています"
    )


def test_what_is_not_known_stays_english_and_english_is_never_touched() -> None:
    """A cause that a library gave is better than nothing."""
    assert in_japanese("something else") == "something else"
    assert said("it is disclosed twice") == "it is disclosed twice"
    with reading_in("ja"):
        assert said("it is disclosed twice") == "同じ値が二度開示されています"
