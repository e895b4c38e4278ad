"""What is not known is refused at once, with what is allowed or what it may have been meant for."""

import json
from pathlib import Path

import pytest

from kansa.interfaces.cli.app import run
from worlds import small_vault


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """The small world's vault, with an administrator."""
    root = tmp_path / "v"
    small_vault(root)
    run(["person", "key", str(tmp_path / "admin")])
    public = ("--public-key", str(tmp_path / "admin.pub"), "--key", str(tmp_path / "admin"))
    run(["person", "enroll", "--name", "Admin", "--name-ja", "管理者", *public, "--vault", str(root)])
    return root


@pytest.mark.parametrize(
    ("command", "code", "named"),
    [
        (
            ["role", "grant", "Admin", "export_control_oficer", "--key", "admin"],
            "role.unknown",
            "export_control_officer",
        ),
        (
            ["init", "--origin", "a.example/x", "--name", "A", "--zone", "asia/tokio"],
            "vault.zone",
            "Asia/Tokyo",
        ),
        (["init", "--origin", "a.example/x", "--name", "A", "--zone", "Tokyo"], "vault.zone", "Asia/Tokyo"),
        (["records", "--type", "kansa.party.registred.v0"], "records.kind", "kansa.party.registered.v0"),
        (["serve", "--port", "70000"], "serve.port", "65535"),
    ],
)
def test_an_unknown_role_zone_kind_or_port_is_refused_with_what_was_meant(
    vault: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    *,
    code: str,
    named: str,
) -> None:
    """Exit 2, and nothing is recorded or made."""
    root = tmp_path / "new" if command[0] == "init" else vault
    signed = [str(tmp_path / "admin") if each == "admin" else each for each in command]
    more = [] if command[0] == "serve" else ["--json"]
    capsys.readouterr()

    assert run([*signed, "--vault", str(root), *more]) == 2
    printed = capsys.readouterr()
    told = json.loads(printed.out)["error"] if more else {"code": code, "help": printed.err}
    assert told["code"] == code
    assert named in told["help"]
    assert not (tmp_path / "new").exists()
