"""Rows of uses that a test names one by one."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from evidence.bulk_rows import subject
from kansa.evidence.schema import USE

NAMES = (
    "subject",
    *(each.name for each in USE.columns if each.name not in ("corrects", "withdrawn")),
    *USE.sealed,
)
_TYPES = {"subjects": pa.list_(pa.string()), "instant": pa.int64(), "integer": pa.int64()}
TYPES = {each.name: _TYPES.get(each.kind, pa.string()) for each in USE.columns}


def row(job: int, start: int, **given: Any) -> dict[str, Any]:
    """Return a row: a job of tenant 1 on node 1, still running, unless it says otherwise."""
    known = {
        "subject": subject("pty", 1),
        "workload": subject("wkl", job + 10**9),
        "start": start,
        "units": [subject("nod", 1)],
        "known_by": "measured",
        "job_id": str(job),
        "account": "acct",
        "user": f"user {job}",
    }
    return {**dict.fromkeys(NAMES), **known, **given}


def rows(each: Iterable[dict[str, Any]]) -> pa.Table:
    """Return rows as a table that an intake takes."""
    listed = list(each)
    return pa.table(
        {name: pa.array([row[name] for row in listed], TYPES.get(name, pa.string())) for name in NAMES}
    )
