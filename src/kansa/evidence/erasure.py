"""Erasing a keeper's values from a segment: what is encrypted, and the fingerprints by which it could be guessed.

The keeper's key is destroyed by the value store, so that copies of the file elsewhere hold nothing that can be read.
Rows, roots and proofs stay as they are: neither blobs nor fingerprints are committed.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from kansa.evidence import seal, versions
from kansa.evidence.entry import Committed
from kansa.evidence.group import SealedRun
from kansa.evidence.reader import FindKey, Group, groups, sealed_runs
from kansa.evidence.versions import ERASED
from kansa.evidence.writer import VALUES, Run, sync

ERASED_LEAVES = "erased.parquet"
"""The sealed leaves of rows whose values were erased, by row; local, never committed."""


class Kept(NamedTuple):
    """What a segment has of a keeper: its runs with the number of their first row, and how many rows they are."""

    runs: tuple[tuple[int, Run], ...]
    rows: int


def kept_by(segment: Committed, keeper: str) -> Kept:
    """Return what a segment has of a keeper.

    Raises:
        BrokenVault: `segment.damaged`, if its groups cannot be read.
    """
    found = []
    for each in groups(segment.segment):
        first = each.first
        for run in each.runs:
            if run.keeper == keeper:
                found.append((first, run))
            first += run.rows
    return Kept(tuple(found), sum(run.rows for _, run in found))


def texts_of(segment: Committed, keeper: str, keeper_key: FindKey) -> set[tuple[str, str]]:
    """Return the keeper's sealed values that can still be read, each as (field, text).

    Raises:
        BrokenVault: `segment.values`, if they are damaged.
    """
    own = {keeper: keeper_key(keeper)}
    return {
        (name, text)
        for each in groups(segment.segment)
        if any(run.keeper == keeper for run in each.runs)
        for run in sealed_runs(segment.segment, each, own.get)
        for row in run.values or ()
        for name, text in zip(segment.segment.schema.sealed, row, strict=True)
        if text is not None
    }


def keep_leaves(segment: Committed, kept: Kept, keeper_key: FindKey) -> None:
    """Keep the sealed leaves of a keeper's rows, before its key is destroyed; durable on return.

    They are digests over random salts that go with the key, so nothing can be guessed from them, and without them nobody
    could show any more that the values of the group's other keepers are those that were sealed.
    """
    wanted = {first for first, _ in kept.runs}
    leaves = _kept_leaves(segment)
    for each in groups(segment.segment):
        first = each.first
        for run, opened in zip(each.runs, _opened(segment, each, wanted, keeper_key), strict=True):
            if opened is not None and opened.values is not None and opened.salts_key is not None:
                own = seal.leaves(opened.salts_key, opened.values)
                leaves.update(zip(range(first, first + run.rows), own, strict=True))
            first += run.rows
    if not leaves:
        return
    rows = sorted(leaves)
    table = pa.table(
        {"row": pa.array(rows, pa.int64()), "leaf": pa.array([leaves[row] for row in rows], pa.binary(32))}
    )
    path = segment.segment.folder / ERASED_LEAVES
    beside = path.with_name(f"{path.name}.new")
    pq.write_table(table, beside)
    beside.chmod(0o600)
    sync(beside)
    beside.replace(path)
    sync(path.parent)


def sealed_leaves(segment: Committed, each: Group, runs: Sequence[SealedRun]) -> list[bytes] | None:
    """Return every sealed leaf of a group, of erased values those that were kept; None where some are not known."""
    erased: dict[int, bytes] | None = None
    found: list[bytes] = []
    first = each.first
    for run in runs:
        if run.salts_key is not None and run.values is not None:
            found += seal.leaves(run.salts_key, run.values)
        else:
            erased = _kept_leaves(segment) if erased is None else erased
            kept = [erased[row] for row in range(first, first + run.rows) if row in erased]
            if len(kept) != run.rows:
                return None
            found += kept
        first += run.rows
    return found


def _opened(segment: Committed, each: Group, wanted: set[int], keeper_key: FindKey) -> list[SealedRun | None]:
    first, asked = each.first, []
    for run in each.runs:
        asked.append(first in wanted)
        first += run.rows
    if not any(asked):
        return [None] * len(asked)
    runs = sealed_runs(segment.segment, each, keeper_key)
    return [run if own else None for run, own in zip(runs, asked, strict=True)]


def _kept_leaves(segment: Committed) -> dict[int, bytes]:
    try:
        table = pq.read_table(segment.segment.folder / ERASED_LEAVES)
    except FileNotFoundError:
        return {}
    return dict(zip(table.column("row").to_pylist(), table.column("leaf").to_pylist(), strict=True))


def overwrite(segment: Committed, kept: Kept) -> bool:
    """Overwrite a keeper's blobs and fingerprints with zeros; durable on return. Tells whether any blob was left."""
    path, left = segment.segment.folder / VALUES, False
    with path.open("r+b") as stream:
        for _, run in kept.runs:
            stream.seek(run.offset)
            left |= any(stream.read(run.length))
            stream.seek(run.offset)
            stream.write(bytes(run.length))
    sync(path)
    marks = versions.fingerprints(segment)
    if marks is not None:
        values = marks.column("fingerprint").to_pylist()
        for first, run in kept.runs:
            values[first : first + run.rows] = [ERASED] * run.rows
        versions.store(segment, pa.table({"fingerprint": pa.array(values, pa.int64())}))
    return left
