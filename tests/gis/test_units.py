"""Extents of land in the units that deeds and laws use."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import Invalid
from gis.units import Area, AreaUnit, area

UNITS = st.sampled_from(AreaUnit)
EXTENTS = st.decimals(min_value=0, max_value=10**9, places=6, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "unit", "square_metres"),
    [
        ("1", "acre", "4046.8564224"),
        ("1", "cent", "40.468564224"),
        ("100", "cent", "4046.8564224"),
        ("1", "are", "100"),
        ("1", "hectare", "10000"),
        ("1", "m2", "1"),
        ("43560", "sqft", "4046.8564224"),
        ("4.04", "are", "404.00"),
    ],
)
def test_a_unit_is_worth_exactly_its_square_metres(value: str, unit: str, square_metres: str) -> None:
    assert area(value, unit).square_metres == Decimal(square_metres)


@pytest.mark.parametrize(
    ("value", "unit", "other", "expected"),
    [
        ("1", "acre", "cent", "100"),
        ("1", "acre", "sqft", "43560"),
        ("1", "hectare", "are", "100"),
        ("40.468564224", "m2", "cent", "1"),
        ("4046.8564224", "m2", "acre", "1"),
        ("10", "cent", "are", "4.0468564224"),
    ],
)
def test_an_extent_is_the_same_in_another_unit(value: str, unit: str, other: str, expected: str) -> None:
    moved = area(value, unit).to(AreaUnit(other))
    assert (moved.value, moved.unit) == (Decimal(expected), AreaUnit(other))


@given(value=EXTENTS, unit=UNITS, other=UNITS)
def test_an_extent_survives_the_way_there_and_back(value: Decimal, unit: AreaUnit, other: AreaUnit) -> None:
    there_and_back = area(value, unit).to(other).to(unit).value
    assert abs(there_and_back - value) <= value * Decimal("1e-26")


@given(value=EXTENTS, unit=UNITS)
def test_an_extent_keeps_the_unit_and_the_digits_it_was_given(value: Decimal, unit: AreaUnit) -> None:
    kept = area(str(value), unit)
    assert (str(kept.value), kept.unit) == (str(value), unit)


def test_ten_cents_are_more_than_the_four_ares_that_the_law_rounds_them_to() -> None:
    # The paddy act allows 4.04 are and calls it 10 cents; a threshold must be compared in its own unit.
    assert area("10", "cent").square_metres > area("4.04", "are").square_metres
    assert area("9.98", "cent").square_metres < area("4.04", "are").square_metres


@pytest.mark.parametrize(
    ("value", "places", "printed"), [("2.5", 0, "2"), ("3.5", 0, "4"), ("2.5", 3, "2.500"), ("2.51", 0, "3")]
)
def test_a_value_is_printed_half_to_even(value: str, places: int, printed: str) -> None:
    assert str(area(value).rounded(places)) == printed


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        ("-0.01", "m2"),
        ("NaN", "m2"),
        ("sNaN", "m2"),
        ("Infinity", "cent"),
        ("twelve", "cent"),
        ("", "cent"),
        ("12", "guntha"),
        ("1e30", "m2"),
    ],
)
def test_what_is_no_extent_is_refused(value: str, unit: str) -> None:
    with pytest.raises(Invalid):
        area(value, unit)


def test_a_float_is_refused_since_it_is_not_what_was_written() -> None:
    with pytest.raises(Invalid, match="written"):
        area(4.04, "are")  # type: ignore[arg-type]


def test_no_parcel_is_larger_than_the_earth() -> None:
    assert area("5.1006e12", "are").square_metres == Decimal("5.1006e14")
    with pytest.raises(Invalid, match="earth"):
        area("5.1007e12", "are")


def test_nothing_is_an_extent_too() -> None:
    assert Area(value=Decimal(0), unit=AreaUnit.CENT).square_metres == 0
