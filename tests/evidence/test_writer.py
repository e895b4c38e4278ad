"""Segments on disk: what was written is read, shown, audited; what was changed is found."""

import json
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evidence.bulk_rows import SEGMENT, keeper_key, subject, table
from kansa.errors import BrokenVault
from kansa.evidence import bulk_sql, group, reader, trie
from kansa.evidence.files import Segment
from kansa.evidence.group import Shown
from kansa.evidence.schema import USE, USE_BY_UNIT
from kansa.evidence.writer import GROUPS, ROWS, VALUES, unit_rows, write


def written(folder: Path, rows: pa.Table) -> Segment:
    """Write a segment and state it as its entry would."""
    made = write(folder, USE, rows, segment=SEGMENT, keeper_key=keeper_key)
    place = folder / SEGMENT.hex()
    return Segment(place, made.segment, USE, made.rows, made.hull, made.orders, made.files)


def test_sql_writes_the_bytes_that_the_schema_writes() -> None:
    """Canonical rows put together in SQL are those of `Schema.encode`, nulls and lists included."""
    rows = table(300)
    with duckdb.connect() as connection:
        connection.register("rows", rows)
        query = f"SELECT {bulk_sql.row_expression(USE)} FROM rows"  # noqa: S608 - names of the schema only
        bodies = [body for (body,) in connection.execute(query).fetchall()]
        units = [(unit, body) for unit, body in connection.execute(unit_rows("rows")).fetchall()]
    names = [column.name for column in USE.columns]
    assert [body.encode() for body in bodies] == [
        USE.encode([row[name] for name in names]) for row in rows.to_pylist()
    ]
    hull = (0, 2**53)
    assert all(
        USE_BY_UNIT.encode(USE_BY_UNIT.decode(body.encode(), hull)) == body.encode() for _, body in units
    )
    assert len(units) == sum(len(row["units"]) for row in rows.to_pylist())


def test_every_group_of_a_segment_is_shown_with_its_values(tmp_path: Path) -> None:
    """Each subject's rows and sealed values come back whole, and stand under the entry's root; others are absent."""
    rows = table(400)
    segment = written(tmp_path, rows)
    commitment = segment.orders[0]
    found = reader.groups(segment)
    built = reader.group_trie(found)
    seen = []
    for each in found:
        shown = Shown(commitment, segment.hull, each.header, built.proof(each.header.leaf.key))
        opened = group.open_group(USE, shown, reader.group_rows(segment, each))
        values = group.open_sealed(each.header, reader.sealed_runs(segment, each, keeper_key))
        seen += [
            (each.header.subject, *map(msgspec.json.encode, row), *value)
            for row, value in zip(opened, values, strict=True)
        ]
    names = [column.name for column in USE.columns]
    told = [
        (
            row["subject"],
            *(msgspec.json.encode(row[name]) for name in names),
            *(row[name] for name in USE.sealed),
        )
        for row in rows.to_pylist()
    ]
    assert sorted(map(repr, seen)) == sorted(map(repr, told))
    stranger = subject("pty", 999)
    group.check_absence(commitment, stranger, built.proof(trie.key_of(group.TENANT, stranger)))


def test_a_segment_as_written_passes_its_audit(tmp_path: Path) -> None:
    """Files, both orders, every root and every value: nothing is found."""
    segment = written(tmp_path, table(400))
    assert reader.audit(segment, keeper_key) == []
    assert {order.by: order.rows for order in segment.orders}["tenant"] == 400
    assert not list(tmp_path.glob(".new-*"))


@pytest.mark.parametrize("name", [ROWS, GROUPS])
def test_a_changed_or_missing_file_is_found(tmp_path: Path, name: str) -> None:
    """One bit of a committed file, or the file gone: the audit names it."""
    segment = written(tmp_path, table(50))
    path = segment.folder / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert [found.where for found in reader.audit(segment)] == [name]
    path.unlink()
    assert [(found.where, found.why) for found in reader.audit(segment)] == [(name, "is missing")]


def test_rows_that_do_not_fit_the_entry_are_found_although_the_files_are_named(tmp_path: Path) -> None:
    """Whoever signs an entry over other rows than its roots, doubled rows or other times is found by the audit."""
    segment = written(tmp_path, table(50))
    rows = pq.read_table(segment.folder / ROWS)

    def told(changed: pa.Table) -> list[str]:
        pq.write_table(changed, segment.folder / ROWS)
        forged = segment._replace(files=(), rows=changed.num_rows)
        return [found.why for found in reader.audit(forged)]

    assert told(rows) == []
    swapped = rows.set_column(2, "start", pa.array([1] * rows.num_rows, pa.int64()))
    assert any("times outside" in why for why in told(swapped))
    assert any("instead of" in why for why in told(pa.concat_tables([rows, rows.slice(0, 1)])))
    doubled = pa.concat_tables([rows.slice(1), rows.slice(1, 1)])
    assert any("twice" in why for why in told(doubled))
    renamed = rows.set_column(0, "subject", pa.array([subject("pty", 77)] * rows.num_rows))
    assert any("another's" in why for why in told(renamed))


def test_more_rows_than_the_entry_says_are_not_decoded(tmp_path: Path) -> None:
    """A small file that unpacks to many rows is refused by its count, before a row is read."""
    segment = written(tmp_path, table(20))
    bomb = pa.table({"subject": pa.array([""], pa.string()).take(pa.array([0] * 3_000_000))})
    pq.write_table(bomb, segment.folder / ROWS, compression="zstd")
    assert (segment.folder / ROWS).stat().st_size < 100_000
    (found,) = reader.audit(segment._replace(files=()))
    assert "3000000 rows instead of 20" in found.why


def test_values_of_an_erased_keeper_are_not_shown_and_all_else_stands(tmp_path: Path) -> None:
    """Without a keeper's key its values are withheld; rows, proofs and the other keepers' values stay."""
    segment = written(tmp_path, table(200))
    kept = reader.groups(segment)
    gone = kept[-1].runs[0].keeper
    runs = reader.sealed_runs(segment, kept[-1], lambda name: None if name == gone else keeper_key(name))
    assert [run.values is None for run in runs] == [run.keeper == gone for run in kept[-1].runs]
    assert reader.audit(segment) == []


def test_a_changed_value_is_found_by_its_key_and_by_its_root(tmp_path: Path) -> None:
    """A bit of `values.bin` fails its decryption; nothing of it is committed, so only the values are lost."""
    segment = written(tmp_path, table(30))
    path = segment.folder / VALUES
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.write_bytes(data)
    assert reader.audit(segment) == []
    assert "cannot be read" in reader.audit(segment, keeper_key)[0].why


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("item_class", 'h"100', "item_class"),
        ("workload", None, "workload"),
        ("accelerators", 0, "accelerators"),
        ("purpose", "mine", "purpose"),
        ("units", ["x"], "units"),
        ("units", [], "units"),
        ("site", "pty_" + "a" * 26, "site"),
    ],
)
def test_what_the_schema_does_not_allow_is_not_written(
    tmp_path: Path, column: str, value: object, said: str
) -> None:
    """A value that would break canonical bytes never reaches a file."""
    rows = table(3)
    at = rows.column_names.index(column)
    kept = rows.column(column).to_pylist()
    changed = rows.set_column(at, column, pa.array([value, *kept[1:]], rows.schema.field(column).type))
    with pytest.raises(ValueError, match=said):
        write(tmp_path, USE, changed, segment=SEGMENT, keeper_key=keeper_key)
    assert list(tmp_path.iterdir()) == []


def test_an_end_user_of_two_tenants_has_keys_of_its_own_under_each(tmp_path: Path) -> None:
    """No two runs share a key of salts, so that showing one tenant's run opens nothing of another's."""
    rows = table(60, tenants=3)
    user = pa.array([subject("pty", 10**6)] * rows.num_rows)
    segment = written(tmp_path, rows.set_column(rows.column_names.index("end_user"), "end_user", user))
    runs = [run for each in reader.groups(segment) for run in reader.sealed_runs(segment, each, keeper_key)]
    assert len(runs) > 1
    assert len({run.salts_key for run in runs}) == len(runs)
    assert reader.audit(segment, keeper_key) == []


def test_a_key_made_after_an_erasure_is_another_one(tmp_path: Path) -> None:
    """Values under a destroyed key are withheld, not damaged, also where their keeper has a new key since."""
    segment = written(tmp_path, table(40))
    assert reader.audit(segment, lambda name: keeper_key(f"{name} later")) == []
    runs = [
        run
        for each in reader.groups(segment)
        for run in reader.sealed_runs(segment, each, lambda _: b"k" * 32)
    ]
    assert all(run.values is None for run in runs)


def test_no_row_and_too_many_rows_make_no_segment(tmp_path: Path) -> None:
    """A segment has rows, and a bound."""
    with pytest.raises(ValueError, match="not 0"):
        write(tmp_path, USE, table(1).slice(0, 0), segment=SEGMENT, keeper_key=keeper_key)


def test_the_committed_bytes_are_fixed(tmp_path: Path) -> None:
    """Roots of a known table never change: they are what other programs compute."""
    segment = written(tmp_path, table(25, seed=1))
    roots = {order.by: [order.groups, order.rows, order.root.hex()] for order in segment.orders}
    assert json.dumps(roots, sort_keys=True) == VECTOR


VECTOR = json.dumps(
    {
        "tenant": [12, 25, "56bdce8f97ba7f135f6622c988cb644128b0c6b481e2e9e731a35a82de9d407c"],
        "unit": [45, 46, "9262c1bbed8f5b19a61d980f725429bafe51f8f7c91456f0495a0e44419f8505"],
    }
)


def test_a_file_that_claims_to_unpack_to_very_much_is_refused_before_it_does(tmp_path: Path) -> None:
    """A list of millions in one row, a text of megabytes that every row points at: kilobytes on the disk."""
    segment = written(tmp_path, table(400))
    path = segment.folder / ROWS
    rows = pq.read_table(path)
    lists = pa.array([["nod_a"] * 3_000_000], pa.list_(pa.string())).take(
        pa.array([0] + [None] * 399, pa.int64())
    )
    text = pa.array(["x" * 2_000_000]).take(pa.array([0] * 400))
    for name, column, why in (
        ("units", lists, "lists more than 65536 values"),
        ("item_class", text, "has 2000000 bytes"),
    ):
        place = rows.column_names.index(name)
        pq.write_table(rows.set_column(place, name, column), path, compression="zstd")
        assert path.stat().st_size < 200_000
        with pytest.raises(BrokenVault, match=why):
            reader.read_rows(segment)
        (found,) = reader.audit(segment._replace(files=()))
        assert why in found.why
    pq.write_table(
        rows.set_column(rows.column_names.index("units"), "units", lists), path, compression="zstd"
    )
    with pytest.raises(BrokenVault, match="lists more"):
        reader.check_rows(segment)
