"""Statements that people sign: DSSE envelopes (secure-systems-lab/dsse, v1.0.2) under keys in OpenSSH's form.

A key is Ed25519, in a file or an agent, or a passkey: then the signature holds the whole assertion (`records.passkey`).

What is signed is PAE(type, payload), so that a signature means one payload of one type. A key is named by its OpenSSH
fingerprint, `SHA256:…`, as `ssh-keygen -l` shows it.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kansa.errors import BadInput
from kansa.records import passkey
from kansa.records.ed25519 import PUBLIC_KEY_BYTES, has_small_order

Sign = Callable[[bytes], bytes]
"""Makes a key's Ed25519 signature of a message."""

_SSH_TYPE = b"ssh-ed25519"
_PASSKEY_TYPES: Mapping[bytes, passkey.Algorithm] = {
    b"sk-ecdsa-sha2-nistp256@openssh.com": "ES256",
    b"sk-ssh-ed25519@openssh.com": "EdDSA",
}
_CURVE = b"nistp256"
_POINT_BYTES = 65


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
    def type(self) -> str:
        """The type of the key, as OpenSSH names it."""
        return _SSH_TYPE.decode()

    @property
    def line(self) -> str:
        """The line of an OpenSSH public key file, without comment."""
        return f"{self.type} {_base64(self.wire)}"

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


class Passkey(PublicKey, frozen=True):
    """A person's passkey: `raw` is the point on P-256 (65 bytes) or the Ed25519 key, `relying_party` for whom it signs."""

    algorithm: passkey.Algorithm
    relying_party: str

    @property
    def type(self) -> str:
        """The type of the key, as OpenSSH names security keys."""
        return next(name for name, each in _PASSKEY_TYPES.items() if each == self.algorithm).decode()

    @property
    def wire(self) -> bytes:
        """The key as OpenSSH writes security keys (PROTOCOL.u2f)."""
        curve = _wire(_CURVE) if self.algorithm == "ES256" else b""
        return _wire(self.type.encode()) + curve + _wire(self.raw) + _wire(self.relying_party.encode())

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Tell whether the signature is an assertion of the message by this key."""
        return passkey.verifies(self.algorithm, self.raw, self.relying_party, message, signature)


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
    """Read an OpenSSH public key line, of a passkey too (`Passkey`); a comment after the key is passed over.

    Raises:
        BadInput: `key.public`; another type of key, another length, or a key that accepts signatures nobody made.
    """
    try:
        kind, encoded, *_ = line.split()
        blob = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise _no_key(line) from error
    if kind.encode() in _PASSKEY_TYPES:
        return _passkey(line, kind.encode(), blob)
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


def _passkey(line: str, kind: bytes, blob: bytes) -> Passkey:
    algorithm = _PASSKEY_TYPES[kind]
    expected = [kind, _CURVE] if algorithm == "ES256" else [kind]
    strings = _strings(blob)
    if strings is None or len(strings) != len(expected) + 2 or strings[: len(expected)] != expected:
        raise _no_key(line)
    raw, party = strings[-2:]
    good = (
        len(raw) == _POINT_BYTES and passkey.on_curve(raw)
        if algorithm == "ES256"
        else len(raw) == PUBLIC_KEY_BYTES and not has_small_order(raw)
    )
    if not good or not party or not party.isascii():
        raise _no_key(line)
    return Passkey(raw, algorithm, party.decode("ascii"))


def _strings(blob: bytes) -> list[bytes] | None:
    """Return the strings of which bytes consist (RFC 4251, 5); None if they consist of something else."""
    found = []
    while blob:
        length = int.from_bytes(blob[:4], "big")
        if len(blob) < 4 + length:
            return None
        found.append(blob[4 : 4 + length])
        blob = blob[4 + length :]
    return found


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
