"""The layers of the sample: what the mapping file promises is there, and covers what it should."""

import unicodedata
from datetime import date
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely

from gis.crs import GEOGRAPHIC, transform
from layers.catalogue import load
from layers.entry import Confidence, Measure
from layers.importers.changes import read_changes
from layers.importers.mapping import LayerEntry, Mapping, read_mapping
from layers.land_cover import CLASSES
from layers.sample import SampleSummary
from layers.sample.town import Town


@pytest.fixture(scope="module")
def mapping(folder: Path) -> Mapping:
    """The mapping file, as the import reads it."""
    return read_mapping(folder / "mapping.yaml")


def _table(path: Path) -> tuple["np.ndarray", dict[str, "np.ndarray"]]:  # type: ignore[type-arg]
    meta, _, shapes, columns = pyogrio.raw.read(path)
    return shapely.from_wkb(shapes), dict(zip(meta["fields"], columns, strict=True))


def test_every_table_that_the_mapping_names_is_there_with_its_fields(folder: Path, mapping: Mapping) -> None:
    for entry in mapping.datasets:
        assert (folder / entry.file).is_file(), entry.file
        if isinstance(entry, LayerEntry):
            held = set(pyogrio.read_info(folder / entry.file)["fields"])
            wanted = set(entry.keep) | {field for field in entry.fields.model_dump().values() if field}
            assert wanted <= held, entry.file
            if entry.coverage and entry.coverage.file:
                assert (folder / entry.coverage.file).is_file()


def test_every_layer_of_the_catalogue_has_data_but_for_the_uncertain(mapping: Mapping) -> None:
    catalogue = load(mapping.jurisdiction.catalogue)
    held = {entry.layer for entry in mapping.datasets if hasattr(entry, "layer")}
    wanted = {
        layer.id
        for layer in catalogue.layers
        if layer.source_layer is None and layer.confidence is not Confidence.UNCERTAIN
    }

    assert held <= {layer.id for layer in catalogue.layers}
    assert wanted <= held


def test_own_distances_of_features_are_kept_under_the_names_of_the_catalogue(mapping: Mapping) -> None:
    named = {layer.id: layer.buffer_property for layer in load("kerala").layers if layer.buffer_property}
    kept = {entry.layer: set(entry.keep) for entry in mapping.datasets if isinstance(entry, LayerEntry)}

    assert {"ht_line", "crz_tidal"} <= set(named)
    assert all(name in kept[layer] for layer, name in named.items())


def test_some_layer_is_complete_only_in_part_of_the_town_and_some_nowhere(
    folder: Path, mapping: Mapping, town: Town
) -> None:
    layers = {entry.layer: entry for entry in mapping.datasets if isinstance(entry, LayerEntry)}
    coverage = layers["flood"].coverage
    assert coverage is not None
    assert coverage.file is not None
    studied = _table(folder / coverage.file)[0][0].intersection(town.outline)

    assert 0.2 < studied.area / town.outline.area < 0.8
    assert layers["quarry"].coverage is None


def test_what_is_measured_from_a_boundary_is_held_in_several_ways(mapping: Mapping) -> None:
    held = {(entry.layer, entry.holds) for entry in mapping.datasets if isinstance(entry, LayerEntry)}

    assert {("railway", "polygon"), ("railway", "centre_line"), ("asi_monument", "point")} <= held
    assert {("burial", "polygon"), ("burial", "point"), ("crz_seaward", "boundary")} <= held


def test_everything_says_that_it_is_synthetic(folder: Path, mapping: Mapping) -> None:
    assert mapping.jurisdiction.synthetic
    assert "synthetic" in mapping.jurisdiction.name_en
    for source in [mapping.source, *(entry.source for entry in mapping.datasets if entry.source)]:
        assert "Synthetic" in source.title
        assert "Synthetic" in source.publisher or "Bhumika" in source.publisher
    for name in ("mapping.yaml", "changes.yaml", "SYNTHETIC.txt"):
        assert "synthetic" in (folder / name).read_text(encoding="utf-8").lower()


def test_shapes_of_all_layers_are_valid_and_not_empty(folder: Path, mapping: Mapping) -> None:
    for entry in mapping.datasets:
        if entry.file.endswith(".fgb"):
            shapes, _ = _table(folder / entry.file)
            assert len(shapes), entry.file
            assert shapely.is_valid(shapes).all(), entry.file
            assert not shapely.is_empty(shapes).any(), entry.file


@pytest.mark.parametrize("stem", ["ward", "village"])
def test_wards_and_villages_tile_the_local_body(folder: Path, town: Town, stem: str) -> None:
    areas, _ = _table(folder / f"{stem}.fgb")

    assert shapely.area(areas).sum() == pytest.approx(town.outline.area, abs=0.5)
    assert shapely.symmetric_difference(shapely.union_all(areas), town.outline).area < 0.5


def test_every_plot_lies_in_the_local_body(town: Town) -> None:
    assert shapely.area(shapely.difference(town.shapes, town.outline)).max() < 0.01


@pytest.mark.parametrize("on", [date(2020, 1, 1), date(2024, 3, 31), date(2024, 4, 1), date(2026, 1, 1)])
def test_zones_tile_the_town_on_every_date(folder: Path, town: Town, on: date) -> None:
    zones, columns = _table(folder / "zoning.fgb")
    standing = [
        begins <= on.isoformat() and (ends is None or on.isoformat() < ends)
        for begins, ends in zip(columns["from"], columns["until"], strict=True)
    ]
    chosen = zones[np.array(standing)]

    assert shapely.area(chosen).sum() == pytest.approx(shapely.union_all(chosen).area, rel=1e-9)
    assert shapely.union_all(chosen).intersection(town.outline).area / town.outline.area > 0.998


def test_the_plan_along_the_highway_changed_on_the_first_of_april_2024(folder: Path) -> None:
    _, columns = _table(folder / "zoning.fgb")
    shops = columns["zone_code"] == "C"

    assert shops.any()
    assert set(columns["from"][shops]) == {"2024-04-01"}
    assert "2024-04-01" in set(columns["until"][columns["zone_code"] == "R"])


def test_restrictions_cross_the_town(folder: Path, mapping: Mapping, town: Town) -> None:
    for entry in mapping.datasets:
        if isinstance(entry, LayerEntry) and entry.layer not in ("airport", "asi_monument", "defence"):
            shapes, _ = _table(folder / entry.file)
            assert shapely.intersects(shapes, town.outline).any(), entry.file


def test_part_of_the_town_lies_within_twenty_kilometres_of_the_airport(folder: Path, town: Town) -> None:
    points, _ = _table(folder / "airport.fgb")
    distances = shapely.distance(points[0], town.shapes)

    assert distances.min() < 19_900 < 20_100 < distances.max()


def test_the_town_lies_on_land_in_kerala(written: tuple[Path, SampleSummary], mapping: Mapping) -> None:
    west, south, east, north = written[1].bounds
    ground = transform(shapely.box(west, south, east, north), mapping.jurisdiction.metric, GEOGRAPHIC).bounds

    assert 75.8 < ground[0] < ground[2] < 75.9
    assert 11.0 < ground[1] < ground[3] < 11.1


def test_names_are_in_both_scripts_and_in_normal_form(folder: Path) -> None:
    _, columns = _table(folder / "places.fgb")

    for name in columns["name_ml"]:
        assert unicodedata.normalize("NFC", name) == name
        assert not set(name) & {"\u200b", "\u200c", "\u200d", "\ufeff"}
        assert any("\u0d05" <= letter <= "\u0d7f" for letter in name)
    for name in columns["name_en"]:
        assert name.isascii()
    assert {"town", "ward", "locality", "village", "road", "temple", "school", "address"} <= set(
        columns["kind"]
    )


def test_changes_are_readable_by_the_import(folder: Path) -> None:
    changes = read_changes(folder / "changes.yaml")

    assert [change.on for change in changes] == sorted(change.on for change in changes)
    assert {change.kind for change in changes} == {"divide", "merge", "correct", "resurvey"}


def test_the_height_raster_has_a_flat_coast_a_river_valley_and_a_slope_over_45_degrees(
    folder: Path, town: Town
) -> None:
    with rasterio.open(folder / "elevation.tif") as raster:
        heights, bounds = raster.read(1), raster.bounds
        at = {
            name: float(next(raster.sample([point.coords[0]]))[0])
            for name, point in {
                "sea": town.point(-150.0, 0.5 * town.height),
                "shore": town.point(120.0, 0.2 * town.height),
                "river": town.point(0.5 * town.width, town.ground.rivers[0].middle),
                "bank": town.point(0.5 * town.width, town.ground.rivers[0].middle - 60.0),
                "hill": town.point(*town.ground.hill),
            }.items()
        }
    rise, run = np.gradient(heights.astype(np.float64), 10.0)
    slope = np.degrees(np.arctan(np.hypot(rise, run)))

    assert shapely.box(*bounds).contains(town.outline)
    assert at["sea"] < 0 < at["shore"] < 8
    assert at["river"] < at["bank"] < 12
    assert at["hill"] > 60
    assert np.median(slope) < 4
    assert 3 <= (slope > 45).sum() < 0.01 * slope.size
    rows, columns = np.nonzero(slope > 45)
    cells = shapely.points(bounds.left + 10.0 * columns + 5.0, bounds.top - 10.0 * rows - 5.0)
    assert len(shapely.STRtree(town.shapes).query(cells, predicate="within")[0]) >= 3


def test_the_slope_layer_reads_the_elevation_that_is_there(mapping: Mapping) -> None:
    slope = load("kerala").layer("slope")

    assert slope.measure is Measure.RASTER
    assert slope.source_layer in {entry.layer for entry in mapping.datasets if hasattr(entry, "layer")}


def test_the_flood_is_deep_where_it_is_drawn_and_nowhere_else(folder: Path) -> None:
    drawn = shapely.union_all(shapely.from_wkb(pyogrio.raw.read(folder / "flood.fgb")[2]))
    study = shapely.from_wkb(pyogrio.raw.read(folder / "flood_study_area.fgb")[2])[0]
    with rasterio.open(folder / "flood_depth.tif") as raster:
        depths, grid = raster.read(1, masked=True), raster.transform
    rows, columns = np.indices(depths.shape)
    middles = shapely.points(grid.c + (columns + 0.5) * grid.a, grid.f + (rows + 0.5) * grid.e)
    known = ~np.ma.getmaskarray(depths)
    clear_of_edges = shapely.distance(drawn.boundary, middles) > 1.0
    wet, inside = depths.filled(0) > 0, shapely.contains(drawn, middles)
    assert wet.any()
    assert (wet == inside)[known & clear_of_edges].all()
    assert not known[shapely.distance(study, middles) > 1.0].any()
    assert 0 < depths.max() <= 3


def test_houses_and_water_cover_the_ground_where_they_are_drawn(folder: Path) -> None:
    with rasterio.open(folder / "land_cover.tif") as raster:
        for stem, number, least in (("building", 50, 60), ("water_body", 80, 400)):
            shapes = shapely.from_wkb(pyogrio.raw.read(folder / f"{stem}.fgb")[2])
            large = shapes[shapely.area(shapes) > least]
            spots = shapely.get_coordinates(shapely.point_on_surface(large))
            seen = [int(value[0]) for value in raster.sample(spots)]
            assert seen
            assert sum(each == number for each in seen) > 0.9 * len(seen)
        assert set(np.unique(raster.read(1))) <= {0, *CLASSES}
