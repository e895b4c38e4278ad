"""Files that are broken, cut, another list's, or made to do harm."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kansa.errors import BadInput
from kansa.screening.lists import formats
from kansa.screening.lists.reading import MAX_CELL, Document, Reading

UN = """<?xml version="1.0"?>{doctype}
<CONSOLIDATED_LIST dateGenerated="2026-01-02T00:00:00Z"><INDIVIDUALS>{individuals}</INDIVIDUALS><ENTITIES/>
</CONSOLIDATED_LIST>"""
PERSON = "<INDIVIDUAL><DATAID>{id}</DATAID><FIRST_NAME>{name}</FIRST_NAME></INDIVIDUAL>"
BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
DPL = "\t".join(
    f'"{name}"'
    for name in [
        "Name",
        "Street_Address",
        "City",
        "State",
        "Country",
        "Postal_Code",
        "Effective_Date",
        "Expiration_Date",
        "Standard_Order",
        "Last_Update",
        "Action",
        "FR_Citation",
    ]
)


def _read(format_: str, *texts: str | bytes) -> Reading:
    data = [text if isinstance(text, bytes) else text.encode() for text in texts]
    return formats.read(format_, [Document(f"file{n}", each) for n, each in enumerate(data, 1)])


def _row(*cells: str) -> str:
    return "\t".join(f'"{cell}"' for cell in (*cells, *[""] * (12 - len(cells))))


def test_entities_of_xml_are_never_read() -> None:
    """A billion laughs, or a file read through an external entity, is refused before it does anything."""
    external = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'

    for doctype in (BOMB, external, "<!DOCTYPE CONSOLIDATED_LIST>"):
        with pytest.raises(BadInput, match="cannot be read as XML"):
            _read("un", UN.format(doctype=doctype, individuals=PERSON.format(id=1, name="&c;")))


@pytest.mark.parametrize("text", ["", "<a", "<a/>", "\x00", "<CONSOLIDATED_LIST/>", "{}"])
def test_a_broken_or_empty_xml_is_no_list(text: str) -> None:
    """An empty list would find nobody; it is refused instead."""
    with pytest.raises(BadInput):
        _read("un", text)


def test_a_person_without_a_name_is_rejected_and_the_next_is_read() -> None:
    """The row that names nobody is counted with its place and field."""
    reading = _read(
        "un",
        UN.format(doctype="", individuals=PERSON.format(id=1, name="") + PERSON.format(id=2, name="A B")),
    )

    assert [entry.id for entry in reading.entries] == ["un-2"]
    assert (reading.rows, reading.rejected) == (2, 1)
    assert str(reading.problems[0]) == "file1:1: field `names`: the row names nobody"


def test_a_row_of_another_width_takes_no_neighbour_with_it() -> None:
    """One column too few, a quote that is never closed, a cell beyond all measure: each rejected by line."""
    lines = [
        DPL,
        _row("A"),
        '"B"\t"x"',
        _row("C"),
        '"D' + "\t" * 11,
        _row("E"),
        _row("F" * (MAX_CELL + 1)),
        _row("G"),
    ]

    reading = _read("bis-dpl", "\r\n".join(lines))

    assert [entry.names[0].text for entry in reading.entries] == ["A", "C", "E", "G"]
    assert [problem.line for problem in reading.problems] == [3, 5, 7]
    assert reading.rows == 7


def test_nuls_and_invisible_letters_are_no_part_of_a_name() -> None:
    """NUL, zero-width and no-break blanks inside a name would hide it from every comparison."""
    reading = _read("bis-dpl", f"{DPL}\n" + _row("AC\u200bME\x00 \u00a0 TRADING\ufeff"))

    assert reading.entries[0].names[0].text == "ACME TRADING"


def test_text_that_is_not_utf8_is_refused_with_its_place() -> None:
    """Guessing an encoding would turn names into others."""
    with pytest.raises(BadInput, match="not UTF-8 at byte"):
        _read("bis-dpl", DPL.encode() + b"\n\xff\xfe")


def test_a_file_of_another_list_is_refused_by_its_header() -> None:
    """The message says which columns are missing."""
    with pytest.raises(BadInput, match="lacks `Street_Address`"):
        _read("bis-dpl", '"Name"\t"City"\n"A"\t"B"')
    with pytest.raises(BadInput, match="`results`"):
        _read("csl", "{}")
    with pytest.raises(BadInput, match="none of the notices"):
        _read("jp-notice", "１ 株式会社テスト\n所在地：Tokyo")


def test_a_list_of_the_screening_list_that_we_do_not_know_is_rejected_by_name() -> None:
    """A thirteenth list would otherwise pass for one that is covered."""
    rows = [{"source": "Entity List (EL) - BIS", "name": "A"}, {"source": "New List (NEW)", "name": "B"}, 7]

    reading = _read("csl", json.dumps({"results": rows}))

    assert [(entry.list, entry.names[0].text) for entry in reading.entries] == [("us.el", "A")]
    assert [problem.field for problem in reading.problems] == ["source", None]


def test_a_field_that_cannot_be_read_never_hides_a_name() -> None:
    """A bad date and an unknown country are set aside; the row is screened."""
    row = {
        "source": "Specially Designated Nationals (SDN)",
        "name": "A",
        "dates_of_birth": ["yesterday"],
        "nationalities": ["Atlantis"],
        "addresses": [{"country": "ZZ", "city": "X"}],
    }

    reading = _read("csl", json.dumps({"results": [row]}))

    assert [entry.names[0].text for entry in reading.entries] == ["A"]
    assert {problem.field for problem in reading.problems} == {"dates_of_birth", "nationalities", "addresses"}
    assert reading.rejected == 0


def test_a_list_whose_aliases_are_missing_is_not_read() -> None:
    """OFAC's primary file alone would pass for the whole list."""
    with pytest.raises(BadInput, match="the file of addresses and of aliases is missing"):
        _read("ofac-sdn", '1,"A",-0- ,"X",' + ",".join(["-0- "] * 8) + "\r\n\x1a")


@pytest.mark.parametrize(
    ("format_", "names"),
    [
        ("ofac-sdn", ("cons_prim.csv", "cons_add.csv", "cons_alt.csv")),
        ("ofac-cons", ("SDN.CSV", "add.csv", "alt.csv")),
    ],
)
def test_files_of_one_ofac_list_are_not_taken_for_the_others(format_: str, names: tuple[str, ...]) -> None:
    """Their columns are the same, and one list would count as covered by the other."""
    with pytest.raises(BadInput, match="files of another list") as refused:
        formats.read(format_, [Document(name, b"") for name in names])
    official = [name for name in names if name not in ("add.csv", "alt.csv")]
    assert [problem.file for problem in refused.value.problems] == official


@pytest.mark.parametrize("format_", ["csl", "meti-eul", "mofcom"])
def test_json_in_another_encoding_is_refused(format_: str) -> None:
    """As bad input, and not as a fault of the program."""
    with pytest.raises(BadInput):
        _read(format_, '[{"id": "jp-eul-1", "entity_name": "対外諜報庁"}]'.encode("cp932"))


def test_two_rows_with_one_number_are_both_kept() -> None:
    """A publisher that repeats a number must not make one of two parties disappear."""
    reading = _read("jsonl", '{"id":"1","names":["A"]}\n{"id":"1","names":["B"]}\n{"id":"1","names":["A"]}\n')

    assert [(entry.id, entry.names[0].text) for entry in reading.entries] == [("1", "A"), ("1#2", "B")]
    assert reading.passed_over == {"the same row again": 1}


def test_lines_of_an_open_list_are_rejected_one_by_one() -> None:
    """Not JSON, not an object, no id, a name that is no text; nulls are nothing said."""
    lines = [
        "{",
        "[]",
        '{"names":["A"]}',
        '{"id":"4","names":[5]}',
        '{"id":"5","names":["E"],"countries":null}',
        '{"id":"6"}',
    ]

    reading = _read("jsonl", "\n".join(lines))

    assert [entry.id for entry in reading.entries] == ["5"]
    assert [problem.line for problem in reading.problems] == [1, 2, 3, 4, 6]
    assert reading.rows == 6


def test_a_running_number_that_is_missing_is_a_row_that_was_lost() -> None:
    """連番: a page that did not come through shows as numbers, not as a shorter list."""
    header = "No.\t国名・地域名\t企業名・組織名\t別名\t懸念区分\t通常兵器"
    table = f"{header}\n1\tイラン Islamic Republic of Iran\tA社\t\tN\t\n4\tAtlantis\tB\t・C ・D\tB,C\tCW"

    reading = _read("meti-eul", table)

    assert [entry.id for entry in reading.entries] == ["jp-eul-1", "jp-eul-4"]
    assert [p.message for p in reading.problems if p.code == "list.row"] == [
        "the running number 2 is missing before 4",
        "the running number 3 is missing before 4",
    ]
    assert reading.rejected == 2
    assert [name.text for name in reading.entries[1].names] == ["B", "C", "D"]


def test_a_table_laid_out_in_lines_keeps_each_cell_in_its_column() -> None:
    """Bilingual country, Japanese name in full-width brackets, aliases by ・, cells of several lines, headers again."""
    header = "  No.  国名・地域名                   企業名・組織名                    別名                      懸念区分   通常兵器"
    text = f"""外国ユーザーリスト 2025年9月29日
{header}
   1   アフガニスタン                  Example Trading （例示貿易会社）     ・Example Co              生物、化学   CW
       Islamic Republic of Afghanistan                               ・Ex・Im Holding           B,C
{header}
   2   北朝鮮                        アール・エー社
       North Korea
"""

    reading = _read("meti-eul", text)

    assert reading.date == "2025-09-29"
    assert [(entry.id, entry.countries) for entry in reading.entries] == [
        ("jp-eul-1", ("AF",)),
        ("jp-eul-2", ("KP",)),
    ]
    assert [name.text for name in reading.entries[0].names][:2] == ["Example Trading", "例示貿易会社"]
    assert "Example Co" in [name.text for name in reading.entries[0].names]
    assert [name.text for name in reading.entries[1].names] == ["アール・エー社"]


def test_a_table_with_centred_cells_is_refused() -> None:
    """If a row's text begins above its number, nobody can say which row an alias belongs to."""
    text = """ No.  国名・地域名   企業名・組織名    別名
                                 ・First
  1   Iran          A               ・Second
"""
    with pytest.raises(BadInput, match="does not begin with its number"):
        _read("meti-eul", text)


@given(st.binary(max_size=400), st.sampled_from([name for name in formats.FORMATS if name != "ofac-sdn"]))
def test_no_bytes_break_a_reader(data: bytes, format_: str) -> None:
    """Whatever is given is read or refused as bad input; nothing else is raised."""
    try:
        reading = _read(format_, data)
    except BadInput:
        return
    assert reading.entries


@example("令和四年外務省告示第八十二号")  # a notice may cite another
@given(st.text(max_size=200))
def test_no_text_in_a_notice_is_lost(head: str) -> None:
    """Whatever stands between two addresses, the next entry is found."""
    text = f"令和五年外務省告示第四百四十七号\n1 甲社\nA LLC\n所在地：X, Turkey\n{head}\n2 乙社\nB LLC\n所在地：Y, China"

    entries = {entry.id: entry for entry in _read("jp-notice", text).entries}

    assert "jp.third_countries-1" in entries
    assert any("B LLC" in name.text for entry in entries.values() for name in entry.names) or "所" in head
