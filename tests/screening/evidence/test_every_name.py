"""Every listed name finds itself: on the real lists, a sample always, all of them when asked for."""

import random
from itertools import islice
from pathlib import Path

import pytest

from kansa.application.screening.engine import THRESHOLD, engine
from kansa.application.screening.files import from_files
from kansa.screening.entry import Entry, Name, Profile
from shared_data import SharedData

SMALL = (
    "un:un/UN_consolidated.xml",
    "mofcom:cn_mofcom/cn.json",
    "jp-notice:jp_meti_ru/daisangoku_tokutei.txt",
)
ALL = (
    *SMALL,
    "csl:us_csl/screening-list.json",
    "meti-eul:jp_meti_eul/jp.json",
    "jp-notice:jp_meti_ru/russia_tokutei.txt",
    "jp-notice:jp_meti_ru/belarus_tokutei.txt",
    "bis-dpl:us_bis/dpl.txt",
    "ofac-sdn:us_ofac/sdn.csv,us_ofac/alt.csv,us_ofac/add.csv,us_ofac/sdn_comments.csv",
    "ofac-cons:us_ofac/cons_prim.csv,us_ofac/cons_alt.csv,us_ofac/cons_add.csv",
)


def _entries(root: Path, lists: tuple[str, ...]) -> list[Entry]:
    """Each list with its files under the root."""
    given = []
    for each in lists:
        format_, _, files = each.partition(":")
        given.append(f"{format_}:{','.join(str(root / file) for file in files.split(','))}")
    return from_files(given, 0)[1]


def _lost(entries: list[Entry], sample: int | None = None) -> list[tuple[str, str]]:
    """Names that do not find their own entry among the first fifty."""
    names = [(entry, name) for entry in entries for name in entry.names]
    if sample is not None:
        names = random.Random(7).sample(names, sample)
    index = engine().index(entries)
    asked = (Profile(schema=entry.schema, names=(Name(name.text),)) for entry, name in names)
    answers = index.search_many(asked, threshold=THRESHOLD, limit=50, processes=None if sample is None else 1)
    return [
        (entry.id, name.text)
        for (entry, name), found in zip(names, answers, strict=True)
        if entry.id not in {hit.entry.id for hit in islice(found.hits, 50)}
        and not any(name.text in (other.text for other in hit.entry.names) for hit in found.hits)
    ]


def test_a_listed_name_finds_itself(shared_data: SharedData) -> None:
    """Names of three lists, in Latin, Arabic, Cyrillic, Japanese and Chinese characters."""
    assert _lost(_entries(shared_data("screening", "lists"), SMALL), sample=200) == []


@pytest.mark.slow
def test_all_listed_names_find_themselves(shared_data: SharedData) -> None:
    """All names of all real lists at once, where the index is as full as it gets."""
    assert _lost(_entries(shared_data("screening", "lists"), ALL)) == []
