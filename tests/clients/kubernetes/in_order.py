"""A vault in which one tenant's papers are in order but for its verification, in real time: made of records and commands."""

import subprocess
from pathlib import Path
from typing import Any

from kansa.clock import DAY, SystemClock, format_instant
from kansa.interfaces.cli.app import run
from kansa.records.draft import Draft, submit
from kansa.vault.vault import Vault
from shared_data import SharedData
from worlds import cast

WHO = cast(7)
ITEM = "3A090.a"
SOURCE = "urn:kansa:declared"
ROLES = {
    "sales": "account_manager",
    "trade": "export_control_staff",
    "director": "export_control_officer",
}


def draft(kind: str, key: str, start: int, end: int | None = None, **data: Any) -> Draft:
    """A documented record."""
    times = {"valid_from": format_instant(start), "valid_to": None if end is None else format_instant(end)}
    return Draft(
        f"kansa.{kind}.v0", SOURCE, f"{kind} {key}", start, {"known_by": "documented", **times, **data}
    )


def kansa(vault: Path, *words: str, codes: tuple[int, ...] = (0,)) -> None:
    """A command that must succeed."""
    assert run([*words, "--vault", str(vault)]) in codes, words


def record(vault: Path, *drafts: Draft) -> None:
    """Records beside whatever else runs: through the sequencer's door where a server holds it."""
    opened = Vault(vault)
    with opened.appending() as way:
        outcomes = way.append([submit(each, opened.connector_key) for each in drafts])
    assert [outcome.status for outcome in outcomes] == ["appended"] * len(drafts), outcomes


def verified(now: int) -> Draft:
    """The end user is verified from now on."""
    whom = {"end_user_id": WHO.tenant, "method": "registry", "verifier": "H. Sato"}
    return draft("end_user.verified", str(now), now, now + 30 * DAY, **whom)


def lapsed_tenant(root: Path, shared_data: SharedData) -> Path:
    """Everything that the shipped gate rules ask for, but the verification ended yesterday."""
    vault = root / "vault"
    kansa(vault, "init", "--origin", "hokkaido.example/kansa/evidence", "--name", "Hokkaido Compute")
    now = SystemClock().now()
    record(vault, *_papers(now))
    _decide(root, vault)
    lists = shared_data("screening", "lists")
    kansa(vault, "lists", "add", "csl", str(lists / "us_csl" / "screening-list.json"))
    kansa(vault, "lists", "add", "meti-eul", str(lists / "jp_meti_eul" / "jp.json"))
    kansa(vault, "screen", "parties", codes=(0, 1))  # 1: some lists are not covered
    return vault


def _papers(now: int) -> list[Draft]:
    begin = now - 40 * DAY
    both: dict[str, Any] = {"tenant_id": WHO.tenant, "end_user_id": WHO.tenant}
    scope: dict[str, Any] = {
        "end_user_ids": [WHO.tenant],
        "item_classes": [ITEM],
        "site_ids": [WHO.site],
    }
    place: dict[str, Any] = {"introduces": [{"id": WHO.site, "system": "site", "key": "石狩1"}]}
    account: dict[str, Any] = {
        "introduces": [{"id": WHO.path, "system": "slurm:hokkaido", "key": "shirakaba"}]
    }
    names = {"ja": "白樺言語研究所", "en": "Shirakaba Language Laboratory"}
    until_yesterday = {"end_user_id": WHO.tenant, "method": "registry", "verifier": "H. Sato"}
    papers = [
        draft(
            "party.registered", "t", begin, party_id=WHO.tenant, roles=["tenant"], names=names, country="JP"
        ),
        draft("party.ownership_declared", "t", begin, party_id=WHO.tenant, rest="nobody"),
        draft(
            "party.headquarters_determined",
            "t",
            begin,
            party_id=WHO.tenant,
            ultimate_parent_id=WHO.tenant,
            country="JP",
            determined_by="H. Sato",
        ),
        draft("end_use.stated", "t", begin, end_user_id=WHO.tenant, purpose="train"),
        draft("site.registered", "s", begin, site_id=WHO.site, country="JP", **place),
        draft("site.commissioned", "s", begin, site_id=WHO.site),
        draft("end_user.verified", "lapsed", begin, now - DAY, **until_yesterday),
        draft("access_path.approved", "p", begin, path_id=WHO.path, method="direct", **both, **account),
        draft("access_path.enabled", "p", begin, path_id=WHO.path),
        draft(
            "item.classified",
            "us",
            begin,
            item_class=ITEM,
            jurisdiction="US",
            control=ITEM,
            result="controlled",
        ),
        draft(
            "item.classified",
            "jp",
            begin,
            item_class=ITEM,
            jurisdiction="JP",
            control="8",
            result="not_controlled",
        ),
        draft(
            "authorization.recorded",
            "us",
            begin,
            authorization_id=WHO.us,
            jurisdiction="US",
            basis="no_licence_required",
            determined_by="H. Sato",
            **scope,
        ),
        draft("source.reported", "1", now - DAY, now, system="slurm", scope=[WHO.site], rows=0),
    ]
    for number, device in enumerate(WHO.devices):
        there: dict[str, Any] = {"device_id": device, "site_id": WHO.site}
        supply: dict[str, Any] = {
            "contract_id": WHO.contract,
            "contract_line": "1",
            "authorization_id": WHO.us,
        }
        papers.append(
            draft("device.identified", str(number), begin, node_id=WHO.node, item_class=ITEM, **there)
        )
        papers.append(draft("device.moved", str(number), begin, step="receiving", **there, **supply))
    return papers


def _decide(root: Path, vault: Path) -> None:
    """Three people clear the tenant along the ordinary route, each with a key of their own."""
    for person in ("admin", *ROLES):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", root / person], check=True)
    administrator = ("--key", str(root / "admin"))
    for person in ("admin", *ROLES):
        key = str(root / f"{person}.pub")
        kansa(vault, "person", "enroll", "--name", person, "--public-key", key, *administrator)
    for person, role in ROLES.items():
        kansa(vault, "role", "grant", person, role, *administrator)
    kansa(vault, "case", "adopt", "kansa.routes.ordinary", *administrator)
    kansa(vault, "case", "open", "--tenant", WHO.tenant)
    (case,) = {str(r.data["case_id"]) for _, r in Vault(vault).records() if r.type == "kansa.case.opened.v0"}
    until = format_instant(SystemClock().now() + 60 * DAY)
    signing = ("--reasons", "papers seen", "--key")
    kansa(vault, "case", "propose", case, "permit", "--until", until, *signing, str(root / "sales"))
    kansa(vault, "case", "review", case, "endorsed", *signing, str(root / "trade"))
    kansa(vault, "case", "decide", case, "permit", *signing, str(root / "director"))
