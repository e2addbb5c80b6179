"""What each theme answers about a plot, on both sides of every edge."""

from datetime import date
from pathlib import Path

import pytest
from shapely import LineString, Point, box
from sqlalchemy.orm import Session

from gis.jurisdictions import Jurisdiction
from gis.parcels.model import Parcel
from gis.site import Status
from layers.extract.assemble import extract_of_parcel
from layers.extract.model import Extract, ThemeAnswer
from tests.builders import KERALA, a_box, a_parcel, a_place, now
from tests.layers.ground import bring_in

TOWN = box(KERALA[0] - 50_000, KERALA[1] - 50_000, KERALA[0] + 50_000, KERALA[1] + 50_000)
EAST = KERALA[0] + 20
"""The plot's eastern side; the plot is 20 m wide and 30 m deep."""


@pytest.fixture
def place(session: Session) -> Jurisdiction:
    return a_place(session)


@pytest.fixture
def plot(session: Session, place: Jurisdiction) -> Parcel:
    return a_parcel(session, place)


def ask(session: Session, place: Jurisdiction, plot: Parcel, on: date = date(2026, 1, 1)) -> Extract:
    return extract_of_parcel(session, place, plot, at=now(session, place, on), rasters=Path("nowhere"))


def theme(extract: Extract, layer: str) -> ThemeAnswer:
    return next(each for each in extract.themes if each.layer == layer)


def test_without_an_import_every_theme_says_no_data(
    session: Session, place: Jurisdiction, plot: Parcel
) -> None:
    assert {each.status for each in ask(session, place, plot).themes} == {Status.NO_DATA}


def test_half_a_plot_under_flood_is_half_affected(
    session: Session, place: Jurisdiction, plot: Parcel
) -> None:
    bring_in(session, place, "flood", [a_box(-100, -100, 110, 300)], coverage=TOWN)
    flood = theme(ask(session, place, plot), "flood")
    assert flood.status is Status.AFFECTED
    assert flood.share_of_measured == 50.0
    assert flood.area == pytest.approx(plot.measured_area / 2, abs=0.01)
    assert flood.share_of_recorded == pytest.approx(flood.area / 607.03 * 100, abs=0.06)


def test_a_pure_touch_is_no_hit_but_near(session: Session, place: Jurisdiction, plot: Parcel) -> None:
    bring_in(session, place, "flood", [a_box(20, 0, 50, 30)], coverage=TOWN)
    flood = theme(ask(session, place, plot), "flood")
    assert (flood.status, flood.area) == (Status.NEAR, None)


@pytest.mark.parametrize(("gap", "status"), [(0.9, Status.NEAR), (1.1, Status.NOT_AFFECTED)])
def test_nearness_ends_at_the_accuracy(
    session: Session, place: Jurisdiction, plot: Parcel, gap: float, status: Status
) -> None:
    bring_in(session, place, "flood", [a_box(20 + gap, 0, 50, 30)], accuracy=1.0, coverage=TOWN)
    assert theme(ask(session, place, plot), "flood").status is status


@pytest.mark.parametrize(("depth", "status", "left_out"), [(0.9, Status.NEAR, 1), (1.1, Status.AFFECTED, 0)])
def test_a_strip_thinner_than_the_accuracy_is_left_out_and_listed(
    session: Session, place: Jurisdiction, plot: Parcel, depth: float, status: Status, left_out: int
) -> None:
    bring_in(session, place, "flood", [a_box(20 - depth, -50, 50, 200)], accuracy=1.0, coverage=TOWN)
    flood = theme(ask(session, place, plot), "flood")
    assert (flood.status, len(flood.left_out)) == (status, left_out)


def test_a_plot_smaller_than_the_accuracy_but_inside_is_affected(
    session: Session, place: Jurisdiction, plot: Parcel
) -> None:
    bring_in(session, place, "flood", [a_box(-500, -500, 1000, 1000)], accuracy=60.0, coverage=TOWN)
    flood = theme(ask(session, place, plot), "flood")
    assert (flood.status, flood.share_of_measured) == (Status.AFFECTED, 100.0)


@pytest.mark.parametrize(
    ("coverage", "status"),
    [(None, Status.NO_DATA), (a_box(-100, -100, 110, 300), Status.NO_DATA), (TOWN, Status.NOT_AFFECTED)],
)
def test_silence_means_something_only_inside_the_coverage(
    session: Session, place: Jurisdiction, plot: Parcel, coverage: object, status: Status
) -> None:
    bring_in(session, place, "flood", [a_box(5_000, 0)], coverage=coverage)
    assert theme(ask(session, place, plot), "flood").status is status


@pytest.mark.parametrize(
    ("strip", "covered", "status", "is_named"),
    [
        (-0.5, 100.0, Status.NOT_AFFECTED, False),
        (0.0, 100.0, Status.NOT_AFFECTED, False),
        (0.001, 99.9, Status.NOT_AFFECTED, True),
        (0.5, 97.5, Status.NOT_AFFECTED, True),
        (0.51, 97.4, Status.NOT_AFFECTED, True),
        (1.5, 92.5, Status.NO_DATA, False),
    ],
)
def test_a_strip_outside_the_data_is_counted_in_the_share_and_the_sliver_rule_is_named_where_it_decides(
    session: Session,
    place: Jurisdiction,
    plot: Parcel,
    strip: float,
    covered: float,
    status: Status,
    is_named: bool,
) -> None:
    cut = box(*TOWN.bounds[:2], EAST - strip, TOWN.bounds[3])
    bring_in(session, place, "flood", [a_box(-5_000, 0)], accuracy=1.0, coverage=cut)
    flood = theme(ask(session, place, plot), "flood")
    assert (flood.covered, flood.status) == (covered, status)
    assert ("sliver rule" in flood.reason.en, "ചട്ടം" in flood.reason.ml) == (is_named, is_named)


def test_what_lies_on_a_plot_does_not_hide_that_a_strip_of_it_is_outside_the_data(
    session: Session, place: Jurisdiction, plot: Parcel
) -> None:
    cut = box(*TOWN.bounds[:2], EAST - 0.5, TOWN.bounds[3])
    bring_in(session, place, "flood", [a_box(-100, -100, 110, 300)], accuracy=1.0, coverage=cut)
    flood = theme(ask(session, place, plot), "flood")
    assert (flood.covered, flood.status) == (97.5, Status.AFFECTED)
    assert "sliver rule" not in flood.reason.en


@pytest.mark.parametrize(
    ("on", "status"), [(date(1999, 12, 31), Status.NO_DATA), (date(2000, 1, 1), Status.NOT_AFFECTED)]
)
def test_data_say_nothing_of_the_days_before_they_begin(
    session: Session, place: Jurisdiction, plot: Parcel, on: date, status: Status
) -> None:
    bring_in(session, place, "flood", [a_box(5_000, 0)], coverage=TOWN, valid_from=date(2000, 1, 1))
    assert theme(ask(session, place, plot, on), "flood").status is status


@pytest.mark.parametrize(
    ("gap", "status"),
    [(29.9, Status.AFFECTED), (30.1, Status.NEAR), (30.9, Status.NEAR), (31.2, Status.NOT_AFFECTED)],
)
def test_a_railway_boundary_binds_within_thirty_metres(
    session: Session, place: Jurisdiction, plot: Parcel, gap: float, status: Status
) -> None:
    bring_in(
        session,
        place,
        "railway",
        [box(EAST + gap, KERALA[1] - 500, EAST + gap + 20, KERALA[1] + 500)],
        coverage=TOWN,
    )
    railway = theme(ask(session, place, plot), "railway")
    assert railway.status is status


@pytest.mark.parametrize(
    ("gap", "status"), [(10.0, Status.NEAR), (60.9, Status.NEAR), (61.3, Status.NOT_AFFECTED)]
)
def test_from_a_railway_centre_line_nothing_is_certain_within_buffer_half_width_and_accuracy(
    session: Session, place: Jurisdiction, plot: Parcel, gap: float, status: Status
) -> None:
    line = LineString([(EAST + gap, KERALA[1] - 500), (EAST + gap, KERALA[1] + 500)])
    bring_in(session, place, "railway", [line], holds="centre_line", coverage=TOWN)
    assert theme(ask(session, place, plot), "railway").status is status


def test_a_theme_whose_law_was_not_verified_gives_no_answer(
    session: Session, place: Jurisdiction, plot: Parcel
) -> None:
    bring_in(session, place, "river_bank", [a_box(5, 5, 5, 5)], coverage=TOWN)
    assert theme(ask(session, place, plot), "river_bank").status is Status.NO_DATA


def test_the_airport_counts_geodesic_metres(session: Session, place: Jurisdiction, plot: Parcel) -> None:
    bring_in(session, place, "airport", [Point(EAST + 15_000, KERALA[1] + 10)], holds="point", coverage=TOWN)
    airport = theme(ask(session, place, plot), "airport")
    assert airport.status is Status.AFFECTED
    assert airport.distance == pytest.approx(15_000, rel=4e-4)
    assert airport.distance != pytest.approx(15_000, abs=0.5)


def test_a_monument_names_the_nearest_step_it_lies_within(
    session: Session, place: Jurisdiction, plot: Parcel
) -> None:
    bring_in(
        session, place, "asi_monument", [box(EAST + 99, KERALA[1], EAST + 120, KERALA[1] + 9)], coverage=TOWN
    )
    hit = theme(ask(session, place, plot), "asi_monument").hits[0]
    assert hit.step is not None
    assert hit.step.en != ""


def test_overlapping_features_of_a_theme_count_their_common_ground_once(
    session: Session, place: Jurisdiction, plot: Parcel
) -> None:
    bring_in(session, place, "flood", [a_box(-50, -50, 60, 200), a_box(-40, -50, 50, 200)], coverage=TOWN)
    flood = theme(ask(session, place, plot), "flood")
    assert flood.share_of_measured == 50.0
    assert [hit.share_of_measured for hit in flood.hits] == [50.0, 50.0]


def test_pieces_leave_no_seams(session: Session, place: Jurisdiction, plot: Parcel) -> None:
    around = Point(KERALA[0] + 10, KERALA[1] + 15).buffer(40, quad_segs=400)
    bring_in(session, place, "flood", [around], coverage=TOWN, vertices=8)
    hit = theme(ask(session, place, plot), "flood").hits[0]
    assert hit.shape is not None
    assert hit.shape.geom_type == "Polygon"
    assert len(hit.shape.exterior.coords) == 5
    assert hit.share_of_measured == 100.0


def test_a_line_crossing_counts_its_length_and_one_along_the_boundary_does_not(
    session: Session, place: Jurisdiction, plot: Parcel
) -> None:
    x, y = KERALA
    crossing = LineString([(x - 10, y + 15), (x + 40, y + 15)])
    along = LineString([(x, y - 10), (x, y + 40)])
    bring_in(session, place, "watercourse", [crossing, along], holds="boundary", coverage=TOWN)
    water = theme(ask(session, place, plot), "watercourse")
    assert water.status is Status.AFFECTED
    assert [hit.ref for hit in water.hits] == ["watercourse-1"]
    assert water.length == pytest.approx(20 / 1.0001, abs=0.01)


def test_a_broken_theme_leaves_the_others_standing(
    session: Session, place: Jurisdiction, plot: Parcel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shapely.errors import GEOSException

    from layers.extract import assemble

    bring_in(session, place, "flood", [a_box(-50, -50, 200, 200)], coverage=TOWN)
    bring_in(session, place, "heritage", [a_box(-50, -50, 200, 200)], coverage=TOWN)
    judged = assemble.judge

    def breaking(plot_: object, theme_: object, *, on: date) -> ThemeAnswer:
        if theme_.layer.id == "flood":
            raise GEOSException("TopologyException")
        return judged(plot_, theme_, on=on)

    monkeypatch.setattr(assemble, "judge", breaking)
    extract = ask(session, place, plot)
    assert theme(extract, "flood").status is Status.NO_DATA
    assert "TopologyException" in theme(extract, "flood").reason.en
    assert theme(extract, "heritage").status is Status.AFFECTED


def test_a_broken_statement_is_asked_again_layer_by_layer(
    session: Session, place: Jurisdiction, plot: Parcel
) -> None:
    from sqlalchemy import text

    bring_in(session, place, "heritage", [a_box(-50, -50, 200, 200)], coverage=TOWN)
    broken = bring_in(session, place, "flood", [a_box(5, 5, 5, 5)], coverage=TOWN)
    session.execute(
        text("ALTER TABLE layer_piece DROP CONSTRAINT layer_piece_import_id_srid_fkey")
    )  # keeps such a shape out
    session.execute(
        text(
            "UPDATE layer_piece SET shape = ST_SetSRID(shape, 32644), reach = ST_SetSRID(reach, 32644) WHERE import_id = :id"
        ),
        {"id": broken.id},
    )
    extract = ask(session, place, plot)
    assert theme(extract, "flood").status is Status.NO_DATA
    assert "SRID" in theme(extract, "flood").reason.en
    assert theme(extract, "heritage").status is Status.AFFECTED


def test_an_older_version_of_a_layer_can_still_be_asked(
    session: Session, place: Jurisdiction, plot: Parcel
) -> None:
    bring_in(session, place, "flood", [a_box(-50, -50, 200, 200)], coverage=TOWN)
    before = now(session, place)
    bring_in(session, place, "flood", [a_box(5_000, 0)], coverage=TOWN)
    old = extract_of_parcel(session, place, plot, at=before, rasters=Path("nowhere"))
    assert theme(old, "flood").status is Status.AFFECTED
    assert theme(ask(session, place, plot), "flood").status is Status.NOT_AFFECTED


@pytest.mark.parametrize(("gap", "status"), [(5.9, Status.NEAR), (6.1, Status.NOT_AFFECTED)])
def test_a_watercourse_known_by_its_centre_line_is_near_within_the_assumed_half_width(
    session: Session, place: Jurisdiction, plot: Parcel, gap: float, status: Status
) -> None:
    line = LineString([(EAST + gap, KERALA[1] - 500), (EAST + gap, KERALA[1] + 500)])
    bring_in(session, place, "watercourse", [line], holds="centre_line", accuracy=1.0, coverage=TOWN)
    assert theme(ask(session, place, plot), "watercourse").status is status


@pytest.mark.parametrize(
    ("holds", "status"), [("centre_line", Status.NO_DATA), ("polygon", Status.NOT_AFFECTED)]
)
def test_a_pipeline_of_unknown_width_is_never_not_affected(
    session: Session, place: Jurisdiction, plot: Parcel, holds: str, status: Status
) -> None:
    far = box(EAST + 400, KERALA[1], EAST + 410, KERALA[1] + 50)
    shape = far if holds == "polygon" else LineString(far.exterior.coords[:2])
    bring_in(session, place, "pipeline", [shape], holds=holds, coverage=TOWN)
    assert theme(ask(session, place, plot), "pipeline").status is status


@pytest.mark.parametrize(("layer", "gap"), [("esz", 400), ("esz", 0.5), ("defence", 400), ("defence", 20)])
@pytest.mark.parametrize("side", ["inside", "outside"])
def test_far_from_an_outline_nobody_knows_on_which_side_a_plot_lies(
    session: Session, place: Jurisdiction, plot: Parcel, layer: str, gap: float, side: str
) -> None:
    west = EAST + gap if side == "outside" else KERALA[0] - gap
    area = box(west, KERALA[1] - 5_000, west + 9_000, KERALA[1] + 5_000)
    bring_in(session, place, layer, [area.exterior], holds="boundary", accuracy=1.0, coverage=TOWN)
    near = {"esz": Status.NEAR, "defence": Status.AFFECTED}[layer]
    assert theme(ask(session, place, plot), layer).status is (Status.NO_DATA if gap > 100 else near)


@pytest.mark.parametrize(("reach", "status"), [(9_000, Status.NOT_AFFECTED), (10, Status.NO_DATA)])
def test_a_theme_is_complete_where_each_of_its_data_sets_is_that_says_so(
    session: Session, place: Jurisdiction, plot: Parcel, reach: float, status: Status
) -> None:
    far = [a_box(5_000, 0)]
    narrow = a_box(-9_000, -9_000, 9_000 + reach, 18_000)
    for series, coverage in {"north": TOWN, "south": narrow, "unknown": None}.items():
        bring_in(session, place, "flood", far, coverage=coverage, series=series)
    assert theme(ask(session, place, plot), "flood").status is status
