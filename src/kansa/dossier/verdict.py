"""What can be said of a dossier: a word, the checks behind it, and what was not looked at.

`ok`: the reader's pinned key and its quorum of witnesses. `ok_unwitnessed`: the pinned key, no witness asked for.
`consistent_only`: nothing was pinned; the dossier agrees with itself. `not_ok`: what, and where.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Word = Literal["ok", "ok_unwitnessed", "consistent_only", "not_ok"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: whether it held, and what was seen; `place` is a member and line where one is to blame."""

    name: str
    ok: bool
    detail: str
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can be said of a dossier, check by check, what was not looked at, and what is only the operator's word.

    `about` says whose it is, about whom and what, for whom, known when, and how much of it is withheld; it is empty
    unless every check holds.
    """

    verdict: Word
    checks: tuple[Check, ...]
    not_checked: tuple[str, ...]
    about: Mapping[str, Any] = field(default_factory=dict)
    operators_word: tuple[str, ...] = ()

    def accepted(self, *, allow_unpinned: bool = False) -> bool:
        """Tell whether a reader may rely on it; without a pinned key only if the reader says so."""
        return self.verdict in ("ok", "ok_unwitnessed") or (
            allow_unpinned and self.verdict == "consistent_only"
        )

    def as_json(self) -> dict[str, Any]:
        """Return the stable JSON value."""
        checks = [{"name": c.name, "ok": c.ok, "detail": c.detail, "place": c.place} for c in self.checks]
        return {
            "verdict": self.verdict,
            "checks": checks,
            "not_checked": list(self.not_checked),
            "operators_word": list(self.operators_word),
            "about": dict(self.about),
        }
