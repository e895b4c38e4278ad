"""Rows of segments in a dossier: shown with their proofs, judged by who has no database, and nothing of it left out."""

import gzip
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evidence.bulk_rows import subject
from evidence.many_rows import row, rows
from kansa.application.coherence import CoherenceQuestion, ask
from kansa.application.dossiers import DossierRequest, build
from kansa.application.erase import erase
from kansa.application.segments import take_rows
from kansa.clock import DAY, HOUR
from kansa.dossier import alone, container
from kansa.dossier.verdict import Verdict
from kansa.dossier.verify import verify
from kansa.evidence.entry import Report
from kansa.ledger import policy
from kansa.vault.vault import Vault
from worlds import BEGIN, cast, draft, small_vault

WHO = cast()
REPORT = Report("slurm", [{"name": "a.txt", "sha256": "0" * 64}], 0, {}, "slurm 1")
USERS = [None, WHO.tenant, subject("pty", 77)]


def jobs(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Jobs of three tenants and of nobody, with their users, on a node and on its devices."""
    chance = random.Random(seed)
    for number in range(count):
        start = BEGIN + chance.randrange(40) * 6 * HOUR
        tenant = chance.choice([WHO.tenant, WHO.tenant, WHO.other, subject("pty", 5), ""])
        yield row(
            number,
            start,
            subject=tenant,
            end=chance.choice([None, start + HOUR, start + 30 * HOUR]),
            end_user=chance.choice(USERS) if tenant == WHO.tenant else None,
            path=WHO.path if tenant == WHO.tenant else None,
            site=chance.choice([WHO.site, None]),
            units=chance.choice([[WHO.node], sorted(WHO.devices), [subject("nod", 9)]]),
            accelerators=chance.choice([None, 1, 2]),
            item_class=chance.choice([None, "h100-sxm5"]),
        )


def bulk_vault(root: Path, count: int = 24) -> Vault:
    """A small vault with four segments: versions, a row that went to another tenant, a job that was queued again."""
    vault = small_vault(root)
    first = list(jobs(count, 1))
    take_rows(vault, rows(first), REPORT, most=max(1, count // 2))
    changed = [{**each, "end": each["start"] + 2 * HOUR} for each in first[::7]]
    moved = [{**first[3], "subject": WHO.other, "path": None, "end_user": None}]
    again = [
        row(number, BEGIN + 11 * DAY, subject=WHO.tenant, path=WHO.path, units=[WHO.node])
        for number in (5, 6)
    ]
    take_rows(vault, rows(changed + moved + again), REPORT)
    take_rows(
        vault, rows([{**first[7], "user": "other name", "end_user": USERS[2], "subject": WHO.tenant}]), REPORT
    )
    return vault


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """Rows in bulk beside the small world's records."""
    return bulk_vault(tmp_path_factory.mktemp("rows") / "vault")


def made(vault: Vault, audience: str = "auditor", **asked: Any) -> bytes:
    """A dossier."""
    question = CoherenceQuestion(start=BEGIN, end=BEGIN + 14 * DAY, **asked)
    return build(vault, ask(vault, question), DossierRequest(audience=audience))


def judged(vault: Vault, data: bytes) -> Verdict:
    """The verdict of a reader who pinned the log."""
    return verify(data, policy.parse(vault.trust_policy().encode()))


SCOPES: list[dict[str, Any]] = [
    {},
    {"tenant": WHO.tenant},
    {"end_user": USERS[2]},
    {"tenant": WHO.tenant, "end_user": WHO.tenant},
]


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("audience", ["auditor", "exporter"])
def test_a_dossier_over_segments_says_what_the_vault_says(
    vault: Vault, scope: dict[str, Any], audience: str
) -> None:
    """Law: its reader derives the same gaps and sums from rows and records, whoever it is about and for."""
    data = made(vault, audience, **scope)
    verdict = judged(vault, data)
    assert verdict.verdict == "ok_unwitnessed", verdict.checks[-1]
    about = verdict.about["rows"]
    assert about["segments"] == about["looked_at"] == len(vault.segments())
    assert about["rows"] > 0
    assert (about["with_values"] > 0) is (audience == "auditor")
    assert about["with_values"] in (0, about["rows"]) or scope.keys() == {"tenant", "end_user"}
    own = ask(vault, CoherenceQuestion(start=BEGIN, end=BEGIN + 14 * DAY, **scope)).assessment.result
    coherence = verdict.checks[-1].detail
    assert coherence.startswith(f"{own.uses} uses swept anew: {own.gaps} gaps"), coherence
    assert "rows" in [check.name for check in verdict.checks]
    assert f"{about['rows']} of {about['looked_at']} segments" in alone.text(verdict)


def test_an_audience_that_may_not_see_them_gets_no_sealed_values(vault: Vault) -> None:
    """User and job names stay sealed; an auditor has them."""

    def values(data: bytes) -> bytes:
        return b"".join(
            gzip.decompress(each)
            for name, each in container.decode(data).items()
            if name.endswith("values.jsonl.gz")
        )

    assert b"user 3" in values(made(vault, "auditor"))
    assert values(made(vault, "exporter")) == b""


def test_a_dossier_of_a_tenant_names_no_other_tenant_of_its_segments(vault: Vault) -> None:
    """Where a row went, and who else is in the segment, is nobody's business."""
    for name, content in container.decode(made(vault, tenant=WHO.tenant)).items():
        if name.startswith("segments/"):
            text = gzip.decompress(content) if name.endswith(".gz") else content
            assert WHO.other.encode() not in text, name
            assert subject("pty", 5).encode() not in text, name


def test_a_tenant_without_rows_is_shown_to_have_none(vault: Vault) -> None:
    """Absence is a proof as well."""
    stranger = small_vault_tenant(vault)
    verdict = judged(vault, made(vault, tenant=stranger))
    assert verdict.verdict == "ok_unwitnessed", verdict.checks[-1]
    assert verdict.about["rows"]["rows"] == 0


def small_vault_tenant(vault: Vault) -> str:
    """A tenant of the records that no segment has: none but the small world's are registered, so one is made."""
    stranger = subject("pty", 4242)
    vault.record(
        draft("party.registered", "stranger", party_id=stranger, roles=["tenant"], names={"en": "S"})
    )
    return stranger


def test_one_users_values_can_be_erased_and_the_others_still_be_shown(tmp_path: Path) -> None:
    """Law: no blob is committed; erasing one end user leaves every proof, and the others' values provable."""
    vault = bulk_vault(tmp_path / "vault")
    before = judged(vault, made(vault, tenant=WHO.tenant)).about["rows"]
    vault.record(_registered(USERS[2]))
    erase(vault, str(USERS[2]), "asked for", despite_retention=True)
    verdict = judged(vault, made(vault, tenant=WHO.tenant))
    assert verdict.verdict == "ok_unwitnessed", verdict.checks[-1]
    after = verdict.about["rows"]
    assert after["rows"] == before["rows"] == before["with_values"]
    assert 0 < after["with_values"] < before["with_values"]


def _registered(party: str | None) -> Any:
    return draft("party.registered", f"{party}", party_id=party, roles=["end_user"], names={"en": "U"})
