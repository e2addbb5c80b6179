"""A restriction that could not be brought in leaves no silence on its own ground."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import LineString, Polygon, box
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.crs import crs_of
from layers.importers.batches import read_shapes
from layers.importers.lost_ground import LostGround
from layers.importers.position import Ground
from tests.builders import UTM_43N, a_box
from tests.layers.importers.writing import bring, entry, in_degrees, wkb_of, write

TOWN = a_box(x=-500, y=-500, width=1000, depth=1000)
IN_METRES = Ground(source=crs_of(UTM_43N), metric=UTM_43N)
ACCURACY = 2.0


def lost_of(*shapes: Any) -> LostGround:
    """The ground of these features, all of them refused."""
    lost = LostGround(around=ACCURACY)
    wkb = [shape if shape is None or isinstance(shape, bytes) else shape.wkb for shape in shapes]
    batch = read_shapes(1, {}, np.array(wkb, dtype=object))
    lost.add(batch, np.ones(len(batch), dtype=bool), IN_METRES)
    return lost


@pytest.mark.parametrize(
    ("shape", "beside"),
    [
        (a_box(), a_box(x=20 + ACCURACY + 0.5)),
        (LineString([(0, 0), (0, 50)]), None),
        (Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(2, 2), (4, 2), (4, 4)]]), None),
    ],
)
def test_the_ground_of_a_refused_feature_is_taken_out_and_no_more(shape: Any, beside: Polygon | None) -> None:
    drawn = shape if beside is not None else shapely.affinity.translate(shape, *TOWN.centroid.coords[0])
    left = lost_of(drawn).left_of(TOWN)
    assert not left.intersects(drawn)
    assert beside is None or left.covers(beside)
    assert lost_of(drawn).unplaced == 0


@pytest.mark.parametrize(
    "shape", [None, Polygon(), box(0, 0, 1, 1), wkb_of([(0, 0), (1, float("nan")), (1, 1), (0, 0)])]
)
def test_of_a_feature_without_a_place_nobody_knows_whose_ground_it_is(shape: Any) -> None:
    lost = lost_of(a_box(), shape)
    assert (len(lost.placed), lost.unplaced) == (1, 1)
    assert lost.left_of(TOWN).is_empty


def test_where_nothing_was_refused_the_coverage_is_whole() -> None:
    assert LostGround(around=ACCURACY).left_of(TOWN).equals(TOWN)
    assert LostGround(around=ACCURACY).remark() is None
    assert lost_of(TOWN.buffer(9)).left_of(TOWN).is_empty


@pytest.mark.parametrize(
    ("day", "shape", "covered", "told"),
    [
        ("2020-01-01", a_box(x=90), 1.0, ""),
        ("31.12.2020", a_box(x=90), 0.0, "1 features were refused; on their ground"),
        ("2020-01-01", None, 0.0, "1 features were refused of which nobody knows"),
    ],
)
def test_a_layer_is_not_silent_where_a_feature_was_refused(
    session: Session, tmp_path: Path, day: str, shape: Polygon | None, covered: float, told: str
) -> None:
    days = ["2020-01-01"] * 10 + [day]
    shapes = [in_degrees(a_box(x=30)) for _ in range(10)] + [shape and in_degrees(shape)]
    write(tmp_path / "flood.geojson", shapes, since=days)
    write(tmp_path / "town.geojson", [in_degrees(TOWN)])
    wanted = entry(
        "layer", "flood.geojson", fields={"valid_from": "since"}, coverage={"file": "town.geojson"}
    )
    report = bring(session, tmp_path, wanted)
    assert [remark[: len(told)] for remark in report.remarks] == ([told] if told else [])
    sql = (
        "SELECT ST_Area(ST_Intersection(shape, ST_GeomFromText(:plot, :srid))) / 600 FROM layer_coverage AS cover"
        " JOIN dataset_import AS import ON import.id = cover.import_id WHERE import.jurisdiction = 'test'"
    )
    found = session.execute(text(sql), {"plot": a_box(x=90).wkt, "srid": UTM_43N}).scalar_one()
    assert found == pytest.approx(covered, abs=1e-6)
