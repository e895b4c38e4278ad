"""Past decisions of a vault's gate, made again and laid open."""

from contextlib import closing

from kansa.application.flags import FlagService
from kansa.application.lookup import DECISION, beginning, resolve
from kansa.errors import BadInput
from kansa.gate.replay import Replayed, replay
from kansa.ledger import keys
from kansa.ledger.ports import LogReader
from kansa.ledger.stores.values import ValueReader
from kansa.records import envelope
from kansa.records.kinds.gate import GateDecided
from kansa.registers.snapshot import Evidence
from kansa.vault.vault import Vault

_MOST_LOOKED_AT = 200_000
"""Entries of the gate's log, the newest, among which the beginning of an id is looked for."""
_ERASED = "kansa.value.erased.v0"


def decided(vault: Vault, decision: str) -> Replayed:
    """Return a decision, by its id or how that begins, made again from the packs that the vault keeps.

    Raises:
        BadInput: `gate.decision`, if there is no such decision; `decision.ambiguous`, if several begin so.
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
            _whole_id(log, decision),
            find=values.reveal,
            shelf=lambda meaning: _kept(vault, meaning),
            readings=FlagService(vault).in_force(evidence).readings,
            erased_under=lambda keeper: _erased(evidence, keeper),
        )


def _whole_id(log: LogReader, named: str) -> str:
    """Return the id of the one decision that begins so, among the newest of the log; what is no beginning as it is."""
    if log.find(f"urn:kansa:{log.origin}", named) is not None:
        return named
    newest = range(log.size() - 1, max(-1, log.size() - 1 - _MOST_LOOKED_AT), -1)
    records = (envelope.decode(log.entry(index)) for index in newest)
    ids = {each.id: () for each in records if each.type == GateDecided.type}
    begun = beginning(named, ids, DECISION.least_prefix)
    return resolve(named, dict.fromkeys(begun, ()), DECISION) if begun else named


def _kept(vault: Vault, meaning: str) -> bytes | None:
    path = vault.places.packs / f"{meaning}.json"
    return path.read_bytes() if path.exists() else None


def _erased(evidence: Evidence, keeper: str | None) -> int | None:
    told = [noted.index for noted in evidence.journal.mentioning(keeper or "") if noted.claim.type == _ERASED]
    return told[-1] if told else None
