"""Which listed forms are worth comparing with a form: cosine of weighted keys, over a sparse matrix in memory.

The best `KEPT` forms by cosine are compared, those beyond the first `ALWAYS` only if they are at least `NEAR`; all
others are counted: how many were at least `FAINT`, how many of these were cut, and how near the best of the cut came.
"No hit" rests on these numbers. Keys that more than `COMMON` of the forms have are not looked up, as in any index of
words; a form that has only such keys is looked up by them all.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kansa.lazy_imports import lazy_imports
from kansa.screening.matching.sparse_rows import Sparse, laid, product

with lazy_imports():
    from scipy import sparse  # type: ignore[import-untyped]

KEPT = 20
ALWAYS = 5
NEAR = 0.35
FAINT = 0.2
COMMON = 0.02
_CHUNK = 256

Keys = Mapping[str, float]
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Offsets = NDArray[np.int64]


class Near(NamedTuple):
    """What blocking found for one form.

    `rows` are numbers of listed forms, nearest first, with their `cosines`; `seen` forms of a schema and way that can be
    compared were at least `FAINT`, `cut` of them were left out, the nearest at cosine `cut_at` (0 where none was cut).
    """

    rows: tuple[int, ...]
    cosines: tuple[float, ...]
    seen: int
    cut: int
    cut_at: float


class Blocking:
    """Listed forms by their keys. `codes` holds a small number for each form; a query names the codes it may meet.

    `pools` are the sets of codes that queries meet, as rows of an array over codes; each has a matrix of its own, since
    what a query may not meet need not be multiplied.
    """

    def __init__(self, keys: Iterable[Keys], codes: Sequence[int], pools: NDArray[np.bool_]) -> None:
        self._places: dict[str, int] = {}
        places, weights, starts = array("i"), array("f"), array("q", [0])
        for one in keys:
            for key, weight in one.items():
                places.append(self._places.setdefault(key, len(self._places)))
                weights.append(weight)
            starts.append(len(places))
        at, offsets = _array(places, np.int32), _array(starts, np.int64)
        total = len(offsets) - 1
        frequency = np.bincount(at, minlength=len(self._places))
        self._tells = np.log((total + 1) / np.maximum(frequency, 1)).astype(np.float32)
        self._common = frequency > max(COMMON * total, KEPT)
        self._codes = np.asarray(codes, dtype=np.int16)
        tell = _of_length_one(_array(weights, np.float32) * self._tells[at], offsets)
        by_form = sparse.csr_matrix((tell, at, offsets), shape=(total, len(self._places)))
        self._rows = [np.flatnonzero(pool[self._codes]) for pool in pools]
        self._by_key = [laid(by_form[rows].T.tocsr()) for rows in self._rows]

    def near(
        self,
        keys: Sequence[Keys],
        pools: Sequence[int],
        allowed: Sequence[NDArray[np.bool_]],
        kept: int = KEPT,
    ) -> list[Near]:
        """For each form's keys the nearest listed forms of its pool whose code is allowed (an array over codes)."""
        found: dict[int, Near] = {}
        for pool in set(pools):
            numbers = [number for number, one in enumerate(pools) if one == pool]
            for start in range(0, len(numbers), _CHUNK):
                chunk = numbers[start : start + _CHUNK]
                asked = self._asked([keys[number] for number in chunk])
                may = np.stack([allowed[number] for number in chunk])
                found.update(zip(chunk, self._nearest(asked, pool, may, kept), strict=True))
        return [found[number] for number in range(len(keys))]

    def _nearest(self, asked: Sparse, pool: int, allowed: NDArray[np.bool_], kept: int) -> Iterator[Near]:
        """For each row asked; of equally near forms the one that was listed first."""
        query, columns, cosines = product(asked, self._by_key[pool])
        heard = np.flatnonzero(cosines >= FAINT)
        query, rows, cosines = query[heard], self._rows[pool][columns[heard]], cosines[heard]
        may = allowed[query, self._codes[rows]]
        query, rows, cosines = query[may], rows[may], cosines[may]
        order = np.lexsort((rows, -cosines, query))
        rows, cosines = rows[order], cosines[order]
        ends = np.searchsorted(query[order], np.arange(len(allowed) + 1)).tolist()
        for begin, end in pairwise(ends):
            yield _near(rows[begin:end], cosines[begin:end], kept)

    def _asked(self, keys: Sequence[Keys]) -> Sparse:
        """One row for each form, of length 1 before common keys are dropped. Keys that no listed form has are passed over."""
        places: list[int] = []
        weights: list[float] = []
        starts = [0]
        for one in keys:
            places.extend(map(self._places.get, one, repeat(-1)))  # nowhere
            weights.extend(one.values())
            starts.append(len(places))
        at, tell, offsets = (
            np.array(places, np.int32),
            np.array(weights, np.float32),
            np.array(starts, np.int64),
        )
        known = at >= 0
        at, tell, offsets = at[known], tell[known], _moved(offsets, known)
        tell = _of_length_one(tell * self._tells[at], offsets)
        told = self._telling(at, offsets)
        return Sparse(tell[told], at[told], _moved(offsets, told), (len(keys), len(self._places)))

    def _telling(self, at: NDArray[np.int32], offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which keys are looked up: those that are not common, and in a row that has no others all."""
        rare = ~self._common[at]
        in_row = np.diff(_moved(offsets, rare))
        telling: NDArray[np.bool_] = rare | np.repeat(in_row == 0, np.diff(offsets))
        return telling


def _near(rows: Ints, cosines: Floats, kept: int) -> Near:
    """Return what is compared of the forms that are at least `FAINT`, given nearest first."""
    seen = len(rows)
    near = max(ALWAYS, int(np.count_nonzero(cosines[:kept] >= NEAR)))
    return Near(
        tuple(rows[:near].tolist()),
        tuple(cosines[:near].tolist()),
        seen,
        max(seen - near, 0),
        float(cosines[near]) if near < seen else 0.0,
    )


def _moved(offsets: Offsets, kept: NDArray[np.bool_]) -> Offsets:
    """Return where rows begin once only what is kept is left in them."""
    moved: Offsets = np.append(0, np.cumsum(kept))[offsets]
    return moved


def _array(values: array, dtype: type[np.generic]) -> NDArray[Any]:  # type: ignore[type-arg]
    return np.frombuffer(values, dtype) if values else np.zeros(0, dtype)


def _of_length_one(weights: Floats, offsets: NDArray[np.int64]) -> Floats:
    """Rows, which begin at `offsets`, divided by their Euclidean length."""
    squares = np.append(0.0, np.cumsum(np.square(weights, dtype=np.float64)))
    lengths = np.sqrt(np.diff(squares[offsets]))
    divided: Floats = (weights / np.repeat(np.where(lengths > 0, lengths, 1), np.diff(offsets))).astype(
        np.float32
    )
    return divided
