"""One entry of the ledger: what stands open in it, what is sealed, who sealed it when, and whether it is in the log."""

from starlette.responses import Response

from kansa.interfaces.web.ask import Ask


def entry(ask: Ask) -> Response:
    """Show an entry; sealed values stay sealed."""
    return _shown(ask, reveal=False)


def reveal(ask: Ask) -> Response:
    """Show an entry with its sealed values; asking for them is an act of its own, never a link."""
    _ = ask.form
    return _shown(ask, reveal=True)


def _shown(ask: Ask, *, reveal: bool) -> Response:
    _ = ask.signed_in
    index = int(ask.path["index"])
    found = ask.overview.entry(index, reveal=reveal)
    return ask.page(
        "entry.html",
        entry=found,
        revealed=reveal,
        verified=ask.overview.verified(index),
        last=ask.overview.position - 1,
    )
