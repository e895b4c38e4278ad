# ruff: noqa: S608 - the SQL is put together from names and numbers of this package, never from what a user gave
"""The device-time balance as ordered SQL, for inventories that plain Python would hold for too long (`balance`).

Reads `held` uses and `installed_row(device_id, node_id, site_id, valid_from, valid_to)`,
`window_row(scope_id, valid_from, valid_to, source)`; gives `share(node_id, site_id, installed, used, observed)`,
`device_share(device_id, installed, used, shared, observed)` if it is asked for, and
`source_share(source, windows, first_at, last_at, observed)` and `not_installed(micros)`, all in device microseconds. The rules are those of
`balance`, and so are the answers.

Three things keep it from sorting millions of rows more than once. Uses of one device seldom overlap: where none do,
their times add up as they are. Places that the same scopes look at share one *view*, and windows are joined a view.
Only where a use holds a node without naming its devices does the state of single devices matter from change to change.
"""

from collections.abc import Iterator

from kansa.coherence.facts import OPEN
from kansa.coherence.sql.islands import merged
from kansa.coherence.sql.stages import Stage

_OBSERVED = 1
_NAMED = 2


def balance_stages(start: int, end: int, *, by_device: bool, sources: int) -> Iterator[Stage]:
    """Yield all stages in order, for the period `[start, end)`; `sources` is how many have closed a window."""
    yield Stage("inventory", _inventory(start, end))
    yield Stage("closed", merged("scope_id", _closed("scope_id")))
    yield Stage("told", _PLACED_ONCE)
    yield Stage("view", _VIEWS)
    yield Stage("place", _PLACES)
    yield Stage("seen", merged("view", _seen("closed")))
    yield Stage("named_use", _NAMED_USES, stored=False)
    yield Stage("doubled", _DOUBLED)
    yield Stage("joined", merged("device_id", _OF_DOUBLED))
    yield Stage("named", _NAMED_TIMES, stored=False)
    yield Stage("loose", _loose(start, end))
    yield Stage("free", _FREE)
    yield Stage("filled", _FILLED)
    yield Stage("place_share", _PLACE_SHARES)
    yield Stage("share", _SHARES)
    if by_device:
        yield Stage("node_state", _NODE_STATES)
        yield Stage("device_share", _DEVICE_SHARES)
    if sources > 1:  # what a single source has observed is all that is observed
        yield Stage("source_closed", merged("source, scope_id", _closed("source, scope_id")))
        yield Stage("source_seen", merged("source, view", _seen("source_closed", "source")))
    yield Stage("not_installed", _not_installed(start, end))
    yield Stage("source_share", _source_shares(several=sources > 1))


_CLOSED = "scope_id IS NOT NULL AND valid_from < valid_to"


def _closed(key: str) -> str:
    return f"SELECT {key}, valid_from AS low, valid_to AS high FROM window_row WHERE {_CLOSED}"


def _inventory(start: int, end: int) -> str:
    """Return the usable rows that touch the period, clipped to it."""
    return f"""
        SELECT device_id, node_id, site_id, valid_from, CASE WHEN valid_to IS NULL THEN {OPEN} ELSE valid_to END AS valid_to,
               GREATEST(valid_from, {start}) AS low, CASE WHEN valid_to < {end} THEN valid_to ELSE {end} END AS high
        FROM installed_row
        WHERE device_id IS NOT NULL AND valid_from < {end} AND {start} < {end}
          AND (valid_to IS NULL OR valid_from < valid_to AND valid_to > {start})"""


# Where a device has one row there is nothing to decide, and most devices have one. Each place with those scopes of
# its own that have windows at all.
_PLACED_ONCE = """
        WITH several AS (SELECT device_id FROM inventory GROUP BY device_id HAVING COUNT(*) > 1),
        crowded AS (SELECT i.* FROM inventory AS i JOIN several AS s ON s.device_id = i.device_id),
        cut AS (SELECT device_id, low AS moment FROM crowded UNION SELECT device_id, high FROM crowded),
        between AS (SELECT device_id, moment AS low, LEAD(moment) OVER (PARTITION BY device_id ORDER BY moment) AS high FROM cut),
        ranked AS (SELECT c.device_id, c.node_id, c.site_id, b.low, b.high, ROW_NUMBER() OVER (
            PARTITION BY c.device_id, b.low ORDER BY c.valid_from DESC, c.valid_to DESC,
                c.node_id DESC NULLS LAST, c.site_id DESC NULLS LAST) AS place
            FROM between AS b JOIN crowded AS c ON c.device_id = b.device_id AND c.low <= b.low AND b.high <= c.high),
        one AS (SELECT device_id, node_id, site_id, low, high FROM ranked WHERE place = 1
            UNION ALL SELECT i.device_id, i.node_id, i.site_id, i.low, i.high FROM inventory AS i
            LEFT JOIN several AS s ON s.device_id = i.device_id WHERE s.device_id IS NULL),
        scope AS (SELECT DISTINCT scope_id FROM closed)
        SELECT o.*, s.scope_id AS by_site, n.scope_id AS by_node, d.scope_id AS by_device
        FROM one AS o LEFT JOIN scope AS s ON s.scope_id = o.site_id
        LEFT JOIN scope AS n ON n.scope_id = o.node_id LEFT JOIN scope AS d ON d.scope_id = o.device_id"""

_VIEWS = """
        SELECT ROW_NUMBER() OVER () AS view, by_site, by_node, by_device
        FROM (SELECT DISTINCT by_site, by_node, by_device FROM told) AS t"""

_PLACES = """
        SELECT ROW_NUMBER() OVER () AS place, t.device_id, t.node_id, t.site_id, t.low, t.high, v.view
        FROM told AS t JOIN view AS v ON v.by_site IS NOT DISTINCT FROM t.by_site
            AND v.by_node IS NOT DISTINCT FROM t.by_node AND v.by_device IS NOT DISTINCT FROM t.by_device"""


def _seen(closed: str, *by: str) -> str:
    """Return what a view sees: windows of the site, the node and the device."""
    told = "".join(f"c.{column}, " for column in by)
    return " UNION ALL ".join(
        f"SELECT {told}v.view, c.low, c.high FROM view AS v JOIN {closed} AS c ON c.scope_id = v.{scope}"
        for scope in ("by_site", "by_node", "by_device")
    )


_NAMED_USES = "SELECT device_id, start_at AS low, end_at AS high FROM held"

# Whose uses overlap anywhere has two, one after the other by start, that overlap.
_DOUBLED = """
        SELECT DISTINCT device_id FROM (
            SELECT device_id, low, LAG(high) OVER (PARTITION BY device_id ORDER BY low) AS before FROM named_use
            WHERE device_id IN (SELECT device_id FROM inventory)) AS u
        WHERE before > low"""

_OF_DOUBLED = (
    "SELECT u.device_id, u.low, u.high FROM named_use AS u JOIN doubled AS d ON d.device_id = u.device_id"
)

_NAMED_TIMES = """
        SELECT u.device_id, u.low, u.high FROM named_use AS u
        LEFT JOIN doubled AS d ON d.device_id = u.device_id WHERE d.device_id IS NULL
        UNION ALL SELECT device_id, low, high FROM joined"""


def _loose(start: int, end: int) -> str:
    """Uses of a node that say how many of its devices they hold and not which, clipped to the period."""
    return f"""
        SELECT h.device_id AS node_id, GREATEST(h.start_at, {start}) AS low, LEAST(h.end_at, {end}) AS high, h.weight
        FROM held AS h
        JOIN (SELECT DISTINCT node_id FROM place WHERE node_id IS NOT NULL) AS n ON n.node_id = h.device_id
        LEFT JOIN (SELECT DISTINCT device_id FROM installed_row WHERE valid_from < valid_to OR valid_to IS NULL AND valid_from IS NOT NULL)
          AS d ON d.device_id = h.device_id
        WHERE d.device_id IS NULL AND h.start_at < {end} AND h.end_at > {start}"""


# Where devices of nodes with uses of their own are observed and not used by name.
_FREE = f"""
        WITH near AS (SELECT p.* FROM place AS p JOIN (SELECT DISTINCT node_id FROM loose) AS n ON n.node_id = p.node_id),
        span AS (SELECT p.place, {_OBSERVED} AS bit, GREATEST(p.low, s.low) AS low, LEAST(p.high, s.high) AS high
                 FROM near AS p JOIN seen AS s ON s.view = p.view AND s.low < p.high AND s.high > p.low
                 UNION ALL
                 SELECT p.place, {_NAMED}, GREATEST(p.low, n.low), LEAST(p.high, n.high)
                 FROM near AS p JOIN named AS n ON n.device_id = p.device_id AND n.low < p.high AND n.high > p.low),
        event AS (SELECT place, low AS moment, bit AS change FROM span UNION ALL SELECT place, high, -bit FROM span),
        step AS (SELECT place, moment, CAST(SUM(change) AS BIGINT) AS change FROM event GROUP BY place, moment),
        state AS (SELECT place, moment AS low, LEAD(moment) OVER (PARTITION BY place ORDER BY moment) AS high,
            CAST(SUM(change) OVER (PARTITION BY place ORDER BY moment
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS bits FROM step)
        SELECT p.device_id, p.node_id, p.site_id, s.low, s.high
        FROM state AS s JOIN near AS p ON p.place = s.place WHERE s.high IS NOT NULL AND s.bits = {_OBSERVED}"""

# A node's own uses fill its free devices site by site, in order of site.
_FILLED = """
        WITH site AS (SELECT node_id, site_id, ROW_NUMBER() OVER (PARTITION BY node_id ORDER BY site_id NULLS LAST) AS turn
                 FROM (SELECT DISTINCT node_id, site_id FROM free) AS d),
        event AS (SELECT f.node_id, s.turn, f.low AS moment, 1 AS devices, 0 AS weight FROM free AS f
                  JOIN site AS s ON s.node_id = f.node_id AND s.site_id IS NOT DISTINCT FROM f.site_id
                  UNION ALL SELECT f.node_id, s.turn, f.high, -1, 0 FROM free AS f
                  JOIN site AS s ON s.node_id = f.node_id AND s.site_id IS NOT DISTINCT FROM f.site_id
                  UNION ALL SELECT s.node_id, s.turn, l.low, 0, l.weight FROM loose AS l JOIN site AS s ON s.node_id = l.node_id
                  UNION ALL SELECT s.node_id, s.turn, l.high, 0, -l.weight FROM loose AS l JOIN site AS s ON s.node_id = l.node_id),
        moments AS (SELECT DISTINCT node_id, moment FROM event),
        step AS (SELECT s.node_id, s.turn, m.moment, 0 AS devices, 0 AS weight FROM moments AS m JOIN site AS s ON s.node_id = m.node_id
                 UNION ALL SELECT node_id, turn, moment, devices, weight FROM event),
        summed AS (SELECT node_id, turn, moment, SUM(devices) AS devices, SUM(weight) AS weight FROM step
                   GROUP BY node_id, turn, moment),
        state AS (SELECT node_id, turn, moment, LEAD(moment) OVER (PARTITION BY node_id, turn ORDER BY moment) AS next_at,
            SUM(devices) OVER (PARTITION BY node_id, turn ORDER BY moment
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS devices,
            SUM(weight) OVER (PARTITION BY node_id, turn ORDER BY moment
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS weight FROM summed),
        asked AS (SELECT node_id, turn, moment, next_at, devices, weight, SUM(devices) OVER (
            PARTITION BY node_id, moment ORDER BY turn ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS upto
            FROM state WHERE next_at IS NOT NULL)
        SELECT s.node_id, s.site_id, SUM((a.next_at - a.moment) * GREATEST(0, LEAST(a.devices, a.weight - (a.upto - a.devices)))) AS used
        FROM asked AS a JOIN site AS s ON s.node_id = a.node_id AND s.turn = a.turn GROUP BY s.node_id, s.site_id"""

# Uses of a device do not overlap, nor does what its view sees, so times that are both simply add up.
_PLACE_SHARES = """
        WITH time AS (
            SELECT p.place, 0 AS used, LEAST(p.high, s.high) - GREATEST(p.low, s.low) AS observed
            FROM place AS p JOIN seen AS s ON s.view = p.view AND s.low < p.high AND s.high > p.low
            UNION ALL
            SELECT p.place, LEAST(p.high, s.high, n.high) - GREATEST(p.low, s.low, n.low), 0
            FROM named AS n JOIN place AS p ON p.device_id = n.device_id AND n.low < p.high AND n.high > p.low
            JOIN seen AS s ON s.view = p.view AND s.low < p.high AND s.high > p.low AND s.low < n.high AND s.high > n.low),
        summed AS (SELECT place, SUM(used) AS used, SUM(observed) AS observed FROM time GROUP BY place)
        SELECT p.device_id, p.node_id, p.site_id, p.high - p.low AS installed,
               CASE WHEN s.used IS NULL THEN 0 ELSE CAST(s.used AS BIGINT) END AS used,
               CASE WHEN s.observed IS NULL THEN 0 ELSE CAST(s.observed AS BIGINT) END AS observed
        FROM place AS p LEFT JOIN summed AS s ON s.place = p.place"""

_SHARES = """
        WITH told AS (SELECT node_id, site_id, installed, used, observed FROM place_share
            UNION ALL SELECT node_id, site_id, 0, used, 0 FROM filled)
        SELECT node_id, site_id, SUM(installed) AS installed, SUM(used) AS used, SUM(observed) AS observed
        FROM told GROUP BY node_id, site_id"""

# How many devices of a node were free, and how many of them its uses held, from one change to the next.
_NODE_STATES = """
        WITH event AS (SELECT node_id, low AS moment, 1 AS free, 0 AS weight FROM free
                  UNION ALL SELECT node_id, high, -1, 0 FROM free
                  UNION ALL SELECT node_id, low, 0, weight FROM loose UNION ALL SELECT node_id, high, 0, -weight FROM loose),
        step AS (SELECT node_id, moment, SUM(free) AS free, SUM(weight) AS weight FROM event GROUP BY node_id, moment),
        state AS (SELECT node_id, moment AS low, LEAD(moment) OVER (PARTITION BY node_id ORDER BY moment) AS high,
            SUM(free) OVER (PARTITION BY node_id ORDER BY moment ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS free,
            SUM(weight) OVER (PARTITION BY node_id ORDER BY moment ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS weight
            FROM step)
        SELECT node_id, low, high, weight >= free AS sated FROM state WHERE high IS NOT NULL AND free > 0 AND weight > 0"""

_DEVICE_SHARES = """
        WITH held AS (
            SELECT f.device_id, n.sated, LEAST(f.high, n.high) - GREATEST(f.low, n.low) AS time
            FROM free AS f JOIN node_state AS n ON n.node_id = f.node_id AND n.low < f.high AND n.high > f.low),
        told AS (SELECT device_id, installed, used, 0 AS shared, observed FROM place_share
            UNION ALL SELECT device_id, 0, CASE WHEN sated THEN time ELSE 0 END, CASE WHEN sated THEN 0 ELSE time END, 0 FROM held)
        SELECT device_id, SUM(installed) AS installed, SUM(used) AS used, SUM(shared) AS shared, SUM(observed) AS observed
        FROM told GROUP BY device_id"""


def _not_installed(start: int, end: int) -> str:
    """Use of units that are in no usable row of the inventory, whenever that holds."""
    usable = (
        "valid_from IS NOT NULL AND (valid_to IS NULL OR valid_from < valid_to) AND device_id IS NOT NULL"
    )
    return f"""
        SELECT SUM(h.weight * (LEAST(h.end_at, {end}) - GREATEST(h.start_at, {start}))) AS micros FROM held AS h
        LEFT JOIN (SELECT DISTINCT device_id FROM installed_row WHERE {usable}) AS d ON d.device_id = h.device_id
        LEFT JOIN (SELECT DISTINCT node_id FROM installed_row WHERE {usable}) AS n ON n.node_id = h.device_id
        WHERE d.device_id IS NULL AND n.node_id IS NULL AND h.start_at < {end} AND h.end_at > {start}"""


def _source_shares(*, several: bool) -> str:
    """Return the windows of each source, and the time of installed devices that they cover; what two cover counts for both."""
    observed, same = "SELECT NULL AS source, SUM(observed) AS observed FROM share", "TRUE"
    if several:
        observed = """
            SELECT s.source, SUM(LEAST(p.high, s.high) - GREATEST(p.low, s.low)) AS observed
            FROM place AS p JOIN source_seen AS s ON s.view = p.view AND s.low < p.high AND s.high > p.low
            GROUP BY s.source"""
        same = "(o.source = w.source OR o.source IS NULL AND w.source IS NULL)"
    return f"""
        SELECT w.source, w.windows, w.first_at, w.last_at, CASE WHEN o.observed IS NULL THEN 0 ELSE o.observed END AS observed
        FROM (SELECT source, COUNT(*) AS windows, MIN(valid_from) AS first_at, MAX(valid_to) AS last_at
              FROM window_row WHERE {_CLOSED} GROUP BY source) AS w
        LEFT JOIN ({observed}) AS o ON {same}"""
