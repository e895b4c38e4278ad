"""A command that has nothing to show says of how much: an empty answer reads like a good one."""

from pathlib import Path

import pytest

from kansa.interfaces.cli.app import run


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["records"], "0 records"),
        (["records", "--type", "kansa.party.registered.v0"], "0 of 0 records"),
        (["case", "list"], "0 cases are recorded; 0 parties"),
        (["flags"], "ot assessed"),
        (["flags", "replay"], "0 flags are recorded"),
        (["flags", "reconfigurations"], "0 reconfigurations are on record within 90 days"),
        (["standing", "handovers"], "ot assessed"),
        (["gate", "list"], "0 of 0 entries"),
        (["person", "list"], "Nobody is enrolled"),
        (["lists", "status"], "No list has been added"),
        (["screen", "parties"], "no list to screen against"),
        (["coherence"], "knows of no use"),
    ],
    ids=lambda command: " ".join(command) if isinstance(command, list) else "",
)
def test_an_empty_vault_is_never_answered_with_silence(
    command: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """None of none is said as that, or not assessed."""
    vault = str(tmp_path / "v")
    run(["init", "--origin", "a.example/kansa/evidence", "--name", "A", "--vault", vault])
    capsys.readouterr()

    run([*command, "--vault", vault])
    told = capsys.readouterr()

    assert said in told.out + told.err
