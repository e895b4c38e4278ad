"""An access path: by which way, for whom, through whom, and whether it is on."""

from kansa.clock import MICROSECONDS, parse_instant
from kansa.records.kinds.access_path import AccessPathApproved, ConfigurationTemporary
from kansa.records.kinds.end_user import EndUserVerified
from kansa.records.kinds.party import PartyRegistered
from kansa.registers.facts.access import enabled_spans
from kansa.registers.journal import Noted
from kansa.rules.facts.screened import screened
from kansa.rules.facts.world import Known, World, age_days, combined, known, unknown


def method(world: World, path: str) -> Known:
    """Direct, brokered or remote, as last approved."""
    latest = _approved(world, path)
    return known(latest[1].method, [latest[0]]) if latest else unknown()


def approved(world: World, path: str) -> Known:
    """Whether an approval is in force."""
    current = world.current(path, AccessPathApproved, path_id=path)
    return known(bool(current), [noted for noted, _ in current])


def enabled(world: World, path: str) -> Known:
    """Whether it is on, by enablement or temporary configuration."""
    on = [rests for span, rests in _on(world, path) if span[1] is None or not world.reached(span[1])]
    return known(bool(on), [noted for rests in on for noted in rests])


def mediator_known(world: World, path: str) -> Known:
    """Whether its mediator is a registered party; always so for a direct path, never for a broker without name."""
    latest = _approved(world, path)
    if latest is None:
        return unknown()
    noted, claim = latest
    if claim.mediator_id is None:
        return known(claim.method != "brokered", [noted])
    registered = world.current(claim.mediator_id, PartyRegistered, party_id=claim.mediator_id)
    return known(bool(registered), [noted, *(each for each, _ in registered)])


def mediator_verified(world: World, path: str) -> Known:
    """Whether its mediator was verified and screened; true where there is none."""
    latest = _approved(world, path)
    if latest is None:
        return unknown()
    noted, claim = latest
    if claim.mediator_id is None:
        return known(claim.method != "brokered", [noted])
    verified = world.current(claim.mediator_id, EndUserVerified, end_user_id=claim.mediator_id)
    both = (known(bool(verified), [each for each, _ in verified]), screened(world, claim.mediator_id))
    return combined(both, all)


def end_user_disclosed(world: World, path: str) -> Known:
    """Whether the latest approval names an end user."""
    latest = _approved(world, path)
    return known(latest[1].end_user_id is not None, [latest[0]]) if latest else unknown()


def temporary(world: World, path: str) -> Known:
    """Whether it is on by a temporary configuration."""
    current = world.current(path, ConfigurationTemporary, path_id=path)
    return known(bool(current), [noted for noted, _ in current])


def temporary_expired(world: World, path: str) -> Known:
    """Whether a workload still runs over it after its temporary configuration ended and nothing else enables it."""
    given = world.find(path, ConfigurationTemporary, path_id=path)
    if not given:
        return known(value=False)
    ended = all(world.ended(claim) for _, claim in given)
    used = [use for use in world.uses(path) if world.running(use)]
    still = ended and bool(used) and enabled(world, path).value is False
    return known(still, [noted for noted, _ in given])


def temporary_extensions(world: World, path: str) -> Known:
    """How many times a temporary configuration followed the one before without a break."""
    given = world.find(path, ConfigurationTemporary, path_id=path)
    ends = [claim.valid_to for _, claim in given]
    extended = [n for n, (_, claim) in enumerate(given) if n and claim.valid_from <= (ends[n - 1] or "")]
    return known(len(extended), [noted for noted, _ in given])


def enabled_before_approval_s(world: World, path: str) -> Known:
    """Seconds for which it was on before it was first approved."""
    approvals = world.find(path, AccessPathApproved, path_id=path)
    on = _on(world, path)
    if not on:
        return unknown()
    first = parse_instant(approvals[0][1].valid_from) if approvals else world.now
    early = sum(max(0, min(span[1] or first, first) - span[0]) for span, _ in on)
    if not approvals and early:
        world.seconds_since(world.now)
    rests = [*(noted for noted, _ in approvals[:1]), *(noted for _, held in on for noted in held)]
    return known(early // MICROSECONDS, rests)


def last_review_days(world: World, path: str) -> Known:
    """Days since it was last approved."""
    latest = _approved(world, path)
    return age_days(world, latest[0] if latest else None)


def unused_days(world: World, path: str) -> Known:
    """Days since a workload last used it; 0 while one does."""
    uses = world.uses(path)
    if not uses:
        return unknown()
    if any(world.running(use) for use in uses):
        return known(0)
    last = max(uses, key=lambda use: use.end or 0)
    return known(world.days_since(last.end or 0), last.evidence)


def _approved(world: World, path: str) -> tuple[Noted, AccessPathApproved] | None:
    found = world.current(path, AccessPathApproved, path_id=path)
    return found[-1] if found else None


def _on(world: World, path: str) -> list[tuple[tuple[int, int | None], tuple[Noted, ...]]]:
    """The stretches, begun by now, in which it was on."""
    return [
        ((span.start, span.end), rests)
        for span, rests in enabled_spans(path, world.mentioning(path))
        if world.reached(span.start)
    ]
