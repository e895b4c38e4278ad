"""Accounting read in blocks is what it is read line by line."""

import random
from pathlib import Path
from typing import Any

import pytest

from kansa.connectors.slurm import sacct_blocks, sacct_text
from kansa.connectors.slurm.job import Job
from kansa.connectors.slurm.options import SlurmOptions
from kansa.connectors.zones import zone_named
from kansa.errors import BadInput

TRIALS = 240
COLUMNS = "JobIDRaw|Cluster|Account|User|AllocTRES|NodeList|Start|End|State|Restarts|JobName|Comment"
OTHER = "JobID|JobName|State|NodeList|End|Start|AllocTRES|Account|User|Cluster"
STAMPS = [
    "2026-04-01T00:00:00",
    "2026-04-01T00:00:59",
    "2026-04-01T11:59:07",
    "2026-12-31T23:59:59",
    "Unknown",
    "",
    "1775001600",
    "2026-10-25T02:30:00",
    "2026-03-29T02:30:00",
    "2026-03-29T01:59:59",
    "2026-03-29T03:00:00",
    "2026-04-01T00:00:00+09:00",
    "2026-02-30T00:00:00",
    "2026-04-01T00:00:60",
    "２０26-04-01T00:00:00",
    "soon",
    " 2026-04-01T00:00:00",
    "2026-04-01 00:00:00",
    "0001-01-01T00:00:00",
    "2026-04-01T24:00:00",
]
CELLS: dict[str, list[str]] = {
    "JobIDRaw": ["7", "8", "9", "10.batch", "11_3", "12_[1-4]", "13+1.extern", "x", "", " 14", "７"],
    "JobID": ["7", "8", "9_1", "10.0", "JobID"],
    "Cluster": ["alps", "alps", "alps", "", "other", " alps "],
    "Account": ["a", "b", "", "部門", "a b", " a\u3000"],
    "User": ["u", "v", "", "d\xfcrer"],
    "AllocTRES": [
        "gres/gpu=2,node=1",
        "gres/gpu:h100=4,gres/gpu=4",
        "cpu=8",
        "",
        "gres/gpu=x",
        "gres/shard=3K",
    ],
    "NodeList": ["n1", "n[1-4]", "None assigned", "", "n[1", '"n1"'],
    "Start": STAMPS,
    "End": STAMPS,
    "State": ["COMPLETED", "RUNNING", "CANCELLED by 1001", "PENDING", "", "done", " FAILED"],
    "Restarts": ["0", "1", "", "x", "1234567890"],
    "JobName": [
        "train",
        "a|b",
        "two\nlines",
        "三つ",
        'say "x"',
        "tab\t",
        "cr\rcr",
        "nul\0",
        "JobID",
        "\x85\x0b\x1c",
    ],
    "Comment": ["", "", "a|b|c", "x\n\ny", "7|alps", "\u2028", "\ufeff"],
}
USUAL = 0.93
"""How often a cell is the usual one of its column."""
SCARCE = [
    "",
    " ",
    "\r",
    "|",
    "|||||||||||",
    "sacct: error: slurmdbd",
    COLUMNS,
    OTHER,
    OTHER.replace("|", "^"),
    "\xff\xfe",
]


def random_text(dice: random.Random) -> bytes:
    """A file of lines, most of them plain; broken ones, other column names and other line ends among them."""
    header = dice.choice([COLUMNS, COLUMNS, OTHER])
    columns, usual, end = (
        header.split("|"),
        dice.choice([USUAL, USUAL, 0.995]),
        dice.choice(["\n", "\n", "\r\n"]),
    )
    lines = [dice.choice(["", "", "\ufeff"]) + header]
    for _ in range(dice.randint(0, 25)):
        if dice.random() > usual:
            lines += [dice.choice(SCARCE)] * dice.choice([1, 1, 2, 3])
            columns = next((lines[-1].split("|") for name in (COLUMNS, OTHER) if lines[-1] == name), columns)
            continue
        cells = [
            values[0] if dice.random() < usual else dice.choice(values)
            for values in map(CELLS.get, columns)
            if values
        ]
        lines.append("|".join(cells[: None if dice.random() < usual else dice.randint(1, len(cells))]))
    text = end.join(lines) + dice.choice([end, "", "x"])
    raw = text.encode("utf-8")
    return raw.replace("ü".encode(), b"\xfc") if dice.random() < 1 - USUAL else raw


def both(path: Path, options: SlurmOptions, size: int) -> tuple[Any, Any]:
    """What each reader gives, or why it gives none."""
    found: list[Any] = []
    for rows in (sacct_text.jobs(path, options), sacct_blocks.jobs(path, options, size)):
        try:
            found.append(list(rows))
        except BadInput as error:
            found.append((error.code, error.problems))
    return found[0], found[1]


@pytest.mark.parametrize("seed", range(TRIALS))
def test_blocks_of_any_size_give_the_rows_lines_and_faults_of_the_reader_that_goes_line_by_line(
    tmp_path: Path, seed: int
) -> None:
    """From one line a block to the whole file in one; with odd cells, cuts, other column names, other line ends."""
    dice = random.Random(seed)
    path = tmp_path / "sacct.txt"
    path.write_bytes(random_text(dice))
    options = SlurmOptions(
        cluster=dice.choice([None, None, "alps"]),
        zone=zone_named(dice.choice(["UTC", "Europe/Zurich", "Asia/Tokyo"])),
    )
    for size in (1, dice.randint(2, 400), 1 << 20):
        exact, in_blocks = both(path, options, size)
        assert in_blocks == exact, (seed, size)


@pytest.mark.parametrize("end", ["", "|"])
@pytest.mark.parametrize("mixed", ["", "mixed"])
def test_text_without_a_header_is_read_with_and_without_a_delimiter_at_the_end(
    tmp_path: Path, end: str, mixed: str
) -> None:
    """The options name the columns; `-p` ends every line with the delimiter, `-P` none."""
    row = "7|alps|a|u|gres/gpu=2|n1|2026-04-01T00:00:00|2026-04-01T01:00:00|COMPLETED|0|x|y"
    rows = [f"{row}{end}", f"{row}{end}", row if mixed else f"{row}{end}", row[:-1], f"{row}{end}"]
    path = tmp_path / "sacct.txt"
    path.write_text("\n".join(rows), "utf-8")
    options = SlurmOptions(columns=tuple(COLUMNS.split("|")), zone=zone_named("UTC"))

    exact, in_blocks = both(path, options, 1 << 20)

    assert in_blocks == exact
    assert len(exact) == len(rows)


@pytest.mark.parametrize("delimiter", ["~", "\t", " ", "::", "、"])
def test_any_delimiter_is_read_alike(tmp_path: Path, delimiter: str) -> None:
    """One of several characters, or of several bytes, is left to the reader that goes line by line."""
    row = "7|alps|a|u|gres/gpu=2|n1|2026-04-01T00:00:00|2026-04-01T01:00:00|COMPLETED|0|x|y"
    path = tmp_path / "sacct.txt"
    path.write_text("\n".join([COLUMNS, row, row[:30], row]).replace("|", delimiter), "utf-8")

    exact, in_blocks = both(path, SlurmOptions(zone=zone_named("UTC")), 64)

    assert in_blocks == exact
    assert sum(isinstance(each, Job) for each in exact) == 2


def test_lines_none_of_which_is_plain_are_not_all_held_in_memory(tmp_path: Path) -> None:
    """A comment that never ends: rows come while the file is read, and are those of the exact reader."""
    path = tmp_path / "sacct.txt"
    path.write_text("\n".join([COLUMNS, *(f"7|alps|{number}" for number in range(3_000))]), "utf-8")
    options = SlurmOptions(zone=zone_named("UTC"))

    found = [len(part.others) for part in sacct_blocks.parts(path, options, 1 << 14)]
    exact, in_blocks = both(path, options, 1 << 14)

    assert in_blocks == exact
    assert max(found) < len(exact)
