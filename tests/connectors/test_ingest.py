"""Every row accounted for, nothing twice, nothing lost."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kansa.connectors.ingest import Ingested, ingest
from kansa.errors import BadInput, KansaError
from kansa.vault.settings import Settings
from kansa.vault.vault import create

if TYPE_CHECKING:
    from connectors.conftest import World

PARTIES = """\
    source: crm
    kind: party.registered
    natural_key: code
    fields:
      party_id: {id: party, system: crm, column: code}
      roles: {column: roles, as: list, split: ";"}
      names: {object: {ja: {column: name_ja}, en: {column: name_en}}}
      country: {column: country}
      known_by: {value: documented}
      valid_from: {column: since}
    """
ROWS = """\
    code,roles,name_ja,name_en,country,since
    T1,tenant,東雲,Shinonome K.K.,JP,2026-04-01T00:00:00+09:00
    E1,end_user;broker,,Example Ltd,GB,2026-05-01T00:00:00Z
    """

PATHS = """\
    source: paths
    kind: access_path.approved
    natural_key: path
    fields:
      path_id: {id: path, system: paths, column: path, required: true}
      tenant_id: {id: party, system: crm, column: tenant}
      method: {value: direct}
      known_by: {value: documented}
      valid_from: {value: "2026-01-01T00:00:00.000Z"}
    """


def test_rows_of_a_mapped_table_become_records(world: "World") -> None:
    """What the mapping says is what the record holds; an empty cell leaves its field out."""
    result = world.ingest(world.table(PARTIES), world.file("parties.csv", ROWS))

    assert (result.rows, result.records, result.reported) == (2, 2, "appended")
    first, second = world.said()
    assert first["roles"] == ["tenant"]
    assert first["names"] == {"ja": "東雲", "en": "Shinonome K.K."}
    assert first["valid_from"] == "2026-03-31T15:00:00.000Z"
    assert second["names"] == {"en": "Example Ltd"}
    assert [(each["system"], each["key"]) for each in first["introduces"]] == [("crm", "T1")]


def test_the_same_file_again_adds_nothing(world: "World") -> None:
    """Reading again gives duplicates alone, and not even a second report of the source."""
    file = world.file("parties.csv", ROWS)
    world.ingest(world.table(PARTIES), file)
    before = list(world.appender.taken)

    again = world.ingest(world.table(PARTIES), file.rename(file.with_name("renamed.csv")))

    assert (again.records, again.duplicates, again.reported) == (0, 2, "duplicate")
    assert world.appender.taken == before


def test_another_content_under_the_same_key_of_an_event_source_is_refused(world: "World") -> None:
    """The recorded row and the new one are both shown; the recorded one stands."""
    world.ingest(world.table(PARTIES), world.file("parties.csv", ROWS))

    changed = world.file("changed.csv", ROWS.replace(",GB,", ",CN,"))
    result = world.ingest(world.table(PARTIES), changed)

    assert (result.duplicates, result.refused, result.records) == (1, 1, 0)
    (line,) = world.quarantined(result)
    assert line["row"] == {"row": "E1,end_user;broker,,Example Ltd,CN,2026-05-01T00:00:00Z", "entry": 1}
    assert (line["file"], line["line"], line["code"]) == (str(changed), 3, "ledger.contradicts")


def test_a_quarantined_row_leaves_no_name_behind(world: "World") -> None:
    """What only a bad row introduced is forgotten; the next row that uses the key introduces it."""
    rows = ROWS + "    X1,tenant,,Nobody,JP,yesterday\n    X1,tenant,,Somebody,JP,2026-05-01T00:00:00Z\n"

    result = world.ingest(world.table(PARTIES), world.file("parties.csv", rows))

    assert (result.records, result.quarantined) == (3, 1)
    assert world.introduced() == [("crm", "T1"), ("crm", "E1"), ("crm", "X1")]
    assert world.names.find("crm", "X1") == world.said()[2]["party_id"]


def test_a_dry_run_keeps_nothing(world: "World") -> None:
    """Neither names nor quarantine file stay; the counts are those of the real run."""
    result = world.ingest(world.table(PARTIES), world.file("parties.csv", ROWS), dry_run=True)

    assert (result.records, result.dry_run, result.quarantine_file) == (2, True, None)
    assert world.names.find("crm", "T1") is None


def test_a_refused_row_leaves_no_other_with_an_id_that_nobody_introduced(world: "World") -> None:
    """A key first seen in a row that is refused is introduced by the next row that uses it, in the same batch."""
    world.ingest(world.table(PATHS), world.file("paths.csv", "path,tenant\np1,T1\n"))

    result = world.ingest(world.table(PATHS), world.file("more.csv", "path,tenant\np1,T2\np2,T2\n"))

    assert (result.refused, result.records) == (1, 1)
    assert world.introduced() == [("paths", "p1"), ("crm", "T1"), ("paths", "p2"), ("crm", "T2")]
    assert world.names.find("crm", "T2") == world.said()[-1]["tenant_id"]


def test_what_a_refused_row_alone_introduced_is_forgotten(world: "World") -> None:
    """It is not in the ledger, so it must not be known."""
    world.ingest(world.table(PATHS), world.file("paths.csv", "path,tenant\np1,T1\n"))

    world.ingest(world.table(PATHS), world.file("more.csv", "path,tenant\np1,T2\n"))

    assert world.names.find("crm", "T2") is None


def test_what_a_row_introduces_is_no_part_of_what_it_says(world: "World") -> None:
    """A row that introduced its subjects is a duplicate when it is read again and introduces nothing."""
    rows = "path,tenant\np1,T1\np2,T1\n"
    world.ingest(world.table(PATHS), world.file("paths.csv", rows))

    result = world.ingest(
        world.table(PATHS), world.file("again.csv", rows.replace("p1,T1\n", "p1,T1\n\n")), batch=1
    )

    assert (result.duplicates, result.records, result.refused) == (2, 0, 0)
    assert world.introduced().count(("paths", "p1")) == 1


def test_no_key_is_introduced_twice_across_batches(world: "World") -> None:
    """Once a record that introduces it is in the ledger, a key is known for good."""
    rows = "path,tenant\n" + "".join(f"p{number},T1\n" for number in range(5))

    world.ingest(world.table(PATHS), world.file("paths.csv", rows), batch=1)

    assert world.introduced().count(("crm", "T1")) == 1


def test_a_file_that_cannot_be_read_does_not_keep_the_others(world: "World") -> None:
    """It is named with the cause; the others are recorded, and no window is closed over what is missing."""
    good, gone = world.file("paths.csv", "path,tenant\np1,T1\n"), world.folder / "gone.csv"

    result = world.ingest(world.table(PATHS), gone, good)

    assert (result.records, result.window) == (1, None)
    assert [(problem.file, problem.message) for problem in result.unreadable] == [
        (str(gone), f"`{gone}` cannot be read: No such file or directory")
    ]


def test_if_no_file_can_be_read_all_are_named(world: "World") -> None:
    """Then nothing was appended, and the command fails."""
    with pytest.raises(BadInput) as caught:
        world.ingest(world.table(PATHS), world.file("a.csv", ""), world.file("b.csv", "path\n"))

    assert [problem.code for problem in caught.value.problems] == ["table.empty", "table.columns"]
    assert world.appender.taken == []


def test_a_report_holds_the_files_digests_and_the_accounts(world: "World") -> None:
    """Name and SHA-256 of each file, rows, quarantined rows; the digest is the file's own."""
    rows = "path,tenant\np1,T1\n,T1\n"
    world.ingest(world.table(PATHS), world.file("paths.csv", rows))

    (report,) = (each.data for each in world.submissions("kansa.source.reported.v0"))
    assert report["files"] == [{"name": "paths.csv", "sha256": hashlib.sha256(rows.encode()).hexdigest()}]
    assert (report["rows"], report["quarantined"], report["scope"]) == (2, 1, [])


def test_quarantine_files_are_never_overwritten(world: "World") -> None:
    """Two ingests at the same instant leave two files."""
    file = world.file("paths.csv", "path,tenant\n,T1\n")

    results = [world.ingest(world.table(PATHS), file) for _ in range(2)]

    first, second = (str(result.quarantine_file) for result in results)
    assert first != second
    assert world.quarantined(results[0])[0]["message"] == world.quarantined(results[1])[0]["message"]


def test_a_quarantine_that_cannot_be_written_stops_the_ingest(world: "World") -> None:
    """A bad row is never dropped in silence; what was recorded before it stays, and the ingest may be run again."""
    world.file("quarantine", "a file where the directory should be")
    rows = world.file("paths.csv", "path,tenant\np1,T1\n,T2\n")

    with pytest.raises(KansaError, match="cannot be written: File exists"):
        world.ingest(world.table(PATHS), rows, batch=1)

    (world.folder / "quarantine").unlink()
    again = world.ingest(world.table(PATHS), rows)
    assert (again.duplicates, again.quarantined) == (1, 1)


def test_progress_is_told_after_every_batch(world: "World") -> None:
    """The rows read so far, the last time all of them."""
    told: list[int] = []
    rows = "path,tenant\n" + "".join(f"p{number},T1\n" for number in range(5))

    world.ingest(world.table(PATHS), world.file("paths.csv", rows), batch=2, progress=told.append)

    assert told == [2, 4, 5]


def test_the_real_sequencer_takes_the_same_file_twice_and_adds_nothing(
    world: "World", tmp_path: Path
) -> None:
    """Signed log on SQLite, values sealed: records, a duplicate, a refusal, one report a content."""
    settings = Settings(origin="op.example/kansa", operator={"ja": "例", "en": "Example"}, simulated=True)
    vault = create(tmp_path / "vault", settings)
    source = world.table(PATHS)
    file = world.file("paths.csv", "path,tenant\np1,T1\np2,T1\np1,T1\np1,T2\n")

    def once() -> Ingested:
        with vault.appending() as appender:
            return ingest(
                source,
                [file],
                vault.keybook(),
                appender,
                connector_key=vault.connector_key,
                clock=world.clock,
                recorded=vault.reader.find,
            )

    first, size = once(), vault.reader.size()
    again = once()

    assert (first.records, first.duplicates, first.refused) == (2, 1, 1)
    assert (again.records, again.duplicates, again.refused) == (0, 3, 1)
    assert vault.reader.size() == size
    assert vault.keybook().find("crm", "T2") is None
