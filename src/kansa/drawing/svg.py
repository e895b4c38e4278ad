"""SVG as text: elements whose every value is escaped, and lengths short enough for many of them."""

import unicodedata
from collections.abc import Iterable
from functools import cache

from markupsafe import Markup, escape

Value = str | int | float


def number(length: float) -> str:
    """Return a length to a tenth of a unit, without what says nothing."""
    text = f"{length:.1f}"
    return text.removesuffix(".0")


def element(tag: str, *children: str | Markup, **attributes: Value | None) -> Markup:
    """Return `<tag attributes>children</tag>`; `_` in names reads `-`, a trailing one is dropped, None leaves one out."""
    written = "".join(
        [f' {_name(name)}="{_value(value)}"' for name, value in attributes.items() if value is not None]
    )
    inside = "".join([child if isinstance(child, Markup) else escape(child) for child in children])
    return Markup(f"<{tag}{written}>{inside}</{tag}>")  # noqa: S704 - tag and names are ours, all else is escaped


@cache
def _name(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _value(value: Value) -> str:
    if isinstance(value, float):
        return number(value)
    return escape(value) if isinstance(value, str) else str(value)


def joined(parts: Iterable[Markup]) -> Markup:
    """Return parts one after the other."""
    return Markup("").join(parts)


def picture(
    *children: Markup, name: str, about: str, view: tuple[float, float], class_: str, described_by: str
) -> Markup:
    """Return an image with a name and a description for those who do not see it."""
    width, height = view
    return element(
        "svg",
        element("desc", about, id=described_by),
        *children,
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="img",
        aria_label=name,
        aria_describedby=described_by,
        class_=class_,
    )


def line(spans: Iterable[tuple[float, float]], y: float) -> str:
    """Return path data of stretches of one horizontal line: short, since there can be thousands."""
    data: list[str] = []
    at = 0
    for start, end in spans:
        left, right = round(start * 10), round(end * 10)
        data.append(f"m{_tenth(left - at)} 0" if data else f"M{_tenth(left)} {number(y)}")
        data.append(f"h{_tenth(right - left)}")
        at = right
    return "".join(data)


def _tenth(tenths: int) -> str:
    whole, rest = divmod(abs(tenths), 10)
    sign = "-" if tenths < 0 else ""
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def text_width(text: str, size: float) -> float:
    """Return roughly how wide a text is drawn: CJK a full em, others a little over half of one."""
    return sum(size if unicodedata.east_asian_width(c) in {"W", "F"} else size * 0.58 for c in text)


def fitted(text: str, size: float, width: float) -> str:
    """Return the text, cut with an ellipsis where it would run over."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text, size) + size > width:
        text = text[:-1]
    return f"{text}…"
