"""Lists as editions: kept whole, compared with the one before, asked about when they shrink, named when they lack."""

import gzip
import json
from pathlib import Path

import msgspec
import pytest

from kansa.application.flags import FlagService
from kansa.application.gate import open_gate
from kansa.application.screening.engine import engine
from kansa.application.screening.lists import ListArchive, add, editions
from kansa.application.screening.required import required_lists
from kansa.application.screening.screening import ScreeningService
from kansa.clock import DAY
from kansa.errors import BadInput, BrokenVault
from kansa.records import catalogue
from kansa.records.kinds.screening import ListImported
from kansa.rules.pack import GATE
from kansa.screening.coverage import REQUIRED, coverage
from kansa.screening.edition import record_set_hash
from kansa.screening.lists.formats import OUGHT
from screening.worlds_screening import NOW, at_time, entry_line, screening_vault, write_list


def test_an_edition_is_recorded_with_what_it_changed(tmp_path: Path) -> None:
    """Raw hash, record-set hash, date, counts, and the differences to the edition before stand open in the ledger."""
    vault = screening_vault(tmp_path)
    first = add(vault, "jsonl", [write_list(tmp_path, "watch", *map(entry_line, "ABCDE"))], date="2026-01-02")

    second = add(
        at_time(vault, NOW + DAY),
        "jsonl",
        [write_list(tmp_path, "watch", *map(entry_line, "BCDF"), entry_line("A", countries=["IR"]))],
        date="2026-02-01",
    )

    assert second.difference == (("F",), ("E",), ("A",))
    data = dict(next(record for index, record in vault.records() if index == second.edition.record).data)
    assert (data["added"], data["removed"], data["changed"]) == (1, 1, 1)
    assert data["replaces"] == {"log": vault.settings.origin, "index": first.edition.record}
    assert data["edition_date"] == "2026-02-01"
    assert data["files"][0]["sha256"] == second.edition.files[0].sha256
    assert "watch.jsonl" not in json.dumps(data), "the file's name is sealed"
    assert catalogue.kind_named(ListImported.type) is not None


def test_the_order_of_rows_is_no_difference(tmp_path: Path) -> None:
    """A publisher that sorts anew has published the same list."""
    vault = screening_vault(tmp_path)
    first = add(vault, "jsonl", [write_list(tmp_path, "watch", *map(entry_line, "ABC"))])

    second = add(vault, "jsonl", [write_list(tmp_path, "watch", *map(entry_line, "CAB"))])

    assert second.edition.record_set_sha256 == first.edition.record_set_sha256
    assert second.difference == ((), (), ())
    assert second.edition.files[0].sha256 != first.edition.files[0].sha256


def test_last_years_list_is_still_there_after_this_years(tmp_path: Path) -> None:
    """Files and entries lie under their hashes; a later edition takes nothing away."""
    vault = screening_vault(tmp_path)
    old = add(vault, "jsonl", [write_list(tmp_path, "watch", *map(entry_line, "ABC"))])
    raw = (tmp_path / "watch.jsonl").read_bytes()
    add(vault, "jsonl", [write_list(tmp_path, "watch", *map(entry_line, "ABD"))], accept_shrink="test")

    shelf = ListArchive(vault.places.root)

    assert [entry.id for entry in shelf.entries(old.edition.record_set_sha256)] == ["A", "B", "C"]
    assert shelf.document(old.edition.files[0].sha256) == raw
    before = editions(vault, (old.edition.record or 0) + 1)
    assert before["own.watch"].record_set_sha256 == old.edition.record_set_sha256


def test_an_edition_that_was_tampered_with_screens_nobody(tmp_path: Path) -> None:
    """One entry taken out of the kept edition, and reading it fails instead of answering "no hit"."""
    vault = screening_vault(tmp_path)
    done = add(vault, "jsonl", [write_list(tmp_path, "watch", *map(entry_line, "ABC"))])
    (kept,) = (vault.places.root / "lists" / "entries").iterdir()
    kept.write_bytes(gzip.compress(b"\n".join(gzip.decompress(kept.read_bytes()).splitlines()[1:])))

    with pytest.raises(BrokenVault, match="is not what its name says"):
        ListArchive(vault.places.root).entries(done.edition.record_set_sha256)
    kept.unlink()
    with pytest.raises(BrokenVault, match="not in the vault"):
        ListArchive(vault.places.root).entries(done.edition.record_set_sha256)


def test_a_list_that_shrinks_is_asked_about(tmp_path: Path) -> None:
    """More than a fifth gone: refused without a reason, taken with one, and the reason is in the record, sealed."""
    vault = screening_vault(tmp_path)
    add(vault, "jsonl", [write_list(tmp_path, "watch", *map(entry_line, "ABCDEFGHIJ"))])
    shorter = write_list(tmp_path, "watch", *map(entry_line, "ABCDEFG"))

    with pytest.raises(BadInput, match=r"`own\.watch` from 10 entries to 7"):
        add(vault, "jsonl", [shorter])
    assert editions(vault)["own.watch"].entries == 10

    done = add(vault, "jsonl", [shorter], asks=lambda gone: f"{gone[0].before} was wrong")

    record = next(record for index, record in vault.records() if index == done.edition.record)
    assert [d.value for d in vault.disclosures([record]).values() if d.name == "shrink_reason"] == [
        "10 was wrong"
    ]


def test_a_list_that_loses_a_fifth_is_taken_as_it_is(tmp_path: Path) -> None:
    """The share that is asked about is more than 20 %, not 20 %."""
    vault = screening_vault(tmp_path)
    add(vault, "jsonl", [write_list(tmp_path, "watch", *map(entry_line, "ABCDEFGHIJ"))])

    assert (
        add(vault, "jsonl", [write_list(tmp_path, "watch", *map(entry_line, "ABCDEFGH"))]).edition.entries
        == 8
    )


def test_a_list_inside_a_publication_that_vanishes_is_asked_about(tmp_path: Path) -> None:
    """One of two lists is gone, which is a sixteenth of the whole file; a list of few may lose some, not all."""
    vault = screening_vault(tmp_path)
    large = [entry_line(f"l{n}", list="own.large") for n in range(90)]
    small = [entry_line(f"s{n}", list="own.small") for n in range(6)]
    add(vault, "jsonl", [write_list(tmp_path, "watch", *large, *small)])

    with pytest.raises(BadInput, match=r"`own\.small` from 6 entries to 0"):
        add(vault, "jsonl", [write_list(tmp_path, "watch", *large)])
    assert editions(vault)["own.watch"].lists == {"own.large": 90, "own.small": 6}
    add(vault, "jsonl", [write_list(tmp_path, "watch", *large, *small[:2])])
    assert editions(vault)["own.watch"].lists == {"own.large": 90, "own.small": 2}


def test_an_undated_edition_does_not_hide_that_a_dated_one_is_stale(tmp_path: Path) -> None:
    """Nobody says how old the other is."""
    vault = screening_vault(tmp_path)
    add(vault, "jsonl", [write_list(tmp_path, "old", entry_line("A", list="un.sc"))], date="2026-01-01")
    add(vault, "jsonl", [write_list(tmp_path, "undated", entry_line("B", list="un.sc"))])

    assert [each.list for each in coverage(editions(vault).values(), NOW).stale] == ["un.sc"]


def test_an_own_file_cannot_be_called_as_an_official_list(tmp_path: Path) -> None:
    """It would pass for the publisher's."""
    vault = screening_vault(tmp_path)

    for name in ("us.sdn", "us.csl"):
        with pytest.raises(BadInput, match="the name of an official list"):
            add(vault, "jsonl", [write_list(tmp_path, "watch", entry_line("A"))], name=name)


def test_lists_that_are_not_covered_are_named(tmp_path: Path) -> None:
    """Without an edition, or with one that has no entry of the list, a list is not covered."""
    vault = screening_vault(tmp_path)
    add(vault, "jsonl", [write_list(tmp_path, "watch", entry_line("A", list="un.sc"))], date="2026-03-01")

    found = coverage(editions(vault).values(), NOW)

    assert [each.list for each in found.covered] == ["un.sc"]
    missing = {each.list for each in found.not_covered}
    assert missing == {each.list for each in OUGHT} - {"un.sc"}
    assert {"eu.fsf", "uk.sanctions", "us.el", "jp.eul"} <= missing


def test_the_lists_of_the_adopted_gate_pack_are_those_that_a_screening_may_not_lack(tmp_path: Path) -> None:
    """What the gate requires and what a screening calls incomplete are one set: more lists, fewer, or an operator's own.

    A row of an own file that names an official list does not cover it where it is required.
    """
    vault = screening_vault(tmp_path)
    add(
        vault,
        "jsonl",
        [write_list(tmp_path, "watch", entry_line("A", list="own.partners"))],
        date="2026-03-01",
    )
    assert required_lists(vault) == REQUIRED
    flags = FlagService(vault)
    (gate,) = [pack for pack in flags.library.packs if pack.header.kind == GATE]
    own = tuple(
        msgspec.structs.replace(each, value=["un.sc", "eu.fsf", "own.partners"])
        if each.name == "required_lists"
        else each
        for each in gate.parameters
    )
    flags.statements.take(flags.adoption(msgspec.structs.replace(gate, parameters=own)), "Sato", None)

    required = required_lists(vault)
    found = coverage(editions(vault).values(), NOW, required)

    assert required == {"un.sc", "eu.fsf", "own.partners"}
    assert [each.list for each in found.missing] == ["un.sc", "eu.fsf"]
    assert not any(each.required for each in found.not_covered if each.list == "us.el")
    with open_gate(vault) as house:
        assert house._board.required_lists == required
    grounds = ScreeningService(vault, engine(), threshold=0.9, limit=5).grounds
    assert grounds.coverage.required == required
    assert {"un.sc", "eu.fsf", "us.el"} <= {each.list for each in grounds.coverage.not_covered}


def test_a_list_is_stale_by_the_age_of_its_edition(tmp_path: Path) -> None:
    """Fourteen days for the Security Council's list, counted from the date of the edition, not of its import."""
    vault = screening_vault(tmp_path)
    add(vault, "jsonl", [write_list(tmp_path, "watch", entry_line("A", list="un.sc"))], date="2026-03-01")
    edition = editions(vault)["own.watch"]

    assert not coverage([edition], NOW + 14 * DAY).stale
    assert [each.list for each in coverage([edition], NOW + 15 * DAY).stale] == ["un.sc"]


def test_the_record_set_hash_covers_what_is_said_and_not_where(tmp_path: Path) -> None:
    """A change of one country changes it; the row's number does not."""
    vault = screening_vault(tmp_path)
    done = add(vault, "jsonl", [write_list(tmp_path, "watch", entry_line("A"), entry_line("B"))])
    entries = ListArchive(vault.places.root).entries(done.edition.record_set_sha256)

    assert record_set_hash(reversed(entries)) == done.edition.record_set_sha256
    assert record_set_hash(entries[:1]) != done.edition.record_set_sha256
    assert all(entry.place is not None for entry in entries)
