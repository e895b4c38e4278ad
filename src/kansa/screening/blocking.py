"""Which listed forms are worth comparing with a form: cosine of weighted keys, over a sparse matrix in memory.

The best `KEPT` forms by cosine are compared, those beyond the first `ALWAYS` only if they are at least `NEAR`; all
others are counted: how many were at least `FAINT`, how many of these were cut, and how near the best of the cut came.
"No hit" rests on these numbers. Keys that more than `COMMON` of the forms have are not looked up, as in any index of
words; a form that has only such keys is looked up by them all.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]

KEPT = 20
ALWAYS = 5
NEAR = 0.35
FAINT = 0.2
COMMON = 0.02
_CHUNK = 256

Keys = Mapping[str, float]
Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


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
    """Listed forms by their keys. `codes` holds a small number for each form; a query names the codes it may meet."""

    def __init__(self, keys: Iterable[Keys], codes: Sequence[int]) -> None:
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
        self._by_key = by_form.T.tocsr()

    def near(
        self, keys: Sequence[Keys], allowed: Sequence[NDArray[np.bool_]], kept: int = KEPT
    ) -> Iterator[Near]:
        """For each form's keys the nearest listed forms whose code is allowed (an array over codes)."""
        for start in range(0, len(keys), _CHUNK):
            asked = self._asked(keys[start : start + _CHUNK])
            cosines = asked @ self._by_key
            for number in range(cosines.shape[0]):
                begin, end = cosines.indptr[number], cosines.indptr[number + 1]
                yield self._nearest(
                    cosines.indices[begin:end], cosines.data[begin:end], allowed[start + number], kept
                )

    def _nearest(self, rows: Ints, cosines: Floats, allowed: NDArray[np.bool_], kept: int) -> Near:
        heard = cosines >= FAINT
        rows, cosines = rows[heard], cosines[heard]
        may = allowed[self._codes[rows]]
        rows, cosines = rows[may], cosines[may]
        seen, cut_at = len(rows), 0.0
        if seen > kept:
            parted = np.argpartition(-cosines, kept)
            cut_at = float(cosines[parted[kept]])
            rows, cosines = rows[parted[:kept]], cosines[parted[:kept]]
        order = np.lexsort((rows, -cosines))
        rows, cosines = rows[order], cosines[order]
        near = max(ALWAYS, int(np.count_nonzero(cosines >= NEAR)))
        if near < len(rows):
            cut_at = float(cosines[near])
        return Near(
            tuple(rows[:near].tolist()), tuple(cosines[:near].tolist()), seen, max(seen - near, 0), cut_at
        )

    def _asked(self, keys: Sequence[Keys]) -> sparse.csr_matrix:
        """One row for each form, of length 1 before common keys are dropped. Keys that no listed form has are passed over."""
        places: list[int] = []
        weights: list[float] = []
        starts = [0]
        for one in keys:
            for key, weight in one.items():
                if (place := self._places.get(key)) is not None:
                    places.append(place)
                    weights.append(weight)
            starts.append(len(places))
        at, offsets = np.asarray(places, np.int32), np.asarray(starts)
        tell = _of_length_one(np.asarray(weights, np.float32) * self._tells[at], offsets)
        told = self._telling(at, offsets)
        offsets = np.append(0, np.cumsum(told))[offsets]
        return sparse.csr_matrix((tell[told], at[told], offsets), shape=(len(keys), len(self._places)))

    def _telling(self, at: Ints, offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which keys are looked up: those that are not common, and in a row that has no others all."""
        rare = ~self._common[at]
        in_row = np.diff(np.append(0, np.cumsum(rare))[offsets])
        telling: NDArray[np.bool_] = rare | np.repeat(in_row == 0, np.diff(offsets))
        return telling


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
