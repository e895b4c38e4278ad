"""Sign: what exactly will be signed, the way to sign it with one's own key, and what became of it."""

import secrets
from collections.abc import Sequence

from starlette.responses import JSONResponse, Response

from kansa.application.passkeys import assertion_of, challenge, is_passkey
from kansa.application.signing import Prepared
from kansa.errors import BadInput
from kansa.interfaces.web.ask import Ask
from kansa.interfaces.web.sessions import Pending
from kansa.presentation.pages.statement import statement_lines

_MOST_PENDING = 40


def act(ask: Ask) -> Response:
    """Show what will be signed, field by field and byte for byte."""
    pending = _pending(ask)
    prepared = pending.prepared
    return ask.page(
        "sign.html",
        pending=pending,
        token=ask.path["act"],
        lines=statement_lines(prepared, ask.overview, ask.language),
        payload=prepared.message.decode("utf-8", "replace"),
        challenge=challenge(prepared.message),
        by_passkey=is_passkey(prepared.key),
    )


def queued(ask: Ask, prepared: Sequence[Prepared], back: str, command: str) -> Response:
    """Keep acts for the person's signature, and lead to the first; a key at a terminal signs them with one command."""
    session = ask.signed_in
    names = tuple(secrets.token_urlsafe(18) for _ in prepared)
    since = ask.site.overviews.size
    for n, (name, each) in enumerate(zip(names, prepared, strict=True)):
        session.pending[name] = Pending(each, back, command, since, names[n + 1 :], len(names))
    while len(session.pending) > max(_MOST_PENDING, len(names)):
        session.pending.popitem(last=False)
    return ask.go(f"/acts/{names[0]}")


def submit(ask: Ask) -> Response:
    """Take the signature, made in the browser, and record the act; leads to the next that waits, if any."""
    session, pending = ask.signed_in, _pending(ask)
    signature = assertion_of(ask.form)
    if signature is None:
        raise BadInput("signature.invalid", "the browser gave no signature", help="sign again")
    try:
        done = ask.office().submit(pending.prepared, signature)
    except BadInput as error:
        return JSONResponse({"error": ask.said(error.message)}, 422)
    if done.index is None:
        return JSONResponse({"error": ask.t("sign.refused", ground=ask.t(f"ground.{done.refused}"))}, 422)
    session.pending.pop(ask.path["act"], None)
    _recorded(ask, pending, done.index)
    return JSONResponse({"next": f"/acts/{pending.then[0]}" if pending.then else pending.back})


def recorded(ask: Ask) -> Response:
    """Tell whether what was to be signed at a terminal is on record; leads back as soon as it is."""
    session, pending = ask.signed_in, _pending(ask)
    is_part = bool(ask.request.headers.get("hx-request"))
    names = (ask.path["act"], *pending.then)
    found = [_signed_elsewhere(ask, session.pending[name]) for name in names if name in session.pending]
    if not found or any(index is None for index in found):
        return Response(status_code=204) if is_part else ask.go(f"/acts/{ask.path['act']}")
    for name in names:
        session.pending.pop(name, None)
    _recorded(ask, pending, max(index for index in found if index is not None))
    if is_part:
        return Response(status_code=204, headers={"HX-Redirect": pending.back})
    return ask.go(pending.back)


def _recorded(ask: Ask, pending: Pending, index: int) -> None:
    session = ask.signed_in
    session.acted = max(session.acted, index + 1)
    ask.site.sessions.forget(session.person, pending.back)
    ask.say(ask.t("sign.recorded", index=f"{index:,}"))


def _signed_elsewhere(ask: Ask, pending: Pending) -> int | None:
    """Return the entry in which the person themself recorded the same act, since it was prepared."""
    draft = pending.prepared.draft
    same = {
        name: draft.data.get(name) for name in ("case_id", "flag_id", "decision", "outcome", "resolution")
    }
    for index, record in ask.vault().records(pending.since):
        data = record.data
        if (
            record.type == draft.type
            and data.get("signer_id") == ask.signed_in.person
            and all(data.get(name) == value for name, value in same.items() if value is not None)
        ):
            return index
    return None


def _pending(ask: Ask) -> Pending:
    found = ask.signed_in.pending.get(ask.path["act"])
    if found is None:
        raise BadInput(
            "act.unknown",
            "what was to be signed is not here any more",
            help="it may be on record already; look at the case",
        )
    return found
