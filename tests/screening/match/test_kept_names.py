"""Names of persons in a table that is kept: what rigour's own tagger says, without making it anew in every process."""

import json
import pickle
from collections.abc import Iterator

import pytest
from rigour.names import Name, NameTypeTag, analyze_names

from kansa.screening.matching.rows import TOGETHER, Rows
from kansa.screening.names import person_names
from shared_data import SharedData

ODD = [
    "", "x", "1", "Mr. John F. Kennedy III", "2nd Lt. Jean Claude Juncker Jr", "Jean X Claude Juncker", "Abd al-Rahman",
    "Владимир Владимирович Путин", "كريم محمد", "नरेन्द्र मोदी", "김 정은", "Louis XIV", "No. 7 Smith", "Ana Ana María",
    "İbrahim ẞ", "a\u0301 b\u0301", "John\tSmith  the  Third", "O'Neil", "van der Berg, Hans-Peter", "100 100 two",
]  # fmt: skip


@pytest.fixture
def table() -> Iterator[bytes]:
    """The table of the installed rigour; afterwards rigour is asked again."""
    made = person_names.build()
    assert made is not None, "rigour carries its data otherwise: see screening/names/library_data.py"
    yield made
    person_names.use(None)


def said(names: list[Name]) -> list[object]:
    """Return all that Kansa reads of an analysis, the spans in their order; groups of one category that share a phrase have none."""
    found: list[object] = []
    for name in names:
        spans = [
            (tuple(p.index for p in each.parts), each.symbol.category.value, each.symbol.id)
            for each in name.spans
        ]
        parts = [(p.form, p.comparable, p.index, p.tag.value, p.numeric) for p in name.parts]
        found.append((name.form, parts, [span[:2] for span in spans], sorted(spans)))
    return found


def test_the_table_says_of_every_name_what_rigour_says(table: bytes, shared_data: SharedData) -> None:
    """Law: every name of the screening test sets, and odd ones: the same parts, the same spans, in the same order."""
    lines = shared_data("screening", "bench", "retrieval.jsonl").read_text("utf-8").splitlines()
    sets = [json.loads(line) for line in lines]
    names = [*ODD, *sorted({text for each in sets for text in _texts(each)})][:20_000]
    person_names.use(None)
    theirs = [said(person_names.tagged(name)) for name in names]
    person_names.use(memoryview(table))
    ours = [said(person_names.tagged(name)) for name in names]

    assert len(names) > 1_000
    assert sum("NAME" in repr(each) for each in theirs) > len(names) // 4
    assert [name for name, a, b in zip(names, ours, theirs, strict=True) if a != b] == []


def test_without_a_table_rigour_is_asked() -> None:
    """Where nothing is kept the answers are the same, and slower."""
    person_names.use(None)
    asked = analyze_names(NameTypeTag.PER, ["John Smith"], phonetics=False)

    assert said(person_names.tagged("John Smith")) == said(list(asked))


@pytest.mark.parametrize("count", [0, 1, TOGETHER, 3 * TOGETHER + 1])
def test_rows_are_the_list_that_they_were_made_of(count: int) -> None:
    """Before they are kept and after, by number from either end, by slice, in order; the same item each time."""
    items = [f"item {number}" for number in range(count)]
    for rows in (Rows(items), pickle.loads(pickle.dumps(Rows(items)))):  # noqa: S301 - our own
        assert [rows[number] for number in reversed(range(count))] == items[::-1]
        assert [rows[number - count] for number in range(count)] == items
        assert (list(rows), rows[1:], len(rows)) == (items, items[1:], count)
        assert all(rows[number] is rows[number] for number in range(count))
        with pytest.raises(IndexError):
            rows[count]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
