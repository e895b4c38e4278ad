"""Uses as a sequence that need not hold an object for each: what coherence asks of them, whoever keeps them how.

Uses of records are few and are rows. Uses of segments are read by the engine and stay columns; whoever walks over them
gets rows, one after another, made as they are asked for.
"""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from kansa.registers.rows import Use


class UseColumns(Sequence[Use]):
    """Uses that are kept as columns."""

    @abstractmethod
    def within(self, start: int, end: int, tenant: str | None, end_user: str | None) -> Sequence[Use]:
        """Return the uses of `[start, end)`, cut at its bounds, of one tenant, one end user, both, or of all."""

    @abstractmethod
    def named(self, ids: AbstractSet[str]) -> dict[str, Use]:
        """Return some uses by their ids."""

    @abstractmethod
    def by_subject(self) -> Mapping[str, Sequence[Use]]:
        """Return the uses by whom and what they concern, as `uses_by_subject.by_subject`."""

    @abstractmethod
    def workloads(self) -> Sequence[str]:
        """Return every workload of the uses that are kept as columns, in order."""

    @abstractmethod
    def columns(self, names: Sequence[str]) -> Any:
        """Return columns as an Arrow table."""

    @abstractmethod
    def units(self) -> set[str]:
        """Return every unit that is used."""

    @abstractmethod
    def earliest(self) -> int | None:
        """Return when the first begins."""

    @abstractmethod
    def latest_start(self) -> int | None:
        """Return when the last begins."""

    @abstractmethod
    def latest_end(self, far: int | None) -> int | None:
        """Return the latest end, of those that are not after `far`."""

    @abstractmethod
    def begun_by_evidence(self) -> Mapping[int, int]:
        """Return when the first use of each record or segment begins, by the index of its entry."""


def earliest(uses: Sequence[Use]) -> int | None:
    """Return when the first of some uses begins."""
    if isinstance(uses, UseColumns):
        return uses.earliest()
    return min(_known(uses), default=None)


def latest_start(uses: Sequence[Use]) -> int | None:
    """Return when the last of some uses begins."""
    if isinstance(uses, UseColumns):
        return uses.latest_start()
    return max(_known(uses), default=None)


def latest_end(uses: Sequence[Use], far: int | None = None) -> int | None:
    """Return the latest end of some uses, of those that are not after `far`."""
    if isinstance(uses, UseColumns):
        return uses.latest_end(far)
    ends = (use.end for use in uses if use.end is not None)
    return max((end for end in ends if far is None or end <= far), default=None)


def units_of(uses: Sequence[Use]) -> set[str]:
    """Return every unit of some uses."""
    return uses.units() if isinstance(uses, UseColumns) else {use.device_id for use in uses}


def earliest_by_evidence(uses: Sequence[Use]) -> Mapping[int, int]:
    """Return when the first use of each record or segment begins, by the index of its entry."""
    if isinstance(uses, UseColumns):
        return uses.begun_by_evidence()
    found: dict[int, int] = {}
    for use in uses:
        if use.evidence:
            found[use.evidence[0]] = min(use.start, found.get(use.evidence[0], use.start))
    return found


def by_id(uses: Sequence[Use], ids: Iterable[object]) -> dict[str, Use]:
    """Return those uses by their ids that are among some ids, and maybe others."""
    if isinstance(uses, UseColumns):
        return uses.named({str(each) for each in ids})
    return {use.use_id: use for use in uses}


def _known(uses: Sequence[Use]) -> list[int]:
    """Return when uses begin; rows from elsewhere may have nulls where rows of the registers have none."""
    starts: list[int | None] = [use.start for use in uses]
    return [start for start in starts if start is not None]
