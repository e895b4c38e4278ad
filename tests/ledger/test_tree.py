import hashlib

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.ledger import tree
from kansa.ledger.tree import EMPTY_ROOT, Frontier, leaf_hash, node_hash, peaks, position, stored_hashes

LEAVES = st.lists(st.binary(max_size=8), max_size=70)


def _textbook_root(entries: list[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return hashlib.sha256(b"\x01" + _textbook_root(entries[:k]) + _textbook_root(entries[k:])).digest()


def _frontier(entries: list[bytes]) -> Frontier:
    return Frontier().extended(map(leaf_hash, entries))[0]


@given(LEAVES)
def test_the_root_is_that_of_the_rfc(entries: list[bytes]) -> None:
    """Law: RFC 9162, 2.1.1, by its definition."""
    assert _frontier(entries).root == _textbook_root(entries)


def test_the_root_is_that_of_another_implementation_at_every_size() -> None:
    """Law: pymerkle's tree has the same root after each of 300 entries."""
    other = pymerkle.InmemoryTree(algorithm="sha256")
    frontier = Frontier()
    for number in range(300):
        entry = str(number).encode()
        other.append_entry(entry)
        frontier, _ = frontier.extended([leaf_hash(entry)])

        assert frontier.root == other.get_root()


@given(LEAVES, st.integers(0, 70))
def test_appending_in_parts_is_appending_at_once(entries: list[bytes], cut: int) -> None:
    """Law: the frontier and the hashes to store depend on the entries alone."""
    leaves = [*map(leaf_hash, entries)]
    first, before = Frontier().extended(leaves[:cut])
    second, after = first.extended(leaves[cut:])

    assert (second, before + after) == Frontier().extended(leaves)


@given(LEAVES)
def test_every_complete_subtree_stands_where_its_position_says(entries: list[bytes]) -> None:
    """Law: position(level, index) finds the root of leaves [index·2^level, (index+1)·2^level)."""
    _, stored = Frontier().extended(map(leaf_hash, entries))

    assert len(stored) == stored_hashes(len(entries))
    for level in range(len(entries).bit_length()):
        for index in range(len(entries) >> level):
            part = entries[index << level : (index + 1) << level]
            assert stored[position(level, index)] == _textbook_root(part)


@given(st.integers(0, 2**50))
def test_the_peaks_cover_the_tree_without_gap_or_overlap(size: int) -> None:
    """Law: peaks are complete subtrees, from left to right, the largest first."""
    end = 0
    for level, index in peaks(size):
        assert index << level == end
        end = (index + 1) << level

    assert end == size


@given(LEAVES)
def test_a_frontier_comes_back_from_its_bytes(entries: list[bytes]) -> None:
    """Law: decode(encode(f)) = f."""
    frontier = _frontier(entries)

    assert Frontier.decode(frontier.encode()) == frontier
    assert frontier.encode() == len(entries).to_bytes(8, "big") + b"".join(frontier.hashes)


@pytest.mark.parametrize("data", [b"", b"\x00" * 7, b"\x00" * 7 + b"\x03" + b"x" * 32, b"\x00" * 8 + b"x"])
def test_bytes_that_are_no_frontier_are_refused(data: bytes) -> None:
    """Law: as many hashes as the size has ones in binary."""
    with pytest.raises(ValueError, match="frontier"):
        Frontier.decode(data)


def test_leaves_and_nodes_are_hashed_apart() -> None:
    """Law: a node can never pass for a leaf (RFC 6962, 2.1)."""
    assert leaf_hash(b"\x01" * 64) != node_hash(b"\x01" * 32, b"\x01" * 32)
    assert Frontier().root == EMPTY_ROOT == tree.root_of([])
