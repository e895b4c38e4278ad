"""What a gap lacks, what would close it and who can, as sentences in both languages."""

from markupsafe import Markup

from kansa.dossier.render.figures import Language, Moments, isolated, plain
from kansa.dossier.render.svg import element
from kansa.dossier.render.view import Fact, GapRow, Part
from kansa.dossier.render.words import WORDS, mark, say

MANY = 6  # names of a long detail that are shown one by one
LONG = 160  # characters up to which a detail is shown whole


def _about(kind: str, part: Part, fact: Fact) -> str:
    """The key for a part; where a part means something else under a fact, that fact's own."""
    own = f"{kind}.{part}.{fact}"
    return own if own in WORDS else f"{kind}.{part}"


def lacking(language: Language, part: Part, fact: Fact) -> str:
    """What is missing, without its times."""
    return say(language, _about("missing", part, fact))


def missing(language: Language, gap: GapRow, moments: Moments) -> str:
    """What is missing, with when the evidence ended before and begins after, as plain text."""
    key, times = _timed(gap)
    base = lacking(language, gap.part, gap.fact)
    return say(language, key, missing=base, **{name: moments.at(at) for name, at in times.items()})


def missing_marked(language: Language, gap: GapRow, moments: Moments) -> Markup:
    """The same as HTML whose times do not break over lines."""
    key, times = _timed(gap)
    base = lacking(language, gap.part, gap.fact)
    spans = {name: element("span", moments.at(at), class_="when") for name, at in times.items()}
    return mark(language, key, missing=base, **spans)


def _timed(gap: GapRow) -> tuple[str, dict[str, int]]:
    times = {"ended": gap.evidence_ended, "begins": gap.evidence_begins}
    known = {name: at for name, at in times.items() if at is not None}
    key = {(): "missing.only", ("ended",): "missing.ended", ("begins",): "missing.begins"}
    return key.get(tuple(known), "missing.between"), known


def closing(language: Language, gap: GapRow) -> str:
    """Which record would close it and from whom, or why nothing does."""
    if not gap.closable:
        return say(language, "stays", why=say(language, _about("stays", gap.part, gap.fact)))
    by = f"by.{gap.responsible_role}"
    record = say(language, _about("record", gap.part, gap.fact))
    return say(language, by if by in WORDS else "by.other", record=record)


def role(language: Language, name: str) -> str:
    """A role in words; one that we do not know as it is written."""
    key = f"role.{name}"
    return say(language, key) if key in WORDS else plain(name)


def who(language: Language, gap: GapRow) -> str:
    """Who can close it: by name and role where the name is known."""
    if gap.responsible is None:
        return role(language, gap.responsible_role)
    name = isolated(gap.responsible, language)
    return say(language, "who.named", name=name, role=role(language, gap.responsible_role))


def detail(language: Language, gap: GapRow) -> str | None:
    """What exactly, where the view says it; long lists are cut and counted."""
    if not gap.detail:
        return None
    names = plain(gap.detail).split(" ")
    if len(gap.detail) <= LONG or len(names) <= MANY:
        return " ".join(names)
    rest = say(language, "detail.more", count=len(names) - MANY)
    return f"{' '.join(names[:MANY])} {rest}"
