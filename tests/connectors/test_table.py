"""A table under a mapping: fields, subjects, rows passed over, windows."""

import bz2
import gzip
import lzma
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kansa.errors import BadInput

if TYPE_CHECKING:
    from connectors.conftest import World

SITES = """\
    source: registry
    kind: site.registered
    natural_key: site
    fields:
      site_id: {id: site, system: site, column: site}
      country: {value: JP}
      known_by: {value: documented}
      valid_from: {value: "2026-01-01T00:00:00.000Z"}
    """

INVENTORY = """\
    source: inventory
    kind: device.identified
    natural_key: serial
    progresses: true
    zone: Asia/Tokyo
    fields:
      device_id: {id: device, system: board, column: serial, required: true}
      node_id: {id: node, system: node, column: host}
      site_id: {id: site, system: site, column: site, existing: true}
      item_class: {column: model, values: {H100: h100-sxm, A100: a100-sxm}, required: true}
      board_serial: {column: serial}
      asset_tag: {column: tag}
      valid_from: {column: since, as: date}
      known_by: {value: documented}
    introduce:
      - {field: device_id, system: gpu_uuid, column: uuid}
    """

HEADER = "serial,host,site,model,tag,since,uuid\n"


@pytest.fixture
def inventory(world: "World") -> "World":
    """A world that knows one site, `ishikari`."""
    world.ingest(world.table(SITES), world.file("sites.csv", "site\nishikari\n"))
    return world


def test_a_row_joins_a_device_to_its_node_site_and_names(inventory: "World") -> None:
    """Keys of several systems lead to one subject; the extra key is introduced with the row."""
    world = inventory
    rows = HEADER + "S1,gpu-001,ishikari,H100,A-1,2026-02-01,GPU-1\nS2,gpu-001,ishikari,A100,,2026-02-01,\n"

    result = world.ingest(world.table(INVENTORY), world.file("inventory.csv", rows))

    assert (result.records, result.quarantined) == (2, 0)
    first, second = world.said("kansa.device.identified.v0")
    assert first["node_id"] == second["node_id"] == world.names.find("node", "gpu-001")
    assert first["device_id"] == world.names.find("gpu_uuid", "GPU-1")
    assert (first["valid_from"], first["item_class"]) == ("2026-01-31T15:00:00.000Z", "h100-sxm")
    assert "asset_tag" not in second


def test_everything_wrong_with_a_row_is_said_at_once(inventory: "World") -> None:
    """An unknown site, an unknown model, a day that never was, and a key that another device has."""
    world = inventory
    rows = (
        HEADER
        + "S1,gpu-001,ishikari,H100,A-1,2026-02-01,GPU-1\nS9,gpu-001,atlantis,H900,A-1,2026-02-30,GPU-1\n"
    )

    result = world.ingest(world.table(INVENTORY), world.file("inventory.csv", rows))

    (line,) = world.quarantined(result)
    assert [(each["line"], each["field"], each["code"]) for each in line["problems"]] == [
        (3, "site_id", "id.unknown"),
        (3, "item_class", "cell.value"),
        (3, "valid_from", "cell.date"),
        (3, "device_id", "id.taken"),
    ]
    assert line["row"] == "S9,gpu-001,atlantis,H900,A-1,2026-02-30,GPU-1"
    assert world.names.find("board", "S9") is None


def test_an_unknown_id_is_quarantined_with_what_to_do(inventory: "World") -> None:
    """A key that nobody introduced is not made up."""
    world = inventory
    result = world.ingest(
        world.table(INVENTORY), world.file("i.csv", HEADER + "S1,gpu-001,atlantis,H100,,2026-02-01,\n")
    )

    (line,) = world.quarantined(result)
    assert line["message"] == "nobody introduced the site `atlantis` of `site`"
    assert line["help"] == "ingest the file that introduces it first"


def test_a_row_that_progresses_corrects(inventory: "World") -> None:
    """Another content under the same key takes the earlier one's place; the old file read again changes nothing."""
    world = inventory
    old = world.file("old.csv", HEADER + "S1,gpu-001,ishikari,H100,,2026-02-01,\n")
    new = world.file("new.csv", HEADER + "S1,gpu-002,ishikari,H100,,2026-02-01,\n")

    results = [world.ingest(world.table(INVENTORY), path) for path in (old, new, old, new)]

    assert [(r.records, r.superseding, r.duplicates) for r in results] == [
        (1, 0, 0),
        (0, 1, 0),
        (0, 0, 1),
        (0, 0, 1),
    ]


def test_a_source_that_goes_both_ways_corrects_back(inventory: "World") -> None:
    """Where the mapping says so, an earlier content that comes back is a correction like any other."""
    world = inventory
    mapping = INVENTORY.replace("progresses: true", "progresses: both_ways")
    old = world.file("old.csv", HEADER + "S1,gpu-001,ishikari,H100,,2026-02-01,\n")
    new = world.file("new.csv", HEADER + "S1,gpu-002,ishikari,H100,,2026-02-01,\n")

    results = [world.ingest(world.table(mapping), path) for path in (old, new, old)]

    assert [(r.records, r.superseding) for r in results] == [(1, 0), (0, 1), (0, 1)]


@pytest.mark.parametrize("format_", ["csv", "xlsx", "parquet", "jsonl"])
def test_the_same_table_says_the_same_in_every_format(inventory: "World", format_: str) -> None:
    """What is read from CSV first adds nothing when it comes as a workbook, Parquet or JSON Lines."""
    world = inventory
    cells = ["S1", "gpu-001", "ishikari", "H100", "A-1", "2026-02-01", "GPU-1"]
    world.ingest(world.table(INVENTORY), world.file("i.csv", HEADER + ",".join(cells) + "\n"))
    names = HEADER.strip().split(",")
    path = world.folder / f"again.{format_}"
    if format_ == "xlsx":
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in (names, cells):
            sheet.append(row)
        book.save(path)
    elif format_ == "parquet":
        pq.write_table(pa.table({name: [cell] for name, cell in zip(names, cells, strict=True)}), path)
    elif format_ == "jsonl":
        path.write_text("{" + ",".join(f'"{n}": "{c}"' for n, c in zip(names, cells, strict=True)) + "}\n")
    else:
        path.write_text(HEADER + ",".join(cells) + "\n")

    result = world.ingest(world.table(INVENTORY), path)

    assert (result.rows, result.duplicates) == (1, 1)


SWITCHES = """\
    source: paths
    kind: {column: event, values: {"on": access_path.enabled, "off": access_path.disabled}}
    natural_key: [path, at]
    zone: America/New_York
    skip:
      - {column: event, in: [heartbeat], reason: a heartbeat}
    where:
      - {column: region, in: [east, west]}
    fields:
      path_id: {id: path, system: paths, column: path}
      valid_from: {column: at}
      known_by: {value: measured}
    """


def test_rows_are_passed_over_for_stated_reasons_and_counted(world: "World") -> None:
    """Nothing is dropped in silence; the kind of the others comes from a column."""
    rows = """\
        path,event,region,at
        p1,on,east,2026-04-01T09:00:00
        p1,heartbeat,east,2026-04-01T10:00:00
        p1,off,north,2026-04-01T11:00:00
        p1,off,west,2026-04-01T12:00:00
        p1,blink,west,2026-04-01T13:00:00
        """

    result = world.ingest(world.table(SWITCHES), world.file("switches.csv", rows))

    assert result.passed_over == {"a heartbeat": 1, "region is not east or west": 1}
    assert [each.type for each in world.submissions()] == [
        "kansa.access_path.enabled.v0",
        "kansa.access_path.disabled.v0",
    ]
    assert [each["field"] for each in world.quarantined(result)] == ["kind"]


def test_local_stamps_that_came_twice_or_never_are_quarantined(world: "World") -> None:
    """At the change of the clocks the mapping's zone does not say which instant is meant; an offset does."""
    rows = """\
        path,event,region,at
        p1,on,east,2026-11-01T01:30:00
        p1,on,east,2026-03-08T02:30:00
        p1,on,east,2026-11-01T01:30:00-04:00
        """

    result = world.ingest(world.table(SWITCHES), world.file("switches.csv", rows))

    assert [each["valid_from"] for each in world.said()] == ["2026-11-01T05:30:00.000Z"]
    assert [each["field"] for each in world.quarantined(result)] == ["valid_from", "valid_from"]


VERIFIED = """\
    source: kyc
    kind: end_user.verified
    natural_key: content
    fields:
      end_user_id: {id: party, system: crm, column: party}
      valid_from: {column: from}
      valid_to: {column: to}
      known_by: {column: how, default: declared}
    """


def test_intervals_that_are_empty_or_inverted_are_quarantined(world: "World") -> None:
    """What ends before it begins says nothing; the rest of the file is recorded."""
    rows = """\
        party,from,to,how
        a,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,
        b,2026-01-01T00:00:00Z,2026-01-01T00:00:00Z,documented
        c,2026-02-01T00:00:00Z,2026-01-01T00:00:00Z,documented
        d,2026-01-01T00:00:00Z,,guessed
        ,2026-01-01T00:00:00Z,,declared
        """

    result = world.ingest(world.table(VERIFIED), world.file("verified.csv", rows))

    assert (result.records, result.quarantined) == (1, 4)
    assert [(line["line"], line["field"]) for line in world.quarantined(result)] == [
        (3, "valid_to"),
        (4, "valid_to"),
        (5, "known_by"),
        (6, "end_user_id"),
    ]
    assert world.said()[0]["known_by"] == "declared"


def test_rows_that_are_alike_are_one_record_where_the_content_is_the_key(world: "World") -> None:
    """The second of two equal rows is a duplicate."""
    row = "a,2026-01-01T00:00:00Z,,declared\n"

    result = world.ingest(
        world.table(VERIFIED), world.file("verified.csv", "party,from,to,how\n" + row + row)
    )

    assert (result.records, result.duplicates) == (1, 1)


PLACED = """\
    source: orchestrator
    kind: workload.placed
    natural_key: [pod]
    progresses: true
    fields:
      workload_id: {id: workload, system: k8s, column: pod}
      units: {id: node, system: node, column: hosts, split: " "}
      accelerators: {column: gpus}
      valid_from: {column: start}
      valid_to: {column: end}
      known_by: {value: measured}
    window:
      from: {column: start}
      to: {column: end}
      scope: {system: node, column: hosts}
    """


def reports(world: "World") -> list[dict[str, Any]]:
    """The windows that were closed."""
    return [dict(each.data) for each in world.submissions("kansa.source.reported.v0")]


def test_a_window_may_come_from_the_rows(world: "World") -> None:
    """From the earliest start to the latest end, for the nodes named; that it is inferred is said."""
    rows = """\
        pod,hosts,gpus,start,end
        a,n1,8,2026-01-01T02:00:00Z,2026-01-01T03:00:00Z
        b,n2,4,2026-01-01T01:00:00Z,2026-01-01T02:00:00Z
        c,n1,4,2026-01-01T03:00:00Z,
        """

    result = world.ingest(world.table(PLACED), world.file("pods.csv", rows))

    (report,) = reports(world)
    assert (report["valid_from"], report["valid_to"]) == (
        "2026-01-01T01:00:00.000Z",
        "2026-01-01T03:00:00.000Z",
    )
    assert report["scope"] == sorted(str(world.names.find("node", host)) for host in ("n1", "n2"))
    assert (report["known_by"], report["inferred_from"]) == (
        "inferred",
        "earliest and latest start and end in the rows",
    )
    assert result.window is not None
    assert world.said()[0]["units"] == [world.names.find("node", "n1")]


def test_a_window_may_be_declared(world: "World") -> None:
    """The mapping's author says for which time and sites the file speaks in full."""
    window = "window: {from: 2026-01-01T00:00:00+09:00, to: 2026-01-02, scope: {system: site, key: a}}"
    mapping = SITES.replace("natural_key: site", f"natural_key: site\n    zone: Asia/Tokyo\n    {window}")

    world.ingest(world.table(mapping), world.file("sites.csv", "site\na\n"))

    (report,) = reports(world)
    assert (report["valid_from"], report["valid_to"]) == (
        "2025-12-31T15:00:00.000Z",
        "2026-01-01T15:00:00.000Z",
    )
    assert (report["known_by"], report["scope"]) == ("declared", [world.names.find("site", "a")])


def test_a_file_whose_format_nobody_names_is_bad_input(world: "World") -> None:
    """The extension says it, or the mapping does."""
    with pytest.raises(BadInput) as caught:
        world.ingest(world.table(SITES), world.file("sites.dat", "site\na\n"))

    assert [problem.code for problem in caught.value.problems] == ["table.format"]


@pytest.mark.parametrize(
    ("end", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)]
)
@pytest.mark.parametrize(
    ("name", "content"),
    [("t.csv", "site,x\na,1\n"), ("t.tsv", "site\tx\na\t1\n"), ("t.jsonl", '{"site": "a"}')],
)
def test_a_packed_table_is_read_as_what_is_in_it(
    world: "World", name: str, content: str, end: str, pack: Any
) -> None:
    """Its form is that of the name before the packing's."""
    result = world.ingest(world.table(SITES), world.file(f"{name}.{end}", pack(content.encode())))
    assert (result.records, result.quarantined) == (1, 0)
