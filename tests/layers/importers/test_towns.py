"""Whole towns by one mapping each: the real ones where `../shared` is, a generated one in any clone.

What every town has to fulfil is asked of all of them; the counts of the real files are known from looking at them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import shapely
from shapely.geometry.polygon import orient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.crs import GEOID, to_geographic
from gis.parcels.queries import parcel
from gis.place import Jurisdiction
from gis.recordings import last_recording
from layers.catalogue import is_looked_for, load
from layers.importers.layer import SCALE
from layers.importers.mapping import Mapping, read_mapping
from layers.importers.report import ImportReport, Kind, ParcelCounts
from layers.importers.run import run_mapping
from layers.imports import standing
from layers.sample import generate
from layers.search import search
from tests.conftest import ROOT, SHARED, own_database

MAPPINGS = ROOT / "data" / "mappings"
REAL = ("cambridge_ma", "swellendam_za", "kerala_places")
IS_REAL = (SHARED / "data" / "manifest.csv").is_file()
TOWNS = (*REAL, "generated") if IS_REAL else ("generated",)


@dataclass(frozen=True, kw_only=True)
class Town:
    """A town that was brought in."""

    name: str
    engine: Engine
    mapping: Mapping
    reports: tuple[ImportReport, ...]
    path: Path
    folder: Path
    state: Path

    @property
    def place(self) -> Jurisdiction:
        """Its jurisdiction."""
        return self.mapping.jurisdiction.jurisdiction()

    def report(self, target: str, table: str | None = None) -> ImportReport:
        """The report of a dataset."""
        return next(
            each for each in self.reports if each.target == target and (table is None or each.table == table)
        )

    def rows(self, sql: str, **values: object) -> list[tuple[object, ...]]:
        """What the database holds."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql), values)]


@pytest.fixture(scope="module", params=TOWNS)
def town(
    request: pytest.FixtureRequest, server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """A town in a database of its own."""
    space = tmp_path_factory.mktemp(request.param)
    folder, path = SHARED / "data", MAPPINGS / f"{request.param}.yaml"
    if request.param == "generated":
        folder = space / "files"
        generate(folder, parcels=300)
        path = folder / "mapping.yaml"
    with own_database(server) as engine:
        reports = run_mapping(engine, path, folder, state=space)
        yield Town(
            name=request.param, engine=engine, mapping=read_mapping(path), reports=tuple(reports), path=path,
            folder=folder, state=space,
        )  # fmt: skip


def test_every_dataset_of_the_mapping_stands_with_its_report(town: Town) -> None:
    assert len(town.reports) == len(town.mapping.datasets)
    for report in town.reports:
        lost = sum(report.count(kind) for kind in Kind if kind is not Kind.MENDED)
        assert report.read == report.kept + lost
        assert report.kept > 0
    stored = town.rows("SELECT report FROM dataset_import ORDER BY id")
    assert [row[0] for row in stored] == [
        report.to_json() | {"extent": list(report.extent or ())} for report in town.reports
    ]


def test_every_report_says_how_many_rows_the_register_and_the_layers_got(town: Town) -> None:
    parcels = sum(report.kept for report in town.reports if report.target == "parcels")
    assert town.rows("SELECT count(*) FROM parcel") == [(parcels,)]
    counts = dict(
        town.rows(
            "SELECT i.report ->> 'sha256' || i.series, count(*) FROM layer_feature f"
            " JOIN dataset_import i ON i.id = f.import_id GROUP BY 1"
        )
    )
    expected = {
        report.sha256 + report.series: report.kept
        for report in town.reports
        if report.target not in ("parcels", "places", "elevation", "flood_depth", "land_cover")
    }
    assert counts == expected


def test_nothing_invalid_or_outside_its_system_is_stored(town: Town) -> None:
    srid = town.mapping.jurisdiction.metric
    for table, shape in (("parcel", "boundary"), ("layer_feature", "shape"), ("layer_coverage", "shape")):
        bad = f"SELECT count(*) FROM {table} WHERE NOT ST_IsValid({shape}) OR ST_SRID({shape}) <> :srid"
        assert town.rows(bad, srid=srid) == [(0,)], table


def test_measured_areas_are_within_a_hundred_thousandth_of_the_geodesic(town: Town) -> None:
    srid = town.mapping.jurisdiction.metric
    found = town.rows(
        "SELECT number, measured_area, ST_AsBinary(boundary) FROM parcel WHERE id % 37 = 0 ORDER BY number"
    )
    for number, area, wkb in found:
        shape = to_geographic(shapely.segmentize(shapely.from_wkb(bytes(wkb)), 50), srid)
        parts = [orient(part) for part in getattr(shape, "geoms", [shape])]
        geodesic = sum(abs(GEOID.geometry_area_perimeter(part)[0]) for part in parts)
        assert area == pytest.approx(geodesic, rel=1e-5), number


def test_pieces_are_small_and_every_feature_is_within_its_reach(town: Town) -> None:
    assert town.rows("SELECT max(ST_NPoints(shape)) <= 64 FROM layer_piece") == [(True,)]
    catalogue = load(town.mapping.jurisdiction.catalogue)
    missing = (
        "SELECT DISTINCT i.target FROM layer_feature f JOIN dataset_import i ON i.id = f.import_id"
        " WHERE NOT EXISTS (SELECT 1 FROM layer_piece p WHERE p.feature_id = f.id)"
    )
    only_drawn = {layer.id for layer in catalogue.layers if not is_looked_for(layer)}
    assert {str(target) for (target,) in town.rows(missing)} <= only_drawn
    for target, least in town.rows(
        "SELECT i.target, min(ST_XMax(p.reach) - ST_XMax(p.shape)) FROM layer_piece p"
        " JOIN dataset_import i ON i.id = p.import_id GROUP BY 1"
    ):
        assert least >= catalogue.layer(str(target)).search_reach() * SCALE - 0.001, target


def test_the_town_comes_in_again_without_a_change(town: Town) -> None:
    before = town.rows("SELECT max(instant), count(*) FROM recording")
    again = run_mapping(town.engine, town.path, town.folder, state=town.state)
    assert all(report.unchanged for report in again)
    assert town.rows("SELECT max(instant), count(*) FROM recording") == before


def test_a_dry_run_of_the_town_says_the_same(town: Town, fresh_engine: Engine) -> None:
    dry = run_mapping(fresh_engine, town.path, town.folder, state=town.state / "dry", dry_run=True)
    for tried, done in zip(dry, town.reports, strict=True):
        assert (tried.kept, tried.counts, tried.parcels) == (done.kept, done.counts, done.parcels), (
            done.headline
        )
    assert not (town.state / "dry").exists()
    with fresh_engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM jurisdiction")).scalar_one() == 0


# --- what is known of each ----------------------------------------------------------------------------------


def cambridge(town: Town, session: Session, at: AsOf) -> None:
    """Its numberless strips are refused, its crossing rings mended, its tax records joined, its catalogue filled."""
    report = town.report("parcels")
    assert (report.read, report.kept, report.parcels) == (13_116, 13_024, ParcelCounts(new=13_024))
    assert (report.count(Kind.REFUSED), report.count(Kind.MENDED)) == (92, 28)
    assert report.reasons["refused"]["it has no number"] == 83
    assert report.reasons["refused"]["its shape is empty"] == 1
    assert report.remarks == (
        "12982 parcels are in cambridge_ma_tax_fy2014.csv.gz; 2165 of its keys stand in several rows.",
    )
    assert town.report("road_surface").count(Kind.MENDED) == 11
    named = "SELECT count(f.label), count(*) FROM layer_feature f JOIN dataset_import i ON i.id = f.import_id WHERE i.target ="
    assert town.rows(f"{named} 'road_surface'") == [(0, 205)]
    assert town.rows(f"{named} 'street_centerline'") == [(2_640, 2_643)]
    assert "2166 features are 3-D; their heights were left out." in town.report("building_kendall").remarks
    layers = {layer.id for layer in load("cambridge_ma").layers}
    assert {report.target for report in town.reports} == layers | {"parcels", "places"}
    found = parcel(session, town.place, "7-18", at=at)
    assert str(found.recorded_area and found.recorded_area.value) == "12478.9999752"
    assert (found.land_type, found.address) == ("PARKING-LOT", "219 MONSIGNOR OBRIEN HWY")
    assert search(session, town.place, "219 Monsignor O'Brien Hwy", at=at)[0].number == "7-18"


def swellendam(town: Town, session: Session, at: AsOf) -> None:
    """The pieces of its farms are joined, the older outlines left out, and its hills have heights."""
    report = town.report("parcels")
    fates = {kind: report.count(kind) for kind in Kind}
    assert (report.read, report.kept) == (2_008, 1_513)
    assert fates == {Kind.MENDED: 10, Kind.REFUSED: 16, Kind.FILTERED: 423, Kind.JOINED: 56, Kind.HELD: 0}
    assert town.rows("SELECT count(*), count(DISTINCT number) FROM parcel") == [(1_513, 1_513)]
    assert len(parcel(session, town.place, "C05000000000014900000", at=at).boundary.geoms) == 3
    ((path,),) = town.rows("SELECT path FROM layer_raster")
    assert (town.state / "rasters" / str(path)).is_file()


def kerala(town: Town, session: Session, at: AsOf) -> None:
    """Its places are found in both scripts; a village that lies in Burma is refused."""
    assert town.report("local_body").kept == 1_034
    assert {report.table: report.kept for report in town.reports if report.target == "ward"} == {
        "ward_palakkad_2025": 53,
        "ward_aranmula_2025": 19,
    }
    assert [note.ref for note in town.report("places").of(Kind.REFUSED)] == ["Vallikavu"]
    assert search(session, town.place, "Thiruvananthapuram", at=at)[0].title_ml == "തിരുവനന്തപുരം"
    assert search(session, town.place, "തിരുവനന്തപുരം", at=at)[0].title_en == "Thiruvananthapuram"
    wards = [each for each in standing(session, town.place, known=at.known) if each.target == "ward"]
    assert [each.coverage is not None for each in wards] == [True, True]


def generated(town: Town, session: Session, at: AsOf) -> None:
    """Nothing in it is refused, every layer has its coverage or says why not, and its plots have addresses."""
    assert all(report.count(Kind.REFUSED) == 0 for report in town.reports)
    ((number, address),) = town.rows(
        "SELECT number, address FROM parcel WHERE address IS NOT NULL ORDER BY 1 LIMIT 1"
    )
    assert parcel(session, town.place, str(number), at=at).address == address
    assert number in {found.number for found in search(session, town.place, str(address), at=at)}
    rasters = [each for each in standing(session, town.place, known=at.known) if each.raster is not None]
    assert {each.target for each in rasters} == {"elevation", "flood_depth", "land_cover"}
    assert all(each.coverage is not None for each in rasters)


KNOWN = {
    "cambridge_ma": cambridge,
    "swellendam_za": swellendam,
    "kerala_places": kerala,
    "generated": generated,
}


def test_what_is_known_of_the_town_is_so(town: Town) -> None:
    with Session(town.engine) as session:
        known = last_recording(session, town.place.code)
        KNOWN[town.name](town, session, AsOf(on=date(2026, 11, 1), known=known))
