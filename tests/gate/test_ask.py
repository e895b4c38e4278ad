"""`kansa gate` on a vault: asked by command, laid open as a tree, made again, and no longer once values are erased."""

import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kansa.interfaces.cli.app import run
from kansa.ledger import keys
from kansa.ledger.stores.values import ValueWriter
from kansa.vault.vault import Vault
from worlds import cast, small_vault

AT = "2026-01-06T00:00:00Z"


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small world, a few days in."""
    root = tmp_path_factory.mktemp("ask") / "vault"
    small_vault(root)
    return root


def ask(vault: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Ask about the tenant; exit code and what is printed."""
    who = cast()
    named = ["--end-user", who.tenant, "--tenant", "Aoba", "--path", who.path, "--item", "h100-sxm5"]
    code = run(["gate", "ask", *words, *named, "--vault", str(vault), "--at", AT])
    return code, capsys.readouterr().out


def replay(vault: Path, capsys: pytest.CaptureFixture[str], decision: str, *words: str) -> tuple[int, str]:
    """Make a decision again; exit code and what is printed."""
    code = run(["gate", "replay", decision, *words, "--vault", str(vault)])
    return code, capsys.readouterr().out


@pytest.mark.parametrize("action", ["onboard", "login", "schedule", "shift", "ship"])
def test_a_decision_made_again_is_the_same_for_the_same_reasons(
    vault: Path, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    """Law: outcome and rules follow from the log, the packs kept and the values kept alone."""
    code, answered = ask(vault, capsys, action, "--site", "Ishikari", "--purpose", "train", "--json")
    context: dict[str, Any] = json.loads(answered)["context"]
    again, told = replay(vault, capsys, context["id"], "--json")
    found = json.loads(told)
    assert (code, again, found["same"]) == (1, 0, True)
    assert found["recorded"] == found["replayed"]
    assert found["recorded"]["determining"] == [reason["rule"] for reason in context["reasons"]]
    assert found["entry"] == context["entry"]["index"]


def test_the_reasoning_is_a_tree_in_either_language(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Law: each rule with its words, sources and whether it was compared; each leaf with value and truth; who may release."""
    _, english = ask(vault, capsys, "schedule", "--site", "Ishikari", "--purpose", "train")
    _, japanese = ask(vault, capsys, "schedule", "--site", "石狩", "--purpose", "train", "--lang", "ja")
    assert english.startswith("HOLD: ")
    assert japanese.startswith("保留: ")
    for text, verified, unknown in (
        (english, "our practice, not law", "not known"),
        (japanese, "製品の実務（法令ではない）", "不明"),
    ):
        assert re.search(rf"[├└]── ✓ \S+ kansa\.gate\.\S+ \({re.escape(verified)}\)", text)
        assert re.search(r"│   ├── § ", text)
        assert re.search(rf"\? .* — tenant\.screening_age_s {unknown}", text)
        assert re.search(r"✓ .* — tenant\.ownership_complete \S+ (no|いいえ)", text)
    assert "who may release" in english
    assert "解除できる者" in japanese
    assert not re.search(r"[぀-ヿ一-鿿]", english)


def test_whom_nobody_knows_is_held(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Law: a name that means nobody is unknown, and unknown is held."""
    code = run(
        ["gate", "ask", "login", "--end-user", "nobody-at-all", "--vault", str(vault), "--at", AT, "--json"]
    )
    context = json.loads(capsys.readouterr().out)["context"]
    assert (code, context["state"]) == (1, "hold")
    assert any(
        "end_user.disclosed" in reason.get("unknown", ()) or "end-user" in reason["rule"]
        for reason in context["reasons"]
    )


def test_what_was_not_known_is_said_first_with_names_near(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Law: before state and reasons, each option with what it held; a paragraph means the items classified so."""
    named = [
        "--end-user",
        "Aobba",
        "--site",
        "Ishikri",
        "--item",
        "3A090.c",
        "--vault",
        str(vault),
        "--at",
        AT,
    ]
    assert run(["gate", "ask", "schedule", *named]) == 1
    first, second, third, told, *_ = capsys.readouterr().out.splitlines()
    assert first == "not known here: `Aobba` (--end-user): no id, key or name; near: Aoba"
    assert second == "not known here: `Ishikri` (--site): no id, key or name; near: Ishikari"
    assert third == "not known here: `3A090.c` (--item): no id, key or name; near: 3A090.a"
    assert told.startswith("HOLD: nothing here is known as `Aobba` (end user)")
    named = [
        "--end-user",
        "Aoba",
        "--site",
        "Ishikari",
        "--item",
        "3A090.a",
        "--vault",
        str(vault),
        "--at",
        AT,
    ]
    run(["gate", "ask", "schedule", *named, "--json"])
    assert "not_known" not in json.loads(capsys.readouterr().out)["context"]


def test_the_japanese_reasoning_has_its_values_in_japanese(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Law: yes, no and the values of facts read as a Japanese reader writes them."""
    _, told = ask(vault, capsys, "schedule", "--site", "石狩", "--purpose", "train", "--lang", "ja")
    values = re.findall(r" 値 (.*)$", told, re.MULTILINE)
    assert values
    assert not [value for value in values if re.search(r"True|False|^[a-z_]+$", value)]


def test_who_asks_about_nobody_or_replays_nothing_is_told(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Law: bad input is exit 2, and says what to do."""
    assert run(["gate", "ask", "login", "--vault", str(vault), "--at", AT]) == 2
    assert run(["gate", "replay", "01NOTHING", "--vault", str(vault)]) == 2
    assert "context.id" in capsys.readouterr().err


def test_after_an_erasure_a_decision_is_no_longer_replayable_and_still_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Law: the facts are gone with the end user's values; the decision and its rules remain in the log."""
    root = tmp_path / "vault"
    small_vault(root)
    _, answered = ask(root, capsys, "login", "--json")
    decision = json.loads(answered)["context"]["id"]
    vault = Vault(root)
    with closing(
        ValueWriter(vault.places.values, keys.load_key(vault.places.keys / "values.key", "values"))
    ) as values:
        values.erase(cast().tenant)
    code, told = replay(root, capsys, decision, "--json")
    found = json.loads(told)
    assert (code, found["same"], found["replayed"]) == (1, False, None)
    assert found["not_replayable"] == "not replayable: erased"
    assert found["recorded"]["outcome"] == "hold"


def test_the_operators_own_practice_is_never_called_verified(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Law: a rule that rests on our practice alone says so, in text and JSON; nobody compared it with a text."""
    _, answered = ask(vault, capsys, "schedule", "--site", "Ishikari", "--purpose", "train", "--json")
    reasons = {reason["rule"]: reason for reason in json.loads(answered)["context"]["reasons"]}
    own = [reason for reason in reasons.values() if reason.get("practice")]
    assert own
    assert not any(reason["verified"] for reason in own)
    assert not any(cited.get("verified") for reason in own for cited in reason["citations"])
    _, english = ask(vault, capsys, "schedule", "--site", "Ishikari", "--purpose", "train")
    assert all(f"{reason['rule']} (our practice, not law)" in english for reason in own)
