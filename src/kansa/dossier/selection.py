"""That chosen entries stand in a tree, with the hashes of what lies between them.

The audit paths of many leaves (RFC 9162, 2.1.3), each hash once, in the order in which the tree is split: a part
without a chosen leaf is its hash, a chosen leaf is its entry. With every entry chosen no hash is left.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence

from kansa.errors import BadInput
from kansa.ledger.tree import HASH_BYTES, node_hash, peaks, root_of

HashAt = Callable[[int, int], bytes]
"""The hash of the complete subtree at (level, index)."""


def hashes_between(chosen: Sequence[int], size: int, hash_at: HashAt) -> list[bytes]:
    """Return the hashes that a reader of the chosen leaves (sorted indexes) lacks to compute the root of `size` leaves."""
    return list(_omitted(chosen, 0, size, hash_at))


def root_from(leaves: Mapping[int, bytes], size: int, between: Sequence[bytes]) -> bytes:
    """Return the root of `size` leaves, from the chosen leaf hashes and the hashes between them.

    Raises:
        BadInput: `selection.hashes`, if a hash is missing, left over or not 32 bytes.
    """
    if any(len(hash_) != HASH_BYTES for hash_ in (*leaves.values(), *between)):
        raise BadInput("selection.hashes", f"a hash does not have {HASH_BYTES} bytes")
    rest = iter(between)
    chosen = sorted(leaves)
    if not chosen or chosen[-1] >= size:
        raise BadInput("selection.hashes", "no entry is chosen, or one beyond the tree")
    try:
        root = _rebuilt(chosen, leaves, 0, size, rest)
    except StopIteration as error:
        raise BadInput("selection.hashes", "a hash between the chosen entries is missing") from error
    if next(rest, None) is not None:
        raise BadInput("selection.hashes", "there are more hashes than lie between the chosen entries")
    return root


def _omitted(chosen: Sequence[int], low: int, high: int, hash_at: HashAt) -> Iterator[bytes]:
    if not _any_within(chosen, low, high):
        yield _subtree(low, high, hash_at)
    elif high - low > 1:
        middle = low + _split(high - low)
        yield from _omitted(chosen, low, middle, hash_at)
        yield from _omitted(chosen, middle, high, hash_at)


def _rebuilt(
    chosen: Sequence[int], leaves: Mapping[int, bytes], low: int, high: int, rest: Iterator[bytes]
) -> bytes:
    if not _any_within(chosen, low, high):
        return next(rest)
    if high - low == 1:
        return leaves[low]
    middle = low + _split(high - low)
    left = _rebuilt(chosen, leaves, low, middle, rest)
    return node_hash(left, _rebuilt(chosen, leaves, middle, high, rest))


def _subtree(low: int, high: int, hash_at: HashAt) -> bytes:
    return root_of(hash_at(level, index + (low >> level)) for level, index in peaks(high - low))


def _split(width: int) -> int:
    """Return the largest power of two below a width of at least two."""
    return 1 << (width - 1).bit_length() - 1


def _any_within(chosen: Sequence[int], low: int, high: int) -> bool:
    position = bisect_left(chosen, low)
    return position < len(chosen) and chosen[position] < high
