"""Small vaults that tests tell stories with: one site, one node of two accelerators, one tenant, one gap."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kansa import ids
from kansa.clock import DAY, HOUR, format_instant, parse_instant
from kansa.records.draft import Draft, submit
from kansa.vault import vault as vaults
from kansa.vault.settings import Settings
from kansa.vault.vault import Vault

BEGIN = parse_instant("2026-01-01T00:00:00.000Z")
ORIGIN = "small.example/kansa/evidence"
SOURCE = "urn:kansa:small.example:declared"


@dataclass(frozen=True, slots=True)
class Cast:
    """The subjects of the small world."""

    tenant: str
    other: str
    site: str
    path: str
    contract: str
    us: str
    jp: str
    node: str
    devices: tuple[str, str]
    workload: str


def dice(seed: int) -> Callable[[int], bytes]:
    """Random bytes that are the same every time."""
    return random.Random(seed).randbytes


def cast(seed: int = 7) -> Cast:
    """The same subjects every time."""
    bytes_ = dice(seed)

    def mint(kind: str) -> str:
        return ids.mint(kind, bytes_)

    return Cast(
        tenant=mint("party"),
        other=mint("party"),
        site=mint("site"),
        path=mint("path"),
        contract=mint("contract"),
        us=mint("authorization"),
        jp=mint("authorization"),
        node=mint("node"),
        devices=(mint("device"), mint("device")),
        workload=mint("workload"),
    )


def draft(kind: str, key: str, start: int = BEGIN, end: int | None = None, **data: Any) -> Draft:
    """A draft of a kind, valid from `start`, documented unless it says otherwise."""
    times = {"valid_from": format_instant(start), "valid_to": None if end is None else format_instant(end)}
    return Draft(
        f"kansa.{kind}.v0", SOURCE, f"{kind} {key}", start, {"known_by": "documented", **times, **data}
    )


def story(who: Cast) -> list[Draft]:
    """Twenty days in which the verification ends on day 10 while a workload runs from day 2 to day 12."""
    item, both = "h100-sxm5", [who.tenant]
    bases: dict[str, Any] = {"end_user_ids": both, "item_classes": [item], "site_ids": [who.site]}
    drafts = [
        draft(
            "party.registered",
            "tenant",
            party_id=who.tenant,
            roles=["tenant"],
            names={"ja": "青葉", "en": "Aoba"},
        ),
        draft(
            "site.registered", "site", site_id=who.site, country="JP", names={"ja": "石狩", "en": "Ishikari"}
        ),
        draft(
            "end_user.verified",
            "1",
            end=BEGIN + 10 * DAY,
            end_user_id=who.tenant,
            method="registry",
            verifier="H. Sato",
        ),
        draft("case.decided", "1", tenant_id=who.tenant, end_user_id=who.tenant, decision="permit"),
        draft(
            "access_path.approved",
            "1",
            path_id=who.path,
            tenant_id=who.tenant,
            end_user_id=who.tenant,
            method="direct",
        ),
        draft("access_path.enabled", "1", path_id=who.path),
        draft(
            "item.classified",
            "us",
            item_class=item,
            jurisdiction="US",
            control="3A090.a",
            result="controlled",
        ),
        draft(
            "item.classified", "jp", item_class=item, jurisdiction="JP", control="8", result="not_controlled"
        ),
        draft(
            "authorization.recorded", "us", authorization_id=who.us, jurisdiction="US", basis="veu", **bases
        ),
    ]
    for number, device in enumerate(who.devices):
        place: dict[str, Any] = {"device_id": device, "site_id": who.site}
        drafts.append(draft("device.identified", str(number), node_id=who.node, item_class=item, **place))
        named: dict[str, Any] = {
            "contract_id": who.contract,
            "contract_line": "1",
            "authorization_id": who.us,
        }
        drafts.append(draft("device.moved", str(number), step="receiving", **place, **named))
    use: dict[str, Any] = {
        "tenant_id": who.tenant,
        "end_user_id": who.tenant,
        "path_id": who.path,
        "site_id": who.site,
    }
    drafts.append(
        draft(
            "workload.placed",
            "1",
            BEGIN + 2 * DAY,
            BEGIN + 12 * DAY,
            workload_id=who.workload,
            units=[who.node],
            **use,
        )
    )
    drafts.append(
        draft("source.reported", "1", BEGIN, BEGIN + 20 * DAY, system="declared", scope=[who.site], rows=1)
    )
    return drafts


def small_vault(root: Path, drafts: Iterable[Draft] | None = None, *, seed: int = 7) -> Vault:
    """A simulated vault that holds the story, recorded an hour before it begins."""
    settings = Settings(
        origin=ORIGIN, operator={"ja": "小さな事業者", "en": "Small Operator"}, simulated=True
    )
    vaults.create(root, settings, dice(seed))
    vault = Vault(root, at=BEGIN - HOUR, random_bytes=dice(seed + 1))
    with vault.appending() as appender:
        outcomes = appender.append(
            [submit(each, vault.connector_key) for each in drafts or story(cast(seed))]
        )
    refused = [outcome for outcome in outcomes if outcome.status != "appended"]
    assert not refused, refused
    return Vault(root, at=BEGIN + 20 * DAY, random_bytes=dice(seed + 2))
