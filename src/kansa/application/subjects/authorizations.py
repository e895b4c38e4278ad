"""List the authorizations: which basis for whom, until when, and of a quantity what was drawn and what is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from kansa.application.subjects.books import Books, Held, Named, opened
from kansa.clock import format_instant
from kansa.records.kinds.authorization import ConditionMet
from kansa.records.validity import validity
from kansa.registers.spans.basis import Basis, Draw, draws, of_authorization, overdraws
from kansa.vault.vault import Vault


class Overdrawn(NamedTuple):
    """A device drawn beyond the quantity in force, and when."""

    device: Named
    at: int

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {"device": self.device.as_json(), "at": format_instant(self.at)}


class Condition(NamedTuple):
    """A condition as it was met last, and by when it has to be met again (None: not again)."""

    condition: str
    met: int
    due: int | None

    def is_overdue(self, now: int) -> bool:
        """Tell whether it should have been met again."""
        return self.due is not None and self.due <= now

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        due = None if self.due is None else format_instant(self.due)
        return {"condition": self.condition, "met": format_instant(self.met), "due": due}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationListed:
    """A basis as its latest version has it; `drawn` are devices, `quantity` None where none is stated.

    `course` says how many devices were drawn on it after each instant at which any was.
    """

    named: Named
    basis: str
    jurisdiction: str
    held: Held
    end_users: tuple[Named, ...]
    item_classes: tuple[str, ...]
    sites: tuple[Named, ...]
    quantity: int | None
    drawn: int
    overdrawn: tuple[Overdrawn, ...]
    conditions: tuple[Condition, ...]
    course: tuple[tuple[int, int], ...]

    @property
    def left(self) -> int | None:
        """Devices that may still be drawn; None where no quantity is stated."""
        return None if self.quantity is None else max(self.quantity - self.drawn, 0)

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            **self.named.as_json(),
            "basis": self.basis,
            "jurisdiction": self.jurisdiction,
            "in_force": self.held.as_json(),
            "end_users": [each.id for each in self.end_users],
            "item_classes": list(self.item_classes),
            "sites": [each.id for each in self.sites],
            "quantity": self.quantity,
            "drawn": self.drawn,
            "left": self.left,
            "overdrawn": [each.as_json() for each in self.overdrawn],
            "conditions": [each.as_json() for each in self.conditions],
            "course": [{"at": format_instant(at), "drawn": count} for at, count in self.course],
        }


@dataclass(frozen=True, slots=True)
class AuthorizationsListed:
    """The authorizations that were asked for, of how many that are known, and the time that it was looked at."""

    authorizations: tuple[AuthorizationListed, ...]
    known: int
    now: int

    @property
    def overdrawn(self) -> bool:
        """Tell whether any was drawn beyond its quantity."""
        return any(each.overdrawn for each in self.authorizations)

    def as_json(self) -> dict[str, Any]:
        """Return the stable result of `kansa authorizations --json`."""
        return {"authorizations": [each.as_json() for each in self.authorizations], "known": self.known}


def list_authorizations(
    vault: Vault, text: str | None = None, end_user: str | None = None, *, overdrawn: bool = False
) -> AuthorizationsListed:
    """Return the bases whose id, key or number holds a text, that name an end user (by id).

    `overdrawn` leaves those on which no more was drawn than their quantity allows.
    """
    with opened(vault) as books:
        everything = books.evidence.subjects("aut")
        found = []
        for subject in everything:
            recorded = of_authorization(subject, books.world)
            if recorded and (text is None or books.named(subject).called(text)):
                found.append(_listed(subject, recorded, books))
        shown = [
            each
            for each in found
            if (end_user is None or any(party.id == end_user for party in each.end_users))
            and (each.overdrawn or not overdrawn)
        ]
        shown.sort(key=lambda each: (each.named.numbers, each.named.keys, each.named.id))
        return AuthorizationsListed(tuple(shown), len(everything), books.world.now)


def _listed(subject: str, recorded: Sequence[Basis], books: Books) -> AuthorizationListed:
    latest = recorded[-1].claim
    now = books.world.now
    drawn = [draw for draw in draws(subject, books.world) if draw.at <= now]
    beyond = [
        (device, draw) for device, (_, draw) in overdraws(subject, books.world).items() if draw.at <= now
    ]
    parties = {party for basis in recorded for party in basis.claim.end_user_ids}
    return AuthorizationListed(
        named=books.named(subject),
        basis=latest.basis,
        jurisdiction=latest.jurisdiction,
        held=books.held(basis.span for basis in recorded),
        end_users=tuple(books.named(party) for party in sorted(parties)),
        item_classes=tuple(sorted(latest.item_classes)),
        sites=tuple(books.named(site) for site in sorted(latest.site_ids)),
        quantity=latest.quantity,
        drawn=len(drawn),
        overdrawn=tuple(
            Overdrawn(books.named(device), draw.at) for device, draw in sorted(beyond, key=lambda d: d[1].at)
        ),
        conditions=tuple(_conditions(subject, books)),
        course=tuple(_course(drawn)),
    )


def _course(drawn: Sequence[Draw]) -> list[tuple[int, int]]:
    course, count = [], 0
    for at, together in groupby(drawn, key=lambda draw: draw.at):
        count += sum(1 for _ in together)
        course.append((at, count))
    return course


def _conditions(subject: str, books: Books) -> list[Condition]:
    """Return each condition as it was met last, those due first in front."""
    last: dict[str, Condition] = {}
    for _, claim in books.world.of_kind(subject, ConditionMet):
        met, due = validity(claim)
        if claim.authorization_id == subject and met <= books.world.now:
            known = last.get(claim.condition)
            if known is None or known.met <= met:
                last[claim.condition] = Condition(claim.condition, met, due)
    return sorted(last.values(), key=lambda each: (each.due is None, each.due or 0, each.condition))
