"""Which subject a key means, while an ingest goes on: what is known, what is new, what must be forgotten.

A key that a row introduces is only certain once a record that carries it is in the ledger. Until then every further
row that uses it carries it as well, so that a refused record leaves no other with an id that nobody introduced.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping

from kansa import ids
from kansa.connectors.base import Place

Key = tuple[str, str]
"""(system, key in that system's books)."""


class KeyRegistry:
    """`Names` in memory, filled from what the registers know.

    `measured` gives when the first recorded use by any of some workloads began whose accelerators were measured,
    `measured_in_bulk` the same of the rows of segments, by the books in which their workloads stand, `runs`
    when the recorded placements of one workload began. `named` holds what each source said of a device's names, by
    (device, source); `places` where the inventory has each device.
    """

    def __init__(
        self,
        known: Mapping[Key, str] | None = None,
        *,
        holders: Mapping[str, tuple[str | None, str | None]] | None = None,
        devices: Mapping[str, int] | None = None,
        measured: Callable[[frozenset[str]], int | None] = lambda _: None,
        measured_in_bulk: Callable[[str], int | None] = lambda _: None,
        runs: Callable[[str], tuple[int, ...]] = lambda _: (),
        named: Mapping[tuple[str, str], frozenset[Key]] | None = None,
        places: Mapping[str, Place] | None = None,
        random_bytes: ids.RandomBytes = secrets.token_bytes,
    ) -> None:
        self._known = dict(known or {})
        self._holders = dict(holders or {})
        self._devices = dict(devices or {})
        self._measured = measured
        self._measured_in_bulk = measured_in_bulk
        self._runs = runs
        self._named = dict(named or {})
        self._places = dict(places or {})
        self._borne: dict[tuple[str, str], set[str]] | None = None
        self._random_bytes = random_bytes
        self._uncertain: set[Key] = set()
        self._used: dict[Key, None] = {}
        self._minted: set[Key] = set()
        self._systems: set[str] | None = None

    def find(self, system: str, key: str) -> str | None:
        if (system, key) in self._uncertain:
            self._used[system, key] = None
        return self._known.get((system, key))

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
            if self._borne is not None:
                self._borne.setdefault((subject, system), set()).add(key)
            self._systems = None if self._systems is None else self._systems | {system}
            self._uncertain.add((system, key))
            self._minted.add((system, key))
            self._used[system, key] = None

    def has_keys_of(self, system: str) -> bool:
        """Tell whether any key of a system's books is known."""
        if self._systems is None:
            self._systems = {known for known, _ in self._known}
        return system in self._systems

    def reassign(self, subject: str, system: str, key: str) -> None:
        held = self._known.pop((system, key), None)
        if held is not None and self._borne is not None:
            self._borne.get((held, system), set()).discard(key)
        self.also(subject, system, key)

    def keys_borne(self, subject: str, system: str) -> frozenset[str]:
        if self._borne is None:
            self._borne = {}
            for (known, key), meant in self._known.items():
                self._borne.setdefault((meant, known), set()).add(key)
        return frozenset(self._borne.get((subject, system), ()))

    def named_by(self, device: str, source: str) -> frozenset[Key]:
        return self._named.get((device, source), frozenset())

    def place_of(self, device: str) -> Place | None:
        return self._places.get(device)

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
        for (_, key), subject in self._known.items():
            found.setdefault(subject, key)
        return found

    def devices_of(self, node_id: str) -> int:
        return self._devices.get(node_id, 0)

    def has_inventory(self) -> bool:
        return bool(self._devices)

    def measured_since(self, workloads: str) -> int | None:
        known = frozenset(found for (system, _), found in self._known.items() if system == workloads)
        found = [self._measured(known), self._measured_in_bulk(workloads)]
        return min((each for each in found if each is not None), default=None)

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
            subject = self._known.pop(key)
            if self._borne is not None:
                self._borne[subject, key[0]].discard(key[1])
            self._uncertain.discard(key)
