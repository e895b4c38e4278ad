from pathlib import Path

from gate.houses import CLEAR, EVIDENCE, ORIGIN, House, Standing, asking, basis, question
from kansa.clock import MICROSECONDS, SimulatedClock
from kansa.gate.refusal_reports import RefusalReports, anchored
from kansa.ledger import note
from kansa.records.draft import submit
from kansa.records.envelope import Record

NOW = 1_800_000_000_000_000
SCREENED = {"tenant.screening_age_s": NOW - 600 * MICROSECONDS}
HELD = {**CLEAR, "site.hold": True}
DENIED = {**CLEAR, "tenant.clearance": "deny"}
SOURCE = "urn:kansa:example.com:gate"


def test_the_evidence_log_hears_of_each_new_kind_of_hold_and_deny_once(tmp_path: Path) -> None:
    """Law: told are a first hold, a change of its rules, and a hold after a permit; repetitions are not."""
    house = House(tmp_path, SimulatedClock(NOW)).create()
    for facts in (HELD, HELD, DENIED, DENIED, CLEAR, HELD):
        with house.gate(basis(Standing(facts, SCREENED))) as gate:
            gate.answer([asking(question())])
    entries = list(enumerate(house.records()))
    drafts = list(RefusalReports().drafts(entries, ORIGIN, SOURCE))

    outcomes = [(draft.data["outcome"], draft.data["determining"]) for draft in drafts]
    held, denied = ["kansa.test.gate.site-held"], ["kansa.test.gate.denied"]
    assert outcomes == [("hold", held), ("deny", denied), ("hold", held)]
    for draft in drafts:
        submit(draft, b"c" * 32)
        assert entries[draft.data["decision"]["index"]][1].id == draft.natural_key

    told = [Record("x", SOURCE, draft.type, draft.time, NOW, draft.data) for draft in drafts]
    assert list(RefusalReports(told).drafts(entries[-1:], ORIGIN, SOURCE)) == []


def test_an_anchor_holds_the_other_logs_signed_checkpoint(tmp_path: Path) -> None:
    """Law: whoever has the anchor can hold the other log against it."""
    house = House(tmp_path, SimulatedClock(NOW)).create()
    with house.gate(basis(Standing(CLEAR, SCREENED))) as gate:
        gate.answer([asking(question())])
    checkpoint = house.reader().latest()
    draft = anchored(checkpoint, NOW, SOURCE)
    submit(draft, b"c" * 32)
    assert (draft.data["anchored"], draft.data["size"]) == (ORIGIN, 2)
    kept = note.checkpoint_in(draft.data["checkpoint"].encode())
    assert house.reader().root(kept.size) == kept.root
    assert EVIDENCE != ORIGIN
