"""The root of a tree from some of its leaves, against the whole one."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.evidence import stretches, tree


@given(st.integers(1, 70), st.integers(0, 2**32))
def test_some_stretches_and_the_hashes_between_give_the_root(size: int, seed: int) -> None:
    """Law: the root is that of all leaves, and no other number of hashes, leaves or bounds gives one."""
    chance = random.Random(seed)
    leaves = [bytes([n + 1]) * 32 for n in range(size)]
    chosen = [n for n in range(size) if chance.randrange(3)] or [0]
    shown = stretches.joined((n, n + 1) for n in chosen)
    hashes = stretches.between(leaves, shown)
    own = [leaves[n] for n in chosen]
    root = tree.root(leaves)
    assert stretches.root_from(size, shown, own, hashes) == root
    if hashes:
        assert stretches.root_from(size, shown, own, [bytes(32), *hashes[1:]]) != root
        with pytest.raises(ValueError, match="missing"):
            stretches.root_from(size, shown, own, hashes[1:])
    for wrong in ([*hashes, bytes(32)], [*hashes[:-1], b""]):
        with pytest.raises(ValueError, match="hash"):
            stretches.root_from(size, shown, own, wrong)
    with pytest.raises(ValueError, match="leaves"):
        stretches.root_from(size, shown, own[1:], hashes)
    for bounds in ([(0, size + 1)], [(1, 1)], [(0, 1), (0, 1)]):
        with pytest.raises(ValueError, match="stretches"):
            stretches.root_from(size, bounds, own, hashes)


def test_with_every_leaf_shown_no_hash_is_left() -> None:
    """A group shown whole carries nothing beside its rows."""
    leaves = [bytes([n]) * 32 for n in range(5)]
    assert stretches.between(leaves, [(0, 5)]) == []
