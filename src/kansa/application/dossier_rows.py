# ruff: noqa: S608 - the SQL is put together from numbers of ours; ids are given as parameters
"""What a dossier shows of the segments of a vault: the groups of its subject whole, or the rows of an end user, with proofs.

Of one tenant every segment shows its group whole, or that it has none. Of an end user the rows are shown that are its own.
Beside them stand single rows without which the others would say something else: one that corrects them under another end
user, and one by which their workload began anew. Without a subject every group is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain, groupby

import duckdb

from kansa.application.auditing.sealed import Erasures, erasures
from kansa.application.coherence import CoherenceAnswer
from kansa.dossier import disclose
from kansa.dossier.scope import NO_ROWS, Held
from kansa.dossier.shown_segments import Opened, ShownGroup, ShownSegment
from kansa.errors import KansaError
from kansa.evidence import erasure, group, reader, seal, stretches, tree, trie, use_row
from kansa.evidence import uses as bulk_uses
from kansa.evidence.entry import Committed, check_files
from kansa.evidence.group import SealedRun
from kansa.evidence.reader import FindKey, Group
from kansa.evidence.stretches import Stretch
from kansa.ledger import keys
from kansa.ledger.stores.values import ValueReader
from kansa.registers.rows import Tables
from kansa.registers.uses_of_rows import ShownRows, Version, standing, uses
from kansa.vault.segments import inventory_of
from kansa.vault.vault import Vault

_WHOLE = None


@dataclass(frozen=True, slots=True)
class DossierRows:
    """The segments shown, how many the vault had at the time of knowledge, and the rows that stand of all that are shown."""

    segments: tuple[ShownSegment, ...] = ()
    of_segments: int = 0
    standing: tuple[Version, ...] = ()
    held: Held = NO_ROWS

    def with_uses(self, tables: Tables) -> Tables:
        """Return the tables with the uses that follow from the rows."""
        return (
            replace(tables, use=(*tables.use, *uses(self.standing, tables.installed)))
            if self.standing
            else tables
        )


def rows_for(vault: Vault, answer: CoherenceAnswer, audience: str) -> DossierRows:
    """Return what a dossier about an answer shows of segments: of all whose rows may begin before its period ends.

    Raises:
        BrokenVault: `vault.behind` or `segment.damaged`, if a segment is not as the ledger names it.
        KansaError: `values.lost`, if values that its reader would see are gone without an erasure on record.
    """
    known = vault.segments(answer.known_at)
    looked = [each for each in known if each.segment.hull[0] < answer.end]
    if not looked:
        return DossierRows(of_segments=len(known))
    check_files(looked)
    wanted = _wanted(looked, answer)
    values = _Values(vault, audience)
    made = [_shown(each, wanted.get(each.number, {}), answer, values) for each in looked]
    found = standing(chain.from_iterable(rows for _, rows in made))
    about = None if answer.tenant is None and answer.end_user is None else answer
    return DossierRows(
        tuple(shown for shown, _ in made),
        len(known),
        tuple(found),
        NO_ROWS if about is None else _held(found, about),
    )


Wanted = Mapping[int, Mapping[str, Sequence[int] | None]]
"""By segment and subject the rows of the file that are shown; None is the whole group."""


def _wanted(segments: Sequence[Committed], answer: CoherenceAnswer) -> Wanted:
    """Return which rows are shown; of everything every group, which nothing here says."""
    if answer.tenant is None and answer.end_user is None:
        return {}
    with duckdb.connect() as connection:
        bulk_uses.provide(connection, segments, inventory_of(()))
        own = " AND ".join(
            f"{column} = ?"
            for column, value in (("subject", answer.tenant), ("end_user", answer.end_user))
            if value is not None
        )
        given = [each for each in (answer.tenant, answer.end_user) if each is not None]
        connection.execute(f"CREATE TEMP TABLE own AS SELECT * FROM segment_row WHERE {own}", given)
        found = connection.execute(
            """
            SELECT number, subject, row FROM own
            UNION
            SELECT c.number, c.subject, c.row FROM segment_row c SEMI JOIN own o
              ON c.workload = o.workload AND c."start" = o."start" AND c.subject = o.subject
            WHERE c.corrects IS NOT NULL
            UNION
            SELECT l.number, l.subject, l.row FROM segment_live l SEMI JOIN (
              SELECT own.workload, own."start", own."end" FROM own
              SEMI JOIN segment_live k ON k.number = own.number AND k.row = own.row
            ) o ON l.workload = o.workload AND l."start" > o."start" AND (o."end" IS NULL OR l."start" < o."end")
            ORDER BY number, subject, row
            """
        ).fetchall()
    rows: dict[int, dict[str, Sequence[int] | None]] = {}
    for (number, subject), each in groupby(found, key=lambda one: one[:2]):
        whole = answer.end_user is None and subject == answer.tenant
        rows.setdefault(number, {})[subject] = _WHOLE if whole else [row for _, _, row in each]
    return rows


def _shown(
    committed: Committed,
    wanted: Mapping[str, Sequence[int] | None],
    answer: CoherenceAnswer,
    values: "_Values",
) -> tuple[ShownSegment, list[ShownRows]]:
    """Return what is shown of a segment, and its rows."""
    segment = committed.segment
    everything = answer.tenant is None and answer.end_user is None
    groups = reader.groups(segment)
    chosen = groups if everything else [each for each in groups if each.header.subject in wanted]
    proofs = None if everything else reader.group_trie(groups)
    bodies = reader.rows_of(segment, chosen)
    shown: list[ShownGroup] = []
    rows: list[ShownRows] = []
    lines: list[bytes] = []
    sealed: list[bytes] = []
    for each, own in zip(chosen, bodies, strict=True):
        bounds = _bounds(each, wanted.get(each.header.subject))
        opened = values.of(committed, each, bounds)
        shown.append(
            ShownGroup(
                each.header.subject,
                each.header,
                None if proofs is None else proofs.proof(each.header.leaf.key),
                each.first,
                bounds,
                () if bounds == _all(each) else tuple(stretches.between(tree.row_leaves(own), bounds)),
                opened.runs,
                opened.between,
            )
        )
        sealed += opened.lines
        for start, end in bounds:
            text = b"".join(row + b"\n" for row in own[start:end])
            lines.append(text)
            part = use_row.read(text, segment.hull)
            rows.append(
                ShownRows(committed.number, committed.entry, each.header.subject, each.first + start, part)
            )
    if (
        proofs is not None
        and answer.end_user is None
        and answer.tenant is not None
        and answer.tenant not in wanted
    ):
        shown.append(ShownGroup(answer.tenant, None, proofs.proof(trie.key_of(group.TENANT, answer.tenant))))
    return (
        ShownSegment(
            committed.number, tuple(shown), b"".join(lines), b"".join(each + b"\n" for each in sealed)
        ),
        rows,
    )


def _all(each: Group) -> tuple[Stretch, ...]:
    return ((0, each.header.rows),)


def _bounds(each: Group, rows: Sequence[int] | None) -> tuple[Stretch, ...]:
    """Return the stretches of a group that some rows of the file are; all of it where none are named."""
    if rows is None:
        return _all(each)
    found: list[list[int]] = []
    for at in (row - each.first for row in rows):
        if found and found[-1][1] == at:
            found[-1][1] = at + 1
        else:
            found.append([at, at + 1])
    return tuple((start, end) for start, end in found)


@dataclass(frozen=True, slots=True)
class _Disclosed:
    """The runs of a group whose values are disclosed, the values as lines, and the hashes of the others."""

    runs: tuple[Opened, ...] = ()
    lines: tuple[bytes, ...] = ()
    between: tuple[bytes, ...] = ()


class _Values:
    """The sealed values that an audience sees."""

    def __init__(self, vault: Vault, audience: str) -> None:
        self._seen = disclose.sees(audience)
        self._vault = vault
        self._erased: Erasures | None = None
        self._keys: FindKey = _none
        if self._seen is None:
            key = keys.load_key(vault.places.keys / "values.key", "values")
            with closing(ValueReader(vault.places.values, key)) as kept:
                self._keys = kept.bulk_keys().get

    def of(self, committed: Committed, each: Group, shown: Sequence[Stretch]) -> _Disclosed:
        """Return what is disclosed of a group: the runs that are shown whole and whose values are kept.

        Raises:
            KansaError: `values.lost`.
        """
        if self._seen is not None:
            return _Disclosed()
        runs = reader.sealed_runs(committed.segment, each, self._keys)
        self._check(committed, each, runs)
        leaves = erasure.sealed_leaves(committed, each, runs)
        opened: list[Opened] = []
        lines: list[bytes] = []
        at = 0
        for run in runs:
            end = at + run.rows
            inside = any(low <= at and end <= high for low, high in shown)
            if leaves is not None and inside and run.values is not None and run.salts_key is not None:
                opened.append(Opened(at, end, run.salts_key))
                lines += seal.encode(run.values)
            at = end
        if not opened or leaves is None:
            return _Disclosed()
        bounds = stretches.joined((start, end) for start, end, _ in opened)
        return _Disclosed(tuple(opened), tuple(lines), tuple(stretches.between(leaves, bounds)))

    def _check(self, committed: Committed, each: Group, runs: Sequence[SealedRun]) -> None:
        gone = {run.keeper for run, kept in zip(each.runs, runs, strict=True) if kept.values is None}
        if not gone:
            return
        self._erased = self._erased or erasures(self._vault.reader)
        lost = [keeper for keeper in gone if committed.recorded_at > self._erased.until.get(keeper, -1)]
        if lost:
            raise KansaError(
                "values.lost",
                f"the sealed values of rows kept under `{min(lost)}` in segment {committed.number} are lost, and no"
                " erasure is on record",
                help="restore `values.db` from a backup, or put on record with `kansa erase SUBJECT --reasons …` that"
                " they are gone; `kansa ledger audit` lists them",
            )


def _none(_: str) -> bytes | None:
    return None


def _held(found: Iterable[Version], answer: CoherenceAnswer) -> Held:
    """Return whom and what the rows of the answer's subject concern."""
    own = [
        each
        for each in found
        if answer.tenant in (None, each.shown.subject) and answer.end_user in (None, each.row.end_user)
    ]
    return Held(
        tenants=_ids(each.shown.subject or None for each in own),
        end_users=_ids(each.row.end_user for each in own),
        paths=_ids(each.row.path for each in own),
        workloads=_ids(each.row.workload for each in own),
        units=frozenset(chain.from_iterable(each.row.units for each in own)),
        sites=_ids(each.row.site for each in own),
        items=_ids(each.row.item_class for each in own),
    )


def _ids(found: Iterable[str | None]) -> frozenset[str]:
    return frozenset(each for each in found if each is not None)
