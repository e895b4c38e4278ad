"""A vault's gate, opened: its log, its basis kept current with the evidence log, and what the two logs tell each other.

`open_gate` is enough to ask once. The one process that serves has `GateSyncWorker` as well: it follows the evidence log, swaps
the basis whenever something new stands there, tells the evidence log of refusals, and anchors each log in the other
every minute.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from kansa.application.flags import FlagService, InForce
from kansa.application.screening.required import required_by
from kansa.application.statements import shifts
from kansa.clock import MICROSECONDS
from kansa.errors import KansaError
from kansa.gate.context import RuleContext
from kansa.gate.decision_point import DecisionPoint
from kansa.gate.fact_cache import FactCache, Tables
from kansa.gate.fact_feed import FactCacheUpdater, Find
from kansa.gate.handover import waiting
from kansa.gate.log import Entry, GateLog, origin_of
from kansa.gate.names import DirectoryNames
from kansa.gate.refusal_reports import RefusalReports, anchored
from kansa.ledger import keys
from kansa.ledger.anchors import newest
from kansa.ledger.checkpoint_file import Beside
from kansa.ledger.ports import Appender
from kansa.ledger.stores import sqlite
from kansa.ledger.stores.sqlite import SqliteReader, SqliteWriter
from kansa.ledger.stores.values import ValueReader, ValueWriter
from kansa.records import envelope
from kansa.records.draft import submit
from kansa.records.envelope import Record
from kansa.records.kinds.gate import GateRefused, LogAnchored
from kansa.registers.database import Registers
from kansa.registers.incremental import catch_up
from kansa.registers.snapshot import Evidence
from kansa.rules.countries import TABLE as COUNTRIES
from kansa.rules.countries import groups_of
from kansa.rules.loading.library import read_library
from kansa.rules.pack import GATE, Pack
from kansa.rules.replay import packed
from kansa.rules.rulebook import Interpretation, Rulebook
from kansa.rules.tables import Table
from kansa.vault.vault import Vault

FOLLOW_SECONDS = 1.0
ANCHOR_SECONDS = 60.0


@contextmanager
def gate_log(vault: Vault) -> Iterator[GateLog]:
    """Yield the gate's log, to write; made with its key where the vault has none yet.

    Raises:
        KansaError: `vault.held`, if another process holds it.
        BrokenVault: it does not continue what was published.
    """
    places, origin = vault.places, origin_of(vault.settings.origin)
    if not places.gate.exists():
        if not (places.keys / "gate.key").exists():
            keys.create_log_key(places.keys / "gate.key", origin)
        sqlite.create(places.gate, origin)
    beside = Beside(vault.settings.gate_copies, newest(vault.reader, origin), vault.reader.head().wall)
    value_key = keys.load_key(places.keys / "values.key", "values")
    with (
        closing(ValueWriter(places.values, value_key)) as values,
        closing(
            GateLog(
                SqliteWriter(places.gate),
                values,
                vault.gate_key,
                vault.clock,
                published=places.gate_published,
                beside=beside,
            )
        ) as log,
    ):
        yield log


class GateRuntime:
    """A gate on a vault, and the evidence that it rests on. Of one thread, but for what `gate` itself does."""

    def __init__(
        self, vault: Vault, log: GateLog, find: Find, engine: Registers, folders: Sequence[Path]
    ) -> None:
        self._vault = vault
        self._engine = engine
        self._find = find
        self._desk = FlagService(vault)
        self._desk.library = read_library(folders)
        countries = self._desk.library.table(COUNTRIES)
        self._board = _RuntimeFactCache(Tables(partial(groups_of, countries), partial(_verified, countries)))
        self._follower = FactCacheUpdater(self._board, vault.reader, find, engine)
        self._rulebook: Rulebook | None = None
        self._readings: tuple[Interpretation, ...] = ()
        self.gate = DecisionPoint(log, self._read(), vault.clock, vault.connector_key)
        self._board.turn = self.gate.turn

    @property
    def entries(self) -> int:
        """How many entries of the evidence log answers rest on."""
        return self._board.entries

    @property
    def behind(self) -> bool:
        """Whether the evidence log has entries that answers do not rest on."""
        return self._vault.reader.size() != self._board.entries

    def follow(self) -> None:
        """Bring the basis up to the evidence log, and the rules up to the hour."""
        basis = self._read()
        with self.gate.turn:
            self.gate.basis = basis

    def await_handovers(self, pending: Mapping[str, int]) -> None:
        """Note how many shifts of each tenant are without records of hand-over."""
        with self.gate.turn:
            self._board.await_handovers(pending)

    def _read(self) -> RuleContext:
        catch_up(self._engine, self._vault.reader)
        with self._engine.connect() as connection:
            self._follower.follow(connection)
            self._desk.now = self._vault.clock.now()
            in_force = self._desk.in_force(Evidence(connection, self._vault.reader, self._find))
        self._take_rules(in_force)
        return RuleContext(
            rulebook=self._rulebook or self._shipped,
            standings=self._board,
            names=DirectoryNames(self._vault.directory()),
            log=self._vault.settings.origin,
            readings=self._readings,
            citations=self._desk.library.citations,
        )

    @cached_property
    def _shipped(self) -> Rulebook:
        return _gate_rules(self._desk.library.rulebook())

    def _take_rules(self, in_force: InForce) -> None:
        """What is the same stays the same value, so that nothing is compiled anew."""
        found = _gate_rules(in_force.rulebook)
        if not found.packs:  # packs of other kinds were adopted, none for the gate
            found = self._shipped
        if self._rulebook is None or self._rulebook.named != found.named:
            self._rulebook = found
            self._board.required_lists = required_by(found.packs)
            keep_packs(self._vault.places.packs, found.packs)
        if in_force.readings != self._readings:
            self._readings = in_force.readings


class _RuntimeFactCache(FactCache):
    """A board that takes what is new between two turns of the gate."""

    turn: AbstractContextManager[object] = nullcontext()

    def take(self, *given: Any, **named: Any) -> None:
        with self.turn:
            super().take(*given, **named)


class GateSyncWorker:
    """What the serving process does beside answering: follows, tells, anchors; from a thread of its own.

    `report` hears what went wrong; the next round tries again.
    """

    def __init__(
        self, house: GateRuntime, vault: Vault, way: Appender, report: Callable[[KansaError], None]
    ) -> None:
        self._house = house
        self._vault = vault
        self._way = way
        self._report = report
        self._source = f"{vault.settings.urn}:gate"
        self._gate_log = SqliteReader(vault.places.gate)
        told = [envelope.read(entry) for _, entry in sorted(_reports(vault.reader).items())]
        told = [record for record in told if record.type in _REPORT_TYPES]
        self._refusals = RefusalReports(record for record in told if record.type == GateRefused.type)
        anchors = [record.data["size"] for record in told if _anchors(record, self._gate_log.origin)]
        self._reports = max(anchors, default=0)
        self._anchored = 0
        self._sizes = (0, 0)
        self._shifts = True  # whether there may be any: looked for once, then whenever one was permitted
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kansa-rounds", daemon=True)
        self._failed: str | None = None

    def unready(self) -> tuple[str, ...]:
        """Return why the gate should not be asked now: what went wrong last, and has not gone right since."""
        return () if self._failed is None else (self._failed,)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End; what there is to tell is told before this returns."""
        self._ending.set()
        self._thread.join()
        self._attempt(last=True)
        self._gate_log.close()

    def _run(self) -> None:
        while not self._ending.wait(FOLLOW_SECONDS):
            self._attempt()

    def _attempt(self, *, last: bool = False) -> None:
        try:
            if self._house.behind:
                self._house.follow()
            self._tell()
            now = self._vault.clock.monotonic()
            if last or now - self._anchored > ANCHOR_SECONDS * MICROSECONDS:
                self._await_handovers()
                self._anchor()
                self._anchored = now
        except KansaError as error:
            if self._failed != error.code:
                self._report(error)
            self._failed = error.code
        else:
            self._failed = None

    def _tell(self) -> None:
        """Tell the evidence log of holds and denies that are new."""
        size = self._gate_log.size()
        entries = [
            (index, envelope.read(entry)) for index, entry in self._gate_log.entries(self._reports, size)
        ]
        self._shifts |= any(record.data.get("action") == "shift" for _, record in entries)
        drafts = list(self._refusals.drafts(entries, self._gate_log.origin, self._source))
        if drafts:
            self._way.append([submit(draft, self._vault.connector_key) for draft in drafts])
        self._reports = size

    def _await_handovers(self) -> None:
        """Hold what a tenant asks next while records of a permitted shift are missing though they are due."""
        if self._shifts:
            found = shifts(self._vault)
            self._shifts = bool(found.followed)
            self._house.await_handovers(waiting(found.followed, found.now))

    def _anchor(self) -> None:
        """Put each log's latest checkpoint into the other, unless both hold nothing but anchors since the last time."""
        now, log = self._vault.clock.now(), self._house.gate.log
        if (self._vault.reader.size(), self._gate_log.size()) == self._sizes:
            return
        if self._gate_log.size():
            draft = anchored(self._gate_log.latest(), now, self._source)
            self._way.append([submit(draft, self._vault.connector_key)])
        if self._vault.reader.size():
            other = anchored(self._vault.reader.latest(), now, self._source)
            entry = Entry(other.type, log.new_id(now), now, other.data)
            log.write(lambda _: [entry])
        self._sizes = self._vault.reader.size(), self._gate_log.size()


_REPORT_TYPES = (GateRefused.type, LogAnchored.type)


def _reports(reader: SqliteReader) -> dict[int, bytes]:
    """Return the entries that may be of what the gate tells the evidence log, by index."""
    return {index: entry for kind in _REPORT_TYPES for index, entry in reader.backwards(kind)}


def _anchors(record: Record, origin: str) -> bool:
    return record.type == LogAnchored.type and record.data["anchored"] == origin


@contextmanager
def open_gate(vault: Vault, folders: Sequence[Path] = ()) -> Iterator[GateRuntime]:
    """Yield a vault's gate, current as of now.

    Raises:
        KansaError: `vault.held`, if another process holds the gate's log.
    """
    key = keys.load_key(vault.places.keys / "values.key", "values")
    with ExitStack() as stack:
        log = stack.enter_context(gate_log(vault))
        values = stack.enter_context(closing(ValueReader(vault.places.values, key)))
        engine = vault.open_registers()
        stack.callback(engine.dispose)
        yield GateRuntime(vault, log, values.reveal, engine, folders)


def _gate_rules(rulebook: Rulebook) -> Rulebook:
    """Return the packs among them that the gate asks."""
    return Rulebook(tuple(pack for pack in rulebook.packs if pack.header.kind == GATE), rulebook.catalogue)


def _verified(table: Table, instant: int) -> bool | None:
    version = table.at(instant)
    return None if version is None else version.verified


def keep_packs(folder: Path, packs: Sequence[Pack]) -> None:
    """Keep each pack under its meaning hash, so that what it decided can be decided again."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for pack in packs:
        path = folder / f"{pack.meaning}.json"
        if not path.exists():
            path.touch(0o600)
            path.write_bytes(packed(pack))
