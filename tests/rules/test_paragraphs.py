"""Paragraphs of the US list, as sheets write them."""

import pytest

from kansa.registers.paragraphs import names
from kansa.rules.paragraphs import Z_ENTRIES, Level, level_of, paragraphs_in


@pytest.mark.parametrize(
    ("control", "paragraphs"),
    [
        ("3A090.a", ("3A090.a",)),
        ("ECCN 3A090a", ("3A090.a",)),
        ("3a090.A", ("3A090.a",)),
        ("３Ａ０９０．ａ", ("3A090.a",)),
        ("4A003.z.1.a", ("4A003.z.1.a",)),
        ("5A992(z)(1)", ("5A992.z.1",)),
        ("5A992.z1", ("5A992.z.1",)),
        ("5A992.z", ("5A992.z",)),
        ("4A090.a / 5A992.z", ("4A090.a", "5A992.z")),
        ("5A002.a and 5A002.z.1.b", ("5A002.a", "5A002.z.1.b")),
        ("EAR99", ("EAR99",)),
        ("3A090", ("3A090",)),
    ],
)
def test_a_sheet_names_its_paragraphs_in_one_spelling(control: str, paragraphs: tuple[str, ...]) -> None:
    """Whatever the case, the dots and the brackets; several in one cell are several."""
    assert paragraphs_in(control) == paragraphs


@pytest.mark.parametrize(
    ("paragraph", "level"),
    [
        ("3A090.a", "upper"), ("4A090.a", "upper"), ("5A992.z.1", "upper"), ("4A003.z.1.a", "upper"), ("5D992.z.1", "upper"),
        ("3A090.b", "lower"), ("4A090.b", "lower"), ("5A992.z.2", "lower"), ("3A001.z.2.b", "lower"),
        ("4A003.z", "either"), ("3A001.z", "either"), ("5A002.z.1", "either"), ("5D992.z", "either"),
        ("5A992.z", "unsaid"), ("3A090", "unsaid"), ("4A003", "unsaid"), ("5A992", "unsaid"), ("3A090.c", "unsaid"),
        ("5A992.c", "outside"), ("4A994", "outside"), ("EAR99", "outside"), ("3A991.p", "outside"), ("4A003.b", "outside"),
    ],
)  # fmt: skip
def test_a_paragraph_has_its_level(paragraph: str, level: Level) -> None:
    """The last letter of most `.z` paragraphs says it, of 5A992.z and 5D992.z the number."""
    assert level_of(paragraph) == level


def test_every_z_entry_of_the_regulation_is_in_scope() -> None:
    """The `.z` items of 742.6(a)(6)(iii), as the control list names them."""
    assert {
        "3A001", "4A003", "4A004", "4A005", "5A002", "5A004", "5A992", "5D992", "5D002"
    } == Z_ENTRIES  # fmt: skip
    assert all(level_of(f"{entry}.z.1.a") != "outside" for entry in Z_ENTRIES)


@pytest.mark.parametrize(
    ("text", "control", "named"),
    [
        ("3A090.a", "3A090.a", True),
        ("3a090a", "ECCN 3A090.a", True),
        ("3A090", "3A090.a", True),
        ("5A992.z", "4A090.a / 5A992.z.1", True),
        ("3A090.a", "3A090.b", False),
        ("3A090.a", "3A090", False),
        ("3A090.c", "3A090.a", False),
        ("EAR99", "EAR99", True),
        ("8", "8", True),
    ],
)
def test_a_paragraph_names_the_items_that_were_classified_so(*, text: str, control: str, named: bool) -> None:
    """However either is written; an entry names all of its paragraphs, and never the other way round."""
    assert names(text, control) is named
