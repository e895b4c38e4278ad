"""The vault's parties against a new edition, at once: nobody waits for the night to be found on a list."""

from dataclasses import dataclass

from kansa.application.screening.engine import LIMIT, THRESHOLD, engine
from kansa.application.screening.lists import records_of
from kansa.application.screening.screening import ScreeningService
from kansa.application.screening.sweep import Progress, Swept, sweep
from kansa.errors import BadInput
from kansa.records.kinds.party import PartyRegistered
from kansa.screening.evidence import Grounds
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class AtOnce:
    """What came of it: the run with its grounds, or why there was none.

    `waits` is the reason for which parties that are registered were not asked for: until they are, the gate holds them.
    Without registered parties all are None.
    """

    swept: Swept | None = None
    grounds: Grounds | None = None
    waits: str | None = None


def screen_at_once(vault: Vault, progress: Progress | None = None, *, put_off: bool = False) -> AtOnce:
    """Bring every registered party up to the latest editions, as `kansa screen parties` does, unless it is put off."""
    if next(records_of(vault, PartyRegistered.type), None) is None:
        return AtOnce()
    if put_off:
        return AtOnce(waits="it was put off")
    try:
        desk = ScreeningService(vault, engine(), threshold=THRESHOLD, limit=LIMIT)
    except BadInput as error:
        return AtOnce(waits=f"{error.message}; {error.help}" if error.help else error.message)
    return AtOnce(sweep(vault, desk, progress), desk.grounds)
