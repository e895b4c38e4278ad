"""The other lists; their routes."""

from collections.abc import Callable, Iterator

from starlette.routing import Route

from kansa.interfaces.web.ask import Page

Declare = Callable[[str, Page], Route]


def routes(get: Declare, post: Declare) -> Iterator[Route]:
    """Yield the routes of the lists."""
    yield from ()
