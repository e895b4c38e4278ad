"""NetBox: the operator's inventory, as declared, from its API, its dumps and its tables."""

import json
from pathlib import Path

import pytest

from connectors.devices_vault import Fleet
from kansa.connectors.netbox.source import NetBoxOptions, NetBoxSource
from kansa.errors import BadInput
from shared_data import SharedData

OPTIONS = NetBoxOptions(
    "netbox", item_classes={"H100 SXM5": "h100-sxm5"}, countries={"tokyo": "JP", "*": "US"}
)


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """A vault with two sites."""
    return Fleet(tmp_path)


def modules(path: Path, **more: object) -> Path:
    """One module as the API of NetBox 4 lists it."""
    module = {
        "id": 7, "url": "https://netbox.example/api/dcim/modules/7/",
        "device": {"name": "gpu-001", "site": {"name": "Tokyo", "slug": "TYO"}},
        "module_type": {"model": "NVIDIA H100 SXM5 80GB", "part_number": "935-24287"},
        "status": {"value": "active", "label": "Active"},
        "serial": "1650124031592", "asset_tag": "AST-000017", "last_updated": "2026-01-03T00:00:00.123456Z", **more,
    }  # fmt: skip
    path.write_text(json.dumps({"count": 1, "next": None, "results": [module]}))
    return path


def test_a_module_is_an_accelerator_in_a_server_at_a_site(fleet: Fleet, tmp_path: Path) -> None:
    """NetBox gives place and names, declared, and no sighting."""
    done = fleet.ingest(NetBoxSource(OPTIONS, fleet.urn), modules(tmp_path / "modules.json"))
    assert done.records == 1
    (identified,) = fleet.said("device.identified")
    assert identified["site_id"] == fleet.sites["TYO"]
    assert (identified["item_class"], identified["known_by"]) == ("h100-sxm5", "declared")
    (named,) = fleet.said("device.named")
    assert (named["named"], named["confidence"]) == (["board_serial", "asset_tag"], "probable")
    assert not fleet.said("device.observed")  # nobody saw it


def test_a_move_in_netbox_is_a_new_identification_and_the_same_export_is_none(
    fleet: Fleet, tmp_path: Path
) -> None:
    """NetBox edits in place: each state that differs is a record."""
    fleet.ingest(NetBoxSource(OPTIONS, fleet.urn), modules(tmp_path / "modules.json"))
    again = fleet.ingest(NetBoxSource(OPTIONS, fleet.urn), tmp_path / "modules.json")
    assert (again.records, again.passed_over) == (0, {"the inventory says nothing new of it": 1})
    moved = {"name": "gpu-002", "site": {"name": "Singapore", "slug": "SIN"}}
    fleet.ingest(
        NetBoxSource(OPTIONS, fleet.urn),
        modules(tmp_path / "later.json", device=moved, last_updated="2026-01-05T00:00:00Z"),
    )
    assert [each["site_id"] for each in fleet.said("device.identified")] == [
        fleet.sites["TYO"],
        fleet.sites["SIN"],
    ]


def test_an_accelerator_without_serial_or_asset_tag_is_quarantined(fleet: Fleet, tmp_path: Path) -> None:
    """NetBox's serials are often empty: then nothing else can speak of the device."""
    done = fleet.ingest(
        NetBoxSource(OPTIONS, fleet.urn), modules(tmp_path / "m.json", serial="", asset_tag=None)
    )
    assert done.problems[0].code == "device.unnamed"


def test_the_demo_data_give_sites_and_no_accelerators(fleet: Fleet, shared_data: SharedData) -> None:
    """6,915 rows are accounted for: 24 sites whose country the options give, and no device of a class."""
    path = shared_data("connectors", "netbox", "netbox-demo-v3.6.json")
    done = fleet.ingest(NetBoxSource(OPTIONS, fleet.urn), path)
    assert (done.rows, done.records, done.quarantined) == (6_915, 24, 0)
    assert done.passed_over["its type has no item class in the options"] == 76
    without = fleet.ingest(NetBoxSource(NetBoxOptions("other"), fleet.urn), path)
    assert without.quarantined == 0  # they are registered by now
    assert len(fleet.said("site.registered")) == 24 + 2


def test_a_table_exported_as_csv(fleet: Fleet, tmp_path: Path) -> None:
    """The columns of the list view are understood by their headings."""
    path = tmp_path / "inventory.csv"
    path.write_text(
        "Device,Name,Manufacturer,Part ID,Serial number,Asset tag,last_updated\n"
        "gpu-001,H100 SXM5,NVIDIA,935,1650124008135,,2026-01-03T00:00:00Z\n"
        "gpu-001,fan tray,x,y,z,,\n"
    )
    done = fleet.ingest(NetBoxSource(OPTIONS, fleet.urn), path)
    assert (done.records, done.passed_over) == (1, {"its type has no item class in the options": 1})


def test_coordinates_are_kept_with_the_site(fleet: Fleet, tmp_path: Path) -> None:
    """Degrees become integers, so that a location can be checked against them."""
    path = tmp_path / "sites.json"
    site = {"url": "/api/dcim/sites/1/", "name": "Tokyo 2", "slug": "tokyo", "latitude": 35.689487, "longitude": "139.691706", "last_updated": "2026-01-03T00:00:00Z"}  # fmt: skip
    path.write_text(json.dumps({"results": [site]}))
    fleet.ingest(NetBoxSource(OPTIONS, fleet.urn), path)
    found = fleet.said("site.registered")[-1]
    assert (found["latitude_e7"], found["longitude_e7"]) == (356_894_870, 1_396_917_060)


def test_one_page_of_several_is_not_taken_for_all(fleet: Fleet, tmp_path: Path) -> None:
    """An incomplete export is refused with how to ask for all."""
    path = tmp_path / "page.json"
    path.write_text(json.dumps({"count": 80, "next": "https://n/?offset=50", "results": []}))
    with pytest.raises(BadInput) as caught:
        fleet.ingest(NetBoxSource(OPTIONS, fleet.urn), path)
    assert "limit=0" in str(caught.value.problems[0].help)
