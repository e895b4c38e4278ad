"""The command line: what it prints, and how it ends."""

import importlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from cyclopts import App

from kansa.interfaces.cli.app import COMMANDS, run
from kansa.vault.vault import Vault
from worlds import cast, small_vault

PARTIES = """\
source: parties
kind: kansa.party.registered.v0
natural_key: [key]
zone: Asia/Tokyo
fields:
  known_by: {value: documented}
  valid_from: {column: since, as: date}
  party_id: {id: party, system: party, column: key}
  roles: {value: [tenant]}
  names:
    object:
      ja: {column: ja}
      en: {column: en}
"""


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """The small world's vault."""
    root = tmp_path / "vault"
    small_vault(root)
    return root


def said(capsys: pytest.CaptureFixture[str], *command: object) -> tuple[int, Any]:
    """The exit code and the JSON result of a command."""
    code = run([*map(str, command), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_init_makes_a_vault_and_names_the_key_to_pin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a reader needs first is the log's key."""
    code, made = said(
        capsys, "init", "--origin", "a.example/kansa/evidence", "--name", "A", "--vault", tmp_path / "v"
    )

    assert code == 0
    assert made["key"].startswith("a.example/kansa/evidence+")
    assert not made["simulated"]


def test_init_refuses_a_directory_that_is_not_empty(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A vault is never overwritten."""
    code, told = said(capsys, "init", "--origin", "a.example/x", "--name", "A", "--vault", vault)

    assert (code, told["error"]["code"]) == (2, "vault.exists")


def test_a_command_without_a_vault_says_how_to_make_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Bad input ends with 2, and says what to do."""
    code = run(["coherence", "--vault", str(tmp_path / "none")])

    assert code == 2
    assert "kansa init" in capsys.readouterr().err


def test_a_time_is_only_told_to_a_simulated_vault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Real vaults keep the real time."""
    run(["init", "--origin", "a.example/x", "--name", "A", "--vault", str(tmp_path / "v")])
    capsys.readouterr()
    code, told = said(capsys, "ledger", "status", "--vault", tmp_path / "v", "--at", "2026-01-01T00:00:00Z")

    assert (code, told["error"]["code"]) == (2, "clock.simulated")


@pytest.mark.parametrize("text", ["tomorrow", "2026-01-01T00:00:00", "2026-13-01"])
def test_a_time_without_an_offset_is_refused(
    vault: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """A time that may mean two instants is none."""
    code, told = said(capsys, "coherence", "--vault", vault, "--to", text)

    assert (code, told["error"]["code"]) == (2, "option.time")
    assert text in told["error"]["message"]


def test_coherence_gives_the_stable_json_and_ends_with_1_when_there_is_a_gap(
    vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two days of two accelerators lack a verification; the balance is said with it."""
    code, result = said(capsys, "coherence", "--vault", vault, "-o", tmp_path / "gaps.parquet")

    assert code == 1
    assert (
        result
        | {
            "uses": 1,
            "use_seconds": 10 * 86400 * 2,
            "evidenced_seconds": 8 * 86400 * 2,
            "late_seconds": 0,
            "gap_seconds": 2 * 86400 * 2,
            "gaps": 1,
            "installed_seconds": 20 * 86400 * 2,
            "used_seconds": 10 * 86400 * 2,
            "idle_seconds": 10 * 86400 * 2,
            "unobserved_seconds": 0,
        }
        == result
    )
    assert result["evidenced_by"]["documented"] == 8 * 86400 * 2
    assert pq.read_table(tmp_path / "gaps.parquet").to_pylist()[0]["missing"] == 1


def test_coherence_of_a_period_without_a_gap_ends_with_0(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The period cuts uses, and dates are read in the vault's zone."""
    code, result = said(capsys, "coherence", "--vault", vault, "--from", "2026-01-04", "--to", "2026-01-06")

    assert (code, result["gaps"], result["use_seconds"]) == (0, 0, 2 * 86400 * 2)


def test_a_tenant_is_found_by_name_in_either_language(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """People ask by name; what is not known is said."""
    for name in ("青葉", "Aoba", cast().tenant):
        assert said(capsys, "coherence", "--vault", vault, "--tenant", name)[1]["uses"] == 1

    code, told = said(capsys, "coherence", "--vault", vault, "--tenant", "nobody")
    assert (code, told["error"]["code"]) == (2, "tenant.unknown")


def test_the_report_is_written_and_the_sentence_is_said_in_japanese(
    vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence with its denominator, and one file."""
    run(["coherence", "--vault", str(vault), "--language", "ja", "--report", str(tmp_path / "r.html")])

    assert "機器時間のうち" in capsys.readouterr().out
    assert "<html" in (tmp_path / "r.html").read_text("utf-8")


def test_verify_ends_by_its_verdict(vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0 under a pinned key, 1 unpinned unless the reader says so, 1 for a changed byte."""
    dossier, trust = tmp_path / "d.zip", tmp_path / "trust.policy"
    run(["dossier", "build", "--vault", str(vault), "-o", str(dossier), "--at", "2026-02-01"])
    capsys.readouterr()
    run(["ledger", "trust", "--vault", str(vault)])
    trust.write_text(capsys.readouterr().out)
    changed = tmp_path / "changed.zip"
    changed.write_bytes(dossier.read_bytes().replace(b'"uses":1', b'"uses":2'))

    assert said(capsys, "verify", dossier, "--trust", trust)[0] == 0
    assert said(capsys, "verify", dossier)[0] == 1
    assert said(capsys, "verify", dossier, "--allow-unpinned")[0] == 0
    code, verdict = said(capsys, "verify", changed, "--trust", trust)
    assert (code, verdict["verdict"]) == (1, "not_ok")
    assert "coherence/result.json" in verdict["checks"][-1]["detail"]
    assert said(capsys, "verify", tmp_path / "absent.zip")[0] == 2


def test_a_policy_that_cannot_be_read_is_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is verified under a policy that is not understood; each line that is wrong is named."""
    (tmp_path / "bad.policy").write_text("log nonsense\nquorum nobody\n")
    code, told = said(capsys, "verify", tmp_path / "bad.policy", "--trust", tmp_path / "bad.policy")

    assert (code, told["error"]["code"]) == (2, "policy.format")
    assert [problem["line"] for problem in told["error"]["problems"]] == [1, 2]


def test_ingest_accounts_for_every_row_and_again_adds_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A row that cannot be read is quarantined with its place; the others are recorded; reading again is harmless."""
    root, mapping, file = tmp_path / "v", tmp_path / "parties.yaml", tmp_path / "parties.csv"
    run(["init", "--origin", "a.example/x", "--name", "A", "--vault", str(root)])
    capsys.readouterr()
    mapping.write_text(PARTIES)
    file.write_text("key,ja,en,since\naoba,青葉,Aoba,2026-01-01\nhato,鳩,Hato,yesterday\n", "utf-8")

    code, first = said(capsys, "ingest", "table", file, "--map", mapping, "--vault", root)
    assert (code, first["rows"], first["records"], first["quarantined"]) == (1, 2, 1, 1)
    kept = [json.loads(line) for line in Path(first["quarantine_file"]).read_text("utf-8").splitlines()]
    assert "3" in json.dumps(kept)
    _, again = said(capsys, "ingest", "table", file, "--map", mapping, "--vault", root)
    assert (again["records"], again["duplicates"], again["quarantined"]) == (0, 1, 1)
    _, dry = said(capsys, "ingest", "table", file, "--map", mapping, "--vault", root, "--dry-run")
    assert dry["dry_run"]
    assert said(capsys, "ledger", "status", "--vault", root)[1]["size"] == 2, (
        "one party, one report of the source"
    )


def test_a_table_needs_a_mapping(vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The message says where its format is described."""
    code, told = said(capsys, "ingest", "table", tmp_path / "x.csv", "--vault", vault)

    assert (code, told["error"]["code"]) == (2, "ingest.map")


def test_records_are_counted_and_listed(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sealed values are shown only when asked for."""
    assert said(capsys, "records", "--vault", vault)[1]["records"]["kansa.device.moved.v0"] == 2
    run(["records", "--vault", str(vault), "--type", "kansa.party.registered.v0"])
    assert "Aoba" not in capsys.readouterr().out
    run(["records", "--vault", str(vault), "--about", cast().tenant, "--reveal"])
    assert "Aoba" in capsys.readouterr().out


def test_an_audit_finds_an_entry_that_was_changed(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0 for a whole log, 1 with the place for one that is not."""
    assert said(capsys, "ledger", "audit", "--vault", vault)[1]["ok"]
    with closing(sqlite3.connect(vault / "ledger.db", isolation_level=None)) as connection:
        (body,) = connection.execute("SELECT body FROM entry WHERE seq = 3").fetchone()
        connection.execute("UPDATE entry SET body = ? WHERE seq = 3", (body.replace(b"permit", b"denied"),))
    code, report = said(capsys, "ledger", "audit", "--vault", vault)

    assert (code, report["ok"]) == (1, False)
    assert report["faults"]


def test_a_vault_that_is_behind_its_published_checkpoint_ends_with_3(
    vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A restored older database must not be written on."""
    for name in ("ledger.db", "ledger.db-wal", "ledger.db-shm"):
        if (vault / name).exists():
            shutil.copy(vault / name, tmp_path / name)
    build = ["dossier", "build", "--vault", str(vault), "-o", str(tmp_path / "d.zip"), "--at", "2026-02-01"]
    assert run(build) == 0
    for name in ("ledger.db", "ledger.db-wal", "ledger.db-shm"):
        (vault / name).unlink(missing_ok=True)
        if (tmp_path / name).exists():
            shutil.copy(tmp_path / name, vault / name)
    capsys.readouterr()
    code = run([*build, "--json"])

    assert code == 3
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "vault.behind"


def test_a_command_appends_through_the_process_that_holds_the_sequencer(tmp_path: Path) -> None:
    """While `kansa serve` holds the log, another process ingests, and both see the same ledger."""
    root, mapping, file = tmp_path / "v", tmp_path / "parties.yaml", tmp_path / "parties.csv"
    kansa = [sys.executable, "-m", "kansa"]
    subprocess.run(
        [*kansa, "init", "--origin", "a.example/x", "--name", "A", "--vault", root],
        check=True,
        capture_output=True,
    )
    mapping.write_text(PARTIES)
    file.write_text("key,ja,en,since\naoba,青葉,Aoba,2026-01-01\n", "utf-8")
    with subprocess.Popen(
        [*kansa, "serve", "--port", "0", "--vault", root], stderr=subprocess.PIPE
    ) as holder:
        try:
            assert holder.stderr is not None
            assert b"holding" in holder.stderr.readline()
            done = subprocess.run(
                [*kansa, "ingest", "table", file, "--map", mapping, "--vault", root, "--json"],
                capture_output=True,
                check=False,
                timeout=60,
            )
            assert json.loads(done.stdout)["records"] == 1, done.stderr
            assert holder.poll() is None
        finally:
            holder.send_signal(signal.SIGINT)
            holder.wait(timeout=30)
    assert holder.returncode == 0


def test_an_unknown_command_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    """Words that are off are bad input."""
    assert run(["nonsense"]) == 2
    assert run(["verify"]) == 2
    capsys.readouterr()


def test_reasons_and_changes_are_written_as_tables(
    vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which part is missing; and that nothing changed since everything was recorded at once."""
    why, changed = tmp_path / "why.parquet", tmp_path / "changes.parquet"
    options = ["--why", why, "--since", "2026-01-02", "--changes", changed]
    said(capsys, "coherence", "--vault", vault, *options)
    (reason,) = pq.read_table(why).to_pylist()

    assert (reason["fact"], reason["part"]) == ("identity", "verification")
    assert pq.read_table(changed).num_rows == 0
    code, told = said(capsys, "coherence", "--vault", vault, "--since", "2026-01-02")
    assert (code, told["error"]["code"]) == (2, "option.since")


def test_evidence_that_is_known_too_weakly_does_not_count(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Documented evidence is enough for documented, not for measured."""
    documented = said(capsys, "coherence", "--vault", vault, "--min-known-by", "documented")[1]
    measured = said(capsys, "coherence", "--vault", vault, "--min-known-by", "measured")[1]

    assert documented["evidenced_seconds"] == 8 * 86400 * 2
    assert measured["evidenced_seconds"] == 0


def test_a_clock_that_did_not_jump_needs_no_confirming(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is recorded where there was nothing to say."""
    run(["init", "--origin", "a.example/x", "--name", "A", "--vault", str(tmp_path / "v")])
    capsys.readouterr()

    assert said(capsys, "ledger", "confirm-clock", "--vault", tmp_path / "v") == (0, {"confirmed": False})
    assert said(capsys, "records", "--vault", tmp_path / "v")[1]["records"] == {}


def test_the_list_of_commands_says_what_each_command_says_of_itself() -> None:
    """Commands are imported when they are called; their sentences stand in the list as well, and are the same."""
    for name, (target, summary) in COMMANDS.items():
        module, _, attribute = target.partition(":")
        command = getattr(importlib.import_module(f"kansa.interfaces.cli.{module}"), attribute)
        own = command.help if isinstance(command, App) else str(command.__doc__)
        assert " ".join(own.split()).startswith(summary), name


def test_verifying_loads_no_database() -> None:
    """A reader who only verifies waits for nothing else."""
    program = "import sys; from kansa.interfaces.cli.app import COMMANDS, run; run(['verify', 'absent']); print('duckdb' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)

    assert done.stdout.strip() == "False"


def test_answers_of_a_vault_have_places_of_their_own(
    vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two answers in one file and a directory are refused before anything is written."""
    same = tmp_path / "same.parquet"
    code, told = said(capsys, "coherence", "--vault", vault, "-o", same, "--late", same, "--report", tmp_path)

    assert code == 2
    assert [problem["message"] for problem in told["error"]["problems"]] == [
        "`--output` and `--late` would be the same file",
        "is a directory",
    ]
    assert not same.exists()


def test_what_commands_write_is_for_their_user_alone(tmp_path: Path) -> None:
    """Directories are 0700 and files 0600 whatever the umask: vault, quarantine, dossier, report."""
    before = os.umask(0o022)
    try:
        root, rows, map_file = tmp_path / "v", tmp_path / "rows.csv", tmp_path / "map.yaml"
        small_vault(root)
        map_file.write_text(PARTIES, "utf-8")
        rows.write_text("key,since,ja,en\na,2026-01-01,一,One\nb,2026-13-01,二,Two\n", "utf-8")
        run(["ingest", "table", "--map", str(map_file), "--vault", str(root), str(rows)])
        run(["coherence", "--vault", str(root), "--report", str(tmp_path / "r.html")])
        run(["dossier", "build", "--vault", str(root), "-o", str(tmp_path / "d.zip")])
    finally:
        os.umask(before)
    written = [root, *root.rglob("*"), tmp_path / "r.html", tmp_path / "d.zip"]

    assert list((root / "quarantine").iterdir())
    assert {
        path.name: oct(path.stat().st_mode & 0o077) for path in written if path.stat().st_mode & 0o077
    } == {}


def test_a_copy_of_the_databases_alone_is_whole_once_commands_have_ended(vault: Path, tmp_path: Path) -> None:
    """Nothing is left in a write-ahead log, so that a copy of `*.db` holds every entry and every value."""
    program = [sys.executable, "-m", "kansa"]
    subprocess.run([*program, "records", "--vault", vault], check=True, capture_output=True)
    subprocess.run([*program, "coherence", "--vault", vault], check=False, capture_output=True)

    assert [path.name for path in vault.iterdir() if path.name.endswith("-wal") and path.stat().st_size] == []
    bare = tmp_path / "copy"
    shutil.copytree(vault, bare, ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    assert Vault(bare).reader.size() == Vault(vault).reader.size() > 0
