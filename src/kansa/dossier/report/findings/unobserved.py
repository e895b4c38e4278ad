"""Device time on which no source has reported: where and when."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from kansa.coherence.facts import OPEN
from kansa.coherence.row_quality import usable_windows
from kansa.dossier.report.findings.naming import maybe_named
from kansa.dossier.report.findings.stretches import Interval, minus, union
from kansa.dossier.report.view import UnobservedRow
from kansa.registers.directory import Directory
from kansa.registers.rows import Installed, Tables


def unobserved_rows(tables: Tables, start: int, end: int, directory: Directory) -> tuple[UnobservedRow, ...]:
    """Return the stretches of `[start, end)`, by site, with how many installed devices each concerns; longest first."""
    windows: dict[str, list[Interval]] = defaultdict(list)
    for window in usable_windows(tables.window):
        windows[window.scope_id].append((window.valid_from, window.valid_to))
    devices: dict[str, list[Installed]] = defaultdict(list)
    for row in tables.installed:
        devices[row.device_id].append(row)
    found: Counter[tuple[str | None, int, int]] = Counter()
    for held in devices.values():
        unseen: dict[str | None, list[Interval]] = defaultdict(list)
        for row, stretch in _places(held, start, end):
            unseen[row.site_id] += minus(stretch, _seen(row, windows))
        found.update((site, *stretch) for site, stretches in unseen.items() for stretch in union(stretches))
    rows = (
        UnobservedRow(maybe_named(site, directory), low, high, devices, devices * (high - low))
        for (site, low, high), devices in found.items()
    )
    return tuple(sorted(rows, key=lambda row: (-row.device_time, row.start, row.site.id if row.site else "")))


def _places(rows: Iterable[Installed], start: int, end: int) -> Iterator[tuple[Installed, Interval]]:
    """Yield where the rows of one device put it, at one place at a time: of rows that overlap, the one that begins last holds."""
    taken: list[Interval] = []
    for row in sorted(rows, key=_rank, reverse=True):
        stretch = max(start, row.valid_from), end if row.valid_to is None else min(end, row.valid_to)
        for free in minus(stretch, taken):
            yield row, free
        taken.append(stretch)


def _rank(row: Installed) -> tuple[object, ...]:
    """As the balance ranks them: begins last, ends last, then the greatest node and site, nothing said before anything."""
    last = OPEN if row.valid_to is None else row.valid_to
    return row.valid_from, last, row.node_id is not None, row.node_id, row.site_id is not None, row.site_id


def _seen(row: Installed, windows: Mapping[str, list[Interval]]) -> Iterator[Interval]:
    for scope in (row.site_id, row.node_id, row.device_id):
        yield from windows.get(scope or "", ())
