"""Who may decide, and whose decisions count."""

from typing import Any

import pytest

from cases.office import ADMIN, COUNSEL, DIRECTOR, SALES, TRADE, Office, person
from kansa import ids
from kansa.clock import DAY, format_instant
from kansa.people import approval, enrolment, signed_records
from kansa.people.signed_records import Scope
from kansa.records.kinds.case import Step
from worlds import BEGIN, cast, dice, draft

WHO = cast()
STRANGER = person(200)


def taken_before(office: Office, proposed: int) -> list[Any]:
    """The steps that a proposal has gone through by now."""
    journal = office.journal()
    noted = next(each for each in journal.mentioning(office.case_id) if each.index == proposed)
    claim = office.proposal(proposed)
    (route,) = [each for _, each in enrolment.routes(journal, len(office.entries))]
    return approval.taken((noted, claim), route, len(office.entries), journal)


@pytest.fixture
def office() -> Office:
    """An office whose end user is verified."""
    office = Office(WHO.tenant, WHO.other).open()
    office.add(draft("end_user.verified", "v", BEGIN - 20 * DAY, end_user_id=WHO.other))
    return office


def test_a_permit_along_the_whole_route_evidences_identity_until_it_ends(office: Office) -> None:
    """Proposed, endorsed and approved by three persons: the clearance counts, signed, from the approval on."""
    proposed = office.propose()
    reviewed = office.review(proposed)
    decided = office.decide(proposed)
    (clearance,) = office.tables().clearance
    (identity,) = office.tables().identity

    assert (clearance.ground, clearance.evidence) == ("signed", (proposed, reviewed, decided))
    assert identity.valid_to == BEGIN + 100 * DAY
    assert {proposed, reviewed, decided} < set(identity.evidence)


@pytest.mark.parametrize(
    "forged",
    [{"valid_to": format_instant(BEGIN + 900 * DAY)}, {"site_ids": None}, {"decision": "permit"}],
    ids=["a longer time", "more sites", "a permit of a hold"],
)
def test_a_decision_changed_after_it_was_signed_never_counts(office: Office, forged: dict[str, Any]) -> None:
    """What is not as it was signed is no decision, and is found."""
    proposed = office.propose(scope=Scope(site_ids=[WHO.site]))
    office.review(proposed)
    signed: Any = "hold" if "decision" in forged else "permit"
    given = signed_records.decide(
        office.pen(DIRECTOR), office.proposal(proposed), "approve", signed, reasons="agreed"
    )
    office.add(given, **forged)

    assert office.grounds() == ["invalid"]
    assert office.tables().identity == ()


def test_a_signature_of_a_key_that_is_not_the_signers_never_counts(office: Office) -> None:
    """Neither an unknown key nor a colleague's."""
    proposed = office.propose()
    office.review(proposed)
    office.decide(proposed, key=STRANGER.key)
    office.decide(proposed, key=TRADE.key)

    assert office.grounds() == ["key_unknown", "key_unknown"]


@pytest.mark.parametrize(
    ("proposer", "reviewer", "approver", "ground"),
    [
        (SALES, TRADE, DIRECTOR, "signed"),
        (SALES, COUNSEL, DIRECTOR, "signed"),
        (DIRECTOR, TRADE, DIRECTOR, "self_approval"),
        (SALES, DIRECTOR, DIRECTOR, "self_approval"),
        (SALES, SALES, DIRECTOR, "not_endorsed"),
        (SALES, TRADE, TRADE, "no_role"),
        (SALES, ADMIN, DIRECTOR, "not_endorsed"),
        (TRADE, COUNSEL, DIRECTOR, "no_proposal"),
    ],
    ids=["in order", "by the substitute", "own proposal", "own review", "reviews own", "no director", "no reviewer", "no sales"],
)  # fmt: skip
def test_three_different_persons_with_their_roles_make_a_permit(
    office: Office, proposer: Any, reviewer: Any, approver: Any, ground: str
) -> None:
    """Nobody counts in two steps, whatever roles they have; nobody counts without the role."""
    for role in ("sales", "trade"):
        office.add(signed_records.grant(office.pen(ADMIN), DIRECTOR.id, role))
    office.add(signed_records.grant(office.pen(ADMIN), SALES.id, "trade"))
    proposed = office.propose(proposer)
    office.review(proposed, reviewer)
    office.decide(proposed, approver)

    assert office.grounds() == [ground]


def test_steps_are_taken_in_order(office: Office) -> None:
    """An approval before the endorsement is worth nothing, also when the endorsement follows."""
    proposed = office.propose()
    office.decide(proposed)
    office.review(proposed)

    assert office.grounds() == ["not_endorsed"]


def test_a_returned_proposal_cannot_be_approved(office: Office) -> None:
    """It has to be proposed anew."""
    proposed = office.propose()
    office.review(proposed, COUNSEL, "returned")
    office.review(proposed, TRADE)
    office.decide(proposed)

    assert office.grounds() == ["returned"]


def test_a_quorum_waits_for_its_last_person(office: Office) -> None:
    """The first approval decides nothing; the second does; the same person twice is one."""
    second = person(300)
    route = (Step("draft", "sales"), Step("approve", "director", quorum=2))
    office.add(
        signed_records.enrol(
            office.pen(ADMIN), second.id, second.key.public, {"en": "Second", "ja": "二人目"}
        )
    )
    office.add(signed_records.grant(office.pen(ADMIN), second.id, "director"))
    office.add(signed_records.adopt(office.pen(ADMIN), office.route_id, "standard", route))
    proposed = office.propose()
    office.decide(proposed)
    office.decide(proposed)
    assert office.grounds() == ["no_quorum", "no_quorum"]

    office.decide(proposed, second)
    assert office.grounds() == ["no_quorum", "no_quorum", "signed"]


def test_whoever_may_approve_may_stop_alone(office: Office) -> None:
    """A hold needs no review, and takes its stretch out of the permit."""
    proposed = office.propose()
    office.review(proposed)
    office.decide(proposed)
    stopped = office.now
    office.decide(proposed, decision="hold")

    assert office.grounds() == ["signed", "signed"]
    assert [row.valid_to for row in office.tables().identity if row.superseded_at is None] == [stopped]


def test_a_hold_of_one_site_leaves_the_permit_of_all(office: Office) -> None:
    """The gate holds the site; identity goes on, since the permit says more than the hold."""
    proposed = office.propose()
    office.review(proposed)
    office.decide(proposed)
    narrow = office.propose(decision="hold", scope=Scope(site_ids=[WHO.site]))
    office.decide(narrow, decision="hold")

    assert office.grounds() == ["signed", "signed"]
    assert [row.valid_to for row in office.tables().identity if row.superseded_at is None] == [
        BEGIN + 100 * DAY
    ]


def test_a_permit_needs_an_end(office: Office) -> None:
    """Cleared is cleared until."""
    proposed = office.propose(until=None)
    office.review(proposed)
    office.decide(proposed)

    assert office.grounds() == ["no_end"]


def test_a_revoked_key_takes_back_what_it_signed_since(office: Office) -> None:
    """From the instant that the revocation names, those recorded before it included; earlier signatures stand."""
    first = office.propose()
    office.review(first)
    office.decide(first)
    stolen = office.now
    second = office.propose()
    office.review(second)
    office.decide(second)
    assert office.grounds() == ["signed", "signed"]

    fingerprint = DIRECTOR.key.public.fingerprint
    office.add(
        signed_records.revoke_key(
            office.pen(ADMIN), DIRECTOR.id, fingerprint, since=stolen, reasons="lost notebook"
        )
    )
    office.decide(second)
    assert office.grounds() == ["signed", "key_revoked", "key_revoked"]


def test_a_rotated_key_signs_and_the_old_one_no_longer(office: Office) -> None:
    """What the old one signed before stands."""
    new = person(400).key
    first = office.propose()
    office.review(first)
    office.decide(first)
    old = DIRECTOR.key.public.fingerprint
    office.add(signed_records.rotate(office.pen(DIRECTOR), DIRECTOR.id, new.public, replaces=old))
    second = office.propose()
    office.review(second)
    office.decide(second)
    office.decide(second, key=new)

    assert office.grounds() == ["signed", "key_replaced", "signed"]


def test_nobody_makes_themselves_somebody(office: Office) -> None:
    """Roles, people and routes that no administrator signed, or that one gave to themselves, are as if not recorded."""
    second = person(300)
    attempts = [
        signed_records.enrol(office.pen(SALES), second.id, second.key.public, {"en": "Friend", "ja": "友人"}),
        signed_records.enrol(
            office.pen(None, STRANGER.key), STRANGER.id, STRANGER.key.public, {"en": "Me", "ja": "私"}
        ),
        signed_records.grant(office.pen(SALES), SALES.id, "director"),
        signed_records.grant(office.pen(ADMIN), ADMIN.id, "director"),
        signed_records.adopt(
            office.pen(SALES), office.route_id, "standard", (Step("draft", "sales"), Step("approve", "sales"))
        ),
        signed_records.rotate(
            office.pen(SALES), DIRECTOR.id, STRANGER.key.public, replaces=DIRECTOR.key.public.fingerprint
        ),
        signed_records.revoke_key(
            office.pen(SALES), TRADE.id, TRADE.key.public.fingerprint, since=BEGIN - 30 * DAY
        ),
    ]
    for attempt in attempts:
        office.add(attempt)
    proposed = office.propose()
    office.review(proposed)
    for who in (SALES, ADMIN, second, STRANGER):
        office.decide(proposed, who)
    office.decide(proposed, DIRECTOR, key=STRANGER.key)
    assert set(office.grounds()) <= {"no_role", "key_unknown"}

    office.decide(proposed)
    assert office.grounds()[-1] == "signed"


def test_a_key_belongs_to_the_first_person_enrolled_with_it(office: Office) -> None:
    """Two names on one key are one person, so nobody approves their own proposal by another name."""
    double = person(300)
    office.add(
        signed_records.enrol(office.pen(ADMIN), double.id, SALES.key.public, {"en": "Double", "ja": "別名"})
    )
    office.add(signed_records.grant(office.pen(ADMIN), double.id, "director"))
    proposed = office.propose()
    office.review(proposed)
    office.decide(proposed, double, key=SALES.key)

    assert office.grounds() == ["key_unknown"]


def test_what_is_signed_cannot_be_corrected_away(office: Office) -> None:
    """No record takes the place of an enrolment, a hold or a route; only revocations and new decisions do."""
    proposed = office.propose()
    held = office.decide(proposed, decision="hold")
    for index in (0, 1, held):
        corrects = {"log": "x", "index": index}
        office.add(draft("party.registered", f"c{index}", party_id=WHO.other), corrects=corrects)

    assert office.grounds() == ["signed"]


def test_an_unsigned_permit_counts_until_a_route_is_adopted_and_an_unsigned_stop_always(
    office: Office,
) -> None:
    """Recorded, not signed here: before people sign here it is all there is; after, it would be a way around them."""
    unsigned: dict[str, Any] = {"tenant_id": WHO.tenant, "end_user_id": WHO.other}
    before = Office(WHO.tenant, WHO.other)
    before.add(draft("case.decided", "old", **unsigned, decision="permit"))
    assert before.grounds() == ["recorded"]

    office.add(draft("case.decided", "new", **unsigned, decision="permit"))
    office.add(draft("case.decided", "stop", **unsigned, decision="deny"))
    assert office.grounds() == ["unsigned", "recorded"]


def test_a_signed_stop_ends_what_was_recorded_without_a_signature() -> None:
    """Decisions of before the route are stopped as any other."""
    office = Office(WHO.tenant, WHO.other)
    office.add(draft("end_user.verified", "v", BEGIN - 20 * DAY, end_user_id=WHO.other))
    old: dict[str, Any] = {"tenant_id": WHO.tenant, "end_user_id": WHO.other, "decision": "permit"}
    office.add(draft("case.decided", "old", BEGIN - 20 * DAY, **old))
    office.open()
    proposed = office.propose(decision="deny")
    at = office.now
    office.decide(proposed, decision="deny")

    assert [row.valid_to for row in office.tables().identity if row.superseded_at is None] == [at]


def test_an_endorsement_of_another_step_does_not_count(office: Office) -> None:
    """Who may take the step says that another is endorsed: the step itself was not taken."""
    proposed = office.propose()
    office.add(
        signed_records.review(
            office.pen(TRADE), office.proposal(proposed), "approve", "endorsed", reasons="papers are in order"
        )
    )
    office.decide(proposed)

    assert office.grounds() == ["not_endorsed"]


def test_a_review_that_endorses_nothing_takes_no_step(office: Office) -> None:
    """Neither a return of the step nor words about it is its endorsement, though who may take it says them."""
    proposed = office.propose()
    office.add(
        signed_records.review(
            office.pen(SALES), office.proposal(proposed), "review", "endorsed", reasons="papers are in order"
        )
    )
    office.review(proposed, outcome="returned")
    office.decide(proposed)

    assert office.grounds() == ["returned"]
    assert len(taken_before(office, proposed)) == 1


def test_a_key_that_was_introduced_after_the_signature_signed_nothing(office: Office) -> None:
    """What a key signed before anybody said whose it is has no signer, even if it is the right person's later."""
    proposed = office.propose()
    office.review(proposed)
    fresh = person(201).key
    office.decide(proposed, key=fresh)
    office.add(
        signed_records.rotate(
            office.pen(DIRECTOR), DIRECTOR.id, fresh.public, DIRECTOR.key.public.fingerprint
        )
    )

    assert office.grounds() == ["key_unknown"]

    office.decide(proposed, key=fresh)
    assert office.grounds() == ["key_unknown", "signed"]


def test_a_decision_along_a_route_that_nobody_adopted_does_not_count(office: Office) -> None:
    """Whoever proposes cannot bring their own way of deciding."""
    office.route_id = ids.mint("route", dice(77))
    proposed = office.propose()
    office.review(proposed)
    office.decide(proposed)

    assert office.grounds() == ["no_route"]


def test_only_a_decision_can_be_judged(office: Office) -> None:
    """A proposal decides nothing, and is not taken for a decision."""
    proposed = office.propose()
    noted = next(each for each in office.journal().mentioning(office.case_id) if each.index == proposed)

    with pytest.raises(TypeError, match="decides nothing"):
        approval.standing(noted, office.journal())


def test_a_review_counts_for_what_comes_after_it_only(office: Office) -> None:
    """Before its own index it was not there."""
    proposed = office.propose()
    office.review(proposed)
    journal, proposal = office.journal(), office.proposal(proposed)
    (index,) = [noted.index for noted, _ in approval.reviewed(proposal, len(office.entries), journal)]

    assert list(approval.reviewed(proposal, index, journal)) == []
    assert len(list(approval.reviewed(proposal, index + 1, journal))) == 1
