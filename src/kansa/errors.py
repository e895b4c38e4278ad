"""What can go wrong, and how it is said.

    KansaError
    ├── BadInput       what was given cannot be used; lists everything wrong at once   exit 2
    └── BrokenVault    the vault cannot be trusted or written as it stands             exit 3

A refusal, a gap or a failed verification is a value with reasons and never an exception. A message starts in
lower case, has no full stop, puts what the user gave in backticks and names the cause last, after a colon;
`help` says what to do. Codes are stable: `<area>.<what>`.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, where it is, and what to do about it."""

    code: str
    message: str
    file: str | None = None
    line: int | None = None
    field: str | None = None
    help: str | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        named = f"{place}: " if place else ""
        within = f"field `{self.field}`: " if self.field else ""
        advice = f" ({self.help})" if self.help else ""
        return f"{named}{within}{self.message}{advice}"


class KansaError(Exception):
    """Base of every error that Kansa raises on purpose."""

    exit_code = 3

    def __init__(self, code: str, message: str, *, help: str | None = None) -> None:  # noqa: A002 - the field's word
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help

    def __str__(self) -> str:
        return f"{self.message} ({self.help})" if self.help else self.message


class BadInput(KansaError):
    """What was given cannot be used; `problems` holds all that is wrong, in order of appearance."""

    exit_code = 2

    def __init__(
        self,
        code: str,
        message: str,
        *,
        problems: Iterable[Problem] = (),
        help: str | None = None,  # noqa: A002 - the field's word
    ) -> None:
        super().__init__(code, message, help=help)
        self.problems = tuple(problems)


class BrokenVault(KansaError):
    """The vault cannot be trusted or written as it stands."""
