"""How fast is coherence on tables: one day of accelerator uses, against a scan and a sort of the same uses.

    python benchmarks/coherence.py --uses 10_000_000 [--worlds integer text known] [--write]

Every line is a process of its own, so that its peak memory is its own, and all lines are measured in one run on the
same files, so that their ratios mean something on a noisy machine. The sort is what any formulation that orders the
uses would pay at the least: read all columns, order by unit and start, keep the result in memory.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from kansa.coherence.assess import assess_tables
from kansa.coherence.facts import FACTS

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.skewed_worlds import World, write_world
from benchmarks.written import write

THREADS = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is measured: its name, the world it reads, and what it is divided by."""

    name: str
    world: str
    says: str
    bar: float | None = None


LINES = (
    Line("scan", "integer", "bare scan of the uses"),
    Line("sort", "integer", "scan + one sort of the uses"),
    Line("gaps", "integer", "gaps, integer ids", 2.5),
    Line("late", "integer", "gaps and late, integer ids", 4.5),
    Line("known", "known", "gaps and how known, integer ids"),
    Line("why", "integer", "gaps and why, integer ids"),
    Line("balance", "integer", "gaps and balance by device, integer ids"),
    Line("scan", "text", "bare scan, 30-character ids"),
    Line("sort", "text", "scan + one sort, 30-character ids"),
    Line("gaps", "text", "gaps, 30-character ids", 1.5),
)
BARS_FROM = 10_000_000  # uses; below, what starts and ends a question weighs more than the question
WORLDS = ("integer", "text", "known")


def scan(world: Path, _: Path) -> None:
    """Decode every column of every use; a sum of hashes keeps statistics from answering instead."""
    with duckdb.connect(config={"threads": THREADS}) as connection:
        connection.execute(
            f"SELECT sum(CAST(hash(u) AS HUGEINT)) FROM (SELECT u FROM '{world}/use.parquet' AS u)"
        ).fetchall()


def sort(world: Path, spill: Path) -> None:
    """Order the uses by unit and start and keep them."""
    with duckdb.connect(config={"threads": THREADS, "temp_directory": str(spill)}) as connection:
        connection.execute(
            f"CREATE TEMP TABLE sorted AS SELECT * FROM '{world}/use.parquet' ORDER BY device_id, start"
        )


def gaps(world: Path, spill: Path) -> Any:
    """Exact gap segments to a file."""
    return assess_tables(
        world, spill / "gap.parquet", threads=THREADS, memory_limit=MEMORY_LIMIT, spill=spill
    ).as_json()


def late(world: Path, spill: Path) -> Any:
    """Exact gap and late segments to files."""
    return assess_tables(
        world,
        spill / "gap.parquet",
        late=spill / "late.parquet",
        threads=THREADS,
        memory_limit=MEMORY_LIMIT,
        spill=spill,
    ).as_json()


def why(world: Path, spill: Path) -> Any:
    """Exact gap segments and the reasons for them to files."""
    return assess_tables(
        world,
        spill / "gap.parquet",
        why=spill / "why.parquet",
        threads=THREADS,
        memory_limit=MEMORY_LIMIT,
        spill=spill,
    ).as_json()


def balance(world: Path, spill: Path) -> Any:
    """Exact gap segments and the device time of every device to files."""
    whole = spill / "whole"
    whole.mkdir()
    for path in (*world.glob("*.parquet"), *world.glob("inventory/*.parquet")):
        (whole / path.name).symlink_to(path.absolute())
    return assess_tables(
        whole,
        spill / "gap.parquet",
        balance=spill / "balance.parquet",
        balance_by="device",
        threads=THREADS,
        memory_limit=MEMORY_LIMIT,
        spill=spill,
    ).as_json()


MEMORY_LIMIT = "800MB"  # of the engine; the process needs about 0.1 GB besides
MEASURED: Mapping[str, Callable[[Path, Path], Any]] = {
    "scan": scan,
    "sort": sort,
    "gaps": gaps,
    "late": late,
    "known": gaps,
    "why": why,
    "balance": balance,
}


def measure(name: str, world: Path) -> None:
    """Run one thing in this process and print what it took as JSON."""
    with tempfile.TemporaryDirectory() as spill:
        began, cpu = time.perf_counter(), _cpu()
        told = MEASURED[name](world, Path(spill))
        took = {
            "seconds": time.perf_counter() - began,
            "cpu": _cpu() - cpu,
            "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        }
    print(json.dumps(took | ({"gaps": told["gaps"], "uses": told["uses"]} if told else {})))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def worlds(uses: int, folder: Path, names: Sequence[str]) -> Mapping[str, Path]:
    """Write, unless they are there, the same world with integer ids, with text ids, and with how it is known."""
    made = {name: folder / f"{uses}-{name}" for name in names}
    for name, path in made.items():
        if not (path / "done").exists():
            # In a process of its own: a child's peak memory begins with its parent's.
            subprocess.run(
                [sys.executable, __file__, "--uses", str(uses), "--make", name, "--world", str(path)],
                check=True,
            )
    return made


def run(uses: int, folder: Path, names: Sequence[str], repeat: int) -> list[tuple[Line, dict[str, float]]]:
    """Measure every line `repeat` times, one after the other, and keep the fastest of each."""
    made = worlds(uses, folder, names)
    best: dict[Line, dict[str, float]] = {}
    for _ in range(repeat):
        for line in (line for line in LINES if line.world in made):
            command = [sys.executable, __file__, "--measure", line.name, "--world", str(made[line.world])]
            took = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            if line not in best or took["seconds"] < best[line]["seconds"]:
                best[line] = took
    return list(best.items())


def table(taken: list[tuple[Line, dict[str, float]]], uses: int) -> str:
    """The measurements as a Markdown table."""
    by = {(line.name, line.world): took["seconds"] for line, took in taken}
    sort_cpu = {line.world: took["cpu"] for line, took in taken if line.name == "sort"}
    rows = [
        f"{uses:,} uses, {len(FACTS)} facts, {THREADS} threads; the engine's memory limit is {MEMORY_LIMIT}.",
        "",
        "| | seconds | uses/s | to a scan + sort of the same uses | to a bare scan | CPU s | CPU to a scan + sort | peak GB | bar |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for line, took in taken:
        same = "text" if line.world == "text" else "integer"
        ratio = took["seconds"] / by["sort", same]
        barred = line.bar is not None and uses >= BARS_FROM
        bar = f"≤ {line.bar}: {'met' if ratio <= (line.bar or 0) else 'missed'}" if barred else ""
        if (line.name, line.world) == ("gaps", "text") and ("gaps", "integer") in by:
            bar += f" ({took['seconds'] / by['gaps', 'integer']:.2f} of integer ids)"
        rows.append(
            f"| {line.says} | {took['seconds']:.2f} | {uses / took['seconds'] / 1e6:.2f}M | {ratio:.2f} "
            f"| {took['seconds'] / by['scan', same]:.1f} | {took['cpu']:.1f} | {took['cpu'] / sort_cpu[same]:.2f} "
            f"| {took['gigabytes']:.2f} | {bar} |"
        )
    return "\n".join(rows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--uses", type=int, default=10_000_000)
    parser.add_argument("--repeat", type=int, default=2, help="keep the fastest of so many runs of each line")
    parser.add_argument("--folder", type=Path, help="keep the worlds here for the next run")
    parser.add_argument("--worlds", nargs="+", choices=WORLDS, default=WORLDS)
    parser.add_argument(
        "--write", action="store_true", help="write the table into docs/benchmarks/coherence.md"
    )
    parser.add_argument("--measure", choices=MEASURED, help=argparse.SUPPRESS)
    parser.add_argument("--make", help=argparse.SUPPRESS)
    parser.add_argument("--world", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        measure(given.measure, given.world)
        return
    if given.make:
        write_world(
            World(given.uses, text=given.make == "text", known=given.make == "known"),
            given.world,
            threads=THREADS,
        )
        (given.world / "done").touch()
        return
    with tempfile.TemporaryDirectory() as scratch:
        taken = run(given.uses, given.folder or Path(scratch), given.worlds, given.repeat)
    found = table(taken, given.uses)
    print(found)
    if given.write:
        write("coherence.md", f"uses.{given.uses}", found)


if __name__ == "__main__":
    main()
