"""Names with which users were let down once."""

import pytest

from kansa.screening import compare

LEAST = 0.7


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ("Blue Sky 株式会社", "Blue Sky Co., Ltd."),
        ("Blue Sky 株式会社", "株式会社Blue Sky"),
        ("大川隆", "Okawa Takashi"),
        ("김정은", "Kim Jong Un"),
        ("Toyota K.K.", "Toyota"),
        ("Sakura Trading K.K.", "Sakura Trading Co., Ltd."),
        ("Sakura Kabushiki Kaisha", "桜株式会社"),
        ("Sakura Kabushiki Kaisha", "Sakura K.K."),
        ("Hua\u00adwei Tech\u00adnol\u00adogies", "Huawei Technologies"),
        ("株式\u200b会社トヨタ自動車", "株式会社トヨタ自動車"),
        ("Нuаwеi", "Huawei"),
        ("Рutin", "Путин"),
        ("吕伟", "Lu Wei"),
    ],
)
def test_names_that_are_one_are_found_whoever_bears_them(asked: str, listed: str) -> None:
    """Nobody said whether a person or an organisation bears it, and a machine may have put invisible letters in it."""
    assert (compare(asked, listed).value or 0) >= LEAST


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ("ABC Trading 有限公司", "XYZ Shipping 有限公司"),
        ("株式会社 NPK KBM", "株式会社 ABC"),
        ("株式会社", "桜株式会社"),
    ],
)
def test_a_legal_form_alone_makes_no_names_alike(asked: str, listed: str) -> None:
    """However the name beside it is written."""
    assert (compare(asked, listed, schema="Organization").value or 0) < LEAST


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ("金正恩", "김정은"),
        ("李明博", "이명박"),
        ("ธนาคารกรุงเทพ", "Bangkok Bank"),
        ("בנק לאומי", "Bank Leumi"),
        ("दिल्ली", "Delhi"),
    ],
)
def test_what_cannot_be_compared_is_never_nought(asked: str, listed: str) -> None:
    """Two writings of which no reading meets the other, in either direction."""
    assert compare(asked, listed).value is None
    assert compare(listed, asked).value is None
    assert compare(asked, listed).reasons == ("not_comparable",)


def test_what_is_compared_and_different_is_nought() -> None:
    """Arabic and Cyrillic are compared with Latin letters, so that they say something."""
    assert compare("حسين", "Ivan").value == 0
    assert compare("Путин", "Smith").value == 0


def test_a_kind_of_party_is_named_as_lists_name_it() -> None:
    """In any case; one that nobody knows is an error of the caller's."""
    assert compare("Toyota K.K.", "Toyota", schema="Company") == compare(
        "Toyota K.K.", "Toyota", schema="Organization"
    )
    for unknown in ("Elephant", ""):
        with pytest.raises(ValueError, match="is none of person, organization"):
            compare("x", "y", schema=unknown)
