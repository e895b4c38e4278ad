"""Every reader on the file as its publisher gives it (copies of public repositories; see the data's README)."""

from collections import Counter

import pytest

from kansa.screening.lists import formats
from kansa.screening.lists.reading import Document, Reading
from screening.lists.samples import Reader
from shared_data import SharedData

OFAC = ("us_ofac/sdn.csv", "us_ofac/alt.csv", "us_ofac/add.csv", "us_ofac/sdn_comments.csv")
CONSOLIDATED = ("us_ofac/cons_prim.csv", "us_ofac/cons_alt.csv", "us_ofac/cons_add.csv")


def _accounted(reading: Reading) -> bool:
    """Rows that are one entry each: every row is an entry, rejected, or passed over for a stated reason."""
    return reading.rows == len(reading.entries) + reading.rejected + reading.passed_over.total()


@pytest.mark.parametrize(
    ("format_", "file", "rows", "entries"),
    [
        ("csl", "us_csl/screening-list.json", 25_921, 25_917),  # four rows stand twice
        ("csl", "us_csl/csl_sample.csv", 115, 115),  # the README counts the header
        ("bis-dpl", "us_bis/dpl.txt", 581, 579),
        ("un", "un/UN_consolidated.xml", 1_003, 1_003),
        ("meti-eul", "jp_meti_eul/jp.json", 835, 835),
        ("mofcom", "cn_mofcom/cn.json", 240, 240),
        ("jp-notice", "jp_meti_ru/russia_tokutei.txt", 561, 561),
        ("jp-notice", "jp_meti_ru/daisangoku_tokutei.txt", 56, 56),
        ("jp-notice", "jp_meti_ru/belarus_tokutei.txt", 27, 27),
    ],
)
def test_every_row_of_a_real_list_is_accounted_for(
    read: Reader, format_: str, file: str, rows: int, entries: int
) -> None:
    """No row is dropped: it is an entry, the same row again, or rejected with its place and reason."""
    reading = read(format_, file)

    assert (reading.rows, len(reading.entries), reading.rejected) == (rows, entries, 0)
    assert _accounted(reading)
    assert len({entry.id for entry in reading.entries}) == entries
    assert all(problem.file and problem.line and problem.field for problem in reading.problems)


@pytest.mark.parametrize(
    ("format_", "files", "counts"),
    [
        ("ofac-sdn", OFAC, (34_728, 8_976, 23_282)),
        ("ofac-cons", CONSOLIDATED, (2_089, 442, 1_578)),
    ],
)
def test_ofacs_files_are_joined_and_their_last_byte_is_no_row(
    read: Reader, format_: str, files: tuple[str, ...], counts: tuple[int, int, int]
) -> None:
    """The 0x1A at the end of each file is counted by the README and is no row; every alias finds its entry."""
    reading = read(format_, *files)

    names = sum(len(entry.names) for entry in reading.entries)
    assert (reading.rows, len(reading.entries), names) == counts
    assert reading.rejected == 0


def test_a_null_type_of_the_screening_list_is_no_schema(read: Reader) -> None:
    """6,256 rows of the Consolidated Screening List say no type: they are screened as persons and organisations."""
    schemas = Counter(entry.schema for entry in read("csl", "us_csl/screening-list.json").entries)

    assert schemas == {"Organization": 10_206, "Person": 7_591, "Vessel": 1_524, "Aircraft": 344, None: 6_252}


def test_the_screening_list_keeps_its_lists_apart(read: Reader) -> None:
    """Coverage is said by list, and one file holds twelve."""
    reading = read("csl", "us_csl/screening-list.json")

    assert (reading.lists()["us.el"], reading.lists()["us.uvl"], len(reading.lists())) == (3_419, 222, 12)
    assert reading.date == "2026-07-31"


def test_remarks_of_ofac_give_weak_aliases_birth_dates_and_numbers(read: Reader) -> None:
    """What tells bearers apart stands in a free-text column; comments that go on in another file are read on."""
    by_id = {entry.id: entry for entry in read("ofac-sdn", *OFAC).entries}

    person = by_id["ofac-32391"]
    assert [name.text for name in person.names if name.tier == "weak"][-1] == "CHAFFORI, Petit"
    assert person.birth_dates == ("1984",)
    assert person.countries == ("ML", "NE")
    vessels = [entry for entry in by_id.values() if entry.schema == "Vessel"]
    assert (
        sum(any(each.kind == "imo" for each in entry.identifiers) for entry in vessels) > len(vessels) * 0.8
    )


def test_names_in_their_own_script_stand_beside_the_latin_ones(read: Reader) -> None:
    """The UN gives 378 names in Arabic or Cyrillic letters, one of them the same as the Latin name."""
    entries = read("un", "un/UN_consolidated.xml").entries

    originals = [n for entry in entries for n in entry.names[1:] if n.tier == "primary"]
    assert len(originals) == 377
    assert all(not name.text.isascii() for name in originals)
    assert sum(name.tier == "weak" for entry in entries for name in entry.names) == 619


def test_a_country_cell_that_ran_into_the_name_is_parted_again(read: Reader) -> None:
    """36 rows of the End User List have an empty name and `People's Republic of China <name>` as address."""
    by_id = {entry.id: entry for entry in read("meti-eul", "jp_meti_eul/jp.json").entries}

    assert by_id["jp-eul-502"].names[0].text == "BVI Electronics"
    assert all(entry.countries for entry in by_id.values())
    assert [name.text for name in by_id["jp-eul-297"].names][:2] == [
        "4.27 Co. Pyongyang Branch",
        "4.27貿易会社平壌支社",
    ]


def test_japanese_firms_are_listed_under_their_chinese_names_too(read: Reader) -> None:
    """MOFCOM's file has the English name, and the firm in Chinese characters; both are what was published."""
    by_id = {entry.id: entry for entry in read("mofcom", "cn_mofcom/cn.json").entries}

    assert [(n.text, n.tier) for n in by_id["cn-att-20260224-1"].names] == [
        ("SUBARU Corporation", "primary"),
        ("斯巴鲁株式会社", "primary"),
    ]


def test_entries_that_run_together_are_told_apart_by_their_numbers(read: Reader) -> None:
    """`…127055RU.10 対外諜報庁` begins an entry; 所 在 地 spelt with blanks ends one (561, though a search finds 560)."""
    entries = read("jp-notice", "jp_meti_ru/russia_tokutei.txt").entries

    assert [entry.id for entry in entries] == [f"jp.russia-{number}" for number in range(1, 562)]
    assert [name.text for name in entries[9].names] == ["対外諜報庁", "Foreign Intelligence Service (SVR)"]
    assert entries[97].names[0].text == "応用化学科学研究所"
    assert [name.text for name in entries[559].names] == [
        "アルファ・マシナリー・グループ",
        "Alfa Machinery Group",
        "AMG社",
        "有限会社 AMG",
        "LLC Company AMG",
        "Kompaniya AMG",
    ]


def test_no_name_of_a_notice_holds_what_is_not_a_name(read: Reader) -> None:
    """Neither addresses nor the words around aliases are left in a name."""
    files = ("russia", "daisangoku", "belarus")
    entries = [e for file in files for e in read("jp-notice", f"jp_meti_ru/{file}_tokutei.txt").entries]

    texts = [name.text for entry in entries for name in entry.names]
    assert not [
        text for text in texts if "所在地" in text or "a.k.a" in text or "別称" in text or "alias" in text
    ]
    assert all(entry.names and entry.addresses and entry.countries for entry in entries)


def test_files_of_another_edition_do_not_join_and_say_so(read: Reader) -> None:
    """Newer aliases and addresses beside an older primary file: 18,483 rows belong to nobody, each is named."""
    reading = read("ofac-sdn", "us_ofac/sdn.csv", "us_ofac/newer_alt.csv", "us_ofac/newer_add.csv")

    assert reading.rejected == 7_959 + 10_524
    assert all(
        "is not in the primary file" in problem.message
        for problem in reading.problems
        if problem.code == "list.row"
    )


def test_the_open_form_reads_an_index_of_many_lists(shared_data: SharedData) -> None:
    """27,982 listed parties with ids and lists of their own."""
    data = shared_data("screening", "bench", "index.jsonl").read_bytes()
    reading = formats.read("jsonl", [Document("index.jsonl", data)])

    assert (reading.rows, len(reading.entries), reading.rejected) == (27_982, 27_982, 0)
    assert reading.entries[0].id == "csl-0"
    assert reading.entries[0].list == "Capta List (CAP) - Treasury Department"
