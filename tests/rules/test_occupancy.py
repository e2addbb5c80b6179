"""The colours of a drawing become groups of rule 25, small uses move, and incidental ones join the main use."""

from datetime import date
from typing import Any

import pytest

from gis.site import LocalBody
from rules.book import Book, NotEncoded
from rules.plans.colours import OCCUPANCY_COLOURS
from rules.reading import library
from rules.reckoning.occupancy import PARTS, joined, main_use, uses
from rules.table import Axis
from tests.rules.plan_builders import a_plan


def book(on: date = date(2026, 1, 1), body: LocalBody = LocalBody.MUNICIPALITY) -> Book:
    return library().on(on, body)


def plan(floors: dict[str, Any], **words: Any) -> Any:
    """A building of one floor with these areas by code."""
    return a_plan({"buildings": [{"floors": {0: floors}}], **words})


def groups(floors: dict[str, Any], law: Book | None = None, **words: Any) -> dict[str, float]:
    """The floor area of each group."""
    found = uses(plan(floors, **words), law or book())
    return {use.part: round(float(use.floor_area.amount), 2) for use in found if use.floor_area}


@pytest.mark.parametrize(
    ("floors", "expected"),
    [
        ({"A1": 100}, {"A1": 100}),
        ({"A4": 100, "A5": 20}, {"A1": 120}),
        ({"B1": 200}, {"A1": 200}),
        ({"B1": 200.01}, {"B_school": 200.01}),
        ({"C1": 200}, {"F": 200}),
        ({"C1": 200.01}, {"C": 200.01}),
        ({"D3": 200}, {"F": 200}),
        ({"D3": 200.01}, {"D_halls": 200.01}),
        ({"D1": 250}, {"D_worship": 250}),
        ({"E": 200}, {"F": 200}),
        ({"E": 200.01}, {"E": 200.01}),
        ({"G1": 1000}, {"G1": 1000}),
        ({"G1": 1000.01}, {"G2": 1000.01}),
        ({"C1": 100, "F": 50}, {"F": 150}),
    ],
)
def test_a_use_has_the_group_that_its_area_gives_it(
    floors: dict[str, Any], expected: dict[str, float]
) -> None:
    assert groups(floors) == expected


def test_a_code_of_no_one_group_is_named_by_a_person() -> None:
    with pytest.raises(NotEncoded, match="G4"):
        groups({"G4": 100})
    assert groups({"G4": 100}, groups={"G4": "G2"}) == {"G2": 100}


def test_an_area_without_a_colour_or_a_measure_leaves_the_groups_open() -> None:
    with pytest.raises(NotEncoded, match="no occupancy"):
        groups({"X9": 100})
    with pytest.raises(NotEncoded, match="could not be measured"):
        groups({"C1": [None, 0]})
    with pytest.raises(NotEncoded, match="no floor area"):
        uses(a_plan({"buildings": []}), book())


def test_a_panchayat_has_no_groups_of_its_own_in_the_book() -> None:
    with pytest.raises(NotEncoded):
        groups({"C1": 100}, book(body=LocalBody.PANCHAYAT))


@pytest.mark.parametrize(("shop", "count"), [(200, 1), (200.1, 2)])
def test_an_incidental_use_joins_up_to_a_fifth_of_the_whole(shop: float, count: int) -> None:
    found = joined(plan({"A1": 800, "F": shop}), book())
    assert len(found) == count
    assert main_use(plan({"A1": 800, "F": shop}), book()).group == "A1"


def test_every_part_is_a_row_of_the_books_tables() -> None:
    axis: Axis = next(
        axis for card in library().cards.values() for axis in card.axes if axis.name == "occupancy"
    )
    assert set(PARTS.values()) <= set(axis.words)
    assert set(PARTS) | {"G4"} == set(OCCUPANCY_COLOURS.values())
