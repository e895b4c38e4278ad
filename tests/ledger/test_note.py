import base64
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kansa.errors import BadInput
from kansa.ledger import note
from kansa.ledger.note import Algorithm, Checkpoint, Note, Signature, Signed, SigningKey, VerifierKey
from kansa.ledger.proof import consistency, inclusion, verify_consistency, verify_inclusion
from kansa.ledger.tree import Frontier, leaf_hash, position
from shared_data import SharedData

LOG = SigningKey("example.com/kansa/log", Algorithm.ED25519, b"\x01" * 32)
WITNESS = SigningKey("witness.example/w1", Algorithm.COSIGNATURE, b"\x02" * 32)
CHECKPOINT = Checkpoint(LOG.name, 7, b"\x03" * 32)
TEXT = CHECKPOINT.encode()
SIGNED = Note(TEXT, (LOG.sign(TEXT),))
COSIGNED = SIGNED.with_signature(WITNESS.cosign(TEXT, 1_700_000_000))


def _flips(data: bytes) -> Iterator[bytes]:
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        yield bytes(flipped)


def test_a_signed_checkpoint_comes_back_and_verifies() -> None:
    """Law: parse(encode(n)) = n; the log's and the witness's key find their lines, and nobody else's."""
    again = note.parse(COSIGNED.encode())

    assert again == COSIGNED
    assert note.parse_checkpoint(again.text) == CHECKPOINT == note.checkpoint_in(COSIGNED.encode())
    assert note.verify(again, LOG.verifier) is Signed.VALID
    assert note.cosigned_at(again, WITNESS.verifier) == (Signed.VALID, 1_700_000_000)
    assert note.verify(SIGNED, WITNESS.verifier) is Signed.ABSENT


def test_no_flipped_bit_of_a_signed_checkpoint_is_accepted() -> None:
    """Law: any bit of text, name, key id or signature makes the log's key find no valid signature."""
    for flipped in _flips(SIGNED.encode()):
        try:
            parsed = note.parse(flipped)
        except BadInput:
            continue

        assert not note.verify(parsed, LOG.verifier)
        assert parsed.encode() == flipped


def test_no_flipped_bit_passes_where_a_witness_is_required_too() -> None:
    """Law: with log and witness both asked for, no bit of the note is free."""
    for flipped in _flips(COSIGNED.encode()):
        try:
            parsed = note.parse(flipped)
        except BadInput:
            continue

        assert not (note.verify(parsed, LOG.verifier) and note.verify(parsed, WITNESS.verifier))


def test_lines_of_unknown_keys_are_kept_and_ignored() -> None:
    """Law: signed-note: a verifier ignores keys that it does not know, even of the same name or id."""
    stranger = Signature(LOG.name, b"abcd", b"x" * 2420)
    twin = Signature("other.example", LOG.verifier.key_id, b"x" * 64)
    signed = Note(TEXT, (stranger, twin, *SIGNED.signatures))

    assert note.verify(note.parse(signed.encode()), LOG.verifier) is Signed.VALID
    assert note.parse(signed.encode()).signatures[:2] == (stranger, twin)


def test_a_second_line_of_a_known_key_is_a_fault() -> None:
    """Law: one line a key, so that a note has one reading."""
    assert note.verify(Note(TEXT, SIGNED.signatures * 2), LOG.verifier) is Signed.INVALID


def test_a_cosignature_is_no_log_signature_and_the_other_way_round() -> None:
    """Law: the signature type is part of the key id and of what is signed."""
    same_seed = replace(WITNESS, name=LOG.name, seed=LOG.seed)
    forged = Note(TEXT, (Signature(LOG.name, LOG.verifier.key_id, same_seed.cosign(TEXT, 5).data[8:]),))

    assert same_seed.verifier.key_id != LOG.verifier.key_id
    assert note.verify(forged, LOG.verifier) is Signed.INVALID
    with pytest.raises(ValueError, match="cosignatures only"):
        WITNESS.sign(TEXT)
    with pytest.raises(ValueError, match="makes no cosignatures"):
        LOG.cosign(TEXT, 5)


def test_the_time_of_a_cosignature_is_signed() -> None:
    """Law: tlog-cosignature: the timestamp stands in the signed message."""
    line = COSIGNED.signatures[1]
    later = replace(line, data=(1_800_000_000).to_bytes(8, "big") + line.data[8:])

    assert note.cosigned_at(Note(TEXT, (later,)), WITNESS.verifier) == (Signed.INVALID, None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text\n",
        b"text\n\n",
        SIGNED.encode()[:-1],
        SIGNED.encode() + b"\n",
        SIGNED.encode() + b"x",
        SIGNED.encode().replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf".join([b"", b"\x01" + SIGNED.encode()]),
        SIGNED.encode().replace("—".encode(), b"-"),
        SIGNED.encode().replace(b"\n\n", b"\n"),
        b"text\n\n" + "— name AAAA\n".encode(),
        b"text\n\n" + "— na+me AAAAAAAA\n".encode(),
        b"text\n\n" + "— \u2003 AAAAAAAA\n".encode(),
        b"text\xff\n\n" + "— name AAAAAAAA\n".encode(),
        b"text\n\n" + "— name AAAAAAB\n".encode(),
        b"text\n\n" + "— name AAAAAAB=\n".encode(),
        b"text\n\n" + "— name AAAAAAA=\n".encode() * 65,
    ],
)
def test_what_is_no_signed_note_is_refused(data: bytes) -> None:
    """Law: one line ending, no control characters, one base64 spelling, signature lines to the end, not too many."""
    with pytest.raises(BadInput) as refusal:
        note.parse(data)

    assert refusal.value.code == "note.format"


@pytest.mark.parametrize(
    "text",
    [
        TEXT + "extension\n",
        TEXT[:-1],
        TEXT.replace("\n7\n", "\n07\n"),
        TEXT.replace("\n7\n", "\n+7\n"),
        TEXT.replace("\n7\n", "\n7 \n"),
        TEXT.replace("\n7\n", "\n٧\n"),
        TEXT.replace("\n7\n", f"\n{2**63}\n"),
        "\n" + TEXT.partition("\n")[2],
        "origin\n7\n" + base64.b64encode(b"x" * 31).decode() + "\n",
        "origin\n7\n" + base64.b64encode(b"\x03" * 32).decode()[:-2] + "N=\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    """Law: origin, size in its one spelling, a root of 32 bytes, and nothing else."""
    with pytest.raises(BadInput) as refusal:
        note.parse_checkpoint(text)

    assert refusal.value.code == "checkpoint.format"


@given(st.binary(min_size=32, max_size=32), st.sampled_from(Algorithm))
def test_keys_come_back_from_their_text(seed: bytes, algorithm: Algorithm) -> None:
    """Law: parse(encode(k)) = k, for both halves."""
    key = SigningKey("example.com/log", algorithm, seed)

    assert note.parse_signing_key(key.encode()) == key
    assert note.parse_vkey(key.verifier.encode()) == key.verifier


def test_no_flipped_bit_of_a_key_leaves_it_the_same() -> None:
    """Law: the key id binds name, type and key; what still parses is another key."""
    vkey = LOG.verifier.encode().encode()
    for flipped in _flips(vkey):
        try:
            again = note.parse_vkey(flipped.decode())
        except (BadInput, UnicodeDecodeError):
            continue

        pytest.fail(f"{flipped!r} was read as {again}")


def test_an_error_about_a_signing_key_does_not_tell_it() -> None:
    """Law: secrets stand in no message, nor in a representation."""
    text = LOG.encode()[:-2] + "A="
    with pytest.raises(BadInput) as refusal:
        note.parse_signing_key(text)

    assert text[-20:] not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert "seed" not in repr(LOG)


@pytest.mark.parametrize("name", ["", "has space", "has+plus", "has\u3000space"])
def test_a_name_that_no_signature_line_could_bear_names_no_key(name: str) -> None:
    """Law: signed-note: a key name is not empty and has neither space nor plus."""
    with pytest.raises(BadInput):
        note.parse_signing_key(SigningKey(name, Algorithm.ED25519, b"\x01" * 32).encode())


def test_the_example_of_the_specification_verifies(shared_data: SharedData) -> None:
    """Law: C2SP signed-note.md, section Example."""
    example = json.loads(shared_data("vectors", "c2sp_spec_examples", "signed-note.json").read_bytes())

    assert note.verify(note.parse(example["note"].encode()), note.parse_vkey(example["vkey"])) is Signed.VALID


def test_the_note_of_the_go_checksum_database_is_reproduced(shared_data: SharedData) -> None:
    """Law: golang.org/x/mod/sumdb/note: our signature over its text is its signature; its bad keys are refused."""
    example = json.loads(shared_data("vectors", "x_mod_sumdb", "note.json").read_bytes())
    key = note.parse_signing_key(example["skey_test_only"])

    assert key.verifier.encode() == example["vkey"]
    assert Note(example["text"], (key.sign(example["text"]),)).encode().decode() == example["note"]
    assert key.sign(example["text"]).encode() == example["signature_line"]
    for vkey in example["bad_vkeys"]:
        with pytest.raises(BadInput):
            note.parse_vkey(vkey)


def test_wycheproofs_ed25519_signatures_are_judged_as_published(shared_data: SharedData) -> None:
    """Law: 151 vectors, valid and forged, through the verification that checkpoints use."""
    published = json.loads(
        shared_data("vectors", "wycheproof", "testvectors_v1", "ed25519_test.json").read_bytes()
    )
    judged = Counter[str]()
    for group in published["testGroups"]:
        key = VerifierKey("wycheproof", Algorithm.ED25519, bytes.fromhex(group["publicKey"]["pk"]))
        for test in group["tests"]:
            accepted = key.verify(bytes.fromhex(test["msg"]), bytes.fromhex(test["sig"]))

            assert accepted == (test["result"] == "valid"), test["tcId"]
            judged[test["result"]] += 1

    assert judged.total() == 151
    assert judged["valid"] > 50


def test_keys_of_small_order_are_refused_in_every_encoding(shared_data: SharedData) -> None:
    """Law: CCTV's 914 edge cases: a key that accepts what nobody signed is never enrolled, others are."""
    vectors = json.loads(shared_data("vectors", "cctv", "ed25519", "ed25519vectors.json").read_bytes())
    refused: dict[str, bool] = {}
    small: dict[str, bool] = {}
    for vector in vectors:
        encoded = VerifierKey("example.com/log", Algorithm.ED25519, bytes.fromhex(vector["key"])).encode()
        flags = set(vector["flags"] or [])
        small[vector["key"]] = "low_order_A" in flags
        try:
            note.parse_vkey(encoded)
            refused[vector["key"]] = False
        except BadInput:
            refused[vector["key"]] = True

    assert len(vectors) == 914
    assert refused == small
    assert any(small.values())


def test_a_log_that_others_wrote_is_read_with_its_checkpoints(shared_data: SharedData) -> None:
    """Law: Tessera's log of 15 entries: signatures, roots at every size, proofs from our tree against their roots."""
    folder = shared_data("vectors", "tessera_log", "testdata", "log")
    key = note.parse_vkey("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx")
    bundle = (folder / "tile" / "entries" / "000.p" / "15").read_bytes()
    entries = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        entries.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    leaves = [leaf_hash(entry) for entry in entries]
    stored = Frontier().extended(leaves)[1]
    roots = {}
    for size in range(16):
        signed = note.parse((folder / f"checkpoint.{size}").read_bytes())
        checkpoint = note.parse_checkpoint(signed.text)
        roots[size] = checkpoint.root

        assert note.verify(signed, key) is Signed.VALID
        assert checkpoint == Checkpoint(key.name, size, Frontier().extended(leaves[:size])[0].root)
    assert b"".join(leaves) == (folder / "tile" / "0" / "000.p" / "15").read_bytes()
    for size in range(1, 16):
        path = inclusion(size - 1, size, lambda level, index: stored[position(level, index)])
        further = consistency(size, 15, lambda level, index: stored[position(level, index)])

        assert verify_inclusion(size - 1, size, leaves[size - 1], path, roots[size])
        assert verify_consistency(size, 15, further, roots[size], roots[15])


def test_a_signature_is_the_plain_ed25519_of_the_text() -> None:
    """Law: type 0x01 is RFC 8032 over the note text, so that openssl alone can check a checkpoint."""
    private = Ed25519PrivateKey.from_private_bytes(LOG.seed)

    assert LOG.sign(TEXT).data == private.sign(TEXT.encode())
