"""Names as a directory of the vault has them."""

from collections.abc import Mapping

from kansa.registers import paragraphs
from kansa.registers.directory import Directory


class DirectoryNames:
    """The source keys and the paths of a directory, as they are now: a directory that grows changes nothing here."""

    def __init__(self, directory: Directory) -> None:
        self._keys = dict(directory.keys)
        self._only = _only(self._keys)
        self._holders = {path: _holder(directory, path) for path in directory.paths}
        self._subjects = frozenset(directory.subjects)
        self._items = {name: tuple(controls.values()) for name, controls in directory.items.items()}

    def find(self, system: str, key: str, /) -> str | None:
        return self._keys.get((system, key))

    def only(self, key: str, /) -> str | None:
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


def _only(keys: Mapping[tuple[str, str], str]) -> dict[str, str | None]:
    """Return who has a key, whatever the system; None where that is more than one."""
    found: dict[str, str | None] = {}
    for (_, key), subject in keys.items():
        found[key] = subject if found.get(key, subject) == subject else None
    return found


def _holder(directory: Directory, path: str) -> tuple[str | None, str | None]:
    held = {(each.tenant_id, each.end_user_id) for each in directory.paths[path]}
    return held.pop() if len(held) == 1 else (None, None)
