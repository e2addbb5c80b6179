"""The yards of the public drawings come out as their manifest has them, each distance in one yard only."""

from decimal import Decimal
from pathlib import Path

import pytest

from rules.plans.measure import measure
from rules.proposal import Answers, OpenSpace, Override, Position
from rules.proposing import propose
from tests.rules.plan_builders import a_site

DRAWINGS = Path(__file__).resolve().parents[2].parent / "shared" / "plans" / "kerala"
pytestmark = pytest.mark.skipif(not DRAWINGS.is_dir(), reason="the drawings are not beside this checkout")


def yards(name: str, front: int) -> dict[Position, OpenSpace]:
    """The yards of the ground level, with this side chosen as the front."""
    drawing = measure((DRAWINGS / f"{name}.dxf").read_bytes())
    assert drawing.plot
    site = a_site({}, plot=[list(point) for point in drawing.plot.outline.shape.exterior.coords[:-1]])
    plan = propose(drawing, site, Answers(front=Override(choice=str(front), reason="the road")))
    return {each.position: each for each in plan.yards if not each.is_basement}


F, B, L, R = Position.FRONT, Position.REAR, Position.LEFT, Position.RIGHT


@pytest.mark.parametrize(
    ("name", "front", "least"),
    [
        ("house-on-lane-202m2", 4, {F: 3.248, B: 1.204, L: 1.000, R: 2.659}),
        ("apartments-17m", 4, {B: 2.500, L: 5.000, R: 2.500}),
        ("flats-three-storeys", 5, {B: 2.002, L: 1.006, R: 1.195}),
        ("shop-on-small-plot", 5, {B: 0.500, L: 0.494, R: 0.600}),
    ],
)
def test_the_least_distances_are_those_of_the_manifest(
    name: str, front: int, least: dict[Position, float]
) -> None:
    found = yards(name, front)
    for where, metres in least.items():
        space = found[where].least
        assert space is not None
        assert float(space.amount) == pytest.approx(metres, abs=0.0006), where


def test_a_drawn_yard_that_says_something_else_is_told_beside_ours() -> None:
    front = yards("apartments-17m", 4)[F].least
    assert front is not None
    assert round(front.amount, 3) == Decimal("5.143")
    assert any("drawn front yard is 5.183 m" in step for step in front.steps)


def test_an_average_below_the_least_distance_says_why() -> None:
    front = yards("shop-on-small-plot", 5)[F]
    assert front.least
    assert front.average
    assert front.average.amount < front.least.amount
    assert any("outline of the drawn yard" in step for step in front.average.steps)


def test_a_jog_counts_to_the_yard_with_which_it_is_drawn() -> None:
    found = yards("shop-on-small-plot", 5)
    assert found[B].sides == (1,)
    assert found[L].sides == (2, 3, 4)
