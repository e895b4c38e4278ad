"""Templates: the environment, what every template can say, and the words of the pages."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from kansa.interfaces.web.words import TEXTS
from kansa.texts import Language

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"


@cache
def environment() -> Environment:
    """Return the environment of the templates: everything is escaped, and what is missing is an error."""
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["icon"] = icon
    made.filters["thousands"] = lambda number: f"{number:,}"
    return made


def text(key: str, language: Language, **values: Any) -> Markup:
    """Return the words under a key, with escaped values."""
    return Markup(TEXTS[key].in_(language)).format(**values)  # noqa: S704 - the words are ours


def icon(name: str, class_: str = "") -> Markup:
    """Return an icon of the sprite; it says nothing by itself."""
    return Markup('<svg class="ic {}" aria-hidden="true"><use href="#i-{}"/></svg>').format(
        escape(class_), escape(name)
    )


def render(template: str, language: Language, **values: Any) -> str:
    """Return a page."""
    return (
        environment()
        .get_template(template)
        .render(language=language, t=lambda key, **named: text(key, language, **named), **values)
    )
