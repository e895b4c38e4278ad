"""One cell to one value: texts, integers, scaled decimals, times, dates, flags, lists. Exact, or a fault.

A cell is what a file format gives: text, or a number, truth value, date or datetime from a typed format.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal, InvalidOperation, localcontext
from typing import Any
from zoneinfo import ZoneInfo

from kansa.clock import format_instant, parse_instant
from kansa.connectors.zones import instant_of

FORMS = ("text", "integer", "decimal_scaled", "time", "date", "flag", "list")
EPOCHS = {"seconds": 1_000_000, "milliseconds": 1_000, "microseconds": 1}

TOO_LONG = "cell.too_long"
MAX_TEXT = 32_767
"""Characters that a cell may hold: the most that a spreadsheet can."""

MAX_KEY = 1_000
"""Characters that a key of a source may have."""

MAX_ITEMS = 1_000
"""Items that a list in a cell may have."""

MAX_EXPONENT = 40
MAX_DIGITS = 1_000
"""Digits before or after the point with which a number may be written out as a text."""

_EXACT = Context(prec=200)
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class CellFault(ValueError):
    """A cell that cannot be read; caught where the row is known."""

    def __init__(self, code: str, message: str, advice: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that holds something which its format cannot give: never empty, and a fault if it is asked for.

    `message` goes on from the column's name; `shown` is what a person sees in the cell.
    """

    code: str
    message: str
    shown: str
    advice: str | None = None

    def __str__(self) -> str:
        return self.shown


@dataclass(frozen=True, slots=True)
class Reading:
    """How a cell is read.

    `multiply` makes an integer of a decimal (kW to W: 1000); `pattern` is a `strptime` form; `epoch` is the unit of a
    number since the instant `since`; `inclusive` turns a last day into the end of that day.
    """

    form: str = "text"
    zone: ZoneInfo | None = None
    multiply: Decimal | None = None
    pattern: str | None = None
    epoch: str | None = None
    since: int = 0
    inclusive: bool = False
    split: str | None = None
    values: Mapping[str, Any] | None = None


def is_empty(cell: Any) -> bool:
    """Tell whether a cell holds nothing: null, or white space alone. One that holds an error is not empty."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def text_of(cell: Any) -> str:
    """Return a cell as text: a whole number without decimals, a date in ISO 8601.

    Raises:
        CellFault: a nested value, an error of a spreadsheet, a number without an end, more than a cell may hold.
    """
    if isinstance(cell, str):
        return _text(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        return str(cell) if abs(cell) < _LARGEST else _refuse_number(cell)
    if isinstance(cell, float | Decimal):
        return _plain_number(Decimal(str(cell)))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, Unreadable):
        raise CellFault(cell.code, f"the cell {cell.message}", cell.advice)
    if isinstance(cell, timedelta):
        raise CellFault("cell.text", f"`{cell}` is a length of time, not a text or a time")
    raise CellFault("cell.text", f"a nested value `{_short(cell)}` stands where a plain one is expected")


def key_of(cell: Any) -> str:
    """Return a cell as the key of a subject in its system's books.

    Raises:
        CellFault: as `text_of`; a word by which programs say "nothing", marks alone, as people write it, a character that
            nobody sees, too long a text.
    """
    text = text_of(cell)
    if text.lower() in _NOTHING or not any(character.isalnum() for character in text):
        raise CellFault(
            "cell.no_key",
            f"`{text}` is how a program writes that there is no value, and no key",
            "leave the cell empty, or list the text under `empty` in the mapping",
        )
    unseen = next((mark for mark in text if unicodedata.category(mark) in _UNSEEN), None)
    if unseen is not None:
        raise CellFault("cell.key", f"the key holds a character that nobody sees, U+{ord(unseen):04X}")
    if len(text) > MAX_KEY:
        raise CellFault("cell.key", f"the key `{_short(text)}` is longer than {MAX_KEY:,} characters")
    return text


def _text(cell: str) -> str:
    text = cell.strip()
    if len(text) > MAX_TEXT:
        raise CellFault(TOO_LONG, f"the text `{_short(text)}` is longer than {MAX_TEXT:,} characters")
    if not text.isascii() and _SURROGATE.search(text):
        raise CellFault("cell.text", "the text holds half a character (a lone surrogate)")
    if text[:1] in _ERROR_MARKS and is_error(text):
        raise CellFault(
            "cell.error",
            f"`{text}` is a spreadsheet's error, not a value",
            "mend the cell, or list the text under `empty` in the mapping if it means that there is nothing",
        )
    return text


def is_error(text: str) -> bool:
    """Tell whether a text is what a spreadsheet shows in place of a value that it does not have, in any language.

    `#REF!`, `#N/A`, `#NV`, `#BEZUG!`, `Err:502`, `#####` (too narrow a column).
    """
    return _ERROR.fullmatch(text) is not None or text.upper() in _NOT_AVAILABLE


def _plain_number(number: Decimal) -> str:
    if not number.is_finite():
        raise CellFault("cell.number", f"`{number}` is not a number that has an end")
    if max(abs(number.adjusted()), -int(number.as_tuple().exponent)) > MAX_DIGITS:
        return _refuse_number(number)
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _refuse_number(number: Decimal | int) -> str:
    shown = _short(number) if isinstance(number, Decimal) else f"{'-' if number < 0 else ''}…"
    raise CellFault("cell.number", f"the number `{shown}` has more digits than {MAX_DIGITS:,}")


def read(cell: Any, how: Reading) -> Any:
    """Return the value of a cell that is not empty.

    Raises:
        CellFault: it cannot be read that way.
    """
    if how.form == "list":
        items = [item for item in parts(cell, how.split) if not is_empty(item)]
        return [translated(text_of(item), how.values) for item in items]
    if how.values is not None:
        return translated(text_of(cell), how.values)
    return _FORMS[how.form](cell, how)


def instant(cell: Any, how: Reading) -> int:
    """Return the instant of a time or the beginning of a day.

    Raises:
        CellFault: it cannot be read that way.
    """
    return parse_instant(read(cell, how))


def parts(cell: Any, split: str | None) -> list[Any]:
    """Return the items of a list: of a nested list as it is, of a text by its separator.

    Raises:
        CellFault: more than a list may have.
    """
    items = cell if isinstance(cell, list) else text_of(cell).split(split) if split is not None else [cell]
    if len(items) > MAX_ITEMS:
        raise CellFault("cell.list", f"the list has {len(items):,} items; a list may have {MAX_ITEMS:,}")
    return items


def translated(text: str, values: Mapping[str, Any] | None) -> Any:
    """Return what the table of values says for a text.

    Raises:
        CellFault: it says nothing.
    """
    if values is None:
        return text
    if text not in values:
        known = ", ".join(f"`{name}`" for name in values)
        raise CellFault("cell.value", f"`{_short(text)}` is not in the table of values", f"known are {known}")
    return values[text]


def _integer(cell: Any, how: Reading) -> int:
    number = _exact(_number(cell), how.multiply if how.multiply is not None else Decimal(1))
    if number != number.to_integral_value():
        advice = None if how.multiply else "say `as: decimal_scaled` and `multiply`"
        raise CellFault("cell.integer", f"`{_short(cell)}` does not give a whole number", advice)
    return int(number)


def _number(cell: Any) -> Decimal:
    text = text_of(cell)
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if (
        isinstance(cell, bool)
        or "_" in text
        or len(text) > 80
        or not number.is_finite()
        or abs(number.adjusted()) > MAX_EXPONENT
    ):
        raise CellFault("cell.number", f"`{_short(cell)}` is not a number")
    return number


def is_factor(number: Decimal) -> bool:
    """Tell whether cells can be multiplied by a number exactly."""
    return (
        number.is_finite() and abs(number.adjusted()) <= MAX_EXPONENT and len(number.as_tuple().digits) <= 40
    )


def _exact(number: Decimal, factor: Decimal) -> Decimal:
    with localcontext(_EXACT):
        return number * factor


def _time(cell: Any, how: Reading) -> str:
    if how.epoch is not None:
        instant = _exact(_number(cell), Decimal(EPOCHS[how.epoch]))
        return _stamp(lambda: how.since + int(instant.to_integral_value(rounding="ROUND_FLOOR")))
    if isinstance(cell, datetime):
        return _stamp(lambda: instant_of(cell, how.zone))
    if isinstance(cell, date):
        raise CellFault("cell.time", f"`{cell}` is a day without a time", "say `as: date`")
    text = text_of(cell)
    if text.lower().lstrip("+-") in _ENDLESS:
        raise CellFault(
            "cell.time",
            f"`{text}` is no instant",
            "if it says that there is no end, list the text under `empty` in the mapping",
        )
    return _stamp(lambda: instant_of(_moment(text, how.pattern), how.zone))


def _moment(text: str, pattern: str | None) -> datetime:
    if pattern is not None:
        return datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone is applied by the caller
    if len(text) <= len("2026-04-01"):
        raise ValueError(f"`{text}` is not an ISO 8601 time")
    try:
        return datetime.fromisoformat(dashed(text))
    except ValueError as error:
        raise ValueError(f"`{_short(text)}` is not an ISO 8601 time") from error


def dashed(text: str) -> str:
    """Return a text as ISO 8601 where it is a day, or a day and a time, that begins with the year and has slashes.

    Spreadsheets under a Japanese locale save 2026-04-01 9:30 as `2026/4/1 9:30`. The year comes first, so that nothing
    is guessed; other orders need a `pattern`.
    """
    found = _SLASHED.fullmatch(text)
    if found is None:
        return text
    year, month, day, hour, rest = found.groups()
    time_ = f"T{hour.zfill(2)}{rest}" if hour else ""
    return f"{year}-{month.zfill(2)}-{day.zfill(2)}{time_}"


def _date(cell: Any, how: Reading) -> str:
    day = datetime.combine(_day(cell, how.pattern), datetime.min.time())
    return _stamp(lambda: instant_of(day + timedelta(days=1 if how.inclusive else 0), how.zone))


def _day(cell: Any, pattern: str | None) -> date:
    if isinstance(cell, datetime):
        if cell.time() != datetime.min.time():
            raise CellFault("cell.date", f"`{cell}` is a time, not a day", "say `as: time`")
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_of(cell)
    try:
        return datetime.strptime(text, pattern).date() if pattern else date.fromisoformat(dashed(text))  # noqa: DTZ007 - a day
    except (ValueError, OverflowError, LookupError) as error:
        raise CellFault(
            "cell.date", f"`{_short(text)}` is not a date", "say its `pattern`, such as `%d.%m.%Y`"
        ) from error


def _stamp(instant: Callable[[], int]) -> str:
    try:
        return format_instant(instant())
    except (ValueError, OverflowError, LookupError) as error:  # what `strptime` raises depends on the pattern
        raise CellFault("cell.time", _short(str(error), 200)) from error


def _flag(cell: Any, _: Reading) -> bool:
    text = text_of(cell).lower()
    if text not in _FLAGS:
        raise CellFault(
            "cell.flag", f"`{_short(text)}` is neither true nor false", "translate it with `values`"
        )
    return _FLAGS[text]


def _short(cell: Any, most: int = 80) -> str:
    if isinstance(cell, list | dict):  # whose text may be long, or too deep to write
        return f"a list of {len(cell):,}" if isinstance(cell, list) else f"an object of {len(cell):,}"
    text = str(cell)
    return text if len(text) <= most else f"{text[: most - 1]}…"


_SLASHED = re.compile(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})(?:[ T]([0-9]{1,2})(:.+))?")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LARGEST = 10**MAX_DIGITS
_NOTHING = frozenset(
    [
        "null",
        "(null)",
        "<null>",
        "[null]",
        "\\n",
        "nan",
        "nat",
        "<na>",
        "none",
        "undefined",
        "[object object]",
    ]
)
_ENDLESS = frozenset(["infinity", "inf", "∞"])
_UNSEEN = frozenset(["Cc", "Cf", "Cs", "Zl", "Zp"])
_ERROR_MARKS = frozenset("#EeＥ＃")
_ERROR = re.compile(r"[#＃][^\s#]{1,40}[!?！？]|[#＃]{2,}|Err:[0-9]{3}|#ERR[0-9]{0,4}", re.IGNORECASE)
_NOT_AVAILABLE = frozenset(
    [
        "#N/A",
        "#N/A N/A",
        "#NA",
        "#NV",
        "#N/D",
        "#ND",
        "#N/B",
        "#Н/Д",
        "#I/T",
        "#N/V",
        "#N.D.",
        "#SAKNAS",
        "#YOK",
        "#HIÁNYZIK",
        "#PUUTTUU",
        "#BRAK",
        "#N/DISP",
        "#Δ/Υ",
        "#GETTING_DATA",
        "#N/A REQUESTING DATA...",
    ]
)


_FORMS: Mapping[str, Callable[[Any, Reading], Any]] = {
    "text": lambda cell, _: text_of(cell),
    "integer": _integer,
    "decimal_scaled": _integer,
    "time": _time,
    "date": _date,
    "flag": _flag,
}
