"""Cases: which wait for whom, and one of them with what its decision rests on and the step that whoever looks may take."""

from starlette.responses import Response

from kansa.application.case_route import acts_of, route_of, step_words
from kansa.application.cases import CaseStatus, Decision, Person, Scope
from kansa.application.lookup import Lookup
from kansa.application.overview.overview import CASE_HISTORY
from kansa.application.overview.work import acted, may_take, waits
from kansa.application.signing import Prepared
from kansa.errors import BadInput, KansaError
from kansa.interfaces.web.ask import PAGE, Ask
from kansa.interfaces.web.forms import Form, command_of
from kansa.interfaces.web.pages.signing import queued
from kansa.interfaces.web.paging import paged

CAUSES = ("onboarding", "renewal", "change", "flag")
_ACTS = ("propose", "endorsed", "returned", "permit", "hold", "deny")


def cases(ask: Ask) -> Response:
    """List the cases: those that wait, or all."""
    _ = ask.signed_in
    every, state = ask.overview.cases, ask.query.get("state", "waiting")
    wanted = ask.query.get("q", "")
    found = [
        each
        for each in every
        if (state == "all" or (waits(each) if state == "waiting" else each.file.state == state))
        and (not wanted or any(ask.overview.named(p).called(wanted) for p in _parties(each)))
    ]
    page = paged(found, lambda each: (-each.file.opened.index + 10**12,), ask.query.get("after"), PAGE)
    return ask.page(
        "cases.html",
        page=page,
        known=len(every),
        state=state,
        q=wanted,
        may=lambda each: may_take(each, ask.person),
    )


def case(ask: Ask) -> Response:
    """Show one case, with the form of the step that whoever looks may take."""
    _ = ask.signed_in
    return _shown(ask, Form(ask.site.sessions.draft(ask.signed_in.person, ask.request.url.path)))


def _shown(ask: Ask, form: Form, status: int = 200) -> Response:
    found = _case(ask)
    overview, person = ask.overview, ask.person
    parties = [overview.party(each) for each in dict.fromkeys(_parties(found))]
    proposal = found.file.proposal
    return ask.page(
        "case.html",
        status=status,
        case=found,
        parties=[each for each in parties if each is not None],
        findings={each.party: each for each in overview.findings(found.file.case.case_id)},
        histories={each: overview.history(each, CASE_HISTORY) for each in dict.fromkeys(_parties(found))},
        people=overview.people,
        route=route_of(found.file, overview.people),
        acts=acts_of(found.file, overview.people),
        waiting=step_words(found.file),
        may=_choices(found, person),
        acted=person is not None and acted(found, person.id),
        form=form,
        position=overview.position,
        since=proposal[0].index if proposal is not None else None,
        proposal=proposal[1] if proposal is not None else None,
        paths=[
            each
            for each in overview.paths.paths
            if each.end_user and each.end_user.id == found.file.case.end_user_id
        ],
        rules=overview.rules,
        routes=overview.routes,
    )


def act(ask: Ask) -> Response:
    """Prepare a step for the person's signature; what would count for nothing is refused here, with what was typed kept."""
    session, given = ask.signed_in, ask.form
    place = f"/cases/{ask.path['id']}"
    ask.site.sessions.keep(
        session.person, place, {name: value for name, value in given.items() if name != "csrf"}
    )
    form, person = Form(given), ask.person
    if person is None or person.key is None:
        raise BadInput(
            "web.reader",
            "whoever is not enrolled cannot act",
            help="an administrator enrols people: `kansa person enroll`",
        )
    chosen = form.one_of("act", _ACTS)
    reasons = form.text("reasons", most=4_000)
    if chosen == "propose":
        form.one_of("route", tuple(ask.overview.routes))
    until = form.day("until", ask.site.zone) if chosen == "propose" else None
    if chosen == "propose" and given.get("decision") == "permit" and until is None:
        form.wrong("until", "web.until")
    if until is not None and until <= ask.overview.now:
        form.wrong("until", "web.until_past")
    if (overtaken := form.number("position")) is not None and chosen:
        changed = _changed_since(ask, overtaken)
        if changed:
            form.wrong("act", "web.overtaken")
    if form.errors:
        return _shown(ask, form, 422)
    found = _case(ask)
    try:
        prepared = _prepared(ask, found, person, form, until)
    except KansaError as error:
        form.refuse(error)
        return _shown(ask, form, 422)
    if prepared.refused is not None:
        form.refused = prepared.refused
        return _shown(ask, form, 422)
    command = command_of(ask, found.file.case.case_id, form, reasons)
    return queued(ask, [prepared], place, command)


def _prepared(ask: Ask, found: CaseStatus, person: Person, form: Form, until: int | None) -> Prepared:
    office, case_id = ask.office(), found.file.case.case_id
    assert person.key is not None  # noqa: S101 - narrows the type; `act` looked
    reasons, chosen = form.given["reasons"], form.given["act"]
    if chosen == "propose":
        return office.propose(
            person.key,
            case_id,
            form.given.get("route") or None,
            _decision(form.given.get("decision")),
            scope=Scope(),
            until=until,
            reasons=reasons,
            evidence=(),
        )
    if chosen in {"endorsed", "returned"}:
        return office.review(
            person.key, case_id, "endorsed" if chosen == "endorsed" else "returned", reasons, ()
        )
    return office.decide(person.key, case_id, _decision(chosen), reasons, ())


def _decision(chosen: str | None) -> Decision:
    return "permit" if chosen == "permit" else "hold" if chosen == "hold" else "deny"


def _changed_since(ask: Ask, position: int) -> bool:
    """Tell whether somebody acted on the case after the page was loaded."""
    found = _case(ask)
    return any(each.noted.index >= position for each in found.file.acts)


def _choices(found: CaseStatus, person: Person | None) -> tuple[str, ...]:
    """Return the acts that whoever looks may take now; none for whoever has no step in it."""
    if person is None or found.file.state == "decided":
        return ()
    file = found.file
    if file.state in {"open", "returned"}:
        return ("propose",) if {"account_manager", "export_control_staff"} & set(person.roles) else ()
    if not may_take(found, person):
        last = file.steps[-1] if file.steps else None
        stops = last is not None and bool(set(person.roles) & set(last.roles)) and not acted(found, person.id)
        return ("hold", "deny") if stops else ()
    return ("permit", "hold", "deny") if file.next_step == file.steps[-1] else ("endorsed", "returned")


def _case(ask: Ask) -> CaseStatus:
    wanted = ask.path["id"]
    found = next((each for each in ask.overview.cases if each.file.case.case_id == wanted), None)
    if found is None:
        raise BadInput("case.unknown", f"no case is called `{wanted}`", help="use the menu, or search")
    return found


def _parties(found: CaseStatus) -> tuple[str, str]:
    return found.file.case.tenant_id, found.file.case.end_user_id


def new(ask: Ask) -> Response:
    """Show the form that opens a case."""
    _ = ask.signed_in
    return ask.page("case_new.html", form=Form(dict(ask.query)), causes=CAUSES, parties=_served(ask))


def open_case(ask: Ask) -> Response:
    """Open a case."""
    given = ask.form
    form = Form(given)
    cause = form.one_of("cause", CAUSES)
    found: dict[str, str] = {}
    names = Lookup(ask.vault())
    for field in ("tenant", "end_user"):
        if text := given.get(field, "").strip() or (given.get("tenant", "") if field == "end_user" else ""):
            try:
                found[field] = names.party(text)
            except BadInput as error:
                form.wrong_as(field, error)
        else:
            form.wrong(field, "web.required")
    if form.errors or cause is None:
        return ask.page("case_new.html", status=422, form=form, causes=CAUSES, parties=_served(ask))
    case_id = ask.office().open(found["tenant"], found["end_user"], cause, given.get("reasons") or None)
    ask.signed_in.acted = ask.site.overviews.size
    ask.say(ask.t("case.opened"))
    return ask.go(f"/cases/{case_id}")


def _served(ask: Ask) -> list[tuple[str, str]]:
    return [
        (each.named.keys[0] if each.named.keys else each.named.id, each.named.names.get(ask.language, ""))
        for each in ask.overview.parties.parties
        if {"tenant", "end_user"} & set(each.roles)
    ]
