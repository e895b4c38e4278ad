"""A site: its country and power, the devices there, how it was taken into service, who uses it."""

from kansa.clock import DAY, MICROSECONDS
from kansa.facts import device
from kansa.facts.context import FactContext, FactValue, grouped, known, unknown
from kansa.facts.served import coverage_bp, of_concern
from kansa.records.kinds.custody import DeviceIdentified, SiteCommissioned, SiteRegistered
from kansa.records.kinds.workload import SitePower, SourceReported
from kansa.records.validity import validity
from kansa.registers.spans.basis import naming_site

_MONTH = 30 * DAY


def country(world: FactContext, site: str) -> FactValue:
    """Return the country of the site."""
    found = world.current(site, SiteRegistered, site_id=site)
    return known(found[-1][1].country, [found[-1][0]]) if found else unknown()


def country_groups(world: FactContext, site: str) -> FactValue:
    """Return the country groups of that country."""
    return grouped(world, country(world, site))


def power_w(world: FactContext, site: str) -> FactValue:
    """Return the power of the site: the largest of contract, construction and IT, since which is meant is not verified."""
    found = world.current(site, SitePower, site_id=site)
    told = [
        (noted, watts)
        for noted, claim in found
        for watts in (claim.contracted_w, claim.capacity_w, claim.it_capacity_w)
        if watts is not None
    ]
    return known(max(watts for _, watts in told), [noted for noted, _ in told]) if told else unknown()


def state(world: FactContext, site: str) -> FactValue:
    """Return `planned` until it is commissioned, `commissioning` while checks are deferred, `closed` once it has ended."""
    registered = world.find(site, SiteRegistered, site_id=site)
    taken = world.find(site, SiteCommissioned, site_id=site)
    rests = [noted for noted, _ in (*registered, *taken)]
    if not registered:
        return unknown()
    if world.ended(registered[-1][1]):
        return known("closed", rests)
    if not taken:
        return known("planned", rests)
    return known("commissioning" if taken[-1][1].deferred else "commissioned", rests)


def devices(world: FactContext, site: str) -> FactValue:
    """Return how many accelerators the inventory has there."""
    there = _there(world, site)
    return known(len(there), there.values())


def devices_missing(world: FactContext, site: str) -> FactValue:
    """Return how many of those that the inventory has there their chain of custody does not put there."""
    there = _there(world, site)
    missing = [index for name, index in there.items() if device.custody(world, name).value != "unbroken"]
    return known(len(missing), missing)


def devices_without_provenance(world: FactContext, site: str) -> FactValue:
    """Return how many have no receipt that names contract line and authorization."""
    there = _there(world, site)
    bare = [index for name, index in there.items() if device.provenance(world, name).value is not True]
    return known(len(bare), bare)


def veu_named(world: FactContext, site: str) -> FactValue:
    """Return whether a VEU authorization in force names it."""
    found = [each for each in world.holding(naming_site(site, world)) if each.claim.basis == "veu"]
    return known(bool(found), [each.noted for each in found])


def log_gap_s(world: FactContext, site: str) -> FactValue:
    """Return seconds of the last 30 days for which no source closed a window on the site."""
    closed = sorted(
        (validity(claim).start, validity(claim).end or world.now)
        for _, claim in world.find(site, SourceReported)
        if site in claim.scope
    )
    if not closed:
        return unknown()
    covered, reached = 0, world.now - _MONTH
    for start, end in closed:
        covered += max(0, min(end, world.now) - max(start, reached))
        reached = max(reached, min(end, world.now))
    world.mark_volatile()
    return known((_MONTH - covered) // MICROSECONDS)


def user_hq_coverage_bp(world: FactContext, site: str) -> FactValue:
    """Return the part of its accelerator time whose end users and parents have determined headquarters."""
    return coverage_bp(world, site)


def users_of_concern(world: FactContext, site: str) -> FactValue:
    """Return how many end users there have headquarters or parent in mainland China, Hong Kong or Macau."""
    return of_concern(world, site)


def _there(world: FactContext, site: str) -> dict[str, int]:
    """Return the devices that the inventory has at the site now, each with the record that says so."""
    named = {claim.device_id for _, claim in world.find(site, DeviceIdentified, site_id=site)}
    found = {}
    for name in sorted(named):
        current = world.current(name, DeviceIdentified, device_id=name)
        if current and current[-1][1].site_id == site:
            found[name] = current[-1][0].index
    return found
