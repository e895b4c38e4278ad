"""The citation table: the texts that rules cite, each once, with how sure we are of what we say it says.

us.ear.744.23:
  {instrument: 15 CFR 744.23, title: {en: …, ja: …}, section: (a)(3), date: 2023-11-17, url: https://…,
   confidence: C, verified: true, text_status: in_force}
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from kansa.config_files import ProblemCollector, Section, load
from kansa.i18n import Words, read_words
from kansa.rules.effective_dates import STATUSES, Status

SHIPPED = Path(__file__).parent / "packs" / "citations.yaml"

CONFIDENCE = {
    "C": Words(
        "confirmed in the official text or a dated copy of it", "公式文書または日付のある写しで確認済み"
    ),
    "S": Words("secondary: law-firm notes, trade press", "二次資料（法律事務所の解説、業界紙等）によります"),
    "M": Words("not confirmed: to be checked against the official text", "未確認：公式文書との照合が必要"),
    "B": Words("consistent with memory, found in no text read", "記憶と整合するが、読んだ文書では未発見"),
    "I": Words("our inference or design, not a rule", "当方の推論・設計であり、規則ではありません"),
    "P": Words(
        "policy of the product, taken over by the operator; not law",
        "製品の方針（事業者が採用）であり、法令ではありません",
    ),
}
SURE = frozenset({"C", "P"})


class Citation(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One text: `date` is the day of the edition meant (YYYY-MM-DD), `text_status` what the text is today."""

    id: str
    instrument: str
    title: Words
    confidence: str
    verified: bool = False
    section: str | None = None
    date: str | None = None
    url: str | None = None
    text_status: Status = "unknown"
    note: Words | None = None


class Source(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where something comes from: a citation, the place in it, and `ours`, our own number for the statement."""

    citation: str
    confidence: str
    locator: str | None = None
    ours: str | None = None


def is_practice(confidences: Iterable[str]) -> bool:
    """Tell whether something is the operator's own practice, which there is no official text to compare with."""
    return set(confidences) == {"P"}


def read_citations(path: Path = SHIPPED) -> dict[str, Citation]:
    """Read a citation table, by id.

    Raises:
        BadInput: `citations.entry`, with everything wrong in it.
    """
    sink = ProblemCollector(str(path), "citations.entry")
    read = [_citation(id_, section) for id_, section in load(path, sink).children()]
    sink.settle("the citation table")
    return {citation.id: citation for citation in read if citation is not None}


def _citation(id_: str, section: Section) -> Citation | None:
    instrument = section.text("instrument", required=True)
    title = read_words(section, "title")
    confidence = read_confidence(section)
    verified = read_verified(section, confidence)
    status = section.choice("text_status", STATUSES) or "unknown"
    kept = {name: section.text(name) for name in ("section", "date", "url")}
    note = read_words(section, "note") if "note" in section else None
    section.close()
    if instrument is None or title is None or confidence is None:
        return None
    return Citation(
        id=id_, instrument=instrument, title=title, confidence=confidence, verified=verified,
        text_status=status, note=note, **kept,  # type: ignore[arg-type] # by choice
    )  # fmt: skip


class Backing(NamedTuple):
    """What something rests on: its sources, and whether someone compared it with them."""

    sources: tuple[Source, ...] = ()
    verified: bool = False


NOTHING = Backing()


def read_backing(
    section: Section,
    citations: Mapping[str, Citation],
    common: Backing = NOTHING,
    *,
    required: bool = False,
) -> Backing:
    """Return the fields `source` (one or several) and `verified`; what is wrong is said there.

    A version that says neither takes over what is `common` to all; a source of its own is verified only by itself.
    """
    sources = tuple(_sources(section, citations)) or common.sources
    verified = read_verified(section, "+".join(source.confidence for source in sources) or None)
    if required and not sources and "source" not in section:
        section.refuse("`source` is missing, here and above")
    return Backing(sources, verified) if {"source", "verified"} & section.names else common


def _sources(section: Section, citations: Mapping[str, Citation]) -> Iterator[Source]:
    for inner in section.sections("source"):
        citation, confidence = inner.text("citation", required=True), read_confidence(inner)
        locator, ours = inner.text("locator"), inner.text("ours")
        if citation is not None and citation not in citations:
            inner.refuse(f"`{citation}` is not in the citation table", "citation")
        inner.close()
        if citation is not None and confidence is not None:
            yield Source(citation, confidence, locator, ours)


def read_confidence(section: Section) -> str | None:
    """Read one or more codes, `S+M`: what is confirmed differs from point to point."""
    found = section.text("confidence", required=True)
    if found is not None and not set(found.split("+")) <= CONFIDENCE.keys():
        section.refuse(
            f"`{found}` is no confidence", "confidence", f"codes are {', '.join(CONFIDENCE)}, joined by `+`"
        )
        return None
    return found


def read_verified(section: Section, confidence: str | None) -> bool:
    """Read `verified`, which the confidence must bear out; not said is not verified."""
    verified = section.flag("verified")
    if verified and confidence is not None and not set(confidence.split("+")) <= SURE:
        section.refuse(
            f"says verified, but its confidence is `{confidence}`", "verified", "only C and P are verified"
        )
    return verified
