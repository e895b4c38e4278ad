"""The tree over a group's rows: the shape of RFC 6962, computed whole, with inclusion paths."""

import hashlib
from collections.abc import Sequence

from kansa.ledger.tree import EMPTY_ROOT

_sha256 = hashlib.sha256


def row_leaf(data: bytes) -> bytes:
    """Return SHA-256(0x00 ‖ row)."""
    return _sha256(b"\x00" + data).digest()


def row_leaves(rows: Sequence[bytes]) -> list[bytes]:
    """Return the leaves of many rows."""
    return [_sha256(b"\x00" + row).digest() for row in rows]


def inner(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 ‖ left ‖ right)."""
    return _sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes (RFC 6962, 2.1): pairs level by level, an odd last node moves up."""
    if not leaves:
        return EMPTY_ROOT
    level: Sequence[bytes] = leaves
    while len(level) > 1:
        above = [_sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        if len(level) & 1:
            above.append(level[-1])
        level = above
    return level[0]


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the inclusion path of a leaf, from its sibling upward; `ledger.proof.verify_inclusion` reads it."""
    found = []
    level: Sequence[bytes] = leaves
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            found.append(level[sibling])
        above = [_sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        if len(level) & 1:
            above.append(level[-1])
        level, index = above, index >> 1
    return found
