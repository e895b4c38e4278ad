"""Groups of a segment: one subject's rows in one order, as a tree with its count, and what shows them to others.

The header `[order, subject, rows, rows root, sealed root]` is the value of the subject's leaf in the order's trie. A
group shown whole leaves nothing of the subject out; a row shown alone carries its paths; absence is a proof as well.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import pairwise
from typing import NamedTuple

import msgspec

from kansa.evidence import seal, tree, trie
from kansa.evidence.schema import Row, Schema
from kansa.ledger.proof import verify_inclusion
from kansa.ledger.strict import to_base64
from kansa.ledger.tree import EMPTY_ROOT

TENANT = "tenant"
UNIT = "unit"


class Header(NamedTuple):
    """What the trie commits to of a group; roots are 32 bytes. The subject of rows that nobody is known for is empty."""

    order: str
    subject: str
    rows: int
    rows_root: bytes
    sealed_root: bytes

    def encode(self) -> bytes:
        """Return the canonical bytes: a JSON array, the roots in base64."""
        return msgspec.json.encode(
            [self.order, self.subject, self.rows, to_base64(self.rows_root), to_base64(self.sealed_root)]
        )

    @property
    def leaf(self) -> trie.Leaf:
        """The group's leaf in the trie of its order."""
        return trie.Leaf(trie.key_of(self.order, self.subject), sha256(self.encode()).digest())


class Commitment(NamedTuple):
    """What a ledger entry says of one order of a segment: how many groups and rows, and the trie's root."""

    by: str
    groups: int
    rows: int
    root: bytes


class Shown(NamedTuple):
    """A group as it is shown: what its segment commits to, the hull of the segment's instants, header and proof."""

    commitment: Commitment
    hull: tuple[int, int]
    header: Header
    proof: trie.Proof


class SealedRun(NamedTuple):
    """The sealed values of consecutive rows under one key of salts; None where they are not shown."""

    rows: int
    salts_key: bytes | None = None
    values: Sequence[seal.Values] | None = None


class RefusedGroupError(ValueError):
    """What is shown of a group does not stand in the segment; says where and why."""


def header_of(order: str, subject: str, rows: Sequence[bytes], sealed_leaves: Sequence[bytes] = ()) -> Header:
    """Return the header over rows (canonical bytes, in order) and their sealed leaves, which may be none."""
    return Header(
        order, subject, len(rows), tree.root([tree.row_leaf(row) for row in rows]), tree.root(sealed_leaves)
    )


def open_group(schema: Schema, shown: Shown, rows: Sequence[bytes]) -> list[Row]:
    """Return the rows of a group shown whole, after checking that they are all of it and in their order.

    Raises:
        RefusedGroupError: says what does not hold and where.
    """
    check_header(shown.commitment, shown.header, shown.proof)
    if len(rows) != shown.header.rows:
        raise RefusedGroupError(f"{len(rows)} rows are shown of {shown.header.rows}")
    if tree.root([tree.row_leaf(row) for row in rows]) != shown.header.rows_root:
        raise RefusedGroupError("the rows are not those that the header commits to")
    found = list(_decoded(schema, shown.hull, rows))
    _check_order(schema, found)
    return found


def open_row(schema: Schema, shown: Shown, row: bytes, index: int, path: Sequence[bytes]) -> Row:
    """Return one row shown alone, after checking that it stands at `index` of its group.

    Raises:
        RefusedGroupError: says what does not hold.
    """
    check_header(shown.commitment, shown.header, shown.proof)
    if not verify_inclusion(index, shown.header.rows, tree.row_leaf(row), path, shown.header.rows_root):
        raise RefusedGroupError(f"row {index} does not stand in the group")
    return next(_decoded(schema, shown.hull, [row]))


def check_absence(commitment: Commitment, subject: str, proof: trie.Proof) -> None:
    """Check that a segment has no group of the subject.

    Raises:
        RefusedGroupError: the proof does not show it.
    """
    if not trie.holds(commitment.root, trie.key_of(commitment.by, subject), None, proof):
        raise RefusedGroupError("the proof does not show that the subject is absent")


def open_sealed(header: Header, runs: Sequence[SealedRun]) -> list[seal.Values]:
    """Return the sealed values of a whole group, run by run, after checking them against the header.

    Raises:
        RefusedGroupError: they are not those that were sealed.
    """
    leaves: list[bytes] = []
    found: list[seal.Values] = []
    for run in runs:
        if run.salts_key is None or run.values is None or len(run.values) != run.rows:
            raise RefusedGroupError("the sealed values of a run are not shown")
        leaves += seal.leaves(run.salts_key, run.values)
        found += run.values
    if tree.root(leaves) != header.sealed_root:
        raise RefusedGroupError("the sealed values are not those that the header commits to")
    return found


def open_sealed_row(
    header: Header, index: int, salt: bytes, values: seal.Values, path: Sequence[bytes]
) -> None:
    """Check one row's sealed values against the header of its group.

    Raises:
        RefusedGroupError: they are not those that were sealed.
    """
    leaf = seal.leaf(salt, values)
    if len(salt) != seal.SALT_BYTES or not verify_inclusion(
        index, header.rows, leaf, path, header.sealed_root
    ):
        raise RefusedGroupError(f"the sealed values of row {index} are not those that were sealed")


def check_header(commitment: Commitment, header: Header, proof: trie.Proof) -> None:
    """Check that a group stands in the trie of its order.

    Raises:
        RefusedGroupError: it does not, or says more rows than the whole segment has.
    """
    if header.order != commitment.by:
        raise RefusedGroupError(f"the group is ordered by `{header.order}`, the segment by `{commitment.by}`")
    if not 0 < header.rows <= commitment.rows:
        raise RefusedGroupError(f"a group of {header.rows} rows in a segment of {commitment.rows}")
    leaf = header.leaf
    if not trie.holds(commitment.root, leaf.key, leaf.value_hash, proof):
        raise RefusedGroupError("the group does not stand in the segment")


def commit(by: str, headers: Sequence[Header]) -> Commitment:
    """Return the commitment to all groups of one order.

    Raises:
        DuplicateKeyError: a subject has two groups.
    """
    built = trie.build(header.leaf for header in headers)
    return Commitment(by, len(headers), sum(header.rows for header in headers), built.root)


def unsealed(header: Header) -> bool:
    """Tell whether the group has no sealed values at all."""
    return header.sealed_root == EMPTY_ROOT


def _decoded(schema: Schema, hull: tuple[int, int], rows: Sequence[bytes]) -> Iterator[Row]:
    start, end = schema.index("start"), schema.index("end")
    for number, data in enumerate(rows):
        try:
            row = schema.decode(data, hull)
        except ValueError as error:
            raise RefusedGroupError(f"row {number} {error}") from error
        if row[end] is not None and row[end] < row[start]:
            raise RefusedGroupError(f"row {number} ends before it starts")
        yield row


def _check_order(schema: Schema, rows: Sequence[Row]) -> None:
    keys = [schema.sort_key(row) for row in rows]
    for number, (before, after) in enumerate(pairwise(keys)):
        if not before < after:
            raise RefusedGroupError(f"row {number + 1} does not follow row {number}")
