"""One cell to one value: texts, integers, scaled decimals, times, dates, flags, lists. Exact, or a fault.

A cell is what a file format gives: text, or a number, truth value, date or datetime from a typed format.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal, InvalidOperation, localcontext
from typing import Any
from zoneinfo import ZoneInfo

from kansa.clock import format_instant, parse_instant
from kansa.sources.zones import instant_of

FORMS = ("text", "integer", "decimal_scaled", "time", "date", "flag", "list")
EPOCHS = {"seconds": 1_000_000, "milliseconds": 1_000, "microseconds": 1}

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
    """Whether a cell holds nothing: null, or white space alone."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def text_of(cell: Any) -> str:
    """A cell as text: a whole number without decimals, a date in ISO 8601.

    Raises:
        CellFault: a nested value.
    """
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float | Decimal):
        number = format(Decimal(str(cell)), "f")
        return number.rstrip("0").rstrip(".") if "." in number else number
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    raise CellFault("cell.text", f"a nested value `{_short(cell)}` stands where a plain one is expected")


def read(cell: Any, how: Reading) -> Any:
    """The value of a cell that is not empty.

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
    """The instant of a time or the beginning of a day.

    Raises:
        CellFault: it cannot be read that way.
    """
    return parse_instant(read(cell, how))


def parts(cell: Any, split: str | None) -> list[Any]:
    """The items of a list: of a nested list as it is, of a text by its separator."""
    if isinstance(cell, list):
        return cell
    return text_of(cell).split(split) if split is not None else [cell]


def translated(text: str, values: Mapping[str, Any] | None) -> Any:
    """What the table of values says for a text.

    Raises:
        CellFault: it says nothing.
    """
    if values is None:
        return text
    if text not in values:
        known = ", ".join(f"`{name}`" for name in values)
        raise CellFault("cell.value", f"`{text}` is not in the table of values", f"known are {known}")
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
        or abs(number.adjusted()) > 40
    ):
        raise CellFault("cell.number", f"`{_short(cell)}` is not a number")
    return number


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
    return _stamp(lambda: instant_of(_moment(text, how.pattern), how.zone))


def _moment(text: str, pattern: str | None) -> datetime:
    if pattern is not None:
        return datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone is applied by the caller
    if len(text) <= len("2026-04-01"):
        raise ValueError(f"`{text}` is not an ISO 8601 time")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"`{text}` is not an ISO 8601 time") from error


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
        return datetime.strptime(text, pattern).date() if pattern else date.fromisoformat(text)  # noqa: DTZ007 - a day
    except ValueError as error:
        raise CellFault(
            "cell.date", f"`{text}` is not a date", "say its `pattern`, such as `%d.%m.%Y`"
        ) from error


def _stamp(instant: Callable[[], int]) -> str:
    try:
        return format_instant(instant())
    except (ValueError, OverflowError) as error:
        raise CellFault("cell.time", str(error)) from error


def _flag(cell: Any, _: Reading) -> bool:
    text = text_of(cell).lower()
    if text not in _FLAGS:
        raise CellFault("cell.flag", f"`{text}` is neither true nor false", "translate it with `values`")
    return _FLAGS[text]


def _short(cell: Any) -> str:
    text = str(cell)
    return text if len(text) <= 80 else f"{text[:79]}…"


_FORMS: Mapping[str, Callable[[Any, Reading], Any]] = {
    "text": lambda cell, _: text_of(cell),
    "integer": _integer,
    "decimal_scaled": _integer,
    "time": _time,
    "date": _date,
    "flag": _flag,
}
