"""Sign in: by a one-time link from the terminal, or by a passkey. There are no passwords."""

from starlette.responses import JSONResponse, RedirectResponse, Response

from kansa.application.passkeys import assertion_of, challenge
from kansa.clock import SystemClock
from kansa.interfaces.web.ask import SEE_OTHER, Ask, local
from kansa.interfaces.web.sessions import ABSOLUTE


def door(ask: Ask) -> Response:
    """Show how to sign in."""
    if ask.session is not None:
        return ask.go(ask.query.get("next", "/"))
    name, asked = ask.site.sessions.challenge()
    return ask.bare(
        "signin.html",
        next=local(ask.query.get("next", "/")),
        name=name,
        challenge=challenge(asked),
        provider=ask.site.provider,
    )


def link(ask: Ask) -> Response:
    """Show whom a one-time link signs in; following it uses nothing up, so that a preview cannot."""
    token = ask.path["token"]
    good, person = ask.site.sessions.peek(token)
    people = ask.site.overviews.current().people if good else {}
    who = people.get(person) if person is not None else None
    return ask.bare(
        "signin_link.html",
        status=200 if good else 410,
        good=good,
        who=who,
        owner=good and person is None,
        token=token,
        next=local(ask.query.get("next", "/")),
    )


def use_link(ask: Ask) -> Response:
    """Sign in by a one-time link."""
    good, person = ask.site.sessions.use(ask.path["token"])
    if not good:
        return ask.go(f"/signin/link/{ask.path['token']}")
    return welcome(ask, person, "link", ask.query.get("next", "/"))


def passkey(ask: Ask) -> Response:
    """Sign in with a passkey: the key names the person, and is the one under which they sign."""
    given = ask.given
    asked = ask.site.sessions.take_challenge(given.get("challenge", ""))
    people = ask.site.overviews.current(ask.site.overviews.size).people
    person = people.get(given.get("person", ""))
    signature = assertion_of(given)
    if asked is None or person is None or person.key is None or signature is None:
        return JSONResponse({"error": ask.t("signin.passkey.unknown")}, 403)
    if not person.key.verifies(asked, signature):
        return JSONResponse({"error": ask.t("signin.passkey.refused")}, 403)
    answer = JSONResponse({"next": local(given.get("next", "/"))})
    _set_cookie(ask, answer, ask.site.sessions.open(person.id, "passkey"))
    return answer


def provider(ask: Ask) -> Response:
    """Lead to the identity provider, and mark the browser that was led there."""
    if ask.site.provider is None:
        return ask.go("/signin")
    address, browser = ask.site.provider.begin(local(ask.given.get("next", "/")), SystemClock().now())
    answer = RedirectResponse(address, SEE_OTHER)
    answer.set_cookie(
        _BROWSER, browser, max_age=600, path="/signin", secure=ask.site.secure, httponly=True, samesite="lax"
    )
    return answer


def callback(ask: Ask) -> Response:
    """Sign in whom the identity provider vouches for, if the operator's file says which person that is."""
    if ask.site.provider is None:
        return ask.go("/signin")
    browser = ask.request.cookies.get(_BROWSER, "")
    subject, where = ask.site.provider.finish(ask.query, browser, SystemClock().now())
    named = ask.site.provider.provider.people.get(subject)
    people = ask.site.overviews.current(ask.site.overviews.size).people
    found = [each for each in people.values() if named in {each.id, *each.names.values()}] if named else []
    if len(found) != 1:
        return ask.bare("signin_unknown.html", status=403, subject=subject)
    answer = welcome(ask, found[0].id, "oidc", where)
    answer.delete_cookie(_BROWSER, path="/signin")
    return answer


_BROWSER = "kansa-browser"


def leave(ask: Ask) -> Response:
    """Sign out."""
    _ = ask.form
    ask.site.sessions.close(ask.request.cookies.get(ask.site.cookie))
    answer = ask.go("/signin")
    answer.delete_cookie(ask.site.cookie, path="/", secure=ask.site.secure, httponly=True, samesite="lax")
    return answer


def welcome(ask: Ask, person: str | None, method: str, where: str) -> Response:
    """Begin a session, under a cookie that scripts cannot read, and lead on."""
    answer = ask.go(where)
    _set_cookie(ask, answer, ask.site.sessions.open(person, method))
    return answer


def _set_cookie(ask: Ask, answer: Response, secret: str) -> None:
    answer.set_cookie(
        ask.site.cookie,
        secret,
        max_age=ABSOLUTE // 1_000_000,
        path="/",
        secure=ask.site.secure,
        httponly=True,
        samesite="lax",
    )
