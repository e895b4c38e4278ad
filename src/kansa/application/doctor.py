"""Look at everything that a vault is made of, say what is wrong and what to do, and mend what is only derived."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import msgspec

from kansa.application.auditing.part import Findings, Part
from kansa.application.auditing.vault import audit_vault
from kansa.application.completeness import all_indexes
from kansa.errors import KansaError
from kansa.ledger.audit import Progress
from kansa.vault.subject_index import built, followed
from kansa.vault.vault import Vault

_DERIVED = ("registers", "subject index")


@dataclass(frozen=True, slots=True)
class Examined:
    """What was looked at, and which derived stores were made anew."""

    parts: tuple[Part, ...]
    mended: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong but what was mended."""
        return all(part.ok or part.name in self.mended for part in self.parts)

    def as_json(self) -> dict[str, Any]:
        """Return the stable JSON value."""
        parts = [{**msgspec.to_builtins(part), "ok": part.ok} for part in self.parts]
        return {"parts": parts, "mended": list(self.mended), "ok": self.ok}


def examine(vault: Vault, progress: Progress = lambda _done, _size: None, *, mend: bool = False) -> Examined:
    """Audit a vault and rebuild its subject index; `mend` makes derived stores that do not fit anew.

    What is evidence is never touched: a log, a value or a file that is damaged comes back from a backup alone.
    """
    parts = (*audit_vault(vault, (), progress).parts, _subjects(vault))
    mended = tuple(_mended(vault, parts)) if mend else ()
    return Examined(parts, mended)


def _mended(vault: Vault, parts: tuple[Part, ...]) -> Iterator[str]:
    for part in parts:
        if part.ok or part.name not in _DERIVED:
            continue
        if part.name == "registers":
            vault.rebuild()
        else:
            vault.places.subjects.unlink(missing_ok=True)
        yield part.name


def _subjects(vault: Vault) -> Part:
    """Rebuild the index that each record states, as far as the log goes, and compare the store that follows it."""
    found = Findings("subject index", "indexes that are stated")
    with found.attempt("ledger.db"), closing(vault.unheld()) as log:
        stated = all_indexes(log)
        for each in stated:
            found.total += 1
            with found.attempt(f"size {each['size']}"):
                if built(log, each["size"]).trie().root.hex() == each["root"]:
                    found.checked += 1
                else:
                    found.fault(
                        "index.other",
                        f"size {each['size']}",
                        "the record states another index than the entries give",
                    )
        if vault.places.subjects.exists() and stated:
            _check_store(vault, found, stated[0]["size"])
    return found.part()


def _check_store(vault: Vault, found: Findings, size: int) -> None:
    with closing(vault.unheld()) as log:
        try:
            same = followed(vault.places.subjects, log, size).tags == built(log, size).tags
        except KansaError as error:
            found.fault(error.code, str(vault.places.subjects), error.message)
            return
    if not same:
        found.fault(
            "index.altered",
            str(vault.places.subjects),
            "it does not hold what the entries give; `--mend` makes it anew",
        )
