import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kansa.clock import HOUR, SimulatedClock
from kansa.errors import BrokenVault, KansaError
from kansa.ledger import keys, note
from kansa.ledger.checkpoint_file import Beside, Kept
from kansa.ledger.note import Algorithm, SigningKey
from kansa.ledger.ports import Outcome, Sealed
from kansa.ledger.proof import Consistency, verify_consistency, verify_inclusion
from kansa.ledger.sequencer import MOST_IN_A_COMMIT, Sequencer
from kansa.ledger.stores.sqlite import SqliteWriter
from kansa.ledger.tree import leaf_hash
from kansa.records import envelope, sealing
from kansa.records.draft import Submission
from logs import ORIGIN, START, Log, job, jobs, simulated


def _send(log: Log, rows: Sequence[Submission], sent: str) -> list[Outcome]:
    if sent == "together":
        return log.append(*rows)
    return [outcome for row in rows for outcome in log.append(row)]


def test_what_is_appended_is_read_back_proved_and_revealed(log: Log) -> None:
    """Law: an acknowledged record is in the log, under a signed root, and its sealed values open with its digests."""
    outcomes = log.append(*jobs(range(20)))
    with closing(log.reader()) as reader, closing(log.values()) as values:
        checkpoint = note.checkpoint_in(reader.latest())
        for number, outcome in enumerate(outcomes):
            entry = reader.entry(number)
            path = reader.inclusion(number, checkpoint.size)
            record = envelope.decode(entry)
            revealed = sealing.reveal(record.data, values.reveal(sealing.digests(dict(record.data))))

            assert (outcome.status, outcome.index, record.id) == ("appended", number, outcome.id)
            assert verify_inclusion(number, 20, leaf_hash(entry), path, checkpoint.root)
            assert b"account of" not in entry
            assert revealed["account"] == "account of t1"
    assert log.check() == 20


def test_reading_a_source_again_adds_nothing(log: Log) -> None:
    """Law: same source and id: duplicate of the recorded one; no commit, no checkpoint."""
    first = log.append(*jobs(range(5)))
    again = log.append(*jobs(range(5)))

    assert [(each.status, each.index) for each in again] == [("duplicate", each.index) for each in first]
    assert log.audit().checkpoints == 2  # of the empty tree and of the first commit


def test_duplicates_within_one_batch_are_found(log: Log) -> None:
    """Law: what a batch has already taken counts as recorded."""
    outcomes = log.append(job(1), job(1), job(2), job(1))

    assert [(each.status, each.index) for each in outcomes] == [
        ("appended", 0),
        ("duplicate", 0),
        ("appended", 1),
        ("duplicate", 0),
    ]


@pytest.mark.parametrize("sent", ["together", "one by one"])
def test_a_row_that_has_progressed_corrects_the_latest_version(log: Log, sent: str) -> None:
    """Law: `corrects` names log and index of the latest version, and the record is about both records' subjects."""
    rows = [job(1, tenant="t1"), job(1, tenant="t2"), job(1, tenant="t3")]
    outcomes = _send(log, rows, sent)
    records = log.records()

    assert [(each.status, each.index, each.other) for each in outcomes] == [
        ("appended", 0, None),
        ("superseding", 1, 0),
        ("superseding", 2, 1),
    ]
    assert [record.data.get("corrects") for record in records[1:]] == [
        {"log": ORIGIN, "index": 0},
        {"log": ORIGIN, "index": 1},
    ]
    assert len(records[2].about) == 4  # the workload and three tenants
    assert set(records[0].about) < set(records[1].about) < set(records[2].about)


@pytest.mark.parametrize("sent", ["together", "one by one"])
def test_a_row_that_goes_back_to_an_earlier_content_is_not_lost(log: Log, sent: str) -> None:
    """Law: A, B, A is three records; the third has an id of its own, and reading any of them again is settled."""
    a, b = job(1), job(1, tenant="t2")
    rows = [a, b, a, a, b, b]
    outcomes = _send(log, rows, sent)
    records = log.records()

    assert [(each.status, each.index) for each in outcomes] == [
        ("appended", 0),
        ("superseding", 1),
        ("superseding", 2),
        ("duplicate", 2),
        ("superseding", 3),
        ("duplicate", 3),
    ]
    assert len({record.id for record in records}) == 4
    assert outcomes[2].id == records[2].id != a.id
    with closing(log.reader()) as reader:
        assert reader.find(a.source, a.id) == 0
        assert reader.find(a.source, records[2].id) == 2
    assert log.check() == 4


@pytest.mark.parametrize("sent", ["together", "one by one"])
def test_an_event_source_that_contradicts_itself_is_refused_and_both_are_named(log: Log, sent: str) -> None:
    """Law: same natural key, other content, no progress: the recorded index and the new id stand in the outcome."""
    rows = [job(1, progresses=False), job(1, progresses=False, tenant="t2"), job(2, progresses=False)]
    outcomes = _send(log, rows, sent)

    assert [each.status for each in outcomes] == ["appended", "refused", "appended"]
    assert (outcomes[1].code, outcomes[1].other, outcomes[1].id) == ("ledger.contradicts", 0, rows[1].id)
    assert "record 0" in str(outcomes[1].message)
    assert log.check() == 2


def test_an_id_that_belongs_to_another_natural_key_is_refused(log: Log) -> None:
    """Law: (source, id) is unique; one who forges an id stops nobody else's record."""
    forged = msgspec.structs.replace(job(2), id=job(1).id)
    outcomes = log.append(job(1), forged, job(3))

    assert [each.status for each in outcomes] == ["appended", "refused", "appended"]
    assert (outcomes[1].code, outcomes[1].other) == ("ledger.id_taken", 0)
    assert log.append(forged)[0].code == "ledger.id_taken"


def test_the_same_id_of_another_source_is_another_record(log: Log) -> None:
    """Law: uniqueness is of source and id together."""
    twin = msgspec.structs.replace(job(1), source="urn:kansa:example.com:other")

    assert [each.index for each in log.append(job(1), twin)] == [0, 1]


def test_one_bad_submission_is_refused_alone(log: Log) -> None:
    """Law: outside the profile, unknown, unfit or too long: refused with its reason, while the others are recorded."""
    good = job(1)
    bad = [
        msgspec.structs.replace(job("a"), type="kansa.made.up.v0"),
        msgspec.structs.replace(job("b"), data=good.data | {"accelerators": 2**60}),
        msgspec.structs.replace(job("c"), data=good.data | {"note": "x" * 70_000, "units": ["u" * 70_000]}),
        msgspec.structs.replace(job("d"), data=good.data | {"note": "\ud800"}),
        msgspec.structs.replace(job("e"), data=good.data | {"surprise": "not sealed"}),
        msgspec.structs.replace(job("f"), data={}),
        msgspec.structs.replace(job("g"), time=10**30),
        msgspec.structs.replace(job("h"), id=""),
        msgspec.structs.replace(job("i"), id="x" * 201),
        msgspec.structs.replace(job("j"), source=""),
        msgspec.structs.replace(job("k"), natural=b""),
        msgspec.structs.replace(job("l"), id="\ud800"),
    ]
    outcomes = log.append(good, *bad, job(2))

    assert [each.status for each in outcomes] == ["appended", *["refused"] * len(bad), "appended"]
    assert all(each.code and each.message for each in outcomes[1:-1])
    assert log.check() == 2


def test_a_batch_of_refusals_leaves_no_trace(log: Log) -> None:
    """Law: nothing recorded, nothing signed."""
    log.append(job(1))
    before = log.published.read_bytes(), log.audit().checkpoints
    log.append(msgspec.structs.replace(job(2), data={}))

    assert (log.published.read_bytes(), log.audit().checkpoints) == before


def test_many_threads_share_commits_and_every_one_gets_its_own_outcomes(log: Log) -> None:
    """Law: group commit: indexes are a permutation, each caller's records are its own, commits are fewer than calls."""
    found: dict[int, list[int]] = {}

    def work(number: int) -> None:
        mine = jobs(range(100 * number, 100 * number + 10))
        found[number] = [outcome.index or 0 for each in mine for outcome in sequencer.append([each])]

    with closing(log.sequencer()) as sequencer:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    records = log.records()

    assert sorted(index for indexes in found.values() for index in indexes) == list(range(160))
    for number, indexes in found.items():
        assert indexes == sorted(indexes)
        assert [records[i].id for i in indexes] == [
            each.id for each in jobs(range(100 * number, 100 * number + 10))
        ]
    assert log.check() == 160


def test_a_large_call_is_taken_in_several_commits(log: Log) -> None:
    """Law: no commit grows without bound."""
    outcomes = log.append(*jobs(range(MOST_IN_A_COMMIT + 1)))

    assert [each.index for each in outcomes] == list(range(MOST_IN_A_COMMIT + 1))
    assert log.audit().checkpoints == 3


def test_an_empty_call_does_nothing(log: Log) -> None:
    """Law: nothing in, nothing out."""
    assert log.append() == []


def test_every_commit_is_signed_and_each_tree_continues_the_one_before(log: Log) -> None:
    """Law: one checkpoint a commit, all kept, one root a size, append-only between any two."""
    for start in range(0, 30, 3):
        log.append(*jobs(range(start, start + 1 + start % 4)))
    with closing(log.reader()) as reader:
        checkpoints = [note.checkpoint_in(each) for each in reader.checkpoints()]
        for older, newer in pairwise(checkpoints):
            path = reader.consistency(older.size, newer.size)
            result = verify_consistency(older.size, newer.size, path, older.root, newer.root)

            assert result is (Consistency.CONTINUES if older.size else Consistency.FROM_EMPTY)
            assert reader.checkpoint_at(newer.size) is not None
        assert len({each.size for each in checkpoints}) == len(checkpoints)
        assert reader.checkpoint_at(10**6) is None


def test_a_new_log_signs_the_empty_tree_and_publishes_it(log: Log) -> None:
    """Law: trust begins at size 0, before the first record."""
    log.sequencer().close()

    assert note.checkpoint_in(log.published.read_bytes()).size == 0
    assert log.check() == 0


def test_a_database_from_an_older_copy_refuses_to_start(log: Log) -> None:
    """Law: `vault.behind`: what was published cannot be taken back."""
    log.append(job(1))
    copy = log.ledger.read_bytes()
    log.append(job(2))
    log.ledger.write_bytes(copy)

    with pytest.raises(BrokenVault) as refusal:
        log.sequencer()

    assert refusal.value.code == "vault.behind"
    with pytest.raises(BrokenVault):  # and it let go of the lock, so that the reason is seen again
        log.sequencer()


def test_another_history_of_the_same_length_refuses_to_start(log: Log) -> None:
    """Law: the same size with another root is a fork, whoever signed it."""
    log.append(job(1))
    empty, before = log.ledger.read_bytes(), log.published.read_bytes()
    log.append(job(2))
    published = log.published.read_bytes()
    log.ledger.write_bytes(empty)
    log.published.write_bytes(before)
    log.append(job(3), job(4))
    log.published.write_bytes(published)

    with pytest.raises(BrokenVault) as refusal:
        log.sequencer()

    assert refusal.value.code == "vault.forked"


@pytest.mark.parametrize("content", [b"", b"nonsense", b"a\n1\nb\n\n\xe2\x80\x94 a AAAAAAAA\n"])
def test_a_published_checkpoint_that_is_not_the_logs_refuses_to_start(log: Log, content: bytes) -> None:
    """Law: the guard is not passed over because it is damaged."""
    log.append(job(1))
    log.published.write_bytes(content)

    with pytest.raises(BrokenVault) as refusal:
        log.sequencer()

    assert refusal.value.code == "vault.published"


def test_a_checkpoint_signed_by_another_key_refuses_to_start(log: Log) -> None:
    """Law: only the log's own key publishes for it."""
    log.append(job(1))
    text = note.parse(log.published.read_bytes()).text
    stranger = SigningKey(ORIGIN, Algorithm.ED25519, b"\x05" * 32)
    log.published.write_bytes(note.Note(text, (stranger.sign(text),)).encode())

    with pytest.raises(BrokenVault) as refusal:
        log.sequencer()

    assert refusal.value.code == "vault.published"


def test_a_published_checkpoint_that_is_missing_is_never_made_anew_by_itself(log: Log) -> None:
    """Law: whoever rolled a log back could have removed it; a log that began says so and takes nothing."""
    log.sequencer().close()
    log.published.unlink()
    for _ in range(2):
        with pytest.raises(BrokenVault) as refusal:
            log.sequencer()
        assert refusal.value.code == "vault.published"
        assert "kansa ledger publish" in (refusal.value.help or "")

    assert not log.published.exists()


def test_a_log_is_published_in_every_place_and_held_against_each(log: Log, tmp_path: Path) -> None:
    """Law: a second place is as good as the first: behind it, or without it, the log takes nothing."""
    beside = Beside((tmp_path / "second",))
    with closing(log.sequencer(beside)) as sequencer:
        sequencer.append([job(1)])
    older, first = log.ledger.read_bytes(), log.published.read_bytes()
    with closing(log.sequencer(beside)) as sequencer:
        sequencer.append([job(2)])
    assert (tmp_path / "second").read_bytes() == log.published.read_bytes()
    log.ledger.write_bytes(older)
    log.published.write_bytes(first)  # rolled back with what was published beside the database

    with pytest.raises(BrokenVault) as behind:
        log.sequencer(beside)
    (tmp_path / "second").unlink()
    with pytest.raises(BrokenVault) as missing:
        log.sequencer(beside)

    assert (behind.value.code, missing.value.code) == ("vault.behind", "vault.published")


def test_a_log_behind_a_checkpoint_that_another_log_holds_refuses_to_start(log: Log) -> None:
    """Law: an anchor holds a log as a published checkpoint does, though that was rolled back too."""
    log.append(job(1))
    older, first = log.ledger.read_bytes(), log.published.read_bytes()
    log.append(job(2))
    anchor = Kept("entry 3 of the log `gate`", log.published.read_bytes())
    log.ledger.write_bytes(older)
    log.published.write_bytes(first)

    with pytest.raises(BrokenVault, match="entry 3 of the log `gate`") as refusal:
        log.sequencer(Beside(anchors=(anchor,)))

    assert refusal.value.code == "vault.behind"


def test_the_key_of_another_log_does_not_sign_here(log: Log, tmp_path: Path) -> None:
    """Law: a log's key bears its origin."""
    other = keys.create_log_key(tmp_path / "other", "example.com/other")
    with pytest.raises(BrokenVault) as refusal:
        Sequencer(SqliteWriter(log.ledger), _Full(0), other, SimulatedClock(0), published=log.published)

    assert refusal.value.code == "vault.key"


def test_a_second_writer_is_kept_out_in_one_process_too(log: Log) -> None:
    """Law: the log has one writer; the second is told how to append."""
    with closing(log.sequencer()):
        with pytest.raises(KansaError) as refusal:
            log.sequencer()
        assert refusal.value.code == "vault.held"
    log.sequencer().close()


def test_something_else_that_wrote_is_noticed_before_anything_is_signed_on_it(log: Log) -> None:
    """Law: the stored head is held against memory in every transaction; after the refusal it is read again."""
    with closing(log.sequencer()) as sequencer:
        sequencer.append([job(1)])
        with closing(sqlite3.connect(log.ledger)) as intruder:
            intruder.execute("UPDATE log SET recorded_at = recorded_at + 1")
            intruder.commit()
        with pytest.raises(BrokenVault) as refusal:
            sequencer.append([job(2)])

        assert refusal.value.code == "vault.changed"
        assert sequencer.append([job(2)])[0].status == "appended"


class _Full:
    """A value store on a disk that is full for so many commits."""

    def __init__(self, commits: int) -> None:
        self.left = commits

    def put(self, sealed: Iterable[Sealed]) -> None:
        self.left -= 1
        if self.left >= 0:
            raise KansaError("vault.full", f"no room for {len(list(sealed))} values")


def test_after_a_failure_the_next_append_stands_on_what_is_stored(log: Log) -> None:
    """Law: nothing of a failed commit is left, and its submissions can be sent again."""
    with closing(
        Sequencer(SqliteWriter(log.ledger), _Full(1), log.key, log.clock, published=log.published)
    ) as sequencer:
        with pytest.raises(KansaError) as refusal:
            sequencer.append(jobs(range(3)))

        assert refusal.value.code == "vault.full"
        assert [each.index for each in sequencer.append(jobs(range(3)))] == [0, 1, 2]
    assert log.check() == 3


def test_all_who_wait_are_told_when_their_commit_fails(log: Log) -> None:
    """Law: a group fails together; nobody is left waiting, nobody is acknowledged."""
    told = Counter[str]()

    def work(number: int) -> None:
        try:
            sequencer.append([job(number)])
            told["acknowledged"] += 1
        except KansaError as error:
            told[error.code] += 1

    with closing(
        Sequencer(SqliteWriter(log.ledger), _Full(100), log.key, log.clock, published=log.published)
    ) as sequencer:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)

    assert told == {"vault.full": 8}
    assert log.check() == 0


@dataclass
class _Wall:
    wall: int = START
    steady: int = 0

    def now(self) -> int:
        return self.wall

    def monotonic(self) -> int:
        return self.steady


def test_a_clock_that_goes_back_a_little_is_spoken_of_in_the_log(log: Log) -> None:
    """Law: one `kansa.clock.anomaly.v0` before the first record that was stamped later than the clock said."""
    log.clock = clock = _Wall()
    with closing(log.sequencer()) as sequencer:
        sequencer.append([job(1)])
        clock.wall -= 5_000_000
        outcomes = sequencer.append([job(2), job(3)])
        sequencer.append([job(4)])
    records = log.records()

    assert [each.index for each in outcomes] == [2, 3]
    assert [record.type for record in records].count("kansa.clock.anomaly.v0") == 1
    assert records[1].data["shift_ms"] == -5000
    assert [record.recorded_at - START for record in records] == [0, 1000, 1000, 1000, 1000]
    assert log.check() == 5


def test_a_clock_that_leaps_stops_the_log_until_somebody_confirms_it(log: Log) -> None:
    """Law: no append in doubt; the confirmation itself is recorded."""
    log.clock = clock = _Wall()
    with closing(log.sequencer()) as sequencer:
        sequencer.append([job(1)])
        clock.wall += HOUR
        with pytest.raises(BrokenVault) as refusal:
            sequencer.append([job(2)])
        assert refusal.value.code == "clock.jump"
        sequencer.confirm_clock()
        assert len(log.records()) == 2
        sequencer.append([job(2)])
    anomaly = log.records()[1]

    assert (anomaly.data["confirmed"], anomaly.data["shift_ms"]) == (True, HOUR // 1000)
    assert log.check() == 3


def test_simulated_time_may_leap_by_weeks(tmp_path: Path) -> None:
    """Law: in a simulated vault the clock goes where it is put; recorded time follows and never goes back."""
    log = simulated(tmp_path / "vault")
    for number, hours in enumerate([0, 24 * 14, 24 * 7]):
        log.clock = SimulatedClock(START + hours * HOUR)
        log.append(job(number))

    assert [(each.recorded_at - START) // HOUR for each in log.records()] == [0, 336, 336]


STEPS = st.lists(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), st.booleans()), min_size=1, max_size=6),
    max_size=5,
)


@settings(max_examples=30)  # each makes a log
@given(STEPS)
def test_any_history_keeps_the_laws(
    tmp_path_factory: pytest.TempPathFactory, steps: list[list[tuple[int, int, bool]]]
) -> None:
    """Law: whatever is sent in whatever batches: the latest record of every key is what was last said and not refused."""
    log = simulated(tmp_path_factory.mktemp("log") / "vault")
    said: dict[int, int] = {}
    with closing(log.sequencer()) as sequencer:
        for batch in steps:
            outcomes = sequencer.append(
                [job(k, progresses=p, tenant=f"t{content}") for k, content, p in batch]
            )
            for (key, content, progresses), outcome in zip(batch, outcomes, strict=True):
                expected = _expected(said.get(key), content, progresses=progresses)

                assert outcome.status in expected
                if outcome.status in ("appended", "superseding"):
                    said[key] = content
    latest = {record.subject: record for record in log.records()}

    assert {subject: record.data["tenant_id"] for subject, record in latest.items()} == {
        job(key).data["workload_id"]: job(key, tenant=f"t{content}").data["tenant_id"]
        for key, content in said.items()
    }
    log.check()


def _expected(before: int | None, content: int, *, progresses: bool) -> set[str]:
    if before is None:
        return {"appended"}
    if before == content:
        return {"duplicate"}
    return {"superseding"} if progresses else {"refused", "duplicate"}
