"""List what waits for somebody: one item for each question, with who answers, by when, what it holds up and since when.

Nothing is derived here: flags, cases, screenings, sources, quarantine, deadlines, authorizations and the reasons of gaps are
asked of their own services, so that the list cannot differ from them. An item is gone when what it asks for is on record.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from kansa.application.business_days import business_days_left
from kansa.application.cases import CaseService
from kansa.application.coherence import CoherenceQuestion, ask
from kansa.application.coherence_reasons import closings_of, reasons_of
from kansa.application.flags import FlagService
from kansa.application.overview.screened import screened_parties
from kansa.application.overview.work import CaseStep, flags_by_rule, steps_of
from kansa.application.quarantine import open_rows
from kansa.application.source_health import source_health
from kansa.application.status import status_of
from kansa.application.subjects.authorizations import list_authorizations
from kansa.clock import DAY, MICROSECONDS, format_instant
from kansa.errors import BadInput
from kansa.vault.vault import Vault

Kind = Literal[
    "case", "screening", "flag", "source", "quarantine", "deadline", "overdraw", "condition", "gap"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
Severity = Literal["high", "medium", "low"]

REASONS = 10
"""Reasons of gaps that are asked about; the longest."""
ANSWER_WITHIN = 5 * DAY
"""How long a question of our own may wait; the operator's choice, no regulator's number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One thing that waits. `id` stays the same while it does; `count` is how many records or rows are behind it.

    `what` names it by code (a rule, a step, a source, a fact and part), `subjects` are ids, `owner` a role or a name.
    """

    id: str
    kind: Kind
    severity: Severity
    what: str
    subjects: tuple[str, ...]
    owner: str | None
    due: int | None
    days_left: int | None
    since: int | None
    count: int
    blocks: tuple[str, ...] = ()
    amount: int | None = None
    """Device time in microseconds, of a gap."""

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "id": self.id,
            "kind": self.kind,
            "severity": self.severity,
            "what": self.what,
            "subjects": list(self.subjects),
            "owner": self.owner,
            "due": _stamp(self.due),
            "business_days_left": self.days_left,
            "since": _stamp(self.since),
            "count": self.count,
            "blocks": list(self.blocks),
            "device_seconds": None if self.amount is None else self.amount // MICROSECONDS,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkList:
    """The items that were asked for, the most urgent first, of how many; `asked` is what was looked at, with how many each."""

    items: tuple[WorkItem, ...]
    of: int
    now: int
    asked: Mapping[str, int]
    called: Mapping[str, Mapping[str, str]]

    @property
    def overdue(self) -> int:
        """How many should have been answered."""
        return sum(item.due is not None and item.due <= self.now for item in self.items)

    def as_json(self) -> dict[str, Any]:
        """Return the stable result of `kansa work --json`."""
        return {
            "now": format_instant(self.now),
            "items": [each.as_json() for each in self.items],
            "of": self.of,
            "overdue": self.overdue,
            "asked": dict(self.asked),
            "called": {id_: dict(names) for id_, names in self.called.items()},
        }


def work_list(
    vault: Vault, *, kind: str | None = None, role: str | None = None, due_within: int | None = None
) -> WorkList:
    """Return what waits at the vault's present time; of one kind, for one role, due within a time if these are given.

    Raises:
        BadInput: `work.kind`.
    """
    if kind is not None and kind not in KINDS:
        raise BadInput("work.kind", f"`{kind}` is no kind of work", help=f"one of {', '.join(KINDS)}")
    desk = _Desk(vault)
    everything = [item for source in desk.sources() for item in source()]
    found = [
        item
        for item in everything
        if (kind is None or item.kind == kind)
        and (role is None or (item.owner is not None and role in item.owner.split(", ")))
        and (due_within is None or (item.due is not None and item.due <= desk.now + due_within))
    ]
    found.sort(
        key=lambda each: (
            _GRAVITY[each.severity],
            each.due is None,
            each.due or 0,
            each.kind,
            -(each.amount or 0),
            each.id,
        )
    )
    names = vault.directory()
    subjects = {
        id_ for item in found for id_ in (*item.subjects, *item.blocks, item.owner) if id_ is not None
    }
    called = {id_: names.called(id_) for id_ in sorted(subjects) if names.called(id_)}
    return WorkList(items=tuple(found), of=len(everything), now=desk.now, asked=desk.asked, called=called)


_GRAVITY: Mapping[str, int] = {"high": 0, "medium": 1, "low": 2}


class _Desk:
    """Asks each service, and counts what it looked at."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self.now = vault.clock.now()
        self.asked: dict[str, int] = {}

    def sources(self) -> tuple[Callable[[], Iterable[WorkItem]], ...]:
        return (
            self._cases,
            self._screenings,
            self._flags,
            self._sources,
            self._quarantine,
            self._deadlines,
            self._authorizations,
            self._gaps,
        )

    def _item(self, kind: Kind, key: str, severity: Severity, what: str, **said: Any) -> WorkItem:
        due = said.get("due")
        zone = self._vault.settings.zone
        left = None if due is None else business_days_left(self.now, due, zone)
        defaults: dict[str, Any] = {"subjects": (), "owner": None, "due": None, "since": None, "count": 1}
        return WorkItem(
            id=f"{kind}:{key}",
            kind=kind,
            severity=severity,
            what=what,
            days_left=left,
            **{**defaults, **said},
        )

    def _cases(self) -> Iterator[WorkItem]:
        cases = CaseService(self._vault).cases()
        self.asked["cases"] = len(cases)
        step: CaseStep
        for step in steps_of(cases, None):
            case = step.status.file.case
            yield self._item(
                "case",
                case.case_id,
                "medium",
                step.step,
                subjects=(case.tenant_id, case.end_user_id),
                owner=", ".join(step.roles),
                due=step.since + ANSWER_WITHIN,
                since=step.since,
                blocks=(case.tenant_id,),
            )

    def _screenings(self) -> Iterator[WorkItem]:
        parties = screened_parties(self._vault)
        self.asked["screened_parties"] = len(parties)
        for each in parties:
            waiting = [candidate for candidate in each.candidates if candidate.is_open]
            if waiting:
                yield self._item(
                    "screening",
                    each.party,
                    "high",
                    "candidates",
                    subjects=(each.party,),
                    owner="screening_analyst",
                    due=each.at + ANSWER_WITHIN,
                    since=each.at,
                    count=len(waiting),
                    blocks=(each.party,),
                )

    def _flags(self) -> Iterator[WorkItem]:
        flags = FlagService(self._vault).flags()
        self.asked["flags"] = len(flags)
        for group in flags_by_rule(flags):
            owners = {each.owner for each in group.flags if each.owner is not None}
            severity: Severity = group.severity if group.severity in _GRAVITY else "medium"  # type: ignore[assignment]
            yield self._item(
                "flag",
                group.rule,
                severity,
                group.rule,
                subjects=tuple(dict.fromkeys(each.claim.subject_id for each in group.flags)),
                owner=", ".join(sorted(owners)) or None,
                due=group.due,
                since=group.since,
                count=len(group.flags),
            )

    def _sources(self) -> Iterator[WorkItem]:
        health = source_health(self._vault)
        self.asked["sources"] = len(health)
        for each in health:
            if each.silent or each.error:
                yield self._item(
                    "source",
                    each.name,
                    "high",
                    "error" if each.error else "silent",
                    owner=each.answers,
                    due=each.due,
                    since=each.heard,
                )

    def _quarantine(self) -> Iterator[WorkItem]:
        rows = open_rows(self._vault)
        self.asked["quarantined_rows"] = len(rows)
        by_source: defaultdict[str, list[str]] = defaultdict(list)
        for row in rows:
            by_source[row.source].append(row.code)
        for source, codes in sorted(by_source.items()):
            yield self._item("quarantine", source, "medium", min(codes), count=len(codes))

    def _deadlines(self) -> Iterator[WorkItem]:
        deadlines = status_of(self._vault).deadlines
        self.asked["deadlines"] = len(deadlines)
        for each in deadlines:
            severity: Severity = "high" if each.at <= self.now + 7 * DAY else "medium"
            yield self._item(
                "deadline",
                f"{each.what}:{each.subject}",
                severity,
                each.what,
                subjects=(each.subject,),
                due=each.at,
                blocks=(each.subject,),
            )

    def _authorizations(self) -> Iterator[WorkItem]:
        listed = list_authorizations(self._vault).authorizations
        self.asked["authorizations"] = len(listed)
        for each in listed:
            if each.overdrawn:
                yield self._item(
                    "overdraw",
                    each.named.id,
                    "high",
                    each.basis,
                    subjects=(each.named.id,),
                    since=each.overdrawn[0].at,
                    due=each.overdrawn[0].at,
                    count=len(each.overdrawn),
                )
            for condition in each.conditions:
                if condition.due is not None and condition.due <= self.now + 30 * DAY:
                    severity: Severity = "high" if condition.is_overdue(self.now) else "medium"
                    yield self._item(
                        "condition",
                        f"{each.named.id}:{condition.condition}",
                        severity,
                        condition.condition,
                        subjects=(each.named.id,),
                        due=condition.due,
                        since=condition.met,
                    )

    def _gaps(self) -> Iterator[WorkItem]:
        try:
            answer = ask(self._vault, CoherenceQuestion())
        except BadInput as nothing:
            if nothing.code not in {"coherence.nothing", "coherence.not_assessed"}:
                raise
            self.asked["uses"] = 0
            return
        names = self._vault.directory()
        self.asked["uses"] = len(answer.tables.use)
        reasons = reasons_of(answer, closings_of(answer, names), names)
        for reason in [each for each in reasons if each.cause.closable][:REASONS]:
            cause = reason.cause
            yield self._item(
                "gap",
                f"{cause.fact}:{cause.part}:{cause.who or cause.role}",
                "medium",
                f"{cause.fact}.{cause.part}",
                subjects=reason.tenants,
                owner=cause.who or cause.role or None,
                count=reason.uses,
                amount=reason.micros,
            )


def _stamp(instant: int | None) -> str | None:
    return None if instant is None else format_instant(instant)
