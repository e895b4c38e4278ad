"""What a dossier shows of a segment: groups with their rows, their proofs, and the sealed values that its reader sees.

Three members a segment: `groups.json` names the groups, says which of their rows are shown and holds every proof;
`rows.jsonl.gz` holds the rows as they were hashed, one a line, group after group; `values.jsonl.gz` the sealed values of
the rows that are disclosed. A group shown whole leaves nothing of its subject out; a subject that has none is shown to
be absent; where every group is shown the trie is built anew, so that nobody stands twice or in a wrong place.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from kansa.errors import BadInput
from kansa.evidence import group, seal, stretches, tree, trie, use_row
from kansa.evidence.group import Commitment, Header
from kansa.evidence.schema import USE
from kansa.evidence.stretches import Stretch
from kansa.ledger.strict import from_base64, to_base64
from kansa.records import canonical
from kansa.records.kinds.evidence import EvidenceSegment
from kansa.registers.uses_of_rows import ShownRows

FOLDER = "segments/"
GROUPS = "groups.json"
ROWS = "rows.jsonl.gz"
VALUES = "values.jsonl.gz"
MOST_BYTES = 1 << 30
"""More than this no member is unpacked to: a small file can claim any size."""

_GZIP = 31
_encode_values = msgspec.json.Encoder().encode_lines
_decode_values = msgspec.json.Decoder(list[str | None]).decode_lines


class Opened(NamedTuple):
    """Consecutive rows whose sealed values are disclosed: their bounds in the group, and the key of the run's salts."""

    start: int
    end: int
    salts_key: bytes


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group, or that there is none of a subject (`header` is None).

    `proof` is None where every group of the segment is shown. `first` is the row of the file that the group begins
    with. `between` and `sealed_between` are the hashes that the shown rows, and the disclosed values, lack to the roots
    of the header.
    """

    subject: str
    header: Header | None
    proof: trie.Proof | None
    first: int = 0
    shown: tuple[Stretch, ...] = ()
    between: tuple[bytes, ...] = ()
    opened: tuple[Opened, ...] = ()
    sealed_between: tuple[bytes, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing of the subject is left out: every row is shown, or it has none."""
        return self.header is None or self.shown == ((0, self.header.rows),)


@dataclass(frozen=True, slots=True)
class ShownSegment:
    """What is shown of a segment: its number, its groups in the order of the file, then those that are absent; lines of rows and values."""

    number: int
    groups: tuple[ShownGroup, ...]
    rows: bytes
    values: bytes = b""


class RefusedRowsError(ValueError):
    """What a dossier shows of a segment does not hold; `place` is the member."""

    def __init__(self, message: str, place: str) -> None:
        super().__init__(message)
        self.place = place


def member(number: int, name: str) -> str:
    """Return the name of a member of a segment."""
    return f"{FOLDER}{number:06}/{name}"


def encode(shown: ShownSegment) -> dict[str, bytes]:
    """Return the members of a segment.

    Raises:
        BadInput: `container.size`, if its rows take more room than a reader unpacks.
    """
    for lines in (shown.rows, shown.values):
        if len(lines) > MOST_BYTES:
            raise BadInput(
                "container.size",
                f"{len(lines)} bytes of rows of segment {shown.number} are more than a dossier may show of one",
                help="narrow its scope",
            )
    stated = {
        "groups": [_group_as_json(each) for each in shown.groups],
        "number": shown.number,
        "rows_bytes": len(shown.rows),
        "values_bytes": len(shown.values),
    }
    found = {
        member(shown.number, GROUPS): canonical.encode(stated),
        member(shown.number, ROWS): _deflate(shown.rows),
    }
    if shown.values:
        found[member(shown.number, VALUES)] = _deflate(shown.values)
    return found


def decode(number: int, members: Mapping[str, bytes]) -> ShownSegment:
    """Read the members of a segment, unpacked no further than they state.

    Raises:
        RefusedRowsError: one is missing, or not as `encode` writes it.
    """
    place = member(number, GROUPS)
    if place not in members:
        raise RefusedRowsError(f"nothing is shown of segment {number}", place)
    try:
        groups, *sizes = _stated(canonical.decode(members[place]), number)
    except (BadInput, ValueError, TypeError, AttributeError, KeyError) as error:
        raise RefusedRowsError(getattr(error, "message", None) or str(error), place) from error
    lines = [
        _inflate(members, member(number, name), size)
        for name, size in zip((ROWS, VALUES), sizes, strict=True)
    ]
    return ShownSegment(number, groups, *lines)


def check(shown: ShownSegment, claim: EvidenceSegment, entry: int, *, everything: bool) -> list[ShownRows]:
    """Return the rows that are shown of a segment, after checking them against its entry.

    Of `everything` all groups have to be shown, without proofs: the trie is built anew from them.

    Raises:
        RefusedRowsError: something does not stand in the segment as the entry commits to it.
    """
    place = member(shown.number, GROUPS)
    if claim.schema != USE.id:
        raise RefusedRowsError(f"rows of `{claim.schema}` are not known to this verifier", place)
    commitment = _commitment(claim, place)
    _placed(place, _check_groups, shown, commitment)
    _placed(place, _check_every_group if everything else _check_proofs, shown, commitment)
    hull = (claim.from_us, claim.to_us)
    lines = shown.rows.split(b"\n")[:-1]
    place = member(shown.number, ROWS)
    if len(lines) != sum(length for each in shown.groups for length in stretches.lengths(each.shown)):
        raise RefusedRowsError(f"{len(lines)} rows are not as many as its groups show", place)
    rows = _placed(place, use_row.read, shown.rows, hull)
    leaves = tree.row_leaves(lines)
    found: list[ShownRows] = []
    at = 0
    for each in shown.groups:
        if each.header is None:
            continue
        count = sum(stretches.lengths(each.shown))
        root = _placed(
            place,
            stretches.root_from,
            each.header.rows,
            each.shown,
            leaves[at : at + count],
            each.between,
        )
        if root != each.header.rows_root:
            raise RefusedRowsError(f"the rows of `{each.subject}` are not those that its group has", place)
        own = rows[at : at + count]
        if not use_row.in_order(own):
            raise RefusedRowsError(f"the rows of `{each.subject}` do not stand in their order", place)
        found += _stretched(shown.number, entry, each, own)
        at += count
    _check_values(shown)
    return found


def _check_groups(shown: ShownSegment, commitment: Commitment) -> None:
    """Check that no subject is shown twice, and that groups lie in the file one after another."""
    subjects = [each.subject for each in shown.groups]
    if len(set(subjects)) != len(subjects):
        raise ValueError("a subject is shown twice")
    end = 0
    for each in shown.groups:
        if each.header is None:
            continue
        stretches.check(each.header.rows, each.shown)
        if each.first < end:
            raise ValueError(f"the rows of `{each.subject}` lie over those of another")
        end = each.first + each.header.rows
        if end > commitment.rows:
            raise ValueError(f"the rows of `{each.subject}` lie outside the segment")


def _check_every_group(shown: ShownSegment, commitment: Commitment) -> None:
    """Check that the trie of the groups that are shown is the one that was committed to."""
    headers = [each.header for each in shown.groups if each.header is not None]
    if any(each.proof is not None for each in shown.groups) or len(headers) != len(shown.groups):
        raise ValueError("a group has a proof of its own where every group is shown")
    if group.commit(commitment.by, headers) != commitment:
        raise ValueError("the groups are not all those that the entry commits to")


def _check_proofs(shown: ShownSegment, commitment: Commitment) -> None:
    """Check of each group by its proof that it stands in the segment, or that the subject has none."""
    for each in shown.groups:
        if each.proof is None:
            raise ValueError(f"nothing shows that the group of `{each.subject}` stands in the segment")
        if each.header is None:
            group.check_absence(commitment, each.subject, each.proof)
        else:
            group.check_header(commitment, each.header, each.proof)


def _check_values(shown: ShownSegment) -> None:
    """Check the disclosed values against the sealed roots."""
    place = member(shown.number, VALUES)
    lines = shown.values.split(b"\n")[:-1]
    wanted = [(each, stretch) for each in shown.groups for stretch in each.opened]
    if len(lines) != sum(end - start for _, (start, end, _) in wanted):
        raise RefusedRowsError(f"{len(lines)} lines are not as many as values are disclosed of", place)
    if not wanted:
        return
    _placed(place, _check_lines, shown.values)
    at = 0
    for each in shown.groups:
        if not each.opened or each.header is None:
            continue
        leaves: list[bytes] = []
        for start, end, key in each.opened:
            if not any(low <= start and end <= high for low, high in each.shown):
                raise RefusedRowsError(f"values of `{each.subject}` are disclosed of rows not shown", place)
            leaves += seal.leaves_of(key, lines[at : at + end - start])
            at += end - start
        bounds = stretches.joined((start, end) for start, end, _ in each.opened)
        root = _placed(place, stretches.root_from, each.header.rows, bounds, leaves, each.sealed_between)
        if root != each.header.sealed_root:
            raise RefusedRowsError(f"the values of `{each.subject}` are not those that were sealed", place)


def _check_lines(lines: bytes) -> None:
    try:
        values = _decode_values(lines)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"a line is no array of texts: {error}") from error
    if _encode_values(values) != lines:
        raise ValueError("the values are not in their canonical form")
    if any(len(each) != len(USE.sealed) for each in values):
        raise ValueError(f"a line has not the {len(USE.sealed)} values of a row")


def _stretched(
    number: int, entry: int, each: ShownGroup, rows: Sequence[use_row.UseRow]
) -> Iterator[ShownRows]:
    at = 0
    for start, end in each.shown:
        yield ShownRows(number, entry, each.subject, each.first + start, rows[at : at + end - start])
        at += end - start


def _commitment(claim: EvidenceSegment, place: str) -> Commitment:
    stated = [order for order in claim.orders if order.by == group.TENANT]
    if len(stated) != 1 or stated[0].rows != claim.rows:
        raise RefusedRowsError("its entry does not commit to rows by tenant", place)
    (order,) = stated
    return Commitment(order.by, order.groups, order.rows, bytes.fromhex(order.root))


def _group_as_json(each: ShownGroup) -> dict[str, Any]:
    header, proof = each.header, each.proof
    return {
        "subject": each.subject,
        "header": None
        if header is None
        else [header.order, header.rows, to_base64(header.rows_root), to_base64(header.sealed_root)],
        "siblings": None if proof is None else list(map(to_base64, proof.siblings)),
        "other": None if proof is None or proof.other is None else list(map(to_base64, proof.other)),
        "first": each.first,
        "shown": [list(bounds) for bounds in each.shown],
        "between": list(map(to_base64, each.between)),
        "opened": [[start, end, to_base64(key)] for start, end, key in each.opened],
        "sealed_between": list(map(to_base64, each.sealed_between)),
    }


def _group_from_json(data: Mapping[str, Any]) -> ShownGroup:
    subject = data["subject"]
    found = ShownGroup(
        subject,
        None if data["header"] is None else _header(subject, *data["header"]),
        _proof(data["siblings"], data["other"]),
        _count(data["first"]),
        tuple((_count(start), _count(end)) for start, end in data["shown"]),
        tuple(map(from_base64, data["between"])),
        tuple(Opened(_count(start), _count(end), _key(key)) for start, end, key in data["opened"]),
        tuple(map(from_base64, data["sealed_between"])),
    )
    if not isinstance(subject, str) or _group_as_json(found) != data:
        raise ValueError("a group is not stated as it should be")
    if found.header is None and (found.shown or found.between or found.opened or found.sealed_between):
        raise ValueError(f"rows are shown of `{subject}`, which is said to be absent")
    return found


def _stated(stated: Mapping[str, Any], number: int) -> tuple[tuple[ShownGroup, ...], int, int]:
    """Return the groups, and how many bytes rows and values unpack to."""
    if stated.keys() != {"groups", "number", "rows_bytes", "values_bytes"} or stated["number"] != number:
        raise ValueError("it does not state the groups of this segment")
    groups = tuple(map(_group_from_json, stated["groups"]))
    return groups, _size(stated["rows_bytes"]), _size(stated["values_bytes"])


def _header(subject: str, order: str, rows: int, rows_root: str, sealed_root: str) -> Header:
    return Header(order, subject, _count(rows), from_base64(rows_root), from_base64(sealed_root))


def _proof(siblings: list[str] | None, other: list[str] | None) -> trie.Proof | None:
    if siblings is None:
        return None
    return trie.Proof(
        tuple(map(from_base64, siblings)), None if other is None else trie.Leaf(*map(from_base64, other))
    )


def _key(text: str) -> bytes:
    key = from_base64(text)
    if len(key) != seal.KEY_BYTES:
        raise ValueError(f"a key of salts does not have {seal.KEY_BYTES} bytes")
    return key


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("a number of rows is none")
    return value


def _size(value: Any) -> int:
    if _count(value) > MOST_BYTES:
        raise ValueError(f"it states {value} bytes, more than {MOST_BYTES}")
    return int(value)


def _deflate(lines: bytes) -> bytes:
    packing = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    return packing.compress(lines) + packing.flush()


def _inflate(members: Mapping[str, bytes], place: str, size: int) -> bytes:
    if place not in members and size == 0 and place.endswith(VALUES):
        return b""
    if place not in members:
        raise RefusedRowsError("the member is missing", place)
    inflate = zlib.decompressobj(_GZIP)
    try:
        lines = inflate.decompress(members[place], size + 1)
    except zlib.error as error:
        raise RefusedRowsError(f"it cannot be unpacked: {error}", place) from error
    if len(lines) != size or not inflate.eof or inflate.unused_data or inflate.unconsumed_tail:
        raise RefusedRowsError(f"it does not unpack to the {size} bytes that are stated", place)
    if lines and not lines.endswith(b"\n"):
        raise RefusedRowsError("the last line does not end", place)
    return lines


def _placed(place: str, step: Any, *given: Any) -> Any:
    try:
        return step(*given)
    except ValueError as error:
        raise RefusedRowsError(str(error), place) from error
