import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kansa.errors import BadInput, BrokenVault, KansaError
from kansa.ledger.ports import Sealed
from kansa.ledger.stores import values
from kansa.ledger.stores.values import ValueReader, ValueWriter
from kansa.records import sealing
from kansa.records.sealing import Disclosure
from logs import Log, job, jobs, subject

KEY = b"v" * 32
PARTY = subject("pty", "a")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A new value store."""
    path = tmp_path / "values.sqlite"
    values.create(path, KEY)
    return path


def _sealed(keeper: str | None, **fields: str) -> Sealed:
    return Sealed(keeper, sealing.seal(fields, fields.keys())[1])


def _put(store: Path, *sealed: Sealed) -> None:
    with closing(ValueWriter(store, KEY)) as writer:
        writer.put(sealed)


def _reveal(store: Path, *disclosures: Disclosure) -> dict[str, Disclosure]:
    with closing(ValueReader(store, KEY)) as reader:
        return reader.reveal(each.digest for each in disclosures)


def _bytes(store: Path) -> bytes:
    """All that is on the disk, with the write-ahead log."""
    return b"".join(path.read_bytes() for path in sorted(store.parent.glob(f"{store.name}*")))


def test_what_is_kept_is_revealed_by_its_digests_and_nothing_else_is(store: Path) -> None:
    """Law: reveal(put(d)) = d for what is asked; unknown digests and nonsense are just not there."""
    mine, others = _sealed(PARTY, a="1", b="2"), _sealed(None, c="3")
    _put(store, mine, others)

    assert _reveal(store, *mine.disclosures) == {each.digest: each for each in mine.disclosures}
    assert _reveal(store, *others.disclosures) == {each.digest: each for each in others.disclosures}
    with closing(ValueReader(store, KEY)) as reader:
        assert reader.reveal(["x" * 43, "", "no digest", "!" * 43]) == {}


@settings(max_examples=30)  # each makes a store
@given(st.lists(st.tuples(st.sampled_from([None, "pty_a", "pty_b"]), st.text()), max_size=8))
def test_any_values_come_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | None, str]]
) -> None:
    """Law: any text under any keeper."""
    store = tmp_path_factory.mktemp("values") / "values.sqlite"
    values.create(store, KEY)
    sealed = [_sealed(keeper, text=text) for keeper, text in rows]
    _put(store, *sealed)

    found = _reveal(store, *(each for one in sealed for each in one.disclosures))
    assert sorted(each.value for each in found.values()) == sorted(text for _, text in rows)


def test_no_value_and_no_name_stands_in_the_file(store: Path) -> None:
    """Law: names and values are encrypted; the file is 0600."""
    _put(store, _sealed(PARTY, passport="TK1234567"))

    assert b"TK1234567" not in _bytes(store)
    assert b"passport" not in _bytes(store)
    assert stat.S_IMODE(store.stat().st_mode) == 0o600


def test_an_erased_subjects_key_and_values_are_gone_from_the_file(store: Path) -> None:
    """Law: no byte of the wrapped key or of a ciphertext is left, in the file or in its log; others stay."""
    mine = [_sealed(PARTY, text=f"value {number}") for number in range(200)]
    other = _sealed(subject("pty", "b"), text="stays")
    for start in range(0, 200, 20):
        _put(store, *mine[start : start + 20], other if start == 100 else _sealed(None, text="operator"))
    with closing(sqlite3.connect(store)) as connection:
        query = "SELECT wrapped FROM keeper WHERE subject = ?"
        (wrapped,) = connection.execute(query, (PARTY,)).fetchone()
        ciphertexts = [
            row[0]
            for row in connection.execute(
                "SELECT sealed FROM value JOIN keeper USING (number) WHERE subject = ?", (PARTY,)
            )
        ]
    before = _bytes(store)
    with closing(ValueWriter(store, KEY)) as writer:
        assert writer.erase(PARTY) == 200
        after = _bytes(store)
        assert writer.erase(PARTY) == 0

    assert wrapped in before
    for secret in (wrapped, wrapped[12:28], PARTY.encode(), *ciphertexts):
        assert secret not in after
    assert _reveal(store, *(each for one in mine for each in one.disclosures)) == {}
    assert len(_reveal(store, *other.disclosures)) == 1


def test_erasing_says_so_when_a_reader_keeps_the_bytes_alive(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Law: values are gone for every later reader at once; that bytes are left in the file is an error, not silence."""
    monkeypatch.setattr("kansa.ledger.sqlite_file.BUSY_SECONDS", 0.1)
    sealed = _sealed(PARTY, text="value")
    _put(store, sealed)
    with closing(sqlite3.connect(store, isolation_level=None)) as reading:
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM value").fetchone()
        with closing(ValueWriter(store, KEY)) as writer, pytest.raises(KansaError) as refusal:
            writer.erase(PARTY)
        assert refusal.value.code in ("values.in_use", "vault.busy")
        assert _reveal(store, *sealed.disclosures) == {}
    with closing(ValueWriter(store, KEY)) as writer:
        assert writer.erase(PARTY) == 0


def test_a_subject_that_comes_again_after_erasure_gets_a_new_key(store: Path) -> None:
    """Law: erasing ends a key, not a subject."""
    first, second = _sealed(PARTY, text="before"), _sealed(PARTY, text="after")
    _put(store, first)
    with closing(ValueWriter(store, KEY)) as writer:
        writer.erase(PARTY)
        writer.put([second])

    assert [each.value for each in _reveal(store, *first.disclosures, *second.disclosures).values()] == [
        "after"
    ]


def test_the_operators_own_values_can_be_erased_too(store: Path) -> None:
    """Law: keeper None is a keeper like any other."""
    sealed = _sealed(None, text="value")
    _put(store, sealed)
    with closing(ValueWriter(store, KEY)) as writer:
        assert writer.erase(None) == 1

    assert _reveal(store, *sealed.disclosures) == {}


def test_another_value_key_does_not_open_the_store(store: Path) -> None:
    """Law: the wrong key is said at once, to readers and writers."""
    for kind in (ValueReader, ValueWriter):
        with pytest.raises(BrokenVault) as refusal:
            kind(store, b"w" * 32)
        assert refusal.value.code == "values.key"


@pytest.mark.parametrize("swap", ["sealed", "keeper"])
def test_a_value_that_was_tampered_with_is_not_revealed(store: Path, swap: str) -> None:
    """Law: a ciphertext opens under its own digest and its own subject's key only."""
    one, two = _sealed(PARTY, text="one"), _sealed(None, text="two")
    _put(store, one, two)
    statement = {
        "sealed": "UPDATE value SET sealed = (SELECT sealed FROM value AS other WHERE other.number = 3 - value.number)",
        "keeper": "UPDATE value SET keeper = 3 - keeper",
    }[swap]
    with closing(sqlite3.connect(store)) as connection:
        connection.execute(statement)
        connection.commit()

    with pytest.raises(BrokenVault) as refusal:
        _reveal(store, *one.disclosures)
    assert refusal.value.code == "values.damaged"


def test_orphans_are_swept_and_what_is_referred_to_stays(store: Path) -> None:
    """Law: sweeping removes exactly what no entry refers to."""
    kept, orphan = _sealed(PARTY, a="1", b="2"), _sealed(PARTY, c="3")
    _put(store, kept, orphan)
    with closing(ValueWriter(store, KEY)) as writer:
        assert writer.sweep(each.digest for each in kept.disclosures) == 1

    assert len(_reveal(store, *kept.disclosures, *orphan.disclosures)) == 2


def test_a_store_is_never_made_over_another_file(store: Path) -> None:
    """Law: creating where something stands is refused."""
    with pytest.raises(BadInput):
        values.create(store, KEY)


def test_a_file_that_is_no_value_store_is_said_so(log: Log) -> None:
    """Law: a log is no value store, nor is a text."""
    with pytest.raises(BrokenVault):
        ValueReader(log.ledger, KEY)
    (log.folder / "text").write_bytes(b"not a database at all, but long enough to be looked at" * 100)
    with pytest.raises(BrokenVault):
        ValueReader(log.folder / "text", KEY)
    with pytest.raises(BrokenVault):
        ValueReader(log.folder / "absent", KEY)


def test_erasing_breaks_no_proof(log: Log) -> None:
    """Law: after an erasure the audit is green, old inclusion proofs hold, and the value cannot be revealed."""
    outcomes = log.append(*jobs(range(5)), job("other", tenant="t2"))
    with closing(log.reader()) as reader:
        before = [reader.inclusion(each.index or 0, 6) for each in outcomes]
    keeper = job(0).data["tenant_id"]
    with closing(ValueWriter(log.sealed, log.value_key)) as writer:
        assert writer.erase(keeper) == 5
    with closing(log.reader()) as reader, closing(log.values()) as kept:
        assert [reader.inclusion(each.index or 0, 6) for each in outcomes] == before
        shown = [kept.reveal(sealing.digests(dict(record.data))) for record in log.records()]

    assert [len(each) for each in shown] == [0, 0, 0, 0, 0, 1]
    assert log.check() == 6
