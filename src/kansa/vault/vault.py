"""A vault: its stores, keys and clock, and what can be read from it.

Reading hands out readers, which cannot write; `appending` is the one way to write. Everything that a command needs
of a vault is a method here; what it does with it is elsewhere.
"""

import hmac
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TypeVar
from weakref import finalize

from kansa.clock import Clock, SimulatedClock, SystemClock
from kansa.connectors.base import Place
from kansa.connectors.devices.known import names_of_devices
from kansa.connectors.key_registry import KeyRegistry
from kansa.errors import BadInput, BrokenVault
from kansa.evidence.entry import Committed
from kansa.ids import RandomBytes
from kansa.ledger import keys, policy
from kansa.ledger.anchors import newest
from kansa.ledger.append_socket import SharedAppender, open_appender
from kansa.ledger.checkpoint_file import Beside, hold, kept_at
from kansa.ledger.note import SigningKey, VerifierKey
from kansa.ledger.sequencer import Sequencer
from kansa.ledger.stores import sqlite, values
from kansa.ledger.stores.sqlite import SqliteReader, SqliteWriter
from kansa.ledger.stores.values import ValueReader, ValueWriter
from kansa.records import envelope, sealing
from kansa.records.draft import Draft, submit
from kansa.records.envelope import Record
from kansa.records.sealing import Disclosure
from kansa.registers import store
from kansa.registers.called import StoredNames
from kansa.registers.database import Connection, Registers
from kansa.registers.derive import tables
from kansa.registers.directory import Directory
from kansa.registers.incremental import Progress, catch_up, forget_called, rebuild
from kansa.registers.rows import Tables
from kansa.registers.snapshot import Evidence
from kansa.vault import settings as vault_settings
from kansa.vault.segments import VaultSegments, listed
from kansa.vault.settings import Places, Settings
from kansa.vault.witnesses import Witnesses

About = TypeVar("About")
Answer = TypeVar("Answer")


def create(root: Path, settings: Settings, random_bytes: RandomBytes = secrets.token_bytes) -> "Vault":
    """Make a vault: directory, keys, empty stores; `vault.json` comes last, so a vault that was not finished is none.

    Raises:
        BadInput: `vault.exists`, if there is a vault or another file in its place.
    """
    places = Places(root)
    if places.root.exists() and any(places.root.iterdir()):
        raise BadInput("vault.exists", f"`{root}` exists and is not empty", help="choose another directory")
    places.root.mkdir(parents=True, exist_ok=True)
    places.root.chmod(0o700)
    for directory_ in (places.keys, places.quarantine, places.published.parent):
        directory_.mkdir(mode=0o700)
    keys.create_log_key(places.keys / "log.key", settings.origin, random_bytes)
    value_key = keys.create_key(places.keys / "values.key", "values", random_bytes)
    keys.create_key(places.keys / "connector.key", "connector", random_bytes)
    sqlite.create(places.ledger, settings.origin)
    values.create(places.values, value_key, random_bytes)
    vault_settings.write(places, settings)
    vault = Vault(root, random_bytes=random_bytes)
    with vault.appending():
        pass  # signs and publishes the empty log: from here on a missing checkpoint is a fault
    return Vault(root, random_bytes=random_bytes)


class Vault:
    """One operator's vault, opened.

    A simulated vault takes its time from `at`, or stands at the last recorded time; others refuse `at`.

    Raises:
        BadInput: `vault.missing`; `clock.simulated`, if a time is given to a vault that keeps the real one.
    """

    def __init__(
        self, root: Path, *, at: int | None = None, random_bytes: RandomBytes = secrets.token_bytes
    ) -> None:
        self.places = Places(root)
        self.settings = vault_settings.read(self.places)
        self.random_bytes = random_bytes
        if at is not None and not self.settings.simulated:
            raise BadInput(
                "clock.simulated",
                "this vault keeps the real time",
                help="only `kansa init --simulated` makes one whose time can be set",
            )
        self._at = at
        self._held: Registers | None = None
        self._revealing = Lock()

    @property
    def urn(self) -> str:
        """The prefix of the sources of records that Kansa itself originates."""
        return self.settings.urn

    @cached_property
    def clock(self) -> Clock:
        """The vault's time."""
        if not self.settings.simulated:
            return SystemClock()
        return SimulatedClock(self._at if self._at is not None else self.reader.head().recorded_at)

    @cached_property
    def reader(self) -> SqliteReader:
        """The evidence log, to read, held against where it is published.

        Raises:
            BrokenVault: `vault.behind`, `vault.forked`, `vault.published`, if it is not what was published;
                `vault.simulated`, if its first entry says that times are told and `vault.json` says that they are
                kept.
        """
        reader = self.unheld()
        self._hold(reader, self.published, self.log_key.verifier)
        if not self.settings.simulated and reader.size() and envelope.decode(reader.entry(0)).simulated:
            raise BrokenVault(
                "vault.simulated",
                f"the log of `{self.places.root}` was begun as a simulated one, and `vault.json` says that it is real",
                help="put `simulated` in vault.json back to true; a simulated vault stays one",
            )
        return reader

    def unheld(self) -> SqliteReader:
        """Return the evidence log, to read as it stands, whatever was published: for an audit."""
        return SqliteReader(self.places.ledger)

    @contextmanager
    def gate_reader(self) -> Iterator[SqliteReader]:
        """Yield the gate's log, to read, held against where it is published; only where there is one.

        Raises:
            BrokenVault: as `reader`.
        """
        with closing(SqliteReader(self.places.gate)) as reader:
            self._hold(reader, self.gate_published, self.gate_key.verifier)
            yield reader

    @property
    def published(self) -> tuple[Path, ...]:
        """Where the evidence log's latest checkpoint is published."""
        return (self.places.published, *self.settings.copies)

    @property
    def gate_published(self) -> tuple[Path, ...]:
        """Where the gate log's latest checkpoint is published."""
        return (self.places.gate_published, *self.settings.gate_copies)

    @property
    def gate_key(self) -> SigningKey:
        """The key that signs the gate log's checkpoints."""
        return keys.load_log_key(self.places.keys / "gate.key")

    @cached_property
    def log_key(self) -> SigningKey:
        """The key that signs checkpoints."""
        return keys.load_log_key(self.places.keys / "log.key")

    @cached_property
    def connector_key(self) -> bytes:
        """The key that gives records their identity."""
        return keys.load_key(self.places.keys / "connector.key", "connector")

    @contextmanager
    def appending(self) -> Iterator[SharedAppender]:
        """Yield the way to write, for as long as the block lasts: as the sequencer's holder, or through whoever holds it."""
        value_key = keys.load_key(self.places.keys / "values.key", "values")
        keeper = ValueWriter(self.places.values, value_key, self.random_bytes)
        try:
            with open_appender(self.places.socket, lambda: self._sequencer(keeper)) as appender:
                yield appender
        finally:
            keeper.close()

    def _sequencer(self, keeper: ValueWriter) -> Sequencer:
        log = SqliteWriter(self.places.ledger)
        return Sequencer(
            log,
            keeper,
            self.log_key,
            self.clock,
            published=self.places.published,
            beside=self._beside(),
            random_bytes=self.random_bytes,
        )

    def _beside(self) -> Beside:
        """Return what else holds the evidence log: its copies, and the gate's log."""
        copies = self.settings.copies
        if not self.places.gate.exists():
            return Beside(copies)
        with closing(SqliteReader(self.places.gate)) as gate:
            return Beside(copies, newest(gate, self.settings.origin), gate.head().wall)

    def _hold(self, reader: SqliteReader, published: Sequence[Path], key: VerifierKey) -> None:
        kept = kept_at(
            published, began=reader.size() > 0
        )  # read before the size: what is published is committed
        size = reader.size()
        for each in kept:
            hold(reader, size, key, each)

    def record(self, draft: Draft) -> int:
        """Append one record that Kansa itself originates; returns its index.

        Raises:
            BadInput: it was refused.
        """
        return self.record_all([draft])[0]

    def record_all(self, drafts: Sequence[Draft]) -> list[int]:
        """Append records that Kansa itself originates, in one go; returns their indexes.

        Raises:
            BadInput: one was refused.
        """
        with self.appending() as appender:
            outcomes = appender.append([submit(draft, self.connector_key) for draft in drafts])
        refused = next((each for each in outcomes if each.index is None), None)
        if refused is not None:
            raise BadInput(refused.code or "record.refused", refused.message or "the record was refused")
        return [each.index for each in outcomes if each.index is not None]

    def tables(self, known_at: int | None = None, progress: Progress | None = None) -> Tables:
        """Return the registers, brought up to the ledger, and the uses of segments, as known at an instant.

        Raises:
            BrokenVault: `vault.behind` or `segment.damaged`, if a segment is not as the ledger names it.
        """
        found = self.tables_of_records(known_at, progress)
        bulk = VaultSegments(self.segments(known_at))
        return replace(found, use=bulk.beside(found.use, found.installed))

    def tables_of_records(self, known_at: int | None = None, progress: Progress | None = None) -> Tables:
        """Return the registers, brought up to the ledger, as known at an instant; uses of segments are not among them."""
        with self._registers() as engine:
            catch_up(engine, self.reader, progress)
            with engine.connect() as connection:
                return tables(store.versions(connection, known_at))

    @property
    def segments_source(self) -> str:
        """The source of the entries of segments."""
        return f"{self.settings.urn}:segments"

    def segments(self, known_at: int | None = None) -> list[Committed]:
        """Return the segments of rows that the ledger names, in order, as known at an instant.

        Raises:
            BrokenVault: `segment.schema`, if this version does not know the rows of one.
        """
        found = listed(self.reader, self.places.segments, self.segments_source, self.connector_key)
        return [each for each in found if known_at is None or each.recorded_at <= known_at]

    def rebuild(self) -> int:
        """Derive the registers anew; returns the number of entries that they reflect."""
        with self._registers() as engine:
            return rebuild(engine, self.reader)

    def recount(self) -> bool:
        """Hold every row of the registers against their digest, before evidence leaves; tell whether they were as written.

        Where they were not, they are derived anew, and what was computed from them has to be computed again.
        """
        with self._registers() as engine:
            with engine.connect() as connection:
                before = store.reflected(connection).altered
            catch_up(engine, self.reader, recount=True)
            with engine.connect() as connection:
                return store.reflected(connection).altered == before

    def records(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, Record]]:
        """Yield the records of the log, in order."""
        for index, entry in self.reader.entries(start, stop):
            yield index, envelope.read(entry)

    def disclosures(self, records: Iterable[Record]) -> dict[str, Disclosure]:
        """Return the sealed values of these records that are still kept, by digest."""
        wanted = [digest for record in records for digest in sealing.digests(dict(record.data))]
        value_key = keys.load_key(self.places.keys / "values.key", "values")
        reader = ValueReader(self.places.values, value_key)
        try:
            return reader.reveal(wanted)
        finally:
            reader.close()

    def directory(self) -> Directory:
        """Return what subjects are called, from every value that is still kept: asked subject by subject, as of now."""
        with self._registers() as engine:
            catch_up(engine, self.reader)
        return StoredNames(self._lent, self.reader.entry, self.reveal, engine.tags).directory()

    def reveal(self, digests: Iterable[str]) -> Mapping[str, Disclosure]:
        """Return the sealed values that are still kept, by digest; from any thread.

        Raises:
            BrokenVault: `values.damaged`.
        """
        wanted = list(digests)
        if not wanted:
            return {}
        with self._revealing:
            return self._values.reveal(wanted)

    def forget_names(self, subject: str) -> int:
        """Take out of the registers what finds a subject by values that are kept no longer; returns how many rows."""
        with self._registers() as engine:
            catch_up(engine, self.reader)
            return forget_called(engine, self.reader, subject)

    @cached_property
    def _values(self) -> ValueReader:
        reader = ValueReader(self.places.values, keys.load_key(self.places.keys / "values.key", "values"))
        finalize(self, reader.close)
        return reader

    @contextmanager
    def _lent(self) -> Iterator[Connection]:
        with self._registers() as engine, engine.connect() as connection:
            yield connection

    def keybook(self) -> KeyRegistry:
        """Return which subject each source key means, whom each path serves, how many accelerators each node has."""
        known, bulk = self.directory(), VaultSegments(self.segments())
        with self._registers() as engine:
            catch_up(engine, self.reader)
            with engine.connect() as connection:
                devices = store.devices_by_node(connection)
                places = store.places_of_devices(connection)
        named = names_of_devices(known.device_names)
        return KeyRegistry(
            named.keys | dict(known.keys.items()),
            named=named.said,
            places={device: Place(*place) for device, place in places.items()},
            holders={path: _holder(known, path) for path in known.paths},
            devices=devices,
            measured=lambda workloads: self._asked(store.first_measured, workloads) if workloads else None,
            measured_in_bulk=lambda workloads: self._measured_in_bulk(bulk, workloads),
            runs=lambda workload: (*self._asked(store.placed_at, workload), *bulk.placed_at(workload)),
            random_bytes=self.random_bytes,
        )

    def _measured_in_bulk(self, bulk: VaultSegments, workloads: str) -> int | None:
        key = keys.load_key(self.places.keys / "values.key", "values")
        with closing(ValueReader(self.places.values, key)) as reader:
            return bulk.first_measured(workloads, self.connector_key, reader.bulk_keys)

    def _asked(self, question: Callable[[Connection, About], Answer], about: About) -> Answer:
        """Return the registers' answer, as they stand."""
        with self._registers() as engine, engine.connect() as connection:
            return question(connection, about)

    @contextmanager
    def evidence(self) -> Iterator[Evidence]:
        """Yield what facts are computed from, brought up to the ledger, for as long as the block lasts."""
        with self._registers() as engine:
            catch_up(engine, self.reader)
            with engine.connect() as connection:
                bulk = VaultSegments(self.segments())
                yield Evidence(connection, self.reader, self.reveal, bulk)

    def began(self) -> int | None:
        """Return when the log's first entry was recorded; None while it is empty."""
        return envelope.decode(self.reader.entry(0)).recorded_at if self.reader.size() else None

    def trust_policy(self) -> str:
        """Return a policy file that pins this log's key, and asks for the quorum of witnesses that the vault asks."""
        return policy.encode(self.witnesses.policy()).decode("utf-8", "surrogateescape")

    @property
    def witnesses(self) -> Witnesses:
        """Who cosigns the evidence log, and what they cosigned."""
        return Witnesses(self.places.witnesses, self.log_key.verifier)

    @contextmanager
    def _registers(self) -> Iterator[Registers]:
        """Lend the registers, which stay open for as long as the vault does, or until their file is another one."""
        if self._held is not None and not self._held.is_there():
            self._held.dispose()
            self._held = None
        if self._held is None:
            self._held = self.open_registers()
            finalize(self, self._held.dispose)
        yield self._held

    def open_registers(self) -> Registers:
        """Return the registers' database; whoever asks disposes of it."""
        return store.engine_at(self.places.registers, self.derived_key("registers"), self.reveal)

    def derived_key(self, of: str) -> bytes:
        """Return the key under which a store of what is derived is guarded; it follows from the connectors' key."""
        return hmac.digest(self.connector_key, f"kansa {of} 1".encode(), "sha256")


def _holder(known: Directory, path: str) -> tuple[str | None, str | None]:
    held = {(each.tenant_id, each.end_user_id) for each in known.paths[path]}
    return held.pop() if len(held) == 1 else (None, None)
