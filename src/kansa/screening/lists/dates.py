"""Dates as lists write them, to ISO 8601 cut to what is known."""

import re

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*)?")
_US = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_WORDS = re.compile(r"(?:(\d{1,2})\s+)?([A-Za-z]{3})[a-z]*\.?\s+(\d{4})")
_JAPANESE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_CIRCA = re.compile(r"^(?:circa|approximately|about|c\.|before|after)\s+", re.IGNORECASE)
_SPAN = re.compile(r"(.+?)(?:\s+(?:to|or|-)\s+|(?<=\d{4})-(?=\d{4}$))(.+)")
MAX_SPAN = 30
"""Years. A longer span says nothing about a birth."""


def partial_date(text: str) -> str | None:
    """`1971`, `1971-03` or `1971-03-15` of `1971`, `1971-03-15`, `15 Mar 1971`, `Mar 1971`, `03/15/1971` (US).

    None for what is no such date; `circa` is passed over.
    """
    plain = _CIRCA.sub("", text.strip().rstrip(".;,"))
    if found := _ISO.fullmatch(plain):
        return _written(found[1], found[2], found[3])
    if found := _US.fullmatch(plain):
        return _written(found[3], found[1], found[2])
    if (found := _WORDS.fullmatch(plain)) and (month := _MONTHS.get(found[2].lower())):
        return _written(found[3], str(month), found[1])
    if found := _JAPANESE.search(plain):
        return _written(found[1], found[2], found[3])
    return None


def partial_dates(text: str) -> tuple[str, ...]:
    """As `partial_date`; a span of years (`1970 to 1973`) is each of its years."""
    if one := partial_date(text):
        return (one,)
    if found := _SPAN.fullmatch(_CIRCA.sub("", text.strip())):
        first, last = partial_date(found[1]), partial_date(found[2])
        if first and last:
            return years(int(first[:4]), int(last[:4])) or (first, last)
    return ()


def years(first: int, last: int) -> tuple[str, ...]:
    """Return each year of a span; nothing for one that is inverted or longer than `MAX_SPAN`."""
    return tuple(f"{year:04}" for year in range(first, last + 1)) if last - first <= MAX_SPAN else ()


def _written(year: str, month: str | None, day: str | None) -> str | None:
    if month is None:
        return year
    if not 1 <= int(month) <= 12:
        return None
    if day is None:
        return f"{year}-{int(month):02}"
    return f"{year}-{int(month):02}-{int(day):02}" if 1 <= int(day) <= 31 else None
