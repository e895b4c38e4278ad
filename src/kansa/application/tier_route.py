"""The approval route that the risk tier of a case's parties asks for."""

from kansa.cases.routes import read_routes
from kansa.errors import BadInput
from kansa.facts.context import FactContext
from kansa.facts.rating import gravest
from kansa.people.enrolment import routes
from kansa.records.journal import Journal
from kansa.records.kinds.case import CaseOpened, RouteAdopted


def route_of_tier(case: CaseOpened, journal: Journal, now: int) -> tuple[str, str] | None:
    """Return the tier of the case's parties and the adopted route that is for it; None where nobody rated them, or none is adopted."""
    rated = gravest(FactContext(journal, now), (case.tenant_id, case.end_user_id))
    if rated is None:
        return None
    tier = rated[1].tier
    name = read_routes().for_tier(tier).id
    return (tier, name) if name in {claim.name for _, claim in routes(journal)} else None


def check_route(case: CaseOpened, route: RouteAdopted | None, journal: Journal, now: int) -> None:
    """Refuse a permit along another route than that of the tier, which may have changed since it was proposed.

    Raises:
        BadInput: `case.tier`.
    """
    needed = route_of_tier(case, journal, now)
    if needed is None or route is None or route.name == needed[1]:
        return
    tier, name = needed
    raise BadInput(
        "case.tier",
        f"the parties of `{case.case_id}` are rated `{tier}`, and `{route.name}` is not the route of that tier",
        help=f"propose the permit along `{name}`; a hold or deny may be decided along any route",
    )
