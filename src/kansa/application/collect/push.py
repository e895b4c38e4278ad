"""What is pushed to the serving process: events of a source, recorded before the sender is told that they were taken."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from kansa.application.collect.collect import expect, gap_of, reader_of, remember_ingest, spool_in
from kansa.application.collect.sources_file import SourceModel, SourcesFile
from kansa.application.collect.state import read_state, write_state
from kansa.application.ingest import take_in_source
from kansa.ledger.ports import Appender
from kansa.records.draft import submit
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Pushed:
    """One event: what its source says of it, and where it stands in the sender's sequence."""

    data: Any
    source: str = ""
    sequence: str | None = None


class PushIntake:
    """Takes events of the sources of a file that are pushed. For one thread."""

    def __init__(self, root: Path, file: SourcesFile, folder: Path, appender: Appender) -> None:
        self._root, self._folder, self._appender = root, folder, appender
        self._sources = {each.name: each for each in file.sources if each.push is not None}
        self._file = file
        self._vault: Vault | None = None

    def caller_of(self, source: str) -> str | None:
        """Return the name of the caller who may send events of a source; None if there is no such source."""
        found = self._sources.get(source)
        return None if found is None else found.push

    def take(self, source: str, events: Sequence[Pushed]) -> dict[str, Any]:
        """Record events, and return what became of them; they are on the disk then.

        Raises:
            BadInput: nothing in them can be read as what the source should send.
            KansaError: the ledger cannot be written.
        """
        vault = self._opened()
        model = self._sources[source]
        state = read_state(vault.places.root / "collect", source)
        lines = [*state.carried, *(_line(each.data) for each in events)]
        with spool_in(vault) as spool:
            chunk = spool / f"{source.replace(':', '_')}.push"
            chunk.write_text("".join(f"{line}\n" for line in lines), "utf-8")
            reader = reader_of(vault, model, self._folder)
            done = take_in_source(vault, reader, [chunk], appender=self._appender)
        missing = self._sequences(vault, model, state.sequences, events)
        unfinished = getattr(reader, "unfinished", {})
        kept = [line for found in unfinished.values() for line in found]
        sequences = {**state.sequences, **_last(events)}
        write_state(
            vault.places.root / "collect",
            source,
            msgspec.structs.replace(
                remember_ingest(state, done, vault.clock.now()), carried=tuple(kept), sequences=sequences
            ),
        )
        return {
            "source": source,
            "events": len(events),
            "records": done.records + done.superseding,
            "duplicates": done.duplicates,
            "quarantined": done.quarantined + done.refused,
            "passed_over": dict(done.passed_over),
            "missing": missing,
        }

    def _opened(self) -> Vault:
        """Open the vault in the thread that uses it, once."""
        if self._vault is None:
            self._vault = Vault(self._root)
            expect(self._vault, self._file.sources, self._appender)
        return self._vault

    def _sequences(
        self, vault: Vault, model: SourceModel, before: Mapping[str, int], events: Sequence[Pushed]
    ) -> int:
        """Record how many numbers are missing in the senders' sequences; returns how many in all."""
        total = 0
        last = dict(before)
        for each in events:
            number = _number(each.sequence)
            if number is None:
                continue
            known = last.get(each.source)
            if known is not None and number > known + 1:
                draft = gap_of(vault, model.name, each.source, known + 1, number - 1)
                self._appender.append([submit(draft, vault.connector_key)])
                total += number - known - 1
            last[each.source] = max(number, known if known is not None else number)
        return total


def _last(events: Sequence[Pushed]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in events:
        number = _number(each.sequence)
        if number is not None:
            found[each.source] = max(number, found.get(each.source, number))
    return found


def _number(sequence: str | None) -> int | None:
    """Return the number in a sequence (CloudEvents' `sequence` of type Integer); None if it is another kind of text."""
    return int(sequence) if sequence is not None and sequence.isascii() and sequence.isdigit() else None


def _line(data: Any) -> str:
    """Return the data of an event as a line of its source's log."""
    if isinstance(data, bytes):
        data = data.decode("utf-8", "backslashreplace")
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return text.rstrip("\r\n").replace("\r", " ").replace("\n", " ")
