"""What concerns whoever is signed in: their key, their sessions, how pages look to them, and the keys of the keyboard."""

import base64

from starlette.responses import JSONResponse, Response

from kansa.application.passkeys import made_passkey
from kansa.interfaces.web.ask import Ask
from kansa.interfaces.web.navigation import MENU
from kansa.texts import LANGUAGES

_YEAR = 31_536_000


def me(ask: Ask) -> Response:
    """Show the person's key, roles and sessions."""
    session = ask.signed_in
    return ask.page("me.html", sessions=ask.site.sessions.of(session.person))


def looks(ask: Ask) -> Response:
    """Remember the language or the theme that was chosen; this needs no session and says nothing of anybody."""
    given = ask.given
    answer = ask.go(given.get("back", "/"))
    chosen = {
        "kansa-language": (given.get("language"), LANGUAGES),
        "kansa-theme": (given.get("theme"), ("light", "dark", "auto")),
    }
    for cookie, (value, allowed) in chosen.items():
        if value in allowed:
            answer.set_cookie(
                cookie, str(value), max_age=_YEAR, path="/", secure=ask.site.secure, samesite="lax"
            )
    return answer


def passkey(ask: Ask) -> Response:
    """Show how to sign with a passkey from now on."""
    _ = ask.signed_in
    name, asked = ask.site.sessions.challenge()
    return ask.page("passkey.html", line=ask.query.get("line", ""), name=name, challenge=encoded(asked))


def new_passkey(ask: Ask) -> Response:
    """Take the public key of a passkey that the browser has just made, and say how to have it put on record."""
    session, given = ask.signed_in, ask.form
    if session.person is None:
        return JSONResponse({"error": ask.t("passkey.nobody")}, 403)
    challenge = ask.site.sessions.take_challenge(given.get("challenge", ""))
    if challenge is None:
        return JSONResponse({"error": ask.t("signin.passkey.unknown")}, 403)
    made = made_passkey(given.get("credential", ""), challenge, ask.site.relying_party, ask.site.origin)
    return JSONResponse({"line": made.line, "fingerprint": made.fingerprint})


def encoded(content: bytes) -> str:
    """Return bytes in base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def keys(ask: Ask) -> Response:
    """Show what the keys of the keyboard do."""
    _ = ask.signed_in
    return ask.page("keys.html", menu=MENU)
