"""Many parties on several processes, which share what is searched by forking; answers come back in the order asked."""

import gc
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, NamedTuple, Protocol

from kansa.screening.entry import Entry, Profile
from kansa.screening.matching.search import Hit, Search


class Searched(Protocol):
    """What is shared."""

    @property
    def entries(self) -> Sequence[Entry]:
        """What hits are of, by number."""
        ...

    def search_together(self, parties: Sequence[Profile], *, threshold: float, limit: int) -> list[Search]:
        """Return the answer for each party."""
        ...


class _Sent(NamedTuple):
    """A search on its way between processes: both have the entries, so that their numbers are enough."""

    hits: tuple[tuple[Any, ...], ...]
    keys: tuple[Mapping[str, Any], ...]
    blocked: int
    cut_off: bool
    more: int
    not_asked: int


class _Shared(NamedTuple):
    """What a process inherits; `numbers` are those of entries, by their place in memory."""

    searched: Searched
    numbers: Mapping[int, int]
    threshold: float
    limit: int


_inherited: list[_Shared] = []  # a forked process finds the index here instead of in a pickle


def possible() -> bool:
    """Tell whether this system forks."""
    return "fork" in multiprocessing.get_all_start_methods()


def search(
    searched: Searched, chunks: Iterable[list[Profile]], *, threshold: float, limit: int, processes: int
) -> Iterator[Search]:
    """`search_together` for each chunk, on so many processes."""
    numbers = {id(entry): number for number, entry in enumerate(searched.entries)}
    shared = _Shared(searched, numbers, threshold, limit)
    _inherited.append(shared)
    gc.freeze()  # what is shared stays shared: the collector writes into whatever it visits
    try:
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(processes, mp_context=context) as pool:
            waiting: deque[Future[list[_Sent]]] = deque()
            for chunk in chunks:
                waiting.append(pool.submit(_search_chunk, chunk))
                if len(waiting) > 2 * processes:
                    yield from _received(waiting.popleft(), searched)
            while waiting:
                yield from _received(waiting.popleft(), searched)
    finally:
        gc.unfreeze()
        _inherited.remove(shared)


def _search_chunk(parties: list[Profile]) -> list[_Sent]:
    searched, numbers, threshold, limit = _inherited[-1]
    return [
        _Sent(
            tuple((numbers[id(hit.entry)], *_but_entry(hit)) for hit in found.hits),
            found.keys,
            found.blocked,
            found.cut_off,
            found.more,
            found.not_asked,
        )
        for found in searched.search_together(parties, threshold=threshold, limit=limit)
    ]


def _but_entry(hit: Hit) -> tuple[Any, ...]:
    return hit.asked, hit.listed, hit.score, hit.reasons, hit.parts


def _received(answers: Future[list[_Sent]], searched: Searched) -> Iterator[Search]:
    for sent in answers.result():
        hits = tuple(Hit(searched.entries[number], *rest) for number, *rest in sent.hits)
        yield Search(hits, *sent[1:])
