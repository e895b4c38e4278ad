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

from kansa.i18n import Words
from kansa.people.roles import Roles
from kansa.records import canonical
from kansa.records.kinds.case import Step
from kansa.rules.citations import Citation, Source, read_citations
from kansa.rules.pack import Header

FORM = "kansa-routes-1"
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
    from kansa.cases.routes_file import read  # noqa: PLC0415 - pydantic, only where a pack is read

    return read(path, read_citations() if citations is None else citations)
