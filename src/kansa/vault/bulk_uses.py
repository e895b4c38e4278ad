"""Uses of a vault as columns: those of its segments as the engine read them, those of its records beside them."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import Any, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kansa.coherence.scope import uses_within
from kansa.evidence.uses import COLUMNS
from kansa.registers import use_columns
from kansa.registers.rows import Use
from kansa.registers.use_columns import UseColumns
from kansa.registers.uses_by_subject import CONCERNED, EVERYBODY, by_subject

_STEP = 10_000
KINDS = MappingProxyType(
    {
        "tenant_id": "pty_",
        "end_user_id": "pty_",
        "path_id": "pth_",
        "site_id": "sit_",
        "workload_id": "wkl_",
    }
)
"""How the ids of a column begin."""


class BulkUses(UseColumns):
    """`records` are uses as rows, `bulk` has `kansa.evidence.uses.COLUMNS`; rows of it are made as they are walked over."""

    def __init__(self, records: Sequence[Use], bulk: pa.Table) -> None:
        self._records, self._bulk = tuple(records), bulk

    def __len__(self) -> int:
        return len(self._records) + int(self._bulk.num_rows)

    def __iter__(self) -> Iterator[Use]:
        yield from self._records
        yield from _rows(self._bulk)

    @overload
    def __getitem__(self, index: int) -> Use: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Use]: ...
    def __getitem__(self, index: int | slice) -> Use | Sequence[Use]:
        places = range(len(self))[index]
        if isinstance(places, range):
            return tuple(self._at(place) for place in places)
        return self._at(places)

    def within(self, start: int, end: int, tenant: str | None, end_user: str | None) -> "BulkUses":
        table = self._bulk
        for name, wanted in (("tenant_id", tenant), ("end_user_id", end_user)):
            if wanted is not None:
                table = table.filter(pc.equal(table.column(name), wanted))
        begun, ended = table.column("start"), table.column("end")
        crooked = pc.fill_null(pc.less_equal(ended, begun), False)  # noqa: FBT003 - the value that fills
        first, last = pc.max_element_wise(begun, start), pc.min_element_wise(ended, end)
        table = _put(table, "start", pc.if_else(crooked, begun, first))
        table = _put(table, "end", pc.if_else(crooked, ended, last))
        table = table.filter(pc.or_(crooked, pc.less(first, last)))
        return BulkUses(uses_within(self._records, start, end, tenant, end_user), table)

    def named(self, ids: AbstractSet[str]) -> dict[str, Use]:
        found = {use.use_id: use for use in self._records if use.use_id in ids}
        chosen = self._bulk.filter(pc.is_in(self._bulk.column("use_id"), pa.array(sorted(ids), pa.string())))
        return found | {use.use_id: use for use in _rows(chosen)}

    def by_subject(self) -> Mapping[str, Sequence[Use]]:
        return _BySubject(self._records, self._bulk)

    def workloads(self) -> Sequence[str]:
        return sorted(pc.unique(self._bulk.column("workload_id")).to_pylist())

    def columns(self, names: Sequence[str]) -> pa.Table:
        bulk = self._bulk.select(list(names))
        if not self._records:
            return bulk
        values = {name: [getattr(use, name) for use in self._records] for name in names}
        own = pa.table(
            [pa.array(values[field.name], field.type) for field in bulk.schema], schema=bulk.schema
        )
        return pa.concat_tables([own, bulk])

    def units(self) -> set[str]:
        return use_columns.units_of(self._records) | set(
            pc.unique(self._bulk.column("device_id")).to_pylist()
        )

    def earliest(self) -> int | None:
        return _least(min, use_columns.earliest(self._records), pc.min(self._bulk.column("start")))

    def latest_start(self) -> int | None:
        return _least(max, use_columns.latest_start(self._records), pc.max(self._bulk.column("start")))

    def latest_end(self, far: int | None) -> int | None:
        ends = self._bulk.column("end")
        if far is not None:
            ends = ends.filter(pc.less_equal(ends, far))
        return _least(max, use_columns.latest_end(self._records, far), pc.max(ends))

    def begun_by_evidence(self) -> Mapping[int, int]:
        first = self._bulk.group_by("entry").aggregate([("start", "min")])
        bulk = zip(first.column("entry").to_pylist(), first.column("start_min").to_pylist(), strict=True)
        return {**use_columns.earliest_by_evidence(self._records), **dict(bulk)}

    def _at(self, place: int) -> Use:
        if place < len(self._records):
            return self._records[place]
        (use,) = _rows(self._bulk.slice(place - len(self._records), 1))
        return use


class _BySubject(Mapping[str, Sequence[Use]]):
    """Uses by whom and what they concern; rows of columns are found by an order of each, made when it is first asked."""

    def __init__(self, records: Sequence[Use], bulk: pa.Table) -> None:
        self._records, self._own, self._bulk = records, by_subject(records), bulk
        self._orders: dict[str, tuple[dict[str, int], Any, Any]] = {}

    def __getitem__(self, subject: str) -> Sequence[Use]:
        if subject == EVERYBODY:
            return BulkUses(self._records, self._bulk)
        places = {int(row) for column in CONCERNED for row in self._places(column, subject)}
        own = self._own.get(subject, ())
        return BulkUses(own, self._bulk.take(pa.array(sorted(places), pa.int64()))) if places else own

    def __iter__(self) -> Iterator[str]:
        found = {name for column in CONCERNED for name in pc.unique(self._bulk.column(column)).to_pylist()}
        return iter(sorted((found - {None}) | self._own.keys() | {EVERYBODY}))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _places(self, column: str, subject: str) -> Any:
        if KINDS[column] != subject[:4]:
            return ()
        codes, order, starts = self._order(column)
        code = codes.get(subject)
        return () if code is None else order[starts[code] : starts[code + 1]]

    def _order(self, column: str) -> tuple[dict[str, int], Any, Any]:
        if column not in self._orders:
            encoded = self._bulk.column(column).combine_chunks().dictionary_encode()
            names = encoded.dictionary.to_pylist()
            indices = pc.fill_null(encoded.indices, len(names)).to_numpy(zero_copy_only=False)
            order = np.argsort(indices, kind="stable")
            starts = np.searchsorted(indices[order], np.arange(len(names) + 1))
            self._orders[column] = {name: code for code, name in enumerate(names)}, order, starts
        return self._orders[column]


def _rows(table: pa.Table) -> Iterator[Use]:
    for at in range(0, table.num_rows, _STEP):
        part = table.slice(at, _STEP)
        columns: list[list[Any]] = [part.column(name).to_pylist() for name in COLUMNS]
        for *values, entry in zip(*columns, strict=True):
            yield Use._make((*values, (entry,)))


def _put(table: pa.Table, name: str, column: Any) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, column)


def _least(which: Any, one: int | None, other: Any) -> int | None:
    found = [each for each in (one, other.as_py()) if each is not None]
    return which(found) if found else None


def texts(values: Sequence[str]) -> pa.Array:
    """Return texts as an Arrow array."""
    return pa.array(values, pa.string())
