"""What it costs to start a command, in seconds of CPU, against the bars of the design; writes docs/benchmarks/startup.md.

    python benchmarks/startup.py [--rounds 7] [--demo DIR] [--most-load 0.7] [--print]

Each command runs as a process of its own and is charged what the system charged its process (`getrusage` of children),
the median of rounds after one that warms the disk. CPU and not the clock, but a busy machine inflates CPU as well (shared caches
and hyperthreads): above a load of `--most-load` per core nothing is written.
"""

import argparse
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks" / "startup.md"
KANSA = str(Path(sys.executable).with_name("kansa"))


@dataclass(frozen=True, slots=True)
class Case:
    """One command, its bar in seconds of CPU, and what it is said to be."""

    title: str
    words: tuple[str, ...]
    bar: float


def cases(demo: Path, lists: Path | None) -> list[Case]:
    """The commands, on the demo in this folder; names are screened in a vault with lists."""
    vault = ("--vault", str(demo / "vault"))
    helps = (
        "",
        "init",
        "ingest",
        "flags",
        "coherence",
        "gate ask",
        "ledger audit",
        "screen",
        "rules list",
        "verify",
    )
    return [
        Case("`kansa --version`", ("--version",), 0.15),
        *(
            Case(f"`kansa {each} --help`".replace("  ", " "), (*each.split(), "--help"), 0.35)
            for each in helps
        ),
        Case("a line that is no command", ("flagz",), 0.35),
        Case("`kansa verify` of a file that is no dossier", ("verify", str(demo / "report.html")), 0.35),
        Case("`kansa status`", ("status", *vault), 0.6),
        Case("`kansa flags`", ("flags", *vault), 0.6),
        Case("`kansa case list`", ("case", "list", *vault), 0.6),
        Case("`kansa parties`", ("parties", *vault), 0.6),
        Case("`kansa verify` of a dossier of one tenant", ("verify", str(demo / "one.zip")), 0.35),
        *(
            [
                Case(
                    "`kansa screen NAME` with a kept index",
                    ("screen", "Jane Smyth", "--vault", str(lists)),
                    1.5,
                )
            ]
            if lists is not None
            else []
        ),
    ]


def cpu(words: Sequence[str]) -> float:
    """The CPU seconds of one process that runs a command, its own and the system's for it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([KANSA, *words], capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measured(case: Case, rounds: int) -> float:
    """The median of rounds, after one that is not counted."""
    cpu(case.words)
    return median(cpu(case.words) for _ in range(rounds))


def load_per_core() -> float:
    """The load of the last minute, by core."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)


def page(rows: Sequence[tuple[Case, float]], load: float, rounds: int) -> str:
    """The page that the run writes."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text("utf-8"))
    machine = (
        f"{os.cpu_count()} × {model[1] if model else platform.machine()}, Python {platform.python_version()}"
    )
    lines = [
        f"| {case.title} | {found:.3f} | {case.bar:.2f} | {'met' if found <= case.bar else '**not met**'} |"
        for case, found in rows
    ]
    return "\n".join(
        [
            "# Starting a command",
            "",
            "<!-- Written by benchmarks/startup.py; do not edit. -->",
            "",
            "Seconds of CPU of a whole process, by the system's own account, on the demo's vault. What a command may import is held",
            "by a test (`tests/interfaces/cli/test_start_up.py`); this page says what that comes to.",
            "",
            f"{machine}; load per core before {load:.2f}; median of {rounds} rounds.",
            "",
            "| command | seconds of CPU | bar | |",
            "|---|---|---|---|",
            *lines,
            "",
        ]
    )


def main() -> int:
    """Measure, and write the page; exit 1 if a bar is not met, 2 if the machine is too busy to say."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument(
        "--demo", type=Path, help="a folder with the demo; default one that is made for the run"
    )
    options.add_argument(
        "--tenant", default="kazemachi", help="a tenant of the demo, whose dossier is verified"
    )
    options.add_argument(
        "--lists", type=Path, help="a vault with lists, to screen a name in; default none is"
    )
    options.add_argument(
        "--most-load", type=float, default=0.7, help="the load per core above which nothing is written"
    )
    options.add_argument(
        "--print", action="store_true", dest="shown", help="print the page instead of writing it"
    )
    given = options.parse_args()
    load = load_per_core()
    if load > given.most_load and not given.shown:
        print(
            f"the load is {load:.2f} per core, and the page wants at most {given.most_load}: try when the machine is quiet"
        )
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        demo = given.demo or Path(scratch) / "demo"
        if given.demo is None:
            subprocess.run([KANSA, "demo", "--into", str(demo)], check=True, capture_output=True)
            load = load_per_core() if given.shown else load
        if not (demo / "one.zip").exists():
            one = ("dossier", "build", "--tenant", given.tenant, "-o", str(demo / "one.zip"))
            subprocess.run([KANSA, *one, "--vault", str(demo / "vault")], check=False, capture_output=True)
        rows = [(case, measured(case, given.rounds)) for case in cases(demo, given.lists)]
    text = page(rows, load, given.rounds)
    if given.shown:
        print(text)
    else:
        PAGE.write_text(text, "utf-8")
    return int(any(found > case.bar for case, found in rows))


if __name__ == "__main__":
    sys.exit(main())
