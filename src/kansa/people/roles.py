"""Roles of people, as packs declare them: a name that records use, and what people call it."""

from collections.abc import Mapping

from kansa.i18n import Words

Roles = Mapping[str, Words]
