"""Kana in Latin letters as passports write them (Hepburn), and the other habits brought to that.

Source: 外務省 ヘボン式ローマ字綴方表; long vowels are not written, ん before b, m, p is m. Loan sounds (ヴァ, ティ, ファ)
follow the cabinet notice on loan words of 1991.
"""

import re
from functools import lru_cache

_ROWS = """
ア a イ i ウ u エ e オ o カ ka キ ki ク ku ケ ke コ ko サ sa シ shi ス su セ se ソ so タ ta チ chi ツ tsu テ te ト to
ナ na ニ ni ヌ nu ネ ne ノ no ハ ha ヒ hi フ fu ヘ he ホ ho マ ma ミ mi ム mu メ me モ mo ヤ ya ユ yu ヨ yo
ラ ra リ ri ル ru レ re ロ ro ワ wa ヰ i ヱ e ヲ o ン n ガ ga ギ gi グ gu ゲ ge ゴ go ザ za ジ ji ズ zu ゼ ze ゾ zo
ダ da ヂ ji ヅ zu デ de ド do バ ba ビ bi ブ bu ベ be ボ bo パ pa ピ pi プ pu ペ pe ポ po ヴ vu
ァ a ィ i ゥ u ェ e ォ o ャ ya ュ yu ョ yo ヮ wa ヵ ka ヶ ke
"""
_KANA = dict(zip(_ROWS.split()[::2], _ROWS.split()[1::2], strict=True))
_SMALL = dict(zip("ァィゥェォャュョヮ", ("a", "i", "u", "e", "o", "a", "u", "o", "a"), strict=True))
_LONG_VOWEL = re.compile(r"ou|oo|uu|(?<=o)h(?![aiueo])")
_BEFORE_LIPS = re.compile(r"n(?=[bmp])")


@lru_cache(maxsize=65_536)
def romaji(katakana: str) -> str:
    """Return a word in katakana in Latin letters: トウキョウ is `tokyo`, テクノロジー `tekunoroji`."""
    said: list[str] = []
    doubled = False
    for letter in katakana:
        if letter == "ッ":
            doubled = True
            continue
        if letter in _SMALL and said:
            said[-1] = _glide(said[-1], letter)
            continue
        syllable = _KANA.get(letter, "" if letter in "ー・" else letter)
        if doubled and syllable:
            syllable = ("t" if syllable.startswith("ch") else syllable[0]) + syllable
            doubled = False
        said.append(syllable)
    return _short("".join(said))


def _glide(before: str, small: str) -> str:
    """Return a syllable and the small kana after it: キ and ョ are `kyo`, シ and ョ `sho`, テ and ィ `ti`."""
    vowel, stem = _SMALL[small], before[:-1]
    if small in "ャュョ":
        return stem + (vowel if stem.endswith(("sh", "ch", "j")) else "y" + vowel)
    return (stem or "w" if before == "u" else stem) + vowel


@lru_cache(maxsize=65_536)
def passport_spelling(word: str) -> str:
    """Return a Latin spelling of a Japanese word as passports have it: `satou`, `satoh` and `sato` are one, so `shimbun`."""
    for habit, hepburn in _HABITS:
        word = habit.sub(hepburn, word)
    return _short(word)


def _short(word: str) -> str:
    return _BEFORE_LIPS.sub("m", _LONG_VOWEL.sub(lambda found: found.group()[0].replace("h", ""), word))


# Kunrei and Nihon spellings; not where Hepburn already stands.
_HABITS = tuple(
    (re.compile(habit), hepburn)
    for habit, hepburn in (
        (r"(?<![sc])sy(?=[aou])", "sh"),
        (r"ty(?=[aou])", "ch"),
        (r"zy(?=[aou])", "j"),
        (r"si", "shi"),
        (r"ti", "chi"),
        (r"tu", "tsu"),
        (r"(?<![sc])hu", "fu"),
        (r"(?<=[aiueo])h(?=[bcdfgjkmnprstwz]|$)", ""),
    )
)
