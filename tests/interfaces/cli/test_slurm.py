"""Slurm's accounting through the command line: from files to device time."""

import json
from pathlib import Path
from typing import Any

import pytest

from kansa.interfaces.cli.app import run

DEVICES = """\
source: inventory
kind: device.identified
zone: UTC
natural_key: serial
fields:
  device_id: {id: device, system: serial, column: serial}
  node_id: {id: node, system: node, column: node}
  site_id: {id: site, system: site, column: site}
  item_class: {column: class}
  board_serial: {column: serial}
  known_by: {value: documented}
  valid_from: {column: since}
"""
HEADER = "JobIDRaw|Cluster|Account|User|AllocTRES|NodeList|Start|End|State|Restarts\n"
START, END = "2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z"
WINDOW = f"{START}/{END}"


def said(capsys: pytest.CaptureFixture[str], *command: object) -> tuple[int, Any]:
    """The exit code and the JSON result of a command."""
    code = run([*map(str, command), "--json"])
    return code, json.loads(capsys.readouterr().out)


def line(job: int, tres: str, start: int, end: int, restarts: int = 0) -> str:
    """One job on the one node, by hours of 1 May."""
    stamps = "|".join(f"2026-05-01T{hour:02}:00:00" for hour in (start, end))
    return f"{job}|c1|acc|u1|{tres}|gpu-001|{stamps}|COMPLETED|{restarts}\n"


@pytest.fixture
def cluster(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A vault that knows one node of eight accelerators."""
    root = tmp_path / "v"
    run(["init", "--origin", "t.example/kansa/evidence", "--name", "T", "--vault", str(root)])
    rows = "".join(f"s{number},gpu-001,s1,3A090.a,2026-05-01T00:00:00\n" for number in range(8))
    (tmp_path / "devices.csv").write_text(f"serial,node,site,class,since\n{rows}")
    (tmp_path / "devices.yaml").write_text(DEVICES)
    (tmp_path / "slurm.yaml").write_text("zone: UTC\nsite: {key: s1}\n")
    run(
        [
            *("ingest", "table", str(tmp_path / "devices.csv"), "--map", str(tmp_path / "devices.yaml")),
            *("--vault", str(root)),
        ]
    )
    capsys.readouterr()
    return root


def accounting(capsys: pytest.CaptureFixture[str], root: Path, content: str, *more: str) -> tuple[int, Any]:
    """Read a file of accounting."""
    file = root.parent / "sacct.txt"
    file.write_text(HEADER + content)
    return said(capsys, "ingest", "slurm", file, "--map", root.parent / "slurm.yaml", "--vault", root, *more)


def hours(capsys: pytest.CaptureFixture[str], root: Path) -> dict[str, Any]:
    """The answer's device time in hours."""
    _, found = said(capsys, "coherence", "--vault", root, "--from", START, "--to", END)
    names = ("use", "used", "idle", "unobserved")
    return {name: found[f"{name}_seconds"] // 3600 for name in names} | {"unclosed": found["unclosed"]}


def test_where_no_window_was_closed_the_source_the_time_and_the_option_are_said(
    cluster: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In both languages and in JSON; once the option is given, nothing is said any more."""
    accounting(capsys, cluster, line(1, "gres/gpu=8", 2, 4))
    before = hours(capsys, cluster)
    texts = {}
    for language in ("en", "ja"):
        run(["coherence", "--vault", str(cluster), "--to", END, "--language", language])
        texts[language] = capsys.readouterr().out
    accounting(capsys, cluster, line(1, "gres/gpu=8", 2, 4), "--window", WINDOW)
    after = hours(capsys, cluster)

    (left,) = before["unclosed"]
    assert (before["used"], before["unobserved"]) == (0, 192)
    assert (left["source"], left["since"]) == ("urn:kansa:t.example:slurm", "2026-05-01T02:00:00.000Z")
    assert left["close_with"] == "kansa ingest slurm FILE --map OPTIONS --window FROM/TO"
    for text in texts.values():
        assert "urn:kansa:t.example:slurm" in text
        assert ("1 May 2026, 11:00" in text) or ("2026/05/01 11:00" in text)
        assert "--window FROM/TO" in text
    assert (after["used"], after["idle"], after["unclosed"]) == (16, 176, [])


def test_earlier_records_show_that_accelerators_are_accounted(
    cluster: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A later file of CPU jobs alone holds no accelerators and leaves nothing open."""
    accounting(capsys, cluster, line(1, "gres/gpu=8", 2, 4))
    code, result = accounting(capsys, cluster, line(2, "cpu=2", 5, 6), "--window", WINDOW)

    assert (code, result["passed_over"], result["window"]["gaps"]) == (0, {"no accelerators": 1}, [])
    assert hours(capsys, cluster)["idle"] == 176


def test_without_evidence_the_time_is_unobserved_and_the_command_ends_with_1(
    cluster: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is neither used nor idle."""
    code, result = accounting(capsys, cluster, line(2, "cpu=2", 5, 6), "--window", WINDOW)
    _, found = said(capsys, "coherence", "--vault", cluster, "--from", START, "--to", END)

    assert (code, [remark["code"] for remark in result["remarks"]]) == (1, ["slurm.accounted"])
    assert (found["idle_seconds"], found["unobserved_seconds"]) == (23 * 8 * 3600, 8 * 3600)


def test_earlier_runs_in_the_vault_are_not_missing(cluster: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The run of yesterday's file counts; another one would be missing."""
    accounting(capsys, cluster, line(1, "gres/gpu=8", 2, 4))
    code, known = accounting(capsys, cluster, line(1, "gres/gpu=8", 6, 8, restarts=1), "--window", WINDOW)
    _, missing = accounting(capsys, cluster, line(1, "gres/gpu=8", 9, 10, restarts=3), "--window", WINDOW)

    assert (code, known["remarks"]) == (0, [])
    assert [remark["code"] for remark in missing["remarks"]] == ["slurm.requeued"]
    assert missing["window"]["gaps"] == [
        {"from": "2026-05-01T00:00:00.000Z", "to": "2026-05-01T09:00:00.000Z"}
    ]


def test_slices_never_hold_more_than_the_node_has(cluster: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Fourteen instances for two hours are at most eight devices for two hours."""
    accounting(capsys, cluster, line(1, "gres/gpu:1g.10gb=14,gres/gpu=14", 2, 4), "--window", WINDOW)

    found = hours(capsys, cluster)
    assert (found["use"], found["used"], found["idle"]) == (16, 16, 176)
