"""A drawing to begin with is measured without a fault, and lies on its parcel where it was taken from."""

from datetime import date

import pytest
from shapely import MultiPolygon, box

from gis.errors import Invalid
from rules.checking import check
from rules.plans.measure import measure
from rules.plans.starter import starter
from rules.reading import library
from tests.rules.plan_builders import a_site

L_SHAPED = [[0, 0], [30, 0], [30, 10], [12, 10], [12, 28], [0, 28]]


@pytest.mark.parametrize("plot", [[20, 25], L_SHAPED, [[0, 0], [18, -4], [25, 14], [3, 20]]])
def test_a_starter_is_measured_without_a_fault_and_lies_on_its_parcel(plot: list[object]) -> None:
    site = a_site({}, plot=plot)
    content = starter(site, set_back=2.0)
    asked = check(content, site, library(), on=date(2026, 1, 1))
    assert asked.drawing.problems == ()
    assert asked.proposal.is_placed
    assert asked.proposal.placement is not None
    assert asked.proposal.placement.greatest_residual < 0.001
    (building,) = asked.proposal.buildings
    assert building.outline is not None
    assert building.outline.distance(site.boundary.exterior) >= 2.0 - 0.01


def test_the_example_keeps_away_from_the_boundary_and_says_what_it_is() -> None:
    content = starter(a_site({}), set_back=3.0, height=7.5)
    (block,) = measure(content).blocks
    assert block.height.measured is not None
    assert block.height.measured.value == pytest.approx(7.5)
    assert [floor.number for floor in block.floors] == [0, 1]
    assert b"NOT A DESIGN" in content


def test_without_an_example_only_the_plot_is_drawn() -> None:
    drawing = measure(starter(a_site({})))
    assert drawing.plot is not None
    assert drawing.blocks == ()


def test_the_same_site_gives_the_same_file() -> None:
    assert starter(a_site({}), set_back=3.0) == starter(a_site({}), set_back=3.0)


@pytest.mark.parametrize(("set_back", "is_room"), [(9.9, True), (10.1, False)])
def test_a_plot_that_leaves_no_room_says_so(set_back: float, is_room: bool) -> None:
    site = a_site({}, plot=[20, 25])
    if is_room:
        assert starter(site, set_back=set_back)
        return
    with pytest.raises(Invalid, match="smaller set-back"):
        starter(site, set_back=set_back)


def test_a_plot_in_two_parts_has_no_starter() -> None:
    from dataclasses import replace

    site = replace(a_site({}), boundary=MultiPolygon([box(0, 0, 5, 5), box(9, 0, 15, 5)]))
    with pytest.raises(Invalid, match="2 parts"):
        starter(site)


def test_the_starter_declares_what_it_draws_whatever_the_register_says() -> None:
    site = a_site({"recorded_area": 400}, plot=[20, 25])
    drawing = measure(starter(site, set_back=3.0))
    assert drawing.problems == ()
    assert drawing.plot is not None
    assert drawing.plot.area.declared is not None
    assert drawing.plot.area.declared.number == pytest.approx(500.0)
