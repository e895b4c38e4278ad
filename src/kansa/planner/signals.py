"""Read what the grid says: caps as CSV, capacity limits of OpenADR 3 events, day-ahead prices by area.

Bad rows are refused all at once, with line and field. A later version of a signal is another file; both are kept by hash.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from kansa.clock import DAY, HOUR, MICROSECONDS, to_instant
from kansa.errors import BadInput, Problem
from kansa.planner.problem import Cap, Price

COLUMNS = ("site", "start", "end", "cap_kw")
PRICE_COLUMNS = ("date", "time_code", "area", "price")
_JST = timezone(timedelta(hours=9))
_LIMIT = "IMPORT_CAPACITY_LIMIT"
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_HALF_HOURS = 48
_NOW = "0001-01-01"  # OpenADR 3: an event that begins at once
_MOST = 10_000_000  # kW; ten gigawatts are a slip of the unit

Site = Callable[[str], str]
"""Returns the id of a site by what it is called; raises `BadInput`."""


def read_caps(name: str, data: bytes, site: Site, now: int) -> tuple[Cap, ...]:
    """Return the caps of a signal: CSV with `site,start,end,cap_kw`, or OpenADR 3.1 events as JSON.

    Raises:
        BadInput: `plan.signal`, with every line and field that cannot be used.
    """
    if data.lstrip()[:1] in (b"{", b"["):
        return tuple(_openadr(name, data, site, now))
    return tuple(_caps(name, data, site))


def read_prices(name: str, data: bytes, areas: Mapping[str, list[str]]) -> tuple[Price, ...]:
    """Return day-ahead prices of areas for the sites there: CSV with `date,time_code,area,price` (JPY a kWh).

    Time code n is the half hour that begins (n - 1) / 2 hours after midnight in Japan.

    Raises:
        BadInput: `plan.prices`.
    """
    problems: list[Problem] = []
    found: list[Price] = []
    for line, row in _rows(name, data, PRICE_COLUMNS, "plan.prices"):
        try:
            start, price = _half_hour(row["date"], int(row["time_code"])), float(row["price"])
        except ValueError as error:
            problems.append(Problem("plan.prices", str(error), file=name, line=line))
            continue
        found += (Price(site, start, start + HOUR // 2, price) for site in areas.get(row["area"], ()))
    _settle(problems, "plan.prices", name)
    return tuple(found)


def _half_hour(day: str, code: int) -> int:
    if not 1 <= code <= _HALF_HOURS:
        raise ValueError(f"time code {code} is none of 1 to {_HALF_HOURS}")
    midnight = datetime.strptime(day, "%Y/%m/%d").replace(tzinfo=_JST)
    return to_instant(midnight) + (code - 1) * HOUR // 2


def _caps(name: str, data: bytes, site: Site) -> Iterator[Cap]:
    problems: list[Problem] = []
    for line, row in _rows(name, data, COLUMNS, "plan.signal"):
        values: dict[str, Any] = {}
        for field, read in (("site", site), ("start", _instant), ("end", _instant), ("cap_kw", _kilowatts)):
            try:
                values[field] = read(row[field])
            except (BadInput, ValueError) as error:
                said = error.message if isinstance(error, BadInput) else str(error)
                problems.append(Problem("plan.signal", said, file=name, line=line, field=field))
        if len(values) == len(COLUMNS):
            if values["end"] <= values["start"]:
                problems.append(
                    Problem("plan.signal", "the end is not after the start", file=name, line=line)
                )
            yield Cap(values["site"], values["start"], values["end"], values["cap_kw"] * 1000)
    _settle(problems, "plan.signal", name)


def _openadr(name: str, data: bytes, site: Site, now: int) -> Iterator[Cap]:
    """Yield the capacity limits of events; intervals without a period of their own take the event's."""
    try:
        said = json.loads(data)
    except ValueError as error:
        raise BadInput("plan.signal", f"`{name}` is no JSON: {error}") from error
    problems: list[Problem] = []
    found: list[Cap] = []
    for number, event in enumerate(said if isinstance(said, list) else [said]):
        try:
            found += _event_caps(event, site, now)
        except (BadInput, ValueError, KeyError, TypeError) as error:
            told = error.message if isinstance(error, BadInput) else f"{type(error).__name__}: {error}"
            problems.append(Problem("plan.signal", f"event {number}: {told}", file=name))
    _settle(problems, "plan.signal", name)
    if not found:
        raise BadInput(
            "plan.signal",
            f"`{name}` holds no capacity limit",
            help="an event has intervals with payloads of type IMPORT_CAPACITY_LIMIT",
        )
    yield from found


def _event_caps(event: Mapping[str, Any], site: Site, now: int) -> Iterator[Cap]:
    places = [
        place
        for target in event.get("targets") or []
        for place in ([target] if isinstance(target, str) else target.get("values", []))
    ]
    if not places:
        raise ValueError("it names no target")
    units = {d.get("payloadType"): d.get("units", "KW") for d in event.get("payloadDescriptors") or []}
    at = _begin(event.get("intervalPeriod") or {}, now)
    for interval in event["intervals"]:
        period = interval.get("intervalPeriod") or event.get("intervalPeriod") or {}
        start = _begin(interval["intervalPeriod"], now) if interval.get("intervalPeriod") else at
        end = start + _duration(period["duration"])
        at = end
        for payload in interval["payloads"]:
            if payload["type"] == _LIMIT:
                unit = str(units.get(payload["type"], "KW")).upper()
                watts = round(float(payload["values"][0]) * _UNITS[unit])
                yield from (Cap(site(place), start, end, watts) for place in places)


_UNITS = {"W": 1, "KW": 1000, "MW": 1_000_000}


def _begin(period: Mapping[str, Any], now: int) -> int:
    text = str(period.get("start", _NOW))
    return now if text.startswith(_NOW) else _instant(text)


def _duration(text: str) -> int:
    found = _DURATION.fullmatch(text)
    if not found or not any(found.groups()):
        raise ValueError(f"`{text}` is no duration such as PT3H")
    days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
    return days * DAY + hours * HOUR + (minutes * 60 + seconds) * MICROSECONDS


def _rows(
    name: str, data: bytes, columns: tuple[str, ...], code: str
) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp932", "strict")
    reader = csv.DictReader(text.splitlines())
    lacking = [column for column in columns if column not in (reader.fieldnames or ())]
    if lacking:
        raise BadInput(
            code,
            f"`{name}` has no column {', '.join(f'`{c}`' for c in lacking)}",
            help=f"it needs {','.join(columns)}",
        )
    for row in reader:
        yield reader.line_num, {column: (row.get(column) or "").strip() for column in columns}


def _settle(problems: list[Problem], code: str, name: str) -> None:
    if problems:
        raise BadInput(code, f"`{name}` cannot be used", problems=tuple(problems))


def _instant(text: str) -> int:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"`{text}` says no offset from UTC")
    return to_instant(moment)


def _kilowatts(text: str) -> int:
    value = float(text)
    if not 0 <= value <= _MOST:
        raise ValueError(f"`{text}` is no power in kW from 0 to {_MOST}")
    return round(value)
