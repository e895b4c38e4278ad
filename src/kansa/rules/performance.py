"""Performance of a device as ECCN 3A090 measures it, from a data sheet, in integers alone.

Total processing performance (TPP) is 2 x MacTOPS x bit length of the operation, summed over the processing units, the
greatest over the bit lengths; a data sheet that counts a multiplication and an addition as two states 2 x MacTOPS.
Performance density is TPP over the applicable die area in mm2. Results are rounded down, which no comparison with a
threshold of the list can tell from the exact value, since the thresholds are integers in these units.
Source: 15 CFR part 774, Supplement No. 1, ECCN 3A090, technical notes.
"""

from collections.abc import Iterable
from typing import NamedTuple


class Rate(NamedTuple):
    """Dense operations of one bit length, over all processing units: 10^9 a second, two for a multiply-accumulate."""

    giga_operations: int
    bits: int


class Performance(NamedTuple):
    """`tpp` as the list counts it, and density in hundredths, both rounded down; density None without a die area."""

    tpp: int
    pd_e2: int | None


def performance(rates: Iterable[Rate], die_area_mm2_e2: int | None = None) -> Performance:
    """Return TPP and performance density.

    Args:
        rates: one rate for each bit length of the data sheet.
        die_area_mm2_e2: applicable die area in hundredths of mm2, positive; None if it is not known.

    Raises:
        ValueError: there is no rate, or a number is not positive.
    """
    listed = tuple(rates)
    if not listed or any(rate.giga_operations <= 0 or rate.bits <= 0 for rate in listed):
        raise ValueError("a device has at least one rate, and each is positive")
    tpp_e3 = max(rate.giga_operations * rate.bits for rate in listed)
    if die_area_mm2_e2 is None:
        return Performance(tpp_e3 // 1000, None)
    if die_area_mm2_e2 <= 0:
        raise ValueError("a die area is positive")
    return Performance(tpp_e3 // 1000, tpp_e3 * 100 * 100 // (1000 * die_area_mm2_e2))
