"""The analytic contract: what may be given, what is refused, and that the way it is given changes nothing."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coherence.files import as_integer, ids_as_integers, instants_as, read_rows, without, write_tables
from coherence.instants import QUESTIONS, Asked, ask_every_instant, balance_every_instant, worlds
from kansa.coherence.assess import assess, assess_tables
from kansa.coherence.engines.duckdb import DuckDB, session
from kansa.coherence.sql.stages import Stage
from kansa.coherence.sweep import sweep
from kansa.errors import BadInput, KansaError, Problem
from kansa.registers.rows import (
    Access,
    Authorization,
    AuthorizationItem,
    AuthorizationSite,
    Custody,
    Identity,
    Tables,
    Use,
    Window,
)

HOUR = 3_600_000_000
VERSION = (0, None, HOUR, None, "measured", ())
WORLD = Tables(
    use=(
        Use("u1", "d", "t", "e", "p", "i", "s", 0, 9 * HOUR, "", 8, "attested", ()),
        Use("u2", "d", "t", "e", "p", "i", "s", 2 * HOUR, None, "", 1, "attested", ()),
        Use("u3", "d", "t", "e", "q", "i", "s", 0, 4 * HOUR, "", 1, "declared", ()),
    ),
    identity=(Identity("t", "e", *VERSION),),
    access=(
        Access("t", "e", "p", 0, 5 * HOUR, 0, None, "documented", ()),
        Access("t", "e", "p", 5 * HOUR, *VERSION[1:]),
    ),
    custody=(Custody("d", "s", *VERSION),),
    authorization=(Authorization("a", "e", 0, 8 * HOUR, 0, None, "attested", ()),),
    authorization_item=(AuthorizationItem("a", "i"),),
    authorization_site=(AuthorizationSite("a", "s"),),
    window=(Window("slurm", "s", 0, 10 * HOUR),),
)
Change = Callable[[str, pa.Table], pa.Table]


def _gaps(directory: Path, **asked: Any) -> list[tuple[Any, ...]]:
    assess_tables(directory, directory / "gap.out", threads=1, **asked)
    return read_rows(directory / "gap.out")


def _problems(directory: Path, **asked: Any) -> list[Problem]:
    with pytest.raises(BadInput) as refused:
        assess_tables(directory, None, threads=1, **asked)
    return list(refused.value.problems)


def test_the_files_say_what_the_rows_say(tmp_path: Path) -> None:
    """Gaps, late segments and sums from files equal those from register rows."""
    told = assess(WORLD, grace=0)
    result = assess_tables(write_tables(tmp_path, WORLD), tmp_path / "g", late=tmp_path / "l", grace=0)

    assert read_rows(tmp_path / "g") == [tuple(gap) for gap in told.gaps]
    assert read_rows(tmp_path / "l") == [tuple(late) for late in told.late]
    assert result == replace(told.result, balance=None)
    assert told.gaps == sweep(WORLD, grace=0).gaps


@pytest.mark.parametrize(
    "kind",
    [pa.timestamp("us", "UTC"), pa.timestamp("ms", "Asia/Tokyo"), pa.timestamp("ns", "+05:30")],
    ids=str,
)
def test_timestamps_of_any_unit_and_zone_are_the_same_instants(tmp_path: Path, kind: pa.DataType) -> None:
    """A timestamp with a zone is one instant however it is written."""
    assert _gaps(write_tables(tmp_path / "stamps", WORLD, instants_as(kind))) == _gaps(
        write_tables(tmp_path, WORLD)
    )


def test_the_answer_has_its_times_in_the_form_of_the_uses(tmp_path: Path) -> None:
    """Whoever joins the gaps with the uses compares like with like."""
    stamps, microseconds = tmp_path / "stamps.parquet", tmp_path / "microseconds.parquet"
    assess_tables(write_tables(tmp_path / "a", WORLD, instants_as(pa.timestamp("us", "UTC"))), stamps)
    assess_tables(write_tables(tmp_path / "b", WORLD), microseconds)

    assert pq.read_schema(stamps).field("start").type == pa.timestamp("us", "UTC")
    assert pq.read_schema(microseconds).field("start").type == pa.int64()


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(worlds())
def test_integer_ids_give_the_same_gaps(tmp_path: Path, tables: Tables) -> None:
    """Ids only have to be equal or different; how they are written is nobody's business."""
    text = _gaps(write_tables(tmp_path / "text", tables))
    integer = _gaps(write_tables(tmp_path / "integer", tables, ids_as_integers()))

    assert integer == [(as_integer(use), *rest) for use, *rest in text]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(worlds())
def test_a_table_that_does_not_say_when_or_how_is_not_held_against_it(tmp_path: Path, tables: Tables) -> None:
    """Without `recorded_at` a fact is never late and the result says so; without `known_by` it is known as unknown."""
    gone = {"custody": ["recorded_at"], "identity": ["known_by"], "use": ["known_by", "weight"]}
    directory = write_tables(tmp_path / "some", tables, without(gone))
    result = assess_tables(directory, None, late=directory / "late.out", grace=2, to=20, threads=1)
    light = replace(tables, use=tuple(use._replace(weight=1) for use in tables.use))
    told = ask_every_instant(
        light, Asked(grace=2, horizon=20), unrecorded=["custody"], unknown=["identity"], silent_uses=True
    )

    assert read_rows(directory / "late.out") == told.late
    assert result.lateness_not_assessed == ("custody",)
    assert result.evidenced_by_us["unknown"] == told.sums["word"].get(0, 0) == result.evidenced_us


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(worlds())
def test_a_use_that_does_not_say_how_it_is_known_does_not_weaken_its_evidence(
    tmp_path: Path, tables: Tables
) -> None:
    """Without a `known_by` of uses, an instant is known as its weakest fact is."""
    directory = write_tables(tmp_path / "silent", tables, without({"use": ["known_by"]}))
    found = assess_tables(directory, None, to=20, threads=1).evidenced_by_us
    told = ask_every_instant(tables, Asked(horizon=20), silent_uses=True).sums["word"]

    assert list(found.values()) == [told.get(level, 0) for level in (5, 4, 3, 2, 1, 0)]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(worlds(), QUESTIONS, st.one_of(st.none(), st.integers(0, 9)))
def test_the_balance_of_files_is_that_of_every_instant(
    tmp_path: Path, tables: Tables, asked: Asked, since: int | None
) -> None:
    """Device time from SQL, in total and by site, equals counting devices at each instant."""
    if not tables.installed or not tables.window:
        return
    directory = write_tables(tmp_path / "balance", tables)
    found = assess_tables(directory, None, to=asked.horizon, since=since, threads=1).balance
    told = balance_every_instant(tables, asked, since)

    assert (found is None) == (told is None)
    if found is not None and told is not None:
        states = ("installed", "used", "idle", "unobserved")
        assert tuple(found.total) == tuple(told["total"][state] for state in states)
        expected = {site: tuple(times[state] for state in states) for site, times in told["site"].items()}
        assert {site: tuple(shares) for site, shares in found.by_site.items()} == expected


def test_order_of_rows_split_files_and_threads_change_no_byte(tmp_path: Path) -> None:
    """The same rows permuted, in many files, or on two threads, give the same file."""
    shuffled = random.Random(7)

    def permute(_: str, table: pa.Table) -> pa.Table:
        return table.take(shuffled.sample(range(table.num_rows), table.num_rows))

    uses = tuple(WORLD.use[n % 3]._replace(use_id=f"u{n:05}", start=n * 1000) for n in range(3_000))
    many = replace(WORLD, use=uses)
    _gaps(write_tables(tmp_path / "plain", many))
    _gaps(write_tables(tmp_path / "permuted", many, permute))
    split = write_tables(tmp_path / "split", many, permute)
    table = pq.read_table(split / "use.parquet")
    (split / "use.parquet").unlink()
    (split / "use" / "day=1").mkdir(parents=True)
    for part in range(5):
        pq.write_table(
            table.slice(part * 600, 600), split / "use" / ("day=1" if part % 2 else "") / f"{part}.parquet"
        )
    assess_tables(split, split / "gap.out", threads=2)
    plain = (tmp_path / "plain" / "gap.out").read_bytes()

    assert len(read_rows(tmp_path / "plain" / "gap.out")) > 1_000
    assert (tmp_path / "permuted" / "gap.out").read_bytes() == plain
    assert (split / "gap.out").read_bytes() == plain


@pytest.mark.parametrize(
    "names", [("use-1.parquet", "use-2.parquet"), ("use/site_id=s/a.parquet", "use/site_id=t/b.parquet")]
)
def test_a_table_may_be_split_files_or_partitions(tmp_path: Path, names: tuple[str, str]) -> None:
    """`NAME-*.parquet` and `NAME/column=value/` are the same table; a folder's value is text, also if it is a number."""
    directory = write_tables(tmp_path, replace(WORLD, use=()))
    (directory / "use.parquet").unlink()
    for name, row in zip(names, WORLD.use[:2], strict=True):
        write_tables(tmp_path / "one", replace(WORLD, use=(row,)))
        table = pq.read_table(tmp_path / "one" / "use.parquet")
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table.drop_columns("site_id") if "=" in name else table, directory / name)

    missing = {"u1": [8], "u2": [12] if "=" in names[0] else [8]}
    found = {use: [mask for other, *_, mask in _gaps(directory) if other == use][-1:] for use in ("u1", "u2")}
    assert found == missing


def test_a_directory_whose_name_looks_like_a_pattern_is_read(tmp_path: Path) -> None:
    """Paths are names, never patterns."""
    assert _gaps(write_tables(tmp_path / "a[1]*?'b", WORLD)) == _gaps(write_tables(tmp_path / "plain", WORLD))


def test_everything_wrong_with_tables_is_said_at_once(tmp_path: Path) -> None:
    """Missing tables, missing columns, wrong types, unreadable and ambiguous files: one error, a problem for each."""

    def spoil(name: str, table: pa.Table) -> pa.Table:
        match name:
            case "use":
                return table.drop_columns(["path_id", "end"]).set_column(
                    0, "use_id", pa.array([1.5] * table.num_rows)
                )
            case "identity":
                return table.set_column(2, "valid_from", table["valid_from"].cast(pa.timestamp("us")))
            case "access":
                return table.set_column(3, "valid_from", table["valid_from"].cast(pa.int32()))
            case "custody":
                return table.set_column(0, "device_id", pa.array([1] * table.num_rows))
            case _:
                return table

    small = replace(WORLD, access=WORLD.access[:1])
    directory = write_tables(tmp_path, small, spoil)
    (directory / "authorization_item.parquet").unlink()
    (directory / "authorization_site.parquet").write_bytes(b"PAR1 no")
    (directory / "window").mkdir()
    (directory / "window.parquet").rename(directory / "window" / "0.parquet")
    (directory / "window-1.parquet").write_bytes((directory / "window" / "0.parquet").read_bytes())
    problems = {(Path(p.file or "").name, p.field, p.code) for p in _problems(directory)}

    assert problems == {
        ("use.parquet", "use_id", "tables.type"),
        ("use.parquet", "path_id", "tables.column"),
        ("use.parquet", "end", "tables.column"),
        ("identity.parquet", "valid_from", "tables.type"),
        ("access.parquet", "valid_from", "tables.type"),
        ("custody", "device_id", "tables.id_type"),
        (tmp_path.name, None, "tables.missing"),
        ("authorization_site.parquet", None, "tables.unreadable"),
        (tmp_path.name, None, "tables.ambiguous"),
    }


def test_files_of_one_table_agree(tmp_path: Path) -> None:
    """A column has one form in all files of its table, and an optional column is in all of them or in none."""
    directory = write_tables(tmp_path, WORLD)
    table = pq.read_table(directory / "identity.parquet")
    (directory / "identity.parquet").rename(directory / "identity-1.parquet")
    pq.write_table(
        instants_as(pa.timestamp("us", "UTC"))("", table).drop_columns("known_by"),
        directory / "identity-2.parquet",
    )
    problems = [(Path(p.file or "").name, p.field, p.code) for p in _problems(directory)]

    assert ("identity-2.parquet", "valid_from", "tables.type_differs") in problems
    assert ("identity-2.parquet", "known_by", "tables.column_differs") in problems


def test_a_column_that_another_looks_like_is_refused(tmp_path: Path) -> None:
    """Engines know no difference of case, so `Valid_To` beside `valid_to` could be taken for it."""

    def double(name: str, table: pa.Table) -> pa.Table:
        return table.add_column(0, "Valid_To", table["valid_to"]) if name == "identity" else table

    with pytest.raises(BadInput) as refused:
        assess_tables(write_tables(tmp_path, WORLD, double), None)
    assert [(p.code, p.field) for p in refused.value.problems] == [("tables.column_twice", "valid_to")]
    twice = pa.Table.from_arrays([pa.array(["a"])] * 2, names=["authorization_id"] * 2)
    pq.write_table(twice, tmp_path / "authorization_item.parquet")
    with pytest.raises(BadInput) as refused:
        assess_tables(tmp_path, None)
    assert ("tables.column_twice", "authorization_id") in [(p.code, p.field) for p in refused.value.problems]


def test_files_that_writers_leave_beside_the_data_are_not_data(tmp_path: Path) -> None:
    """`_temporary/` and hidden files are passed over, and `use.parquet/` is a directory of files as Spark writes it."""
    plain = assess_tables(write_tables(tmp_path / "plain", WORLD), None)
    directory = write_tables(tmp_path / "spark", WORLD)
    uses = pq.read_table(directory / "use.parquet")
    (directory / "use.parquet").unlink()
    for place in ("part-00000.parquet", "_temporary/x.parquet", ".hidden.parquet"):
        path = directory / "use.parquet" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(uses, path)
    pq.write_table(uses, directory / "part-00000.parquet")

    assert assess_tables(directory, None, why=tmp_path / "why.out") == plain


def test_what_is_known_best_counts_though_it_came_late(tmp_path: Path) -> None:
    """Asking for lateness does not change how well an instant is known."""
    late = Identity("t", "e", 0, None, 100 * HOUR, None, "attested", ())
    declared = tuple(row._replace(known_by="declared") for row in WORLD.identity)
    within = WORLD.use[0]._replace(start=6 * HOUR, end=7 * HOUR)
    world = replace(WORLD, identity=(*declared, late), use=(within,))
    directory = write_tables(tmp_path, world)

    asked = assess_tables(directory, None, late=tmp_path / "late.out", grace=HOUR)
    assert asked.evidenced_by_us == assess_tables(directory, None).evidenced_by_us
    assert asked.evidenced_by_us == sweep(world, grace=HOUR).result.evidenced_by_us
    assert asked.evidenced_by_us["declared"] == 0


def test_before_the_log_began_is_told_where_somebody_says_when(tmp_path: Path) -> None:
    """What was used before then is neither late nor in time."""
    directory = write_tables(tmp_path, WORLD)
    asked = assess_tables(directory, None, late=tmp_path / "late.out", grace=0, log_began=HOUR // 2)
    silent = assess_tables(directory, None, late=tmp_path / "late.out", grace=0)

    assert asked.late_us is not None
    assert asked.before_log_us == (8 + 0) * HOUR // 2
    assert silent.before_log_us is None
    assert silent.late_us == asked.late_us + asked.before_log_us


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"threads": 0}, "coherence.threads"),
        ({"threads": 100_000}, "coherence.threads"),
        ({"memory_limit": "banana"}, "coherence.memory_limit"),
        ({"memory_limit": "0GB"}, "coherence.memory_limit"),
        ({"memory_limit": "-1GB"}, "coherence.memory_limit"),
        ({"spill": Path("/nonexistent")}, "coherence.spill"),
    ],
)
def test_what_the_engine_cannot_run_with_is_refused(tmp_path: Path, given: dict[str, Any], code: str) -> None:
    """As bad input and before anything is read, not as a fault of the program."""
    with pytest.raises(BadInput) as refused:
        assess_tables(write_tables(tmp_path, WORLD), None, **given)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_values_that_cannot_be_read_exactly_are_refused(tmp_path: Path) -> None:
    """Nanoseconds that are no microsecond, instants out of range and unknown ways of knowing are named by table and field."""

    def spoil(name: str, table: pa.Table) -> pa.Table:
        match name:
            case "identity":
                return table.set_column(2, "valid_from", pa.array([1_001], pa.timestamp("ns", "UTC")))
            case "custody":
                return table.set_column(2, "valid_from", pa.array([2**62], pa.int64()))
            case "authorization":
                return table.set_column(
                    table.column_names.index("known_by"), "known_by", pa.array(["guessed"])
                )
            case _:
                return table

    problems = {(p.file, p.field, p.code) for p in _problems(write_tables(tmp_path, WORLD, spoil))}

    assert problems == {
        ("identity", "valid_from", "tables.precision"),
        ("custody", "valid_from", "tables.range"),
        ("authorization", "known_by", "tables.known_by"),
    }


def test_a_question_that_cannot_be_answered_is_refused(tmp_path: Path) -> None:
    """An unknown engine, a negative grace, places that do not exist, and a time of knowing where no table says when."""
    directory = write_tables(tmp_path, WORLD, without({"custody": ["recorded_at"]}))
    problems = _problems(directory, engine="abacus", grace=-1, late=tmp_path / "no" / "late", known_at=5)

    assert {problem.code for problem in problems} == {
        "coherence.engine",
        "coherence.grace",
        "coherence.output",
        "coherence.known_at",
    }


def test_mixed_ids_in_rows_are_refused() -> None:
    """A register that hands over text here and integers there is told so instead of matching nothing."""
    mixed = replace(WORLD, custody=(Custody(1, "s", *VERSION),))  # type: ignore[arg-type] # what is being refused

    with pytest.raises(BadInput) as refused:
        assess(mixed)
    assert [(p.file, p.field) for p in refused.value.problems] == [("custody", "device_id")]


def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    """Whoever stops the question between two stages finds the old answer whole and no other file."""
    directory = write_tables(tmp_path / "in", WORLD)
    out = tmp_path / "out"
    out.mkdir()
    (out / "gap").write_bytes(b"before")

    def stop(_stage: str, done: int, total: int) -> None:
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        assess_tables(directory, out / "gap", late=out / "late", progress=stop, spill=out)
    assert [(path.name, path.read_bytes()) for path in out.iterdir()] == [("gap", b"before")]


def test_both_answers_are_written_or_none(tmp_path: Path) -> None:
    """If the second file cannot be written the first is not either, and nothing is left beside them."""
    answer = 'SELECT 1 AS start, 2 AS "end"'
    with session(threads=1) as database, pytest.raises(KansaError):
        database.write({tmp_path / "gap": answer, tmp_path / "no" / "late": answer}, stamped=True)
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told_stage_by_stage(tmp_path: Path) -> None:
    """Every stage is told once, in order, out of one total."""
    told: list[tuple[str, int, int]] = []
    assess_tables(write_tables(tmp_path, WORLD), None, progress=lambda *stage: told.append(stage))

    assert [done for _, done, _ in told] == list(range(1, told[0][2] + 1))
    assert {total for _, _, total in told} == {len(told)}


def test_ctrl_c_ends_a_long_question(tmp_path: Path) -> None:
    """An interrupt from the keyboard stops the process while a stage runs, and leaves no file."""
    directory = write_tables(tmp_path / "in", replace(WORLD, use=()))
    uses = pa.table(
        {
            **{
                name: pa.array(range(3_000_000)) if name == "use_id" else pa.nulls(3_000_000)
                for name in Use._fields[:7]
            },
            "start": pa.array([0] * 3_000_000),
            "end": pa.array([HOUR] * 3_000_000),
        }
    )
    pq.write_table(uses, directory / "use.parquet")
    (tmp_path / "out").mkdir()
    code = (
        "import sys; from pathlib import Path; from kansa.coherence.assess import assess_tables\n"
        "assess_tables(Path(sys.argv[1]), Path(sys.argv[2]) / 'gap', threads=1, spill=Path(sys.argv[2]),"
        " progress=lambda stage, *_: print(stage, flush=True))"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code, directory, tmp_path / "out"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    while run.stdout.readline() != "held\n":
        assert run.poll() is None, "ended before it could be interrupted"
    time.sleep(0.2)
    run.send_signal(signal.SIGINT)
    _, error = run.communicate(timeout=60)

    assert run.returncode != 0
    assert "KeyboardInterrupt" in error
    assert list((tmp_path / "out").iterdir()) == []


def test_combinations_that_share_a_mark_cost_time_and_no_exactness(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a fingerprint that is the same for everything the answer is the same, byte for byte."""
    directory = write_tables(tmp_path / "in", WORLD)
    assess_tables(directory, tmp_path / "plain", late=tmp_path / "late", threads=1)
    make = DuckDB.make

    def clashing(database: DuckDB, stage: Stage) -> None:
        if stage.name == "together":
            database.rows("CREATE OR REPLACE TEMP MACRO fingerprint(a, b, c, d, e) AS 7")
        make(database, stage)

    monkeypatch.setattr(DuckDB, "make", clashing)
    assess_tables(directory, tmp_path / "clashed", late=tmp_path / "late too", threads=1)

    assert (tmp_path / "clashed").read_bytes() == (tmp_path / "plain").read_bytes()
    assert (tmp_path / "late too").read_bytes() == (tmp_path / "late").read_bytes()
