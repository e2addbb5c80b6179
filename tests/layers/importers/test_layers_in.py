"""Layers come in with pieces that find every plot they concern, and where they are complete; old versions stay."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from pydantic import ValidationError
from shapely import LineString, Point, Polygon
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gis.crs import areal_scale
from gis.errors import Invalid, NotFound
from gis.recordings import last_recording
from layers.catalogue import Role, load, names
from layers.importers.layer import FRONTAGE, SCALE, reach_of
from layers.importers.mapping import LayerEntry
from layers.importers.report import Kind
from layers.imports import standing
from tests.builders import KERALA, UTM_43N, a_box
from tests.layers.importers.writing import PLACE, SOURCE, bring, entry, in_degrees, write

X, Y = KERALA
CATALOGUE = load("kerala")


def shapes(folder: Path, *given: Any, file: str = "layer.fgb", **columns: list[Any]) -> str:
    """A file of features."""
    (folder / file).unlink(missing_ok=True)
    columns.setdefault("name", [f"feature {position}" for position in range(len(given))])
    return write(folder / file, [shape and in_degrees(shape) for shape in given], **columns).name


def rows(session: Session, sql: str, **values: Any) -> list[Any]:
    """What the database holds."""
    return list(session.execute(text(sql), values).all())


def touched(session: Session, shape: Any) -> bool:
    """Whether a plot would be told of anything."""
    sql = "SELECT 1 FROM layer_piece WHERE reach && ST_GeomFromWKB(:shape, :srid)"
    return bool(rows(session, sql, shape=shape.wkb, srid=UTM_43N))


def test_features_keep_what_the_mapping_wants(session: Session, tmp_path: Path) -> None:
    shapes(
        tmp_path, a_box(), a_box(x=50), code=["F1", None], name=["Pamba", "  "], name_ml=["പമ്പ", None],
        depth=[1.5, float("nan")], year=[2018, 2019], other=["x", "y"], surveyed=["2018-08-15", None],
    )  # fmt: skip
    fields = {"ref": "code", "label": "name", "label_ml": "name_ml", "valid_from": "surveyed"}
    report = bring(
        session, tmp_path, entry("layer", "layer.fgb", fields=fields, keep=["depth", "year", "surveyed"])
    )
    assert (report.read, report.kept, report.target) == (2, 2, "flood")
    found = rows(
        session,
        "SELECT position, ref, label, label_ml, attributes, lower(valid), upper(valid), ST_SRID(shape)"
        " FROM layer_feature ORDER BY position",
    )
    assert found == [
        (
            1,
            "F1",
            "Pamba",
            "പമ്പ",
            {"depth": 1.5, "year": 2018, "surveyed": "2018-08-15"},
            date(2018, 8, 15),
            None,
            UTM_43N,
        ),
        (2, "2", None, None, {"year": 2019}, date(2010, 1, 1), None, UTM_43N),
    ]


def test_large_features_are_cut_and_together_they_are_the_whole(session: Session, tmp_path: Path) -> None:
    island = Point(X, Y).buffer(500, quad_segs=500)
    shapes(tmp_path, island)
    bring(session, tmp_path, entry("layer", "layer.fgb"))
    ((pieces, most, area, joined),) = rows(
        session,
        "SELECT count(*), max(ST_NPoints(shape)), sum(ST_Area(shape)),"
        " ST_Area(ST_SymDifference(ST_Union(shape), (SELECT shape FROM layer_feature))) FROM layer_piece",
    )
    assert pieces > 10
    assert most <= 64
    assert area == pytest.approx(island.area, rel=1e-6)
    assert joined < 0.01


@pytest.mark.parametrize(
    ("layer", "holds", "metres"),
    [
        ("flood", "polygon", CATALOGUE.layer("flood").search_reach()),
        ("railway", "centre_line", CATALOGUE.layer("railway").search_reach()),
        ("airport", "point", CATALOGUE.layer("airport").search_reach()),
        ("road", "centre_line", FRONTAGE),
    ],
)
def test_a_plot_within_reach_is_found_and_one_beyond_is_not(
    session: Session, tmp_path: Path, layer: str, holds: str, metres: float
) -> None:
    there = {"polygon": a_box(), "point": Point(X, Y), "centre_line": LineString([(X - 9, Y), (X, Y)])}[holds]
    shapes(tmp_path, there)
    wanted = entry("layer", "layer.fgb", layer=layer, holds=holds)
    bring(session, tmp_path, wanted)
    assert reach_of(CATALOGUE, wanted) == metres
    edge = there.bounds[2]
    assert touched(session, Point(edge + metres * 1.0019, Y))
    assert not touched(session, Point(edge + metres * SCALE + 0.25, Y))  # boxes are kept in single precision


def test_widths_and_a_coarser_accuracy_widen_the_reach(session: Session, tmp_path: Path) -> None:
    road = LineString([(X - 9, Y), (X, Y)])
    shapes(tmp_path, road, road, road, width=["18", "0", "wide"])
    wanted = entry(
        "layer", "layer.fgb", layer="road", holds="centre_line", fields={"width": "width"}, width=6
    )
    report = bring(session, tmp_path, wanted)
    assert rows(session, "SELECT width FROM layer_feature ORDER BY position") == [(18.0,), (6.0,), (6.0,)]
    assert [note.reason for note in report.of(Kind.MENDED)] == [
        "its width is not a number of metres; it was left out"
    ]
    ((reach,),) = rows(session, "SELECT max(ST_XMax(reach)) FROM layer_piece")
    assert reach - X == pytest.approx((FRONTAGE + 9) * SCALE, abs=0.01)
    coarse = wanted.model_copy(update={"accuracy": 40.0})
    assert reach_of(CATALOGUE, coarse) == CATALOGUE.layer("road").search_reach(40.0) > FRONTAGE


def test_what_is_only_drawn_is_not_cut_for_a_search(session: Session, tmp_path: Path) -> None:
    shapes(tmp_path, a_box())
    for layer, pieces in (("building", 0), ("flood", 1)):
        bring(session, tmp_path, entry("layer", "layer.fgb", layer=layer, holds="polygon"))
        counted = (
            "SELECT count(*) FROM layer_piece JOIN dataset_import AS import ON import.id = import_id"
            f" WHERE target = '{layer}'"
        )
        assert rows(session, counted) == [(pieces,)]


@pytest.mark.parametrize("name", names())
def test_every_layer_that_an_extract_asks_for_is_cut_for_a_search(name: str) -> None:
    for layer in load(name).layers:
        is_asked = layer.shows or layer.role in (Role.ADMIN, Role.ROAD)
        own = entry("layer", "a.fgb", layer=layer.source_layer or layer.id)
        assert (reach_of(load(name), own) is not None) or not is_asked


def test_a_layer_that_others_read_reaches_as_far_as_they_do() -> None:
    borrowed = [layer for layer in CATALOGUE.layers if layer.source_layer is not None]
    assert borrowed
    for layer in borrowed:
        own = LayerEntry.model_validate(
            entry("layer", "a.fgb").model_dump() | {"layer": layer.source_layer, "accuracy": 0.1}
        )
        assert (reach_of(CATALOGUE, own) or 0.0) >= layer.search_reach()


def test_a_distance_of_a_features_own_is_kept_without_asking(session: Session, tmp_path: Path) -> None:
    layer = next(layer for layer in CATALOGUE.layers if layer.buffer_property == "clearance")
    shapes(tmp_path, LineString([(X, Y), (X + 9, Y)]), clearance=[3.7])
    bring(session, tmp_path, entry("layer", "layer.fgb", layer=layer.id, holds="centre_line"))
    assert rows(session, "SELECT attributes FROM layer_feature") == [({"clearance": 3.7},)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layer": "slope"}, "reads the features of “elevation”. Import into that one"),
        ({"layer": "elevation"}, "is a raster. Give its entry `kind: raster`"),
        ({"layer": "local_body", "holds": "point"}, "covers the ground, so it needs polygons"),
    ],
)
def test_a_layer_of_another_kind_is_an_error_of_the_mapping(
    session: Session, tmp_path: Path, change: dict[str, str], message: str
) -> None:
    shapes(tmp_path, a_box())
    with pytest.raises(Invalid, match=message):
        bring(session, tmp_path, entry("layer", "layer.fgb", **change))


def test_an_unknown_layer_is_named(session: Session, tmp_path: Path) -> None:
    shapes(tmp_path, a_box())
    with pytest.raises(NotFound, match="no layer “floods”"):
        bring(session, tmp_path, entry("layer", "layer.fgb", layer="floods"))


def test_boundaries_are_lines_and_points_are_points(session: Session, tmp_path: Path) -> None:
    shapes(tmp_path, a_box())
    for holds in ("boundary", "point"):
        with pytest.raises(Invalid, match="it is a polygon, but"):
            bring(session, tmp_path, entry("layer", "layer.fgb", holds=holds))


# --- coverage ---------------------------------------------------------------------------------------------


def covered(session: Session) -> Any:
    """The coverage of the only import that stands, and its hash."""
    (found,) = standing(session, PLACE, known=last_recording(session, PLACE.code))
    return found.coverage, found.coverage_digest


def test_without_a_word_on_coverage_there_is_none(session: Session, tmp_path: Path) -> None:
    shapes(tmp_path, a_box())
    report = bring(session, tmp_path, entry("layer", "layer.fgb"))
    assert covered(session) == (None, None)
    assert any("no coverage" in remark for remark in report.remarks)


def test_a_layer_can_cover_itself(session: Session, tmp_path: Path) -> None:
    shapes(tmp_path, a_box(), a_box(x=20), a_box(x=100))
    bring(session, tmp_path, entry("layer", "layer.fgb", coverage={"features": "true"}))
    shape, digest = covered(session)
    assert shape.area == pytest.approx(1800, rel=1e-6)
    assert len(shape.geoms) == 2
    assert digest == hashlib.sha256(shape.wkb).hexdigest()


def test_another_table_can_say_where_a_layer_is_complete(session: Session, tmp_path: Path) -> None:
    shapes(tmp_path, a_box())
    shapes(tmp_path, a_box(width=1000, depth=500), a_box(x=1000, width=1000, depth=500), file="town.fgb")
    bring(session, tmp_path, entry("layer", "layer.fgb", coverage={"file": "town.fgb"}))
    shape, _ = covered(session)
    assert isinstance(shape, Polygon)
    assert shape.area == pytest.approx(1_000_000, rel=1e-6)


def test_a_coverage_grows_by_ground_metres(session: Session, tmp_path: Path) -> None:
    shapes(tmp_path, Point(X, Y))
    wanted = entry(
        "layer", "layer.fgb", layer="airport", holds="point", coverage={"features": "true", "grow": "25000"}
    )
    bring(session, tmp_path, wanted)
    shape, _ = covered(session)
    grid = 25_000 * areal_scale(UTM_43N, X, Y) ** 0.5
    assert shape.bounds[2] - X == pytest.approx(grid, abs=0.1)
    assert shape.covers(Point(X + grid - 1, Y))
    assert not shape.covers(Point(X + grid + 1, Y))


def test_points_alone_cover_nothing(session: Session, tmp_path: Path) -> None:
    shapes(tmp_path, Point(X, Y))
    with pytest.raises(Invalid, match="its `coverage` has no area"):
        bring(
            session,
            tmp_path,
            entry("layer", "layer.fgb", layer="airport", holds="point", coverage={"features": "true"}),
        )


def test_a_spoilt_coverage_is_a_fault_of_the_import(session: Session, tmp_path: Path) -> None:
    shapes(tmp_path, a_box())
    shapes(tmp_path, a_box(), None, file="town.fgb")
    with pytest.raises(Invalid, match=r"town\.fgb, coverage: feature 2: it has no shape"):
        bring(session, tmp_path, entry("layer", "layer.fgb", coverage={"file": "town.fgb"}))


def test_a_coverage_is_said_in_one_way() -> None:
    with pytest.raises(ValidationError, match="give either"):
        entry("layer", "layer.fgb", coverage={"features": "true", "table": "town"})


# --- versions ---------------------------------------------------------------------------------------------


def test_a_new_import_takes_the_place_and_the_old_can_still_be_asked(
    session: Session, tmp_path: Path
) -> None:
    shapes(tmp_path, a_box(), a_box(x=50))
    bring(session, tmp_path, entry("layer", "layer.fgb"))
    before = last_recording(session, PLACE.code)
    shapes(tmp_path, a_box(x=50))
    bring(session, tmp_path, entry("layer", "layer.fgb"))
    after = last_recording(session, PLACE.code)
    (old,), (new,) = (standing(session, PLACE, known=known) for known in (before, after))
    assert old.id != new.id
    counts = dict(
        tuple(row) for row in rows(session, "SELECT import_id, count(*) FROM layer_feature GROUP BY 1")
    )
    assert counts == {old.id: 2, new.id: 1}
    ((closed, opened),) = rows(
        session,
        "SELECT (SELECT upper(recorded) FROM dataset_import WHERE id = :old), lower(recorded)"
        " FROM dataset_import WHERE id = :new",
        old=old.id,
        new=new.id,
    )
    assert closed == opened == after


def test_two_series_of_one_layer_stand_beside_each_other(session: Session, tmp_path: Path) -> None:
    for file in ("north.fgb", "south.fgb"):
        shapes(tmp_path, a_box(), file=file)
        bring(session, tmp_path, entry("layer", file, layer="ward"))
    found = standing(session, PLACE, known=last_recording(session, PLACE.code))
    assert [each.series for each in found] == ["north.fgb#", "south.fgb#"]


def test_the_same_file_with_another_mapping_is_imported_anew(session: Session, tmp_path: Path) -> None:
    shapes(tmp_path, a_box())
    first = bring(session, tmp_path, entry("layer", "layer.fgb"))
    again = bring(session, tmp_path, entry("layer", "layer.fgb"))
    other = bring(session, tmp_path, entry("layer", "layer.fgb", accuracy="3"))
    assert (first.unchanged, again.unchanged, other.unchanged) == (False, True, False)
    shapes(tmp_path, a_box(width=900), file="town.fgb")
    wanted = entry("layer", "layer.fgb", coverage={"file": "town.fgb"})
    assert not bring(session, tmp_path, wanted).unchanged
    assert bring(session, tmp_path, wanted).unchanged
    shapes(tmp_path, a_box(width=901), file="town.fgb")
    assert not bring(session, tmp_path, wanted).unchanged


def test_a_dataset_in_the_wrong_zone_is_refused_for_being_far_away(session: Session, tmp_path: Path) -> None:
    shapes(tmp_path, a_box())
    bring(session, tmp_path, entry("layer", "layer.fgb"))
    far = shapely.affinity.translate(a_box(), yoff=600_000)
    shapes(tmp_path, far, file="far.fgb")
    with pytest.raises(Invalid, match=r"far\.fgb lies 600 km from everything else"):
        bring(session, tmp_path, entry("layer", "far.fgb", layer="water_body"))
    assert len(rows(session, "SELECT 1 FROM dataset_import")) == 1


def test_a_dry_run_of_a_layer_stores_nothing(session: Session, tmp_path: Path) -> None:
    shapes(tmp_path, a_box(), None)
    report = bring(session, tmp_path, entry("layer", "layer.fgb", refuse_at_most="0.5"), dry_run=True)
    assert (report.kept, report.count(Kind.REFUSED), report.dry_run) == (1, 1, True)
    assert rows(session, "SELECT 1 FROM dataset_import UNION ALL SELECT 1 FROM layer_feature") == []


def test_only_what_is_wanted_comes_in(session: Session, tmp_path: Path) -> None:
    shapes(tmp_path, a_box(), a_box(x=50), a_box(x=90), zone=["AE", "X", "A"])
    report = bring(session, tmp_path, entry("layer", "layer.fgb", where={"zone": ["AE", "A"]}))
    assert (report.read, report.kept, report.count(Kind.FILTERED)) == (3, 2, 1)
    assert report.of(Kind.FILTERED)[0].reason == "its zone is not AE or A"
    with pytest.raises(Invalid, match="`where` keeps none"):
        bring(session, tmp_path, entry("layer", "layer.fgb", where={"zone": ["V"]}))


def test_the_source_of_a_layer_is_kept_with_it(session: Session, tmp_path: Path) -> None:
    shapes(tmp_path, a_box())
    bring(session, tmp_path, entry("layer", "layer.fgb", valid_from="2015-01-01"))
    (found,) = standing(session, PLACE, known=last_recording(session, PLACE.code))
    assert found.source["licence"] == SOURCE.licence
    assert (found.begins, found.source_date, found.holds) == (date(2015, 1, 1), SOURCE.date, "polygon")


@pytest.mark.parametrize("wrong", ["shape", "reach"])
def test_a_piece_in_the_metres_of_another_place_is_refused_by_the_database(
    session: Session, tmp_path: Path, wrong: str
) -> None:
    shapes(tmp_path, a_box())
    bring(session, tmp_path, entry("layer", "layer.fgb"))
    columns = {"shape": "shape", "reach": "reach", wrong: f"ST_SetSRID({wrong}, {UTM_43N + 1})"}
    with pytest.raises(IntegrityError, match=r"layer_piece_(shape_check|import_id_srid_fkey)"):
        session.execute(
            text(
                "INSERT INTO layer_piece (import_id, feature_id, shape, reach)"
                f" SELECT import_id, feature_id, {columns['shape']}, {columns['reach']} FROM layer_piece"
            )
        )


def test_a_piece_wholly_in_the_metres_of_another_place_is_refused_too(
    session: Session, tmp_path: Path
) -> None:
    shapes(tmp_path, a_box())
    bring(session, tmp_path, entry("layer", "layer.fgb"))
    with pytest.raises(IntegrityError, match="layer_piece_import_id_srid_fkey"):
        session.execute(
            text(
                "UPDATE layer_piece SET shape = ST_SetSRID(shape, :other), reach = ST_SetSRID(reach, :other)"
            ),
            {"other": UTM_43N + 1},
        )
