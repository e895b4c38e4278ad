"""A small operator in Japan with everything in order, and firms that differ from it in one thing each.

Vaults are simulated and built of the records that an operator's own systems would leave; the gate and the flags are asked
by the commands that people use.
"""

import io
import json
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kansa import ids
from kansa.clock import DAY, HOUR, format_instant
from kansa.interfaces.cli.app import run
from kansa.records.draft import Draft, submit
from kansa.vault import vault as vaults
from kansa.vault.settings import Settings
from kansa.vault.vault import Vault
from worlds import dice, draft

ORIGIN = "situations.example/kansa/evidence"
EDITION = "0" * 64
SITES = {"Ishikari": "JP", "Hanoi": "VN", "Shenzhen": "CN"}
POWER_W = {"Ishikari": 10_000_000, "Hanoi": 12_000_000}


@dataclass(frozen=True)
class Firm:
    """Somebody: its name, where it and its ultimate parent are headquartered (None: nobody determined it).

    `owners` hold shares in it, in basis points; `lists` are those on which a person confirmed it.
    """

    name: str
    country: str | None = "JP"
    parent: "Firm | None" = None
    owners: "tuple[tuple[Firm, int], ...]" = ()
    lists: tuple[str, ...] = ()
    roles: tuple[str, ...] = ("tenant", "end_user")


@dataclass(frozen=True)
class Deal:
    """A firm uses or buys items at a site on a basis; through resellers, the one nearest to the operator first.

    `met`: conditions of the basis that are on record. `answers`: what people answered about the transaction.
    """

    firm: Firm
    item: str = "h100-sxm5"
    basis: str = "no_licence_required"
    site: str = "Ishikari"
    through: tuple[Firm, ...] = ()
    met: tuple[str, ...] = ()
    unknown_link: bool = False
    papers: tuple[str, ...] = ()
    answers: tuple[tuple[str, Any], ...] = ()


@dataclass
class Stage:
    """Records for one vault as of `now`; ids are the same every time."""

    now: int
    items: dict[str, tuple[str, str]]
    random_bytes: Callable[[int], bytes] = field(default_factory=lambda: dice(11))
    drafts: list[Draft] = field(default_factory=list)
    late: list[Draft] = field(default_factory=list)
    minted: dict[tuple[str, str], str] = field(default_factory=dict)
    firms: list[Firm] = field(default_factory=list)

    def id(self, kind: str, name: str) -> str:
        """The id of what has this name."""
        if (kind, name) not in self.minted:
            self.minted[kind, name] = ids.mint(kind, self.random_bytes)
        return self.minted[kind, name]

    def say(self, kind: str, key: str, *, at: int | None = None, **data: Any) -> int:
        """Have something recorded; returns the index of the entry."""
        begun = self.now - 20 * DAY if at is None else at
        self.drafts.append(draft(kind, f"{kind} {key}", begun, **data))
        return len(self.drafts) - 1

    def begin(self) -> "Stage":
        """The lists, the sites, the items."""
        counts: dict[str, Any] = {
            "rejected": 0,
            "set_aside": 0,
            "added": 1,
            "removed": 0,
            "changed": 0,
            "rows": 1,
            "entries": 1,
        }
        read: dict[str, Any] = {"publication": "all", "format": "x", "importer": "1", "edition_date": None}
        self.say(
            "list.imported",
            "1",
            at=self.now - 10 * DAY,
            record_set_sha256=EDITION,
            files=[],
            lists=[],
            **read,
            **counts,
        )
        for name, country in SITES.items():
            site = self.id("site", name)
            self.say("site.registered", name, site_id=site, country=country, names={"en": name, "ja": name})
            self.say("site.commissioned", name, site_id=site)
            if name in POWER_W:
                self.say("site.power", name, site_id=site, contracted_w=POWER_W[name])
            papers: dict[str, Any] = {"subject_id": site, "fact": "site.documents", "answer": []}
            self.say("question.answered", f"{name} papers", answered_by="T. Mori", **papers)
        for item, (control, result) in self.items.items():
            sheet: dict[str, Any] = {"item_class": item, "law_version": "2026-07-23"}
            self.say(
                "item.classified", f"us {item}", jurisdiction="US", control=control, result=result, **sheet
            )
            self.say(
                "item.classified",
                f"jp {item}",
                jurisdiction="JP",
                control="-",
                result="not_controlled",
                **sheet,
            )
        return self

    def introduce(self, firm: Firm) -> str:
        """A firm with everything that is known of it and of those above it."""
        party = self.id("party", firm.name)
        if firm in self.firms:
            return party
        self.firms.append(firm)
        names = {"en": firm.name, "ja": firm.name}
        self.say(
            "party.registered", firm.name, party_id=party, roles=list(firm.roles), names=names, country="JP"
        )
        above = self.introduce(firm.parent) if firm.parent else party
        if firm.country:
            place: dict[str, Any] = {"country": firm.country, "registered_seat": firm.country}
            place["place_of_management"] = firm.country
            self.say(
                "party.headquarters_determined",
                firm.name,
                party_id=party,
                ultimate_parent_id=above,
                determined_by="T. Mori",
                **place,
            )
        self._own(firm, party, above)
        for of in ("end_user", "end_use"):
            self.say("party.risk_rated", f"{firm.name} {of}", party_id=party, of=of, tier="low")
        self._screen(firm, party)
        return party

    def _own(self, firm: Firm, party: str, above: str) -> None:
        held: dict[str, Any]
        if firm.parent:
            held = {"owner_id": above, "share_bp": 10_000, "controls": True}
            self.say("party.ownership_declared", f"{firm.name} parent", party_id=party, **held)
        for owner, share in firm.owners:
            holder = self.introduce(owner)
            held = {"owner_id": holder, "share_bp": share, "controls": False}
            self.say("party.ownership_declared", f"{firm.name} {owner.name}", party_id=party, **held)
        if firm.country:
            self.say("party.ownership_declared", f"{firm.name} rest", party_id=party, rest="nobody")

    def _screen(self, firm: Firm, party: str) -> None:
        how: dict[str, Any] = {"not_covered": [], "stale": [], "versions": [], "threshold_ppm": 1, "limit": 1}
        how |= {
            "configuration_sha256": EDITION,
            "normaliser_sha256": EDITION,
            "entries": 1,
            "trigger": "first",
        }
        on = {"publication": "all", "record_set_sha256": EDITION, "entries": 1, "rejected": 0, "date": None}
        how["editions"] = [{**on, "record": None}]
        if not firm.lists:
            how |= {"outcome": "no_hit", "blocked": 0, "cut_off": False}
            self.say("party.screened", firm.name, at=self.now - 2 * DAY, party_id=party, **how)
            return
        hit: dict[str, Any] = {"entry_id": "e-1", "lists": list(firm.lists), "programs": []}
        how |= {"outcome": "alert", "blocked": 1, "cut_off": False, "candidates": [hit]}
        index = self.say("party.screened", firm.name, at=self.now - 2 * DAY, party_id=party, **how)
        self.say(
            "screening.disposed",
            firm.name,
            at=self.now - 2 * DAY,
            party_id=party,
            screening={"log": ORIGIN, "index": index},
            entry_id="e-1",
            disposition="true_match",
            reason_code="same_identifier",
            reviewer="T. Mori",
            reasons="same registration number",
        )

    def deal(self, deal: Deal) -> None:
        """All papers of a deal: verification, path, basis, contract, devices, clearance."""
        user = self.introduce(deal.firm)
        chain = [self.introduce(each) for each in deal.through]
        tenant = chain[-1] if chain else user
        key = f"{deal.firm.name} {deal.item} {deal.site}"
        self.say("end_user.verified", key, end_user_id=user, method="registry", verifier="T. Mori")
        for purpose in ("train", "infer"):
            self.say("end_use.stated", f"{key} {purpose}", end_user_id=user, purpose=purpose)
        self.say("party.document_filed", key, party_id=user, document="catch_all_check", form="electronic")
        for paper in deal.papers:
            self.say(
                "party.document_filed", f"{key} {paper}", party_id=user, document=paper, form="electronic"
            )
        self._path(deal, user, chain)
        basis = self._bases(deal, user, key)
        self._supply(deal, user, basis, key)
        whom: dict[str, Any] = {"tenant_id": tenant, "end_user_id": user}
        self.late.append(draft("case.decided", f"{key}", self.now - 9 * DAY, None, decision="permit", **whom))

    def _bases(self, deal: Deal, user: str, key: str) -> str | None:
        """The US basis with its conditions, if there is one; under Japanese law a determination of a named person."""
        scope: dict[str, Any] = {
            "end_user_ids": [user],
            "item_classes": [deal.item],
            "site_ids": [self.id("site", deal.site)],
        }
        scope["determined_by"] = "T. Mori"
        japan = self.id("authorization", f"JP {key}")
        held: dict[str, Any] = {"jurisdiction": "JP", "basis": "no_licence_required", **scope}
        self.say("authorization.recorded", f"JP {key}", authorization_id=japan, **held)
        if not deal.basis:
            return None
        basis = self.id("authorization", key)
        held |= {"jurisdiction": "US", "basis": deal.basis}
        self.say("authorization.recorded", key, authorization_id=basis, **held)
        for condition in deal.met:
            met: dict[str, Any] = {"authorization_id": basis, "condition": condition}
            self.say("authorization.condition_met", f"{key} {condition}", **met)
        return basis

    def _path(self, deal: Deal, user: str, chain: Sequence[str]) -> None:
        buyers = [*chain[1:], user]
        for seller, buyer in zip(chain or [user], buyers, strict=True):
            path = self.id("path", f"{seller} {buyer}")
            method = "brokered" if chain else "direct"
            mediator = None if not chain or (deal.unknown_link and buyer != user) else seller
            way: dict[str, Any] = {
                "tenant_id": seller,
                "end_user_id": buyer,
                "method": method,
                "mediator_id": mediator,
            }
            if any(each.data.get("path_id") == path for each in self.drafts):
                continue
            self.say("access_path.approved", path, path_id=path, permitted_countries="JP, SG", **way)
            self.say("access_path.enabled", path, path_id=path)

    def _supply(self, deal: Deal, user: str, basis: str | None, key: str) -> None:
        contract, device = self.id("contract", key), self.id("device", key)
        self.say("contract.recorded", key, contract_id=contract, party_ids=[user])
        if basis is not None:  # without one nothing was supplied yet
            there: dict[str, Any] = {"device_id": device, "site_id": self.id("site", deal.site)}
            self.say("device.identified", key, item_class=deal.item, **there)
            named: dict[str, Any] = {"contract_id": contract, "contract_line": "1", "authorization_id": basis}
            self.say("device.moved", key, step="receiving", **there, **named)
        for fact, answer in deal.answers:
            subject = device if fact.startswith("device.") else contract
            given = list(answer) if isinstance(answer, tuple) else answer
            asked: dict[str, Any] = {"subject_id": subject, "fact": fact, "answer": given}
            self.say("question.answered", f"{key} {fact}", answered_by="T. Mori", **asked)

    def end(self, root: Path) -> "Played":
        """The vault as it stands at `now`."""
        settings = Settings(origin=ORIGIN, operator={"en": "Kaede", "ja": "楓"}, simulated=True)
        vaults.create(root, settings, dice(12))
        reports = [
            draft("source.reported", name, self.now - DAY, self.now - HOUR, system="x", scope=[site], rows=1)
            for name in SITES
            if (site := self.id("site", name))
        ]
        vault = Vault(root, at=self.now - 9 * DAY, random_bytes=dice(13))
        with vault.appending() as appender:
            made = [submit(each, vault.connector_key) for each in (*self.drafts, *self.late, *reports)]
            outcomes = appender.append(made)
        refused = [outcome for outcome in outcomes if outcome.status != "appended"]
        assert not refused, refused
        return Played(root, self)


@dataclass(frozen=True)
class Played:
    """A vault to ask."""

    root: Path
    stage: Stage

    def gate(self, deal: Deal, action: str, purpose: str | None = None) -> dict[str, Any]:
        """The answer of `kansa gate ask` as JSON."""
        user = self.stage.id("party", deal.firm.name)
        chain = [self.stage.id("party", each.name) for each in deal.through]
        tenant = chain[-1] if chain else user
        path = self.stage.id("path", f"{tenant} {user}")
        about = ["--tenant", tenant, "--end-user", user, "--site", deal.site, "--item", deal.item]
        about += ["--path", path] if action != "ship" else ["--serials-listed"]
        about += ["--purpose", purpose] if purpose else []
        answered: dict[str, Any] = self._run("gate", "ask", action, *about)
        return answered

    def flags(self) -> dict[str, Any]:
        """The flags of all subjects, after a run, as JSON."""
        self._run("flags", "run")
        found: dict[str, Any] = self._run("flags")
        return found

    def _run(self, *words: str) -> Any:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run([*words, "--vault", str(self.root), "--at", format_instant(self.stage.now), "--json"])
        assert code in {0, 1}, err.getvalue()
        return json.loads(out.getvalue())
