"""Lists from files, without a vault: for a first try, and for batches whose evidence lies beside their output."""

from collections.abc import Sequence
from pathlib import Path

from kansa.application.screening.lists import documents_at
from kansa.errors import BadInput
from kansa.screening.edition import Edition, edition_of
from kansa.screening.entry import Entry
from kansa.screening.lists import formats


def from_files(given: Sequence[str], now: int) -> tuple[list[Edition], list[Entry]]:
    """Return the editions and entries of `FORMAT:FILE[,FILE…]`, each one edition, read at an instant.

    Raises:
        BadInput: `list.option`, if one has no format; what reading raises.
    """
    found: list[Edition] = []
    entries: list[Entry] = []
    for each in given:
        format_, colon, files = each.partition(":")
        if not colon or not files:
            raise BadInput(
                "list.option",
                f"`{each}` does not say FORMAT:FILE",
                help="such as `--list jsonl:parties.jsonl`",
            )
        documents = documents_at([Path(file) for file in files.split(",")])
        reading = formats.read(format_, documents)
        found.append(edition_of(reading, format_, documents, now))
        entries += reading.entries
    return found, entries
