"""The front of a plot is the side of the main entrance, else the only street, else unknown with its candidates."""

import pytest

from rules.proposal import Answers, Position
from tests.rules.plan_builders import a_plan, a_site


def sides(
    words: dict[str, object], roads: list[dict[str, object]]
) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]:
    """The front of a plan on a plot with these roads, and the candidates."""
    plan = a_plan(words, site=a_site({"roads": roads}))
    return plan.front.sides, plan.front.candidates


def test_the_only_street_is_in_front() -> None:
    assert sides({}, [{"side": 3}]) == ((3,), ())


def test_the_entrance_tells_before_the_street() -> None:
    assert sides({"entrances": [[5, 10]]}, [{"side": 1}]) == ((4,), ())


def test_of_two_streets_none_is_picked_in_silence() -> None:
    assert sides({}, [{"side": 1}, {"side": 2}]) == ((), ((1,), (2,)))
    assert sides({"entrances": [[15, 10]]}, [{"side": 1}, {"side": 2}]) == ((2,), ())


def test_entrances_to_different_sides_leave_the_front_open() -> None:
    assert sides({"entrances": [[5, 10], [15, 10]]}, [{"side": 1}]) == ((), ((2,), (4,)))


def test_without_a_street_the_front_is_unknown() -> None:
    assert sides({}, []) == ((), ())


def test_a_plan_that_is_not_on_its_parcel_knows_no_street() -> None:
    assert sides({"placed": False}, [{"side": 1}]) == ((), ())
    assert sides({"placed": False, "entrances": [[10, 4]]}, [{"side": 1}]) == ((1,), ())


def test_a_street_on_opposite_sides_leaves_the_front_open() -> None:
    found, candidates = sides({}, [{"side": 1, "ref": "r"}, {"side": 3, "ref": "r"}])
    assert found == ()
    assert candidates == ((1,), (3,))


def test_without_a_plot_there_are_no_sides() -> None:
    assert sides({"plot": None}, [{"side": 1}]) == ((), ())


@pytest.mark.parametrize(
    ("road", "left", "right"),
    [(1, 2, 4), (2, 3, 1), (3, 4, 2), (4, 1, 3)],
)
def test_left_and_right_are_seen_from_the_building_towards_the_front(
    road: int, left: int, right: int
) -> None:
    plan = a_plan({}, site=a_site({"roads": [{"side": road}]}))
    there = {each.position: each.sides for each in plan.yards}
    rear = (road + 1) % 4 + 1
    assert there == {
        Position.FRONT: (road,),
        Position.REAR: (rear,),
        Position.LEFT: (left,),
        Position.RIGHT: (right,),
    }


def test_an_override_keeps_its_reason() -> None:
    from rules.proposal import Override
    from rules.proposing import propose
    from tests.rules.plan_builders import Laid

    site = a_site({"roads": [{"side": 1}, {"side": 2}]})
    drawing = a_plan({}, site=site).drawing
    answers = Answers(front=Override(choice="2", reason="The gate will be there."))
    front = propose(drawing, site, answers, Laid()).front  # type: ignore[arg-type]
    assert front.sides == (2,)
    assert "The gate will be there." in front.basis
