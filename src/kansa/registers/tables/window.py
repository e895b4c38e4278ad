"""Windows: the stretches on which each source has reported in full. One group a source."""

from collections.abc import Iterable, Iterator

from kansa.records.journal import IndexedClaim, Journal
from kansa.records.kinds.workload import SourceReported
from kansa.records.validity import validity
from kansa.registers.tables.line import Line

TABLES = ("window",)


def affected_keys(noted: IndexedClaim, _journal: Journal) -> Iterable[str]:
    return [noted.source] if isinstance(noted.claim, SourceReported) else ()


def lines(key: str, journal: Journal) -> Iterator[Line]:
    for noted in journal.mentioning(key):
        if isinstance(noted.claim, SourceReported) and noted.claim.valid_to is not None:
            for scope in noted.claim.scope:
                yield Line("window", (key, scope, *validity(noted.claim)))
