"""Hold what the pages show of a vault: computed once at a position of the log, and followed as the log grows.

A part (the parties, the cases, the answer of coherence) is computed when it is first asked for and then shared by every
reader of that position. A thread computes the parts of each new position in advance, so that what people wait for is a
look into memory; whoever has just written something waits for the parts that they look at and no others.
"""

import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kansa.application.cases import CaseService, CaseStatus, Person
from kansa.application.coherence import CoherenceAnswer, CoherenceQuestion, ask
from kansa.application.coherence_reasons import Reason, closings_of, reasons_of
from kansa.application.controls import Readiness, ReadinessQuestion, readiness
from kansa.application.decision_list import DecisionFilter, DecisionPage, list_decisions
from kansa.application.decision_replay import decided
from kansa.application.dossiers import report_of
from kansa.application.flags import FlagService
from kansa.application.ledger import LedgerStatus
from kansa.application.ledger import status as ledger_status
from kansa.application.opening import open_vault
from kansa.application.overview import entries
from kansa.application.overview.authorizations import Authorization, authorizations_of
from kansa.application.overview.custody import Life, life_of
from kansa.application.overview.days import DayShare, SiteDay, by_day, by_site_and_day
from kansa.application.overview.packages import Package, packages_of
from kansa.application.overview.rules import RulesOn, rules_on
from kansa.application.overview.screened import ScreenedParty, screened_parties
from kansa.application.overview.sources import QuarantinedRow, Source, quarantine_of, sources_of
from kansa.application.status import Status, status_of
from kansa.application.subjects.books import Named
from kansa.application.subjects.devices import Device, Devices, list_devices
from kansa.application.subjects.parties import Parties, Party, list_parties
from kansa.application.subjects.paths import AccessPaths, list_paths
from kansa.application.subjects.sites import Sites, list_sites
from kansa.cases.findings import PartyFindings
from kansa.dossier.report.view import Report
from kansa.errors import KansaError
from kansa.flags.lifecycle import Flag
from kansa.gate.replay import Replayed
from kansa.records.envelope import Record
from kansa.registers.directory import Directory
from kansa.rules.rulebook import EffectiveRule
from kansa.screening.coverage import Coverage
from kansa.texts import Words
from kansa.vault.vault import Vault

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from kansa.application.overview.finding import Finder

T = TypeVar("T")

FOLLOW_SECONDS = 1.0
"""How often the log is looked at for new entries."""

CASE_HISTORY = 400
"""Of how many entries about a party a case is read."""

_AHEAD = (
    "status", "cases", "people", "parties", "flags", "rules", "devices", "paths", "sites", "sources", "report",
    "days", "reasons", "site_days", "authorizations", "candidates", "packages", "finder",
    "readiness", "ledger", "quarantine", "routes",
)  # fmt: skip


class Overview:
    """A vault at one position of its log. Its parts are frozen values; several threads may read it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._own = threading.local()
        self._turn = threading.Lock()
        self._turns: dict[object, AbstractContextManager[object]] = {}
        self._known: dict[object, object] = {}
        self._at: int | None = None
        self.position = self._vault.reader.size()
        self.now = self._vault.clock.now()
        self._at = self.now if self._vault.settings.simulated else None

    @property
    def _vault(self) -> Vault:
        """The vault, opened for this thread: a part that takes long holds up nobody who asks for another."""
        found: Vault | None = getattr(self._own, "vault", None)
        if found is None:
            found = self._own.vault = open_vault(self._root, self._at)
        return found

    def _part(self, key: object, make: Callable[[], T]) -> T:
        if key not in self._known:  # a dictionary's look-up is atomic; only making takes turns
            with self._turn:
                turn = self._turns.setdefault(key, threading.RLock())
            with turn:
                if key not in self._known:
                    self._known[key] = make()
        return self._known[key]  # type: ignore[return-value]  # made by `make` of this key

    @property
    def operator(self) -> Mapping[str, str]:
        """What the operator is called."""
        return self._vault.settings.operator

    @property
    def simulated(self) -> bool:
        """Whether the vault's time is told and not kept."""
        return self._vault.settings.simulated

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self._vault.settings.origin

    @property
    def directory(self) -> Directory:
        """What subjects are called."""
        return self._part("directory", self._vault.directory)

    @property
    def status(self) -> Status:
        """Where the vault stands."""
        return self._part("status", lambda: status_of(self._vault))

    @property
    def parties(self) -> Parties:
        """Every party."""
        return self._part("parties", lambda: list_parties(self._vault))

    @property
    def devices(self) -> Devices:
        """Every device."""
        return self._part("devices", lambda: list_devices(self._vault))

    @property
    def paths(self) -> AccessPaths:
        """Every access path."""
        return self._part("paths", lambda: list_paths(self._vault))

    @property
    def sites(self) -> Sites:
        """Every site."""
        return self._part("sites", lambda: list_sites(self._vault))

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody enrolled, by id."""
        return self._part("people", lambda: {each.id: each for each in CaseService(self._vault).people()})

    @property
    def cases(self) -> tuple[CaseStatus, ...]:
        """Every case, latest first."""
        return self._part("cases", lambda: tuple(reversed(CaseService(self._vault).cases())))

    @property
    def flags(self) -> tuple[Flag, ...]:
        """Every flag on record; what the rules would find now is not computed here."""
        return self._part("flags", lambda: FlagService(self._vault).flags())

    @property
    def rules(self) -> Mapping[str, EffectiveRule]:
        """The rules as they stand now, by id."""
        return self._part("rules", self._rules)

    @property
    def sources(self) -> tuple[Source, ...]:
        """What reported, for which windows, and what of it could not be read."""
        return self._part("sources", lambda: sources_of(self._vault))

    @property
    def answer(self) -> CoherenceAnswer | None:
        """The answer of coherence over the whole period on record; None while there is no use."""
        return self._part("answer", self._answer)

    @property
    def report(self) -> Report | None:
        """The answer as reports show it."""
        found = self.answer
        return self._part(
            "report", lambda: None if found is None else report_of(self._vault, found, self.directory)
        )

    @property
    def days(self) -> tuple[DayShare, ...]:
        """Device time by day."""
        found = self.answer
        return self._part("days", lambda: () if found is None else by_day(found))

    @property
    def site_days(self) -> tuple[SiteDay, ...]:
        """Device time by site and day."""
        found = self.answer
        return self._part("site_days", lambda: () if found is None else by_site_and_day(found))

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why use is not evidenced, longest first."""
        return self._part("reasons", self._reasons)

    def party(self, id_: str) -> Party | None:
        """Return a party."""
        return self._part("party", lambda: {each.named.id: each for each in self.parties.parties}).get(id_)

    def device(self, id_: str) -> Device | None:
        """Return a device."""
        return self._part("device", lambda: {each.named.id: each for each in self.devices.devices}).get(id_)

    def named(self, subject: str) -> Named:
        """Return what a subject is called."""
        held = self.directory
        return Named(subject, dict(held.called(subject)), tuple(held.keys_of.get(subject, ())))

    def findings(self, case: str) -> tuple[PartyFindings, ...]:
        """Return what a decision on a case would rest on."""
        return self._part(("findings", case), lambda: CaseService(self._vault).findings(case))

    def history(self, subject: str, most: int = 40) -> entries.History:
        """Return the latest entries about a subject."""
        key = ("history", subject, most)
        return self._part(key, lambda: entries.history(self._vault, subject, most))

    def life(self, device: str) -> Life:
        """Return where a device was."""
        return self._part(("life", device), lambda: life_of(self._vault, device))

    def entry(self, index: int, *, reveal: bool = False) -> entries.Entry:
        """Return an entry of the log.

        Raises:
            BadInput: `ledger.index`.
        """
        if reveal:  # what is sealed is not kept in memory beyond the answer
            return entries.entry_of(self._vault, index, self.directory, reveal=True)
        return self._part(
            ("entry", index), lambda: entries.entry_of(self._vault, index, self.directory, reveal=False)
        )

    def verified(self, index: int) -> tuple[entries.Step, ...]:
        """Verify an entry here and now."""
        return self._part(("verified", index), lambda: entries.verify_entry(self._vault, index))

    @property
    def finder(self) -> "Finder":
        """Finds what somebody types."""
        from kansa.application.overview.finding import Finder  # noqa: PLC0415 - it finds in overviews

        return self._part("finder", lambda: Finder(self))

    @property
    def routes(self) -> Mapping[str, Words]:
        """The adopted approval routes."""
        return self._part("routes", lambda: CaseService(self._vault).routes())

    @property
    def authorizations(self) -> tuple[Authorization, ...]:
        """Every authorization."""
        return self._part("authorizations", lambda: authorizations_of(self._vault))

    @property
    def readiness(self) -> Readiness:
        """What the operator can show now."""
        return self._part("readiness", lambda: readiness(self._vault, ReadinessQuestion()))

    @property
    def ledger(self) -> LedgerStatus:
        """Where the log stands."""
        return self._part("ledger", lambda: ledger_status(self._vault))

    @property
    def quarantine(self) -> tuple[QuarantinedRow, ...]:
        """The rows that could not be read."""
        return self._part("quarantine", lambda: quarantine_of(self._vault))

    @property
    def lists(self) -> Coverage:
        """Which lists are here in which edition, and which are not."""
        return self.status.lists

    @property
    def candidates(self) -> tuple[ScreenedParty, ...]:
        """Every party's latest screening, with its candidates and what people made of them."""
        return self._part("candidates", lambda: screened_parties(self._vault))

    @property
    def packages(self) -> tuple[Package, ...]:
        """What was handed out."""
        return self._part("packages", lambda: packages_of(self._vault))

    @property
    def key_words(self) -> str:
        """The fingerprint of the log's key."""
        return self._vault.log_key.verifier.encode()

    def rules_on(self, at: int) -> RulesOn:
        """Return the rules as they stand at an instant."""
        return self._part(("rules_on", at), lambda: rules_on(self._vault, at))

    def log(self, before: int, most: int, kind: str | None) -> tuple[tuple[int, Record], ...]:
        """Return the latest entries before an index, of a kind if one is given, latest first."""
        return entries.latest(self._vault, before, most, kind)

    def decisions(self, wanted: DecisionFilter, before: int | None) -> DecisionPage:
        """Return decisions of the gate, latest first."""
        return list_decisions(self._vault, wanted, before=before, most=50)

    def replayed(self, decision: str) -> Replayed:
        """Make a decision of the gate again."""
        return decided(self._vault, decision)

    def warm(self) -> None:
        """Compute every part."""
        for name in _AHEAD:
            getattr(self, name)
        self.rules_on(self.now)
        for each in self.cases:
            if each.file.state != "decided":
                self.findings(each.file.case.case_id)
                for party in (each.file.case.tenant_id, each.file.case.end_user_id):
                    self.history(party, CASE_HISTORY)

    def _rules(self) -> Mapping[str, EffectiveRule]:
        desk = FlagService(self._vault)
        with self._vault.evidence() as evidence:
            in_force = desk.in_force(evidence)
        edition = in_force.rulebook.at(self.now, in_force.readings)
        return {each.rule.id: each for each in edition.rules}

    def _answer(self) -> CoherenceAnswer | None:
        try:
            return ask(self._vault, CoherenceQuestion())
        except KansaError as error:
            if error.code != "coherence.no_use":
                raise
            return None

    def _reasons(self) -> tuple[Reason, ...]:
        found = self.answer
        if found is None:
            return ()
        return reasons_of(found, closings_of(found, self.directory), self.directory)


class Overviews:
    """Gives the overview of a vault as it stands, and computes those to come in a thread of its own."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._turn = threading.Lock()
        self._newest: Overview | None = None
        self._ready: Overview | None = None
        self._failed: KansaError | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kansa-overview", daemon=True)

    @cached_property
    def _log(self) -> Vault:
        return open_vault(self._root)

    @property
    def failed(self) -> KansaError | None:
        """Why the vault cannot be read at present; None if it can."""
        return self._failed

    @property
    def size(self) -> int:
        """How many entries the log has now."""
        return self._log.reader.size()

    def prepare(self) -> None:
        """Compute everything once, so that the first reader does not wait for it.

        Raises:
            KansaError: the vault cannot be read.
        """
        found = self._at_the_end()
        found.warm()
        self._ready = found

    def start(self) -> None:
        """Begin to follow the log."""
        self._thread.start()

    def close(self) -> None:
        """Stop following it."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    def current(self, at_least: int = 0) -> Overview:
        """Return what is ready; at a position no earlier than `at_least`, for whoever wrote up to there.

        Raises:
            KansaError: the vault cannot be read, and nothing of it was before.
        """
        ready = self._ready
        if ready is not None and ready.position >= at_least:
            return ready
        return self._at_the_end()

    def _at_the_end(self) -> Overview:
        with self._turn:
            if self._newest is None or self._newest.position < self.size:
                self._newest = Overview(self._root)
            return self._newest

    def _run(self) -> None:
        while not self._ending.wait(0 if self._ready is None and self._failed is None else FOLLOW_SECONDS):
            try:
                if self._ready is None or self._ready.position < self.size:
                    self.prepare()
                self._failed = None
            except KansaError as error:
                self._failed = error
