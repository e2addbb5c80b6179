"""Rooms and stairs of a model are judged by their height as it was modelled: ceilings, and risers from floor to floor."""

from datetime import date

import pytest

from rules.checking import check
from rules.findings import Finding, Outcome
from rules.plans.colours import UNTOLD_ROOM
from rules.plans.ifc import measure_ifc
from rules.plans.ifc_rooms import rises_of
from rules.plans.problems import Fault
from rules.plans.roles import Role
from rules.reading import library
from tests.rules.plan_builders import a_site
from tests.rules.plans.ifc_builders import Model, a_house_model, box
from tests.rules.plans.test_ifc_flights import steps, straight

FLOORS = (0.45, 5.25)


def modelled(model: Model) -> None:
    """Shops with rooms of several heights, and stairs of equal and of unequal risers; the last one ends in the air."""
    model.building.ObjectType = "F"
    ground = model.storey(0.45)
    for number, height in enumerate((4.0, 3.999, 2.1, 2.099)):
        left = 5.5 + 2 * number
        model.part("IfcSpace", box(left, 5, left + 1.5, 6), 0.45, 0.45 + height, on=ground)
    for number, (rise, count) in enumerate(((0.15, 31), (0.16, 29), (0.15, 10))):
        stair = model.make("IfcStair")
        stair.ObjectPlacement = model._placement(model.site, 0.0)
        model.make("IfcRelContainedInSpatialStructure", RelatingStructure=ground, RelatedElements=[stair])
        treads = straight(0.3, 1.0, x=5.5 + 3 * number, count=count)
        model._within("IfcRelAggregates", stair, [steps(model, stair, treads, rise)])


@pytest.fixture(scope="module")
def findings() -> tuple[Finding, ...]:
    """What the rules say of the model, on a day of the book of 2025."""
    content = a_house_model(
        levels=FLOORS, top=10.0, house=box(5, 4, 15, 16), also=lambda model: modelled(model)
    )
    return check(content, a_site({}, plot=[20, 25]), library(), on=date(2026, 1, 1)).report.findings


def told(findings: tuple[Finding, ...], rule: str, subject: str) -> list[tuple[Outcome, str]]:
    """Outcome and measure of the findings of a rule about something."""
    return sorted(
        (each.outcome, f"{each.measured.amount:.3f}" if each.measured else "")
        for each in findings
        if each.rule == rule and subject in each.subject
    )


def test_a_room_passes_as_a_hall_fails_as_a_lavatory_and_is_open_between(
    findings: tuple[Finding, ...],
) -> None:
    assert told(findings, "room_height", UNTOLD_ROOM) == [
        (Outcome.FAIL, "2.099"),
        (Outcome.PASS, "4.000"),
        (Outcome.UNKNOWN, "2.100"),
        (Outcome.UNKNOWN, "3.999"),
    ]


def test_the_greatest_riser_from_floor_to_floor_is_judged_and_a_missing_one_leaves_it_open(
    findings: tuple[Finding, ...],
) -> None:
    assert [told(findings, "stairs", f"stair {number}, riser") for number in (1, 2, 3)] == [
        [(Outcome.PASS, "0.150")],
        [(Outcome.FAIL, "0.160")],
        [(Outcome.UNKNOWN, "0.150")],
    ]


@pytest.mark.parametrize(
    ("flights", "landings", "floors", "greatest", "is_whole"),
    [
        ([(0.15, 0.30)], [], [0.0, 0.45], 0.15, True),
        ([(0.15, 0.30)], [], [0.0, 0.50], 0.20, True),  # the last step up to the floor
        ([(0.20, 0.35)], [], [0.0, 0.50], 0.20, True),  # the first one
        ([(0.0, 0.15, 0.30)], [], [0.0, 0.45], 0.15, True),  # a tread that lies on its floor
        ([(0.15, 0.30)], [], [0.0], 0.15, False),
        ([(0.15, 0.30)], [], [0.0, 2.0], 0.15, False),  # it does not lead to the floor above
        ([(0.15,), (0.45,)], [0.30], [0.0, 0.60], 0.15, True),
        ([(0.15,), (0.45,)], [], [0.0, 0.60], 0.15, False),  # the landing is missing: no riser of 0.30
        ([(0.15, 0.50)], [], [0.0, 0.65], 0.35, True),
    ],
)
def test_risers_are_counted_over_treads_landings_and_floors(
    flights: list[tuple[float, ...]],
    landings: list[float],
    floors: list[float],
    greatest: float,
    is_whole: bool,
) -> None:
    rises, whole = rises_of(flights, landings, floors)
    assert (round(max(rises), 3), whole) == (greatest, is_whole)


def test_a_stair_whose_treads_tell_no_level_tells_no_riser() -> None:
    assert rises_of([(0.15, 0.30), ()], [], [0.0, 0.45]) == ((), False)


def test_parking_is_told_by_its_type_outer_space_is_no_room_and_a_sloping_ceiling_is_told() -> None:
    def also(model: Model) -> None:
        ground = model.storey(0.45)
        model.part("IfcSpace", box(6, 5, 8, 7), 0.45, 2.65, on=ground, PredefinedType="PARKING")
        model.part("IfcSpace", box(9, 5, 11, 7), 0.45, 2.65, on=ground, PredefinedType="EXTERNAL")
        attic = model.part("IfcSpace", box(12, 5, 14, 7), 0.45, 3.0, on=ground)
        low = [(12, 5, 0.45), (14, 5, 0.45), (14, 7, 0.45), (12, 7, 0.45)]
        high = [(12, 5, 2.0), (14, 5, 3.0), (14, 7, 3.0), (12, 7, 2.0)]
        faces = [(3, 2, 1, 0), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)]
        model.solid(attic, [*low, *high], faces)

    drawing = measure_ifc(a_house_model(also=also))
    (height,) = drawing.lengths_of(Role.ROOM_HEIGHT)
    assert (height.colour, round(height.metres, 3), height.floor) == (4, 2.2, 0)
    assert [each.message for each in drawing.problems if each.fault is Fault.MISSING] == [
        "The floor or the ceiling of a space does not lie level, so the height of the room was not measured."
    ]
