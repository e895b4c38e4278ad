"""The page: one HTML file that loads nothing, in two languages of which one shows, without scripts.

Both languages stand in the file, each under its own `lang`; two radio buttons and a sibling rule show one of them,
on paper too. A policy in the head forbids every load, so that a page from a stranger can be opened in peace.
"""

import hashlib
from base64 import b64encode
from functools import cache
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from kansa.dossier.report.article import KNOWN_BY, Article
from kansa.dossier.report.texts import say
from kansa.dossier.report.view import Report
from kansa.drawing.figures import LANGUAGES, Language, plain
from kansa.drawing.svg import element


def render(report: Report, *, language: Language = "en") -> str:
    """Return the report as one self-contained HTML file that opens in `language`; same report, same bytes."""
    order = (language, *(other for other in LANGUAGES if other != language))
    articles = {each: Article.of(report, each) for each in order}
    style = _text("style.css")
    return (
        _environment()
        .get_template("page.html")
        .render(
            language=language,
            languages=LANGUAGES,
            articles=articles,
            title=articles[language].title,
            style=Markup(style),  # noqa: S704 - our own file, hashed into the policy below
            policy=_policy(style),
            say=say,
        )
    )


def _policy(style: str) -> str:
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(lambda name: _text(f"templates/{name}")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = plain
    environment.globals.update(swatch=_swatch, known_by=KNOWN_BY, command=element("code", "kansa verify"))
    return environment


def _swatch(look: str) -> Markup:
    """Return a sample of how something is drawn; beside its word, so hidden from those who hear the page."""
    sample = element("rect", x=0.5, y=0.5, width=21, height=11, class_=look)
    return element("svg", sample, class_="swatch", viewBox="0 0 22 12", aria_hidden="true")


def _text(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")
