"""Options that commands share, and how times are given."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from cyclopts import Parameter

from kansa import texts
from kansa.clock import parse_duration, to_instant
from kansa.errors import BadInput
from kansa.lazy_imports import lazy_imports
from kansa.texts.formats import show_times_in

with lazy_imports():
    from kansa.application.opening import Vault

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
DEFAULT_ZONE = "Asia/Tokyo"

Language = Annotated[texts.Language, Parameter(show_default=lambda _: "as your locale")]
"""Filled in by `kansa.interfaces.cli.language` where it is not given."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class At:
    """Which vault, and, if it is simulated, at what time."""

    vault: Annotated[
        Path, Parameter(env_var="KANSA_VAULT", show_env_var=True, help="The vault's directory.")
    ] = Path("kansa-vault")
    at: Annotated[str | None, Parameter(help="The time to act at; simulated vaults only.")] = None

    def open(self) -> Vault:
        """Open the vault.

        Raises:
            BadInput: there is none, or a time is given that it does not take.
        """
        return opened(self.vault, instant(self.at, "--at"))


def opened(folder: Path, at: int | None = None) -> Vault:
    """Open a vault; from here on times are shown in its zone.

    Raises:
        BadInput: there is none, or a time is given that it does not take.
    """
    vault = Vault(folder, at=at)
    show_times_in(vault.settings.zone)
    return vault


def instant(text: str | None, option: str, zone: str = DEFAULT_ZONE) -> int | None:
    """Read a time: RFC 3339 with an offset or Z, or a date, which is its first moment in the vault's zone.

    Raises:
        BadInput: `option.time`.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is not None and _DATE.fullmatch(text):
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    if moment is None or moment.tzinfo is None:
        raise BadInput(
            "option.time",
            f"`{text}` for `{option}` is not a time",
            help="write 2026-01-31T09:30:00+09:00, 2026-01-31T00:30:00Z, or a date such as 2026-01-31",
        )
    return to_instant(moment)


def interval(text: str | None, option: str, zone: str = DEFAULT_ZONE) -> tuple[int, int] | None:
    """Read `FROM/TO` (ISO 8601), each a time or a date.

    Raises:
        BadInput: `option.time`, or `option.interval` if it is empty.
    """
    if text is None:
        return None
    start, _, end = text.partition("/")
    first, last = instant(start, option, zone), instant(end, option, zone)
    if first is None or last is None or first >= last:
        raise BadInput("option.interval", f"`{text}` for `{option}` is empty: its end is not after its start")
    return first, last


def duration(text: str, option: str) -> int:
    """Read an ISO 8601 duration as microseconds.

    Raises:
        BadInput: `option.duration`.
    """
    try:
        return parse_duration(text)
    except ValueError as error:
        raise BadInput("option.duration", f"`{option}`: {error}") from error
