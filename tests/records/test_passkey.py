"""Passkeys: an assertion signs one message, for one relying party, by a user who was verified; and nothing else does."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kansa.errors import BadInput
from kansa.records import dsse, passkey
from kansa.records.dsse import Passkey

PARTY = "kansa.example"
MESSAGE = b"DSSEv1 what is signed"
P256 = ec.generate_private_key(ec.SECP256R1())
ED = Ed25519PrivateKey.generate()
POINT = P256.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
ES256 = Passkey(POINT, "ES256", PARTY)
EDDSA = Passkey(ED.public_key().public_bytes_raw(), "EdDSA", PARTY)
SIGNERS: dict[Passkey, Callable[[bytes], bytes]] = {
    ES256: lambda data: P256.sign(data, ec.ECDSA(SHA256())),
    EDDSA: ED.sign,
}


def asserted(
    key: Passkey, message: bytes = MESSAGE, *, flags: int = 0x05, party: str = PARTY, **said: object
) -> bytes:
    """Return what an authenticator would give; `said` overrides what the browser collects."""
    client = {
        "type": "webauthn.get",
        "challenge": passkey.challenge(message),
        "origin": f"https://{PARTY}",
        "crossOrigin": False,
        **said,
    }
    collected = json.dumps(client).encode()
    data = hashlib.sha256(party.encode()).digest() + bytes([flags]) + bytes(4)
    signature = SIGNERS[key](data + hashlib.sha256(collected).digest())
    return passkey.Assertion(data, collected, signature).encode()


@pytest.mark.parametrize("key", [ES256, EDDSA], ids=["ES256", "EdDSA"])
def test_an_assertion_signs_its_message_and_no_other(key: Passkey) -> None:
    """The challenge is the hash of the message; another message has another."""
    made = asserted(key)
    assert key.verifies(MESSAGE, made)
    assert not key.verifies(MESSAGE + b".", made)


@pytest.mark.parametrize("key", [ES256, EDDSA], ids=["ES256", "EdDSA"])
def test_a_passkey_is_written_as_openssh_writes_security_keys_and_read_back(key: Passkey) -> None:
    """The line names the key; its fingerprint is that of its wire form."""
    assert dsse.parse_key(key.line) == key
    assert dsse.parse_key(f"{key.line} somebody@laptop") == key
    assert key.line.startswith("sk-")


@pytest.mark.parametrize(
    "wrong",
    [
        {"flags": 0x01},
        {"flags": 0x04},
        {"party": "other.example"},
        {"type": "webauthn.create"},
        {"challenge": passkey.challenge(b"another")},
        {"origin": "https://evil.example"},
        {"origin": f"http://{PARTY}"},
        {"origin": f"https://not{PARTY}"},
        {"origin": None},
        {"crossOrigin": True},
    ],
    ids=lambda wrong: "-".join(f"{name}={value}" for name, value in wrong.items())[:40],
)
def test_an_assertion_for_another_purpose_signs_nothing(wrong: dict[str, object]) -> None:
    """User present and verified, type, challenge, origin and relying party: each is looked at."""
    assert not ES256.verifies(MESSAGE, asserted(ES256, **wrong))  # type: ignore[arg-type]


def test_what_is_no_assertion_is_no_signature() -> None:
    """Cut, lengthened and altered bytes are refused, wherever they are altered."""
    made = asserted(ES256)
    assert not ES256.verifies(MESSAGE, made[:-1])
    assert not ES256.verifies(MESSAGE, made + b"\x00")
    assert not ES256.verifies(MESSAGE, b"")
    for place in range(0, len(made), 7):
        altered = bytearray(made)
        altered[place] ^= 0x10
        assert not ES256.verifies(MESSAGE, bytes(altered))


def test_a_key_of_another_form_is_refused() -> None:
    """A point off the curve, a key of small order, and a line that says another type than it holds."""
    off = bytes([4]) + bytes(64)
    for key in (
        Passkey(off, "ES256", PARTY),
        Passkey(bytes(32), "EdDSA", PARTY),
        Passkey(POINT, "ES256", ""),
    ):
        with pytest.raises(BadInput, match="not an Ed25519 public key"):
            dsse.parse_key(key.line)
    kind, blob = ES256.line.split()
    with pytest.raises(BadInput):
        dsse.parse_key(f"sk-ssh-ed25519@openssh.com {blob}")
    assert kind == "sk-ecdsa-sha2-nistp256@openssh.com"


def test_a_subdomain_and_this_machine_may_speak_for_a_relying_party() -> None:
    """An origin below the relying party's host counts; plain HTTP counts on `localhost` only."""
    assert ES256.verifies(MESSAGE, asserted(ES256, origin=f"https://office.{PARTY}:8443"))
    local = Passkey(POINT, "ES256", "localhost")
    SIGNERS[local] = SIGNERS[ES256]
    assert local.verifies(MESSAGE, asserted(local, party="localhost", origin="http://localhost:8080"))


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
@pytest.mark.parametrize("key", [ES256, EDDSA], ids=["ES256", "EdDSA"])
def test_openssh_names_a_passkey_as_we_do(key: Passkey, tmp_path: Path) -> None:
    """`ssh-keygen -l` reads the line and shows the same fingerprint."""
    file = tmp_path / "key.pub"
    file.write_text(f"{key.line}\n")
    shown = subprocess.run(["ssh-keygen", "-lf", file], capture_output=True, text=True, check=True).stdout
    assert key.fingerprint in shown
