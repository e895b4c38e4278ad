"""The published schemas accept what the loader accepts, and refuse what an editor can see to be wrong."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kansa.config_files import ProblemCollector, load
from kansa.rules import catalogue
from kansa.rules.loading import library
from kansa.rules.loading.case_file import SUFFIX
from kansa.rules.loading.library import read_library
from kansa.rules.loading.schema import schemas
from rules.random_packs import CATALOGUE
from rules.writing import PACK, changed, written


def _plain(path: Path) -> dict[str, Any]:
    return {name: entry.plain() for name, entry in load(path, ProblemCollector(str(path), "test")).named()}


def _kind(path: Path) -> str:
    special = {"citations.yaml": "citations", "catalogue.yaml": "catalogue"}
    return special.get(path.name) or ("cases" if path.name.endswith(SUFFIX) else "pack")


def test_what_ships_is_valid() -> None:
    """Every pack of rules or tables, every file of cases, the citations, the catalogue."""
    validators = {
        name: Draft202012Validator(schema) for name, schema in schemas(read_library().catalogue).items()
    }
    read = {path: _plain(path) for path in (catalogue.SHIPPED, *sorted(library.SHIPPED.glob("*.yaml")))}
    seen = 0
    for path, plain in read.items():
        if plain.get("kind") not in {"controls", "routes"}:
            assert [error.message for error in validators[_kind(path)].iter_errors(plain)] == [], path
            seen += 1

    assert seen > 30


def test_a_schema_is_a_schema() -> None:
    """JSON Schema 2020-12, each under a name of its own."""
    found = schemas(CATALOGUE)
    for schema in found.values():
        Draft202012Validator.check_schema(schema)

    assert len({schema["$id"] for schema in found.values()}) == len(found)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("severity: high", "severity: grave"),
        ("c.country: {in", "c.land: {in"),
        ("[NO, CN]}", "[NO, XX]}"),
        ("{eq: false}", "{eq: 0.5}"),
        ("{in: [NO, CN]}", "{lt: 3}"),
        ("{param: half}", "{parameter: half}"),
        ("confidence: S, ours", "confidence: X, ours"),
        ("ja: 国外である。", "jp: 国外である。"),
        ('{from: "2025-01-01T00:00:00-05:00"', '{from: "2025-01-01T00:00:00"'),
        ("text_status: unknown", "text_status: rumoured"),
        ("  subject: party", "  subject: party\n  weight: 3"),
        ("{c.country: JP}", "{c.country: XX}"),
    ],
)
def test_what_an_editor_can_see_is_refused(tmp_path: Path, before: str, after: str) -> None:
    """One change makes the valid sample invalid."""
    validator = Draft202012Validator(schemas(CATALOGUE)["pack"])

    assert validator.is_valid(_plain(written(tmp_path, PACK)))
    assert not validator.is_valid(_plain(written(tmp_path, changed(before, after))))
