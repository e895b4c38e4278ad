"""One accelerator: what it is, where it came from, where its chain of custody puts it."""

from collections.abc import Iterable

from kansa.clock import MICROSECONDS, parse_instant
from kansa.facts import items
from kansa.facts.answered_questions import answer
from kansa.facts.context import FactContext, FactValue, grouped, known, unknown
from kansa.records.geodesy import distance_m, is_beyond
from kansa.records.kinds.custody import (
    DeviceAttested,
    DeviceLocated,
    DeviceMoved,
    DeviceNamed,
    DeviceObserved,
    SiteRegistered,
)
from kansa.registers.spans.basis import Basis, drawn_on, of_authorization, overdraws
from kansa.registers.spans.custody import begins_chain, device_stretches
from kansa.registers.spans.inventory import standings
from kansa.rules.models import model_names


def item_class(world: FactContext, device: str) -> FactValue:
    """Return the item class that the inventory has."""
    return items.class_of(world, device)


def paragraphs(world: FactContext, device: str) -> FactValue:
    """Return the US paragraphs that its item class meets."""
    found = items.class_of(world, device)
    return items.paragraphs(world, found.value) if isinstance(found.value, str) else found


def controlled(world: FactContext, device: str) -> FactValue:
    """Return whether its item class is an advanced computing item: a circuit, or a computer that holds one."""
    found = items.class_of(world, device)
    return items.in_scope(world, [found.value]) if isinstance(found.value, str) else found


def model_terms(world: FactContext, device: str) -> FactValue:
    """Return the words of its model and what runs of them spell, as answered: letters and digits only, `ascend910b`."""
    told = answer(world, device, "device.model")
    if not isinstance(told.value, str):
        return told
    return FactValue(model_names(told.value), told.records)


def designer_groups(world: FactContext, device: str) -> FactValue:
    """Return the country groups of its designer's headquarters, as answered."""
    return grouped(world, answer(world, device, "device.designer_country"))


def veu_supplied(world: FactContext, device: str) -> FactValue:
    """Return whether the authorization under which it was supplied is that of a validated end user."""
    named = [
        (noted, claim.authorization_id)
        for noted, claim in world.find(device, DeviceMoved, device_id=device, step="receiving")
        if claim.authorization_id is not None
    ]
    bases = [basis for _, each in named for basis in of_authorization(each, world)]
    if named and not bases:
        return unknown()
    return known(
        any(basis.claim.basis == "veu" for basis in bases),
        [*(noted for noted, _ in named), *(basis.noted for basis in bases)],
    )


def provenance(world: FactContext, device: str) -> FactValue:
    """Return whether a receipt names its contract line and the authorization under which it was supplied."""
    receipts = world.find(device, DeviceMoved, device_id=device, step="receiving")
    named = [noted for noted, _ in receipts if begins_chain(noted)]
    return known(bool(named), named or [noted for noted, _ in receipts])


def custody(world: FactContext, device: str) -> FactValue:
    """Return `unbroken` where its chain puts it somewhere now, `contested` where it was seen elsewhere, else `broken` or `none`."""
    steps = [
        *world.find(device, DeviceMoved, device_id=device),
        *world.find(device, DeviceObserved, device_id=device),
    ]
    if not steps:
        return known("none")
    held = [s for s in device_stretches(device, world) if world.reached(s.span.start)]
    rests = sorted({noted.index for stretch in held[-1:] for noted in stretch.rests})
    if held and (held[-1].span.end is None or not world.reached(held[-1].span.end)):
        return known("unbroken", rests)
    last = max(steps, key=lambda step: (step[1].valid_from, step[0].index))
    contested = bool(held) and isinstance(last[1], DeviceObserved) and last[1].site_id != held[-1].site
    if not held and provenance(world, device).value is False:
        return known("none", [noted for noted, _ in steps])
    return known("contested" if contested else "broken", [*rests, last[0].index])


def names_conflict(world: FactContext, device: str) -> FactValue:
    """Return whether another device bears one of its names, or it bears two of a kind of which a device has one."""
    said = world.find(device, DeviceNamed)
    if not said:
        return unknown()
    contrary = [noted for noted, claim in said if claim.conflicting]
    return known(bool(contrary), contrary or [noted for noted, _ in said])


def serial_unusable(world: FactContext, device: str) -> FactValue:
    """Return whether a source read a serial number that names no device (`0`, `N/A`), and no source read one that does."""
    said = world.find(device, DeviceNamed, device_id=device)
    if not said:
        return unknown()
    empty = [noted for noted, claim in said if "board_serial" in claim.unusable]
    named = [noted for noted, claim in said if "board_serial" in claim.named]
    return known(bool(empty) and not named, named or empty or [noted for noted, _ in said])


def location_excluded(world: FactContext, device: str) -> FactValue:
    """Return whether a location record puts it where its site cannot be: the site lies outside one of the circles.

    Its site is where its chain of custody puts it then, else where the inventory has it. A location that somebody
    declared excludes nothing.
    """
    assessed, excluded = [], False
    for noted, located in world.find(device, DeviceLocated, device_id=device):
        site = _site_at(world, device, parse_instant(located.valid_from))
        place = world.current(site, SiteRegistered, site_id=site)[-1:] if site is not None else []
        if located.method == "declared" or not place:
            continue
        registered, claim = place[0]
        latitude, longitude = claim.latitude_e7, claim.longitude_e7
        if latitude is None or longitude is None:
            continue
        assessed += [noted, registered]
        excluded = any(
            is_beyond(distance_m(latitude, longitude, each.latitude_e7, each.longitude_e7), each.within_m)
            for each in located.circles
        )
        if excluded:
            break
    return known(excluded, assessed[-2:] if excluded else assessed) if assessed else unknown()


def _site_at(world: FactContext, device: str, at: int) -> str | None:
    held = (each.site for each in device_stretches(device, world) if each.span.covers(at))
    listed = (each.claim.site_id for each in standings(device, world) if each.span.covers(at))
    return next((site for site in (*held, *listed) if site is not None), None)


def attestation_age_s(world: FactContext, device: str) -> FactValue:
    """Return seconds since it last proved its cryptographic identity to a fresh nonce."""
    proofs = world.find(device, DeviceAttested, device_id=device)
    fresh = [(noted, claim) for noted, claim in proofs if "nonce" in claim.checks]
    if not fresh:
        return unknown()
    noted, claim = max(fresh, key=lambda proof: proof[1].valid_from)
    world.mark_volatile()
    return known((world.now - parse_instant(claim.valid_from)) // MICROSECONDS, [noted])


def site_authorised(world: FactContext, device: str) -> FactValue:
    """Return whether it stands at a site that the authorization of its supply names."""
    receipts = world.find(device, DeviceMoved, device_id=device, step="receiving")
    named = [(noted, claim) for noted, claim in receipts if claim.authorization_id is not None]
    if not named:
        return unknown()
    place = world.find(device, DeviceMoved, device_id=device)[-1]
    recorded = [
        each
        for each in of_authorization(named[-1][1].authorization_id or "", world)
        if world.reached(each.span.start)
    ]
    if not recorded:
        return unknown()
    last = recorded[-1]
    return known(place[1].site_id in last.claim.site_ids, [named[-1][0], place[0], last.noted])


def overdrawn(world: FactContext, device: str) -> FactValue:
    """Return whether it was drawn on a basis beyond the quantity that the basis allows; the last record is the draw."""
    bases = drawn_on(device, world)
    if not bases:
        return unknown()
    found = [world.derive(overdraws, basis).get(device) for basis in bases]
    beyond = [each for each in found if each is not None and world.reached(each[1].at)]
    return known(bool(beyond), [noted for basis, draw in beyond for noted in (*basis.rests, draw.noted)])


def moved_unapproved(world: FactContext, device: str) -> FactValue:
    """Return whether it moved to a site that no authorization in force then and naming its item class there covers."""
    moves = world.find(device, DeviceMoved, device_id=device)
    receipts = [each for each in moves if each[1].step == "receiving"]
    if not receipts:
        return unknown()
    basis = next((claim.authorization_id for _, claim in receipts if claim.authorization_id), None)
    if basis is None:
        return unknown()
    recorded = of_authorization(basis, world)
    later = [(noted, claim) for noted, claim in receipts[1:] if not _named(recorded, claim)]
    rests = [*(noted for noted, _ in receipts), *(each.noted for each in recorded)]
    return known(bool(later), [noted for noted, _ in later] or rests)


def _named(recorded: Iterable[Basis], moved: DeviceMoved) -> bool:
    """Tell whether the basis was in force when the device came, and names the site."""
    at = parse_instant(moved.valid_from)
    return any(each.span.covers(at) and moved.site_id in each.claim.site_ids for each in recorded)
