"""List what a vault's gate decided, newest first, a page at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from kansa.application.lookup import Lookup
from kansa.application.ports import LogReader
from kansa.clock import parse_instant
from kansa.errors import BadInput
from kansa.records import envelope
from kansa.records.envelope import Record
from kansa.records.kinds.gate import GateDecided
from kansa.vault.vault import Vault

PAGE = 50
"""Decisions of a page, if nothing else is said."""
_AT_ONCE = 512
_KINDS = ("party", "path", "site")


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFilter:
    """Which decisions: about a subject (by id, source key or name), of an outcome or action, made in `[start, end)`."""

    about: str | None = None
    outcome: str | None = None
    action: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of the gate's log, with what its subjects are called."""

    index: int
    record: Record
    claim: GateDecided
    names: dict[str, dict[str, str]]

    def as_json(self) -> dict[str, Any]:
        """Return the decision as its record has it; `names` says what its subjects are called."""
        claim = self.claim
        subjects = {name: getattr(claim, name) for name in _SUBJECTS}
        return {
            "id": self.record.id,
            "index": self.index,
            "at": claim.valid_from,
            "expires": claim.valid_to,
            "action": claim.action,
            "outcome": claim.outcome,
            **subjects,
            "item_class": claim.item_class,
            "names": {id_: self.names[id_] for id_ in subjects.values() if id_ in self.names},
            "caller": claim.caller,
            "determining": claim.determining,
            "unknown": claim.unknown,
        }


_SUBJECTS = ("tenant_id", "end_user_id", "path_id", "site_id", "from_site_id")


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """A page. `before` is what asks for the next one, None at the end; `entries` were looked at, of `size` of the log."""

    decisions: tuple[Decision, ...]
    before: int | None
    entries: int
    size: int

    def as_json(self) -> dict[str, Any]:
        """Return the page as JSON."""
        return {
            "decisions": [each.as_json() for each in self.decisions],
            "before": self.before,
            "entries": self.entries,
            "size": self.size,
        }


def list_decisions(
    vault: Vault, wanted: DecisionFilter, *, before: int | None = None, most: int = PAGE
) -> DecisionPage:
    """Return the newest decisions before an index of the gate's log (default its end), at most `most`.

    Raises:
        BadInput: `gate.about`, if the subject is not known or may be several; `gate.page`.
    """
    if most < 1 or (before is not None and before < 0):
        raise BadInput(
            "gate.page",
            "a page has 1 decision or more, and begins in the log",
            help="see `--limit`, `--before`",
        )
    names = Lookup(vault)
    about = None if wanted.about is None else _subject(wanted.about, names)
    if not vault.places.gate.exists():
        return DecisionPage((), None, 0, 0)
    with vault.gate_reader() as log:
        size = log.size()
        end = size if before is None else min(before, size)
        found: list[Decision] = []
        at = end
        for at, record in _backwards(log, end):
            if record.type == GateDecided.type and (about is None or about in record.about):
                claim = msgspec.convert(dict(record.data), GateDecided)
                if _fits(claim, wanted):
                    found.append(_with_names(at, record, claim, names))
            if len(found) == most:
                break
        return DecisionPage(tuple(found), at if found[most - 1 :] and at > 0 else None, end - at, size)


def _subject(text: str, names: Lookup) -> str:
    found = sorted({id_ for kind in _KINDS for id_ in names.named(text, kind)})
    if len(found) == 1:
        return found[0]
    if found:
        raise BadInput("gate.about", f"`{text}` may be any of {', '.join(found)}", help="give the id")
    near = [name for kind in _KINDS for name in names.near(text, kind)]
    meant = f"did you mean {', '.join(f'`{name}`' for name in near)}?" if near else None
    raise BadInput("gate.about", f"no party, path or site is called `{text}`", help=meant)


def _backwards(log: LogReader, end: int) -> Iterator[tuple[int, Record]]:
    for stop in range(end, 0, -_AT_ONCE):
        for index, entry in reversed(list(log.entries(max(0, stop - _AT_ONCE), stop))):
            yield index, envelope.decode(entry)


def _fits(claim: GateDecided, wanted: DecisionFilter) -> bool:
    at = parse_instant(claim.valid_from)
    return (
        wanted.outcome in (None, claim.outcome)
        and wanted.action in (None, claim.action)
        and (wanted.start is None or at >= wanted.start)
        and (wanted.end is None or at < wanted.end)
    )


def _with_names(index: int, record: Record, claim: GateDecided, names: Lookup) -> Decision:
    ids = [getattr(claim, name) for name in _SUBJECTS]
    called = {id_: dict(names.directory.called(id_)) for id_ in ids if id_ is not None}
    return Decision(index, record, claim, {id_: held for id_, held in called.items() if held})
