"""Worlds of realistic skew for benchmarks and large tests: one day of uses of accelerators, made by seeded SQL.

Six consecutive lognormal placements a day on every accelerator; 20,000 tenants after Zipf 1.05 15 % of them with two end
users, 200 sites after Zipf 0.8, the 50 largest tenants at all sites and the others at some; three item classes a site; a path per end user and mediator, 5 % of them open 22 hours a day; 10 % of the
accelerators moved in the past and 0.4 % during the day, 3 % attested again with overlapping or touching records,
0.08 % without custody; renewals of authorizations 2 % late, 30 % touching, the rest overlapping; 0.1 % of the uses
at a wrong site, 0.05 % through an unknown path. 4 % of the evidence was recorded late or never, 5 % has an earlier
version. Nearly 2 % of the uses have a gap. Sizes follow the number of uses. Beside lies an inventory with windows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

HOUR = 3_600_000_000
DAY = 24 * HOUR
DAWN = 20_000 * DAY  # 2024-10-04T00:00:00Z
PER_DEVICE = 6
SITES = 200
ITEMS = 12
SECOND = 0.15  # of the tenants have a second end user

_ID_COLUMNS = {
    "use": ("use_id", "device_id", "tenant_id", "end_user_id", "path_id", "item_class", "site_id"),
    "identity": ("tenant_id", "end_user_id"),
    "access": ("tenant_id", "end_user_id", "path_id"),
    "custody": ("device_id", "site_id"),
    "authorization": ("authorization_id", "end_user_id"),
    "authorization_item": ("authorization_id", "item_class"),
    "authorization_site": ("authorization_id", "site_id"),
}
_INVENTORY = {"installed": ("device_id", "node_id", "site_id"), "window": ("scope_id",)}
_PREFIX = {
    "item_class": "itm",
    "end_user_id": "pty",
    "path_id": "pth",
    "authorization_id": "aut",
    "scope_id": "sit",
}
_VERSIONED = ("identity", "access", "custody", "authorization")


@dataclass(frozen=True, slots=True)
class World:
    """How much of what: `known` adds how evidence is known, `text` writes 30-character ids instead of integers."""

    uses: int
    seed: int = 1
    known: bool = False
    text: bool = False

    @property
    def devices(self) -> int:
        """Accelerators, each with `PER_DEVICE` uses."""
        return max(1, self.uses // PER_DEVICE)

    @property
    def tenants(self) -> int:
        """At most 20,000, and few enough that each has some uses."""
        return max(2, min(20_000, self.uses // 50))


def write_world(world: World, directory: Path, *, threads: int = 2) -> None:
    """Write all required tables of the contract as Parquet files into a directory, the others into its `inventory/`."""
    (directory / "inventory").mkdir(parents=True, exist_ok=True)
    with duckdb.connect(config={"threads": threads, "preserve_insertion_order": False}) as connection:
        for name, function in _macros(world):
            connection.execute(f"CREATE MACRO {name} AS {function}")
        for name, sql in _tables(world):
            connection.execute(f"CREATE TABLE {name} AS {sql}")
        for name, ids in (_ID_COLUMNS | _INVENTORY).items():
            sql = _versioned(name, world) if name in _VERSIONED else f"SELECT * FROM {name}_made"
            order = " ORDER BY start" if name == "use" else ""
            if world.text:
                columns = ", ".join(f"{_text(column)} AS {column}" for column in ids)
                sql = f"SELECT {columns}, * EXCLUDE ({', '.join(ids)}) FROM ({sql})"
            target = directory / ("inventory" if name in _INVENTORY else "") / f"{name}.parquet"
            connection.execute(f"COPY ({sql}{order}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")


def _text(column: str) -> str:
    return f"'{_PREFIX.get(column, column[:3])}_' || substr(md5(CAST({column} AS VARCHAR)), 1, 26)"


def _macros(world: World) -> Iterator[tuple[str, str]]:
    """Chance as a pure function of seed, purpose and row, so that nothing depends on order or threads.

    Hashed twice: one hash of several values was seen to give streams that depend on each other.
    """
    yield (
        "chance(purpose, x)",
        f"(hash(xor(hash(x), hash(purpose || {world.seed}))) >> 11) / 9007199254740992.0",
    )
    yield "zipf(u, s, n)", "CAST(floor(pow((pow(n + 1.0, 1 - s) - 1) * u + 1, 1 / (1 - s))) AS BIGINT) - 1"
    yield "normal(p, x)", "sqrt(-2 * ln(1 - chance(p, x))) * cos(6.283185307179586 * chance(p || 'angle', x))"
    yield "hours(h)", f"CAST((h) * {HOUR} AS BIGINT)"


def _tables(world: World) -> Iterator[tuple[str, str]]:
    slots, locals_ = range(PER_DEVICE), min(SITES, world.tenants)
    held = [f"hours(LEAST(20, 2.6 * exp(0.8 * normal('held{k}', d)))) AS held{k}" for k in slots]
    idle = [f"hours(0.6 * chance('idle{k}', d)) AS idle{k}" for k in slots]
    begin = [" + ".join(["0", *(f"held{j} + idle{j}" for j in range(k)), f"idle{k}"]) for k in slots]
    end = [f"{begin[k]} + held{k}" for k in slots]
    yield (
        "device",
        f"""SELECT d, zipf(chance('site', d), 0.8, {SITES}) AS site,
            {DAWN} + hours(2 * chance('first', d)) AS dawn, {", ".join(held)}, {", ".join(idle)}
            FROM range({world.devices}) AS r(d)""",
    )
    yield (
        "placed",
        f"""SELECT d * {PER_DEVICE} + k AS n, d, site, (site * 5 + CAST(floor(3 * chance('item', d)) AS BIGINT)) % {ITEMS} AS item, dawn + b AS start, dawn + e AS "end" FROM (
            SELECT d, site, dawn, unnest([{", ".join(map(str, slots))}]) AS k, unnest([{", ".join(begin)}]) AS b,
                   unnest([{", ".join(end)}]) AS e FROM device) WHERE e > b""",
    )
    yield (
        "use_made",
        f"""SELECT n AS use_id, d AS device_id, t AS tenant_id, 2 * t + second AS end_user_id,
            CASE WHEN chance('stray', n) < 0.0005 THEN -1 ELSE 4 * t + 2 * second + CAST(chance('way', n) < 0.3 AS BIGINT) END AS path_id,
            item AS item_class, CASE WHEN chance('wrong', n) < 0.001 THEN (site + 1) % {SITES} ELSE site END AS site_id,
            start, "end", 1 AS weight
            FROM (SELECT *, CAST(chance('two', t) < {SECOND} AND chance('second', n) < 0.5 AS BIGINT) AS second FROM (
                  SELECT * EXCLUDE (rank), CASE WHEN rank < 50 OR chance('present', rank * {SITES} + site) < 0.02 THEN rank
                      ELSE site % {locals_} + {locals_} * zipf(chance('local', n), 1.05, {world.tenants} // {locals_}) END AS t
                  FROM (SELECT *, zipf(chance('tenant', n), 1.05, {world.tenants}) AS rank FROM placed)))""",
    )
    yield (
        "end_user",
        f"SELECT t, 2 * t + s AS e FROM range({world.tenants}) AS r(t), range(2) AS q(s) WHERE s = 0 OR chance('two', t) < {SECOND}",
    )
    yield (
        "identity_made",
        f"SELECT t AS tenant_id, e AS end_user_id, {_renewed('identity', 'e')} FROM end_user, range(2) AS q(part)",
    )
    yield (
        "access_made",
        f"""SELECT tenant_id, end_user_id, path_id, valid_from, valid_to FROM (
            SELECT t AS tenant_id, e AS end_user_id, 2 * e + w AS path_id, {_renewed("access", "2 * e + w")}
            FROM end_user, range(2) AS q(w), range(2) AS p(part)) WHERE chance('daily', path_id) >= 0.05
            UNION ALL SELECT t, e, 2 * e + w, {DAWN} + day * {DAY}, {DAWN} + day * {DAY} + 22 * {HOUR}
            FROM end_user, range(2) AS q(w), range(-20, 3) AS p(day) WHERE chance('daily', 2 * e + w) < 0.05""",
    )
    yield "custody_made", _custody()
    yield (
        "authorization_made",
        f"""SELECT 4 * e + 2 * second + part AS authorization_id, e AS end_user_id, {_renewed("authorization", "2 * e + second")}
            FROM end_user, range(2) AS q(second), range(2) AS p(part) WHERE second = 0 OR chance('other', e) < 0.15""",
    )
    yield (
        "authorization_item_made",
        f"""SELECT authorization_id, item AS item_class FROM authorization_made, range({ITEMS}) AS q(item)
            WHERE chance('item', end_user_id * {ITEMS} + item) >= 0.0001""",
    )
    yield (
        "authorization_site_made",
        f"""SELECT authorization_id, site AS site_id FROM authorization_made, range({SITES}) AS q(site)
            WHERE chance('place', end_user_id * {SITES} + site) >= 0.0003""",
    )
    # Nodes of eight; a scheduler closes a window of six hours at each site, 3 % are missing; a tenth has another source.
    yield (
        "installed_made",
        f"""SELECT d AS device_id, {10**10} + site * {10**7} + (row_number() OVER (PARTITION BY site ORDER BY d) - 1) // 8 AS node_id,
            site AS site_id, {DAWN} - 400 * {DAY} AS valid_from, CAST(NULL AS BIGINT) AS valid_to FROM device""",
    )
    yield (
        "window_made",
        f"""SELECT site AS scope_id, {DAWN} + q * {6 * HOUR} AS valid_from, {DAWN} + (q + 1) * {6 * HOUR} AS valid_to, 'slurm' AS source
            FROM range({SITES}) AS r(site), range(8) AS w(q) WHERE chance('window', site * 8 + q) >= 0.03
            UNION ALL SELECT site, {DAWN}, {DAWN + 2 * DAY}, 'bastion' FROM range({SITES}) AS r(site) WHERE site % 10 = 0""",
    )


def _renewed(purpose: str, key: str) -> str:
    """Two parts: the first ends at some time within a month of the day, the second begins late, touching or overlapping."""
    turn = f"{DAWN} + hours(24 * (chance('{purpose}turn', {key}) * 60 - 30))"
    second = f"""CASE WHEN chance('{purpose}how', {key}) < 0.02 THEN hours(1 + 70 * chance('{purpose}by', {key}))
        WHEN chance('{purpose}how', {key}) < 0.32 THEN 0 ELSE -hours(24 + 600 * chance('{purpose}by', {key})) END"""
    return f"""CASE WHEN part = 0 THEN {DAWN} - 400 * {DAY} ELSE {turn} + {second} END AS valid_from,
        CASE WHEN part = 0 THEN {turn} ELSE NULL END AS valid_to"""


def _custody() -> str:
    received = f"{DAWN} - hours(24 * (200 + 500 * chance('received', d)))"
    moved = f"{DAWN} - hours(24 * (10 + 100 * chance('moved', d)))"
    leaves = f"{DAWN} + hours(24 * chance('leaves', d))"
    seen = f"{DAWN} - hours(24 * (1 + 30 * chance('seen', d)))"
    attested = (
        f"CASE WHEN chance('touch', d) < 0.3 THEN {seen} ELSE {seen} + hours(240 * chance('over', d)) END"
    )
    return f"""
        SELECT d AS device_id, site AS site_id, {received} AS valid_from, NULL AS valid_to FROM device WHERE chance('fate', d) < 0.8652
        UNION ALL SELECT d, (site + 7) % {SITES}, {received}, {moved} FROM device WHERE chance('fate', d) BETWEEN 0.8652 AND 0.9652
        UNION ALL SELECT d, site, {moved} + hours(48), NULL FROM device WHERE chance('fate', d) BETWEEN 0.8652 AND 0.9652
        UNION ALL SELECT d, site, {received}, {leaves} FROM device WHERE chance('fate', d) BETWEEN 0.9652 AND 0.9692
        UNION ALL SELECT d, (site + 3) % {SITES}, {leaves} + hours(6 + 66 * chance('transit', d)), NULL
                  FROM device WHERE chance('fate', d) BETWEEN 0.9652 AND 0.9692
        UNION ALL SELECT d, site, {received}, {attested} FROM device WHERE chance('fate', d) BETWEEN 0.9692 AND 0.9992
        UNION ALL SELECT d, site, {seen}, NULL FROM device WHERE chance('fate', d) BETWEEN 0.9692 AND 0.9992"""


def _versioned(name: str, world: World) -> str:
    """When each row was recorded, an earlier version of some, and how it is known."""
    key = f"hash('{name}', {', '.join(_ID_COLUMNS[name])}, valid_from)"
    when = f"""CASE WHEN chance('record', {key}) < 0.96 THEN valid_from + hours(20 * chance('delay', {key}) - 10)
        WHEN chance('record', {key}) < 0.99 THEN valid_from + hours(24 + 240 * chance('delay', {key})) ELSE NULL END"""
    how = "CAST(4 * pow(chance('how', k), 0.3) + 1 AS INTEGER)"
    known = (
        f", ['inferred', 'declared', 'documented', 'measured', 'attested'][{how}] AS known_by"
        if world.known
        else ""
    )
    return f"""
        WITH told AS (SELECT *, {key} AS k, {when} AS recorded_at FROM {name}_made)
        SELECT * EXCLUDE (k), CAST(NULL AS BIGINT) AS superseded_at{known} FROM told
        UNION ALL
        SELECT * EXCLUDE (k, recorded_at, valid_to), valid_from + {DAY} AS valid_to, recorded_at - {HOUR}, recorded_at{known}
        FROM told WHERE chance('version', k) < 0.05 AND recorded_at IS NOT NULL"""
