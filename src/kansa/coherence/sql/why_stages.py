# ruff: noqa: S608 - the SQL is put together from names and numbers of this package, never from what a user gave
"""Why a fact is not evidenced, as far as the tables themselves can show it, as SQL on what the stages left.

A use's key may have evidence at another time, or something near the key may have it at this time: the device at
another site, the path for another end user. Each instant at which a fact is missing has exactly one of these reasons,
the first that applies:

1. the use leaves a column of the key empty: `end_user`, `tenant`, `path`, `device`, `site`, `classification`;
2. `weaker`: there is evidence, known less well than was asked for;
3. custody, `elsewhere`: the device is evidenced at other sites, which `detail` names;
4. the key has evidence at another time: `expired` before, `not_begun` until later, `lapsed` between two;
5. at this instant, identity: `another_tenant` has it for the end user; access: the path has it for
   `another_end_user` or tenant; authorization: a basis of the end user is in force, but for no such `item`, or for the
   item at no such `site`, which `detail` names;
6. `none`, and for authorization `basis`: nothing.

Reads `residual` and `state` of `stages`; gives `why(use_id, start_at, end_at, fact, part, detail, closable, who, role)`.
"""

from collections.abc import Iterator, Mapping

from kansa.coherence.facts import FACTS, OPEN, Fact
from kansa.coherence.parameters import Question
from kansa.coherence.remedies import BY_FACT
from kansa.coherence.responsibilities import BY_CONTRACT
from kansa.coherence.sql.duty_stages import duty_stages
from kansa.coherence.sql.evidence import bases, columns, larger, present, same, smaller, versions
from kansa.coherence.sql.islands import merged
from kansa.coherence.sql.stages import Stage

_IDENTITY, _ACCESS, _CUSTODY, _AUTHORIZATION = FACTS

# What is near adds up: known too weakly, near, and for a basis in force that it covers the item.
_WEAKER, _NEAR, _NEARER = 1, 2, 4

_UNSAID: Mapping[str, Mapping[str, str]] = {
    "identity": {"end_user_id": "end_user", "tenant_id": "tenant"},
    "access": {"path_id": "path", "end_user_id": "end_user", "tenant_id": "tenant"},
    "custody": {"site_id": "site", "device_id": "device"},
    "authorization": {"end_user_id": "end_user", "item_class": "classification", "site_id": "site"},
}

_CLOSES: Mapping[str, str] = {
    "end_user": "end_user",
    "tenant": "tenant",
    "path": "path",
    "device": "device",
    "classification": "classification",
    "weaker": "stronger",
    "elsewhere": "elsewhere",
    "another_tenant": "clearance",
    "another_end_user": "approval",
    "basis": "basis",
}
_ROLES: Mapping[str, str] = {"end_user": "tenant", "path": "site_operations", "device": "site_operations"}


def why_stages(question: Question) -> Iterator[Stage]:
    """Yield all stages in order."""
    for fact in FACTS:
        yield Stage(f"{fact.name}_lack_key", _keys(fact))
        yield Stage(f"{fact.name}_extent", _extent(fact, question))
    yield Stage("lack", _lacks())
    yield from _others(question)
    if question.least_known:
        for fact in FACTS:
            yield Stage(f"{fact.name}_weaker", _weaker(fact, question))
    yield Stage("hint", " UNION ALL ".join(_hints(question)))
    yield Stage("lack_piece", _PIECES)
    yield Stage("reason", _reasons())
    yield Stage("run", _RUNS)
    yield from duty_stages()
    yield Stage("why", _why())


def _keys(fact: Fact) -> str:
    return f"""
        SELECT DISTINCT {columns(fact, "r")} FROM residual AS r
        JOIN (SELECT DISTINCT number FROM state WHERE missing & {fact.bit} <> 0) AS s ON s.number = r.number
        WHERE {present(fact, "r")}"""


def _extent(fact: Fact, question: Question) -> str:
    """Return when the evidence of each key first and last begins; it holds at no instant of what lacks it."""
    keys = f"{fact.name}_lack_key"
    return f"""
        SELECT {columns(fact, "v")}, MIN(v.valid_from) AS first_at, MAX(v.valid_from) AS last_at
        FROM ({versions(fact, question, keys, ever=True)}) AS v JOIN {keys} AS k ON {same(fact, "k", "v")}
        WHERE v.superseded_at = {OPEN} GROUP BY {columns(fact, "v")}"""


def _lacks() -> str:
    """Return every stretch in which a fact is missing, with what its key says of other times."""
    each = " UNION ALL ".join(
        f"""
        SELECT {fact.bit} AS bit, s.number, s.start_at AS low, s.end_at AS high,
               CASE {" ".join(f"WHEN r.{column} IS NULL THEN '{part}'" for column, part in _UNSAID[fact.name].items())} END AS unsaid,
               CASE WHEN x.first_at < s.start_at AND x.last_at > s.start_at THEN 'lapsed'
                    WHEN x.first_at < s.start_at THEN 'expired' WHEN x.last_at > s.start_at THEN 'not_begun' END AS timing
        FROM state AS s JOIN residual AS r ON r.number = s.number
        LEFT JOIN {fact.name}_extent AS x ON {same(fact, "x", "r")}
        WHERE s.missing & {fact.bit} <> 0"""
        for fact in FACTS
    )
    return f"SELECT ROW_NUMBER() OVER () AS lack, l.* FROM ({each}) AS l"


def _others(question: Question) -> Iterator[Stage]:
    """Yield what is evidenced near the keys that lack something: islands by the part of the key that is the same."""
    for fact, key, shared in (
        (_IDENTITY, "end_user_id", "end_user_id"),
        (_ACCESS, "path_id", "path_id"),
        (_CUSTODY, "device_id, site_id", "device_id"),
    ):
        spans = f"""
            SELECT {key}, valid_from AS low, valid_to AS high FROM ({versions(fact, question, "")}) AS v
            WHERE superseded_at = {OPEN} AND {shared} IN (SELECT {shared} FROM {fact.name}_lack_key)"""
        yield Stage(f"{fact.name}_other", merged(key, spans))
    spans = f"""
            SELECT end_user_id, valid_from AS low, valid_to AS high FROM ({bases(question)}) AS v
            WHERE superseded_at = {OPEN} AND end_user_id IN (SELECT end_user_id FROM authorization_lack_key)"""
    yield Stage("authorization_other", merged("end_user_id", spans))
    spans = f"""
            SELECT v.end_user_id, k.item_class, v.valid_from AS low, v.valid_to AS high FROM ({bases(question)}) AS v
            JOIN (SELECT DISTINCT end_user_id, item_class FROM authorization_lack_key) AS k ON k.end_user_id = v.end_user_id
            WHERE v.superseded_at = {OPEN} AND EXISTS (SELECT 1 FROM authorization_item_row AS i
                WHERE i.authorization_id = v.authorization_id AND i.item_class = k.item_class)"""
    yield Stage("authorization_item_other", merged("end_user_id, item_class", spans))


def _weaker(fact: Fact, question: Question) -> str:
    keys = f"{fact.name}_lack_key"
    spans = f"""
        SELECT {columns(fact, "v")}, v.valid_from AS low, v.valid_to AS high
        FROM ({versions(fact, question, keys, weaker=True)}) AS v JOIN {keys} AS k ON {same(fact, "k", "v")}
        WHERE v.superseded_at = {OPEN}"""
    return merged(columns(fact), spans)


def _hints(question: Question) -> Iterator[str]:
    """Yield what is near at some instants of a stretch; a key that has evidence at other times is asked for custody only."""

    def hint(fact: Fact, change: int, other: str, where: str, place: str = "NULL") -> str:
        return f"""
        SELECT l.lack, {larger("l.low", "o.low")} AS low, {smaller("l.high", "o.high")} AS high, {change} AS change,
               CAST({place} AS VARCHAR) AS place
        FROM lack AS l JOIN residual AS r ON r.number = l.number
        JOIN {other} AS o ON {where} AND o.low < l.high AND o.high > l.low
        WHERE l.bit = {fact.bit} AND l.unsaid IS NULL"""

    untimed = " AND l.timing IS NULL"
    yield hint(_IDENTITY, _NEAR, "identity_other", "o.end_user_id = r.end_user_id") + untimed
    yield hint(_ACCESS, _NEAR, "access_other", "o.path_id = r.path_id") + untimed
    at = "o.device_id = r.device_id AND o.site_id <> r.site_id"
    yield hint(_CUSTODY, _NEAR, "custody_other", at, place="o.site_id")
    yield hint(_AUTHORIZATION, _NEAR, "authorization_other", "o.end_user_id = r.end_user_id") + untimed
    covers = "o.end_user_id = r.end_user_id AND o.item_class = r.item_class"
    yield hint(_AUTHORIZATION, _NEARER, "authorization_item_other", covers) + untimed
    if question.least_known:
        for fact in FACTS:
            yield hint(fact, _WEAKER, f"{fact.name}_weaker", same(fact, "o", "r"))


# Cut at every change, also where one site takes the place of another; what says the same is joined in the end.
_PIECES = """
        WITH event AS (SELECT lack, low AS moment, change FROM hint UNION ALL SELECT lack, high, -change FROM hint
                       UNION ALL SELECT lack, low, 0 FROM lack UNION ALL SELECT lack, high, 0 FROM lack),
        step AS (SELECT lack, moment, CAST(SUM(change) AS BIGINT) AS change FROM event GROUP BY lack, moment),
        piece AS (SELECT lack, moment AS low, LEAD(moment) OVER (PARTITION BY lack ORDER BY moment) AS high,
            SUM(change) OVER (PARTITION BY lack ORDER BY moment ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS near
            FROM step)
        SELECT lack, low, high, CAST(near AS BIGINT) AS near FROM piece WHERE high IS NOT NULL"""


def _reasons() -> str:
    return f"""
        WITH place AS (
            SELECT p.lack, p.low, STRING_AGG(DISTINCT h.place, ' ' ORDER BY h.place) AS places
            FROM lack_piece AS p JOIN hint AS h ON h.lack = p.lack AND h.low <= p.low AND p.high <= h.high
            WHERE h.place IS NOT NULL GROUP BY p.lack, p.low),
        told AS (
            SELECT l.number, l.bit, p.low, p.high, places, unsaid,
                   CASE WHEN unsaid IS NOT NULL THEN unsaid
                        WHEN near & {_WEAKER} <> 0 THEN 'weaker'
                        WHEN bit = {_CUSTODY.bit} AND near >= {_NEAR} THEN 'elsewhere'
                        WHEN timing IS NOT NULL THEN timing
                        WHEN bit = {_AUTHORIZATION.bit} AND near >= {_NEARER} THEN 'site'
                        WHEN bit = {_AUTHORIZATION.bit} AND near >= {_NEAR} THEN 'item'
                        WHEN bit = {_AUTHORIZATION.bit} THEN 'basis'
                        WHEN bit = {_IDENTITY.bit} AND near >= {_NEAR} THEN 'another_tenant'
                        WHEN bit = {_ACCESS.bit} AND near >= {_NEAR} THEN 'another_end_user'
                        ELSE 'none' END AS part
            FROM lack_piece AS p JOIN lack AS l ON l.lack = p.lack
            LEFT JOIN place ON place.lack = p.lack AND place.low = p.low)
        SELECT t.number, t.bit, t.low, t.high, t.part,
               CASE WHEN part = 'elsewhere' THEN places
                    WHEN part = 'item' THEN CAST(r.item_class AS VARCHAR)
                    WHEN part = 'site' AND unsaid IS NULL THEN CAST(r.site_id AS VARCHAR) END AS detail
        FROM told AS t JOIN residual AS r ON r.number = t.number"""


_FACT = " ".join(f"WHEN {fact.bit} THEN '{fact.name}'" for fact in FACTS)

_RUNS = f"""
        WITH before AS (SELECT *, LAG(high) OVER w AS ended, LAG(part) OVER w AS said, LAG(detail) OVER w AS named
            FROM reason WINDOW w AS (PARTITION BY number, bit ORDER BY low)),
        turn AS (SELECT number, bit, low, high, part, detail, SUM(CASE WHEN ended = low AND said = part
                AND (named = detail OR named IS NULL AND detail IS NULL) THEN 0 ELSE 1 END)
            OVER (PARTITION BY number, bit ORDER BY low ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS turn FROM before)
        SELECT number, CASE bit {_FACT} END AS fact, part, detail, MIN(low) AS start_at, MAX(high) AS end_at
        FROM turn GROUP BY number, bit, turn, part, detail"""


def _why() -> str:
    return f"""
        SELECT r.use_id, w.start_at, w.end_at, w.fact, w.part, w.detail, {_closable()} AS closable,
               CASE WHEN a.party_id IS NOT NULL THEN a.party_id WHEN w.part = 'end_user' THEN r.tenant_id END AS who,
               CASE WHEN a.party_id IS NOT NULL THEN '{BY_CONTRACT}' ELSE {_role()} END AS role
        FROM run AS w JOIN residual AS r ON r.number = w.number
        LEFT JOIN answering AS a ON a.number = w.number AND a.fact = w.fact AND a.start_at = w.start_at"""


def _closable() -> str:
    """Return what would close it; null: nothing, since a later grant does not reach back to when an earlier one had ended."""
    standing = ", ".join(f"'{fact.name}'" for fact in FACTS if fact is not _CUSTODY)
    told = " ".join(f"WHEN w.part = '{part}' THEN '{code}'" for part, code in _CLOSES.items())
    return f"""
               CASE WHEN w.part IN ('expired', 'lapsed') AND w.fact IN ({standing}) THEN NULL
                    WHEN w.part = 'site' AND w.detail IS NULL THEN 'site.unsaid'
                    WHEN w.part IN ('site', 'item') THEN NULL
                    {told} WHEN w.fact = '{_AUTHORIZATION.name}' THEN 'basis' ELSE w.fact END"""


def _role() -> str:
    told = " ".join(f"WHEN w.part = '{part}' THEN '{role}'" for part, role in _ROLES.items())
    facts = " ".join(f"WHEN w.fact = '{fact}' THEN '{role}'" for fact, role in BY_FACT.items())
    return f"""
               CASE WHEN w.part = 'site' AND w.detail IS NULL THEN 'site_operations' {told} {facts} END"""
