from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kansa.screening.entry import Address, Entry, Identifier, Name, Profile, Schema
from kansa.screening.matching.index import Engine, Index
from kansa.screening.matching.rarity import counted
from kansa.screening.matching.search import Search
from kansa.screening.names.forms import forms
from shared_data import SharedData

LISTED: tuple[tuple[str, Schema | None, str], ...] = (
    ("Huawei Technologies Co., Ltd.", None, "CN"),
    ("华为技术有限公司", "Organization", "CN"),
    ("ABDUL RAHMAN AGHA", "Person", "AF"),
    ("PUTIN, Vladimir Vladimirovich", "Person", "RU"),
    ("株式会社斎藤製作所", "Organization", "JP"),
    ("Mohammad Ahmadi", "Person", "IR"),
    ("AHMADI SHIPPING COMPANY", "Organization", "IR"),
    ("OOO ALFA TRADING", "Organization", "RU"),
    ("OOO OMEGA TRADING", "Organization", "RU"),
    ("GOLDEN STAR", "Vessel", "KP"),
)


def _entries() -> list[Entry]:
    return [
        Entry(
            id=f"entry-{number}",
            list="own",
            schema=schema,
            names=(Name(name),),
            countries=(country,),
            birth_dates=("1970-05-01",) if schema == "Person" else (),
            addresses=(Address("東京都千代田区丸の内1丁目3番1号"),) if country == "JP" else (),
            identifiers=(Identifier("lei", "5493006MHB84DD0ZWV18"),) if number == 0 else (),
        )
        for number, (name, schema, country) in enumerate(LISTED)
    ]


@pytest.fixture(scope="module")
def index() -> Index:
    """The ten entries above."""
    return Index.build(_entries())


def _ids(found: Search) -> list[str]:
    return [hit.entry.id for hit in found.hits]


def test_every_listed_name_finds_itself(index: Index) -> None:
    """Asked as it stands on the list, an entry is the first hit, with a score of one."""
    for entry in index.entries:
        found = index.search(Profile(schema=entry.schema, names=entry.names))
        assert found.hits[0].entry == entry
        assert found.hits[0].score == 1


def test_every_name_of_the_real_lists_finds_itself(shared_data: SharedData) -> None:
    """Every 47th real entry, of all kinds: none is lost between keys, blocking and schema."""
    rows = (shared_data("screening", "bench") / "index.jsonl").read_bytes().splitlines()[::47]
    entries = [_real(row) for row in rows]
    index = Index.build(entries)
    asked = [Profile(schema=entry.schema, names=(name,)) for entry in entries for name in entry.names]
    owners = [entry.id for entry in entries for _ in entry.names]
    for profile, owner, found in zip(
        asked, owners, index.search_many(asked, threshold=0.9, limit=50, processes=1), strict=True
    ):
        single = (
            sum(len(text) for form in forms(profile.names[0].text, profile.schema) for text in form.texts)
            <= 1
        )
        assert single or owner in _ids(found), profile


def _real(row: bytes) -> Entry:
    given = msgspec.json.decode(row)
    schemas: dict[str, Schema] = {
        "Person": "Person",
        "Organization": "Organization",
        "Vessel": "Vessel",
        "Airplane": "Aircraft",
    }
    return Entry(
        id=given["id"],
        list=given["list"],
        schema=schemas.get(given["schema"]),
        names=tuple(map(Name, given["names"])),
    )


def test_nobody_having_said_what_it_is_both_are_asked(index: Index) -> None:
    """A party without a type meets persons and organisations; a person meets no organisation but the untyped entry."""
    untyped = index.search(Profile(names=(Name("Ahmadi"),)), threshold=0.3)
    assert {"entry-5", "entry-6"} <= set(_ids(untyped))
    person = index.search(Profile(schema="Person", names=(Name("Huawei Technologies"),)), threshold=0.7)
    assert _ids(person) == ["entry-0"]


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "countries": st.lists(st.sampled_from(["JP", "CN", "US", "IR"]), max_size=2).map(tuple),
        "birth_dates": st.lists(st.sampled_from(["1970", "1970-05-01", "1985-01"]), max_size=2).map(tuple),
        "addresses": st.lists(
            st.sampled_from(["Berlin, Hauptstr. 1", "東京都千代田区丸の内1-3-1"]).map(Address), max_size=2
        ).map(tuple),
        "identifiers": st.lists(
            st.sampled_from(["5493006MHB84DD0ZWV18", "529900T8BM49AURSDO55"]).map(
                lambda value: Identifier("lei", value)
            ),
            max_size=1,
        ).map(tuple),
    },
)
ASKED = st.sampled_from(
    [name for name, _, _ in LISTED] + ["Huawei Technologis", "Ahmadi", "عبدالرحمان آغا", "OOO TRADING"]
)


@settings(max_examples=40)
@given(ASKED, st.sampled_from(["Person", "Organization", None]), FIELDS, st.integers(1, 3), ASKED)
def test_an_added_field_never_removes_a_hit(  # noqa: PLR0917 - one argument for each thing drawn
    index: Index,
    name: str,
    schema: Schema | None,
    fields: dict[str, Sequence[object]],
    limit: int,
    other: str,
) -> None:
    """Country, birth, address, number or another name: hits stay, each with at least its score; only ranks move."""
    bare = Profile(schema=schema, names=(Name(name),))
    told = Profile(schema=schema, names=(Name(name),), **fields)  # type: ignore[arg-type]
    before = {hit.entry.id: hit.score for hit in index.search(bare, threshold=0.5, limit=100).hits}
    after = {hit.entry.id: hit.score for hit in index.search(told, threshold=0.5, limit=100).hits}
    assert all(after.get(entry, 0) >= score for entry, score in before.items())
    if "identifiers" not in fields:  # a number adds hits, and with them more than the limit may hold
        few = {hit.entry.id for hit in index.search(bare, threshold=0.5, limit=limit).hits}
        assert few == {hit.entry.id for hit in index.search(told, threshold=0.5, limit=limit).hits}
    named_twice = Profile(schema=schema, names=(Name(name), Name(other)))
    twice = {hit.entry.id: hit.score for hit in index.search(named_twice, threshold=0.5, limit=100).hits}
    assert all(twice.get(entry, 0) >= score for entry, score in before.items())


def test_a_contradiction_lowers_the_rank_and_is_said() -> None:
    """Of two bearers of a name the one of the party's country comes first; both stay."""
    entries = [
        Entry(id=country, list="own", schema="Person", names=(Name("Ivan Ivanov"),), countries=(country,))
        for country in ("AA", "RU")
    ]
    party = Profile(schema="Person", names=(Name("Ivan Ivanov"),), countries=("RU",))
    hits = Index.build(entries).search(party).hits
    assert [(hit.entry.id, hit.score) for hit in hits] == [("RU", 1), ("AA", 1)]
    assert "country.differs" in hits[1].reasons


def test_a_number_finds_without_a_name(index: Index) -> None:
    """An LEI with right check digits is enough; one that was miscopied is not compared."""
    for value, found in (("5493006MHB84DD0ZWV18", ["entry-0"]), ("5493006MHB84DD0ZWV19", [])):
        party = Profile(
            schema="Organization",
            names=(Name("Quite Another Name"),),
            identifiers=(Identifier("lei", value),),
        )
        answer = index.search(party)
        assert _ids(answer) == found
        assert all(hit.score == 1 and "identifier.lei" in hit.reasons for hit in answer.hits)


def test_an_address_is_a_flag_of_its_own(index: Index) -> None:
    """Another name at a listed address: no hit by name, and a flag that names the entry."""
    party = Profile(
        schema="Organization",
        names=(Name("Blue Ocean Trading"),),
        addresses=(Address("東京都千代田区丸の内１－３－１"),),
    )
    assert index.search(party).hits == ()
    [(entry, flag)] = index.shared_addresses(party)
    assert (entry.id, flag.likeness) == ("entry-4", 1)


def test_no_hit_says_what_was_looked_at(index: Index) -> None:
    """Each form of the name, its keys, how many listed forms came near, how many were cut and how near these were."""
    found = index.search(Profile(schema="Organization", names=(Name("株式会社斎藤工務店"),)), threshold=0.99)
    assert found.hits == ()
    assert [(key["way"], key["words"]) for key in found.keys] == [
        ("folded", "斋藤 工务店 coltd"),
        ("ja", "saito construction coltd"),
    ]
    assert found.blocked >= 1
    assert all(key["seen"] == key["compared"] + key["cut"] for key in found.keys)
    assert all(key["keys"] > 0 for key in found.keys)


def test_a_limit_that_cuts_says_so(index: Index) -> None:
    """One hit asked for where two reach the threshold: the answer is cut off."""
    party = Profile(schema="Organization", names=(Name("OOO TRADING"),))
    assert index.search(party, threshold=0.2, limit=1).cut_off
    assert not index.search(Profile(schema="Vessel", names=(Name("GOLDEN STAR"),)), threshold=0.2).cut_off


def test_many_at_once_answer_as_one_by_one(index: Index) -> None:
    """Order is kept; processes and chunks change nothing."""
    parties = [Profile(schema=schema, names=(Name(name),)) for name, schema, _ in LISTED] * 70
    alone = [index.search(party, threshold=0.3) for party in parties[: len(LISTED)]]
    assert list(index.search_many(parties, threshold=0.3, processes=2)) == alone * 70
    assert list(index.search_many(parties[:7], threshold=0.3, processes=1)) == alone[:7]


def test_the_changed_part_of_a_list_judges_as_the_whole(index: Index) -> None:
    """Words weigh as in the whole list, so that a nightly difference finds with the scores of a full run."""
    part = Index.build(index.entries[2:5], like=index)
    for entry in part.entries:
        party = Profile(schema=entry.schema, names=entry.names)
        whole = {hit.entry.id: hit.score for hit in index.search(party, threshold=0.3).hits}
        assert {
            hit.entry.id: hit.score for hit in part.search(party, threshold=0.3).hits
        }.items() <= whole.items()


def test_an_empty_list_answers() -> None:
    """Nothing listed, nothing found, and the counts say so."""
    found = Index.build([]).search(Profile(names=(Name("Ivan Ivanov"),)))
    assert (found.hits, found.blocked, found.cut_off) == ((), 0, False)


def test_common_words_weigh_less_than_rare_ones() -> None:
    """Sharing a rare word says more than sharing one that many bear."""
    names = ["Ivan Petrov", *("Ivan " + letter * 5 for letter in "abcdefghijkl")]
    rarity = counted(form for name in names for form in forms(name, "Person"))
    [form] = forms("Ivan Petrov", "Person")
    common, rare = rarity.weights(form)
    assert common < rare == 1


def test_the_engine_says_by_what_it_judges() -> None:
    """Two hashes and the versions; the same in every call."""
    engine = Engine()
    assert engine.configuration_sha256() == Engine().configuration_sha256() != engine.normaliser_sha256()
    assert {"rigour", "SudachiDict-core", "OpenCC"} <= set(engine.versions())
