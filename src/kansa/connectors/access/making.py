"""Sets up a source of JSON events from its options."""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path

from kansa.connectors.access.events import EventSource, Read
from kansa.connectors.access.options import read_access_rules
from kansa.connectors.access.options_file import AccessOptions
from kansa.connectors.connector import Setup
from kansa.connectors.formats.json_values import JsonValue, values


def event_source(
    setup: Setup,
    connector: str,
    read: Read,
    *,
    wrappers: Collection[str] = (),
    listed: Callable[[Path], Iterator[JsonValue]] | None = None,
) -> EventSource:
    """Return the source under the options of an ingest; `listed` reads files of another form than JSON.

    Raises:
        BadInput: the options file, with everything that is wrong.
    """
    rules, _ = read_access_rules(setup.options, connector, AccessOptions, setup.name)
    return EventSource(rules, setup.urn, read, listed or partial(values, wrappers=wrappers))
