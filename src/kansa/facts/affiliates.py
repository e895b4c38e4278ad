"""Which listed owners count under the Affiliates Rule: not those of every list.

Entity List, Military End User List, and those Specially Designated Nationals that 744.8(a)(1) names by programme.
From law-firm notes; the programmes are from memory, so that an owner under another programme is not known not to count.
"""

from collections.abc import Iterable

from kansa.facts.listed_as import UNNAMED, ListedAs

COUNTED = frozenset({"us.el", "us.meu"})
SANCTIONED = "us.sdn"
_COLLECTED = "opensanctions"  # a collection names its own source, not the list
PROGRAMMES = frozenset(
    {
        "BELARUS", "BELARUS-EO14038", "FTO", "ILLICIT-DRUGS-EO14059", "NPWMD", "RUSSIA-EO14024", "SDGT", "SDNT", "SDNTK",
        "TCO", "UKRAINE-EO13660", "UKRAINE-EO13661", "UKRAINE-EO13662", "UKRAINE-EO13685",
    }
)  # fmt: skip


def counts(entries: Iterable[ListedAs]) -> bool | None:
    """Return whether a party confirmed as these entries counts as a listed owner; None if that is not known."""
    found = set[bool | None]()
    for entry in entries:
        unnamed = entry.list == UNNAMED or entry.list.startswith(_COLLECTED)
        if unnamed or (entry.list == SANCTIONED and not entry.programmes & PROGRAMMES):
            found.add(None)
        else:
            found.add(entry.list == SANCTIONED or entry.list in COUNTED)
    if True in found:
        return True
    return None if None in found else False
