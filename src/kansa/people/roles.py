"""Roles of people, as packs declare them: a name that records use, and what people call it."""

from collections.abc import Mapping

from kansa.config_files import Section, listing
from kansa.i18n import Words, words_of

Roles = Mapping[str, Words]


def read_roles(section: Section) -> dict[str, Words]:
    """Return the field `roles` of a pack; what is wrong is said there."""
    inner = section.section("roles")
    if inner is None:
        section.refuse("`roles` is missing", advice="`export_control_officer: {en: …, ja: …}`")
        return {}
    read = ((name, words_of(child)) for name, child in inner.children())
    return {name: words for name, words in read if words is not None}


def read_role(section: Section, name: str, roles: Roles, *, required: bool = False) -> str | None:
    """Return the role that a field names; one that the pack does not declare is said there."""
    role = section.text(name, required=required)
    if role is not None and role not in roles:
        section.refuse(f"`{role}` is no role of the pack", name, f"roles are {listing(roles)}")
        return None
    return role
