"""When a claim says that it holds."""

from kansa.clock import parse_instant
from kansa.intervals import Interval
from kansa.records.kinds.claim import Claim


def validity(claim: Claim) -> Interval:
    """Return the half-open interval in which a claim says that it holds."""
    return Interval(
        parse_instant(claim.valid_from), None if claim.valid_to is None else parse_instant(claim.valid_to)
    )
