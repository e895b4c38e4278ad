"""A dossier with an answer to a flag that somebody signed."""

import json
from pathlib import Path
from typing import Any

import pytest

from kansa.clock import DAY, format_instant
from kansa.interfaces.cli.app import run
from worlds import BEGIN, cast, draft, small_vault, story

AT = format_instant(BEGIN + 30 * DAY)


def asked(capsys: pytest.CaptureFixture[str], root: Path, *words: str) -> Any:
    """What a command answers as JSON."""
    run([*words, "--vault", str(root), "--at", AT, "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("scope", [(), ("--tenant", "Aoba")])
def test_a_signed_answer_is_handed_out_with_what_its_signature_rests_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], scope: tuple[str, ...]
) -> None:
    """The dossier verifies, and holds the enrolment of the person whose key it is."""
    told = draft(
        "question.answered", "1", subject_id=cast().tenant, fact="party.address_class", answer="residential"
    )
    small_vault(tmp_path / "vault", [*story(cast()), told])
    root, key, dossier = tmp_path / "vault", str(tmp_path / "sato"), tmp_path / "d.zip"
    run(["person", "key", key])
    capsys.readouterr()
    asked(capsys, root, "person", "enroll", "--name", "Sato", "--public-key", f"{key}.pub", "--key", key)
    asked(capsys, root, "flags", "run")
    flags = asked(capsys, root, "flags")["flags"]
    mine = next(flag["id"] for flag in flags if flag["subject"] == cast().tenant)
    asked(capsys, root, "flags", "resolve", mine, "--as", "explained", "--reasons", "lease", "--key", key)

    assert run(["dossier", "build", *scope, "--vault", str(root), "--at", AT, "-o", str(dossier)]) == 0
    capsys.readouterr()
    run(["verify", str(dossier), "--allow-unpinned", "--json"])
    verdict = json.loads(capsys.readouterr().out)

    assert verdict["verdict"] in {"consistent_only", "ok_unwitnessed"}, verdict
    entries = dossier.read_bytes()
    assert b"kansa.flag.resolved.v0" in entries
    assert b"kansa.person.enrolled.v0" in entries
