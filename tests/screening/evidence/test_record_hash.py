"""An entry's hash is the entry's, however its bytes came to be in memory."""

import pickle

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from kansa.screening.entry import Address, Entry, Identifier, Name

TEXT = st.text(max_size=8)
ENTRIES = st.builds(
    Entry,
    schema=st.sampled_from([None, "Person", "Organization"]),
    names=st.lists(st.builds(Name, TEXT, st.sampled_from(["primary", "strong"])), max_size=3).map(tuple),
    countries=st.lists(TEXT, max_size=2).map(tuple),
    addresses=st.lists(st.builds(Address, TEXT, st.none() | TEXT), max_size=2).map(tuple),
    birth_dates=st.lists(TEXT, max_size=1).map(tuple),
    identifiers=st.lists(st.builds(Identifier, TEXT, TEXT), max_size=2).map(tuple),
    id=TEXT,
    list=TEXT,
)


@given(entry=ENTRIES)
def test_a_copy_has_the_hash_of_the_original(entry: Entry) -> None:
    """Pickled, or written and read again: a disposition that names the hash holds for the same entry for ever."""
    written = msgspec.json.decode(msgspec.json.encode(entry), type=Entry)
    assert pickle.loads(pickle.dumps(entry)).record_hash() == entry.record_hash()  # noqa: S301 - our own bytes
    assert written.record_hash() == entry.record_hash()


@given(entry=ENTRIES, other=ENTRIES)
def test_other_entries_have_other_hashes(entry: Entry, other: Entry) -> None:
    """What differs in anything but its place is another record."""
    assert (entry.record_hash() == other.record_hash()) == (entry == other)
