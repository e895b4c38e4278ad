"""The tables of a vault as Parquet: asked there, they give the answer that the vault gives."""

from pathlib import Path

import pytest

from application.test_segment_ingest import OPTIONS, accounting
from kansa.application.coherence import CoherenceQuestion, ask
from kansa.application.ingest import take_in
from kansa.application.tables_export import FROM_SEGMENTS, export_tables
from kansa.clock import DAY
from kansa.coherence.assess import assess_tables
from kansa.errors import BadInput, BrokenVault
from kansa.interfaces.cli.app import run
from kansa.vault.vault import Vault
from worlds import BEGIN, small_vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A small vault with a use in records and forty jobs in a segment."""
    made = small_vault(tmp_path / "vault")
    options = tmp_path / "slurm.yaml"
    options.write_text(OPTIONS)
    take_in(made, "slurm", [accounting(tmp_path / "a.txt", 40)], options, segments=True)
    return made


def test_tables_give_the_answer_of_the_vault(vault: Vault, tmp_path: Path) -> None:
    """Law: sums over records and segments are the same whether asked of the vault or of its tables."""
    tables = vault.tables()
    done = export_tables(vault, tmp_path / "tables")
    assert done.rows["use"] == len(tables.use)
    assert done.from_segments == sum(use.use_id.startswith("s") for use in tables.use)
    end = BEGIN + 20 * DAY
    own = ask(vault, CoherenceQuestion(start=BEGIN, end=end)).assessment.result
    told = assess_tables(tmp_path / "tables", None, to=end)
    for name in ("uses", "gaps", "use_us", "gap_us", "fact_gap_us", "evidenced_by_us"):
        assert getattr(told, name, None) == getattr(own, name, None), name


def test_what_is_there_is_not_written_over_and_nothing_stays_where_it_fails(
    vault: Vault, tmp_path: Path
) -> None:
    """All tables or none."""
    (tmp_path / "there").mkdir()
    with pytest.raises(BadInput) as found:
        export_tables(vault, tmp_path / "there")
    assert found.value.code == "tables.exists"
    (vault.segments()[0].segment.folder / "rows.parquet").unlink()
    with pytest.raises(BrokenVault):
        export_tables(vault, tmp_path / "tables")
    assert not [path for path in tmp_path.iterdir() if "tables" in path.name]


def test_the_command_says_how_many_rows_each_table_has(
    vault: Vault, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`kansa coherence export`, and then `kansa coherence tables` on what it wrote."""
    place = str(tmp_path / "tables")
    assert run(["coherence", "export", place, "--vault", str(vault.places.root)]) == 0
    assert "use" in capsys.readouterr().out
    assert (tmp_path / "tables" / FROM_SEGMENTS).is_file()
    assert (
        run(
            [
                "coherence",
                "tables",
                place,
                "--to",
                "2026-01-21T00:00:00Z",
                "--why",
                str(tmp_path / "why.parquet"),
            ]
        )
        == 1
    )
