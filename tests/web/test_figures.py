"""Numbers are printed as people read them, in units of the title deed."""

from decimal import Decimal

import pytest

from gis.units import AreaUnit, area
from web.figures import Figures, square_metres, units_for
from web.languages import Language, Wording

ENGLISH = Figures(t=Wording(language=Language.ENGLISH))
MALAYALAM = Figures(t=Wording(language=Language.MALAYALAM))


def test_ten_cents_are_4_047_ares_and_404_69_square_metres() -> None:
    plot = area("10", AreaUnit.CENT)
    assert ENGLISH.in_unit(plot, AreaUnit.SQUARE_METRE) == "404.69 m²"
    assert ENGLISH.bare(plot, AreaUnit.ARE) == "4.047"
    assert MALAYALAM.in_unit(plot, AreaUnit.CENT) == "10.00 സെന്റ്"


def test_a_recorded_area_is_printed_as_it_is_written() -> None:
    assert ENGLISH.as_written(area("4.050", AreaUnit.ARE)) == "4.050 are"
    assert ENGLISH.as_written(area("4.0501", AreaUnit.ARE)) == "4.0501 are"
    assert ENGLISH.as_written(area("3954.000006", AreaUnit.SQUARE_FOOT)) == "3,954.00 sq ft"


@pytest.mark.parametrize(("extent", "acres"), [("1999.99", False), ("2000", True)])
def test_acres_are_told_from_two_thousand_square_metres_on(extent: str, acres: bool) -> None:
    assert (AreaUnit.ACRE in units_for(Decimal(extent))) is acres


@pytest.mark.parametrize(
    ("value", "text"),
    [(9999.99, "9,999.99 m"), (10_000, "10.00 km"), (0.5, "0.50 m"), (1234.5, "1,234.50 m")],
)
def test_long_distances_are_told_in_kilometres(value: float, text: str) -> None:
    assert ENGLISH.metres(value) == text


def test_an_accuracy_has_no_needless_decimals() -> None:
    assert ENGLISH.about(2.5) == "2.5 m"
    assert ENGLISH.about(100.0) == "100 m"
    assert ENGLISH.about(20_000) == "20 km"


def test_a_measured_area_is_taken_to_the_hundredth() -> None:
    assert square_metres(402.136).value == Decimal("402.14")
