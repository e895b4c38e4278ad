"""Sparse matrices by rows as plain arrays, and their product: a kept index is read, and one query answered, without scipy."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kansa.lazy_imports import lazy_imports

with lazy_imports():
    from scipy import sparse  # type: ignore[import-untyped]

Floats = NDArray[np.float32]
Ints = NDArray[Any]
Offsets = NDArray[np.int64]


class Sparse(NamedTuple):
    """A sparse matrix by rows, as its arrays: reading a kept one needs no scipy."""

    data: Floats
    indices: Ints
    indptr: Offsets
    shape: tuple[int, int]

    def matrix(self) -> "sparse.csr_matrix":
        """Return it as scipy's."""
        return sparse.csr_matrix((self.data, self.indices, self.indptr), shape=self.shape)


def laid(matrix: "sparse.csr_matrix") -> Sparse:
    """Return scipy's matrix as its arrays."""
    return Sparse(matrix.data, matrix.indices, matrix.indptr, matrix.shape)


def product(asked: Sparse, by_key: Sparse) -> tuple[Offsets, Ints, Floats]:
    """Return row, column and value of what is not empty in a product.

    Few rows are added up key by key in the order, and in the precision, in which scipy adds: one query is over before scipy is imported.
    """
    if asked.shape[0] > _FEW_ROWS:
        whole = asked.matrix() @ by_key.matrix()
        counts = np.diff(whole.indptr)
        return np.repeat(np.arange(len(counts)), counts), whole.indices, whole.data
    rows, columns, values = [], [], []
    for row in range(asked.shape[0]):
        sums = np.zeros(by_key.shape[1], np.float32)
        for at in range(asked.indptr[row], asked.indptr[row + 1]):
            key = asked.indices[at]
            there = slice(by_key.indptr[key], by_key.indptr[key + 1])
            sums[by_key.indices[there]] += asked.data[at] * by_key.data[there]
        found = np.flatnonzero(sums)
        rows.append(np.full(len(found), row))
        columns.append(found)
        values.append(sums[found])
    nothing = np.zeros(0, np.int64)
    return (
        np.concatenate([nothing, *rows]),
        np.concatenate([nothing, *columns]),
        np.concatenate([np.zeros(0, np.float32), *values]),
    )


_FEW_ROWS = 16
