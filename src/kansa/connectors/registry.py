"""The connectors that are installed: this package's own and those of any other package, found the same way.

A package names its connectors in its `pyproject.toml`:

    [project.entry-points."kansa.connectors"]
    syslog = "acme_kansa.syslog.connector:CONNECTOR"
"""

from functools import cache
from importlib.metadata import EntryPoint, entry_points

from kansa.connectors.connector import Connector
from kansa.errors import BadInput

GROUP = "kansa.connectors"


def connector_ids() -> tuple[str, ...]:
    """Return the ids of all connectors that are installed, sorted; none of them is loaded."""
    return tuple(sorted(_found()))


def connector_named(connector_id: str) -> Connector:
    """Return a connector by its id.

    Raises:
        BadInput: `connector.unknown`, if none is installed under this id; `connector.broken`, if what is installed
            cannot be loaded or is no connector of this id.
    """
    entry = _found().get(connector_id)
    if entry is None:
        raise BadInput(
            "connector.unknown",
            f"no connector `{connector_id}` is installed",
            help=f"installed are {', '.join(f'`{each}`' for each in connector_ids())}",
        )
    return _loaded(entry)


def all_connectors() -> tuple[Connector, ...]:
    """Return all connectors that are installed, by id.

    Raises:
        BadInput: as `connector_named`.
    """
    return tuple(connector_named(each) for each in connector_ids())


@cache
def _found() -> dict[str, EntryPoint]:
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=GROUP):
        other = found.get(entry.name)
        if other is not None and other.value != entry.value:
            raise BadInput(
                "connector.twice",
                f"two packages have a connector `{entry.name}`: {other.value} and {entry.value}",
                help="take one of the packages away",
            )
        found[entry.name] = entry
    return found


@cache
def _loaded(entry: EntryPoint) -> Connector:
    try:
        connector = entry.load()
    except (ImportError, AttributeError) as error:
        raise BadInput(
            "connector.broken",
            f"the connector `{entry.name}` cannot be loaded from {entry.value}: {error}",
            help="install the package again, or take it away",
        ) from error
    if not isinstance(connector, Connector) or connector.id != entry.name:
        raise BadInput(
            "connector.broken",
            f"{entry.value} is no connector of the id `{entry.name}`",
            help="install the package again, or take it away",
        )
    return connector
