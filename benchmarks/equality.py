"""Do independent formulations say the same, row for row, and how long does each need: written by the run.

    python benchmarks/equality.py [--uses 1_000_002] [--sweep 100_000] [--write]

The stages on DuckDB, the plain sweep in Python (at a size that it can do) and multiranges in PostgreSQL answer the
same tables, in which half of all evidence stands twice and again with an earlier end, since ties have given wrong
answers at scale and at no other size. Not counted: loading PostgreSQL, and making rows for the sweep; DuckDB reads
its Parquet files and writes its answer inside the time that is shown. The exit code is 1 if any row differs.
"""

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from kansa.coherence.assess import assess_tables
from kansa.coherence.sweep import sweep
from kansa.registers import rows

if sys.path[0] == str(
    Path(__file__).parent
):  # run as a script: `coherence` would be the benchmark beside this one
    sys.path.remove(sys.path[0])
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.skewed_worlds import DAWN, DAY, HOUR, World, write_world
from benchmarks.written import write

from coherence import postgres

Row = tuple[Any, ...]

THREADS = 2
EVIDENCE = {
    "identity": rows.Identity,
    "access": rows.Access,
    "custody": rows.Custody,
    "authorization": rows.Authorization,
}
LINKS = {"authorization_item": rows.AuthorizationItem, "authorization_site": rows.AuthorizationSite}


def tied_world(uses: int, directory: Path, *, text: bool = False, pieces: bool = False) -> None:
    """Write a benchmark's world in which half of all evidence rows stand again, exactly and with an earlier end.

    With `pieces`, custody is told in records of six hours, 4 % of them missing, so that no representative covers a
    use and all of its evidence has to be joined. Only then do ties meet in numbers: islands built without regard to
    them, in a copy of the engine, were wrong here on every run, and right on every run without pieces.
    """
    write_world(World(uses, text=text), directory, threads=THREADS)
    with duckdb.connect(config={"threads": THREADS}) as connection:
        for name in EVIDENCE:
            path, tied = directory / f"{name}.parquet", directory / f"{name}.tied"
            told = _in_pieces(path) if pieces and name == "custody" else f"FROM '{path}'"
            connection.execute(
                f"""COPY (
                    WITH told AS ({told}), again AS (FROM told WHERE hash(told) % 2 = 0)
                    FROM told UNION ALL FROM again UNION ALL
                    SELECT * REPLACE (valid_from + (coalesce(valid_to, valid_from + {DAY}) - valid_from) // 2 AS valid_to)
                    FROM again) TO '{tied}' (FORMAT parquet)"""
            )
            tied.replace(path)


def _in_pieces(path: Path) -> str:
    length = 6 * HOUR
    return f"""
        SELECT told.* REPLACE (greatest(valid_from, piece) AS valid_from,
                               least(coalesce(valid_to, piece + {length}), piece + {length}) AS valid_to)
        FROM '{path}' AS told, range({DAWN}, {DAWN + 6 * length}, {length}) AS pieces(piece)
        WHERE valid_from < piece + {length} AND (valid_to IS NULL OR valid_to > piece) AND hash(device_id, piece) % 25 <> 0"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one formulation said, in order of use and start, and what it took: seconds, and seconds of processors."""

    formulation: str
    gaps: Sequence[Row]
    late: Sequence[Row]
    seconds: float
    cpu: float
    remark: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of all rows as text, one a line."""
        told = hashlib.sha256()
        for kind in (self.gaps, self.late):
            told.update("\n".join(",".join(map(str, row)) for row in kind).encode() + b"\n\n")
        return told.hexdigest()


class Formulation(Protocol):
    """Answers gaps, or gaps and late."""

    def __call__(self, *, late: bool) -> Answer: ...


def staged(world: Path, scratch: Path) -> Formulation:
    """The engine as users run it, files to files."""

    def answer(*, late: bool) -> Answer:
        gaps, lates = scratch / "gap.parquet", scratch / "late.parquet"
        began, cpu = time.perf_counter(), time.process_time()
        assess_tables(world, gaps, late=lates if late else None, threads=THREADS, spill=scratch)
        took = time.perf_counter() - began, time.process_time() - cpu
        return Answer("stages on DuckDB", _read(gaps), _read(lates) if late else [], *took)

    return answer


def _read(path: Path) -> list[Row]:
    table = pq.read_table(path)
    columns = [
        column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column for column in table.columns
    ]
    return list(zip(*(column.to_pylist() for column in columns), strict=True))


def swept(world: Path) -> Formulation:
    """The verifier's plain Python; it always assesses both."""
    tables = _rows(world)

    def answer(*, late: bool) -> Answer:
        began, cpu = time.perf_counter(), time.process_time()
        told = sweep(tables)
        took = time.perf_counter() - began, time.process_time() - cpu
        return Answer("plain sweep in Python", told.gaps, told.late if late else [], *took)

    return answer


def _rows(world: Path) -> rows.Tables:
    def read(name: str) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = pq.read_table(world / f"{name}.parquet").to_pylist()
        return listed

    # The world says nothing of workloads and of how things are known, and has no references.
    silent: dict[str, Any] = {"known_by": None, "evidence": ()}
    evidence: Mapping[str, Callable[..., Any]] = EVIDENCE
    links: Mapping[str, Callable[..., Any]] = LINKS
    tables: dict[str, Any] = {
        "use": tuple(rows.Use(**one, workload_id="", **silent) for one in read("use")),
        **{name: tuple(kind(**one, **silent) for one in read(name)) for name, kind in evidence.items()},
        **{name: tuple(kind(**one) for one in read(name)) for name, kind in links.items()},
    }
    return rows.Tables(**tables)


def multiranges(world: Path, stack: ExitStack) -> Formulation | None:
    """A server of its own with the tables loaded; None if none is installed."""
    programs = postgres.find_server()
    if programs is None:
        return None
    connection = stack.enter_context(postgres.server(programs, processes=THREADS))
    began = time.perf_counter()
    postgres.load(connection, world)
    loading = time.perf_counter() - began
    name = f"multiranges in PostgreSQL {connection.info.server_version // 10_000}"

    def answer(*, late: bool) -> Answer:
        steps: dict[str, float] = {}
        began, cpu = time.perf_counter(), postgres.processor_seconds(connection)
        told = postgres.ask(connection, postgres.Asked(late=late), steps.__setitem__)
        took = time.perf_counter() - began, postgres.processor_seconds(connection) - cpu
        spread = steps["used_basis"] + steps["authorization_version"]
        remark = (
            f"{spread:.1f} s to spread authorizations over what is used; not counted: {loading:.1f} s to load"
        )
        return Answer(name, told.gaps, told.late, *took, remark)

    return answer


def fastest(formulations: Sequence[Formulation], *, late: bool, repeat: int) -> list[Answer]:
    """All take turns, so that a machine that others use as well disturbs all alike."""
    best: dict[str, Answer] = {}
    for _ in range(repeat):
        for formulation in formulations:
            answer = formulation(late=late)
            before = best.get(answer.formulation, answer)
            if (answer.gaps, answer.late) != (before.gaps, before.late):
                raise SystemExit(f"{answer.formulation} said two things of the same tables")
            best[answer.formulation] = min(before, answer, key=_seconds)
    return list(best.values())


def _seconds(answer: Answer) -> float:
    return answer.seconds


@dataclass(frozen=True, slots=True)
class Compared:
    """The answers to one question of one world."""

    uses: int
    world: str
    late: bool
    answers: Sequence[Answer]


def compare(uses: int, *, pieces: bool, with_sweep: bool, repeat: int) -> Iterator[Compared]:
    """Both questions of one world of about so many uses."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        world, scratch = Path(folder) / "world", Path(folder) / "scratch"
        scratch.mkdir()
        tied_world(uses, world, pieces=pieces)
        made = [staged(world, scratch), multiranges(world, stack), swept(world) if with_sweep else None]
        formulations = [one for one in made if one is not None]
        written = pq.read_metadata(world / "use.parquet").num_rows
        for late in (False, True):
            answers = fastest(formulations, late=late, repeat=repeat)
            yield Compared(written, "custody in pieces" if pieces else "a day", late, answers)


def lines(compared: Compared) -> Iterator[str]:
    """The rows of the table for one question; the first answer is what the others are held against."""
    first = compared.answers[0]
    for answer in compared.answers:
        same = _rows_of(answer) == _rows_of(first)
        told = [f"{len(kind):,} | {_time(kind)}" for kind in (answer.gaps, answer.late)]
        yield (
            f"| {compared.uses:,} | {compared.world} | {answer.formulation} "
            f"| {told[0]} | {told[1] if compared.late else '|'} | `{answer.digest[:16]}` | {'yes' if same else DIFFERS} "
            f"| {answer.seconds:.2f} | {answer.seconds / first.seconds:.1f} | {answer.cpu:.2f} | {answer.cpu / first.cpu:.1f} |"
        )


def _rows_of(answer: Answer) -> tuple[list[Row], list[Row]]:
    return list(answer.gaps), list(answer.late)


def _time(segments: Sequence[Row]) -> str:
    micros = sum(row[2] - row[1] for row in segments)
    return f"{micros // 1_000_000:,}.{micros % 1_000_000:06}"


DIFFERS = "**no**"
HEAD = """| uses | world | formulation | gaps | seconds of gap | late | seconds late | SHA-256 of all rows | equal row for row | s | to DuckDB | CPU s | to DuckDB |
|---|---|---|---|---|---|---|---|---|---|---|---|---|"""


def main() -> None:
    """Compare, print, and fail if anything differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--uses", type=int, default=1_000_002)
    parser.add_argument("--sweep", type=int, default=100_000, help="the size at which the sweep takes part")
    parser.add_argument("--repeat", type=int, default=2, help="keep the fastest of so many runs of each")
    parser.add_argument(
        "--write", action="store_true", help="write the table into docs/benchmarks/equality.md"
    )
    given = parser.parse_args()
    table, remarks = [HEAD], []
    for uses, pieces, with_sweep in (
        (given.sweep, False, True),
        (given.sweep, True, True),
        (given.uses, False, False),
        (given.uses, True, False),
    ):
        for compared in compare(uses, pieces=pieces, with_sweep=with_sweep, repeat=given.repeat):
            table += lines(compared)
            remarks += [
                f"* {compared.uses:,} uses, {compared.world}{', gaps and late' if compared.late else ''}, "
                f"{answer.formulation}: {answer.remark}"
                for answer in compared.answers
                if answer.remark
            ]
    title = f"{THREADS} threads or processes, ties in half of all evidence."
    absent = ["* No PostgreSQL server with multiranges is installed: it took no part."]
    text = "\n".join([title, "", *table, "", *(remarks or absent)])
    print(text)
    if given.write:
        write("equality.md", "equality", text)
    sys.exit(DIFFERS in text)


if __name__ == "__main__":
    main()
