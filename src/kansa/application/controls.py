"""What a vault can show: its records, as far as a pack of controls asks for them."""

from collections.abc import Iterator

from kansa.controls.assessment import Records
from kansa.controls.pack import ControlPack
from kansa.records.journal import IndexedClaim, note
from kansa.vault.vault import Vault


def records_for(vault: Vault, pack: ControlPack) -> Records:
    """Return the records of a vault that a pack of controls asks for. No sealed value is opened."""
    return Records(pack, _claims(vault, frozenset(sign.type for sign in pack.signs())))


def _claims(vault: Vault, types: frozenset[str]) -> Iterator[IndexedClaim]:
    roots: dict[int, int] = {}
    for index, record in vault.records():
        noted = note(index, record, roots) if record.type in types else None
        if noted is not None:
            yield noted
