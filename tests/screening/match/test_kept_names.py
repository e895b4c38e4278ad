"""Names of persons in a table that is kept: what rigour's own tagger says, without making it anew in every process."""

import json
import pickle
from collections.abc import Iterator

import numpy as np
import pytest
from pypinyin import lazy_pinyin
from rigour.names import Name, NameTypeTag, analyze_names
from scipy import sparse  # type: ignore[import-untyped]

from kansa.screening.matching.rows import TOGETHER, Rows
from kansa.screening.matching.sparse_rows import laid, product
from kansa.screening.names import person_names
from kansa.screening.names.glossary_pinyin import PINYIN
from kansa.screening.names.tables import rows as table_rows
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


def test_the_glossarys_chinese_words_read_as_pypinyin_reads_them() -> None:
    """What stands in a table of ours is what the library says; a word that is missing is named with its reading."""
    words = {word for row in table_rows("glossary") for word in row["zh"].split(",") if len(word) >= 2}

    assert {word: "".join(lazy_pinyin(word)) for word in words} == PINYIN


@pytest.mark.parametrize("seed", range(20))
def test_a_product_of_few_rows_is_scipys_to_the_last_bit(seed: int) -> None:
    """One query and a thousand are told the same cosines."""
    dice = np.random.default_rng(seed)
    left = sparse.random(int(dice.integers(1, 16)), 200, 0.1, "csr", np.float32, dice)
    right = sparse.random(200, 300, 0.2, "csr", np.float32, dice)
    rows_, columns, values = product(laid(left), laid(right))
    whole = (left @ right).tocoo()
    order = np.lexsort((whole.col, whole.row))

    assert rows_.tolist() == whole.row[order].tolist()
    assert columns.tolist() == whole.col[order].tolist()
    assert values.tobytes() == whole.data[order].tobytes()
