"""Names as a directory of the vault has them."""

from collections.abc import Iterable, Mapping

from kansa.registers import paragraphs
from kansa.registers.directory import Directory, Path


class DirectoryNames:
    """The source keys and the paths of a directory; of one that is in memory as they are now, whatever is added to it.

    What a directory that is not in memory has found once is kept, until there is another one.
    """

    def __init__(self, directory: Directory) -> None:
        self._index = directory.index
        self._keys: Mapping[tuple[str, str], str] = (
            directory.keys if self._index is not None else dict(directory.keys)
        )
        self._only = {} if self._index is not None else _only(self._keys)
        self._found: dict[tuple[str, str], str | None] = {}
        self._holders = {path: _holder(approvals) for path, approvals in directory.paths.items()}
        self._subjects = frozenset(directory.subjects)
        self._items = {name: tuple(controls.values()) for name, controls in directory.items.items()}

    def find(self, system: str, key: str, /) -> str | None:
        if self._index is None:
            return self._keys.get((system, key))
        if (system, key) not in self._found and len(self._found) < _MOST_KEPT:
            self._found[system, key] = self._keys.get((system, key))
        return self._found[system, key] if (system, key) in self._found else self._keys.get((system, key))

    def only(self, key: str, /) -> str | None:
        if self._index is not None:
            had = self._index.having(key)
            return had[0] if len(had) == 1 else None
        return self._only.get(key)

    def holder(self, path_id: str, /) -> tuple[str | None, str | None]:
        return self._holders.get(path_id, (None, None))

    def knows(self, subject: str, /) -> bool:
        return subject in self._subjects

    def item(self, text: str, /) -> frozenset[str]:
        if text in self._items:
            return frozenset({text})
        said = ((name, control) for name, controls in self._items.items() for control in controls)
        return frozenset(name for name, control in said if control and paragraphs.names(text, control))


_MOST_KEPT = 100_000


def _only(keys: Mapping[tuple[str, str], str]) -> dict[str, str | None]:
    """Return who has a key, whatever the system; None where that is more than one."""
    found: dict[str, str | None] = {}
    for (_, key), subject in keys.items():
        found[key] = subject if found.get(key, subject) == subject else None
    return found


def _holder(approvals: Iterable[Path]) -> tuple[str | None, str | None]:
    held = {(each.tenant_id, each.end_user_id) for each in approvals}
    return held.pop() if len(held) == 1 else (None, None)
