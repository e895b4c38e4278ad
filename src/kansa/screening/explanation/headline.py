"""The first line of every answer of a screening: what it came to, and whether it could come to anything."""

from collections.abc import Sequence

from kansa.screening.explanation.words import Language, in_language

OUTCOMES = {
    "no_hit": ("NO HIT", "一致候補なし"),
    "alert": ("ALERT", "一致候補あり"),
    "dismissed": (
        "DISMISSED: people found every candidate to be someone else",
        "別人・別法人と判断済み",
    ),
    "confirmed": (
        "CONFIRMED: people found a candidate to be this party",
        "本人・当該法人と確認済み",
    ),
}
_INCOMPLETE = (
    "INCOMPLETE: required lists were not asked as a whole: {lists}",
    "不完全: 必須のリストを全体としては照会していません: {lists}",
)
_SO_FAR = (
    "INCOMPLETE: no hit on what was asked; required lists were not asked as a whole: {lists}",
    "不完全: 照会した範囲では一致候補がありません。必須のリストを全体としては照会していません: {lists}",
)


def incomplete(missing: Sequence[str], language: Language) -> str:
    """Return what lacks where the required lists `missing` were not covered; empty where none is missing."""
    return in_language(_INCOMPLETE, language).format(lists=", ".join(missing)) if missing else ""


def headline(outcome: str, missing: Sequence[str], language: Language) -> list[str]:
    """Return the outcome in a line or two; "no hit" never stands alone where a required list was not covered."""
    said = in_language(OUTCOMES[outcome], language)
    if not missing:
        return [said]
    if outcome in {"no_hit", "dismissed"}:
        so_far = in_language(_SO_FAR, language).format(lists=", ".join(missing))
        return [so_far] if outcome == "no_hit" else [incomplete(missing, language), said]
    return [said, incomplete(missing, language)]
