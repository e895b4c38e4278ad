"""Which listed forms are worth comparing with a form: cosine of weighted keys, over a sparse matrix in memory.

The best `KEPT` forms by cosine are compared, those beyond the first `ALWAYS` only if they are at least `NEAR`; all
others are counted: how many were at least `FAINT`, how many of these were cut, and how near the best of the cut came.
"No hit" rests on these numbers. Keys that more than `COMMON` of the forms have are not looked up, as in any index of
words; a form that has only such keys is looked up by them all.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]

KEPT = 30
ALWAYS = 5
NEAR = 0.25
FAINT = 0.1
COMMON = 0.05
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

    def __init__(self, keys: Sequence[Keys], codes: Sequence[int]) -> None:
        counts = Counter(key for one in keys for key in one)
        self._places = {key: place for place, key in enumerate(counts)}
        total = max(len(keys), 1)
        frequency = np.fromiter(counts.values(), dtype=np.float64, count=len(counts))
        self._tells = np.log((total + 1) / frequency).astype(np.float32)
        self._common = frequency > max(COMMON * total, KEPT)
        self._codes = np.asarray(codes, dtype=np.int16)
        self._by_key = self._matrix(keys, drop_common=False).T.tocsr()
        self._by_key.sort_indices()

    def __len__(self) -> int:
        return len(self._codes)

    def near(
        self, keys: Sequence[Keys], allowed: Sequence[NDArray[np.bool_]], kept: int = KEPT
    ) -> Iterator[Near]:
        """For each form's keys the nearest listed forms whose code is allowed (an array over codes)."""
        for start in range(0, len(keys), _CHUNK):
            asked = self._matrix(keys[start : start + _CHUNK], drop_common=True)
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

    def _matrix(self, keys: Sequence[Keys], *, drop_common: bool) -> sparse.csr_matrix:
        """One row for each form, of length 1 before common keys are dropped. Keys that no listed form has are passed over."""
        places: list[int] = []
        weights: list[float] = []
        starts, lengths = [0], []
        for one in keys:
            square = 0.0
            row: list[tuple[int, float]] = []
            for key, weight in one.items():
                place = self._places.get(key)
                if place is None:
                    continue
                tells = weight * float(self._tells[place])
                square += tells * tells
                row.append((place, tells))
            if drop_common and any(not self._common[place] for place, _ in row):
                row = [(place, tells) for place, tells in row if not self._common[place]]
            places += [place for place, _ in row]
            weights += [tells for _, tells in row]
            starts.append(len(places))
            lengths.append(square**0.5 or 1.0)
        matrix = sparse.csr_matrix(
            (np.asarray(weights, np.float32), np.asarray(places, np.int32), np.asarray(starts, np.int32)),
            shape=(len(keys), len(self._tells)),
        )
        matrix.data /= np.repeat(np.asarray(lengths, np.float32), np.diff(matrix.indptr))
        return matrix
