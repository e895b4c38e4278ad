"""Readings of DCGM's exporter: as scraped (Prometheus text), or from Prometheus's HTTP API (a vector or a range).

Source: Prometheus exposition formats, text format 0.0.4; HTTP API v1, `query` and `query_range`.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

from kansa.connectors.formats import document
from kansa.errors import BadInput

ADVICE = 'scrape the exporter (`curl HOST:9400/metrics`), or ask Prometheus: `/api/v1/query_range?query={__name__=~"DCGM_FI_.*"}&…`'
_LINE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+(-?\d+))?\s*$")
_LABEL = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)')
BLANK = 1 << 62
"""DCGM writes values near 2^63 where a field is not supported."""


LATEST = 253_402_300_800
"""The end of the year 9999, in seconds."""


class Sample(NamedTuple):
    """One reading: metric, labels, value, and when in microseconds; None: when it was scraped."""

    line: int
    metric: str
    labels: Mapping[str, str]
    value: Decimal
    at: int | None


class Unreadable(NamedTuple):
    """A line that is no reading, and why."""

    line: int
    message: str
    text: str


def samples(path: Path) -> Iterator[Sample | Unreadable]:
    """Yield the readings of a file.

    Raises:
        BadInput: it is no answer of Prometheus and holds no reading of DCGM.
    """
    content = document.read(path)
    if content.lstrip()[:1] == b"{":
        yield from _answer(document.parse_json(content, path, ADVICE), path)
        return
    text = content.decode("utf-8", "replace")
    if "DCGM_FI_" not in text:
        raise BadInput("dcgm.form", f"`{path}` holds no reading of DCGM", help=ADVICE)
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield _sample(number, line)


def _sample(number: int, line: str) -> Sample | Unreadable:
    match = _LINE.match(line)
    value = _value(match[3]) if match is not None else None
    if match is None or value is None or not 0 <= _seconds(match[4]) < LATEST:
        return Unreadable(number, "it is no reading of Prometheus's text format", line[:200])
    labels = {
        name: text.replace('\\"', '"').replace("\\\\", "\\") for name, text in _LABEL.findall(match[2] or "")
    }
    at = int(match[4]) * 1_000 if match[4] else None
    return Sample(number, match[1], labels, value, at)


def _seconds(milliseconds: str | None) -> Decimal:
    return Decimal(milliseconds or 0) / 1_000


def _answer(value: Any, path: Path) -> Iterator[Sample | Unreadable]:
    data = value.get("data") if isinstance(value, dict) else None
    listed = data.get("result") if isinstance(data, dict) else None
    if not isinstance(listed, list) or value.get("status") != "success":
        raise BadInput("dcgm.form", f"`{path}` is no successful answer of Prometheus", help=ADVICE)
    for number, series in enumerate(listed, start=1):
        metric = series.get("metric") if isinstance(series, dict) else None
        labels = (
            {name: text for name, text in metric.items() if isinstance(text, str)}
            if isinstance(metric, dict)
            else None
        )
        if labels is None:
            yield Unreadable(number, "a series without labels", str(series)[:200])
            continue
        pairs = series.get("values") or ([series["value"]] if "value" in series else [])
        for pair in pairs if isinstance(pairs, list) else []:
            if not isinstance(pair, list) or len(pair) != 2:
                yield Unreadable(number, "a reading that is no pair of time and value", str(pair)[:200])
                continue
            stamp, reading = _value(pair[0]), _value(pair[1])
            if stamp is None or reading is None or not 0 <= stamp < LATEST:
                yield Unreadable(number, "a reading that is no number, or of no time", str(pair)[:200])
            else:
                yield Sample(number, str(labels.get("__name__", "")), labels, reading, int(stamp * 1_000_000))


def _value(text: Any) -> Decimal | None:
    """Return a number; None where there is none, of infinities and NaN as well."""
    try:
        found = Decimal(str(text))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
