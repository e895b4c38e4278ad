"""Access: the path is approved for the end user, enabled, and mediated by a known party if it is mediated.

One group a path. An enablement lasts until the path is disabled; a temporary configuration until its own end.
"""

from collections.abc import Iterable, Iterator, Sequence

from kansa.clock import parse_instant
from kansa.records.kinds.access_path import (
    AccessPathApproved,
    AccessPathDisabled,
    AccessPathEnabled,
    ConfigurationTemporary,
)
from kansa.records.kinds.party import PartyRegistered
from kansa.registers.facts.line import Line, resting_on, weakest
from kansa.registers.journal import Journal, Noted
from kansa.registers.span import Span, validity

TABLES = ("access", "part")

Held = tuple[Span, tuple[Noted, ...]]
_ALWAYS = Span(-(2**62), None)


def touched(noted: Noted, journal: Journal) -> Iterable[str]:
    if isinstance(
        noted.claim, AccessPathApproved | AccessPathEnabled | AccessPathDisabled | ConfigurationTemporary
    ):
        return [subject for subject in noted.about if subject.startswith("pth_")]
    if isinstance(noted.claim, PartyRegistered):
        return {
            other.claim.path_id
            for party in noted.about
            for other in journal.mentioning(party)
            if isinstance(other.claim, AccessPathApproved) and other.claim.mediator_id == party
        }
    return ()


def lines(key: str, journal: Journal) -> Iterator[Line]:
    claims = journal.mentioning(key)
    enabled = list(enabled_spans(key, claims))
    for span, rests in enabled:
        yield Line("part", ("enablement", key, *span, resting_on(rests)))
    for noted in claims:
        claim = noted.claim
        if not isinstance(claim, AccessPathApproved) or claim.path_id != key or claim.end_user_id is None:
            continue
        who = f"{claim.tenant_id} {claim.end_user_id} {key}"
        yield Line("part", ("approval", who, *validity(claim), resting_on([noted])))
        for mediated_span, mediators in _mediated(claim, journal):
            yield Line("part", ("mediator", who, *mediated_span, resting_on(mediators)))
            for span, rests in enabled:
                open_span = validity(claim).meet(span).meet(mediated_span)
                if not open_span.is_empty:
                    all_rests = (noted, *rests, *mediators)
                    known_by = weakest(n.claim for n in all_rests)
                    values = (
                        claim.tenant_id,
                        claim.end_user_id,
                        key,
                        *open_span,
                        known_by,
                        resting_on(all_rests),
                    )
                    yield Line("access", values)


def enabled_spans(path: str, claims: Sequence[Noted]) -> Iterator[Held]:
    """The stretches in which the path was on, each with the records that say so."""
    disabled = [n for n in claims if isinstance(n.claim, AccessPathDisabled) and n.claim.path_id == path]
    for noted in claims:
        claim = noted.claim
        if isinstance(claim, AccessPathEnabled) and claim.path_id == path:
            span = validity(claim).until(parse_instant(n.claim.valid_from) for n in disabled)
            ends = [n for n in disabled if parse_instant(n.claim.valid_from) == span.end]
            if not span.is_empty:
                yield span, (noted, *ends)
        elif (
            isinstance(claim, ConfigurationTemporary) and claim.path_id == path and claim.valid_to is not None
        ):
            yield validity(claim), (noted,)


def _mediated(approval: AccessPathApproved, journal: Journal) -> Iterator[Held]:
    if approval.mediator_id is None:
        if approval.method != "brokered":
            yield _ALWAYS, ()
        return
    for noted in journal.mentioning(approval.mediator_id):
        if isinstance(noted.claim, PartyRegistered) and noted.claim.party_id == approval.mediator_id:
            yield validity(noted.claim), (noted,)
