"""Whatever the bytes are: an answer for every row, or bad input; never a crash, never a row lost."""

import contextlib
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kansa.connectors.base import Source
from kansa.connectors.slurm.options import SlurmOptions
from kansa.connectors.slurm.source import SlurmSource
from kansa.connectors.table.mapping import read_mapping
from kansa.connectors.table.source import TableSource
from kansa.connectors.zones import zone_named
from kansa.errors import BadInput

if TYPE_CHECKING:
    from connectors.conftest import World

MAPPING = """\
    source: noise
    kind: party.registered
    natural_key: code
    zone: Asia/Tokyo
    FORMAT
    fields:
      party_id: {id: party, system: crm, column: code}
      roles: {column: roles, split: ";"}
      valid_from: {column: since}
      known_by: {value: declared}
    """
TABLE = "code,roles,since\nT1,a;b,2026-04-01T00:00:00\nT2,,2026-04-02T00:00:00Z\n"
SACCT = """\
JobIDRaw|Cluster|Account|User|AllocTRES|NodeList|Start|End|State|Comment
7|alps|a|u|gres/gpu=2|gpu-[1-2]|2026-04-01T00:00:00|2026-04-01T01:00:00|COMPLETED|one
two|three
8|alps|a|u|gres/gpu=2|gpu-1|2026-04-01T00:00:00|Unknown|RUNNING|
"""
JOB = {
    "job_id": 7,
    "cluster": "alps",
    "account": "a",
    "user": "u",
    "nodes": "gpu-1",
    "state": {"current": ["RUNNING"]},
}
JSON = json.dumps(
    {"jobs": [{**JOB, "job_id": n, "time": {"start": 1_775_001_600, "end": 0}} for n in range(3)]}
)
LINES = '{"code": "T1", "roles": ["a"], "since": "2026-04-01T00:00:00"}\n{"code": 2, "since": null}\n'

SETTINGS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def table(folder: Path, format_: str) -> Source:
    """The mapping for one format."""
    path = folder / "mapping.yaml"
    path.write_text(
        MAPPING.replace("    FORMAT", f"    {format_}").replace("\n    ", "\n").removeprefix("    ")
    )
    return TableSource(read_mapping(path), "urn:kansa:op.example")


def slurm(_: Path, __: str) -> Source:
    """The cluster's accounting."""
    return SlurmSource(SlurmOptions(zone=zone_named("Europe/Zurich")), "urn:kansa:op.example")


def workbook() -> bytes:
    """The table as a workbook."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in TABLE.splitlines():
        sheet.append(line.split(","))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def columns() -> bytes:
    """The table as Parquet."""
    sink = pa.BufferOutputStream()
    pq.write_table(
        pa.table({"code": ["T1", "T2"], "roles": ["a;b", None], "since": ["2026-04-01T00:00:00Z"] * 2}), sink
    )
    content: bytes = sink.getvalue().to_pybytes()
    return content


class Case(NamedTuple):
    """A whole file of one format, and its reader."""

    name: str
    option: str
    reader: Callable[[Path, str], Source]
    whole: bytes


CASES = [
    Case("t.csv", "format: csv", table, TABLE.encode()),
    Case("t.csv", "encoding: cp932", table, TABLE.encode("cp932")),
    Case("t.csv", "encoding: utf-16", table, TABLE.encode("utf-16")),
    Case("t.jsonl", "format: jsonl", table, LINES.encode()),
    Case("t.xlsx", "format: xlsx", table, workbook()),
    Case("t.parquet", "format: parquet", table, columns()),
    Case("sacct.txt", "", slurm, SACCT.encode()),
    Case("sacct.json", "", slurm, JSON.encode()),
]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.name} {case.option}" for case in CASES])
@SETTINGS
@given(data=st.data())
def test_noise_in_a_file_is_said_and_never_crashes(world: "World", case: Case, data: st.DataObject) -> None:
    """Bytes put in, taken out or changed anywhere; the accounts hold, or the file is bad input as a whole."""
    content = bytearray(case.whole)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        gone = data.draw(st.integers(0, 8) | st.just(len(content)))
        content[at : at + gone] = data.draw(
            st.binary(max_size=8) | st.sampled_from([b'"', b"|", b"\n", b"[1-", b"\xff"])
        )
    path = world.file(case.name, bytes(content))

    with contextlib.suppress(BadInput):
        world.ingest(case.reader(world.folder, case.option), path)


def test_packed_bytes_that_do_not_unpack_are_bad_input(world: "World") -> None:
    """A workbook whose compressed bytes were changed is bad input wherever zlib gives up, and never a traceback."""
    (case,) = [each for each in CASES if each.name.endswith(".xlsx")]
    with zipfile.ZipFile(io.BytesIO(case.whole)) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
    packed = sheet.header_offset + 30 + len(sheet.filename)
    broken = 0
    for at in range(packed, packed + sheet.compress_size):
        content = bytearray(case.whole)
        content[at] ^= 0xFF
        try:
            zlib.decompress(bytes(content[packed : packed + sheet.compress_size]), wbits=-15)
        except zlib.error:
            broken += 1
            path = world.file(f"broken-{at}.xlsx", bytes(content))
            with pytest.raises(BadInput):
                world.ingest(case.reader(world.folder, case.option), path)
        if broken == 20:
            break
    assert broken == 20
