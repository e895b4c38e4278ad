"""Asking coherence of a vault: for a period, all tenants or one, as known at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from kansa.clock import DAY, format_duration, format_instant
from kansa.coherence.assess import assess
from kansa.coherence.change import Change, changes
from kansa.coherence.result import Assessment
from kansa.coherence.row_quality import horizon_of
from kansa.coherence.scope import known_at_least, within
from kansa.errors import BadInput
from kansa.ids import kind_of
from kansa.registers.directory import Directory
from kansa.registers.incremental import Progress
from kansa.registers.rows import KNOWN_BY, Tables
from kansa.vault.vault import Vault

MOST_NEAR = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CoherenceQuestion:
    """What is asked. `start` and `end` default to the first use or window and the latest closed window."""

    start: int | None = None
    end: int | None = None
    tenant: str | None = None
    end_user: str | None = None
    known_at: int | None = None
    grace: int = DAY
    min_known_by: str = KNOWN_BY[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoherenceAnswer:
    """What was asked in full, the tables of that period (uses cut to it) and their assessment."""

    start: int
    end: int
    tenant: str | None
    end_user: str | None
    known_at: int
    grace: int
    log_began: int | None
    tables: Tables
    assessment: Assessment

    def scope_as_json(self) -> dict[str, str | None]:
        """Whom, which period and what time of knowledge it is about, as a stable JSON value."""
        return {
            "tenant": self.tenant,
            "end_user": self.end_user,
            "from": format_instant(self.start),
            "to": format_instant(self.end),
            "known_at": format_instant(self.known_at),
            "grace": format_duration(self.grace),
        }


def ask(vault: Vault, question: CoherenceQuestion, progress: Progress | None = None) -> CoherenceAnswer:
    """Answer a question by the engine.

    Raises:
        BadInput: `coherence.nothing`, if the vault knows no use and no window; `coherence.period`, if it is empty.
    """
    tables = vault.tables(question.known_at, progress)
    start, end = _period(tables, question)
    scoped = known_at_least(
        within(tables, start, end, question.tenant, question.end_user), question.min_known_by
    )
    began = vault.began()
    assessment = assess(scoped, grace=question.grace, since=start, to=end, log_began=began)
    return CoherenceAnswer(
        start=start,
        end=end,
        tenant=question.tenant,
        end_user=question.end_user,
        known_at=vault.reader.head().recorded_at if question.known_at is None else question.known_at,
        grace=question.grace,
        log_began=began,
        tables=scoped,
        assessment=assessment,
    )


def compared(
    vault: Vault, question: CoherenceQuestion, earlier: int, progress: Progress | None = None
) -> list[Change]:
    """Return what became evidenced or ceased to be since an earlier time of knowledge, over the question's own period."""
    now = ask(vault, question, progress)
    then = ask(vault, replace(question, start=now.start, end=now.end, known_at=earlier), progress)
    return changes((then.tables.use, then.assessment.gaps), (now.tables.use, now.assessment.gaps))


def tenant_named(name: str, directory: Directory) -> str:
    """Return the id of the party that an id, a source's key or a name means, whether or not it was served yet.

    Raises:
        BadInput: `tenant.unknown` or `tenant.ambiguous`, with what could be meant.
    """
    known = {*directory.names, *directory.keys_of, *directory.roles}
    return _named(name, "party", {id_ for id_ in known if kind_of(id_) == "party"}, directory)


def tenant_asked(name: str, vault: Vault) -> str:
    """Return the id of the tenant that a scope names by an id, a source's key or a name.

    Raises:
        BadInput: `tenant.unknown`, with those that could be meant, if no party is called so or it is no tenant;
            `tenant.ambiguous`.
    """
    directory, tables = vault.directory(), vault.tables()
    tenants = {id_ for id_, roles in directory.roles.items() if "tenant" in roles}
    tenants |= {path.tenant_id for paths in directory.paths.values() for path in paths}
    tenants |= {row.tenant_id for row in tables.use if row.tenant_id is not None}
    tenants |= {row.tenant_id for row in tables.identity}
    return _named(name, "tenant", tenants, directory)


def end_user_asked(name: str, vault: Vault) -> str:
    """Return the id of the end user that a scope names by an id, a source's key or a name.

    Raises:
        BadInput: `end_user.unknown` or `end_user.ambiguous`, as for `tenant_asked`.
    """
    directory, tables = vault.directory(), vault.tables()
    users = {id_ for id_, roles in directory.roles.items() if "end_user" in roles}
    users |= {path.end_user_id for paths in directory.paths.values() for path in paths if path.end_user_id}
    users |= {row.end_user_id for row in tables.use if row.end_user_id is not None}
    users |= {row.end_user_id for row in tables.identity}
    return _named(name, "end user", users, directory)


def _named(name: str, role: str, among: set[str], directory: Directory) -> str:
    called = {id_: {id_, *directory.called_all(id_)} for id_ in among}
    found = sorted(id_ for id_, names in called.items() if name in names)
    code = {"end user": "end_user"}.get(role, "tenant")
    if len(found) == 1:
        return found[0]
    if found:
        raise BadInput(f"{code}.ambiguous", f"`{name}` may be any of {', '.join(found)}", help="give the id")
    somebody = any(name in {id_, *directory.called_all(id_)} for id_ in directory.roles.keys() - among)
    what = f"`{name}` is a party, but no {role}" if somebody else f"no {role} is called `{name}`"
    near = _near(name, called)
    advice = f"did you mean {', '.join(near)}?" if near else f"no {role} is on record"
    raise BadInput(f"{code}.unknown", what, help=advice)


def _near(name: str, called: Mapping[str, set[str]]) -> list[str]:
    """Return the names that are most like the one that was given, each of another party; at most `MOST_NEAR`."""
    alike = {
        id_: max((SequenceMatcher(None, name.casefold(), each.casefold()).ratio(), each) for each in names)
        for id_, names in called.items()
    }
    best = sorted(alike.values(), reverse=True)[:MOST_NEAR]
    return [f"`{each}`" for _, each in best]


def _period(tables: Tables, question: CoherenceQuestion) -> tuple[int, int]:
    horizon = horizon_of(tables).at
    first = [use.start for use in tables.use] + [window.valid_from for window in tables.window]
    start = question.start if question.start is not None else min(first, default=None)
    end = question.end if question.end is not None else horizon
    if start is None or end is None:
        raise BadInput(
            "coherence.nothing", "the vault knows of no use and no window", help="ingest accounting first"
        )
    if start >= end:
        raise BadInput("coherence.period", "the period is empty: its end is not after its start")
    return start, end
