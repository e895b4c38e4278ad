"""Sign: what exactly will be signed, the way to sign it with one's own key, and what became of it."""

from starlette.responses import JSONResponse, Response

from kansa.application.passkeys import assertion_of, challenge, is_passkey
from kansa.errors import BadInput
from kansa.interfaces.web.ask import Ask
from kansa.interfaces.web.sessions import Pending
from kansa.presentation.pages.statement import statement_lines


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
        from_entry=ask.overview.position,
    )


def submit(ask: Ask) -> Response:
    """Take the signature, made in the browser, and record the act."""
    session, pending = ask.signed_in, _pending(ask)
    signature = assertion_of(ask.form)
    if signature is None:
        raise BadInput("signature.invalid", "the browser gave no signature", help="sign again")
    done = ask.office().submit(pending.prepared, signature)
    if done.index is None:
        raise BadInput(
            "signer.refused", f"the signature would not count: {done.refused}", help="load the case again"
        )
    return _finished(ask, pending, done.index, session.pending.pop(ask.path["act"]) is pending)


def recorded(ask: Ask) -> Response:
    """Tell whether the act that was to be signed at a terminal is on record; leads back as soon as it is."""
    session, pending = ask.signed_in, _pending(ask)
    index = _signed_elsewhere(ask, pending)
    if index is None:
        if ask.request.headers.get("hx-request"):
            return Response(status_code=204)
        return ask.go(f"/acts/{ask.path['act']}")
    session.pending.pop(ask.path["act"], None)
    session.acted = ask.site.overviews.size
    ask.site.sessions.forget(session.person, pending.back)
    ask.say(ask.t("sign.recorded", index=index))
    if ask.request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": pending.back})
    return ask.go(pending.back)


def _finished(ask: Ask, pending: Pending, index: int, _: bool) -> Response:  # noqa: FBT001
    session = ask.signed_in
    session.acted = index + 1
    ask.site.sessions.forget(session.person, pending.back)
    ask.say(ask.t("sign.recorded", index=index))
    return JSONResponse({"next": pending.back})


def _signed_elsewhere(ask: Ask, pending: Pending) -> int | None:
    """Return the entry of the person's own act on the case, recorded since it was prepared."""
    size = ask.site.overviews.size
    overview = ask.site.overviews.current(size)
    draft = pending.prepared.draft
    found = next((each for each in overview.cases if each.file.case.case_id == draft.data["case_id"]), None)
    if found is None:
        return None
    return next(
        (
            each.noted.index
            for each in reversed(found.file.acts)
            if each.noted.claim.type == draft.type
            and each.noted.recorded_at >= draft.time
            and getattr(each.noted.claim, "signer_id", None) == ask.signed_in.person
        ),
        None,
    )


def _pending(ask: Ask) -> Pending:
    found = ask.signed_in.pending.get(ask.path["act"])
    if found is None:
        raise BadInput(
            "act.unknown",
            "what was to be signed is not here any more",
            help="it may be on record already; look at the case",
        )
    return found
