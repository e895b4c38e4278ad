"""Plays the script into a new simulated vault: every step at its own time, through the ordinary sources."""

import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from kansa.application.ingest import take_in
from kansa.clock import SimulatedClock
from kansa.connectors.ingest import Ingested
from kansa.demo.world import Script, Step
from kansa.vault import vault as vaults
from kansa.vault.settings import Settings
from kansa.vault.vault import Vault

SEED = 2026
Told = Callable[[int, int, Step], None]


def play(
    root: Path, script: Script, told: Told = lambda _done, _total, _step: None
) -> tuple[Vault, list[Ingested]]:
    """Make the vault and ingest everything; keys and ids are the same every time, since nothing here is real.

    `told(done, total, step)` is called before each step. Returns the vault as it stands after the last step.

    Raises:
        BadInput: there is something at `root` already.
    """
    random_bytes = random.Random(SEED).randbytes
    settings = Settings(origin=script.origin, operator=dict(script.names), simulated=True)
    vault = vaults.create(root, settings, random_bytes)
    done: list[Ingested] = []
    with vault.appending() as appender:
        for number, step in enumerate(script.steps):
            told(number, len(script.steps), step)
            _set_clock(vault, step.instant)
            done.append(
                take_in(vault, step.source, step.paths, step.map, keybook=vault.keybook(), appender=appender)
            )
    return Vault(root, random_bytes=random_bytes), done


def play_office(root: Path, keys: Path) -> tuple[str, Mapping[str, Path]]:
    """Give a vault that was played its people, their keys and the cases that wait for them (`demo.staff`)."""
    from kansa.demo.staff import staff  # noqa: PLC0415 - only where people are to work in it

    return staff(root, keys)


def counted(done: list[Ingested]) -> Iterator[tuple[str, int]]:
    """Yield what the ingests did, summed."""
    for name in ("rows", "records", "duplicates", "superseding", "quarantined", "refused"):
        yield name, sum(getattr(each, name) for each in done)


def _set_clock(vault: Vault, instant: int) -> None:
    clock = vault.clock
    assert isinstance(clock, SimulatedClock)  # noqa: S101 - the vault was made simulated a moment ago
    clock.instant = instant
