"""Count business days in Japan: Monday to Friday, without national holidays and the turn of the year.

The holidays are those of the Act on National Holidays, as the library jpholiday computes them; 29 December to 3 January
are the days on which public offices are closed (行政機関の休日に関する法律).
"""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import jpholiday

from kansa.clock import to_datetime

_WEEK = 5
_CLOSED = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})


def is_business_day(day: date) -> bool:
    """Tell whether offices in Japan work on a day."""
    return day.weekday() < _WEEK and (day.month, day.day) not in _CLOSED and not jpholiday.is_holiday(day)


def business_days_left(now: int, due: int, zone: str) -> int:
    """Return the business days of a zone after today up to the day on which something is due; below 0 for those since."""
    today, last = (to_datetime(each).astimezone(ZoneInfo(zone)).date() for each in (now, due))
    step = 1 if last >= today else -1
    day, count = today, 0
    while day != last:
        earlier, day = day, day + timedelta(days=step)
        count += step if is_business_day(day if step > 0 else earlier) else 0
    return count
