"""Words that company names are made of, in five languages: 重工業, 重工, 중공업 and heavy industries are one concept.

What cannot be transliterated can only be translated: TOYOTA MOTOR CORPORATION and トヨタ自動車 share no sound after
the first word. The glossary translates such words and names well-known brands; it says so in the explanation. It is
a table of ours (`data/glossary.tsv`), no dictionary, and no names of listed parties are in it.
"""

from functools import cache
from typing import Literal, NamedTuple, TypeVar

from kansa.screening.names.folding import fold
from kansa.screening.names.glossary_pinyin import PINYIN
from kansa.screening.names.tables import rows

ConceptKind = Literal["word", "place", "brand"]


class Concept(NamedTuple):
    """What some words mean alike; `latin` is the usual English word or words."""

    ids: frozenset[str]
    kind: ConceptKind
    latin: tuple[str, ...]


class Found(NamedTuple):
    """A piece of a text: `[start, end)` in letters, and the concept it is, if it is one."""

    start: int
    end: int
    concept: Concept | None


Key = TypeVar("Key", str, tuple[str, ...])
_LANGUAGES = ("ja", "zh", "ko")
_LEAST_TRANSLITERATED = 2  # a single character's reading is any word


@cache
def _cjk() -> dict[str, Concept]:
    """Folded words in Chinese characters, kana and hangul."""
    known: dict[str, Concept] = {}
    for row in rows("glossary"):
        for language in _LANGUAGES:
            for word in filter(None, row[language].split(",")):
                _add(known, fold(word), row)
    return known


@cache
def _latin() -> dict[tuple[str, ...], Concept]:
    """Words in Latin and Arabic letters; Chinese words also by their pinyin, since many lists give names so."""
    known: dict[tuple[str, ...], Concept] = {}
    for row in rows("glossary"):
        for phrase in filter(None, (row["latin"] + "," + row["ar"]).split(",")):
            _add(known, tuple(phrase.split()), row)
    for row in rows("glossary"):
        for word in row["zh"].split(","):
            if len(word) >= _LEAST_TRANSLITERATED and (pinyin := (PINYIN[word],)) not in known:
                _add(known, pinyin, row)
    return known


def _add(known: dict[Key, Concept], key: Key, row: dict[str, str]) -> None:
    kind: ConceptKind = "brand" if row["kind"] == "brand" else "place" if row["kind"] == "place" else "word"
    before = known.get(key)
    ids = frozenset({row["concept"]}) | (before.ids if before else frozenset())
    first = row["latin"].split(",")[0].split()
    known[key] = Concept(ids, before.kind if before else kind, before.latin if before else tuple(first))


@cache
def _longest() -> int:
    return max(map(len, _cjk()))


@cache
def _longest_phrase() -> int:
    return max(map(len, _latin()))


@cache
def _first_words() -> frozenset[str]:
    return frozenset([phrase[0] for phrase in _latin()])


def pieces(folded: str) -> list[Found]:
    """Return a folded text in one CJK writing cut into words of the glossary, the longest first, and what lies between."""
    known, found, at, since = _cjk(), [], 0, 0
    while at < len(folded):
        for size in range(min(_longest(), len(folded) - at), 0, -1):
            concept = known.get(folded[at : at + size])
            if concept is not None:
                if since < at:
                    found.append(Found(since, at, None))
                found.append(Found(at, at + size, concept))
                at += size
                since = at
                break
        else:
            at += 1
    if since < at:
        found.append(Found(since, at, None))
    return found


def in_characters(word: str) -> Concept | None:
    """Return what a word in Latin letters means among Chinese characters and kana, such as HD."""
    return _cjk().get(word)


def phrases(words: tuple[str, ...]) -> list[tuple[tuple[int, ...], Concept]]:
    """Return the words of a name with letters that are concepts, longest phrases first, each with the numbers of its words."""
    known, first, at = _latin(), _first_words(), 0
    found: list[tuple[tuple[int, ...], Concept]] = []
    while at < len(words):
        if words[at] not in first:
            at += 1
            continue
        for size in range(min(_longest_phrase(), len(words) - at), 0, -1):
            concept = known.get(words[at : at + size])
            if concept is not None:
                found.append((tuple(range(at, at + size)), concept))
                at += size
                break
        else:
            at += 1
    return found
