"""The audit of a vault, part by part; it writes nothing, and takes nothing for granted but the keys."""

from collections.abc import Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass

from kansa.application.auditing import decisions, derived, files, outside, sealed, segments
from kansa.application.auditing.part import Findings, Part
from kansa.errors import KansaError
from kansa.gate.log import origin_of
from kansa.ledger import keys
from kansa.ledger.audit import Progress, Report, audit
from kansa.ledger.checkpoint_file import Kept
from kansa.ledger.note import VerifierKey
from kansa.ledger.stores.sqlite import SqliteReader
from kansa.ledger.stores.values import ValueReader
from kansa.records import envelope
from kansa.records.kinds.screening import ListImported
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Audited:
    """The evidence log's own report, and every part of the vault."""

    evidence: Report
    parts: tuple[Part, ...]

    @property
    def ok(self) -> bool:
        """Whether no part has a fault."""
        return all(part.ok for part in self.parts)


def audit_vault(
    vault: Vault, given: Iterable[Kept] = (), progress: Progress = lambda _done, _size: None
) -> Audited:
    """Audit a vault as it stands, also against checkpoints of its evidence log that somebody kept.

    All that is wrong is in the parts, never raised, but for an evidence log or a key that cannot be opened.
    """
    with ExitStack() as stack:
        evidence = stack.enter_context(closing(vault.unheld()))
        key = vault.log_key.verifier
        gate, gate_key, parts = _open_gate(vault, stack)
        report = audit(evidence, key, progress)
        parts = [of_log("evidence log", report), *parts]
        gate_origin = origin_of(vault.settings.origin)
        parts += [
            outside.published(evidence, key, "evidence", vault.published, given),
            outside.witnessed(evidence, key, vault.witnesses),
            _time_stamps(vault),
            outside.published(gate, gate_key, "gate", vault.gate_published, ()),
            outside.anchored(evidence, key, "evidence", gate, vault.settings.origin),
            outside.anchored(gate, gate_key, "gate", evidence, gate_origin),
            *_sealed(vault, evidence, gate),
            decisions.decisions(gate, vault.places.packs),
            decisions.told(evidence, gate),
            derived.registers(evidence, vault.places.registers, vault.derived_key("registers"), vault.reveal),
            files.editions(vault.places.root, _imports(evidence)),
            files.rules(vault.places.packs),
            files.modes(vault.places),
        ]
    return Audited(report, tuple(parts))


def _time_stamps(vault: Vault) -> Part:
    from kansa.application.timestamping import audited  # noqa: PLC0415 - its library is needed here alone

    return audited(vault)


def of_log(name: str, report: Report) -> Part:
    """Return the part that a log's own report is."""
    notes = [f"{report.checkpoints} checkpoints"]
    if report.tags < report.size:
        notes.append(
            f"{report.size - report.tags} entries bear no natural tag, so that theirs cannot be checked"
        )
    return Part(
        name, "entries", report.size, report.size, report.faults, report.faults_not_listed, tuple(notes)
    )


def _open_gate(vault: Vault, stack: ExitStack) -> tuple[SqliteReader | None, VerifierKey | None, list[Part]]:
    """Return the gate's log with its key and its own part; none of it where the vault has no gate yet."""
    found = Findings("gate log", "entries")
    if not vault.places.gate.exists():
        if (vault.places.keys / "gate.key").exists():
            found.fault("vault.missing", str(vault.places.gate), "its key is there, but the log is not")
        found.notes.append("not assessed: the gate has not been asked yet")
        return None, None, [found.part()]
    with found.attempt(str(vault.places.gate)):
        key = vault.gate_key.verifier
        gate = stack.enter_context(closing(SqliteReader(vault.places.gate)))
        return gate, key, [of_log("gate log", audit(gate, key))]
    return None, None, [found.part()]


def _sealed(vault: Vault, evidence: SqliteReader, gate: SqliteReader | None) -> list[Part]:
    """Return the parts of what is sealed, and of the segments that hold rows and more of it."""
    bulk, sound = segments.segments(evidence, vault.places.segments)
    erased = sealed.erasures(evidence)
    try:
        key = keys.load_key(vault.places.keys / "values.key", "values")
        values = ValueReader(vault.places.values, key)
    except KansaError as error:
        found = Findings("sealed values", "values kept")
        found.fault(error.code, str(vault.places.values), error.message)
        return [found.part(), bulk, segments.values(sound, None, erased)]
    with closing(values):
        logs = [evidence] if gate is None else [evidence, gate]
        return [sealed.sealed(logs, values, erased), bulk, segments.values(sound, values, erased)]


def _imports(evidence: SqliteReader) -> list[envelope.Record]:
    found = [envelope.decode(entry) for _, entry in evidence.backwards(ListImported.type)]
    return [record for record in found if record.type == ListImported.type]
