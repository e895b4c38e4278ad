"""The operator itself: audits, training, notices, documents of its programme."""

from kansa.clock import parse_duration, parse_instant
from kansa.facts.context import FactContext, FactValue, age_days, known, unknown
from kansa.facts.licences import veu_on_record
from kansa.records.kinds.account import AccountObserved
from kansa.records.kinds.authorization import NoticeReceived
from kansa.records.kinds.flag import FlagRaised
from kansa.records.kinds.intake import SourceExpected
from kansa.records.kinds.operation import AuditPerformed, TrainingCompleted
from kansa.records.kinds.party import CommitmentSigned, PartyDocumentFiled
from kansa.records.kinds.workload import SourceReported
from kansa.registers.spans.verification import verified


def self_check_age_days(world: FactContext, operator: str) -> FactValue:
    """Return days since the latest audit of kind `self_check`."""
    del operator
    found = world.find(AuditPerformed.type, AuditPerformed, audit="self_check")
    return age_days(world, found[-1][0] if found else None)


def audit_age_days(world: FactContext, operator: str) -> FactValue:
    """Return days since the latest audit of any kind."""
    del operator
    found = world.find(AuditPerformed.type, AuditPerformed)
    return age_days(world, found[-1][0] if found else None)


def training_age_days(world: FactContext, operator: str) -> FactValue:
    """Return days since the oldest training that is somebody's latest and in force."""
    del operator
    trained = world.find(TrainingCompleted.type, TrainingCompleted)
    latest = {claim.person_id or str(claim.person): noted for noted, claim in trained}
    if not latest:
        return unknown()
    return age_days(world, min(latest.values(), key=lambda noted: noted.claim.valid_from))


def documents(world: FactContext, operator: str) -> FactValue:
    """Return the documents of its programme that are in force."""
    filed = world.current(operator, PartyDocumentFiled, party_id=operator)
    return known(frozenset(claim.document for _, claim in filed), [noted for noted, _ in filed])


def veu_claimed(world: FactContext, operator: str) -> FactValue:
    """Return whether an authorization of a validated end user is on record and in force."""
    del operator
    return veu_on_record(world)


def identification_programme(world: FactContext, operator: str) -> FactValue:
    """Return whether a written customer identification programme is on file."""
    filed = world.current(
        operator, PartyDocumentFiled, party_id=operator, document="identification_programme"
    )
    return known(bool(filed), [noted for noted, _ in filed])


def certification_age_days(world: FactContext, operator: str) -> FactValue:
    """Return days since it last certified that programme."""
    signed = world.find(operator, CommitmentSigned, party_id=operator, commitment="programme_certification")
    return age_days(world, signed[-1][0] if signed else None)


def notices_unread_days(world: FactContext, operator: str) -> FactValue:
    """Return days since the oldest notice in force on none of whose parties a flag was raised since; 0 if there is none."""
    del operator
    found = world.current(NoticeReceived.type, NoticeReceived)
    open_ones = [
        noted
        for noted, claim in found
        if not any(
            flag.index > noted.index for each in claim.party_ids for flag, _ in world.find(each, FlagRaised)
        )
    ]
    if not open_ones:
        return known(0, [noted for noted, _ in found])
    first = open_ones[0]
    return known(world.days_since(parse_instant(first.claim.valid_from)), [first])


def inventory_age_days(world: FactContext, operator: str) -> FactValue:
    """Return days since the latest audit of kind `inventory`."""
    del operator
    found = world.find(AuditPerformed.type, AuditPerformed, audit="inventory")
    return age_days(world, found[-1][0] if found else None)


def sources_silent(world: FactContext, operator: str) -> FactValue:
    """Return sources that were not heard of within their cadence and grace; unknown where nobody said how often one reports."""
    del operator
    expected = {
        claim.system: (noted, claim) for noted, claim in world.find(SourceExpected.type, SourceExpected)
    }
    if not expected:
        return unknown()
    silent = []
    for system, (noted, claim) in expected.items():
        heard = [each.recorded_at for each, _ in world.of_kind(system, SourceReported)]
        since = max([parse_instant(claim.valid_from), *heard])
        if world.reached(since + parse_duration(claim.cadence) + parse_duration(claim.grace)):
            silent.append(noted)
    return known(len(silent), silent or [noted for noted, _ in expected.values()])


def accounts_unknown(world: FactContext, operator: str) -> FactValue:
    """Return accounts of identity providers that no onboarding record knows; unknown where no account was read."""
    del operator
    current = world.current(AccountObserved.type, AccountObserved)
    if not current:
        return unknown()
    unowned = [noted for noted, claim in current if claim.party_id is None]
    return known(len(unowned), unowned or [noted for noted, _ in current])


def accounts_outliving(world: FactContext, operator: str) -> FactValue:
    """Return accounts that are there while no verification of their party holds; unknown where no account was read."""
    del operator
    current = world.current(AccountObserved.type, AccountObserved)
    if not current:
        return unknown()
    outliving = [
        noted
        for noted, claim in current
        if claim.party_id is not None and not world.holding(verified(claim.party_id, world))
    ]
    return known(len(outliving), outliving or [noted for noted, _ in current])
