"""Attestation evidence of GPUs to `device.attested`: chain, signature and nonce are verified before anything is recorded.

The evidence is the JSON that NVIDIA's attestation SDK collects: a list of `certificate` (PEM chain), `evidence` (the SPDM
exchange) and `nonce`, each in base64 or hex. Firmware measurements are not compared with reference values; the record
says so. An attestation proves which device answered, not where it is.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kansa.clock import format_instant
from kansa.connectors.attestation import spdm
from kansa.connectors.attestation.roots import NVIDIA_DEVICE_ROOT
from kansa.connectors.attestation.verify import check_signature, digest, identity
from kansa.connectors.base import Names, Parsed, PlainSource, Row, Skipped
from kansa.connectors.devices.faults import RowFault
from kansa.connectors.devices.join import join
from kansa.connectors.devices.names import normal, usable
from kansa.connectors.devices.options import CODE, DeviceOptions, read_file, shared_options
from kansa.connectors.devices.sighting import Sighting, Sightings
from kansa.connectors.formats import document
from kansa.connectors.table import cells
from kansa.errors import BadInput
from kansa.records.draft import Draft

ATTESTED = "kansa.device.attested.v0"
SWITCHES = frozenset({"LS10", "LS_10"})
A_SWITCH = "an NVSwitch, no accelerator"
CHECKS = ("certificate_chain", "signature", "nonce")
NOT_ASSESSED = ("firmware_reference_values", "certificate_revocation", "location")
FORM_ADVICE = "collect it with NVIDIA's attestation SDK (`nvattest collect-evidence --device gpu`), with a nonce that you issued"
NONCE_ADVICE = (
    "issue a nonce, collect the evidence with it, and write it with its time under `nonces` in the options"
)
REPLAY_ADVICE = "issue a new nonce and collect the evidence again"
MAX_FILE = 64 << 20
_HEX = re.compile(r"^(?:[0-9a-fA-F]{2})+$")


@dataclass(frozen=True, slots=True)
class AttestationOptions(DeviceOptions):
    """How evidence is read; `nonces` gives when each nonce was issued; `roots` are certificates, PEM."""

    nonces: Mapping[str, int] = field(default_factory=dict)
    roots: bytes = NVIDIA_DEVICE_ROOT


def read_options(path: Path | None) -> AttestationOptions:
    """Read the options.

    Raises:
        BadInput: `connector.options`, with everything that is wrong.
    """
    if path is None:
        return AttestationOptions("attestation")
    from kansa.connectors.attestation.options_file import AttestationOptionsFile  # noqa: PLC0415 - models take long to load

    file = read_file(path, AttestationOptionsFile)
    nonces = {}
    for nonce, issued in file.nonces.items():
        try:
            nonces[nonce.lower()] = cells.instant(issued, cells.Reading(form="time", zone=file.zone))
        except cells.CellFault as fault:
            raise BadInput(CODE, f"`nonces`: {fault.message}", help=fault.advice) from fault
    more = file.roots.encode() if file.roots else b""
    return AttestationOptions(
        **shared_options(file, "attestation"), nonces=nonces, roots=NVIDIA_DEVICE_ROOT + more
    )


class AttestationSource(PlainSource):
    """Reads evidence that a collector saved."""

    def __init__(self, options: AttestationOptions, urn: str) -> None:
        super().__init__(f"{urn}:{options.source}")
        self.options = options
        self._devices = Sightings(self.name, options)
        self._seen: dict[tuple[str, str], str] = {}

    def rows(self, path: Path, names: Names) -> Iterator[Row]:
        value = document.parse_json(document.read(path, MAX_FILE), path, FORM_ADVICE)
        listed = value.get("evidences", value.get("evidence_list")) if isinstance(value, dict) else value
        if isinstance(value, dict) and "certificate" in value:
            listed = [value]
        if not isinstance(listed, list):
            raise BadInput("attestation.form", f"`{path}` is no list of evidence", help=FORM_ADVICE)
        sites = self.options.known_sites(names)
        for line, each in enumerate(listed, start=1):
            try:
                yield self._row(each, path, line, names, sites)
            except RowFault as fault:
                yield fault.quarantined(path, line, _shown(each))

    def _row(self, each: Any, path: Path, line: int, names: Names, sites: Mapping[str, str]) -> Row:
        if not isinstance(each, Mapping):
            raise RowFault("attestation.form", "it is no object", "evidence", FORM_ADVICE)
        if str(each.get("arch", "")).upper() in SWITCHES:
            return Skipped(A_SWITCH)
        content = _bytes(each, "evidence")
        try:
            exchange = spdm.parse(content)
        except ValueError as error:
            raise RowFault("attestation.evidence", str(error), "evidence", FORM_ADVICE) from error
        at = self._issued(exchange.nonce.hex())
        try:
            who, signer = identity(_bytes(each, "certificate"), self.options.roots, at)
            check_signature(exchange, signer)
        except ValueError as error:
            raise RowFault("attestation.unverified", str(error), "certificate") from error
        self._refuse_replay(who.attestation_id, exchange.nonce.hex(), digest(content))
        found, _ = usable(
            {
                "attestation_id": who.attestation_id,
                "gpu_uuid": _text(each, "gpu_uuid", "uuid"),
                "board_serial": _text(each, "board_serial", "serial_number", "serial"),
            }
        )
        host = _text(each, "hostname", "host") or self.options.host
        sighting = Sighting(
            at=at,
            names=dict(found),
            means=f"attestation, {who.model or 'no model'}",
            file=str(path),
            line=line,
            raw=_shown(each),
            known_by="attested" if len(found) == 1 else "documented",
            host=host,
            model=who.model,
            seen=False,
        )
        named = self._devices.row(sighting, names, sites)
        device = join(found, names).device
        data: dict[str, Any] = {
            "valid_from": format_instant(at),
            "known_by": "attested",
            "device_id": device,
            "site_id": self.options.site_of(host, sites),
            "checks": list(CHECKS),
            "not_assessed": list(NOT_ASSESSED),
            "root_sha256": who.root_sha256,
            "evidence_sha256": digest(content),
            "measurements": exchange.blocks,
            "attestation_id": normal("attestation_id", who.attestation_id) or who.attestation_id,
            "nonce": exchange.nonce.hex(),
        }
        data |= {"hardware_model": who.model} if who.model else {}
        data |= {"driver_version": exchange.driver} if exchange.driver else {}
        data |= {"vbios_version": exchange.vbios} if exchange.vbios else {}
        key = json.dumps(["attested", who.attestation_id, exchange.nonce.hex()])
        draft = Draft(ATTESTED, self.name, key, at, data)
        return Parsed(draft, str(path), line, _shown(each), named.drafts if isinstance(named, Parsed) else ())

    def _issued(self, nonce: str) -> int:
        """Return when a nonce was issued.

        Raises:
            RowFault: nobody says that it was.
        """
        issued = self.options.nonces.get(nonce)
        if issued is None:
            raise RowFault(
                "attestation.nonce",
                f"the nonce `{nonce}` is none that you issued: the evidence may be an old one",
                "nonce",
                NONCE_ADVICE,
            )
        return issued

    def _refuse_replay(self, device: str, nonce: str, content: str) -> None:
        """Refuse another report of a device over a nonce that it has answered; the ledger refuses those of earlier ingests.

        Raises:
            RowFault: it is one.
        """
        if self._seen.setdefault((device, nonce), content) != content:
            raise RowFault(
                "attestation.replayed",
                f"the device answered the nonce `{nonce}` before, with another report",
                "nonce",
                REPLAY_ADVICE,
            )


def _bytes(each: Mapping[str, Any], name: str) -> bytes:
    """Return a field in base64 or hex; PEM as it is.

    Raises:
        RowFault: there is none.
    """
    text = each.get(name)
    if not isinstance(text, str) or not text:
        raise RowFault("attestation.form", f"there is no `{name}`", name, FORM_ADVICE)
    if text.startswith("-----BEGIN"):
        return text.encode()
    try:
        return bytes.fromhex(text) if _HEX.match(text) else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise RowFault(
            "attestation.form", f"`{name}` is neither base64 nor hex", name, FORM_ADVICE
        ) from error


def _text(each: Mapping[str, Any], *names: str) -> str | None:
    return next((each[name] for name in names if isinstance(each.get(name), str) and each[name]), None)


def _shown(each: Any) -> Any:
    """Return a row for people to look at: without the long texts."""
    if not isinstance(each, Mapping):
        return each
    return {name: text for name, text in each.items() if name not in {"certificate", "evidence"}}
