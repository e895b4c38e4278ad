"""One operator's sources: files, mappings, names and an appender that decides as the sequencer does."""

import hashlib
import json
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kansa.clock import SimulatedClock
from kansa.connectors.base import Source
from kansa.connectors.dry_run import DryRunAppender
from kansa.connectors.ingest import Ingested, ingest
from kansa.connectors.key_registry import KeyRegistry
from kansa.connectors.table.mapping import read_mapping
from kansa.connectors.table.source import TableSource
from kansa.records.draft import Submission

CONNECTOR_KEY = b"\x01" * 32
URN = "urn:kansa:op.example"
NOW = 1_800_000_000_000_000


def counted_bytes() -> Callable[[int], bytes]:
    """Random bytes that are the same in every run and never twice the same."""
    calls = iter(range(1 << 32))
    return lambda length: hashlib.sha256(str(next(calls)).encode()).digest()[:length]


@dataclass
class World:
    """Where files lie, what is known, what was appended."""

    folder: Path
    names: KeyRegistry
    appender: DryRunAppender = field(default_factory=DryRunAppender)
    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock(NOW))

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(textwrap.dedent(content).encode() if isinstance(content, str) else content)
        return path

    def table(self, mapping: str) -> TableSource:
        return TableSource(read_mapping(self.file("mapping.yaml", mapping)), URN)

    def ingest(self, source: Source, *paths: Path, **options: Any) -> Ingested:
        """Ingest, and hold the accounts: every row is one of the things that a row can be."""
        appender = DryRunAppender(self.appender.find) if options.get("dry_run") else self.appender
        result = ingest(
            source,
            paths,
            self.names,
            appender,
            connector_key=CONNECTOR_KEY,
            clock=self.clock,
            recorded=appender.find,
            quarantine=self.folder / "quarantine",
            **options,
        )
        kinds = (result.records, result.duplicates, result.superseding, result.quarantined, result.refused)
        assert result.rows == sum(kinds) + sum(result.passed_over.values())
        return result

    def quarantined(self, result: Ingested) -> list[dict[str, Any]]:
        """The lines of an ingest's quarantine file."""
        text = Path(result.quarantine_file).read_text(encoding="utf-8") if result.quarantine_file else ""
        return [json.loads(line) for line in text.splitlines()]

    def said(self, type_: str | None = None) -> list[Mapping[str, Any]]:
        """The data of what was appended, without the reports that close windows."""
        return [each.data for each in self.submissions(type_)]

    def submissions(self, type_: str | None = None) -> Sequence[Submission]:
        reports = "kansa.source.reported.v0"
        return [
            each for each in self.appender.taken if each.type == type_ or (not type_ and each.type != reports)
        ]

    def introduced(self) -> list[tuple[str, str]]:
        """Every (system, key) that a record in the ledger introduces."""
        found = [each for data in self.said() for each in data.get("introduces", ())]
        return [(each["system"], each["key"]) for each in found]


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An operator of whom nothing is known yet."""
    return World(tmp_path, KeyRegistry(random_bytes=counted_bytes()))
