"""The Merkle tree of RFC 6962 and RFC 9162 (SHA-256), as arithmetic on hashes.

Stored hashes stand in the order in which they become known: leaf i, then every inner node that it completes. A hash
once stored never changes, so a store only ever appends; `position` says where the node of a level stands. (The
numbering is that of the Go checksum database.) `Frontier` is all that appending needs to remember.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of the tree without leaves (RFC 6962, 2.1)."""

_SIZE_BYTES = 8


def leaf_hash(entry: bytes) -> bytes:
    """Return SHA-256(0x00 ‖ entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def position(level: int, index: int) -> int:
    """Return where the hash of the complete subtree over leaves `[index·2^level, (index+1)·2^level)` is stored."""
    completed_by = ((index + 1) << level) - 1
    return stored_hashes(completed_by) + level


def stored_hashes(size: int) -> int:
    """Return how many hashes are stored for a tree of this size: its leaves and its complete inner nodes."""
    return 2 * size - size.bit_count()


def peaks(size: int) -> list[tuple[int, int]]:
    """Return the complete subtrees that make up a tree, from left to right, as (level, index)."""
    found = []
    start = 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


def root_of(hashes: Iterable[bytes]) -> bytes:
    """Return the root over the peaks' hashes, given from left to right."""
    *rest, root = [*hashes] or [EMPTY_ROOT]
    for left in reversed(rest):
        root = node_hash(left, root)
    return root


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: its size and the hashes of its peaks, from left to right."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    @property
    def root(self) -> bytes:
        """The tree's root hash."""
        return root_of(self.hashes)

    def extended(self, leaves: Iterable[bytes]) -> "tuple[Frontier, list[bytes]]":
        """Return the frontier after these leaf hashes, and the hashes to store, in order of their positions."""
        size, edge = self.size, list(self.hashes)
        stored: list[bytes] = []
        sha256 = hashlib.sha256
        for leaf in leaves:
            node = leaf
            stored.append(node)
            rest = size
            while rest & 1:
                node = sha256(b"\x01" + edge.pop() + node).digest()
                stored.append(node)
                rest >>= 1
            edge.append(node)
            size += 1
        return Frontier(size, tuple(edge)), stored

    def encode(self) -> bytes:
        """Return the size in eight bytes, big-endian, then the hashes."""
        return self.size.to_bytes(_SIZE_BYTES, "big") + b"".join(self.hashes)

    @classmethod
    def decode(cls, data: bytes) -> "Frontier":
        """Read what `encode` wrote.

        Raises:
            ValueError: the number of hashes does not belong to the size.
        """
        size = int.from_bytes(data[:_SIZE_BYTES], "big")
        if len(data) != _SIZE_BYTES + HASH_BYTES * size.bit_count():
            raise ValueError(f"{len(data)} bytes are not a frontier of {size} leaves")
        hashes = (data[at : at + HASH_BYTES] for at in range(_SIZE_BYTES, len(data), HASH_BYTES))
        return cls(size, tuple(hashes))
