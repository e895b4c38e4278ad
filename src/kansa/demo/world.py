"""Writes the fictional operator's files, and the order in which they came to be known."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kansa.clock import DAY, MICROSECONDS
from kansa.demo import accounting, feed, fleet, load, plan
from kansa.demo.instants import END, START, jst, local, second
from kansa.demo.plan import Workload
from kansa.demo.sheets import Sheet, as_csv, by_recorded, delivered, mapping, sheet
from kansa.demo.workbook import as_workbook

ORIGIN = "hokuto.example/kansa/evidence"
OPERATOR: Mapping[str, str] = {"ja": "北斗クラウド", "en": "Hokuto Cloud"}
SLUG = "hokuto"
"""The operator in the names of its sources, `urn:kansa:hokuto:...`."""

_MINUTE = 60 * MICROSECONDS


@dataclass(frozen=True, slots=True)
class Step:
    """One ingest: at a simulated instant, files of one source under a mapping (or options) file."""

    instant: int
    source: Literal["table", "slurm"]
    map: Path
    paths: tuple[Path, ...]
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Script:
    """How the operator's evidence came to be: steps in order of time, and the period that is asked about."""

    origin: str
    operator: str
    names: Mapping[str, str]
    start: int
    end: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Register:
    """A sheet that people or systems keep: how it is delivered, and what it is called."""

    name: str
    ja: str
    en: str
    form: Literal["csv", "csv in cp932", "xlsx"] = "csv"

    def content(self, rows: Sheet) -> bytes:
        """Return the file's bytes."""
        plain = [delivered(row) for row in rows]
        if self.form == "xlsx":
            return as_workbook(plain)
        return as_csv(plain).encode("utf-8" if self.form == "csv" else "cp932")


_REGISTERS = (
    _Register("sites", "サイト台帳", "register of sites"),
    _Register("parties", "取引先台帳", "parties", "csv in cp932"),
    _Register("classifications", "該非判定", "item classifications"),
    _Register("contracts", "契約台帳", "contracts", "xlsx"),
    _Register("responsibilities", "責任分担表", "responsibilities", "csv"),
    _Register("authorizations", "許可・許可例外・許可不要判定", "licences, exceptions and determinations"),
    _Register("inventory", "資産台帳", "device inventory"),
    _Register("moves", "受領・移動の記録", "receipts and movements"),
    _Register("sightings", "棚卸し", "stocktaking"),
    _Register("paths", "接続経路の承認", "approvals of access paths"),
    _Register("switches", "接続経路の開通と一時設定", "access paths switched on"),
    _Register("verifications", "需要者確認", "verifications of end users"),
    _Register("clearances", "取引審査の判断", "clearances"),
)
_PER_DEVICE = {"moves", "sightings"}

_Export = tuple[str, str]

_ISHIKARI = tuple((f"2026-01-{day:02d} 00:00", f"2026-01-{day + 1:02d} 00:00") for day in range(1, 15))
_KITAKYUSHU = (
    ("2026-01-01 00:00", "2026-01-03 00:00"),
    ("2026-01-03 00:00", "2026-01-05 00:00"),
    ("2026-01-05 00:00", "2026-01-07 00:00"),
    ("2026-01-07 00:00", "2026-01-09 00:00"),
    ("2026-01-09 00:00", "2026-01-10 12:00"),
    ("2026-01-10 18:00", "2026-01-12 00:00"),
    ("2026-01-12 00:00", "2026-01-14 00:00"),
    ("2026-01-14 00:00", "2026-01-15 00:00"),
)
_LOST = ("2026-01-10 12:00", "2026-01-10 18:00")
"""The export that was never made; in a world without the case `accounting_missing` it was."""


def write(directory: Path, *, without: Collection[str] = (), ordinary: bool = True) -> Script:
    """Write the operator's files; the same bytes every time.

    Args:
        directory: is made if it does not exist; files in it are overwritten.
        without: ids of planted cases (`cases.CASES`) that the world is to lack.
        ordinary: whether there is any load beside the workloads that the cases need.
    """
    directory.mkdir(parents=True, exist_ok=True)
    given = plan.anchors(without)
    workloads = (*given, *load.ordinary(given)) if ordinary else given
    written = _Writing(directory)
    steps = [
        *written.registers(without),
        *written.ishikari([w for w in workloads if w.source == "ishikari"]),
        *written.kitakyushu([w for w in workloads if w.source == "kitakyushu"], without),
        *written.orchestrator([w for w in workloads if w.source == "orchestrator"]),
    ]
    ordered = tuple(sorted(steps, key=lambda step: step.instant))
    return Script(ORIGIN, SLUG, OPERATOR, START, END, ordered)


class _Writing:
    """Puts files into the directory and gives the steps that read them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def registers(self, without: Collection[str]) -> Iterator[Step]:
        for register in _REGISTERS:
            map_path = self._put(f"{register.name}.yaml", mapping(register.name))
            for stamp, rows in by_recorded(_rows(register.name, without)):
                day = local(jst(stamp), "%Y-%m-%dT%H%M")
                name = f"{register.name}-{day}.{'xlsx' if register.form == 'xlsx' else 'csv'}"
                path = self._put(name, register.content(rows))
                title = {"ja": register.ja, "en": register.en}
                yield Step(jst(stamp), "table", map_path, (path,), title)

    def ishikari(self, jobs: list[Workload]) -> Iterator[Step]:
        title = {"ja": "石狩のジョブ記録", "en": "Ishikari's accounting"}
        for export in _ISHIKARI:
            held, end = accounting.active(jobs, *_seconds(export)), _seconds(export)[1]
            text = accounting.as_json("hokuto-ishikari", "h100", held, end)
            yield self._slurm("ishikari", export, text, title)

    def kitakyushu(self, jobs: list[Workload], without: Collection[str]) -> Iterator[Step]:
        title = {"ja": "北九州のジョブ記録", "en": "Kitakyushu's accounting"}
        for export in sorted([*_KITAKYUSHU, _LOST]) if "accounting_missing" in without else _KITAKYUSHU:
            held, end = accounting.active(jobs, *_seconds(export)), _seconds(export)[1]
            text = accounting.as_text("hokuto-kitakyushu", held, end)
            yield self._slurm("kitakyushu", export, text, title)

    def orchestrator(self, workloads: list[Workload]) -> Iterator[Step]:
        map_path = self._put("orchestrator.yaml", mapping("orchestrator"))
        for start in range(START, END, DAY):
            day = local(start, "%Y-%m-%d")
            text = feed.as_lines(workloads, second(start), second(start + DAY))
            path = self._put(f"orchestrator-{day}.jsonl", text)
            title = {"ja": "配置システムの通知", "en": "the orchestrator's feed"}
            yield Step(start + DAY + 20 * _MINUTE, "table", map_path, (path,), title)

    def _slurm(self, cluster: str, export: _Export, text: str, title: Mapping[str, str]) -> Step:
        begun, ended = export
        name = f"slurm-{cluster}-{local(jst(begun), '%Y-%m-%dT%H')}"
        window = f"window: {{from: {_offset(begun)}, to: {_offset(ended)}}}\n"
        options = self._put(f"{name}.yaml", mapping(f"slurm-{cluster}") + window)
        path = self._put(f"{name}.{'json' if text.startswith('{') else 'txt'}", text)
        return Step(jst(ended) + 30 * _MINUTE, "slurm", options, (path,), title)

    def _put(self, name: str, content: str | bytes) -> Path:
        path = self.directory / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


def _rows(name: str, without: Collection[str]) -> Sheet:
    if name == "inventory":
        return fleet.inventory()
    return fleet.per_device(name, without) if name in _PER_DEVICE else sheet(name, without)


def _seconds(export: _Export) -> tuple[int, int]:
    return second(jst(export[0])), second(jst(export[1]))


def _offset(stamp: str) -> str:
    return local(jst(stamp), "%Y-%m-%dT%H:%M:%S+09:00")
