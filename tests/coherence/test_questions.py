"""Every question that tables can be asked: why, what changed, how well it must be known, and the balance by its parts."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from coherence.files import as_integer, ids_as_integers, instants_as, read_rows, without, write_tables
from coherence.instants import (
    FACT_NAMES,
    QUESTIONS,
    Asked,
    ask_every_instant,
    balance_every_instant,
    changes_every_instant,
    reasons_every_instant,
    worlds,
)
from coherence.test_why import random_tables
from kansa.clock import HOUR
from kansa.coherence.assess import assess_tables
from kansa.coherence.facts import LEVELS
from kansa.coherence.remedies import closings
from kansa.coherence.result import Result
from kansa.coherence.sweep import sweep
from kansa.coherence.why import why
from kansa.errors import BadInput
from kansa.registers.directory import Directory
from kansa.registers.rows import (
    Access,
    Authorization,
    AuthorizationItem,
    AuthorizationSite,
    Custody,
    Identity,
    Installed,
    Part,
    Tables,
    Use,
    Window,
)

OUTPUTS = ("output", "late", "why", "changes", "balance")
BOOK = ("installed", "used", "idle", "unobserved")


def _ask(directory: Path, **asked: Any) -> tuple[Result, dict[str, list[tuple[Any, ...]]]]:
    """Everything at once: the sums, and the rows of every output."""
    if asked.get("earlier") is None:
        asked["earlier"] = 0
    paths: dict[str, Any] = {name: directory / f"{name}.out" for name in OUTPUTS}
    if not (directory / "installed.parquet").exists() or not (directory / "window.parquet").exists():
        del paths["balance"]
    output = paths.pop("output")
    result = assess_tables(directory, output, threads=1, **paths, **asked)
    return result, {name: read_rows(path) for name, path in [("output", output), *paths.items()]}


@settings(max_examples=7, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(worlds(), QUESTIONS, st.integers(0, 5), st.integers(0, 24))
def test_reasons_changes_and_strength_are_what_every_instant_says(
    tmp_path: Path, tables: Tables, asked: Asked, least: int, earlier: int
) -> None:
    """Gaps of evidence that is known well enough, why they are gaps, and what changed since, equal looking at each instant."""
    asked = replace(asked, least_known=least)
    result, found = _ask(
        write_tables(tmp_path / "world", tables),
        grace=asked.grace,
        known_at=asked.known_at,
        earlier=earlier,
        min_known_by=LEVELS[least] if least else None,
        to=asked.horizon,
        log_began=asked.log_began,
    )
    told = ask_every_instant(tables, asked)
    before = ask_every_instant(tables, replace(asked, known_at=earlier))

    assert (found["output"], found["late"]) == (told.gaps, told.late)
    assert list(result.evidenced_by_us.values()) == [
        told.sums["word"].get(known, 0) for known in (5, 4, 3, 2, 1, 0)
    ]
    assert found["changes"] == changes_every_instant(before, told)
    assert [row[:6] for row in found["why"]] == reasons_every_instant(tables, asked)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    worlds(), QUESTIONS, st.sampled_from(["device", "node", "site"]), st.one_of(st.none(), st.integers(0, 9))
)
def test_device_time_by_its_parts_is_what_every_instant_says(
    tmp_path: Path, tables: Tables, asked: Asked, by: str, since: int | None
) -> None:
    """Every device, node and site, and what each source has observed, equal counting devices at each instant."""
    if not tables.installed or not tables.window:
        return
    directory = write_tables(tmp_path / "world", tables)
    result, found = _ask(directory, to=asked.horizon, since=since, balance_by=by)
    told = balance_every_instant(tables, asked, since)
    states = ("installed", "used", "shared", "idle", "unobserved") if by == "device" else BOOK
    rows = (
        []
        if told is None
        else [(key, *(times[state] for state in states)) for key, times in told[by].items()]
    )

    assert found["balance"] == sorted(rows, key=lambda row: (row[0] is None, row[0] or ""))
    if told is not None:
        assert result.balance
        assert result.balance.not_installed == told["not_installed"]
        observed = {source: seen.observed for source, seen in result.balance.by_source.items()}
        assert {source: time for source, time in observed.items() if time} == {
            source: times["observed"] for source, times in told["source"].items() if times["observed"]
        }
        windows: tuple[Any, ...] = tables.window
        usable = [w for w in windows if w.scope_id is not None and w.valid_from < w.valid_to]
        assert sum(seen.windows for seen in result.balance.by_source.values()) == len(usable)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), count=st.integers(20, 60))
@example(seed=76, count=25)  # worlds without an inventory
@example(seed=128, count=25)
def test_with_the_parts_beside_them_tables_give_the_reasons_of_the_registers(
    tmp_path: Path, seed: int, count: int
) -> None:
    """The registers' own tables as files, parts included, say of each gap what the registers say."""
    tables = random_tables(seed, count)
    directory = write_tables(tmp_path / "vault", tables)
    _inventory(directory, tables)
    _parts(directory, tables)
    assess_tables(directory, None, why=directory / "why.out", threads=1)
    gaps = sweep(tables).gaps
    told = closings(why(gaps, tables), tables, Directory())

    assert sorted(read_rows(directory / "why.out"), key=str) == sorted(map(tuple, told), key=str)


def _inventory(directory: Path, tables: Tables) -> None:
    """Write an inventory of no device as the export of a vault writes it: in it, no unit is."""
    if not tables.installed:
        columns = {name: pa.array([], pa.string()) for name in ("device_id", "node_id", "site_id")}
        columns |= {name: pa.array([], pa.int64()) for name in ("valid_from", "valid_to")}
        pq.write_table(pa.table(columns), directory / "installed.parquet")


def _parts(directory: Path, tables: Tables) -> None:
    """Write the parts; where there are any, each kind has a row of somebody else, so that it is known to be told."""
    others = [
        Part(kind, " ".join(["nobody"] * 4)[: 7 * words - 1], 0, None, ()) for kind, words in KINDS.items()
    ]
    parts = [*tables.part, *others] if tables.part else []
    columns = {name: [getattr(row, name) for row in parts] for name in Part._fields[:4]}
    kinds = dict(zip(columns, (pa.string(), pa.string(), pa.int64(), pa.int64()), strict=True))
    pq.write_table(
        pa.table({name: pa.array(columns[name], kind) for name, kind in kinds.items()}),
        directory / "part.parquet",
    )


KINDS = {
    "verification": 1, "clearance": 2, "approval": 3, "mediator": 3, "enablement": 1, "provenance": 1, "basis": 4, "regime": 3,
}  # fmt: skip
V = (0, None, 0, None, "measured", ())
STORY = Tables(
    use=tuple(
        Use(f"u{n}", *keys, 0, 10 * HOUR, "", 1, "measured", ())
        for n, keys in enumerate(
            [
                ("d1", "t", "e", "p", "i", "s"),
                ("d1", "t2", "e", "p", "i", "s"),
                ("d2", "t", None, "p", "j", "s"),
                ("d9", "t", "e", "q", "i", "s2"),
                ("d1", "t", "e", "p", "k", None),
            ]
        )
    ),
    identity=(Identity("t", "e", *V),),
    access=(
        Access("t", "e", "p", 0, 4 * HOUR, 0, None, "measured", ()),
        Access("t", "e", "p", 6 * HOUR, *V[1:]),
    ),
    custody=(Custody("d1", "s", *V), Custody("d2", "s3", *V), Custody("d2", "s4", 5 * HOUR, *V[1:])),
    authorization=(Authorization("a", "e", *V),),
    authorization_item=(AuthorizationItem("a", "i"),),
    authorization_site=(AuthorizationSite("a", "s"),),
)


def test_what_would_close_it_and_who_can(tmp_path: Path) -> None:
    """Told by hand: what may still come, what cannot, and whose it is."""
    _, found = _ask(write_tables(tmp_path, STORY))
    told = {(row[0], row[3], row[1] // HOUR, row[2] // HOUR): row[4:] for row in found["why"]}

    assert told == {
        ("u0", "access", 4, 6): ("lapsed", None, None, None, "operator_compliance"),
        ("u1", "identity", 0, 10): ("another_tenant", None, "clearance", None, "operator_compliance"),
        ("u1", "access", 0, 4): ("another_end_user", None, "approval", None, "operator_compliance"),
        ("u1", "access", 4, 6): ("none", None, "access", None, "operator_compliance"),
        ("u1", "access", 6, 10): ("another_end_user", None, "approval", None, "operator_compliance"),
        ("u2", "identity", 0, 10): ("end_user", None, "end_user", "t", "tenant"),
        ("u2", "access", 0, 10): ("end_user", None, "end_user", "t", "tenant"),
        ("u2", "custody", 0, 5): ("elsewhere", "s3", "elsewhere", None, "site_operations"),
        ("u2", "custody", 5, 10): ("elsewhere", "s3 s4", "elsewhere", None, "site_operations"),
        ("u2", "authorization", 0, 10): ("end_user", None, "end_user", "t", "tenant"),
        ("u3", "access", 0, 10): ("none", None, "access", None, "operator_compliance"),
        ("u3", "custody", 0, 10): ("none", None, "custody", None, "site_operations"),
        ("u3", "authorization", 0, 10): ("site", "s2", None, None, "export_control"),
        ("u4", "access", 4, 6): ("lapsed", None, None, None, "operator_compliance"),
        ("u4", "custody", 0, 10): ("site", None, "site.unsaid", None, "site_operations"),
        ("u4", "authorization", 0, 10): ("site", None, "site.unsaid", None, "site_operations"),
    }


def test_parts_that_do_not_agree_leave_no_gap_without_a_reason(tmp_path: Path) -> None:
    """A table of parts that says that all is well does not silence what the tables show."""
    directory = write_tables(tmp_path, STORY)
    _parts(
        directory,
        replace(STORY, part=(Part("verification", "e", 0, None, ()), Part("clearance", "t2 e", 0, None, ()))),
    )
    _, found = _ask(directory)
    gaps = {
        (row[0], FACT_NAMES[bit], tick)
        for row in found["output"]
        for bit in FACT_NAMES
        if row[3] & bit
        for tick in range(row[1], row[2], HOUR)
    }

    assert {(row[0], row[3], tick) for row in found["why"] for tick in range(row[1], row[2], HOUR)} == gaps
    assert ("u1", "identity", "another_tenant") in {(row[0], *row[3:5]) for row in found["why"]}


@pytest.mark.parametrize(("part", "key"), [("basis", "e JP"), ("clearance", "te"), ("verification", "e f")])
def test_parts_that_cannot_be_read_are_refused(tmp_path: Path, part: str, key: str) -> None:
    """A basis that does not name its jurisdiction, site and item is named as a problem, and so are words too many."""
    directory = write_tables(tmp_path, STORY)
    _parts(directory, replace(STORY, part=(Part(part, key, 0, None, ()),)))

    with pytest.raises(BadInput) as refused:
        assess_tables(directory, None, why=tmp_path / "why.out")
    assert [(problem.file, problem.field) for problem in refused.value.problems] == [("part", "key")]


def test_ids_that_keys_of_parts_cannot_hold_are_refused(tmp_path: Path) -> None:
    """A key joins ids by blanks, so an id with a blank would be taken for two."""
    odd = tuple(use._replace(end_user_id="e x") for use in STORY.use)
    directory = write_tables(tmp_path, replace(STORY, use=odd))
    _parts(directory, replace(STORY, part=(Part("verification", "e", 0, None, ()),)))

    with pytest.raises(BadInput) as refused:
        assess_tables(directory, None, why=tmp_path / "why.out")
    assert [(problem.file, problem.field) for problem in refused.value.problems] == [("use", "end_user_id")]


def test_a_kind_of_part_without_a_row_says_nothing(tmp_path: Path) -> None:
    """An empty table of parts changes no reason: nobody handed out what it would take to say more."""
    plain = _ask(write_tables(tmp_path / "plain", STORY))[1]["why"]
    directory = write_tables(tmp_path / "empty", STORY)
    _parts(directory, STORY)

    assert _ask(directory)[1]["why"] == plain


def test_an_inventory_that_says_nothing_makes_no_balance(tmp_path: Path) -> None:
    """A row without a beginning installs nothing, and where nothing is installed there is no denominator."""
    nothing = replace(STORY, installed=(Installed("d1", "n", "s", None, None),))  # type: ignore[arg-type]
    directory = write_tables(tmp_path, replace(nothing, window=(Window("slurm", "s", 0, HOUR),)))

    assert assess_tables(directory, None).balance is None


def _many() -> Tables:
    """Thousands of uses with a bit of everything."""
    chance = random.Random(11)
    uses = [
        STORY.use[n % 5]._replace(use_id=f"u{n:05}", start=chance.randrange(9) * HOUR, end=(9 + n % 3) * HOUR)
        for n in range(2_000)
    ]
    installed = [Installed(device, "n", "s", 0, None) for device in ("d1", "d2", "d9")]
    windows = [Window("slurm", "s", 0, 8 * HOUR), Window("k8s", "n", 6 * HOUR, 11 * HOUR)]
    return replace(STORY, use=tuple(uses), installed=tuple(installed), window=tuple(windows))


@pytest.mark.parametrize("by", ["device", "node", "site"])
def test_order_of_rows_split_files_and_threads_change_no_byte_of_any_output(tmp_path: Path, by: str) -> None:
    """The same rows permuted, in several files and on two threads give the same five files."""
    shuffled = random.Random(3)

    def permute(_: str, table: pa.Table) -> pa.Table:
        return table.take(shuffled.sample(range(table.num_rows), table.num_rows))

    plain, other = (
        write_tables(tmp_path / "plain", _many()),
        write_tables(tmp_path / "other", _many(), permute),
    )
    uses = pq.read_table(other / "use.parquet")
    (other / "use.parquet").unlink()
    for part in range(4):
        pq.write_table(uses.slice(part * 500, 500), other / f"use-{part}.parquet")
    for directory, threads in ((plain, 1), (other, 2)):
        paths: dict[str, Any] = {name: directory / f"{name}.out" for name in OUTPUTS}
        assess_tables(directory, paths.pop("output"), **paths, earlier=-1, balance_by=by, threads=threads)

    for name in OUTPUTS:
        assert pq.read_metadata(plain / f"{name}.out").num_rows > 0 or name == "late"
        assert (plain / f"{name}.out").read_bytes() == (other / f"{name}.out").read_bytes()


def test_integer_ids_and_timestamps_give_the_same_answers(tmp_path: Path) -> None:
    """How ids and instants are written changes how the answer is written and nothing else."""
    few = replace(_many(), use=_many().use[:200])
    _, text = _ask(write_tables(tmp_path / "text", few), balance_by="device")
    _, stamped = _ask(
        write_tables(tmp_path / "stamped", few, instants_as(pa.timestamp("us", "UTC"))), balance_by="device"
    )
    _, integer = _ask(write_tables(tmp_path / "integer", few, ids_as_integers()), balance_by="device")

    assert stamped == text
    assert [row[1:5] for row in integer["why"]] == [row[1:5] for row in text["why"]]
    for name in ("why", "changes", "balance"):
        assert [row[0] for row in integer[name]] == [as_integer(row[0]) for row in text[name]]
    assert {row[7] for row in integer["why"]} == {None, as_integer("t")}
    schema = pq.read_schema(tmp_path / "stamped" / "why.out")
    assert schema.field("start").type == pa.timestamp("us", "UTC")


def test_a_question_that_the_tables_cannot_answer_is_refused(tmp_path: Path) -> None:
    """No columns that say when or how, no inventory, no second time of knowledge, one place for two answers."""
    silent = {"custody": ["recorded_at", "known_by"]}
    directory = write_tables(tmp_path, STORY, without(silent))

    with pytest.raises(BadInput) as refused:
        assess_tables(
            directory,
            tmp_path / "a",
            why=tmp_path / "a",
            balance=tmp_path / "b",
            balance_by="rack",
            changes=tmp_path / "c",
            known_at=4,
            min_known_by="measured",
        )
    assert sorted(problem.code for problem in refused.value.problems) == [
        "coherence.balance",
        "coherence.balance_by",
        "coherence.changes",
        "coherence.known_at",
        "coherence.min_known_by",
        "coherence.output",
    ]


def test_an_interrupt_at_any_stage_leaves_nothing(tmp_path: Path) -> None:
    """Whoever stops the question after any of its stages finds no file and no spill."""
    directory, out = write_tables(tmp_path / "in", _many()), tmp_path / "out"
    out.mkdir()
    paths: dict[str, Any] = {name: out / name for name in OUTPUTS[1:]}
    stages: list[tuple[str, int, int]] = []
    whole: dict[str, Any] = {name: tmp_path / name for name in paths}
    assess_tables(directory, None, **whole, earlier=3, progress=lambda *told: stages.append(told))
    assert [done for _, done, _ in stages] == list(range(1, stages[0][2] + 1))

    for at in ("gap_before", "why", stages[-1][0]):

        def stop(stage: str, _done: int, _total: int, at: str = at) -> None:
            if stage == at:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            assess_tables(directory, out / "gap", **paths, earlier=3, progress=stop, spill=out)
        assert list(out.iterdir()) == []
