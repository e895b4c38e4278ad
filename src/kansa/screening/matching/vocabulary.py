"""The words and meanings of many forms, one after the other and in numbers: for arithmetic on all of them at once."""

from collections.abc import Callable, Iterable
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kansa.screening.matching.alignment import Weighed
from kansa.screening.names.form import Form

Ints = NDArray[np.int64]
LONGEST = 16
"""Words of a form that is plain; what is compared for a form grows with their square."""


class TokenMatrix(NamedTuple):
    """Forms laid out. The words of form `i` are those from `starts[i]` to `starts[i + 1]`, and likewise its meanings.

    `meant_by` is the first of the words that mean something, counted within their form; `plain` says of forms that
    they are as written in letters that are not Arabic, without initials, with no more than `LONGEST` words and none twice.
    """

    starts: Ints
    texts: NDArray[np.object_]
    numbers: Ints
    weights: NDArray[np.float64]
    meaning_starts: Ints
    meanings: Ints
    meant_by: Ints
    plain: NDArray[np.bool_]


class Vocabulary:
    """Numbers of the words and meanings that are listed. What is not listed has a number of its own each time."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def listed(self, weighed: Iterable[Weighed]) -> TokenMatrix:
        """Listed forms laid out, in order."""
        return _laid(weighed, lambda text: self._numbers.setdefault(text, len(self._numbers)))

    def asked(self, weighed: Iterable[Weighed]) -> TokenMatrix:
        """Forms that are looked for laid out, in order."""
        unknown = count(len(self._numbers))
        return _laid(weighed, lambda text: self._numbers.get(text, next(unknown)))


def _laid(weighed: Iterable[Weighed], number: Callable[[str], int]) -> TokenMatrix:
    texts: list[str] = []
    weights: list[float] = []
    meanings: list[str] = []
    meant_by: list[int] = []
    plain: list[bool] = []
    starts, meaning_starts = [0], [0]
    for form, own_weights in weighed:
        plain.append(_plain(form))
        texts += form.texts
        weights += own_weights
        starts.append(len(texts))
        for span in form.spans:
            meanings += span.means
            meant_by += [span.at[0]] * len(span.means)
        meaning_starts.append(len(meanings))
    return TokenMatrix(
        np.array(starts),
        np.array(texts, np.object_),
        np.fromiter(map(number, texts), np.int64, len(texts)),
        np.array(weights, np.float64),
        np.array(meaning_starts),
        np.fromiter(map(number, meanings), np.int64, len(meanings)),
        np.array(meant_by, np.int64),
        np.array(plain, np.bool_),
    )


def _plain(form: Form) -> bool:
    if form.way != "written" or form.arabic or any(word.kind == "initial" for word in form.words):
        return False
    return len(set(form.texts)) == len(form.texts) <= LONGEST
