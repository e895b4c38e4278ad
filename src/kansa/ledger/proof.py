"""Inclusion and consistency proofs (RFC 9162, 2.1.3 and 2.1.4), and the proof file `.tlog-proof` (C2SP).

Verification compares nothing before every hash is known to be exactly 32 bytes: the textbook algorithm accepts an
empty root for an empty leaf. A proof that does not hold is a value; text that is not a proof is `BadInput`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from kansa.errors import BadInput
from kansa.ledger.strict import decimal, from_base64, to_base64
from kansa.ledger.tree import EMPTY_ROOT, HASH_BYTES, node_hash, peaks, root_of

HashAt = Callable[[int, int], bytes]
"""The stored hash of the complete subtree (level, index)."""

MAX_PROOF_FILE_BYTES = 1 << 20
_FIRST_LINE = "c2sp.org/tlog-proof@v1"
_EXTRA = "extra "
_INDEX = "index "


class Consistency(Enum):
    """Whether the newer tree continues the older one. True in a condition unless it does not."""

    CONTINUES = "continues"
    FROM_EMPTY = "from_empty"
    """The older tree is empty, so that anything continues it: said apart, because it shows nothing."""
    BROKEN = "broken"

    def __bool__(self) -> bool:
        return self is not Consistency.BROKEN


def root(size: int, hash_at: HashAt) -> bytes:
    """Return the root of the tree's first `size` leaves."""
    return root_of(hash_at(level, index) for level, index in peaks(size))


def inclusion(index: int, size: int, hash_at: HashAt) -> list[bytes]:
    """Return the proof that leaf `index` is in the tree of this size, from the leaf's sibling upward.

    Raises:
        ValueError: the leaf is not in the tree.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    return _path(index, 0, size, hash_at)


def consistency(old: int, new: int, hash_at: HashAt) -> list[bytes]:
    """Return the proof that the tree of size `new` continues the one of size `old`; empty from 0 and between equals.

    Raises:
        ValueError: `old` is larger than `new`.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} does not continue one of {old}")
    return [] if old in (0, new) else _subproof(old, 0, new, hash_at, whole=True)


def verify_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], root_hash: bytes) -> bool:
    """Tell whether the leaf hash is at `index` of the tree with this size and root (RFC 9162, 2.1.3.2)."""
    if not _all_hashes(leaf, root_hash, *path) or not 0 <= index < size:
        return False
    fn, sn, node = index, size - 1, leaf
    for sibling in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            node = node_hash(sibling, node)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            node = node_hash(node, sibling)
        fn >>= 1
        sn >>= 1
    return sn == 0 and node == root_hash


def verify_consistency(
    old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes
) -> Consistency:
    """Return whether the newer tree continues the older one (RFC 9162, 2.1.4.2).

    From size 0 the proof must be empty and the old root that of the empty tree.
    """
    if not _all_hashes(old_root, new_root, *path) or not 0 <= old <= new:
        return Consistency.BROKEN
    if new == 0 and new_root != EMPTY_ROOT:
        return Consistency.BROKEN
    if old == 0:
        return Consistency.FROM_EMPTY if not path and old_root == EMPTY_ROOT else Consistency.BROKEN
    if old == new:
        holds = not path and old_root == new_root
    else:
        holds = _continues(old, new, path, old_root, new_root)
    return Consistency.CONTINUES if holds else Consistency.BROKEN


@dataclass(frozen=True, slots=True)
class ProofFile:
    """That the entry at `index` is in the log with this signed checkpoint; `extra` is not authenticated."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def encode(self) -> bytes:
        """Return the `.tlog-proof` file."""
        extra = [] if self.extra is None else [f"{_EXTRA}{to_base64(self.extra)}"]
        lines = [_FIRST_LINE, *extra, f"{_INDEX}{self.index}", *map(to_base64, self.path), "", ""]
        return "\n".join(lines).encode() + self.checkpoint


def decode_file(data: bytes) -> ProofFile:
    """Read a `.tlog-proof` file; the checkpoint is kept as bytes, `note.parse` reads it.

    Raises:
        BadInput: `proof.format`, for anything that `encode` would not have written.
    """
    try:
        return _read_file(data)
    except ValueError as error:
        raise BadInput("proof.format", f"the bytes are not a `.tlog-proof`: {error}") from error


def _read_file(data: bytes) -> ProofFile:
    head, blank, checkpoint = data.partition(b"\n\n")
    if len(data) > MAX_PROOF_FILE_BYTES or not blank:
        raise ValueError("no empty line ends the proof")
    first, *lines = head.decode("ascii").split("\n")
    if first != _FIRST_LINE:
        raise ValueError(f"the first line is not `{_FIRST_LINE}`")
    extra = None
    if lines and lines[0].startswith(_EXTRA):
        extra = from_base64(lines.pop(0).removeprefix(_EXTRA))
    if not lines or not lines[0].startswith(_INDEX):
        raise ValueError("the index is missing")
    index = decimal(lines[0].removeprefix(_INDEX))
    return ProofFile(index, tuple(from_base64(line, HASH_BYTES) for line in lines[1:]), checkpoint, extra)


def _all_hashes(*hashes: bytes) -> bool:
    return all(len(each) == HASH_BYTES for each in hashes)


def _path(index: int, start: int, stop: int, hash_at: HashAt) -> list[bytes]:
    """PATH(index, D[start:stop]) of RFC 9162, 2.1.3.1, deepest hash first."""
    if stop - start == 1:
        return []
    middle = start + _split(stop - start)
    if index < middle:
        return [*_path(index, start, middle, hash_at), _subtree(middle, stop, hash_at)]
    return [*_path(index, middle, stop, hash_at), _subtree(start, middle, hash_at)]


def _subproof(old: int, start: int, stop: int, hash_at: HashAt, *, whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162, 2.1.4.1: `whole` while the subtree is one that the old tree's root is made of alone."""
    if old == stop:
        return [] if whole else [_subtree(start, stop, hash_at)]
    middle = start + _split(stop - start)
    if old <= middle:
        return [*_subproof(old, start, middle, hash_at, whole=whole), _subtree(middle, stop, hash_at)]
    return [*_subproof(old, middle, stop, hash_at, whole=False), _subtree(start, middle, hash_at)]


def _subtree(start: int, stop: int, hash_at: HashAt) -> bytes:
    """Return the hash over leaves `[start, stop)`, where `start` is a multiple of the power of two that covers them."""
    offset = [(level, index + (start >> level)) for level, index in peaks(stop - start)]
    return root_of(hash_at(level, index) for level, index in offset)


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def _continues(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    steps = list(path)
    if not old & (old - 1):
        steps.insert(0, old_root)
    if not steps:
        return False
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    older = newer = steps[0]
    for step in steps[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            older, newer = node_hash(step, older), node_hash(step, newer)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            newer = node_hash(newer, step)
        fn >>= 1
        sn >>= 1
    return sn == 0 and older == old_root and newer == new_root
