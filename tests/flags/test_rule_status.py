"""`kansa rules suspend|reinstate`: honoured by findings, flags, gate and replay, and never by answers of before."""

import json
from pathlib import Path
from typing import Any

import pytest

from kansa.clock import DAY, HOUR, format_instant, parse_instant
from kansa.interfaces.cli.app import run
from kansa.rules.evaluate import decide
from kansa.rules.rulebook import Interpretation, Rulebook
from rules.packs.shelf import library, pack
from worlds import BEGIN, cast, draft, small_vault, story

RULE = "kansa.us.diversion-guidance.flag-unsuitable-address"
SAID = ("--source", "notice of the agency", "--approver", "H. Sato")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The small vault, whose tenant gave the address of a home."""
    told = draft(
        "question.answered", "1", subject_id=cast().tenant, fact="party.address_class", answer="residential"
    )
    small_vault(tmp_path / "vault", [*story(cast()), told])
    return tmp_path / "vault"


def asked(
    capsys: pytest.CaptureFixture[str], root: Path, *words: str, hour: int = 0, code: int | None = None
) -> Any:
    """What a command answers as JSON, some hours after the fifth day."""
    at = format_instant(BEGIN + 5 * DAY + hour * HOUR)
    found = run([*words, "--vault", str(root), "--at", at, "--json"])
    assert code is None or found == code
    return json.loads(capsys.readouterr().out)


def raised(capsys: pytest.CaptureFixture[str], root: Path, hour: int) -> list[str]:
    """The rules of the flags that are open after a run at an hour."""
    asked(capsys, root, "flags", "run", hour=hour)
    return [flag["rule"] for flag in asked(capsys, root, "flags", hour=hour)["flags"] if not flag.get("gone")]


def test_a_suspended_rule_raises_nothing_until_it_is_reinstated(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without copying a pack; from the time that is said, with source and by whom, in the ledger."""
    said = asked(
        capsys, root, "rules", "suspend", "flag-unsuitable-address", "--from", "2026-01-01", *SAID, code=0
    )
    assert (said["rule"], said["status"], said["until"]) == (RULE, "suspended", None)
    assert RULE not in raised(capsys, root, 1)
    back = format_instant(BEGIN + 5 * DAY + 3 * HOUR)
    asked(capsys, root, "rules", "reinstate", RULE, "--from", back, *SAID, hour=2, code=0)
    assert RULE not in raised(capsys, root, 2)
    assert RULE in raised(capsys, root, 4)


def test_a_flag_of_before_replays_as_it_was(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A suspension that is recorded later, whatever day it names, changes no past answer."""
    assert RULE in raised(capsys, root, 0)
    asked(capsys, root, "rules", "suspend", RULE, "--from", "2020-01-01", *SAID, hour=1, code=0)
    assert set(asked(capsys, root, "flags", "replay", hour=2)["flags"].values()) == {"same"}


def test_what_is_not_suspended_is_not_reinstated_and_an_unknown_rule_is_refused(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the rules that are meant perhaps."""
    at = format_instant(BEGIN + 5 * DAY)
    for words, named in (
        (("reinstate", RULE), "not suspended"),
        (("suspend", "unsuitable-address"), RULE),
        (("suspend", RULE, "--until", "2019-01-01"), "--from"),
    ):
        command = ["rules", *words, "--from", "2026-01-01", *SAID, "--vault", str(root), "--at", at]
        assert run(command) == 2
        assert named in capsys.readouterr().err


AT = parse_instant("2026-11-30T00:00:00.000Z")


def record(choice: Any, start: int, end: int = AT + 900 * DAY) -> Interpretation:
    """A suspension or reinstatement of the deny for a tenant of a denial list."""
    return Interpretation(
        rule="kansa.gate.tenant-listed", choice=choice, decided_at=start, expires_at=end, reasons="notice", approver="S"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("records", "outcome"),
    [
        ((), "deny"),
        ((record("suspended", AT),), "hold"),
        ((record("suspended", AT + 1),), "deny"),
        ((record("suspended", AT - DAY, AT),), "deny"),
        ((record("suspended", AT - DAY, AT + 1),), "hold"),
        ((record("suspended", AT - DAY), record("reinstated", AT)), "deny"),
        ((record("suspended", AT - DAY), record("reinstated", AT + 1)), "hold"),
        ((record("reinstated", AT - DAY), record("suspended", AT - HOUR)), "hold"),
    ],
)
def test_the_gate_honours_a_suspension_on_both_sides_of_each_instant(
    records: tuple[Interpretation, ...], outcome: str
) -> None:
    """A suspended deny is shown as not binding, and names the record; nothing else is known, so that it holds."""
    edition = Rulebook((pack("kansa.gate"),), library().catalogue).at(AT, records)
    decision = decide(edition, "login", {"tenant.listed_on": frozenset({"us.el"})})
    assert decision.outcome == outcome
    assert ("kansa.gate.tenant-listed" in decision.not_binding) == (outcome == "hold")
    assert ("kansa.gate.tenant-listed" in decision.readings) == (outcome == "hold")
