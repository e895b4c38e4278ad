"""One round over the sources of a file: what is due is fetched, followed or picked up, and recorded."""

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from kansa.application.collect.fetch import asking
from kansa.application.collect.follow import Position, pieces
from kansa.application.collect.sources_file import ExpectedModel, SourceModel, SourcesFile
from kansa.application.collect.state import State, read_state, write_state
from kansa.application.ingest import take_in_source
from kansa.clock import MICROSECONDS, format_instant, parse_duration
from kansa.connectors.base import Source
from kansa.connectors.connector import Setup
from kansa.connectors.folder import files_in
from kansa.connectors.ingest import Ingested
from kansa.connectors.quarantine import rows_in
from kansa.connectors.registry import connector_named
from kansa.errors import BadInput, KansaError, Problem
from kansa.ledger.ports import Appender
from kansa.records import sealing
from kansa.records.draft import Draft, submit
from kansa.vault.vault import Vault

EXPECTED = "kansa.source.expected.v0"
GAP = "kansa.source.gap.v0"
OVERLAP = 5 * 60 * MICROSECONDS
"""How far before the last answer a system is asked again: its clock is not ours, and what is read twice adds nothing."""

_COUNTED = ("rows", "records", "superseding", "duplicates", "quarantined", "refused")


@dataclass(slots=True)
class Collected:
    """What one round did with one source: why it was not run, or the sums over all ingests of the round."""

    name: str
    connector: str
    ran: bool
    counts: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    quarantine: list[str] = field(default_factory=list)
    lost: int = 0

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is left to mend."""
        return not (self.problems or self.lost or self.counts["quarantined"] or self.counts["refused"])

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "source": self.name,
            "connector": self.connector,
            "ran": self.ran,
            **{name: self.counts[name] for name in _COUNTED},
            "passed_over": dict(self.passed_over),
            "lost": self.lost,
            "problems": [msgspec.to_builtins(each) for each in self.problems],
            "quarantine_files": self.quarantine,
        }


def collect(
    vault: Vault,
    file: SourcesFile,
    folder: Path,
    *,
    only: Sequence[str] = (),
    due_only: bool = True,
    retry: bool = False,
    told: Callable[[str], None] = lambda _: None,
) -> list[Collected]:
    """Collect the sources of a file that are due, or all; `folder` is the one from which its paths count.

    With `retry` what of them lies in quarantine is read again first: a log that is followed is not read back.

    One source that fails does not keep the others from being collected; it is tried again in the next round.

    Raises:
        BadInput: `collect.sources`, if `only` names a source that is not in the file.
    """
    unknown = [name for name in only if name not in {each.name for each in file.sources}]
    if unknown:
        raise BadInput(
            "collect.sources",
            f"there is no source `{unknown[0]}` in the file",
            help=f"there are {', '.join(f'`{each.name}`' for each in file.sources)}",
        )
    expect(vault, file.sources)
    done = []
    for source in file.sources:
        if source.push is not None or (only and source.name not in only):
            continue
        told(source.name)
        done.append(_Run(vault, source, folder).run(due_only=due_only and not only, retry=retry))
    return done


def expect(vault: Vault, sources: Iterable[SourceModel], given: Appender | None = None) -> None:
    """Record which sources are expected to report how often, where that changed."""
    drafts = [
        Draft(
            EXPECTED,
            f"{vault.urn}:collect",
            f"expected {source.name}",
            vault.clock.now(),
            {
                "system": f"{vault.urn}:{source.name}",
                "connector": source.connector,
                "cadence": source.expected.every,
                "grace": source.expected.grace,
                **({"answers": source.expected.answers} if source.expected.answers else {}),
                "known_by": "declared",
            },
            progresses=True,
        )
        for source in sources
        if isinstance(source.expected, ExpectedModel)
    ]
    known = {record.data["system"]: record for _, record in vault.records() if record.type == EXPECTED}
    changed = [each for each in drafts if _differs(each.data, known.get(each.data["system"]), vault)]
    now = format_instant(vault.clock.now())
    submissions = [submit(_since(each, now), vault.connector_key) for each in changed]
    if submissions:
        with vault.appending() if given is None else nullcontext(given) as appender:
            appender.append(submissions)


def _since(draft: Draft, now: str) -> Draft:
    return Draft(
        draft.type,
        draft.source,
        draft.natural_key,
        draft.time,
        {**draft.data, "valid_from": now},
        progresses=True,
    )


def _differs(wanted: Mapping[str, Any], known: Any, vault: Vault) -> bool:
    if known is None:
        return True
    data = sealing.reveal(known.data, vault.disclosures([known]))
    return any(data.get(name) != wanted.get(name) for name in ("connector", "cadence", "grace", "answers"))


class _Run:
    """One source in one round."""

    def __init__(self, vault: Vault, source: SourceModel, folder: Path) -> None:
        self.vault, self.source, self.folder = vault, source, folder
        self.states = vault.places.root / "collect"
        self.state = read_state(self.states, source.name)
        self.done = Collected(source.name, source.connector, ran=False)

    def run(self, *, due_only: bool, retry: bool = False) -> Collected:
        now = self.vault.clock.now()
        last = self.state.ran
        if retry:
            self._retry()
        if due_only and last is not None and now < last + parse_duration(self.source.every):
            return self.done
        self.done.ran = True
        error = None
        try:
            if self.source.follow is not None:
                self._follow(self.folder / self.source.follow)
            elif self.source.folder is not None:
                self._pick_up(self.folder / self.source.folder)
            else:
                self._pull(now)
        except KansaError as failed:
            problems = getattr(failed, "problems", ()) or (
                Problem(failed.code, failed.message, help=failed.help),
            )
            self.done.problems += problems
            error = failed.message
        self._remember(ran=now, error=error)
        return self.done

    def _remember(self, **changes: Any) -> None:
        self.state = msgspec.structs.replace(self.state, **changes)
        write_state(self.states, self.source.name, self.state)

    def _retry(self) -> None:
        """Read again the open rows of the source that were kept whole."""
        name = f"{self.vault.urn}:{self.source.name}"
        rows = [each.told for each in rows_in(self.vault.places.quarantine, name).values() if each.is_open]
        kept = [each["row"] for each in rows if not each.get("cut") and isinstance(each["row"], str | dict)]
        if not kept:
            return
        self.done.ran = True
        lines = [each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in kept]
        with spool_in(self.vault) as spool:
            chunk = spool / "quarantined.log"
            chunk.write_text("".join(f"{line}\n" for line in lines), "utf-8")
            self._ingest(self._reader(), [chunk])

    def _follow(self, log: Path) -> None:
        for piece in pieces(log, self.state.position):
            if piece.lost:
                self._lost(self.state.position)
            if not piece.content:
                self._remember(position=piece.after)
                continue
            carried = "".join(f"{line}\n" for line in self.state.carried).encode()
            with spool_in(self.vault) as spool:
                chunk = spool / f"{log.name}@{piece.offset}"
                chunk.write_bytes(carried + piece.content)
                reader = self._reader()
                self._ingest(reader, [chunk])
            open_ = getattr(reader, "unfinished", {})
            kept = tuple(line for lines in open_.values() for line in lines)
            self._remember(position=piece.after, carried=kept[-MOST_CARRIED:])

    def _lost(self, before: Position) -> None:
        now = self.vault.clock.now()
        data = {
            "system": f"{self.vault.urn}:{self.source.name}",
            "what": "bytes",
            "first": str(before.offset),
            "valid_from": format_instant(self.state.ran or now),
            "known_by": "measured",
        }
        self.vault.record(
            Draft(GAP, f"{self.vault.urn}:collect", f"gap {self.source.name} {before.digest}", now, data)
        )
        self.done.lost += 1
        self._remember(gaps=self.state.gaps + 1)

    def _pick_up(self, folder: Path) -> None:
        if not folder.is_dir():
            raise BadInput("collect.folder", f"there is no folder `{folder}`")
        new: dict[Path, str] = {}
        for path in files_in(folder):
            if path.suffix in {".part", ".tmp"}:
                continue
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            if self.state.files.get(str(path.relative_to(folder))) != digest:
                new[path] = digest
        if new:
            done = self._ingest(self._reader(), list(new))
            failed = {problem.file for problem in done.unreadable}
            read = {
                str(path.relative_to(folder)): digest
                for path, digest in new.items()
                if str(path) not in failed
            }
            self._remember(files={**self.state.files, **read})

    def _pull(self, now: int) -> None:
        pull = self.source.pull
        if pull is None:
            return
        since = format_instant(max(0, (self.state.answered or 0) - OVERLAP))
        address = pull.url.replace("{since}", since)
        connector = connector_named(self.source.connector)
        with asking(pull, self.folder) as get, spool_in(self.vault) as spool:
            if connector.pull is None:
                name = address.partition("?")[0].rstrip("/").rpartition("/")[2] or "answer"
                (spool / name).write_bytes(get(address))
            else:
                for fetched in connector.pull(get, address):
                    place = spool / fetched.name.replace("/", "_").lstrip(".")
                    place.write_bytes(fetched.content)
            self._ingest(self._reader(), files_in(spool))
        self._remember(answered=now)

    def _reader(self) -> Source:
        return reader_of(self.vault, self.source, self.folder)

    def _ingest(self, reader: Source, paths: Sequence[Path]) -> Ingested:
        done = take_in_source(self.vault, reader, paths)
        for name in _COUNTED:
            self.done.counts[name] += getattr(done, name)
        self.done.passed_over.update(dict(done.passed_over))
        self.done.problems += [*done.unreadable, *done.problems]
        self.done.quarantine += [done.quarantine_file] if done.quarantine_file else []
        self.state = remember_ingest(self.state, done, self.state.ran)
        self._remember()
        return done


def reader_of(vault: Vault, source: SourceModel, folder: Path) -> Source:
    """Return the reader of a source, as its options set it up.

    Raises:
        BadInput: the options; `collect.name`, if they call the source otherwise.
    """
    connector = connector_named(source.connector)
    options = folder / source.options if source.options is not None else None
    reader = connector.make(Setup(vault.settings.urn, options, None, vault.clock.now(), source.name))
    if reader.name != f"{vault.urn}:{source.name}":
        called = reader.name.removeprefix(f"{vault.urn}:")
        raise BadInput(
            "collect.name",
            f"the options call the source `{called}`, the file of sources `{source.name}`",
            help="give both the same name: `source` in the options",
        )
    return reader


def remember_ingest(state: State, done: Ingested, ran: int | None) -> State:
    """Return the state after an ingest."""
    return msgspec.structs.replace(
        state,
        ran=ran,
        rows=state.rows + done.rows,
        quarantined=state.quarantined + done.quarantined + done.refused,
    )


def gap_of(vault: Vault, source: str, sender: str, first: int, last: int) -> Draft:
    """Return the record of numbers that are missing in a sender's sequence."""
    now = vault.clock.now()
    data = {
        "system": f"{vault.urn}:{source}",
        "what": "sequence",
        "first": str(first),
        "last": str(last),
        "missing": last - first + 1,
        "valid_from": format_instant(now),
        "known_by": "measured",
    }
    return Draft(GAP, f"{vault.urn}:collect", f"sequence {source} {sender} {first} {last}", now, data)


@contextmanager
def spool_in(vault: Vault) -> Iterator[Path]:
    """Yield a folder in the vault for what was fetched, until it is recorded."""
    inside = vault.places.root / "collect"
    inside.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="spool-", dir=inside) as folder:
        yield Path(folder)


MOST_CARRIED = 100_000
"""Lines of open sessions that are kept; of more the oldest are let go, and stay sessions without an end."""


def rounds(
    vault: Vault, file: SourcesFile, folder: Path, stop: Callable[[float], bool]
) -> Iterator[list[Collected]]:
    """Yield the rounds that are due, until `stop` says so; it is told how many seconds to wait, and waits them."""
    shortest = min(parse_duration(each.every) for each in file.sources) / MICROSECONDS
    while True:
        done = [each for each in collect(vault, file, folder) if each.ran]
        if done:
            yield done
        if stop(min(shortest, 60.0)):
            return
