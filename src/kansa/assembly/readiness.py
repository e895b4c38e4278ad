"""What a vault can show: its records, as far as a pack of controls asks for them."""

from collections.abc import Iterator

from kansa.assembly.vault import Vault
from kansa.registers.journal import Noted, note
from kansa.rules.controls import ControlPack
from kansa.rules.controls_answer import Records


def records_for(vault: Vault, pack: ControlPack) -> Records:
    """The records of a vault that a pack of controls asks for. No sealed value is opened."""
    return Records(pack, _claims(vault, frozenset(sign.type for sign in pack.signs())))


def _claims(vault: Vault, types: frozenset[str]) -> Iterator[Noted]:
    roots: dict[int, int] = {}
    for index, record in vault.records():
        noted = note(index, record, roots) if record.type in types else None
        if noted is not None:
            yield noted
