"""Every bit and every prefix of what is handed to others: none is accepted once it was altered.

How many were tried is a property of each test, so that a run says its counts (`pytest --junitxml FILE -o junit_family=xunit1`).
"""

from collections.abc import Callable, Iterator

import pytest

from kansa.errors import BadInput
from kansa.ledger import note, policy, proof, witness
from kansa.ledger.note import Algorithm, Signed, SigningKey
from kansa.ledger.policy import Policy
from kansa.ledger.proof import ProofFile, decode_file, verify_inclusion
from kansa.ledger.tree import leaf_hash
from kansa.ledger.witness import Request
from logs import Log, jobs

WITNESS = SigningKey("auditor.example/w1", Algorithm.COSIGNATURE, b"\x07" * 32)
SIZE, INDEX, TIME = 40, 17, 1_800_000_000
Count = Callable[[str, object], None]


def altered(data: bytes) -> Iterator[bytes]:
    """Every single bit flipped, every proper prefix, and one byte more at each end."""
    for at in range(len(data)):
        for bit in range(8):
            yield data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
    yield from (data[:end] for end in range(len(data)))
    yield from (data + b"\n", data + b"x", b"\n" + data, data.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + data)


@pytest.fixture
def reader_policy(log: Log) -> Policy:
    """A reader who asks for the witness."""
    return Policy((log.key.verifier,), {"w": WITNESS.verifier}, {}, "w")


@pytest.fixture
def cosigned(log: Log) -> bytes:
    """A checkpoint with a cosignature."""
    log.append(*jobs(range(SIZE)))
    signed = note.parse(log.reader().latest())
    return signed.with_signature(WITNESS.cosign(signed.text, TIME)).encode()


def accepts(data: bytes, under: Policy) -> bool:
    """Whether a checkpoint counts under a policy."""
    try:
        return under.judge(note.parse(data)).accepted
    except BadInput:
        return False


def test_of_a_cosigned_checkpoint(cosigned: bytes, reader_policy: Policy, record_property: Count) -> None:
    """Text, both signature lines, all names and key ids: the quorum asks for each."""
    tried = list(altered(cosigned))
    record_property("tried", len(tried))

    assert accepts(cosigned, reader_policy)
    assert [each for each in tried if accepts(each, reader_policy)] == []


def test_of_a_proof_file(log: Log, cosigned: bytes, reader_policy: Policy, record_property: Count) -> None:
    """Index, path and checkpoint of a `.tlog-proof`, for one entry."""
    reader = log.reader()
    entry = reader.entry(INDEX)
    whole = ProofFile(INDEX, tuple(reader.inclusion(INDEX, SIZE)), cosigned).encode()

    def proves(data: bytes) -> bool:
        try:
            read = decode_file(data)
        except BadInput:
            return False
        if not accepts(read.checkpoint, reader_policy):
            return False
        head = note.checkpoint_in(read.checkpoint)
        return verify_inclusion(read.index, head.size, leaf_hash(entry), read.path, head.root)

    tried = list(altered(whole))
    record_property("tried", len(tried))

    assert proves(whole)
    assert [each for each in tried if proves(each)] == []


def test_of_what_a_witness_is_asked(log: Log, cosigned: bytes, record_property: Count) -> None:
    """Only what says the same is cosigned: lines of others may be lost, the checkpoint and its proof may not change."""
    reader, old = log.reader(), 16
    seen = note.Checkpoint(reader.origin, old, reader.root(old)).encode()
    before = note.Note(seen, (log.key.sign(seen),)).encode()
    whole = Request(old, tuple(reader.consistency(old, SIZE)), cosigned).encode()
    text = note.parse(cosigned).text

    def taken(data: bytes) -> str | None:
        try:
            judged = witness.judge(witness.decode_request(data), [log.key.verifier], before)
        except BadInput:
            return None
        return judged.text if isinstance(judged, note.Note) else None

    tried = list(altered(whole))
    record_property("tried", len(tried))

    assert taken(whole) == text
    assert {taken(each) for each in tried} <= {None, text}


def test_of_a_signed_index(log: Log, record_property: Count) -> None:
    """What a witness says of an index that it rebuilt."""
    key = SigningKey(WITNESS.name, Algorithm.ED25519, WITNESS.seed)
    text = f"{log.reader().origin}/subjects\n40\n{'A' * 43}=\n" if log.append(*jobs(range(2))) else ""
    whole = note.Note(text, (key.sign(text),)).encode()

    def valid(data: bytes) -> bool:
        try:
            return note.verify(note.parse(data), key.verifier) is Signed.VALID
        except BadInput:
            return False

    tried = list(altered(whole))
    record_property("tried", len(tried))

    assert valid(whole)
    assert [each for each in tried if valid(each)] == []


def test_of_a_trust_policy_every_prefix_is_refused(reader_policy: Policy, record_property: Count) -> None:
    """A policy that was cut off asks for nothing less: it is none."""
    whole = policy.encode(reader_policy)
    tried = [whole[:end] for end in range(len(whole) - 1)]
    record_property("tried", len(tried))
    accepted = []
    for each in tried:
        try:
            accepted.append(policy.parse(each))
        except BadInput:
            continue

    assert [each for each in accepted if each != reader_policy] == []
    assert len(whole) < proof.MAX_PROOF_FILE_BYTES
