"""A permit goes along the route of the parties' risk tier, as they are rated now."""

import pytest

from cases.office import ADMIN, ROUTE, Office
from kansa.application.tier_route import check_route, route_of_tier
from kansa.clock import DAY
from kansa.errors import BadInput
from kansa.ids import mint
from kansa.people import signed_records
from kansa.people.enrolment import routes
from kansa.records.kinds.case import RouteAdopted
from worlds import BEGIN, cast, draft

WHO = cast()
HIGH, ORDINARY = "kansa.routes.high-risk", "kansa.routes.ordinary"


def _office(*names: str) -> Office:
    office = Office(WHO.tenant, WHO.other).open()
    for name in names:
        office.add(signed_records.adopt(office.pen(ADMIN), mint("route", office.random_bytes), name, ROUTE))
    return office


def _rate(office: Office, party: str, tier: str, key: str) -> None:
    office.add(draft("party.risk_rated", key, office.now, party_id=party, of="end_user", tier=tier))


def _route(office: Office, name: str) -> RouteAdopted:
    return next(claim for _, claim in routes(office.journal()) if claim.name == name)


def test_rating_a_party_anew_moves_the_case_to_the_route_of_its_tier() -> None:
    """Along the route that it had the permit is refused from then on; rated back, it may go on."""
    office = _office(ORDINARY, HIGH)
    case, ordinary = office.case(), _route(office, ORDINARY)
    _rate(office, WHO.other, "low", "1")
    check_route(case, ordinary, office.journal(), office.now)

    _rate(office, WHO.other, "high", "2")
    assert route_of_tier(case, office.journal(), office.now) == ("high", HIGH)
    with pytest.raises(BadInput, match="rated `high`"):
        check_route(case, ordinary, office.journal(), office.now)
    check_route(case, _route(office, HIGH), office.journal(), office.now)

    _rate(office, WHO.other, "medium", "3")
    check_route(case, ordinary, office.journal(), office.now)


def test_the_gravest_of_tenant_and_end_user_decides() -> None:
    """A tenant of the high tier for an end user of the low one."""
    office = _office(ORDINARY, HIGH)
    case = office.case()
    _rate(office, WHO.tenant, "high", "1")
    _rate(office, WHO.other, "low", "2")
    assert route_of_tier(case, office.journal(), office.now) == ("high", HIGH)


def test_without_a_rating_or_an_adopted_route_of_the_tier_nothing_is_asked() -> None:
    """The routes that an operator named itself say nothing of tiers."""
    unrated, own = _office(ORDINARY, HIGH), _office()
    assert route_of_tier(unrated.case(), unrated.journal(), BEGIN + DAY) is None
    _rate(own, WHO.other, "high", "1")
    assert route_of_tier(own.case(), own.journal(), BEGIN + DAY) is None
