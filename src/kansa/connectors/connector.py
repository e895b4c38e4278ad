"""What a connector declares of itself: its name, what it reads and records, field by field, and how it is set up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kansa.connectors.base import Source
from kansa.texts import Words

if TYPE_CHECKING:
    from kansa.config_files.models import ConfigModel

Systems = frozenset[str]
"""Systems in whose books keys of subjects stand."""

Get = Callable[[str], bytes]
"""Asks the system for a path or an address; whoever gives it adds credentials, limits and trust.

It raises `BadInput` where there is no answer.
"""


@dataclass(frozen=True, slots=True)
class Setup:
    """How one ingest sets a connector up.

    `urn` is the prefix of the operator's sources, `urn:kansa:<operator>`; `options` is the file given with `--map`;
    `window` takes the place of the one that the options give; `now` is the instant of the ingest. `name` is the source's
    name in records where the options give none; without it, it is the connector's.
    """

    urn: str
    options: Path | None
    window: tuple[int, int] | None
    now: int
    name: str | None = None


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One fact: where the system writes it, the record's field that it becomes (`access_path.session.account`), and how."""

    read: str
    record: str
    said: Words


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file as the system gave it: the name under which it is kept, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Connector:
    """One system's connector, found through the entry points `kansa.connectors` under its `id`.

    `kinds` are the types of record that it gives; `cadence` is how often the system usually reports, an ISO 8601
    duration, None where it depends on the operator. `options` gives the model of its options file (loaded only when
    asked for: models take long to load); `needs_options` tells that it reads nothing without one. `recognises` tells by
    the names at the top of an options file that it belongs to this connector, for files that do not say `connector`.
    `systems` reads an options file and returns in which systems its records introduce subjects, and which it needs to
    be introduced before. `pull` asks a live system and yields files as an operator would save them; without one, an
    address is one file.
    """

    id: str
    title: Words
    reads: Words
    kinds: tuple[str, ...]
    fields: tuple[FieldRow, ...]
    natural_key: Words
    make: Callable[[Setup], Source]
    cadence: str | None = None
    options: "Callable[[], type[ConfigModel]] | None" = None
    needs_options: bool = False
    recognises: Callable[[frozenset[str]], bool] = field(default=lambda _: False)
    systems: Callable[[Path], tuple[Systems, Systems]] = field(default=lambda _: (frozenset(), frozenset()))
    pull: Callable[[Get, str], Iterator[Fetched]] | None = None
