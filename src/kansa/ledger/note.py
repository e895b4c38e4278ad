"""Signed notes, verifier keys, checkpoints and cosignatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

Ed25519 only: signatures of the log (type 0x01) and timestamped cosignatures of witnesses (type 0x04). Signature
lines of keys that we do not know are kept and ignored. Each thing has one spelling: what parses, encodes to the
same bytes.
"""

import hashlib
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kansa.errors import BadInput
from kansa.ledger.strict import decimal, from_base64, to_base64
from kansa.ledger.tree import HASH_BYTES
from kansa.records.ed25519 import PUBLIC_KEY_BYTES, has_small_order

MAX_NOTE_BYTES = 1 << 20
MAX_SIGNATURES = 64

_DASH = "— "
_KEY_ID_BYTES = 4
_SEED_BYTES = 32
_TIME_BYTES = 8
_SIGNING_PREFIX = "PRIVATE+KEY+"


class Algorithm(IntEnum):
    """The signature types that we use (C2SP signed-note, Signature types)."""

    ED25519 = 0x01
    COSIGNATURE = 0x04


class Signed(Enum):
    """Whether a known key signed a note. True in a condition only if it did."""

    VALID = "valid"
    INVALID = "invalid"
    ABSENT = "absent"

    def __bool__(self) -> bool:
        return self is Signed.VALID


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who says to have signed, and the bytes after the key id."""

    name: str
    key_id: bytes
    data: bytes

    def encode(self) -> str:
        """Return the line with its newline."""
        return f"{_DASH}{self.name} {to_base64(self.key_id + self.data)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signature lines."""

    text: str
    signatures: tuple[Signature, ...]

    def encode(self) -> bytes:
        """Return the note's bytes."""
        return f"{self.text}\n{''.join(each.encode() for each in self.signatures)}".encode()

    def with_signature(self, signature: Signature) -> "Note":
        """Return the note with one more signature line at its end."""
        return Note(self.text, (*self.signatures, signature))


@dataclass(frozen=True)
class VerifierKey:
    """A public key under the name that its signature lines bear; `encode` writes the vkey."""

    name: str
    algorithm: Algorithm
    public_key: bytes

    @cached_property
    def key_id(self) -> bytes:
        """SHA-256(name ‖ 0x0A ‖ type ‖ public key), first four bytes."""
        preimage = f"{self.name}\n".encode() + bytes([self.algorithm]) + self.public_key
        return hashlib.sha256(preimage).digest()[:_KEY_ID_BYTES]

    def encode(self) -> str:
        """Return `<name>+<key id in hex>+<base64 of type ‖ public key>`."""
        key = to_base64(bytes([self.algorithm]) + self.public_key)
        return f"{self.name}+{self.key_id.hex()}+{key}"

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Tell whether this is the key's Ed25519 signature (RFC 8032) over the message."""
        try:
            self._public.verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    @cached_property
    def _public(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.public_key)


@dataclass(frozen=True)
class SigningKey:
    """A private key under the name that its signature lines bear; `encode` writes the form of the Go note package."""

    name: str
    algorithm: Algorithm
    seed: bytes

    def __repr__(self) -> str:
        return f"SigningKey({self.name!r})"

    @cached_property
    def verifier(self) -> VerifierKey:
        """The key that others verify with."""
        return VerifierKey(self.name, self.algorithm, self._private.public_key().public_bytes_raw())

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def encode(self) -> str:
        """Return `PRIVATE+KEY+<name>+<key id in hex>+<base64 of type ‖ seed>`."""
        key = to_base64(bytes([self.algorithm]) + self.seed)
        return f"{_SIGNING_PREFIX}{self.name}+{self.verifier.key_id.hex()}+{key}"

    def sign(self, text: str) -> Signature:
        """Sign a note's text as a log does."""
        if self.algorithm is not Algorithm.ED25519:
            raise ValueError("a witness's key makes cosignatures only")
        return Signature(self.name, self.verifier.key_id, self._sign(text.encode()))

    def cosign(self, text: str, time: int) -> Signature:
        """Cosign a checkpoint's text as a witness does; `time` in seconds since 1970."""
        if self.algorithm is not Algorithm.COSIGNATURE:
            raise ValueError("a log's key makes no cosignatures")
        stamped = time.to_bytes(_TIME_BYTES, "big") + self._sign(_cosigned(text, time))
        return Signature(self.name, self.verifier.key_id, stamped)

    def _sign(self, message: bytes) -> bytes:
        return self._private.sign(message)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's tree head: which log, how many entries, which root."""

    origin: str
    size: int
    root: bytes

    def encode(self) -> str:
        """Return the note text: three lines, never an extension line."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"


def parse(data: bytes) -> Note:
    """Read a signed note.

    Raises:
        BadInput: `note.format`, for anything that `Note.encode` would not have written.
    """
    try:
        return _read_note(data)
    except ValueError as error:
        raise BadInput("note.format", f"the bytes are not a signed note: {error}") from error


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint from a note's text. Extension lines are refused: no monitor could audit them.

    Raises:
        BadInput: `checkpoint.format`.
    """
    try:
        return _read_checkpoint(text)
    except ValueError as error:
        raise BadInput(
            "checkpoint.format", f"the text is not a checkpoint of origin, size and root: {error}"
        ) from error


def checkpoint_in(data: bytes) -> Checkpoint:
    """Return the checkpoint that a signed note's bytes carry; no signature is looked at.

    Raises:
        BadInput: `note.format` or `checkpoint.format`.
    """
    return parse_checkpoint(parse(data).text)


def parse_vkey(vkey: str) -> VerifierKey:
    """Read a verifier key; keys of small order are refused, since they accept signatures that nobody made.

    Raises:
        BadInput: `key.vkey`.
    """
    try:
        return _read_vkey(vkey)
    except ValueError as error:
        raise BadInput("key.vkey", f"`{vkey}` is not a verifier key: {error}") from error


def parse_signing_key(text: str) -> SigningKey:
    """Read a signing key. The message of the error does not repeat it.

    Raises:
        BadInput: `key.signing`.
    """
    try:
        return _read_signing_key(text)
    except ValueError:
        raise BadInput("key.signing", "the text is not a signing key in note format") from None


def verify(note: Note, key: VerifierKey) -> Signed:
    """Return whether a key signed the note. Lines of other keys count for nothing; a second line of the key is a fault."""
    return cosigned_at(note, key)[0]


def cosigned_at(note: Note, key: VerifierKey) -> tuple[Signed, int | None]:
    """Return, as `verify`, when a witness says to have cosigned, in seconds since 1970; None for a log's own signature."""
    key_id = key.key_id
    mine = [each for each in note.signatures if (each.name, each.key_id) == (key.name, key_id)]
    if not mine:
        return Signed.ABSENT, None
    if len(mine) > 1:
        return Signed.INVALID, None
    data, time = mine[0].data, None
    message = note.text.encode()
    if key.algorithm is Algorithm.COSIGNATURE:
        time = int.from_bytes(data[:_TIME_BYTES], "big")
        message, data = _cosigned(note.text, time), data[_TIME_BYTES:]
    if not key.verify(message, data):
        return Signed.INVALID, None
    return Signed.VALID, time


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _read_note(data: bytes) -> Note:
    if len(data) > MAX_NOTE_BYTES:
        raise ValueError(f"it is longer than {MAX_NOTE_BYTES} bytes")
    whole = data.decode("utf-8")
    if any(character < " " and character != "\n" for character in whole):
        raise ValueError("it holds a control character")
    text, blank, lines = whole.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise ValueError("no signature lines after an empty line")
    signatures = tuple(_signature(line) for line in lines[:-1].split("\n"))
    if len(signatures) > MAX_SIGNATURES:
        raise ValueError(f"it has more than {MAX_SIGNATURES} signatures")
    return Note(f"{text}\n", signatures)


def _read_checkpoint(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) != 4 or not lines[0] or lines[3]:
        raise ValueError("it does not have three lines")
    return Checkpoint(lines[0], decimal(lines[1]), from_base64(lines[2], HASH_BYTES))


def _read_vkey(vkey: str) -> VerifierKey:
    name, key_id, algorithm, public_key = _key_parts(vkey)
    key = VerifierKey(name, algorithm, public_key)
    if len(public_key) != PUBLIC_KEY_BYTES or has_small_order(public_key):
        raise ValueError("the public key cannot be used")
    if key_id != key.key_id:
        raise ValueError("the key id does not belong to the key")
    return key


def _read_signing_key(text: str) -> SigningKey:
    if not text.startswith(_SIGNING_PREFIX):
        raise ValueError("the prefix is missing")
    name, key_id, algorithm, seed = _key_parts(text.removeprefix(_SIGNING_PREFIX))
    if len(seed) != _SEED_BYTES:
        raise ValueError("the length is wrong")
    key = SigningKey(name, algorithm, seed)
    if key.verifier.key_id != key_id:
        raise ValueError("the key id does not belong to the key")
    return key


def _signature(line: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise ValueError(f"`{line}` is not a signature line")
    _check_name(name)
    data = from_base64(encoded)
    if len(data) <= _KEY_ID_BYTES:
        raise ValueError(f"the signature of `{name}` is too short")
    return Signature(name, data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:])


def _key_parts(text: str) -> tuple[str, bytes, Algorithm, bytes]:
    name, key_id, key = text.split("+", 2)
    _check_name(name)
    if len(key_id) != 2 * _KEY_ID_BYTES or key_id != key_id.lower():
        raise ValueError("the key id is not eight hexadecimal digits")
    data = from_base64(key)
    return name, bytes.fromhex(key_id), Algorithm(int.from_bytes(data[:1], "big")), data[1:]


def _check_name(name: str) -> None:
    if not name or "+" in name or any(c.isspace() or c < " " for c in name):
        raise ValueError(f"`{name}` is not a key name")
