"""Sealed values of a segment: one salted digest a row over all its sealed fields, one encrypted blob a keeper.

Keys are derived from the keeper's own key for one run: the rows that it keeps in one group of one attempt at a segment
(16 random bytes). An end user may have a run under each of several tenants, and a retry after a crash writes again;
neither uses a key of AES-GCM twice, and the salts of one run open nothing of another. Salt i of a run is block i of an
AES-256-CTR stream: one row's disclosure shows one block, which says nothing of the others. The blob is not committed, so
one keeper's values can be erased.
"""

import hmac
import zlib
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kansa.errors import BrokenVault

SALT_BYTES = 16
KEY_BYTES = 32
MAX_ROW_BYTES = 4096
"""The most that one row's sealed values may take, as canonical bytes."""
_NONCE = bytes(12)
_VALUES = b"kansa-segment-1 values"
_SALTS = b"kansa-segment-1 salts"
_MARK = b"kansa-segment-1 key"

Values = Sequence[str | None]
"""One row's sealed values, in schema order."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[list[str | None]]).decode


def values_key(keeper_key: bytes, place: bytes) -> bytes:
    """Return the key of the blob of one run; `place` names segment, group and first row."""
    return hmac.digest(keeper_key, _VALUES + place + b"\x01", sha256)


def salts_key(keeper_key: bytes, place: bytes) -> bytes:
    """Return the key of the salts of one run; whoever has it can open every digest of the run, and no other."""
    return hmac.digest(keeper_key, _SALTS + place + b"\x02", sha256)


def key_mark(keeper_key: bytes) -> bytes:
    """Return eight bytes by which a keeper's key is known again: a key made after an erasure is another one."""
    return hmac.digest(keeper_key, _MARK, sha256)[:8]


def salts(key: bytes, count: int) -> list[bytes]:
    """Return the first `count` salts of a run: blocks of AES-256-CTR from counter 0."""
    stream = Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor().update(bytes(SALT_BYTES * count))
    return [stream[at : at + SALT_BYTES] for at in range(0, len(stream), SALT_BYTES)]


def leaf(salt: bytes, values: Values) -> bytes:
    """Return SHA-256(0x02 ‖ salt ‖ canonical array of the values)."""
    return sha256(b"\x02" + salt + _encode(values)).digest()


def leaves(key: bytes, rows: Sequence[Values]) -> list[bytes]:
    """Return the sealed leaves of a run, in row order."""
    return [leaf(salt, values) for salt, values in zip(salts(key, len(rows)), rows, strict=True)]


def leaves_of(key: bytes, rows: Sequence[bytes]) -> list[bytes]:
    """Return the sealed leaves of a run from the canonical bytes of its rows' values."""
    return [
        sha256(b"\x02" + salt + row).digest() for salt, row in zip(salts(key, len(rows)), rows, strict=True)
    ]


def encode(rows: Sequence[Values]) -> list[bytes]:
    """Return the canonical bytes of rows' values."""
    return [_encode(values) for values in rows]


def encrypt(key: bytes, associated: bytes, rows: Sequence[Values]) -> bytes:
    """Return the blob of a run: AES-256-GCM over the deflated array of its rows' values.

    The nonce is zero: `key` is used for this blob only (see `values_key`). `associated` names segment and group.
    """
    return AESGCM(key).encrypt(_NONCE, zlib.compress(_encode(rows), 6), associated)


def decrypt(key: bytes, associated: bytes, blob: bytes, count: int) -> list[list[Any]]:
    """Return the values of a run of `count` rows; inflates no further than such a run may take.

    Raises:
        BrokenVault: `segment.values`, if the blob is not what was sealed.
    """
    try:
        packed = AESGCM(key).decrypt(_NONCE, blob, associated)
        inflate = zlib.decompressobj()
        data = inflate.decompress(packed, MAX_ROW_BYTES * count + 2)
        if not inflate.eof or inflate.unused_data:
            raise BrokenVault("segment.values", "sealed values take more room than their rows may")
        rows = _decode(data)
    except (InvalidTag, zlib.error, msgspec.DecodeError) as error:
        raise BrokenVault("segment.values", f"sealed values cannot be read: {error}") from error
    if len(rows) != count:
        raise BrokenVault("segment.values", f"sealed values are of {len(rows)} rows instead of {count}")
    return rows
