"""Erasing a keeper's values from a segment: what is encrypted, and the fingerprints by which it could be guessed.

The keeper's key is destroyed by the value store, so that copies of the file elsewhere hold nothing that can be read.
Rows, roots and proofs stay as they are: neither blobs nor fingerprints are committed.
"""

from typing import NamedTuple

import pyarrow as pa

from kansa.evidence import versions
from kansa.evidence.entry import Committed
from kansa.evidence.reader import FindKey, groups, sealed_runs
from kansa.evidence.versions import ERASED
from kansa.evidence.writer import VALUES, Run, sync


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
