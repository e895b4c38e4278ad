"""The placement and telemetry schema: published with the kinds, and true of every connector."""

import pytest

from kansa.connectors import telemetry_schema as schema
from kansa.connectors.registry import all_connectors
from kansa.records.catalogue import KINDS

KIND_NAMES = (*schema.PHYSICAL, *schema.LOGICAL, *schema.COVERAGE)


def test_every_kind_of_placement_and_telemetry_is_in_it() -> None:
    """A kind of the families of custody and workload that is none of these is a decision, not an oversight."""
    elsewhere = {"contract.recorded", "item.classified", "site.commissioned"}
    found = {
        type_.removeprefix("kansa.").removesuffix(".v0")
        for type_, kind in KINDS.items()
        if kind.family in {"custody", "workload"}
    }
    assert found - elsewhere <= set(KIND_NAMES)
    assert all(f"kansa.{name}.v0" in KINDS for name in KIND_NAMES)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_field_of_these_kinds_has_its_row_with_who_fills_it(language: str) -> None:
    """Each open or sealed field once; each connector's row is found again."""
    pages = dict(schema.pages(all_connectors()))
    text = pages["schema.md" if language == "en" else "schema.ja.md"]
    for name in KIND_NAMES:
        part = text.partition(f"### `{name}`\n")[2].partition("\n### ")[0]
        for field in KINDS[f"kansa.{name}.v0"].struct.__struct_fields__:
            assert part.count(f"| `{field}` |") == (0 if field in schema.ALL_SOURCES else 1), (name, field)
    filled = schema.fills(all_connectors())
    assert {"redfish", "netbox", "nvidia-smi"} <= set(filled["device.named.board_serial"])
    assert {"kubernetes", "openstack", "slurm", "slurm-devices"} <= set(filled["workload.placed.units"])


def test_what_must_be_told_of_a_placement_is_filled_by_some_connector() -> None:
    """Who, where, on what, from when: no such field waits for a mapping alone."""
    filled = schema.fills(all_connectors())
    wanted = ("workload_id", "path_id", "units", "accelerators", "item_class", "site_id", "account")
    assert [name for name in wanted if f"workload.placed.{name}" not in filled] == []
