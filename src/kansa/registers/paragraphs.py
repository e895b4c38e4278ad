"""Numbers of a control list as sheets of makers and experts write them, in one spelling."""

import re
import unicodedata

_ENTRY = re.compile(
    r"(?<![0-9A-Z])([0-9][A-E][0-9]{3})((?:\.*[a-z](?![a-z])|\.*[0-9]{1,2}(?![0-9]))*)", re.IGNORECASE
)
_STEP = re.compile(r"[a-z]|[0-9]+")


def paragraphs_in(control: str) -> tuple[str, ...]:
    """Return the paragraphs that a sheet names, each in one spelling (`5A992.z.1`), in the order of the sheet.

    What holds no number of the control list (`EAR99`) is returned as it is.
    """
    plain = re.sub(r"[()\[\]]", ".", unicodedata.normalize("NFKC", control)).strip()
    found = [".".join([entry.upper(), *_STEP.findall(rest.lower())]) for entry, rest in _ENTRY.findall(plain)]
    return tuple(dict.fromkeys(found or [control.strip()]))


def names(text: str, control: str) -> bool:
    """Return whether a text names what a sheet says: the same paragraph, or one that holds it (`3A090` all of 3A090)."""
    said = paragraphs_in(control)
    return any(
        each == asked or each.startswith(f"{asked}.") for asked in paragraphs_in(text) for each in said
    )
