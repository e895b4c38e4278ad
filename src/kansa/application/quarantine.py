"""Quarantined rows: each has an identity, and is closed by what mends it (`connectors.quarantine`)."""

from dataclasses import dataclass
from typing import Any

from kansa.connectors.quarantine import Row, rows_in
from kansa.errors import BadInput
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row that became no record: what was wrong, where it stood, how often it was read so, whether it is mended."""

    id: str
    source: str
    file: str | None
    line: int | None
    field: str | None
    code: str
    message: str
    help: str | None
    row: Any
    times: int
    kept_in: str
    mended: bool

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "id": self.id,
            "source": self.source,
            "file": self.file,
            "line": self.line,
            "field": self.field,
            "code": self.code,
            "message": self.message,
            "help": self.help,
            "row": self.row,
            "times": self.times,
            "quarantine_file": self.kept_in,
            "mended": self.mended,
        }


def all_rows(vault: Vault) -> list[QuarantinedRow]:
    """Return all quarantined rows, in the order in which they were first read."""
    return [_quarantined_row(each) for each in rows_in(vault.places.quarantine).values()]


def open_rows(vault: Vault) -> list[QuarantinedRow]:
    """Return the quarantined rows that nothing mended yet."""
    return [each for each in all_rows(vault) if not each.mended]


def row_named(vault: Vault, identity: str) -> QuarantinedRow:
    """Return a row by the beginning of its identity.

    Raises:
        BadInput: `quarantine.unknown`, if there is none, or if there are several.
    """
    fitting = [each for each in all_rows(vault) if each.id.startswith(identity.lower())]
    if len(fitting) != 1:
        raise BadInput(
            "quarantine.unknown",
            f"{len(fitting)} quarantined rows have an identity that begins with `{identity}`",
            help="`kansa sources quarantine list` shows them",
        )
    return fitting[0]


def _quarantined_row(row: Row) -> QuarantinedRow:
    told = row.told
    return QuarantinedRow(
        row.id,
        row.source,
        told.get("file"),
        told.get("line"),
        told.get("field"),
        str(told.get("code")),
        str(told.get("message")),
        told.get("help"),
        told.get("row"),
        row.times,
        str(row.kept_in),
        not row.is_open,
    )
