"""Bad shapes are mended or refused, each with its reason; good ones pass untouched."""

from math import inf, nan
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from gis.crs import crs_of
from layers.importers.batches import read_shapes
from layers.importers.features import Names
from layers.importers.position import Ground
from layers.importers.report import Kind, Tally
from layers.importers.tidy import LEAST_AREA, LEAST_LENGTH, Wanted, tidy
from tests.builders import KERALA, UTM_43N, a_box, on_the_ground
from tests.layers.importers.writing import wkb_of

GROUND = Ground(source=crs_of(UTM_43N), metric=UTM_43N)
X, Y = KERALA


def tidied(*given: Any, wanted: Wanted = Wanted.AREAS) -> tuple[list[Any], Tally]:
    """What stays of shapes (or their binary), and the tally."""
    wkb = [each if each is None or isinstance(each, bytes) else shapely.to_wkb(each) for each in given]
    array = np.empty(len(wkb), dtype=object)
    array[:] = wkb
    batch, tally = read_shapes(1, {}, array), Tally(read=len(wkb))
    found = tidy(batch, np.ones(len(wkb), dtype=bool), GROUND, wanted, tally, Names(batch=batch, refs=None))
    assert len(found.shapes) == tally.kept
    return list(found.shapes), tally


def only(tally: Tally, kind: Kind) -> str:
    """Reason and detail of the only note."""
    (note,) = tally.listed()
    assert note.kind is kind
    return f"{note.reason} {note.detail}"


ARC = (
    np.array([1], np.uint8).tobytes()
    + np.array([8, 3], "<u4").tobytes()
    + np.array([X, Y, X + 5, Y + 5, X + 9, Y]).tobytes()
)
"""The well-known binary of a circular string."""


def test_a_good_plot_passes_untouched() -> None:
    (shape,), tally = tidied(a_box())
    assert shape.equals_exact(a_box(), 0)
    assert tally.listed() == ()


def test_a_ring_that_does_not_close_is_closed() -> None:
    (shape,), tally = tidied(wkb_of([(X, Y), (X + 10, Y), (X + 10, Y + 10), (X, Y + 10)]))
    assert shape.area == pytest.approx(100)
    assert "not closed" in only(tally, Kind.MENDED)


def test_a_plot_that_crosses_itself_is_made_valid_and_its_ground_area_told() -> None:
    bow = on_the_ground(Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]))
    (shape,), tally = tidied(bow)
    assert shape.is_valid
    assert shape.area == pytest.approx(50)
    assert only(tally, Kind.MENDED).startswith("self-intersection; it was made valid area now 50.0")


def test_a_plot_of_which_nothing_is_left_when_mended_is_refused() -> None:
    shapes, tally = tidied(on_the_ground(Polygon([(0, 0), (5, 0), (10, 0)])))
    assert shapes == []
    assert "nothing of an area is left" in only(tally, Kind.REFUSED)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (None, "it has no shape"),
        (Polygon(), "its shape is empty"),
        (b"rubbish", "its shape cannot be read"),
        (wkb_of([(X, Y), (X + 10, nan), (X + 10, Y + 10), (X, Y)]), "not a number"),
        (wkb_of([(X, Y), (X + 10, Y), (inf, Y + 10), (X, Y)]), "not a number"),
        (ARC, "its shape has arcs"),
        (Point(X, Y), "it is a point, but polygons are wanted"),
        (LineString([(X, Y), (X + 1, Y)]), "it is a line, but polygons are wanted"),
        (GeometryCollection([Point(X, Y)]), "it is a mixed collection, but polygons are wanted"),
        (shapely.transform(a_box(), lambda p: p[:, ::-1]), "look exchanged"),
    ],
)
def test_what_is_no_plot_is_refused_with_its_reason(given: Any, reason: str) -> None:
    shapes, tally = tidied(given)
    assert shapes == []
    assert reason in only(tally, Kind.REFUSED)


def test_a_curve_does_not_take_the_straight_ones_along() -> None:
    shapes, tally = tidied(a_box(), ARC, a_box(x=30))
    assert len(shapes) == 2
    assert [note.position for note in tally.notes[Kind.REFUSED]] == [2]


def test_heights_are_left_out_and_said_once_for_all() -> None:
    raised = shapely.force_3d(a_box(), 12.0)
    shapes, tally = tidied(raised, a_box(x=30), raised)
    assert not any(shape.has_z for shape in shapes)
    assert tally.sentences() == ("2 features are 3-D; their heights were left out.",)
    assert tally.listed() == ()


def test_of_a_mixed_collection_only_the_polygons_stay() -> None:
    mixed = GeometryCollection([Point(X, Y), a_box(), GeometryCollection([a_box(x=50)])])
    (shape,), tally = tidied(mixed)
    assert isinstance(shape, MultiPolygon)
    assert shape.area == pytest.approx(1200)
    assert "only its polygons" in only(tally, Kind.MENDED)


def test_a_collection_of_one_is_that_one() -> None:
    (shape,), _ = tidied(MultiPolygon([a_box()]))
    assert isinstance(shape, Polygon)


@pytest.mark.parametrize(("side", "is_kept"), [(LEAST_AREA * 1.01, True), (LEAST_AREA * 0.99, False)])
def test_a_plot_below_a_hundredth_of_a_square_metre_is_nothing(side: float, is_kept: bool) -> None:
    shapes, _ = tidied(box(X, Y, X + 1, Y + side))
    assert bool(shapes) is is_kept


@pytest.mark.parametrize(
    ("length", "is_kept"), [(LEAST_LENGTH * 1.01, True), (LEAST_LENGTH * 0.99, False), (0.0, False)]
)
def test_a_line_below_a_millimetre_is_nothing(length: float, is_kept: bool) -> None:
    shapes, _ = tidied(LineString([(X, Y), (X, Y + length)]), wanted=Wanted.LINES)
    assert bool(shapes) is is_kept


def test_lines_may_cross_themselves_and_points_may_be_many() -> None:
    knot = LineString([(X, Y), (X + 10, Y + 10), (X + 10, Y), (X, Y + 10)])
    assert tidied(knot, wanted=Wanted.LINES)[0][0].equals_exact(knot, 0)
    assert len(tidied(shapely.MultiPoint([(X, Y), (X + 1, Y)]), wanted=Wanted.POINTS)[0]) == 1


def test_the_bad_ones_do_not_take_the_good_ones_along() -> None:
    shapes, tally = tidied(None, a_box(), Point(X, Y), a_box(x=30), Polygon())
    assert [round(shape.bounds[0] - X) for shape in shapes] == [0, 30]
    assert [note.position for note in tally.listed()] == [1, 3, 5]
