"""Accounting as tables of uses says what it says as single records."""

import hmac
import random
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pytest

from connectors.conftest import CONNECTOR_KEY, URN, counted_bytes
from kansa.clock import parse_instant
from kansa.connectors.base import Parsed, Quarantined, Skipped
from kansa.connectors.key_registry import KeyRegistry
from kansa.connectors.slurm.options import NEVER, OBSERVED, SiteRule, SlurmOptions
from kansa.connectors.slurm.source import SlurmSource
from kansa.connectors.slurm.use_rows import SCHEMA
from kansa.connectors.slurm.use_tables import UseTables
from kansa.connectors.slurm.workload_ids import WorkloadIds
from kansa.connectors.zones import zone_named
from kansa.ids import base32
from kansa.records.draft import Draft, submit

TRIALS = 200
HEADER = "JobIDRaw|Cluster|Account|User|AllocTRES|NodeList|Start|End|State|Restarts|JobName"
SITE, OTHER_SITE = "sit_" + "a" * 26, "sit_" + "b" * 26
PATHS = {("slurm:alps", "a"): "pth_" + "a" * 26, ("slurm:alps", "b/u"): "pth_" + "b" * 26}
HOLDERS = {
    "pth_" + "a" * 26: ("pty_" + "a" * 26, "pty_" + "b" * 26),
    "pth_" + "b" * 26: ("pty_" + "c" * 26, None),
}
NODES = {("node", f"n{number}"): f"nod_{chr(97 + number) * 26}" for number in range(6)}
CELLS: list[list[str]] = [
    [str(number) for number in range(40)] + ["7", "7", "8.batch", "x"],
    ["alps"] * 9 + ["other"],
    ["a"] * 5 + ["b", "b", "", "c"],
    ["u"] * 5 + ["v", "", "部門"],
    ["gres/gpu=2,cpu=1"] * 6
    + [
        "gres/gpu:h100=8,gres/gpu=8",
        "cpu=8",
        "cpu=8",
        "gres/gpu=3",
        "gres/gpu=0",
        "gres/shard=4",
        "gres/hpu=2",
    ]
    + [
        "gres/gpu:h100=2,gres/gpu:a100=2",
        "gres/hpu=2,gres/gpu=2",
        'gres/gpu:"h"=2',
        "gres/gpu=9999",
        "gres/mps:x=1",
        "gres/gpu=4,node=2",
        "gres/gpu=2,node=1",
        "cpu=1,node=2",
        "gres/gpu=2,gres/gpu=4",
    ],
    ["n1", "n2", "n[1-2]", "n3,n9", "n[7-8]", "m1"] * 3 + ["None assigned", "", "n[1", "n1,n1"],
    [
        "2026-04-01T00:00:00",
        "2026-04-01T09:30:00",
        "2026-03-30T00:00:00",
        "Unknown",
        "2026-01-01T00:00:00",
        "soon",
    ],
    ["2026-04-01T12:00:00", "2026-04-01T12:00:00", "2026-04-02T00:00:00", "Unknown", "2026-03-30T00:00:00"],
    ["COMPLETED"] * 6 + ["RUNNING", "RUNNING", "COMPLETING", "PENDING", "CANCELLED by 3", "FAILED", ""],
    ["0"] * 12 + ["1", "2"],
    ["x", "y|z", "a\nb"],
]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"gres": {"hpu": "accelerator"}, "item_classes": {"h100": "4A090", "hpu": 'a "b"'}},
    {"accounted_from": NEVER},
    {"accounted_from": 1_775_001_600_000_000 - 86_400_000_000},
    {"sites": (SiteRule("site", "east", frozenset({"n1", "n2"})), SiteRule("site", "west"))},
]


class Told(NamedTuple):
    """All that one ingest tells, in a form that does not depend on the way."""

    uses: Counter[Any]
    quarantined: list[Any]
    passed_over: Counter[str]
    window: Any
    remarks: Any
    rows: int


def random_files(dice: random.Random, folder: Path) -> list[Path]:
    """One or two files, most rows of which are usual."""
    paths = []
    for number in range(dice.choice([1, 2])):
        rows = []
        for _ in range(dice.randint(0, 24)):
            odd = dice.random() < 0.5
            rows.append(
                "|".join(
                    dice.choice(cells) if odd or place < 1 else dice.choice(cells[:3])
                    for place, cells in enumerate(CELLS)
                )
            )
        paths.append(folder / f"{number}.txt")
        paths[-1].write_text("\n".join([HEADER, *rows, ""]), "utf-8")
    return paths


def books(dice: random.Random) -> KeyRegistry:
    """What an operator knows: paths, sites, some nodes and their accelerators; of some jobs there are records."""
    known = {**PATHS, ("site", "east"): SITE, ("site", "west"): OTHER_SITE}
    known |= dict(dice.sample(sorted(NODES.items()), dice.randint(0, len(NODES))))
    known |= {("slurm:alps:job", "7"): "wkl_" + "a" * 26} if dice.random() < 0.3 else {}
    devices = {node: dice.choice([1, 4, 8]) for node in sorted(NODES.values()) if dice.random() < 0.7}
    measured = dice.choice([None, None, 1_774_000_000_000_000])
    return KeyRegistry(
        known, holders=HOLDERS, devices=devices, measured=lambda _: measured, random_bytes=counted_bytes()
    )


SAME = ("accelerators", "item_class", "known_by", "inferred_from", "account", "user")


def said(draft: Draft, hosts: dict[str, str]) -> tuple[Any, ...]:
    """What a draft says, its new nodes by their hosts."""
    data = draft.data
    end = parse_instant(data["valid_to"]) if data["valid_to"] is not None else None
    units = tuple(sorted({hosts.get(unit, unit) for unit in data["units"]}))
    ids = data["tenant_id"] or "", data["end_user_id"], data["path_id"], data["site_id"], draft.sequence
    return (parse_instant(data["valid_from"]), end, units, *ids, *(data.get(name) for name in SAME))


def row_of(row: dict[str, Any], hosts: dict[str, str]) -> tuple[Any, ...]:
    """The same of a table's row."""
    units = tuple(sorted(hosts.get(unit, unit) for unit in row["units"]))
    ids = row["subject"], row["end_user"], row["path"], row["site"], row["job_id"]
    return (row["start"], row["end"], units, *ids, *(row[name] for name in SAME))


class Way:
    """One ingest on its way: what was told so far."""

    def __init__(self, options: SlurmOptions, names: KeyRegistry) -> None:
        self.source, self.names = SlurmSource(options, URN), names
        self.drafts: list[Draft] = []
        self.rows: list[dict[str, Any]] = []
        self.quarantined: list[Any] = []
        self.passed_over = Counter[str]()
        self.hosts: dict[str, str] = {}
        self.read = 0

    def take(self, row: Parsed | Quarantined | Skipped) -> None:
        """Take one row into account, as an ingest does."""
        if isinstance(row, Parsed):
            self.drafts += row.drafts
        elif isinstance(row, Quarantined):
            self.quarantined.append((row.problems, row.row))
        else:
            self.passed_over[row.reason] += 1
        self.hosts |= {each["id"]: each["key"] for each in self.names.carried()}

    def told(self) -> Told:
        """All of it."""
        uses = Counter(said(draft, self.hosts) for draft in self.drafts)
        uses.update(row_of(row, self.hosts) for row in self.rows)
        window = self.source.window(self.names)
        scope = sorted(self.hosts.get(each, each) for each in window.scope) if window is not None else None
        shown = (window.start, window.end, window.gaps, scope) if window is not None else None
        remarks = self.source.remarks(self.names)
        return Told(uses, self.quarantined, self.passed_over, shown, remarks, self.read)


def singly(options: SlurmOptions, paths: list[Path], names: KeyRegistry) -> Told:
    """The way of records."""
    way = Way(options, names)
    way.source.survey(paths)
    for path in paths:
        for row in way.source.rows(path, names):
            way.read += 1
            way.take(row)
    return way.told()


def in_tables(options: SlurmOptions, paths: list[Path], names: KeyRegistry, size: int = 1 << 20) -> Way:
    """The way of tables."""
    way = Way(options, names)
    reader = UseTables(way.source, names, CONNECTOR_KEY, size)
    reader.survey(paths)
    for path in paths:
        for part in reader.parts(path):
            way.read += part.read
            for draft in part.introducing:
                submit(draft, CONNECTOR_KEY)
                way.hosts |= {each["id"]: each["key"] for each in draft.data["introduces"]}
            for row in part.rows:
                way.take(row)
            way.passed_over.update(part.passed_over)
            assert part.table.schema == SCHEMA
            way.rows += part.table.to_pylist()
    return way


@pytest.mark.parametrize("seed", range(TRIALS))
def test_tables_tell_what_single_records_tell(tmp_path: Path, seed: int) -> None:
    """Uses, quarantine, what is passed over and why, window with its gaps, remarks: equal on random files."""
    dice = random.Random(seed)
    paths, state = random_files(dice, tmp_path), dice.getrandbits(32)
    window = dice.choice([OBSERVED, None, (1_774_828_800_000_000, 1_775_088_000_000_000)])
    options = SlurmOptions(zone=zone_named("UTC"), window=window, **dice.choice(OPTIONS))

    expected = singly(options, paths, books(random.Random(state)))
    found = in_tables(
        options, paths, books(random.Random(state)), dice.choice([700, 1 << 20, 1 << 20])
    ).told()

    assert found == expected


def usual(path: Path, *jobs: str, start: str = "2026-04-01T00:00:00") -> Path:
    """A file of jobs of two accelerators each."""
    rows = [
        f"{job}|alps|a|u|gres/gpu=2|n{place + 1}|{start}|2026-04-01T12:00:00|COMPLETED|0|x"
        for place, job in enumerate(jobs)
    ]
    path.write_text("\n".join([HEADER, *rows, ""]), "utf-8")
    return path


def test_new_nodes_are_introduced_by_records_that_come_before_the_rows(tmp_path: Path) -> None:
    """By as many records as entries can hold; read again, they are known and nothing is introduced."""
    names = KeyRegistry(PATHS, holders=HOLDERS, random_bytes=counted_bytes())
    options = SlurmOptions(zone=zone_named("UTC"))
    path = usual(tmp_path / "sacct.txt", *map(str, range(700)))

    (part,) = (
        each for each in UseTables(SlurmSource(options, URN), names, CONNECTOR_KEY).parts(path) if each.read
    )
    introduced = [each for draft in part.introducing for each in draft.data["introduces"]]
    names.settle({(each["system"], each["key"]) for each in introduced})
    again = list(UseTables(SlurmSource(options, URN), names, CONNECTOR_KEY).parts(path))

    assert [len(draft.data["introduces"]) for draft in part.introducing] == [300, 300, 100]
    assert {each["key"] for each in introduced} == {f"n{number}" for number in range(1, 701)}
    assert not [draft for each in again for draft in each.introducing]
    assert again[0].table == part.table


def test_a_job_whose_evidence_is_in_records_stays_in_records(tmp_path: Path) -> None:
    """Under the id that it was given then; all others are in the table."""
    names = KeyRegistry({**PATHS, ("slurm:alps:job", "7"): "wkl_" + "z" * 26}, holders=HOLDERS)
    path = usual(tmp_path / "sacct.txt", "6", "7", "8")

    way = in_tables(SlurmOptions(zone=zone_named("UTC")), [path], names)

    assert [draft.data["workload_id"] for draft in way.drafts] == ["wkl_" + "z" * 26]
    assert [row["job_id"] for row in way.rows] == ["6", "8"]


def test_the_id_of_a_workload_follows_from_source_cluster_and_job_alone() -> None:
    """It is the keyed hash of the three, each after its length, so that no two of them run together."""
    ids = WorkloadIds(CONNECTOR_KEY, "urn:s").of("alps", pa.array(["7", "部門", ""]))

    parts = (b"urn:s", b"alps", b"7")
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    expected = base32(hmac.digest(CONNECTOR_KEY, message, "sha256")[:16])
    assert ids[0].as_py() == f"wkl_{expected}"
    assert len(set(ids.to_pylist())) == 3
    assert len(WorkloadIds(CONNECTOR_KEY, "urn:s").of("alps", pa.array([], pa.string()))) == 0
