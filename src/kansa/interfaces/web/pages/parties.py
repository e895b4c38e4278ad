"""Parties: tenants, end users and everybody else, each with where they stand, their evidence over time and their history."""

from starlette.responses import Response

from kansa.application.subjects.parties import Party
from kansa.errors import BadInput
from kansa.interfaces.web.ask import PAGE, Ask
from kansa.interfaces.web.paging import paged
from kansa.presentation.pages import gaps
from kansa.presentation.pages.pictures import evidence_lanes


def tenants(ask: Ask) -> Response:
    """List the tenants."""
    return _list(ask, "tenant", "tenants")


def end_users(ask: Ask) -> Response:
    """List the end users."""
    return _list(ask, "end_user", "end_users")


def everybody(ask: Ask) -> Response:
    """List every party."""
    return _list(ask, None, "parties")


def _list(ask: Ask, role: str | None, place: str) -> Response:
    _ = ask.signed_in
    every = [each for each in ask.overview.parties.parties if role is None or role in each.roles]
    wanted, state = ask.query.get("q", ""), ask.query.get("state", "")
    found = [
        each
        for each in every
        if (not wanted or each.named.called(wanted)) and (not state or state in standings(each))
    ]
    page = paged(found, lambda each: (*each.named.keys, each.named.id), ask.query.get("after"), PAGE)
    return ask.page("parties.html", place=place, page=page, known=len(every), q=wanted, state=state)


def standings(party: Party) -> set[str]:
    """Return where a party stands, with every tenant or end user."""
    return {each.state.name for each in party.clearances}


def party(ask: Ask) -> Response:
    """Show one party.

    Raises:
        BadInput: `tenant.unknown`.
    """
    _ = ask.signed_in
    id_, overview = ask.path["id"], ask.overview
    found = overview.party(id_)
    if found is None:
        raise BadInput("tenant.unknown", f"no party is called `{id_}`", help="use the menu, or search")
    tab = ask.query.get("tab", "overview")
    report = overview.report
    own = [] if report is None else gaps.of_party(report, id_)
    lanes = [
        each
        for each in (report.lanes if report else ())
        if id_ in {each.tenant.id if each.tenant else None, each.end_user.id if each.end_user else None}
    ]
    return ask.page(
        "party.html",
        place="tenants"
        if "tenant" in found.roles
        else "end_users"
        if "end_user" in found.roles
        else "parties",
        party=found,
        tab=tab,
        report=report,
        lanes=[
            (each, evidence_lanes(report, each, ask.language, f"lanes-{n}")) for n, each in enumerate(lanes)
        ]
        if report
        else [],
        gaps=gaps.lines(report, own, ask.language) if report else (),
        gap_micros=sum(each.coverage.gap for each in lanes),
        use_micros=sum(each.coverage.use for each in lanes),
        paths=[
            each
            for each in overview.paths.paths
            if id_ in {p.id for p in (each.tenant, each.end_user, each.mediator) if p is not None}
        ],
        cases=[
            each for each in overview.cases if id_ in {each.file.case.tenant_id, each.file.case.end_user_id}
        ],
        flags=[each for each in overview.flags if id_ in {each.claim.subject_id, each.claim.party_id}],
        history=overview.history(id_, 60 if tab == "history" else 12),
        rules=overview.rules,
    )
