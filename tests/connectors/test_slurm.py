"""Slurm's accounting, trap by trap."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from kansa.clock import format_instant
from kansa.connectors.key_registry import KeyRegistry
from kansa.connectors.slurm.options import read_options
from kansa.connectors.slurm.source import SlurmSource
from kansa.errors import BadInput
from kansa.records import canonical
from kansa.records.envelope import MAX_ENTRY_BYTES

if TYPE_CHECKING:
    from connectors.conftest import World

URN = "urn:kansa:op.example"
HEADER = "JobIDRaw|Cluster|Account|User|AllocTRES|NodeList|Start|End|State"
PATH, TENANT, END_USER, SITE = ("pth_" + "a" * 26, "pty_" + "a" * 26, "pty_" + "b" * 26, "sit_" + "a" * 26)
NODE = "nod_" + "a" * 26


def slurm(world: "World", options: str = "zone: UTC\n") -> SlurmSource:
    """The source under these options."""
    return SlurmSource(read_options(world.file("slurm.yaml", options)), URN)


def text(*rows: str, header: str = HEADER) -> str:
    """What `sacct -P` prints."""
    return "\n".join([header, *rows, ""])


def row(
    job: str = "7", start: str = "2026-04-01T00:00:00", end: str = "2026-04-01T01:00:00", **other: str
) -> str:
    """One job of two accelerators on one node."""
    cells = {
        "tres": "cpu=1,gres/gpu=2,node=1",
        "nodes": "gpu-001",
        "state": "COMPLETED",
        "account": "a",
        **other,
    }
    return f"{job}|alps|{cells['account']}|u|{cells['tres']}|{cells['nodes']}|{start}|{end}|{cells['state']}"


def job(**other: Any) -> dict[str, Any]:
    """The same job as a data parser of Slurm 24.05 prints it."""
    return {
        "account": "a",
        "cluster": "alps",
        "user": "u",
        "job_id": 7,
        "nodes": "gpu-001",
        "state": {"current": ["COMPLETED"], "reason": "None"},
        "time": {"start": 1775001600, "end": 1775005200, "submission": 1775001500},
        "tres": {"allocated": [{"type": "gres", "name": "gpu", "id": 1001, "count": 2}]},
        "steps": [],
        **other,
    }


def placed(world: "World", *rows: str, options: str = "zone: UTC\n") -> list[Any]:
    """What the jobs say."""
    world.ingest(slurm(world, options), world.file("sacct.txt", text(*rows)))
    return world.said("kansa.workload.placed.v0")


def test_a_job_becomes_a_placement_of_its_nodes(world: "World") -> None:
    """Who (by path and account), where, on which nodes, how many accelerators on each, from when to when."""
    world.names = KeyRegistry(
        {("slurm:alps", "a"): PATH, ("site", "ishikari"): SITE, ("node", "gpu-001"): NODE},
        holders={PATH: (TENANT, END_USER)},
    )

    (said,) = placed(world, row(), options="zone: UTC\nsite: {key: ishikari}\n")

    assert said | {"introduces": None, "workload_id": None} == {
        "workload_id": None,
        "tenant_id": TENANT,
        "end_user_id": END_USER,
        "path_id": PATH,
        "site_id": SITE,
        "units": [NODE],
        "accelerators": 2,
        "item_class": None,
        "valid_from": "2026-04-01T00:00:00.000Z",
        "valid_to": "2026-04-01T01:00:00.000Z",
        "known_by": "measured",
        "account": "a",
        "user": "u",
        "introduces": None,
    }


def test_what_is_not_known_never_costs_the_row(world: "World") -> None:
    """An unknown account leaves path, tenant and end user open; an unknown node is introduced; no site is guessed."""
    (said,) = placed(world, row())

    assert [said[name] for name in ("tenant_id", "end_user_id", "path_id", "site_id")] == [None] * 4
    assert ("node", "gpu-001") in world.introduced()


def test_the_path_of_an_accounts_user_goes_before_the_accounts(world: "World") -> None:
    """A reseller's account may hold several end users, each with a path."""
    other = "pth_" + "b" * 26
    world.names = KeyRegistry({("slurm:alps", "a"): PATH, ("slurm:alps", "a/u"): other})

    assert placed(world, row())[0]["path_id"] == other


def test_a_job_that_runs_is_corrected_once_it_has_ended(world: "World") -> None:
    """One placement under one key; neither file changes anything when it is read again."""
    running = world.file("1.txt", text(row(end="Unknown", state="RUNNING")))
    ended = world.file("2.txt", text(row()))

    results = [world.ingest(slurm(world), path) for path in (running, ended, running, ended)]

    assert [(r.records, r.superseding, r.duplicates) for r in results] == [
        (1, 0, 0),
        (0, 1, 0),
        (0, 0, 1),
        (0, 0, 1),
    ]
    first, second = world.said()
    assert (first["valid_to"], second["valid_to"]) == (None, "2026-04-01T01:00:00.000Z")
    assert first["workload_id"] == second["workload_id"]


def test_a_requeued_job_is_one_workload_in_several_placements(world: "World") -> None:
    """`sacct -D` lists the same job id once a run; each start is a placement of its own."""
    said = placed(
        world,
        row(state="REQUEUED"),
        row(start="2026-04-01T02:00:00", end="2026-04-01T03:00:00", nodes="gpu-002"),
    )

    assert len({each["workload_id"] for each in said}) == 1
    assert len({each["units"][0] for each in said}) == 2


def test_rows_that_are_no_placement_are_passed_over_and_counted(world: "World") -> None:
    """Steps, jobs that never started, jobs without accelerators, jobs that held nothing for any time."""
    rows = [
        row(),
        row("7.batch"),
        row("7.extern"),
        row("7.0"),
        row("8", start="Unknown", end="Unknown", state="PENDING", nodes="None assigned"),
        row("9", start="None", end="2026-04-01T01:00:00", state="CANCELLED by 1001", nodes="None assigned"),
        row("10", end="2026-04-01T00:00:00"),
        row("11", tres="cpu=8,mem=1G,node=1"),
    ]

    result = world.ingest(slurm(world), world.file("sacct.txt", text(*rows)))

    assert (result.rows, result.records) == (8, 1)
    assert result.passed_over == {"job step": 3, "never started": 2, "held no time": 1, "no accelerators": 1}


@pytest.mark.parametrize(
    ("tres", "nodes", "accelerators", "known_by"),
    [
        ("gres/gpu=2", "n1", 2, "measured"),
        ("gres/gpu:h100=2,gres/gpu=2", "n1", 2, "measured"),
        ("gres/gpu:h100=4", "n[1-2]", 2, "measured"),
        ("gres/gpu:h100=2,gres/gpu:a100=2", "n[1-2]", 2, "measured"),
        ("gres/gpu=3", "n[1-2]", None, "inferred"),
        ("gres/shard=4", "n1", None, "inferred"),
    ],
)
def test_accelerators_are_counted_once_and_a_node(
    world: "World", tres: str, nodes: str, accelerators: int | None, known_by: str
) -> None:
    """Typed counts are part of the untyped one; what does not divide, or is a share, is all of a node, inferred."""
    (said,) = placed(world, row(tres=tres, nodes=nodes))

    assert (said["accelerators"], said["known_by"], "inferred_from" in said) == (
        accelerators,
        known_by,
        known_by == "inferred",
    )


BEFORE = {"start": "2026-01-01T00:00:00", "end": "2026-01-02T00:00:00", "tres": "cpu=8"}


def equipped(**more: Any) -> KeyRegistry:
    """An inventory of one node with eight accelerators."""
    return KeyRegistry({("node", "gpu-001"): NODE}, devices={NODE: 8}, **more)


def test_jobs_from_before_the_date_of_the_options_held_all_of_their_nodes(world: "World") -> None:
    """On nodes that the inventory knows; on others, and after that date, none."""
    world.names = equipped()
    rows = [
        row("1", **BEFORE, nodes="gpu-001,cpu-001"),
        row("2", **BEFORE, nodes="cpu-001"),
        row("3"),
        row("4", tres="cpu=8"),
    ]

    result = world.ingest(
        slurm(world, "zone: UTC\naccounted_from: 2026-04-01\n"), world.file("sacct.txt", text(*rows))
    )

    first, second = world.said()
    assert (first["units"], first["accelerators"], first["known_by"]) == ([NODE], None, "inferred")
    assert first["inferred_from"].startswith("the inventory of its nodes")
    assert second["known_by"] == "measured"
    assert result.passed_over == {
        "accelerators not accounted, and none in the inventory of its nodes": 1,
        "no accelerators": 1,
    }
    assert result.remarks == ()


def test_options_may_say_that_accelerators_are_never_accounted(world: "World") -> None:
    """Then every job held the whole of its nodes."""
    world.names = equipped()

    (said,) = placed(world, row(tres="cpu=8"), options="zone: UTC\naccounted_from: never\n")

    assert (said["accelerators"], said["known_by"]) == (None, "inferred")


@pytest.mark.parametrize("order", [0, 1])
def test_a_job_without_gres_is_read_alike_before_and_after_the_first_with_any(
    world: "World", order: int
) -> None:
    """Every daily file begins with such jobs: the cluster counts accelerators, and they held none."""
    world.names = equipped()
    rows = [row("1", start="2026-03-31T23:55:00", tres="cpu=2"), row("2"), row("3", tres="cpu=2")]
    path = world.file("sacct.txt", text(*(reversed(rows) if order else rows)))

    result = world.ingest(slurm(world, "zone: UTC\nwindow: {from: 2026-03-31, to: 2026-04-02}\n"), path)

    assert (result.records, result.passed_over, result.remarks) == (1, {"no accelerators": 2}, ())
    assert result.window is not None
    assert result.window.gaps == ()


def test_a_file_of_this_ingest_or_an_earlier_record_shows_that_accelerators_are_accounted(
    world: "World",
) -> None:
    """The files of one ingest speak for one another, in any order, and the records of the cluster for later files."""
    cpu, gpu = world.file("1.txt", text(row("1", tres="cpu=2"))), world.file("2.txt", text(row("2")))
    world.names = equipped()
    together = world.ingest(slurm(world), cpu, gpu)
    world.names = equipped(measured=lambda _: 1_774_000_000_000_000)

    later = world.ingest(slurm(world), cpu)

    assert together.passed_over == later.passed_over == {"no accelerators": 1}
    assert (together.remarks, later.remarks) == ((), ())


def test_a_count_of_zero_says_that_a_job_held_none(world: "World") -> None:
    """In text and in JSON."""
    world.names = equipped()
    zero = {"allocated": [{"type": "gres", "name": "gpu", "count": 0}]}

    results = [
        world.ingest(slurm(world), world.file("a.txt", text(row("1", tres="cpu=2,gres/gpu=0")))),
        world.ingest(slurm(world), world.file("a.json", json.dumps({"jobs": [job(tres=zero)]}))),
    ]

    assert [result.passed_over for result in results] == [{"no accelerators": 1}] * 2


def test_without_any_evidence_it_is_not_known_whether_a_job_held_accelerators(world: "World") -> None:
    """Neither the whole node nor nothing: no use, no idle time, and the option that settles it."""
    world.names = equipped()
    path = world.file("sacct.txt", text(row("1", tres="cpu=2"), row("2", tres="cpu=2", nodes="cpu-001")))

    result = world.ingest(slurm(world, "zone: UTC\nwindow: {from: 2026-04-01, to: 2026-04-02}\n"), path)

    assert result.records == 0
    assert result.passed_over == {
        "not known whether accelerators were accounted": 1,
        "accelerators not accounted, and none in the inventory of its nodes": 1,
    }
    assert [(remark.code, remark.field) for remark in result.remarks] == [
        ("slurm.accounted", "accounted_from")
    ]
    assert result.window is not None
    assert [format_instant(bound) for bound in result.window.parts[0]] == [
        "2026-04-01T01:00:00.000Z",
        "2026-04-02T00:00:00.000Z",
    ]


def test_local_stamps_are_read_in_the_clusters_zone(world: "World") -> None:
    """And refused where its clocks showed them twice; JSON counts seconds and is not in doubt."""
    rows = [row("1"), row("2", start="2026-10-25T02:30:00", end="2026-10-25T04:00:00")]

    result = world.ingest(slurm(world, "zone: Europe/Zurich\n"), world.file("sacct.txt", text(*rows)))

    assert world.said()[0]["valid_from"] == "2026-03-31T22:00:00.000Z"
    (line,) = world.quarantined(result)
    assert (line["field"], line["help"]) == ("Start", "`sacct --json` counts seconds since 1970")


def test_text_without_a_zone_is_bad_input(world: "World") -> None:
    """A stamp without an offset means nothing without one."""
    with pytest.raises(BadInput) as caught:
        world.ingest(slurm(world, "cluster: alps\n"), world.file("sacct.txt", text(row())))

    assert [problem.code for problem in caught.value.problems] == ["slurm.zone"]


def test_everything_wrong_with_a_job_is_said_at_once(world: "World") -> None:
    """Another cluster, counts that are none, and a stamp that never was, in one answer."""
    wrong = row("1", start="2026-02-30T00:00:00", tres="gres/gpu=many")
    rows = [
        wrong,
        row("2", end="2026-03-01T00:00:00", nodes="n[1-"),
        row("3", end="Unknown"),
        row("4", nodes=""),
    ]

    result = world.ingest(slurm(world, "zone: UTC\ncluster: rhine\n"), world.file("sacct.txt", text(wrong)))
    others = world.ingest(slurm(world), world.file("others.txt", text(*rows[1:])))

    (line,) = world.quarantined(result)
    assert [each["field"] for each in line["problems"]] == ["Start", "AllocTRES", "Cluster"]
    assert [[each["field"] for each in line["problems"]] for line in world.quarantined(others)] == [
        ["nodes", "end"],
        ["end"],
        ["nodes"],
    ]


@pytest.mark.parametrize("delimiter", ["|", "|#", "☃", "\t"])
def test_any_delimiter_and_free_text_with_breaks_and_delimiters(world: "World", delimiter: str) -> None:
    """A comment over three lines that holds the delimiter twice; the used columns stand before and after it."""
    header = text(header=HEADER.replace("NodeList", "Comment|NodeList")).strip()
    comment = f"one{delimiter.replace(chr(9), ' ')}\ntwo\n{delimiter}three"
    line = row().replace("|gpu-001", "|COMMENT|gpu-001").replace("|", delimiter).replace("COMMENT", comment)
    plain = row("8").replace("|gpu-001", "||gpu-001").replace("|", delimiter)
    path = world.file("sacct.txt", f"{header.replace('|', delimiter)}\n{line}\n{plain}\n")

    result = world.ingest(slurm(world), path)

    assert (result.rows, result.records, result.quarantined) == (2, 2, 0)
    assert [each.sequence for each in world.submissions()] == ["7", "8"]


def test_a_row_that_could_be_read_in_two_ways_is_quarantined(world: "World") -> None:
    """A delimiter too many between two free texts with a used column between them is not guessed away."""
    header = "JobIDRaw|Cluster|User|AllocTRES|NodeList|Start|End|State|Comment|Account|WorkDir"
    line = "7|alps|u|gres/gpu=2|gpu-001|2026-04-01T00:00:00|2026-04-01T01:00:00|COMPLETED|x|y|z|w"

    result = world.ingest(slurm(world), world.file("sacct.txt", text(line, header=header)))

    assert (result.rows, result.quarantined) == (1, 1)


def test_a_broken_row_does_not_take_the_next_with_it(world: "World") -> None:
    """A row that is cut short is not completed with the row after it."""
    result = world.ingest(slurm(world), world.file("sacct.txt", text(row("1")[:20], row("2"), row("3")[9:])))

    assert (result.records, result.quarantined) == (1, 2)
    assert [line["line"] for line in world.quarantined(result)] == [2, 4]


def test_bytes_that_are_no_utf8_matter_where_we_look_only(world: "World") -> None:
    """A comment in another encoding costs nothing; an account does."""
    header = HEADER + "|Comment"
    lines = [
        header.encode(),
        row("1").encode() + b"|\xff\xfe",
        row("2", account="?").encode().replace(b"?", b"\xff") + b"|",
    ]

    result = world.ingest(slurm(world), world.file("sacct.txt", b"\n".join(lines)))

    assert (result.records, result.quarantined) == (1, 1)
    assert [(line["line"], line["field"]) for line in world.quarantined(result)] == [(3, "Account")]


def test_a_file_without_header_is_read_by_the_columns_of_the_options(world: "World") -> None:
    """As `sacct --parsable --noheader` prints it, with a delimiter at the end; without `columns` it is bad input."""
    path = world.file("sacct.txt", row() + "|\n")
    with pytest.raises(BadInput) as caught:
        world.ingest(slurm(world), path)

    result = world.ingest(slurm(world, f"zone: UTC\ncolumns: [{HEADER.replace('|', ', ')}]\n"), path)

    assert [problem.code for problem in caught.value.problems] == ["slurm.header"]
    assert result.records == 1


def test_columns_that_are_missing_are_all_named(world: "World") -> None:
    """Without node, state and times nobody can say who held what."""
    with pytest.raises(BadInput) as caught:
        world.ingest(slurm(world), world.file("sacct.txt", "JobID|State|Start\n1|COMPLETED|Unknown\n"))

    assert [problem.field for problem in caught.value.problems] == ["NodeList", "End"]


SET = {"set": True, "infinite": False}


@pytest.mark.parametrize(
    "version",
    [
        pytest.param({}, id="0.0.40"),
        pytest.param({"state": {"current": "COMPLETED"}, "array": {"task_id": None}}, id="0.0.38"),
        pytest.param({"nodes": ["gpu-001"], "user": None, "association": {"user": "u"}}, id="0.0.37"),
        pytest.param(
            {
                "job_id": {**SET, "number": 7},
                "time": {"start": {**SET, "number": 1775001600}, "end": {**SET, "number": 1775005200}},
                "tres": {"allocated": [{"type": "gres", "name": "gpu", "count": {**SET, "number": 2}}]},
            },
            id="numbers in objects",
        ),
        pytest.param(
            {
                "state": None,
                "job_state": ["COMPLETED"],
                "time": None,
                "start_time": {**SET, "number": 1775001600},
                "end_time": {**SET, "number": 1775005200},
                "tres": None,
                "tres_alloc_str": "cpu=1,gres/gpu:h100=2,gres/gpu=2,node=1",
                "user": None,
                "user_name": "u",
            },
            id="slurmrestd jobs",
        ),
    ],
)
def test_every_version_says_the_same(world: "World", version: dict[str, Any]) -> None:
    """What the text has said already is a duplicate, whichever data parser prints it."""
    world.ingest(slurm(world), world.file("sacct.txt", text(row())))
    printed = {name: value for name, value in job(**version).items() if value is not None}

    result = world.ingest(slurm(world), world.file("sacct.json", json.dumps({"meta": {}, "jobs": [printed]})))

    assert (result.rows, result.duplicates) == (1, 1)


def test_a_job_that_runs_has_no_end_whatever_its_limit_says(world: "World") -> None:
    """The REST daemon prints the end that the time limit would give; that is no end."""
    running = job(state={"current": ["RUNNING"]})
    waiting = job(job_id=8, state={"current": ["PENDING"]}, nodes="")

    result = world.ingest(slurm(world), world.file("sacct.json", json.dumps({"jobs": [running, waiting]})))

    assert world.said()[0]["valid_to"] is None
    assert result.passed_over == {"never started": 1}


def test_truncated_json_keeps_what_stands_before_the_cut_and_closes_no_window(world: "World") -> None:
    """The jobs before it are recorded; the rest is quarantined with its line; a whole file then adds the others."""
    options = "window: observed\n"
    whole = json.dumps({"jobs": [job(job_id=number) for number in range(1, 6)], "errors": []}, indent=1)
    cut = whole[: whole.index('"job_id": 4')]

    result = world.ingest(slurm(world, options), world.file("sacct.json", cut))
    again = world.ingest(slurm(world, options), world.file("sacct.json", whole))

    assert (result.records, result.quarantined, result.window) == (3, 1, None)
    (line,) = world.quarantined(result)
    assert (line["code"], line["line"]) == ("slurm.cut", cut[: cut.rindex('{\n   "account"')].count("\n") + 1)
    assert (again.duplicates, again.records) == (3, 2)
    assert again.window is not None


@pytest.mark.parametrize("order", [("errors", "jobs"), ("jobs", "errors")])
def test_an_answer_with_errors_closes_no_window(world: "World", order: tuple[str, str]) -> None:
    """What Slurm gave is recorded; that it may not be all is said."""
    answer = {"errors": [{"error": "database is busy"}], "jobs": [job()]}
    path = world.file("sacct.json", json.dumps({name: answer[name] for name in order}))

    result = world.ingest(slurm(world, "window: observed\n"), path)

    assert (result.records, result.quarantined, result.window) == (1, 1, None)


@pytest.mark.parametrize(
    ("content", "code"),
    [('{"jobs": [{"job_id": 1', "slurm.cut"), ('{"nodes": []}', "slurm.not_sacct"), ("{", "slurm.not_sacct")],
)
def test_json_of_which_nothing_can_be_read_is_bad_input(world: "World", content: str, code: str) -> None:
    """Cut in its first job, or no list of jobs at all."""
    with pytest.raises(BadInput) as caught:
        world.ingest(slurm(world), world.file("sacct.json", content))

    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_json_job_with_wrong_fields_is_quarantined_with_all_of_them(world: "World") -> None:
    """The jobs around it are recorded."""
    wrong = job(job_id="x", state={}, time={"start": "soon"}, nodes=7)

    result = world.ingest(
        slurm(world), world.file("sacct.json", json.dumps({"jobs": [job(), wrong, job(job_id=9)]}))
    )

    assert result.records == 2
    (line,) = world.quarantined(result)
    assert [each["field"] for each in line["problems"]] == ["job_id", "nodes", "state", "start"]


def test_jobs_are_read_one_by_one_from_a_long_file(world: "World") -> None:
    """Longer than one chunk; every job comes out once."""
    jobs = [job(job_id=number, comment="x" * 4_000) for number in range(1, 700)]

    result = world.ingest(slurm(world), world.file("sacct.json", json.dumps({"jobs": jobs})))

    assert (result.rows, result.records) == (699, 699)


def test_a_job_on_thousands_of_nodes_is_one_row_in_several_records(world: "World") -> None:
    """An entry has a limit, a job has none.

    Every part ends with the job and is a workload of its own, since a placement ends the one before it; every node is
    introduced once.
    """
    nodes = "gpu-[0001-2500]"
    running = world.file(
        "1.txt", text(row(tres="gres/gpu=20000", nodes=nodes, end="Unknown", state="RUNNING"))
    )
    ended = world.file("2.txt", text(row(tres="gres/gpu=20000", nodes=nodes)))

    results = [world.ingest(slurm(world), path) for path in (running, ended, running, ended)]

    assert [(r.rows, r.records, r.superseding, r.duplicates) for r in results] == [
        (1, 1, 0, 0),
        (1, 0, 1, 0),
        (1, 0, 0, 1),
        (1, 0, 0, 1),
    ]
    said = world.said()
    assert [len(each["units"]) for each in said] == [1000, 1000, 500] * 2
    assert len({unit for each in said[3:] for unit in each["units"]}) == 2500
    assert {each["accelerators"] for each in said} == {8}
    assert len({each["workload_id"] for each in said}) == 3
    hosts = [key for system, key in world.introduced() if system == "node"]
    assert len(hosts) == len(set(hosts)) == 2500
    assert all(
        len(canonical.encode(each)) < MAX_ENTRY_BYTES for each in ({**s, "introduces": []} for s in said)
    )


def test_sites_may_be_told_by_their_nodes(world: "World") -> None:
    """A job whose nodes stand at two sites is at none that could be named."""
    other = "sit_" + "b" * 26
    world.names = KeyRegistry({("site", "ishikari"): SITE, ("site", "kitakyushu"): other})
    options = """\
        zone: UTC
        sites:
          - {nodes: "gpu-[001-002]", key: ishikari}
          - {nodes: "gpu-[003-004]", key: kitakyushu}
        window: {from: 2026-04-01, to: 2026-04-02}
        """

    said = placed(
        world,
        *(
            row(str(n), nodes=f"gpu-[{r}]", tres=f"gres/gpu=2,node={2 if '-' in r else 1}")
            for n, r in enumerate(("001", "003-004", "002-003", "009"))
        ),
        options=options,
    )

    assert [each["site_id"] for each in said] == [SITE, other, None, None]
    (report,) = world.submissions("kansa.source.reported.v0")
    assert report.data["scope"] == [SITE, other]
    assert report.data["known_by"] == "declared"


def test_an_observed_window_spans_the_accounting_and_says_that_it_is_inferred(world: "World") -> None:
    """From the first start to the last end, for the nodes that jobs named; jobs without accelerators count as well."""
    rows = [
        row("1"),
        row("2", start="2026-03-31T00:00:00", end="2026-04-01T02:00:00", tres="cpu=1", nodes="gpu-001"),
    ]

    result = world.ingest(slurm(world, "zone: UTC\nwindow: observed\n"), world.file("sacct.txt", text(*rows)))

    assert result.window is not None
    assert result.window.scope == (world.names.find("node", "gpu-001"),)
    (report,) = world.submissions("kansa.source.reported.v0")
    assert (report.data["valid_from"], report.data["valid_to"]) == (
        "2026-03-31T00:00:00.000Z",
        "2026-04-01T02:00:00.000Z",
    )
    assert report.data["known_by"] == "inferred"


def test_without_a_declared_window_none_is_closed(world: "World") -> None:
    """By default sacct lists what one user ran today; nobody but the operator can say that a file is whole."""
    result = world.ingest(slurm(world), world.file("sacct.txt", text(row())))

    assert result.window is None
    assert [each.data["scope"] for each in world.submissions("kansa.source.reported.v0")] == [[]]


def test_a_site_that_nobody_introduced_is_bad_input(world: "World") -> None:
    """A placement at a site that does not exist would be no placement."""
    with pytest.raises(BadInput) as caught:
        world.ingest(slurm(world, "zone: UTC\nsite: {key: atlantis}\n"), world.file("sacct.txt", text(row())))

    assert [problem.message for problem in caught.value.problems] == ["nobody introduced the site `atlantis`"]


def test_everything_wrong_with_the_options_is_said_at_once(world: "World") -> None:
    """With line and field."""
    options = """\
        source: My Slurm
        zone: Mars/Olympus
        site: {name: x}
        sites: [{nodes: "n[2-1]", key: y}]
        window: {from: 2026-04-02T00:00:00Z, to: 2026-04-01T00:00:00Z}
        colour: red
        """
    with pytest.raises(BadInput) as caught:
        slurm(world, options)

    assert [(problem.line, problem.field) for problem in caught.value.problems] == [
        (1, "source"),
        (2, "zone"),
        (3, "site[0]"),
        (3, "site[0].name"),
        (4, "sites"),
        (4, "sites[0].nodes"),
        (5, "window"),
        (6, "colour"),
    ]
