"""A party: who it is, what it signed and filed, what agencies said of it, how it was rated."""

from kansa.facts.context import FactContext, FactValue, age_days, grouped, known, sealed, unknown
from kansa.facts.licences import veu_on_record
from kansa.facts.open_flags import flags_open
from kansa.records.kinds.authorization import NoticeReceived
from kansa.records.kinds.custody import ContractRecorded
from kansa.records.kinds.flag import FlagResolved
from kansa.records.kinds.party import (
    CommitmentSigned,
    EndUseStated,
    PartyDocumentFiled,
    PartyRegistered,
    PartyRiskRated,
    QuestionAnswered,
)
from kansa.records.validity import validity

_IDENTIFICATION = {"payment", "email", "telephone", "ip_addresses", "beneficial_owners"}
_TOPICS = ("end_use", "end_user", "ownership", "headquarters", "domestic_or_export", "onward_transfer")


def roles(world: FactContext, party: str) -> FactValue:
    """Return every role under which it is registered now."""
    registered = world.current(party, PartyRegistered, party_id=party)
    if not registered:
        return unknown()
    named = {role for _, claim in registered for role in claim.roles}
    return known(frozenset(named), [noted for noted, _ in registered])


def country(world: FactContext, party: str) -> FactValue:
    """Return the country of its latest registration."""
    registered = world.current(party, PartyRegistered, party_id=party)
    if not registered:
        return unknown()
    noted, claim = registered[-1]
    return sealed(world, noted, claim.country)


def country_groups(world: FactContext, party: str) -> FactValue:
    """Return the groups of that country."""
    return grouped(world, country(world, party))


def new_customer(world: FactContext, party: str) -> FactValue:
    """Return whether no contract with it had ended when the latest one began."""
    contracts = world.find(party, ContractRecorded)
    if not contracts:
        return unknown()
    latest = validity(contracts[-1][1]).start
    ends = [validity(claim).end for _, claim in contracts]
    earlier = any(end is not None and end <= latest for end in ends)
    return known(not earlier, [noted for noted, _ in contracts])


def address_shared_count(world: FactContext, party: str) -> FactValue:
    """Return how many others give the address that it gives; unknown until addresses are compared by a person."""
    del world, party
    return unknown("not_told")


def documents(world: FactContext, party: str) -> FactValue:
    """Return the kinds of documents, commitments and statements of it that are in force."""
    filed = world.current(party, PartyDocumentFiled, party_id=party)
    signed = world.current(party, CommitmentSigned, party_id=party)
    stated = world.current(party, EndUseStated, end_user_id=party)
    kinds = {claim.document for _, claim in filed} | {claim.commitment for _, claim in signed}
    kinds |= {"end_use_statement"} if stated else set()
    return known(frozenset(kinds), [noted for noted, _ in (*filed, *signed, *stated)])


def customer_fields_missing(world: FactContext, party: str) -> FactValue:
    """Return what is not on file of name, address, payment, e-mail, telephone, IP addresses and owners behind the account."""
    registered = world.current(party, PartyRegistered, party_id=party)
    filed = world.current(party, PartyDocumentFiled, party_id=party)
    rests = [noted for noted, _ in (*registered, *filed)]
    if any(world.is_withheld(noted) for noted, _ in registered):
        return unknown("erased", rests)
    given = {claim.document for _, claim in filed}
    missing = _IDENTIFICATION - given
    missing |= set() if any(claim.names for _, claim in registered) else {"name"}
    missing |= set() if any(claim.address for _, claim in registered) else {"address"}
    return known(frozenset(missing), rests)


def end_use_statement_age_days(world: FactContext, party: str) -> FactValue:
    """Return days since it last stated its end use."""
    stated = world.find(party, EndUseStated, end_user_id=party)
    return age_days(world, stated[-1][0] if stated else None)


def end_use(world: FactContext, party: str) -> FactValue:
    """Return the end uses that it stated."""
    stated = world.current(party, EndUseStated, end_user_id=party)
    if not stated:
        return unknown()
    return known(frozenset(claim.purpose for _, claim in stated), [noted for noted, _ in stated])


def training_declared(world: FactContext, party: str) -> FactValue:
    """Return whether it has said what it uses compute for, training included."""
    stated = world.current(party, EndUseStated, end_user_id=party)
    return known(bool(stated), [noted for noted, _ in stated])


def notices(world: FactContext, party: str) -> FactValue:
    """Return the kinds of notices in force that name it."""
    named = world.current(party, NoticeReceived)
    return known(frozenset(claim.notice for _, claim in named), [noted for noted, _ in named])


def notice_unresolved_days(world: FactContext, party: str) -> FactValue:
    """Return days since the oldest notice that names it and that no flag resolved later answers; unknown without one."""
    resolved = [noted.recorded_at for noted, _ in world.find(party, FlagResolved)]
    open_ones = [
        noted
        for noted, _ in world.current(party, NoticeReceived)
        if not any(noted.recorded_at < at for at in resolved)
    ]
    return age_days(world, open_ones[0] if open_ones else None)


def veu_claimed(world: FactContext, party: str) -> FactValue:
    """Return whether the operator claims the authorization of a validated end user, so that its duties reach the party."""
    del party
    return veu_on_record(world)


def open_flags(world: FactContext, party: str) -> FactValue:
    """Return how many flags are open on it; those that count flags themselves are not counted."""
    return flags_open(world, party)


def risk_rated_use(world: FactContext, party: str) -> FactValue:
    """Return the tier of its end use, as a person rated it."""
    return _rated(world, party, "end_use")


def risk_rated_user(world: FactContext, party: str) -> FactValue:
    """Return its tier as an end user, as a person rated it."""
    return _rated(world, party, "end_user")


def unanswered_topics(world: FactContext, party: str) -> FactValue:
    """Return the topics that were put to it (`question.answered` on `party.<topic>`) and whose latest answer is "not known"."""
    asked = [(topic, world.find(party, QuestionAnswered, fact=f"party.{topic}")) for topic in _TOPICS]
    put = [(topic, answers[-1]) for topic, answers in asked if answers]
    if not put:
        return unknown()
    rests = [noted for _, (noted, _) in put]
    if any(world.is_withheld(noted) for noted in rests):
        return unknown("erased", rests)
    return known(frozenset(topic for topic, (_, claim) in put if claim.answer is None), rests)


def contradictions(world: FactContext, party: str) -> FactValue:
    """Return how many answers differ from the answer before to the same question about the same time."""
    answers = world.find(party, QuestionAnswered, subject_id=party)
    if not answers:
        return unknown()
    if any(world.is_withheld(noted) for noted, _ in answers):
        return unknown("erased", [noted for noted, _ in answers])
    given: dict[tuple[str, str], object] = {}
    differing = []
    for noted, claim in answers:
        key = (claim.fact, claim.valid_from)
        if given.setdefault(key, claim.answer) != claim.answer:
            differing.append(noted)
    return known(len(differing), differing)


def _rated(world: FactContext, party: str, of: str) -> FactValue:
    rated = world.current(party, PartyRiskRated, party_id=party, of=of)
    return known(rated[-1][1].tier, [rated[-1][0]]) if rated else unknown()
