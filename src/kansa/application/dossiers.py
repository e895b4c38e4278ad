"""Handing out: the report of an answer, and the dossier around it."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from kansa.application.auditing.sealed import erasures
from kansa.application.coherence import CoherenceAnswer
from kansa.application.completeness import Asked, SubjectPart, subject_part
from kansa.application.dossier_rows import rows_for
from kansa.application.whole_file import WholeFile, placed, read_file, write_file
from kansa.application.witnessing import Transport, newest_covering
from kansa.application.witnessing import ask as ask_witnesses
from kansa.clock import SystemClock, format_instant
from kansa.dossier import assemble, container, disclose, members
from kansa.dossier import scope as scopes
from kansa.dossier.report import page
from kansa.dossier.report.findings.report import Occasion
from kansa.dossier.report.findings.report import report as findings
from kansa.dossier.report.view import Ledger, Report, Scope
from kansa.dossier.stated import scope_of
from kansa.drawing.figures import Language, Named
from kansa.errors import BadInput, KansaError
from kansa.ledger import note, proof
from kansa.ledger.strict import to_base64
from kansa.records import canonical, envelope, sealing
from kansa.records.draft import Draft
from kansa.records.envelope import Record
from kansa.records.kinds.operation import DossierIssued, DossierVoided
from kansa.records.kinds.workload import SourceReported, WorkloadPlaced
from kansa.registers.derive import derive
from kansa.registers.directory import Directory, directory
from kansa.vault.vault import Vault

_ROOM_FOR_SEAL = 1 << 17
"""A seal is two proofs of at most 64 hashes, an entry of at most 65,535 bytes, and a note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierRequest:
    """For whom a dossier is, and in which language its page opens."""

    audience: str
    recipient: str | None = None
    language: Language = "en"


def report_of(
    vault: Vault,
    answer: CoherenceAnswer,
    names: Directory | None = None,
    scope: Scope | None = None,
    *,
    only_sums: bool = False,
) -> Report:
    """Return what the page shows for an answer; names from all kept values unless others are given.

    `scope` says what of the ledger a dossier shows; without it the page rests on all that was known. With `only_sums` it has
    no lanes, gaps and unobserved stretches, and no use is looked at alone.
    """
    called = vault.directory() if names is None else names
    scope = scope or Scope(tenant=_party(answer.tenant, called), end_user=_party(answer.end_user, called))
    signed = vault.reader.latest()
    head = note.checkpoint_in(signed)
    placed, reported = WorkloadPlaced.type, SourceReported.type
    records = [record for _, record in vault.records() if record.type in (placed, reported)]
    return findings(
        answer.tables,
        answer.assessment,
        called,
        Occasion(
            scope=scope,
            operator=Named("", vault.settings.operator),
            simulated=vault.settings.simulated,
            start=answer.start,
            end=answer.end,
            known_at=answer.known_at,
            grace=answer.grace,
            log_began=answer.log_began,
            only_sums=only_sums,
            ledger=Ledger(head.origin, head.size, to_base64(head.root), answer.known_at, witnesses=0),
            quarantined=sum(r.data.get("quarantined", 0) for r in records if r.type == reported),
            generated=frozenset(
                r.data["workload_id"]
                for r in records
                if r.type == placed and r.data.get("placement") == "generated"
            ),
        ),
    )


def build(vault: Vault, answer: CoherenceAnswer, order: DossierRequest) -> bytes:
    """Return a dossier in memory, of everything or of what the uses in its scope rest on; appends `dossier.issued`.

    Raises:
        BadInput: the scope is empty.
        KansaError: `values.lost`, if values of its scope are gone without an erasure on record.
    """
    return assemble.assemble(
        vault.reader,
        _contents(vault, answer, order),
        lambda digest: vault.record(_issued(vault, digest, answer, order)),
    )


def hand_out(
    vault: Vault,
    answer: CoherenceAnswer,
    order: DossierRequest,
    path: Path,
    transport: Transport | None = None,
) -> int:
    """Write a dossier to a file; returns its size in bytes.

    The witnesses are asked for the checkpoint that seals it, over `transport`. Where they are silent it is sealed
    without them, and `reseal` adds their cosignatures later.

    `dossier.issued` is appended once all but the seal is on the disk at its place. If the seal cannot be written or the
    file cannot take its name after that, `dossier.voided` says so.

    Raises:
        BadInput: the scope is empty, or nothing can be written there; nothing is recorded then.
        KansaError: `dossier.voided`; `values.lost`, if values of its scope are gone without an erasure on record;
            `registers.altered`, if the answer rests on rows that something else had altered.
    """
    prepared = assemble.prepare(vault.reader, _contents(vault, answer, order))
    with placed(path) as file:
        _stage(file, assemble.unsealed(prepared))
        index = vault.record(_issued(vault, prepared.digest, answer, order))
        try:
            cosigned = _cosigned(vault, index, transport)
            indexed = _indexed(vault, prepared.members)
            data = assemble.sealed(vault.reader, prepared, index, cosigned, indexed)
            file.write(data)
            file.put()
        except Exception as error:
            vault.record(_voided(vault, prepared.digest, answer, str(error)))
            raise KansaError(
                "dossier.voided",
                f"`{path}` was not written: {error}",
                help=f"entry {index} issued it, and the entry after says that it was not handed out; try again",
            ) from error
    return len(data)


def reseal(vault: Vault, dossier: Path, output: Path) -> int:
    """Write a dossier anew with the newest cosignatures in its seal; returns its size in bytes.

    Raises:
        BadInput: `dossier.reseal`, if no cosigned checkpoint covers it, or this vault did not issue it.
    """
    data = read_file(dossier)
    issued = proof.decode_file(container.decode(data).get(members.SEAL_PROOF, b""))
    cosigned = newest_covering(vault, issued.index)
    if cosigned is None:
        raise BadInput(
            "dossier.reseal",
            f"no witness has cosigned a checkpoint that covers entry {issued.index}, which issued the dossier",
            help="have the witnesses cosign the log as it stands: `kansa witness ask`",
        )
    anew = assemble.resealed(vault.reader, data, cosigned, _indexed(vault, container.decode(data)))
    write_file(output, anew)
    return len(anew)


def _cosigned(vault: Vault, index: int, transport: Transport | None) -> bytes | None:
    """Return the checkpoint to seal with: one that witnesses cosigned, as far as they answer."""
    if transport is None and vault.witnesses.policy().urls:
        from kansa.application.witness_http import HttpTransport  # noqa: PLC0415 - only where witnesses are asked

        transport = HttpTransport()
    if transport is not None:
        ask_witnesses(vault, transport, SystemClock().now())
    return newest_covering(vault, index)


def _stage(file: WholeFile, content: bytes) -> None:
    """Write all but the seal, and the room that the seal will need."""
    try:
        file.write(content + bytes(_ROOM_FOR_SEAL))
    except OSError as error:
        raise BadInput("file.unwritable", f"`{file.path}` cannot be written: {error.strerror}") from error


def _contents(vault: Vault, answer: CoherenceAnswer, order: DossierRequest) -> assemble.Contents:
    if not vault.recount():
        raise KansaError(
            "registers.altered",
            "the registers had been altered by something other than Kansa while the question was answered",
            help="they were derived anew from the ledger; ask again",
        )
    size = vault.reader.size()
    known = {
        index: record for index, record in vault.records(0, size) if record.recorded_at <= answer.known_at
    }
    rows = rows_for(vault, answer, order.audience)
    chosen = _chosen(vault, answer, known, rows.held if rows.of_segments else None)
    part = _subject_part(vault, answer, known, chosen.shown)
    if part is not None:
        chosen = scopes.Selection(tuple(sorted(part.entries)), chosen.disclosed)
    records = {index: known[index] for index in chosen.shown}
    told = {index: record for index, record in records.items() if index in chosen.disclosed}
    kept = vault.disclosures(told.values())
    _check_values(vault, told, kept)
    shown = disclose.for_audience(order.audience, kept.values(), about_some=bool(_subjects(answer)))
    disclosures = {each.digest: each for each in shown}
    names = directory(records.values(), disclosures)
    scope = Scope(
        tenant=_party(answer.tenant, names),
        end_user=_party(answer.end_user, names),
        audience=order.audience,
        entries=len(chosen.shown),
        of_entries=size,
        rows=len(rows.standing),
        segments=rows.of_segments,
    )
    return assemble.Contents(
        size=size,
        vkey=vault.log_key.verifier.encode(),
        entries=chosen.shown,
        disclosures=disclosures.values(),
        tables=rows.with_uses(derive((index, vault.reader.entry(index)) for index in chosen.shown)),
        assessment=answer.assessment,
        question={
            "from_us": answer.start,
            "to_us": answer.end,
            "tenant": answer.tenant,
            **({"end_user": answer.end_user} if answer.end_user else {}),
            "grace_us": answer.grace,
            "log_began_us": answer.log_began,
        },
        about={
            "operator": dict(vault.settings.operator),
            "audience": order.audience,
            "known_at": format_instant(answer.known_at),
            "scope": scope_of(answer.tenant, answer.end_user),
            "simulated": vault.settings.simulated,
        },
        report=page.render(report_of(vault, answer, names, scope), language=order.language),
        readme=resources.files("kansa.dossier").joinpath("readme.txt").read_text("utf-8"),
        segments=rows.segments,
        of_segments=rows.of_segments,
        subjects=None if part is None else part.member,
    )


def _subject_part(
    vault: Vault, answer: CoherenceAnswer, known: Mapping[int, Record], shown: Iterable[int]
) -> SubjectPart | None:
    """Return what shows that nothing about the subject is missing; nothing for the whole vault, which shows all entries."""
    asked = Asked(answer.tenant, answer.end_user, answer.start, answer.end, answer.known_at)
    return subject_part(vault, asked, shown, known)


def _indexed(vault: Vault, prepared: Mapping[str, bytes]) -> bytes | None:
    """Return the signed statement of who rebuilt the index that a dossier shows, if one was given back."""
    shown = prepared.get(members.SUBJECTS)
    if shown is None:
        return None
    record = envelope.decode(vault.reader.entry(canonical.decode(shown)["entry"]))
    return vault.witnesses.index_at(record.data["size"], record.data["root"])


def _check_values(vault: Vault, told: Mapping[int, Record], kept: Container[str]) -> None:
    """Refuse a dossier of which values are lost: to its reader they would look withheld."""
    wanting = {i: r for i, r in told.items() if any(d not in kept for d in sealing.digests(dict(r.data)))}
    if not wanting:
        return
    erased = erasures(vault.reader)
    lost = {index: digests for index, record in wanting.items() if (digests := erased.lost(record, kept))}
    if lost:
        raise KansaError(
            "values.lost",
            f"{sum(map(len, lost.values()))} sealed values of {len(lost)} records in its scope are lost, "
            f"the first of entry {min(lost)}, and no erasure is on record",
            help="restore `values.db` from a backup, or put on record with `kansa erase SUBJECT --reasons …` that they are gone; `kansa ledger audit` lists them",
        )


def _chosen(
    vault: Vault, answer: CoherenceAnswer, known: Mapping[int, Record], held: scopes.Held | None
) -> scopes.Selection:
    if not _subjects(answer):
        return scopes.Selection(tuple(known), frozenset(known))
    entries = ((index, vault.reader.entry(index)) for index in known)
    return scopes.of_scope(answer.tenant, answer.end_user, entries, held)


def _subjects(answer: CoherenceAnswer) -> list[str]:
    return [each for each in (answer.tenant, answer.end_user) if each is not None]


def _party(id_: str | None, names: Directory) -> Named | None:
    return None if id_ is None else Named(id_, names.called(id_))


def _issued(vault: Vault, digest: str, answer: CoherenceAnswer, order: DossierRequest) -> Draft:
    now = vault.clock.now()
    data = {
        "manifest_sha256": digest,
        "audience": order.audience,
        "subjects": _subjects(answer),
        "valid_from": format_instant(now),
        "known_by": "measured",
    }
    if order.recipient is not None:
        data["recipient"] = order.recipient
    return Draft(DossierIssued.type, f"{vault.settings.urn}:kansa", digest, now, data)


def _voided(vault: Vault, digest: str, answer: CoherenceAnswer, why: str) -> Draft:
    now = vault.clock.now()
    data = {
        "manifest_sha256": digest,
        "subjects": _subjects(answer),
        "reasons": why,
        "valid_from": format_instant(now),
        "known_by": "measured",
    }
    return Draft(DossierVoided.type, f"{vault.settings.urn}:kansa", f"voided {digest}", now, data)
