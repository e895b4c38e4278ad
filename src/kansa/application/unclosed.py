"""Which sources left a period without a closed window: since when, and the option that closes it.

Device time counts as used or idle only where a source has said that its files report in full. Where none has, the
answer has no denominator, and whoever reads files is the one who can give it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from kansa.application.coherence import CoherenceAnswer
from kansa.clock import format_instant, parse_instant
from kansa.dossier.report.findings.stretches import Interval, minus
from kansa.i18n import Words
from kansa.records.kinds.evidence import EvidenceSegment
from kansa.records.kinds.workload import WorkloadPlaced
from kansa.registers.use_columns import earliest_by_evidence
from kansa.texts.formats import time_text
from kansa.vault.vault import Vault

Reader = Literal["slurm", "table"]


@dataclass(frozen=True, slots=True)
class Unclosed:
    """A source of uses, the stretches of the period in which it closed no window, and whether it ever closed one."""

    source: str
    reader: Reader
    stretches: tuple[Interval, ...]
    ever: bool

    def as_json(self) -> dict[str, Any]:
        """Return it as `kansa coherence --json` lists it."""
        return {
            "source": self.source,
            "since": format_instant(self.stretches[0][0]),
            "stretches": [
                {"from": format_instant(low), "to": format_instant(high)} for low, high in self.stretches
            ],
            "ever_closed": self.ever,
            "close_with": self.option,
        }

    @property
    def option(self) -> str:
        """What to give when its files are read."""
        if self.reader == "slurm":
            return "kansa ingest slurm FILE --map OPTIONS --window FROM/TO"
        return "kansa ingest table FILE --map MAPPING --window FROM/TO"

    def said(self) -> Words:
        """Return one sentence: which source, since when, what closes it."""
        (low, high), more = self.stretches[0], len(self.stretches) - 1
        start, end = (Words(time_text(each, "en"), time_text(each, "ja")) for each in (low, high))
        place = Words("`window` in its options file", "オプションファイルの `window`")
        if self.reader == "table":
            place = Words("`window` with `scope` in its mapping", "マッピングの `window`（`scope` 付き）")
        further = Words(f" and in {more} further stretches", f"ほか {more} 区間") if more else Words("", "")
        return Words(
            f"`{self.source}` closed no window from {start.en} to {end.en}{further.en}, so that device time there is not "
            f"observed through it. If its files report on that time in full: `{self.option}`, or {place.en}.",
            f"`{self.source}` は {start.ja} から {end.ja} まで{further.ja}の期間を閉じていないため、"
            f"この情報源からはその間の機器時間を観測できていません。ファイルがその期間を漏れなく報告しているなら、"
            f"`{self.option}` または{place.ja}で閉じられます。",
        )


def unclosed(vault: Vault, answer: CoherenceAnswer) -> tuple[Unclosed, ...]:
    """Return the sources whose uses are in the answer, records or rows of segments, and that left time of its period open; by name."""
    begun = earliest_by_evidence(answer.tables.use)
    jobs = {key for (system, _), key in vault.directory().keys.items() if system.startswith("slurm:")}
    sources: dict[str, _Placed] = {}
    for index, record in vault.records():
        if index not in begun:
            continue
        if record.type == WorkloadPlaced.type:
            reader: Reader = "slurm" if record.data["workload_id"] in jobs else "table"
            found = record.source, reader, parse_instant(record.data["valid_from"])
        elif record.type == EvidenceSegment.type:
            found = str(record.data["system"]), "slurm", begun[index]
        else:
            continue
        sources[found[0]] = _together(_Placed(*found[1:]), sources.get(found[0]))
    windows: dict[str, list[Interval]] = defaultdict(list)
    for window in answer.tables.window:
        if window.valid_to is not None:
            windows[window.source].append((window.valid_from, window.valid_to))
    return tuple(_unclosed(sources, windows, (answer.start, answer.end)))


class _Placed(NamedTuple):
    """How the uses of a source are read, and when the first of them began."""

    reader: Reader
    begun: int


def _together(one: _Placed, other: _Placed | None) -> _Placed:
    if other is None:
        return one
    return _Placed("slurm" if "slurm" in (one.reader, other.reader) else "table", min(one.begun, other.begun))


def _unclosed(
    sources: Mapping[str, _Placed], windows: Mapping[str, list[Interval]], period: Interval
) -> Iterable[Unclosed]:
    for source, placed in sorted(sources.items()):
        closed = windows.get(source, [])
        start = max(period[0], min([placed.begun, *(low for low, _ in closed)]))
        stretches = tuple(minus((start, period[1]), closed)) if start < period[1] else ()
        if stretches:
            yield Unclosed(source, placed.reader, stretches, bool(closed))
