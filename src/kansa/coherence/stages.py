# ruff: noqa: S608 - the SQL is put together from names and numbers of this package, never from what a user gave
"""The question as ordered SQL: probe every use with one representative interval a fact, explain only what is left.

For each key of a fact one row is chosen whose interval is long; a use that lies inside the representatives of all
four facts is evidenced throughout and is never looked at again. The few others, the residual, are cut at every
change of their evidence. No stage sorts the uses.

The SQL is one dialect without engine-specific functions, so that sqlglot can hand it to others. It reads what an
engine provides, rows as they came, instants int64 microseconds, `known` 0..5 as `facts.level`:

    use_row(use_id, device_id, tenant_id, end_user_id, path_id, item_class, site_id, start_at, end_at, weight, known)
    identity_row(tenant_id, end_user_id, valid_from, valid_to, recorded_at, superseded_at, known), and so on

Rules that wrong answers taught (reference/coherence.md, 4): islands are built on unique (key, start), because ties
in nested windows give wrong islands at scale; two MAX_BY may take their values from different rows when they tie, so
an end is a start plus a length; an open end is never NULL where it is compared; what is read twice is stored.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kansa.coherence.facts import ALL_FACTS, FACTS, LEVELS, OPEN, Fact

# The state of an instant is a sum of bits, from the lowest: evidenced (4, as in `facts`), in time (4), at least as
# strong as each level above unknown (5 for each fact), after the log began, inside the use.
_IN_TIME = 4
_AT_LEAST = 8
_STEPS = len(LEVELS) - 1
_LOGGED = 1 << (_AT_LEAST + _STEPS * len(FACTS))
_INSIDE = _LOGGED << 1
_RANK = 2**59  # above every length (9,998 years), and 11 times as much still fits 63 bits


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the tables, and which of their optional columns they have.

    `first_at` and `last_at` bound all uses, and `middle` lies where most of them are: it guides the choice of
    representatives and changes no answer. `clean` is whether all of them can be evaluated. `recorded` names the facts whose table says when it was recorded;
    lateness can be assessed for these only. `known` is whether all four tables say how they are known: if one does
    not, no instant is known better than unknown and there is nothing to compute.
    """

    horizon: int | None
    first_at: int = 0
    last_at: int = 0
    middle: int = 0
    clean: bool = False
    known_at: int | None = None
    late: bool = False
    grace: int = 0
    log_began: int | None = None
    recorded: frozenset[str] = frozenset()
    known: bool = False

    def timed(self, fact: Fact) -> bool:
        """Whether the lateness of this fact is assessed."""
        return self.late and fact.name in self.recorded

    @property
    def plain(self) -> bool:
        """Whether an instant has no state but its missing facts."""
        return not self.known and not any(self.timed(fact) for fact in FACTS)


@dataclass(frozen=True, slots=True)
class Stage:
    """A relation made from those before it; what is read once and whole need not be stored."""

    name: str
    sql: str
    stored: bool = True


_DUPLICATE = Stage(
    "duplicate", "SELECT use_id FROM use_row WHERE use_id IS NOT NULL GROUP BY use_id HAVING COUNT(*) > 1"
)

_USE_KEYS = ("device_id", "tenant_id", "end_user_id", "path_id", "item_class", "site_id")


def judge(horizon: int | None, *, all_different: bool) -> Iterator[Stage]:
    """Which uses can be evaluated: `judged`, and `use_count(reason, weight, uses, micros, first_at, last_at, ...)`.

    Reasons are those of `reading`, in the same order; null for the uses that can be evaluated. Where every use has
    an id of its own, that is not asked again, since ids are the widest column.
    """
    end = "NULL" if horizon is None else str(horizon)
    if all_different:
        nameless, twice, join = "FALSE", "FALSE", ""
    else:
        yield _DUPLICATE
        nameless, twice = "u.use_id IS NULL", "d.use_id IS NOT NULL"
        join = "LEFT JOIN duplicate AS d ON u.use_id = d.use_id"
    yield Stage(
        "judged",
        f"""
        SELECT {_use(horizon)},
               CASE WHEN {nameless} THEN 'no_use_id'
                    WHEN start_at IS NULL THEN 'no_start'
                    WHEN {twice} THEN 'duplicate_use_id'
                    WHEN weight < 1 THEN 'weight_not_positive'
                    WHEN end_at IS NULL AND (start_at < {end}) IS NOT TRUE THEN 'running_but_not_begun_at_horizon'
                    WHEN end_at = start_at THEN 'empty_interval'
                    WHEN end_at < start_at THEN 'inverted_interval' END AS reason
        FROM use_row AS u {join}""",
        stored=False,
    )
    yield Stage(
        "use_count",
        """
        SELECT reason, weight, COUNT(*) AS uses, SUM(end_at - start_at) AS micros,
               MIN(start_at) AS first_at, MAX(end_at) AS last_at, AVG(start_at) AS middle
        FROM judged GROUP BY reason, weight""",
    )


def _use(horizon: int | None) -> str:
    end = "end_at" if horizon is None else f"CASE WHEN end_at IS NULL THEN {horizon} ELSE end_at END"
    return f"u.use_id, {', '.join(_USE_KEYS)}, start_at, {end} AS end_at, weight, known"


def stages(question: Question) -> Iterator[Stage]:
    """From judged uses and evidence to the answers.

    `gap(use_id, start_at, end_at, missing)`, `late(use_id, start_at, end_at, late, before_log)` if asked for, and
    `summary(missing, late, before_log, known, weight, micros)`: the time of each combination in the residual, and,
    where it is asked how well it is known, `proven(known, weight, micros)` for the rest.
    """
    every = f"SELECT {_use(question.horizon)} FROM use_row AS u"  # asking nothing of clean uses is a quarter faster
    yield Stage(
        "held", every if question.clean else "SELECT * FROM judged WHERE reason IS NULL", stored=False
    )
    yield Stage("basis_key", f"SELECT DISTINCT {_columns(FACTS[3])} FROM held WHERE {_present(FACTS[3])}")
    for fact in FACTS:
        yield Stage(f"{fact.name}_best", _representative(fact, question))
    yield Stage("mediated_best", _mediated())
    yield Stage("unproven", _unproven(question))
    yield Stage("residual", "SELECT ROW_NUMBER() OVER () AS number, u.* FROM unproven AS u")
    for fact in FACTS:
        yield Stage(f"{fact.name}_key", _open_keys(fact))
        yield Stage(f"{fact.name}_near", _near(fact, question))
        yield Stage(f"{fact.name}_island", _islands(fact, question))
    yield Stage("piece", " UNION ALL ".join(_pieces(fact) for fact in FACTS))
    yield Stage("segment", _segments(question))
    yield Stage("state", _states(question))
    yield Stage("gap", _GAPS if question.plain else _runs("missing", ("missing",)))
    if question.late:
        yield Stage("late", _runs(f"late + {ALL_FACTS + 1} * before_log", ("late", "before_log")))
    yield Stage("summary", _SUMMARY)
    if question.known:
        yield Stage("proven", _PROVEN_KNOWN)


def _columns(fact: Fact, alias: str = "") -> str:
    return ", ".join(f"{alias}.{column}" if alias else column for column in fact.key)


def _same(fact: Fact, left: str, right: str) -> str:
    return " AND ".join(f"{left}.{column} = {right}.{column}" for column in fact.key)


def _larger(*terms: str) -> str:
    """GREATEST of expressions that are never null, since engines differ on what null does to it."""
    return f"GREATEST({', '.join(terms)})"


def _smaller(*terms: str) -> str:
    """LEAST of expressions that are never null."""
    return f"LEAST({', '.join(terms)})"


def _present(fact: Fact, alias: str = "") -> str:
    return " AND ".join(f"{column} IS NOT NULL" for column in _columns(fact, alias).split(", "))


def _versions(fact: Fact, question: Question, keys: str) -> str:
    """The usable rows of a fact, taken back to what was recorded at `known_at`; open ends are OPEN.

    An authorization is spread over the item classes and sites that it covers only for the given keys, since all of
    them could be far more than anyone uses.
    """
    superseded = f"CASE WHEN superseded_at IS NULL THEN {OPEN} ELSE superseded_at END"
    recorded = ""
    if question.known_at is not None:
        superseded = f"CASE WHEN superseded_at <= {question.known_at} THEN superseded_at ELSE {OPEN} END"
        recorded = f" AND recorded_at <= {question.known_at}"
    source, alias, covered = f"{fact.name}_row AS r", "r", ""
    if fact.name == "authorization":
        source, alias, covered = f"{source} JOIN {keys} AS k ON k.end_user_id = r.end_user_id", "k", _COVERED
    return f"""
        SELECT {_columns(fact, alias)}, valid_from, CASE WHEN valid_to IS NULL THEN {OPEN} ELSE valid_to END AS valid_to,
               recorded_at, {superseded} AS superseded_at, known
        FROM {source}
        WHERE {_present(fact, alias)} AND valid_from < {question.last_at}
          AND (valid_to IS NULL OR valid_from < valid_to AND valid_to > {question.first_at}){recorded}{covered}"""


# Not joins: an engine may join items with sites first, and every item with every site is a hundred times too many.
_COVERED = """
          AND EXISTS (SELECT 1 FROM authorization_item_row AS i
                      WHERE i.authorization_id = r.authorization_id AND i.item_class = k.item_class)
          AND EXISTS (SELECT 1 FROM authorization_site_row AS s
                      WHERE s.authorization_id = r.authorization_id AND s.site_id = k.site_id)"""


def _representative(fact: Fact, question: Question) -> str:
    """For each key one interval: of its best known rows, of these one in the middle of the uses, of these the longest.

    Taking it from the best known rows makes its level the level of every instant in it. Where lateness is assessed
    the interval begins when it was in time, so that what lies inside is not late either.
    """
    low, recorded = "valid_from", ""
    if question.timed(fact):
        low, recorded = _larger(low, f"recorded_at - {question.grace}"), " AND recorded_at IS NOT NULL"
    clipped = f"""
        SELECT {_columns(fact)}, known, {_larger(low, str(question.first_at))} AS low,
               {_smaller("valid_to", str(question.last_at))} AS high
        FROM ({_versions(fact, question, "basis_key")}) AS v WHERE superseded_at = {OPEN}{recorded}"""
    central = f"CASE WHEN low <= {question.middle} AND high > {question.middle} THEN {_RANK} ELSE 0 END"
    rank = f"{central} + (high - low)" + (f" + known * {2 * _RANK}" if question.known else "")
    best = f"""
        SELECT {_columns(fact)}, MAX_BY(low, rank) AS low, MAX(rank) AS best
        FROM (SELECT {_columns(fact)}, low, {rank} AS rank FROM ({clipped}) AS c WHERE low < high) AS r
        GROUP BY {_columns(fact)}"""
    return f"""
        SELECT {_columns(fact)}, low, low + best % {_RANK} AS high,
               CAST((best - best % {2 * _RANK}) / {2 * _RANK} AS INTEGER) AS known
        FROM ({best}) AS b"""


def _mediated() -> str:
    """Access and identity in one: a path's key holds its tenant and end user, so one probe asks for both."""
    return f"""
        SELECT a.tenant_id, a.end_user_id, a.path_id, {_larger("a.low", "i.low")} AS low,
               {_smaller("a.high", "i.high")} AS high, {_smaller("a.known", "i.known")} AS known
        FROM access_best AS a
        JOIN identity_best AS i ON a.tenant_id = i.tenant_id AND a.end_user_id = i.end_user_id
        WHERE {_larger("a.low", "i.low")} < {_smaller("a.high", "i.high")}"""


def _covering(fact: Fact, alias: str, relation: str) -> str:
    """The representative that covers a whole use, if it does; the condition is in the join, so that misses stay cheap."""
    return f"""
        LEFT JOIN {relation} AS {alias}
          ON {_same(fact, alias, "u")} AND {alias}.low <= u.start_at AND u.end_at <= {alias}.high"""


# Access last: more uses miss it than the others, and what is missed early is carried through the joins that follow.
_PROBE = (
    "held AS u"
    + _covering(FACTS[3], "b", "authorization_best")
    + _covering(FACTS[2], "c", "custody_best")
    + _covering(FACTS[1], "m", "mediated_best")
)

_PROVEN_KNOWN = f"""
        SELECT known, weight, SUM(time) AS micros
        FROM (SELECT {_smaller("u.known", "m.known", "c.known", "b.known")} AS known, u.weight, u.end_at - u.start_at AS time
              FROM {_PROBE} WHERE b.low IS NOT NULL AND c.low IS NOT NULL AND m.low IS NOT NULL) AS p
        GROUP BY known, weight"""


def _unproven(question: Question) -> str:
    """The uses that are left, with the bits of those facts that a representative settles for the whole use."""
    settled = [
        f"CASE WHEN {alias}.low IS NULL THEN 0 ELSE {' + '.join(_settled(FACTS[index], alias, question) for index in indexes)} END"
        for alias, indexes in (("m", (0, 1)), ("c", (2,)), ("b", (3,)))
    ]
    columns = ", ".join(
        f"u.{column}" for column in ("use_id", *_USE_KEYS, "start_at", "end_at", "weight", "known")
    )
    return f"""
        SELECT {columns}, {" + ".join(settled)} AS settled
        FROM {_PROBE} WHERE b.low IS NULL OR c.low IS NULL OR m.low IS NULL"""


def _settled(fact: Fact, alias: str, question: Question) -> str:
    """All bits that a representative of the fact sets; each level sets the bits of those below it."""
    bits = str(fact.bit + (fact.bit << _IN_TIME if question.timed(fact) else 0))
    shift = _AT_LEAST + _STEPS * FACTS.index(fact)
    return f"{bits} + (((1 << {alias}.known) - 1) << {shift})" if question.known else bits


def _open_keys(fact: Fact) -> str:
    """The keys whose evidence has to be looked at in full."""
    return f"SELECT DISTINCT {_columns(fact)} FROM residual WHERE {_unsettled(fact)} AND {_present(fact)}"


def _unsettled(fact: Fact) -> str:
    return f"settled & {fact.bit} = 0"


def _near(fact: Fact, question: Question) -> str:
    """The versions that can touch what is left."""
    return f"""
        SELECT v.* FROM ({_versions(fact, question, f"{fact.name}_key")}) AS v
        JOIN {fact.name}_key AS k ON {_same(fact, "v", "k")}"""


def _islands(fact: Fact, question: Question) -> str:
    """For each key and bit the disjoint, separate intervals in which some row sets the bit."""
    key = f"{_columns(fact)}, bit"
    return f"""
        WITH span AS ({" UNION ALL ".join(_spans(fact, question))}),
        start AS (SELECT {key}, low, MAX(high) AS high FROM span WHERE low < high GROUP BY {key}, low),
        reach AS (SELECT {key}, low, high, MAX(high) OVER (
            PARTITION BY {key} ORDER BY low ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached FROM start),
        island AS (SELECT {key}, low, high, SUM(CASE WHEN reached >= low THEN 0 ELSE 1 END) OVER (
            PARTITION BY {key} ORDER BY low ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS island FROM reach)
        SELECT {key}, MIN(low) AS low, MAX(high) AS high FROM island GROUP BY {key}, island"""


def _spans(fact: Fact, question: Question) -> Iterator[str]:
    """Which bits a version sets and when: evidence if nothing replaced it, in time from `recorded_at - grace` on."""

    def span(bit: int, low: str, high: str, where: str) -> str:
        return f"SELECT {_columns(fact)}, {bit} AS bit, {low} AS low, {high} AS high FROM {fact.name}_near WHERE {where}"

    yield span(fact.bit, "valid_from", "valid_to", f"superseded_at = {OPEN}")
    if question.timed(fact):
        low = _larger("valid_from", f"recorded_at - {question.grace}")
        yield span(
            fact.bit << _IN_TIME, low, _smaller("valid_to", "superseded_at"), "recorded_at IS NOT NULL"
        )
    if question.known:
        for step in range(_STEPS):
            bit = 1 << (_AT_LEAST + _STEPS * FACTS.index(fact) + step)
            yield span(bit, "valid_from", "valid_to", f"superseded_at = {OPEN} AND known > {step}")


def _pieces(fact: Fact) -> str:
    return f"""
        SELECT r.number, i.bit, {_larger("i.low", "r.start_at")} AS low, {_smaller("i.high", "r.end_at")} AS high
        FROM residual AS r JOIN {fact.name}_island AS i
          ON {_same(fact, "r", "i")} AND i.low < r.end_at AND i.high > r.start_at
        WHERE {_unsettled(fact)}"""


def _segments(question: Question) -> str:
    """Each use cut where its state changes. Bits come and go once at an instant, so a change never sums to zero."""
    events = [
        "SELECT number, low AS moment, bit AS change FROM piece",
        "SELECT number, high AS moment, -bit AS change FROM piece",
        f"SELECT number, start_at AS moment, settled + {_INSIDE} AS change FROM residual",
        f"SELECT number, end_at AS moment, -settled - {_INSIDE} AS change FROM residual",
    ]
    if question.log_began is not None:
        low, logged = _larger("start_at", str(question.log_began)), f"end_at > {question.log_began}"
        events.append(f"SELECT number, {low} AS moment, {_LOGGED} AS change FROM residual WHERE {logged}")
        events.append(f"SELECT number, end_at AS moment, -{_LOGGED} AS change FROM residual WHERE {logged}")
    return f"""
        WITH event AS ({" UNION ALL ".join(events)}),
        step AS (SELECT number, moment, CAST(SUM(change) AS BIGINT) AS change FROM event
                 GROUP BY number, moment HAVING SUM(change) <> 0),
        segment AS (SELECT number, moment AS start_at, LEAD(moment) OVER (PARTITION BY number ORDER BY moment) AS end_at,
            CAST(SUM(change) OVER (PARTITION BY number ORDER BY moment
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS bits FROM step)
        SELECT number, start_at, end_at, bits FROM segment WHERE end_at IS NOT NULL"""


def _states(question: Question) -> str:
    """What the bits of each segment mean."""
    timed = sum(fact.bit for fact in FACTS if question.timed(fact))
    logged = "TRUE" if question.log_began is None else f"(bits & {_LOGGED}) <> 0"
    known = _smaller(*(_level(index) for index in range(len(FACTS)))) if question.known else "0"
    return f"""
        SELECT number, start_at, end_at, missing, known, CASE WHEN {logged} THEN untimely ELSE 0 END AS late,
               CASE WHEN {logged} THEN 0 ELSE untimely END AS before_log
        FROM (SELECT number, start_at, end_at, bits, {ALL_FACTS} - (bits & {ALL_FACTS}) AS missing, {known} AS known,
                     bits & {timed} & ({ALL_FACTS} - ((bits >> {_IN_TIME}) & {ALL_FACTS})) AS untimely
              FROM segment) AS s"""


def _level(index: int) -> str:
    """How many levels the fact reaches; who reaches one reaches those below."""
    return f"BIT_COUNT((bits >> {_AT_LEAST + _STEPS * index}) & {2**_STEPS - 1})"


_GAPS = """
        SELECT r.use_id, s.start_at, s.end_at, s.missing
        FROM state AS s JOIN residual AS r ON r.number = s.number WHERE s.missing <> 0"""


def _runs(value: str, columns: Sequence[str]) -> str:
    """Neighbouring segments with the same value as one; the segments of a use follow each other without holes."""
    told = ", ".join(columns)
    return f"""
        WITH told AS (SELECT number, start_at, {told}, {value} AS told,
            LAG({value}) OVER (PARTITION BY number ORDER BY start_at) AS before FROM state),
        turn AS (SELECT number, start_at, {told}, told,
            LEAD(start_at) OVER (PARTITION BY number ORDER BY start_at) AS next_at
            FROM told WHERE before IS NULL OR before <> told)
        SELECT r.use_id, t.start_at, CASE WHEN t.next_at IS NULL THEN r.end_at ELSE t.next_at END AS end_at, {told}
        FROM turn AS t JOIN residual AS r ON r.number = t.number WHERE t.told <> 0"""


_SUMMARY = f"""
        SELECT missing, late, before_log, known, weight, SUM(time) AS micros
        FROM (SELECT s.missing, s.late, s.before_log, {_smaller("s.known", "r.known")} AS known, r.weight,
                     s.end_at - s.start_at AS time
              FROM state AS s JOIN residual AS r ON r.number = s.number) AS t
        GROUP BY missing, late, before_log, known, weight"""
