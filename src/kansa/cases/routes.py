"""Approval routes as data: which steps a decision takes, in order, and which role takes each.

kind: routes
roles: {export_control_officer: {en: …, ja: …}}
routes:
- id: kansa.routes.ordinary
  words: {en: …, ja: …}
  source: {citation: …, confidence: P}
  tiers: [low, medium]                 # for which risk tiers it is enough; none: not for clearances
  decides_over: [hits, flags]          # what a permit may be decided over although it is open; none: nothing
  steps:                               # the first proposes, the last decides
  - {step: draft, role: account_manager, quorum: 1, substitute: export_control_staff, words: {en: draft, ja: 起案}}
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from kansa.config_files import Section, listing
from kansa.i18n import Words, read_words
from kansa.people.roles import Roles, read_role, read_roles
from kansa.records import canonical
from kansa.records.kinds.case import Step
from kansa.rules.citations import Citation, Source, read_backing, read_citations
from kansa.rules.loading.opened import Opened, open_pack
from kansa.rules.pack import Header
from kansa.rules.tiers import TIERS

FORM = "kansa-routes-1"
DECIDES_OVER = ("hits", "flags")
SHIPPED = Path(__file__).parents[1] / "rules" / "packs" / "routes.yaml"


class NamedStep(msgspec.Struct, frozen=True):
    """A step as a record holds it, and what people call it."""

    step: Step
    words: Words


class Route(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One route. Each of its steps is taken by other persons than the steps before."""

    id: str
    words: Words
    sources: tuple[Source, ...]
    tiers: tuple[str, ...]
    steps: tuple[NamedStep, ...]
    decides_over: tuple[str, ...] = ()


class RoutePack(msgspec.Struct, frozen=True):
    """A pack of kind `routes`."""

    header: Header
    roles: Roles
    routes: tuple[Route, ...]

    @property
    def meaning(self) -> str:
        """The meaning hash: SHA-256, in hexadecimal, of the canonical bytes of everything."""
        content = msgspec.json.decode(msgspec.json.encode(self))
        return hashlib.sha256(canonical.encode({"form": FORM, "pack": content})).hexdigest()

    def for_tier(self, tier: str) -> Route:
        """Return the route for clearances of a risk tier (`kansa.rules.tiers`)."""
        return next(route for route in self.routes if tier in route.tiers)


def read_routes(path: Path = SHIPPED, citations: Mapping[str, Citation] | None = None) -> RoutePack:
    """Read a pack of kind `routes`.

    Raises:
        BadInput: `pack.content`, with everything wrong in it: roles that are not declared, fewer than two steps, a
            risk tier with no route or with two.
    """
    opened = open_pack(path)
    cited = read_citations() if citations is None else citations
    section = opened.section
    if opened.kind != "routes":
        section.refuse(f"is of kind `{opened.kind}`, not `routes`", "kind")
    roles = read_roles(section)
    read = [_route(inner, opened, roles, cited) for inner in section.sections("routes")]
    routes = tuple(route for route in read if route is not None)
    if len(routes) == len(read):
        _check_tiers(section, routes)
    return RoutePack(opened.settled(), roles, routes)


def _route(section: Section, opened: Opened, roles: Roles, citations: Mapping[str, Citation]) -> Route | None:
    id_, words = opened.id(section), read_words(section)
    backing = read_backing(section, citations, required=True)
    tiers = section.texts("tiers")
    for tier in tiers:
        if tier not in TIERS:
            section.refuse(f"`{tier}` is none of {listing(TIERS)}", "tiers")
    over = section.texts("decides_over")
    for each in over:
        if each not in DECIDES_OVER:
            section.refuse(f"`{each}` is none of {listing(DECIDES_OVER)}", "decides_over")
    steps = [_step(inner, roles) for inner in section.sections("steps")]
    if len(steps) < 2:
        section.refuse(
            "has fewer than two steps", "steps" if steps else None, "one proposes, another decides"
        )
    section.close()
    named = tuple(step for step in steps if step is not None)
    if id_ is None or words is None:
        return None
    return Route(id=id_, words=words, sources=backing.sources, tiers=tiers, steps=named, decides_over=over)


def _step(section: Section, roles: Roles) -> NamedStep | None:
    step, words = section.text("step", required=True), read_words(section)
    role = read_role(section, "role", roles, required=True)
    substitute = read_role(section, "substitute", roles)
    quorum = section.number("quorum") if "quorum" in section else 1
    if not isinstance(quorum, int) or quorum < 1:
        section.refuse("must be a whole number of persons, at least one", "quorum")
        quorum = 1
    section.close()
    if step is None or role is None or words is None:
        return None
    return NamedStep(Step(step=step, role=role, quorum=quorum, substitute=substitute), words)


def _check_tiers(section: Section, routes: tuple[Route, ...]) -> None:
    for tier in TIERS:
        serving = [route.id for route in routes if tier in route.tiers]
        if len(serving) != 1:
            section.refuse(
                f"the tier `{tier}` has {listing(serving) or 'no route'}", "routes", "it needs one"
            )
