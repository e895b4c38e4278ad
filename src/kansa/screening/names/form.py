"""One form of one name, as it is compared: words, what kind each is, how it sounds, what it means.

`written`: a name as it stands, in writings with letters. `folded`: in Chinese characters, kana or hangul, cut into words
of the glossary and what lies between. `ja`, `zh`, `ko`: such a name as it is said, in Latin letters, with words of the
glossary translated. `said`: any other writing in Latin letters by ICU's rules.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from kansa.screening.names.sounds import rough_sound

Way = Literal["written", "folded", "ja", "zh", "ko", "said"]
Kind = Literal["name", "number", "place", "word", "initial", "small", "legal"]
DERIVED = frozenset[Way]({"ja", "zh", "ko", "said"})


Places = tuple[int, ...]
Meaning = str
"""What rigour knows of words, by its category and id, or a concept of our own tables."""
ABBREVIATED = "ABBR:"
"""Begins the meaning of a business word, and of whatever may be an abbreviation of it."""


class Word(NamedTuple):
    """One word: as compared, its kind, and its consonants (of a reading only where it is a loan word)."""

    text: str
    kind: Kind
    sounds: tuple[str, ...]


class Span(NamedTuple):
    """Neighbouring words, by number, that mean something as a whole."""

    at: Places
    means: frozenset[Meaning]


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One form of one name; `shown` holds the words as people should see them, which for `folded` are not those compared.

    `texts` are the words' texts alone.
    """

    name: str
    way: Way
    words: tuple[Word, ...]
    spans: tuple[Span, ...]
    shown: tuple[str, ...]
    texts: tuple[str, ...]
    all_kana: bool = False
    arabic: bool = False


def said_word(text: str, kind: Kind, *, loan: bool = False) -> Word:
    """Return a word as it is said; only of a loan word in kana the rough sound is worth comparing."""
    return Word(text, kind, (rough_sound(text),) if loan else ())


def texts_of(words: Iterable[Word]) -> tuple[str, ...]:
    """Return the words' texts alone."""
    return tuple(word.text for word in words)


@cache
def _shared(means: frozenset[Meaning]) -> frozenset[Meaning]:
    return means


def spans_of(means: Mapping[Places, AbstractSet[Meaning]]) -> tuple[Span, ...]:
    """Longest first; equal meanings are one object, which keeps an index of 100,000 names small."""
    longest_first = sorted(means, key=lambda at: (-len(at), at))
    return tuple([Span(at, _shared(frozenset(means[at]))) for at in longest_first])
