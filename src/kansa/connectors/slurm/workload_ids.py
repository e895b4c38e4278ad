"""Ids of workloads that need no book: each follows from source, cluster and job id under the connector's key."""

import hashlib

import numpy as np
import pyarrow as pa

from kansa.ids import PREFIXES

_BLOCK = 64
_TAG = 16
_LETTERS = 26
_WEIGHTS = np.array([16, 8, 4, 2, 1], np.uint8)
_ALPHABET = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)
_PREFIX = np.frombuffer(f"{PREFIXES['workload']}_".encode(), np.uint8)


class WorkloadIds:
    """`wkl_` and, in base32, the first 16 bytes of HMAC-SHA-256(key, source ‖ cluster ‖ job id), each part after its length."""

    def __init__(self, key: bytes, source: str) -> None:
        padded = (key if len(key) <= _BLOCK else hashlib.sha256(key).digest()).ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(each ^ 0x36 for each in padded) + _part(source))
        self._outer = hashlib.sha256(bytes(each ^ 0x5C for each in padded))

    def of(self, cluster: str, jobs: pa.Array) -> pa.Array:
        """Return the ids of a cluster's jobs, as many texts."""
        inner = self._inner.copy()
        inner.update(_part(cluster))
        tags = b"".join(self._tag(inner, job) for job in jobs.to_pylist())
        bits = np.unpackbits(np.frombuffer(tags, np.uint8).reshape(-1, _TAG), axis=1)
        fives = np.pad(bits, ((0, 0), (0, _LETTERS * 5 - _TAG * 8))).reshape(-1, _LETTERS, 5)
        letters = _ALPHABET[fives @ _WEIGHTS]
        texts = np.concatenate((np.broadcast_to(_PREFIX, (len(letters), len(_PREFIX))), letters), axis=1)
        ends = np.arange(len(letters) + 1, dtype=np.int32) * (len(_PREFIX) + _LETTERS)
        return pa.StringArray.from_buffers(len(letters), pa.py_buffer(ends), pa.py_buffer(texts.tobytes()))

    def _tag(self, inner: "hashlib._Hash", job: str) -> bytes:
        digest, outer = inner.copy(), self._outer.copy()
        digest.update(_part(job))
        outer.update(digest.digest())
        return outer.digest()[:_TAG]


def _part(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(4, "big") + raw
