"""Statements that people sign: DSSE envelopes (secure-systems-lab/dsse, v1.0.2) under Ed25519 keys in OpenSSH's form.

What is signed is PAE(type, payload), so that a signature means one payload of one type. A key is named by its OpenSSH
fingerprint, `SHA256:…`, as `ssh-keygen -l` shows it.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable
from functools import lru_cache

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kansa.errors import BadInput
from kansa.records.ed25519 import PUBLIC_KEY_BYTES, has_small_order

Sign = Callable[[bytes], bytes]
"""Makes a key's Ed25519 signature of a message."""

_SSH_TYPE = b"ssh-ed25519"


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One signature, base64, and the fingerprint of the key that made it."""

    keyid: str
    sig: str


class Envelope(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A payload in base64, its type, and who signed it."""

    payload: str
    payload_type: str
    signatures: tuple[Signature, ...]

    def encode(self) -> str:
        """Return the envelope as JSON."""
        return msgspec.json.encode(self).decode()


class PublicKey(msgspec.Struct, frozen=True):
    """A person's Ed25519 public key: its 32 bytes."""

    raw: bytes

    @property
    def line(self) -> str:
        """The line of an OpenSSH public key file, without comment."""
        return f"{_SSH_TYPE.decode()} {_base64(self.wire)}"

    @property
    def fingerprint(self) -> str:
        """`SHA256:` and the unpadded base64 of the hash of the key's wire form."""
        return f"SHA256:{_base64(hashlib.sha256(self.wire).digest()).rstrip('=')}"

    @property
    def wire(self) -> bytes:
        """The key as SSH writes it (RFC 8709, 4)."""
        return _wire(_SSH_TYPE) + _wire(self.raw)

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Tell whether the signature of the message is this key's (RFC 8032)."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return the pre-authentication encoding (DSSE protocol, Signature Definition): lengths are decimal, in bytes."""
    kind = payload_type.encode()
    return b" ".join([b"DSSEv1", b"%d" % len(kind), kind, b"%d" % len(payload), payload])


def wrap(payload_type: str, payload: bytes, key: PublicKey, sign: Sign) -> Envelope:
    """Return an envelope with one signature."""
    made = Signature(key.fingerprint, _base64(sign(pae(payload_type, payload))))
    return Envelope(_base64(payload), payload_type, (made,))


@lru_cache(8192)  # the same few enrolments are looked at for every decision
def signed_by(text: str, payload_type: str, payload: bytes, key: PublicKey) -> bool:
    """Tell whether the envelope in `text` holds this payload of this type under a signature of this key."""
    try:
        envelope = parse(text)
        if envelope.payload_type != payload_type or _bytes(envelope.payload) != payload:
            return False
        mine = [_bytes(each.sig) for each in envelope.signatures if each.keyid == key.fingerprint]
    except BadInput:
        return False
    message = pae(payload_type, payload)
    return any(key.verifies(message, signature) for signature in mine)


def parse(text: str) -> Envelope:
    """Read an envelope.

    Raises:
        BadInput: `dsse.format`.
    """
    try:
        return msgspec.json.decode(text, type=Envelope)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise BadInput("dsse.format", f"the text is not a DSSE envelope: {error}") from error


@lru_cache(4096)
def parse_key(line: str) -> PublicKey:
    """Read an OpenSSH public key line; a comment after the key is passed over.

    Raises:
        BadInput: `key.public`; another type of key, another length, or a key that accepts signatures nobody made.
    """
    try:
        kind, encoded, *_ = line.split()
        blob = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise _no_key(line) from error
    prefix = _wire(_SSH_TYPE) + PUBLIC_KEY_BYTES.to_bytes(4, "big")
    raw = blob.removeprefix(prefix)
    if (
        kind != _SSH_TYPE.decode()
        or len(blob) != len(prefix) + PUBLIC_KEY_BYTES
        or len(raw) != PUBLIC_KEY_BYTES
    ):
        raise _no_key(line)
    if has_small_order(raw):
        raise _no_key(line)
    return PublicKey(raw)


def keyids(text: str) -> tuple[str, ...]:
    """Return the fingerprints under which an envelope says to be signed; none if it cannot be read."""
    try:
        return tuple(each.keyid for each in parse(text).signatures)
    except BadInput:
        return ()


def _no_key(line: str) -> BadInput:
    return BadInput(
        "key.public",
        f"`{line[:40]}` is not an Ed25519 public key",
        help="give the `.pub` file of a key that `kansa person key` or `ssh-keygen -t ed25519` made",
    )


def _wire(data: bytes) -> bytes:
    """Return a string as SSH writes it (RFC 4251, 5)."""
    return len(data).to_bytes(4, "big") + data


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadInput("dsse.format", f"the envelope holds what is not base64: {error}") from error
