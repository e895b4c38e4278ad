"""What is left of a word when only its consonants are kept.

Arabic writes no short vowels, Latin spellings of one Arabic, Russian or Korean name differ mostly in vowels and in
doubled letters, and Japanese and Chinese render foreign names by sound. `sound` is the finer key: letters that
different romanisations use for one sound fall together, letters of different sounds do not. `rough_sound` also lets
go of the differences that Japanese, Chinese and Korean do not hear: voiced and unvoiced, l and r, b and v.

The idea is that of Daitch and Mokotoff's soundex (1985): many spellings, one code; digraphs before letters.
"""

import re
from functools import lru_cache

# Digraphs of usual romanisations and what they sound like: BGN/PCGN, ISO 233 and the French and English habits.
_DIGRAPHS = {
    "tsch": "X", "tch": "X", "dzh": "J", "sch": "X", "dj": "J", "sh": "X", "ch": "X", "zh": "J", "kh": "K",
    "gh": "G", "ph": "F", "th": "S", "dh": "D", "tz": "S", "ts": "S", "ck": "K", "x": "KS",
}  # fmt: skip
_DIGRAPH = re.compile("|".join(_DIGRAPHS))
_SOFT_C = re.compile(r"c(?=[eiy])")
_LATIN = str.maketrans({"p": "b", "q": "k", "c": "k", "v": "f", "z": "s", **dict.fromkeys("wyaeiou'- ", "")})

_ARABIC = {
    "ب": "b", "پ": "b", "ت": "t", "ث": "s", "ج": "j", "چ": "x", "ح": "h", "خ": "k", "د": "d", "ذ": "d", "ر": "r",
    "ز": "s", "ژ": "j", "س": "s", "ش": "x", "ص": "s", "ض": "d", "ط": "t", "ظ": "s", "ع": "", "غ": "g", "ف": "f",
    "ق": "k", "ک": "k", "ك": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "ه": "h", "ہ": "h", "ھ": "h", "ڈ": "d",
    "ٹ": "t", "ڑ": "r", "ړ": "r", "ږ": "j", "ښ": "x", "ټ": "t", "ډ": "d", "ڼ": "n", "ځ": "s", "څ": "s", "ګ": "g",
    "ں": "n",
}  # fmt: skip
# Persian, Pashto and Urdu speakers say z where Arabic has a soft or an emphatic d; z and s are one key.
_PERSIAN = _ARABIC | {"ذ": "s", "ض": "s"}
_LONG = {"ا": "a", "آ": "a", "أ": "a", "إ": "a", "و": "w", "ؤ": "w", "ي": "y", "ی": "y", "ے": "y"}
_MELTS = (
    ("sh", "x"),
    ("th", "s"),
    ("dh", "d"),
    ("kh", "k"),
    ("gh", "g"),
)  # no vowel between: a digraph in Latin
_DOUBLED = re.compile(r"(.)\1+")


def _squeezed(code: str) -> str:
    """Doubled letters once; a last h, which is as often left out as written, away."""
    code = _DOUBLED.sub(r"\1", code)
    return code[:-1] if len(code) > 1 and code.endswith("h") else code


@lru_cache(maxsize=262_144)
def sound(word: str) -> str:
    """Return the consonants of a word in lower-case ASCII letters: `Sulaiman` and `Suleyman` are `slmn`."""
    code = _SOFT_C.sub("s", word)
    code = _DIGRAPH.sub(lambda found: _DIGRAPHS[found.group()], code)
    return _squeezed(code.translate(_LATIN).lower())


@lru_cache(maxsize=65_536)
def arabic_sounds(word: str) -> tuple[str, ...]:
    """Return the consonants of a word in Arabic letters: as Arabic and as Persian speakers say them, as letters and as digraphs."""
    said: dict[str, None] = {}
    for letters in (_ARABIC, _PERSIAN):
        code = _squeezed("".join([letters.get(letter, "") for letter in word]))
        said[code] = None
        for pair, melted in _MELTS:
            code = code.replace(pair, melted)
        said[_squeezed(code)] = None
    return tuple(said)


@lru_cache(maxsize=65_536)
def arabic_letters(word: str) -> str:
    """Return the long vowels of a word in Arabic letters, in order, as `a`, `w` and `y`; a last ی may be a or i and is left out."""
    return "".join([_LONG.get(letter, "") for letter in word.rstrip("یىي")])


_VOWELS = str.maketrans({"e": "y", "i": "y", "o": "w", "u": "w", "v": "w"})


def long_vowels_fit(arabic: str, latin: str) -> bool:
    """Do the vowels that the Arabic spelling writes stand, in this order, in the Latin one?"""
    letters = iter(latin.translate(_VOWELS))
    return all(vowel in letters for vowel in arabic_letters(arabic))


_ROUGH = str.maketrans({"d": "t", "g": "k", "r": "l", "f": "b", "j": "x", "h": ""})
_SOFT_G = re.compile(r"g(?=[eiy])")


@lru_cache(maxsize=262_144)
def rough_sound(word: str) -> str:
    """`sound` without the differences that CJK renderings lose: `Electronics` and `erekutoronikusu` agree."""
    return _squeezed(sound(_SOFT_G.sub("j", word)).translate(_ROUGH))
