"""Which pairs of forms can reach a value at all: a bound of what `alignment` says, for many pairs at once.

Aligning takes long, and most pairs are far apart. A value is at least `t` where what agrees is at least `t` times what
agrees or is left over. In this every word has a share of its own: one of weight `w` that is alike by `a` adds
`w * (a - t) / 2` and is not left over. The sum of the best that each word can do is the bound.

A word is equal to one of the other side, or alike in a piece that alignment would try, or has no part in what agrees.
Where words may mean the same others become neighbours, and some forms are compared by other rules: these pairs reach.
"""

from collections.abc import Iterable, Sequence
from itertools import chain, compress, islice

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from kansa.screening.matching.alignment import (
    LEFT_OVER_LISTED,
    LEFT_OVER_QUERY,
    NEIGHBOURS,
    SHORTEST,
    WHOLE,
    Weighed,
    latin_alike,
)
from kansa.screening.matching.vocabulary import Ints, TokenMatrix, Vocabulary

_FEW = 50
_ANOTHER_ORDER = 1e-9  # sums of the same numbers in another order differ by less
_AT_ONCE = 4096  # pairs; of two long names thousands of pieces are compared

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Texts = NDArray[np.object_]


class ScoreUpperBound:
    """Listed forms, ready to be bounded with forms that are asked for.

    Fewer than `few` pairs are not bounded but all said to reach, since aligning them takes no longer.
    """

    def __init__(self, listed: Iterable[Weighed], *, few: int = _FEW) -> None:
        self._few = few
        self._vocabulary = Vocabulary()
        self._listed = self._vocabulary.listed(listed)

    def rows(
        self, asked: Sequence[Weighed], near: Sequence[Sequence[int]], least: Sequence[float]
    ) -> list[Sequence[int]]:
        """For each form asked those listed forms of `near`, by number, whose value with it may be `least`."""
        counts = [len(rows) for rows in near]
        if sum(counts) < self._few:
            return list(near)
        laid = self._vocabulary.asked(asked)
        ours = np.repeat(np.arange(len(near)), counts)
        theirs = np.fromiter(chain.from_iterable(near), np.int64, len(ours))
        wanted = np.repeat(np.asarray(least, np.float64), counts)
        reached = [
            reaching(laid, self._listed, ours[part], theirs[part], wanted[part])
            for part in (slice(at, at + _AT_ONCE) for at in range(0, len(ours), _AT_ONCE))
        ]
        keep = iter(np.concatenate(reached).tolist())
        return [list(compress(rows, islice(keep, len(rows)))) for rows in near]


def reaching(asked: TokenMatrix, listed: TokenMatrix, ours: Ints, theirs: Ints, least: Floats) -> Bools:
    """Return whether the value of the asked form `ours[i]` and the listed form `theirs[i]` may be `least[i]`."""
    reached: Bools = ~(asked.plain[ours] & listed.plain[theirs])
    bounded = np.flatnonzero(~reached)
    if len(bounded):
        query, other = _Side(asked, ours[bounded]), _Side(listed, theirs[bounded])
        reached[bounded] = _reaching(query, other, least[bounded])
    return reached


def _reaching(query: "_Side", other: "_Side", least: Floats) -> Bools:
    equal = _shared(query.words(), other.words()), _shared(other.words(), query.words())
    query.raise_to(np.flatnonzero(equal[0]), 1.0)
    other.raise_to(np.flatnonzero(equal[1]), 1.0)
    mean_the_same = np.zeros(len(least), bool)
    meanings = query.meanings_left()
    mean_the_same[meanings[0][_shared(meanings, other.meanings_left())]] = True
    _find_alike(query, other)
    most = query.gain(least, LEFT_OVER_QUERY) + other.gain(least, LEFT_OVER_LISTED)
    whole = LEFT_OVER_QUERY * query.weight() + LEFT_OVER_LISTED * other.weight()
    reached: Bools = mean_the_same | (most >= (least - _ANOTHER_ORDER) * whole)
    return reached


Numbered = tuple[Ints, Ints]
"""Numbers, each of something in a pair: the pairs, and the numbers."""


class _Side:
    """One side of all pairs: its words, pair by pair, and how alike each may be to something on the other side."""

    def __init__(self, laid: TokenMatrix, forms: Ints) -> None:
        self._laid, self._forms = laid, forms
        self.pairs, self._places = _spread(laid.starts[forms], laid.starts[forms + 1])
        self._weights = laid.weights[self._places]
        self._best = np.zeros(len(self._places))

    def words(self) -> Numbered:
        return self.pairs, self._laid.numbers[self._places]

    def meanings_left(self) -> Numbered:
        """Return what words mean that have no equal."""
        starts = self._laid.meaning_starts
        pairs, places = _spread(starts[self._forms], starts[self._forms + 1])
        first = np.searchsorted(self.pairs, pairs) + self._laid.meant_by[places]
        left = self._best[first] == 0
        return pairs[left], self._laid.meanings[places[left]]

    def left(self) -> tuple[Ints, Texts]:
        """Words that have no equal, by their place in this side, and their texts."""
        left = np.flatnonzero(self._best == 0)
        return left, self._laid.texts[self._places[left]]

    def raise_to(self, words: Ints, likeness: Floats | float) -> None:
        """Words may be as alike as this, or more if that is known."""
        np.maximum.at(self._best, words, likeness)

    def weight(self) -> Floats:
        """Of all words of each pair."""
        return _summed(self.pairs, self._weights, len(self._forms))

    def gain(self, least: Floats, left_over: float) -> Floats:
        """Return the most that the words of each pair can add, over their being left over."""
        each = np.maximum(self._best / 2 + (left_over - 0.5) * least[self.pairs], 0)
        return _summed(self.pairs, self._weights * each * (self._best > 0), len(self._forms))


def _summed(pairs: Ints, values: Floats, count: int) -> Floats:
    """Values of words, together for each of `count` pairs."""
    summed: Floats = np.bincount(pairs, values, count).astype(np.float64)
    return summed


def _spread(starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Everything from each start to its end, in order: which of them it belongs to, and its place."""
    counts = ends - starts
    owners = np.repeat(np.arange(len(counts)), counts)
    return owners, np.arange(len(owners)) + np.repeat(starts - np.cumsum(counts) + counts, counts)


def _shared(some: Numbered, others: Numbered) -> Bools:
    """Return which of some numbers the others have in the same pair."""
    base = 1 + max(some[1].max(initial=0), others[1].max(initial=0))
    sought, there = some[0] * base + some[1], np.sort(others[0] * base + others[1])
    after = np.searchsorted(there, sought, "right")
    found: Bools = np.append(-1, there)[after] == sought
    return found


class _Pieces:
    """What alignment tries of a side: words that are left, neighbours among them as one, and all of them if they are few."""

    def __init__(self, side: _Side) -> None:
        self._side = side
        self._words, texts = side.left()
        pairs = side.pairs[self._words]
        together = np.bincount(pairs, minlength=1)[pairs]
        begins, joined = [], []
        for size in range(1, min(WHOLE, len(pairs)) + 1):
            begin = np.flatnonzero(pairs[: len(pairs) - size + 1] == pairs[size - 1 :])
            begin = begin if size <= NEIGHBOURS else begin[together[begin] == size]
            begins.append(begin)
            joined.append(sum((texts[begin + further] for further in range(1, size)), texts[begin]))
        begin = np.concatenate([*begins, np.zeros(0, np.int64)])
        order = np.argsort(pairs[begin], kind="stable")
        sizes = np.repeat(np.arange(1, len(begins) + 1), [len(one) for one in begins])
        self._begin, self._sizes = begin[order], sizes[order]
        self.pairs = pairs[self._begin]
        self.texts = np.concatenate([*joined, np.zeros(0, object)])[order]
        self.lengths = np.fromiter(map(len, self.texts), np.int64, len(order))

    def raise_to(self, pieces: Ints, likeness: Floats) -> None:
        """All words of pieces may be as alike as this."""
        for further in range(WHOLE):
            has = self._sizes[pieces] > further
            self._side.raise_to(self._words[self._begin[pieces[has]] + further], likeness[has])


def _find_alike(query: _Side, other: _Side) -> None:
    """Each piece with each of the other side; only what comes near by its letters is looked at as alignment does."""
    ours, theirs = _Pieces(query), _Pieces(other)
    mine, yours = _spread(
        np.searchsorted(theirs.pairs, ours.pairs, "left"), np.searchsorted(theirs.pairs, ours.pairs, "right")
    )
    a, b = ours.lengths[mine], theirs.lengths[yours]
    as_long = np.minimum(a, b) >= SHORTEST * np.maximum(a, b)
    mine, yours = mine[as_long], yours[as_long]
    shares = process.cpdist(
        ours.texts[mine], theirs.texts[yours], scorer=OSA.normalized_similarity, score_cutoff=SHORTEST
    )
    mine, yours = mine[shares > 0], yours[shares > 0]
    alike = map(latin_alike, ours.texts[mine], theirs.texts[yours])
    likeness = np.array([likeness for likeness, _ in alike], np.float64)
    ours.raise_to(mine, likeness)
    theirs.raise_to(yours, likeness)
