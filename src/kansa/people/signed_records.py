"""What people say under their own key, as drafts: enrolments, roles, routes, and the steps of a case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import msgspec

from kansa import ids
from kansa.clock import format_instant
from kansa.ids import RandomBytes
from kansa.people.keys import Key
from kansa.records import statement
from kansa.records.draft import Draft
from kansa.records.dsse import PublicKey
from kansa.records.kinds.case import CaseDecided, CaseOpened, CaseProposed, CaseReviewed, RouteAdopted, Step
from kansa.records.kinds.person import KeyRevoked, KeyRotated, PersonEnrolled, RoleGranted, RoleRevoked
from kansa.records.sealing import SALT_BYTES
from kansa.records.statement import sha256

Decision = Literal["permit", "hold", "deny"]
Outcome = Literal["endorsed", "returned"]


@dataclass(frozen=True, slots=True)
class Author:
    """Whose words records are at an instant: the person, their public key, in whose books. It holds no private key.

    `person_id` is None only for the bootstrap, who is nobody yet.
    """

    person_id: str | None
    public: PublicKey
    source: str
    now: int
    random_bytes: RandomBytes

    def draft(self, type_: str, data: Mapping[str, Any], reasons: str | None = None) -> Draft:
        """Return a record that is still to be signed, from now on unless `data` says otherwise."""
        said: dict[str, Any] = {"valid_from": format_instant(self.now), "known_by": "attested", **data}
        if self.person_id is not None:
            said["signer_id"] = self.person_id
        if reasons is not None:
            said |= {"reasons": reasons, "reasons_salt": self.salt()}
        return Draft(
            type_, self.source, ids.ulid(self.now, self.random_bytes), self.now, statement.bind(type_, said)
        )

    def salt(self) -> str:
        """Return a salt, so that short values that a signature binds cannot be guessed."""
        return ids.base32(self.random_bytes(SALT_BYTES))


@dataclass(frozen=True, slots=True)
class Signer:
    """An author with the key at hand, who signs at once."""

    person_id: str | None
    key: Key
    source: str
    now: int
    random_bytes: RandomBytes

    def draft(self, type_: str, data: Mapping[str, Any], reasons: str | None = None) -> Draft:
        """Return a signed record as a draft, from now on unless `data` says otherwise."""
        author = Author(self.person_id, self.key.public, self.source, self.now, self.random_bytes)
        made = author.draft(type_, data, reasons)
        return with_signature(made, self.key.public, self.key.sign(statement.message(type_, made.data)))


def with_signature(draft: Draft, key: PublicKey, signature: bytes) -> Draft:
    """Return a draft with the signature of its message under a key; it is not verified."""
    return replace(draft, data=statement.attach(draft.type, draft.data, key, signature))


class Scope(NamedTuple):
    """What a clearance is limited to; None does not limit."""

    item_classes: Sequence[str] | None = None
    site_ids: Sequence[str] | None = None
    path_ids: Sequence[str] | None = None

    def as_data(self) -> dict[str, list[str] | None]:
        """Return it as fields of a record, sorted."""
        return {name: None if limit is None else sorted(limit) for name, limit in self._asdict().items()}


def enrol(
    pen: Author | Signer, person_id: str, key: PublicKey, names: Mapping[str, str], **sealed: str
) -> Draft:
    """Return a person may sign with this key. The bootstrap's pen has no person and that very key."""
    data = {"person_id": person_id, "public_key": key.line, "person_names": dict(names), **sealed}
    return pen.draft(PersonEnrolled.type, data)


def rotate(pen: Author | Signer, person_id: str, key: PublicKey, replaces: str) -> Draft:
    """Return the person signs with this key in place of another (a fingerprint)."""
    return pen.draft(KeyRotated.type, {"person_id": person_id, "public_key": key.line, "replaces": replaces})


def revoke_key(
    pen: Author | Signer, person_id: str, key: str, since: int, reasons: str | None = None
) -> Draft:
    """Revoke a key (a fingerprint): its signatures count for nothing from an instant on, which may be past."""
    data = {"person_id": person_id, "key": key, "valid_from": format_instant(since)}
    return pen.draft(KeyRevoked.type, data, reasons)


def grant(pen: Author | Signer, person_id: str, role: str, until: int | None = None) -> Draft:
    """Return the person has a role, until an instant or a revocation."""
    return pen.draft(RoleGranted.type, {"person_id": person_id, "role": role, "valid_to": _stamp(until)})


def revoke_role(pen: Author | Signer, person_id: str, role: str, reasons: str | None = None) -> Draft:
    """Return the person no longer has a role."""
    return pen.draft(RoleRevoked.type, {"person_id": person_id, "role": role}, reasons)


def adopt(
    pen: Author | Signer,
    route_id: str,
    name: str,
    steps: Sequence[Step],
    decides_over: Sequence[str] = (),
    **origin: str,
) -> Draft:
    """Return the operator decides along this route; `origin` names the pack, its version and hash."""
    listed = [msgspec.to_builtins(step) for step in steps]
    over = {"decides_over": list(decides_over)} if decides_over else {}
    return pen.draft(
        RouteAdopted.type, {"route_id": route_id, "name": name, "steps": listed, **origin, **over}
    )


def open_case(
    source: str,
    now: int,
    case_id: str,
    *,
    tenant_id: str,
    end_user_id: str,
    cause: str,
    opened_by: str | None = None,
    reasons: str | None = None,
) -> Draft:
    """Open a case: somebody has to decide; anybody may say so, nobody signs."""
    data = {
        "valid_from": format_instant(now),
        "known_by": "declared",
        "case_id": case_id,
        "tenant_id": tenant_id,
        "end_user_id": end_user_id,
        "cause": cause,
        "opened_by": opened_by,
    }
    if reasons is not None:
        data["reasons"] = reasons
    return Draft(CaseOpened.type, source, f"case {case_id} opened", now, data)


def propose(
    pen: Author | Signer,
    case: CaseOpened,
    route_id: str,
    decision: Decision,
    *,
    scope: Scope,
    until: int | None,
    reasons: str,
    rests_on: Mapping[str, Sequence[int]],
    evidence: Sequence[int] = (),
) -> Draft:
    """Return what is to be decided in the case."""
    data = {
        **_of(case),
        "route_id": route_id,
        "decision": decision,
        **scope.as_data(),
        "valid_to": _stamp(until),
        "rests_on": {aspect: sorted(indexes) for aspect, indexes in rests_on.items()},
        "evidence": sorted(evidence),
    }
    return pen.draft(CaseProposed.type, data, reasons)


def review(
    pen: Author | Signer,
    proposal: CaseProposed,
    step: str,
    outcome: Outcome,
    *,
    reasons: str,
    evidence: Sequence[int] = (),
) -> Draft:
    """Return a step between: endorse the proposal, or return it."""
    data = {"step": step, "outcome": outcome, "evidence": sorted(evidence)}
    return pen.draft(CaseReviewed.type, {**_of(proposal), **_what(proposal), **data}, reasons)


def decide(
    pen: Author | Signer,
    proposal: CaseProposed,
    step: str,
    decision: Decision,
    *,
    reasons: str,
    evidence: Sequence[int] = (),
) -> Draft:
    """Return the last step. A permit ends when the proposal says; a hold or a deny holds from now until it is decided anew."""
    data: dict[str, Any] = {
        **_of(proposal),
        **_what(proposal),
        "step": step,
        "decision": decision,
        "item_classes": proposal.item_classes,
        "site_ids": proposal.site_ids,
        "path_ids": proposal.path_ids,
        "evidence": sorted(evidence),
    }
    if decision == "permit":
        data["valid_to"] = proposal.valid_to
    return pen.draft(CaseDecided.type, data, reasons)


def _of(case: CaseOpened | CaseProposed) -> dict[str, str]:
    return {"case_id": case.case_id, "tenant_id": case.tenant_id, "end_user_id": case.end_user_id}


def _what(proposal: CaseProposed) -> dict[str, str]:
    return {"proposal_sha256": sha256(proposal)}


def _stamp(instant: int | None) -> str | None:
    return None if instant is None else format_instant(instant)
