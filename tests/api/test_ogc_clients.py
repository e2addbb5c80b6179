"""The programs that people have read every collection, and read what the database holds: GDAL's own driver, and OWSLib."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest
import shapely
from owslib.ogcapi.features import Features
from sqlalchemy import Engine, text

from gis.crs import to_geographic
from layers.collections.systems import CRS84, EPSG
from tests.api.served import Served, served
from tests.api.town import MIDDLE
from tests.builders import UTM_43N
from tests.tiles.test_unstored import tile_at
from tiles.vector import WORLD

METRIC = f"{EPSG}{UTM_43N}"
COLLECTIONS = ["parcels", "zoning", "flood", "local_body", "ward", "road"]


@pytest.fixture(scope="module")
def service(town: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The small town, served to programs."""
    with served(town, tmp_path_factory.mktemp("served")) as running:
        yield running


def read(service: Served, layer: str, **how: Any) -> geopandas.GeoDataFrame:
    return pyogrio.read_dataframe(f"OAPIF:{service.root}/ogc/test-town", layer=layer, **how)


def stored(town: Engine, collection: str) -> dict[str, Any]:
    """Shapes in metres by number or reference, as the database holds them today."""
    question = (
        "SELECT number, ST_AsBinary(boundary) FROM parcel WHERE upper_inf(valid) AND upper_inf(recorded)"
        if collection == "parcels"
        else "SELECT ref, ST_AsBinary(shape) FROM layer_feature JOIN dataset_import ON dataset_import.id = import_id"
        " WHERE target = :target AND upper_inf(valid) AND upper_inf(recorded)"
    )
    with town.connect() as connection:
        return {
            name: shapely.from_wkb(bytes(wkb))
            for name, wkb in connection.execute(text(question), {"target": collection})
        }


def alike(found: geopandas.GeoDataFrame, expected: dict[str, Any], key: str) -> bool:
    """Whether a table has just these shapes, corner by corner, to a centimetre: seven decimals of a degree are that fine."""
    in_metres = found if found.crs.to_epsg() == UTM_43N else found.to_crs(UTM_43N)
    shapes = dict(zip(in_metres[key], in_metres.geometry, strict=True))
    return len(found) == len(expected) and all(
        shapes[name].hausdorff_distance(shape) < 0.01
        and shapely.get_num_coordinates(shapes[name]) == shapely.get_num_coordinates(shape)
        for name, shape in expected.items()
    )


def test_gdal_lists_every_collection(service: Served) -> None:
    found = pyogrio.list_layers(f"OAPIF:{service.root}/ogc/test-town")
    assert [name for name, _ in found] == COLLECTIONS
    assert {kind for _, kind in found} == {"Polygon"}


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("system", [f"EPSG:{UTM_43N}", "OGC:CRS84", "EPSG:4326"])
def test_gdal_reads_every_collection_in_every_system_as_it_is_stored(
    service: Served, town: Engine, collection: str, system: str
) -> None:
    found = read(service, collection, CRS=system, PAGE_SIZE="2")
    assert alike(found, stored(town, collection), "number" if collection == "parcels" else "ref")
    if system != f"EPSG:{UTM_43N}":
        assert found.total_bounds[0] > 70 > found.total_bounds[1]


def test_gdal_turns_pages_by_their_links(service: Served, town: Engine) -> None:
    before = len(service.asked())
    found = read(service, "parcels", PAGE_SIZE="1")
    asked = [each for each in service.asked()[before:] if "after=" in each]
    assert sorted(found["number"]) == sorted(stored(town, "parcels"))
    assert len(asked) == len(found) - 1
    assert all("known=" in each and "on=" in each for each in asked)


def test_gdal_asks_for_large_pages(service: Served) -> None:
    before = len(service.asked())
    read(service, "parcels")
    assert any("limit=1000" in each for each in service.asked()[before:])


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("survey = '105'", ["12/105"]),
        ("survey = '106' AND measured_area > 100", ["12/106-1", "12/106-2"]),
        ("number LIKE '%-1'", ["12/106-1"]),
        ("ulpin IS NOT NULL", ["12/104"]),
        ("valid_from > '2000/01/01'", ["12/106-1", "12/106-2"]),
    ],
)
def test_gdal_filters(service: Served, where: str, expected: list[str]) -> None:
    assert sorted(read(service, "parcels", where=where)["number"]) == expected


def test_gdal_leaves_a_simple_filter_to_the_service(service: Served) -> None:
    before = len(service.asked())
    read(service, "parcels", where="survey = '105'")
    assert any("survey=105" in each for each in service.asked()[before:])


def test_gdal_asks_for_a_box(service: Served, town: Engine) -> None:
    shape = stored(town, "parcels")["12/105"].buffer(-1)
    before = len(service.asked())
    assert list(read(service, "parcels", bbox=shape.bounds)["number"]) == ["12/105"]
    assert any("bbox=" in each and "bbox-crs=" in each for each in service.asked()[before:])


def test_gdal_learns_the_kinds_of_values_from_the_schema(service: Served) -> None:
    kinds = read(service, "parcels").dtypes.astype(str)
    assert (kinds["recorded_extent"], kinds["measured_area"]) == ("float64", "float64")
    assert pyogrio.read_info(f"OAPIF:{service.root}/ogc/test-town", layer="road")["crs"] == f"EPSG:{UTM_43N}"


# -- GDAL's driver for vector tiles


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_gdal_reads_the_tiles_of_every_collection_as_it_is_stored(
    service: Served, town: Engine, collection: str
) -> None:
    at, key = tile_at(*degrees_of(MIDDLE), zoom=16), "number" if collection == "parcels" else "ref"
    address = f"MVT:{service.root}/tiles/test-town/{at.z}/{at.x}/{at.y}.mvt?layers={collection}"
    found = pyogrio.read_dataframe(address, layer=collection)
    assert found.crs.to_epsg() == 3857
    side = WORLD / 2**at.z
    west, north = at.x * side - WORLD / 2, WORLD / 2 - at.y * side
    window = shapely.box(west, north - side, west + side, north)
    shapes = dict(zip(found[key], found.geometry, strict=True))
    stands = geopandas.GeoSeries(stored(town, collection), crs=UTM_43N).to_crs(3857).intersection(window)
    stands = stands[stands.area > at.unit**2]
    assert set(shapes) == set(stands.index)
    assert all(shapes[name].hausdorff_distance(shape) < 1.5 * at.unit for name, shape in stands.items())


def degrees_of(spot: shapely.Point) -> tuple[float, float]:
    """Longitude and latitude of a place in metres."""
    moved = to_geographic(spot, UTM_43N)
    return moved.x, moved.y


# -- OWSLib


@pytest.fixture
def client(service: Served) -> Features:
    return Features(f"{service.root}/ogc/test-town", timeout=60)


def test_owslib_finds_its_way(client: Features, service: Served) -> None:
    assert client.feature_collections() == COLLECTIONS
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in client.conformance()["conformsTo"]
    assert client.api()["openapi"].startswith("3.0")
    assert client.collection("road")["storageCrs"] == METRIC
    assert "number" in client.collection_queryables("parcels")["properties"]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_owslib_reads_every_collection(client: Features, town: Engine, collection: str) -> None:
    found = client.collection_items(collection, limit=1_000)
    expected = stored(town, collection)
    assert found["numberReturned"] == found["numberMatched"] == len(expected)
    table = geopandas.GeoDataFrame.from_features(found["features"], crs="OGC:CRS84")
    assert alike(table, expected, "number" if collection == "parcels" else "ref")


def test_owslib_asks_by_box_time_and_filter(client: Features, town: Engine) -> None:
    box = (
        geopandas.GeoSeries([stored(town, "parcels")["12/104"].buffer(-1)], crs=UTM_43N)
        .to_crs(4326)
        .total_bounds
    )
    assert names(client.collection_items("parcels", bbox=[float(edge) for edge in box])) == ["12/104"]
    assert "12/106" in names(client.collection_items("parcels", datetime_="2024-04-30"))
    assert names(client.collection_items("parcels", filter="survey = '105'")) == ["12/105"]
    condition = {"op": "=", "args": [{"property": "survey"}, "104"]}
    assert names(client.collection_items("parcels", filter=str(condition).replace("'", '"'))) == ["12/104"]


def names(found: dict[str, Any]) -> list[str]:
    return [each["properties"]["number"] for each in found["features"]]


def test_owslib_reads_one_feature(client: Features) -> None:
    (first, *_) = client.collection_items("parcels", limit=1)["features"]
    assert client.collection_item("parcels", str(first["id"]))["properties"] == first["properties"]


def test_files_are_read_by_their_address(service: Served, tmp_path: Path) -> None:
    address = f"{service.root}/ogc/test-town/collections/parcels/items?crs={CRS84}"
    assert len(pyogrio.read_dataframe(address)) == 4
