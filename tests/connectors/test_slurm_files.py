"""A file of accounting is read to its end, or it is said that it was not."""

import bz2
import gzip
import json
import lzma
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.test_slurm import HEADER, job, row, slurm, text
from kansa.connectors.key_registry import KeyRegistry
from kansa.connectors.slurm import json_answers, source
from kansa.errors import BadInput

if TYPE_CHECKING:
    from connectors.conftest import World

WINDOW = "zone: UTC\nwindow: {from: 2026-04-01, to: 2026-04-02}\n"
SETTINGS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def answer(*ids: int, **other: Any) -> dict[str, Any]:
    """What `sacct --json` prints."""
    return {
        "meta": {"jobs": [0]},
        "jobs": [job(job_id=n) for n in ids],
        "errors": [],
        "warnings": [],
        **other,
    }


@pytest.mark.parametrize("between", ["", "\n", "\n\n", "\r\n", "\x1e"])
@pytest.mark.parametrize("indent", [None, 1])
def test_all_answers_in_a_file_are_read(world: "World", between: str, indent: int | None) -> None:
    """Appended by a loop, one a line, or with the mark of JSON sequences before each."""
    answers = (answer(1, 2), answer(), answer(3))
    path = world.file("sacct.json", between.join(json.dumps(each, indent=indent) for each in answers))

    result = world.ingest(slurm(world, WINDOW), path)

    assert (result.records, result.quarantined) == (3, 0)
    assert result.window is not None


@pytest.mark.parametrize(
    "after",
    [
        '{"jobs": [',
        "sacct: error: slurmdbd: Connection refused\n",
        '{"errors": []}',
        "]",
        "x",
        '{"jobs": null}',
    ],
)
def test_what_follows_and_is_no_answer_is_said_and_no_window_is_closed(world: "World", after: str) -> None:
    """What stands before it is recorded."""
    path = world.file("sacct.json", json.dumps(answer(1)) + "\n" + after)

    result = world.ingest(slurm(world, WINDOW), path)

    assert (result.records, result.quarantined, result.window) == (1, 1, None)
    (line,) = world.quarantined(result)
    assert line["line"] == 2


@pytest.mark.parametrize("order", [("jobs", "meta"), ("meta", "jobs")])
def test_a_file_that_is_cut_anywhere_is_known_to_be_cut(world: "World", order: tuple[str, str]) -> None:
    """Inside the list, between list and end, and after the last bracket but one."""
    whole = json.dumps({name: answer(1, 2)[name] for name in order})
    first = whole.index('"job_id": 2') - 5
    for place in range(first, len(whole), 7):
        result = world.ingest(slurm(world, WINDOW), world.file("sacct.json", whole[:place]))
        assert result.window is None, whole[:place][-40:]
        assert result.quarantined == 1


@SETTINGS
@given(
    st.lists(st.lists(st.integers(1, 9), max_size=4), min_size=1, max_size=4), st.integers(1, 50), st.data()
)
def test_any_cut_and_any_size_of_chunk_give_all_jobs_before_the_cut(
    world: "World", answers: list[list[int]], chunk: int, data: st.DataObject
) -> None:
    """No job that stands whole before the cut is lost, none is made up, and no cut goes unnoticed."""
    whole = "\n".join(json.dumps(answer(*ids, note="] } \\" + '"')) for ids in answers)
    place = data.draw(st.integers(0, len(whole)))
    path = world.file("sacct.json", whole[:place])
    with path.open(encoding="utf-8") as stream, pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_answers, "CHUNK", chunk)
        found = list(json_answers.Answers(stream, "jobs"))

    read = [each.value["job_id"] for each in found if isinstance(each, json_answers.Item)]
    every = [number for ids in answers for number in ids]
    assert read == every[: len(read)]
    ends = [each for each in found if isinstance(each, json_answers.Answer)]
    broken = any(isinstance(each, json_answers.Broken) for each in found)
    lines = whole.split("\n")
    complete = all(part in ("", line) for part, line in zip(whole[:place].split("\n"), lines, strict=False))
    assert broken is not complete
    assert broken or len(ends) == whole[:place].count("\n") + (not whole[:place].endswith("\n") and place > 0)


def test_the_answer_that_reports_errors_is_named(world: "World") -> None:
    """The second of two, by its line."""
    path = world.file(
        "sacct.json", json.dumps(answer(1)) + "\n" + json.dumps(answer(2, errors=[{"error": "busy"}]))
    )

    result = world.ingest(slurm(world, WINDOW), path)

    assert (result.records, result.window) == (2, None)
    assert [(line["code"], line["line"]) for line in world.quarantined(result)] == [("slurm.errors", 2)]


@pytest.mark.parametrize("content", ['[{"job_id": 7}]', '{"job_id": 7}\n{"job_id": 8}\n'])
def test_jobs_without_their_answer_are_refused(world: "World", content: str) -> None:
    """Nothing says then whether the answer was whole."""
    with pytest.raises(BadInput) as caught:
        world.ingest(slurm(world, WINDOW), world.file("sacct.json", content))

    assert [problem.code for problem in caught.value.problems] == ["slurm.not_sacct"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("content", [json.dumps(answer(1)), text(row())])
def test_what_powershell_wrote_is_refused_with_the_way_out(
    world: "World", encoding: str, content: str
) -> None:
    """With and without a byte order mark, JSON and text."""
    with pytest.raises(BadInput) as caught:
        world.ingest(slurm(world, WINDOW), world.file("sacct.json", content.encode(encoding)))

    (problem,) = caught.value.problems
    assert (problem.code, problem.line) == ("slurm.encoding", 1)
    assert "Out-File -Encoding utf8" in (problem.help or "")


@pytest.mark.parametrize("options", [WINDOW, f"{WINDOW}columns: [{HEADER.replace('|', ', ')}]\n"])
@pytest.mark.parametrize("content", [json.dumps(answer(1)), json.dumps(answer(1), indent=1), text(row())])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_lines_before_the_accounting_are_named_with_the_line_where_it_begins(
    world: "World", options: str, content: str, encoding: str
) -> None:
    """A warning on the first two lines; nothing is said of headers and nothing is guessed."""
    if "columns" in options and content.startswith("JobID"):
        return
    path = world.file("sacct.json", f"sacct: warning: one\nand two\n{content}".encode(encoding))

    with pytest.raises(BadInput) as caught:
        world.ingest(slurm(world, options), path)

    problem = caught.value.problems[-1]
    assert (problem.code, problem.line) == ("slurm.before", 3)
    assert "`sacct: warning: one`" in problem.message


def test_text_that_was_appended_with_its_column_names_is_read_whole(world: "World") -> None:
    """Also where the columns of the later answer are others."""
    later = "Cluster|JobIDRaw|Account|User|AllocTRES|NodeList|Start|End|State"
    moved = "|".join(["alps", "8", *row("8").split("|")[2:]])
    path = world.file("sacct.txt", text(row("7")) + text(moved, header=later))

    result = world.ingest(slurm(world, WINDOW), path)

    assert (result.rows, result.records) == (2, 2)
    assert [each.sequence for each in world.submissions()] == ["7", "8"]


def test_a_row_that_cannot_be_read_leaves_its_time_open(world: "World") -> None:
    """By its own stamps; a row without any, as where a text is cut, closes no window at all."""
    bad = row("2", start="2026-04-01T05:00:00", end="2026-04-01T06:00:00", nodes="n[1-")
    known = world.ingest(slurm(world, WINDOW), world.file("a.txt", text(row(), bad)))
    cut = world.ingest(slurm(world, WINDOW), world.file("b.txt", text(row(), row("3"))[:-40]))

    assert known.window is not None
    assert [high - low for low, high in known.window.gaps] == [3_600_000_000]
    assert (cut.quarantined, cut.window) == (1, None)
    assert [remark.code for remark in (*known.remarks, *cut.remarks)] == ["slurm.unread"] * 2


def rest(restarts: Any, start: int = 1_775_037_600, **other: Any) -> dict[str, Any]:
    """A job as slurmrestd prints it, which says how often it was requeued."""
    return job(restart_cnt=restarts, time={"start": start, "end": start + 3_600}, **other)


def test_earlier_runs_that_are_missing_are_said_and_that_time_is_not_idle(world: "World") -> None:
    """Submission times are set anew by every requeue, so that the runs may lie anywhere before."""
    path = world.file(
        "sacct.json", json.dumps({"jobs": [rest({"set": True, "infinite": False, "number": 2})]})
    )

    result = world.ingest(slurm(world, WINDOW), path)

    assert result.window is not None
    assert result.window.gaps == ((1_775_001_600_000_000, 1_775_037_600_000_000),)
    (remark,) = result.remarks
    assert (remark.code, remark.line) == ("slurm.requeued", 1)
    assert "requeued 2 times" in remark.message
    assert "2 of its earlier runs" in remark.message


def test_runs_that_a_file_or_a_record_has_are_not_missing(world: "World") -> None:
    """In any order of rows and files; text says it in `Restarts`."""
    runs = [rest(0, 1_775_001_600), rest(1, 1_775_010_000), rest(2)]
    one = world.ingest(slurm(world, WINDOW), world.file("a.json", json.dumps({"jobs": runs[::-1]})))
    world.names = KeyRegistry(runs=lambda _: (1_775_001_600_000_000, 1_775_010_000_000_000))
    recorded = world.ingest(slurm(world, WINDOW), world.file("b.json", json.dumps({"jobs": runs[2:]})))
    world.names = KeyRegistry()
    printed = text(f"{row()}|1", header=f"{HEADER}|Restarts")
    missing = world.ingest(slurm(world, WINDOW), world.file("c.txt", printed))

    assert (one.remarks, recorded.remarks) == ((), ())
    assert [remark.code for remark in missing.remarks] == ["slurm.requeued"]


def test_requeued_jobs_without_accelerators_leave_nothing_open(world: "World") -> None:
    """Their earlier runs held none either."""
    rows = [row(), row("8", tres="cpu=1")]
    path = world.file("a.txt", text(f"{rows[0]}|0", f"{rows[1]}|3", header=f"{HEADER}|Restarts"))

    assert world.ingest(slurm(world, WINDOW), path).remarks == ()


LAST = "JobIDRaw|Cluster|Account|User|NodeList|Start|End|State|AllocTRES"
WHOLE = "7|alps|a|u|gpu-001|2026-04-01T00:00:00|2026-04-01T01:00:00|COMPLETED|cpu=8,gres/gpu=8,node=1"


@pytest.mark.parametrize("cut", [1, 8, 12, 13, 22])
@pytest.mark.parametrize("many", [False, True], ids=["lines", "blocks"])
def test_a_text_that_breaks_off_in_its_last_column_is_not_taken_for_whole(
    world: "World", monkeypatch: pytest.MonkeyPatch, cut: int, *, many: bool
) -> None:
    """Every line of sacct has an end: `gres/gp` is no job without accelerators, and `gres/gpu=1` may have been 16."""
    monkeypatch.setattr("kansa.connectors.slurm.source.IN_BLOCKS", 0 if many else 1 << 18)
    path = world.file("sacct.txt", "\n".join([LAST, WHOLE, WHOLE.replace("7|", "8|", 1)[:-cut]]))

    result = world.ingest(slurm(world, WINDOW), path)

    assert (result.records, result.quarantined) == (1, 1)
    assert result.problems[0].code == "slurm.cut"
    assert result.window is None


@pytest.mark.parametrize(
    ("rows", "records"),
    [
        pytest.param(text(row())[:-1], 1, id="a-known-state"),
        pytest.param(text(row())[:-3], 0, id="a-part-of-one"),
        pytest.param(text(row(state="CANCELLED by 10"))[:-1], 1, id="cancelled"),
        pytest.param(f"{LAST}|Comment\n{WHOLE}|as asked f", 1, id="a-column-that-is-not-used"),
        pytest.param(f"{LAST}|\n{WHOLE}|", 1, id="a-last-delimiter"),
    ],
)
def test_a_last_line_without_its_end_is_taken_where_it_is_seen_to_be_whole(
    world: "World", rows: str, records: int
) -> None:
    """By a state that Slurm has, a whole stamp, the delimiter after the last column, or a column that says nothing here."""
    result = world.ingest(slurm(world, WINDOW), world.file("sacct.txt", rows))
    assert (result.records, result.quarantined) == (records, 1 - records)


@pytest.mark.parametrize("seconds", [1775001600000, 253402300800])
@pytest.mark.parametrize("form", ["json", "text"])
def test_a_time_that_is_not_in_seconds_costs_the_row_and_not_the_file(
    world: "World", seconds: int, form: str
) -> None:
    """Milliseconds and what lies after the year 9999 are no seconds since 1970."""
    content = (
        json.dumps(answer() | {"jobs": [job(time={"start": seconds, "end": seconds + 9}), job(job_id=8)]})
        if form == "json"
        else text(row(start=str(seconds), end=str(seconds + 9)), row("8"))
    )
    result = world.ingest(slurm(world, WINDOW), world.file("sacct.x", content))
    assert (result.records, result.quarantined) == (1, 1)
    assert "no time in seconds since 1970" in str(result.problems[0])


def test_a_host_that_is_named_twice_is_not_counted_as_two(world: "World") -> None:
    """Eight accelerators on one node are not four on each of two."""
    path = world.file("sacct.txt", text(row(nodes="gpu-[001,001]")))
    result = world.ingest(slurm(world, WINDOW), path)
    assert (result.records, result.quarantined) == (0, 1)


@pytest.mark.parametrize("form", ["text", "json", "blocks"])
@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_file_is_read_as_what_is_in_it(
    world: "World", pack: Any, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rotated accounting is packed; the same file unpacked adds nothing then."""
    if form == "blocks":
        monkeypatch.setattr(source, "IN_BLOCKS", 1)
    content = json.dumps(answer(1, 2)) if form == "json" else text(row("1"), row("2"))

    result = world.ingest(slurm(world, WINDOW), world.file("sacct.gz", pack(content.encode())))

    assert (result.records, result.quarantined) == (2, 0)
    assert world.ingest(slurm(world, WINDOW), world.file("sacct", content)).duplicates == 2


@pytest.mark.parametrize(
    ("first", "name"),
    [(b"PK\x03\x04", "zip"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"7z\xbc\xaf\x27\x1c", "7-Zip")],
)
def test_an_archive_is_named_for_what_it_is(world: "World", first: bytes, name: str) -> None:
    """`does not begin with sacct's column names` would say nothing of it."""
    with pytest.raises(BadInput) as refused:
        world.ingest(slurm(world, WINDOW), world.file("sacct.csv", first + bytes(60)))
    (problem,) = refused.value.problems
    assert f"packed ({name})" in problem.message
    assert "unpack" in str(problem.help)


def test_a_packed_file_that_is_cut_is_refused_as_such(world: "World") -> None:
    """It is not read up to the cut in silence."""
    cut = world.file("sacct.gz", gzip.compress(text(row()).encode())[:-12])
    with pytest.raises(BadInput) as refused:
        world.ingest(slurm(world, WINDOW), cut)
    assert "cannot be unpacked" in str(refused.value.problems[0])


@pytest.mark.parametrize("form", ["lines", "blocks"])
def test_an_allocation_of_other_nodes_than_are_named_is_quarantined(
    world: "World", form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that lost its end would leave a node of accelerators without a use, in silence."""
    if form == "blocks":
        monkeypatch.setattr(source, "IN_BLOCKS", 1)
    short = row("1", nodes="gpu-[001-002]", tres="cpu=1,gres/gpu=12,node=3")
    whole = row("2", nodes="gpu-[001-003]", tres="cpu=1,gres/gpu=12,node=3")

    result = world.ingest(slurm(world, WINDOW), world.file("sacct.txt", text(short, whole)))

    assert (result.records, result.quarantined) == (1, 1)
    assert "counts 3 nodes, and 2 are named" in str(result.problems[0])


def test_a_json_allocation_of_other_nodes_than_are_named_is_quarantined(world: "World") -> None:
    """The count of nodes stands among the TRES."""
    tres = {"allocated": [{"type": "node", "count": 2}, {"type": "gres", "name": "gpu", "count": 8}]}
    path = world.file("sacct.json", json.dumps(answer() | {"jobs": [job(tres=tres)]}))
    result = world.ingest(slurm(world, WINDOW), path)
    assert (result.records, result.quarantined) == (0, 1)
    assert "counts 2 nodes, and 1 are named" in str(result.problems[0])


@pytest.mark.parametrize("chunk", [7, json_answers.CHUNK])
@pytest.mark.parametrize(
    ("name", "said", "other"),
    [
        ("job_id", "7", "8"),
        ("nodes", '"gpu-001"', '"gpu-002"'),
        ("start", "1775001600", "1775001700"),
        ("count", "2", "4"),
    ],
)
def test_a_name_that_stands_twice_in_a_job_takes_neither_value(
    world: "World", name: str, said: str, other: str, chunk: int
) -> None:
    """JSON does not say which of the two holds (RFC 8259 4); the jobs beside it are read."""
    one, two = json.dumps(job()), json.dumps(job(job_id=9))
    old = f'"{name}": {said}'
    assert old in one
    twice = one.replace(old, f'{old}, "{name}": {other}')
    path = world.file("sacct.json", f'{{"jobs": [{twice}, {two}]}}')

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(json_answers, "CHUNK", chunk)
        result = world.ingest(slurm(world, WINDOW), path)

    assert (result.records, result.quarantined) == (1, 1)
    assert f"`{name}` stands twice" in str(result.problems[0])


def test_a_name_that_stands_twice_with_one_value_is_harmless(world: "World") -> None:
    """Both say the same."""
    one = json.dumps(job()).replace('"job_id": 7', '"job_id": 7, "job_id": 7')
    result = world.ingest(slurm(world, WINDOW), world.file("sacct.json", f'{{"jobs": [{one}]}}'))
    assert (result.records, result.quarantined) == (1, 0)


@pytest.mark.parametrize("number", [0, -7, {"set": True, "infinite": False, "number": -1}])
def test_a_job_has_a_number_above_zero(world: "World", number: Any) -> None:
    """Slurm's begin at 1; text says so by its form."""
    path = world.file("sacct.json", json.dumps({"jobs": [job(job_id=number)]}))
    result = world.ingest(slurm(world, WINDOW), path)
    assert (result.records, result.quarantined) == (0, 1)
    assert "no job's number" in str(result.problems[0])


def test_a_gres_that_is_counted_twice_differently_is_quarantined(world: "World") -> None:
    """Neither count is taken."""
    path = world.file("sacct.txt", text(row(tres="gres/gpu=2,gres/gpu=8,node=1"), row("8")))
    result = world.ingest(slurm(world, WINDOW), path)
    assert (result.records, result.quarantined) == (1, 1)
    assert "`gres/gpu` is counted twice" in str(result.problems[0])
