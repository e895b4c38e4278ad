"""From an AuthZEN evaluation to a question about subjects that we know.

Kansa's profile of AuthZEN 1.0 (docs/gate.md). An entity is named by our id or by a source's own key:

    subject   type `end_user`, `tenant`, or `account` (whatever a source calls whoever has the work)
              properties: `tenant`, `end_user`, `path`, `user` (of an account), `system` (in whose books the key stands)
    action    `onboard`, `login`, `schedule`, `shift`, `ship`; properties: `from` (the site that a shift leaves)
    resource  type `site`, `path`, `item`, or `tenant`
              properties: `site`, `path`, `item_class`, `system`
    context   facts that only the caller knows (`GIVEN`), and `work`, the caller's own name of what is asked for

What names nobody whom we know stays unknown, and what is unknown is held. Other fields are passed over: nothing that
is not listed here reaches a rule or the log.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from kansa.gate.authzen import Entity, Evaluation
from kansa.gate.snapshot import Question
from kansa.ids import kind_of as examined

GIVEN: Mapping[str, str] = {
    "purpose": "use.label",
    "cause": "shift.cause",
    "session_country": "session.country",
    "person_known": "session.person_known",
    "serials_listed": "ship.serials_listed",
}
"""The facts that the caller may give: name in the request's context → fact."""

MOST_WORK = 200
kind_of = lru_cache(65_536)(examined)  # the same ids are asked about again and again
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,32}")
_ITEM_CLASS = re.compile(r"[\w .:/+()-]{1,80}")


class NotKnown(NamedTuple):
    """A name in a request that means nobody or nothing here; `several` where it means more than one item class."""

    field: str
    given: str
    several: bool = False


class Asked(NamedTuple):
    """An evaluation in our ids. Two that are equal ask the same.

    `given` holds facts in the order of their names; `work` is the caller's own name of what is asked for; `not_known` what
    the request named and nobody here knows.
    """

    action: str
    about: Question
    given: tuple[tuple[str, Any], ...] = ()
    work: str | None = None
    not_known: tuple[NotKnown, ...] = ()


class Names(Protocol):
    """What sources call subjects, and whom a path serves."""

    def find(self, system: str, key: str, /) -> str | None:
        """Return the subject that has this key in a system's books."""
        ...

    def only(self, key: str, /) -> str | None:
        """Return the subject that has this key in whatever books; None if nobody has, or several."""
        ...

    def holder(self, path_id: str, /) -> tuple[str | None, str | None]:
        """Return the tenant and the end user that a path serves, where they are certain."""
        ...

    def knows(self, subject: str, /) -> bool:
        """Tell whether any record is about a party, site or path of this id."""
        ...

    def item(self, text: str, /) -> frozenset[str]:
        """Return the item classes that a text names: that class, or all that were classified as this paragraph."""
        ...


@dataclass(slots=True)
class _Found:
    """Ids by kind, as they are found."""

    tenant_id: str | None = None
    end_user_id: str | None = None
    path_id: str | None = None
    site_id: str | None = None
    item_class: str | None = None
    not_known: dict[NotKnown, None] = field(default_factory=dict)

    def miss(self, name: str, given: str, *, several: bool = False) -> None:
        """Note that a name means nobody."""
        self.not_known[NotKnown(name, given[:MOST_WORK], several)] = None


def read_question(evaluation: Evaluation, names: Names) -> Asked:
    """Return what an evaluation asks."""
    found = _Found()
    _take_subject(found, evaluation.subject, names)
    _take_resource(found, evaluation.resource, names)
    if found.path_id is not None and None in (found.tenant_id, found.end_user_id):
        tenant, end_user = names.holder(found.path_id)
        found.tenant_id = found.tenant_id or tenant
        found.end_user_id = found.end_user_id or end_user
    origin = _named(found, evaluation.action.properties, "from", "site", names)
    context = evaluation.context
    given = {fact: context[name] for name, fact in GIVEN.items() if _is_plain(context.get(name))}
    work = context.get("work")
    return Asked(
        evaluation.action.name,
        Question(
            tenant_id=found.tenant_id,
            end_user_id=found.end_user_id,
            path_id=found.path_id,
            site_id=found.site_id,
            from_site_id=origin,
            item_class=found.item_class,
            purpose=_text(given.get("use.label")),
            country=_text(given.get("session.country")),
        ),
        tuple(sorted(given.items())),
        work if isinstance(work, str) and 0 < len(work) <= MOST_WORK else None,
        tuple(found.not_known),
    )


def _take_subject(found: _Found, subject: Entity, names: Names) -> None:
    properties = subject.properties
    found.tenant_id = _named(found, properties, "tenant", "party", names)
    found.end_user_id = _named(found, properties, "end_user", "party", names)
    found.path_id = _named(found, properties, "path", "path", names)
    id_ = _account(subject, names) if subject.type == "account" else _resolved(subject.id, properties, names)
    kind = None if id_ is None else kind_of(id_)
    if kind == "path":
        found.path_id = found.path_id or id_
    elif kind == "party" and subject.type == "tenant":
        found.tenant_id = id_
    elif kind == "party":
        found.end_user_id = id_
    if id_ is None or not names.knows(id_):
        found.miss(subject.type, subject.id)


def _take_resource(found: _Found, resource: Entity, names: Names) -> None:
    properties = resource.properties
    found.site_id = _named(found, properties, "site", "site", names)
    found.path_id = _named(found, properties, "path", "path", names) or found.path_id
    item_class = resource.id if resource.type == "item" else properties.get("item_class")
    if isinstance(item_class, str) and _ITEM_CLASS.fullmatch(item_class):
        _take_item(found, item_class, names)
    if resource.type == "item":
        return
    id_ = _resolved(resource.id, properties, names)
    kind = None if id_ is None else kind_of(id_)
    if kind == "site":
        found.site_id = id_
    elif kind == "path":
        found.path_id = id_
    elif kind == "party" and resource.type == "tenant":
        found.tenant_id = id_
    told = any(each.given == resource.id for each in found.not_known)  # of a subject that is its own resource
    if (id_ is None or not names.knows(id_)) and not told:
        found.miss(resource.type, resource.id)


def _take_item(found: _Found, text: str, names: Names) -> None:
    """An item class, or the one that was classified as the paragraph that is named."""
    meant = names.item(text)
    found.item_class = next(iter(meant)) if len(meant) == 1 else text
    if len(meant) != 1:
        found.miss("item_class", text, several=bool(meant))


def _account(subject: Entity, names: Names) -> str | None:
    """As `kansa ingest slurm` reads accounts: account and user if that is known, else the account."""
    user = subject.properties.get("user")
    together = _resolved(f"{subject.id}/{user}", subject.properties, names) if isinstance(user, str) else None
    return together or _resolved(subject.id, subject.properties, names)


def _named(found: _Found, properties: Mapping[str, Any], name: str, kind: str, names: Names) -> str | None:
    value = properties.get(name)
    if not isinstance(value, str):
        return None
    id_ = _resolved(value, properties, names)
    fits = id_ is not None and kind_of(id_) == kind
    if id_ is None or not fits or not names.knows(id_):
        found.miss(name, value)
    return id_ if fits else None


def _resolved(value: str, properties: Mapping[str, Any], names: Names) -> str | None:
    if kind_of(value) is not None:
        return value
    system = properties.get("system")
    return names.find(system, value) if isinstance(system, str) else names.only(value)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _is_plain(value: Any) -> bool:
    return type(value) is bool or (type(value) is str and _WORD.fullmatch(value) is not None)
