"""The table of gaps: no device time lost or made up, rows joined, and what closes them said honestly."""

from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

from hypothesis import given, target
from hypothesis import strategies as st

from dossier.findings.small import END, WHO, Seen, day, random_world, rows_of, told
from kansa.clock import DAY
from kansa.coherence.facts import FACTS
from kansa.coherence.remedies import responsible
from kansa.coherence.responsibilities import BY_CONTRACT, Duties
from kansa.dossier.report.findings.stretches import union
from kansa.dossier.report.findings.swimlanes import coverage_of
from kansa.dossier.report.view import GapRow
from kansa.records.draft import Draft
from kansa.registers.rows import Use
from worlds import cast, draft

SEEDS, COUNTS = st.integers(0, 10**6), st.integers(0, 60)
ELSEWHERE = cast(8).site


def uses_of(world: Seen) -> dict[str, Use]:
    """The uses by id."""
    return {use.use_id: use for use in world.tables.use}


@given(SEEDS, COUNTS)
def test_the_device_time_of_rows_is_that_of_the_gaps(seed: int, count: int) -> None:
    """For each fact it is the fact's gap time; an instant with two missing parts is in a row for each."""
    world = random_world(seed, count)
    uses, rows = uses_of(world), rows_of(world)
    told_of: Counter[str] = Counter()
    for row in rows:
        told_of[row.fact] += row.device_time

    spans: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for reason in world.reasons:
        spans[reason.use_id, reason.fact].append((reason.start, reason.end))
    twice: Counter[str] = Counter()
    for (use, fact), held in spans.items():
        once = sum(end - start for start, end in union(held))
        twice[fact] += (sum(end - start for start, end in held) - once) * uses[use].weight

    target(float(len(rows)))
    gap_by_fact = coverage_of(world.assessment.result).gap_by_fact
    assert {fact.name: told_of[fact.name] - twice[fact.name] for fact in FACTS} == gap_by_fact


@given(SEEDS, COUNTS)
def test_rows_are_joined_where_they_touch_and_only_there(seed: int, count: int) -> None:
    """No two rows of one tenant, end user, fact, cause and party that can close them touch.

    Each reason lies in one row, which is no longer than they are.
    """
    world = random_world(seed, count)
    uses, duties = uses_of(world), Duties(world.tables)
    rows: dict[tuple[Any, ...], list[GapRow]] = defaultdict(list)
    for row in rows_of(world):
        whose = (row.tenant and row.tenant.id, row.end_user and row.end_user.id)
        who = (row.responsible_role, row.responsible and row.responsible.id)
        rows[*whose, row.fact, row.part, who, row.cause].append(row)

    for alike in rows.values():
        alike.sort(key=lambda row: row.start)
        assert all(before.end < after.start for before, after in pairwise(alike))
    inside: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for reason in world.reasons:
        use = uses[reason.use_id]
        (row,) = (
            row
            for (tenant, end_user, fact, part, who, _), alike in rows.items()
            if (tenant, end_user, fact, part) == (use.tenant_id, use.end_user_id, reason.fact, reason.part)
            and who == responsible(use, reason, world.names, duties)
            for row in alike
            if " ".join(each.id for each in row.detail) == (reason.detail or "")
            and row.start <= reason.start
            and reason.end <= row.end
            and _about(row, use)
        )
        inside[id(row)].append((reason.start, reason.end))
    for alike in rows.values():
        for row in alike:
            assert union(inside[id(row)]) == [(row.start, row.end)]


def _about(row: GapRow, use: Use) -> bool:
    """Causes of one part differ by path or site; the row of this use is the one that names its own."""
    named = {
        "approval": use.path_id,
        "enablement": use.path_id,
        "chain": use.site_id,
        "elsewhere": use.site_id,
    }
    subject = named.get(row.part, use.device_id if row.part == "inventory" else None)
    return subject is None or subject in row.cause.split()


def only(world: Seen, **wanted: str) -> GapRow:
    """The one row with these values."""
    (row,) = (r for r in rows_of(world) if all(getattr(r, name) == value for name, value in wanted.items()))
    return row


def test_what_has_lapsed_stays_a_gap_and_what_was_never_recorded_can_be_closed() -> None:
    """The story's verification ends on day 10; without any, the one of that time may still come."""
    lapsed = only(told(), fact="identity")
    never = only(told(without=["end_user.verified"]), fact="identity")

    assert (lapsed.start, lapsed.end, lapsed.device_time) == (day(10), day(12), 2 * 2 * DAY)
    assert (lapsed.part, lapsed.evidence_ended, lapsed.evidence_begins) == ("verification", day(10), None)
    assert not lapsed.closable
    assert (never.part, never.evidence_ended, never.closable) == ("verification", None, True)


def test_evidence_that_comes_back_is_said_to() -> None:
    """A path that is switched off from day 4 to day 6 is a gap in between, and no later record reaches back."""
    off = draft("access_path.disabled", "1", day(4), path_id=WHO.path)
    on = draft("access_path.enabled", "2", day(6), path_id=WHO.path)

    row = only(told(off, on), fact="access")

    assert (row.part, row.start, row.end) == ("enablement", day(4), day(6))
    assert (row.evidence_ended, row.evidence_begins, row.closable) == (day(4), day(6), False)
    assert row.responsible_role == "site_operations"


def test_a_broken_chain_of_custody_can_be_closed_however_late() -> None:
    """Where a device stood is a matter of fact: its receiving record closes the gap whenever it is found."""
    place: dict[str, Any] = {"device_id": WHO.devices[0], "site_id": WHO.site}
    out = draft("device.moved", "out", day(4), step="shipping", **place)
    back = draft("device.moved", "back", day(5), step="receiving", **place)

    row = only(told(out, back), fact="custody")

    assert (row.part, row.start, row.end, row.units) == ("chain", day(4), day(5), 1)
    assert (row.evidence_ended, row.evidence_begins, row.closable) == (day(4), day(5), True)
    assert row.responsible_role == "site_operations"


def test_a_missing_receipt_is_asked_of_the_supplier_and_names_the_device() -> None:
    """The node holds two accelerators; the one without provenance is named."""
    row = only(told(without=["device.moved 1"]), fact="custody")

    assert (row.part, row.responsible_role, row.responsible) == ("provenance", "supplier", None)
    assert [each.id for each in row.detail] == [WHO.devices[1]]
    assert row.closable


def placed(**changes: str | None) -> Any:
    """The story's workload with other words about it."""
    use = {"tenant_id": WHO.tenant, "end_user_id": WHO.tenant, "path_id": WHO.path, "site_id": WHO.site}
    return draft(
        "workload.placed",
        "1",
        day(2),
        day(12),
        workload_id=WHO.workload,
        units=[WHO.node],
        **(use | changes),
    )


def test_gaps_that_two_parties_can_close_are_two_rows() -> None:
    """Two devices of one site lack custody at once; each was received under a contract with a carrier of its own."""
    contracts = (WHO.contract, cast(9).contract)
    carriers = [cast(seed).other for seed in (10, 11)]
    placed = [
        draft(
            "workload.placed", f"w{n}", day(2), day(3), workload_id=cast(20 + n).workload, units=[device],
            tenant_id=WHO.tenant, end_user_id=WHO.tenant, path_id=WHO.path, site_id=ELSEWHERE,
        )
        for n, device in enumerate(WHO.devices)
    ]  # fmt: skip
    again = draft(
        "device.moved", "again", step="receiving", device_id=WHO.devices[1], site_id=WHO.site,
        contract_id=contracts[1], contract_line="1", authorization_id=WHO.us,
    )  # fmt: skip
    duties = [
        draft("responsibility.allocated", f"d{n}", duty="custody", party_id=carrier, contract_id=contract)
        for n, (carrier, contract) in enumerate(zip(carriers, contracts, strict=True))
    ]
    rows = [
        row
        for row in rows_of(told(*placed, again, *duties, without=["workload.placed 1", "device.moved 1"]))
        if row.fact == "custody"
    ]

    assert {(row.cause, row.responsible_role, row.responsible and row.responsible.id) for row in rows} == {
        (rows[0].cause, BY_CONTRACT, carrier) for carrier in carriers
    }


def test_an_unnamed_end_user_is_one_cause_under_three_facts() -> None:
    """Whoever names it closes identity, access and authorization; without a mediator it is the tenant."""
    rows = rows_of(told(placed(end_user_id=None), without=["workload.placed"]))

    assert {row.fact for row in rows} == {"identity", "access", "authorization"}
    assert {(row.part, row.cause, row.closable) for row in rows} == {
        ("end_user", f"end_user {WHO.tenant}", True)
    }
    assert {(row.responsible_role, row.responsible and row.responsible.id) for row in rows} == {
        ("tenant", WHO.tenant)
    }


def test_the_mediator_of_the_latest_approval_is_asked_for_the_end_user() -> None:
    """A path that went through one party and now goes through another is asked of the other."""
    first, second = cast(9).other, cast(10).other
    path: dict[str, Any] = {"path_id": WHO.path, "tenant_id": WHO.tenant, "method": "brokered"}
    approvals = [
        draft("access_path.approved", f"{number}", end_user_id=WHO.tenant, mediator_id=mediator, **path)
        for number, mediator in enumerate((first, second))
    ]

    rows = rows_of(told(*approvals, placed(end_user_id=None), without=["workload.placed"]))

    assert {(row.responsible_role, row.responsible and row.responsible.id) for row in rows} == {
        ("mediator", second)
    }


def test_a_use_that_does_not_say_its_site_can_still_be_told_it() -> None:
    """The source may yet say where it ran; that closes custody and authorization."""
    rows = rows_of(told(placed(site_id=None), without=["workload.placed"]))

    found = {row.fact: row for row in rows if row.part == "site"}
    assert set(found) == {"custody", "authorization"}
    assert len({row.cause for row in found.values()}) == 1
    assert all(row.closable and row.responsible_role == "site_operations" for row in found.values())


def test_a_basis_that_does_not_name_the_site_is_not_mended_later() -> None:
    """An amendment holds from its own date; nobody can close the stretch before it."""
    row = only(told(placed(site_id=ELSEWHERE), without=["workload.placed"]), fact="authorization")

    assert (row.part, [each.id for each in row.detail], row.closable) == ("site", [ELSEWHERE], False)


def test_a_lapse_in_one_jurisdiction_is_not_one_in_another() -> None:
    """When evidence ended is said of the jurisdiction that is missing, not of whichever basis ended before."""
    item: dict[str, Any] = {"item_class": "h100-sxm5", "control": "8", "result": "controlled"}
    japan = draft("item.classified", "japan", jurisdiction="JP", **item)

    def basis(jurisdiction: str, key: str, end: int | None = None) -> Draft:
        lists: dict[str, Any] = {
            "end_user_ids": [WHO.tenant],
            "item_classes": ["h100-sxm5"],
            "site_ids": [WHO.site],
        }
        return draft(
            "authorization.recorded",
            key,
            end=end,
            authorization_id=key,
            jurisdiction=jurisdiction,
            basis="veu",
            **lists,
        )

    ours = ["item.classified jp", "authorization.recorded"]
    first, second, third = WHO.us, WHO.jp, cast(8).us
    never = only(
        told(japan, basis("US", first, day(1.5)), basis("US", second), without=ours), fact="authorization"
    )
    lapsed = only(
        told(japan, basis("US", first, day(6)), basis("JP", third), without=ours), fact="authorization"
    )

    assert ([each.id for each in never.detail], never.start) == (["JP"], day(2))
    assert (never.evidence_ended, never.closable) == (None, True)
    assert ([each.id for each in lapsed.detail], lapsed.start) == (["US"], day(6))
    assert (lapsed.evidence_ended, lapsed.closable) == (day(6), False)


@given(SEEDS, COUNTS)
def test_what_can_be_closed_says_who_can(seed: int, count: int) -> None:
    """And what lapsed says when, or the basis says what it is for."""
    for row in rows_of(random_world(seed, count)):
        assert row.start < row.end <= END
        assert row.units >= 1
        assert row.device_time >= row.end - row.start
        assert row.evidence_ended is None or row.evidence_ended <= row.start
        assert row.evidence_begins is None or row.evidence_begins >= row.end
        assert row.closable or row.evidence_ended is not None or row.part in ("site", "item")
        assert row.responsible_role
