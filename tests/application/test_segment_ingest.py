"""Accounting taken in as segments says what it says as records, and a source stays with one of the two."""

import random
from pathlib import Path
from typing import Any

import pytest

from kansa.application import flags
from kansa.application.auditing.vault import audit_vault
from kansa.application.coherence import CoherenceQuestion, ask
from kansa.application.flags import FlagService
from kansa.application.ingest import take_in
from kansa.application.ingest_dry_run import DryRun
from kansa.application.status import status_of
from kansa.clock import format_instant
from kansa.connectors.ingest import Ingested
from kansa.connectors.slurm.options import read_options
from kansa.connectors.slurm.source import SlurmSource
from kansa.errors import BadInput
from kansa.interfaces.cli.app import run
from kansa.vault.vault import Vault
from worlds import BEGIN, small_vault

HEADER = "JobIDRaw|Cluster|Account|User|AllocTRES|NodeList|Start|End|State|JobName"
OPTIONS = "zone: UTC\nwindow: observed\nsource: slurm\n"


@pytest.fixture
def options(tmp_path: Path) -> Path:
    """Options of a cluster."""
    path = tmp_path / "slurm.yaml"
    path.write_text(OPTIONS)
    return path


def accounting(path: Path, jobs: int, seed: int = 1, running: int = 5) -> Path:
    """Write accounting with steps, running jobs, free text, rows that cannot be read."""
    chance = random.Random(seed)
    lines = [HEADER]
    for number in range(jobs):
        start, hours = chance.randrange(20), chance.randrange(1, 9)
        began = format_instant(BEGIN + start * 3_600_000_000)[:19]
        ended = format_instant(BEGIN + (start + hours) * 3_600_000_000)[:19]
        end, state = ("Unknown", "RUNNING") if number < running else (ended, "COMPLETED")
        nodes = chance.choice(["n1", "n2", "n[1-3]", "m7"])
        name = chance.choice(["train", "推論", 'a "b"', ""])
        cells = [str(number), "alps", chance.choice("abc"), f"u{number % 7}", "gres/gpu=4", nodes, began, end]
        lines += ["|".join([*cells, state, name]), "|".join([f"{number}.batch", *cells[1:], state, "batch"])]
    lines += ["x1|alps|a|u|gres/gpu=4|n1|soon|Unknown|RUNNING|x"]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def counted(done: Ingested) -> dict[str, Any]:
    """Return the counts of an ingest."""
    names = ("rows", "records", "superseding", "duplicates", "quarantined", "refused", "passed_over")
    return {name: getattr(done, name) for name in names}


def uses(vault: Vault) -> list[tuple[Any, ...]]:
    """Return uses by what does not depend on how they are kept: ids of nodes and workloads are minted."""
    keys = {id_: sorted(keys) for id_, keys in vault.directory().keys_of.items()}
    return sorted(
        (repr(keys.get(use.device_id)), use.start, use.end or 0, use.weight, use.known_by, str(use.path_id))
        for use in vault.tables().use
    )


def test_the_same_file_as_segments_and_as_records_gives_the_same_uses_and_gaps(
    tmp_path: Path, options: Path
) -> None:
    """Law: counts, uses, sums, window and quarantine agree; the second reading adds nothing; the vault's audit is whole."""
    file = accounting(tmp_path / "a.txt", 60)
    found = {}
    for kind in ("records", "segments"):
        vault = small_vault(tmp_path / kind)
        done = take_in(vault, "slurm", [file], options, segments=kind == "segments")
        again = take_in(vault, "slurm", [file], options, segments=kind == "segments")
        answer = ask(vault, CoherenceQuestion())
        result = answer.assessment.result
        found[kind] = (
            counted(done),
            counted(again),
            uses(vault),
            result.use_us,
            result.uses,
            answer.end,
            done.window,
        )
        assert done.segments == (kind == "segments")
        faults = [fault for part in audit_vault(vault).parts for fault in part.faults]
        assert faults == []
    for as_records, as_segments in zip(found["records"][:-1], found["segments"][:-1], strict=True):
        assert as_segments == as_records
    assert found["segments"][0]["records"] == 60
    assert found["segments"][1]["duplicates"] == 60


def test_a_job_that_ended_corrects_the_one_that_ran(tmp_path: Path, options: Path) -> None:
    """A later file supersedes rows of an earlier one, and counts them so."""
    vault = small_vault(tmp_path / "vault")
    take_in(vault, "slurm", [accounting(tmp_path / "a.txt", 20)], options, segments=True)
    later = take_in(vault, "slurm", [accounting(tmp_path / "b.txt", 24, running=0)], options)
    assert (later.superseding, later.records, later.duplicates) == (5, 4, 15)
    assert [each.segment.rows for each in vault.segments()] == [20, 9]
    assert all(use.end is not None for use in vault.tables().use if use.use_id.startswith("s"))


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path, options: Path) -> None:
    """What would become of rows is what becomes of them."""
    vault = small_vault(tmp_path / "vault")
    file, size = accounting(tmp_path / "a.txt", 20), vault.reader.size()
    source = SlurmSource(read_options(options), vault.settings.urn)
    would, _ = DryRun(vault).take(source, [file], segments=True)
    assert (vault.reader.size(), vault.segments(), vault.places.segments.exists()) == (size, [], False)
    assert counted(would) == counted(take_in(vault, "slurm", [file], options, segments=True))


def test_what_cannot_enter_as_segments_is_refused_before_anything_is_read(
    tmp_path: Path, options: Path
) -> None:
    """JSON of a source that has segments would give its jobs a second identity; tables have no such reader."""
    vault = small_vault(tmp_path / "vault")
    options.write_text(f"{OPTIONS}evidence: segments\n")
    take_in(vault, "slurm", [accounting(tmp_path / "a.txt", 3)], options)
    assert len(vault.segments()) == 1
    answers = tmp_path / "a.json"
    answers.write_text('{"jobs": []}')
    options.write_text(OPTIONS)
    with pytest.raises(BadInput) as found:
        take_in(vault, "slurm", [answers], options)
    assert found.value.code == "ingest.segments"


def test_the_command_takes_rows_in_as_segments(
    tmp_path: Path, options: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`kansa ingest slurm --segments` says how many segments it made."""
    small_vault(tmp_path / "vault")
    file = accounting(tmp_path / "a.txt", 3)
    named = [
        "ingest",
        "slurm",
        str(file),
        "--map",
        str(options),
        "--segments",
        "--vault",
        str(tmp_path / "vault"),
    ]
    assert run([*named, "--json"]) == 1  # a row is quarantined
    assert '"segments": 1' in capsys.readouterr().out


def test_a_later_file_knows_that_the_clusters_accelerators_were_accounted(
    tmp_path: Path, options: Path
) -> None:
    """A job without accelerators held none where rows of segments of its cluster were measured before; elsewhere nobody knows."""
    vault = small_vault(tmp_path / "vault")
    take_in(vault, "slurm", [accounting(tmp_path / "a.txt", 6)], options, segments=True)
    names = vault.keybook()
    first = min(
        use.start for use in vault.tables().use if use.use_id.startswith("s") and use.known_by == "measured"
    )
    assert names.measured_since("slurm:alps:job") == first
    assert names.measured_since("slurm:jura:job") is None
    assert names.measured_since("k8s:alps:job") is None


def test_status_and_flags_count_rows_of_segments(
    tmp_path: Path, options: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are said beside records, and each workload is assessed, or it is said that it was not."""
    vault = small_vault(tmp_path / "vault")
    take_in(vault, "slurm", [accounting(tmp_path / "a.txt", 6)], options, segments=True)
    rows = sum(each.segment.rows for each in vault.segments())
    assert status_of(vault).as_json()["rows_in_segments"] == rows > 0
    bulk = {use.workload_id for use in vault.tables().use if use.use_id.startswith("s")}
    survey = FlagService(vault).survey()
    assert bulk <= {subject.about for subject in survey.found if subject.kind == "use"}
    assert survey.unasked == 0
    monkeypatch.setattr(flags, "MOST_WORKLOADS", 2)
    survey = FlagService(vault).survey()
    assert survey.unasked == len(bulk)
    assert bulk.isdisjoint({subject.about for subject in survey.found})
