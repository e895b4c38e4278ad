"""A new edition, a new name or an ended judgement acts on the facts in the same second, and a nightly difference counts."""

from typing import Any

import pytest

from facts.worlds_facts import world
from kansa.clock import DAY, HOUR
from kansa.facts import gate_facts, screened
from kansa.facts.clearance_basis import changes
from kansa.facts.context import FactContext, FactValue
from kansa.facts.listed_as import entries_confirmed
from kansa.facts.screening_current import behind
from kansa.records.draft import Draft
from kansa.records.kinds.case import CaseDecided
from worlds import BEGIN, cast, draft

WHO = cast()
OLD, NEW = "a" * 64, "b" * 64


def _registered(key: str = "1", start: int = BEGIN, **said: Any) -> Draft:
    return draft("party.registered", key, start, party_id=WHO.tenant, **{"names": {"en": "Ostreva"}, **said})


def _imported(record_set: str, start: int) -> Draft:
    counts = dict.fromkeys(("rows", "entries", "rejected", "set_aside", "added", "removed", "changed"), 1)
    return draft(
        "list.imported", record_set, start, publication="us.csl", format="csl", importer="2", edition_date=None,
        files=[], record_set_sha256=record_set, lists=[], **counts,
    )  # fmt: skip


def _asked(record_set: str) -> dict[str, Any]:
    edition = {"publication": "us.csl", "record_set_sha256": record_set, "entries": 1, "rejected": 0}
    return {
        "editions": [{**edition, "date": None, "record": None}], "not_covered": ["eu.fsf"], "stale": [], "versions": [],
        "configuration_sha256": OLD, "normaliser_sha256": OLD, "threshold_ppm": 1, "limit": 1, "entries": 1,
    }  # fmt: skip


def _screened(key: str, start: int, record_set: str = OLD, outcome: str = "no_hit", **said: Any) -> Draft:
    return draft(
        "party.screened", key, start, party_id=WHO.tenant, trigger="asked", outcome=outcome, blocked=1, cut_off=False,
        **_asked(record_set), **said,
    )  # fmt: skip


def _swept(start: int, record_set: str, method: str = "delta") -> Draft:
    return draft(
        "screening.swept",
        f"{start}",
        start,
        method=method,
        parties=1,
        alerts=0,
        basis=[OLD],
        **_asked(record_set),
    )


def _disposed(
    key: str, start: int, screening: int, verdict: str, end: int | None = None, **said: Any
) -> Draft:
    return draft(
        "screening.disposed", key, start, end, party_id=WHO.tenant, screening={"log": "x", "index": screening},
        disposition=verdict, reason_code="different_country", **{"entry_id": "x", **said},
    )  # fmt: skip


def _gate(here: FactContext) -> dict[str, Any]:
    return {said.name: said.value for said in gate_facts.of_party(here, WHO.tenant)}


UP_TO_DATE = [_registered(), _imported(OLD, BEGIN), _screened("1", BEGIN)]


def test_a_new_edition_is_behind_in_the_second_in_which_it_comes() -> None:
    """Not a day later: the gate does not know the hits until somebody asked it, and the case is due."""
    drafts = [*UP_TO_DATE, _imported(NEW, BEGIN + DAY)]
    before, after = world(drafts, BEGIN + DAY - 1), world(drafts, BEGIN + DAY)

    assert behind(before, WHO.tenant) == ()
    assert _gate(before)["screening_hits_open"] == 0
    assert [noted.index for noted in behind(after, WHO.tenant)] == [len(drafts) - 1]
    assert "screening_hits_open" not in _gate(after)
    assert before.looked().until == BEGIN + DAY


@pytest.mark.parametrize(
    ("last", "current"),
    [
        (_swept(BEGIN + DAY + HOUR, NEW), True),
        (_screened("2", BEGIN + DAY + HOUR, NEW), True),
        (_swept(BEGIN + DAY + HOUR, OLD), False),
        (_swept(BEGIN + DAY + HOUR, NEW, method="batch"), False),
    ],
)
def test_a_party_is_up_to_date_once_it_was_asked_of_the_new_edition(last: Draft, current: bool) -> None:  # noqa: FBT001
    """By a screening of its own or by a nightly difference against it; a file of others says nothing of it."""
    here = world([*UP_TO_DATE, _imported(NEW, BEGIN + DAY), last], BEGIN + 2 * DAY)

    assert (behind(here, WHO.tenant) == ()) is current
    assert screened.screening_behind_days(here, WHO.tenant).value == (0 if current else 1)
    if current:
        assert _gate(here)["screening_age_s"] == BEGIN + DAY + HOUR


def test_a_difference_says_nothing_of_a_party_without_a_name() -> None:
    """Its name was erased, so nobody could ask for it."""
    drafts = [*UP_TO_DATE, _imported(NEW, BEGIN + DAY), _swept(BEGIN + DAY + HOUR, NEW)]
    here = world(drafts, BEGIN + 2 * DAY, erased=frozenset({WHO.tenant}))
    assert behind(here, WHO.tenant)


def test_a_party_that_is_registered_under_another_name_is_behind() -> None:
    """It was asked for as somebody else; saying the same again changes nothing."""
    same = world([*UP_TO_DATE, _registered("2", BEGIN + HOUR)])
    other = world([*UP_TO_DATE, _registered("2", BEGIN + HOUR, names={"en": "Veltor"})])

    assert behind(same, WHO.tenant) == ()
    assert [noted.index for noted in behind(other, WHO.tenant)] == [3]


CANDIDATES = [{"entry_id": "x", "list": "us.el"}, {"entry_id": "y", "list": "us.dpl"}]


def test_one_candidate_that_is_judged_twice_settles_one() -> None:
    """The other one still waits."""
    drafts = [
        _registered(), _screened("1", BEGIN, outcome="alert", candidates=CANDIDATES),
        _disposed("1", BEGIN, 1, "false_match"), _disposed("2", BEGIN + HOUR, 1, "false_match"),
    ]  # fmt: skip
    assert screened.screening_hits_open(world(drafts), WHO.tenant).value == 1


def test_a_carried_judgement_holds_as_long_as_it_says() -> None:
    """What was judged on an earlier screening is not asked again, and is open again the moment it ends."""
    carried = {"entry_id": "x", "list": "us.el", "disposition": "false_match", "disposition_record": 2}
    drafts = [
        _registered(), _screened("1", BEGIN, outcome="alert", candidates=CANDIDATES[:1]),
        _disposed("1", BEGIN, 1, "false_match", BEGIN + 4 * DAY),
        _screened("2", BEGIN + DAY, outcome="dismissed", candidates=[carried]),
    ]  # fmt: skip
    assert screened.screening_hits_open(world(drafts, BEGIN + 2 * DAY), WHO.tenant).value == 0
    assert screened.screening_hits_open(world(drafts, BEGIN + 4 * DAY), WHO.tenant).value == 1


@pytest.mark.parametrize(("replaces", "listed"), [(None, True), (2, False)])
def test_a_later_false_match_overturns_a_true_match_only_by_naming_it(
    replaces: int | None,
    listed: bool,  # noqa: FBT001
) -> None:
    """Silently it would make a listed party an unlisted one."""
    named: dict[str, Any] = {} if replaces is None else {"replaces": {"log": "x", "index": replaces}}
    drafts = [
        _registered(), _screened("1", BEGIN, outcome="alert", candidates=CANDIDATES[:1]),
        _disposed("1", BEGIN, 1, "true_match"), _disposed("2", BEGIN + HOUR, 1, "false_match", **named),
    ]  # fmt: skip
    found = entries_confirmed(world(drafts), WHO.tenant)
    assert isinstance(found, FactValue) is not listed


def test_a_true_match_that_is_carried_to_the_next_screening_stays_listed() -> None:
    """A new edition must not turn a deny into a question."""
    carried = {"entry_id": "x", "list": "us.el", "disposition": "true_match", "disposition_record": 2}
    drafts = [
        _registered(), _screened("1", BEGIN, outcome="alert", candidates=CANDIDATES[:1]),
        _disposed("1", BEGIN, 1, "true_match"), _screened("2", BEGIN + DAY, outcome="confirmed", candidates=[carried]),
    ]  # fmt: skip
    assert screened.screening_listed(world(drafts), WHO.tenant).value == frozenset({"us.el"})


@pytest.mark.parametrize(
    ("ratings", "changed"),
    [(["high"], True), (["low"], False), (["medium"], True), (["medium", "low"], False)],
)
def test_another_tier_changes_what_a_clearance_rests_on(ratings: list[str], changed: bool) -> None:  # noqa: FBT001
    """From its instant; rating it the same again is none, and nobody having rated it was low."""
    drafts = [
        *UP_TO_DATE,
        draft("case.decided", "1", BEGIN, case_id="case", tenant_id=WHO.tenant, end_user_id=WHO.tenant, decision="permit",
              step="approve"),
        *(
            draft("party.risk_rated", f"{n}", BEGIN + DAY + n, party_id=WHO.tenant, of="end_user", tier=tier)
            for n, tier in enumerate(ratings)
        ),
    ]  # fmt: skip
    for now, expected in ((BEGIN + DAY - 1, False), (BEGIN + DAY + len(ratings) - 1, changed)):
        here = world(drafts, now)
        decided = next(noted for noted, _ in here.find(WHO.tenant, CaseDecided))
        assert ("rating" in {change.aspect for change in changes(here, decided, None, ())}) is expected


def test_a_list_edition_makes_a_clearance_due_only_until_the_parties_are_screened_against_it() -> None:
    """docs/cases.md: `kansa lists add` screens them in the same command; put off, the clearance is due until somebody does."""
    cleared = draft(
        "case.decided", "1", BEGIN, case_id="case", tenant_id=WHO.tenant, end_user_id=WHO.tenant, decision="permit",
        step="approve",
    )  # fmt: skip
    put_off = [*UP_TO_DATE, cleared, _imported(NEW, BEGIN + DAY)]
    screened_after = [*put_off, _swept(BEGIN + DAY, NEW)]

    for drafts, expected in ((put_off, True), (screened_after, False)):
        here = world(drafts, BEGIN + DAY)
        decided = next(noted for noted, _ in here.find(WHO.tenant, CaseDecided))
        assert ("list" in {change.aspect for change in changes(here, decided, None, ())}) is expected
