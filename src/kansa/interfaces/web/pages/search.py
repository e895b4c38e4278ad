"""Search: the page of what was found, and the same as a part for whoever is still typing."""

from starlette.responses import HTMLResponse, Response

from kansa.application.overview.finding import MOST
from kansa.interfaces.web.ask import PAGE, Ask
from kansa.interfaces.web.rendering import render

_PLACES = {
    "entry": "/ledger/entries/",
    "party": "/parties/",
    "device": "/devices/",
    "site": "/sites/",
    "path": "/paths/",
    "case": "/cases/",
    "rule": "/rules/rule/",
}
_ICONS = {
    "entry": "ledger", "party": "party", "device": "device", "site": "site", "path": "key", "case": "case", "rule": "rule",
}  # fmt: skip


def search(ask: Ask) -> Response:
    """Show what a text may mean; one exact match is shown at once."""
    _ = ask.signed_in
    typed = ask.query.get("q", "").strip()[:200]
    part = bool(ask.request.headers.get("hx-request"))
    found = ask.overview.finder.find(typed, ask.language, MOST if part else PAGE)
    shown = [(each, _PLACES[each.kind] + each.id, _ICONS[each.kind]) for each in found]
    if part:
        values = {"found": shown, "typed": typed, "v": ask.values, "ask": ask}
        return HTMLResponse(render("found.html", ask.language, **values))
    if len(found) == 1:
        return ask.go(shown[0][1])
    return ask.page("search.html", found=shown, typed=typed, searched=_searched(ask))


def _searched(ask: Ask) -> int:
    overview = ask.overview
    return overview.parties.known + overview.devices.known + overview.sites.known + overview.paths.known
