"""A sparse Merkle trie over SHA-256 keys: presence, absence, and one place only, from one structure.

Leaf = SHA-256(0x10 ‖ key ‖ SHA-256(value)); inner = SHA-256(0x11 ‖ left ‖ right); an empty subtree is 32 zero bytes and
a subtree with one leaf is that leaf. So every set of keys has exactly one root and every key exactly one place; a proof
is the siblings from the root down to the leaf, or to where the key would stand.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

EMPTY = bytes(32)
HASH_BYTES = 32
MAX_DEPTH = 256


class Leaf(NamedTuple):
    """A leaf of the trie: its key and the SHA-256 of its value."""

    key: bytes
    value_hash: bytes

    @property
    def hash(self) -> bytes:
        """The leaf's hash."""
        return hashlib.sha256(b"\x10" + self.key + self.value_hash).digest()


class Proof(NamedTuple):
    """Siblings from the root downward, and the other leaf that stands in the key's place, if one does."""

    siblings: tuple[bytes, ...]
    other: Leaf | None = None


class DuplicateKeyError(ValueError):
    """Two leaves have one key: a subject would stand in two places."""


def key_of(order: str, subject: str) -> bytes:
    """Return the key of a subject: SHA-256(0x12 ‖ order ‖ 0x00 ‖ subject)."""
    return hashlib.sha256(b"\x12" + order.encode() + b"\x00" + subject.encode()).digest()


def inner(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x11" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Trie:
    """A trie over its leaves, sorted by key; hashes of subtrees are kept once computed."""

    leaves: tuple[Leaf, ...]
    _keys: tuple[bytes, ...]
    _kept: dict[tuple[int, int, int], bytes] = field(default_factory=dict, compare=False, repr=False)

    @property
    def root(self) -> bytes:
        """The trie's root; 32 zero bytes without leaves."""
        return self._subtree(0, len(self.leaves), 0)

    def proof(self, key: bytes) -> Proof:
        """Return the proof that a key is present, or that it is absent."""
        siblings: list[bytes] = []
        start, end, depth = 0, len(self.leaves), 0
        while end - start > 1:
            middle = self._split(start, end, depth)
            left, right = (start, middle), (middle, end)
            own, other = (right, left) if _bit(key, depth) else (left, right)
            depth += 1
            siblings.append(self._subtree(*other, depth))
            start, end = own
        found = self.leaves[start] if end > start else None
        return Proof(tuple(siblings), None if found is None or found.key == key else found)

    def _subtree(self, start: int, end: int, depth: int) -> bytes:
        if end == start:
            return EMPTY
        if end - start == 1:
            return self.leaves[start].hash
        place = (start, end, depth)
        if place not in self._kept:
            middle = self._split(start, end, depth)
            self._kept[place] = inner(
                self._subtree(start, middle, depth + 1), self._subtree(middle, end, depth + 1)
            )
        return self._kept[place]

    def _split(self, start: int, end: int, depth: int) -> int:
        """Return where the keys with bit `depth` set begin; keys of the range agree in all bits before it."""
        first = int.from_bytes(self._keys[start], "big")
        low = 255 - depth
        border = (first >> (low + 1) << (low + 1)) | 1 << low
        return bisect_left(self._keys, border.to_bytes(HASH_BYTES, "big"), start, end)


def build(leaves: Iterable[Leaf]) -> Trie:
    """Return the trie over these leaves, in any order.

    Raises:
        DuplicateKeyError: a key occurs twice.
    """
    ordered = tuple(sorted(leaves))
    keys = tuple(leaf.key for leaf in ordered)
    if len(set(keys)) != len(keys):
        raise DuplicateKeyError("a key occurs twice")
    return Trie(ordered, keys)


def holds(root: bytes, key: bytes, value_hash: bytes | None, proof: Proof) -> bool:
    """Tell whether a proof shows that the key has this value, or is absent where `value_hash` is None.

    A proof in another shape than the one that `Trie.proof` makes does not hold.
    """
    siblings, other = proof
    if not _sound(root, key, value_hash, proof):
        return False
    if siblings and siblings[-1] == EMPTY:
        return False  # a leaf or nothing beside nothing would have moved up
    if value_hash is not None:
        if other is not None:
            return False
        node = Leaf(key, value_hash).hash
    elif other is not None:
        if other.key == key or not _share(other.key, key, len(siblings)):
            return False
        node = other.hash
    else:
        node = EMPTY
    return _fold(node, key, siblings) == root


def _sound(root: bytes, key: bytes, value_hash: bytes | None, proof: Proof) -> bool:
    hashes: Sequence[bytes] = (root, key, *proof.siblings, *(proof.other or ()))
    if value_hash is not None:
        hashes = (*hashes, value_hash)
    return len(proof.siblings) <= MAX_DEPTH and all(
        type(each) is bytes and len(each) == HASH_BYTES for each in hashes
    )


def _fold(node: bytes, key: bytes, siblings: Sequence[bytes]) -> bytes:
    for depth in range(len(siblings) - 1, -1, -1):
        sibling = siblings[depth]
        node = inner(sibling, node) if _bit(key, depth) else inner(node, sibling)
    return node


def _bit(key: bytes, depth: int) -> int:
    return key[depth >> 3] >> (7 - (depth & 7)) & 1


def _share(a: bytes, b: bytes, bits: int) -> bool:
    return bits == 0 or (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")) >> (256 - bits) == 0
