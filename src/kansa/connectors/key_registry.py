"""Which subject a key means, while an ingest goes on: what is known, what is new, what must be forgotten.

A key that a row introduces is only certain once a record that carries it is in the ledger. Until then every further
row that uses it carries it as well, so that a refused record leaves no other with an id that nobody introduced.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from kansa import ids

Key = tuple[str, str]
"""(system, key in that system's books)."""


class Systems(Protocol):
    """Says what the books of a system have, without going through all keys."""

    def in_books_of(self, system: str) -> set[str]:
        """Return the subjects that a system's books have a key of."""
        ...

    def has_books_of(self, system: str) -> bool:
        """Tell whether any key of a system's books is known."""
        ...


class KeyRegistry:
    """`Names` in memory, filled from what the registers know.

    `known` may be a mapping that looks up; `index` says what is asked of it beside single keys, where going through all of
    it would be slow. `measured` gives when the first recorded use by any of some workloads began whose accelerators were measured, `runs`
    when the recorded placements of one workload began.
    """

    def __init__(
        self,
        known: Mapping[Key, str] | None = None,
        *,
        holders: Mapping[str, tuple[str | None, str | None]] | None = None,
        devices: Mapping[str, int] | None = None,
        measured: Callable[[frozenset[str]], int | None] = lambda _: None,
        runs: Callable[[str], tuple[int, ...]] = lambda _: (),
        index: Systems | None = None,
        random_bytes: ids.RandomBytes = secrets.token_bytes,
    ) -> None:
        self._stored: Mapping[Key, str] = known if known is not None and index is not None else {}
        self._index = index
        self._known = dict(known or {}) if index is None else {}
        self._holders = dict(holders or {})
        self._devices = dict(devices or {})
        self._measured = measured
        self._runs = runs
        self._random_bytes = random_bytes
        self._uncertain: set[Key] = set()
        self._used: dict[Key, None] = {}
        self._minted: set[Key] = set()
        self._systems: set[str] | None = None

    def find(self, system: str, key: str) -> str | None:
        if (system, key) in self._uncertain:
            self._used[system, key] = None
        if (found := self._known.get((system, key))) is None and self._index is not None:
            found = self._stored.get((system, key))
            if found is not None:
                self._known[system, key] = found
        return found

    def introduce(self, kind: str, system: str, key: str) -> str:
        found = self.find(system, key)
        if found is not None:
            return found
        subject = ids.mint(kind, self._random_bytes)
        self.also(subject, system, key)
        return subject

    def also(self, subject: str, system: str, key: str) -> None:
        if self.find(system, key) is None:
            self._known[system, key] = subject
            self._systems = None if self._systems is None else self._systems | {system}
            self._uncertain.add((system, key))
            self._minted.add((system, key))
            self._used[system, key] = None

    def has_keys_of(self, system: str) -> bool:
        """Tell whether any key of a system's books is known."""
        if self._systems is None:
            self._systems = {known for known, _ in self._known}
        return system in self._systems or (self._index is not None and self._index.has_books_of(system))

    def holder(self, path_id: str) -> tuple[str | None, str | None]:
        return self._holders.get(path_id, (None, None))

    def approve(self, path_id: str, tenant: str, end_user: str | None) -> None:
        """Take a path's approval into account that the registers do not know yet."""
        held = self._holders.get(path_id, (tenant, end_user))
        self._holders[path_id] = held if held == (tenant, end_user) else (None, None)

    def install(self, node_id: str) -> None:
        """Take one accelerator in a node into account that the registers do not know yet."""
        self._devices[node_id] = self.devices_of(node_id) + 1

    def keys_of(self) -> dict[str, str]:
        """Return the first key of every subject that is known, by its id."""
        found: dict[str, str] = {}
        for (_, key), subject in (*self._stored.items(), *self._known.items()):
            found.setdefault(subject, key)
        return found

    def devices_of(self, node_id: str) -> int:
        return self._devices.get(node_id, 0)

    def has_inventory(self) -> bool:
        return bool(self._devices)

    def measured_since(self, workloads: str) -> int | None:
        found = {found for (system, _), found in self._known.items() if system == workloads}
        stored = self._index.in_books_of(workloads) if self._index is not None else set()
        return self._measured(frozenset(found | stored))

    def runs_of(self, workload_id: str) -> tuple[int, ...]:
        return self._runs(workload_id)

    def carried(self) -> list[dict[str, str]]:
        """Return what the record of the present row must list in `introduces`; the row is over."""
        introductions = [{"id": self._known[key], "system": key[0], "key": key[1]} for key in self._used]
        self._used.clear()
        self._minted.clear()
        return introductions

    def forget(self) -> None:
        """The present row gives no record: what it alone introduced is unknown again."""
        self._drop(self._minted)
        self._used.clear()
        self._minted.clear()

    def settle(self, appended: Iterable[Key]) -> None:
        """Records that carry these keys are in the ledger; all that is still uncertain is unknown again."""
        self._uncertain.difference_update(appended)
        self._drop(self._uncertain)

    def _drop(self, keys: set[Key]) -> None:
        for key in list(keys):
            del self._known[key]
            self._uncertain.discard(key)
