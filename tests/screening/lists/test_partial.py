"""Files that say themselves that they are a part of their list: refused, or called partial in every answer."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.errors import BadInput
from kansa.rules.loading.library import read_library
from kansa.screening.coverage import coverage
from kansa.screening.edition import edition_of
from kansa.screening.lists import formats
from kansa.screening.lists.formats import OUGHT
from kansa.screening.lists.reading import Document, Reading

NOW = 1_772_000_000_000_000
SDN = b'1,"OSTREVA TRADING",-0- ,"IRAN",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'
ADD = b'1,1,-0- ,"Tehran","Iran",-0- \r\n'
ALT = b'1,1,"aka","OSTREVA",-0- \r\n'
CSV = "source,name,alt_names,addresses,remarks\n" + "".join(
    f'Entity List (EL) - Bureau of Industry and Security,Ostreva {n},,"Tehran, IR",none\n' for n in range(3)
)


def _rows(count: int, first: int = 0) -> list[dict[str, Any]]:
    source = "Entity List (EL) - Bureau of Industry and Security"
    return [{"id": f"a{n}", "source": source, "name": f"Ostreva {n}"} for n in range(first, first + count)]


def _csl(*answers: object) -> Reading:
    documents = [Document(f"{n}.json", json.dumps(answer).encode()) for n, answer in enumerate(answers)]
    return formats.read("csl", documents)


def _ofac(sdn: bytes, add: bytes, alt: bytes) -> Reading:
    files = zip(("sdn.csv", "add.csv", "alt.csv"), (sdn, add, alt), strict=True)
    return formats.read("ofac-sdn", [Document(name, data) for name, data in files])


@pytest.mark.parametrize(
    "around",
    [
        {"total": 7},
        {"count": 7},
        {"total_count": 7},
        {"totalResults": 7},
        {"meta": {"total": 7}},
        {"hits": {"total": {"value": 7}}},
        {"pagination": {"total_records": 7}},
        {"next": "https://example.org/search?offset=2"},
        {"paging": {"has_more": True}},
    ],
)
def test_a_page_of_an_answer_is_refused(around: dict[str, Any]) -> None:
    """It says how many there are, or that more follow; it would pass for the list."""
    with pytest.raises(BadInput) as refused:
        _csl({**around, "results": _rows(2)})

    assert refused.value.code == "list.partial"
    assert "0.json" in str(refused.value.problems[0])


@given(st.integers(1, 6), st.integers(1, 6))
def test_all_pages_together_are_the_list(first: int, second: int) -> None:
    """However the pages are cut; without one of them it is a part again."""
    total = first + second
    pages = (
        {"total": total, "next": "x", "results": _rows(first)},
        {"total": total, "results": _rows(second, first)},
    )

    assert len(_csl(*pages).entries) == total
    for page in pages:
        with pytest.raises(BadInput):
            _csl(page)


@pytest.mark.parametrize("around", [{}, {"total": 2}, {"count": 2, "next": None}, {"total": 1}])
def test_a_whole_answer_is_taken(around: dict[str, Any]) -> None:
    """What says nothing of its size, or no more than it holds, is not doubted."""
    assert _csl({**around, "results": _rows(2)}).shortfalls == ()


def test_a_file_without_its_publishers_end_mark_is_partial() -> None:
    """OFAC ends each file with 0x1A; any of the three may have been cut."""
    mark = b"\x1a"
    assert _ofac(SDN + mark, ADD + mark, ALT + mark).shortfalls == ()
    for cut in range(3):
        whole = [SDN + mark, ADD + mark, ALT + mark]
        whole[cut] = whole[cut].removesuffix(mark)
        found = _ofac(*whole).shortfalls
        assert [(each.file, each.what) for each in found] == [
            (("sdn.csv", "add.csv", "alt.csv")[cut], "end_mark")
        ]


@given(st.integers(CSV.index("\n") + 120, len(CSV) - 1))
def test_a_table_that_breaks_off_anywhere_in_a_line_is_partial(end: int) -> None:
    """In a quoted cell, between cells or in the last one; at the end of a line nobody can know."""
    reading = formats.read("csl", [Document("list.csv", CSV[:end].encode())])
    assert bool(reading.shortfalls) == (CSV[end - 1] != "\n")


def test_missing_running_numbers_make_an_edition_partial() -> None:
    """METI numbers its rows: a number that is missing is a row that was lost."""
    rows = [
        {"id": f"jp-{n}", "list_id": "jp-end-user-list", "entity_name": f"Ostreva {n}", "addresses": ["Iran"]}
        for n in (1, 2, 4)
    ]
    reading = formats.read("meti-eul", [Document("jp.json", json.dumps(rows).encode())])
    assert [(each.what, each.missing) for each in reading.shortfalls] == [("numbers", 1)]


def test_a_partial_edition_covers_nothing_and_is_named() -> None:
    """Its entries are asked; that someone is not among them says nothing."""
    reading = _ofac(SDN, ADD, ALT)
    partial = edition_of(reading, "ofac-sdn", [], NOW)
    whole = edition_of(_ofac(SDN + b"\x1a", ADD + b"\x1a", ALT + b"\x1a"), "ofac-sdn", [], NOW)

    found = coverage([partial], NOW)
    assert [each.list for each in found.partial] == ["us.sdn"]
    assert "us.sdn" in [each.list for each in found.missing]
    assert "us.sdn" not in [each.list for each in coverage([whole], NOW).missing]
    assert coverage([partial, whole], NOW).partial == ()


def test_rows_of_an_own_file_do_not_cover_a_required_list() -> None:
    """Whoever writes `us.el` into a file of ours has not asked the Entity List."""
    row = b'{"id": "1", "name": "Ostreva", "list": "us.el"}\n'
    reading = formats.read("jsonl", [Document("own.jsonl", row)])
    found = coverage([edition_of(reading, "jsonl", [], NOW)], NOW)
    assert "us.el" in [each.list for each in found.missing]


def test_the_gate_and_the_screening_require_the_same_lists() -> None:
    """One list of lists, held in two places since the gate's pack is data that an operator adopts."""
    gate = next(pack for pack in read_library().packs if pack.header.id == "kansa.gate")
    required = next(each.value for each in gate.parameters if each.name == "required_lists")
    assert isinstance(required, tuple)
    assert {each.list for each in OUGHT if each.required} == set(required)
