"""A list that comes in is asked of the vault's parties in the same command; what waits is said, and the gate holds it."""

import json
from pathlib import Path
from typing import Any

import pytest

from kansa.application.screening.at_once import screen_at_once
from kansa.application.screening.lists import add
from kansa.ids import mint
from kansa.interfaces.cli.app import run
from kansa.records.draft import submit
from kansa.records.kinds.screening import ListImported, PartyScreened, ScreeningSwept
from kansa.vault.vault import Vault
from screening.worlds_screening import entry_line, screening_vault, write_list
from worlds import dice, draft

BYTES = dice(3)
CRANE, MEADOW = (mint("party", BYTES) for _ in range(2))
TIME = ("--at", "2026-03-01T00:00:00Z")


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """Two parties, screened against a list on which neither stands."""
    vault = screening_vault(tmp_path)
    with vault.appending() as appender:
        for party, name in ((CRANE, "Golden Crane Shipping Co., Ltd."), (MEADOW, "Quiet Meadow Bakery")):
            registered = draft("party.registered", name, party_id=party, names={"en": name})
            appender.append([submit(registered, vault.connector_key)])
    add(vault, "jsonl", [write_list(tmp_path, "watch", *_others())])
    assert screen_at_once(vault).swept is not None
    return vault


def _others() -> list[dict[str, Any]]:
    return [entry_line(f"x{n}", f"Unrelated Holding Number {n}", schema="Organization") for n in range(8)]


def _kinds(vault: Vault, first: int) -> list[str]:
    return [record.type for _, record in vault.records(first)]


def test_a_party_that_a_new_edition_lists_is_found_by_the_command_that_imports_it(
    vault: Vault, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The edition, the hit, and the difference for everybody else are recorded before the command ends; exit 1."""
    before = vault.reader.size()
    file = write_list(tmp_path, "watch", *_others(), entry_line("crane", "Golden Crane Shipping Company"))

    code = run(["lists", "add", "jsonl", str(file), "--vault", str(vault.places.root), *TIME, "--json"])
    told = json.loads(capsys.readouterr().out)

    assert code == 1
    assert [each["party_id"] for each in told["screened"]["alerts"]] == [CRANE]
    assert _kinds(vault, before) == [ListImported.type, PartyScreened.type, ScreeningSwept.type]


def test_what_is_put_off_is_said(vault: Vault, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 4: nobody asked the new edition yet, and the gate holds the parties until somebody does."""
    before = vault.reader.size()
    file = write_list(tmp_path, "watch", *_others(), entry_line("crane", "Golden Crane Shipping Company"))

    code = run(["lists", "add", "jsonl", str(file), "--no-screen", "--vault", str(vault.places.root), *TIME])

    assert code == 4
    assert "NOT screened against it" in capsys.readouterr().out
    assert _kinds(vault, before) == [ListImported.type]


def test_a_vault_without_parties_has_nobody_to_wait_for(tmp_path: Path) -> None:
    """Neither a run nor a wait."""
    vault = screening_vault(tmp_path)
    add(vault, "jsonl", [write_list(tmp_path, "watch", *_others())])
    assert screen_at_once(vault, put_off=True) == screen_at_once(vault)
    assert vault.reader.size() == 1
