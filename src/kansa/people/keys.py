"""The keys that people sign with: Ed25519, in OpenSSH's files or in the SSH agent.

Whoever has `~/.ssh/id_ed25519` can sign with it; a key with a passphrase is used through the agent. The private key
never leaves its file or the agent, and nothing but a DSSE pre-authentication encoding is ever signed.
"""

import os
import socket
import stat
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_ssh_private_key,
)

from kansa.errors import BadInput, BrokenVault
from kansa.ids import RandomBytes
from kansa.records import dsse
from kansa.records.dsse import PublicKey, Sign

_SEED_BYTES = 32
_SIGN_REQUEST, _SIGN_RESPONSE = 13, 14
_MOST_REPLY_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Key:
    """A public key and the way to sign with it."""

    public: PublicKey
    sign: Sign = field(repr=False)


def key_from(seed: bytes) -> Key:
    """Return the key of 32 random bytes."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return Key(PublicKey(private.public_key().public_bytes_raw()), private.sign)


def create_key(path: Path, random_bytes: RandomBytes) -> Key:
    """Make a key and keep it in `path` (mode 0600) and `path.pub`, as `ssh-keygen -t ed25519 -N ''` does.

    Raises:
        BadInput: `key.exists`; keys are never overwritten.
    """
    seed = random_bytes(_SEED_BYTES)
    private = Ed25519PrivateKey.from_private_bytes(seed)
    key = key_from(seed)
    text = private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    public = path.with_name(f"{path.name}.pub")
    for file, content, mode in ((path, text, 0o600), (public, f"{key.public.line}\n".encode(), 0o644)):
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError as error:
            raise BadInput("key.exists", f"`{file}` exists", help="keys are never overwritten") from error
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
    return key


def key_at(path: Path, agent: str | None) -> Key:
    """Return the key of a file: a private key, or a public one whose private half the SSH agent at the socket `agent` holds.

    Raises:
        BadInput: `key.private`, if the file is no Ed25519 key, or needs a passphrase; `key.agent`, if there is no agent.
        BrokenVault: `key.mode`, if others may read a private key.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput("key.private", f"the key file `{path}` cannot be read: {error.strerror}") from error
    if content.startswith(b"ssh-"):
        public = dsse.parse_key(content.decode("ascii", "replace").strip())
        return Key(public, _agent(public, agent))
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise BrokenVault(
            "key.mode",
            f"the key file `{path}` may be used by others (mode {mode:04o})",
            help=f"chmod 600 {path}",
        )
    return _private(path, content)


def public_key_at(path: Path) -> PublicKey:
    """Return the public key of a `.pub` file.

    Raises:
        BadInput: `key.public`.
    """
    try:
        return dsse.parse_key(path.read_text("utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("key.public", f"the key file `{path}` cannot be read: {error}") from error


def _private(path: Path, content: bytes) -> Key:
    advice = f"add it to the SSH agent (`ssh-add {path}`) and give `{path}.pub`"
    try:
        private = load_ssh_private_key(content, password=None)
    except (UnsupportedAlgorithm, TypeError) as error:
        raise BadInput("key.private", f"the key `{path}` has a passphrase", help=advice) from error
    except ValueError as error:
        raise BadInput("key.private", f"`{path}` is not an OpenSSH private key: {error}") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise BadInput(
            "key.private", f"`{path}` is not an Ed25519 key", help="make one with `kansa person key FILE`"
        )
    return Key(PublicKey(private.public_key().public_bytes_raw()), private.sign)


def _agent(public: PublicKey, place: str | None) -> Callable[[bytes], bytes]:
    def sign(message: bytes) -> bytes:
        if place is None:
            raise BadInput(
                "key.agent",
                "no SSH agent runs here",
                help="give the private key, or start one: `eval $(ssh-agent)`",
            )
        blob = public.wire
        request = bytes([_SIGN_REQUEST]) + _string(blob) + _string(message) + struct.pack(">I", 0)
        reply = _ask(place, request)
        if reply[:1] != bytes([_SIGN_RESPONSE]):
            raise BadInput(
                "key.agent",
                f"the SSH agent does not hold `{public.fingerprint}`",
                help="add it with `ssh-add`",
            )
        (signature, _) = _read_string(reply[1:])
        (_, rest) = _read_string(signature)
        return _read_string(rest)[0]

    return sign


def _ask(place: str, request: bytes) -> bytes:
    """One request to the agent (draft-ietf-sshm-ssh-agent, 4): length and message each way."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as agent:
            agent.connect(place)
            agent.sendall(_string(request))
            (length,) = struct.unpack(">I", _receive(agent, 4))
            return _receive(agent, min(length, _MOST_REPLY_BYTES))
    except OSError as error:
        raise BadInput("key.agent", f"the SSH agent at `{place}` does not answer: {error}") from error


def _receive(agent: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        part = agent.recv(length - len(found))
        if not part:
            raise OSError("it hung up")
        found += part
    return found


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _read_string(data: bytes) -> tuple[bytes, bytes]:
    length = int.from_bytes(data[:4], "big")
    return data[4 : 4 + length], data[4 + length :]
