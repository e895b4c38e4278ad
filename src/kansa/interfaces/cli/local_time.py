"""Times as people read them: in the vault's zone, a day where it begins one."""

from zoneinfo import ZoneInfo

from kansa.clock import MICROSECONDS, to_datetime


def local(instant: int, zone: str) -> str:
    """Return an instant in a zone: `2026-04-01` for the first moment of a day, else `2026-04-01 09:30`, with seconds if any."""
    moment = to_datetime(instant // MICROSECONDS * MICROSECONDS).astimezone(ZoneInfo(zone))
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return moment.strftime("%Y-%m-%d")
    return moment.strftime("%Y-%m-%d %H:%M:%S" if moment.second else "%Y-%m-%d %H:%M")
