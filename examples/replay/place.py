# ruff: noqa: INP001 - a script to read and run, no package
"""Places real arrivals on real nodes by a rule, and declares the evidence for them: a generated placement.

    python place.py TRACES INTO [--apps N] [--nodes N] [--seed N]

Real, from TRACES: which instance of which application was scheduled and deleted at which second of 31 days
(`alibaba_dlrm_v2025`), and which nodes hold how many accelerators of which model (`alibaba_spot_v2026`). The two come
from different clusters and were never one. Everything else is made here; docs/walkthroughs/replay.md lists it.
"""

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from pathlib import Path
from random import Random
from typing import TypeVar

MODELS = {"A100-SXM4-80GB": "a100-sxm4-80gb", "A800-SXM4-80GB": "a800-sxm4-80gb", "H800": "h800"}
SITES = {"east": "東", "north": "北", "west": "西"}
DAY = 86_400
T = TypeVar("T")
CUTS = (8 * DAY, 16 * DAY, 24 * DAY, 31 * DAY)
LOST = ("west", 3)
"""The export that never arrived: of this site, the one after so many."""

BEGIN = datetime(2026, 10, 1, tzinfo=UTC)
"""Second 0 of the trace; the calendar is made up, the distances in time are real."""

BEFORE = "2026-09-01T00:00:00Z"
RUNNING = "generated placement by place.py; in the trace it runs before second 0"
ARRIVED = "generated placement by place.py; scheduled at that second of the trace"


@dataclass(frozen=True, slots=True)
class Instance:
    """What the trace says of one instance; `end` is None if it still ran when the trace ended."""

    number: int
    name: str
    app: str
    devices: int
    start: int
    end: int | None
    cause: str


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the inventory with its accelerators' asset tags, at an invented site."""

    name: str
    item_class: str
    site: str
    devices: tuple[str, ...]


def main() -> None:
    """Read the traces, place, write."""
    asked = arguments()
    nodes = controlled_nodes(asked.traces / "alibaba_spot_v2026" / "node_info_df.csv")
    nodes = shuffled(nodes, asked.seed)[: asked.nodes]
    instances = list(arrivals(asked.traces / "alibaba_dlrm_v2025" / "disaggregated_DLRM_trace.csv"))
    apps = sorted({each.app for each in instances}, key=number_in)
    apps = sorted(shuffled(apps, asked.seed)[: asked.apps], key=number_in)
    instances = [each for each in instances if each.app in set(apps)]
    placed, left = place(instances, nodes)
    asked.into.mkdir(parents=True)
    declare(asked.into, apps, nodes)
    rows = export(asked.into, instances, placed)
    told = {
        "generated placement": f"first fit by arrival on nodes in the order of seed {asked.seed}",
        "apps": len(apps),
        "nodes": len(nodes),
        "devices": sum(len(node.devices) for node in nodes),
        "instances": len(instances),
        "placed": len(placed),
        "not placed, no device was free": len(left),
        "devices ever used": len({device for _, devices in placed.values() for device in devices}),
        "rows in exports": rows,
    }
    sys.stdout.write(json.dumps(told, indent=2) + "\n")


def arguments() -> argparse.Namespace:
    """What was asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("traces", type=Path)
    parser.add_argument("into", type=Path)
    parser.add_argument("--apps", type=int, help="only so many applications")
    parser.add_argument("--nodes", type=int, help="only so many nodes")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def controlled_nodes(path: Path) -> list[Node]:
    """The nodes with export-controlled models; the first of a model stands east, the second north, the third west."""
    seen: Counter[str] = Counter()
    nodes = []
    for row in table(path):
        model = row["gpu_model"]
        if model in MODELS:
            site = list(SITES)[seen[model] % len(SITES)]
            seen[model] += 1
            name = f"node-{row['node_name']}"
            tags = tuple(f"{name}-{slot}" for slot in range(int(row["gpu_capacity_num"])))
            nodes.append(Node(name, MODELS[model], site, tags))
    return nodes


def arrivals(path: Path) -> Iterator[Instance]:
    """The instances that hold accelerators (role HN), to the whole second."""
    for row in table(path):
        if row["role"] == "HN":
            start, end = row["scheduled_time"], row["deletion_time"]
            yield Instance(
                number_in(row["instance_sn"]),
                row["instance_sn"],
                row["app_name"],
                int(row["gpu_request"]),
                round(float(start)) if start else 0,
                round(float(end)) if end else None,
                ARRIVED if start else RUNNING,
            )


def place(
    instances: Sequence[Instance], nodes: Sequence[Node]
) -> tuple[dict[str, tuple[Node, tuple[str, ...]]], list[Instance]]:
    """First fit: in order of arrival, the lowest free devices of the first node that has enough.

    What ends at a second is free at that second. An instance that the trace deletes when or before it was scheduled
    is given a place, so that its row can be written as it stands, and holds nothing.
    """
    free = [list(node.devices) for node in nodes]
    ends: list[tuple[int, int, tuple[str, ...]]] = []
    placed: dict[str, tuple[Node, tuple[str, ...]]] = {}
    left = []
    for each in sorted(instances, key=lambda each: (each.start, each.number)):
        while ends and ends[0][0] <= each.start:
            _, at, devices = heappop(ends)
            free[at] = sorted([*free[at], *devices], key=number_in)
        at = next((at for at, devices in enumerate(free) if len(devices) >= each.devices), -1)
        if at < 0:
            left.append(each)
            continue
        devices = tuple(free[at][: each.devices])
        placed[each.name] = (nodes[at], devices)
        if each.end is None or each.end > each.start:
            free[at] = free[at][each.devices :]
            heappush(ends, (each.end if each.end is not None else CUTS[-1], at, devices))
    return placed, left


def export(
    into: Path, instances: Sequence[Instance], placed: Mapping[str, tuple[Node, tuple[str, ...]]]
) -> int:
    """One file a site and period: what ran in it, with its end if it ended by the end of the period."""
    rows = 0
    for number, (since, until) in enumerate(zip((0, *CUTS), CUTS, strict=False)):
        for site in SITES:
            if (site, number) == LOST:
                continue
            here = [each for each in instances if each.name in placed and placed[each.name][0].site == site]
            told = [each for each in here if since <= each.start < until or runs_into(each, since)]
            told = [each for each in told if each.start < until]
            with (into / f"workloads-{number + 1}-{site}.jsonl").open("w", encoding="utf-8") as file:
                for each in told:
                    ended = each.end is not None and each.end <= until
                    row = {
                        "instance": each.name,
                        "app": each.app,
                        "site": site,
                        "devices": list(placed[each.name][1]),
                        "start": stamp(each.start),
                        "end": stamp(each.end) if ended and each.end is not None else None,
                        "inferred_from": each.cause,
                        "period_from": stamp(since),
                        "period_to": stamp(until),
                    }
                    file.write(json.dumps(row) + "\n")
                    rows += 1
    return rows


def runs_into(each: Instance, since: int) -> bool:
    """Whether it began before and ran on."""
    return each.start < since and (each.end is None or each.end > since)


def declare(into: Path, apps: Sequence[str], nodes: Sequence[Node]) -> None:
    """Evidence of all four facts for every application and node, less what is left out on purpose.

    By the application's number modulo 12: 1 was never verified; 4 was verified, and that was put on file on day 10
    (`late/`); 7 has a path that was never switched on; 10 has a clearance until day 20. The devices of nodes whose
    number ends in 7 have no receipt. No basis of the US covers H800 in the west.
    """
    case = {app: number_in(app) % 12 for app in apps}
    everyone, sites, classes = ";".join(apps), ";".join(SITES), ";".join(MODELS.values())
    write(
        into / "parties.csv",
        [
            {"code": app, "roles": "tenant;end_user", "name_ja": f"架空の契約者 {app}", "name_en": app}
            for app in apps
        ]
        + [
            {"code": "operator", "roles": "operator", "name_ja": "架空の事業者", "name_en": "operator"},
            {"code": "supplier", "roles": "supplier", "name_ja": "架空の供給者", "name_en": "supplier"},
        ],
        since=BEFORE,
    )
    write(
        into / "sites.csv",
        [
            {"site": site, "country": "JP", "name_ja": f"架空の{kanji}サイト", "name_en": site}
            for site, kanji in SITES.items()
        ],
        since=BEFORE,
    )
    write(
        into / "classifications.csv",
        [
            {"item_class": name, "jurisdiction": where, "control": "invented", "result": "controlled"}
            for name in MODELS.values()
            for where in ("US", "JP")
        ],
        since=BEFORE,
    )
    bases = [
        ("SUPPLY", "US", "operator", classes, sites),
        ("US-A", "US", everyone, "a100-sxm4-80gb;a800-sxm4-80gb", sites),
        ("US-H", "US", everyone, "h800", "east;north"),
        ("JP", "JP", everyone, classes, sites),
    ]
    columns = ("authorization", "jurisdiction", "end_users", "item_classes", "sites")
    write(
        into / "authorizations.csv",
        [dict(zip(columns, basis, strict=True)) for basis in bases],
        basis="licence",
        determined_by="invented",
        since=BEFORE,
        until="",
    )
    write(into / "contracts.csv", [{"contract": "C-1", "parties": "supplier;operator"}], since=BEFORE)
    devices = [(tag, node) for node in nodes for tag in node.devices]
    write(
        into / "inventory.csv",
        [
            {"asset_tag": tag, "host": node.name, "site": node.site, "item_class": node.item_class}
            for tag, node in devices
        ],
        since=BEFORE,
    )
    write(
        into / "receipts.csv",
        [
            {"asset_tag": tag, "site": node.site, "line": node.item_class}
            for tag, node in devices
            if not node.name.endswith("7")
        ],
        contract="C-1",
        authorization="SUPPLY",
        at=BEFORE,
    )
    write(
        into / "paths.csv",
        [{"path": app, "tenant": app, "end_user": app} for app in apps],
        account="",
        since=BEFORE,
    )
    write(into / "switches.csv", [{"path": app} for app in apps if case[app] != 7], at=BEFORE)
    verified = {app: {"end_user": app} for app in apps if case[app] != 1}
    (into / "late").mkdir()
    for folder, chosen in (
        (into, [row for app, row in verified.items() if case[app] != 4]),
        (into / "late", [row for app, row in verified.items() if case[app] == 4]),
    ):
        write(folder / "verifications.csv", chosen, method="invented", since=BEFORE, until="")
    write(
        into / "clearances.csv",
        [
            {"tenant": app, "end_user": app, "until": stamp(20 * DAY) if case[app] == 10 else ""}
            for app in apps
        ],
        decision="permit",
        since=BEFORE,
    )


def write(path: Path, rows: Iterable[Mapping[str, str]], **same: str) -> None:
    """A CSV file whose rows all carry the cells in `same`."""
    held = [{**row, **same} for row in rows]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(held[0]) if held else [*same])
        writer.writeheader()
        writer.writerows(held)


def table(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def shuffled(things: Sequence[T], seed: int) -> list[T]:
    """In the order of a seed; of the generator only `random()` is used, whose values Python promises to keep."""
    chance = Random(seed)  # noqa: S311 - a seeded order is wanted
    return [
        thing for _, thing in sorted(((chance.random(), thing) for thing in things), key=lambda each: each[0])
    ]


def number_in(name: str) -> int:
    """The number at the end of `app_12`, `instance_7`, `node-3-5`."""
    return int(name.replace("-", "_").rsplit("_", 1)[-1])


def stamp(second: int) -> str:
    """A second of the trace as a time."""
    return (BEGIN + timedelta(seconds=second)).isoformat().replace("+00:00", "Z")


if __name__ == "__main__":
    main()
