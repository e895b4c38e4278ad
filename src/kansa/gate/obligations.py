"""How long an answer of the gate holds, and what a permit obliges to; never longer than what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass

from kansa.clock import DAY, HOUR, MICROSECONDS
from kansa.i18n import Words

MINUTE = 60 * MICROSECONDS


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something that has to follow a permit within so many microseconds."""

    code: str
    within: int
    words: Words


@dataclass(frozen=True, slots=True)
class PermitTerms:
    """What a permit of one action comes with; `lasts` in microseconds."""

    lasts: int
    obligations: tuple[Obligation, ...] = ()


HAND_OVER = Obligation(
    "hand_over",
    30 * MINUTE,
    Words(
        "record the end at the site that is left and the start at the site that is entered",
        "移動元での終了と移動先での開始をそれぞれ記録すること",
    ),
)
DRAW = Obligation(
    "draw_authorization",
    DAY,
    Words(
        "record the serial of every unit shipped under its authorization",
        "出荷した全数の製造番号を許可ごとに記録すること",
    ),
)

TERMS: Mapping[str, PermitTerms] = {
    "onboard": PermitTerms(HOUR),
    "login": PermitTerms(5 * MINUTE),
    "schedule": PermitTerms(15 * MINUTE),
    "shift": PermitTerms(30 * MINUTE, (HAND_OVER,)),
    "ship": PermitTerms(DAY, (DRAW,)),
}

ASK_AGAIN = MINUTE
"""How long a hold or a deny is worth remembering."""
