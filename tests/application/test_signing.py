"""What people sign, prepared in one place and signed in another; and what may be said by name or under a key."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kansa.application.cases import CaseService
from kansa.application.signing import SIGNED_WITHIN, Prepared, Statement, StatementService, signer_of
from kansa.clock import DAY, format_instant
from kansa.errors import BadInput
from kansa.people.keys import Key, key_from
from kansa.people.signed_records import Scope
from kansa.records import statement
from kansa.records.draft import Draft
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.rule import RuleReadingRecorded
from kansa.records.kinds.signed import Attributable
from kansa.vault.vault import Vault
from worlds import BEGIN, dice, draft, small_vault

ADMIN, CLERK, STRANGER = (key_from(dice(seed)(32)) for seed in (71, 72, 73))
NOW = BEGIN + 30 * DAY
READING = "kansa.rule.reading_recorded.v0"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A vault in which an administrator and a clerk are enrolled."""
    small_vault(tmp_path / "v")
    opened = Vault(tmp_path / "v", at=NOW)
    people = CaseService(opened)
    _, first = people.enrol(ADMIN.public, ADMIN.public, {"en": "Admin", "ja": "管理者"})
    people.sign(first, ADMIN)
    _, second = people.enrol(ADMIN.public, CLERK.public, {"en": "Clerk", "ja": "担当"})
    people.sign(second, ADMIN)
    return opened


def grant(vault: Vault, key: Key = ADMIN) -> Prepared:
    """An act: the clerk gets a role."""
    people = CaseService(vault)
    return people.grant(key.public, people.person("Clerk").id, "account_manager", None)


def test_what_is_prepared_records_nothing_and_is_recorded_with_a_signature_made_elsewhere(
    vault: Vault,
) -> None:
    """The service sees a public key and a signature; the private key signs bytes that anybody can hand to it."""
    people, size = CaseService(vault), vault.reader.size()
    prepared = grant(vault)
    assert (vault.reader.size(), prepared.refused) == (size, None)
    signature = ADMIN.sign(prepared.message)

    done = people.submit(prepared, signature)

    assert done.index == size
    assert "account_manager" in people.person("Clerk").roles


def test_a_signature_of_other_bytes_or_of_another_key_is_refused(vault: Vault) -> None:
    """Nothing is recorded, and it is said with which key to sign."""
    people, prepared, size = CaseService(vault), grant(vault), vault.reader.size()
    for wrong in (ADMIN.sign(prepared.message + b" "), CLERK.sign(prepared.message), b""):
        with pytest.raises(BadInput) as told:
            people.submit(prepared, wrong)
        assert told.value.code == "signature.invalid"
    assert vault.reader.size() == size


def test_what_would_not_count_is_said_before_anybody_signs_and_again_at_the_end(vault: Vault) -> None:
    """A clerk is no administrator; an administrator whose key is revoked meanwhile is none either."""
    early = grant(vault, CLERK)
    assert early.refused == "not_in_order"
    assert CaseService(vault).sign(early, CLERK).refused == "not_in_order"

    people, prepared = CaseService(vault), grant(vault)
    signature = ADMIN.sign(prepared.message)
    people.sign(people.revoke(ADMIN.public, people.person("Admin").id, NOW, "lost"), ADMIN)
    assert people.submit(prepared, signature).refused == "not_in_order"


def test_what_was_prepared_too_long_ago_is_prepared_again(vault: Vault) -> None:
    """What it rests on may have changed since."""
    prepared = grant(vault)
    later = CaseService(Vault(vault.places.root, at=NOW + SIGNED_WITHIN + 1_000))
    with pytest.raises(BadInput) as told:
        later.submit(prepared, ADMIN.sign(prepared.message))
    assert told.value.code == "signature.late"


def test_a_key_that_is_nobodys_prepares_nothing(vault: Vault) -> None:
    """As when it signs."""
    with pytest.raises(BadInput) as told:
        grant(vault, STRANGER)
    assert told.value.code == "key.nobody"


def test_a_case_act_is_prepared_with_the_beginning_of_the_cases_id(vault: Vault) -> None:
    """What is signed names the case in full."""
    people = CaseService(vault)
    tenant = next(id_ for id_, names in vault.directory().names.items() if "Aoba" in names.values())
    case = people.open(tenant, tenant, "onboarding", None)
    with pytest.raises(BadInput, match="it is not said which route"):
        people.propose(
            ADMIN.public,
            case[:9],
            None,
            "permit",
            scope=Scope(),
            until=NOW + DAY,
            reasons="x",
            evidence=(),
        )


def reading(**more: Any) -> Statement:
    """How the operator reads a rule."""
    made = draft("rule.reading_recorded", "r", NOW, NOW + DAY, rule="kansa.x.y", reading="apply", **more)
    return Statement(made, "approver")


def recorded(vault: Vault, index: int) -> IndexedClaim:
    """The claim at an index, revealed."""
    with vault.evidence() as evidence:
        found = evidence.journal.at(index)
    assert found is not None
    return found


def signer(vault: Vault, index: int) -> dict[str, str | None]:
    """Who signed it."""
    with vault.evidence() as evidence:
        return signer_of(recorded(vault, index), evidence.journal)


def test_a_statement_is_taken_by_name_as_before_or_under_a_key_with_the_persons_id(vault: Vault) -> None:
    """By name it is somebody's word and bears no signature; under a key it is attributable."""
    service = StatementService(vault)
    by_name = service.take(reading(reasons="as counsel reads it"), "Sato", None)
    by_key = service.take(reading(reasons="as counsel reads it"), None, CLERK)

    first, second = recorded(vault, by_name).claim, recorded(vault, by_key).claim
    assert isinstance(first, RuleReadingRecorded)
    assert isinstance(second, RuleReadingRecorded)
    assert (first.approver, first.approver_id, signer(vault, by_name)) == (
        "Sato",
        None,
        {"signer": None, "signature": None},
    )
    clerk = CaseService(vault).person("Clerk").id
    assert (second.approver, second.approver_id) == ("Clerk", clerk)
    assert signer(vault, by_key) == {"signer": clerk, "signature": "valid"}
    assert second.reading == "apply"
    assert second.known_by == "attested"


def test_a_statement_needs_a_name_or_a_key_of_somebody_enrolled(vault: Vault) -> None:
    """Nobody's word is not recorded."""
    service = StatementService(vault)
    for key, code in ((None, "signer.none"), (STRANGER, "key.nobody")):
        with pytest.raises(BadInput) as told:
            service.take(reading(), None, key)
        assert told.value.code == code


@pytest.mark.parametrize("change", [lambda text: f"{text} ", lambda _: "Somebody else"])
def test_a_signature_binds_what_is_sealed(vault: Vault, change: Callable[[str], str]) -> None:
    """Of a judgement of a candidate, which candidate; of a suspension, its source. What is withheld cannot be compared."""
    prepared = StatementService(vault).prepare_statement(CLERK.public, reading())
    claim = statement._claim(READING, prepared.draft.data)
    assert isinstance(claim, Attributable)
    assert statement.binds_sealed(claim)
    altered = statement._claim(READING, {**prepared.draft.data, "approver": change("Clerk")})
    assert isinstance(altered, Attributable)
    assert not statement.binds_sealed(altered)


def test_a_record_made_before_people_signed_is_what_it_was(vault: Vault) -> None:
    """Its subjects, its keeper and its bytes do not change by what may now be signed."""
    old = Draft(READING, "urn:x", "k", NOW, {**reading().draft.data, "approver": "Sato"})
    index = vault.record(old)
    found = recorded(vault, index)
    assert found.about == ()
    assert format_instant(NOW) == found.claim.valid_from
