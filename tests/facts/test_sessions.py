"""Facts from sessions, accounts and reports: who came from where, whose account it is, who has fallen silent."""

from typing import Any

from facts.worlds_facts import world
from kansa.clock import DAY, HOUR, format_instant
from kansa.facts import operator, path
from kansa.facts.context import FactContext
from kansa.records.draft import Draft
from worlds import BEGIN, cast, draft

WHO = cast()
APPROVED = draft(
    "access_path.approved",
    "p",
    path_id=WHO.path,
    tenant_id=WHO.tenant,
    end_user_id=WHO.tenant,
    method="remote",
    permitted_countries="JP, US",
)


def session(key: str, country: str | None, person: str | None = None, days: int = 1) -> Draft:
    """A session that began and ended on a day."""
    told: dict[str, Any] = {"origin_country": country, "person": person, "account": "shared"}
    start, end = BEGIN + days * DAY, BEGIN + days * DAY + HOUR
    return draft(
        "access_path.session",
        key,
        valid_from=format_instant(start),
        valid_to=format_instant(end),
        path_id=WHO.path,
        method="remote",
        method_basis="stated",
        activity="shell",
        **{name: value for name, value in told.items() if value},
    )


def later(drafts: list[Draft], days: int = 5) -> FactContext:
    """The world so many days after the beginning."""
    return world(drafts, BEGIN + days * DAY)


def test_sessions_from_countries_that_are_not_permitted_are_counted() -> None:
    """Only those of the last thirty days; one outside is enough, whatever is not known of others."""
    here = [APPROVED, session("1", "JP"), session("2", "CN"), session("3", "US")]
    assert path.session_countries(later(here), WHO.path).value == frozenset({"JP", "CN", "US"})
    assert path.sessions_outside(later(here), WHO.path).value == 1
    assert path.sessions_outside(later([*here, session("4", None)]), WHO.path).value == 1
    assert path.session_countries(later(here, 40), WHO.path).value is None


def test_a_session_without_a_country_is_not_taken_for_a_permitted_one() -> None:
    """Nobody knows where it came from; a path without sessions says nothing either."""
    assert (
        path.sessions_outside(later([APPROVED, session("1", "JP"), session("2", None)]), WHO.path).reason
        == "incomplete"
    )
    assert path.sessions_outside(later([APPROVED]), WHO.path).reason == "not_recorded"
    assert path.sessions_outside(later([session("1", "CN")]), WHO.path).reason == "not_recorded"


def test_an_account_that_two_persons_used_is_shared() -> None:
    """Persons are told by keys or the broker; without any nothing is said."""
    assert (
        path.users_shared(later([session("1", "JP", "sato"), session("2", "JP", "tanaka")]), WHO.path).value
        == 1
    )
    assert (
        path.users_shared(later([session("1", "JP", "sato"), session("2", "JP", "sato")]), WHO.path).value
        == 0
    )
    assert path.users_shared(later([session("1", "JP")]), WHO.path).value is None


def account(key: str, party: str | None) -> Draft:
    """An account of an identity provider."""
    return draft("account.observed", key, account_id="acc_" + key * 26, party_id=party)


def test_accounts_that_nobody_onboarded_or_that_outlive_their_end_user_are_counted() -> None:
    """The first has no party; the second's party is verified until the third day."""
    verified = draft(
        "end_user.verified", "v", end_user_id=WHO.tenant, valid_to=format_instant(BEGIN + 3 * DAY)
    )
    here = [verified, account("a", None), account("b", WHO.tenant)]

    assert operator.accounts_unknown(later(here), "").value == 1
    assert operator.accounts_outliving(later(here, 2), "").value == 0
    assert operator.accounts_outliving(later(here, 4), "").value == 1
    assert operator.accounts_unknown(later([verified]), "").value is None


def test_a_source_is_silent_once_cadence_and_grace_have_passed() -> None:
    """From its last report, else from when it was first expected; where nobody expects one nothing is said."""
    expected = draft("source.expected", "e", system="urn:x", connector="openssh", cadence="P1D", grace="PT1H")
    assert operator.sources_silent(later([]), "").value is None
    assert operator.sources_silent(world([expected], BEGIN + DAY), "").value == 0
    silent = operator.sources_silent(world([expected], BEGIN + DAY + HOUR), "")
    assert (silent.value, silent.records) == (1, (0,))
