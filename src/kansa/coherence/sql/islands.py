# ruff: noqa: S608 - the SQL is put together from names and numbers of this package, never from what a user gave
"""Intervals that touch or overlap joined into the disjoint, separate ones that cover the same instants, as SQL."""


def merged(key: str, spans: str) -> str:
    """Return `(key, low, high)` of the islands of each key in the query `spans` of `(key, low, high)`; empty spans are nothing.

    Starts are made unique before windows are laid over them: of rows that tie, one window may see another order than
    the next, and then islands are wrong, at scale only (`stages`).
    """
    return f"""
        WITH start AS (SELECT {key}, low, MAX(high) AS high FROM ({spans}) AS s WHERE low < high GROUP BY {key}, low),
        reach AS (SELECT {key}, low, high, MAX(high) OVER (
            PARTITION BY {key} ORDER BY low ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached FROM start),
        island AS (SELECT {key}, low, high, SUM(CASE WHEN reached >= low THEN 0 ELSE 1 END) OVER (
            PARTITION BY {key} ORDER BY low ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS island FROM reach)
        SELECT {key}, MIN(low) AS low, MAX(high) AS high FROM island GROUP BY {key}, island"""
