"""Refusing what is not known at once, with what is allowed or what it may have been meant for."""

from collections.abc import Collection
from difflib import get_close_matches

from kansa.errors import BadInput

SHOWN = 12
"""More allowed values than this are not all listed; the nearest are."""


def must_be_known(given: str, allowed: Collection[str], what: str, code: str) -> None:
    """Refuse a value that is none of those allowed.

    Raises:
        BadInput: under `code`, with all that is allowed where that is few, else with what comes nearest.
    """
    if given not in allowed:
        raise BadInput(code, f"`{given}` is no {what}", help=_advice(given, allowed))


def _advice(given: str, allowed: Collection[str]) -> str:
    from kansa.config_files import listing  # noqa: PLC0415 - reads YAML, which a command that is given what is allowed need not

    near = nearest(given, allowed)
    if len(allowed) <= SHOWN:
        meant = f"; did you mean {listing(near)}?" if near else ""
        return f"allowed are {listing(sorted(allowed))}{meant}"
    return f"did you mean {listing(near)}?" if near else f"{len(allowed)} are known, and none is like it"


def nearest(given: str, allowed: Collection[str]) -> list[str]:
    """Return what comes nearest, at most three, whatever the case of the letters, also by its last part alone."""
    forms = {form: each for each in allowed for form in (each.lower(), each.lower().rpartition("/")[2])}
    found = get_close_matches(given.lower(), forms, n=3, cutoff=0.6)
    return list(dict.fromkeys(forms[form] for form in found))
