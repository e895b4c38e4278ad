import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.screening import compare
from kansa.screening.entry import Entry, Name, Profile, Schema
from kansa.screening.matching.index import Index
from kansa.screening.names.folding import fold
from kansa.screening.names.forms import forms
from kansa.screening.names.legal_forms import strip_legal_forms
from kansa.screening.names.scripts import LONGEST, clean

SCHEMAS: tuple[Schema | None, ...] = ("Person", "Organization", "Vessel", None)
LETTERS = (
    string.ascii_letters
    + "  -'.&,()株式会社有限公司トヨタ自動車ー・山田高橋한국전자이박عبدالرحمن محمدПутинΑθ🙂①㈱ﾄ१٣\u200b\u202e\u0000\n"
)
TEXTS = st.text(alphabet=LETTERS, max_size=24) | st.text(max_size=40)


@given(TEXTS, TEXTS, st.sampled_from(SCHEMAS))
def test_any_two_texts_have_a_score_or_none(a: str, b: str, schema: Schema | None) -> None:
    """A score is from 0 to 1, or None with the reason; rank is never above it."""
    score = compare(a, b, schema=schema)
    if score.value is None:
        assert score.reasons == ("not_comparable",)
    else:
        assert 0 <= score.value <= 1
        assert score.rank is not None
        assert score.rank <= score.value


@given(TEXTS, st.sampled_from(SCHEMAS))
def test_a_name_is_itself(text: str, schema: Schema | None) -> None:
    """Any name that has anything to compare is equal to itself, unless it is a single letter."""
    score = compare(text, text, schema=schema)
    if score.value is not None and "name.too_short" not in score.reasons:
        assert score.value == 1


@given(TEXTS)
def test_folding_keeps_places(text: str) -> None:
    """The folded text is as long as the text, and folding it again changes nothing."""
    folded = fold(clean(text))
    assert len(folded) == len(clean(text))
    assert fold(folded) == folded


@given(TEXTS)
def test_a_legal_form_never_takes_the_whole_name(text: str) -> None:
    """What is left of a name with letters has letters."""
    core = strip_legal_forms(clean(text)).core
    assert bool(core) == bool(clean(text).strip(" ・,、。"))


@pytest.mark.parametrize("text", ["", " ", "🙂🙂", "---", "\u0000", "・", "（）", "ー"])
def test_a_text_without_letters_compares_with_nothing(text: str) -> None:
    """No letters, no forms, no hit, no error."""
    assert compare(text, text).value in (None, 0.5, 1.0)
    assert compare(text, "Ivan Ivanov").value is None


def test_one_letter_is_no_certainty() -> None:
    """`A` equals `A`, which tells next to nothing."""
    assert compare("A", "a").value == 0.5
    assert compare("李", "李", schema="Person").value == 0.5


def test_a_huge_name_is_cut() -> None:
    """What follows the first letters is not compared, so that nobody buys time with a long name."""
    huge = "株式会社" + "トヨタ" * 5000 + " Huawei " * 5000
    assert compare(huge, huge, schema="Organization").value == 1
    assert all(len(form.texts) <= LONGEST for form in forms(huge, "Organization"))


def test_what_was_compared_before_changes_nothing() -> None:
    """Caches are by content: entries that share an id, and profiles asked again, answer by their names."""
    first = Entry(id="same", list="own", schema="Person", names=(Name("Ivan Ivanov"),))
    second = Entry(id="same", list="own", schema="Person", names=(Name("Kim Jong Un"),))
    asked = Profile(schema="Person", names=(Name("Kim Jong Un"),))
    assert (compare(asked, first).value or 0) < 0.5
    assert compare(asked, second).value == 1
    assert (compare(asked, first).value or 0) < 0.5
    hits = Index.build([first, second]).search(asked, threshold=0.7).hits
    assert [hit.entry.names for hit in hits] == [second.names]
