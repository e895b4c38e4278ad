"""Legal forms in Japanese, Chinese and Korean: taken off the ends of a name before anything is romanised.

rigour knows the legal forms of Latin, Cyrillic and Greek names; written together with the name, as CJK names are,
it cannot see them, and once romanised their syllables look like any others (`zao` of 制造).
"""

from functools import cache
from typing import NamedTuple

from kansa.screening.names.folding import fold
from kansa.screening.names.tables import rows


class Stripped(NamedTuple):
    """A name without its legal forms, and these as they stood; `language` is that of the first form found."""

    core: str
    forms: tuple[str, ...]
    latin: tuple[str, ...]
    language: str | None


_AT_END = "latin-end"


@cache
def _forms() -> tuple[tuple[str, str, str], ...]:
    """(form as folded, language, Latin words), longest first, so that 股份有限公司 is seen before 公司."""
    known = {
        (fold(row["form"]), row["language"], row["latin"])
        for row in rows("legal_forms")
        if row["language"] not in {"latin", _AT_END}
    }
    return tuple(sorted(known, key=lambda form: (-len(form[0]), form)))


def strip_legal_forms(text: str) -> Stripped:
    """Take legal forms off both ends of a cleaned name, again and again, but never the whole name."""
    core, found = text.strip(_EDGES), []
    while step := _strip_one(core):
        core = step[0]
        found.append(step[1:])
    return Stripped(
        core,
        tuple(form for form, _, _ in found),
        tuple(latin for _, _, latin in found),
        found[0][1] if found else None,
    )


def legal_form(text: str) -> Stripped | None:
    """Return a text that is a legal form and nothing else, without a core; None for any other."""
    said = text.strip(_EDGES)
    found = next((each for each in _forms() if each[0] == fold(said)), None)
    return None if found is None else Stripped("", (said,), (found[2],), found[1])


_EDGES = " 　・,、。"


def _strip_one(core: str) -> tuple[str, str, str, str] | None:
    folded = fold(core)
    for form, language, latin in _forms():
        if folded.startswith(form):
            rest, cut = core[len(form) :], core[: len(form)]
        elif folded.endswith(form):
            rest, cut = core[: -len(form)], core[-len(form) :]
        else:
            continue
        rest = rest.strip(_EDGES)
        if rest:
            return rest, cut, language, latin
    return None


@cache
def legal_words() -> frozenset[str]:
    """Words of Latin legal forms written out; rigour sees the whole form, not one of its words alone or misspelt."""
    return frozenset(row["form"] for row in rows("legal_forms") if row["language"] == "latin")


@cache
def legal_words_at_the_end() -> frozenset[str]:
    """Words of Latin legal forms that are one only where they end a name, cut as well: `Geno` in `Geno Biotech` is a name."""
    return frozenset(row["form"] for row in rows("legal_forms") if row["language"] == _AT_END)
