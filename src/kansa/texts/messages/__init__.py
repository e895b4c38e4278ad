"""Every message that the code makes, in English and in Japanese, and how one that was made is read in Japanese.

A message is written where it is made, in English, as an f-string. Its template, with the holes numbered in their order, is
here with its Japanese counterpart; `{{` and `}}` are braces. What stands in the holes is found again by comparing the
message with the template, so that `KansaError`, the checks of a verdict and the faults of an audit need to carry nothing
but their English. What a hole holds is a message itself where the catalogue knows it (a cause); within backticks it is what
the user gave, and stays as it is. A message that the catalogue does not know stays English; `tests/texts` finds all of them.
"""

import re
from collections.abc import Iterator
from functools import cache
from string import Formatter

from kansa.texts import Words, reader_language

_DEEPEST = 4


def said(message: str) -> str:
    """Return a message in the language of the reader."""
    return in_japanese(message) if reader_language() == "ja" else message


def in_japanese(message: str) -> str:
    """Return a message in Japanese; what the catalogue does not know is returned as it is."""
    return _found(message, 0) or message


@cache
def catalogue() -> tuple[Words, ...]:
    """Return all templates, area by area."""
    from kansa.texts.messages import (  # noqa: PLC0415 - only who reads Japanese needs them
        coherence,
        commands,
        configuration,
        devices,
        dossier,
        evidence,
        fragments,
        gate,
        intake,
        law,
        screening,
        sources,
        trust,
        web,
    )

    areas = (
        evidence,
        sources,
        devices,
        intake,
        coherence,
        law,
        screening,
        gate,
        dossier,
        commands,
        configuration,
        web,
        trust,
        fragments,
    )
    return tuple(words for area in areas for words in area.MESSAGES)


def _found(message: str, depth: int) -> str | None:
    if depth > _DEEPEST:
        return None
    if (plain := _plain().get(message)) is not None:
        return plain
    for pattern, quoted, template in _patterns():
        if match := pattern.fullmatch(message):
            values = [
                value if given else _found(value, depth + 1) or value
                for value, given in zip(match.groups(), quoted, strict=True)
            ]
            return template.format(*values)
    parts = message.split("; ")
    known = [_found(part, depth + 1) for part in parts] if len(parts) > 1 else []
    return "。".join(one or part for one, part in zip(known, parts, strict=True)) if any(known) else None


@cache
def _plain() -> dict[str, str]:
    return {words.en.format(): words.ja.format() for words in catalogue() if not _holes(words.en)}


@cache
def _patterns() -> list[tuple[re.Pattern[str], tuple[bool, ...], str]]:
    """Return templates with holes, those with most of their own words first."""
    found = sorted(filter(lambda words: _holes(words.en), catalogue()), key=lambda words: -_own(words.en))
    return [(*_pattern(words.en), words.ja) for words in found]


def _pattern(template: str) -> tuple[re.Pattern[str], tuple[bool, ...]]:
    parts, quoted = [], []
    for literal, hole, _, _ in Formatter().parse(template):
        parts.append(re.escape(literal))
        if hole is not None:
            parts.append("(.*?)")
            quoted.append(literal.endswith("`"))
    return re.compile("".join(parts), re.DOTALL), tuple(quoted)


def _holes(template: str) -> list[str]:
    return list(_names(template))


def _names(template: str) -> Iterator[str]:
    yield from (hole for _, hole, _, _ in Formatter().parse(template) if hole is not None)


def _own(template: str) -> int:
    return sum(len(literal) for literal, _, _, _ in Formatter().parse(template))
