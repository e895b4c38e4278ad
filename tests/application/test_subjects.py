"""The lists of what a vault knows: every subject once, with names, and where it stands at the vault's time."""

from dataclasses import replace
from pathlib import Path

import pytest

from kansa.application.subjects.devices import list_devices
from kansa.application.subjects.parties import list_parties
from kansa.application.subjects.paths import list_paths
from kansa.application.subjects.sites import list_sites
from kansa.clock import DAY, format_instant
from kansa.vault.vault import Vault
from worlds import BEGIN, cast, draft, small_vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """The small world's vault on its sixth day: the verification ends on the tenth."""
    small_vault(tmp_path / "v")
    return at(tmp_path / "v", 5)


def at(root: Path, day: int) -> Vault:
    """The vault on a day of the story."""
    return Vault(root, at=BEGIN + day * DAY)


def test_a_party_is_listed_with_both_names_and_until_when_it_is_verified(vault: Vault) -> None:
    """Before the end it holds until then; afterwards it has ended then. Nobody determined where its headquarters are."""
    (party,) = list_parties(vault).parties
    (after,) = list_parties(at(vault.places.root, 15)).parties

    assert party.named.names == {"ja": "青葉", "en": "Aoba"}
    assert party.as_json()["verification"] == {"state": "in_force", "at": format_instant(BEGIN + 10 * DAY)}
    assert after.as_json()["verification"] == {"state": "ended", "at": format_instant(BEGIN + 10 * DAY)}
    (cleared,) = party.clearances
    assert (cleared.tenant.id, cleared.end_user.id) == (cast().tenant, cast().tenant)
    assert party.headquarters is None


def test_determined_headquarters_are_shown(vault: Vault) -> None:
    """The country that a person determined."""
    who = cast()
    vault.record(replace(draft("party.headquarters_determined", "1", party_id=who.tenant, country="SG")))

    (party,) = list_parties(vault).parties

    assert party.headquarters == "SG"


@pytest.mark.parametrize(("text", "found"), [("ａｏｂａ", 1), ("青", 1), ("nobody", 0)])
def test_a_text_finds_whoever_is_called_so_in_either_script(vault: Vault, text: str, found: int) -> None:
    """However it is written; how many are on record is said whatever is shown."""
    listed = list_parties(vault, text)

    assert (len(listed.parties), listed.known) == (found, 1)
    assert len(list_parties(vault, role="supplier").parties) == 0
    assert len(list_parties(vault, role="tenant").parties) == 1


def test_a_device_is_listed_where_the_inventory_and_its_custody_have_it(vault: Vault) -> None:
    """Both accelerators stand at the site under an unbroken chain; nothing is left to look for."""
    who = cast()

    listed = list_devices(vault, site=who.site)

    assert {device.named.id for device in listed.devices} == set(who.devices)
    assert all(device.is_evidenced and device.item_class == "h100-sxm5" for device in listed.devices)
    assert list_devices(vault, without_custody=True).devices == ()
    assert list_devices(vault, without_custody=True).known == 2


def test_a_path_is_listed_with_whom_it_serves_and_whether_it_is_enabled(vault: Vault) -> None:
    """Approved and enabled without an end; before the story began neither is."""
    who = cast()

    (path,) = list_paths(vault, tenant=who.tenant).paths

    assert path.named.id == who.path
    assert (path.method, path.approval.state, path.enablement.state) == ("direct", "in_force", "in_force")
    assert list_paths(vault, tenant=who.other).paths == ()


def test_a_site_is_listed_with_its_devices(vault: Vault) -> None:
    """Two accelerators, both in custody; nobody recorded that it was taken into service until somebody does."""
    who = cast()
    (site,) = list_sites(vault).sites
    vault.record(draft("site.commissioned", "1", start=BEGIN + DAY, site_id=who.site))
    (after,) = list_sites(vault).sites

    assert (site.devices, site.in_custody, site.state) == (2, 2, "planned")
    assert (after.state, after.commissioned) == ("commissioned", BEGIN + DAY)
