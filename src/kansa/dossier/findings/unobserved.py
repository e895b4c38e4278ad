"""Device time on which no source has reported: where and when."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from kansa.dossier.findings.naming import maybe_named
from kansa.dossier.findings.stretches import Interval, minus
from kansa.dossier.render.view import UnobservedRow
from kansa.registers.directory import Directory
from kansa.registers.rows import Installed, Tables


def unobserved_rows(tables: Tables, start: int, end: int, directory: Directory) -> tuple[UnobservedRow, ...]:
    """The stretches of `[start, end)`, by site, with how many installed devices each concerns; longest first."""
    windows: dict[str, list[Interval]] = defaultdict(list)
    for window in tables.window:
        windows[window.scope_id].append((window.valid_from, window.valid_to))
    found: Counter[tuple[str | None, int, int]] = Counter(
        (row.site_id, *stretch) for row in tables.installed for stretch in _unseen(row, windows, start, end)
    )
    rows = (
        UnobservedRow(maybe_named(site, directory), low, high, devices, devices * (high - low))
        for (site, low, high), devices in found.items()
    )
    return tuple(sorted(rows, key=lambda row: (-row.device_time, row.start, row.site.id if row.site else "")))


def _unseen(
    row: Installed, windows: Mapping[str, list[Interval]], start: int, end: int
) -> Iterable[Interval]:
    low = max(start, row.valid_from)
    high = end if row.valid_to is None else min(end, row.valid_to)
    if low >= high:
        return ()
    seen = [
        span
        for scope in (row.site_id, row.node_id, row.device_id)
        if scope
        for span in windows.get(scope, ())
    ]
    return minus((low, high), seen)
