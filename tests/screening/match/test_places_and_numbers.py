import pytest

from kansa.screening.entry import Address, Identifier
from kansa.screening.matching.addresses import SHARED, compare_addresses, plain
from kansa.screening.matching.identifiers import has_right_check_digits, shared

SAME = [
    ("東京都千代田区丸の内1丁目3番1号", "東京都千代田区丸の内１－３－１"),
    ("東京都千代田区丸の内一丁目3番1号", "千代田区丸の内1-3-1"),
    ("〒100-0005 東京都千代田区丸の内1-3-1 銀行会館", "東京都千代田区丸の内1丁目3番1号"),
    ("大阪府大阪市北区梅田三丁目１番３号", "大阪市北区梅田3-1-3"),
    ("Bahnhofstr. 10, Augsburg", "Bahnhofstrasse 10, 86150 Augsburg"),
]
OTHER = [
    ("大阪府大阪市北区梅田3-1-3", "大阪府大阪市北区梅田3丁目1番5号"),
    ("東京都千代田区丸の内1-3-1", "東京都千代田区大手町1-3-1"),
    ("Bahnhofstr. 10, Augsburg", "Bahnhofstrasse 12, 86150 Augsburg"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_place_written_twice_is_shared(one: str, other: str) -> None:
    """丁目, 番地 and 号, full-width digits, postal codes and buildings do not hide a place."""
    found = compare_addresses([Address(one)], [Address(other)])
    assert found is not None
    assert found.likeness >= SHARED


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_the_house_next_door_is_another_place(one: str, other: str) -> None:
    """A house number or a town that differs is no shared address."""
    found = compare_addresses([Address(one)], [Address(other)])
    assert found is None or found.likeness < SHARED


def test_no_address_is_no_flag() -> None:
    """A side without addresses shares none."""
    assert compare_addresses([], [Address("Berlin")]) is None


def test_japanese_parts_stand_apart() -> None:
    """Prefecture, city, ward and town are cut where a Japanese reader cuts."""
    assert plain("神奈川県横浜市西区みなとみらい二丁目2番1号") == "神奈川县 横滨市 西区 みなとみらい 2-2-1"


@pytest.mark.parametrize(
    ("kind", "value", "right"),
    [
        ("jp_corporate_number", "1180301018771", True),
        ("jp_corporate_number", "1180301018772", False),
        ("jp_corporate_number", "118030101877", False),
        ("lei", "5493006MHB84DD0ZWV18", True),
        ("lei", "5493006MHB84DD0ZWV81", False),
        ("imo", "9074729", True),
        ("imo", "9074728", False),
        ("passport", "X1", None),
    ],
)
def test_check_digits(kind: str, value: str, right: bool | None) -> None:  # noqa: FBT001 - the table's column
    """法人番号, LEI and IMO numbers say themselves whether they were copied rightly."""
    assert has_right_check_digits(kind, value) is right


def test_a_number_is_shared_however_it_is_written() -> None:
    """Blanks, strokes and full-width digits do not matter; kinds do; wrong check digits are not compared."""
    ours = (
        Identifier("jp_corporate_number", "１１８０３０１０１８７７１"),
        Identifier("imo", "IMO 9074729"),
        Identifier("tax", "77-01"),
    )
    theirs = (
        Identifier("jp_corporate_number", "1-1803-0101-8771"),
        Identifier("imo", "9074729"),
        Identifier("passport", "7701"),
    )
    assert [(one.kind, one.checked) for one in shared(ours, theirs)] == [
        ("imo", True),
        ("jp_corporate_number", True),
    ]
    assert shared([Identifier("lei", "X" * 20)], [Identifier("lei", "X" * 20)]) == ()
