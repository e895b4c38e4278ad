"""Paragraphs of the US control list for advanced computing items, as sheets of makers and experts write them.

742.6(a)(6)(iii) has two levels: paragraphs `.a` (the upper level) and `.b` (the lower one) of 3A090 and 4A090, and the
`.z` paragraphs of other entries whose items reach the same numbers. Of most `.z` entries the last letter says the level
(3A001.z.1.a), of 5A992.z and 5D992.z the number after the letter does (.z.1 upper, .z.2 lower).
Source: the control list as machine copies of the eCFR of 2026-07-23 and 2026-09-01 print it.
"""

from typing import Literal

from kansa.registers.paragraphs import paragraphs_in

__all__ = ["NUMBERED", "Z_ENTRIES", "Level", "level_of", "paragraphs_in"]

Level = Literal["upper", "lower", "either", "unsaid", "outside"]
"""`either`: in scope, the sheet does not say at which level. `unsaid`: the sheet does not say enough to tell the scope."""

NUMBERED = frozenset({"5A992", "5D992"})
"""Entries whose `.z` paragraph says the level by its number."""
Z_ENTRIES = NUMBERED | {"3A001", "4A003", "4A004", "4A005", "5A002", "5A004", "5D002"}
"""Entries whose `.z` paragraph is in scope."""
_PLAIN = frozenset({"3A090", "4A090"})
_LETTERS: dict[str, Level] = {"a": "upper", "b": "lower"}
_NUMBERS: dict[str, Level] = {"1": "upper", "2": "lower"}


def level_of(paragraph: str) -> Level:
    """Return the level of one paragraph in its one spelling.

    `unsaid` is an entry that may be in scope by a paragraph that is not said (`3A090`, `5A992.z`, `4A003`), and
    3A090.c, whose control is another one and was not read.
    """
    entry, *steps = paragraph.split(".")
    if entry in _PLAIN:
        return _LETTERS.get(steps[0], "unsaid") if steps else "unsaid"
    if entry not in Z_ENTRIES or (steps and steps[0] != "z"):
        return "outside"
    if not steps or (steps == ["z"] and entry == "5A992"):
        return "unsaid"
    if entry in NUMBERED:
        return _NUMBERS.get(steps[1], "either") if len(steps) > 1 else "either"
    return _LETTERS.get(steps[-1], "either")
