import base64
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.errors import BadInput
from kansa.ledger import proof
from kansa.ledger.proof import Consistency, ProofFile, verify_consistency, verify_inclusion
from kansa.ledger.tree import EMPTY_ROOT, Frontier, leaf_hash, position
from shared_data import SharedData

SIZES = st.integers(1, 130)


class Forest:
    """All hashes of a tree with entries `0`, `1`, …, and a look-up that only knows complete subtrees."""

    def __init__(self, size: int) -> None:
        self.leaves = [leaf_hash(str(number).encode()) for number in range(size)]
        self._stored = Frontier().extended(self.leaves)[1]

    def hash_at(self, level: int, index: int) -> bytes:
        return self._stored[position(level, index)]

    def root(self, size: int) -> bytes:
        return Frontier().extended(self.leaves[:size])[0].root


FOREST = Forest(130)


@given(SIZES, st.data())
def test_every_entry_is_shown_to_be_in_every_later_tree(size: int, data: st.DataObject) -> None:
    """Law: inclusion proofs verify for every index and size."""
    index = data.draw(st.integers(0, size - 1))
    path = proof.inclusion(index, size, FOREST.hash_at)

    assert proof.root(size, FOREST.hash_at) == FOREST.root(size)
    assert verify_inclusion(index, size, FOREST.leaves[index], path, FOREST.root(size))


@given(SIZES, st.data())
def test_every_tree_is_shown_to_continue_every_earlier_one(new: int, data: st.DataObject) -> None:
    """Law: consistency proofs verify for every pair of sizes; from the empty tree it is said apart."""
    old = data.draw(st.integers(0, new))
    path = proof.consistency(old, new, FOREST.hash_at)
    result = verify_consistency(old, new, path, FOREST.root(old), FOREST.root(new))

    assert result is (Consistency.CONTINUES if old else Consistency.FROM_EMPTY)
    assert path or old in (0, new)


def _flips(data: bytes) -> Iterator[bytes]:
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        yield bytes(flipped)


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 2), (5, 7), (63, 64), (64, 65)])
def test_no_flipped_bit_of_an_inclusion_proof_is_accepted(index: int, size: int) -> None:
    """Law: any bit of leaf, path or root, any other index or length of the path makes it fail."""
    leaf, root = FOREST.leaves[index], FOREST.root(size)
    path = proof.inclusion(index, size, FOREST.hash_at)

    assert not any(verify_inclusion(index, size, flipped, path, root) for flipped in _flips(leaf))
    assert not any(verify_inclusion(index, size, leaf, path, flipped) for flipped in _flips(root))
    for at, step in enumerate(path):
        changed = ([*path[:at], flipped, *path[at + 1 :]] for flipped in _flips(step))
        assert not any(verify_inclusion(index, size, leaf, each, root) for each in changed)
    assert not any(
        verify_inclusion(each, size, leaf, path, root) for each in range(-1, size + 2) if each != index
    )
    assert not verify_inclusion(index, size, leaf, [*path, root], root)
    assert not path or not verify_inclusion(index, size, leaf, path[:-1], root)


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 7), (4, 7), (6, 8), (64, 130), (8, 8)])
def test_no_flipped_bit_of_a_consistency_proof_is_accepted(old: int, new: int) -> None:
    """Law: any bit of the path or of either root makes it fail, and so does a step more or less."""
    old_root, new_root = FOREST.root(old), FOREST.root(new)
    path = proof.consistency(old, new, FOREST.hash_at)

    assert not any(verify_consistency(old, new, path, flipped, new_root) for flipped in _flips(old_root))
    assert not any(verify_consistency(old, new, path, old_root, flipped) for flipped in _flips(new_root))
    for at, step in enumerate(path):
        changed = ([*path[:at], flipped, *path[at + 1 :]] for flipped in _flips(step))
        assert not any(verify_consistency(old, new, each, old_root, new_root) for each in changed)
    assert not verify_consistency(old, new, [*path, new_root], old_root, new_root)
    assert not path or not verify_consistency(old, new, path[:-1], old_root, new_root)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_hash_of_another_length_is_refused_before_anything_is_compared(length: int) -> None:
    """Law: the textbook accepts an empty leaf under an empty root at size 1; we do not."""
    wrong = b"x" * length

    assert not verify_inclusion(0, 1, wrong, [], wrong)
    assert not verify_consistency(1, 1, [], wrong, wrong)
    assert not verify_consistency(1, 2, [wrong], FOREST.root(1), FOREST.root(2))


def test_from_the_empty_tree_only_an_empty_proof_and_the_empty_root_will_do() -> None:
    """Law: old size 0 asks for no step and SHA-256 of nothing; size 0 has no other root."""
    assert verify_consistency(0, 5, [], EMPTY_ROOT, FOREST.root(5)) is Consistency.FROM_EMPTY
    assert verify_consistency(0, 0, [], EMPTY_ROOT, EMPTY_ROOT) is Consistency.FROM_EMPTY
    assert not verify_consistency(0, 5, [], FOREST.root(1), FOREST.root(5))
    assert not verify_consistency(0, 5, [FOREST.root(5)], EMPTY_ROOT, FOREST.root(5))
    assert not verify_consistency(0, 0, [], EMPTY_ROOT, FOREST.root(1))


def test_proofs_of_what_is_not_there_cannot_be_asked_for() -> None:
    """Law: a leaf beyond the tree or a tree that shrinks is a programming error."""
    for index, size in [(0, 0), (5, 5), (-1, 5)]:
        with pytest.raises(ValueError, match="not in a tree"):
            proof.inclusion(index, size, FOREST.hash_at)
    with pytest.raises(ValueError, match="does not continue"):
        proof.consistency(6, 5, FOREST.hash_at)


def test_another_implementation_proves_the_same_way() -> None:
    """Law: pymerkle's inclusion paths, without the leaf that it puts first, are ours."""
    other = pymerkle.InmemoryTree(algorithm="sha256")
    for number in range(21):
        other.append_entry(str(number).encode())
    for size in range(1, 22):
        for index in range(size):
            theirs = other.prove_inclusion(index + 1, size).serialize()["path"]

            assert [bytes.fromhex(step) for step in theirs[1:]] == proof.inclusion(
                index, size, FOREST.hash_at
            )


def _vectors(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(folder.rglob("*.json")):
        yield str(path.relative_to(folder)), json.loads(path.read_bytes())


def _bytes(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def test_the_published_inclusion_vectors_hold(shared_data: SharedData) -> None:
    """Law: transparency-dev/merkle, 98 vectors, the one among them that the textbook gets wrong (an empty root)."""
    seen = Counter[bool]()
    for name, vector in _vectors(shared_data("vectors", "transparency-dev_merkle", "testdata", "inclusion")):
        path = [*map(_bytes, vector["proof"] or [])]
        leaf, root = _bytes(vector["leafHash"]), _bytes(vector["root"])
        accepted = verify_inclusion(vector["leafIdx"], vector["treeSize"], leaf, path, root)
        seen[accepted] += 1

        assert accepted != vector["wantErr"], name
    assert seen.total() == 98
    assert seen[True] == 6


def test_the_published_consistency_vectors_hold_but_for_one(shared_data: SharedData) -> None:
    """Law: transparency-dev/merkle, 98 vectors; the one that differs has roots of 12 bytes, which are no hashes."""
    differing, seen = [], 0
    for name, vector in _vectors(
        shared_data("vectors", "transparency-dev_merkle", "testdata", "consistency")
    ):
        path = [*map(_bytes, vector["proof"] or [])]
        result = verify_consistency(
            vector["size1"], vector["size2"], path, _bytes(vector["root1"]), _bytes(vector["root2"])
        )
        seen += 1
        if bool(result) == vector["wantErr"]:
            differing.append((name, result))

    assert seen == 98
    assert differing == [("additional/sizes-are-equal-one-and-proof-is-empty.json", Consistency.BROKEN)]


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=5),
    st.none() | st.binary(),
)
def test_a_proof_file_comes_back_as_it_was(index: int, path: list[bytes], extra: bytes | None) -> None:
    """Law: decode(encode(p)) = p, for every index, path and extra data."""
    file = ProofFile(index, tuple(path), b"origin\n0\nroot\n\n-- sig\n", extra)

    assert proof.decode_file(file.encode()) == file


def test_a_proof_file_has_one_spelling() -> None:
    """Law: every flipped bit of the head is refused or is another proof; no two files say the same."""
    file = ProofFile(12, (b"a" * 32, b"b" * 32), b"checkpoint", b"extra")
    data = file.encode()
    for flipped in _flips(data):
        try:
            again = proof.decode_file(flipped)
        except BadInput:
            continue

        assert again != file
        assert again.encode() == flipped


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"c2sp.org/tlog-proof@v1\n\ncheckpoint",
        b"c2sp.org/tlog-proof@v1\nindex 1",
        b"c2sp.org/tlog-proof@v2\nindex 1\n\ncheckpoint",
        b"c2sp.org/tlog-proof@v1\nindex 01\n\ncheckpoint",
        b"c2sp.org/tlog-proof@v1\nindex -1\n\ncheckpoint",
        b"c2sp.org/tlog-proof@v1\r\nindex 1\n\ncheckpoint",
        b"c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\ncheckpoint",
        b"c2sp.org/tlog-proof@v1\nindex 1\nextra AAAA\n\ncheckpoint",
        b"\xef\xbb\xbfc2sp.org/tlog-proof@v1\nindex 1\n\ncheckpoint",
    ],
)
def test_what_is_no_proof_file_is_refused(data: bytes) -> None:
    """Law: another version, number form, line ending, order or hash length is no proof."""
    with pytest.raises(BadInput) as refusal:
        proof.decode_file(data)

    assert refusal.value.code == "proof.format"


def test_a_proof_file_is_at_most_a_mebibyte() -> None:
    """Law: the longest that is read, and not one byte more; what is read is held in memory."""
    head = b"c2sp.org/tlog-proof@v1\nindex 1\n\n"
    longest = head + b"x" * (2**20 - len(head))

    assert proof.decode_file(longest).index == 1
    with pytest.raises(BadInput):
        proof.decode_file(longest + b"x")
