"""What the pages on sources of devices show runs, in both languages, into a real vault."""

import json
import re
import shlex
from pathlib import Path

import pytest

from connectors.devices_vault import Fleet
from kansa.connectors.connector import Connector, Setup
from kansa.connectors.registry import all_connectors, connector_named

DOCS = Path(__file__).parents[2] / "docs" / "sources"
PAGES = ("devices", "custody", "location", "workloads")
_BLOCK = re.compile(r"^```(\w+) (.+?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#]+\.md)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", [f"{name}{end}" for name in PAGES for end in (".md", ".ja.md")])
def test_every_example_does_what_the_page_says(tmp_path: Path, page: str) -> None:
    """Files are written as shown, commands run in order, results compared field by field."""
    fleet = Fleet(tmp_path)
    fleet.introduce_contract("C-1", "VEU-1")
    ran = 0
    for _, title, body in _BLOCK.findall((DOCS / page).read_text(encoding="utf-8")):
        if not title.startswith("kansa ingest "):
            (tmp_path / title).write_text(body, encoding="utf-8")
            continue
        _, _, source, path, _, options, _ = shlex.split(title)
        setup = Setup(fleet.urn, tmp_path / options, None, fleet.vault.clock.now())
        result = fleet.ingest(connector_named(source).make(setup), tmp_path / path).as_json()
        expected = json.loads(body)
        assert {name: result[name] for name in expected} == expected
        ran += 1
    assert ran == 1


@pytest.mark.parametrize("page", [*PAGES, "attestation"])
def test_both_languages_have_the_same_tables_and_links(page: str) -> None:
    """No row and no page is missing in one of them; each links to the other."""
    english, japanese = ((DOCS / f"{page}{end}").read_text("utf-8") for end in (".md", ".ja.md"))
    assert english.count("\n|") == japanese.count("\n|")
    links = [
        {link.replace(".ja.md", ".md") for link in _LINK.findall(text)} - {f"{page}.md"}
        for text in (english, japanese)
    ]
    assert links[0] == links[1]
    assert f"{page}.ja.md" in english
    assert f"{page}.md" in japanese


def test_every_connector_of_devices_and_custody_has_its_page() -> None:
    """A connector that no page tells of is found by nobody."""
    told = "".join((DOCS / f"{page}.md").read_text("utf-8") for page in (*PAGES, "attestation"))
    ours = {
        each.id for each in all_connectors() if any(kind.startswith("kansa.device.") for kind in each.kinds)
    }
    assert {each for each in ours if f"fields/{each}.md" not in told} == set()


OURS = [
    each
    for each in all_connectors()
    if each.id in {"kubernetes", "openstack", "slurm-devices"}
    or any(kind.startswith("kansa.device.") for kind in each.kinds)
]


@pytest.mark.parametrize("connector", OURS, ids=lambda each: each.id)
def test_an_options_file_that_says_only_its_connector_is_enough_to_begin(
    connector: Connector, tmp_path: Path
) -> None:
    """So a folder can be read, in which files say whose they are; and the connector says what it refers to."""
    path = tmp_path / "options.yaml"
    path.write_text(f"connector: {connector.id}\n")
    source = connector.make(Setup("urn:kansa:op.example", path, None, 0))
    assert source.name.startswith("urn:kansa:op.example:")
    introduced, needed = connector.systems(path)
    assert all(isinstance(each, str) for each in introduced | needed)
