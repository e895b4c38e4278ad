"""Every missing link is found, of how many, and a whole chain has none."""

from collections.abc import Sequence
from typing import Any

import pytest

from kansa.clock import DAY
from kansa.records.draft import Draft, complete, submit
from kansa.records.journal import MemoryJournal
from kansa.registers.derive import derive, moments
from kansa.trace.evidence_as_of import EvidenceAsOf
from kansa.trace.statement import Check
from kansa.trace.trace import trace
from kansa.trace.who import who
from worlds import BEGIN, cast, dice, draft, story

WHO, ELSE = cast(), cast(8)
UNTIL = BEGIN + 20 * DAY
ITEM = "h100-sxm5"
NEW = cast(9).devices[0]


def evidence(drafts: Sequence[Draft], at: int = UNTIL) -> EvidenceAsOf:
    """All that drafts say, recorded in their order, up to an instant."""
    salts, key = dice(3), b"k" * 32
    entries = [
        (index, complete(submit(each, key), BEGIN + index * 1000, salts).record.encode())
        for index, each in enumerate(drafts)
    ]
    journal = MemoryJournal()
    for _, claims in moments(entries):
        journal.add(claims)
    return EvidenceAsOf(journal, derive(entries).use, at, at)


def checked(code: str, kind: str, subject: str, *more: Draft, drop: Sequence[str] = ()) -> Check:
    """One check of a subject, on the story with more records and without those of some kinds."""
    kept = [each for each in story(WHO) if each.type.removeprefix("kansa.").removesuffix(".v0") not in drop]
    found = trace(kind, subject, evidence([*kept, *more]), UNTIL)
    return next(check for check in found.checks if check.code == code)


def moved(step: str, device: str, day: int, **data: Any) -> Draft:
    """A business step of a device at the site on a day."""
    return draft(
        "device.moved",
        f"{step} {day}",
        BEGIN + day * DAY,
        device_id=device,
        site_id=WHO.site,
        step=step,
        **data,
    )


def test_a_whole_chain_lacks_only_what_the_story_plants() -> None:
    """In the story the verification ends while work runs: that is the one break of the site."""
    found = trace("site", WHO.site, evidence(story(WHO)), UNTIL)
    assert [(c.code, len(c.breaks)) for c in found.checks if c.breaks] == [("used_with_identity", 1)]
    assert {c.code for c in found.checks if not c.is_assessed} == {
        "shipped_received",
        "received_within_quantity",
        "sighted_in_custody",
        "moved_with_permit",
    }


def test_used_but_never_received() -> None:
    """Without receipts both devices of the node are named, of two."""
    check = checked("received_under_contract", "site", WHO.site, drop=["device.moved"])
    assert check.of == 2
    assert {b.subjects["device"] for b in check.breaks} == set(WHO.devices)
    assert {b.values["reason"] for b in check.breaks} == {"never_received"}


def test_a_receipt_that_does_not_say_enough() -> None:
    """What a receipt lacks is said."""
    arrived = moved("receiving", NEW, 1, contract_id=WHO.contract)
    check = checked("received_under_contract", "contract", WHO.contract, arrived)
    assert check.of == 3
    (only,) = check.breaks
    assert (only.subjects["device"], only.values["lacking"]) == (NEW, ["contract_line", "authorization_id"])


def test_shipped_never_received() -> None:
    """A shipment after which no receipt came, and a unit drawn on a basis that never arrived."""
    sent = moved("shipping", WHO.devices[0], 15)
    check = checked("shipped_received", "device", WHO.devices[0], sent)
    assert (check.of, [b.start for b in check.breaks]) == (1, [BEGIN + 15 * DAY])
    drawn = draft(
        "authorization.drawn", "1", BEGIN, authorization_id=WHO.us, device_ids=[NEW], contract_id=WHO.contract
    )
    check = checked("shipped_received", "contract", WHO.contract, drawn)
    assert [b.subjects["device"] for b in check.breaks] == [NEW]
    back = moved("receiving", WHO.devices[0], 16)
    assert checked("shipped_received", "device", WHO.devices[0], sent, back).breaks == ()


def test_received_beyond_the_quantity() -> None:
    """The unit that goes beyond what the basis allows is named, with the instant."""
    bound: dict[str, Any] = {"end_user_ids": [WHO.tenant], "item_classes": [ITEM], "site_ids": [WHO.site]}
    small = draft(
        "authorization.recorded",
        "small",
        authorization_id=ELSE.us,
        jurisdiction="US",
        basis="licence",
        quantity=1,
        **bound,
    )
    drawn = draft(
        "authorization.drawn", "2", BEGIN + DAY, authorization_id=ELSE.us, device_ids=[WHO.devices[0]]
    )
    more = draft("authorization.drawn", "3", BEGIN + 2 * DAY, authorization_id=ELSE.us, device_ids=[NEW])
    check = checked("received_within_quantity", "authorization", ELSE.us, small, drawn, more)
    assert check.of == 1
    assert [(b.subjects["device"], b.start) for b in check.breaks] == [(NEW, BEGIN + 2 * DAY)]
    assert checked("received_within_quantity", "authorization", ELSE.us, small, drawn).breaks == ()


def test_received_never_installed() -> None:
    """A receipt that neither installation nor inventory followed."""
    arrived = moved("receiving", NEW, 1, contract_id=WHO.contract, contract_line="2", authorization_id=WHO.us)
    check = checked("received_installed", "contract", WHO.contract, arrived)
    assert (check.of, [b.subjects["device"] for b in check.breaks]) == (3, [NEW])
    assert (
        checked("received_installed", "contract", WHO.contract, arrived, moved("installing", NEW, 2)).breaks
        == ()
    )


def test_sighted_elsewhere() -> None:
    """A sighting at another site than custody has the device at names both sites."""
    seen = draft("device.observed", "1", BEGIN + 3 * DAY, device_id=WHO.devices[0], site_id=ELSE.site)
    check = checked("sighted_in_custody", "device", WHO.devices[0], seen)
    (only,) = check.breaks
    assert (only.subjects["site"], only.subjects["custody"], only.start) == (
        ELSE.site,
        WHO.site,
        BEGIN + 3 * DAY,
    )
    here = draft("device.observed", "2", BEGIN + 3 * DAY, device_id=WHO.devices[0], site_id=WHO.site)
    check = checked("sighted_in_custody", "device", WHO.devices[0], here)
    assert (check.of, check.breaks) == (1, ())


def test_authorized_but_never_enabled() -> None:
    """A basis of an end user whose path was never on."""
    check = checked("authorized_enabled", "end-user", WHO.tenant, drop=["access_path.enabled"])
    assert [b.subjects["authorization"] for b in check.breaks] == [WHO.us]
    assert checked("authorized_enabled", "end-user", WHO.tenant).breaks == ()


def test_enabled_but_never_authorized() -> None:
    """A path that is open for an end user without any basis, for as long as it lacks one."""
    ended = draft(
        "authorization.revoked", "1", BEGIN + 5 * DAY, authorization_id=WHO.us, end_user_ids=[WHO.tenant]
    )
    check = checked("enabled_authorized", "path", WHO.path, ended)
    assert [(b.start, b.end) for b in check.breaks] == [(BEGIN + 5 * DAY, UNTIL)]
    assert checked("enabled_authorized", "path", WHO.path).breaks == ()


def test_enabled_and_approved_for_nobody() -> None:
    """A path that is on, and that no approval covers."""
    check = checked("enabled_approved", "path", WHO.path, drop=["access_path.approved"])
    assert [(b.start, b.end) for b in check.breaks] == [(BEGIN, UNTIL)]
    assert checked("enabled_approved", "path", WHO.path).breaks == ()


def test_used_by_nobody_known() -> None:
    """A use of which the end user is not known says so."""
    use = draft(
        "workload.placed",
        "2",
        BEGIN,
        BEGIN + DAY,
        workload_id=ELSE.workload,
        tenant_id=WHO.tenant,
        path_id=WHO.path,
        site_id=WHO.site,
        units=[WHO.node],
    )
    check = checked("used_by_known", "path", WHO.path, use)
    assert [(b.subjects["workload"], b.values["lacking"]) for b in check.breaks] == [
        (ELSE.workload, ["end_user"])
    ]


def test_moved_without_a_permit() -> None:
    """A move that the gate did not permit, and a permitted one of which an end is missing."""
    named: dict[str, Any] = {
        "tenant_id": WHO.tenant,
        "end_user_id": WHO.tenant,
        "site_id": ELSE.site,
        "from_site_id": WHO.site,
    }
    lone = draft("shift.unpermitted", "1", BEGIN + 4 * DAY, workload_id=WHO.workload, records=[1], **named)
    half = draft(
        "shift.handed_over", "2", BEGIN + 5 * DAY, decision={"log": "gate", "index": 3}, recorded=["origin"],
        due="2026-01-06T01:00:00.000Z", records=[2], **named,
    )  # fmt: skip
    check = checked("moved_with_permit", "workload", WHO.workload, lone, half)
    assert check.of == 2
    assert [b.values["reason"] for b in check.breaks] == ["no_permit", "not_handed_over"]


@pytest.mark.parametrize(("day", "missing"), [(5, ()), (11, ("identity",))])
def test_who_was_let_through(day: int, missing: tuple[str, ...]) -> None:
    """Before the verification ends all three stand, after it identity is missing; what runs is named with the same."""
    found = who(WHO.path, BEGIN + day * DAY, evidence(story(WHO)), UNTIL)
    (served,) = found.served
    assert (served.tenant, served.end_user, served.missing) == (WHO.tenant, WHO.tenant, missing)
    assert [each.what for each in served.statements].count("authorization.recorded") == 1
    (runs,) = found.running
    assert (runs.workload, runs.accelerators, set(runs.missing)) == (WHO.workload, 2, set(missing))
    assert found.is_evidenced == (not missing)


def test_nobody_was_let_through_before_the_approval() -> None:
    """An instant at which the path was approved for nobody is not evidenced, however whole the rest is."""
    found = who(WHO.path, BEGIN - DAY, evidence(story(WHO)), UNTIL)
    assert (found.served, found.running, found.is_evidenced) == ((), (), False)


def test_a_move_that_leaves_the_basis_did_not_hold() -> None:
    """A shift to a site that no basis names loses custody and authorization, which were evidenced before."""
    placed = [each for each in story(WHO) if not each.type.startswith("kansa.workload")]
    use: dict[str, Any] = {"workload_id": WHO.workload, "tenant_id": WHO.tenant}
    begun = draft(
        "workload.placed",
        "1",
        BEGIN + 2 * DAY,
        end_user_id=WHO.tenant,
        path_id=WHO.path,
        site_id=WHO.site,
        units=[WHO.devices[0]],
        item_class=ITEM,
        **use,
    )
    gone = draft(
        "workload.shifted",
        "1",
        BEGIN + 3 * DAY,
        site_id=ELSE.site,
        units=[ELSE.devices[0]],
        cause="grid",
        item_class=ITEM,
        **use,
    )
    done = draft("workload.ended", "1", BEGIN + 4 * DAY, **use)
    found = who(WHO.path, BEGIN + 2 * DAY, evidence([*placed, begun, gone, done]), UNTIL)
    (move,) = found.moves
    assert (move.origin, move.site, move.cause) == (WHO.site, ELSE.site, "grid")
    assert (move.missing_before, move.missing_after) == ((), ("custody", "authorization"))
    assert not move.held
    assert not found.is_evidenced
