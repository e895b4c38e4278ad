"""Statements of standing, and what followed permitted shifts: from a vault's registers and its two logs."""

from dataclasses import dataclass
from functools import lru_cache

from joserfc.jwk import OKPKey

from kansa import ids
from kansa.clock import DAY, MAX_INSTANT, format_instant, parse_instant
from kansa.errors import BadInput
from kansa.facts.clearance import decisions, in_force, state
from kansa.facts.context import FactContext
from kansa.facts.gate_facts import of_end_user
from kansa.gate import handover, status_statement
from kansa.gate.handover import Followed, Move, Permit
from kansa.gate.log import origin_of
from kansa.gate.status_statement import Head, StatusStatement
from kansa.ledger import keys, note
from kansa.ledger.stores.sqlite import SqliteReader
from kansa.ledger.strict import to_base64
from kansa.records import envelope
from kansa.records.draft import Draft
from kansa.records.kinds.flag import FlagRaised
from kansa.records.kinds.gate import GateDecided
from kansa.records.kinds.handover import ShiftHandedOver, ShiftUnpermitted
from kansa.rules.evaluate import SEMANTICS
from kansa.rules.loading.library import read_library
from kansa.vault.vault import Vault

__all__ = [
    "DISCLOSED",
    "Followed",
    "Shifts",
    "check",
    "issue",
    "narrow",
    "record",
    "shifts",
    "statement_key",
]

DISCLOSED = status_statement.DISCLOSED
check, narrow = status_statement.check, status_statement.narrow
PACK = "kansa.gate"
RULE = "kansa.gate.handover-pending"
FACT = "shift.handovers_pending"


@dataclass(frozen=True, slots=True)
class Shifts:
    """What followed the permits of shifts, and the moves that no permit covers.

    `began` is when the gate's log began, None if the gate was never asked: then of no move it can be said whether it
    had a permit. `moves` are those that the uses show from then on, `before` the earlier ones; `placeless` counts the
    uses whose site is not known, so that a move by them would not show.
    """

    now: int
    followed: tuple[Followed, ...]
    unpermitted: tuple[Move, ...]
    began: int | None = None
    moves: int = 0
    before: int = 0
    uses: int = 0
    placeless: int = 0


def statement_key(vault: Vault) -> OKPKey:
    """Return the key under which the vault states standing; made when it is first asked for."""
    path = vault.places.keys / "statements.key"
    if not path.exists():
        keys.create_key(path, "statements")
    return status_statement.key_from(keys.load_key(path, "statements"))


def issue(vault: Vault, tenant: str, end_user: str, for_: int = DAY) -> str:
    """Return a signed statement of where a tenant and an end user stand, valid for at most so long.

    It ends with the clearance, the verification, or whatever changes their standing by time alone.

    Raises:
        BadInput: `statement.none`, if no permit is in force.
    """
    with vault.evidence() as evidence:
        world = FactContext(evidence.journal, vault.clock.now(), withheld=evidence.withheld)
        forced = in_force(world, decisions(world, tenant, end_user))
        if not forced or forced[0].claim.decision != "permit":
            raise BadInput(
                "statement.none",
                "no permit is in force, so there is no standing to state",
                help="`kansa case list`",
            )
        claim, now = forced[0].claim, world.now
        said = {each.name: each.value for each in of_end_user(world, end_user)}
        standing = StatusStatement(
            tenant_id=tenant,
            end_user_id=end_user,
            status=state(world, tenant, end_user).name,
            verification=str(said["end_user.verification"]),
            site_ids=claim.site_ids,
            item_classes=claim.item_classes,
            path_ids=claim.path_ids,
        )
        until = min(now + for_, world.looked().until or MAX_INSTANT, forced[0].end or MAX_INSTANT)
    head = note.checkpoint_in(vault.reader.latest())
    return status_statement.issue(
        standing,
        statement_key(vault),
        issuer=vault.settings.origin,
        head=Head(head.origin, head.size, to_base64(head.root)),
        now=now,
        until=until,
    )


def shifts(vault: Vault) -> Shifts:
    """Return what followed each permitted shift, and which moves had no permit, as the registers have it now."""
    tables, now = vault.tables(), vault.clock.now()

    @lru_cache(4096)
    def recorded_at(index: int) -> int:
        return envelope.decode(vault.reader.entry(index)).recorded_at

    began, permits = None, list[Permit]()
    if vault.places.gate.exists():
        with vault.gate_reader() as reader:
            began, permits = _permits(reader)
    after = handover.followed(permits, tables.use, recorded_at)
    moves = handover.moves(tables.use)
    counted = [] if began is None else [move for move in moves if move.started >= began]
    return Shifts(
        now,
        tuple(after),
        () if began is None else tuple(handover.unpermitted(moves, permits, began)),
        began=began,
        moves=len(counted),
        before=len(moves) - len(counted),
        uses=len(tables.use),
        placeless=sum(use.site_id is None for use in tables.use),
    )


def record(vault: Vault, found: Shifts) -> list[int]:
    """Record what is settled and was not recorded: hand-overs that are complete or missed, moves without permit.

    A missed hand-over is a flag on the tenant as well, due within a day. Recording again adds nothing.
    """
    kinds = (ShiftHandedOver.type, ShiftUnpermitted.type)
    told = {(each.type, each.sequence) for _, each in vault.records() if each.type in kinds}
    done: list[int] = []
    for after in found.followed:
        settled, draft = after.state(found.now), _handed_over(vault, after, found.now)
        if settled != "pending" and (draft.type, draft.sequence) not in told:
            index = vault.record(draft)
            missed = [vault.record(_flag(vault, after, index, found.now))] if settled == "missed" else []
            done += [index, *missed]
    drafts = (_unpermitted(vault, move, found.now) for move in found.unpermitted)
    return done + [vault.record(draft) for draft in drafts if (draft.type, draft.sequence) not in told]


def _permits(reader: SqliteReader) -> tuple[int | None, list[Permit]]:
    """Return when the gate's log began, and its permits of shifts."""
    began, found = None, list[Permit]()
    for index, entry in reader.entries():
        if began is not None and b'"shift"' not in entry:
            continue
        record = envelope.decode(entry)
        began = record.recorded_at if began is None else began
        data = record.data
        if record.type == GateDecided.type and (data["action"], data["outcome"]) == ("shift", "permit"):
            start, end = parse_instant(data["valid_from"]), parse_instant(data["valid_to"])
            who = data["tenant_id"], data.get("end_user_id"), data.get("from_site_id"), data["site_id"]
            found.append(Permit(index, *who, start, end))
    return began, found


def _handed_over(vault: Vault, each: Followed, now: int) -> Draft:
    permit = each.permit
    log = origin_of(vault.settings.origin)
    data = {
        "tenant_id": permit.tenant_id,
        "end_user_id": permit.end_user_id,
        "from_site_id": permit.from_site_id,
        "site_id": permit.site_id,
        "decision": {"log": log, "index": permit.decision},
        "recorded": list(each.recorded),
        "due": format_instant(each.due),
        "records": list(each.records),
        "valid_from": format_instant(permit.start),
        "known_by": "inferred",
        "inferred_from": "the gate's log and the uses",
    }
    return Draft(
        ShiftHandedOver.type, _source(vault), f"decision {permit.decision}", now, data, f"{permit.decision}"
    )


def _unpermitted(vault: Vault, move: Move, now: int) -> Draft:
    data = {
        "workload_id": move.workload_id,
        "tenant_id": move.tenant_id,
        "end_user_id": move.end_user_id,
        "from_site_id": move.from_site_id,
        "site_id": move.site_id,
        "records": list(move.records),
        "valid_from": format_instant(move.started),
        "known_by": "inferred",
        "inferred_from": "the gate's log and the uses",
    }
    key = f"{move.workload_id} {move.started}"
    return Draft(ShiftUnpermitted.type, _source(vault), key, now, data, key)


def _flag(vault: Vault, each: Followed, index: int, now: int) -> Draft:
    pack = next(pack for pack in read_library().packs if pack.header.id == PACK)
    flag_id = ids.mint("flag")
    data = {
        "flag_id": flag_id,
        "subject_id": each.permit.tenant_id,
        "rule": RULE,
        "pack": f"{pack.header.id} {pack.header.version}",
        "pack_sha256": pack.meaning,
        "evaluator": SEMANTICS,
        "evaluated_at": format_instant(now),
        "severity": "high",
        "active": True,
        "due": format_instant(now + DAY),
        "occasion": index,
        "rests_on": [index],
        "facts": [{"name": FACT, "value": 1, "records": [index]}],
        "valid_from": format_instant(now),
        "known_by": "inferred",
        "inferred_from": RULE,
    }
    return Draft(FlagRaised.type, _source(vault), f"flag {flag_id}", now, data)


def _source(vault: Vault) -> str:
    return f"{vault.settings.urn}:kansa"
