"""Which rows can be read at all: uses that are set aside, evidence that is ignored, and the end of what is running.

Nothing is dropped in silence: every row that is not used has a reason, and every reason is counted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from kansa.clock import DAY
from kansa.coherence.result import Id
from kansa.intervals import OPEN_END
from kansa.registers.rows import Tables, Use, Window
from kansa.registers.use_columns import latest_end, latest_start

_NAMED = (
    "use",
    "identity",
    "access",
    "custody",
    "authorization",
    "authorization_item",
    "authorization_site",
    "installed",
    "window",
)

NO_USE_ID = "no_use_id"
NO_START = "no_start"
DUPLICATE = "duplicate_use_id"
WEIGHT = "weight_not_positive"
NOT_BEGUN = "running_but_not_begun_at_horizon"
NO_KEY = "no_key"
NO_VALID_FROM = "no_valid_from"
NO_VALID_TO = "no_valid_to"
EMPTY = "empty_interval"
INVERTED = "inverted_interval"

FAR = 366 * DAY
"""An end that lies further than this after all that has begun, and after the horizon, is the end of nothing."""
FAR_UNANCHORED = 10 * FAR
"""The same where no horizon is stated and no window closed, so that nothing but the uses says how far they reach."""


BLANKS = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\u200b\u2060\ufeff"
)
"""Characters that nobody sees; an id of nothing else is no id."""


class Held(NamedTuple):
    """A use with a known end, ready to be held against evidence."""

    use: Use
    end: int

    @property
    def weight(self) -> int:
        """Accelerators held; 1 where nothing is said."""
        return _weight(self.use.weight)


def without_blank_ids(tables: Tables) -> tuple[Tables, Mapping[str, Mapping[str, int]]]:
    """Return the tables with None for ids that are empty or blank, and how many there were by table and column.

    An empty text is what many writers of files make of a missing value: empty must never meet empty.
    """
    changed: dict[str, tuple[Any, ...]] = {}
    counted: dict[str, Mapping[str, int]] = {}
    for name in _NAMED:
        rows = getattr(tables, name)
        if not rows:
            continue
        ids = [column for column in rows[0]._fields if column.endswith("_id") or column == "item_class"]
        suspect = [column for column in ids if any(map(is_blank, {getattr(row, column) for row in rows}))]
        blank = Counter(column for row in rows for column in suspect if is_blank(getattr(row, column)))
        if blank:
            counted[name] = dict(sorted(blank.items()))
            changed[name] = tuple(
                row._replace(**{column: None for column in ids if is_blank(getattr(row, column))})
                for row in rows
            )
    return (replace(tables, **changed) if changed else tables), counted


def is_blank(value: object) -> bool:
    """Tell whether an id is a text in which nobody sees anything."""
    return isinstance(value, str) and not value.strip(BLANKS)


class Horizon(NamedTuple):
    """Up to where running uses are judged, `at` (None: nothing says), and the instant after which an end is none.

    Systems write 9999-12-31, or a date in a far year, where something has no end. Such a use is running: its end
    neither moves the horizon nor counts as used time.
    """

    at: int | None
    far: int = OPEN_END

    def end(self, end: int | None) -> int | None:
        """Return the end of a use as it is judged; None where it is running and nothing says until when."""
        return self.at if self.is_open(end) else end

    def is_open(self, end: int | None) -> bool:
        """Tell whether a use with this end is running."""
        return end is None or end > self.far


def horizon_of(tables: Tables, to: int | None = None) -> Horizon:
    """Return the horizon as stated, else the latest end of a window, else the latest instant of any use; far ends left out."""
    windows = usable_windows(tables.window)
    begun = [latest_start(tables.use), *(w.valid_from for w in windows)]
    latest = max((instant for instant in begun if instant is not None), default=None)
    closed = [w.valid_to for w in windows if latest is None or w.valid_to <= latest + FAR]
    if to is not None or closed:
        at = to if to is not None else max(closed)
        return Horizon(at, max(at, at if latest is None else latest) + FAR)
    if latest is None:
        return Horizon(latest_end(tables.use))
    far = latest + FAR_UNANCHORED
    ended = latest_end(tables.use, far)
    return Horizon(latest if ended is None else max(latest, ended), far)


def held_uses(uses: Sequence[Use], horizon: Horizon) -> tuple[tuple[Held, ...], Mapping[str, int]]:
    """Return the uses that can be evaluated, ordered by id, and the number of the others by reason.

    All rows of a `use_id` that occurs more than once are set aside, since none of them can be trusted over the
    others. A use has the first reason that applies, in the order of the names above.
    """
    occurrences = Counter[Id](use.use_id for use in uses)
    held, aside = [], Counter[str]()
    distinct = len(occurrences) == len(uses) and None not in occurrences
    for use in uses:
        if distinct and _plain(use, horizon.far):
            held.append(Held(use, use.end or 0))
            continue
        reason = _why_unreadable(use.use_id, use.start, occurrences) or _why_empty(
            use.start, use.end, use.weight, horizon
        )
        if reason is not None:
            aside[reason] += 1
        elif (end := horizon.end(use.end)) is not None:
            held.append(Held(use, end))
    return tuple(sorted(held, key=lambda one: one.use.use_id)), dict(sorted(aside.items()))


def ignored_rows(tables: Tables) -> Mapping[str, Mapping[str, int]]:
    """Return how many rows of each evidence table say nothing that can be used, by reason; tables without any are left out."""
    keyed: dict[str, Iterable[tuple[tuple[object, ...], int | None, int | None]]] = {
        "identity": (((r.tenant_id, r.end_user_id), r.valid_from, r.valid_to) for r in tables.identity),
        "access": (
            ((r.tenant_id, r.end_user_id, r.path_id), r.valid_from, r.valid_to) for r in tables.access
        ),
        "custody": (((r.device_id, r.site_id), r.valid_from, r.valid_to) for r in tables.custody),
        "authorization": (
            ((r.authorization_id, r.end_user_id), r.valid_from, r.valid_to) for r in tables.authorization
        ),
        "authorization_item": ((tuple(r), 0, None) for r in tables.authorization_item),
        "authorization_site": ((tuple(r), 0, None) for r in tables.authorization_site),
        "installed": (((r.device_id,), r.valid_from, r.valid_to) for r in tables.installed),
    }
    counted = {
        name: Counter(reason for row in rows if (reason := why_ignored(*row)) is not None)
        for name, rows in keyed.items()
    }
    counted["window"] = Counter(reason for row in tables.window if (reason := _why_unclosed(row)) is not None)
    return {name: dict(sorted(reasons.items())) for name, reasons in counted.items() if reasons}


def usable_windows(windows: Sequence[Window]) -> tuple[Window, ...]:
    """Return the windows that a source has closed; one without an end was never closed and shows nothing."""
    return tuple(window for window in windows if _why_unclosed(window) is None)


def why_ignored(key: Sequence[object], valid_from: int | None, valid_to: int | None) -> str | None:
    """Return the reason for which a row of evidence covers no instant, or None if it covers some."""
    if None in key:
        return NO_KEY
    if valid_from is None:
        return NO_VALID_FROM
    return _crooked(valid_from, valid_to)


def _why_unclosed(window: Window) -> str | None:
    reason = why_ignored((window.scope_id,), window.valid_from, window.valid_to)
    return _no_end(window.valid_to) if reason is None else reason


def _no_end(valid_to: int | None) -> str | None:
    return NO_VALID_TO if valid_to is None else None


def _weight(weight: int | None) -> int:
    return 1 if weight is None else weight


def _plain(use: Use, far: int) -> bool:
    """Tell at once of most uses that nothing is wrong with them: they begin, end later, and hold something."""
    values: tuple[int | None, int | None, int | None] = use.start, use.end, use.weight
    start, end, weight = values
    return start is not None and end is not None and start < end <= far and (weight is None or weight >= 1)


def _why_unreadable(use_id: Id | None, start: int | None, occurrences: Mapping[Id, int]) -> str | None:
    """Return rows from elsewhere have nulls where rows of the registers have none."""
    if use_id is None:
        return NO_USE_ID
    if start is None:
        return NO_START
    return DUPLICATE if occurrences[use_id] > 1 else None


def _why_empty(start: int, end: int | None, weight: int | None, horizon: Horizon) -> str | None:
    if _weight(weight) < 1:
        return WEIGHT
    if horizon.is_open(end) and (end is None or start < end):
        return NOT_BEGUN if horizon.at is None or start >= horizon.at else None
    return _crooked(start, end)


def _crooked(start: int, end: int | None) -> str | None:
    if end is None or start < end:
        return None
    return EMPTY if start == end else INVERTED
