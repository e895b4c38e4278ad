"""What an operator can shape without a second history: held against the entries, named, or said to be its word."""

import json
from typing import Any

import pytest

from dossier.forging import Forge, entries_of
from kansa.application import coherence, dossiers
from kansa.clock import DAY, format_instant
from kansa.dossier import container, members
from kansa.dossier.alone import text
from kansa.dossier.verify import verify
from kansa.errors import BrokenVault
from kansa.ledger import policy
from kansa.records import canonical, envelope
from kansa.vault.vault import Vault
from worlds import BEGIN, cast, small_vault


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """The small world."""
    return small_vault(tmp_path_factory.mktemp("word") / "vault")


@pytest.fixture(scope="module")
def opened(vault: Vault) -> dict[str, bytes]:
    """The members of a dossier of all of it."""
    answer = coherence.ask(vault, coherence.CoherenceQuestion())
    return container.decode(dossiers.build(vault, answer, dossiers.DossierRequest(audience="auditor")))


@pytest.fixture(scope="module")
def manifest(opened: dict[str, bytes]) -> dict[str, Any]:
    """Its manifest."""
    value: dict[str, Any] = json.loads(opened[members.MANIFEST])
    return value


@pytest.fixture(scope="module")
def forge(vault: Vault, opened: dict[str, bytes]) -> Forge:
    """Who can seal anything in its log's name."""
    return Forge(vault.log_key, entries_of(opened))


def judged(vault: Vault, data: bytes) -> Any:
    """The verdict of a reader who pinned the log."""
    return verify(data, policy.parse(vault.trust_policy().encode()))


def test_a_verdict_says_first_whose_about_whom_for_whom_and_how_much_is_withheld(vault: Vault) -> None:
    """Before any check: what is this about; the same in JSON."""
    answer = coherence.ask(vault, coherence.CoherenceQuestion(tenant=cast().tenant))
    verdict = judged(vault, dossiers.build(vault, answer, dossiers.DossierRequest(audience="exporter")))
    lines = text(verdict).splitlines()
    head = "\n".join(lines[: next(n for n, line in enumerate(lines) if line.startswith("  holds"))])

    for expected in (
        "Small Operator",
        "Aoba",
        cast().tenant,
        "exporter",
        "2026-01-01T00:00",
        "P1D",
        "withheld",
        "known at",
    ):
        assert expected in head, head
    assert verdict.as_json()["about"]["entries"]["of"] > verdict.as_json()["about"]["entries"]["shown"] - 1
    assert verdict.as_json()["about"]["names"][cast().tenant]["en"] == "Aoba"


def test_entries_between_the_head_and_the_seal_are_named(vault: Vault, forge: Forge, manifest: Any) -> None:
    """An older head of the same log is no second history, and still hides what came since."""
    older = Forge(forge.key, forge.entries[:-2])
    verdict = judged(vault, older.seal(manifest, older.members(manifest), since=forge.entries[-2:]))

    assert verdict.accepted()
    assert any("2 entries recorded since" in each for each in verdict.not_checked)


def test_a_head_that_reaches_to_the_seal_hides_nothing(vault: Vault, forge: Forge, manifest: Any) -> None:
    """Then no such line is there."""
    verdict = judged(vault, forge.seal(manifest, forge.members(manifest)))

    assert not any("recorded since" in each for each in verdict.not_checked)


@pytest.mark.parametrize(
    ("change", "issued"),
    [
        ({"scope": cast().tenant}, {}),
        ({"audience": "regulator"}, {}),
        ({"known_at": "2030-01-01T00:00:00.000Z"}, {}),
        ({"known_at": "2020-01-01T00:00:00.000Z"}, {}),
        ({"known_at": "yesterday"}, {}),
        ({"simulated": False}, {}),
        ({"operator": "x"}, {}),
        ({}, {"subjects": [cast().tenant]}),
        ({}, {"audience": "regulator"}),
    ],
)
def test_a_statement_that_the_entries_contradict_is_refused(
    vault: Vault, forge: Forge, manifest: Any, change: dict[str, Any], issued: dict[str, Any]
) -> None:
    """Scope, audience, time of knowledge and the simulated mark agree with what is signed elsewhere."""
    verdict = judged(vault, forge.seal({**manifest, **change}, forge.members(manifest), **issued))

    assert verdict.verdict == "not_ok", text(verdict)
    assert verdict.checks[-1].place in (members.MANIFEST, members.SEAL_ENTRY)


def test_what_can_only_be_believed_is_said_to_be_the_operators_word(
    vault: Vault, forge: Forge, manifest: Any
) -> None:
    """Recorded times, the question and the name are signed and held against nothing."""
    verdict = judged(vault, forge.seal(manifest, forge.members(manifest)))

    said = " ".join(verdict.operators_word)
    assert "recorded" in said
    assert "grace" in said
    assert "name" in said
    assert "the operator's word" in text(verdict)


def test_records_of_unknown_kind_form_or_field_are_counted(vault: Vault, forge: Forge, manifest: Any) -> None:
    """A revocation that nobody reads is not passed over in silence."""
    newer = [entry.replace(b'"kansa.case.decided.v0"', b'"kansa.case.decided.v9"') for entry in forge.entries]
    newer = [entry.replace(b'"controlled"', b'"perhaps"') for entry in newer]
    newer = [entry.replace(b'"country":"JP"', b'"coast":"north","country":"JP"') for entry in newer]
    other = Forge(forge.key, newer)
    verdict = judged(vault, other.seal(manifest, other.members(manifest)))

    assert verdict.about["passed_over"] == {
        "records": 2,
        "unknown_kind": {"kansa.case.decided.v9": 1},
        "unfit": {"kansa.item.classified.v0": 1},
        "unknown_fields": {"kansa.site.registered.v0 coast": 1},
    }
    assert "2 records say that were passed over" in text(verdict)


def test_one_digest_in_two_records_is_refused(vault: Vault, forge: Forge, manifest: Any) -> None:
    """A disclosure then would name two parties at once (RFC 9901, 7.1)."""
    entries = [canonical.decode(entry) for entry in forge.entries]
    sealing = [entry for entry in entries if "_sd" in entry["data"]]
    sealing[1]["data"]["_sd"] = sealing[0]["data"]["_sd"]
    other = Forge(forge.key, map(canonical.encode, entries))
    verdict = judged(vault, other.seal(manifest, other.members(manifest)))

    assert (verdict.verdict, verdict.checks[-1].name) == ("not_ok", "disclosures")
    assert "entries.jsonl:" in str(verdict.checks[-1].place)


def test_a_simulated_vault_stays_one_whatever_its_settings_say(
    vault: Vault, opened: dict[str, bytes]
) -> None:
    """Each entry carries the mark under the log's signature; vault.json is a file that anybody can edit."""
    settings = vault.places.settings
    told = settings.read_text()
    settings.write_text(told.replace('"simulated": true', '"simulated": false'))
    try:
        with pytest.raises(BrokenVault, match="simulated"):
            Vault(vault.places.root).reader  # noqa: B018 - opening is the act
    finally:
        settings.write_text(told)
    assert all(envelope.decode(entry).simulated for entry in entries_of(opened))


def test_a_kept_clock_leaves_no_mark(forge: Forge) -> None:
    """The mark is true or absent: there is one way to say that times were kept."""
    entry = canonical.decode(forge.entries[0])
    del entry["simulated"]

    assert not envelope.decode(canonical.encode(entry)).simulated
    assert format_instant(BEGIN + DAY) == "2026-01-02T00:00:00.000Z"
