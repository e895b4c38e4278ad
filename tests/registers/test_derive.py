"""The facts: what follows from which claims."""

from typing import Any

import pytest

from kansa.clock import DAY, HOUR
from kansa.records.draft import Draft, complete, submit
from kansa.registers.derive import derive
from kansa.registers.rows import Tables
from worlds import BEGIN, Cast, cast, dice, draft, story

WHO = cast()
KEY = b"k" * 32


def at(day: float) -> int:
    """An instant of the story, in days from its start."""
    return BEGIN + round(day * DAY)


def entries(drafts: list[Draft], recorded: list[int] | None = None) -> list[tuple[int, bytes]]:
    """The drafts as entries, recorded one after another."""
    times = recorded or [BEGIN - HOUR + n * 1000 for n in range(len(drafts))]
    random_bytes = dice(1)
    return [
        (n, complete(submit(each, KEY), time, random_bytes).record.encode())
        for n, (each, time) in enumerate(zip(drafts, times, strict=True))
    ]


def derived(*more: Draft, without: str = "", recorded: list[int] | None = None) -> Tables:
    """The tables of the story with more claims, or without some."""
    kept = [each for each in story(WHO) if not without or without not in f"{each.type} {each.natural_key}"]
    return derive(entries([*kept, *more], recorded))


def spans(rows: Any, **wanted: str) -> list[tuple[int, int | None]]:
    """The current intervals of the rows with these values, in days from the start of the story."""
    return [
        ((row.valid_from - BEGIN) // HOUR, None if row.valid_to is None else (row.valid_to - BEGIN) // HOUR)
        for row in rows
        if row.superseded_at is None and all(getattr(row, name) == value for name, value in wanted.items())
    ]


def test_a_verification_and_a_clearance_together_evidence_identity() -> None:
    """Identity is the overlap of the two; either alone is nothing."""
    assert spans(derived().identity) == [(0, 240)]
    assert spans(derived(without="end_user.verified").identity) == []
    assert spans(derived(without="case.decided").identity) == []


def test_a_withdrawal_ends_the_verifications_recorded_before_it_and_no_later_one() -> None:
    """Re-verification after a withdrawal counts again, and touching intervals leave no hole."""
    withdrawal = draft("end_user.verification_withdrawn", "w", at(4), end_user_id=WHO.tenant)
    again = draft("end_user.verified", "2", at(4), at(30), end_user_id=WHO.tenant)

    assert spans(derived(withdrawal).identity) == [(0, 96)]
    assert spans(derived(withdrawal, again).identity) == [(0, 96), (96, 720)]


def changed(day: float, **data: Any) -> Draft:
    """The end user changed on a day."""
    return draft(
        "end_user.changed", f"{day} {data}", at(day), end_user_id=WHO.tenant, **{"what": "ownership", **data}
    )


def verified(day: float) -> Draft:
    """The end user verified again on a day."""
    return draft("end_user.verified", f"on {day}", at(day), at(30), end_user_id=WHO.tenant)


def permitted(day: float) -> Draft:
    """People decide anew on a day."""
    return draft(
        "case.decided", f"on {day}", at(day), tenant_id=WHO.tenant, end_user_id=WHO.tenant, decision="permit"
    )


@pytest.mark.parametrize(
    "what", ["end_user", "end_use", "ownership", "headquarters", "reseller", "integrator"]
)
def test_a_change_of_the_end_user_ends_identity_until_it_is_verified_and_cleared_again(what: str) -> None:
    """Whatever changed, what was verified and decided before says nothing of what came after."""
    change = changed(4, what=what)

    assert spans(derived(change).identity) == [(0, 96)]
    assert spans(derived(change, verified(5)).identity) == [(0, 96)]
    assert spans(derived(change, permitted(5)).identity) == [(0, 96)]
    assert sorted(spans(derived(change, verified(5), permitted(6)).identity)) == [(0, 96), (144, 720)]


def test_a_renewal_that_was_on_record_before_the_change_came_does_not_answer_it() -> None:
    """A verification for next month that was made before the owner changed did not see the new owner."""
    drafts = [*story(WHO), verified(8), permitted(8), changed(4)]
    early = [BEGIN - HOUR + n * 1000 for n in range(len(drafts) - 1)]

    assert spans(derive(entries(drafts, [*early, at(4)])).identity) == [(0, 96)]


def test_a_change_recorded_late_leaves_what_was_verified_and_decided_after_it() -> None:
    """What counts is when the change came, not when it was written down."""
    drafts = [*story(WHO), verified(5), permitted(5), changed(4)]
    times = [*(BEGIN - HOUR + n * 1000 for n in range(len(drafts) - 3)), at(5), at(5) + 1, at(8)]

    found = derive(entries(drafts, times))

    assert sorted(spans(found.identity)) == [(0, 96), (120, 720)]


def test_a_change_as_one_tenant_reaches_the_end_user_leaves_other_tenants_alone() -> None:
    """A reseller of one tenant says nothing of another's; for its own tenant a new decision alone is not enough."""
    other = draft("case.decided", "o", tenant_id=WHO.other, end_user_id=WHO.tenant, decision="permit")
    change = changed(4, what="reseller", tenant_id=WHO.tenant)

    found = derived(other, change, permitted(5)).identity
    again = derived(other, change, permitted(5), verified(6)).identity

    assert spans(found, tenant_id=WHO.other) == [(0, 240)]
    assert spans(found, tenant_id=WHO.tenant) == [(0, 96)]
    assert (144, 720) in spans(again, tenant_id=WHO.tenant)
    assert (144, 240) in spans(again, tenant_id=WHO.tenant)


def test_a_hold_takes_its_stretch_out_of_the_permits_recorded_before_it() -> None:
    """A clearance is a standing decision: the later one wins where it speaks."""
    hold = draft(
        "case.decided", "h", at(3), at(5), tenant_id=WHO.tenant, end_user_id=WHO.tenant, decision="hold"
    )

    assert spans(derived(hold).identity) == [(0, 72), (120, 240)]


def test_two_holds_that_begin_together_may_end_apart_or_never() -> None:
    """An open hold beside a closed one takes everything from its start on."""
    held: dict[str, Any] = {"tenant_id": WHO.tenant, "end_user_id": WHO.tenant, "decision": "hold"}
    both = [
        draft("case.decided", "open", at(3), **held),
        draft("case.decided", "closed", at(3), at(5), **held),
    ]

    assert spans(derived(*both).identity) == [(0, 72)]
    assert spans(derived(*reversed(both)).identity) == [(0, 72)]


def test_a_path_must_be_enabled_and_its_disabling_ends_access() -> None:
    """Approval without enablement is no access; what is disabled can be enabled again."""
    off = draft("access_path.disabled", "1", at(6), path_id=WHO.path)
    on = draft("access_path.enabled", "2", at(7), path_id=WHO.path)

    assert spans(derived().access) == [(0, None)]
    assert spans(derived(without="access_path.enabled").access) == []
    assert spans(derived(off).access) == [(0, 144)]
    assert spans(derived(off, on).access) == [(0, 144), (168, None)]


def test_a_temporary_configuration_ends_by_itself() -> None:
    """Temporary access cannot outlive its expiry, whoever forgets it."""
    temporary = draft("configuration.temporary", "1", at(1), at(2), path_id=WHO.path, reason="commissioning")

    assert spans(derived(temporary, without="access_path.enabled").access) == [(24, 48)]


def test_a_brokered_path_needs_a_mediator_that_is_registered() -> None:
    """A path through nobody known evidences nothing until that party is registered."""
    brokered: dict[str, Any] = {
        "path_id": WHO.path,
        "tenant_id": WHO.tenant,
        "end_user_id": WHO.tenant,
        "method": "brokered",
    }
    unknown = draft("access_path.approved", "b", **brokered, mediator_id=WHO.other)
    known = draft("party.registered", "other", at(2), party_id=WHO.other)

    assert (
        spans(derived(draft("access_path.approved", "b", **brokered), without="access_path.approved").access)
        == []
    )
    assert spans(derived(unknown, without="access_path.approved").access) == []
    assert spans(derived(unknown, known, without="access_path.approved").access) == [(48, None)]


def moved(step: str, day: float, site: str, device: str = WHO.devices[0]) -> Draft:
    """A business step without contract or authorization."""
    return draft("device.moved", f"{step} {day} {device}", at(day), device_id=device, site_id=site, step=step)


def seen(day: float, site: str, device: str = WHO.devices[0]) -> Draft:
    """A sighting."""
    return draft("device.observed", f"{day} {device}", at(day), device_id=device, site_id=site)


ELSEWHERE = cast(8).site


def test_custody_goes_on_through_shipping_and_receipt() -> None:
    """In transit nothing is evidenced; after the receipt the chain holds at the new site."""
    tables = derived(moved("shipping", 3, WHO.site), moved("receiving", 5, ELSEWHERE))

    assert spans(tables.custody, device_id=WHO.devices[0], site_id=WHO.site) == [(0, 72)]
    assert spans(tables.custody, device_id=WHO.devices[0], site_id=ELSEWHERE) == [(120, None)]


def test_a_receipt_without_contract_line_and_authorization_begins_no_chain() -> None:
    """Provenance is part of custody."""
    bare = moved("receiving", 0, WHO.site)

    assert spans(derived(bare, without="device.moved 0").custody, device_id=WHO.devices[0]) == []


def test_a_receipt_elsewhere_without_shipping_breaks_the_chain() -> None:
    """A device cannot be received where it was never sent; neither site is evidenced from there on."""
    tables = derived(moved("receiving", 5, ELSEWHERE))

    assert spans(tables.custody, device_id=WHO.devices[0]) == [(0, 120)]


def test_a_sighting_elsewhere_is_contested_until_the_device_is_seen_where_it_should_be() -> None:
    """Contested is not evidenced; the rows on both sides name the records in question."""
    tables = derived(seen(4, ELSEWHERE), seen(6, WHO.site))

    assert spans(tables.custody, device_id=WHO.devices[0]) == [(0, 96), (144, None)]
    assert all(
        len(row.evidence) > 1
        for row in tables.custody
        if row.superseded_at is None and row.device_id == WHO.devices[0]
    )


def test_a_node_is_where_all_its_accelerators_are() -> None:
    """One device in transit takes the whole node's custody away."""
    assert spans(derived().custody, device_id=WHO.node) == [(0, None)]
    assert spans(derived(moved("shipping", 3, WHO.site)).custody, device_id=WHO.node) == [(0, 72)]
    assert spans(derived(without="device.moved 1").custody, device_id=WHO.node) == []


def test_who_answers_for_what_follows_from_contracts_and_receipts() -> None:
    """Parties by contract, duties with their terms, and of the moves only receipts; a correction takes the earlier's place."""
    signed = draft("contract.recorded", "c", contract_id=WHO.contract, party_ids=[WHO.tenant, WHO.other])
    duty = draft(
        "responsibility.allocated", "d", at(1), at(9), duty="verification", party_id=WHO.other, contract_id=WHO.contract
    )  # fmt: skip
    anyway = draft("responsibility.allocated", "e", duty="custody", party_id=WHO.tenant)
    sent = draft(
        "device.moved", "s", at(5), step="shipping", device_id=WHO.devices[0], site_id=WHO.site,
        contract_id=cast(9).contract,
    )  # fmt: skip
    tables = derived(signed, duty, anyway, sent)

    assert {(row.contract_id, row.party_id) for row in tables.contract_party} == {
        (WHO.contract, WHO.tenant),
        (WHO.contract, WHO.other),
    }
    assert {tuple(row)[:5] for row in tables.responsibility} == {
        ("verification", WHO.other, WHO.contract, at(1), at(9)),
        ("custody", WHO.tenant, None, BEGIN, None),
    }
    assert {(row.device_id, row.contract_id) for row in tables.supply} == {
        (device, WHO.contract) for device in WHO.devices
    }
    drafts = [*story(WHO), signed, duty, anyway, sent]
    kept, salts = entries(drafts), dice(2)
    ended = draft("responsibility.allocated", "d2", duty="custody", party_id=WHO.other)
    (place,) = (n for n, each in enumerate(drafts) if each is anyway)
    record = complete(submit(ended, KEY), BEGIN, salts, corrects=("x", place), concerns=(WHO.tenant,)).record
    corrected = derive([*kept, (len(kept), record.encode())])
    assert {row.party_id for row in corrected.responsibility if row.duty == "custody"} == {WHO.other}


def test_every_jurisdiction_that_controls_the_item_needs_its_basis() -> None:
    """The row is the intersection; a classification as not controlled asks for none."""
    item: dict[str, Any] = {
        "item_class": "h100-sxm5",
        "jurisdiction": "JP",
        "control": "8",
        "result": "controlled",
    }
    controlled = draft("item.classified", "jp again", **item)
    named: dict[str, Any] = {
        "end_user_ids": [WHO.tenant],
        "item_classes": ["h100-sxm5"],
        "site_ids": [WHO.site],
    }
    japan: dict[str, Any] = {"authorization_id": WHO.jp, "jurisdiction": "JP", "basis": "no_licence_required"}
    nlr = draft("authorization.recorded", "jp", at(1), at(9), **japan, **named)

    assert spans(derived().authorization) == [(0, None)]
    assert spans(derived(controlled).authorization) == []
    assert spans(derived(controlled, nlr).authorization) == [(24, 216)]
    assert spans(derived(without="item.classified").authorization) == []


def test_an_amendment_takes_the_place_of_what_it_supersedes_and_a_revocation_ends_it() -> None:
    """The amended basis has its own id, items and sites."""
    named: dict[str, Any] = {
        "end_user_ids": [WHO.tenant],
        "item_classes": ["h100-sxm5"],
        "site_ids": [WHO.site, ELSEWHERE],
    }
    amended = draft(
        "authorization.amended",
        "a",
        at(5),
        authorization_id=WHO.jp,
        supersedes=WHO.us,
        jurisdiction="US",
        basis="veu",
        **named,
    )
    revoked = draft("authorization.revoked", "r", at(8), authorization_id=WHO.jp, end_user_ids=[WHO.tenant])
    tables = derived(amended, revoked)
    current = {row.authorization_id for row in tables.authorization if row.superseded_at is None}
    sites = {
        (row.authorization_id, row.site_id)
        for row in tables.authorization_site
        if row.authorization_id in current
    }

    assert sorted(spans(tables.authorization)) == [(0, 120), (120, 192)]
    assert len(sites) == 3


def test_a_shift_closes_one_use_and_opens_the_next() -> None:
    """Weight and item class come from the inventory; the unit of the second use is the device."""
    shift = draft(
        "workload.shifted",
        "s",
        at(5),
        workload_id=WHO.workload,
        tenant_id=WHO.tenant,
        site_id=WHO.site,
        units=[WHO.devices[0]],
        cause="grid",
    )
    uses = derived(shift).use

    assert [
        (u.device_id, (u.start - BEGIN) // DAY, u.end and (u.end - BEGIN) // DAY, u.weight, u.item_class)
        for u in uses
    ] == [
        (WHO.node, 2, 5, 2, "h100-sxm5"),
        (WHO.devices[0], 5, None, 1, "h100-sxm5"),
    ]


def test_what_is_recorded_later_supersedes_and_both_versions_stay() -> None:
    """A disabling recorded on day 8 for day 6 closes the row as of day 8, not as of day 6."""
    off = draft("access_path.disabled", "1", at(6), path_id=WHO.path)
    count = len(story(WHO))
    tables = derived(off, recorded=[*range(BEGIN - HOUR, BEGIN - HOUR + count * 1000, 1000), at(8)])
    first, second = sorted(tables.access, key=lambda row: row.recorded_at)

    assert (first.valid_to, first.superseded_at) == (None, at(8))
    assert (second.valid_to, second.recorded_at, second.superseded_at) == (at(6), at(8), None)


def test_entries_recorded_after_the_time_asked_for_are_not_known() -> None:
    """Knowledge is taken back exactly."""
    all_entries = entries(story(WHO))

    assert derive(all_entries, known_at=BEGIN - HOUR + 2000).identity == ()
    assert derive(all_entries, known_at=BEGIN) == derive(all_entries)


def test_an_unknown_kind_is_passed_over() -> None:
    """Records that a later version writes do not keep the others from being read."""
    plain = entries(story(WHO))
    foreign = plain[0][1].replace(b"kansa.party.registered.v0", b"kansa.party.registered.v9")

    assert derive([*plain, (len(plain), foreign)]) == derive(plain)


@pytest.mark.parametrize("victim", range(3))
def test_a_broken_entry_is_named_by_its_index(victim: int) -> None:
    """Nothing is derived from a ledger that cannot be read."""
    broken = [(n, entry + b" " if n == victim else entry) for n, entry in entries(story(WHO))]

    with pytest.raises(Exception, match=f"entry {victim}:"):
        derive(broken)


def test_the_cast_is_the_same_every_time() -> None:
    """Worlds are deterministic."""
    assert isinstance(WHO, Cast)
    assert cast() == WHO


def classified(key: str, start: int, result: str, end: int | None = None) -> Draft:
    """A classification of the item class under Japanese law."""
    named: dict[str, Any] = {
        "item_class": "h100-sxm5",
        "jurisdiction": "JP",
        "control": "8",
        "result": result,
    }
    return draft("item.classified", key, start, end, **named)


def regimes(tables: Tables) -> list[tuple[str, int, int | None]]:
    """Which jurisdictions rule the item class, in days from the start of the story."""
    return sorted(
        (
            row.key.split(" ")[1],
            (row.valid_from - BEGIN) // DAY,
            row.valid_to and (row.valid_to - BEGIN) // DAY,
        )
        for row in tables.part
        if row.part == "regime"
    )


def test_an_old_sheet_recorded_late_does_not_undo_the_one_that_took_over_from_it() -> None:
    """The sheet that began last rules, whatever the order in which the sheets were written down."""
    newer, older = classified("new", at(5), "controlled"), classified("old", at(2), "not_controlled")

    told = regimes(derived(newer, older, without="item.classified jp"))

    assert told == [("JP+US", 5, None), ("US", 0, 2), ("US", 2, 5)]
    assert told == regimes(derived(older, newer, without="item.classified jp"))


def test_of_two_sheets_that_begin_together_the_one_recorded_last_rules() -> None:
    """Who writes a sheet anew means the new one; when it ends, the other still holds."""
    first, second = classified("1", at(2), "not_controlled"), classified("2", at(2), "controlled", at(5))

    told = regimes(derived(first, second, without="item.classified jp"))

    assert ("JP+US", 2, 5) in told
    assert ("US", 5, None) in told
