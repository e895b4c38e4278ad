"""What subjects are called, as tables that follow the ledger: the stored form of `registers.directory.Reading`.

A row says who is called by what kind of name and which entry says so; the name itself stays in the value store, and is
decrypted when it is asked for. Names are looked up by tags (HMAC-SHA-256, 128 bits, under a key of the vault): of the text
as written, of the text as written alike, and for keys of the system with the key. A value that is erased takes its
rows with it (`forget`), so that after an erasure the tables are those of a ledger whose value was never kept.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any

from kansa.records import envelope, sealing
from kansa.records.catalogue import KINDS, kind_named
from kansa.records.envelope import Record
from kansa.records.kinds.operation import ValueErased
from kansa.registers.database import Connection, Find
from kansa.registers.directory import (
    ASKED_ABOUT,
    Classified,
    DeviceSaid,
    Directory,
    KeyIntroduced,
    NamesGiven,
    Numbered,
    NumberGiven,
    Path,
    PathApproved,
    RoleGiven,
    Statement,
    asked_about,
    statements,
)
from kansa.registers.tags import Tags

Read = Callable[[int], bytes]
"""An entry by its index."""
Lend = Callable[[], AbstractContextManager[Connection]]
"""Lends a connection to registers that reflect the ledger."""

TABLES: Mapping[str, tuple[str, ...]] = {
    "subject": ("id", "entry"),
    "called": ("row", "subject", "what", "entry", "keeper", "exact", "alike", "pair", "system"),
    "role": ("row", "party", "role"),
    "approval": ("row", "path", "method", "tenant_id", "end_user_id", "mediator_id"),
    "classified": ("row", "item_class", "jurisdiction", "control"),
}
SCHEMA = """
CREATE TABLE subject (id TEXT PRIMARY KEY, entry INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX subject_entry ON subject (entry, id);
CREATE TABLE called (
  row INTEGER PRIMARY KEY, subject TEXT NOT NULL, what TEXT NOT NULL, entry INTEGER NOT NULL, keeper TEXT,
  exact TEXT, alike TEXT, pair TEXT, system TEXT
);
CREATE INDEX called_subject ON called (subject, what);
CREATE INDEX called_keeper ON called (keeper);
CREATE INDEX called_exact ON called (exact);
CREATE INDEX called_alike ON called (alike);
CREATE INDEX called_pair ON called (pair);
CREATE INDEX called_system ON called (system);
CREATE TABLE role (row INTEGER PRIMARY KEY, party TEXT NOT NULL, role TEXT NOT NULL);
CREATE INDEX role_party ON role (party, role);
CREATE INDEX role_role ON role (role, party);
CREATE TABLE approval (
  row INTEGER PRIMARY KEY, path TEXT NOT NULL, method TEXT NOT NULL, tenant_id TEXT NOT NULL, end_user_id TEXT,
  mediator_id TEXT
);
CREATE INDEX approval_path ON approval (path);
CREATE INDEX approval_tenant ON approval (tenant_id);
CREATE INDEX approval_end_user ON approval (end_user_id);
CREATE TABLE classified (
  row INTEGER PRIMARY KEY, item_class TEXT NOT NULL, jurisdiction TEXT NOT NULL, control TEXT NOT NULL
);
"""
_CALLED = "INSERT INTO called (subject, what, entry, keeper, exact, alike, pair, system) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


def take(
    connection: Connection, tags: Tags, entries: Iterable[tuple[int, bytes]], read: Read, find: Find
) -> None:
    """Write what further entries say, in ledger order; `find` gives the values that are kept, `read` an entry.

    An erasure among them takes the rows with it whose values are gone.
    """
    records = [(index, envelope.read(entry)) for index, entry in entries]
    wanted = (digest for _, record in records for digest in _digests(record))
    disclosures = find(wanted)
    connection.executemany(
        "INSERT OR IGNORE INTO subject VALUES (?, ?)",
        [(subject, index) for index, record in records for subject in asked_about(record)],
    )
    for index, record in records:
        keeper = _keeper(record)
        for said in statements(record, disclosures):
            _write(connection, tags, said, index, keeper)
        if record.type == ValueErased.type:
            forget(connection, tags, str(record.data.get("subject_id")), read, find)


def forget(connection: Connection, tags: Tags, subject: str, read: Read, find: Find) -> int:
    """Delete the rows of values of a subject, or kept under its key, that are kept no longer; returns how many."""
    query = "SELECT row, subject, what, entry, exact, pair FROM called WHERE subject = ?1 OR keeper = ?1"
    rows = connection.execute(query, (subject,)).fetchall()
    still: set[tuple[int, str, str, str | None, str | None]] = set()
    for entry in {row[3] for row in rows}:
        record = envelope.read(read(entry))
        for said in statements(record, find(_digests(record))):
            still |= {
                (entry, each[0], each[1], each[4], each[6]) for each in _rows_of(tags, said, entry, None)
            }
    gone = [
        (row,) for row, of, what, entry, exact, pair in rows if (entry, of, what, exact, pair) not in still
    ]
    connection.executemany("DELETE FROM called WHERE row = ?", gone)
    return len(gone)


def _digests(record: Record) -> list[str]:
    return sealing.digests(dict(record.data)) if kind_named(record.type) is not None else []


def _keeper(record: Record) -> str | None:
    kind = KINDS.get(record.type)
    return None if kind is None else kind.keeper_in(dict(record.data))


def _write(connection: Connection, tags: Tags, said: Statement, entry: int, keeper: str | None) -> None:
    match said:
        case RoleGiven():
            connection.execute("INSERT INTO role (party, role) VALUES (?, ?)", said)
        case PathApproved(path, approval):
            values = (path, approval.method, approval.tenant_id, approval.end_user_id, approval.mediator_id)
            connection.execute(
                "INSERT INTO approval (path, method, tenant_id, end_user_id, mediator_id) VALUES (?, ?, ?, ?, ?)",
                values,
            )
        case Classified():
            connection.execute(
                "INSERT INTO classified (item_class, jurisdiction, control) VALUES (?, ?, ?)", said
            )
        case _:
            connection.executemany(_CALLED, _rows_of(tags, said, entry, keeper))


def _rows_of(tags: Tags, said: Statement, entry: int, keeper: str | None) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a statement whose value is sealed; of names one for the names as a whole, and one for each."""
    match said:
        case NamesGiven(subject, names):
            yield (subject, "names", entry, keeper, None, None, None, None)
            for name in dict.fromkeys(each for each in names.values() if isinstance(each, str)):
                yield (subject, "name", entry, keeper, tags.exact(name), tags.alike(name), None, None)
        case Numbered(subject):
            yield (subject, "numbered", entry, keeper, None, None, None, None)
        case NumberGiven(subject, number):
            yield (subject, "number", entry, keeper, tags.exact(number), tags.alike(number), None, None)
        case KeyIntroduced(subject, system, key):
            pair, of = tags.pair(system, key), tags.system(system)
            yield (subject, "key", entry, keeper, tags.exact(key), tags.alike(key), pair, of)
        case _:
            return


class StoredNames:
    """The directory of registers that reflect a ledger, asked subject by subject; nothing is read before it is asked for.

    Equal to the directory that is folded from the ledger's records with the values that are kept.
    """

    def __init__(self, lend: Lend, read: Read, find: Find, tags: Tags) -> None:
        self._lend, self._read, self._find, self._tags = lend, read, find, tags
        self._by_entry: dict[int, list[Statement]] = {}

    def directory(self) -> Directory:
        """Return the directory."""
        return Directory(
            names=_Lazy(self._names_of, self._ids("names")),
            keys=_Keys(self),
            keys_of=_Lazy(self._keys_of, self._ids("key")),
            paths=_Whole(self._paths),
            subjects=_Subjects(self),
            items=_Whole(self._items),
            roles=_Whole(self._roles),
            device_names=_Whole(self._device_names),
            numbers=_Lazy(self._numbers_of, self._ids("numbered")),
            index=self,
        )

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a question."""
        with self._lend() as connection:
            return connection.execute(query, parameters).fetchall()

    def meant(self, text: str, prefix: str) -> list[str]:
        """Return the ids that begin with a prefix and that a text means: itself, else by a name as written, else by one written alike."""
        if text.startswith(prefix) and self.is_known(text):
            return [text]
        for column, tag in (("exact", self._tags.exact(text)), ("alike", self._tags.alike(text))):
            query = f"SELECT DISTINCT subject FROM called WHERE {column} = ? AND {_STANDS} ORDER BY subject"  # noqa: S608
            if found := [id_ for (id_,) in self.rows(query, tag) if id_.startswith(prefix)]:
                return found
        return []

    def beginning(self, start: str) -> list[str]:
        """Return the known ids that begin with a text, sorted."""
        query = " UNION ".join(
            f"SELECT {column} FROM {table} WHERE {column} >= ?1 AND {column} < ?2"  # noqa: S608 - our own names
            for table, column in _KNOWN
        )
        return sorted(id_ for (id_,) in self.rows(query, start, start + "\U0010ffff"))

    def is_known(self, subject: str) -> bool:
        """Tell whether any record is about the subject, or calls it something."""
        query = " UNION ALL ".join(f"SELECT 1 FROM {table} WHERE {column} = ?1" for table, column in _KNOWN)  # noqa: S608
        return bool(self.rows(f"SELECT EXISTS ({query})", subject)[0][0])

    def having(self, key: str) -> list[str]:
        """Return who has a key, whatever the system."""
        query = f"SELECT DISTINCT subject FROM called WHERE exact = ? AND {_LATEST}"  # noqa: S608
        return sorted(id_ for (id_,) in self.rows(query, self._tags.exact(key)))

    def with_key(self, system: str, key: str) -> str | None:
        """Return whom a key in a system's books means."""
        query = "SELECT subject FROM called WHERE pair = ? ORDER BY row DESC LIMIT 1"
        return next((id_ for (id_,) in self.rows(query, self._tags.pair(system, key))), None)

    def in_books_of(self, system: str) -> set[str]:
        """Return the subjects that a system's books have a key of."""
        query = f"SELECT DISTINCT subject FROM called WHERE system = ? AND {_LATEST}"  # noqa: S608
        return {id_ for (id_,) in self.rows(query, self._tags.system(system))}

    def has_books_of(self, system: str) -> bool:
        """Tell whether any key of a system's books is known."""
        query = "SELECT EXISTS (SELECT 1 FROM called WHERE system = ?)"
        return bool(self.rows(query, self._tags.system(system))[0][0])

    def subjects(
        self, prefix: str, *, after: tuple[int, str] | None = None, limit: int | None = None
    ) -> list[tuple[int, str]]:
        """Return the subjects of a kind in the order in which the ledger first has them, each with that entry; from behind one on."""
        query = "SELECT entry, id FROM subject WHERE id >= ? AND id < ? AND (entry, id) > (?, ?) ORDER BY entry, id LIMIT ?"
        start = after if after is not None else (-1, "")
        limited = -1 if limit is None else limit
        return [
            (entry, id_) for entry, id_ in self.rows(query, prefix, prefix + "\U0010ffff", *start, limited)
        ]

    def every_key(self) -> Iterator[KeyIntroduced]:
        """Yield every key that was introduced and is still kept, in ledger order; each is decrypted."""
        for (entry,) in self.rows("SELECT DISTINCT entry FROM called WHERE what = 'key' ORDER BY entry"):
            yield from (said for said in self._statements(entry) if isinstance(said, KeyIntroduced))

    def _ids(self, what: str) -> Callable[[], list[str]]:
        return lambda: [
            id_
            for (id_,) in self.rows(
                "SELECT subject FROM called WHERE what = ? GROUP BY subject ORDER BY min(row)", what
            )
        ]

    def _names_of(self, subject: str) -> Mapping[str, str] | None:
        query = "SELECT max(entry) FROM called WHERE subject = ? AND what = 'names'"
        ((entry,),) = self.rows(query, subject)
        said = self._of(subject, [] if entry is None else [entry], NamesGiven)
        return said[-1].names if said else None

    def _keys_of(self, subject: str) -> tuple[str, ...] | None:
        said = self._of(subject, self._entries(subject, "key"), KeyIntroduced)
        return tuple(dict.fromkeys(each.key for each in said)) or None

    def _numbers_of(self, subject: str) -> tuple[str, ...] | None:
        entries = self._entries(subject, "numbered")
        said = self._of(subject, entries, NumberGiven)
        return tuple(dict.fromkeys(each.number for each in said)) if entries else None

    def _entries(self, subject: str, what: str) -> list[int]:
        query = "SELECT DISTINCT entry FROM called WHERE subject = ? AND what = ? ORDER BY entry"
        return [entry for (entry,) in self.rows(query, subject, what)]

    def _of(self, subject: str, entries: Iterable[int], kind: type[Any]) -> list[Any]:
        found = (said for entry in entries for said in self._statements(entry))
        return [said for said in found if isinstance(said, kind) and said.subject == subject]

    def _statements(self, entry: int) -> list[Statement]:
        if entry not in self._by_entry:
            record = envelope.read(self._read(entry))
            self._by_entry[entry] = list(statements(record, self._find(_digests(record))))
        return self._by_entry[entry]

    def _paths(self) -> dict[str, tuple[Path, ...]]:
        found: dict[str, tuple[Path, ...]] = {}
        query = "SELECT path, method, tenant_id, end_user_id, mediator_id FROM approval ORDER BY row"
        for path, *values in self.rows(query):
            found[path] = (*found.get(path, ()), Path(*values))
        return found

    def _items(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for item, jurisdiction, control in self.rows(
            "SELECT item_class, jurisdiction, control FROM classified ORDER BY row"
        ):
            found.setdefault(item, {})[jurisdiction] = control
        return found

    def _device_names(self) -> dict[tuple[str, str], frozenset[tuple[str, str]]]:
        """Return what each source said of each device; every name is decrypted."""
        found: dict[tuple[str, str], frozenset[tuple[str, str]]] = {}
        query = "SELECT DISTINCT entry FROM called WHERE what = 'numbered' AND subject GLOB 'dev_*' ORDER BY entry"
        for (entry,) in self.rows(query):
            for said in self._statements(entry):
                if isinstance(said, DeviceSaid):
                    key = said.device, said.source
                    found[key] = found.get(key, frozenset()) | said.names
        return found

    def _roles(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for party, role in self.rows("SELECT party, role FROM role ORDER BY row"):
            found.setdefault(party, set()).add(role)
        return {party: frozenset(roles) for party, roles in found.items()}


_KNOWN = (("subject", "id"), ("called", "subject"), ("role", "party"), ("approval", "path"))
_STANDS = """(
  what = 'number'
  OR (what = 'name' AND entry = (
    SELECT max(later.entry) FROM called AS later WHERE later.subject = called.subject AND later.what = 'names'
  ))
  OR what = 'key'
)"""
"""A name stands until later names take its place; a number and a key stand."""
_LATEST = "row = (SELECT max(later.row) FROM called AS later WHERE later.pair = called.pair)"
"""A key means whoever it was last introduced for."""


class _Lazy(Mapping[str, Any]):
    """Values that are decrypted when they are asked for."""

    def __init__(self, one: Callable[[str], Any], ids: Callable[[], list[str]]) -> None:
        self._one, self._all = one, ids
        self._known: dict[str, Any] = {}

    def __getitem__(self, subject: str) -> Any:
        if subject not in self._known:
            self._known[subject] = self._one(subject)
        if self._known[subject] is None:
            raise KeyError(subject)
        return self._known[subject]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


class _Keys(Mapping[tuple[str, str], str]):
    """Whom a key in a system's books means, by tag; all of them only if somebody goes through them."""

    def __init__(self, names: StoredNames) -> None:
        self._names = names

    def __getitem__(self, key: tuple[str, str]) -> str:
        found = self._names.with_key(*key)
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._whole)

    def __len__(self) -> int:
        return len(self._whole)

    def items(self) -> Any:
        return self._whole.items()

    @cached_property
    def _whole(self) -> dict[tuple[str, str], str]:
        return {(said.system, said.key): said.subject for said in self._names.every_key()}


class _Whole(Mapping[Any, Any]):
    """Values that are open, read together when the first of them is asked for."""

    def __init__(self, read: Callable[[], Mapping[Any, Any]]) -> None:
        self._load = read

    @cached_property
    def _values(self) -> Mapping[Any, Any]:
        return self._load()

    def __getitem__(self, key: Any) -> Any:
        return self._values[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class _Subjects(Collection[str]):
    """The parties, sites and paths that any record is about."""

    def __init__(self, names: StoredNames) -> None:
        self._names = names

    def __contains__(self, subject: object) -> bool:
        query = "SELECT EXISTS (SELECT 1 FROM subject WHERE id = ?)"
        return isinstance(subject, str) and bool(self._names.rows(query, subject)[0][0])

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @cached_property
    def _all(self) -> AbstractSet[str]:
        return {id_ for prefix in ASKED_ABOUT for _, id_ in self._names.subjects(prefix)}
