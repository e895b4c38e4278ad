"""Subjects by name, as HTML: kept apart from the direction of what stands around it, and marked with its language."""

from collections.abc import Iterable

from markupsafe import Markup

from kansa.dossier.report.texts import mark, say
from kansa.drawing.figures import Language, Named, label
from kansa.drawing.svg import element


def name(named: Named, language: Language) -> Markup:
    """Return a subject's name, or its id in the type of ids."""
    text, own = label(named, language)
    return element("bdi", text, lang=own if own != language else None, class_=None if own else "id")


def site_name(site: Named | None, language: Language) -> Markup:
    """Return a site's name, or that it is unknown."""
    return name(site, language) if site else Markup("{}").format(say(language, "site.unknown"))


def whose(tenant: Named | None, end_user: Named | None, language: Language) -> Markup:
    """Return the end user's name, or that nobody named it, and whose it is where that is known."""
    if end_user is not None:
        return name(end_user, language)
    if tenant is not None:
        return mark(language, "end_user.unnamed.of", tenant=name(tenant, language))
    return Markup("{}").format(say(language, "end_user.unnamed"))


def about(tenant: Named | None, end_user: Named | None, language: Language) -> Markup:
    """Return whom a page is about: a tenant, an end user, one of the other, or all."""
    if tenant is None and end_user is None:
        return Markup("{}").format(say(language, "scope.all"))
    if end_user is None:
        return mark(language, "scope.tenant", tenant=_with_id(tenant, language))
    if tenant is None:
        return mark(language, "scope.end_user", end_user=_with_id(end_user, language))
    both = {"tenant": _with_id(tenant, language), "end_user": _with_id(end_user, language)}
    return mark(language, "scope.both", **both)


def _with_id(named: Named | None, language: Language) -> Markup:
    """Return a name with its id behind it: two parties may have one name."""
    if named is None:
        return Markup()
    shown = name(named, language)
    return (
        shown
        if not named.names
        else Markup("{} {}").format(shown, element("bdi", f"({named.id})", class_="id"))
    )


def listed(names: Iterable[Markup], language: Language, *, most: int | None = None) -> Markup:
    """Return names one after the other; beyond `most` they are counted."""
    every = list(names)
    shown = Markup("{}").format(say(language, "separator")).join(every[:most])
    if most is None or len(every) <= most:
        return shown
    return mark(language, "names.more", names=shown, count=len(every) - most)
