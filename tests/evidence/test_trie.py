"""The trie: one root for a set of keys, presence and absence shown, nothing else accepted."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.evidence import trie
from kansa.evidence.trie import EMPTY, DuplicateKeyError, Leaf, Proof

KEYS = st.lists(
    st.integers(0, 60).map(lambda n: sha256(n.to_bytes(2, "big")).digest()), unique=True, max_size=40
)
"""Keys as they are in use: hashes."""
NEAR = st.lists(st.integers(0, 300).map(lambda n: n.to_bytes(32, "big")), unique=True, max_size=20)
"""Keys that agree in almost all bits, so that the trie is deep."""


def leaves_of(keys: list[bytes]) -> list[Leaf]:
    """Give every key a value."""
    return [Leaf(key, sha256(b"value" + key).digest()) for key in keys]


def naive(leaves: list[Leaf], depth: int = 0) -> bytes:
    """The definition, word for word."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0].hash
    sides: tuple[list[Leaf], list[Leaf]] = ([], [])
    for leaf in leaves:
        sides[int.from_bytes(leaf.key, "big") >> (255 - depth) & 1].append(leaf)
    return trie.inner(naive(sides[0], depth + 1), naive(sides[1], depth + 1))


@given(KEYS | NEAR)
def test_the_root_is_that_of_the_definition(keys: list[bytes]) -> None:
    """Root of the trie = root computed by the definition, in any order of the leaves."""
    leaves = leaves_of(keys)
    assert trie.build(leaves).root == trie.build(reversed(leaves)).root == naive(leaves)


@given(KEYS | NEAR, st.integers(0, 400))
def test_every_key_is_present_or_absent_and_never_both(keys: list[bytes], asked: int) -> None:
    """A proof holds for what it was made for, and never for the other claim."""
    leaves = leaves_of(keys)
    built = trie.build(leaves)
    for leaf in leaves:
        proof = built.proof(leaf.key)
        assert trie.holds(built.root, leaf.key, leaf.value_hash, proof)
        assert not trie.holds(built.root, leaf.key, None, proof)
        assert not trie.holds(built.root, leaf.key, bytes(31) + b"\1", proof)
    for key in (asked.to_bytes(32, "big"), sha256(b"%d" % asked).digest()):
        if key not in keys:
            proof = built.proof(key)
            assert trie.holds(built.root, key, None, proof)
            assert not trie.holds(built.root, key, bytes(32), proof)


@given(KEYS.filter(lambda keys: len(keys) > 1), st.data())
def test_absence_of_a_present_key_cannot_be_put_together(keys: list[bytes], data: st.DataObject) -> None:
    """No mixture of true siblings and true leaves shows that a present key is absent."""
    leaves = leaves_of(keys)
    built = trie.build(leaves)
    leaf = data.draw(st.sampled_from(leaves))
    siblings = built.proof(leaf.key).siblings
    for cut in range(len(siblings) + 1):
        for other in (None, *leaves):
            for extra in ((), (EMPTY,), (leaf.hash,)):
                assert not trie.holds(built.root, leaf.key, None, Proof((*siblings[:cut], *extra), other))


@given(KEYS.filter(bool), st.data())
def test_one_changed_bit_of_a_proof_is_refused(keys: list[bytes], data: st.DataObject) -> None:
    """Every bit of every sibling counts."""
    leaves = leaves_of(keys)
    built = trie.build(leaves)
    leaf = data.draw(st.sampled_from(leaves))
    siblings = list(built.proof(leaf.key).siblings)
    for at, sibling in enumerate(siblings):
        bit = data.draw(st.integers(0, 255))
        changed = (int.from_bytes(sibling, "big") ^ 1 << bit).to_bytes(32, "big")
        broken = Proof((*siblings[:at], changed, *siblings[at + 1 :]))
        assert not trie.holds(built.root, leaf.key, leaf.value_hash, broken)


def test_two_leaves_with_one_key_are_refused() -> None:
    """A subject has one place."""
    leaf = leaves_of([bytes(32)])[0]
    with pytest.raises(DuplicateKeyError):
        trie.build([leaf, Leaf(leaf.key, bytes(32))])


def test_hashes_of_another_length_never_hold() -> None:
    """A proof whose hashes are not 32 bytes long is no proof."""
    leaf = leaves_of([bytes(32)])[0]
    assert trie.holds(leaf.hash, leaf.key, leaf.value_hash, Proof(()))
    assert not trie.holds(leaf.hash, leaf.key[:31], leaf.value_hash, Proof(()))
    assert not trie.holds(leaf.hash, leaf.key, leaf.value_hash, Proof((b"x",)))
    assert not trie.holds(leaf.hash, leaf.key, leaf.value_hash, Proof((bytes(32),)))
