import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from kansa.errors import BrokenVault, KansaError
from kansa.ledger import note
from kansa.ledger.sequencer import Sequencer
from logs import Log, jobs

APPENDING = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from logs import Log, jobs

log, start, size = Log(Path(sys.argv[2])), int(sys.argv[3]), int(sys.argv[4])
sequencer = log.sequencer()
print("open", flush=True)
while True:
    outcomes = sequencer.append(jobs(range(start, start + size)))
    print(*(each.index for each in outcomes), flush=True)
    start += size
"""


def _kill_under_load(log: Log, start: int, size: int, seconds: float) -> list[int]:
    """Append jobs from `start` on in batches until killed; the indexes that were acknowledged, in order."""
    tests = str(Path(__file__).parent.parent)
    command = [sys.executable, "-c", APPENDING, tests, str(log.folder), str(start), str(size)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        time.sleep(seconds)
        process.kill()
        lines = process.stdout.readlines()
    whole = [line for line in lines if line.endswith("\n")]
    return [int(word) for line in whole for word in line.split()]


def _until_published(log: Log, size: int) -> None:
    """Wait until the checkpoint of a size is published, which happens behind the commits."""
    ends = time.monotonic() + 60
    while not (log.published.exists() and note.checkpoint_in(log.published.read_bytes()).size >= size):
        assert time.monotonic() < ends, "the checkpoint was never published"
        time.sleep(0.02)


def _survive(log: Log, kills: int, dice: random.Random) -> None:
    start = recorded = 0
    for _ in range(kills):
        size = dice.choice([1, 10, 100])
        acknowledged = _kill_under_load(log, start, size, dice.uniform(0, 0.3))
        now = log.check(killed=True)

        assert acknowledged == list(range(recorded, recorded + len(acknowledged)))
        assert now >= recorded + len(acknowledged)
        assert (now - recorded) % size == 0
        again = log.append(*jobs(range(start, start + len(acknowledged) + size)))
        expected = ["duplicate"] * (now - recorded) + ["appended"] * size
        assert [each.status for each in again] == expected[: len(again)]
        start += len(again)
        recorded = log.check()
    with closing(log.values()) as values:
        for record in log.records():
            assert len(values.reveal(record.data["_sd"])) == len(record.data["_sd"])


def test_no_acknowledged_record_is_lost_to_kill_9(log: Log) -> None:
    """Law: after each of ten kills under load: no gap, no bad root, values there, and sending again adds only the rest."""
    _survive(log, 10, random.Random(20261122))


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_no_acknowledged_record_is_lost_to_a_hundred_kills(tmp_path: Path) -> None:
    """Law: as above, a hundred times, on ten logs."""
    for number in range(10):
        _survive(Log(tmp_path / str(number)).create(), 10, random.Random(number))


def test_a_write_ahead_log_torn_anywhere_leaves_whole_commits_or_is_refused(log: Log, tmp_path: Path) -> None:
    """Law: a cut leaves a prefix that ends on a commit; if that is less than was published, it refuses to start."""
    dice = random.Random(7)
    sizes = {0}
    with closing(log.sequencer()) as sequencer:
        for start in range(0, 60, 6):
            sequencer.append(jobs(range(start, start + 6)))
            sizes.add(start + 6)
        _until_published(log, 60)
        stopped = tmp_path / "stopped"
        shutil.copytree(log.folder, stopped)
    wal = (stopped / "ledger.sqlite-wal").read_bytes()
    refused = 0
    for number, cut in enumerate([*sorted(dice.sample(range(len(wal)), 40)), len(wal)]):
        torn = Log(tmp_path / f"torn-{number}")
        shutil.copytree(stopped, torn.folder, ignore=shutil.ignore_patterns("*-shm"))
        (torn.folder / "ledger.sqlite-wal").write_bytes(wal[:cut])
        try:
            with closing(torn.reader()) as reader:
                size = reader.size()
            report = torn.audit()
        except BrokenVault:
            size, report = -1, None
        assert size in sizes or cut < 40_000  # the first commits hold the tables themselves
        assert report is None or report.ok or report.size == 0
        try:
            torn.sequencer().close()
        except BrokenVault:
            refused += 1
        else:
            assert size == 60

    assert refused == 40


@contextmanager
def _no_file_larger_than(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def _small_disk(path: Path, size: str) -> Iterator[Path]:
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def _until_refused(sequencer: Sequencer, size: int = 50, done: int = 0) -> tuple[int, KansaError]:
    """Append until an error; how many are acknowledged by then, and the error."""
    while True:
        try:
            sequencer.append(jobs(range(done, done + size)))
        except KansaError as error:
            return done, error
        done += size


def test_a_full_disk_is_said_loses_nothing_and_is_got_over(tmp_path: Path) -> None:
    """Law: on a real file system without room: what was acknowledged is there; with room again, appending goes on."""
    with _small_disk(tmp_path / "disk", "6m") as disk:
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * 1_500_000)
        log = Log(disk / "vault").create()
        with closing(log.sequencer()) as sequencer:
            done, refusal = _until_refused(sequencer)
            assert (refusal.code, log.audit().faults) == ("vault.full", ())
            assert "nothing that was acknowledged is lost" in str(refusal.help)
            assert log.audit().size == done > 0
            ballast.unlink()
            outcomes = sequencer.append(jobs(range(done - 50, done + 50)))
            assert [each.status for each in outcomes] == ["duplicate"] * 50 + ["appended"] * 50
        assert log.check() == done + 50


@pytest.mark.parametrize("size", [300_000, 700_000])
def test_a_write_that_fails_is_said_and_got_over(log: Log, size: int) -> None:
    """Law: as for a full disk, where the system refuses to let a file grow."""
    with closing(log.sequencer()) as sequencer:
        with _no_file_larger_than(size):
            done, refusal = _until_refused(sequencer)
        assert refusal.code == "vault.full"
        assert log.audit().size == done > 0
        assert [each.index for each in sequencer.append(jobs(range(done, done + 50)))] == list(
            range(done, done + 50)
        )
    assert log.check() == done + 50


def test_a_checkpoint_that_cannot_be_published_holds_up_the_next_append_and_no_more(log: Log) -> None:
    """Law: a commit stays acknowledged; before the next, publishing is made up for or its failure said."""
    with closing(log.sequencer()) as sequencer:
        sequencer.append(jobs(range(2)))
        time.sleep(0.4)
        in_the_way = log.folder / "checkpoint.new"
        in_the_way.mkdir()
        done, refusal = _until_refused(sequencer, 2, 2)
        assert refusal.code == "vault.unpublished"
        assert log.audit().size == done > 2
        in_the_way.rmdir()
        outcomes = sequencer.append(jobs(range(done - 2, done + 1)))
        assert [each.status for each in outcomes] == ["duplicate"] * 2 + ["appended"]
    assert log.check() == done + 1
    assert note.checkpoint_in(log.published.read_bytes()).size == done + 1
