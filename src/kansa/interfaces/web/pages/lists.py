"""The lists and single pages beside cases, parties and devices; their routes."""

from collections.abc import Callable, Iterator

from starlette.routing import Route

from kansa.interfaces.web.ask import Page
from kansa.interfaces.web.pages import flags, registers, search

Declare = Callable[[str, Page], Route]


def routes(get: Declare, post: Declare) -> Iterator[Route]:
    """Yield the routes of the lists."""
    yield get("/search", search.search)
    yield get("/flags", flags.flags)
    yield get("/flags/rules/{rule}", flags.rule)
    yield post("/flags/rules/{rule}", flags.answer)
    yield get("/flags/{id}", flags.flag)
    yield get("/coherence", registers.coherence)
    yield get("/sites", registers.sites)
    yield get("/sites/{id}", registers.site)
    yield get("/authorizations", registers.authorizations)
    yield get("/authorizations/{id}", registers.authorization)
    yield get("/sources", registers.sources)
    yield get("/ledger", registers.ledger)
    yield get("/gate", registers.gate)
    yield get("/gate/decisions/{id}", registers.decision)
    yield get("/rules", registers.rules)
    yield get("/rules/rule/{id}", registers.rule)
    yield get("/controls", registers.controls)
    yield get("/settings", registers.settings)
    yield get("/packages", registers.packages)
    yield get("/screening", registers.screening)
    yield get("/screening/{index:int}", registers.candidate)
