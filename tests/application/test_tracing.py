"""Tracing a vault: names in place of ids, what was known at a time, and numbers by which people know things."""

from dataclasses import replace
from pathlib import Path

import pytest

from kansa.application import dossiers
from kansa.application.coherence import CoherenceQuestion, ask
from kansa.application.tracing import (
    KINDS,
    open_dossier,
    trace_in_dossier,
    trace_subject,
    who_in_dossier,
    who_passed,
)
from kansa.clock import DAY
from kansa.errors import BadInput
from kansa.presentation import trace as presentation
from kansa.texts import reading_in
from kansa.vault.vault import Vault
from worlds import BEGIN, cast, draft, small_vault

WHO = cast()
AT = BEGIN + 5 * DAY


def test_a_trace_names_what_it_shows(tmp_path: Path) -> None:
    """The tenant is found by its name in either script, and the lines name it; JSON carries names beside ids."""
    vault = small_vault(tmp_path / "vault")
    found = trace_subject(vault, "tenant", "Aoba")
    for name in ("青葉", WHO.tenant):
        assert trace_subject(vault, "tenant", name).trace == found.trace
    assert found.as_json()["called"][WHO.tenant]["names"] == {"ja": "青葉", "en": "Aoba"}
    english = list(presentation.lines(found, str))
    with reading_in("ja"):
        japanese = list(presentation.lines(found, str))
    assert any("Aoba" in line for line in english)
    assert any("青葉" in line for line in japanese)
    assert WHO.tenant not in "".join(english + japanese)


def test_what_was_recorded_later_is_not_known_before(tmp_path: Path) -> None:
    """A withdrawal that was recorded afterwards changes the answer of now, not that of then."""
    vault = small_vault(tmp_path / "vault")
    then = vault.reader.head().recorded_at
    assert who_passed(vault, WHO.path, AT).who.is_evidenced
    vault.record(draft("end_user.verification_withdrawn", "1", BEGIN + DAY, end_user_id=WHO.tenant))
    assert who_passed(vault, WHO.path, AT).who.served[0].missing == ("identity",)
    assert who_passed(vault, WHO.path, AT, known_at=then).who.is_evidenced


def test_sealed_values_are_told_while_they_are_kept(tmp_path: Path) -> None:
    """Who verified the end user stands in the answer, as known now and as known then."""
    vault = small_vault(tmp_path / "vault")
    for known_at in (None, vault.reader.head().recorded_at):
        said = who_passed(vault, WHO.path, AT, known_at=known_at).who.served[0].statements
        verified = next(each for each in said if each.what == "end_user.verified")
        assert verified.values["verifier"] == "H. Sato"


def test_a_time_that_has_not_come_is_refused(tmp_path: Path) -> None:
    """Nobody has passed through a path in the future."""
    vault = small_vault(tmp_path / "vault")
    with pytest.raises(BadInput, match="has not come yet"):
        who_passed(vault, WHO.path, vault.clock.now() + DAY)


def test_an_unknown_subject_is_refused_with_what_is_like_it(tmp_path: Path) -> None:
    """A name that nothing bears is bad input with near matches."""
    vault = small_vault(tmp_path / "vault")
    with pytest.raises(BadInput) as raised:
        trace_subject(vault, "tenant", "Aobba")
    assert "Aoba" in str(raised.value.help)
    assert replace(trace_subject(vault, "workload", WHO.workload[:10])).trace.subject == WHO.workload


def handed_out(vault: Vault, folder: Path) -> tuple[Path, Path]:
    """A whole dossier of a vault for an auditor, and the reader's policy."""
    answer = ask(vault, CoherenceQuestion())
    dossier, trust = folder / "dossier.zip", folder / "trust.policy"
    dossier.write_bytes(dossiers.build(vault, answer, dossiers.DossierRequest(audience="auditor")))
    trust.write_text(vault.trust_policy(), "utf-8")
    return dossier, trust


def test_a_dossier_alone_gives_the_answer_of_the_vault(tmp_path: Path) -> None:
    """Of a whole dossier every trace and every answer on a path is that of the vault when it was made."""
    vault = small_vault(tmp_path / "vault")
    known, size = vault.reader.head().recorded_at, vault.reader.size()
    shown = open_dossier(*handed_out(vault, tmp_path))
    subjects = {
        "tenant": WHO.tenant, "end-user": "青葉", "device": WHO.devices[0], "contract": WHO.contract, "authorization": WHO.us,
        "path": WHO.path, "site": "Ishikari", "workload": WHO.workload,
    }  # fmt: skip
    assert set(subjects) == set(KINDS)
    for kind, subject in subjects.items():
        there = trace_subject(vault, kind, subject, as_of=AT, known_at=known)
        here = trace_in_dossier(shown, kind, subject, as_of=AT)
        assert here.trace.statements == there.trace.statements, kind
        assert here.trace.checks == there.trace.checks, kind
        assert here.called == there.called, kind
    assert (
        who_in_dossier(shown, WHO.path, AT).who.served
        == who_passed(vault, WHO.path, AT, known_at=known).who.served
    )
    assert trace_in_dossier(shown, "site", "Ishikari").entries == size


def test_a_dossier_that_does_not_verify_answers_nothing(tmp_path: Path) -> None:
    """One changed byte, or another key than the reader pinned: refused, with where to look."""
    dossier, trust = handed_out(small_vault(tmp_path / "vault"), tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    _, stranger = handed_out(small_vault(other / "vault", seed=11), other)
    with pytest.raises(BadInput, match="does not verify"):
        open_dossier(dossier, stranger)
    dossier.write_bytes(dossier.read_bytes().replace(b'"gaps":', b'"gbps":'))
    with pytest.raises(BadInput, match="does not verify"):
        open_dossier(dossier, trust)
