"""Old, new, traditional and simplified characters and family-register variants brought together, letter by letter.

One letter becomes one letter, so that places in the folded text are places in the text as given. The folded text is
for comparing only: 斉 and 斎 are different names that are written for each other, and the score says `same when folded`.
"""

from functools import cache, lru_cache

from opencc import OpenCC

from kansa.screening.names.tables import rows

_KATAKANA = {chr(code): chr(code + 0x60) for code in range(0x3041, 0x3097)}


@cache
def _converter(config: str) -> OpenCC:
    return OpenCC(config)


@cache
def _variants() -> dict[str, str]:
    return {row["variant"]: row["compared_as"] for row in rows("itaiji")}


@lru_cache(maxsize=65_536)
def _folded(letter: str) -> str:
    plain = _variants().get(letter, letter)
    simplified = _converter("t2s").convert(_converter("jp2t").convert(plain))
    return simplified if len(simplified) == 1 else plain


def fold(text: str) -> str:
    """Return a text as it is compared: as long as the text, 髙橋 and 高桥 alike, ASCII in lower case."""
    return "".join([_folded(letter) if ord(letter) > _ASCII else letter.lower() for letter in text])


@lru_cache(maxsize=65_536)
def _japanese(letter: str) -> str:
    written = _converter("t2jp").convert(_converter("s2t").convert(letter))
    return written if len(written) == 1 else letter


def in_japanese_characters(text: str) -> str:
    """Return a text with the characters that a Japanese dictionary has: 发动机 becomes 発動機."""
    return "".join(_japanese(letter) for letter in text)


def only_simplified(text: str) -> bool:
    """Does a letter occur that only mainland China writes?"""
    return any(_japanese(letter) != letter and _folded(letter) == letter for letter in text)


def in_katakana(text: str) -> str:
    """Hiragana as katakana."""
    return "".join(_KATAKANA.get(letter, letter) for letter in text)


_ASCII = 0x7F
