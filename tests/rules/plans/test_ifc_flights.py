"""Flights of stairs in a model are measured from their bodies: treads and width, never what properties say."""

from typing import Any

import pytest

from rules.plans.drawing import Drawing, Thing
from rules.plans.ifc import measure_ifc
from rules.plans.roles import Role
from tests.rules.plans.ifc_builders import Model, a_house_model, box


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
    assert the_flight(drawing).steps is None
    assert drawing.lengths_of(Role.STAIR_FLIGHT) == ()


@pytest.mark.parametrize("shape", [[(6.0, 6.0, 7.0, 8.0)], []])
def test_a_flight_without_steps_tells_no_treads(shape: list[tuple[float, float, float, float]]) -> None:
    drawing = house(shape) if shape else house()
    assert all(each.steps is None for each in drawing.things_of(Role.STAIR_FLIGHT))
    assert drawing.lengths_of(Role.STAIR_FLIGHT) == ()
