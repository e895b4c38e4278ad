import sqlite3
from contextlib import closing

import pytest

from kansa.ledger import note
from kansa.ledger.audit import MOST_FAULTS, audit
from kansa.ledger.note import Algorithm, SigningKey
from logs import ORIGIN, Log, job, jobs

STRANGER = SigningKey(ORIGIN, Algorithm.ED25519, b"\x05" * 32)


@pytest.fixture
def written(log: Log) -> Log:
    """A log of ten entries in five commits."""
    for start in range(0, 10, 2):
        log.append(*jobs(range(start, start + 2)))
    return log


def _tamper(log: Log, sql: str, *parameters: object) -> None:
    with closing(sqlite3.connect(log.ledger)) as connection:
        connection.execute(sql, parameters)
        connection.commit()


def test_a_log_that_nobody_touched_has_no_fault(written: Log) -> None:
    """Law: the report says what was looked at, and progress reaches the end."""
    steps = []
    with closing(written.reader()) as reader:
        report = audit(reader, written.key.verifier, lambda done, size: steps.append((done, size)))

    assert report.ok
    assert (report.size, report.checkpoints, report.tags, report.origin) == (10, 6, 10, ORIGIN)
    assert steps[-1] == (10, 10)
    with closing(written.reader()) as reader:
        assert note.checkpoint_in(reader.latest()).root == report.root


@pytest.mark.parametrize(
    ("sql", "codes", "place"),
    [
        (
            "UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), 'measured', 'attested') AS BLOB) WHERE seq = 3",
            {"audit.hash", "audit.root"},
            None,
        ),
        ("UPDATE entry SET body = x'7b7d' WHERE seq = 3", {"record.envelope"}, "entry 3"),
        (
            "UPDATE entry SET body = CAST(body || ' ' AS BLOB) WHERE seq = 3",
            {"record.not_canonical"},
            "entry 3",
        ),
        ("UPDATE entry SET id = 'other' WHERE seq = 3", {"audit.row"}, "entry 3"),
        ("UPDATE entry SET natural = x'00' WHERE seq = 3", {"audit.natural"}, "entry 3"),
        (
            "UPDATE entry SET natural = (SELECT natural FROM entry WHERE seq = 2) WHERE seq = 3",
            {"audit.natural"},
            "entry 3",
        ),
        ("UPDATE entry SET submitted = 'other' WHERE seq = 3", {"audit.row"}, "entry 3"),
        ("UPDATE source SET name = 'urn:other'", {"audit.row"}, "entry 0"),
        ("DELETE FROM entry WHERE seq = 3", {"audit.sequence"}, "entry 4"),
        ("DELETE FROM entry WHERE seq = 9", {"audit.head"}, "size 10"),
        ("UPDATE entry SET seq = 10 WHERE seq = 9", {"audit.sequence", "audit.head"}, "entry 10"),
        ("UPDATE hash SET hash = zeroblob(32) WHERE position = 5", {"audit.hash"}, "tree hash 5"),
        ("DELETE FROM hash WHERE position = 5", {"audit.hash"}, "tree hash 5"),
        ("UPDATE checkpoint SET note = x'00' WHERE size = 4", {"note.format"}, "checkpoint number 2"),
        (
            "UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 2) WHERE size = 4",
            {"audit.checkpoint"},
            "checkpoint 2",
        ),
        ("DELETE FROM checkpoint WHERE size = 10", {"audit.checkpoint"}, "checkpoint 10"),
        ("UPDATE log SET recorded_at = recorded_at + 1000", {"audit.head"}, "size 10"),
        ("UPDATE log SET frontier = x'0000000000000000'", {"audit.sequence"}, "entry 0"),
        ("UPDATE log SET frontier = x'00'", {"vault.damaged"}, None),
        ("DROP TABLE hash", {"vault.store"}, None),
    ],
)
def test_whatever_is_changed_is_found_at_its_place(
    written: Log, sql: str, codes: set[str], place: str | None
) -> None:
    """Law: every table that the log consists of is checked, and the fault names its kind and its place."""
    _tamper(written, sql)
    report = written.audit()

    assert not report.ok
    assert codes <= {fault.code for fault in report.faults}
    assert place is None or place in {fault.place for fault in report.faults}


def test_every_stored_checkpoint_is_checked_not_only_the_last(written: Log) -> None:
    """Law: a signature of another key on an old checkpoint is a fault of its own."""
    with closing(written.reader()) as reader:
        text = note.parse(reader.checkpoint_at(4) or b"").text
    _tamper(
        written,
        "UPDATE checkpoint SET note = ? WHERE size = 4",
        note.Note(text, (STRANGER.sign(text),)).encode(),
    )

    assert [(fault.code, fault.place) for fault in written.audit().faults] == [
        ("audit.signature", "checkpoint 4")
    ]


def test_time_that_goes_back_is_found(log: Log) -> None:
    """Law: an entry recorded before its predecessor is a fault, though every hash and signature be right."""
    log.append(*jobs(range(2)))
    key = log.key.verifier
    with closing(log.reader()) as reader:
        rows = list(reader.rows())
        reader.rows = lambda *_: iter(  # type: ignore[method-assign] # a store that returns its rows as they never were
            [
                rows[0],
                rows[1].__class__(1, _earlier(rows[1].body), rows[1].source, rows[1].id, rows[1].natural),
            ]
        )
        report = audit(reader, key)

    assert "audit.time" in {fault.code for fault in report.faults}


def _earlier(body: bytes) -> bytes:
    start = body.index(b'"recordedtime":"') + len(b'"recordedtime":"')
    return body[:start] + b"1999" + body[start + 4 :]


def test_an_audit_with_another_key_finds_every_signature_missing(written: Log) -> None:
    """Law: the key is the auditor's, not the log's."""
    with closing(written.reader()) as reader:
        report = audit(reader, STRANGER.verifier)

    assert [fault.code for fault in report.faults] == ["audit.signature"] * 6


def test_so_many_faults_are_listed_and_the_rest_counted(log: Log) -> None:
    """Law: a report stays readable, and says how much it leaves out."""
    log.append(*jobs(range(MOST_FAULTS + 10)))
    _tamper(log, "UPDATE entry SET id = 'x' || seq")
    report = log.audit()

    assert (len(report.faults), report.faults_not_listed) == (MOST_FAULTS, 10)


def test_an_audit_beside_a_writer_sees_the_log_as_it_was(written: Log) -> None:
    """Law: what is appended during an audit is no fault."""
    with closing(written.reader()) as reader, closing(written.sequencer()) as sequencer:

        def meanwhile(_done: int, _size: int) -> None:
            sequencer.append([job("late")])

        report = audit(reader, written.key.verifier, meanwhile)

    assert (report.faults, report.size) == ((), 10)
