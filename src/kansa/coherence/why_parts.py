# ruff: noqa: S608 - the SQL is put together from names and numbers of this package, never from what a user gave
"""Why on tables beside which the parts of evidence lie: what the parts say first, else what the tables show."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from kansa.coherence.change import minus
from kansa.coherence.engines.duckdb import DuckDB
from kansa.coherence.facts import FACTS, OPEN
from kansa.coherence.parameters import Question
from kansa.coherence.remedies import Closing, closings
from kansa.coherence.result import Gap
from kansa.coherence.sql.evidence import versions
from kansa.coherence.why import Why, why
from kansa.errors import Problem
from kansa.registers.directory import Directory
from kansa.registers.rows import ContractParty, Custody, Installed, Part, Responsibility, Supply, Tables, Use

_KEYS = ("device_id", "tenant_id", "end_user_id", "path_id", "item_class", "site_id")
_LACKING = "SELECT * FROM residual WHERE number IN (SELECT number FROM state WHERE missing <> 0)"


def why_by_parts(database: DuckDB, question: Question, *, inventory: bool) -> list[Closing]:
    """Return the reasons, ids as text: of `part_row` where it says what was missing, else of `why` (`why_stages`).

    Parts that do not agree with the tables leave no instant without a reason. What rests on a kind of part of which there
    is no row at all is told by the tables, and so is custody where, without an `inventory`, nobody can say that a unit
    is missing from it.
    """
    tables = _tables(database, question)
    told = "SELECT CAST(use_id AS VARCHAR), start_at, end_at, missing FROM gap ORDER BY use_id, start_at"
    gaps = [Gap(*row) for row in database.rows(told)]
    kinds = {row[0] for row in database.rows("SELECT DISTINCT part FROM part_row")}
    reasons = [
        reason
        for reason in why(gaps, tables)
        if (inventory or reason.part != "inventory") and kinds.issuperset(_RESTS_ON.get(reason.part, ()))
    ]
    explained = _explained(reasons)
    shown = [
        row._replace(start=start, end=end)
        for row in _shown(database)
        for start, end in minus([(row.start, row.end)], explained.get((row.use_id, row.fact), []))
    ]
    return closings(reasons, tables, Directory()) + shown


_BASES = ("basis", "regime")
_RESTS_ON: Mapping[str, tuple[str, ...]] = {
    **{
        part: (part,)
        for part in ("verification", "clearance", "approval", "enablement", "mediator", "provenance")
    },
    "chain": ("provenance",),
    **dict.fromkeys(("basis", "jurisdiction", "site", "item"), _BASES),
}
"""The kinds of part by which a reason is found."""


def _explained(reasons: Iterable[Why]) -> Mapping[tuple[str, str], list[tuple[int, int]]]:
    found: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for reason in sorted(reasons, key=lambda reason: reason.start):
        found[reason.use_id, reason.fact].append((reason.start, reason.end))
    return found


def _shown(database: DuckDB) -> Iterable[Closing]:
    ids = (
        "CAST(use_id AS VARCHAR), start_at, end_at, fact, part, detail, closable, CAST(who AS VARCHAR), role"
    )
    return (Closing(*row) for row in database.rows(f"SELECT {ids} FROM why"))


def _tables(database: DuckDB, question: Question) -> Tables:
    """Return the rows that the reasons for what is lacking can rest on."""

    def text(*columns: str) -> str:
        return ", ".join(f"CAST({column} AS VARCHAR)" for column in columns)

    uses = database.rows(f"SELECT {text('use_id', *_KEYS)}, start_at, end_at FROM ({_LACKING}) AS r")
    units = f"(SELECT device_id FROM ({_LACKING}) AS r)"
    whole = "valid_from IS NOT NULL AND (valid_to IS NULL OR valid_from < valid_to)"
    installed = database.rows(f"""
        SELECT {text("device_id", "node_id", "site_id")}, valid_from, valid_to FROM installed_row
        WHERE device_id IS NOT NULL AND {whole} AND (device_id IN {units} OR node_id IN {units})""")
    members = f"(SELECT device_id FROM installed_row WHERE node_id IN {units} AND {whole})"
    custody = database.rows(f"""
        SELECT {text("device_id", "site_id")}, valid_from, NULLIF(valid_to, {OPEN})
        FROM ({versions(FACTS[2], question, "", ever=True)}) AS v
        WHERE superseded_at = {OPEN} AND (device_id IN {units} OR device_id IN {members})""")
    parts = database.rows(f"""
        SELECT part, key, valid_from, valid_to FROM part_row
        WHERE part IS NOT NULL AND key IS NOT NULL AND {whole} AND part IN ({_quoted(_ABOUT)}) AND ({_concerned()})""")
    contracts = {
        name: database.rows(f"SELECT {text(*ids)} FROM {name}_row") for name, ids in _CONTRACTS.items()
    }
    allocated = database.rows(
        f"SELECT {text('duty', 'party_id', 'contract_id')}, valid_from, valid_to FROM responsibility_row"
    )
    return Tables(
        use=tuple(Use._make((*row, "", 1, "", ())) for row in uses),
        custody=tuple(Custody._make((*row, 0, None, "", ())) for row in custody),
        installed=tuple(Installed(*row) for row in installed),
        part=tuple(Part._make((*row, ())) for row in parts),
        supply=tuple(Supply._make((*row, 0, ())) for row in contracts["supply"]),
        contract_party=tuple(ContractParty._make((*row, ())) for row in contracts["contract_party"]),
        responsibility=tuple(Responsibility._make((*row, ())) for row in allocated),
    )


_CONTRACTS = {"supply": ("device_id", "contract_id"), "contract_party": ("contract_id", "party_id")}

# Where in the key of a part, whose words are joined by blanks, stands what it is about.
_ABOUT: Mapping[str, tuple[int, str]] = {
    "verification": (1, "end_user_id"),
    "clearance": (2, "end_user_id"),
    "approval": (2, "end_user_id"),
    "mediator": (2, "end_user_id"),
    "enablement": (1, "path_id"),
    "basis": (1, "end_user_id"),
    "regime": (1, "end_user_id"),
}


def _concerned() -> str:
    """Parts of those that lack something; a receipt may be of any device of a unit, so all receipts are read."""
    told = [
        f"part = '{part}' AND split_part(key, ' ', {word}) IN (SELECT CAST({column} AS VARCHAR) FROM ({_LACKING}) AS r)"
        for part, (word, column) in _ABOUT.items()
    ]
    return " OR ".join([*told, "part = 'provenance'"])


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in (*words, "provenance"))


_WORDS: Mapping[str, int] = {
    "verification": 1,
    "clearance": 2,
    "approval": 3,
    "mediator": 3,
    "enablement": 1,
    "provenance": 1,
}
_WORDS_AND_ITEM: Mapping[str, int] = {"basis": 4, "regime": 3}
"""How many words a key has; the last of some is an item class, which may hold blanks itself."""


def misnamed_parts(database: DuckDB) -> list[Problem]:
    """Return a problem for each kind of part whose keys do not say all that they are about, and for ids that keys cannot hold."""
    problems = []
    words = "array_length(string_split(key, ' '))"
    for part, count in (*_WORDS.items(), *_WORDS_AND_ITEM.items()):
        wrong = f"{words} {'<' if part in _WORDS_AND_ITEM else '<>'} {count}"
        if database.rows(f"SELECT COUNT(*) FROM part_row WHERE part = '{part}' AND {wrong}")[0][0]:
            many = f"{count} words" + (" at the least" if part in _WORDS_AND_ITEM else "")
            message = f"holds keys of `{part}` that are not {many}"
            problems.append(Problem("tables.part", message, file="part", field="key"))
    for column in _KEYS:
        blank = f"CAST({column} AS VARCHAR) LIKE '% %'"
        if column != "item_class" and database.rows(f"SELECT COUNT(*) FROM use_row WHERE {blank}")[0][0]:
            message = "holds ids with blanks, which the keys of the table `part` cannot tell apart"
            problems.append(Problem("tables.part", message, file="use", field=column))
    return problems
