"""Devices: where each is, under which of its four names, and the chain of custody behind that."""

from starlette.responses import Response

from kansa.errors import BadInput
from kansa.interfaces.web.ask import PAGE, Ask
from kansa.interfaces.web.paging import paged
from kansa.presentation.pages.custody import custody_picture, custody_steps


def devices(ask: Ask) -> Response:
    """List the devices."""
    _ = ask.signed_in
    every = ask.overview.devices.devices
    wanted, site, lacking = ask.query.get("q", ""), ask.query.get("site", ""), ask.query.get("custody", "")
    found = [
        each
        for each in every
        if (not wanted or each.named.called(wanted))
        and (not site or (each.site is not None and each.site.id == site))
        and (lacking != "none" or not each.is_evidenced)
    ]
    page = paged(found, lambda each: (*each.named.keys, each.named.id), ask.query.get("after"), PAGE)
    return ask.page(
        "devices.html",
        page=page,
        known=len(every),
        q=wanted,
        site=site,
        lacking=lacking,
        sites=ask.overview.sites.sites,
        in_custody=sum(each.is_evidenced for each in every),
    )


def device(ask: Ask) -> Response:
    """Show one device.

    Raises:
        BadInput: `device.unknown`.
    """
    _ = ask.signed_in
    id_, overview = ask.path["id"], ask.overview
    found = overview.device(id_)
    if found is None:
        raise BadInput("device.unknown", f"no device is called `{id_}`", help="use the menu, or search")
    history = overview.history(id_, 60)
    life = overview.life(id_)
    steps = custody_steps(history, overview, ask.language)
    neighbours = [
        each
        for each in overview.devices.devices
        if each.node is not None and found.node is not None and each.node.id == found.node.id
    ]
    checked = ask.query.get("verify", "")
    return ask.page(
        "device.html",
        device=found,
        history=history,
        life=life,
        steps=steps,
        picture=custody_picture(steps, life, overview, ask.language),
        neighbours=neighbours,
        verified=overview.verified(int(checked)) if checked.isdigit() else None,
        checked=checked,
    )
