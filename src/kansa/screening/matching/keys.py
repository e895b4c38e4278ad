"""Under which keys a form is found: pieces of its words that survive misspelling, other spellings and other scripts.

Three letters in a row, with the ends marked (Zobel and Dart 1995 for names); the consonants, whole and in threes; two
neighbouring words' consonants together, because spaces move; characters alone and in pairs for CJK.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from kansa.screening.names.form import DERIVED, Form, Way
from kansa.screening.names.scripts import script_of
from kansa.screening.names.sounds import arabic_sounds, rough_sound, sound

_WHOLE_SOUND, _SOUND_PIECE, _CHARACTER = 1.5, 0.6, 0.6


def keys_of(form: Form) -> dict[str, float]:
    """Return the keys of a form and how much each counts before rarity. Legal forms and small words only if nothing else is there."""
    words = [word for word in form.words if word.kind not in ("legal", "small")] or list(form.words)
    found: dict[str, float] = {}
    for word in words:
        _add(found, _keys(word.text, form.way))
    if form.way != "folded":
        for one, other in pairwise(words):
            _add(found, _neighbours(one.text, other.text, derived=form.way in DERIVED))
    return found


def _add(found: dict[str, float], further: Mapping[str, float]) -> None:
    """Words of one name seldom have a key in common, and dictionaries are merged faster than a loop goes."""
    if found.keys().isdisjoint(further):
        found.update(further)
    else:
        for key, weight in further.items():
            found[key] = found.get(key, 0.0) + weight


@lru_cache(maxsize=131_072)
def _keys(text: str, way: Way) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for key, weight in _made(text, way):
        found[key] = found.get(key, 0.0) + weight
    return found


def _made(text: str, way: Way) -> Iterator[tuple[str, float]]:
    if way == "folded":
        yield from (("#" + letter, _CHARACTER) for letter in text)
        yield from (("#" + one + other, 1.0) for one, other in pairwise(text))
        return
    if script_of(text[0]) == "arabic":
        for said in arabic_sounds(text):
            yield from _sound_keys(said)
        return
    marked = f"^{text}$"
    yield from ((marked[at : at + 3], 1.0) for at in range(len(marked) - 2))
    if way not in DERIVED:
        yield from _sound_keys(sound(text))
    if len(rough := rough_sound(text)) > 1:
        yield ":" + rough, 1.0


def _sound_keys(said: str) -> Iterator[tuple[str, float]]:
    if len(said) > 1:
        yield "~" + said, _WHOLE_SOUND
        marked = f"^{said}$"
        yield from (("~~" + marked[at : at + 3], _SOUND_PIECE) for at in range(len(marked) - 2))


@lru_cache(maxsize=131_072)
def _neighbours(one: str, other: str, *, derived: bool) -> Mapping[str, float]:
    joined = one + other
    if script_of(one[0]) == "arabic":
        return {"~" + said: _WHOLE_SOUND for said in arabic_sounds(joined) if len(said) > 1}
    said = rough_sound(joined) if derived else sound(joined)
    return {(":" if derived else "~") + said: _WHOLE_SOUND} if len(said) > 1 else {}
