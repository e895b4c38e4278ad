"""Names that publishers wrote together are found each by itself."""

import pytest

from kansa.screening.lists.written_together import apart
from screening.lists.samples import Reader


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


@pytest.mark.parametrize(
    ("format_", "file", "name"),
    [
        ("csl", "us_csl/screening-list.json", "Sinobright Import and Export Company"),
        ("un", "un/UN_consolidated.xml", "Azim Agha-Jani"),
        ("meti-eul", "jp_meti_eul/jp.json", "Novator Design Bureau"),
        ("jp-notice", "jp_meti_ru/russia_tokutei.txt", "Central Institute of Aviation Motors"),
    ],
)
def test_no_official_name_holds_two(read: Reader, format_: str, file: str, name: str) -> None:
    """Of whole real lists: nothing that parts names is left in one, and one that was written with others stands alone."""
    names = {each.text for entry in read(format_, file).entries for each in entry.names}

    assert name in names
    assert not [each for each in names if ";" in each or "any successor" in each]
