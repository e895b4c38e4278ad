"""The country of an address, from a table that the operator supplies: a MaxMind DB, or CSV of networks."""

import csv
import ipaddress
from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from kansa.errors import BadInput, Problem

Country = Callable[[str], str | None]
"""Returns the ISO 3166-1 alpha-2 code of an address; None where the table has none."""

MAX_ROWS = 5_000_000


def no_country(_address: str) -> str | None:
    """Tell nothing: no table was supplied."""
    return None


def read_countries(path: Path) -> Country:
    """Return the look-up of a table.

    Raises:
        BadInput: `access.countries`, if it is no MaxMind DB and no CSV of `network,country`, with every wrong row.
    """
    if path.suffix.lower() == ".mmdb":
        return _database(path)
    return _networks(path)


def _database(path: Path) -> Country:
    import maxminddb  # noqa: PLC0415 - only where such a table is supplied

    try:
        database = maxminddb.open_database(path)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        raise BadInput("access.countries", f"`{path}` cannot be read as a MaxMind DB: {error}") from error

    @lru_cache(maxsize=65_536)
    def found(address: str) -> str | None:
        try:
            told = database.get(address)
        except ValueError:
            return None
        country = told.get("country") if isinstance(told, dict) else None
        code = country.get("iso_code") if isinstance(country, dict) else None
        return code if isinstance(code, str) else None

    return found


def _networks(path: Path) -> Country:
    starts: dict[int, list[tuple[int, int, str]]] = {4: [], 6: []}
    problems = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for number, row in enumerate(csv.reader(stream), start=1):
                if number > MAX_ROWS:
                    raise BadInput("access.countries", f"`{path}` has more than {MAX_ROWS:,} rows")
                if not row or row[0].startswith("#") or (number == 1 and row[0].strip() == "network"):
                    continue
                try:
                    network = ipaddress.ip_network(row[0].strip())
                    code = row[1].strip().upper()
                    if len(code) != 2 or not code.isascii() or not code.isalpha():
                        raise ValueError(f"`{row[1]}` is no country (ISO 3166-1 alpha-2)")  # noqa: TRY301 - one place says what is wrong with a row
                except (ValueError, IndexError) as error:
                    problems.append(Problem("access.countries", str(error), str(path), number))
                    continue
                bounds = int(network.network_address), int(network.broadcast_address)
                starts[network.version].append((*bounds, code))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput("access.countries", f"`{path}` cannot be read: {error}") from error
    if problems:
        raise BadInput(
            "access.countries",
            f"the table of countries `{path}` cannot be used",
            problems=problems,
            help="CSV with `network,country`, for example `203.0.113.0/24,JP`",
        )
    return _lookup({version: _apart(found) for version, found in starts.items()})


def _apart(found: list[tuple[int, int, str]]) -> tuple[list[int], list[str | None]]:
    """Return where each stretch of addresses begins, and its country: a smaller network counts before the one around it."""
    edges: list[int] = []
    codes: list[str | None] = []
    open_: list[tuple[int, str]] = []  # ends and countries of the networks around, innermost last

    def begin(at: int, code: str | None) -> None:
        if edges and edges[-1] == at:
            codes[-1] = code
        else:
            edges.append(at)
            codes.append(code)

    def close(before: int | None) -> None:
        while open_ and (before is None or open_[-1][0] < before):
            end, _ = open_.pop()
            begin(end + 1, open_[-1][1] if open_ else None)

    for start, end, code in sorted(found, key=lambda each: (each[0], -each[1])):
        close(start)
        begin(start, code)
        open_.append((end, code))
    close(None)
    return edges, codes


def _lookup(tables: dict[int, tuple[list[int], list[str | None]]]) -> Country:
    @lru_cache(maxsize=65_536)
    def found(address: str) -> str | None:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return None
        edges, codes = tables[parsed.version]
        at = bisect_right(edges, int(parsed)) - 1
        return codes[at] if at >= 0 else None

    return found
