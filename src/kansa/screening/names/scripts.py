"""Which writing a name is in, and what a name in two writings says in each."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

Script = Literal["latin", "arabic", "han", "kana", "hangul", "other"]

LONGEST = 256
"""Letters of a name that are compared. The longest official names are shorter; what follows is noise or an attack."""

_APOSTROPHES = str.maketrans(dict.fromkeys("‘’`´ʿʾʼ′", "'"))
_RANGES: tuple[tuple[int, int, Script], ...] = (
    (0x0041, 0x024F, "latin"),
    (0x0250, 0x02AF, "latin"),
    (
        0x0370,
        0x03FF,
        "latin",
    ),  # Greek, Cyrillic, Armenian and Georgian are written letter by letter as Latin is
    (0x0400, 0x052F, "latin"),
    (0x0530, 0x058F, "latin"),
    (0x0600, 0x06FF, "arabic"),
    (0x0750, 0x077F, "arabic"),
    (0x10A0, 0x10FF, "latin"),
    (0x1100, 0x11FF, "hangul"),
    (0x1E00, 0x1FFF, "latin"),
    (0x3005, 0x3007, "han"),
    (0x3040, 0x30FF, "kana"),
    (0x31F0, 0x31FF, "kana"),
    (0x3400, 0x4DBF, "han"),
    (0x4E00, 0x9FFF, "han"),
    (0xAC00, 0xD7AF, "hangul"),
    (0xF900, 0xFAFF, "han"),
    (0xFB50, 0xFDFF, "arabic"),
    (0xFE70, 0xFEFF, "arabic"),
    (0x20000, 0x3FFFF, "han"),
)
_LATIN, _NONE = frozenset[Script]({"latin"}), frozenset[Script]()
CJK = frozenset[Script]({"han", "kana", "hangul"})


@lru_cache(maxsize=65_536)
def script_of(letter: str) -> Script | None:
    """Return the writing of one letter; None for digits, marks, punctuation and pictures."""
    if not letter.isalpha() and letter not in "ー々〆〇":
        return None
    code = ord(letter)
    return next((script for first, last, script in _RANGES if first <= code <= last), "other")


def scripts_in(text: str) -> frozenset[Script]:
    """Return the writings that occur in a text."""
    if text.isascii():
        return _LATIN if any(map(str.isalpha, text)) else _NONE
    return frozenset(script for letter in text if (script := script_of(letter)) is not None)


def clean(text: str) -> str:
    """Return a name in NFKC with one kind of apostrophe and of space, without control characters, at most `LONGEST` letters.

    What is not seen is not there: soft hyphens and joiners go without a trace. A word in Latin letters some of which are
    Cyrillic ones that look the same is all Latin.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)
    if not plain.isprintable():
        plain = "".join(_seen(letter) for letter in plain)
    words = plain.split() if plain.isascii() else map(_of_one_writing, plain.split())
    return " ".join(words)[:LONGEST].rstrip()


def _seen(letter: str) -> str:
    if letter.isprintable():
        return letter
    return "" if unicodedata.category(letter) == "Cf" and letter != _NON_JOINER else " "


_NON_JOINER = "\u200c"  # parts words in Persian


def _of_one_writing(word: str) -> str:
    if word.isascii() or not _LATIN_AND_CYRILLIC(word):
        return word
    turned = word.translate(_LOOK_ALIKES)
    return word if _CYRILLIC(turned) else turned


_CYRILLIC = re.compile("[\u0400-\u052f]").search
_LATIN_AND_CYRILLIC = re.compile("[a-zA-Z].*[\u0400-\u052f]|[\u0400-\u052f].*[a-zA-Z]").search
_LOOK_ALIKES = str.maketrans("АВЕЅІЈКМНОРСТУХаеѕіјкорсухԁɡһ", "ABESIJKMHOPCTYXaesijkopcyxdgh")


_BRACKETED = re.compile(r"[(（\[【「『]([^()（）\[\]【】「」『』]{2,})[)）\]】」』]")


def spellings(text: str) -> tuple[str, ...]:
    """Return a cleaned name that gives itself in two writings, as lists do: each of them; any other name as it is.

    `Kanggye Defense College (江界国防大学)` is two names. `株式会社 SEZ アラブガ` is one.
    """
    if text.isascii() or not (scripts_in(text) & CJK and "latin" in scripts_in(text)):
        return (text,)
    inside = [found for found in _BRACKETED.findall(text) if scripts_in(found) & CJK]
    outside = _BRACKETED.sub(" ", text).strip()
    if inside and outside and not scripts_in(outside) & CJK:
        return (outside, *inside)
    runs = [run.strip(" ,;/-") for run in _CJK_RUN.split(text)]
    latin = [run for run in runs if run and not scripts_in(run) & CJK]
    cjk = [run.strip() for run in _CJK_RUN.findall(text)]
    # Two words in Latin letters on one side and a name's worth of others on the other side are two spellings.
    if len(latin) == 1 and len(cjk) == 1 and " " in latin[0] and len(cjk[0]) >= _NAMES_WORTH:
        return (latin[0], cjk[0])
    return (text,)


_CJK_RUN = re.compile(
    r"[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff・ ]*[\u3040-\u9fff\uac00-\ud7af\uf900-\ufaff]+"
)
_NAMES_WORTH = 4
