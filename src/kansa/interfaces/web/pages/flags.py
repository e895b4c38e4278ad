"""Red flags: by rule, since a rule asks one question however many subjects it is asked of; and one flag with its facts."""

from starlette.responses import Response

from kansa.application.flags import FlagService, Resolution
from kansa.application.overview.work import flags_by_rule
from kansa.errors import BadInput, KansaError
from kansa.interfaces.web.ask import Ask
from kansa.interfaces.web.forms import Form, answers_command
from kansa.interfaces.web.pages.signing import queued

ANSWERS: tuple[Resolution, ...] = ("explained", "mitigated", "declined", "reported")


def flags(ask: Ask) -> Response:
    """List the rules that have open flags."""
    _ = ask.signed_in
    groups = flags_by_rule(ask.overview.flags)
    severity = ask.query.get("severity", "")
    active = ask.query.get("active", "")
    found = [
        each for each in groups if (not severity or each.severity == severity) and (not active or each.active)
    ]
    return ask.page(
        "flags.html",
        groups=found,
        every=groups,
        severity=severity,
        active=active,
        known=len(ask.overview.flags),
    )


def rule(ask: Ask) -> Response:
    """Show every open flag of a rule, with the form that answers some of them with one reason."""
    _ = ask.signed_in
    return _rule(ask, Form(ask.site.sessions.draft(ask.signed_in.person, ask.request.url.path)))


def _rule(ask: Ask, form: Form, status: int = 200) -> Response:
    wanted = ask.path["rule"]
    found = [each for each in ask.overview.flags if each.claim.rule == wanted]
    shown = ask.overview.rules_on(ask.overview.now).rules.get(wanted)
    if not found and shown is None:
        raise BadInput("rule.unknown", f"no rule is called `{wanted}`", help="use the menu, or search")
    return ask.page(
        "flags_rule.html",
        status=status,
        rule=shown,
        name=wanted,
        flags=[each for each in found if each.state == "open"],
        closed=[each for each in found if each.state != "open"],
        form=form,
        answers=ANSWERS,
    )


def answer(ask: Ask) -> Response:
    """Prepare the answers to some flags of a rule, each to be signed; the reason is of all of them."""
    session, given, person = ask.signed_in, ask.form, ask.person
    place = f"/flags/rules/{ask.path['rule']}"
    ask.site.sessions.keep(
        session.person, place, {name: value for name, value in given.items() if name != "csrf"}
    )
    form = Form(given)
    chosen = [each for each in ask.all_of("flag") if each]
    how = next((each for each in ANSWERS if each == form.one_of("resolution", ANSWERS)), None)
    reasons = form.text("reasons", most=4_000)
    if not chosen:
        form.wrong("flag", "web.choose_some")
    if person is None or person.key is None:
        raise BadInput(
            "web.reader",
            "whoever is not enrolled cannot act",
            help="an administrator enrols people: `kansa person enroll`",
        )
    if form.errors or how is None:
        return _rule(ask, form, 422)
    try:
        desk = FlagService(ask.vault())
        found = desk.named(chosen)
        prepared = [
            desk.statements.prepare_statement(person.key, desk.resolution(flag, how, reasons))
            for flag in found
        ]
    except KansaError as error:
        form.refuse(error)
        return _rule(ask, form, 422)
    return queued(ask, prepared, place, answers_command(ask, chosen, how, reasons))


def flag(ask: Ask) -> Response:
    """Show one flag: the rule, the facts on which it was raised, with their records, and what to do."""
    _ = ask.signed_in
    wanted = ask.path["id"]
    found = next((each for each in ask.overview.flags if each.id == wanted), None)
    if found is None:
        raise BadInput("flags.unknown", f"no red flag is called `{wanted}`", help="use the menu, or search")
    on = ask.overview.rules_on(ask.overview.now)
    return ask.page(
        "flag.html", flag=found, rule=on.rules.get(found.claim.rule), facts=found.grounds, words=on.facts
    )
