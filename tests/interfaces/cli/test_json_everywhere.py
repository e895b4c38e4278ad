"""Every command with `--json`: one JSON document on standard output, whatever the answer is."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cyclopts import App

from kansa.interfaces.cli.app import app, run

TENANT = "潮目気象技術株式会社"

LINES: dict[str, str] = {
    "init": "init --origin a.example/kansa/evidence --name A --vault {new}",
    "demo": "demo --into {vault}",  # not empty: refused, as JSON
    "status": "status --vault {vault}",
    "parties": "parties --vault {vault}",
    "devices": "devices --vault {vault}",
    "paths": "paths --vault {vault}",
    "sites": "sites --vault {vault}",
    "ingest": "ingest slurm none.txt --vault {vault}",
    "records": "records --vault {vault}",
    "ledger status": "ledger status --vault {vault}",
    "ledger audit": "ledger audit --vault {vault}",
    "ledger publish": "ledger publish --vault {vault}",
    "ledger confirm-clock": "ledger confirm-clock --vault {vault}",
    "ledger prove": "ledger prove 3 -o {out}/p.proof --vault {vault}",
    "ledger export": "ledger export {out}/tiles --vault {vault}",
    "rebuild": "rebuild --vault {vault}",
    "lists status": "lists status --vault {vault}",
    "lists formats": "lists formats",
    "lists add": "lists add nothing none.csv --vault {vault}",
    "controls": "controls --vault {vault}",
    "controls oscal": "controls oscal {out}/oscal --vault {vault}",
    "rules list": "rules list",
    "rules show": "rules show us.affiliates.half-owned",
    "rules test": "rules test",
    "rules impact": "rules impact --pack kansa.us.affiliates --vault {vault}",
    "rules adopt": "rules adopt kansa.us.affiliates --dry-run --vault {vault}",
    "rules reading": "rules reading none apply --reasons x --approver A --until 2027-01-01 --vault {vault}",
    "rules suspend": "rules suspend none --from 2026-01-01 --source x --approver A --vault {vault}",
    "rules reinstate": "rules reinstate none --from 2026-01-01 --source x --approver A --vault {vault}",
    "screen": "screen A --list none:none --vault {vault}",
    "screen batch": "screen batch none.jsonl -o {out}/a --vault {vault}",
    "screen parties": "screen parties --vault {vault}",
    "screen dispose": "screen dispose 3 A false_match --reason different_name --reviewer A --expires 2027-01-01 --vault {vault}",
    "screen replay": "screen replay 3 --vault {vault}",
    "person key": "person key {out}/me",
    "person list": "person list --vault {vault}",
    "person enroll": "person enroll --name A --public-key {out}/none.pub --key {out}/none --vault {vault}",
    "person rotate": "person rotate A --public-key {out}/none.pub --key {out}/none --vault {vault}",
    "person revoke": "person revoke A --reasons x --key {out}/none --vault {vault}",
    "role grant": "role grant A reviewer --key {out}/none --vault {vault}",
    "role revoke": "role revoke A reviewer --reasons x --key {out}/none --vault {vault}",
    "case list": "case list --vault {vault}",
    "case adopt": "case adopt none --key {out}/none --vault {vault}",
    "case open": "case open --tenant TENANT --vault {vault}",
    "case show": "case show none --vault {vault}",
    "case propose": "case propose none permit --reasons x --key {out}/none --vault {vault}",
    "case review": "case review none endorsed --reasons x --key {out}/none --vault {vault}",
    "case decide": "case decide none permit --reasons x --key {out}/none --vault {vault}",
    "flags": "flags --vault {vault}",
    "flags run": "flags run --vault {vault}",
    "flags assign": "flags assign none --owner A --vault {vault}",
    "flags resolve": "flags resolve none --as explained --reasons x --approver A --vault {vault}",
    "flags show": "flags show none --vault {vault}",
    "flags replay": "flags replay --vault {vault}",
    "flags reconfigurations": "flags reconfigurations --vault {vault}",
    "coherence": "coherence --vault {vault}",
    "coherence why": "coherence why --vault {vault}",
    "coherence export": "coherence export {out}/exported --vault {vault}",
    "coherence tables": "coherence tables {out}/tables",
    "dossier build": "dossier build -o {out}/d.zip --vault {vault}",
    "verify": "verify {out}/d.zip",
    "gate ask": "gate ask login --tenant TENANT --vault {vault}",
    "gate list": "gate list --vault {vault}",
    "gate replay": "gate replay none --vault {vault}",
    "standing issue": "standing issue TENANT --vault {vault}",
    "standing key": "standing key --vault {vault}",
    "standing check": "standing check {out}/none --trust {out}/none",
    "standing handovers": "standing handovers --vault {vault}",
    "completion": "completion bash",
    "erase": "erase none --reasons x --vault {vault}",
}
"""One line for each command; what it needs and is not there is refused, and the refusal is JSON as well."""

REFUSED = {
    *(name for name, line in LINES.items() if "none" in line.split() or "/none" in line or "none." in line),
    *("demo", "rules reading", "rules suspend", "rules reinstate", "screen", "screen parties"),
    *("screen dispose", "screen replay"),
}
ELSEWHERE = {
    "web": "answers until it is stopped",
    "serve": "answers until it is stopped",
    "witness serve": "answers until it is stopped",
    "schema": "is JSON itself",
    "ledger trust": "prints a policy, for a file",
    "rules export": "prints Cedar, for a file",
}


def _tree(of: App, path: tuple[str, ...] = ()) -> Iterator[str]:
    if of.default_command and path:
        yield " ".join(path)
    for name in of:
        if not name.startswith("-"):
            yield from _tree(of[name], (*path, name))


OTHERS = sorted(set(_tree(app)) - set(LINES) - set(ELSEWHERE))


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """The demo's vault, once; commands write to it in their order."""
    root = tmp_path_factory.mktemp("json")
    assert run(["demo", "--into", str(root / "demo"), "--quiet"]) == 0
    (root / "out").mkdir()
    needed = (
        "coherence export {out}/tables --vault {vault}",
        LINES["dossier build"],
    )  # other commands read them
    for each in needed:
        line = each.format(vault=root / "demo" / "vault", out=root / "out", new=root / "new")
        assert run([*line.split(), "--quiet"]) in {0, 1}
    yield {"vault": root / "demo" / "vault", "out": root / "out", "new": root / "new"}
    shutil.rmtree(root)


@pytest.mark.parametrize("command", LINES)
def test_every_command_answers_in_json(
    command: str, places: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Results and refusals are one document; a refusal has its code, message and what to do."""
    words = [word.format(**places).replace("TENANT", TENANT) for word in LINES[command].split()]
    capsys.readouterr()

    code = run([*words, "--json"])

    told = json.loads(capsys.readouterr().out)
    assert isinstance(told, dict)
    assert ("error" in told) == (command in REFUSED), told
    assert code in ({2} if command in REFUSED else {0, 1})
    if "error" in told:
        assert {"code", "message", "help", "problems"} <= set(told["error"])


@pytest.mark.parametrize("command", OTHERS)
def test_a_command_that_is_not_tried_above_refuses_in_json(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is wrong with the line, a script reads the code."""
    code = run([*command.split(), f"--no-such-option-{tmp_path.name}", "--json"])

    assert code == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"]


def test_a_command_without_json_has_its_reason() -> None:
    """So that no new one is without by oversight."""

    def takes_json(name: str) -> bool:
        of = app
        for part in name.split():
            of = of[part]
        return any("--json" in each.names for each in of.assemble_argument_collection())

    assert {name for name in _tree(app) if not takes_json(name)} == set(ELSEWHERE)
