"""Names in Chinese characters, kana and hangul as they are said: words in Latin letters.

A reading is a guess, one of several (河野 is Kono and Kawano): what is found by it stands in a lower tier and says so.
"""

from functools import cache, lru_cache

from rigour._core import maybe_ascii
from sudachipy import Dictionary, Tokenizer  # type: ignore[import-untyped]

from kansa.lazy_imports import lazy_imports
from kansa.screening.names.folding import fold, in_japanese_characters, in_katakana
from kansa.screening.names.hepburn import romaji
from kansa.screening.names.tables import rows

with lazy_imports():  # reads 40,000 phrases
    from pypinyin import lazy_pinyin


@cache
def _sudachi() -> Tokenizer:
    return Dictionary(dict="core").tokenizer()


@lru_cache(maxsize=65_536)
def japanese(text: str) -> tuple[str, ...]:
    """Return the words of a Japanese text as Sudachi's dictionary reads them, in Hepburn: 山田太郎 is `yamada`, `taro`."""
    said = (
        romaji(in_katakana(morpheme.reading_form() or morpheme.surface()))
        for morpheme in _sudachi().tokenize(in_japanese_characters(text))
        if morpheme.surface().strip(" ・")
    )
    return tuple(word for word in said if word)


# Family names of two characters; the rest of 98% of Chinese people have one.
_TWO_CHARACTERS = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "夏侯",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "皇甫",
        "长孙",
        "宇文",
        "司徒",
        "东方",
        "独孤",
        "南宫",
        "端木",
        "百里",
        "呼延",
        "轩辕",
        "申屠",
        "司空",
    ]
)


@lru_cache(maxsize=65_536)
def mandarin(text: str, *, person: bool) -> tuple[str, ...]:
    """Pinyin without tones, ü as u: of a person family name and given name, of anything else one word."""
    syllables = [syllable.replace("v", "u") for syllable in lazy_pinyin(text) if syllable.isascii()]
    family = 2 if fold(text)[:2] in _TWO_CHARACTERS else 1
    if person and family < len(syllables) <= family + 2:
        return "".join(syllables[:family]), "".join(syllables[family:])
    return ("".join(syllables),) if syllables else ()


@cache
def _family_names() -> dict[str, tuple[str, ...]]:
    return {row["hangul"]: tuple(row["latin"].split(",")) for row in rows("korean")}


@lru_cache(maxsize=65_536)
def korean(text: str, *, person: bool) -> tuple[str, ...]:
    """Revised Romanization; a person's family name in its most usual spelling: 이민호 is `lee`, `minho`."""
    names = _family_names()
    if person and len(text) in (3, 4) and text[0] in names:
        return names[text[0]][0], _romanised(text[1:])
    if person and text in names:
        return (names[text][0],)
    return (_romanised(text),)


def _romanised(hangul: str) -> str:
    return "".join(letter for letter in maybe_ascii(hangul).lower() if letter.isalpha())


@cache
def family_spellings() -> dict[str, frozenset[str]]:
    """Latin spellings of Korean family names, each with the hangul that it may stand for."""
    spelt: dict[str, set[str]] = {}
    for hangul, spellings in _family_names().items():
        for spelling in spellings:
            spelt.setdefault(spelling, set()).add(hangul)
    return {spelling: frozenset(hangul) for spelling, hangul in spelt.items()}
