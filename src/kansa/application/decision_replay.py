"""Past decisions of a vault's gate, made again and laid open."""

from contextlib import closing

from kansa.application.flags import FlagService
from kansa.errors import BadInput
from kansa.gate.replay import Replayed, replay
from kansa.ledger import keys
from kansa.ledger.stores.values import ValueReader
from kansa.registers.snapshot import Evidence
from kansa.vault.vault import Vault

_ERASED = "kansa.value.erased.v0"


def decided(vault: Vault, decision: str) -> Replayed:
    """Return a decision by its id, made again from the packs that the vault keeps.

    Raises:
        BadInput: `gate.decision`, if there is no such decision.
    """
    if not vault.places.gate.exists():
        raise BadInput(
            "gate.decision",
            "the gate of this vault has decided nothing yet",
            help="ask it first; the id stands in `context.id` of the answer",
        )
    key = keys.load_key(vault.places.keys / "values.key", "values")
    with (
        vault.evidence() as evidence,
        vault.gate_reader() as log,
        closing(ValueReader(vault.places.values, key)) as values,
    ):
        return replay(
            log,
            decision,
            find=values.reveal,
            shelf=lambda meaning: _kept(vault, meaning),
            readings=FlagService(vault).in_force(evidence).readings,
            erased_under=lambda keeper: _erased(evidence, keeper),
        )


def _kept(vault: Vault, meaning: str) -> bytes | None:
    path = vault.places.packs / f"{meaning}.json"
    return path.read_bytes() if path.exists() else None


def _erased(evidence: Evidence, keeper: str | None) -> int | None:
    told = [noted.index for noted in evidence.journal.mentioning(keeper or "") if noted.claim.type == _ERASED]
    return told[-1] if told else None
