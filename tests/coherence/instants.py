"""Small adversarial worlds, and the answer found by asking every instant of every use."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from kansa.registers.rows import (
    Access,
    Authorization,
    AuthorizationItem,
    AuthorizationSite,
    Custody,
    Identity,
    Installed,
    Tables,
    Use,
    Window,
)

LAST_TICK = 24
STRENGTH = {
    None: 0,
    "unknown": 0,
    "inferred": 1,
    "declared": 2,
    "documented": 3,
    "measured": 4,
    "attested": 5,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question about a world."""

    grace: int = 0
    known_at: int | None = None
    horizon: int | None = None
    log_began: int | None = None
    least_known: int = 0


def _or_none(values: st.SearchStrategy[Any], often: int = 8) -> st.SearchStrategy[Any]:
    return st.integers(0, often).flatmap(lambda chance: st.none() if chance == 0 else values)


TICKS = st.integers(0, LAST_TICK)
WORDS = _or_none(st.sampled_from([word for word in STRENGTH if word]))
ENDS = st.one_of(st.none(), TICKS)
TWO_TIMES = (_or_none(TICKS, 12), ENDS, _or_none(TICKS), _or_none(TICKS, 1), WORDS, st.just(()))


def _rows(
    kind: Callable[..., Any], *columns: st.SearchStrategy[Any], most: int = 7
) -> st.SearchStrategy[Any]:
    return st.lists(st.tuples(*columns).map(lambda values: kind(*values)), max_size=most).map(tuple)


def _names(letters: str) -> st.SearchStrategy[Any]:
    return _or_none(st.sampled_from(letters), 15)


@st.composite
def worlds(draw: st.DrawFn) -> Tables:
    """Touching, nested, duplicate, empty and inverted intervals, nulls everywhere, few keys so that they often meet."""
    ids = _or_none(st.sampled_from(["u0", "u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8", "u9"]), 30)
    end_users, devices, sites, bases = _names("ef"), _names("dn"), _names("st"), _names("xy")
    keys = (devices, _names("t"), end_users, _names("pq"), _names("i"), sites)
    weights = _or_none(st.sampled_from([1, 1, 2, 3, 0]))
    return Tables(
        use=draw(
            _rows(Use, ids, *keys, _or_none(TICKS, 30), ENDS, st.just("w"), weights, WORDS, st.just(()))
        ),
        identity=draw(_rows(Identity, _names("t"), end_users, *TWO_TIMES)),
        access=draw(_rows(Access, _names("t"), end_users, _names("pq"), *TWO_TIMES)),
        custody=draw(_rows(Custody, devices, sites, *TWO_TIMES)),
        authorization=draw(_rows(Authorization, bases, end_users, *TWO_TIMES)),
        authorization_item=draw(_rows(AuthorizationItem, bases, _names("i"), most=4)),
        authorization_site=draw(_rows(AuthorizationSite, bases, sites, most=5)),
        installed=draw(
            _rows(Installed, _names("dgh"), _or_none(st.just("n"), 3), _or_none(sites, 5), TICKS, ENDS)
        ),
        window=draw(
            _rows(
                Window, _or_none(st.sampled_from(["k8s", "slurm"]), 6), _names("dnst"), TICKS, TICKS, most=5
            )
        ),
    )


QUESTIONS = st.builds(
    Asked,
    grace=st.integers(0, 6),
    known_at=st.one_of(st.none(), TICKS),
    horizon=st.one_of(st.none(), TICKS),
    log_began=st.one_of(st.none(), TICKS),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What the oracle says, in plain tuples."""

    horizon: int | None
    gaps: list[tuple[Any, ...]]
    late: list[tuple[Any, ...]]
    sums: Mapping[str, Any]
    quarantined: Mapping[str, int]
    ignored: Mapping[str, Mapping[str, int]]


def ask_every_instant(
    tables: Tables,
    asked: Asked,
    *,
    unrecorded: Iterable[str] = (),
    unknown: Iterable[str] = (),
    silent_uses: bool = False,
) -> Told:
    """The definitions of design §6, tick by tick against all raw rows; the keywords name tables without the column."""
    horizon = asked.horizon if asked.horizon is not None else _horizon(tables)
    uses, aside = _uses(tables.use, horizon)
    gaps, lates, sums = [], [], defaultdict[str, Any](int)
    by_fact, by_word = Counter[int](), Counter[int]()
    for use, end in uses:
        missing_at, late_at = {}, {}
        for tick in range(use.start, end):
            missing = late = 0
            strengths = [] if silent_uses else [STRENGTH[use.known_by]]
            for bit, name, told in _evidence(tables, use):
                rows = [row for row in told if STRENGTH[row.known_by] >= asked.least_known]
                current = [row for row in rows if _covers(row, tick) and _is_current(row, asked.known_at)]
                if not current:
                    missing += bit
                    continue
                strengths.append(0 if name in unknown else max(STRENGTH[row.known_by] for row in current))
                if name not in unrecorded and not any(_was_in_time(row, tick, asked) for row in rows):
                    late += bit
            before = late if asked.log_began is not None and tick < asked.log_began else 0
            missing_at[tick], late_at[tick] = (missing,), (late - before, before)
            weight = 1 if use.weight is None else use.weight
            sums["use"] += weight
            by_fact.update({bit: weight for bit in (1, 2, 4, 8) if missing & bit})
            if missing:
                sums["gap"] += weight
            else:
                by_word[min(strengths)] += weight
                sums["late"] += weight if late - before else 0
                sums["before"] += weight if before else 0
        gaps += [(use.use_id, *run) for run in _runs(missing_at)]
        lates += [(use.use_id, *run) for run in _runs(late_at)]
    sums |= {"uses": len(uses), "fact": dict(by_fact), "word": dict(by_word)}
    return Told(horizon, sorted(gaps), sorted(lates), sums, aside, _ignored(tables))


def _runs(values: Mapping[int, tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    runs: list[list[Any]] = []
    for tick in sorted(values):
        if any(values[tick]):
            if runs and runs[-1][1] == tick and tuple(runs[-1][2:]) == values[tick]:
                runs[-1][1] = tick + 1
            else:
                runs.append([tick, tick + 1, *values[tick]])
    return [tuple(run) for run in runs]


def _horizon(tables: Any) -> int | None:
    ends = [
        row.valid_to for row in tables.window if row.scope_id is not None and row.valid_from < row.valid_to
    ]
    instants = [instant for row in tables.use for instant in (row.start, row.end) if instant is not None]
    return max(ends) if ends else max(instants) if instants else None


def _uses(rows: Sequence[Any], horizon: int | None) -> tuple[list[tuple[Any, int]], dict[str, int]]:
    good, aside = [], Counter[str]()
    for row in rows:
        if row.use_id is None:
            aside["no_use_id"] += 1
        elif row.start is None:
            aside["no_start"] += 1
        elif len([other for other in rows if other.use_id == row.use_id]) > 1:
            aside["duplicate_use_id"] += 1
        elif row.weight == 0:
            aside["weight_not_positive"] += 1
        elif row.end is None and (horizon is None or horizon <= row.start):
            aside["running_but_not_begun_at_horizon"] += 1
        elif row.end is not None and row.end <= row.start:
            aside["empty_interval" if row.end == row.start else "inverted_interval"] += 1
        else:
            end = row.end if row.end is not None else horizon
            assert end is not None
            good.append((row, end))
    return good, dict(aside)


def _evidence(tables: Tables, use: Use) -> list[tuple[int, str, list[Any]]]:
    items = {
        row.authorization_id
        for row in tables.authorization_item
        if row.item_class == use.item_class is not None
    }
    sites = {
        row.authorization_id for row in tables.authorization_site if row.site_id == use.site_id is not None
    }
    who = (use.tenant_id, use.end_user_id)
    return [
        (
            1,
            "identity",
            [] if None in who else [r for r in tables.identity if (r.tenant_id, r.end_user_id) == who],
        ),
        (
            2,
            "access",
            []
            if None in (*who, use.path_id)
            else [r for r in tables.access if (r.tenant_id, r.end_user_id, r.path_id) == (*who, use.path_id)],
        ),
        (
            4,
            "custody",
            []
            if None in (use.device_id, use.site_id)
            else [r for r in tables.custody if (r.device_id, r.site_id) == (use.device_id, use.site_id)],
        ),
        (
            8,
            "authorization",
            [
                r
                for r in tables.authorization
                if r.end_user_id == use.end_user_id is not None
                and r.authorization_id in (items & sites) - {None}
            ],
        ),
    ]


def _covers(row: Any, tick: int) -> bool:
    return (
        row.valid_from is not None
        and row.valid_from <= tick
        and (row.valid_to is None or tick < row.valid_to)
    )


def _is_current(row: Any, known_at: int | None) -> bool:
    if known_at is None:
        return row.superseded_at is None
    return row.recorded_at is not None and row.recorded_at <= known_at and not _was_superseded(row, known_at)


def _was_superseded(row: Any, known_at: int | None) -> bool:
    return row.superseded_at is not None and (known_at is None or row.superseded_at <= known_at)


def _was_in_time(row: Any, tick: int, asked: Asked) -> bool:
    if not _covers(row, tick) or row.recorded_at is None:
        return False
    if asked.known_at is not None and row.recorded_at > asked.known_at:
        return False
    return row.recorded_at <= tick + asked.grace and not (
        _was_superseded(row, asked.known_at) and row.superseded_at <= tick
    )


def _ignored(tables: Tables) -> dict[str, dict[str, int]]:
    keys = {
        "identity": 2,
        "access": 3,
        "custody": 2,
        "authorization": 2,
        "authorization_item": 2,
        "authorization_site": 2,
        "installed": 1,
        "window": 0,
    }
    counted: dict[str, dict[str, int]] = {}
    for name, width in keys.items():
        reasons = Counter[str]()
        for row in getattr(tables, name):
            if None in row[:width] or (name == "window" and row.scope_id is None):
                reasons["no_key"] += 1
            elif hasattr(row, "valid_from") and row.valid_from is None:
                reasons["no_valid_from"] += 1
            elif hasattr(row, "valid_from") and row.valid_to is not None and row.valid_to <= row.valid_from:
                reasons["empty_interval" if row.valid_to == row.valid_from else "inverted_interval"] += 1
        if reasons:
            counted[name] = dict(reasons)
    return counted


def balance_every_instant(tables: Any, asked: Asked, start: int | None) -> Mapping[str, Any] | None:
    """Installed, used, idle and unobserved device ticks, in total, by site and by node; None if there is no period."""
    end = asked.horizon if asked.horizon is not None else _horizon(tables)
    uses, _ = _uses(tables.use, end)
    windows = [w for w in tables.window if w.scope_id is not None and w.valid_from < w.valid_to]
    inventory = [
        r
        for r in tables.installed
        if r.device_id is not None and (r.valid_to is None or r.valid_from < r.valid_to)
    ]
    firsts = [use.start for use, _ in uses] + [w.valid_from for w in windows]
    start = start if start is not None else min(firsts, default=None)
    if not inventory or start is None or end is None:
        return None
    devices = {row.device_id for row in inventory}
    units = devices | {row.node_id for row in inventory if row.node_id is not None}
    books: dict[str, Any] = {
        "not_installed": 0,
        "total": Counter(),
        **{name: defaultdict(Counter) for name in _BOOKS},
    }
    for tick in range(start, end):
        running = [use for use, stop in uses if use.start <= tick < stop]
        books["not_installed"] += sum(use.weight or 1 for use in running if use.device_id not in units)
        scopes = {w.scope_id for w in windows if w.valid_from <= tick < w.valid_to}
        for node, members in _nodes(inventory, devices, tick).items():
            weight = (
                0 if node in devices else sum(use.weight or 1 for use in running if use.device_id == node)
            )
            named = {use.device_id for use in running}
            for row, state in zip(members, _states(members, scopes, named, weight), strict=True):
                for book in (books["total"], books["site"][row.site_id], books["node"][row.node_id]):
                    book.update({state: 1, "installed": 1})
            seen = [row for row in members if scopes & {row.device_id, row.node_id, row.site_id}]
            free = [row for row in seen if row.device_id not in named]
            for row in members:
                state = "unobserved" if row not in seen else "used" if row not in free else "idle"
                if state == "idle" and weight:
                    state = "used" if weight >= len(free) else "shared"
                books["device"][row.device_id].update({state: 1, "installed": 1})
            for window in {(w.source, w.scope_id) for w in windows if w.valid_from <= tick < w.valid_to}:
                covered = {
                    row.device_id for row in members if window[1] in (row.device_id, row.node_id, row.site_id)
                }
                books["covered"][window[0], tick].update(dict.fromkeys(covered, 1))
    for (source, _), covered in books.pop("covered").items():
        books["source"][source].update({"observed": len(covered)})
    return books


_BOOKS = ("site", "node", "device", "source", "covered")


def _nodes(inventory: Sequence[Any], devices: set[Any], tick: int) -> Mapping[Any, list[Any]]:
    nodes: dict[Any, list[Any]] = defaultdict(list)
    for device in sorted(devices):
        rows = [row for row in inventory if row.device_id == device and _covers(row, tick)]
        if rows:
            row = max(rows, key=_precedence)
            nodes[row.node_id if row.node_id is not None else ("alone", device)].append(row)
    return {
        node: sorted(rows, key=lambda row: (row.site_id is None, row.site_id or ""))
        for node, rows in nodes.items()
    }


def _states(members: Sequence[Any], scopes: set[Any], named: set[Any], weight: int) -> Iterator[str]:
    """Devices named by a use are used; then, in order of site, as many others as the uses of the node hold."""
    for row in members:
        if not scopes & {row.device_id, row.node_id, row.site_id}:
            yield "unobserved"
        elif row.device_id in named:
            yield "used"
        else:
            yield "used" if weight > 0 else "idle"
            weight -= 1


def _precedence(row: Installed) -> tuple[Any, ...]:
    last = row.valid_to if row.valid_to is not None else 10**18
    return row.valid_from, last, row.node_id or "", row.site_id or ""


def changes_every_instant(before: Told, after: Told) -> list[tuple[Any, ...]]:
    """Where a fact is missing in one answer only, instant by instant; `(use, start, end, fact, change)`."""
    then, now = (
        {(use, tick): mask for use, low, high, mask in told.gaps for tick in range(low, high)}
        for told in (before, after)
    )
    found = []
    for use in {use for use, _ in then.keys() | now.keys()}:
        for bit, fact in FACT_NAMES.items():
            differs: dict[int, tuple[Any, ...]] = {}
            for tick in range(LAST_TICK + 1):
                was, is_now = (bool(masks.get((use, tick), 0) & bit) for masks in (then, now))
                if was != is_now:
                    differs[tick] = ("became" if was else "ceased",)
            found += [(use, start, end, fact, change) for start, end, change in _runs(differs)]
    return sorted(found)


FACT_NAMES = {1: "identity", 2: "access", 4: "custody", 8: "authorization"}


def reasons_every_instant(tables: Tables, asked: Asked) -> list[tuple[Any, ...]]:
    """Why each fact is missing at each instant, from all raw rows: `(use, start, end, fact, part, detail)`."""
    horizon = asked.horizon if asked.horizon is not None else _horizon(tables)
    uses, _ = _uses(tables.use, horizon)
    found = []
    for use, end in uses:
        for bit, fact, rows in _evidence(tables, use):
            told = {}
            for tick in range(use.start, end):
                strong, weak = _standing(rows, asked)
                if not any(_covers(row, tick) for row in strong):
                    told[tick] = _reason(tables, asked, use, bit, strong, weak, tick)
            found += [(use.use_id, start, stop, fact, *why) for start, stop, *why in _runs(told)]
    return sorted(found, key=lambda row: (row[0], row[1], row[3]))


def _standing(rows: Iterable[Any], asked: Asked) -> tuple[list[Any], list[Any]]:
    """The current rows that cover something, known well enough, and the others."""
    usable = [
        r for r in rows if r.valid_from is not None and (r.valid_to is None or r.valid_from < r.valid_to)
    ]
    current = [row for row in usable if _is_current(row, asked.known_at)]
    strong = [row for row in current if STRENGTH[row.known_by] >= asked.least_known]
    return strong, [row for row in current if row not in strong]


_EMPTY = {
    1: {"end_user_id": "end_user", "tenant_id": "tenant"},
    2: {"path_id": "path", "end_user_id": "end_user", "tenant_id": "tenant"},
    4: {"site_id": "site", "device_id": "device"},
    8: {"end_user_id": "end_user", "item_class": "classification", "site_id": "site"},
}


def _reason(  # noqa: PLR0917 - everything that an instant can be asked
    tables: Tables, asked: Asked, use: Any, bit: int, strong: Sequence[Any], weak: Sequence[Any], tick: int
) -> tuple[str, str | None]:
    """The first of: an empty column, weaker evidence, another site, another time, something near."""
    for column, part in _EMPTY[bit].items():
        if getattr(use, column) is None:
            return part, None
    if any(_covers(row, tick) for row in weak):
        return "weaker", None
    at = {row.site_id for row in _near(tables.custody, asked, 2, tick, device_id=use.device_id)}
    if bit == 4 and at:
        return "elsewhere", " ".join(sorted(at))
    timing = (any(row.valid_from < tick for row in strong), any(row.valid_from > tick for row in strong))
    if any(timing):
        return {(True, True): "lapsed", (True, False): "expired", (False, True): "not_begun"}[timing], None
    return _basis(tables, asked, use, tick) if bit == 8 else _other(tables, asked, use, bit, tick)


def _basis(tables: Tables, asked: Asked, use: Any, tick: int) -> tuple[str, str | None]:
    bases = _near(tables.authorization, asked, 2, tick, end_user_id=use.end_user_id)
    items = {row.authorization_id for row in tables.authorization_item if row.item_class == use.item_class}
    if any(basis.authorization_id in items for basis in bases):
        return "site", use.site_id
    return ("item", use.item_class) if bases else ("basis", None)


def _other(tables: Tables, asked: Asked, use: Any, bit: int, tick: int) -> tuple[str, str | None]:
    if bit == 1 and _near(tables.identity, asked, 2, tick, end_user_id=use.end_user_id):
        return "another_tenant", None
    if bit == 2 and _near(tables.access, asked, 3, tick, path_id=use.path_id):
        return "another_end_user", None
    return "none", None


def _near(rows: Iterable[Any], asked: Asked, width: int, tick: int, **same: Any) -> list[Any]:
    """The rows that count at an instant and have some columns of the key."""
    keyed = [row for row in rows if None not in row[:width]]
    alike = [row for row in keyed if all(getattr(row, name) == value for name, value in same.items())]
    return [row for row in _standing(alike, asked)[0] if _covers(row, tick)]
