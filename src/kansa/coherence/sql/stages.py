# ruff: noqa: S608 - the SQL is put together from names and numbers of this package, never from what a user gave
"""The question as ordered SQL: probe every use with one representative interval a fact, explain only what is left.

For each key of a fact one row is chosen whose interval is long; a use that lies inside the representatives of all
four facts is evidenced throughout and is never looked at again. The few others, the residual, are cut at every
change of their evidence. No stage sorts the uses.

The SQL is one dialect without engine-specific functions, so that sqlglot can hand it to others. It reads what an
engine provides, rows as they came, instants int64 microseconds, `known` 0..5 as `facts.level`:

    use_row(use_id, device_id, tenant_id, end_user_id, path_id, item_class, site_id, start_at, end_at, weight, known)
    identity_row(tenant_id, end_user_id, valid_from, valid_to, recorded_at, superseded_at, known), and so on

and, of the engine's own, `FINGERPRINT(a, b, c, d, e)`: a number that is the same for the same values. Different values
should seldom share one; where they do, the answer is as exact and takes longer.

Rules that wrong answers taught (reference/coherence.md, 4): islands are built on unique (key, start), because ties
in nested windows give wrong islands at scale; two MAX_BY may take their values from different rows when they tie, so
an end is a start plus a length; an open end is never NULL where it is compared; what is read twice is stored.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kansa.coherence.facts import ALL_FACTS, FACTS, LEVELS, OPEN, Fact
from kansa.coherence.parameters import Question
from kansa.coherence.row_quality import Horizon
from kansa.coherence.sql.evidence import columns, larger, present, same, smaller, versions
from kansa.coherence.sql.islands import merged

# The state of an instant is a sum of bits, from the lowest: evidenced (4, as in `facts`), in time (4), at least as
# strong as each level above unknown (5 for each fact), after the log began, inside the use.
_IN_TIME = 4
_AT_LEAST = 8
_STEPS = len(LEVELS) - 1
_LOGGED = 1 << (_AT_LEAST + _STEPS * len(FACTS))
_INSIDE = _LOGGED << 1
_RANK = 2**59  # above every length (9,998 years), and 11 times as much still fits 63 bits


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


def judge(horizon: Horizon, *, all_different: bool) -> Iterator[Stage]:
    """Yield which uses can be evaluated: `judged`, and `use_count(reason, weight, uses, micros, first_at, last_at, ...)`.

    Reasons are those of `reading`, in the same order; null for the uses that can be evaluated. Where every use has
    an id of its own, that is not asked again, since ids are the widest column.
    """
    at = "NULL" if horizon.at is None else str(horizon.at)
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
                    WHEN u.end_at = start_at THEN 'empty_interval'
                    WHEN u.end_at < start_at THEN 'inverted_interval'
                    WHEN (u.end_at IS NULL OR u.end_at > {horizon.far}) AND (start_at < {at}) IS NOT TRUE
                        THEN 'running_but_not_begun_at_horizon' END AS reason
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


def _use(horizon: Horizon) -> str:
    at = "NULL" if horizon.at is None else str(horizon.at)
    end = f"CASE WHEN u.end_at IS NULL OR u.end_at > {horizon.far} THEN {at} ELSE u.end_at END"
    return f"u.use_id, {', '.join(_USE_KEYS)}, start_at, {end} AS end_at, weight, known"


def stages(question: Question) -> Iterator[Stage]:
    """Yield the stages from judged uses and evidence to the answers.

    `gap(use_id, start_at, end_at, missing)`, `late(use_id, start_at, end_at, late, before_log)` if asked for, and
    `summary(missing, late, before_log, known, weight, micros)`: the time of each combination in the residual, and,
    where it is asked how well it is known, `proven(known, weight, micros)` for the rest.
    """
    every = f"SELECT {_use(question.horizon)} FROM use_row AS u"  # asking nothing of clean uses is a quarter faster
    yield Stage(
        "held", every if question.clean else "SELECT * FROM judged WHERE reason IS NULL", stored=False
    )
    yield Stage("together", _TOGETHER)
    yield Stage("basis_key", f"SELECT DISTINCT {columns(FACTS[3])} FROM together WHERE {present(FACTS[3])}")
    for fact in FACTS:
        yield Stage(f"{fact.name}_best", _representative(fact, question))
    yield Stage("mediated_best", _mediated())
    yield Stage("together_best", _TOGETHER_BEST)
    if question.known:
        yield Stage("probed", _PROBED)
        yield Stage("proven", _PROVEN)
        yield Stage("unproven", _OF_PROBED, stored=False)
    else:
        yield Stage("unproven", _UNPROVEN)
    yield Stage("residual", _residual(question))
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


def _representative(fact: Fact, question: Question) -> str:
    """For each key one interval: of its best known rows, of these one in the middle of the uses, of these the longest.

    Taking it from the best known rows makes its level the level of every instant in it. Where lateness is assessed
    the interval begins when it was in time, so that what lies inside is not late either; of the best known rows that
    may leave nothing, and then no weaker row stands in for them.
    """
    low = "valid_from"
    if question.timed(fact):
        recorded = f"CASE WHEN recorded_at IS NULL THEN {OPEN} ELSE recorded_at - {question.grace} END"
        low = larger(low, recorded)
    clipped = f"""
        SELECT {columns(fact)}, known, {larger(low, str(question.first_at))} AS low,
               {smaller("valid_to", str(question.last_at))} AS high
        FROM ({versions(fact, question, "basis_key")}) AS v WHERE superseded_at = {OPEN}"""
    central = f"CASE WHEN low <= {question.middle} AND high > {question.middle} THEN {_RANK} ELSE 0 END"
    rank = f"CASE WHEN low < high THEN {central} + (high - low) ELSE 0 END"
    rank += f" + known * {2 * _RANK}" if question.known else ""
    best = f"""
        SELECT {columns(fact)}, MAX_BY(low, rank) AS low, MAX(rank) AS best
        FROM (SELECT {columns(fact)}, low, {rank} AS rank FROM ({clipped}) AS c) AS r
        GROUP BY {columns(fact)}"""
    return f"""
        SELECT {columns(fact)}, low, low + best % {_RANK} AS high,
               CAST((best - best % {2 * _RANK}) / {2 * _RANK} AS INTEGER) AS known
        FROM ({best}) AS b"""


def _mediated() -> str:
    """Access and identity in one: a path's key holds its tenant and end user, so one probe asks for both."""
    return f"""
        SELECT a.tenant_id, a.end_user_id, a.path_id, {larger("a.low", "i.low")} AS low,
               {smaller("a.high", "i.high")} AS high, {smaller("a.known", "i.known")} AS known
        FROM access_best AS a
        JOIN identity_best AS i ON a.tenant_id = i.tenant_id AND a.end_user_id = i.end_user_id
        WHERE {larger("a.low", "i.low")} < {smaller("a.high", "i.high")}"""


# Uses have few combinations of all ids but the unit's, so three facts are settled for them and not use by use. Uses
# find theirs by its mark, a number, since to compare five texts costs more than all else; marks that two combinations
# share are left out, so that whoever has one is explained in full.
_PARTIES = ("tenant_id", "end_user_id", "path_id", "item_class", "site_id")
_MARK = f"FINGERPRINT({', '.join(f'u.{column}' for column in _PARTIES)})"

_TOGETHER = f"SELECT DISTINCT {_MARK} AS mark, {', '.join(_PARTIES)} FROM held AS u"

_TOGETHER_BEST = f"""
        SELECT t.mark, CASE WHEN m.low IS NULL OR b.low IS NULL THEN NULL ELSE {larger("m.low", "b.low")} END AS low,
               CASE WHEN m.low IS NULL OR b.low IS NULL THEN NULL ELSE {smaller("m.high", "b.high")} END AS high,
               CASE WHEN m.low IS NULL OR b.low IS NULL THEN NULL ELSE {smaller("m.known", "b.known")} END AS known,
               m.low AS m_low, m.high AS m_high, m.known AS m_known, b.low AS b_low, b.high AS b_high, b.known AS b_known
        FROM together AS t
        JOIN (SELECT mark FROM together GROUP BY mark HAVING COUNT(*) = 1) AS one ON one.mark = t.mark
        LEFT JOIN mediated_best AS m ON {same(FACTS[1], "m", "t")}
        LEFT JOIN authorization_best AS b ON {same(FACTS[3], "b", "t")}"""

_CUSTODY = f"""
        LEFT JOIN custody_best AS c
          ON {same(FACTS[2], "c", "u")} AND c.low <= u.start_at AND u.end_at <= c.high"""

_PROBE = f"""
        FROM held AS u
        LEFT JOIN together_best AS t ON t.mark = {_MARK} AND t.low <= u.start_at AND u.end_at <= t.high{_CUSTODY}"""

_USE = ("use_id", *_USE_KEYS, "start_at", "end_at", "weight")

_UNPROVEN = f"""
        SELECT {", ".join(f"u.{column}" for column in _USE)}, u.known, c.low IS NOT NULL AS kept
        {_PROBE} WHERE t.low IS NULL OR c.low IS NULL"""

# Every use that is left has an id of its own, so only what is proven falls together.
_PROBED = f"""
        SELECT {", ".join(f"CASE WHEN proven THEN NULL ELSE {column} END AS {column}" for column in _USE[:-1])},
               weight, known, SUM(end_at - start_at) AS micros
        FROM (SELECT {", ".join(f"u.{column}" for column in _USE)}, t.low IS NOT NULL AND c.low IS NOT NULL AS proven,
                     CASE WHEN t.low IS NULL OR c.low IS NULL THEN u.known
                          ELSE {smaller("u.known", "t.known", "c.known")} END AS known {_PROBE}) AS p
        GROUP BY {", ".join(str(position + 1) for position in range(len(_USE) + 1))}"""

_OF_PROBED = f"SELECT {', '.join(_USE)}, known FROM probed WHERE use_id IS NOT NULL"
_PROVEN = "SELECT known, weight, micros FROM probed WHERE use_id IS NULL"


def _residual(question: Question) -> str:
    """Return the uses that are left, with the bits of those facts that a representative settles for the whole use.

    Whether one keeps custody is known from the probe; how well, nobody has asked yet.
    """
    custody, kept = (_CUSTODY, "c.low IS NOT NULL") if question.known else ("", "u.kept")
    settled = (
        ("t.m_low <= u.start_at AND u.end_at <= t.m_high", "t.m_known", FACTS[:2]),
        (kept, "c.known", FACTS[2:3]),
        ("t.b_low <= u.start_at AND u.end_at <= t.b_high", "t.b_known", FACTS[3:]),
    )
    bits = " + ".join(
        f"CASE WHEN {covers} THEN {' + '.join(_settled(fact, known, question) for fact in facts)} ELSE 0 END"
        for covers, known, facts in settled
    )
    return f"""
        SELECT ROW_NUMBER() OVER () AS number, u.*, {bits} AS settled
        FROM unproven AS u LEFT JOIN together_best AS t ON t.mark = {_MARK}{custody}"""


def _settled(fact: Fact, known: str, question: Question) -> str:
    """Return all bits that a representative of the fact sets; each level sets the bits of those below it."""
    bits = str(fact.bit + (fact.bit << _IN_TIME if question.timed(fact) else 0))
    shift = _AT_LEAST + _STEPS * FACTS.index(fact)
    return f"{bits} + (((1 << {known}) - 1) << {shift})" if question.known else bits


def _open_keys(fact: Fact) -> str:
    """Return the keys whose evidence has to be looked at in full."""
    return f"SELECT DISTINCT {columns(fact)} FROM residual WHERE {_unsettled(fact)} AND {present(fact)}"


def _unsettled(fact: Fact) -> str:
    return f"settled & {fact.bit} = 0"


def _near(fact: Fact, question: Question) -> str:
    """Return the versions that can touch what is left."""
    return f"""
        SELECT v.* FROM ({versions(fact, question, f"{fact.name}_key")}) AS v
        JOIN {fact.name}_key AS k ON {same(fact, "v", "k")}"""


def _islands(fact: Fact, question: Question) -> str:
    """For each key and bit the disjoint, separate intervals in which some row sets the bit."""
    return merged(f"{columns(fact)}, bit", " UNION ALL ".join(_spans(fact, question)))


def _spans(fact: Fact, question: Question) -> Iterator[str]:
    """Yield which bits a version sets and when: evidence if nothing replaced it, in time from `recorded_at - grace` on."""

    def span(bit: int, low: str, high: str, where: str) -> str:
        return f"SELECT {columns(fact)}, {bit} AS bit, {low} AS low, {high} AS high FROM {fact.name}_near WHERE {where}"

    yield span(fact.bit, "valid_from", "valid_to", f"superseded_at = {OPEN}")
    if question.timed(fact):
        low = larger("valid_from", f"recorded_at - {question.grace}")
        yield span(fact.bit << _IN_TIME, low, smaller("valid_to", "superseded_at"), "recorded_at IS NOT NULL")
    if question.known:
        for step in range(_STEPS):
            bit = 1 << (_AT_LEAST + _STEPS * FACTS.index(fact) + step)
            yield span(bit, "valid_from", "valid_to", f"superseded_at = {OPEN} AND known > {step}")


def _pieces(fact: Fact) -> str:
    return f"""
        SELECT r.number, i.bit, {larger("i.low", "r.start_at")} AS low, {smaller("i.high", "r.end_at")} AS high
        FROM residual AS r JOIN {fact.name}_island AS i
          ON {same(fact, "r", "i")} AND i.low < r.end_at AND i.high > r.start_at
        WHERE {_unsettled(fact)}"""


def _segments(question: Question) -> str:
    """Return each use cut where its state changes. Bits come and go once at an instant, so a change never sums to zero."""
    events = [
        "SELECT number, low AS moment, bit AS change FROM piece",
        "SELECT number, high AS moment, -bit AS change FROM piece",
        f"SELECT number, start_at AS moment, settled + {_INSIDE} AS change FROM residual",
        f"SELECT number, end_at AS moment, -settled - {_INSIDE} AS change FROM residual",
    ]
    if question.log_began is not None:
        low, logged = larger("start_at", str(question.log_began)), f"end_at > {question.log_began}"
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
    """Return what the bits of each segment mean."""
    timed = sum(fact.bit for fact in FACTS if question.timed(fact))
    logged = "TRUE" if question.log_began is None else f"(bits & {_LOGGED}) <> 0"
    known = smaller(*(_level(index) for index in range(len(FACTS)))) if question.known else "0"
    return f"""
        SELECT number, start_at, end_at, missing, known, CASE WHEN {logged} THEN untimely ELSE 0 END AS late,
               CASE WHEN {logged} THEN 0 ELSE untimely END AS before_log
        FROM (SELECT number, start_at, end_at, bits, {ALL_FACTS} - (bits & {ALL_FACTS}) AS missing, {known} AS known,
                     bits & {timed} & ({ALL_FACTS} - ((bits >> {_IN_TIME}) & {ALL_FACTS})) AS untimely
              FROM segment) AS s"""


def _level(index: int) -> str:
    """Return how many levels the fact reaches; who reaches one reaches those below."""
    return f"BIT_COUNT((bits >> {_AT_LEAST + _STEPS * index}) & {2**_STEPS - 1})"


_GAPS = """
        SELECT r.use_id, s.start_at, s.end_at, s.missing
        FROM state AS s JOIN residual AS r ON r.number = s.number WHERE s.missing <> 0"""


def _runs(value: str, kept: Sequence[str]) -> str:
    """Neighbouring segments with the same value as one; the segments of a use follow each other without holes."""
    told = ", ".join(kept)
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
        FROM (SELECT s.missing, s.late, s.before_log, {smaller("s.known", "r.known")} AS known, r.weight,
                     s.end_at - s.start_at AS time
              FROM state AS s JOIN residual AS r ON r.number = s.number) AS t
        GROUP BY missing, late, before_log, known, weight"""
