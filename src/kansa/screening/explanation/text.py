"""A hit in a terminal: the two names above each other's parts, matched parts marked, the rest dim."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from kansa.screening.explanation.words import HOWS, LABELS, Language, in_language, reason
from kansa.screening.matching.search import Hit
from kansa.terminal import in_line

_LOOKS = {
    "equal": "bold green",
    "meaning": "green",
    "spelling": "yellow",
    "sound": "yellow",
    "abbreviation": "green",
    "initial": "yellow",
    "joined": "yellow",
}


def as_text(hit: Hit, language: Language = "en") -> RenderableType:
    """Return what `rich` prints for a hit: names, score, one line for each part, and the reasons in words."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for label in ("asked", "how", "listed"):
        table.add_column(in_language(LABELS[label], language))
    for label in ("likeness", "weight"):
        table.add_column(in_language(LABELS[label], language), justify="right")
    for part in hit.parts:
        how = part["how"]
        look = _LOOKS.get(how, "dim")
        table.add_row(
            Text(in_line(part["query"] or "—"), style=look if part["query"] else "dim"),
            Text(in_language(HOWS[how], language), style="dim"),
            Text(in_line(part["listed"] or "—"), style=look if part["listed"] else "dim"),
            Text(f"{part['likeness']:.2f}" if how else "—"),
            Text(f"{part['weight']:.2f}"),
        )
    heading = Text.assemble(
        (in_line(hit.asked.text), "bold"),
        "  ↔  ",
        (in_line(hit.listed.text), "bold"),
        f"   {in_language(LABELS['score'], language)} {hit.score:.2f}   {in_line(hit.entry.list)} {in_line(hit.entry.id)}",
    )
    why = Text("; ".join(in_language(reason(code), language) for code in hit.reasons), style="dim")
    return Group(heading, table, why)
