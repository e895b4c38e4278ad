"""Entries that a dishonest log may hold: they are read or refused, never a crash."""

import random
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from claims import ledger
from kansa.coherence.balance import balance
from kansa.coherence.sweep import sweep
from kansa.coherence.why import why
from kansa.errors import BadInput
from kansa.records import canonical
from kansa.registers.derive import derive

ODD: tuple[Any, ...] = (
    None, "", "x", 0, -1, 2**53 - 1, True, [], [None], ["dev_"], {}, {"log": "x", "index": 10**9},
    "9999-99-99T99:99:99.999Z", "0000-00-00T00:00:00.000Z", "2026-02-30T00:00:00.000Z", "pty_" + "a" * 26,
)  # fmt: skip


def meddled(entry: bytes, dice: random.Random) -> bytes:
    """The entry with one field of its data replaced by something odd."""
    attributes = msgspec.json.decode(entry)
    data = attributes["data"]
    name = dice.choice([*data, "corrects", "about", "units", "valid_to"])
    data[name] = dice.choice(ODD)
    return canonical.encode(attributes)


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 15))
def test_odd_entries_are_read_or_refused(seed: int, count: int) -> None:
    """Whoever verifies gets a verdict, whatever was signed."""
    dice = random.Random(seed)
    entries = [meddled(each, dice) if dice.random() < 0.5 else each for each in ledger(seed, count)]
    try:
        tables = derive(enumerate(entries))
    except BadInput:
        return
    answer = sweep(tables)
    assert len(why(answer.gaps, tables)) >= (1 if answer.gaps else 0)
    assert balance(tables) is None or answer.result.uses >= 0
