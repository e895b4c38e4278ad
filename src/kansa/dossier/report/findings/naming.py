"""Subjects as readers see them."""

from kansa.drawing.figures import Named
from kansa.registers.directory import Directory


def named(subject: str, directory: Directory) -> Named:
    """Return a subject with what it is called."""
    return Named(subject, directory.called(subject))


def maybe_named(subject: str | None, directory: Directory) -> Named | None:
    """Return the same, or None where the source named nobody."""
    return None if subject is None else named(subject, directory)
