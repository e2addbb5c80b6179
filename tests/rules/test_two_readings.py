"""Where a rule can be read in two ways, the stricter passes, the milder fails, and what lies between is unknown."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from gis.site import LocalBody
from rules.book import Parameter, Value
from rules.findings import Outcome, Required, measured
from rules.measure import Unit
from rules.reading import library
from rules.reckoning.two_readings import Range, at_hundredth, at_least_between, whole


@pytest.fixture(scope="module")
def value() -> Value:
    return library().on(date(2026, 1, 1), LocalBody.MUNICIPALITY).value(Parameter("services.tree_area"))


@pytest.mark.parametrize(
    ("amount", "most", "least"),
    [
        (Fraction(1, 100), 1, 1),
        (Fraction(1), 1, 1),
        (Fraction(101, 100), 2, 1),
        (Fraction(2), 2, 2),
        (Fraction(201, 100), 3, 2),
    ],
)
def test_a_part_of_one_counts_in_the_stricter_reading_only(
    amount: Fraction, most: int, least: int, value: Value
) -> None:
    asked = whole(amount, "trees", value)
    assert asked.most.amount == most
    assert asked.least.amount == least
    assert (asked.why is None) is (most == least)


@pytest.mark.parametrize(
    ("metres", "outcome"),
    [("1.2", Outcome.PASS), ("1.199", Outcome.UNKNOWN), ("0.3", Outcome.UNKNOWN), ("0.299", Outcome.FAIL)],
)
def test_between_two_readings_the_answer_is_unknown(metres: str, outcome: Outcome, value: Value) -> None:
    most = Required.derived(Decimal("1.2"), Unit.METRE, "one clause", value)
    least = Required.derived(Decimal("0.3"), Unit.METRE, "another clause", value)
    asked = Range(most=most, least=least, why="Two clauses stand.")
    found = at_least_between(
        "septic", asked, measured(Decimal(metres), Unit.METRE), missing="", remedy="Move it."
    )
    assert found.outcome is outcome
    assert found.required == most
    assert (found.reason == "Two clauses stand.") is (outcome is Outcome.UNKNOWN)


def test_one_reading_fails_as_it_stands(value: Value) -> None:
    asked = Range.one(Required.derived(Decimal("1.2"), Unit.METRE, "one clause", value))
    found = at_least_between("septic", asked, measured(1.0, Unit.METRE), missing="", remedy="Move it.")
    assert found.outcome is Outcome.FAIL


def test_what_is_declared_stays_unknown_where_the_milder_reading_would_do(value: Value) -> None:
    most = Required.derived(Decimal(2), Unit.COUNT, "rounded up", value)
    least = Required.derived(Decimal(1), Unit.COUNT, "rounded down", value)
    asked = Range(most=most, least=least, why="Rounding was not read.")
    declared = measured(Decimal(1), Unit.COUNT, is_declared=True)
    assert at_least_between("trees", asked, declared, missing="", remedy="").outcome is Outcome.UNKNOWN


def test_an_area_is_judged_as_it_is_printed() -> None:
    assert at_hundredth(measured(75.00000000000001, Unit.SQUARE_METRE)) == Decimal("75.00")
    assert at_hundredth(measured(75.006, Unit.SQUARE_METRE)) == Decimal("75.01")
