"""What each connector makes of every public sample, as a page: rows, records, quarantined, passed over, refused files.

With `KANSA_WRITE_SAMPLES=1` the page docs/sources/samples.md is written anew, in both languages; otherwise it is held.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.conftest import URN, World, counted_bytes
from kansa.clock import parse_instant
from kansa.connectors.attestation.source import AttestationOptions, AttestationSource
from kansa.connectors.base import Source
from kansa.connectors.dcgm.source import DcgmSource
from kansa.connectors.devices.options import DeviceOptions
from kansa.connectors.devices.papers import PaperOptions
from kansa.connectors.devices.workload_options import WorkloadOptions
from kansa.connectors.epcis.source import EpcisSource
from kansa.connectors.ingest import Ingested
from kansa.connectors.key_registry import KeyRegistry
from kansa.connectors.kubernetes.source import KubernetesSource
from kansa.connectors.netbox.source import NetBoxOptions, NetBoxSource
from kansa.connectors.nvidia_smi.source import NvidiaSmiSource
from kansa.connectors.openstack.source import OpenStackSource
from kansa.connectors.redfish.source import RedfishSource
from kansa.connectors.slurm.options import SiteRule, SlurmOptions
from kansa.connectors.slurm_devices.source import ScontrolSource
from kansa.connectors.ubl.source import UblSource
from kansa.connectors.zones import zone_named
from kansa.texts import LANGUAGES, Words
from shared_data import SharedData

DOCS = Path(__file__).parents[2] / "docs" / "sources"
AT = parse_instant("2026-01-02T00:00:00.000Z")
TOKYO = zone_named("Asia/Tokyo")
SITES = (SiteRule("site", "TYO"),)
NONCE = "4760e30534a0621357d458b1a7936551b5dc4cd1e69718adf7ed9fb0252a537e"
DEVICES = DeviceOptions("x", zone=TOKYO, sites=SITES)
PLACES = {"urn:epc:id:sgln:4012345.00001.0": "TYO", "urn:epc:id:sgln:0614141.00888.0": "TYO"}
SAMPLES: tuple[tuple[str, Words, Callable[[], Source], tuple[str, ...]], ...] = (
    ("redfish", Words("trees of four vendors", "四社のツリー"), lambda: RedfishSource(DEVICES, URN), ("redfish/nvidia_viking/**/*.json", "redfish/nvidia_gb200/**/*.json", "redfish/lenovo/**/*.json", "redfish/dell/**/*.json")),
    ("nvidia-smi", Words("XML v11 to v13, text of 8 × H100 and others", "XML v11〜v13、H100 八台などのテキスト"), lambda: NvidiaSmiSource(DEVICES, URN), ("nvidia-smi/**/*.xml", "nvidia-smi/gpud/*.txt")),
    ("netbox", Words("demo data v3.6", "デモデータ v3.6"), lambda: NetBoxSource(NetBoxOptions("x", countries={"*": "US"}), URN), ("netbox/netbox-demo-v3.6.json",)),
    ("epcis", Words("GS1's examples, JSON-LD and XML", "GS1 の例（JSON-LD・XML）"), lambda: EpcisSource(PaperOptions("x", places=PLACES), URN), ("epcis/**/*.jsonld", "epcis/**/*.xml")),
    ("ubl", Words("OASIS examples", "OASIS の例"), lambda: UblSource(PaperOptions("x", zone=TOKYO), URN), ("ubl/*.xml",)),
    ("attestation", Words("8 × H100, 4 NVSwitches", "H100 八台、NVSwitch 四台"), lambda: AttestationSource(AttestationOptions("x", nonces={NONCE: AT}), URN), ("gpu-attestation/*.json",)),
    ("dcgm", Words("the exporter's own page", "exporter の説明書"), lambda: DcgmSource(DeviceOptions("x", taken_at=AT, sites=SITES), URN), ("dcgm/dcgm-exporter-README.md",)),
    ("kubernetes", Words("audit events, a kubelet's pods", "監査イベント、kubelet の Pod"), lambda: KubernetesSource(WorkloadOptions("x"), URN), ("kubernetes/audit-falco/*.json", "kubernetes/kubelet-readonly-pods.json")),
    ("openstack", Words("Nova's notification samples", "Nova の通知の例"), lambda: OpenStackSource(WorkloadOptions("x", taken_at=AT), URN), ("openstack/notification_samples/*.json",)),
    ("slurm-devices", Words("a real Slurm 22.05", "実際の Slurm 22.05"), lambda: ScontrolSource(SlurmOptions("x", cluster="a", zone=TOKYO), URN), ("slurm/real-slurm-22.05/scontrol-show-job-d.txt",)),
)  # fmt: skip
HEAD = Words(
    """# Connectors on public samples

*[日本語](samples.ja.md)*

What each connector makes of files that others published, as the tests find it. Rows are records, quarantined, refused by the ledger and
passed over; a refused file is one of which nothing can be read, and says what to give instead.

| connector | samples | files | rows | records | quarantined | refused | passed over | refused files |
|---|---|---|---|---|---|---|---|---|
""",
    """# 公開サンプルでのコネクター

*[English](samples.md)*

公開されているファイルを各コネクターがどう扱ったかを、テストの結果として示します。行は、記録・隔離・台帳による受付不可・対象外のいずれかになります。読み取れない
ファイルは、まったく読み取れなかったファイルで、代わりに何を用意すればよいかを示します。

| コネクター | サンプル | ファイル | 行 | 記録 | 隔離 | 受付不可 | 対象外 | 読み取れないファイル |
|---|---|---|---|---|---|---|---|---|
""",
)


def taken(world: World, make: Callable[[], Source], files: list[Path]) -> Ingested:
    """Ingest all files of a connector into an empty world in which one site is known."""
    world.names = KeyRegistry({("site", "TYO"): "sit_" + "a" * 26}, random_bytes=counted_bytes())
    return world.ingest(make(), *files)


def test_the_page_says_what_the_connectors_make_of_the_samples(world: World, shared_data: SharedData) -> None:
    """Each row of a sample is accounted for; a figure that changes is looked at before the page is."""
    root = shared_data("connectors")
    found: list[tuple[str, Words, str]] = []
    for name, told, make, patterns in SAMPLES:
        files = sorted(path for pattern in patterns for path in root.glob(pattern))
        done = taken(world, make, files)
        became = (done.records, done.quarantined, done.refused, sum(done.passed_over.values()))
        assert done.rows == sum(became) + done.duplicates + done.superseding
        figures = (len(files), done.rows, *became, len(done.unreadable))
        found.append((name, told, " | ".join(map(str, figures))))
    for language in LANGUAGES:
        path = DOCS / ("samples.md" if language == "en" else f"samples.{language}.md")
        rows = (f"| `{name}` | {told.in_(language)} | {figures} |\n" for name, told, figures in found)
        page = HEAD.in_(language) + "".join(rows)
        if os.environ.get("KANSA_WRITE_SAMPLES") == "1":
            path.write_text(page, "utf-8")
        assert path.read_text("utf-8") == page


@pytest.mark.parametrize("name", [name for name, *_ in SAMPLES])
def test_every_connector_of_the_table_has_its_page_of_fields(name: str) -> None:
    """The names are those under which connectors are found."""
    assert (DOCS / "fields" / f"{name}.md").is_file()
