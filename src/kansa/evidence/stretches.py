"""The root of a group's tree from some stretches of its leaves, with the hashes of what lies between them.

A part of the tree in which nothing is shown is one hash; a part that is shown whole is computed from its leaves. Hashes
stand in the order in which RFC 6962 splits the tree. With every leaf shown no hash is left.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from kansa.evidence import tree

Stretch = tuple[int, int]
"""The bounds `[start, end)` of consecutive leaves."""

HASH_BYTES = 32


def between(leaves: Sequence[bytes], shown: Sequence[Stretch]) -> list[bytes]:
    """Return the hashes that a reader of the shown stretches lacks; `leaves` are all of the tree."""
    found: list[bytes] = []

    def hidden(low: int, high: int) -> bytes:
        found.append(tree.root(leaves[low:high]))
        return found[-1]

    _root(0, len(leaves), shown, lambda low, high: leaves[low:high], hidden)
    return found


def root_from(size: int, shown: Sequence[Stretch], leaves: Sequence[bytes], hashes: Sequence[bytes]) -> bytes:
    """Return the root of a tree of `size` leaves; `leaves` are those of the stretches, one after another.

    Raises:
        ValueError: the stretches overlap or lie outside, or a hash is missing, left over or not 32 bytes.
    """
    check(size, shown)
    if len(leaves) != sum(end - start for start, end in shown):
        raise ValueError("as many leaves are shown as its stretches do not have")
    if any(len(hash_) != HASH_BYTES for hash_ in hashes):
        raise ValueError(f"a hash does not have {HASH_BYTES} bytes")
    rest = iter(hashes)
    starts: list[tuple[int, int, int]] = []
    at = 0
    for start, end in shown:
        starts.append((start, end, at))
        at += end - start

    def given(low: int, high: int) -> Sequence[bytes]:
        first, place = next((first, place) for first, end, place in starts if first <= low and high <= end)
        return leaves[place + low - first : place + high - first]

    try:
        root = _root(0, size, shown, given, lambda _low, _high: next(rest))
    except StopIteration as error:
        raise ValueError("a hash between what is shown is missing") from error
    if next(rest, None) is not None:
        raise ValueError("there are more hashes than lie between what is shown")
    return root


def check(size: int, shown: Sequence[Stretch]) -> None:
    """Check that stretches lie in a tree of `size` leaves, in order, none empty, none touching the one before.

    Raises:
        ValueError: they do not.
    """
    last = -1
    for start, end in shown:
        if not last < start < end <= size:
            raise ValueError("the stretches are not in order, or lie outside the group")
        last = end


def joined(bounds: Iterable[Stretch]) -> list[Stretch]:
    """Return stretches, in order, with those joined that touch each other."""
    found: list[Stretch] = []
    for start, end in bounds:
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def lengths(shown: Sequence[Stretch]) -> Iterator[int]:
    """Yield how many leaves each stretch has."""
    return (end - start for start, end in shown)


def _root(
    low: int,
    high: int,
    shown: Sequence[Stretch],
    given: Callable[[int, int], Sequence[bytes]],
    hidden: Callable[[int, int], bytes],
) -> bytes:
    if not any(start < high and low < end for start, end in shown):
        return hidden(low, high)
    if any(start <= low and high <= end for start, end in shown):
        return tree.root(given(low, high))
    middle = low + (1 << (high - low - 1).bit_length() - 1)
    left = _root(low, middle, shown, given, hidden)
    return tree.inner(left, _root(middle, high, shown, given, hidden))
