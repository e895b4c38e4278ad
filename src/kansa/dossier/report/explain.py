"""What a gap lacks, what would close it and who can, as sentences in both languages."""

from markupsafe import Markup

from kansa.dossier.report.names import listed, name
from kansa.dossier.report.texts import WORDS, mark, say
from kansa.dossier.report.view import GapRow, Part
from kansa.drawing.figures import Language, Moments, Named, isolated, plain
from kansa.drawing.svg import element

MANY = 6  # names of a long detail that are shown one by one


def _about(kind: str, gap: GapRow) -> str:
    """Return the key for a part: a site that the use does not say is another thing than one that a basis does not name."""
    unsaid = gap.part == "site" and not gap.detail
    return f"{kind}.{gap.part}.unsaid" if unsaid else f"{kind}.{gap.part}"


def lacking(language: Language, gap: GapRow) -> str:
    """Return what is missing, without its times."""
    return say(language, _about("missing", gap))


def missing(language: Language, gap: GapRow, moments: Moments) -> str:
    """Return what is missing, with when the evidence ended before and begins after, as plain text."""
    key, times = _timed(gap)
    base = lacking(language, gap)
    return say(language, key, missing=base, **{when: moments.at(at) for when, at in times.items()})


def missing_marked(language: Language, gap: GapRow, moments: Moments) -> Markup:
    """Return the same as HTML whose times do not break over lines."""
    key, times = _timed(gap)
    base = lacking(language, gap)
    spans = {when: element("span", moments.at(at), class_="when") for when, at in times.items()}
    return mark(language, key, missing=base, **spans)


def _timed(gap: GapRow) -> tuple[str, dict[str, int]]:
    times = {"ended": gap.evidence_ended, "begins": gap.evidence_begins}
    known = {when: at for when, at in times.items() if at is not None}
    key = {(): "missing.only", ("ended",): "missing.ended", ("begins",): "missing.begins"}
    return key.get(tuple(known), "missing.between"), known


def closing(language: Language, gap: GapRow) -> str:
    """Return which record would close it, or why nothing does."""
    if not gap.closable:
        return say(language, "stays", why=say(language, _about("stays", gap)))
    return say(language, _about("record", gap))


def role(language: Language, capacity: str) -> str:
    """Return a role in words; one that we do not know as it is written."""
    key = f"role.{capacity}"
    return say(language, key) if key in WORDS else plain(capacity)


def who(language: Language, gap: GapRow) -> str:
    """Return who can close it: by name and role where the name is known; nobody, where nothing does."""
    if not gap.closable:
        return say(language, "who.nobody")
    if gap.responsible is None:
        return role(language, gap.responsible_role)
    called = isolated(gap.responsible, language)
    return say(language, "who.named", name=called, role=role(language, gap.responsible_role))


def detail(language: Language, gap: GapRow) -> Markup | None:
    """Return what exactly the missing part is about, where the view says it; long lists are cut and counted."""
    if not gap.detail:
        return None
    names = (_about_whom(language, gap.part, each) for each in gap.detail)
    key = f"detail.{gap.part}"
    return mark(language, key if key in WORDS else "detail.other", names=listed(names, language, most=MANY))


def _about_whom(language: Language, part: Part, named: Named) -> Markup:
    key = f"jurisdiction.{named.id}"
    if part == "jurisdiction" and key in WORDS:
        return Markup("{}").format(say(language, key))
    return name(named, language)
