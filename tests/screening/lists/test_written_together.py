"""Names that publishers wrote together are found each by itself."""

import pytest

from kansa.screening.lists.written_together import apart
from screening.lists.test_real_lists import Reader, read

__all__ = ["read"]


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (
            "Sinobright Import and Export Company; and any successor, sub-unit, or subsidiary thereof",
            ["Sinobright Import and Export Company"],
        ),
        ("Azim Adhajani; Azim Agha-Jani", ["Azim Adhajani", "Azim Agha-Jani"]),
        ("Green Craig; a.k.a. Cow Craig; a.k.a. Blue Craig", ["Green Craig", "Cow Craig", "Blue Craig"]),
        ("Wha Cheong [aka Whacheong Bank]", ["Wha Cheong", "Whacheong Bank"]),
        ("Central Institute of Aviation Motors; and", ["Central Institute of Aviation Motors"]),
        ("AKA Bank", ["AKA Bank"]),
        ("Successor Ventures", ["Successor Ventures"]),
    ],
)
def test_each_name_stands_by_itself(given: str, names: list[str]) -> None:
    """And what belongs to a name stays in it."""
    assert list(apart([given])) == names


def test_no_official_name_holds_two(read: Reader) -> None:
    """Of a whole real list; what is left of semicolons is in names that publishers wrote so."""
    names = [name.text for entry in read("csl", "us_csl/screening-list.json").entries for name in entry.names]

    assert not [name for name in names if ";" in name or "any successor" in name]
