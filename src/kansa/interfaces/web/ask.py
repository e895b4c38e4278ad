"""One request as a page sees it: who asks, in which language, of which overview; and the ways to answer."""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kansa.application.cases import CaseService, Person
from kansa.application.opening import Vault, open_vault
from kansa.application.overview.overview import Overview
from kansa.errors import BadInput
from kansa.interfaces.web.navigation import counts
from kansa.interfaces.web.phrases import Phrases
from kansa.interfaces.web.rendering import render, text
from kansa.interfaces.web.security import SAFE
from kansa.interfaces.web.sessions import Session
from kansa.interfaces.web.site import Site
from kansa.presentation.pages.values import Values
from kansa.texts import LANGUAGES, Language

__all__ = ["Ask", "SignInFirst"]

OK, SEE_OTHER = 200, 303
PAGE = 50
"""Rows of a list on one page."""


class SignInFirst(Exception):
    """Nobody is signed in, and the page is for those who are."""


class Ask(Phrases):
    """One request. What is costly is looked up when a page first asks for it."""

    def __init__(self, request: Request, site: Site, form: FormData | None = None) -> None:
        self.request = request
        self.site = site
        self._form = form

    @cached_property
    def language(self) -> Language:
        """The language of the answer: as chosen, else as the browser asks."""
        chosen = self.request.cookies.get("kansa-language", "")
        if chosen in LANGUAGES:
            return "ja" if chosen == "ja" else "en"
        accepted = self.request.headers.get("accept-language", "").lower()
        return "ja" if accepted.startswith("ja") else "en"

    @property
    def theme(self) -> str:
        """The theme as chosen; empty: as the system has it."""
        chosen = self.request.cookies.get("kansa-theme", "")
        return chosen if chosen in {"light", "dark"} else ""

    @cached_property
    def session(self) -> Session | None:
        """The session of whoever asks."""
        return self.site.sessions.get(self.request.cookies.get(self.site.cookie))

    @property
    def signed_in(self) -> Session:
        """The session.

        Raises:
            SignInFirst: there is none.
        """
        if self.session is None:
            raise SignInFirst
        return self.session

    @cached_property
    def overview(self) -> Overview:
        """The vault, no earlier than what whoever asks wrote last; for an act, as it stands now."""
        if self.request.method not in SAFE:
            return self.site.overviews.current(self.site.overviews.size)
        return self.site.overviews.current(self.session.acted if self.session else 0)

    @cached_property
    def person(self) -> Person | None:
        """Who asks; None for the vault's owner who is not enrolled."""
        person = self.signed_in.person
        return self.overview.people.get(person) if person is not None else None

    @cached_property
    def values(self) -> Values:
        """Formats values for whoever asks."""
        return Values(self.language, self.overview.now)

    @property
    def key_file(self) -> str:
        """Where the key of whoever is signed in lies, as commands name it."""
        return self.site.key_of(self.signed_in.person)

    def vault(self) -> Vault:
        """Return the vault, opened for an act."""
        return open_vault(self.site.root)

    def office(self) -> CaseService:
        """Return the service of people and cases, for an act."""
        return CaseService(self.vault())

    def t(self, key: str, **values: Any) -> str:
        """Return words in the language of the answer."""
        return str(text(key, self.language, **values))

    @property
    def query(self) -> Mapping[str, str]:
        """The query; the URL is the filter."""
        return self.request.query_params

    @property
    def path(self) -> dict[str, str]:
        """The parts of the path."""
        return dict(self.request.path_params)

    @property
    def here(self) -> str:
        """The path and query of this request."""
        url = self.request.url
        return f"{url.path}?{url.query}" if url.query else url.path

    def link(self, **changed: str | int | None) -> str:
        """Return this page's address with some of its query changed; None takes a part away."""
        kept = {name: value for name, value in self.query.items() if name not in changed}
        kept |= {name: str(value) for name, value in changed.items() if value is not None}
        return f"{self.request.url.path}?{urlencode(kept)}" if kept else self.request.url.path

    def date(self, name: str) -> int | None:
        """Return a day of the query as its first instant in Japan; None where there is none, or it is none."""
        try:
            return self.site.midnight(datetime.fromisoformat(self.query.get(name, "")))
        except ValueError:
            return None

    @property
    def given(self) -> dict[str, str]:
        """What was sent, as far as it is text."""
        return {name: value for name, value in (self._form or {}).items() if isinstance(value, str)}

    def all_of(self, name: str) -> list[str]:
        """Return every value of a field that may be given several times."""
        return [value for value in (self._form.getlist(name) if self._form else ()) if isinstance(value, str)]

    @cached_property
    def form(self) -> dict[str, str]:
        """The form, which must bear the token of the session.

        Raises:
            BadInput: `web.form`, if it does not.
        """
        given = self.given
        token = self.session.csrf if self.session is not None else ""
        if not token or not hmac.compare_digest(given.get("csrf", "").encode(), token.encode()):
            raise BadInput(
                "web.form",
                "the form is not of this session",
                help="load the page again; what was typed is kept",
            )
        return given

    def page(self, template: str, *, status: int = OK, **values: Any) -> Response:
        """Answer with a page in its frame."""
        session = self.session
        notice = session.notice if session is not None and status == OK else None
        if session is not None and notice is not None:
            session.notice = None
        frame = {
            "ask": self,
            "v": self.values,
            "o": self.overview,
            "person": self.person if session is not None else None,
            "session": session,
            "counts": counts(self.overview, self.person) if session is not None else {},
            "notice": notice,
            "behind": max(self.site.overviews.size - self.overview.position, 0),
            "failed": self.site.overviews.failed,
            "theme": self.theme,
        }
        return HTMLResponse(render(template, self.language, **frame, **values), status)

    def bare(self, template: str, *, status: int = OK, **values: Any) -> Response:
        """Answer with a page for whoever is not signed in: it says nothing of the vault but whose it is."""
        return HTMLResponse(
            render(
                template, self.language, ask=self, theme=self.theme, operator=self.site.operator, **values
            ),
            status,
        )

    def go(self, where: str) -> Response:
        """Send the browser to another page of ours."""
        return RedirectResponse(local(where), SEE_OTHER)

    def say(self, notice: str) -> None:
        """Have the next page say something at its head."""
        self.signed_in.notice = notice


def local(where: str) -> str:
    """Return an address if it is a path of ours, otherwise the first page."""
    parts = urlsplit(where)
    good = (
        where.startswith("/")
        and not where.startswith(("//", "/\\"))
        and not parts.netloc
        and not parts.scheme
    )
    return where if good else "/"


def next_to(here: str) -> str:
    """Return the address of the sign-in that leads back."""
    return f"/signin?next={quote(here, safe='')}"


Page = Callable[[Ask], Response]
