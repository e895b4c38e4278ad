"""The subject index as a structure: incremental as whole, one value a tag, and what it shows."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa import ids
from kansa.clock import parse_instant
from kansa.evidence.subject_index import (
    STANDING,
    Chain,
    Incomplete,
    Places,
    Shown,
    SubjectIndex,
    Tag,
    TagProof,
    check,
    months,
    parties_of,
    place_of,
    set_of,
)
from worlds import dice

A, B, C = (ids.mint("party", dice(seed)) for seed in (1, 2, 3))
SITE = ids.mint("site", dice(4))
PATH = ids.mint("path", dice(5))


def entry(*about: str, kind: str = "kansa.x.y.v0", **data: Any) -> bytes:
    """An entry as far as the index reads it."""
    return json.dumps({"type": kind, "data": {"about": sorted(about), **data}}, sort_keys=True).encode()


def jan(day: int, month: int = 1) -> str:
    """Midnight of a day, of January."""
    return f"2026-{month:02d}-{day:02d}T00:00:00.000Z"


@pytest.mark.parametrize(
    ("data", "buckets"),
    [
        ({}, {STANDING}),
        ({"valid_from": jan(1), "valid_to": None}, {STANDING}),
        ({"valid_from": jan(1), "valid_to": jan(2)}, {"2026-01"}),
        ({"valid_from": jan(1), "valid_to": jan(1, 2)}, {"2026-01"}),
        ({"valid_from": jan(1), "valid_to": "2026-02-01T00:00:00.001Z"}, {"2026-01", "2026-02"}),
        ({"valid_from": jan(31), "valid_to": jan(1, 3)}, {"2026-01", "2026-02"}),
        ({"valid_from": jan(31), "valid_to": jan(2, 3)}, {STANDING}),
        ({"valid_from": "2025-12-31T23:00:00.000Z", "valid_to": jan(2)}, {"2025-12", "2026-01"}),
        ({"valid_from": jan(5), "valid_to": jan(5)}, {"2026-01"}),
        ({"valid_from": "5th", "valid_to": jan(5)}, {STANDING}),
    ],
)
def test_a_record_stands_in_the_months_of_its_validity_or_for_good(
    data: dict[str, Any], buckets: set[str]
) -> None:
    """Half-open; more than two months, or open, is standing."""
    place = place_of(entry(A, **data), lambda _: b"")

    assert place is not None
    assert place.buckets == buckets


def test_a_correction_stands_where_what_it_corrects_stands() -> None:
    """Also through another correction: none can be left out by being moved to another month."""
    log = [
        entry(A, valid_from=jan(1), valid_to=jan(2)),
        entry(A, valid_from=jan(1, 5), valid_to=jan(2, 5), corrects={"log": "x", "index": 0}),
        entry(A, valid_from=jan(1, 9), valid_to=jan(2, 9), corrects={"log": "x", "index": 1}),
    ]
    place = place_of(log[2], log.__getitem__)

    assert place is not None
    assert place.buckets == {"2026-01", "2026-05", "2026-09"}


def test_sites_and_paths_stand_under_the_kinds_that_govern_them() -> None:
    """Work at a site is under its parties alone: a site's tag tells nobody of others' work."""
    work = place_of(entry(A, SITE, PATH, kind="kansa.workload.placed.v0"), lambda _: b"")
    site = place_of(entry(SITE, kind="kansa.site.registered.v0"), lambda _: b"")
    path = place_of(entry(PATH, kind="kansa.access_path.disabled.v0"), lambda _: b"")

    assert work is not None
    assert site is not None
    assert path is not None
    assert (work.subjects, site.subjects, path.subjects) == ((A,), (SITE,), (PATH,))
    assert place_of(b"no json", lambda _: b"") is None
    assert place_of(entry("x"), lambda _: b"") is None


def test_months_of_a_period() -> None:
    """The end is not part of it."""
    start, end = parse_instant(jan(31)), parse_instant(jan(1, 3))

    assert list(months(start, end)) == ["2026-01", "2026-02"]
    assert list(months(start, start)) == ["2026-01"]


lists = st.lists(st.sets(st.sampled_from([A, B, C, SITE]), max_size=3), max_size=30)


@given(lists, st.integers(0, 30))
def test_folded_in_parts_it_is_the_same(abouts: list[set[str]], cut: int) -> None:
    """The incremental index is the whole one."""
    log = [entry(*about, n=n) for n, about in enumerate(abouts)]
    whole, parts = SubjectIndex(), SubjectIndex()
    whole.fold(log, log.__getitem__)
    parts.fold(log[:cut], log.__getitem__)
    parts.fold(log[cut:], log.__getitem__)

    assert parts == whole
    assert parts.trie().root == whole.trie().root


@given(lists, st.data())
def test_all_of_a_tag_or_none_of_it(abouts: list[set[str]], data: st.DataObject) -> None:
    """With every entry shown a tag holds; without any one of a named set it does not; strangers' sets are counted."""
    log = [entry(*about, n=n) for n, about in enumerate(abouts)]
    index = SubjectIndex()
    index.fold(log, log.__getitem__)
    tag, known = Tag(A, STANDING), {A, B}
    sets = tuple(
        Shown(named, set_, chain)
        for set_, chain in sorted(index.tags.get(tag, {}).items())
        for named in [next((p for p in ((A,), tuple(sorted((A, B)))) if set_of(p) == set_), None)]
    )
    shown = TagProof(tag, sets, index.trie().proof(tag.key))
    root = index.trie().root
    own = [i for i, about in enumerate(abouts) if A in about and known >= set(parties_of(about))]
    entries = {i: log[i] for i in own}
    strangers = sum(A in about and not known >= set(parties_of(about)) for about in abouts)

    done = check(shown, root, len(log), Places(entries), known)

    assert (sorted(done.indexes), done.withheld) == (own, strangers)
    if own:
        gone = data.draw(st.sampled_from(own))
        with pytest.raises(Incomplete):
            check(shown, root, len(log), Places({i: e for i, e in entries.items() if i != gone}), known)
    with pytest.raises(Incomplete):
        check(shown, bytes(32) if index.tags else b"\x01" * 32, len(log), Places(entries), known)


def test_a_chain_says_order_and_number() -> None:
    """Two leaves in another order are another head."""
    one, two = b"\x01" * 32, b"\x02" * 32

    assert Chain().followed_by(one).followed_by(two) != Chain().followed_by(two).followed_by(one)
    assert Chain().followed_by(one).length == 1
