"""Layouts and subdivisions: every limit of rule 31 from both sides."""

from datetime import date
from typing import Any

import pytest
import shapely
from shapely import LineString

from gis.site import LocalBody
from rules.book import Book, Force, NotEncoded
from rules.findings import Outcome
from rules.reading import library
from rules.reckoning.layout import (
    Kind,
    Layout,
    LayoutPlot,
    LayoutStreet,
    Splay,
    average_width,
    layout_findings,
)
from rules.reckoning.layout_approval import approver, yard_to_street
from tests.rules.plan_builders import DAY

PASS, FAIL, UNKNOWN, NOT = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE


def a_book(on: date = DAY, body: str = "municipality") -> Book:
    return library().on(on, LocalBody(body))


def a_plot(width: float, depth: float, *, number: str = "1", is_row: bool = False) -> LayoutPlot:
    return LayoutPlot(
        number=number,
        shape=shapely.box(0, 0, width, depth),
        frontage=LineString([(0, 0), (width, 0)]),
        is_row=is_row,
    )


def a_layout(**words: Any) -> Layout:
    said = {"kind": Kind.RESIDENTIAL, "area": 1000.0, "plots": (a_plot(10, 20),), "streets": (), **words}
    return Layout(**said)


def outcome(layout: Layout, subject: str, on: date = DAY) -> Outcome:
    found = [each for each in layout_findings(layout, a_book(on)) if each.subject == subject]
    assert len(found) == 1, [each.subject for each in layout_findings(layout, a_book(on))]
    return found[0].outcome


@pytest.mark.parametrize(
    ("kind", "width", "depth", "subject", "expected"),
    [
        (Kind.RESIDENTIAL, 10, 12.5, "plot 1, area", PASS), (Kind.RESIDENTIAL, 10, 12.49, "plot 1, area", FAIL),
        (Kind.RESIDENTIAL, 6, 30, "plot 1, width", PASS), (Kind.RESIDENTIAL, 5.999, 30, "plot 1, width", FAIL),
        (Kind.RESIDENTIAL, 4, 40, "plot 1, frontage", PASS), (Kind.RESIDENTIAL, 3.999, 40, "plot 1, frontage", FAIL),
        (Kind.COMMERCIAL, 6, 10, "plot 1, area", PASS), (Kind.COMMERCIAL, 6, 9.99, "plot 1, area", FAIL),
        (Kind.COMMERCIAL, 6, 20, "plot 1, frontage", PASS), (Kind.COMMERCIAL, 5.999, 20, "plot 1, frontage", FAIL),
        (Kind.INDUSTRIAL, 16, 20, "plot 1, area", PASS), (Kind.INDUSTRIAL, 16, 19.99, "plot 1, area", FAIL),
        (Kind.INDUSTRIAL, 15, 30, "plot 1, width", PASS), (Kind.INDUSTRIAL, 14.999, 30, "plot 1, width", FAIL),
    ],
)  # fmt: skip
def test_a_new_plot_is_large_and_wide_enough(
    kind: Kind, width: float, depth: float, subject: str, expected: Outcome
) -> None:
    assert outcome(a_layout(kind=kind, plots=(a_plot(width, depth),)), subject) is expected


@pytest.mark.parametrize(("width", "expected"), [(4.5, PASS), (4.499, FAIL)])
def test_a_row_house_needs_a_narrower_plot(width: float, expected: Outcome) -> None:
    assert outcome(a_layout(plots=(a_plot(width, 40, is_row=True),)), "plot 1, width") is expected


@pytest.mark.parametrize(
    ("on", "depth", "expected"),
    [
        (date(2025, 3, 18), 25, PASS), (date(2025, 3, 18), 24.99, FAIL), (date(2025, 3, 19), 25, UNKNOWN),
        (date(2025, 10, 28), 25, UNKNOWN), (date(2025, 10, 29), 20, PASS),
    ],
)  # fmt: skip
def test_an_industrial_plot_was_larger_before(on: date, depth: float, expected: Outcome) -> None:
    layout = a_layout(kind=Kind.INDUSTRIAL, plots=(a_plot(16, depth),))
    found = {each.subject: each.outcome for each in layout_findings(layout, a_book(on))}
    assert found.get("plot 1, area", found.get("plot 1")) is expected


def test_the_average_width_of_a_wedge_is_its_area_over_its_depth() -> None:
    wedge = LayoutPlot(
        number="1",
        shape=shapely.Polygon([(0, 0), (8, 0), (4, 20), (0, 20)]),
        frontage=LineString([(0, 0), (8, 0)]),
    )
    found = average_width(wedge)
    assert found is not None
    assert float(found.amount) == pytest.approx(6.0)


def test_a_plot_without_a_frontage_has_no_width_that_can_be_told() -> None:
    plot = LayoutPlot(number="1", shape=shapely.box(0, 0, 10, 20), frontage=None)
    assert outcome(a_layout(plots=(plot,)), "plot 1, width") is UNKNOWN
    assert outcome(a_layout(plots=(plot,)), "plot 1, frontage") is UNKNOWN


def a_street(width: float | None, **words: Any) -> tuple[LayoutStreet]:
    return (LayoutStreet(ref="a", width=width, **words),)


@pytest.mark.parametrize(
    ("kind", "on", "width", "expected"),
    [
        (Kind.RESIDENTIAL, DAY, 7, PASS), (Kind.RESIDENTIAL, DAY, 6.999, FAIL), (Kind.RESIDENTIAL, DAY, None, UNKNOWN),
        (Kind.COMMERCIAL, DAY, 8, PASS), (Kind.COMMERCIAL, DAY, 7.999, FAIL),
        (Kind.INDUSTRIAL, DAY, 8, PASS), (Kind.INDUSTRIAL, DAY, 7.999, FAIL),
        (Kind.COMMERCIAL, date(2025, 3, 18), 10, PASS), (Kind.COMMERCIAL, date(2025, 3, 18), 9.999, FAIL),
        (Kind.INDUSTRIAL, date(2025, 3, 18), 9.999, FAIL), (Kind.INDUSTRIAL, date(2025, 10, 28), 20, UNKNOWN),
        (Kind.RESIDENTIAL, date(2019, 11, 7), 20, UNKNOWN),
    ],
)  # fmt: skip
def test_a_new_street_is_wide_enough(kind: Kind, on: date, width: float | None, expected: Outcome) -> None:
    assert outcome(a_layout(kind=kind, plots=(), streets=a_street(width)), "street a", on) is expected


@pytest.mark.parametrize(
    ("kind", "length", "width", "expected"),
    [
        (Kind.RESIDENTIAL, 75, 3, PASS), (Kind.RESIDENTIAL, 75, 2.999, FAIL), (Kind.RESIDENTIAL, 75.001, 4.999, FAIL),
        (Kind.RESIDENTIAL, 75.001, 5, PASS), (Kind.RESIDENTIAL, 250, 5, PASS), (Kind.RESIDENTIAL, 250.001, 9, UNKNOWN),
        (Kind.RESIDENTIAL, None, 9, UNKNOWN), (Kind.COMMERCIAL, 150, 7, PASS), (Kind.COMMERCIAL, 150, 6.999, FAIL),
        (Kind.COMMERCIAL, 150.001, 9, UNKNOWN), (Kind.INDUSTRIAL, 50, 9, UNKNOWN),
    ],
)  # fmt: skip
def test_a_cul_de_sac_goes_by_its_length(
    kind: Kind, length: float | None, width: float, expected: Outcome
) -> None:
    turning = shapely.box(0, 0, 9, 9)
    streets = a_street(width, length=length, is_cul_de_sac=True, turning=turning)
    assert outcome(a_layout(kind=kind, plots=(), streets=streets), "street a") is expected


@pytest.mark.parametrize(
    ("box", "area", "side"), [((9, 9), PASS, PASS), ((8.999, 9.5), PASS, FAIL), ((9, 8.99), FAIL, FAIL)]
)
def test_a_turning_place_has_area_and_side(box: tuple[float, float], area: Outcome, side: Outcome) -> None:
    layout = a_layout(streets=a_street(3, length=50, is_cul_de_sac=True, turning=shapely.box(0, 0, *box)))
    assert outcome(layout, "turning place of street a, area") is area
    assert outcome(layout, "turning place of street a, side") is side


def test_a_turning_place_that_nobody_drew_is_unknown() -> None:
    layout = a_layout(streets=a_street(3, length=50, is_cul_de_sac=True))
    assert outcome(layout, "turning place of street a, area") is UNKNOWN


def test_a_turning_place_before_october_2025_was_not_read() -> None:
    layout = a_layout(streets=a_street(3, length=50, is_cul_de_sac=True, turning=shapely.box(0, 0, 9, 9)))
    assert outcome(layout, "turning place of street a", date(2025, 10, 28)) is UNKNOWN


ELEVEN = tuple(a_plot(10, 20, number=str(n)) for n in range(11))


@pytest.mark.parametrize(
    ("plots", "area", "expected"),
    [(ELEVEN, 5000.0, PASS), (ELEVEN, 4999.9, NOT), (ELEVEN[:10], 9000.0, NOT), (ELEVEN, 5000.1, FAIL)],
)
def test_open_space_is_asked_of_many_plots_on_much_land(
    plots: tuple[LayoutPlot, ...], area: float, expected: Outcome
) -> None:
    layout = a_layout(plots=plots, area=area, open_spaces=(shapely.box(0, 0, 20, 25),))
    subject = "open space" if expected is NOT else "open space, in all"
    assert outcome(layout, subject) is expected


@pytest.mark.parametrize(
    ("box", "area", "width"), [((6, 34), PASS, PASS), ((5.999, 34), PASS, FAIL), ((10, 19.99), FAIL, PASS)]
)
def test_each_open_space_has_area_and_width(box: tuple[float, float], area: Outcome, width: Outcome) -> None:
    layout = a_layout(plots=ELEVEN, area=5000.0, open_spaces=(shapely.box(0, 0, *box),))
    assert outcome(layout, "open space 1, area") is area
    assert outcome(layout, "open space 1, width") is width


@pytest.mark.parametrize(
    ("road", "side", "expected"),
    [(10, 4, PASS), (10, 3.999, FAIL), (10.001, 10, PASS), (10.001, 9.999, FAIL)],
)
def test_a_splay_goes_by_the_width_of_the_road(road: float, side: float, expected: Outcome) -> None:
    assert outcome(a_layout(splays=(Splay(ref="s", road_width=road, side=side),)), "splay s") is expected


@pytest.mark.parametrize(
    ("area", "kept", "expected"),
    [
        (19_999.0, None, NOT), (20_000.0, False, UNKNOWN), (20_001.0, False, FAIL), (20_001.0, None, UNKNOWN),
        (20_001.0, True, PASS),
    ],
)  # fmt: skip
def test_a_large_layout_keeps_a_site_for_a_transformer(
    area: float, kept: bool | None, expected: Outcome
) -> None:
    assert outcome(a_layout(area=area, has_transformer_site=kept), "transformer") is expected


@pytest.mark.parametrize("access", [None, 1.0, 10.0])
def test_the_access_of_a_layout_only_advises(access: float | None) -> None:
    assert outcome(a_layout(access=access), "access") is UNKNOWN


def test_in_a_panchayat_nothing_of_layouts_was_read() -> None:
    found = layout_findings(a_layout(), a_book(body="panchayat"))
    assert {each.outcome for each in found} == {UNKNOWN}


@pytest.mark.parametrize(
    ("kind", "plots", "area", "who"),
    [
        (Kind.RESIDENTIAL, 9, 4999.0, "nobody"), (Kind.RESIDENTIAL, 10, 4999.0, None), (Kind.RESIDENTIAL, 11, 4999.0, "the Secretary"),
        (Kind.RESIDENTIAL, 20, 4999.0, "the Secretary"), (Kind.RESIDENTIAL, 21, 4999.0, "the District Town Planner"),
        (Kind.RESIDENTIAL, 2, 5000.0, None), (Kind.RESIDENTIAL, 2, 5001.0, "the District Town Planner"),
        (Kind.COMMERCIAL, 5, 100.0, None), (Kind.COMMERCIAL, 6, 100.0, "the town planner"),
        (Kind.INDUSTRIAL, 5, 100.0, None), (Kind.INDUSTRIAL, 6, 100.0, "the town planner"),
    ],
)  # fmt: skip
def test_who_approves_goes_by_plots_and_land(kind: Kind, plots: int, area: float, who: str | None) -> None:
    layout = a_layout(kind=kind, area=area, plots=tuple(a_plot(10, 20, number=str(n)) for n in range(plots)))
    found = approver(layout, a_book())
    assert found.who == who
    assert found.force is (Force.ADVISORY if kind is Kind.RESIDENTIAL else Force.BINDING)


def test_a_street_inside_a_layout_has_a_yard_of_its_own() -> None:
    assert yard_to_street(a_layout(kind=Kind.COMMERCIAL), a_book()).amount == 3
    inside = yard_to_street(a_layout(plots=ELEVEN), a_book())
    assert (int(inside.amount), inside.force) == (2, Force.ADVISORY)
    with pytest.raises(NotEncoded):
        yard_to_street(a_layout(plots=ELEVEN[:10]), a_book())
