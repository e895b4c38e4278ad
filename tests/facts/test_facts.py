"""Facts from records: what is erased, contested, incomplete or not yet begun is unknown, never a guess."""

from typing import Any

import pytest

from facts.worlds_facts import world
from kansa.clock import DAY
from kansa.facts import items, party, party_headquarters, party_use, path, screened, site, transaction
from kansa.facts.answered_questions import answer
from kansa.facts.context import FactValue
from kansa.records.draft import Draft
from worlds import BEGIN, cast, draft, story

WHO = cast()
PARENT = cast(8).tenant


def owned(key: str, party_id: str, owner: str | None = None, **data: Any) -> Draft:
    """Who holds a party, or its rest."""
    return draft("party.ownership_declared", key, party_id=party_id, owner_id=owner, **data)


def seated(key: str, party_id: str, country: str, **data: Any) -> Draft:
    """A headquarters determined."""
    return draft("party.headquarters_determined", key, party_id=party_id, country=country, **data)


CHAIN = [
    owned("1", WHO.tenant, PARENT, share_bp=6000, controls=True),
    owned("2", WHO.tenant, rest="dispersed"),
    owned("3", PARENT, rest="nobody"),
    seated("1", WHO.tenant, "JP", registered_seat="JP", place_of_management="JP"),
    seated("2", PARENT, "MO"),
]


def test_the_parent_is_where_the_chain_of_owners_leads() -> None:
    """A Japanese party whose owner of 60 % sits in Macau has its parent in `D:5+MO`, on five records."""
    here = world(CHAIN)
    assert party_headquarters.hq_country(here, WHO.tenant).value == "JP"
    found = party_headquarters.parent_groups(here, WHO.tenant)
    assert isinstance(found.value, frozenset)
    assert "D:5+MO" in found.value
    assert found.records == (0, 1, 2, 3, 4)
    assert party_headquarters.hq_facts(here, WHO.tenant).value == frozenset(
        {"registered_seat", "place_of_management"}
    )
    assert party_headquarters.ownership_complete(here, WHO.tenant).value is True


def test_an_incomplete_chain_has_no_parent() -> None:
    """Without a word on the rest of the parent's owners, nobody knows who is above it."""
    found = party_headquarters.parent_country(world([*CHAIN[:2], CHAIN[3]]), WHO.tenant)
    assert (found.value, found.reason) == (None, "incomplete")


def test_a_determination_that_contradicts_the_chain_is_contested() -> None:
    """A person named another parent than the shares show."""
    named = seated("3", WHO.tenant, "JP", ultimate_parent_id=WHO.other)
    found = party_headquarters.parent_country(world([*CHAIN, named]), WHO.tenant)
    assert (found.value, found.reason) == (None, "contested")


def test_an_erased_value_is_unknown_and_says_so() -> None:
    """Neither the default nor an earlier value takes the place of what was erased."""
    here = world(CHAIN, erased=frozenset({WHO.tenant}))
    assert party_headquarters.hq_country(here, WHO.tenant) == FactValue(None, (3,), "erased")
    assert party_headquarters.parent_country(here, WHO.tenant).reason == "erased"


def test_what_has_not_begun_is_not_known_yet_and_the_answer_holds_until_then() -> None:
    """A determination that begins tomorrow says nothing today."""
    later = draft("party.headquarters_determined", "9", BEGIN + 6 * DAY, party_id=WHO.tenant, country="US")
    here = world([later])
    assert party_headquarters.hq_country(here, WHO.tenant).value is None
    looked = here.looked()
    assert looked.until == BEGIN + 6 * DAY
    assert looked.topics == {f"{WHO.tenant} kansa.party.headquarters_determined.v0"}


def test_an_age_holds_until_the_next_day() -> None:
    """Whole days since the determination; the answer changes when the sixth is complete."""
    here = world(CHAIN, now=BEGIN + 5 * DAY + 7)
    assert party_headquarters.hq_determination_age_days(here, WHO.tenant).value == 5
    assert here.looked().until == BEGIN + 6 * DAY


def screening(outcome: str, **data: Any) -> Draft:
    """A screening of the parent, against one edition."""
    asked: dict[str, Any] = {
        "editions": [
            {"publication": "list", "record_set_sha256": "a" * 64, "entries": 1, "rejected": 0, "date": None, "record": None}
        ],
        "not_covered": [], "stale": [], "versions": [], "configuration_sha256": "a" * 64, "normaliser_sha256": "a" * 64,
        "threshold_ppm": 1, "limit": 1, "entries": 1, "blocked": 1, "cut_off": False,
    }  # fmt: skip
    return draft("party.screened", "1", party_id=PARENT, trigger="asked", outcome=outcome, **asked, **data)


@pytest.mark.parametrize(
    ("outcome", "bp", "reason"),
    [("no_hit", 0, None), ("alert", None, "incomplete"), (None, None, "not_recorded")],
)
def test_the_share_of_listed_owners_needs_everybody_above_screened(
    outcome: str | None, bp: int | None, reason: str | None
) -> None:
    """An owner that was never screened, or has an open candidate, may be listed."""
    drafts = [*CHAIN, screening(outcome, candidates=[{"entry_id": "x"}])] if outcome else CHAIN
    found = party_headquarters.listed_owner_bp(world(drafts), WHO.tenant)
    assert (found.value, found.reason) == (bp, reason)


def test_a_confirmed_owner_counts_with_its_share() -> None:
    """The parent is confirmed on a list: 60 % multiplied, and 60 % counted whole."""
    judged = draft(
        "screening.disposed", "1", party_id=PARENT, screening={"log": "x", "index": 5}, disposition="true_match",
        reason_code="same", entry_id="x",
    )  # fmt: skip
    hit = screening("confirmed", candidates=[{"entry_id": "x", "list": "us.el"}])
    here = world([*CHAIN, hit, judged])
    assert screened.screening_listed(here, PARENT).value == frozenset({"us.el"})
    assert party_headquarters.listed_owner_bp(here, WHO.tenant).value == 6000
    assert party_headquarters.listed_owner_share_unknown(here, WHO.tenant).value is False


@pytest.mark.parametrize(
    ("list_", "programs", "bp", "unknown"),
    [
        ("us.el", [], 6000, False),
        ("us.meu", [], 6000, False),
        ("us.sdn", ["RUSSIA-EO14024"], 6000, False),
        ("us.sdn", [], None, True),
        ("us.sdn", ["IRAN"], None, True),
        ("us.uvl", [], 0, False),
        ("us.cmic", [], 0, False),
        ("jp.eul", [], 0, False),
        ("cn.control", [], 0, False),
        ("eu.fsf", [], 0, False),
        (None, [], None, True),
    ],
)
def test_owners_count_for_the_affiliates_rule_by_the_list_they_are_on(
    *, list_: str | None, programs: list[str], bp: int | None, unknown: bool
) -> None:
    """Entity List, MEU List, SDN under 744.8(a)(1); a programme that does not tell leaves the share open."""
    judged = draft(
        "screening.disposed", "1", party_id=PARENT, screening={"log": "x", "index": 5}, disposition="true_match",
        reason_code="same", entry_id="x",
    )  # fmt: skip
    candidate = {"entry_id": "x", "programs": programs} | ({"list": list_} if list_ else {})
    here = world([*CHAIN, screening("confirmed", candidates=[candidate]), judged])
    assert party_headquarters.listed_owner_bp(here, WHO.tenant).value == bp
    assert party_headquarters.listed_owner_share_unknown(here, WHO.tenant).value is unknown
    assert screened.screening_listed(here, PARENT).value == frozenset({list_ or "unnamed"})


@pytest.mark.parametrize(
    ("controls", "scope", "upper", "lower"),
    [
        (["4A003.z.1.a"], True, True, False),
        (["4A003.z"], True, True, None),
        (["3A001.z.1.b"], True, False, True),
        (["5A992.z"], None, None, None),
        (["5A992.z", "3A090.a"], True, True, None),
        (["5A992.z / 4A090.b"], True, None, True),
        (["5A992.c"], False, False, False),
        ([], None, None, None),
    ],
)
def test_what_a_sheet_does_not_say_is_unknown_and_hides_nothing_beside_it(
    *, controls: list[str], scope: bool | None, upper: bool | None, lower: bool | None
) -> None:
    """`5A992.z` without its paragraph is asked about; a `.z` item of no level that is said is read as the upper one."""
    sheets = [
        draft(
            "item.classified", str(n), item_class=f"class {n}", jurisdiction="US", control=control, result="controlled",
            law_version="2026-07-23",
        )
        for n, control in enumerate(controls)
    ]  # fmt: skip
    here, classes = world(sheets), [f"class {n}" for n in range(len(controls))]
    found = (items.in_scope, items.at_upper_level, items.at_lower_level)
    assert [fact(here, classes).value for fact in found] == [scope, upper, lower]


def test_an_item_that_nobody_classified_hides_no_item_in_scope_beside_it() -> None:
    """And without one it is not known whether there is any."""
    sheet = draft(
        "item.classified", "1", item_class="h100", jurisdiction="US", control="3A090.a", result="controlled",
        law_version="2026-07-23",
    )  # fmt: skip
    assert items.in_scope(world([sheet]), ["h100", "unclassified"]).value is True
    assert items.in_scope(world([sheet]), ["unclassified"]).value is None


def test_documents_commitments_and_statements_in_force_are_what_is_on_file() -> None:
    """What ended is not; what was never filed makes an empty set, which is known."""
    filed = [
        draft("party.document_filed", "1", party_id=WHO.tenant, document="registry_extract", form="scan"),
        draft(
            "party.document_filed",
            "2",
            end=BEGIN + DAY,
            party_id=WHO.tenant,
            document="ownership_chart",
            form="scan",
        ),
        draft("commitment.signed", "1", party_id=WHO.tenant, commitment="end_use_certificate"),
    ]
    assert party.documents(world(filed), WHO.tenant) == FactValue(
        frozenset({"registry_extract", "end_use_certificate"}), (0, 2)
    )
    assert party.documents(world([]), WHO.tenant).value == frozenset()


def test_the_latest_answer_counts_and_not_known_is_an_answer_of_its_own() -> None:
    """A person's answer is the fact; null says that the question was put and nobody knew."""
    told = [
        draft("question.answered", "1", subject_id=WHO.tenant, fact="party.registry_found", answer=False),
        draft(
            "question.answered",
            "2",
            BEGIN + DAY,
            subject_id=WHO.tenant,
            fact="party.registry_found",
            answer=True,
        ),
        draft("question.answered", "3", subject_id=WHO.tenant, fact="party.ownership", answer=None),
    ]
    here = world(told)
    assert answer(here, WHO.tenant, "party.registry_found") == FactValue(value=True, records=(1,))
    assert party.unanswered_topics(here, WHO.tenant).value == frozenset({"ownership"})
    assert (
        answer(world(told, erased=frozenset({WHO.tenant})), WHO.tenant, "party.registry_found").reason
        == "erased"
    )


def test_use_paths_and_sites_are_told_by_the_records_of_operation() -> None:
    """The small world: a licence-free supply of two devices, one path, one workload from day 2 to day 12."""
    here = world(story(WHO))
    assert party_use.active_allocation(here, WHO.tenant).value is True
    assert party_use.controlled_items(here, WHO.tenant).value is True
    assert path.enabled(here, WHO.path).value is True
    assert path.mediator_known(here, WHO.path).value is True
    assert path.unused_days(here, WHO.path).value == 0
    assert site.devices(here, WHO.site).value == 2
    assert site.devices_without_provenance(here, WHO.site).value == 0
    assert site.country_groups(here, WHO.site).value == frozenset({"A:1", "A:5"})
    assert transaction.accelerators(here, WHO.contract).value == 2
    assert transaction.licence(here, WHO.contract).value == "valid"
    after = world(story(WHO), now=BEGIN + 15 * DAY)
    assert party_use.active_allocation(after, WHO.tenant).value is False
    assert path.unused_days(after, WHO.path).value == 3
