"""Samples of each source of access, as the system writes them: which files, under which options."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from kansa.config_files import ProblemCollector, load_entry
from shared_data import SharedData

EVERYTHING = "paths: {path: somebody}\n"


def files(source: str, shared: SharedData, folder: Path) -> list[Path]:
    """The sample files of a source; what wraps events for another purpose is unwrapped into `folder`."""
    return list(_SAMPLES[source](shared, folder))


def _teleport(shared: SharedData, folder: Path) -> Iterator[Path]:
    """The events of the rules' tests, one a line, as the event handler writes them."""
    for path in sorted(shared("connectors", "access-logs", "teleport").glob("*.yml")):
        told = load_entry(path, ProblemCollector(str(path), "test")).plain()
        events = folder / f"{path.stem}.jsonl"
        events.write_text("".join(json.dumps(each["Log"]) + "\n" for each in told["Tests"]), "utf-8")
        yield events


def _keycloak(shared: SharedData, folder: Path) -> Iterator[Path]:
    """The log lines that the listener's page shows, with the day that its log format leaves out."""
    text = shared("connectors", "keycloak", "keycloak_jsonlog_eventlistener-README.md").read_text("utf-8")
    lines = re.findall(r"^    (\d\d:\d\d:\d\d,\d{3} INFO .*)$", text, re.MULTILINE)
    events = folder / "server.log"
    events.write_text("".join(f"2021-01-05 {line}\n" for line in lines), "utf-8")
    yield events


def _kubernetes(shared: SharedData, _: Path) -> Iterator[Path]:
    yield from sorted(shared("connectors", "kubernetes", "audit-falco").glob("*.json"))


def _cloudtrail(shared: SharedData, _: Path) -> Iterator[Path]:
    yield from sorted(shared("connectors", "access-logs", "cloudtrail").glob("*.json"))


def _scim(shared: SharedData, _: Path) -> Iterator[Path]:
    yield from sorted(shared("connectors", "scim").glob("*.json"))


_SAMPLES: dict[str, Callable[[SharedData, Path], Iterator[Path]]] = {
    "teleport": _teleport,
    "keycloak": _keycloak,
    "kubernetes-audit": _kubernetes,
    "cloudtrail": _cloudtrail,
    "scim": _scim,
}
