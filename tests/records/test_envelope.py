from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.clock import parse_instant
from kansa.errors import BadInput
from kansa.records import canonical, envelope
from kansa.records.envelope import MAX_ENTRY_BYTES, Record

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
KEYS = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
INSTANTS = st.integers(
    parse_instant("1970-01-01T00:00:00.000Z") // 1000, parse_instant("9999-12-31T23:59:59.999Z") // 1000
).map(lambda milliseconds: milliseconds * 1000)
KNOWN = {"id", "source", "type", "time", "recordedtime", "subject", "sequence", "data", "specversion"}
RECORDS = st.builds(
    Record,
    id=TEXT,
    source=TEXT,
    type=TEXT,
    time=INSTANTS,
    recorded_at=INSTANTS,
    data=st.dictionaries(KEYS.filter(lambda key: key != "about"), VALUES, max_size=4),
    subject=st.none() | TEXT,
    sequence=st.none() | TEXT,
    unknown=st.dictionaries(
        KEYS.filter(lambda key: key not in KNOWN | {"datacontenttype"}), VALUES, max_size=3
    ),
)
PLAIN = Record("id", "source", "kansa.made.up.v9", 0, 1_000, {"about": ["pty_x"]})


@given(RECORDS)
def test_a_record_comes_back_as_it_was_with_all_that_we_do_not_know(record: Record) -> None:
    """Law: decode(encode(r)) = r, unknown kinds, attributes and fields included; and byte for byte again."""
    entry = record.encode()

    assert envelope.decode(entry) == record
    assert envelope.decode(entry).encode() == entry


@given(RECORDS)
def test_an_entry_of_ones_own_log_is_read_as_any_other(record: Record) -> None:
    """What is not checked again is the form alone; what is read is the same."""
    assert envelope.read(record.encode()) == envelope.decode(record.encode())


@pytest.mark.parametrize("entry", [b"", b"[]", b"{}", b'{"id":1}', b"\xff"])
def test_bytes_that_are_no_envelope_are_refused_by_either(entry: bytes) -> None:
    """With the same code."""
    codes = []
    for read in (envelope.read, envelope.decode):
        with pytest.raises(BadInput) as caught:
            read(entry)
        codes.append(caught.value.code)
    assert codes[0] == codes[1]


def test_a_time_below_the_millisecond_is_cut_not_rounded() -> None:
    """Law: the entry has three decimals."""
    entry = Record("id", "source", "type", 1_999, 999_999, {}).encode()

    assert (envelope.decode(entry).time, envelope.decode(entry).recorded_at) == (1_000, 999_000)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"datacontenttype": "text/plain"}, "datacontenttype"),
        ({"id": ""}, "id"),
        ({"source": 3}, "source"),
        ({"type": None}, "type"),
        ({"time": "2026-01-01T00:00:00Z"}, "time"),
        ({"time": "2026-01-01T00:00:00.000+09:00"}, "time"),
        ({"time": "2026-02-30T00:00:00.000Z"}, "time"),
        ({"recordedtime": 5}, "recordedtime"),
        ({"subject": 5}, "subject"),
        ({"sequence": 5}, "sequence"),
        ({"data": "text"}, "data"),
        ({"data": {"about": "pty_x"}}, "data.about"),
        ({"data": {"about": [1]}}, "data.about"),
    ],
)
def test_an_attribute_that_is_wrong_is_named(changed: dict[str, Any], field: str) -> None:
    """Law: an entry that is no CloudEvents envelope is refused with the attribute."""
    attributes = canonical.decode(PLAIN.encode()) | changed

    with pytest.raises(BadInput) as refusal:
        envelope.decode(canonical.encode(attributes))

    assert [problem.field for problem in refusal.value.problems] == [field]


def test_all_attributes_that_are_wrong_are_named_at_once() -> None:
    """Law: everything wrong is said together."""
    with pytest.raises(BadInput) as refusal:
        envelope.decode(b"{}")

    named = {problem.field for problem in refusal.value.problems}
    assert named == {"specversion", "datacontenttype", "id", "source", "type", "time", "recordedtime", "data"}


@pytest.mark.parametrize("entry", [b"[]", b'"text"', b"null", b"1"])
def test_json_that_is_no_object_is_no_entry(entry: bytes) -> None:
    """Law: an entry is an object."""
    with pytest.raises(BadInput):
        envelope.decode(entry)


def test_an_entry_may_be_as_long_as_its_length_prefix_can_say_and_no_longer() -> None:
    """Law: 65,535 bytes (C2SP tlog-tiles)."""
    spare = MAX_ENTRY_BYTES - len(Record("i", "s", "t", 0, 0, {"pad": ""}).encode())
    longest = Record("i", "s", "t", 0, 0, {"pad": "x" * spare}).encode()

    assert len(longest) == MAX_ENTRY_BYTES
    with pytest.raises(BadInput) as refusal:
        Record("i", "s", "t", 0, 0, {"pad": "x" * (spare + 1)}).encode()
    assert refusal.value.code == "record.too_long"
