"""The latest lists of a vault, ready to be asked, and a screening recorded with all that it rests on."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from kansa import __version__
from kansa.application.screening.batch import Batch
from kansa.application.screening.disposition import dispositions
from kansa.application.screening.lists import ListArchive, editions
from kansa.application.screening.required import required_lists
from kansa.clock import format_instant
from kansa.errors import BadInput
from kansa.records.draft import Draft
from kansa.records.kinds.screening import PartyScreened, ScreeningSwept
from kansa.screening.coverage import REQUIRED, coverage
from kansa.screening.disposition import Dispositions
from kansa.screening.edition import Edition
from kansa.screening.entry import Entry, Profile
from kansa.screening.evidence import Grounds, Screening, screening
from kansa.screening.lists.formats import IMPORTER
from kansa.screening.matching.search import Matcher, Matching
from kansa.vault.index_cache import kept
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Recorded:
    """A screening and the ledger index of its record."""

    screening: Screening
    record: int


class ScreeningService:
    """Lists, engine and dispositions of one moment. The index is built with the first question.

    Raises:
        BadInput: `screen.no_lists`, if the vault has no list: no one may be said not to be on none.
    """

    def __init__(self, vault: Vault, matching: Matching, *, threshold: float, limit: int) -> None:
        self._vault = vault
        self._matching = matching
        self._threshold, self._limit = threshold, limit
        self.editions = tuple(editions(vault).values())
        self.now = vault.clock.now()
        if not self.editions:
            raise BadInput(
                "screen.no_lists",
                "the vault has no list to screen against",
                help="add one with `kansa lists add FORMAT FILE`; see `kansa lists formats`",
            )

    @cached_property
    def entries(self) -> list[Entry]:
        """The entries of the latest editions."""
        shelf = ListArchive(self._vault.places.root)
        return entries_of(shelf, (each.record_set_sha256 for each in self.editions))

    @cached_property
    def matcher(self) -> Matcher:
        """The entries, ready to be searched."""
        return kept(
            self._vault.places.root,
            self._vault.connector_key,
            (each.record_set_sha256 for each in self.editions),
            self._matching,
            lambda: self._matching.index(self.entries),
        )

    @cached_property
    def grounds(self) -> Grounds:
        """By what a screening at this desk judges."""
        return grounds_of(
            self._matching,
            self.editions,
            threshold=self._threshold,
            limit=self._limit,
            now=self.now,
            required=required_lists(self._vault),
        )

    @cached_property
    def dispositions(self) -> Dispositions:
        """What people have made of candidates."""
        return dispositions(self._vault)

    def ask(self, party: Profile, party_id: str | None = None) -> Screening:
        """Hold a party against the lists; nothing is recorded."""
        found = self.matcher.search(party, threshold=self._threshold, limit=self._limit)
        return screening(
            party,
            found,
            party_id=party_id,
            grounds=self.grounds,
            dispositions=self.dispositions,
            now=self.now,
            shared=self.matcher.shared_addresses(party) if party.addresses else (),
        )

    def part(self, entries: Sequence[Entry]) -> Matcher:
        """Return some of the entries, ready to be searched by the weights of all."""
        return self._matching.index(entries, like=self.matcher)

    def finds(self, part: Matcher, party: Profile) -> bool:
        """Tell whether a part of the entries has anyone who may be this party."""
        return bool(part.search(party, threshold=self._threshold, limit=1).hits)

    def draft(self, done: Screening, trigger: str) -> Draft:
        """Return the record of a screening. Asked again, even of the same lists, it is another record."""
        return Draft(
            PartyScreened.type,
            f"{self._vault.settings.urn}:screening",
            f"{done.party_id or done.party_sha256} {self.now} {self._vault.reader.size()}",
            self.now,
            done.as_data(trigger, self.now),
        )

    def screen(self, party: Profile, party_id: str | None = None, trigger: str = "asked") -> Recorded:
        """Hold a party against the lists and record it."""
        done = self.ask(party, party_id)
        return Recorded(done, self._vault.record(self.draft(done, trigger)))

    def record_batch(self, done: Batch) -> int:
        """Record a run over a file; returns the ledger index."""
        data = {
            "valid_from": format_instant(self.now),
            "known_by": "measured",
            "method": "batch",
            "parties": done.parties,
            "alerts": done.alerts,
            "unreadable": done.unreadable,
            "input_sha256": done.input_sha256,
            "output_sha256": done.output_sha256,
            **self.grounds.as_data(),
        }
        key = f"batch {done.input_sha256} {self.now} {self._vault.reader.size()}"
        source = f"{self._vault.settings.urn}:screening"
        return self._vault.record(Draft(ScreeningSwept.type, source, key, self.now, data))


def entries_of(shelf: ListArchive, record_sets: Iterable[str]) -> list[Entry]:
    """Return the entries of editions, by the hashes of their record sets, each checked against it.

    Raises:
        BrokenVault: an edition is missing or damaged.
    """
    return [entry for each in record_sets for entry in shelf.entries(each)]


def versions_of(matching: Matching) -> dict[str, str]:
    """Return the programs and data sets that take part in a screening; ours is named by its version and its readers'."""
    return {**matching.versions(), "kansa": __version__, "kansa readers of lists": IMPORTER}


def grounds_of(
    matching: Matching,
    asked: Sequence[Edition],
    *,
    threshold: float,
    limit: int,
    now: int,
    required: AbstractSet[str] = REQUIRED,
) -> Grounds:
    """Return the grounds by which a screening of these editions judges; `required` are the lists that it may not lack."""
    return Grounds(
        editions=tuple(asked),
        coverage=coverage(asked, now, required),
        versions=versions_of(matching),
        configuration_sha256=matching.configuration_sha256(),
        normaliser_sha256=matching.normaliser_sha256(),
        threshold=threshold,
        limit=limit,
        entries=sum(edition.entries for edition in asked),
    )
