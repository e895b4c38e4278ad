"""Groups: what is shown of a subject is whole and as committed, or refused with its place."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from kansa.errors import BrokenVault
from kansa.evidence import group, seal, tree, trie
from kansa.evidence.group import Commitment, Header, RefusedGroupError, SealedRun, Shown
from kansa.evidence.schema import USE, Row
from kansa.ids import base32
from kansa.ledger.tree import Frontier

HULL = (0, 10_000_000)


def subject(prefix: str, number: int) -> str:
    """Return the id of a number."""
    return f"{prefix}_{base32(number.to_bytes(16, 'big'))}"


def ids(prefix: str) -> st.SearchStrategy[str]:
    """Make a few ids of a kind."""
    return st.integers(0, 30).map(lambda n: subject(prefix, n))


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """Make a row of the schema."""
    start = draw(st.integers(0, 5_000_000))
    return [
        draw(st.integers(0, 2**128 - 1).map(lambda n: subject("wkl", n))),
        start,
        draw(st.none() | st.integers(start, 9_999_999)),
        sorted(draw(st.sets(ids("dev") | ids("nod"), min_size=1, max_size=3))),
        draw(st.none() | st.integers(1, 1024)),
        draw(st.none() | ids("pty")),
        draw(st.none() | ids("pth")),
        draw(st.none() | ids("sit")),
        draw(st.none() | st.sampled_from(["3A090.a h100-sxm5", "4A090.a"])),
        draw(st.none() | st.sampled_from(["train", "infer"])),
        draw(st.sampled_from(["measured", "inferred"])),
        draw(st.none() | st.just("shards of the node")),
        draw(st.none() | st.integers(0, 2**40)),
        draw(st.booleans()),
    ]


GROUPS = st.lists(rows(), min_size=1, max_size=8, unique_by=lambda row: row[0])


class Made:
    """Two tenants' groups, committed."""

    def __init__(self, own: list[Row], other: list[Row]) -> None:
        self.bytes = {
            n: [USE.encode(row) for row in sorted(g, key=USE.sort_key)] for n, g in ((1, own), (2, other))
        }
        self.key = sha256(b"salts").digest()
        self.values = {
            n: [[f"acct{i}", None, "job", str(i)] for i in range(len(b))] for n, b in self.bytes.items()
        }
        self.headers = [
            group.header_of(group.TENANT, subject("pty", n), b, seal.leaves(self.key, self.values[n]))
            for n, b in self.bytes.items()
        ]
        self.commitment = group.commit(group.TENANT, self.headers)
        self.trie = trie.build(header.leaf for header in self.headers)

    def open(self, rows: Sequence[bytes], header: Header | None = None) -> list[Row]:
        shown = header or self.headers[0]
        return group.open_group(USE, self.shown(shown), rows)

    def shown(self, header: Header) -> Shown:
        return Shown(self.commitment, HULL, header, self.trie.proof(header.leaf.key))


@given(rows())
def test_row_bytes_are_the_canonical_json_of_the_profile(row: Row) -> None:
    """What `encode` writes is RFC 8785, and `decode` reads it back."""
    data = USE.encode(row)
    assert data == rfc8785.dumps(row)
    assert USE.decode(data, HULL) == row


@given(GROUPS, GROUPS)
def test_a_group_shown_whole_is_read(own: list[Row], other: list[Row]) -> None:
    """All rows come back in their order; sealed values as they were."""
    made = Made(own, other)
    assert made.open(made.bytes[1]) == sorted(own, key=USE.sort_key)
    run = SealedRun(len(own), made.key, made.values[1])
    assert group.open_sealed(made.headers[0], [run]) == made.values[1]


@given(GROUPS, GROUPS, st.data())
def test_one_row_is_shown_alone(own: list[Row], other: list[Row], data: st.DataObject) -> None:
    """A row with its paths stands; at any other place, or changed, it does not."""
    made = Made(own, other)
    header, shown = made.headers[0], made.bytes[1]
    at = data.draw(st.integers(0, len(shown) - 1))
    leaves = [tree.row_leaf(row) for row in shown]
    sealed = seal.leaves(made.key, made.values[1])
    path = tree.path(leaves, at)
    read = group.open_row(USE, made.shown(header), shown[at], at, path)
    assert USE.encode(read) == shown[at]
    salt = seal.salts(made.key, at + 1)[at]
    group.open_sealed_row(header, at, salt, made.values[1][at], tree.path(sealed, at))
    with pytest.raises(RefusedGroupError):
        group.open_row(USE, made.shown(header), shown[at], at + 1, path)
    with pytest.raises(RefusedGroupError):
        group.open_sealed_row(header, at, salt, ["else", None, "job", str(at)], tree.path(sealed, at))


@given(GROUPS, GROUPS, st.data())
def test_a_row_left_out_doubled_moved_or_changed_is_refused(
    own: list[Row], other: list[Row], data: st.DataObject
) -> None:
    """Nothing of a subject can be left out of a group, added to it or reordered."""
    made = Made(own, other)
    shown = made.bytes[1]
    at = data.draw(st.integers(0, len(shown) - 1))
    broken = [
        shown[:at] + shown[at + 1 :],
        [*shown, shown[at]],
        [*shown[:at], shown[at] + b" ", *shown[at + 1 :]],
    ]
    if len(shown) > 1:
        broken.append([*shown[1:], shown[0]])
    for each in broken:
        with pytest.raises(RefusedGroupError):
            made.open(each)


@given(GROUPS, GROUPS)
def test_absence_is_shown_of_absent_subjects_only(own: list[Row], other: list[Row]) -> None:
    """A tenant without rows is shown to have none; one with rows cannot be."""
    made = Made(own, other)
    absent, present = subject("pty", 9), subject("pty", 1)
    group.check_absence(made.commitment, absent, made.trie.proof(trie.key_of(group.TENANT, absent)))
    with pytest.raises(RefusedGroupError):
        group.check_absence(made.commitment, present, made.trie.proof(trie.key_of(group.TENANT, present)))


ROW: Row = [
    subject("wkl", 1), 5, 9, [subject("dev", 1)], 8, None, None, None, "h100", None, "measured", None, 3, False,
]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("workload", None, "`workload` is missing"),
        ("workload", subject("pty", 1), "`workload` is none of wkl"),
        ("start", -1, "`start` lies outside the interval"),
        ("end", 10_000_000, "`end` lies outside the interval"),
        ("start", 5.0, "`start` is no instant"),
        ("start", True, "`start` is no instant"),
        ("units", [], "`units` is no list"),
        ("units", [subject("dev", 2), subject("dev", 1)], "`units` is not in strictly increasing order"),
        ("units", [subject("dev", 1)] * 2, "`units` is not in strictly increasing order"),
        ("units", [subject("pty", 1)], "`units` holds what is no subject id of its kind"),
        ("accelerators", 0, "`accelerators` is not within 1 to 1024"),
        ("accelerators", 5_000_000, "`accelerators` is not within 1 to 1024"),
        ("item_class", 'h"100', "`item_class` is no plain text"),
        ("item_class", "h\u00e9", "`item_class` is no plain text"),
        ("purpose", "mine", "`purpose` is not in its vocabulary"),
        ("withdrawn", None, "`withdrawn` is missing"),
        ("withdrawn", 0, "`withdrawn` is neither true nor false"),
    ],
)
def test_what_a_column_may_not_hold_is_refused_by_its_name(column: str, value: Any, said: str) -> None:
    """Types, ranges and vocabularies of the schema hold when reading."""
    row = list(ROW)
    row[USE.index(column)] = value
    with pytest.raises(ValueError, match=said.replace("`", ".")):
        USE.decode(msgspec.json.encode(row), HULL)


def test_two_integer_columns_cannot_be_swapped() -> None:
    """An instant in the place of a count is out of its range, whatever every proof says of the bytes."""
    row = list(ROW)
    row[1], row[4] = 1_700_000_000_000_000, 8
    hull = (1_600_000_000_000_000, 1_800_000_000_000_000)
    row[2] = None
    USE.decode(USE.encode(row), hull)
    row[1], row[4] = row[4], row[1]
    with pytest.raises(ValueError, match="start"):
        USE.decode(USE.encode(row), hull)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"[" * 5000, USE.encode(ROW)[:-1] + b",1]", b" " + USE.encode(ROW)]
)
def test_bytes_that_are_no_row_are_refused(data: bytes) -> None:
    """No traceback, whatever the bytes."""
    with pytest.raises(ValueError, match=r"is no JSON|has \d+ columns|canonical"):
        USE.decode(data, HULL)


def test_a_group_of_another_order_or_of_more_rows_than_the_segment_is_refused() -> None:
    """The header agrees with the entry."""
    made = Made([ROW], [ROW])
    header = made.headers[0]
    with pytest.raises(RefusedGroupError, match="ordered by"):
        made.open(made.bytes[1], header._replace(order="unit"))
    with pytest.raises(RefusedGroupError, match="0 rows"):
        made.open([], header._replace(rows=0))
    small = Commitment("tenant", 2, 0, made.commitment.root)
    with pytest.raises(RefusedGroupError, match="segment of 0"):
        group.check_header(small, header, made.trie.proof(header.leaf.key))


@given(st.integers(0, 70))
def test_the_tree_is_that_of_the_ledger(size: int) -> None:
    """Same root as the ledger's tree over the same rows (RFC 6962)."""
    leaves = [tree.row_leaf(bytes([n])) for n in range(size)]
    assert tree.root(leaves) == Frontier().extended(leaves)[0].root


def test_a_blob_opens_with_its_key_its_segment_and_its_count_only() -> None:
    """Encryption binds segment and group; what inflates beyond its rows is refused."""
    key = seal.values_key(b"k" * 32, b"s" * 16)
    rows = [["a", None, "b", "1"], ["a", None, "b", "2"]]
    blob = seal.encrypt(key, b"place", rows)
    assert seal.decrypt(key, b"place", blob, 2) == rows
    other = seal.values_key(b"k" * 32, b"t" * 16)
    long = seal.encrypt(key, b"place", [["x" * 9000]])
    for wrong in (
        (other, b"place", blob, 2),
        (key, b"else", blob, 2),
        (key, b"place", blob, 3),
        (key, b"place", long, 1),
    ):
        with pytest.raises(BrokenVault, match=r"sealed values"):
            seal.decrypt(*wrong)


def test_salts_of_a_run_are_a_stream_and_keys_differ_by_purpose_and_segment() -> None:
    """The first salts do not depend on how many are asked for; no key serves two purposes or two attempts."""
    keeper = b"k" * 32
    key = seal.salts_key(keeper, b"s" * 16)
    assert seal.salts(key, 3) == seal.salts(key, 5)[:3]
    assert len({key, seal.values_key(keeper, b"s" * 16), seal.salts_key(keeper, b"t" * 16)}) == 3
