"""Words that an abbreviation may stand for: `mfg` for manufacturing, `semicon` for semiconductor, `masch` for Maschinenbau.

Fields of banks and ERP systems cut words off or leave letters out, with dots and without. Both are known by rule, from a table
of the words that names of organisations are made of (`data/business_words.tsv`, with its sources): a *truncation* is a
word's beginning, a *contraction* keeps its first and its last letter and few vowels, as the customs for titles of
journals (ISO 4) and for postal addresses have it. A name of its own is never an abbreviation here: it has to be a listed
word of the table that it meets, in a name of which something else agrees (`alignment`).
"""

import re
from collections import defaultdict
from functools import cache, lru_cache

from kansa.screening.names.tables import rows

SHORTEST = 3
"""Letters of an abbreviation; of two, `el` or `in`, any word may be meant."""
_SHORTEST_OF_TWO = 6  # of neighbours that are written apart, `ship bldg`
_MOST_VOWELS = 0.4
_VOWELS = frozenset("aeiouy")
_DOT_BETWEEN = re.compile(r"(?<=[^\W\d_])\.(?=[^\W\d_]{3})|(?<=[^\W\d_]{2})\.(?=[^\W\d_]{2})")
_INITIALS = re.compile(r"(?<![^\W\d_])([^\W\d_])\.(?=[^\W\d_](?![^\W\d_]))")
_OPEN_ENDS = re.compile(r"(?:s|es|e|y|ies)?$")


@lru_cache(maxsize=131_072)
def expansions(text: str) -> frozenset[str]:
    """Return the words of the table that a word in small ASCII letters is, or may be cut or contracted from."""
    found = {text} if text in _words() else set()
    if len(text) >= SHORTEST and text.isalpha():
        found.update(
            word for word in _by_first_letter()[text[0]] if _truncates(text, word) or _contracts(text, word)
        )
    return frozenset(found)


@lru_cache(maxsize=65_536)
def joined_expansions(one: str, other: str) -> frozenset[str]:
    """Return the same of two neighbours that are one word of the table: `ship bldg`, `Masch.-Bau`, `Forsch.zentr.` and such."""
    joined = one + other
    if len(joined) < _SHORTEST_OF_TWO or min(len(one), len(other)) < SHORTEST:
        return frozenset()
    halves = {
        word for word in _by_first_letter()[one[0]] if word.startswith(one) and other in word[len(one) :]
    }
    return frozenset(halves | {word for word in expansions(joined) if len(word) > len(one) + 1})


def parted(text: str) -> str:
    """Return a text with a space after each dot that ends an abbreviation: `Elec.Ind.` becomes `Elec. Ind.`; A.B.C. stays."""
    return _DOT_BETWEEN.sub(". ", text) if "." in text else text


def initials_parted(text: str) -> str:
    """Return a person's name with its initials apart: `J.F. Kennedy` becomes `J. F. Kennedy`."""
    return _INITIALS.sub(r"\1. ", text) if "." in text else text


def _truncates(text: str, word: str) -> bool:
    """Tell whether it is a word's beginning, with the s of the plural or without."""
    if len(text) >= len(word):
        return False
    if word.startswith(text):
        return True
    return len(text) > SHORTEST and text[-1] == "s" == word[-1] and word.startswith(text[:-1])


def _contracts(text: str, word: str) -> bool:
    """Tell whether letters were left out of a word, mostly vowels, and its end is kept."""
    if len(text) >= len(word) or sum(letter in _VOWELS for letter in text) > _MOST_VOWELS * len(text):
        return False
    if len(text) == SHORTEST and not _VOWELS.isdisjoint(text[1:]):
        return False
    if text[-1] not in {word[-1], _OPEN_ENDS.sub("", word)[-1]}:
        return False
    letters = iter(word)
    return all(letter in letters for letter in text)


@cache
def _words() -> frozenset[str]:
    return frozenset(row["word"] for row in rows("business_words"))


@cache
def _by_first_letter() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in sorted(_words()):
        found[word[0]].append(word)
    return defaultdict(tuple, {letter: tuple(words) for letter, words in found.items()})
