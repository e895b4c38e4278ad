"""Handing out: the report of an answer, and the dossier around it."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from kansa.assembly.inquiry import Answer
from kansa.assembly.vault import Vault
from kansa.clock import format_instant
from kansa.dossier import assemble, disclose, scope
from kansa.dossier.findings.report import Occasion
from kansa.dossier.findings.report import report as findings
from kansa.dossier.render import page
from kansa.dossier.render.figures import Language
from kansa.dossier.render.view import Ledger, Named, Report
from kansa.ledger import note
from kansa.ledger.strict import to_base64
from kansa.records.draft import Draft
from kansa.records.envelope import Record
from kansa.records.kinds.operation import DossierIssued
from kansa.records.kinds.workload import SourceReported, WorkloadPlaced
from kansa.registers.derive import derive
from kansa.registers.directory import Directory, directory


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """For whom a dossier is, and in which language its page opens."""

    audience: str
    recipient: str | None = None
    language: Language = "en"


def report_of(vault: Vault, answer: Answer, names: Directory | None = None) -> Report:
    """What the page shows for an answer; names from all kept values unless others are given."""
    signed = vault.reader.latest()
    head = note.checkpoint_in(signed)
    placed, reported = WorkloadPlaced.type, SourceReported.type
    records = [record for _, record in vault.records() if record.type in (placed, reported)]
    return findings(
        answer.tables,
        answer.assessment,
        vault.directory() if names is None else names,
        Occasion(
            operator=Named("", vault.settings.operator),
            simulated=vault.settings.simulated,
            start=answer.start,
            end=answer.end,
            known_at=answer.known_at,
            grace=answer.grace,
            log_began=answer.log_began,
            ledger=Ledger(head.origin, head.size, to_base64(head.root), answer.known_at, witnesses=0),
            quarantined=sum(r.data.get("quarantined", 0) for r in records if r.type == reported),
            generated=frozenset(
                r.data["workload_id"]
                for r in records
                if r.type == placed and r.data.get("placement") == "generated"
            ),
        ),
    )


def build(vault: Vault, answer: Answer, order: Order) -> bytes:
    """A dossier that holds everything, or what one tenant's uses rest on; appends `dossier.issued`.

    Raises:
        BadInput: the scope is empty.
    """
    size = vault.reader.size()
    known = {
        index: record for index, record in vault.records(0, size) if record.recorded_at <= answer.known_at
    }
    chosen = _chosen(vault, answer.tenant, known)
    records = {index: known[index] for index in chosen.shown}
    kept = vault.disclosures(record for index, record in records.items() if index in chosen.disclosed)
    disclosures = {each.digest: each for each in disclose.for_audience(order.audience, kept.values())}
    names = directory(records.values(), disclosures)
    contents = assemble.Contents(
        size=size,
        vkey=vault.log_key.verifier.encode(),
        entries=chosen.shown,
        disclosures=disclosures.values(),
        tables=derive((index, vault.reader.entry(index)) for index in chosen.shown),
        assessment=answer.assessment,
        question={
            "from_us": answer.start,
            "to_us": answer.end,
            "tenant": answer.tenant,
            "grace_us": answer.grace,
            "log_began_us": answer.log_began,
        },
        about={
            "operator": dict(vault.settings.operator),
            "audience": order.audience,
            "known_at": format_instant(answer.known_at),
            "scope": "vault" if answer.tenant is None else answer.tenant,
            "simulated": vault.settings.simulated,
        },
        report=page.render(report_of(vault, answer, names), language=order.language),
        readme=resources.files("kansa.dossier").joinpath("readme.txt").read_text("utf-8"),
    )
    return assemble.assemble(
        vault.reader, contents, lambda digest: vault.record(_issued(vault, digest, answer, order))
    )


def _chosen(vault: Vault, tenant: str | None, known: Mapping[int, Record]) -> scope.Selection:
    if tenant is None:
        return scope.Selection(tuple(known), frozenset(known))
    return scope.of_tenant(tenant, ((index, vault.reader.entry(index)) for index in known))


def _issued(vault: Vault, digest: str, answer: Answer, order: Order) -> Draft:
    now = vault.clock.now()
    data = {
        "manifest_sha256": digest,
        "audience": order.audience,
        "subjects": [answer.tenant] if answer.tenant else [],
        "valid_from": format_instant(now),
        "known_by": "measured",
    }
    if order.recipient is not None:
        data["recipient"] = order.recipient
    return Draft(DossierIssued.type, f"{vault.settings.urn}:kansa", digest, now, data)
