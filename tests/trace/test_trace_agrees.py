"""A trace says of every ledger what the other derivations say: its missing evidence is coherence's, its entries are there."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims import WHO, ledger
from kansa.clock import DAY
from kansa.coherence.facts import FACTS
from kansa.coherence.sweep import sweep
from kansa.records.journal import MemoryJournal
from kansa.registers.derive import derive, moments
from kansa.registers.rows import Tables
from kansa.trace.evidence_as_of import EvidenceAsOf
from kansa.trace.reach import REACHES
from kansa.trace.trace import trace
from kansa.trace.who import who
from worlds import BEGIN

UNTIL = BEGIN + 40 * DAY
SUBJECTS = {
    "device": WHO.devices[0],
    "tenant": WHO.tenant,
    "end-user": WHO.tenant,
    "contract": WHO.contract,
    "authorization": WHO.us,
    "path": WHO.path,
    "site": WHO.site,
    "workload": WHO.workload,
}


def world(seed: int, count: int) -> tuple[EvidenceAsOf, Tables, int]:
    """A random ledger as a trace reads it, its tables, and its size."""
    entries = list(enumerate(ledger(seed, count)))
    journal = MemoryJournal()
    for _, claims in moments(entries):
        journal.add(claims)
    tables = derive(entries)
    return EvidenceAsOf(journal, tables.use, UNTIL, UNTIL), tables, len(entries)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**9), count=st.integers(4, 40))
def test_missing_evidence_is_that_of_coherence(seed: int, count: int) -> None:
    """For the path of all uses, unit-time without evidence is, fact by fact, what the plain sweep finds."""
    evidence, tables, _ = world(seed, count)
    found = trace("path", WHO.path, evidence, UNTIL)
    traced = {
        check.code.removeprefix("used_with_"): sum(each.values["missing_us"] for each in check.breaks)  # type: ignore[misc]
        for check in found.checks
        if check.code.startswith("used_with_")
    }
    weights: dict[str | int, int] = {use.use_id: use.weight for use in tables.use}
    swept: Counter[str] = Counter({fact.name: 0 for fact in FACTS})
    for gap in sweep(tables, horizon=UNTIL).gaps:
        for fact in FACTS:
            if gap.missing & fact.bit:
                swept[fact.name] += (gap.end - gap.start) * weights[gap.use_id]
    assert traced == dict(swept)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**9), count=st.integers(4, 40))
def test_every_chain_of_every_ledger_can_be_told(seed: int, count: int) -> None:
    """Any subject is traced; what is said rests on entries that are there; a check never finds more than it looked at."""
    evidence, _, size = world(seed, count)
    for kind, subject in SUBJECTS.items():
        found = trace(kind, subject, evidence, UNTIL)
        assert found.as_json()["kind"] == kind
        for said in found.statements:
            assert said.entries
            assert all(0 <= index < size for index in said.entries)
            assert said.start <= UNTIL
        for check in found.checks:
            assert check.of or not check.breaks
    assert set(SUBJECTS) == set(REACHES)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**9), count=st.integers(4, 40), day=st.integers(0, 20))
def test_who_says_what_the_registers_hold(seed: int, count: int, day: int) -> None:
    """For each end user that is let through: identity and access are evidenced exactly where a current row covers the instant."""
    evidence, tables, _ = world(seed, count)
    at = BEGIN + day * DAY
    for served in who(WHO.path, at, evidence, UNTIL).served:
        whom = (served.tenant, served.end_user)
        identity = [row for row in tables.identity if (row.tenant_id, row.end_user_id) == whom]
        access = [
            row for row in tables.access if (row.tenant_id, row.end_user_id, row.path_id) == (*whom, WHO.path)
        ]
        for fact, rows in (("identity", identity), ("access", access)):
            held = any(
                row.superseded_at is None
                and row.valid_from <= at
                and (row.valid_to is None or at < row.valid_to)
                for row in rows
            )
            assert (fact in served.evidenced) == held, fact


def test_a_random_world_has_something_to_say() -> None:
    """The properties above are not about nothing: over some seeds every check is assessed and nearly every one finds a break."""
    assessed, broken = set[str](), set[str]()
    for seed in range(30):
        evidence, _, _ = world(seed, 40)
        for kind, subject in SUBJECTS.items():
            for check in trace(kind, subject, evidence, UNTIL).checks:
                assessed |= {check.code} if check.is_assessed else set()
                broken |= {check.code} if check.breaks else set()
    assert assessed >= {f"used_with_{fact.name}" for fact in FACTS} | {
        "received_under_contract",
        "shipped_received",
    }
    assert broken >= {f"used_with_{fact.name}" for fact in FACTS} | {
        "received_under_contract",
        "enabled_authorized",
    }


def test_what_cannot_be_traced_is_refused() -> None:
    """An unknown kind is bad input that lists what can be traced."""
    evidence, _, _ = world(1, 4)
    with pytest.raises(Exception, match="cannot be traced") as raised:
        trace("job", WHO.workload, evidence, UNTIL)
    assert "workload" in str(getattr(raised.value, "help", ""))
