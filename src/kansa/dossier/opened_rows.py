"""The rows of all segments that a dossier shows, held against its entries, its question and each other.

Nothing of a subject can be left out of what is shown: the list of segments has no hole, of a tenant each shows its
group whole or that it has none, and of everything each shows every group. What only a reader of every group could see
(a group at a wrong place, a row that stands under another subject as well) is said to be unchecked where not all are shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kansa.dossier.shown_segments import (
    FOLDER,
    GROUPS,
    ROWS,
    VALUES,
    RefusedRowsError,
    ShownSegment,
    check,
    decode,
    member,
)
from kansa.errors import BadInput
from kansa.records import catalogue
from kansa.records.envelope import Record
from kansa.records.kinds.evidence import EvidenceSegment
from kansa.registers.rows import Tables
from kansa.registers.uses_of_rows import ShownRows, Version, standing, uses


@dataclass(frozen=True, slots=True)
class OpenedRows:
    """What was shown and held.

    `segments` had been recorded in all, rows of `looked_at` may begin in the period, `shown` rows of `segments_with`
    are shown, `own` of them of the subject asked about, of which `disclosed` have their sealed values disclosed.
    """

    tenant: str | None
    end_user: str | None
    segments: int
    looked_at: int
    segments_with: int
    shown: int
    own: int
    disclosed: int
    standing: tuple[Version, ...]

    @property
    def everything(self) -> bool:
        """Whether every group of every segment is shown."""
        return self.tenant is None and self.end_user is None

    def with_uses(self, tables: Tables) -> Tables:
        """Return the tables with the uses that follow from the rows."""
        return replace(tables, use=(*tables.use, *uses(self.standing, tables.installed)))

    def sentence(self) -> str:
        """Return what the check says: how many rows of how many segments, and whose."""
        whose = " of all tenants"
        if self.end_user is not None:
            whose = f" of end user {self.end_user}"
        elif self.tenant is not None:
            whose = f" of tenant {self.tenant}, which leave none of it out"
        return (
            f"{self.own} rows{whose} in {self.segments_with} of {self.looked_at} segments stand as the ledger commits"
            f" to them; {self.disclosed} with their sealed values"
        )

    def not_checked(self) -> list[str]:
        """Return what was not looked at."""
        unchecked = []
        if self.end_user is not None:
            unchecked.append(
                f"that no row of end user {self.end_user} was left out of a segment: rows are committed to by tenant"
            )
        if not self.everything:
            unchecked.append(
                "that no row stands under another subject as well, and no group at a wrong place of its trie: an"
                " auditor with the whole segments sees that"
            )
        return unchecked

    def on_word(self, *, complete: bool) -> list[str]:
        """Return what of the rows is only the operator's word; `complete` says whether every entry is shown."""
        words = ["which row of the file of its segment a row is: the ids of uses"]
        if not complete:
            words.append(
                f"that no more than {self.segments} segments had been recorded by the time of knowledge"
            )
        return words

    def as_json(self) -> dict[str, int]:
        """Return the stable JSON value."""
        return {
            "segments": self.segments,
            "looked_at": self.looked_at,
            "with_rows": self.segments_with,
            "rows": self.own,
            "other_rows": self.shown - self.own,
            "with_values": self.disclosed,
        }


def open_rows(
    manifest: Mapping[str, Any], records: Mapping[int, Record], members: Mapping[str, bytes]
) -> OpenedRows:
    """Return the rows that a dossier shows, from its manifest, the records of its entries and its members.

    Raises:
        RefusedRowsError: something is missing, left over, or does not hold; says what and where.
    """
    question = manifest["question"]
    listed = _listed(manifest, records)
    looked = [(index, claim) for index, claim in listed if claim.from_us < question["to_us"]]
    wanted = {member(claim.number, name) for _, claim in looked for name in (GROUPS, ROWS, VALUES)}
    if strange := sorted(name for name in members if name.startswith(FOLDER) and name not in wanted):
        raise RefusedRowsError("it belongs to no segment of the period", strange[0])
    tenant, end_user = question["tenant"], question.get("end_user")
    everything = tenant is None and end_user is None
    rows: list[ShownRows] = []
    disclosed = with_rows = 0
    for index, claim in looked:
        shown = decode(claim.number, members)
        own = check(shown, claim, index, everything=everything)
        _check_scope(shown, question)
        rows += own
        with_rows += bool(own)
        disclosed += shown.values.count(b"\n")
    found = standing(rows)
    _check_versions(rows, found, question)
    return OpenedRows(
        tenant,
        end_user,
        len(listed),
        len(looked),
        with_rows,
        sum(len(each.rows) for each in rows),
        sum(_own(each, tenant, end_user) for each in rows),
        disclosed,
        tuple(found),
    )


def _own(shown: ShownRows, tenant: str | None, end_user: str | None) -> int:
    if tenant not in (None, shown.subject):
        return 0
    return len(shown.rows) if end_user is None else sum(row.end_user == end_user for row in shown.rows)


def _listed(manifest: Mapping[str, Any], records: Mapping[int, Record]) -> list[tuple[int, EvidenceSegment]]:
    """Return every segment's entry, after checking that they are as many as stated and each names the one before."""
    listed: list[tuple[int, EvidenceSegment]] = []
    previous = None
    for index, record in sorted(records.items()):
        if record.type != EvidenceSegment.type:
            continue
        claim = _claim(index, record)
        if (claim.number, claim.previous) != (len(listed), previous):
            raise RefusedRowsError(
                f"entry {index} is segment {claim.number}, which does not follow the one before", FOLDER
            )
        listed.append((index, claim))
        previous = index
    if type(manifest.get("segments")) is not int or manifest["segments"] != len(listed):
        raise RefusedRowsError(
            f"the manifest states {manifest.get('segments')} segments, {len(listed)} entries are shown",
            FOLDER,
        )
    return listed


def _claim(index: int, record: Record) -> EvidenceSegment:
    try:
        claim = catalogue.read(record.type, dict(record.data))
    except BadInput as error:
        raise RefusedRowsError(
            f"entry {index} is not the entry of a segment: {error.message}", FOLDER
        ) from error
    if not isinstance(claim, EvidenceSegment):
        raise RefusedRowsError(f"entry {index} is not the entry of a segment", FOLDER)
    return claim


def _check_scope(shown: ShownSegment, question: Mapping[str, Any]) -> None:
    """Check that nothing of the subject is left out of a segment."""
    tenant, end_user = question["tenant"], question.get("end_user")
    place = member(shown.number, GROUPS)
    if tenant is None and end_user is None:
        if not all(each.whole for each in shown.groups):
            raise RefusedRowsError("not every group is shown whole", place)
    elif end_user is None:
        own = [each for each in shown.groups if each.subject == tenant]
        if not own:
            raise RefusedRowsError("the group of the tenant is neither shown nor shown to be absent", place)
        if not own[0].whole:
            raise RefusedRowsError("the group of the tenant is not shown whole", place)


def _check_versions(rows: Sequence[ShownRows], found: Sequence[Version], question: Mapping[str, Any]) -> None:
    """Check that no row stands twice, and that each that corrects names one that is shown of the same subject."""
    if len({(row.workload, row.start) for _, _, row in found}) != len(found):
        raise RefusedRowsError("a row stands twice: a second version does not say what it corrects", FOLDER)
    correcting = [
        (each, row)
        for each in rows
        for row in each.rows
        if row.corrects is not None and row.start < question["to_us"]
    ]
    if not correcting or question.get("end_user") is not None:
        return
    shown = {
        (each.subject, each.number, row.workload, row.start)
        for each in rows
        for row in each.rows
        if not row.withdrawn
    }
    for each, row in correcting:
        if question["tenant"] not in (None, each.subject):
            continue
        replaced = (each.subject, row.corrects, row.workload, row.start)
        if row.corrects is None or row.corrects >= each.number or replaced not in shown:
            raise RefusedRowsError(
                f"a row of segment {each.number} corrects one of segment {row.corrects} that is not there",
                member(each.number, ROWS),
            )
