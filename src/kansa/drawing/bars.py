"""Stacked bars: device time by state, and coverage by how it is known and when it was recorded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kansa.drawing.svg import element, joined, picture

LEAST = 1.5  # what exists is drawn at least this wide


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a bar: its size, how it is drawn, what its tooltip says."""

    size: int
    look: str
    says: str


def stacked(pieces: Iterable[Piece], width: float, y: float, height: float) -> Markup:
    """Return pieces side by side; a piece that exists is never thinner than `LEAST`."""
    shown = [piece for piece in pieces if piece.size > 0]
    x = 0.0
    drawn = []
    for piece, wide in zip(shown, _widths([piece.size for piece in shown], width), strict=True):
        drawn.append(
            element(
                "rect", element("title", piece.says), x=x, y=y, width=wide, height=height, class_=piece.look
            )
        )
        x += wide
    return joined(drawn)


def _widths(sizes: Sequence[int], width: float) -> list[float]:
    whole = sum(sizes)
    wide = [max(size * width / whole, LEAST) for size in sizes]
    excess = sum(wide) - width
    if wide and excess > 0:
        wide[wide.index(max(wide))] -= excess
    return wide


def bar(
    rows: Sequence[tuple[Sequence[Piece], float]],
    *,
    width: float,
    name: str,
    about: str,
    class_: str,
    id_: str,
) -> Markup:
    """Return bars below each other, each with its height; `about` says in words what they show."""
    y = 0.0
    drawn = []
    for pieces, height in rows:
        drawn.append(element("rect", x=0, y=y, width=width, height=height, class_="track"))
        drawn.append(stacked(pieces, width, y, height))
        y += height + 2
    return picture(
        *drawn, name=name, about=about, view=(width, y - 2), class_=class_, described_by=f"{id_}-about"
    )
