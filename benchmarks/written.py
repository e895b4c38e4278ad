"""Puts what a run has measured into a page, between the marks of its block, with the machine and the versions."""

import os
import platform
import re
from pathlib import Path

import duckdb
import pyarrow as pa

PAGES = Path(__file__).parents[1] / "docs" / "benchmarks"


def machine() -> str:
    """What the figures were taken on."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text("utf-8"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} × {model[1] if model else platform.machine()}, {memory:.0f} GiB, {platform.system()}; "
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, PyArrow {pa.__version__}"
    )


def write(page: str, block: str, text: str) -> None:
    """Replace what stands between `<!--{block}-->` and the next `<!--{}-->` of a page.

    Raises:
        ValueError: the page has no such block.
    """
    path = PAGES / page
    told, count = re.subn(
        rf"(<!--\{{{re.escape(block)}\}}-->).*?(<!--\{{\}}-->)",
        lambda place: f"{place[1]}\n{machine()}\n\n{text}\n{place[2]}",
        path.read_text("utf-8"),
        flags=re.DOTALL,
    )
    if count != 1:
        raise ValueError(f"`{path.name}` has {count} blocks `{block}`")
    path.write_text(told, "utf-8")
