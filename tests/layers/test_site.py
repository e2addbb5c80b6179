"""A plot as the rules see it, on plots sketched for each case: what the extract knows, and what stays unknown."""

from datetime import date
from pathlib import Path

import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, box
from sqlalchemy.orm import Session

from gis.jurisdictions import Jurisdiction
from gis.parcels.model import Parcel, ParcelNotFound
from gis.site import Holding, LocalBody, Overlay, Road, RoadKind, Site, Status
from gis.site_document import site_from_json, site_to_json
from layers.extract.assemble import extract_of_parcel
from layers.extract.model import Extract
from layers.site import site_of_number
from tests.builders import KERALA, a_box, a_parcel, a_place, now, on_the_ground
from tests.layers.ground import bring_in

TOWN = box(KERALA[0] - 50_000, KERALA[1] - 50_000, KERALA[0] + 50_000, KERALA[1] + 50_000)
DAY = date(2026, 1, 1)
NOWHERE = Path("nowhere")
SOUTH_WIDE, SOUTH_REACH = 6.0, 1.0


@pytest.fixture
def place(session: Session) -> Jurisdiction:
    return a_place(session, rule_book="kmbr")


def ask(session: Session, place: Jurisdiction, number: str = "12/104", on: date = DAY) -> Site:
    """The site of a parcel; whatever it is, it must come back from its file just so."""
    site = site_of_number(session, place, number, at=now(session, place, on), rasters=NOWHERE)
    assert site_from_json(site_to_json(site)) == site
    return site


def extract(session: Session, place: Jurisdiction, plot: Parcel, on: date = DAY) -> Extract:
    return extract_of_parcel(session, place, plot, at=now(session, place, on), rasters=NOWHERE)


def overlay(site: Site, layer: str) -> Overlay:
    found = site.overlay(layer)
    assert found is not None
    return found


def street(x1: float, y1: float, x2: float, y2: float) -> LineString:
    return LineString([(KERALA[0] + x1, KERALA[1] + y1), (KERALA[0] + x2, KERALA[1] + y2)])


def south_street(session: Session, place: Jurisdiction, **told: object) -> None:
    """A street 6 m wide along the southern side of the plot of 20 m by 30 m."""
    bring_in(
        session,
        place,
        "road",
        [street(-200, -SOUTH_WIDE / 2, 200, -SOUTH_WIDE / 2)],
        labels=["Temple road"],
        widths=[SOUTH_WIDE],
        attributes=[dict(told)],
        holds="centre_line",
        accuracy=SOUTH_REACH,
        coverage=TOWN,
    )


def side(site: Site, road: Road) -> tuple[float, float, float, float]:
    """The box of a frontage, to the metre."""
    west, south, east, north = (round(value) for value in road.frontage.bounds)
    return west, south, east, north


# The plot itself


def test_the_frame_is_true_metres_from_whole_metres_near_the_plot(
    session: Session, place: Jurisdiction
) -> None:
    plot = a_parcel(session, place, x=0.4, y=0.7)
    site = ask(session, place)
    assert (site.frame.east, site.frame.north) == KERALA
    assert site.frame.metric == place.metric
    assert site.boundary.area == pytest.approx(plot.measured_area, abs=0.01)
    back = site.frame.to_grid(site.boundary)
    assert shapely.hausdorff_distance(back, plot.boundary) < 0.0001


def test_recorded_and_measured_area_stay_apart_and_the_lesser_counts(
    session: Session, place: Jurisdiction
) -> None:
    plot = a_parcel(session, place)
    site = ask(session, place)
    assert site.recorded_area == pytest.approx(607.0285, abs=0.0001)
    assert site.measured_area == round(plot.measured_area, 2)
    assert site.area == min(site.recorded_area or 0.0, site.measured_area)
    assert (site.land_type, site.rule_book, site.synthetic) == ("purayidam", "kmbr", True)


def test_a_plot_without_recorded_area_has_none(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place, recorded_area=None)
    site = ask(session, place)
    assert site.recorded_area is None
    assert site.area == site.measured_area


def test_a_number_that_no_parcel_has_is_not_found(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place)
    with pytest.raises(ParcelNotFound):
        ask(session, place, "99/1")


def test_a_plot_of_several_parts_keeps_them(session: Session, place: Jurisdiction) -> None:
    parts = MultiPolygon([a_box(), a_box(0, 60, 20, 10)])
    a_parcel(session, place, boundary=parts)
    south_street(session, place)
    site = ask(session, place)
    assert len(shapely.get_parts(site.boundary)) == 2
    (road,) = site.roads
    assert road.frontage.length == pytest.approx(20, abs=0.02)


def test_neighbours_come_with_their_boundaries_and_those_away_do_not(
    session: Session, place: Jurisdiction
) -> None:
    a_parcel(session, place)
    a_parcel(session, place, "12/105", x=20)
    a_parcel(session, place, "12/106", x=60)
    (other,) = ask(session, place).neighbours
    assert other.number == "12/105"
    assert other.boundary.bounds == pytest.approx((20, 0, 40, 30), abs=0.02)


def test_who_holds_the_land_is_unknown(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place)
    assert ask(session, place).holding == Holding()


# Themes


def test_every_theme_of_the_extract_is_there_with_its_answer(session: Session, place: Jurisdiction) -> None:
    plot = a_parcel(session, place)
    bring_in(session, place, "flood", [a_box(-100, -100, 110, 300)], coverage=TOWN)
    bring_in(session, place, "acquisition", [], coverage=None)
    found = extract(session, place, plot)
    site = ask(session, place)
    said = [(each.layer, each.status.value, each.area, each.share, each.distance) for each in site.overlays]
    assert said == [
        (each.layer, each.status.value, each.area, each.share_of_measured, each.distance)
        for each in found.themes
    ]
    assert [each.reason for each in site.overlays] == [each.reason.en for each in found.themes]
    assert len(said) > 30


def test_unknown_coverage_and_missing_data_stay_no_data(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place)
    bring_in(session, place, "flood", [a_box(5_000, 0)], coverage=None)
    site = ask(session, place)
    assert overlay(site, "flood").status is Status.NO_DATA
    assert overlay(site, "acquisition").status is Status.NO_DATA
    assert overlay(site, "acquisition").origins == ()


def test_only_a_law_that_was_read_binds(session: Session, place: Jurisdiction) -> None:
    plot = a_parcel(session, place)
    site = ask(session, place)
    binding = {
        theme.layer
        for theme in extract(session, place, plot).themes
        if theme.law.confidence == "Q" and theme.law.in_force
    }
    assert {each.layer for each in site.overlays if each.binds} == binding
    assert "acquisition" in binding
    assert "paddy_data_bank" not in binding
    assert (overlay(site, "acquisition").law, overlay(site, "acquisition").clause) == (
        "Kerala Municipality Building Rules 2019",
        "rule 11(vii)",
    )


def test_the_part_on_the_plot_is_drawn_in_the_frame(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place)
    bring_in(
        session,
        place,
        "flood",
        [a_box(-100, -100, 110, 300)],
        labels=["100 years"],
        attributes=[{"depth": 1.5, "return": "100"}],
        coverage=TOWN,
    )
    flood = overlay(ask(session, place), "flood")
    assert flood.shape is not None
    assert flood.shape.bounds == pytest.approx((0, 0, 10, 30), abs=0.02)
    assert flood.labels == ("100 years",)
    assert flood.attributes == (("depth", "1.5"), ("return", "100"))
    assert (flood.share, flood.distance) == (50.0, 0.0)


def test_labels_come_largest_part_first(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place)
    zones = [a_box(-100, -100, 105, 300), a_box(5, -100, 200, 300)]
    bring_in(session, place, "zoning", zones, labels=["A", "B"], coverage=TOWN)
    assert overlay(ask(session, place), "zoning").labels == ("B", "A")


def test_what_lies_near_is_drawn_as_far_as_the_law_looks(session: Session, place: Jurisdiction) -> None:
    """From any corner of the plot the railway is as far as it really is, though its boundary was cut into many pieces."""
    a_parcel(session, place)
    land = Polygon(
        [
            (KERALA[0] + 40 + 5 * (step % 2) if step < 200 else KERALA[0] + 60, KERALA[1] + y)
            for step, y in [*((step, step - 100) for step in range(200)), (200, 100), (201, -100)]
        ]
    )
    bring_in(session, place, "railway", [land], coverage=TOWN, vertices=8)
    site = ask(session, place)
    railway = overlay(site, "railway")
    assert (railway.status, railway.shape) == (Status.AFFECTED, None)
    assert railway.near_shape is not None
    whole = site.frame.from_grid(land)
    for corner in [Point(0, 0), Point(20, 30), Point(20, 0), Point(11, 17)]:
        assert railway.near_shape.distance(corner) == pytest.approx(whole.distance(corner), abs=0.001)
    assert railway.near_shape.area < 0.8 * whole.area


def test_attributes_that_may_name_a_holder_are_left_out(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place)
    told = {"OWNER": "somebody", "land_holder": "somebody", "survey_number": "12", "shared": "yes"}
    bring_in(session, place, "acquisition", [a_box()], attributes=[told], coverage=TOWN)
    site = ask(session, place)
    assert overlay(site, "acquisition").attributes == (("shared", "yes"), ("survey_number", "12"))
    assert b"somebody" not in site_to_json(site)


def test_sources_of_the_answer_are_named(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place)
    row = bring_in(session, place, "flood", [a_box()], accuracy=3.0, coverage=TOWN)
    site = ask(session, place)
    (origin,) = site.origins
    assert overlay(site, "flood").origins == (origin.id,)
    assert (origin.title, origin.accuracy, origin.date) == ("Test flood", 3.0, row.source_date)


# Whose rules bind


@pytest.mark.parametrize(
    ("said", "body"),
    [
        ("Municipality", LocalBody.MUNICIPALITY),
        ("Grama Panchayat", LocalBody.PANCHAYAT),
        ("Municipal Corporation", LocalBody.CORPORATION),
        ("Cantonment", None),
        (None, None),
    ],
)
def test_the_local_body_is_what_the_layer_says(
    session: Session, place: Jurisdiction, said: str | None, body: LocalBody | None
) -> None:
    a_parcel(session, place)
    attributes = [{"lsg_type": said}] if said else [{}]
    bring_in(
        session,
        place,
        "local_body",
        [a_box(-500, -500, 1000, 1000)],
        labels=["Puthoor"],
        attributes=attributes,
    )
    site = ask(session, place)
    assert (site.body, site.body_name) == (body, "Puthoor")


def test_without_the_layer_the_local_body_is_unknown(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place)
    site = ask(session, place)
    assert (site.body, site.body_name) == (None, None)


def test_a_plot_across_the_border_of_two_kinds_has_no_known_body(
    session: Session, place: Jurisdiction
) -> None:
    a_parcel(session, place)
    bodies = [a_box(-500, -500, 510, 1000), a_box(10, -500, 500, 1000)]
    kinds = [{"lsg_type": "Municipality"}, {"lsg_type": "Grama Panchayat"}]
    bring_in(session, place, "local_body", bodies, labels=["West", "East"], attributes=kinds, coverage=TOWN)
    site = ask(session, place)
    assert (site.body, site.body_name) == (None, None)


# Streets


def test_a_street_comes_with_width_kind_centre_line_and_frontage(
    session: Session, place: Jurisdiction
) -> None:
    plot = a_parcel(session, place)
    south_street(session, place, road_kind="notified")
    site = ask(session, place)
    (road,) = site.roads
    assert (road.title, road.width, road.kind) == ("Temple road", 6.0, RoadKind.NOTIFIED)
    assert (road.basis, road.accuracy, road.surface) == ("half_width", 1.0, None)
    assert road.line is not None
    assert road.line.distance(Point(10, 0)) == pytest.approx(3, abs=0.01)
    assert side(site, road) == (0, 0, 20, 0)
    assert site.has_road_data
    (along,) = extract(session, place, plot).frontages
    assert (road.ref, road.origin) == (along.ref, along.source)
    assert along.length == pytest.approx(22, abs=0.02), "the extract counts the metre around each corner"


@pytest.mark.parametrize("said", [None, "local road", "MAIN", 7])
def test_a_kind_that_the_source_does_not_tell_is_unknown(
    session: Session, place: Jurisdiction, said: object
) -> None:
    a_parcel(session, place)
    south_street(session, place, **({} if said is None else {"road_kind": said}))
    (road,) = ask(session, place).roads
    assert road.kind is None


def test_a_lane_tells_its_length_and_its_plots(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place)
    south_street(session, place, road_kind="cul_de_sac", road_length=74.5, plots_served=6)
    (road,) = ask(session, place).roads
    assert (road.kind, road.length, road.plots_served) == (RoadKind.CUL_DE_SAC, 74.5, 6)


def test_parts_of_a_street_that_contradict_each_other_leave_it_unknown(
    session: Session, place: Jurisdiction
) -> None:
    a_parcel(session, place)
    bring_in(
        session,
        place,
        "road",
        [street(-50, -3, 10, -3), street(10, -3, 70, -3)],
        labels=["Temple road"] * 2,
        widths=[6.0] * 2,
        attributes=[
            {"road_kind": "notified", "plots_served": 4},
            {"road_kind": "unnotified", "plots_served": 4},
        ],
        holds="centre_line",
    )
    (road,) = ask(session, place).roads
    assert (road.kind, road.plots_served) == (None, 4)
    assert road.line is not None
    assert road.line.geom_type == "LineString"


def test_a_street_of_unknown_width_keeps_it_unknown(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place)
    bring_in(session, place, "road", [street(-50, -4, 70, -4)], holds="centre_line", coverage=TOWN)
    (road,) = ask(session, place).roads
    assert (road.width, road.basis) == (None, "nearest")


def test_a_mapped_surface_is_the_ground_of_the_road(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place)
    bring_in(session, place, "road", [a_box(-50, -8, 200, 8)], labels=["Temple road"], widths=[8.0])
    site = ask(session, place)
    (road,) = site.roads
    assert road.line is None
    assert road.surface is not None
    assert road.surface.bounds == pytest.approx((-50, -8, 150, 0), abs=0.1)
    assert side(site, road) == (0, 0, 20, 0)


def test_a_corner_plot_has_two_streets_each_with_its_own_side(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place)
    bring_in(
        session,
        place,
        "road",
        [street(-200, -3, 200, -3), street(-2, -200, -2, 200)],
        labels=["South", "West"],
        widths=[6.0, 4.0],
        holds="centre_line",
    )
    site = ask(session, place)
    assert {road.title: side(site, road) for road in site.roads} == {
        "West": (0, 0, 0, 30),
        "South": (0, 0, 20, 0),
    }
    assert site.street_boundary.length == pytest.approx(50, abs=0.05)


def test_the_cut_corner_of_a_plot_at_a_junction_lies_along_both_streets(
    session: Session, place: Jurisdiction
) -> None:
    a_parcel(session, place, boundary=on_the_ground(Polygon([(2, 0), (20, 0), (20, 30), (0, 30), (0, 2)])))
    bring_in(
        session,
        place,
        "road",
        [street(-200, -3, 200, -3), street(-2, -200, -2, 200)],
        labels=["South", "West"],
        widths=[6.0, 4.0],
        holds="centre_line",
        accuracy=2.5,
    )
    lengths = {road.title: road.frontage.length for road in ask(session, place).roads}
    assert lengths == pytest.approx({"West": 28 + 8**0.5, "South": 18 + 8**0.5}, abs=0.02)


def test_a_plot_through_from_street_to_street_has_both(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place)
    bring_in(
        session,
        place,
        "road",
        [street(-200, -3, 200, -3), street(-200, 32, 200, 32)],
        labels=["South", "North"],
        widths=[6.0, 4.0],
        holds="centre_line",
    )
    site = ask(session, place)
    assert {road.title: side(site, road) for road in site.roads} == {
        "South": (0, 0, 20, 0),
        "North": (0, 30, 20, 30),
    }


def test_a_flag_plot_fronts_its_street_with_the_end_of_its_pole(
    session: Session, place: Jurisdiction
) -> None:
    flag = [(0, 0), (3, 0), (3, 20), (20, 20), (20, 40), (0, 40)]
    a_parcel(session, place, boundary=on_the_ground(Polygon(flag)))
    south_street(session, place)
    site = ask(session, place)
    (road,) = site.roads
    assert side(site, road) == (0, 0, 3, 0)


@pytest.mark.parametrize("bend", [(), ((0, 15),)])
def test_a_lane_that_ends_at_the_plot_fronts_it_by_its_width(
    session: Session, place: Jurisdiction, bend: tuple[tuple[float, float], ...]
) -> None:
    """Whether or not the plot has a corner in the middle of the lane."""
    a_parcel(session, place, boundary=on_the_ground(Polygon([(0, 0), (20, 0), (20, 30), (0, 30), *bend])))
    bring_in(session, place, "road", [street(-80, 15, -0.5, 15)], widths=[3.0], holds="centre_line")
    (road,) = ask(session, place).roads
    assert 3 < road.frontage.length < 5
    assert road.frontage.bounds[0] == road.frontage.bounds[2] == 0


def test_a_road_across_the_plot_is_along_its_boundary_where_it_enters_and_leaves(
    session: Session, place: Jurisdiction
) -> None:
    a_parcel(session, place)
    bring_in(session, place, "road", [street(-100, 15, 100, 15)], widths=[4.0], holds="centre_line")
    site = ask(session, place)
    (road,) = site.roads
    assert road.line is not None
    assert road.line.intersection(site.boundary).length == pytest.approx(20, abs=0.01)
    assert len(road.frontage.geoms) == 2
    assert {round(part.bounds[0]) for part in road.frontage.geoms} == {0, 20}
    assert road.frontage.length == pytest.approx(2 * 6, abs=0.05)


def test_a_plot_behind_another_has_no_street(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place, y=30)
    a_parcel(session, place, "12/105")
    south_street(session, place)
    site = ask(session, place)
    assert site.roads == ()
    assert site.has_road_data
    assert "unknown" in site.roads_note


@pytest.mark.parametrize(
    ("coverage", "on", "known"),
    [
        (TOWN, DAY, True),
        (None, DAY, False),
        (a_box(-5_000, -5_000, 1_000, 1_000), DAY, False),
        (TOWN, date(1999, 12, 31), False),
    ],
)
def test_silence_of_the_streets_means_something_only_where_and_when_they_are_complete(
    session: Session, place: Jurisdiction, coverage: Polygon | None, on: date, known: bool
) -> None:
    a_parcel(session, place)
    bring_in(
        session,
        place,
        "road",
        [street(0, 4_000, 50, 4_000)],
        widths=[6.0],
        holds="centre_line",
        coverage=coverage,
    )
    site = ask(session, place, on=on)
    assert (site.roads, site.has_road_data) == ((), known)


def test_without_street_data_nothing_is_known_of_streets(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place)
    site = ask(session, place)
    assert (site.roads, site.has_road_data) == ((), False)
    assert "No street data" in site.roads_note


def test_asked_twice_the_file_is_the_same(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place)
    south_street(session, place)
    first, second = (site_to_json(ask(session, place)) for _ in range(2))
    assert first == second
