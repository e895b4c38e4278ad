"""A witness cosigns what continues what it cosigned, and keeps what excludes it."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.clock import MICROSECONDS, SimulatedClock
from kansa.errors import BadInput
from kansa.ledger import note, proof, witness
from kansa.ledger.note import Algorithm, Checkpoint, Note, Signed, SigningKey
from kansa.ledger.stores import witness_folder
from kansa.ledger.stores.witness_folder import WitnessFolder
from kansa.ledger.tree import Frontier, leaf_hash
from kansa.ledger.witness import Refusal, Request

LOG = SigningKey("example.com/kansa/log", Algorithm.ED25519, b"\x01" * 32)
OTHER = SigningKey("example.com/kansa/log", Algorithm.ED25519, b"\x02" * 32)
CLOCK = SimulatedClock(1_800_000_000 * MICROSECONDS)


@dataclass
class Tree:
    """A log's tree, told leaf by leaf."""

    leaves: list[bytes] = field(default_factory=list)

    def signed(self, size: int, key: SigningKey = LOG) -> bytes:
        frontier, _ = Frontier().extended(leaf_hash(each) for each in self.leaves[:size])
        text = Checkpoint(LOG.name, size, frontier.root).encode()
        return Note(text, (key.sign(text),)).encode()

    def request(self, old: int, size: int, key: SigningKey = LOG) -> Request:
        hashes = {}
        for level in range(8):
            for index in range((size >> level) or 0):
                start, stop = index << level, index + 1 << level
                part, _ = Frontier().extended(leaf_hash(each) for each in self.leaves[start:stop])
                hashes[level, index] = part.root
        path = proof.consistency(old, size, lambda *place: hashes[place])
        return Request(old, tuple(path), self.signed(size, key))


HONEST = Tree([b"entry %d" % each for each in range(20)])
FORKED = Tree([*HONEST.leaves[:5], b"rewritten", *HONEST.leaves[6:]])


@pytest.fixture
def folder(tmp_path: Path) -> WitnessFolder:
    """A witness that follows the log."""
    made = witness_folder.create(tmp_path / "w", "auditor.example/w1")
    made.follow(LOG.verifier)
    return made


def cosigned(folder: WitnessFolder, request: Request) -> Note:
    """What the witness gives, which must be a cosignature."""
    got = folder.add(request, CLOCK)
    assert isinstance(got, Note), got
    assert note.cosigned_at(got, folder.key.verifier) == (Signed.VALID, CLOCK.now() // MICROSECONDS)
    return got


def refused(folder: WitnessFolder, request: Request) -> Refusal:
    """Why the witness does not cosign, and that its record stays as it was."""
    before = folder.latest(LOG.name)
    got = folder.add(request, CLOCK)
    assert isinstance(got, Refusal), got
    assert folder.latest(LOG.name) == before
    return got


def test_a_log_that_continues_is_cosigned_each_time(folder: WitnessFolder) -> None:
    """From nothing, at the same size again, and onward; the newest is on the disk."""
    cosigned(folder, HONEST.request(0, 7))
    cosigned(folder, HONEST.request(7, 7))
    last = cosigned(folder, HONEST.request(7, 20))

    assert WitnessFolder(folder.root).latest(LOG.name) == last.encode()
    assert folder.evidence() == []


def test_an_old_size_that_is_not_the_last_one_is_told_the_last_one(folder: WitnessFolder) -> None:
    """409 with the size, and no evidence: whoever does not know asks with 0."""
    cosigned(folder, HONEST.request(0, 7))

    told = refused(folder, HONEST.request(0, 20))

    assert (told.status, told.size, told.conflict) == (409, 7, None)


@pytest.mark.parametrize(
    ("request_", "status", "kind"),
    [
        (HONEST.request(5, 5), 409, "rollback"),
        (FORKED.request(7, 7), 409, "split_view"),
        (FORKED.request(7, 12), 422, "fork"),
        (Request(7, (), HONEST.signed(12)), 422, "fork"),
        (Request(7, (bytes(32),), HONEST.signed(7)), 422, "fork"),
    ],
    ids=["rollback", "split view", "fork", "without its proof", "a proof between equals"],
)
def test_what_excludes_the_last_one_is_refused_and_both_notes_are_kept(
    folder: WitnessFolder, request_: Request, status: int, kind: str
) -> None:
    """Both are signed by the log's own key: whoever reads them needs to trust nobody."""
    seen = cosigned(folder, HONEST.request(0, 7))

    told = refused(folder, request_)
    refused(folder, request_)  # kept once

    assert told.status == status
    assert told.conflict is not None
    assert told.conflict.kind == kind
    (place,) = folder.evidence()
    assert place.name.startswith(f"{kind}-7-")
    assert (place / "seen").read_bytes() == seen.encode()
    for each in ("seen", "shown"):
        assert note.verify(note.parse((place / each).read_bytes()), LOG.verifier)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (HONEST.request(0, 7, OTHER), 403),
        (Request(9, (), HONEST.signed(7)), 400),
        (Request(0, (), b"no note"), 400),
        (Request(0, (), HONEST.signed(7).replace(b"example.com/kansa/log", b"example.com/kansa/xxx")), 404),
    ],
    ids=["another key", "old above new", "no note", "another log"],
)
def test_what_no_known_log_signed_is_refused_without_evidence(
    folder: WitnessFolder, request_: Request, status: int
) -> None:
    """Anybody can write such a thing: it says nothing about the log."""
    assert refused(folder, request_).status == status
    assert folder.evidence() == []


def test_signatures_of_others_are_not_cosigned_along(folder: WitnessFolder) -> None:
    """The kept note bears the log's line and the witness's own."""
    request = HONEST.request(0, 7)
    signed = note.parse(request.checkpoint).with_signature(OTHER.sign(note.parse(request.checkpoint).text))

    got = cosigned(folder, Request(0, request.path, signed.encode()))

    assert len(got.signatures) == 2


@given(
    st.integers(0, 2**62),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.integers(1, 20),
)
def test_a_request_is_read_as_it_was_written(old: int, path: list[bytes], size: int) -> None:
    """Round trip."""
    request = Request(old, tuple(path), HONEST.signed(size))

    assert witness.decode_request(request.encode()) == request


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 1\n",
        b"old 01\n\nx",
        b"new 1\n\nx",
        b"old 1\nAAAA\n\nx",
        b"old 1\n" + b"A" * 43 + b"=\r\n\nx",
        b"old 1\n" + (b"A" * 43 + b"=\n") * 64 + b"\nx",
        b"old 0\n\n" + b"x" * (1 << 16),
    ],
)
def test_a_request_in_another_spelling_is_refused(body: bytes) -> None:
    """One spelling, and bounded."""
    with pytest.raises(BadInput, match="do not ask a witness"):
        witness.decode_request(body)


def test_an_answer_counts_only_for_known_witnesses(folder: WitnessFolder) -> None:
    """Lines of unknown keys are left out; without a known one it is no answer."""
    got = cosigned(folder, HONEST.request(0, 7))
    lines = witness.answer(got.signatures[-1:])
    known = [folder.key.verifier]

    assert note.verify(witness.cosigned(HONEST.signed(7), lines, known), known[0])
    for wrong in (lines.replace(b"w1", b"w2"), lines[:-6] + b"AAA=\n", b"", b"x"):
        with pytest.raises(BadInput):
            witness.cosigned(HONEST.signed(7), wrong, known)
    with pytest.raises(BadInput):
        witness.cosigned(HONEST.signed(8), lines, known)


def test_what_a_witness_keeps_is_for_its_owner_alone(folder: WitnessFolder) -> None:
    """Modes of the key and of every file and directory."""
    cosigned(folder, HONEST.request(0, 7))
    refused(folder, FORKED.request(7, 7))

    assert {p.stat().st_mode & 0o077 for p in [folder.root, *folder.root.rglob("*")]} == {0}
