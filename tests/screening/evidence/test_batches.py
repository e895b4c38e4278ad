"""Many parties from a file: one line for each line, in order, whatever happens in between."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kansa.application.screening import batch
from kansa.application.screening.engine import engine
from kansa.application.screening.files import from_files
from kansa.application.screening.screening import grounds_of
from kansa.errors import BadInput
from screening.worlds_screening import NOW, entry_line, write_list

if TYPE_CHECKING:
    from kansa.screening.evidence import Grounds
    from kansa.screening.matching.search import Matcher


class Asked:
    """A list of three entries, ready; `run` answers a file against it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.list = write_list(
            directory,
            "watch",
            entry_line("crane", "Golden Crane Shipping Company"),
            entry_line("toyota", "例示自動車株式会社"),
            entry_line("x", "Unrelated Holding"),
        )
        compares = engine()
        editions, entries = from_files([f"jsonl:{self.list}"], NOW)
        self.matcher: Matcher = compares.index(entries)
        self.grounds: Grounds = grounds_of(compares, editions, threshold=0.7, limit=5, now=NOW)

    def run(self, source: Path, target: Path, **options: Any) -> batch.Batch:
        return batch.run(source, target, self.matcher, self.grounds, **{"processes": 1, **options})


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """The index is built once."""
    return Asked(tmp_path_factory.mktemp("lists"))


def _write(path: Path, *lines: object) -> Path:
    path.write_text(
        "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines), "utf-8"
    )
    return path


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _many(directory: Path, count: int = 1_500) -> Path:
    names = ("Golden Crane Shipping Co", "Quiet Meadow Bakery", "例示自動車", "Person {n}", "{{bad")
    rows = (
        names[4]
        if n % 97 == 0
        else {"id": str(n), "name": names[n % 4].format(n=n), "schema": "Organization"}
        for n in range(count)
    )
    return _write(directory / "many.jsonl", *rows)


def test_each_line_is_answered_by_its_id(asked: Asked, tmp_path: Path) -> None:
    """The contract: id, and candidates with entity id, list, name, score and reasons."""
    source = _write(
        tmp_path / "in.jsonl",
        {"id": "1", "name": "Golden Crane Shipping Company", "schema": "Organization"},
        {"id": 2, "name": "Nobody At All"},
        {"id": "3", "name": "(株)例示自動車", "schema": "Company"},
    )

    done = asked.run(source, tmp_path / "out.jsonl")

    answers = _read(tmp_path / "out.jsonl")
    assert [answer["id"] for answer in answers] == ["1", 2, "3"]
    assert answers[0]["candidates"][0].keys() == {"entity_id", "list", "name", "score", "reasons"}
    assert [[found["entity_id"] for found in answer["candidates"]] for answer in answers] == [
        ["crane"],
        [],
        ["toyota"],
    ]
    assert answers[0]["candidates"][0]["score"] == 1
    assert (done.parties, done.alerts, done.unreadable) == (3, 2, 0)


def test_a_line_that_cannot_be_read_never_passes_for_no_hit(asked: Asked, tmp_path: Path) -> None:
    """Its candidates are null, not an empty list; lines around it are answered; blank lines are none."""
    lines = [
        "{",
        "",
        '{"id":"2"}',
        '{"id":"3","name":" \\u200b"}',
        '{"id":"4","name":"Quiet Meadow","countries":["Atlantis"]}',
        "[]",
    ]

    done = asked.run(_write(tmp_path / "in.jsonl", *lines), tmp_path / "out.jsonl")

    answers = _read(tmp_path / "out.jsonl")
    assert [(answer["id"], answer["candidates"]) for answer in answers] == [
        (None, None),
        ("2", None),
        ("3", None),
        ("4", []),
        (None, None),
    ]
    assert [answer.get("line") for answer in answers] == [1, 3, 4, None, 6]
    assert answers[3]["set_aside"] == ["countries: `Atlantis` is not a country that is known"]
    assert (done.parties, done.unreadable) == (5, 4)


def test_what_is_wrong_with_a_line_is_told_with_its_id(asked: Asked, tmp_path: Path) -> None:
    """A byte order mark is no part of a line, a field that nobody reads is named, and an id is read without the rest."""
    source = tmp_path / "in.jsonl"
    lines = [
        '\ufeff{"id":"1","name":"Golden Crane Shipping Company"}',
        '{"id":"2","name":"Quiet Meadow","country":"JP"}',
        '{"id":"3","name":123}',
    ]
    source.write_text("\n".join(lines), "utf-8")

    asked.run(source, tmp_path / "out.jsonl")

    first, second, third = _read(tmp_path / "out.jsonl")
    assert [found["entity_id"] for found in first["candidates"]] == ["crane"]
    assert (second["candidates"], second["set_aside"]) == ([], ["country: is not a field of a party"])
    assert (third["id"], third["line"], third["candidates"]) == ("3", 3, None)


def test_hits_beyond_the_limit_are_counted(tmp_path: Path) -> None:
    """Seven bear one name and five are told."""
    (tmp_path / "lists").mkdir()
    crowd = [entry_line(str(n), "Golden Crane Shipping Company") for n in range(7)]
    editions, entries = from_files([f"jsonl:{write_list(tmp_path / 'lists', 'crowd', *crowd)}"], NOW)
    compares = engine()
    grounds = grounds_of(compares, editions, threshold=0.7, limit=5, now=NOW)
    source = _write(tmp_path / "in.jsonl", {"id": "1", "name": "Golden Crane Shipping Company"})

    batch.run(source, tmp_path / "out.jsonl", compares.index(entries), grounds, processes=1)

    (answer,) = _read(tmp_path / "out.jsonl")
    assert (len(answer["candidates"]), answer["more"]) == (5, 2)


def test_the_answers_never_take_the_place_of_the_parties(asked: Asked, tmp_path: Path) -> None:
    """However the place is spelt."""
    source = _write(tmp_path / "in.jsonl", {"id": "1", "name": "Nobody"})
    before = source.read_bytes()
    (tmp_path / "elsewhere").mkdir()

    with pytest.raises(BadInput, match="take the place of the parties"):
        asked.run(source, tmp_path / "elsewhere" / ".." / "in.jsonl")
    assert source.read_bytes() == before


def test_an_endless_line_is_refused_and_not_kept(asked: Asked, tmp_path: Path) -> None:
    """A line of three megabytes without an end of line is answered once, and the next is read."""
    source = tmp_path / "in.jsonl"
    source.write_text("x" * 3_000_000 + '\n{"id":"2","name":"Golden Crane Shipping Company"}\n', "utf-8")

    asked.run(source, tmp_path / "out.jsonl")

    answers = _read(tmp_path / "out.jsonl")
    assert [answer["id"] for answer in answers] == [None, "2"]
    assert "more than" in answers[0]["error"]


def test_processes_answer_alike(asked: Asked, tmp_path: Path) -> None:
    """Two processes write what one writes, byte for byte."""
    source = _many(tmp_path)

    one = asked.run(source, tmp_path / "one.jsonl", processes=1)
    two = asked.run(source, tmp_path / "two.jsonl", processes=2)

    assert one.output_sha256 == two.output_sha256
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_a_run_that_stopped_goes_on_and_writes_the_same(asked: Asked, tmp_path: Path) -> None:
    """Stopped in the middle, its last line cut off: the whole is as if it had never stopped."""
    source = _many(tmp_path)
    whole = asked.run(source, tmp_path / "whole.jsonl")

    class Stopped(Exception):
        pass

    def stop(done: int, _total: int) -> None:
        if done >= 1_000:
            raise Stopped

    with pytest.raises(Stopped):
        asked.run(source, tmp_path / "out.jsonl", progress=stop)
    part = tmp_path / "out.jsonl.part"
    part.write_bytes(part.read_bytes()[:-5])

    done = asked.run(source, tmp_path / "out.jsonl")

    assert 0 < done.resumed_at < 1_500
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert done.output_sha256 == whole.output_sha256
    assert not part.exists()
    assert not (tmp_path / "out.jsonl.part.json").exists()


def test_another_input_is_another_run(asked: Asked, tmp_path: Path) -> None:
    """Nothing of a run over other parties is kept."""
    (tmp_path / "out.jsonl.part").write_text('{"id":"stale","candidates":[]}\n')
    (tmp_path / "out.jsonl.part.json").write_text("{}")

    done = asked.run(_write(tmp_path / "in.jsonl", {"id": "1", "name": "Nobody"}), tmp_path / "out.jsonl")

    assert (done.resumed_at, [answer["id"] for answer in _read(tmp_path / "out.jsonl")]) == (0, ["1"])


@pytest.mark.slow
def test_a_killed_command_goes_on(asked: Asked, tmp_path: Path) -> None:
    """SIGKILL while it writes; the same command again ends with all lines, in order, and its evidence beside them."""
    source, target = _many(tmp_path, 5_000), tmp_path / "out.jsonl"
    asking = ("screen", "batch", str(source), "-o", str(target), "--list", f"jsonl:{asked.list}", "--json")
    command = [sys.executable, "-m", "kansa", *asking]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    part = tmp_path / "out.jsonl.part"
    for _ in range(600):
        if part.exists() and part.stat().st_size > 10_000:
            break
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not target.exists()

    again = subprocess.run(command, capture_output=True, check=False)

    told = json.loads(again.stdout)
    assert again.returncode == 1, "some lines cannot be read"
    assert told["resumed_at"] > 0
    wanted = [None if n % 97 == 0 else str(n) for n in range(5_000)]
    assert [answer["id"] for answer in _read(target)] == wanted
    evidence = json.loads((tmp_path / "out.jsonl.evidence.json").read_text())
    assert (evidence["parties"], evidence["entries"]) == (5_000, 3)
    assert "eu.fsf" in evidence["not_covered"]
