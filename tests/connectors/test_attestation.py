"""Attestation evidence of eight real H100: verified offline, and refused where anything was changed, old or replayed."""

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.devices_vault import Fleet
from kansa.clock import parse_instant
from kansa.connectors.attestation.source import AttestationOptions, AttestationSource
from kansa.errors import BadInput
from shared_data import SharedData

NONCE = "4760e30534a0621357d458b1a7936551b5dc4cd1e69718adf7ed9fb0252a537e"
AT = parse_instant("2026-01-02T00:00:00.000Z")
OPTIONS = AttestationOptions("attestation", nonces={NONCE: AT})


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """A vault with two sites."""
    return Fleet(tmp_path)


@pytest.fixture
def evidence(shared_data: SharedData) -> list[dict[str, Any]]:
    """What NVIDIA's SDK collected on an HGX of eight H100."""
    found: list[dict[str, Any]] = json.loads(
        shared_data("connectors", "gpu-attestation", "gpu_evidence.json").read_text()
    )
    return found


def saved(path: Path, evidence: list[dict[str, Any]]) -> Path:
    """The evidence as a file."""
    path.write_text(json.dumps(evidence))
    return path


def changed(each: dict[str, Any], at: int) -> dict[str, Any]:
    """The evidence with one bit of the exchange turned."""
    content = bytearray(base64.b64decode(each["evidence"]))
    content[at] ^= 1
    return each | {"evidence": base64.b64encode(bytes(content)).decode()}


def test_eight_devices_are_attested_and_named(fleet: Fleet, shared_data: SharedData) -> None:
    """Chain, signature and nonce hold; the record says what was not assessed."""
    done = fleet.ingest(
        AttestationSource(OPTIONS, fleet.urn),
        shared_data("connectors", "gpu-attestation", "gpu_evidence.json"),
    )
    assert (done.records, done.quarantined) == (8, 0)
    attested = fleet.said("device.attested")
    assert len({each["attestation_id"] for each in attested}) == 8
    assert attested[0]["attestation_id"] == "412921CE551E4EEDA3"
    assert (attested[0]["driver_version"], attested[0]["vbios_version"]) == ("590.12", "96.00.A5.00.01")
    assert "firmware_reference_values" in attested[0]["not_assessed"]
    assert {each["confidence"] for each in fleet.said("device.named")} == {"certain"}


@pytest.mark.parametrize("at", [60, 3_000, 4_200])
def test_a_changed_bit_in_record_or_signature_is_refused(fleet: Fleet, evidence: list[dict[str, Any]], tmp_path: Path, at: int) -> None:  # fmt: skip
    """The signature covers the request and the whole answer."""
    path = saved(tmp_path / "e.json", [changed(evidence[0], at), evidence[1]])
    done = fleet.ingest(AttestationSource(OPTIONS, fleet.urn), path)
    assert (done.records, done.quarantined) == (1, 1)
    assert done.problems[0].code == "attestation.unverified"


def test_a_chain_of_another_device_does_not_verify_the_report(fleet: Fleet, evidence: list[dict[str, Any]], tmp_path: Path) -> None:  # fmt: skip
    """A true chain and a true report of two devices are no evidence of either."""
    mixed = evidence[0] | {"certificate": evidence[1]["certificate"]}
    done = fleet.ingest(AttestationSource(OPTIONS, fleet.urn), saved(tmp_path / "e.json", [mixed]))
    assert "does not verify" in done.problems[0].message


def test_a_root_that_is_not_trusted_is_refused(
    fleet: Fleet, evidence: list[dict[str, Any]], tmp_path: Path
) -> None:
    """The chain is true and ends nowhere that the operator trusts."""
    chain = base64.b64decode(evidence[0]["certificate"]).split(b"-----END CERTIFICATE-----\n")
    other = chain[0] + b"-----END CERTIFICATE-----\n"
    done = fleet.ingest(AttestationSource(replace(OPTIONS, roots=other), fleet.urn), saved(tmp_path / "e.json", evidence[:1]))  # fmt: skip
    assert "is not trusted" in done.problems[0].message


def test_a_nonce_that_nobody_issued_is_refused(
    fleet: Fleet, evidence: list[dict[str, Any]], tmp_path: Path
) -> None:
    """Evidence over any nonce could be an old one."""
    done = fleet.ingest(
        AttestationSource(replace(OPTIONS, nonces={}), fleet.urn), saved(tmp_path / "e.json", evidence[:1])
    )
    assert done.problems[0].code == "attestation.nonce"


def test_the_same_evidence_again_adds_nothing_and_a_replayed_nonce_is_refused(
    fleet: Fleet, evidence: list[dict[str, Any]], tmp_path: Path
) -> None:
    """Presented anew as of a later day, it is another content under a nonce that was answered."""
    path = saved(tmp_path / "e.json", evidence[:1])
    fleet.ingest(AttestationSource(OPTIONS, fleet.urn), path)
    assert fleet.ingest(AttestationSource(OPTIONS, fleet.urn), path).duplicates == 1
    later = replace(OPTIONS, nonces={NONCE: AT + 86_400_000_000})
    done = fleet.ingest(AttestationSource(later, fleet.urn), path, refused=1)
    assert done.problems[-1].code == "ledger.contradicts"
    assert len(fleet.said("device.attested")) == 1


def test_switches_are_passed_over(fleet: Fleet, shared_data: SharedData) -> None:
    """They are counted with the reason."""
    done = fleet.ingest(
        AttestationSource(OPTIONS, fleet.urn),
        shared_data("connectors", "gpu-attestation", "switch_evidence.json"),
    )
    assert done.passed_over == {"an NVSwitch, no accelerator": 4}


def test_claims_instead_of_evidence_are_refused_with_what_to_collect(
    fleet: Fleet, shared_data: SharedData
) -> None:
    """A service's word that it verified something is not the evidence."""
    path = shared_data("connectors", "gpu-attestation", "claims", "detached_claims_local.json")
    with pytest.raises(BadInput) as caught:
        fleet.ingest(AttestationSource(OPTIONS, fleet.urn), path)
    assert "nvattest" in str(caught.value.problems[0].help)
