"""Uses from segments equal the pure derivation over the same rows, one record each, at every time of knowledge."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from claims import KEY
from evidence.bulk_rows import keeper_key, subject
from evidence.many_rows import row, rows
from kansa.clock import HOUR
from kansa.evidence import reader, use_row, uses, versions
from kansa.evidence.entry import Committed
from kansa.evidence.files import Segment
from kansa.evidence.schema import USE
from kansa.evidence.writer import write
from kansa.records.draft import Draft, complete, submit
from kansa.registers import uses_of_rows
from kansa.registers.derive import derive
from kansa.registers.rows import Installed, Tables
from kansa.registers.uses_of_rows import ShownRows
from worlds import BEGIN, cast, dice, draft

WHO = cast()
NODES = [WHO.node, subject("nod", 2)]
UNITS = [*NODES, *WHO.devices]
ENTERED = "kansa"


@dataclass
class Story:
    """Segments on disk, and the same told as a plain list: what stands, by identity."""

    root: Path
    segments: list[Committed] = field(default_factory=list)
    history: list[dict[tuple[str, int], dict[str, Any]]] = field(default_factory=list)
    ever: dict[tuple[str, int], list[dict[str, Any]]] = field(default_factory=dict)

    def read(self, lines: Sequence[dict[str, Any]]) -> None:
        """Enter a file's rows both ways."""
        entering = versions.enter(rows(lines), USE, self.segments, b"f" * 32)
        if entering.rows.num_rows:
            self._write(entering.rows)
        standing = dict(self.history[-1]) if self.history else {}
        last = {(each["workload"], each["start"]): each for each in lines}
        for identity, each in last.items():
            if each not in self.ever.setdefault(identity, []):
                self.ever[identity].append(each)
                standing[identity] = each
        if entering.rows.num_rows:
            self.history.append(standing)
        given = entering.new + entering.superseding + entering.moved + entering.duplicates + entering.repeated
        assert given == len(lines)

    def _write(self, table: pa.Table) -> None:
        number = len(self.segments)
        made = write(self.root, USE, table, segment=number.to_bytes(16, "big"), keeper_key=keeper_key)
        folder = self.root / made.segment.hex()
        segment = Segment(folder, made.segment, USE, made.rows, made.hull, made.orders, made.files)
        self.segments.append(Committed(number, number, number, segment))


def random_file(chance: random.Random) -> list[dict[str, Any]]:
    """Rows about few jobs and times, so that they meet each other."""
    return [_line(chance) for _ in range(chance.randrange(1, 9))]


def _line(chance: random.Random) -> dict[str, Any]:
    start = BEGIN + chance.randrange(4) * HOUR
    return row(
        chance.randrange(4),
        start,
        end=chance.choice([None, start + HOUR, start + 3 * HOUR]),
        subject=chance.choice(["", WHO.tenant, WHO.other]),
        end_user=chance.choice([None, WHO.tenant]),
        path=chance.choice([None, WHO.path]),
        site=chance.choice([None, WHO.site]),
        units=sorted(set(chance.choices(UNITS, k=2))),
        accelerators=chance.choice([None, 1, 8]),
        item_class=chance.choice([None, "b200"]),
        known_by=chance.choice(["measured", "inferred"]),
        user=chance.choice([None, "u", "v"]),
    )


def random_inventory(chance: random.Random) -> list[Draft]:
    """Devices that move between nodes and change their class."""
    return [
        draft(
            "device.identified",
            f"device {number}",
            BEGIN + chance.randrange(-1, 4) * HOUR,
            chance.choice([None, BEGIN + 5 * HOUR]),
            device_id=chance.choice(WHO.devices),
            node_id=chance.choice([None, *NODES]),
            item_class=chance.choice(["h100-sxm5", "h200"]),
        )
        for number in range(chance.randrange(6))
    ]


def derived(inventory: Iterable[Draft], standing: Iterable[dict[str, Any]]) -> Tables:
    """Return the tables of the pure fold over the inventory and a record for each row."""
    placed = [
        draft(
            "workload.placed",
            f"{number}",
            each["start"],
            each["end"],
            workload_id=each["workload"],
            tenant_id=each["subject"] or None,
            end_user_id=each["end_user"],
            path_id=each["path"],
            site_id=each["site"],
            units=each["units"],
            accelerators=each["accelerators"],
            item_class=each["item_class"],
        )
        for number, each in enumerate(standing)
    ]
    told = [{**each.data, "known_by": row_["known_by"]} for each, row_ in zip(placed, standing, strict=True)]
    placed = [
        Draft(e.type, e.source, e.natural_key, e.time, data) for e, data in zip(placed, told, strict=True)
    ]
    random_bytes = dice(1)
    return derive(
        (index, complete(submit(each, KEY), BEGIN, random_bytes).record.encode())
        for index, each in enumerate((*inventory, *placed))
    )


def told(found: pa.Table) -> list[str]:
    """Return uses without what differs by design: their ids and what they rest on."""
    kept = [name for name in uses.COLUMNS if name not in ("use_id", "entry")]
    return sorted(repr(each) for each in zip(*(found.column(name).to_pylist() for name in kept), strict=True))


def in_plain_python(segments: Sequence[Committed], installed: Sequence[Installed]) -> list[tuple[Any, ...]]:
    """Return the uses as who has no engine derives them, from the rows as they are shown to others."""
    shown = []
    for each in segments:
        kept = reader.groups(each.segment)
        for group, lines in zip(kept, reader.rows_of(each.segment, kept), strict=True):
            rows = use_row.read(b"".join(line + b"\n" for line in lines), each.segment.hull)
            assert use_row.in_order(rows)
            shown.append(ShownRows(each.number, each.entry, group.header.subject, group.first, rows))
    return [(*use[:-1], *use.evidence) for use in uses_of_rows.uses(uses_of_rows.standing(shown), installed)]


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_uses_of_segments_equal_the_fold_over_their_rows(seed: int) -> None:
    """Law: versions, moves, placements again, inventory: the same uses now, and as known after every segment before."""
    chance = random.Random(seed)
    inventory = random_inventory(chance)
    installed = [
        (each.device_id, each.node_id, each.item_class, each.valid_from, each.valid_to)
        for each in derived(inventory, []).installed
    ]
    with TemporaryDirectory() as folder:
        story = Story(Path(folder))
        for _ in range(chance.randrange(1, 5)):
            story.read(random_file(chance))
        for known in range(len(story.segments)):
            found = uses.uses(story.segments[: known + 1], uses.inventory(installed))
            expected = derived(inventory, list(story.history[known].values())).use
            assert in_plain_python(story.segments[: known + 1], derived(inventory, []).installed) == list(
                zip(*(found.column(name).to_pylist() for name in uses.COLUMNS), strict=True)
            )
            columns = {
                name: [getattr(use, name, 0) for use in expected] for name in uses.COLUMNS if name != "entry"
            }
            assert told(found) == told(
                pa.table({**columns, "entry": [0] * len(expected)}) if expected else found.slice(0, 0)
            )
