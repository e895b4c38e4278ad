"""Connectors are found by entry points, this package's own like any other's."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from kansa.connectors import registry
from kansa.connectors.connector import Connector
from kansa.connectors.pages import pages
from kansa.errors import BadInput
from kansa.records.catalogue import kind_named
from kansa.texts import Words

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """What is installed is looked for anew."""
    registry._found.cache_clear()
    yield
    registry._found.cache_clear()


def test_all_connectors_of_this_package_are_entry_points() -> None:
    """A folder with a `connector.py` and no line in `pyproject.toml` would be found by nobody."""
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"][
        registry.GROUP
    ]
    folders = {
        f"kansa.connectors.{path.parent.name}.connector:CONNECTOR"
        for path in (ROOT / "src" / "kansa" / "connectors").glob("*/connector.py")
    }

    assert set(stated.values()) == folders
    assert set(registry.connector_ids()) >= set(stated)


@pytest.mark.parametrize("connector", registry.all_connectors(), ids=lambda each: each.id)
def test_what_a_connector_declares_are_kinds_and_fields_that_there_are(connector: Connector) -> None:
    """The table of fields names a field of one of its kinds, in every row."""
    kinds = {each.removeprefix("kansa.").removesuffix(".v0"): kind_named(each) for each in connector.kinds}
    assert None not in kinds.values()
    for row in connector.fields:
        short, _, name = row.record.rpartition(".")
        kind = kinds[short]
        assert kind is not None
        assert name in kind.struct.__struct_fields__, row.record
    assert {row.record.rpartition(".")[0] for row in connector.fields} == set(kinds)


def test_every_page_is_in_both_languages() -> None:
    """One index and one page a connector, with as many rows in Japanese as in English."""
    written = dict(pages(registry.all_connectors()))
    for name in ("index", *registry.connector_ids()):
        english, japanese = written[f"{name}.md"], written[f"{name}.ja.md"]
        assert english.count("\n|") == japanese.count("\n|") > 0 or name == "table"
        assert english != japanese


ACME = """
from kansa.connectors.connector import Connector
from kansa.texts import Words
w = Words("x", "y")
CONNECTOR = Connector("{}", w, w, (), (), w, make=lambda setup: None)
"""


def installed(folder: Path, name: str, module: str) -> None:
    """Put a package with one entry point where Python looks for packages."""
    info = folder / f"{module}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1\n", "utf-8")
    (info / "entry_points.txt").write_text(f"[{registry.GROUP}]\n{name} = {module}:CONNECTOR\n", "utf-8")


def test_a_package_of_the_operator_adds_a_connector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this package changes for it."""
    (tmp_path / "acme_door.py").write_text(ACME.format("door"), "utf-8")
    installed(tmp_path, "door", "acme_door")
    monkeypatch.syspath_prepend(tmp_path)

    assert "door" in registry.connector_ids()
    assert registry.connector_named("door").title == Words("x", "y")


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot be loaded"), (ACME.format("window"), "is no connector of the id `door2`")],
)
def test_a_package_that_is_broken_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, said: str
) -> None:
    """It costs nobody else a command."""
    module = "acme_missing" if content is None else "acme_other"
    if content is not None:
        (tmp_path / f"{module}.py").write_text(content, "utf-8")
    installed(tmp_path, "door2", module)
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(BadInput, match=said):
        registry.connector_named("door2")
    assert registry.connector_named("slurm").id == "slurm"


def test_two_packages_with_one_id_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which of them would read is not left to chance."""
    installed(tmp_path, "slurm", "acme_slurm")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(BadInput, match="two packages have a connector `slurm`"):
        registry.connector_named("slurm")


def test_what_is_not_installed_is_refused_with_what_is() -> None:
    """The reader finds the word that was meant."""
    with pytest.raises(BadInput) as caught:
        registry.connector_named("slrum")
    assert "`slurm`" in str(caught.value.help)
