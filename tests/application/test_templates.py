"""The tables to fill in: what they hold is what their mappings read, and an example is never recorded."""

import csv
from pathlib import Path

import pytest

from kansa.application.ingest_folder import take_in_folder
from kansa.application.templates import families, write_templates
from kansa.connectors.folder import plan
from kansa.connectors.table.mapping import Mapping, read_mapping
from kansa.connectors.table.source import columns_in
from kansa.errors import BadInput
from kansa.vault import vault as vaults
from kansa.vault.settings import Settings
from kansa.vault.vault import Vault

EXAMPLE = "EXAMPLE 記入例"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """An empty vault."""
    return vaults.create(tmp_path / "v", Settings(origin="a.example/kansa", operator={"en": "A", "ja": "あ"}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The tables as they are written."""
    write_templates(tmp_path / "evidence", "Asia/Tokyo")
    return tmp_path / "evidence"


def rows_of(path: Path) -> list[list[str]]:
    """The lines of a table, cell by cell."""
    return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))


def skipped(mapping: Mapping) -> set[tuple[str, str]]:
    """Which rows a mapping passes over: column and text."""
    return {(test.column, text) for test in mapping.skip for text in test.among}


@pytest.mark.parametrize("family", families())
def test_a_table_has_the_columns_of_its_mapping_twice_named_and_one_marked_example(
    folder: Path, family: str
) -> None:
    """The first line in English, the second in Japanese; the mapping uses every column and skips what is no evidence."""
    english, japanese, example = rows_of(folder / f"{family}.csv")
    mapping = read_mapping(folder / f"{family}.yaml")

    assert sorted(english) == sorted(columns_in(mapping))
    assert len(japanese) == len(example) == len(english)
    assert example[0] == EXAMPLE
    assert skipped(mapping) == {(english[0], japanese[0]), (english[0], EXAMPLE)}


def test_templates_as_they_are_written_record_nothing(vault: Vault, folder: Path) -> None:
    """An example that is left in is passed over and counted, in every family."""
    done = take_in_folder(vault, folder)

    assert done.is_whole
    assert done.counts["rows"] == 2 * len(families())
    assert sorted(done.passed_over.values()) == [len(families())] * 2
    assert done.counts["rows"] == sum(done.passed_over.values())
    assert [path.name for path in done.without_data] == ["slurm.yaml"]
    assert vault.reader.size() == 0


def filled(folder: Path, key: str = "own-1") -> None:
    """Make every example one's own row."""
    for path in folder.glob("*.csv"):
        path.write_text(path.read_text(encoding="utf-8").replace(EXAMPLE, key), encoding="utf-8")


def test_every_example_is_a_row_that_could_be_recorded(vault: Vault, folder: Path) -> None:
    """With a key of one's own in place of the mark, each becomes one record of its kind; read again they add nothing."""
    filled(folder)

    done = take_in_folder(vault, folder)
    again = take_in_folder(vault, folder)

    assert [problem for step in done.steps for problem in step.problems] == []
    assert done.counts["records"] == len(families())
    assert (again.counts["records"], again.counts["duplicates"]) == (0, len(families()))


def test_a_reference_to_the_example_is_refused(vault: Vault, folder: Path) -> None:
    """Whoever overwrites a row's key and leaves a reference to the example's party gets no record of it."""
    paths = folder / "paths.csv"
    text = paths.read_text(encoding="utf-8")
    paths.write_text(text.replace(EXAMPLE, "own-1", 1), encoding="utf-8")

    done = take_in_folder(vault, folder)

    assert done.counts["quarantined"] == 1
    assert not done.is_whole
    (step,) = [step for step in done.steps if step.problems]
    assert {problem.code for problem in step.problems} == {"id.unknown"}


def test_a_dry_run_says_what_the_run_does_and_writes_nothing(vault: Vault, folder: Path) -> None:
    """What an earlier table would introduce is known to the later ones; the same counts follow when it is recorded."""
    filled(folder)

    trial = take_in_folder(vault, folder, dry_run=True)
    size = vault.reader.size()
    real = take_in_folder(vault, folder)

    assert size == 0
    assert trial.counts == real.counts
    assert trial.is_whole
    (path,) = [step.first[0] for step in trial.steps if step.map_file.stem == "paths"]
    assert path.kind == "access_path.approved"
    assert path.fields["tenant"] == "own-1 (記入例株式会社 / Example K.K.)"


def test_the_zone_of_the_operator_is_that_of_its_tables(tmp_path: Path) -> None:
    """Days in the tables begin where the vault's days do."""
    write_templates(tmp_path / "t", "Europe/Berlin")

    assert all(
        "zone: Europe/Berlin" in path.read_text(encoding="utf-8") for path in (tmp_path / "t").glob("*.yaml")
    )


def test_templates_overwrite_nothing(folder: Path) -> None:
    """A folder with anything in it is refused, and left as it is."""
    (folder / "parties.csv").write_text("mine", encoding="utf-8")

    with pytest.raises(BadInput, match="not empty"):
        write_templates(folder, "Asia/Tokyo")
    assert (folder / "parties.csv").read_text(encoding="utf-8") == "mine"


def test_the_tables_are_read_in_the_order_in_which_they_need_each_other(folder: Path) -> None:
    """Parties before what names parties; devices, contracts and authorizations before their receipt."""
    filled(folder)
    (folder / "slurm.json").write_text("{}", encoding="utf-8")

    order = [step.map_file.stem for step in plan(folder).steps]

    assert all(order.index("parties") < order.index(each) for each in ("ownership", "paths", "contracts"))
    assert all(
        order.index(each) < order.index("moves") for each in ("inventory", "contracts", "authorizations")
    )
    assert order.index("paths") < order.index("switches")
    assert order[-1] == "slurm"
