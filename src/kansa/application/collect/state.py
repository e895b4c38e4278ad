"""What `kansa collect` remembers of a source between runs: `collect/NAME.json` in the vault, written whole.

It is written after the records are in the ledger. A crash between the two reads again what was read, which adds nothing.
"""

from pathlib import Path

import msgspec

from kansa.application.collect.follow import Position
from kansa.application.whole_file import placed
from kansa.errors import BrokenVault


class State(msgspec.Struct, frozen=True, kw_only=True):
    """A source's state. `carried` are lines of sessions that have no end yet; `files` of a folder are known by digest.

    `error` is what the last run failed of; `gaps` counts the stretches of bytes that were gone before they were read.
    """

    ran: int | None = None
    answered: int | None = None
    position: Position = Position()
    carried: tuple[str, ...] = ()
    files: dict[str, str] = {}
    sequences: dict[str, int] = {}
    error: str | None = None
    gaps: int = 0
    rows: int = 0
    quarantined: int = 0


def read_state(folder: Path, name: str) -> State:
    """Return what is remembered of a source.

    Raises:
        BrokenVault: `collect.state`, if the file is damaged.
    """
    path = folder / f"{_file(name)}.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=State)
    except FileNotFoundError:
        return State()
    except (OSError, msgspec.DecodeError) as error:
        raise BrokenVault(
            "collect.state",
            f"`{path}` cannot be read: {error}",
            help="take it away: what was read is read again then, which adds nothing",
        ) from error


def write_state(folder: Path, name: str, state: State) -> None:
    """Remember a source's state."""
    folder.mkdir(mode=0o700, exist_ok=True)
    with placed(folder / f"{_file(name)}.json") as file:
        file.write(msgspec.json.encode(state))
        file.put()


def _file(name: str) -> str:
    return name.replace(":", "__")
