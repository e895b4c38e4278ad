"""Country groups by date: Macau, Hong Kong, the carve-out, and what nobody knows."""

import pytest

from kansa.clock import parse_instant
from kansa.rules.countries import CODES, CONCERN, TABLE, UNSETTLED, groups_of, is_destination_of_concern
from rules.packs.shelf import library

SEEN = parse_instant("2026-07-23T04:00:00.000Z")
BEFORE = parse_instant("2026-01-10T00:00:00.000Z")
TABLE_OF_GROUPS = library().table(TABLE)


def groups(country: str, at: int = SEEN) -> frozenset[str]:
    """The groups of a country, which must be known."""
    found = groups_of(TABLE_OF_GROUPS, country, at)
    assert found is not None
    return found


def test_macau_is_not_in_d5_and_is_treated_with_it() -> None:
    """The headquarters test asks D:5 or Macau, the group D:5 alone would miss it."""
    assert "D:5" not in groups("MO")
    assert CONCERN in groups("MO")


def test_the_group_of_concern_is_d5_and_macau_and_nothing_else() -> None:
    """For every country that there is."""
    d5 = {country for country in CODES if "D:5" in groups(country)}
    assert {country for country in CODES if CONCERN in groups(country)} == d5 | {"MO"}


@pytest.mark.parametrize("at", [BEFORE, SEEN])
def test_hong_kong_counts_as_mainland_china(at: int) -> None:
    """In every group, on every day."""
    assert groups("HK", at) == groups("CN", at)


def test_a5_and_a6_lift_the_test_of_the_destination_only() -> None:
    """Israel is in D:4 and in A:6; it is no destination of concern, and its groups stay what they are."""
    assert not is_destination_of_concern(groups("IL"))
    assert "D:4" in groups("IL")
    assert is_destination_of_concern(groups("VN"))
    assert not is_destination_of_concern(groups("JP"))


def test_a_headquarters_in_d5_counts_wherever_the_parent_or_the_site_is() -> None:
    """No country of D:5 is also in A:5 or A:6, so that no carve-out can hide one."""
    for country in CODES:
        if CONCERN in groups(country):
            assert groups(country).isdisjoint({"A:5", "A:6"})


@pytest.mark.parametrize(
    ("group", "size"), [("A:1", 40), ("A:5", 38), ("A:6", 8), ("D:1", 24), ("D:4", 21), ("D:5", 22)]
)
def test_groups_have_the_size_of_the_printed_ones(group: str, size: int) -> None:
    """Hong Kong, which is not printed, set apart."""
    assert len({country for country in CODES if group in groups(country)} - {"HK"}) == size


@pytest.mark.parametrize("country", ["AE", "IS"])
def test_a_country_that_was_or_may_have_been_in_other_groups_is_unknown_before_the_copy(country: str) -> None:
    """Its earlier groups were not seen, and none are invented."""
    assert groups_of(TABLE_OF_GROUPS, country, SEEN - 1) is None
    assert groups_of(TABLE_OF_GROUPS, country, SEEN) is not None


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2023-11-17T05:00:00.000Z", {"D:1", "D:5", CONCERN}),
        ("2025-11-07T04:59:59.999Z", {"D:1", "D:5", CONCERN}),
        ("2025-11-07T05:00:00.000Z", None),
        ("2026-02-03T04:59:59.999Z", None),
        ("2026-02-03T05:00:00.000Z", {"D:1"}),
        ("2026-07-23T04:00:00.000Z", {"D:1"}),
    ],
)
def test_cambodia_left_d5_on_the_state_departments_list_before_it_left_the_text(
    at: str, expected: set[str] | None
) -> None:
    """On both sides of each instant; between them list and text differ, and nobody is told which counts."""
    assert groups_of(TABLE_OF_GROUPS, "KH", parse_instant(at)) == expected


def test_what_is_carried_back_is_not_verified() -> None:
    """The copy is of 2026-07-23; before, the same members are an assumption."""
    later, earlier = (TABLE_OF_GROUPS.at(at) for at in (SEEN, SEEN - 1))
    assert later is not None
    assert later.verified
    assert earlier is not None
    assert not earlier.verified
    assert groups("JP", SEEN - 1) == groups("JP", SEEN)


def test_the_united_arab_emirates_are_named_though_they_are_in_a5() -> None:
    """The carve-out does not lift what a paragraph names."""
    assert "A:5" in groups("AE")
    assert is_destination_of_concern(groups("AE"))


@pytest.mark.parametrize("country", ["China", "jp", "", "XX", "UK", "JPN"])
def test_what_is_no_code_is_unknown_and_not_in_no_group(country: str) -> None:
    """A country that is misspelt must not come out as one of no concern."""
    assert groups_of(TABLE_OF_GROUPS, country, SEEN) is None


def test_before_the_headquarters_test_nothing_is_said() -> None:
    """The table begins on 2023-11-17."""
    assert groups_of(TABLE_OF_GROUPS, "CN", parse_instant("2023-11-17T04:59:59.999Z")) is None
    assert groups_of(TABLE_OF_GROUPS, "CN", parse_instant("2023-11-17T05:00:00.000Z")) is not None


def test_the_table_names_countries_only() -> None:
    """Every key is a code, and no group is called by the word for doubt."""
    for version in TABLE_OF_GROUPS.versions:
        for row in version.rows:
            assert set(row.keys) <= CODES
    assert UNSETTLED not in groups("AE")
