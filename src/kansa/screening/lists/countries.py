"""Country names as lists write them, to ISO 3166-1 alpha-2. The table lies beside: a code, its names, one line each."""

import re
from functools import cache
from importlib.resources import files

_CODE = re.compile(r"[A-Za-z]{2}")


def country_code(text: str) -> str | None:
    """Return the code of a country's name or code; None where the table does not have it."""
    key = _folded(text)
    found = _table().get(key)
    if found is None and _CODE.fullmatch(text.strip()):
        code = text.strip().upper()
        return code if code in _codes() else None
    return found


def country_at_start(text: str) -> tuple[str | None, str]:
    """Return the country whose name a text begins with, and the rest; for cells into which the next cell has run."""
    folded = text.casefold()
    for name, code in _longest_first():
        if folded.startswith(name) and not text[len(name) : len(name) + 1].isalnum():
            return code, text[len(name) :].strip(" ,、")
    return None, text


def _folded(text: str) -> str:
    return " ".join(text.replace("’", "'").split()).strip(" .,").casefold().removeprefix("region: ")


@cache
def _table() -> dict[str, str]:
    lines = files(__package__).joinpath("countries.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return {_folded(name): code for code, names in rows for name in names.split("|")}


@cache
def _codes() -> frozenset[str]:
    return frozenset(_table().values())


@cache
def _longest_first() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(_table().items(), key=lambda row: -len(row[0])))
