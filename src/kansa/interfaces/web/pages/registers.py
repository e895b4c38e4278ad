"""Registers beside parties and devices: sites, authorizations, sources, the gate, the ledger, rules, controls, people."""

from itertools import pairwise

from starlette.responses import Response

from kansa.application.case_route import role_words
from kansa.application.decision_list import DecisionFilter
from kansa.clock import DAY
from kansa.errors import BadInput
from kansa.interfaces.web.ask import PAGE, Ask
from kansa.interfaces.web.paging import paged
from kansa.presentation.pages import gaps
from kansa.presentation.pages.pictures import heat_map, windows
from kansa.presentation.reasoning import as_branches, reasoning

FACTS = ("identity", "access", "custody", "authorization")
OUTCOMES = ("permit", "hold", "deny")


def coherence(ask: Ask) -> Response:
    """Show where evidence is missing: days by sites, by fact, and the gaps with reasons and what would close them."""
    _ = ask.signed_in
    report, overview = ask.overview.report, ask.overview
    if report is None:
        return ask.page("coherence.html", report=None)
    day, fact = ask.date("day"), ask.query.get("fact", "")
    start, end = (day, day + DAY) if day is not None else (report.start, report.end)
    rows = sorted(report.gaps, key=lambda row: -row.device_time)
    rows = gaps.touching(rows, start, end)
    shown = [row for row in rows if not fact or row.fact == fact]
    names = {each.named.id: each.named for each in overview.sites.sites}
    return ask.page(
        "coherence.html",
        report=report,
        heat=heat_map(overview.site_days, names, ask.language),
        facts=[(each, sum(row.device_time for row in rows if row.fact == each)) for each in FACTS],
        fact=fact,
        day=day,
        gaps=gaps.lines(report, shown[:PAGE], ask.language),
        count=len(shown),
        every=len(report.gaps),
        unobserved=gaps.unobserved(report, start, end),
        reasons=overview.reasons,
    )


def sites(ask: Ask) -> Response:
    """Show the sites: what runs where, and what is held there."""
    _ = ask.signed_in
    report = ask.overview.report
    balance = {named.id: held for named, held in report.by_site} if report else {}
    return ask.page("sites.html", sites=ask.overview.sites, balance=balance, report=report)


def site(ask: Ask) -> Response:
    """Show one site.

    Raises:
        BadInput: `site.unknown`.
    """
    _ = ask.signed_in
    overview, wanted = ask.overview, ask.path["id"]
    found = next((each for each in overview.sites.sites if each.named.id == wanted), None)
    if found is None:
        raise BadInput("site.unknown", f"no site is called `{wanted}`", help="use the menu, or search")
    devices = [each for each in overview.devices.devices if each.site is not None and each.site.id == wanted]
    nodes: dict[str, list[object]] = {}
    for each in devices:
        nodes.setdefault(each.node.id if each.node else "", []).append(each)
    report = overview.report
    return ask.page(
        "site.html",
        site=found,
        nodes=[(overview.named(id_) if id_ else None, held) for id_, held in sorted(nodes.items())],
        balance=next(
            (held for named, held in (report.by_site if report else ()) if named.id == wanted), None
        ),
        history=overview.history(wanted, 30),
    )


def authorizations(ask: Ask) -> Response:
    """List the authorizations."""
    _ = ask.signed_in
    every = ask.overview.authorizations
    jurisdiction, state = ask.query.get("jurisdiction", ""), ask.query.get("state", "")
    found = [
        each
        for each in every
        if (not jurisdiction or each.jurisdiction == jurisdiction) and (not state or each.state == state)
    ]
    page = paged(found, lambda each: (each.jurisdiction, each.start, each.id), ask.query.get("after"), PAGE)
    return ask.page(
        "authorizations.html",
        page=page,
        known=len(every),
        jurisdiction=jurisdiction,
        state=state,
        in_force=sum(each.state == "in_force" for each in every),
    )


def authorization(ask: Ask) -> Response:
    """Show one authorization: what is left of it, and until when.

    Raises:
        BadInput: `authorization.unknown`.
    """
    _ = ask.signed_in
    wanted = ask.path["id"]
    found = next((each for each in ask.overview.authorizations if each.id == wanted), None)
    if found is None:
        raise BadInput(
            "authorization.unknown", f"no authorization is called `{wanted}`", help="use the menu, or search"
        )
    return ask.page("authorization.html", one=found, history=ask.overview.history(wanted, 30))


def sources(ask: Ask) -> Response:
    """Show the sources: windows that they closed, silences, and what could not be read."""
    _ = ask.signed_in
    overview, report = ask.overview, ask.overview.report
    start = report.start if report else overview.now - 14 * DAY
    end = max(report.end if report else overview.now, overview.now)
    shown = [
        (each, windows(each, start, end, ask.language, f"source-{n}"))
        for n, each in enumerate(overview.sources)
    ]
    return ask.page(
        "sources.html",
        sources=shown,
        start=start,
        end=end,
        silent=[
            each for each in overview.sources if each.gaps and all(w.end is not None for w in each.windows)
        ],
        quarantine=overview.quarantine,
    )


def ledger(ask: Ask) -> Response:
    """Show the log: how long it is, under which key, who else vouches for it, and its entries."""
    _ = ask.signed_in
    overview = ask.overview
    kind = ask.query.get("kind", "")
    try:
        before = int(ask.query.get("before", overview.position))
    except ValueError:
        before = overview.position
    found = overview.log(max(min(before, overview.position), 0), PAGE, kind or None)
    return ask.page(
        "ledger.html",
        ledger=overview.ledger,
        entries=found,
        kind=kind,
        before=found[-1][0] if len(found) == PAGE and found[-1][0] > 0 else None,
        began=before < overview.position,
        vault_status=overview.status,
    )


def gate(ask: Ask) -> Response:
    """List the decisions of the gate."""
    _ = ask.signed_in
    outcome, about = ask.query.get("outcome", ""), ask.query.get("q", "")
    before = ask.query.get("before", "")
    wanted = DecisionFilter(outcome=outcome if outcome in OUTCOMES else None, about=about or None)
    error = None
    try:
        page = ask.overview.decisions(wanted, int(before) if before.isdigit() else None)
    except BadInput as wrong:
        error, page = wrong, None
    return ask.page("gate.html", page=page, error=error, outcome=outcome, about=about, outcomes=OUTCOMES)


def decision(ask: Ask) -> Response:
    """Explain one decision of the gate, and make it again from what is on record."""
    _ = ask.signed_in
    found = ask.overview.replayed(ask.path["id"])
    shown = reasoning(found)
    return ask.page("decision.html", found=found, branch=as_branches(shown, ask.language))


def rules(ask: Ask) -> Response:
    """List the rules as they stand on a day."""
    _ = ask.signed_in
    on = ask.date("on") or ask.overview.now
    shown = ask.overview.rules_on(on)
    wanted, pack = ask.query.get("q", "").casefold(), ask.query.get("pack", "")
    every = sorted(shown.rules.values(), key=lambda each: each.id)
    found = [
        each
        for each in every
        if (not pack or each.pack == pack)
        and (not wanted or wanted in f"{each.id} {each.words.en} {each.words.ja}".casefold())
    ]
    page = paged(found, lambda each: (each.id,), ask.query.get("after"), PAGE)
    open_flags = [each.claim.rule for each in ask.overview.flags if each.state == "open"]
    return ask.page(
        "rules.html",
        page=page,
        known=len(every),
        on=on,
        shown=shown,
        q=ask.query.get("q", ""),
        pack=pack,
        packs=sorted({each.pack for each in every}),
        open_flags={rule: open_flags.count(rule) for rule in set(open_flags)},
    )


def rule(ask: Ask) -> Response:
    """Show one rule as it stands on a day.

    Raises:
        BadInput: `rule.unknown`.
    """
    _ = ask.signed_in
    on, wanted = ask.date("on") or ask.overview.now, ask.path["id"]
    shown = ask.overview.rules_on(on)
    found = shown.rules.get(wanted)
    if found is None:
        raise BadInput("rule.unknown", f"no rule is called `{wanted}`", help="use the menu, or search")
    flags = [each for each in ask.overview.flags if each.claim.rule == wanted and each.state == "open"]
    return ask.page("rule.html", rule=found, on=on, flags=flags)


def controls(ask: Ask) -> Response:
    """Show what the operator can show now, control by control."""
    _ = ask.signed_in
    found = ask.overview.readiness
    state = ask.query.get("state", "")
    shown = [each for each in found.shown if not state or each.state == state]
    families: dict[str, list[object]] = {}
    for each in shown:
        families.setdefault(each.control.family, []).append(each)
    counts = {
        name: sum(each.state == name for each in found.shown)
        for name in ("fresh", "stale", "missing", "nobody")
    }
    return ask.page(
        "controls.html",
        found=found,
        families=families,
        totals=counts,
        state=state,
        wanted=ask.query.get("control", ""),
    )


def settings(ask: Ask) -> Response:
    """Show who may do what: people, their keys and roles."""
    _ = ask.signed_in
    people = sorted(ask.overview.people.values(), key=lambda each: each.names.get(ask.language, each.id))
    roles = sorted({role for each in people for role in each.roles})
    return ask.page(
        "settings.html", people=people, roles=[(role, role_words(role).in_(ask.language)) for role in roles]
    )


def packages(ask: Ask) -> Response:
    """List what was handed out."""
    _ = ask.signed_in
    return ask.page("packages.html", packages=ask.overview.packages)


def screening(ask: Ask) -> Response:
    """List the candidates of screenings that wait for a judgement, and say which lists were not covered."""
    _ = ask.signed_in
    every = ask.overview.candidates
    state = ask.query.get("state", "open")
    found = [
        (party, each)
        for party in every
        for each in party.candidates
        if state == "all" or each.is_open == (state == "open")
    ]
    return ask.page(
        "screening.html",
        found=found,
        every=sum(len(each.candidates) for each in every),
        screened=every,
        state=state,
        lists=ask.overview.lists,
        parties=ask.overview.parties.known,
    )


def candidate(ask: Ask) -> Response:
    """Show a party and a listed entry side by side.

    Raises:
        BadInput: `screening.unknown`.
    """
    _ = ask.signed_in
    wanted, index = ask.query.get("entry", ""), ask.path["index"]
    queue = [(party, each) for party in ask.overview.candidates for each in party.candidates]
    found = next(((p, c) for p, c in queue if p.index == int(index) and c.entry_id == wanted), None)
    if found is None:
        raise BadInput(
            "screening.unknown", f"no candidate is called `{wanted}`", help="use the menu, or search"
        )
    at = queue.index(found)
    return ask.page(
        "candidate.html",
        party=found[0],
        found=found[1],
        queue=queue,
        at=at,
        neighbours=list(pairwise([None, *queue, None]))[at : at + 2],
        key=ask.key_file,
    )
