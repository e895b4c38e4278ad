"""Hold one party, as somebody describes it, against a vault's lists or lists given as files."""

from collections.abc import Sequence

from kansa.application.screening.engine import engine
from kansa.application.screening.files import from_files
from kansa.application.screening.screening import grounds_of
from kansa.clock import Clock
from kansa.errors import BadInput
from kansa.screening.disposition import Dispositions
from kansa.screening.entry import Place, Profile
from kansa.screening.evidence import Grounds, Screening, screening
from kansa.screening.lists.open_form import OpenRow, profile_of
from kansa.screening.lists.reading import Gathering
from kansa.screening.matching.search import Matcher

__all__ = ["OpenRow", "against_files", "check_limits", "index_of_files", "party_of"]


def check_limits(threshold: float, limit: int) -> None:
    """Refuse a least score outside 0 to 1, and a number of candidates below 1.

    Raises:
        BadInput: `screen.threshold` or `screen.limit`.
    """
    if not 0 <= threshold <= 1:
        raise BadInput("screen.threshold", f"`{threshold}` is no score", help="give a number from 0 to 1")
    if limit < 1:
        raise BadInput("screen.limit", f"`{limit}` is no number of candidates", help="give 1 or more")


def party_of(row: OpenRow) -> Profile:
    """Return the party as asked; unlike in a list, a field that cannot be read is refused, since a person is there to ask.

    Raises:
        BadInput: `screen.party`, with every field that cannot be read.
    """
    gathering = Gathering("party")
    party = profile_of(row, Place("command line", 1), gathering)
    if problems := gathering.problems():
        raise BadInput("screen.party", "the party cannot be asked for as given", problems=problems)
    if not party.names:
        raise BadInput("screen.party", "the name is empty", help="give a name in any script")
    return party


def index_of_files(
    lists: Sequence[str], threshold: float, limit: int, clock: Clock
) -> tuple[Matcher, Grounds]:
    """Return the index of lists given as `FORMAT:FILE[,FILE…]`, and what is asked with it."""
    compares, now = engine(), clock.now()
    editions, entries = from_files(list(lists), now)
    return compares.index(entries), grounds_of(compares, editions, threshold=threshold, limit=limit, now=now)


def against_files(
    party: Profile, lists: Sequence[str], threshold: float, limit: int, clock: Clock
) -> Screening:
    """Hold a party against lists given as files; nothing is recorded."""
    matcher, grounds = index_of_files(lists, threshold, limit, clock)
    found = matcher.search(party, threshold=threshold, limit=limit)
    return screening(
        party,
        found,
        party_id=None,
        grounds=grounds,
        dispositions=Dispositions(),
        now=clock.now(),
        shared=matcher.shared_addresses(party) if party.addresses else (),
    )
