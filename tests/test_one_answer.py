"""One derivation of each fact: registers, gate, rule facts and verifier give one answer, at every instant and known-at."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kansa
from claims import WHO, ledger
from kansa.clock import parse_instant
from kansa.coherence.facts import FACTS
from kansa.coherence.scope import within
from kansa.coherence.sweep import sweep
from kansa.dossier.scope import of_tenant
from kansa.facts import gate_facts as parts
from kansa.facts import items, path, use
from kansa.facts.context import FactContext
from kansa.intervals import covered as covered_time
from kansa.records import envelope
from kansa.records.journal import IndexedClaim, MemoryJournal
from kansa.registers.derive import derive, moments
from kansa.registers.rows import Tables
from kansa.registers.spans import evidenced
from kansa.registers.uses_by_subject import by_subject

ITEM = "h100-sxm5"
PARTIES = (WHO.tenant, WHO.other)

Entries = list[tuple[int, bytes]]


def covered(rows: Iterable[Any], now: int, **wanted: object) -> bool:
    """Whether a current row with these values holds at an instant."""
    return any(
        row.valid_from <= now
        and (row.valid_to is None or now < row.valid_to)
        and getattr(row, "superseded_at", None) is None
        and all(getattr(row, name) == value for name, value in wanted.items())
        for row in rows
    )


def instants(claims: Iterable[IndexedClaim]) -> list[int]:
    """Every instant at which something begins or ends, and one just before the first."""
    found = {
        parse_instant(each)
        for noted in claims
        for each in (noted.claim.valid_from, noted.claim.valid_to)
        if each is not None
    }
    return [min(found) - 1, *sorted(found)]


def journal_of(entries: Entries) -> MemoryJournal:
    """All claims of some entries."""
    journal = MemoryJournal()
    for _, claims in moments(entries):
        journal.add(claims)
    return journal


def known_at(entries: Entries) -> Iterator[tuple[int, Entries]]:
    """Each time at which something was recorded, with what was known then."""
    times = [envelope.decode(entry).recorded_at for _, entry in entries]
    for time in sorted(set(times)):
        yield time, [each for each, at in zip(entries, times, strict=True) if at <= time]


def said(pieces: Iterable[parts.NamedFact]) -> dict[str, Any]:
    """The facts of the gate by name."""
    return {each.name: each.value for each in pieces}


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**9), count=st.integers(4, 40))
def test_registers_gate_and_rule_facts_agree_at_every_instant_and_known_at(seed: int, count: int) -> None:
    """Verified, cleared, approved, enabled, mediated, in force, classified: whoever is asked says the same."""
    entries = list(enumerate(ledger(seed, count)))
    for time, known in list(known_at(entries))[-3:]:
        tables, journal = derive(entries, time), journal_of(known)
        for now in instants(journal.claims()):
            world = FactContext(journal, now, uses=by_subject(tables.use))
            assert_identity(tables, world)
            assert_access(tables, world)
            assert_authorization(tables, world)
            assert_gaps(tables, world)


def assert_identity(tables: Tables, world: FactContext) -> None:
    """Verified, cleared and both together."""
    for party in PARTIES:
        verified = covered(tables.part, world.now, part="verification", key=party)
        gate = said(parts.of_end_user(world, party))
        assert verified == (gate["end_user.verification"] == "current")
        cleared = covered(tables.part, world.now, part="clearance", key=f"{WHO.tenant} {party}")
        ruling = parts.clearances(world, WHO.tenant, party).ruling()
        assert cleared == (ruling is not None and ruling.claim.decision == "permit")
        both = covered(tables.identity, world.now, tenant_id=WHO.tenant, end_user_id=party)
        assert both == (verified and cleared)
    uses = world.uses(WHO.workload)
    if uses and (user := uses[-1].end_user_id) is not None:
        first = min(each.start for each in uses)
        held = covered(tables.part, first, part="verification", key=user)
        assert use.end_user_verified(world, WHO.workload).value is held


def assert_access(tables: Tables, world: FactContext) -> None:
    """Approved, enabled, mediated and all together."""
    on = covered(tables.part, world.now, part="enablement", key=WHO.path)
    assert path.enabled(world, WHO.path).value is on
    for party in PARTIES:
        who = f"{WHO.tenant} {party} {WHO.path}"
        gate = said(parts.of_path(world, WHO.path, WHO.tenant, party))
        approved = covered(tables.part, world.now, part="approval", key=who)
        assert (gate["path.approved"], gate["path.enabled"]) == (approved, on)
        if approved:
            assert gate["path.mediator_known"] is covered(tables.part, world.now, part="mediator", key=who)
        asked = {"tenant_id": WHO.tenant, "end_user_id": party, "path_id": WHO.path}
        permitted = approved and on and gate["path.mediator_known"]
        assert covered(tables.access, world.now, **asked) is permitted


def assert_authorization(tables: Tables, world: FactContext) -> None:
    """Classified, and a basis in force for each jurisdiction that applies."""
    ruling = items.classified(world, ITEM)
    applies = {claim.jurisdiction for _, claim in ruling if claim.result == "controlled"}
    sites = {row.site_id for row in tables.authorization_site}
    for party in PARTIES:
        regime = f"{party} {'+'.join(sorted(applies))} {ITEM}"
        if any(row.part == "regime" and row.key.startswith(f"{party} ") for row in tables.part):
            assert covered(tables.part, world.now, part="regime", key=regime) is bool(ruling)
        for site in sites:
            gate = said(parts.of_basis(world, party, ITEM, site))
            assert gate["applies"] == applies if "applies" in gate else True
            lacking = {
                each
                for each in applies
                if not covered(tables.part, world.now, part="basis", key=f"{party} {each} {site} {ITEM}")
            }
            if "basis.missing" in gate:
                assert gate["basis.missing"] == lacking


def assert_gaps(tables: Tables, world: FactContext) -> None:
    """What a flag measures of a workload is what coherence finds missing, fact by fact."""
    uses = world.uses(WHO.workload)
    scoped = within(replace(tables, use=tuple(uses)), 0, world.now)
    swept = sweep(scoped, horizon=world.now)
    if swept.result.quarantined:
        return
    found = [evidenced.gaps(each, world.now, world.derive) for each in uses]
    for fact in FACTS:
        measured = sum(covered_time(gaps[fact.name]) for gaps in found)
        assert measured == sum(g.end - g.start for g in swept.gaps if g.missing & fact.bit)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**9), count=st.integers(4, 60))
def test_a_tenants_dossier_derives_what_the_operator_derives(seed: int, count: int) -> None:
    """The entries that a tenant's dossier carries give the same rows about the tenant: nothing that ends one is left out."""
    entries = list(enumerate(ledger(seed, count)))
    shown = set(of_tenant(WHO.tenant, entries).shown)

    ours, theirs = derive(entries), derive([each for each in entries if each[0] in shown])

    end_users = {use.end_user_id for use in ours.use if use.tenant_id == WHO.tenant}
    used = {use.item_class for use in ours.use if use.tenant_id == WHO.tenant}
    for table in ("identity", "access", "authorization"):
        assert _about(getattr(ours, table), end_users, used) == _about(
            getattr(theirs, table), end_users, used
        )


def _about(rows: Iterable[Any], end_users: set[str | None], items_: set[str | None]) -> list[Any]:
    """The rows of the tenant, or of its end users for the items that it used."""

    def wanted(row: Any) -> bool:
        if hasattr(row, "tenant_id"):
            return row.tenant_id == WHO.tenant and row.end_user_id in end_users
        item = row.authorization_id.partition("/")[2].rpartition("@")[0]
        return row.end_user_id in end_users and item in items_

    return sorted(filter(wanted, rows), key=repr)


DECIDED_BY_SPANS = {
    "AuthorizationAmended",
    "AuthorizationDrawn",
    "AuthorizationRecorded",
    "AuthorizationRevoked",
    "AccessPathApproved",
    "AccessPathDisabled",
    "AccessPathEnabled",
    "ConfigurationTemporary",
    "EndUserChanged",
    "EndUserVerified",
    "ItemClassified",
    "VerificationWithdrawn",
}
"""The kinds whose claims hold only as long as `registers.spans` says."""

ALLOWED = {
    "records/journal.py": "by which topics a claim is found",
    "registers/directory.py": "under which names subjects are known",
    "registers/tables/access.py": "which group of lines a claim touches",
    "registers/tables/authorization.py": "which group of lines a claim touches",
    "registers/tables/identity.py": "which group of lines a claim touches",
    "application/ingest_dry_run.py": "under which names a preview shows subjects",
    "dossier/scope.py": "which records a reader is shown",
    "gate/fact_cache.py": "for whom pieces are made ahead of time",
    "facts/clearance_basis.py": "which aspect a change names",
    "controls/assessment.py": "which law of ending a record follows, as the spans say",
    "facts/assessment.py": "which records reconfigure",
    "facts/reconfiguration_record.py": "which records reconfigure",
    "facts/reconfiguration.py": "which records reconfigure",
    "facts/items.py": "the type of a classification that rules",
    "facts/licences.py": "which authorizations are on record",
    "facts/transaction.py": "which bases a contract drew on",
}
"""Who may name these kinds all the same, and for what; none of it says whether a claim holds."""

SOURCE = Path(kansa.__file__).parent


def named(module: Path) -> set[str]:
    """The kinds that a module names."""
    found = ast.walk(ast.parse(module.read_text(encoding="utf-8")))
    return DECIDED_BY_SPANS & {
        each.id if isinstance(each, ast.Name) else each.attr
        for each in found
        if isinstance(each, ast.Name | ast.Attribute)
    }


@pytest.mark.parametrize(
    "module", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE))
)
def test_only_the_spans_read_what_ends(module: Path) -> None:
    """A module outside `registers.spans` that names such a kind has a reason that is no decision whether it holds."""
    where = module.relative_to(SOURCE)
    if where.parts[0] == "records" or where.parts[:2] == ("registers", "spans"):
        return
    assert bool(named(module)) == (where.as_posix() in ALLOWED), f"{where} names {named(module)}"
