"""People and cases of a vault: who they are, what they say under their keys, how their cases stand."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UnsetType

from kansa import ids
from kansa.application.lookup import CASE, PERSON, resolve
from kansa.application.signing import Prepared, SigningService
from kansa.application.tier_route import check_route, route_of_tier
from kansa.cases import case_file
from kansa.cases.case_file import CaseFile
from kansa.cases.findings import OBSTACLES, PartyFindings, findings, obstacles
from kansa.cases.routes import Route, RoutePack, read_routes
from kansa.controls.loading import read_controls
from kansa.errors import BadInput
from kansa.facts.clearance import State, state
from kansa.facts.clearance_basis import Change, basis, changes_since_proposal
from kansa.facts.context import FactContext
from kansa.people import signed_records
from kansa.people.enrolment import ALWAYS, bootstrap, has_role, in_force, keys_of, routes
from kansa.people.signed_records import Author, Decision, Outcome, Scope
from kansa.records.draft import Draft
from kansa.records.dsse import PublicKey
from kansa.records.journal import DILIGENCE, PEOPLE, IndexedClaim, Journal
from kansa.records.kinds.case import CaseDecided, CaseOpened, CaseProposed, RouteAdopted, Step
from kansa.records.kinds.person import ADMINISTRATOR, PersonEnrolled, RoleGranted
from kansa.texts import Words

__all__ = ["CaseService", "CaseStatus", "Decision", "Outcome", "Person", "Scope"]

_NOW = ALWAYS - 1


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody enrolled: names, the key they sign with (None: revoked), the roles they have now."""

    id: str
    names: Mapping[str, str]
    key: PublicKey | None
    roles: tuple[str, ...]
    bootstrap: bool


@dataclass(frozen=True, slots=True)
class CaseStatus:
    """A case with where its tenant and end user stand."""

    file: CaseFile
    state: State


Changed = tuple[Change, ...]
"""What changed, by aspect, with the records that say so."""


@dataclass(frozen=True, slots=True)
class SinceProposal:
    """What changed since the proposal at an entry, which rests on so many records."""

    entry: int
    records: int
    changed: Changed


class CaseService(SigningService):
    """The people and cases of one vault. What people do is prepared here, for the key they give, and then submitted."""

    def people(self) -> list[Person]:
        """Return everybody enrolled, in the order of enrolment."""
        with self.evidence() as (journal, _):
            return [self._person(n.claim, journal) for n in _enrolled(journal)]

    def person(self, name: str) -> Person:
        """Return the person that an id, how it begins, or a name means.

        Raises:
            BadInput: `person.unknown` or `person.ambiguous`.
        """
        people = {person.id: person for person in self.people()}
        called = {id_: tuple(person.names.values()) for id_, person in people.items()}
        return people[resolve(name, called, PERSON)]

    def roles(self) -> frozenset[str]:
        """Return the roles that mean something here: of the shipped routes and controls, of adopted routes, the administrator's."""
        with self.evidence() as (journal, _):
            steps = [step for _, claim in routes(journal) for step in claim.steps]
        adopted = {role for step in steps for role in (step.role, step.substitute) if role is not None}
        return frozenset({ADMINISTRATOR, *read_routes().roles, *read_controls().roles, *adopted})

    def enrol(self, key: PublicKey, public: PublicKey, names: Mapping[str, str]) -> tuple[str, Prepared]:
        """Enrol a person; the first enrols themself and is the bootstrap."""
        person_id = ids.mint("person", secrets.token_bytes)
        return person_id, self.prepare(
            key, lambda pen, _: signed_records.enrol(pen, person_id, public, names), first=True
        )

    def rotate(self, key: PublicKey, person: str, public: PublicKey) -> Prepared:
        """Give a person another key in place of theirs."""

        def draft(pen: Author, journal: Journal) -> Draft:
            return signed_records.rotate(pen, person, public, _only_key(person, journal).fingerprint)

        return self.prepare(key, draft)

    def revoke(self, key: PublicKey, person: str, since: int, reasons: str) -> Prepared:
        """Revoke a person's key from an instant on."""

        def draft(pen: Author, journal: Journal) -> Draft:
            return signed_records.revoke_key(
                pen, person, _only_key(person, journal).fingerprint, since, reasons
            )

        return self.prepare(key, draft)

    def grant(self, key: PublicKey, person: str, role: str, until: int | None) -> Prepared:
        """Give a person a role."""
        return self.prepare(key, lambda pen, _: signed_records.grant(pen, person, role, until))

    def revoke_role(self, key: PublicKey, person: str, role: str, reasons: str) -> Prepared:
        """Take a role from a person."""
        return self.prepare(key, lambda pen, _: signed_records.revoke_role(pen, person, role, reasons))

    def adopt(self, key: PublicKey, pack: RoutePack, route: Route) -> Prepared:
        """Adopt a route of a pack, in place of the one of its name that was adopted before."""
        steps = [named.step for named in route.steps]
        origin = {"pack": pack.header.id, "version": pack.header.version, "pack_sha256": pack.meaning}
        route_id = ids.mint("route", secrets.token_bytes)
        return self.prepare(
            key,
            lambda pen, _: signed_records.adopt(pen, route_id, route.id, steps, route.decides_over, **origin),
        )

    def open(self, tenant: str, end_user: str, cause: str, reasons: str | None) -> str:
        """Open a case; returns its id."""
        case_id = ids.mint("case", secrets.token_bytes)
        given = {"tenant_id": tenant, "end_user_id": end_user, "cause": cause}
        self._vault.record(
            signed_records.open_case(self.source, self._vault.clock.now(), case_id, reasons=reasons, **given)
        )
        return case_id

    def propose(
        self,
        key: PublicKey,
        case_id: str,
        route: str | None,
        decision: Decision,
        *,
        scope: Scope,
        until: int | None,
        reasons: str,
        evidence: Sequence[int],
    ) -> Prepared:
        """Propose a decision, resting on what stands now.

        Raises:
            BadInput: there is no such case, or no such route is adopted; `case.tier`, a permit along another route than
                that of the parties' risk tier. Without a route named it is that of the tier.
        """

        def draft(pen: Author, journal: Journal) -> Draft:
            case = _case(journal, case_id).case
            chosen = _route(journal, route or _by_tier(case, journal, pen.now))
            rests = basis(FactContext(journal, pen.now), case.tenant_id, case.end_user_id, scope.site_ids)
            return signed_records.propose(
                pen,
                case,
                chosen.route_id,
                decision,
                scope=scope,
                until=until,
                reasons=reasons,
                rests_on=rests,
                evidence=evidence,
            )

        return self.prepare(key, draft)

    def review(
        self,
        key: PublicKey,
        case_id: str,
        outcome: Outcome,
        reasons: str,
        evidence: Sequence[int],
    ) -> Prepared:
        """Take the step that waits, or return the proposal."""

        def draft(pen: Author, journal: Journal) -> Draft:
            found = _case(journal, case_id)
            step = _review_step(found)
            return signed_records.review(
                pen, _proposal(found), step.step, outcome, reasons=reasons, evidence=evidence
            )

        return self.prepare(key, draft)

    def decide(
        self,
        key: PublicKey,
        case_id: str,
        decision: Decision,
        reasons: str,
        evidence: Sequence[int],
    ) -> Prepared:
        """Take the last step. A permit over what is open in the findings is refused unless the route allows it.

        Every decision has its reasons; where the route allows it, they say why the permit is given all the same.
        """

        def draft(pen: Author, journal: Journal) -> Draft:
            found = _case(journal, case_id)
            step = found.steps[-1]
            return signed_records.decide(
                pen, _proposal(found), step.step, decision, reasons=reasons, evidence=evidence
            )

        return self.prepare(key, draft)

    def findings(self, case_id: str) -> tuple[PartyFindings, ...]:
        """Return what a decision on a case would rest on now, of its tenant and its end user.

        Raises:
            BadInput: `case.unknown`.
        """
        with self.evidence() as (journal, now):
            case = _case(journal, case_id).case
            return findings(FactContext(journal, now), (case.tenant_id, case.end_user_id))

    def changed_since_proposal(self, case_id: str) -> SinceProposal | None:
        """Return the proposal that waits for a decision and what changed since, by aspect; None where none waits.

        Raises:
            BadInput: `case.unknown`.
        """
        with self.evidence() as (journal, now):
            file = _case(journal, case_id)
            if file.proposal is None or file.state in {"decided", "returned"}:
                return None
            noted, claim = file.proposal
            return SinceProposal(
                entry=noted.index,
                records=len({index for indexes in claim.rests_on.values() for index in indexes}),
                changed=tuple(changes_since_proposal(FactContext(journal, now), noted)),
            )

    def cases(self) -> list[CaseStatus]:
        """Return every case with where its parties stand, in ledger order."""
        with self.evidence() as (journal, now):
            opened = [n for n, _ in journal.of_kind(DILIGENCE, CaseOpened)]
            return [_standing(found, journal, now) for found in case_file.files(journal, opened)]

    def routes(self) -> dict[str, Words]:
        """Return the adopted routes by name, with what the shipped pack calls each."""
        called = {route.id: route.words for route in read_routes().routes}
        with self.evidence() as (journal, _):
            names = [claim.name for _, claim in routes(journal)]
        return {name: called.get(name, Words(name, name)) for name in dict.fromkeys(names)}

    def case(self, case_id: str) -> CaseStatus:
        """Return one case.

        Raises:
            BadInput: `case.unknown`.
        """
        with self.evidence() as (journal, now):
            return _standing(_case(journal, case_id), journal, now)

    def refusal(self, noted: IndexedClaim, journal: Journal, *, to_be_signed: bool) -> str | None:
        """Return why an act would count for nothing; a permit also is held against the route of its tier, and open findings.

        Raises:
            BadInput: `case.tier`, a permit along another route than that of the parties' risk tier.
        """
        claim, now = noted.claim, noted.recorded_at
        decision = claim if isinstance(claim, CaseProposed | CaseDecided) else None
        permit = decision if decision is not None and decision.decision == "permit" else None
        found = None if permit is None else _case(journal, permit.case_id or "")
        if found is not None:
            route = _of_id(journal, permit.route_id) if isinstance(permit, CaseProposed) else found.route
            check_route(found.case, route, journal, now)
        refused = case_file.refusal(noted, journal, to_be_signed=to_be_signed)
        if refused is not None:
            return refused if isinstance(refused, str) else refused.value
        if found is not None and isinstance(permit, CaseDecided):
            return _obstacle(found, FactContext(journal, now))
        return None

    def _person(self, claim: Any, journal: Journal) -> Person:
        now = self._vault.clock.now()
        granted = {
            n.claim.role
            for n in journal.mentioning(claim.person_id)
            if isinstance(n.claim, RoleGranted)
            and n.claim.person_id == claim.person_id
            and in_force(n, journal)
        }
        roles = {*granted, ADMINISTRATOR}
        held = sorted(role for role in roles if has_role(claim.person_id, role, journal, _NOW, now))
        keys = keys_of(claim.person_id, journal)
        return Person(
            claim.person_id,
            claim.person_names or {},
            keys[-1] if keys else None,
            tuple(held),
            bootstrap=bootstrap(journal) == claim.person_id,
        )


def _enrolled(journal: Journal) -> list[IndexedClaim]:
    return [n for n, _ in journal.of_kind(PEOPLE, PersonEnrolled) if in_force(n, journal)]


def _standing(found: CaseFile, journal: Journal, now: int) -> CaseStatus:
    return CaseStatus(found, state(FactContext(journal, now), found.case.tenant_id, found.case.end_user_id))


def _obstacle(found: CaseFile, world: FactContext) -> str | None:
    """Return what a permit would be decided over although the route does not allow it."""
    if found.route is None:
        return None
    allowed = found.route.decides_over
    left = obstacles(findings(world, (found.case.tenant_id, found.case.end_user_id)))
    left -= frozenset(() if isinstance(allowed, UnsetType) else allowed)
    return next((f"{each}_open" for each in OBSTACLES if each in left), None)


def _case(journal: Journal, named: str) -> CaseFile:
    """Return the case of an id, or of how one begins."""
    if (found := case_file.case_file(journal, named)) is not None:
        return found
    opened = [n for n, _ in journal.of_kind(DILIGENCE, CaseOpened)]
    cases = {found.case.case_id: found for found in case_file.files(journal, opened)}
    return cases[resolve(named, dict.fromkeys(cases, ()), CASE)]


def _proposal(found: CaseFile) -> CaseProposed:
    if found.proposal is None:
        raise BadInput(
            "case.not_proposed",
            f"nothing is proposed in `{found.case.case_id}`",
            help="`kansa case propose` does",
        )
    return found.proposal[1]


def _review_step(found: CaseFile) -> Step:
    """Return the review that waits; if none does, the last one, so that the refusal can say so."""
    between = found.steps[1:-1]
    if not between:
        raise BadInput("case.review", f"the route of `{found.case.case_id}` has no review", help="decide it")
    return found.next_step if found.next_step in between and found.next_step is not None else between[-1]


def _route(journal: Journal, name: str | None) -> RouteAdopted:
    adopted = {claim.name: claim for _, claim in routes(journal)}
    if name is None and len(adopted) == 1:
        return next(iter(adopted.values()))
    if name not in adopted:
        listed = ", ".join(sorted(adopted)) or "none"
        raise BadInput(
            "case.route",
            f"no route `{name}` is adopted" if name else "it is not said which route to take",
            help=f"adopted: {listed}; `kansa case adopt` adopts one",
        )
    return adopted[name]


def _of_id(journal: Journal, route_id: str) -> RouteAdopted | None:
    return next((claim for _, claim in routes(journal) if claim.route_id == route_id), None)


def _by_tier(case: CaseOpened, journal: Journal, now: int) -> str | None:
    needed = route_of_tier(case, journal, now)
    return None if needed is None else needed[1]


def _only_key(person: str, journal: Journal) -> PublicKey:
    keys = keys_of(person, journal)
    if not keys:
        raise BadInput("key.nobody", f"`{person}` has no key", help="`kansa person list` shows who has")
    return keys[-1]
