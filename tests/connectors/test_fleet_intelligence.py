"""Fleet Intelligence reports: signed by a real key, verified on arrival, refused where a byte was changed."""

import base64
import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connectors.devices_vault import Fleet
from kansa.clock import parse_instant
from kansa.connectors.fleet_intelligence.source import FleetOptions, FleetSource
from kansa.connectors.slurm.options import SiteRule
from kansa.errors import BadInput

NOW = parse_instant("2026-01-06T00:00:00.000Z")
KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = (
    KEY.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
CSV = (
    b"Hostname,GPU Type,GPU UUIDs,Serial Numbers,Compute Zone,Geo Location Country,Latitude,Longitude,Last Integrity Check TS,Removed At\n"
    b'gpu-001,H100,"GPU-ee7954ec-da95-fd7a-ddfd-c6b32cc2f8aa;GPU-47daa2ad-a218-6286-252b-af45f0dfaf00","1650124031592;1650124008135",tokyo,Japan,35.68,139.69,2026-01-05T00:00:00Z,\n'
    b"gpu-002,H100,GPU-167d8376-ee13-fca4-938a-a05167c43cdc,1650124047722,tokyo,Japan,,,2026-01-05T00:00:00Z,\n"
    b"gpu-003,H100,GPU-afe9f2ed-9dd0-572c-3cd8-b42b58b3bc99,1650124032506,tokyo,Japan,,,2026-01-05T00:00:00Z,2026-01-04T00:00:00Z\n"
    b"cpu-001,,,,tokyo,Japan,,,2026-01-05T00:00:00Z,\n"
)
OPTIONS = FleetOptions(
    "fleet", public_key=PUBLIC, sites=(SiteRule("site", "TYO"),), item_classes={"H100": "h100-sxm5"}
)


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """A vault with two sites."""
    return Fleet(tmp_path)


def bundle(content: bytes) -> bytes:
    """A Sigstore bundle as NVIDIA's CLI verifies it: a message signature, and the hint of a key."""
    signed = base64.b64encode(KEY.sign(content, ec.ECDSA(hashes.SHA256()))).decode()
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    body = {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"publicKey": {"hint": "k1"}},
        "messageSignature": {
            "messageDigest": {"algorithm": "SHA2_256", "digest": digest},
            "signature": signed,
        },
    }
    return json.dumps(body).encode()


def report(path: Path, content: bytes = CSV, signed: bytes | None = None) -> Path:
    """The zip as it is downloaded."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inventory.csv", content)
        archive.writestr("inventory.csv.sigstore.json", bundle(CSV) if signed is None else signed)
    return path


def test_a_signed_report_gives_devices_and_the_record_of_its_verification(
    fleet: Fleet, tmp_path: Path
) -> None:
    """Digest, key and bundle are kept, so that a rotation of NVIDIA's keys takes nothing away."""
    done = fleet.ingest(FleetSource(OPTIONS, fleet.urn, NOW), report(tmp_path / "r.zip"))
    assert (done.rows, done.records) == (5, 3)
    assert done.passed_over == {"a node that was removed": 1, "a node without GPUs": 1}
    (verified,) = fleet.said("report.verified")
    assert (verified["result"], verified["algorithm"]) == ("verified", "ecdsa-secp256r1-sha256")
    assert verified["report_sha256"] == hashlib.sha256(CSV).hexdigest()
    assert (verified["public_key"], verified["bundle"].encode()) == (PUBLIC, bundle_kept(tmp_path / "r.zip"))
    assert {each["known_by"] for each in fleet.said("device.observed")} == {"documented"}


def bundle_kept(path: Path) -> bytes:
    """The bundle in a report."""
    with zipfile.ZipFile(path) as archive:
        return archive.read("inventory.csv.sigstore.json")


def test_serial_numbers_of_a_node_with_several_gpus_are_not_paired(fleet: Fleet, tmp_path: Path) -> None:
    """Which serial is of which UUID is not published: no join is made up."""
    fleet.ingest(FleetSource(OPTIONS, fleet.urn, NOW), report(tmp_path / "r.zip"))
    serials = [each.get("board_serial") for each in fleet.said("device.named")]
    assert serials == [None, None, "1650124047722"]


def test_its_location_is_declared_and_excludes_nothing(fleet: Fleet, tmp_path: Path) -> None:
    """The zone's place is what the operator's own administrator entered."""
    fleet.ingest(FleetSource(OPTIONS, fleet.urn, NOW), report(tmp_path / "r.zip"))
    located = fleet.said("device.located")
    assert {(each["method"], each["known_by"], each["country"]) for each in located} == {
        ("declared", "declared", "Japan")
    }
    assert [len(each["circles"]) for each in located] == [1, 1, 0]


@pytest.mark.parametrize(
    ("content", "signed", "said"),
    [
        (CSV.replace(b"gpu-001", b"gpu-009"), None, "of another file"),
        (
            CSV,
            json.dumps({"messageSignature": {"signature": base64.b64encode(b"x" * 70).decode()}}).encode(),
            "does not verify",
        ),
        (CSV, b"{}", "no `messageSignature`"),
        (CSV, b"not json", "cannot be read as JSON"),
    ],
)
def test_a_report_whose_signature_does_not_verify_is_refused_whole(fleet: Fleet, tmp_path: Path, content: bytes, signed: bytes | None, said: str) -> None:  # fmt: skip
    """Not a row of it is read."""
    with pytest.raises(BadInput) as caught:
        fleet.ingest(FleetSource(OPTIONS, fleet.urn, NOW), report(tmp_path / "r.zip", content, signed))
    assert said in caught.value.problems[0].message
    assert not fleet.said("device.named")


def test_a_signed_report_without_a_key_is_refused_and_an_unsigned_one_is_declared(
    fleet: Fleet, tmp_path: Path
) -> None:
    """A key that came with the report would prove nothing."""
    keyless = FleetOptions("fleet", sites=OPTIONS.sites)
    with pytest.raises(BadInput) as caught:
        fleet.ingest(FleetSource(keyless, fleet.urn, NOW), report(tmp_path / "r.zip"))
    assert "not from the report" in str(caught.value.problems[0].help)
    path = tmp_path / "plain.csv"
    path.write_bytes(CSV)
    fleet.ingest(FleetSource(keyless, fleet.urn, NOW), path)
    assert fleet.said("report.verified")[0]["result"] == "not_signed"
    assert {each["known_by"] for each in fleet.said("device.observed")} == {"declared"}
