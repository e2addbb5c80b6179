"""Flights of stairs in a model are measured from their bodies: treads and width, never what properties say."""

from typing import Any

import numpy as np
import pytest

from rules.plans.drawing import Drawing, Source, Thing
from rules.plans.ifc import measure_ifc
from rules.plans.ifc_bodies import Body
from rules.plans.ifc_flights import Flight, flight_of
from rules.plans.roles import Role
from tests.rules.plans.ifc_builders import Model, a_house_model, box

Corners = tuple[float, float, float, float]


def steps(
    model: Model, stair: Any, boxes: list[tuple[float, float, float, float]], rise: float, low: float = 0.45
) -> Any:
    """A flight of solid steps, one for each box, each higher by a rise."""
    flight = model.make("IfcStairFlight")
    flight.ObjectPlacement = model._placement(stair, 0.0)
    items = [model._prism(box(*each), low, low + rise * number) for number, each in enumerate(boxes, start=1)]
    flight.Representation = model._shape(items, "SweptSolid", "Body")
    return flight


def house(*flights: list[tuple[float, float, float, float]], rise: float = 0.15) -> Drawing:
    """The house with one stair of so many flights."""

    def also(model: Model) -> None:
        stair = model.make("IfcStair")
        stair.ObjectPlacement = model._placement(model.storey(0.45), 0.0)
        made = [steps(model, stair, boxes, rise) for boxes in flights]
        model.make(
            "IfcRelContainedInSpatialStructure",
            RelatingStructure=model.storey(0.45),
            RelatedElements=[stair],
        )
        if made:
            model._within("IfcRelAggregates", stair, made)
        for flight in made:
            model.say(flight, "Pset_StairFlightCommon", TreadLength=0.9, NumberOfRiser=3)

    return measure_ifc(a_house_model(also=also))


def straight(
    tread: float, width: float, *, x: float = 6.0, count: int = 10
) -> list[tuple[float, float, float, float]]:
    """Steps one behind the other, away from the front."""
    return [(x, 6 + tread * n, x + width, 6 + tread * (n + 1)) for n in range(count)]


def the_flight(drawing: Drawing) -> Thing:
    (flight,) = drawing.things_of(Role.STAIR_FLIGHT)
    return flight


@pytest.mark.parametrize(("tread", "width"), [(0.25, 1.2), (0.3, 0.9)])
def test_treads_and_width_are_measured_from_the_body(tread: float, width: float) -> None:
    drawing = house(straight(tread, width))
    flight = the_flight(drawing)
    assert (flight.floor, flight.index) == (0, (1, 1))
    assert flight.steps is not None
    assert flight.steps.treads == pytest.approx([tread] * 9, abs=0.001)
    (length,) = drawing.lengths_of(Role.STAIR_FLIGHT)
    assert length.metres == pytest.approx(width, abs=0.001)
    assert length.meaning == "flight width"
    assert flight.outline.source.handles == length.source.handles


def test_the_narrowest_tread_tells_the_width() -> None:
    boxes = straight(0.3, 1.2)
    boxes[4] = (6.1, boxes[4][1], 7.1, boxes[4][3])
    (length,) = house(boxes).lengths_of(Role.STAIR_FLIGHT)
    assert length.metres == pytest.approx(1.0, abs=0.001)


def test_two_flights_of_one_stair_are_one_stair() -> None:
    drawing = house(straight(0.3, 1.0), straight(0.3, 1.0, x=7.5))
    (stair,) = drawing.things_of(Role.STAIR)
    assert (stair.floor, stair.index) == (0, (1,))
    assert [each.index for each in drawing.things_of(Role.STAIR_FLIGHT)] == [(1, 1), (1, 2)]


def test_a_flight_that_turns_has_an_outline_and_no_treads() -> None:
    boxes = [*straight(0.3, 1.0, count=4), (7.0, 6.9, 7.3, 7.9), (7.3, 6.9, 7.6, 7.9), (7.6, 6.9, 7.9, 7.9)]
    drawing = house(boxes)
    found = the_flight(drawing).steps
    assert found is not None
    assert found.turns
    assert found.treads == ()
    assert drawing.lengths_of(Role.STAIR_FLIGHT) == ()


def boards(
    going: float, depth: float, *, of: int = 10, turned: tuple[Corners, ...] = ()
) -> list[tuple[Corners, float]]:
    """Boards of a stair without risers: corners from above, and how high their upper face lies."""
    shown = [(6.0, 6 + going * n, 7.2, 6 + going * n + depth) for n in range(of)]
    return rising(*shown, *turned)


def rising(*shown: Corners) -> list[tuple[Corners, float]]:
    """Treads of 15 cm of height each."""
    return [(each, 0.15 * n) for n, each in enumerate(shown, start=1)]


def flight(parts: list[tuple[Corners, float]]) -> Flight:
    """What a body with such treads shows."""
    tops = [_top(corners, high) for corners, high in parts]
    source = Source(layer="IfcStairFlight", handles=("F",))
    found = flight_of(Body(part=None, source=source, triangles=np.concatenate(tops)))
    assert found is not None
    return found


def _top(corners: Corners, high: float) -> Any:
    """The two triangles of the upper face, turned upwards."""
    west, south, east, north = corners
    ring = [(west, south, high), (east, south, high), (east, north, high), (west, north, high)]
    return np.array([ring[:3], [ring[0], ring[2], ring[3]]])


@pytest.mark.parametrize("left", [6.0, 6.25, 6.5])
def test_a_flight_that_grows_narrower_on_one_side_is_as_wide_as_its_narrowest_tread(left: float) -> None:
    found = flight(
        rising(
            *straight(0.3, 1.2, count=6),
            *((left, 6 + 0.3 * n, left + 0.7, 6.3 + 0.3 * n) for n in range(6, 10)),
        )
    )
    assert found.width == pytest.approx(0.7)
    assert found.steps is not None
    assert found.steps.treads == pytest.approx([0.3] * 9, abs=0.001)


@pytest.mark.parametrize(("going", "depth"), [(0.3, 0.295), (0.3, 0.2), (0.25, 0.28), (0.3, 0.3)])
def test_the_going_of_boards_is_from_front_edge_to_front_edge(going: float, depth: float) -> None:
    found = flight(boards(going, depth))
    assert found.steps is not None
    assert found.steps.treads == pytest.approx([going] * 9, abs=0.001)
    assert found.width == pytest.approx(1.2)
    assert found.outline.bounds == pytest.approx((6.0, 6.0, 7.2, 6 + 9 * going + depth))


@pytest.mark.parametrize(
    "last",
    [
        ((7.2, 8.7, 7.5, 9.9), (7.5, 8.7, 7.8, 9.9)),
        ((7.3, 9.0, 8.5, 9.3),),
    ],
)
def test_boards_that_turn_or_step_aside_tell_neither_going_nor_width(last: tuple[Corners, ...]) -> None:
    found = flight(boards(0.3, 0.3, turned=last))
    assert found.width is None
    assert found.steps is not None
    assert found.steps.turns


@pytest.mark.parametrize("shape", [[(6.0, 6.0, 7.0, 8.0)], []])
def test_a_flight_without_steps_tells_no_treads(shape: list[tuple[float, float, float, float]]) -> None:
    drawing = house(shape) if shape else house()
    assert all(each.steps is None for each in drawing.things_of(Role.STAIR_FLIGHT))
    assert drawing.lengths_of(Role.STAIR_FLIGHT) == ()
