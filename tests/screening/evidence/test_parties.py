"""The vault's parties: nobody is screened for nothing, nobody is left on an old list."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.application.screening.disposition import dispose
from kansa.application.screening.engine import LIMIT, THRESHOLD, engine
from kansa.application.screening.lists import add
from kansa.application.screening.screening import ScreeningService
from kansa.application.screening.sweep import Swept, parties, sweep
from kansa.clock import DAY, format_instant
from kansa.ids import mint
from kansa.records.draft import submit
from kansa.records.kinds.screening import PartyScreened, ScreeningSwept
from kansa.screening.rescreen import Last, plan
from kansa.vault.vault import Vault
from screening.worlds_screening import NOW, at_time, entry_line, screening_vault, write_list
from worlds import dice, draft

BYTES = dice(3)
CRANE, MEADOW, NAMELESS = (mint("party", BYTES) for _ in range(3))
ENTRIES = [
    entry_line("crane", "Golden Crane Shipping Company", schema="Organization"),
    *(entry_line(f"x{n}", f"Unrelated Holding Number {n}", schema="Organization") for n in range(6)),
]


def _register(vault: Vault, party: str, key: str, **fields: Any) -> None:
    with vault.appending() as appender:
        appender.append(
            [submit(draft("party.registered", key, party_id=party, **fields), vault.connector_key)]
        )


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """One party that is listed, one that is not, one without a name; a list of seven."""
    vault = screening_vault(tmp_path)
    add(vault, "jsonl", [write_list(tmp_path, "watch", *ENTRIES)])
    _register(vault, CRANE, "1", names={"en": "Golden Crane Shipping Co., Ltd."}, country="SG")
    _register(vault, MEADOW, "2", names={"en": "Quiet Meadow Bakery", "ja": "静かな牧場のパン屋"})
    _register(vault, NAMELESS, "3")
    return vault


def _sweep(vault: Vault, now: int) -> Swept:
    at = at_time(vault, now)
    return sweep(at, ScreeningService(at, engine(), threshold=THRESHOLD, limit=LIMIT))


def _kinds(vault: Vault) -> list[str]:
    return [
        record.type
        for _, record in vault.records()
        if record.type in {PartyScreened.type, ScreeningSwept.type}
    ]


def test_the_first_run_screens_everyone_who_has_a_name(vault: Vault) -> None:
    """Each has a record of its own; who has no name is told, not passed over."""
    done = _sweep(vault, NOW)

    assert (done.full, done.delta, done.unnamed) == ({"first": 2}, 0, (NAMELESS,))
    assert [each.screening.party_id for each in done.alerts] == [CRANE]
    assert _kinds(vault) == [PartyScreened.type] * 2


def test_a_night_on_which_nothing_is_new_is_on_record_for_all(vault: Vault) -> None:
    """Nobody is asked of anything again, and one record says that all were up to date: no screening grows old by it."""
    _sweep(vault, NOW)

    done = _sweep(vault, NOW + 30 * DAY)

    assert (done.full, done.delta, done.current, done.records) == ({}, 0, 2, 1)
    assert _kinds(vault)[2:] == [ScreeningSwept.type]
    (last,) = [record for _, record in vault.records() if record.type == ScreeningSwept.type]
    assert (last.data["method"], last.data["parties"]) == ("delta", 2)
    assert last.data["valid_from"] == format_instant(NOW + 30 * DAY)
    assert _sweep(vault, NOW + 31 * DAY).current == 2


def test_a_changed_list_asks_all_parties_of_what_changed(vault: Vault, tmp_path: Path) -> None:
    """A new entry that is nobody of ours: one record for all, with both editions, and no screening of its own."""
    _sweep(vault, NOW)
    add(
        at_time(vault, NOW + DAY),
        "jsonl",
        [write_list(tmp_path, "watch", *ENTRIES, entry_line("new", "Distant Star Optics"))],
    )

    done = _sweep(vault, NOW + DAY)

    assert (done.full, done.delta, done.new_entries) == ({}, 2, 1)
    assert _kinds(vault)[2:] == [ScreeningSwept.type]
    assert _sweep(vault, NOW + 2 * DAY).current == 2


def test_who_is_newly_listed_is_found_by_the_delta(vault: Vault, tmp_path: Path) -> None:
    """The changed entry meets a party: that party is held against all lists and is an alert."""
    _sweep(vault, NOW)
    add(
        at_time(vault, NOW + DAY),
        "jsonl",
        [write_list(tmp_path, "watch", *ENTRIES, entry_line("new", "Quiet Meadow Bakery Ltd."))],
    )

    done = _sweep(vault, NOW + DAY)

    assert (done.full, done.delta) == ({"list_changed": 1}, 1)
    assert [each.screening.party_id for each in done.alerts] == [MEADOW]


def test_a_delisted_candidate_has_its_party_screened_again(vault: Vault, tmp_path: Path) -> None:
    """The entry is gone: the alert of then is not the answer of today."""
    _sweep(vault, NOW)
    add(at_time(vault, NOW + DAY), "jsonl", [write_list(tmp_path, "watch", *ENTRIES[1:])])

    done = _sweep(vault, NOW + DAY)

    assert (done.full, done.alerts) == ({"list_changed": 1}, ())


def test_a_changed_party_is_held_against_all_lists(vault: Vault) -> None:
    """A later registration takes over; the party is screened under its new name."""
    _sweep(vault, NOW)
    _register(vault, MEADOW, "2b", names={"en": "Golden Crane Shipping"})

    done = _sweep(vault, NOW + DAY)

    assert (done.full, done.current) == ({"party_changed": 1}, 1)
    assert [each.screening.party_id for each in done.alerts] == [MEADOW]


def test_a_disposition_is_taken_up_and_its_end_too(vault: Vault) -> None:
    """Dismissed: the next run says so. Expired: the run after says alert again."""
    record = _sweep(vault, NOW).alerts[0].record
    dispose(
        at_time(vault, NOW + DAY),
        record,
        "crane",
        "false_match",
        reason_code="different_business",
        reviewer="A. Sato",
        expires=NOW + 5 * DAY,
    )

    taken_up = _sweep(vault, NOW + DAY)
    expired = _sweep(vault, NOW + 5 * DAY)

    assert (taken_up.full, taken_up.alerts) == ({"disposition_changed": 1}, ())
    assert (expired.full, len(expired.alerts)) == ({"disposition_changed": 1}, 1)


def test_parties_are_read_with_all_their_names(vault: Vault) -> None:
    """Both languages are names; a 13-digit number is a 法人番号, which is matched exactly."""
    _register(vault, NAMELESS, "3b", names={"ja": "例示株式会社"}, registration_number="1234567890123")

    named, unnamed = parties(vault)

    assert [name.text for name in named[MEADOW].names] == ["Quiet Meadow Bakery", "静かな牧場のパン屋"]
    assert [each.kind for each in named[NAMELESS].identifiers] == ["jp_corporate_number"]
    assert unnamed == ()


_ids = st.sampled_from("abcdef")
_last = st.builds(
    Last,
    party_sha256=st.sampled_from("12"),
    record_sets=st.sampled_from([frozenset("X"), frozenset("Y")]),
    engine=st.sampled_from("EF"),
    candidates=st.frozensets(st.sampled_from("pq")),
    standings_hold=st.booleans(),
)


@given(
    st.dictionaries(_ids, st.sampled_from("12")),
    st.dictionaries(_ids, _last),
    st.frozensets(st.sampled_from("pqr")),
)
def test_a_plan_leaves_nobody_out(
    parties_: dict[str, str], last: dict[str, Last], entries: frozenset[str]
) -> None:
    """Every party is in exactly one part; whoever is called up to date was asked exactly this by this engine."""
    todo = plan(parties_, last, frozenset("X"), entries, "E")

    delta = [each for ids in todo.delta.values() for each in ids]
    assert sorted([*todo.full, *delta, *todo.current]) == sorted(parties_)
    for each in todo.current:
        assert (last[each].party_sha256, last[each].record_sets, last[each].engine) == (
            parties_[each],
            frozenset("X"),
            "E",
        )
    for each in (*todo.current, *delta):
        assert last[each].candidates <= entries
        assert last[each].standings_hold
