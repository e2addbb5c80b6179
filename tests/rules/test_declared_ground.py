"""What a drawing declares of plot and road is held against the plot that it is checked on; a difference is told."""

import pytest

from rules.declared_ground import differences
from rules.plans.measure import measure
from tests.rules.plan_builders import a_site
from tests.rules.plans.builders import a_drawing


def told(said: str) -> list[str]:
    """What is told of a plot of 20 by 25 m, number 1/1, on a street of 6 m."""
    return [each.reason for each in differences(measure(a_drawing(info=f"PLAN INFO\\P{said}")), a_site())]


@pytest.mark.parametrize("number", ["1/1", "1-1", "Re.Sy.No. 1/1", "01/01", "7/2, 1/1", "1/1 pt", "NA", ""])
def test_a_plot_declared_by_its_number_is_no_difference(number: str) -> None:
    assert told(f"RS_NO={number}") == []


@pytest.mark.parametrize("number", ["99/9", "1/11", "1/1/1", "1/1A", "7/2, 1/2", "1"])
def test_another_plot_number_is_told(number: str) -> None:
    (reason,) = told(f"RS_NO={number}")
    assert reason == f"The drawing declares the plot as {number}; it was checked on plot 1/1."


@pytest.mark.parametrize(("width", "is_told"), [("6", False), ("6.0 m", False), ("6.4", True), ("12", True)])
def test_another_width_of_the_road_is_told(width: str, is_told: bool) -> None:
    assert bool(told(f"ROAD_WIDTH={width}")) is is_told


def test_a_road_of_unknown_width_contradicts_nothing() -> None:
    drawing = measure(a_drawing(info="PLAN INFO\\PROAD_WIDTH=12"))
    assert differences(drawing, a_site({"roads": []})) == ()


@pytest.mark.parametrize("key", ["AVG_PLOT_DEPTH", "AVG_PLOT_WIDTH"])
@pytest.mark.parametrize(
    ("metres", "is_told"),
    [
        ("25", False),
        ("32.01", False),
        ("32.1", True),  # the corners of the plot lie 32.016 m apart
        ("99", True),
        ("20", False),
        ("15.6", False),
        ("15.5", True),  # 500 m² over 32.016 m are 15.617 m
        ("2", True),
    ],
)
def test_an_average_that_no_plot_of_that_size_can_have_is_told(key: str, metres: str, is_told: bool) -> None:
    assert bool(told(f"{key}={metres}")) is is_told
