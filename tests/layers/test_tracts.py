"""A tract says of every plot what a site says of it: streets, local body, limits of height, areas, shapes, to the last digit."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely import LineString
from shapely.affinity import rotate
from sqlalchemy.orm import Session

from gis.errors import Invalid
from gis.jurisdictions import Jurisdiction
from gis.site import Site, Status
from gis.units import Area, AreaUnit
from layers.site import site_of_number
from layers.tracts import files
from layers.tracts.model import OF_A_PLOT, Fronts, Limits, Tract, joined
from layers.tracts.reading import Read, Reader
from tests.builders import KERALA, a_box, a_new_parcel, a_place, now, register
from tests.layers.ground import bring_in

DAY = date(2026, 1, 1)
NOWHERE = Path("nowhere")
LIMITS = Limits(zone="security_zone", surface="airport_height", attribute="top_amsl_m")
SIDE = 4
NUMBERS = [f"12/{row}-{column}" for row in range(SIDE) for column in range(SIDE)]
"""Plots of 20 m by 30 m in rows, the rows 12 m apart; each second one turned a little."""


@pytest.fixture
def place(session: Session) -> Jurisdiction:
    """Sixteen plots, some with a recorded area."""
    found = a_place(session, rule_book="kmbr")
    plots = []
    for number in NUMBERS:
        row, column = map(int, number.removeprefix("12/").split("-"))
        shape = a_box(22 * column, 42 * row)
        shape = rotate(shape, 3 * column) if row % 2 else shape
        recorded = Area(value=Decimal(column * 150), unit=AreaUnit.SQUARE_METRE) if column else None
        plots.append(a_new_parcel(number, boundary=shape, recorded_area=recorded))
    register(session, found, plots)
    return found


def street(x1: float, y1: float, x2: float, y2: float) -> LineString:
    return LineString([(KERALA[0] + x1, KERALA[1] + y1), (KERALA[0] + x2, KERALA[1] + y2)])


def streets(session: Session, place: Jurisdiction) -> None:
    """Centre lines with a width, without one, in two parts that tell different things; and a surface."""
    bring_in(
        session,
        place,
        "road",
        [
            street(-50, -4, 100, -4),
            street(-50, 36, 30, 36),
            street(30, 36, 120, 36),
            street(-6, -60, -6, 200),
            street(-60, 78, 150, 82),
        ],
        labels=["South", "Middle", "Middle", "West", "Nameless width"],
        widths=[6.0, 9.0, 9.0, 4.0, None],
        attributes=[
            {"road_kind": "notified"},
            {"road_kind": "unnotified", "road_length": 90},
            {"road_kind": "main", "road_length": 90},
            {"road_kind": "cul_de_sac", "plots_served": 7},
            {},
        ],
        holds="centre_line",
        accuracy=1.5,
        series="lines",
        vertices=8,
    )
    bring_in(session, place, "road", [a_box(87, -20, 5, 200)], labels=["East"], accuracy=0.5, series="areas")


def around(session: Session, place: Jurisdiction) -> None:
    """Two local bodies whose border runs through plots, a zone on some plots and a sliver of others, an airport over a part."""
    bodies = [a_box(-500, -500, 530, 1000), a_box(30, -500, 500, 1000)]
    kinds = [{"lsg_type": "Municipality"}, {"lsg_type": "Grama Panchayat"}]
    bring_in(session, place, "local_body", bodies, labels=["West", "East"], attributes=kinds, accuracy=5.0)
    bring_in(session, place, "security_zone", [a_box(-10, -10, 70.2, 60)], accuracy=1.0, vertices=5)
    tops = [a_box(-50, 40, 100, 60), a_box(30, 60, 100, 60)]
    told = [{"top_amsl_m": "120"}, {"top_amsl_m": "90.5"}]
    bring_in(session, place, "airport_height", tops, attributes=told, accuracy=1.0)


def read(session: Session, place: Jurisdiction, numbers: Sequence[str] = tuple(NUMBERS)) -> Read:
    reader = Reader(session, place, LIMITS, at=now(session, place, DAY), rasters=NOWHERE)
    return reader.read(session, numbers)


def tract_of(session: Session, place: Jurisdiction) -> Tract:
    found = read(session, place)
    assert found.tract is not None
    assert not len(found.left)
    return found.tract


def assert_told(tract: Tract, plot: int, site: Site) -> None:
    """What a tract has of a plot is what its site has."""
    frame = site.frame
    assert (tract.number[plot], tract.body[plot], tract.body_name[plot]) == (
        site.number,
        site.body,
        site.body_name,
    )
    assert (tract.east[plot], tract.north[plot], tract.scale[plot]) == (frame.east, frame.north, frame.scale)
    assert tract.boundary[plot].equals_exact(site.boundary, 0.0)
    assert tract.measured[plot] == site.measured_area
    assert np.array_equal(tract.recorded[plot], site.recorded_area or np.nan, equal_nan=True)
    zone, airport = site.overlay(LIMITS.zone), site.overlay(LIMITS.surface)
    assert zone is not None
    assert airport is not None
    assert tract.in_zone[plot] == (zone.status is Status.AFFECTED)
    tops = [float(value) for name, value in airport.attributes if name == LIMITS.attribute]
    lowest = min(tops) if airport.status is Status.AFFECTED else np.nan
    assert np.array_equal(tract.top[plot], lowest, equal_nan=True)
    assert_streets(tract.fronts, np.flatnonzero(tract.fronts.plot == plot), site)


def assert_streets(fronts: Fronts, rows: np.ndarray, site: Site) -> None:
    """The same streets in the same order, with the same boundary along them."""
    told = [
        (
            fronts.ref[row],
            fronts.accuracy[row],
            _known(fronts.width[row]),
            fronts.kind[row],
            _known(fronts.length[row]),
            _known(fronts.served[row]),
        )
        for row in rows
    ]
    roads = site.roads
    assert told == [(r.ref, r.accuracy, r.width, r.kind, r.length, r.plots_served) for r in roads]
    for row, road in zip(rows, roads, strict=True):
        assert fronts.line[row].equals_exact(road.frontage, 0.0)


def _known(said: float) -> float | None:
    return None if np.isnan(said) else float(said)


def test_every_plot_of_a_tract_is_told_as_its_site_tells_it(session: Session, place: Jurisdiction) -> None:
    streets(session, place)
    around(session, place)
    tract = tract_of(session, place)
    for plot, number in enumerate(NUMBERS):
        site = site_of_number(session, place, number, at=now(session, place, DAY), rasters=NOWHERE)
        assert_told(tract, plot, site)
    bases = set(np.isnan(tract.fronts.width).tolist())
    assert bases == {True, False}
    assert {None, "municipality", "panchayat"} == set(tract.body)
    assert 0 < tract.in_zone.sum() < len(tract)
    assert {90.5, 120.0} < set(tract.top)


def test_what_nobody_brought_in_is_not_known(session: Session, place: Jurisdiction) -> None:
    tract = tract_of(session, place)
    assert not len(tract.fronts)
    assert set(tract.body) == {None}
    assert not tract.in_zone.any()
    assert np.isnan(tract.top).all()


def test_a_number_that_is_not_there_is_left_and_the_others_keep_their_order(
    session: Session, place: Jurisdiction
) -> None:
    streets(session, place)
    found = read(session, place, ["12/3-3", "no such plot", "", "12/0-1", "12/3-3"])
    assert found.tract is not None
    assert found.tract.number.tolist() == ["12/3-3", "12/0-1", "12/3-3"]
    assert (found.places.tolist(), found.left.tolist()) == ([0, 3, 4], [1, 2])


def test_some_plots_of_a_tract_keep_their_own_streets(session: Session, place: Jurisdiction) -> None:
    streets(session, place)
    tract = tract_of(session, place)
    rows = np.array([9, 2, 14])
    some = tract.taken(rows)
    whole = joined([some, tract.taken(np.array([0]))])
    for place_there, row in enumerate([*rows.tolist(), 0]):
        assert whole.number[place_there] == tract.number[row]
        own = whole.fronts.ref[whole.fronts.plot == place_there].tolist()
        assert own == tract.fronts.ref[tract.fronts.plot == row].tolist()


def test_files_hold_a_tract_to_the_last_digit(session: Session, place: Jurisdiction, tmp_path: Path) -> None:
    streets(session, place)
    around(session, place)
    reader = Reader(session, place, LIMITS, at=now(session, place, DAY), rasters=NOWHERE)
    tract = reader.read(session, NUMBERS).tract
    assert tract is not None
    assert (
        files.write([tract.taken(np.arange(7)), tract.taken(np.arange(7, 16))], reader.stamp, tmp_path, 0)
        == 16
    )
    paths = files.parts(tmp_path)
    names = [path.parent.name for path in paths]
    assert names == ["local_body=East", "local_body=West", f"local_body={files.UNKNOWN}"]
    again = joined([files.read(path) for path in paths])
    again = again.taken(np.argsort([NUMBERS.index(each) for each in again.number]))
    for name in OF_A_PLOT:
        one, other = getattr(tract, name), getattr(again, name)
        is_shape = name == "boundary"
        assert (
            shapely.equals_exact(one, other).all()
            if is_shape
            else one.tolist() == pytest.approx(other.tolist(), abs=0, nan_ok=True)
        )
    for each in fields(Fronts):
        one, other = getattr(tract.fronts, each.name), getattr(again.fronts, each.name)
        is_shape = each.name == "line"
        assert (
            shapely.equals_exact(one, other).all()
            if is_shape
            else one.tolist() == pytest.approx(other.tolist(), abs=0, nan_ok=True)
        )
    assert files.stamp_of(paths[0]) == reader.stamp


def test_a_folder_without_land_and_a_file_that_is_not_ours_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="land export"):
        files.parts(tmp_path)
    stranger = tmp_path / "part-1.parquet"
    stranger.write_bytes(b"PAR1 and nothing")
    with pytest.raises(Invalid, match="write it anew"):
        files.read(stranger)
