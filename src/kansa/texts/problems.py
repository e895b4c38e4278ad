"""A problem in one line of the reader's language: where it is, what it is, what to do."""

from typing import Protocol

from kansa.texts import reader_language
from kansa.texts.messages import in_japanese


class Problem(Protocol):
    """What `kansa.errors.Problem` is; this package lies below it."""

    @property
    def message(self) -> str: ...
    @property
    def file(self) -> str | None: ...
    @property
    def line(self) -> int | None: ...
    @property
    def field(self) -> str | None: ...
    @property
    def help(self) -> str | None: ...


def in_words(problem: Problem) -> str:
    """Return a problem in the language of the reader; in English as the problem itself puts it."""
    if reader_language() == "en":
        return str(problem)
    place = ":".join(str(part) for part in (problem.file, problem.line) if part is not None)
    named = f"{place}: " if place else ""
    within = f"項目 `{problem.field}`: " if problem.field else ""
    advice = f"（{in_japanese(problem.help)}）" if problem.help else ""
    return f"{named}{within}{in_japanese(problem.message)}{advice}"
