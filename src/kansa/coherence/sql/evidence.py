# ruff: noqa: S608 - the SQL is put together from names and numbers of this package, never from what a user gave
"""Which rows of evidence count for a question, and how rows are held against each other, as SQL."""

from kansa.coherence.facts import OPEN, Fact
from kansa.coherence.parameters import Question


def columns(fact: Fact, alias: str = "") -> str:
    """Return the columns of the fact's key, of one relation if it is named."""
    return ", ".join(f"{alias}.{column}" if alias else column for column in fact.key)


def same(fact: Fact, left: str, right: str) -> str:
    """Return the condition that two relations have the same key; a null is the same as nothing."""
    return " AND ".join(f"{left}.{column} = {right}.{column}" for column in fact.key)


def larger(*terms: str) -> str:
    """Return GREATEST of expressions that are never null, since engines differ on what null does to it."""
    return f"GREATEST({', '.join(terms)})"


def smaller(*terms: str) -> str:
    """Return LEAST of expressions that are never null."""
    return f"LEAST({', '.join(terms)})"


def present(fact: Fact, alias: str = "") -> str:
    """Return every column of the fact's key says something."""
    return " AND ".join(f"{column} IS NOT NULL" for column in columns(fact, alias).split(", "))


def versions(fact: Fact, question: Question, keys: str, *, ever: bool = False, weaker: bool = False) -> str:
    """Return the rows of a fact that count, as known at `known_at`; open ends are OPEN.

    Args:
        fact: whose rows.
        question: what is asked.
        keys: the relation with the keys over which an authorization is spread, since all item classes and sites
            that it covers could be far more than anyone uses.
        ever: those of all times, not only those that touch the time of the uses.
        weaker: instead those that do not count, because they are known less well than is asked for.
    """
    source, alias, covered = f"{fact.name}_row AS r", "r", ""
    if fact.name == "authorization":
        source, alias, covered = f"{source} JOIN {keys} AS k ON k.end_user_id = r.end_user_id", "k", _COVERED
    return f"""
        SELECT {columns(fact, alias)}, {_times(question)}, known
        FROM {source}
        WHERE {present(fact, alias)} AND {_counts(question, ever=ever, weaker=weaker)}{covered}"""


def bases(question: Question) -> str:
    """Return the authorizations that count, whatever they cover, as `versions`."""
    return f"""
        SELECT authorization_id, end_user_id, {_times(question)} FROM authorization_row AS r
        WHERE authorization_id IS NOT NULL AND end_user_id IS NOT NULL
          AND {_counts(question, ever=False, weaker=False)}"""


def _times(question: Question) -> str:
    superseded = f"CASE WHEN superseded_at IS NULL THEN {OPEN} ELSE superseded_at END"
    if question.known_at is not None:
        superseded = f"CASE WHEN superseded_at <= {question.known_at} THEN superseded_at ELSE {OPEN} END"
    valid_to = f"CASE WHEN valid_to IS NULL THEN {OPEN} ELSE valid_to END"
    return f"valid_from, {valid_to} AS valid_to, recorded_at, {superseded} AS superseded_at"


def _counts(question: Question, *, ever: bool, weaker: bool) -> str:
    some, wanted = "valid_from < valid_to", ["valid_from IS NOT NULL"]
    if not ever:
        some += f" AND valid_to > {question.first_at}"
        wanted += [f"valid_from < {question.last_at}"]
    wanted += [f"(valid_to IS NULL OR {some})"]
    if question.least_known:
        wanted += [f"known {'<' if weaker else '>='} {question.least_known}"]
    if question.known_at is not None:
        wanted += [f"recorded_at <= {question.known_at}"]
    return " AND ".join(wanted)


# Not joins: an engine may join items with sites first, and every item with every site is a hundred times too many.
_COVERED = """
          AND EXISTS (SELECT 1 FROM authorization_item_row AS i
                      WHERE i.authorization_id = r.authorization_id AND i.item_class = k.item_class)
          AND EXISTS (SELECT 1 FROM authorization_site_row AS s
                      WHERE s.authorization_id = r.authorization_id AND s.site_id = k.site_id)"""
