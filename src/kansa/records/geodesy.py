"""Distances on the earth, and how far light lets a signal have come.

The sphere of mean radius differs from the ellipsoid by at most 0.56 % of a distance; what is said to be excluded is
excluded on both.
"""

from math import asin, cos, radians, sin, sqrt

MEAN_RADIUS_M = 6_371_008.8
SPHERE_ERROR = 0.0056
LIGHT_M_PER_US = 299.792458
"""Light in vacuum: nothing arrives earlier, whatever the cable."""

SCALE = 10_000_000
"""Coordinates are degrees × 10^7."""


def distance_m(latitude: int, longitude: int, other_latitude: int, other_longitude: int) -> float:
    """Return the distance of two places in metres along the great circle; coordinates in degrees × 10^7 (WGS 84)."""
    phi, lambda_, psi, mu = (
        radians(each / SCALE) for each in (latitude, longitude, other_latitude, other_longitude)
    )
    half = sin((psi - phi) / 2) ** 2 + cos(phi) * cos(psi) * sin((mu - lambda_) / 2) ** 2
    return 2 * MEAN_RADIUS_M * asin(min(1.0, sqrt(half)))


def is_beyond(metres: float, within_m: int) -> bool:
    """Tell whether a distance is beyond a bound even if the earth were as much smaller as the sphere may be wrong."""
    return metres * (1 - SPHERE_ERROR) > within_m


def reach_m(round_trip_us: int) -> int:
    """Return how far away at most something answered within a round trip, in metres."""
    return int(round_trip_us * LIGHT_M_PER_US / 2) + 1
