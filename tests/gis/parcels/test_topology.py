"""Neighbours that do not fit: planted faults on both sides of each threshold, and a real town's."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely import Polygon, box
from shapely.affinity import rotate
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.geometry import polygons_of
from gis.parcels import topology
from gis.parcels.changes import NewParcel, divide
from gis.parcels.neighbours import gap_width
from gis.parcels.topology import Fault, FaultKind, TopologyReport, check_topology
from gis.place import Jurisdiction
from gis.recordings import last_recording
from tests.builders import KERALA, a_box, a_new_parcel, a_number, a_parcel, a_place, halves, now, register

OVERLAP, GAP, SLIVER = FaultKind.OVERLAP, FaultKind.GAP, FaultKind.SLIVER


@pytest.fixture
def place(session: Session) -> Jurisdiction:
    return a_place(session)


def checked(session: Session, place: Jurisdiction, *parcels: NewParcel) -> TopologyReport:
    register(session, place, parcels)
    return check_topology(session, place, at=now(session, place))


def kinds(report: TopologyReport) -> list[tuple[str, tuple[str, ...]]]:
    return [(str(fault.kind), fault.numbers) for fault in report.faults]


def row(*widths: float, gap: float = 0.0, accuracy: float = 0.1) -> list[NewParcel]:
    """Plots side by side along a street, 30 m deep, a gap (or overlap, where negative) between any two."""
    west, parcels = 0.0, []
    for number, width in enumerate(widths, start=1):
        parcels.append(a_new_parcel(f"1/{number}", x=west, width=width, accuracy=accuracy))
        west += width + gap
    return parcels


def test_neighbours_that_fit_have_no_fault(session: Session, place: Jurisdiction) -> None:
    report = checked(session, place, *row(20, 12, 33.333), a_new_parcel("1/9", y=30, width=65.333))
    assert (report.parcels, report.faults) == (4, ())


def test_a_place_without_parcels_has_no_fault(session: Session, place: Jurisdiction) -> None:
    report = checked(session, place)
    assert (report.parcels, report.faults) == (0, ())


def test_a_place_without_parcels_is_not_told_to_be_clean(session: Session, place: Jurisdiction) -> None:
    report = str(checked(session, place))
    assert report.startswith("Nothing was checked: no parcel of ")
    assert "0 overlaps" not in report


def test_one_corner_more_on_one_side_of_a_boundary_is_no_fault(session: Session, place: Jurisdiction) -> None:
    two_beside_one = [
        a_new_parcel("1/1"),
        a_new_parcel("1/2", x=20, depth=13),
        a_new_parcel("1/3", x=20, y=13, depth=17),
    ]
    assert checked(session, place, *two_beside_one).faults == ()


# Overlaps.


@pytest.mark.parametrize(
    ("deep", "accuracy", "kind"),
    [
        (0.11, 0.1, OVERLAP),
        (0.09, 0.1, SLIVER),
        (0.51, 0.5, OVERLAP),
        (0.49, 0.5, SLIVER),
        (0.0015, 0.1, SLIVER),
        (0.0005, 0.1, None),
    ],
)
def test_an_overlap_counts_when_it_is_wider_than_the_accuracy(
    session: Session, place: Jurisdiction, deep: float, accuracy: float, kind: FaultKind | None
) -> None:
    report = checked(session, place, *row(20, 20, gap=-deep, accuracy=accuracy))
    assert kinds(report) == ([] if kind is None else [(str(kind), ("1/1", "1/2"))])
    if kind is not None:
        assert report.faults[0].width == pytest.approx(deep, abs=0.001)
        assert report.faults[0].area == pytest.approx(30 * deep, rel=0.002)


def test_the_least_accurate_of_the_two_decides(session: Session, place: Jurisdiction) -> None:
    good, poor = row(20, 20, gap=-0.4)
    assert kinds(checked(session, place, good, replace(poor, accuracy=0.5))) == [("sliver", ("1/1", "1/2"))]


def test_an_overlap_is_measured_on_the_ground(session: Session, place: Jurisdiction) -> None:
    (fault,) = checked(session, place, *row(20, 20, gap=-10)).faults
    assert fault.area == pytest.approx(300.059, abs=0.003)  # 300 m² of the grid, which is 0.02 % short here
    west, south, east, north = fault.shape.bounds
    assert (west - KERALA[0], south - KERALA[1], east - KERALA[0], north - KERALA[1]) == (10, 0, 20, 30)
    assert (round(fault.where.x, 2), round(fault.where.y, 2)) == (76.43, 10.65)


def test_three_parcels_on_one_spot_are_three_pairs(session: Session, place: Jurisdiction) -> None:
    land = [a_new_parcel(f"1/{number}", x=number) for number in (1, 2, 3)]
    pairs = [("1/1", "1/2"), ("1/2", "1/3"), ("1/1", "1/3")]
    assert sorted(kinds(checked(session, place, *land))) == sorted(("overlap", pair) for pair in pairs)


def test_a_parcel_within_another_overlaps_it_whole(session: Session, place: Jurisdiction) -> None:
    (fault,) = checked(
        session, place, a_new_parcel("1/1"), a_new_parcel("1/2", x=5, y=5, width=4, depth=3)
    ).faults
    assert (fault.kind, fault.area) == (OVERLAP, pytest.approx(12, rel=1e-3))


# Gaps that open to a street or a field.


@pytest.mark.parametrize(
    ("wide", "accuracy", "is_gap"),
    [
        (1.19, 0.1, True),
        (1.21, 0.1, False),  # a way: the least access width
        (1.49, 0.5, True),
        (1.51, 0.5, False),
        (2.99, 5.0, True),
        (3.01, 5.0, False),  # a street, whatever the accuracy
        (0.05, 0.1, True),  # within the accuracy, and still nobody's land
        (0.0005, 0.1, False),
    ],
)
def test_a_strip_between_neighbours_counts_while_it_is_too_narrow_for_a_way(
    session: Session, place: Jurisdiction, wide: float, accuracy: float, is_gap: bool
) -> None:
    report = checked(session, place, *row(20, 20, gap=wide, accuracy=accuracy))
    assert kinds(report) == ([("gap", ("1/1", "1/2"))] if is_gap else [])
    if is_gap:
        (fault,) = report.faults
        assert not fault.enclosed
        assert fault.width == pytest.approx(wide, rel=0.01, abs=0.001)
        assert fault.area == pytest.approx(30 * wide, rel=0.005)


@pytest.mark.parametrize(
    ("accuracy", "width"),
    [(0.01, 1.2), (0.4, 1.2), (0.41, 1.5), (0.5, 1.5), (0.9, 2.7), (1.0, 3.0), (20.0, 3.0)],
)
def test_the_gap_width_follows_the_accuracy_between_a_way_and_a_street(accuracy: float, width: float) -> None:
    assert gap_width(accuracy) == pytest.approx(width)


@pytest.mark.parametrize("turn", [0, 17, 45, 88])
def test_a_gap_is_found_whichever_way_it_runs(session: Session, place: Jurisdiction, turn: float) -> None:
    turned = [
        replace(new, boundary=rotate(new.boundary, turn, origin=KERALA)) for new in row(20, 20, 20, gap=0.6)
    ]
    report = checked(session, place, *turned)
    assert sorted(kinds(report)) == [("gap", ("1/1", "1/2")), ("gap", ("1/2", "1/3"))]
    assert [fault.area for fault in report.faults] == pytest.approx([18, 18], rel=0.005)


def test_a_wedge_counts_as_far_as_it_is_narrow(session: Session, place: Jurisdiction) -> None:
    straight = a_new_parcel("1/1")
    _, south, east, north = straight.boundary.bounds
    leaning = Polygon([(east, south), (east + 20, south), (east + 20, north), (east + 3, north)])
    (fault,) = checked(session, place, straight, a_new_parcel("1/2", boundary=leaning)).faults
    assert fault.kind == GAP
    assert 0.8 < fault.width <= 1.2
    assert fault.area < 8  # the whole opening is 45 m²; from 12 m on it is wide enough to walk


def test_a_street_of_plots_with_setbacks_and_corners_has_no_fault(
    session: Session, place: Jurisdiction
) -> None:
    """Neither a step in the frontage, nor a bend, nor blocks across a street, nor a corner touch is a gap."""
    parcels = [
        a_new_parcel("1/1", depth=30),
        a_new_parcel("1/2", x=20, depth=30.4),  # a step of 0.4 m in the frontage
        a_new_parcel("1/3", x=40, depth=29.5),
        a_new_parcel("2/1", y=36, width=60),  # the block across a street of 5.6 m
        a_new_parcel("1/4", x=60, y=-30),  # meets 1/3 at a corner
        a_new_parcel(
            "1/5", boundary=shapely.union_all([a_box(80, 0, 20, 30), a_box(90, -30, 10, 30)])
        ),  # an L
    ]
    assert checked(session, place, *parcels).faults == ()


def test_a_notch_in_one_parcel_is_its_owners_affair(session: Session, place: Jurisdiction) -> None:
    notched = a_box(0, 0, 20, 30).difference(a_box(9, 20, 1, 10))
    assert checked(session, place, a_new_parcel("1/1", boundary=notched)).faults == ()


# Gaps enclosed by parcels.


def ring_around(x: float, y: float, width: float, depth: float) -> list[NewParcel]:
    """Four plots around a hole of this size."""
    hole = a_box(x, y, width, depth)
    sides = {
        "1/1": a_box(x - 20, y - 20, width + 40, 20),
        "1/2": a_box(x - 20, y + depth, width + 40, 20),
        "1/3": a_box(x - 20, y, 20, depth),
        "1/4": a_box(x + width, y, 20, depth),
    }
    assert not any(side.intersection(hole).area for side in sides.values())
    return [a_new_parcel(number, boundary=side) for number, side in sides.items()]


def test_an_enclosed_piece_too_small_for_a_parcel_is_a_gap(session: Session, place: Jurisdiction) -> None:
    (fault,) = checked(session, place, *ring_around(0, 0, 5, 4)).faults
    assert (fault.kind, fault.enclosed, fault.numbers) == (GAP, True, ("1/1", "1/2", "1/3", "1/4"))
    assert (fault.area, fault.width) == (pytest.approx(20, rel=0.001), pytest.approx(4, rel=0.001))


@pytest.mark.parametrize(("side", "is_gap"), [(19.5, True), (20.5, False)])
def test_an_enclosed_piece_counts_below_half_the_median_parcel_around_it(
    session: Session, place: Jurisdiction, side: float, is_gap: bool
) -> None:
    # Around a hole of side s lie two plots of 20 s and two of 20 (s + 40): the median is 20 s + 400.
    median = 20 * side + 400
    assert (side * side < median / 2) is is_gap
    assert len(checked(session, place, *ring_around(0, 0, side, side)).faults) == is_gap


def test_an_enclosed_strip_is_a_gap_whatever_its_area(session: Session, place: Jurisdiction) -> None:
    thin = [
        a_new_parcel("1/1", boundary=a_box(-2, -2, 94, 2)),
        a_new_parcel("1/2", boundary=a_box(-2, 1.1, 94, 2)),
        a_new_parcel("1/3", boundary=a_box(-2, 0, 2, 1.1)),
        a_new_parcel("1/4", boundary=a_box(90, 0, 2, 1.1)),
    ]
    (fault,) = checked(session, place, *thin).faults
    assert (fault.enclosed, fault.area) == (True, pytest.approx(99, rel=0.001))


@pytest.mark.parametrize(("length", "is_gap"), [(99.0, True), (101.0, False)])
def test_a_long_enclosed_way_is_no_gap(
    session: Session, place: Jurisdiction, length: float, is_gap: bool
) -> None:
    around = a_box(-200, -200, 500, 500).difference(a_box(0, 0, length, 2))
    assert len(checked(session, place, a_new_parcel("1/1", boundary=around)).faults) == is_gap


# Slivers of parcels.


@pytest.mark.parametrize(("wide", "is_sliver"), [(0.19, True), (0.21, False)])
def test_a_parcel_no_wider_than_its_accuracy_is_a_sliver(
    session: Session, place: Jurisdiction, wide: float, is_sliver: bool
) -> None:
    report = checked(session, place, *row(20, wide, 20, accuracy=0.2))
    assert kinds(report) == ([("sliver", ("1/2",))] if is_sliver else [])


def test_a_parcel_with_a_thin_arm_is_no_sliver(session: Session, place: Jurisdiction) -> None:
    flag = shapely.union_all([a_box(0, 0, 3, 3), a_box(3, 0, 80, 0.05)])
    assert checked(session, place, a_new_parcel("1/1", boundary=flag)).faults == ()


# Where and when.


def test_a_fault_across_squares_is_one_fault(session: Session, place: Jurisdiction) -> None:
    """The corner of four squares lies within each of these faults."""
    x, y = (round(part / topology.SIDE) * topology.SIDE for part in KERALA)
    faults = [
        a_new_parcel("1/1", boundary=box(x - 300, y - 300, x - 0.2, y + 300)),
        a_new_parcel("1/2", boundary=box(x + 0.3, y - 300, x + 300, y + 300)),
        a_new_parcel("2/1", boundary=box(x - 300, y + 400, x + 300, y + 430)),
        a_new_parcel("2/2", boundary=box(x - 300, y + 420, x + 300, y + 450)),
    ]
    report = checked(session, place, *faults)
    assert kinds(report) == [("overlap", ("2/1", "2/2")), ("gap", ("1/1", "1/2"))]
    overlap, gap = report.faults
    assert overlap.area == pytest.approx(6000, rel=0.001)
    assert gap.area == pytest.approx(0.5 * 600, rel=0.002)


@pytest.mark.parametrize("side", [90.0, 250.0])
def test_the_size_of_the_squares_changes_no_answer(
    session: Session, place: Jurisdiction, side: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(7)
    register(session, place, a_careless_town(rng, 12))
    at = now(session, place)
    whole = check_topology(session, place, at=at)
    monkeypatch.setattr(topology, "SIDE", side)
    monkeypatch.setattr(topology, "MOST_PARCELS", 10)
    in_squares = check_topology(session, place, at=at)
    assert {GAP, OVERLAP, SLIVER} == {fault.kind for fault in whole.faults}
    assert [summary(fault) for fault in in_squares.faults] == [summary(fault) for fault in whole.faults]


def summary(fault: Fault) -> tuple[object, ...]:
    return fault.kind, fault.numbers, round(fault.area, 3), round(fault.width, 3), fault.enclosed


def a_careless_town(rng: np.random.Generator, blocks: int) -> list[NewParcel]:
    """Blocks of eight plots with streets between; each plot drawn up to 0.7 m off on each side."""
    parcels = []
    for block in range(blocks):
        for plot in range(8):
            x, y = 100.0 * (block % 4) + 20 * (plot % 4), 70.0 * (block // 4) + 30 * (plot // 4)
            off = rng.uniform(-0.35, 0.35, 4)
            land = a_box(x + off[0], y + off[1], 20 + off[2] - off[0], 30 + off[3] - off[1])
            parcels.append(a_new_parcel(f"{block}/{plot}", boundary=land, accuracy=0.25))
    return parcels


def test_a_box_asks_only_for_what_touches_it(session: Session, place: Jurisdiction) -> None:
    register(session, place, row(20, 20, 20, 20, gap=0.5))
    at = now(session, place)
    report = check_topology(session, place, at=at, box=a_box(35, 5, 6, 5))
    assert (report.parcels, kinds(report)) == (2, [("gap", ("1/2", "1/3"))])
    assert check_topology(session, place, at=at, box=a_box(5_000, 0, 10, 10)).parcels == 0


def test_only_the_parcels_of_the_day_count(session: Session, place: Jurisdiction) -> None:
    whole = a_parcel(session, place, width=40)
    before = last_recording(session, place.code)
    first, second = halves(whole.boundary, accuracy=0.1)
    wide = replace(second, boundary=shapely.union_all([second.boundary, a_box(19.85, 0, 1, 30)]))
    divided = date(2020, 6, 15)
    divide(session, place, "12/104", into=[first, wide], on=divided, instrument="deed")
    assert kinds(check_topology(session, place, at=now(session, place, divided))) == [
        ("overlap", ("12/104-1", "12/104-2"))
    ]
    assert check_topology(session, place, at=now(session, place, date(2020, 6, 14))).faults == ()
    assert check_topology(session, place, at=AsOf(on=divided, known=before)).faults == ()


def test_another_place_is_another_ground(session: Session, place: Jurisdiction) -> None:
    neighbour = a_place(session, "neighbour")
    a_parcel(session, neighbour, "9/9")
    assert checked(session, place, *row(20)).faults == ()


def test_progress_is_told_square_by_square(session: Session, place: Jurisdiction) -> None:
    register(session, place, [a_new_parcel("1/1"), a_new_parcel("1/2", x=5_000)])
    told: list[tuple[int, int]] = []
    check_topology(session, place, at=now(session, place), progress=lambda done, of: told.append((done, of)))
    assert told == [(done, len(told)) for done in range(1, len(told) + 1)]
    assert len(told) >= 2


def test_the_report_is_readable_by_people_and_programs(session: Session, place: Jurisdiction) -> None:
    report = checked(session, place, *row(20, 20, 20, gap=0.5), a_new_parcel("2/1", y=29, width=10))
    printed = str(report).splitlines()
    assert printed[0].startswith("4 parcels of test on 2026-01-01, as known at ")
    assert printed[0].endswith(": 1 overlap, 2 gaps, 0 slivers.")
    assert printed[1].startswith(
        "  overlap of 10.00 m², 1.000 m wide (accuracy 0.1 m), 1/1 and 2/1, at 10.65"
    )
    values = json.loads(json.dumps(report.values()))
    assert [fault["kind"] for fault in values["faults"]] == ["overlap", "gap", "gap"]
    assert values["faults"][0]["geometry"]["type"] == "Polygon"
    longitude, latitude = values["faults"][0]["where"]
    assert shapely.box(76, 10, 77, 11).contains(shapely.Point(longitude, latitude))


def test_a_real_town_has_the_overlaps_that_are_known(fresh_engine: Engine, shared: Path | None) -> None:
    """Cambridge's parcels of 2014: every pair that any two outlines share more than 1 m² of, found all at once."""
    if shared is None:
        pytest.skip("the shared data is not beside this checkout")
    import geopandas as gpd

    file = shared / "data" / "cambridge_ma.gpkg.zip"
    town = gpd.read_file(f"/vsizip/{file}", layer="parcel_fy2014")
    land = town[~town.geometry.is_empty].to_crs(26986).geometry.make_valid().to_numpy()
    areas = [shapely.union_all(polygons_of(g)) for g in land]
    polygons = [area for area in areas if not area.is_empty]
    with Session(fresh_engine) as session:
        place = a_place(session, "cambridge", metric=26986)
        register(
            session,
            place,
            [
                NewParcel(number=a_number(str(i)), boundary=polygon, accuracy=0.6)
                for i, polygon in enumerate(polygons)
            ],
        )
        report = check_topology(session, place, at=now(session, place))
    first, second = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    pairs = [(i, j) for i, j in zip(first.tolist(), second.tolist(), strict=True) if i < j]
    known = {
        tuple(sorted((str(i), str(j))))
        for i, j in pairs
        if shapely.intersection(polygons[i], polygons[j]).area > 1
    }
    found = {f.numbers for f in report.faults if len(f.numbers) == 2 and f.kind != GAP and f.area > 1}
    assert len(known) == 34
    assert found == known
    assert report.parcels == len(polygons) > 13_100
    assert report.of(GAP)
