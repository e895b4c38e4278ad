"""What the documentation shows runs, and what it lists is all there is."""

import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kansa.connectors.slurm.options import read_options
from kansa.connectors.slurm.source import SlurmSource
from kansa.connectors.table.mapping import read_mapping
from kansa.connectors.table.source import TableSource
from kansa.errors import BadInput

if TYPE_CHECKING:
    from connectors.conftest import World

DOCS = Path(__file__).parents[2] / "docs" / "sources"
URN = "urn:kansa:op.example"

_BLOCK = re.compile(r"^```(\w+) (.+?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMES = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)


@pytest.mark.parametrize("page", ["table.md", "slurm.md", "table.ja.md", "slurm.ja.md"])
def test_every_example_does_what_the_page_says(world: "World", page: str) -> None:
    """Files are written as shown, commands run in order, results compared field by field."""
    ran = 0
    for language, title, body in _BLOCK.findall((DOCS / page).read_text(encoding="utf-8")):
        if language != "json":
            (world.folder / title).write_text(body, encoding="utf-8")
            continue
        _, _, source, path, _, map_file, _ = shlex.split(title)
        settings = world.folder / map_file
        reader = (
            TableSource(read_mapping(settings), URN)
            if source == "table"
            else SlurmSource(read_options(settings), URN)
        )
        result = world.ingest(reader, world.folder / path).as_json()
        expected = json.loads(body)
        assert {name: result[name] for name in expected} == expected
        ran += 1
    assert ran >= 2


def known_in(world: "World", text: str, *, slurm: bool = False) -> dict[str, set[str]]:
    """What may stand at each place at which a file has the unknown name `x_`."""
    with pytest.raises(BadInput) as caught:
        (read_options if slurm else read_mapping)(world.file("x.yaml", text))
    return {
        str(problem.field): set(re.findall(r"`(\w+)`", problem.help or "")) - {"x_"}
        for problem in caught.value.problems
        if "is not known here" in problem.message
    }


def documented(page: str, heading: str, table: int = 0) -> set[str]:
    """The names in a table under a heading."""
    text = (DOCS / page).read_text(encoding="utf-8")
    section = text[text.index(f"{heading}\n") + len(heading) :]
    section = re.split(r"^##", section, maxsplit=1, flags=re.MULTILINE)[0]
    tables = [part for part in section.split("\n\n") if part.startswith("|")]
    return set(_NAMES.findall(tables[table]))


@pytest.mark.parametrize("page", ["table", "slurm"])
def test_both_languages_list_the_same_names_in_the_same_order(page: str) -> None:
    """Neither page has a name, or an example, that the other lacks."""
    english, japanese = ((DOCS / f"{page}{each}.md").read_text(encoding="utf-8") for each in ("", ".ja"))
    assert _NAMES.findall(english) == _NAMES.findall(japanese)
    assert _BLOCK.findall(english) == _BLOCK.findall(japanese)


EVERYWHERE: dict[str, Any] = {
    "source": "x",
    "kind": {"column": "k", "values": {"a": "party.registered"}, "x_": 1},
    "natural_key": "content",
    "fields": {
        "party_id": {"id": "party", "system": "s", "column": "c", "x_": 1},
        "known_by": {"value": "declared", "x_": 1},
        "valid_from": {"column": "c", "x_": 1},
        "names": {"object": {}, "x_": 1},
    },
    "skip": [{"column": "c", "in": ["a"], "x_": 1}],
    "introduce": [{"field": "party_id", "system": "s", "column": "c", "x_": 1}],
    "window": {
        "from": "2026-01-01T00:00:00Z",
        "to": "2026-01-02T00:00:00Z",
        "scope": {"system": "s", "key": "k", "x_": 1},
        "x_": 1,
    },
    "x_": 1,
}


@pytest.mark.parametrize(
    ("heading", "place", "table"),
    [
        ("### Top level", "x_", 0),
        ("### Kind by column", "kind.x_", 0),
        ("### Field from a column", "fields.valid_from.x_", 0),
        ("### Field with a constant", "fields.known_by.x_", 0),
        ("### Field that names a subject", "fields.party_id.x_", 0),
        ("### Field that is an object", "fields.names.x_", 0),
        ("### Rows passed over: `skip`, `where`", "skip[0].x_", 0),
        ("### Further keys: `introduce`", "introduce[0].x_", 0),
        ("### Windows: `window`", "window.x_", 0),
        ("### Windows: `window`", "window.scope[0].x_", 1),
    ],
)
def test_the_reference_lists_every_name_of_a_mapping_and_no_other(
    world: "World", heading: str, place: str, table: int
) -> None:
    """Both ways: nothing undocumented, nothing documented that is gone."""
    assert documented("table.md", heading, table) == known_in(world, json.dumps(EVERYWHERE))[place]


@pytest.mark.parametrize(("place", "table"), [("x_", 0), ("systems.x_", 1)])
def test_the_reference_lists_every_option_of_slurm_and_no_other(
    world: "World", place: str, table: int
) -> None:
    """Both ways."""
    options = json.dumps({"systems": {"x_": 1}, "x_": 1})

    assert documented("slurm.md", "## The options file", table) == known_in(world, options, slurm=True)[place]
