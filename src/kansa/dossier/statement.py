"""What a dossier says of coherence, in canonical form: assembled by one side, computed again by the other.

All durations are microseconds of device time, so that nothing is rounded and equal answers are equal bytes. Sums are
written as decimal text: a month of 3,400 devices is more than the profile's greatest integer.
"""

from collections.abc import Mapping
from typing import Any

from kansa.coherence.balance import balance
from kansa.coherence.result import Assessment, Gap, Late
from kansa.coherence.scope import within
from kansa.coherence.sweep import sweep
from kansa.records import canonical
from kansa.registers.rows import Tables


def ask(tables: Tables, question: dict[str, Any]) -> Assessment:
    """Answer a dossier's question by the plain sweep.

    `question` is the manifest's: `from_us`, `to_us`, `tenant` (or null), `end_user` (or null or absent),
    `grace_us`, `log_began_us` (or null).
    """
    scoped = _scoped(tables, question)
    return sweep(
        scoped, grace=question["grace_us"], log_began=question["log_began_us"], horizon=question["to_us"]
    )


def result(assessment: Assessment, tables: Tables, question: dict[str, Any]) -> bytes:
    """Return `coherence/result.json`: the sums over the period, and the balance of the installed devices."""
    scoped = _scoped(tables, question)
    held = balance(scoped, start=question["from_us"], end=question["to_us"])
    sums = assessment.result
    return canonical.encode(
        {
            "uses": sums.uses,
            "gaps": sums.gaps,
            "use_us": _text(sums.use_us),
            "gap_us": _text(sums.gap_us),
            "late_us": _text(sums.late_us),
            "before_log_us": _text(sums.before_log_us),
            "gap_by_fact_us": _texts(sums.fact_gap_us),
            "evidenced_by_us": _texts(sums.evidenced_by_us),
            "balance_us": None if held is None else _texts(held.total._asdict()),
            "set_aside": sum(sums.quarantined.values()),
        }
    )


def _scoped(tables: Tables, question: Mapping[str, Any]) -> Tables:
    return within(
        tables, question["from_us"], question["to_us"], question["tenant"], question.get("end_user")
    )


def lines(segments: tuple[Gap, ...] | tuple[Late, ...]) -> bytes:
    """Return `coherence/gaps.jsonl` and `coherence/late.jsonl`: one canonical object a line, by use and start."""
    return b"".join(canonical.encode(segment._asdict()) + b"\n" for segment in segments)


def _text(sum_: int | None) -> str | None:
    return None if sum_ is None else str(sum_)


def _texts(sums: Mapping[str, int]) -> dict[str, str | None]:
    return {name: _text(value) for name, value in sums.items()}
