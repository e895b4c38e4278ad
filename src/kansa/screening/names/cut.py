"""Names in Chinese characters and kana as they are cut: 電工 for 電気工業, 科大 for 科技大学, エレク for エレクトロニクス.

Of words that names of organisations are made of the first characters stay, one after the other; what is a name of its own
stays whole. One character of a word says which word it was only beside something else that agrees (`alignment`).
"""

from collections.abc import Collection, Sequence

from kansa.screening.names.form import Kind, Places, Word
from kansa.screening.names.scripts import script_of

_MAY_BE_CUT = frozenset[Kind]({"word"})
_OR_A_PLACE = frozenset[Kind]({"word", "place"})
_PLACES_TOO = 3
"""Characters of a cut name in which places are cut too, as in 中科院 for 中国科学院."""
_LEAST_KANA = 2


def cut_from(text: str, words: Sequence[Word], start: int, left: Collection[int]) -> Places | None:
    """Return the words from `start` on, by number, of which a folded text is made by cutting; None if it is not so made.

    All of them are in `left` and follow each other; of each something stays, and at least one is not whole.
    """
    may_be_cut = _OR_A_PLACE if len(text) >= _PLACES_TOO else _MAY_BE_CUT
    found = _fit(text, words, start, left, may_be_cut)
    return found if found and "".join(words[at].text for at in found) != text else None


def _fit(
    text: str, words: Sequence[Word], at: int, left: Collection[int], may_be_cut: Collection[Kind]
) -> Places | None:
    if not text:
        return ()
    if at not in left or words[at].kind == "legal":
        return None
    for size in _sizes(words[at], may_be_cut):
        if text.startswith(words[at].text[:size]):
            rest = _fit(text[size:], words, at + 1, left, may_be_cut)
            if rest is not None:
                return (at, *rest)
    return None


def _sizes(word: Word, may_be_cut: Collection[Kind]) -> range:
    """Return how many characters of a word may stay, the most first."""
    if word.kind not in may_be_cut:
        return range(len(word.text), len(word.text) - 1, -1)
    least = _LEAST_KANA if script_of(word.text[0]) == "kana" else 1
    return range(len(word.text), min(least, len(word.text)) - 1, -1)
