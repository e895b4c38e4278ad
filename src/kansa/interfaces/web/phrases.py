"""Phrases that templates ask for: what kinds, roles, rules, steps and values are called in the language of the answer."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from kansa.application.case_route import role_words, step_words
from kansa.application.cases import CaseStatus, Person
from kansa.application.overview.entries import History, Mention
from kansa.application.overview.overview import Overview
from kansa.application.passkeys import is_passkey
from kansa.application.subjects.parties import Party
from kansa.interfaces.web.navigation import MENU
from kansa.interfaces.web.words import TEXTS
from kansa.presentation.pages.kinds import field_words, kind_words
from kansa.presentation.pages.statement import shown_value
from kansa.presentation.pages.values import Values
from kansa.texts import Language
from kansa.texts.messages import said

_ICONS = {
    "case": "case", "flag": "flag", "screening": "screen", "party": "party", "end_user": "user", "device": "device",
    "access_path": "key", "authorization": "auth", "workload": "tmp", "site": "site", "source": "source", "gate": "gate",
}  # fmt: skip


class Phrases(ABC):
    """What a page says of the overview that it shows."""

    menu = MENU
    texts = TEXTS

    @property
    @abstractmethod
    def language(self) -> Language:
        """The language of the answer."""

    @property
    @abstractmethod
    def overview(self) -> Overview:
        """What is shown."""

    @property
    @abstractmethod
    def person(self) -> Person | None:
        """Who is signed in."""

    @property
    @abstractmethod
    def values(self) -> Values:
        """Formats values."""

    def said(self, message: str) -> str:
        """Return a message in the language of the answer."""
        return said(message)

    @property
    def roles_said(self) -> str:
        """The roles of whoever is signed in."""
        return self._listed(self.person.roles) if self.person is not None else ""

    def roles_listed(self, roles: Sequence[str]) -> str:
        """Return what roles are called."""
        return self._listed(roles)

    @property
    def is_passkey(self) -> bool:
        """Whether whoever is signed in signs with a passkey."""
        return self.person is not None and is_passkey(self.person.key)

    def roles_of_step(self, status: CaseStatus) -> str:
        """Return who may take the step that waits."""
        step = status.file.next_step
        if step is None:
            return self._listed(("account_manager",))
        return self._listed([role for role in (step.role, step.substitute) if role])

    def step_said(self, status: CaseStatus) -> str:
        """Return what the step that waits is called."""
        if status.file.state == "decided":
            return "–"
        found = step_words(status.file)
        waits = found is not None and status.file.state != "returned"
        return found.in_(self.language) if found and waits else TEXTS["today.step.propose"].in_(self.language)

    def aspects(self, status: CaseStatus) -> str:
        """Return what changed since the decision on a case's parties."""
        words = [TEXTS[f"aspect.{each.aspect}"].in_(self.language) for each in status.state.changed]
        return self._comma.join(words)

    def rule_said(self, rule: str) -> str:
        """Return what a rule asks, in a sentence; its id where it is not in force now."""
        found = self.overview.rules.get(rule)
        return found.version.words.in_(self.language) if found is not None else rule

    def flag_state(self, flag: Any) -> str:
        """Return how far a flag is."""
        return TEXTS[f"flag.{flag.state}"].in_(self.language)

    def party_roles(self, party: Party) -> str:
        """Return the roles of a party."""
        named = [
            TEXTS[f"role.{each}"].in_(self.language) if f"role.{each}" in TEXTS else each
            for each in party.roles
        ]
        return self._comma.join(named) or TEXTS["none.record"].in_(self.language)

    def cleared(self, place: str) -> int:
        """Return how many of the parties of a list are cleared with everybody they are served with."""
        role = {"tenants": "tenant", "end_users": "end_user"}.get(place)
        return sum(
            bool(each.clearances) and all(one.state.name == "cleared" for one in each.clearances)
            for each in self.overview.parties.parties
            if role is None or role in each.roles
        )

    def kind(self, type_: str) -> str:
        """Return what a kind of record is called."""
        return kind_words(type_).in_(self.language)

    def kind_icon(self, type_: str) -> str:
        """Return the icon of a kind of record."""
        return _ICONS.get(type_.removeprefix("kansa.").split(".", 1)[0], "ledger")

    def field(self, name: str) -> str:
        """Return what a field of a record is called."""
        return field_words(name).in_(self.language)

    def shown(self, value: Any) -> str | Markup:
        """Return a value of a record as people read it."""
        return shown_value(value, self.overview, self.values)

    def mentions(self, history: History, kinds: Sequence[str], most: int = 1) -> list[Mention]:
        """Return the latest entries of some kinds."""
        return [each for each in history.mentions if _short(each.type) in kinds][:most]

    def newer(self, history: History, kinds: Sequence[str], since: int) -> bool:
        """Tell whether an entry of some kinds came after another entry."""
        return any(each.index > since for each in history.mentions if _short(each.type) in kinds)

    def use_of(self, party: str) -> tuple[int, int]:
        """Return device time of use of an end user, and how much of it lacks evidence."""
        report = self.overview.report
        lanes = [
            each for each in (report.lanes if report else ()) if each.end_user and each.end_user.id == party
        ]
        return sum(each.coverage.use for each in lanes), sum(each.coverage.gap for each in lanes)

    @property
    def _comma(self) -> str:
        return "、" if self.language == "ja" else ", "

    def _listed(self, roles: Sequence[str]) -> str:
        return self._comma.join(role_words(role).in_(self.language) for role in roles)


def _short(type_: str) -> str:
    return type_.removeprefix("kansa.").rsplit(".", 1)[0]
