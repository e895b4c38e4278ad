"""A hit as a piece of a page: self-contained, loads nothing, labels in both languages."""

from functools import cache
from importlib.resources import files

from kansa.lazy_imports import lazy_imports
from kansa.screening.explanation.words import HOWS, LABELS, reason
from kansa.screening.matching.search import Hit

with lazy_imports():  # most who ask want no page
    from jinja2 import Environment, FunctionLoader, StrictUndefined


def as_html(hit: Hit) -> str:
    """One `<section>` with its own style, all text escaped; the same hit gives the same bytes."""
    return (
        _environment().get_template("fragment.html").render(hit=hit, labels=LABELS, hows=HOWS, reason=reason)
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(lambda name: files(__package__).joinpath(name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
