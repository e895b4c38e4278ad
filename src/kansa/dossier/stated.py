"""What a manifest states of its dossier: whose, about whom, which period, for whom, known when, by which grace.

All of it is signed, since the log's entry that issues the dossier holds the manifest's hash. What of it can be held
against the entries is checked by `verify`; the rest is the operator's word, and a verdict says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kansa.clock import MAX_INSTANT, parse_instant
from kansa.ids import kind_of

WHOLE_VAULT = "vault"
_INTEGERS = ("from_us", "to_us", "grace_us", "log_began_us")
_TEXTS = ("scope", "audience", "known_at")


@dataclass(frozen=True, slots=True)
class Stated:
    """A manifest's statements; None where one is not made. Instants and durations in microseconds."""

    start: int
    end: int
    grace: int
    log_began: int
    tenant: str | None
    end_user: str | None
    audience: str | None
    known_at: int | None
    simulated: bool | None

    @property
    def subjects(self) -> list[str]:
        """Whom the dossier is about; nobody in particular is the whole vault."""
        return [each for each in (self.tenant, self.end_user) if each is not None]


def scope_of(tenant: str | None, end_user: str | None) -> str:
    """Return the manifest's `scope`: the tenant, else the end user, else the whole vault."""
    return tenant or end_user or WHOLE_VAULT


def read(manifest: Mapping[str, Any]) -> Stated:
    """Read the statements of a manifest.

    Raises:
        ValueError: one is missing that the answer rests on, is of the wrong type, or contradicts another.
    """
    question = manifest.get("question")
    if not isinstance(question, dict) or any(type(question.get(name)) is not int for name in _INTEGERS):
        raise ValueError("the question of the dossier is not stated")
    start, end, grace, began = (question[name] for name in _INTEGERS)
    if not 0 <= start < end <= MAX_INSTANT or grace < 0 or not 0 <= began <= MAX_INSTANT:
        raise ValueError("the question's period, grace or beginning of the log is not possible")
    if "tenant" not in question:
        raise ValueError("the question does not say whether it is about one tenant")
    tenant, end_user = (_party(question, name) for name in ("tenant", "end_user"))
    if unfit := [name for name in _TEXTS if not isinstance(manifest.get(name, ""), str)]:
        raise ValueError(f"`{unfit[0]}` is not a text")
    if manifest.get("scope", scope_of(tenant, end_user)) != scope_of(tenant, end_user):
        raise ValueError(f"the scope is `{manifest['scope']}`, the question is about another")
    _operator(manifest)
    known_at = manifest.get("known_at")
    simulated = manifest.get("simulated")
    if not (simulated is None or simulated is True or simulated is False):
        raise ValueError("`simulated` is neither true nor false")
    return Stated(
        start=start,
        end=end,
        grace=grace,
        log_began=began,
        tenant=tenant,
        end_user=end_user,
        audience=manifest.get("audience"),
        known_at=None if known_at is None else parse_instant(known_at),
        simulated=simulated,
    )


def _party(question: Mapping[str, Any], name: str) -> str | None:
    value = question.get(name)
    if value is None or (isinstance(value, str) and kind_of(value) == "party"):
        return value
    raise ValueError(f"the question's `{name}` is not the id of a party")


def _operator(manifest: Mapping[str, Any]) -> None:
    names = manifest.get("operator", {})
    if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
        raise ValueError("`operator` does not hold names")
