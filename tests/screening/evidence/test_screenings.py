"""What a screening leaves: that nobody was found can be shown, asked again, and judged by people."""

import json
from pathlib import Path
from typing import Any

import pytest

from kansa.application.screening.disposition import dispose
from kansa.application.screening.engine import LIMIT, THRESHOLD, engine
from kansa.application.screening.lists import ListArchive, add
from kansa.application.screening.replay import replay
from kansa.application.screening.screening import Recorded, ScreeningService
from kansa.clock import DAY
from kansa.errors import BadInput
from kansa.ids import mint
from kansa.ledger import keys
from kansa.ledger.stores.values import ValueWriter
from kansa.records import catalogue, sealing
from kansa.records.draft import submit
from kansa.screening.entry import Address, Name, Profile
from kansa.vault.vault import Vault
from screening.worlds_screening import NOW, at_time, entry_line, screening_vault, write_list
from worlds import dice, draft

CRANE = entry_line("crane", "Golden Crane Shipping Company", countries=["KP"], schema="Organization")
OTHER = entry_line("other", "Blue Harbour Textiles", countries=["GB"], schema="Organization")
PARTY = Profile(names=(Name("Golden Crane Shipping Co."),), countries=("SG",))
STRANGER = Profile(names=(Name("Quiet Meadow Bakery"),))


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A vault with one list of two entries."""
    vault = screening_vault(tmp_path)
    add(vault, "jsonl", [write_list(tmp_path, "watch", CRANE, OTHER)], date="2026-02-20")
    return vault


def _desk(vault: Vault, now: int = NOW) -> ScreeningService:
    return ScreeningService(at_time(vault, now), engine(), threshold=THRESHOLD, limit=LIMIT)


def _screen(vault: Vault, party: Profile = PARTY, now: int = NOW) -> Recorded:
    return _desk(vault, now).screen(party)


def _dispose(vault: Vault, record: int, entry: str = "crane", *, expires: int = NOW + 90 * DAY) -> int:
    return dispose(
        at_time(vault, NOW),
        record,
        entry,
        "false_match",
        reason_code="different_country",
        reviewer="A. Sato",
        expires=expires,
    )


def test_no_hit_says_what_it_rests_on(vault: Vault) -> None:
    """Editions, counts, keys, cut-off, engine and the lists that were not asked, in one record."""
    done = _screen(vault, STRANGER)

    record = next(record for index, record in vault.records() if index == done.record)
    data = sealing.reveal(record.data, vault.disclosures([record]))
    assert data["outcome"] == "no_hit"
    assert data["candidates"] == []
    assert (data["entries"], data["cut_off"], data["limit"]) == (2, False, LIMIT)
    assert data["keys"]
    assert data["query"]["names"] == [{"text": "Quiet Meadow Bakery"}]
    (edition,) = data["editions"]
    assert (edition["publication"], edition["date"], edition["record"]) == ("own.watch", "2026-02-20", 0)
    assert {"eu.fsf", "uk.sanctions"} <= set(data["not_covered"])
    assert {each["name"] for each in data["versions"]} >= {"rigour", "rapidfuzz", "OpenCC"}


def test_whom_was_asked_for_is_not_in_the_ledger(vault: Vault) -> None:
    """Neither the name, nor the candidates, nor a hash that a dictionary of names would open, stands in the entry."""
    done = _screen(vault)

    entry = vault.reader.entry(done.record).decode()
    assert done.screening.outcome == "alert"
    for told in ("Golden", "crane", done.screening.party_sha256, done.screening.candidates[0].entry_sha256):
        assert told not in entry


def test_every_screening_fits_its_kind(vault: Vault) -> None:
    """What a search answers is brought to the records' profile, whatever the engine puts into its parts."""
    done = _screen(vault)

    record = next(record for index, record in vault.records() if index == done.record)
    data = sealing.reveal(record.data, vault.disclosures([record]))
    data.pop("about")
    catalogue.read(record.type, data)
    assert data["candidates"][0]["parts"]


def test_a_screening_of_last_year_is_asked_again_of_last_years_list(vault: Vault, tmp_path: Path) -> None:
    """The entry is gone from the list of today; the replay finds it, with the score of then."""
    done = _screen(vault)
    add(at_time(vault, NOW + DAY), "jsonl", [write_list(tmp_path, "watch", OTHER)], accept_shrink="delisted")
    later = at_time(vault, NOW + 365 * DAY)

    again = replay(later, done.record, engine())

    assert (again.differences, again.engine_differs) == ((), ())
    assert (again.outcome, again.candidates, again.entries) == ("alert", 1, 2)
    assert _screen(vault, now=NOW + 365 * DAY).screening.outcome == "no_hit"


def test_a_replay_says_what_is_different(vault: Vault) -> None:
    """Another engine that finds another score is named beside the difference."""
    done = _screen(vault)

    class Forgetful(type(engine())):  # type: ignore[misc] # the engine is an extra's
        def configuration_sha256(self) -> str:
            return "0" * 64

        def index(self, entries, *, like=None):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
            return super().index(entries[1:], like=like)

    again = replay(vault, done.record, Forgetful())

    assert any("`crane`" in each and "no candidate now" in each for each in again.differences)
    assert again.engine_differs == ("configuration",)


def test_what_was_erased_is_not_replayable(vault: Vault) -> None:
    """The record still says which editions were asked, and the refusal says why it cannot be asked again."""
    party = mint("party", dice(5))
    done = _desk(vault).screen(PARTY, party)
    keeper = ValueWriter(vault.places.values, keys.load_key(vault.places.keys / "values.key", "values"))
    keeper.erase(party)
    keeper.close()
    told = draft("value.erased", "1", subject_id=party, values=5, stores=["values"])
    with vault.appending() as appender:
        (erased,) = appender.append([submit(told, vault.connector_key)])

    with pytest.raises(BadInput, match=f"its sealed values were erased under entry {erased.index}"):
        replay(vault, done.record, engine())


def test_a_disposition_dismisses_this_candidate_of_this_party(vault: Vault) -> None:
    """The candidate is still shown, with who disposed of it; the screening is no alert."""
    index = _dispose(vault, _screen(vault).record)

    again = _screen(vault, now=NOW + DAY).screening

    assert again.outcome == "dismissed"
    assert (again.candidates[0].standing.verdict, again.candidates[0].standing.record) == (
        "false_match",
        index,
    )


def test_a_changed_party_opens_the_candidate_again(vault: Vault) -> None:
    """The same name from another country is another party: there is no list of names to let pass."""
    _dispose(vault, _screen(vault).record)

    moved = Profile(names=PARTY.names, countries=("KP",))

    assert _screen(vault, moved, NOW + DAY).screening.outcome == "alert"


def test_a_changed_entry_opens_the_candidate_again(vault: Vault, tmp_path: Path) -> None:
    """The list says more about the entry: what was judged is not what is listed now, and the screening says so."""
    _dispose(vault, _screen(vault).record)
    add(
        at_time(vault, NOW + DAY),
        "jsonl",
        [write_list(tmp_path, "watch", {**CRANE, "countries": ["KP", "SG"]}, OTHER)],
    )

    again = _screen(vault, now=NOW + 2 * DAY).screening

    assert (again.outcome, again.candidates[0].standing.lapsed) == ("alert", "entry_changed")


def test_a_disposition_ends_when_it_expires(vault: Vault) -> None:
    """Half-open: at the instant of its expiry it no longer holds."""
    _dispose(vault, _screen(vault).record, expires=NOW + 10 * DAY)

    assert _screen(vault, now=NOW + 10 * DAY - 1_000).screening.outcome == "dismissed"
    after = _screen(vault, now=NOW + 10 * DAY).screening
    assert (after.outcome, after.candidates[0].standing.lapsed) == ("alert", "expired")


def test_a_true_match_confirms(vault: Vault) -> None:
    """One true match outweighs whatever was found about the others."""
    record = _screen(vault).record
    dispose(
        vault,
        record,
        "crane",
        "true_match",
        reason_code="same_identifier",
        reviewer="A. Sato",
        second_reviewer="B. Suzuki",
        expires=NOW + DAY,
    )

    assert _screen(vault).screening.outcome == "confirmed"


def test_a_true_match_is_overturned_by_two_people_and_the_record_says_so(vault: Vault) -> None:
    """Alone nobody says otherwise, and a reason that tells two apart speaks for no true match."""
    record = _screen(vault).record
    common: dict[str, Any] = {"reviewer": "A. Sato", "expires": NOW + DAY}
    with pytest.raises(BadInput) as refused:
        dispose(vault, record, "crane", "true_match", reason_code="different_country", **common)
    assert [problem.field for problem in refused.value.problems] == ["reason"]

    first = dispose(vault, record, "crane", "true_match", reason_code="same_identifier", **common)
    with pytest.raises(BadInput, match="cannot be recorded") as refused:
        dispose(vault, record, "crane", "false_match", reason_code="different_country", **common)
    assert [problem.field for problem in refused.value.problems] == ["second-reviewer"]
    assert _screen(vault).screening.outcome == "confirmed"

    second = dispose(
        vault,
        record,
        "crane",
        "false_match",
        reason_code="different_country",
        second_reviewer="B. Suzuki",
        **common,
    )
    (overturned,) = [each for index, each in vault.records() if index == second]
    assert overturned.data["replaces"]["index"] == first
    assert _screen(vault).screening.outcome == "dismissed"


def test_everything_wrong_with_a_disposition_is_said_at_once(vault: Vault) -> None:
    """No such reason, one person twice, an expiry in the past; and what is no candidate is told from what is."""
    record = _screen(vault).record

    with pytest.raises(BadInput) as refused:
        dispose(
            vault,
            record,
            "crane",
            "false_match",
            reason_code="felt_right",
            reviewer="A. Sato",
            second_reviewer="a. sato ",
            expires=NOW,
        )
    assert [problem.field for problem in refused.value.problems] == ["reason", "second-reviewer", "expires"]
    with pytest.raises(BadInput, match="`other` is no candidate"):
        _dispose(vault, record, "other")
    with pytest.raises(BadInput, match="entry 0 is no screening"):
        _dispose(vault, 0)


def test_without_a_list_nobody_is_screened(tmp_path: Path) -> None:
    """No list is an error, never "no hit"."""
    with pytest.raises(BadInput, match="no list to screen against"):
        _desk(screening_vault(tmp_path))


def test_an_added_field_never_removes_a_candidate(vault: Vault) -> None:
    """Country, address and kind may lower its rank; the candidate stays."""
    plain = _screen(vault, Profile(names=PARTY.names)).screening
    full = _screen(vault, Profile(names=PARTY.names, countries=("GB",), birth_dates=("1970",))).screening

    assert [each.hit.entry.id for each in plain.candidates] == [each.hit.entry.id for each in full.candidates]


def test_evidence_names_entries_by_hash_of_what_was_listed(vault: Vault) -> None:
    """A candidate's hash is that of an entry of the edition that the record names."""
    done = _screen(vault).screening

    (edition,) = done.grounds.editions
    kept = {
        entry.record_hash() for entry in ListArchive(vault.places.root).entries(edition.record_set_sha256)
    }
    assert {each.entry_sha256 for each in done.candidates} <= kept
    assert json.dumps(done.as_data("asked", NOW))


def test_a_listed_partys_address_is_a_flag_of_its_own(vault: Vault, tmp_path: Path) -> None:
    """Another name at the same address: no candidate, outcome as it is, and the shared address in the evidence."""
    yard = {**CRANE, "addresses": ["12 Harbour Road, Unit 3, 049213 Singapore"]}
    add(at_time(vault, NOW + DAY), "jsonl", [write_list(tmp_path, "watch", yard, OTHER)])
    tenant = Profile(names=STRANGER.names, addresses=(Address("12 Harbour Rd, Unit 3, Singapore 049213"),))

    done = _screen(vault, tenant, NOW + DAY)

    assert (done.screening.outcome, done.screening.candidates) == ("no_hit", ())
    assert [each["entity_id"] for each in done.screening.shared_addresses()] == ["crane"]
    record = next(record for index, record in vault.records() if index == done.record)
    revealed = sealing.reveal(record.data, vault.disclosures([record]))
    assert revealed["shared_addresses"][0]["listed"] == yard["addresses"][0]
    assert "Harbour" not in vault.reader.entry(done.record).decode()


def test_only_the_latest_screening_of_a_party_is_judged(vault: Vault) -> None:
    """A judgement of an older one would pass for one of what is found today; the refusal says which to judge."""
    party = mint("party", dice(9))
    first = _desk(vault).screen(PARTY, party).record
    second = _desk(vault).screen(PARTY, party).record

    with pytest.raises(BadInput, match="not the latest") as refused:
        _dispose(vault, first)
    assert f"entry {second}" in str(refused.value.help)
    assert _dispose(vault, second) > second
