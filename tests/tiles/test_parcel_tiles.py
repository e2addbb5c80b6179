"""The sample's parcels drawn from the store are those that PostGIS draws: same numbers, same ground, every ring valid."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import numpy as np
import pytest
import shapely
from shapely.geometry import shape as shape_of
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.db.session import transaction
from gis.jurisdictions import jurisdiction
from gis.place import Jurisdiction
from gis.recordings import last_recording
from layers.importers.run import run_mapping
from layers.sample import generate
from tests.builders import a_box, a_new_parcel, register
from tests.conftest import own_database
from tests.tiles.ground import tile_over
from tests.tiles.test_parcel_shapes import FAR_OFF, features_of
from tiles.building import build
from tiles.parcels import parcel_tile
from tiles.store import Store, opened
from tiles.vector import PARCELS, TileAddress, tile

PLACE = "kl-sample"
HOLED = a_box(0, 0, 60, 60).difference(a_box(20, 20, 15, 15))
APART = shapely.union_all([a_box(80, 0, 20, 20), a_box(110, 5, 20, 20), a_box(140, 0, 0.02, 40)])
NEEDLE = shapely.Polygon([a_box(0, 80).exterior.coords[0], *a_box(30, 80, 100, 0.05).exterior.coords[:3]])
MANY = shapely.Point(a_box(200, 50).centroid).buffer(40, quad_segs=500)
ODD = {"90/1": HOLED, "90/2": a_box(20, 20, 15, 15), "90/3": APART, "90/4": NEEDLE, "90/5": MANY}


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A town in a database, and its store."""

    session: Session
    place: Jurisdiction
    at: AsOf
    store: Store

    def both(self, address: TileAddress) -> tuple[dict[int, BaseGeometry], dict[int, BaseGeometry]]:
        """What the store shows and what PostGIS shows, by id; all that is said of a parcel is the same."""
        own = features_of(parcel_tile(self.store, address))
        theirs = features_of(tile(self.session, self.place, address, layers=[PARCELS], at=self.at))
        said = {each["id"]: each["properties"] for each in theirs}
        assert all(each["properties"] == said.get(each["id"], each["properties"]) for each in own)
        shapes = [{each["id"]: shape_of(each["geometry"]) for each in features} for features in (own, theirs)]
        return shapes[0], shapes[1]


@pytest.fixture(scope="module")
def sample(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """The generated sample with some odd plots beside it."""
    folder = tmp_path_factory.mktemp("town")
    with own_database(server) as engine:
        _bring_in(engine, folder)
        with Session(engine) as session:
            place = jurisdiction(session, PLACE)
            at = AsOf(on=date(2026, 1, 1), known=last_recording(session, PLACE))
            build(session, place, folder / "shelf", at=at)
            store = opened(folder / "shelf", known=at.known, on=at.on)
            assert store is not None
            yield Sample(session=session, place=place, at=at, store=store)


def _bring_in(engine: Engine, folder: Path) -> None:
    generate(folder / "sample", parcels=600)
    run_mapping(engine, folder / "sample" / "mapping.yaml", folder / "sample", state=folder / "state")
    with transaction(engine) as session:
        plots = [a_new_parcel(number, boundary=boundary) for number, boundary in ODD.items()]
        register(session, jurisdiction(session, PLACE), plots)


def addresses(store: Store, zoom: int, how_many: int) -> list[TileAddress]:
    """Tiles over some parcels."""
    boxes = store.plots[0].columns.boxes
    middles = (boxes[:, :2].astype(np.int64) + boxes[:, 2:]) // 2 >> 32 - zoom
    chosen = Random(zoom).sample(range(len(middles)), how_many)
    return [TileAddress(z=zoom, x=int(x), y=int(y)) for x, y in middles[chosen]]


def is_sliver(shape: BaseGeometry) -> bool:
    return bool(shape.buffer(-FAR_OFF / 2).is_empty)


def agree(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Whether two shapes lie within 1.5 units of each other, but for slivers."""
    return is_sliver(one.difference(other.buffer(FAR_OFF))) and is_sliver(
        other.difference(one.buffer(FAR_OFF))
    )


@pytest.mark.parametrize("zoom", [12, 13, 14, 15, 16, 17, 18, 20])
def test_a_tile_from_the_store_is_the_tile_of_postgis(sample: Sample, zoom: int) -> None:
    compared, close = 0, 0
    for address in addresses(sample.store, zoom, 12):
        own, theirs = sample.both(address)
        assert all(is_sliver((own | theirs)[each]) for each in own.keys() ^ theirs.keys())
        for each in own.keys() & theirs.keys():
            assert own[each].is_valid
            assert agree(own[each], theirs[each]), (address, each, own[each].wkt, theirs[each].wkt)
            compared += 1
            close += own[each].hausdorff_distance(theirs[each]) <= FAR_OFF
    assert compared > 12
    assert close >= 0.95 * compared  # the others differ in a needle's tip or at the rim


@pytest.mark.parametrize("zoom", [15, 16, 17, 19])
def test_odd_plots_keep_their_holes_and_parts(sample: Sample, zoom: int) -> None:
    seen = set()
    for x in range(-50, 300, 40):
        own, theirs = sample.both(tile_over(zoom, x=x, y=30))
        for each in own.keys() & theirs.keys():
            assert own[each].is_valid
            assert agree(own[each], theirs[each]), (zoom, each, own[each].wkt, theirs[each].wkt)
            holes = [len(part.interiors) for part in shapely.get_parts(theirs[each])]
            assert [len(part.interiors) for part in shapely.get_parts(own[each])] == holes or is_sliver(
                own[each]
            )
        seen |= own.keys()
    assert len(seen) >= len(ODD) - 1


def test_every_parcel_is_there_from_zoom_15(sample: Sample) -> None:
    columns = sample.store.plots[0].columns
    corners = np.column_stack([columns.boxes[:, :2], columns.boxes[:, 2:]]).astype(np.int64) >> 32 - 15
    tiles = {
        (x, y)
        for west, north, east, south in corners
        for x in range(west, east + 1)
        for y in range(north, south + 1)
    }
    shown: set[int] = set()
    for x, y in tiles:
        shown |= {each["id"] for each in features_of(parcel_tile(sample.store, TileAddress(z=15, x=x, y=y)))}
    assert shown == set(columns.ids.tolist())


def test_a_tile_of_postgis_is_planned_for_its_own_ground(sample: Sample) -> None:
    tile(sample.session, sample.place, tile_over(15), layers=[PARCELS], at=sample.at)
    assert sample.session.scalar(text("SHOW plan_cache_mode")) == "force_custom_plan"
