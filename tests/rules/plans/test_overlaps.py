"""Blocks that take the same ground are told at every level, with both layers and both handles; neighbours that only touch are not."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from rules.plans import overlaps
from rules.plans.measure import measure
from rules.plans.problems import Fault, Problem
from tests.rules.plans.builders import (
    HOUSE,
    INFO,
    Corners,
    a_drawing,
    a_small_house,
    moved,
    outline,
)

BESIDE = ((15, 4), (19, 4), (19, 16), (15, 16))
"""A block that stands wall on wall with the house."""
OVER = ((14, 4), (19, 4), (19, 16), (14, 16))
"""The same, reaching a metre into the house: 12 m² of the ground of both."""
UNDER_A_SLIVER = ((14.9995, 4), (19, 4), (19, 16), (14.9995, 16))


def told(content: bytes) -> list[Problem]:
    """What is said of overlaps."""
    return [each for each in measure(content).problems if each.fault is Fault.OVERLAP]


def drawn(**layers: Corners) -> Callable[[Any, Any], None]:
    """Closed outlines on layers."""

    def also(_document: Any, space: Any) -> None:
        for layer, corners in layers.items():
            outline(space, layer, corners, colour=25)

    return also


@pytest.mark.parametrize(
    ("ground", "above", "levels"),
    [
        (OVER, OVER, [0, 1]),
        (BESIDE, OVER, [1]),
        (OVER, BESIDE, [0]),
        (BESIDE, BESIDE, []),
        (UNDER_A_SLIVER, BESIDE, []),
    ],
)
def test_two_small_houses_are_compared_floor_by_floor(
    ground: Corners, above: Corners, levels: list[int]
) -> None:
    found = told(a_small_house(also=drawn(BUILDING_2_FLOOR_0=ground, BUILDING_2_FLOOR_1=above)))
    assert [each.message for each in found] == [
        f"Blocks 1 and 2 overlap by 12.000 m² (level {level}; layers FLOOR_{level} and BUILDING_2_FLOOR_{level})."
        for level in levels
    ]
    assert all(len(each.handles) == 2 and each.remedy for each in found)


def test_a_second_outline_of_a_floor_is_compared_too() -> None:
    apart = ((16, 18), (19, 18), (19, 20), (16, 20))

    def also(_document: Any, space: Any) -> None:
        outline(space, "FLOOR_0", apart, colour=25)
        outline(space, "BUILDING_2_FLOOR_0", moved(apart, 1), colour=25)

    assert [each.message.partition(" (")[0] for each in told(a_small_house(also=also))] == [
        "Blocks 1 and 2 overlap by 4.000 m²"
    ]


@pytest.mark.parametrize(("above", "is_told"), [(OVER, True), (BESIDE, False)])
def test_footprints_of_the_convention_are_compared_above_the_lowest_level(
    above: Corners, is_told: bool
) -> None:
    layers = {
        "BLK_1_LVL_1_BLDG_FOOT_PRINT": HOUSE,
        "BLK_2_LVL_0_BLDG_FOOT_PRINT": BESIDE,
        "BLK_2_LVL_1_BLDG_FOOT_PRINT": above,
    }
    found = told(a_drawing(also=drawn(**layers)))
    assert [each.message for each in found] == (
        [
            "Blocks 1 and 2 overlap by 12.000 m² (level 1; layers BLK_1_LVL_1_BLDG_FOOT_PRINT and BLK_2_LVL_1_BLDG_FOOT_PRINT)."
        ]
        if is_told
        else []
    )


@pytest.mark.parametrize(("floors", "is_told"), [((HOUSE, HOUSE), True), ((HOUSE,), False)])
def test_a_footprint_holds_for_the_floors_drawn_over_it(floors: Sequence[Corners], is_told: bool) -> None:
    # The house has one footprint; block 2 reaches over it from level 1 on, which the house has only with a second floor.
    layers = {"BLK_2_LVL_0_BLDG_FOOT_PRINT": BESIDE, "BLK_2_LVL_1_BLDG_FOOT_PRINT": OVER}
    found = told(a_drawing(floors=floors, also=drawn(**layers)))
    assert [each.message.partition("; ")[0] for each in found] == (
        ["Blocks 1 and 2 overlap by 12.000 m² (level 0 and level 1"] if is_told else []
    )
    assert not is_told or found[0].layer == "BLK_1_LVL_0_BLDG_FOOT_PRINT"


def test_basements_are_compared_with_basements_only() -> None:
    below = drawn(**{"FLOOR_-1": HOUSE, "BUILDING_2_FLOOR_-1": OVER, "BUILDING_2_FLOOR_0": BESIDE})
    (found,) = told(a_small_house(also=below))
    assert "(basement 1; layers FLOOR_-1 and BUILDING_2_FLOOR_-1)" in found.message


def test_blocks_whose_lowest_levels_have_other_numbers_are_still_compared() -> None:
    (found,) = told(a_drawing(info=INFO, floors=(HOUSE,), also=drawn(BLK_2_LVL_3_BLDG_FOOT_PRINT=OVER)))
    assert "(level 0 and level 3; layers" in found.message


def test_beyond_a_stated_number_of_pairs_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    many = drawn(**{f"BUILDING_{number}_FLOOR_0": HOUSE for number in range(2, 5)})
    monkeypatch.setattr(overlaps, "MOST_PAIRS", 6)  # four houses on one spot are six pairs
    assert len(told(a_small_house(floors=(HOUSE,), also=many))) == 6
    monkeypatch.setattr(overlaps, "MOST_PAIRS", 5)
    found = told(a_small_house(floors=(HOUSE,), also=many))
    assert [each.message[:31] for each in found if "more" in each.message] == [
        "1 more pairs of blocks meet or "
    ]
    assert all(each.handles and each.layer for each in found)
