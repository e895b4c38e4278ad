"""Every row accounted for, nothing twice, nothing lost."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sources.conftest import World

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
