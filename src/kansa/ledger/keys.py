"""Key files: made once, mode 0600, and refused if anybody else may read them.

The log's key stands in the form of the Go note package (`PRIVATE+KEY+…`); keys of 32 bytes, which encrypt values or
give records their identity, stand as `KANSA+KEY+<purpose>+<base64>`. Whoever holds the log key can sign a false
history, which a witness shows; whoever holds the value key can read every sealed value.
"""

import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from kansa.errors import BadInput, BrokenVault
from kansa.ledger import note
from kansa.ledger.note import Algorithm, SigningKey
from kansa.ledger.strict import from_base64, to_base64

Purpose = Literal["values", "connector", "statements"]
KEY_BYTES = 32

_MODE = 0o600


def create_log_key(
    path: Path, origin: str, random_bytes: Callable[[int], bytes] = secrets.token_bytes
) -> SigningKey:
    """Make and store the Ed25519 key under which a log signs.

    Raises:
        BadInput: `key.exists`, or `key.signing` if the origin cannot name a key.
    """
    return create_note_key(path, origin, Algorithm.ED25519, random_bytes)


def create_note_key(
    path: Path, name: str, algorithm: Algorithm, random_bytes: Callable[[int], bytes] = secrets.token_bytes
) -> SigningKey:
    """Make and store an Ed25519 key under the name that its signature lines bear: a log's, or a witness's.

    Raises:
        BadInput: `key.exists`, or `key.signing` if that cannot name a key.
    """
    key = SigningKey(name, algorithm, random_bytes(KEY_BYTES))
    note.parse_signing_key(key.encode())
    _create(path, key.encode())
    return key


def load_log_key(path: Path) -> SigningKey:
    """Read a log's key.

    Raises:
        BrokenVault: `key.missing`, `key.mode` or `key.unreadable`.
    """
    try:
        return note.parse_signing_key(_load(path))
    except BadInput as error:
        raise _unreadable(path) from error


def create_key(
    path: Path, purpose: Purpose, random_bytes: Callable[[int], bytes] = secrets.token_bytes
) -> bytes:
    """Make and store a key of 32 bytes.

    Raises:
        BadInput: `key.exists`.
    """
    key = random_bytes(KEY_BYTES)
    _create(path, f"{_prefix(purpose)}{to_base64(key)}")
    return key


def load_key(path: Path, purpose: Purpose) -> bytes:
    """Read a key of 32 bytes that was made for this purpose.

    Raises:
        BrokenVault: `key.missing`, `key.mode` or `key.unreadable`.
    """
    text = _load(path)
    if not text.startswith(_prefix(purpose)):
        raise _unreadable(path)
    try:
        return from_base64(text.removeprefix(_prefix(purpose)), KEY_BYTES)
    except ValueError:
        raise _unreadable(path) from None


def _prefix(purpose: Purpose) -> str:
    return f"KANSA+KEY+{purpose}+"


def _create(path: Path, text: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    except FileExistsError as error:
        raise BadInput(
            "key.exists", f"the key file `{path}` exists", help="keys are never overwritten"
        ) from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, _MODE)
        file.write(f"{text}\n")
        file.flush()
        os.fsync(descriptor)


def _load(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & 0o077:
                raise BrokenVault(
                    "key.mode",
                    f"the key file `{path}` may be used by others (mode {mode:04o})",
                    help=f"chmod 600 {path}",
                )
            return file.read().removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenVault("key.missing", f"the key file `{path}` cannot be read: {error}") from error


def _unreadable(path: Path) -> BrokenVault:
    return BrokenVault("key.unreadable", f"the key file `{path}` does not hold the key that belongs there")
