"""3A090 in integers: no rounding moves a device over a threshold."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.clock import parse_instant
from kansa.rules.performance import Performance, Rate, performance
from rules.packs.shelf import library

NOW = parse_instant("2026-11-22T00:00:00.000Z")
PARAGRAPHS = library().table("kansa.us.thresholds.paragraphs")


def paragraphs(
    tpp: int, pd_e2: int, *, data_centre: bool = True, form: str = "integrated_circuit"
) -> set[str]:
    """The paragraphs that a device meets now, all of them known."""
    facts = {
        "device.tpp": tpp,
        "device.pd_e2": pd_e2,
        "device.data_centre": data_centre,
        "device.form": form,
        "device.mass_market_encryption": False,
    }
    met = PARAGRAPHS.met(facts, NOW)
    assert met is not None
    assert met.unknown == ()
    return set(met.values)


@given(giga=st.integers(1, 5_000_000), bits=st.sampled_from([4, 8, 16, 32, 64]), area=st.integers(1, 200_000))
def test_rounding_down_never_crosses_a_threshold(giga: int, bits: int, area: int) -> None:
    """The exact values as fractions meet the paragraphs that the integers meet."""
    tpp = Fraction(giga * bits, 1000)
    density = tpp / Fraction(area, 100)
    found = performance([Rate(giga, bits)], area)
    assert found.pd_e2 is not None
    first = tpp >= 4800 or (tpp >= 1600 and density >= Fraction(592, 100))
    second = (2400 <= tpp < 4800 and Fraction(16, 10) <= density < Fraction(592, 100)) or (
        tpp >= 1600 and Fraction(32, 10) <= density < Fraction(592, 100)
    )
    wanted = {name for name, meets in (("3A090.a", first), ("3A090.b", second)) if meets}
    assert paragraphs(found.tpp, found.pd_e2) == wanted


def test_an_accelerator_of_the_data_centre_is_of_the_first_paragraph() -> None:
    """989.4 TFLOPS of 16 bits, 1978.9 of 8 bits, 814 mm2: the greatest bit length counts."""
    found = performance([Rate(989_400, 16), Rate(1_978_900, 8)], 81_400)
    assert found == Performance(15_831, 1_944)
    assert paragraphs(*found) == {"3A090.a"}  # type: ignore[arg-type] # the area is given


def test_a_card_for_players_is_out_below_4800_only() -> None:
    """Neither designed nor marketed for data centres: excluded below, whatever its density."""
    assert paragraphs(4_799, 900, data_centre=False) == set()
    assert paragraphs(4_800, 900, data_centre=False) == {"3A090.a"}


def test_a_computer_meets_the_paragraph_of_computers() -> None:
    """4A090 for what holds a circuit, 3A090 for the circuit."""
    assert paragraphs(15_831, 1_944, form="computer") == {"4A090.a"}


def test_before_total_processing_performance_nothing_is_said() -> None:
    """The rule of 2022 asked other measures."""
    assert PARAGRAPHS.met({"device.tpp": 9_000}, parse_instant("2023-11-01T00:00:00.000Z")) is None


@pytest.mark.parametrize("rates", [[], [Rate(0, 16)], [Rate(1, -8)]])
def test_a_device_without_performance_is_refused(rates: list[Rate]) -> None:
    """A data sheet that says nothing must not come out as below every threshold."""
    with pytest.raises(ValueError, match="positive"):
        performance(rates)
    with pytest.raises(ValueError, match="area"):
        performance([Rate(1, 8)], 0)
