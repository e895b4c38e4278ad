"""Reading files without writing anything: what would be recorded, and the first records as a person reads them.

What a file would introduce is known to the files that are read after it in the same dry run.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kansa.application.bulk_ingest import bulk_rows
from kansa.connectors.base import Source
from kansa.connectors.dry_run import DryRunAppender
from kansa.connectors.ingest import REPORTED, Ingested, ingest
from kansa.records.catalogue import KINDS
from kansa.records.draft import Submission
from kansa.records.kinds.access_path import AccessPathApproved
from kansa.records.kinds.custody import DeviceIdentified
from kansa.registers.directory import NAMED
from kansa.vault.vault import Vault

FIRST = 3
"""How many records of each step are shown."""

_OWN = frozenset({"introduces", "shared_with"})


@dataclass(frozen=True, slots=True)
class FirstRecord:
    """One record that would be written: its kind, and its fields as read, ids replaced by names or keys."""

    kind: str
    fields: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {"kind": self.kind, "fields": dict(self.fields)}


class DryRun:
    """A vault's names and an appender in memory, for several ingests in a row."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._names = vault.keybook()
        self._appender = DryRunAppender(vault.reader.find)
        self._called = dict(vault.directory().names)

    def take(
        self,
        source: Source,
        paths: Sequence[Path],
        progress: Callable[[int], None] | None = None,
        *,
        segments: bool = False,
    ) -> tuple[Ingested, tuple[FirstRecord, ...]]:
        """Return what an ingest of these files would do, and its first records.

        Raises:
            BadInput: none of the files can be read.
        """
        before = len(self._appender.taken)
        done = ingest(
            source,
            paths,
            self._names,
            self._appender,
            connector_key=self._vault.connector_key,
            clock=self._vault.clock,
            recorded=self._appender.find,
            progress=progress,
            bulk=bulk_rows(self._vault, source, paths, self._names, None, wanted=segments),
        )
        taken = [each for each in self._appender.taken[before:] if each.type != REPORTED]
        for submission in taken:
            self._follow(submission)
        called = self._names.keys_of()
        return replace(done, dry_run=True), tuple(self._first(each, called) for each in taken[:FIRST])

    def _follow(self, submission: Submission) -> None:
        """Know what the registers would tell the files that come after this record."""
        data = submission.data
        if submission.type in NAMED and isinstance(data.get("names"), dict):
            self._called[data[KINDS[submission.type].subjects[0]]] = data["names"]
        if submission.type == AccessPathApproved.type:
            self._names.approve(data["path_id"], data["tenant_id"], data.get("end_user_id"))
        if submission.type == DeviceIdentified.type and data.get("node_id") and not data.get("valid_to"):
            introduced = {each["id"] for each in data.get("introduces", ())}
            if data["device_id"] in introduced:
                self._names.install(data["node_id"])

    def _first(self, submission: Submission, called: Mapping[str, str]) -> FirstRecord:
        fields = {
            name.removesuffix("_id").removesuffix("_ids"): self._named(value, called)
            for name, value in submission.data.items()
            if name not in _OWN and value not in (None, [], {})
        }
        return FirstRecord(submission.type.removeprefix("kansa.").removesuffix(".v0"), fields)

    def _named(self, value: Any, called: Mapping[str, str]) -> Any:
        if isinstance(value, list):
            return [self._named(each, called) for each in value]
        if not isinstance(value, str) or value not in called:
            return value
        names = self._called.get(value, {})
        shown = [each for each in (names.get("ja"), names.get("en")) if each]
        return f"{called[value]} ({' / '.join(dict.fromkeys(shown))})" if shown else called[value]
