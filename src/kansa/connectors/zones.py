"""Local stamps to instants. A stamp that the zone's clocks showed twice or never is refused, not guessed."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from kansa.clock import to_instant


@cache
def zone_named(name: str) -> ZoneInfo:
    """Return the zone of an IANA name such as `Asia/Tokyo`, or `UTC`.

    Raises:
        ValueError: there is none of this name.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # ZoneInfoNotFoundError is a KeyError
        raise ValueError(f"`{name}` is not a zone of the IANA database") from error


def instant_of(moment: datetime, zone: ZoneInfo | None) -> int:
    """Return the instant of a datetime; one without an offset is read in `zone`.

    Raises:
        ValueError: no offset and no zone, shown twice or never by the zone's clocks, outside the years 1 to 9999.
    """
    try:
        return to_instant(moment if moment.tzinfo is not None else _located(moment, zone))
    except OverflowError as error:
        raise ValueError(f"`{moment}` is outside the years 1 to 9999") from error


def _located(moment: datetime, zone: ZoneInfo | None) -> datetime:
    if zone is None:
        raise ValueError(f"`{moment}` has no offset, and no `zone` is given")
    early, late = moment.replace(tzinfo=zone, fold=0), moment.replace(tzinfo=zone, fold=1)
    if early.utcoffset() == late.utcoffset():
        return early
    if early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == moment.replace(fold=0):
        raise ValueError(f"`{moment}` came twice in {zone.key}: the clocks went back")
    raise ValueError(f"`{moment}` never came in {zone.key}: the clocks went forward")
