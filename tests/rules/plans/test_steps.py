"""Steps of a flight come from the lines drawn across it, and from nothing else."""

import pytest
from ezdxf.document import Drawing as Document
from ezdxf.layouts import Modelspace

from rules.plans.drawing import Drawing, Thing
from rules.plans.measure import measure
from rules.plans.problems import Fault
from rules.plans.roles import Role
from rules.plans.steps import Steps
from tests.rules.plans.builders import INFO, a_drawing, outline

FLIGHT = ((60, 5), (61.2, 5), (61.2, 8), (60, 8))
LAYER = "BLK_1_FLR_0_STAIR_1_FLIGHT_1"
Line = tuple[tuple[float, float], tuple[float, float]]


def across(y: float, west: float = 60.0, east: float = 61.2) -> Line:
    return (west, y), (east, y)


def drawn(*lines: Line, info: str = INFO, flights: int = 1) -> Drawing:
    def stair(_document: Document, space: Modelspace) -> None:
        for number in range(flights):
            outline(space, LAYER, [(x + 2.0 * number, y) for x, y in FLIGHT])
        for number, (start, end) in enumerate(lines):
            if number % 2:
                outline(space, LAYER, (start, end), close=False)
            else:
                space.add_line(start, end, dxfattribs={"layer": LAYER})

    return measure(a_drawing(info=info, also=stair))


def flight(drawing: Drawing) -> Thing:
    return drawing.things_of(Role.STAIR_FLIGHT)[0]


def steps(*lines: Line) -> Steps:
    found = flight(drawn(*lines)).steps
    assert found
    return found


STEPS = tuple(across(5.0 + 0.3 * number) for number in range(11))


def test_lines_from_end_to_end_are_treads_and_risers() -> None:
    found = steps(*STEPS)
    assert found.treads == pytest.approx([0.3] * 10)
    assert found.risers == (11, 11)
    assert found.least_tread == pytest.approx((0.3, 0.3))


def test_without_a_line_at_an_end_that_end_may_be_a_riser_or_not() -> None:
    found = steps(*STEPS[1:])
    assert found.risers == (10, 11)
    assert found.ends == pytest.approx((0.3, 0.0))


def test_a_shallow_step_at_an_open_end_counts_in_one_reading_only() -> None:
    assert steps(*(across(5.25 + 0.3 * number) for number in range(9))).least_tread == pytest.approx(
        (0.25, 0.3)
    )


def test_an_arrow_along_the_flight_is_no_step() -> None:
    assert steps(*STEPS, ((60.6, 5.0), (60.6, 8.0))).risers == (11, 11)


def test_a_line_drawn_twice_counts_once_and_one_that_ends_within_the_flight_does_not() -> None:
    assert steps(*STEPS, STEPS[3], across(6.6, 60.0, 60.7)).risers == (11, 11)


def test_a_missing_line_leaves_the_treads_and_takes_the_count() -> None:
    found = steps(*STEPS[:4], *STEPS[5:])
    assert found.risers is None
    assert found.least_tread[0] == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ((*STEPS[:5], ((60.0, 6.5), (61.2, 7.2)), ((60.0, 6.6), (61.2, 7.9))), "turn"),
        ((*STEPS, across(5.325)), "25 mm apart"),
        ((STEPS[3], STEPS[3]), "on one another"),
    ],
)
def test_lines_that_tell_no_treads_say_why(lines: tuple[Line, ...], why: str) -> None:
    found = steps(*lines)
    assert (found.treads, found.risers if found.treads else None) == ((), None)
    assert why in found.why


def test_a_flight_without_lines_has_no_steps() -> None:
    assert flight(drawn()).steps is None
    assert flight(drawn(STEPS[0])).steps is None


def test_each_flight_has_the_lines_within_it() -> None:
    there = [each.steps for each in drawn(*STEPS, flights=2).things_of(Role.STAIR_FLIGHT)]
    assert [each.risers if each else None for each in there] == [(11, 11), None]


@pytest.mark.parametrize(("said", "differs"), [("0.30", False), ("0.3", False), ("0.31", True)])
def test_declared_treads_are_held_against_the_lines(said: str, differs: bool) -> None:
    problems = drawn(*STEPS, info=f"{INFO}\\PSTAIR_TREAD_M={said}").problems
    assert [each.fault for each in problems] == ([Fault.DIFFERENCE] if differs else [])
