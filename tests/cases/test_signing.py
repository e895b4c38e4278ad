"""Keys and envelopes: what is signed is one payload of one type, by keys that people have already."""

import base64
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from cases.office import ADMIN
from kansa.errors import BadInput, BrokenVault
from kansa.people.keys import Key, create_key, key_at, public_key_at
from kansa.records import dsse
from shared_data import SharedData
from worlds import dice

PAYLOAD, TYPE = b'{"a":1}', "application/x"


def test_the_official_vector_signs_our_encoding(shared_data: SharedData) -> None:
    """The P-256 signature of the DSSE specification verifies over our PAE, and its text is theirs."""
    vector = msgspec.json.decode(shared_data("vectors", "dsse", "example.json").read_bytes())
    encoded = dsse.pae(vector["payloadType"], vector["payload"].encode())
    numbers = ec.EllipticCurvePublicNumbers(
        int(vector["p256"]["X"]), int(vector["p256"]["Y"]), ec.SECP256R1()
    )
    raw = base64.b64decode(vector["envelope"]["signatures"][0]["sig"])
    half = len(raw) // 2
    r, s = int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")

    assert encoded.decode() == vector["pae"]
    numbers.public_key().verify(encode_dss_signature(r, s), encoded, ec.ECDSA(hashes.SHA256()))


def test_a_signature_means_one_payload_of_one_type() -> None:
    """Another payload, type or key, and it is none."""
    key, other = ADMIN.key.public, dsse.parse_key(dsse.PublicKey(dice(4)(32)).line)
    text = dsse.wrap(TYPE, PAYLOAD, key, ADMIN.key.sign).encode()

    assert dsse.signed_by(text, TYPE, PAYLOAD, key)
    assert not dsse.signed_by(text, TYPE, b"{}", key)
    assert not dsse.signed_by(text, "application/y", PAYLOAD, key)
    assert not dsse.signed_by(text, TYPE, PAYLOAD, other)
    assert not dsse.signed_by("{}", TYPE, PAYLOAD, key)


def test_a_key_that_accepts_what_nobody_signed_is_refused() -> None:
    """The neutral element and its like never become anybody's key."""
    with pytest.raises(BadInput, match="is not an Ed25519 public key"):
        dsse.parse_key(dsse.PublicKey(b"\x01" + bytes(31)).line)


def test_our_keys_are_those_of_openssh(tmp_path: Path) -> None:
    """`ssh-keygen` reads what we make, with the fingerprint that we show; we read what it makes."""
    made = create_key(tmp_path / "ours", dice(3))
    shown = subprocess.run(
        ["ssh-keygen", "-lf", tmp_path / "ours.pub"], capture_output=True, check=True, text=True
    )
    subprocess.run(["ssh-keygen", "-qt", "ed25519", "-N", "", "-f", tmp_path / "theirs"], check=True)
    theirs = key_at(tmp_path / "theirs", None)

    assert made.public.fingerprint in shown.stdout
    assert key_at(tmp_path / "ours", None).public == made.public
    assert theirs.public == public_key_at(tmp_path / "theirs.pub")
    assert theirs.public.verifies(PAYLOAD, theirs.sign(PAYLOAD))


def test_a_key_that_others_may_read_is_refused_and_none_is_overwritten(tmp_path: Path) -> None:
    """A private key is private."""
    create_key(tmp_path / "key", dice(3))
    with pytest.raises(BadInput, match="exists"):
        create_key(tmp_path / "key", dice(4))
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(BrokenVault, match="may be used by others"):
        key_at(tmp_path / "key", None)


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[str]:
    """A real SSH agent."""
    place = tmp_path / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", place], stdout=subprocess.DEVNULL)
    try:
        while not place.exists():
            pass
        yield str(place)
    finally:
        process.terminate()
        process.wait()


def test_a_key_with_a_passphrase_signs_through_the_agent(tmp_path: Path, agent: str) -> None:
    """The file alone says what to do; its public half and the agent sign, and the signature is the key's."""
    file = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-qt", "ed25519", "-N", "secret", "-f", file], check=True)
    with pytest.raises(BadInput, match="has a passphrase"):
        key_at(file, agent)
    public: Key = key_at(file.with_suffix(".pub"), agent)
    with pytest.raises(BadInput, match="does not hold"):
        public.sign(PAYLOAD)

    subprocess.run(["ssh-keygen", "-qpP", "secret", "-N", "", "-f", file], check=True)
    subprocess.run(["ssh-add", "-q", file], env={**os.environ, "SSH_AUTH_SOCK": agent}, check=True)
    assert public.public.verifies(PAYLOAD, public.sign(PAYLOAD))


def test_without_an_agent_it_is_said_what_to_do(tmp_path: Path) -> None:
    """No socket, or nobody there."""
    create_key(tmp_path / "key", dice(3))
    for place in (None, str(tmp_path / "nobody")):
        with pytest.raises(BadInput, match="agent"):
            key_at(tmp_path / "key.pub", place).sign(PAYLOAD)
