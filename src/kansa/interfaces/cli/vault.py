"""`kansa init`, `kansa records`, `kansa rebuild`, `kansa serve`: the vault itself."""

import zoneinfo
from collections import Counter
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from kansa.clock import format_instant
from kansa.errors import BadInput
from kansa.interfaces.cli.allowed import must_be_known
from kansa.interfaces.cli.options import At
from kansa.interfaces.cli.output import Json, show, show_line
from kansa.records import catalogue, sealing
from kansa.vault import vault as vaults
from kansa.vault.settings import Settings


def init(
    *,
    origin: Annotated[
        str, Parameter(help="The log's name, `<your domain>/kansa/evidence`; it never changes.")
    ],
    name: Annotated[str, Parameter(help="The operator's name in English.")],
    name_ja: Annotated[str | None, Parameter(help="The operator's name in Japanese.")] = None,
    zone: Annotated[str, Parameter(help="The zone in which dates are read and pages shown.")] = "Asia/Tokyo",
    simulated: Annotated[
        bool, Parameter(negative=(), help="A vault that is told the time; every page and verdict says so.")
    ] = False,
    published_copy: Annotated[
        Path | None,
        Parameter(help="A second directory for the published checkpoints, best on another machine's disk."),
    ] = None,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Make a vault: its keys, its empty ledger, its trust policy."""
    if "/" not in origin or any(character.isspace() or character == "+" for character in origin):
        raise BadInput(
            "vault.origin", f"`{origin}` cannot name a log", help="write <your domain>/kansa/evidence"
        )
    must_be_known(zone, zoneinfo.available_timezones(), "zone of the IANA database", "vault.zone")
    copy = None if published_copy is None else str(published_copy.resolve())
    names = {"en": name, "ja": name_ja or name}
    settings = Settings(origin=origin, operator=names, simulated=simulated, zone=zone, published_copy=copy)
    vault = vaults.create(at.vault, settings)
    key = vault.log_key.verifier.encode()
    lines = [f"Made the vault `{at.vault}`.", "Those who verify pin its log's key:", f"  {key}"]
    show(as_json, {"vault": str(at.vault), "origin": origin, "key": key, "simulated": simulated}, lines)
    return 0


def records(
    *,
    kind: Annotated[str | None, Parameter(name="--type", help="Only this kind.")] = None,
    about: Annotated[str | None, Parameter(help="Only records about this subject id.")] = None,
    reveal: Annotated[bool, Parameter(negative=(), help="Show sealed values that are still kept.")] = False,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """List the records of the ledger: counts by kind, or with a filter the records themselves."""
    vault = at.open()
    counts = Counter(record.type for _, record in vault.records())
    if kind is not None:
        must_be_known(kind, {*catalogue.KINDS, *counts}, "kind of record", "records.kind")
    if kind is None and about is None:
        show(
            as_json,
            {"records": dict(sorted(counts.items()))},
            [f"{n:8}  {k}" for k, n in sorted(counts.items())],
        )
        return 0
    for index, record in vault.records():
        if kind not in (None, record.type) or (about is not None and about not in record.about):
            continue
        data = sealing.reveal(record.data, vault.disclosures([record])) if reveal else dict(record.data)
        line = {
            "index": index,
            "type": record.type,
            "recorded": format_instant(record.recorded_at),
            "data": data,
        }
        show_line(line)
    return 0


def rebuild(*, at: At = At(), as_json: Json = False) -> int:  # noqa: B008 - frozen
    """Derive the registers anew from the ledger."""
    size = at.open().rebuild()
    show(as_json, {"entries": size}, f"The registers reflect {size} entries.")
    return 0
