"""Forms: what was given, what is wrong with which field and why, and what was typed, kept whatever happens."""

import shlex
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from kansa.clock import DAY, to_instant
from kansa.errors import BadInput, KansaError
from kansa.interfaces.web.ask import Ask
from kansa.interfaces.web.rendering import text
from kansa.texts import reader_language
from kansa.texts.messages import said

_LATEST_YEAR = 2200


class Form:
    """One form. Errors are by field, in the reader's language; `refused` is why an act would count for nothing."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = dict(given)
        self.errors: dict[str, str] = {}
        self.refused: str | None = None
        self.failed: str | None = None

    def value(self, field: str, default: str = "") -> str:
        """Return what was typed into a field."""
        return self.given.get(field, default)

    def wrong(self, field: str, key: str, **values: object) -> None:
        """Say what is wrong with a field."""
        self.errors.setdefault(field, str(text(key, reader_language(), **values)))

    def wrong_as(self, field: str, error: BadInput) -> None:
        """Say of a field what an error says, with its advice."""
        advice = f" ({said(error.help)})" if error.help else ""
        self.errors.setdefault(field, f"{said(error.message)}{advice}")

    def refuse(self, error: KansaError) -> None:
        """Say why the whole form cannot be taken."""
        self.failed = f"{said(error.message)}" + (f" ({said(error.help)})" if error.help else "")

    def text(self, field: str, *, most: int) -> str:
        """Return a text that must be there."""
        value = self.given.get(field, "").replace("\r\n", "\n").strip()
        if not value:
            self.wrong(field, "web.required")
        elif len(value) > most:
            self.wrong(field, "web.too_long", most=most, given=len(value))
        self.given[field] = value
        return value

    def one_of(self, field: str, allowed: tuple[str, ...]) -> str | None:
        """Return a choice; None, and an error, if it is none of those allowed."""
        value = self.given.get(field, "")
        if value in allowed:
            return value
        self.wrong(field, "web.choose")
        return None

    def number(self, field: str) -> int | None:
        """Return a whole number that the page itself put there."""
        value = self.given.get(field, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None

    def day(self, field: str, zone: str) -> int | None:
        """Return the end of a day in a zone, which is the first instant of the day after; None if nothing was given."""
        value = self.given.get(field, "").strip()
        if not value:
            return None
        try:
            day = datetime.fromisoformat(value)
        except ValueError:
            self.wrong(field, "web.date", given=value[:20])
            return None
        if day.year > _LATEST_YEAR:
            self.wrong(field, "web.date", given=value[:20])
            return None
        return to_instant(day.replace(hour=0, minute=0, tzinfo=ZoneInfo(zone))) + DAY


def command_of(ask: Ask, case: str, form: Form, reasons: str) -> str:
    """Return the command that takes the same step at a terminal, with the person's own key."""
    chosen = form.given["act"]
    words = ["kansa", "case"]
    if chosen == "propose":
        words += [
            "propose",
            case,
            form.given.get("decision", "permit"),
            "--until",
            form.given.get("until", ""),
        ]
    elif chosen in {"endorsed", "returned"}:
        words += ["review", case, chosen]
    else:
        words += ["decide", case, chosen]
    words += [
        "--reasons",
        reasons,
        "--key",
        ask.site.key_of(ask.signed_in.person),
        "--vault",
        str(ask.site.root),
    ]
    return shlex.join(words)


def answers_command(ask: Ask, flags: Sequence[str], resolution: str, reasons: str) -> str:
    """Return the command that answers flags at a terminal, with the person's own key."""
    words = ["kansa", "flags", "resolve", *flags, "--as", resolution, "--reasons", reasons]
    return f"{shlex.join(words)} --key {ask.key_file} --vault {shlex.quote(str(ask.site.root))}"
