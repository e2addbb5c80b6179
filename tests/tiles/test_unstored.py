"""What is drawn and not kept lies in a tile where it lies on the ground, whole and sound, wherever the tile's edge cuts it."""

from math import asinh, pi, radians, tan
from typing import Any

import numpy as np
import orjson
import pytest
import shapely
from mapbox_vector_tile import decode
from shapely import LineString, MultiPoint, Point, Polygon
from shapely.geometry import shape as shape_of
from shapely.geometry.base import BaseGeometry

from gis.errors import TooLarge
from tiles import unstored
from tiles.unstored import Loose, features_in, unstored_tile
from tiles.vector import TileAddress

HERE = TileAddress(z=17, x=93_150, y=61_485)
SIDE = 4096


def on_earth(shape: BaseGeometry, address: TileAddress = HERE) -> BaseGeometry:
    """A shape sketched in units of a tile, y from the north, in degrees."""
    count = 2.0**address.z

    def moved(points: Any) -> Any:
        across, down = (points / SIDE + [address.x, address.y]).T
        longitude = across / count * 360 - 180
        return np.column_stack([longitude, np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * down / count))))])

    return shapely.transform(shape, moved)


def tile_at(longitude: float, latitude: float, zoom: int = 18) -> TileAddress:
    """The tile that holds a position."""
    count, row = 2**zoom, (1 - asinh(tan(radians(latitude))) / pi) / 2
    return TileAddress(z=zoom, x=int((longitude + 180) / 360 * count), y=int(row * count))


def drawn(*features: Loose, address: TileAddress = HERE) -> list[dict[str, Any]]:
    content = unstored_tile(address, "plan", features)
    if not content:
        return []
    found: list[dict[str, Any]] = decode(content, default_options={"y_coord_down": True})["plan"]["features"]
    return found


@pytest.mark.parametrize(
    "sketched",
    [
        Polygon([(100, 100), (900, 140), (800, 1000), (90, 700)], [[(300, 300), (400, 300), (400, 400)]]),
        Polygon([(3000, 3000), (5000, 3000), (5000, 5000), (3000, 5000)]),
        Polygon([(0, 0), (4096, 0), (4096, 4096), (0, 4096)]).buffer(3000),
        LineString([(-500, 2000), (2000, 2100), (2500, 6000)]),
        Point(17, 4011),
        MultiPoint([(10, 10), (4000, 4000)]),
        shapely.MultiPolygon([shapely.box(0, 0, 50, 50), shapely.box(90, 90, 150, 150)]),
    ],
)
def test_a_shape_lies_in_its_tile_within_a_unit(sketched: BaseGeometry) -> None:
    (found,) = drawn(Loose(shape=on_earth(sketched), told={}))
    seen = shape_of(found["geometry"])
    expected = sketched.intersection(shapely.box(-64, -64, SIDE + 64, SIDE + 64))
    assert seen.is_valid
    assert seen.hausdorff_distance(expected) <= 1.0
    assert len(getattr(seen, "interiors", ())) == len(getattr(expected, "interiors", ()))


@pytest.mark.parametrize(("across", "is_there"), [(4096 + 60, True), (4096 + 70, False)])
def test_what_lies_beyond_the_rim_belongs_to_the_next_tile(across: float, is_there: bool) -> None:
    beside = Loose(shape=on_earth(shapely.box(across, 10, across + 500, 400)), told={})
    assert bool(drawn(beside)) is is_there
    right = TileAddress(z=HERE.z, x=HERE.x + 1, y=HERE.y)
    assert drawn(beside, address=right)


def test_unlike_parts_are_drawn_apart_under_one_number() -> None:
    mixed = shapely.GeometryCollection([on_earth(Point(5, 5)), on_earth(shapely.box(50, 50, 90, 90))])
    found = drawn(Loose(shape=on_earth(Point(9, 9)), told={}), Loose(shape=mixed, told={}))
    assert [(each["id"], each["geometry"]["type"]) for each in found] == [
        (1, "Point"),
        (2, "Point"),
        (2, "Polygon"),
    ]


def test_a_crossed_outline_is_drawn_sound() -> None:
    bow = Polygon([(100, 100), (900, 900), (900, 100), (100, 900)])
    (found,) = drawn(Loose(shape=on_earth(bow), told={}))
    assert shape_of(found["geometry"]).is_valid


def test_what_is_told_of_a_feature_stands_in_the_tile() -> None:
    told = {"outcome": "fail", "number": 3, "area": 1.5, "sure": True, "gone": None, "ways": ["ഇടം"]}
    placed = orjson.loads(shapely.to_geojson(on_earth(Point(5, 5))))
    features = [{"type": "Feature", "geometry": shape, "properties": told} for shape in (None, placed)]
    (found,) = drawn(*features_in(orjson.dumps({"type": "FeatureCollection", "features": features})))
    assert found["properties"] == {
        "outcome": "fail",
        "number": 3,
        "area": 1.5,
        "sure": True,
        "ways": '["ഇടം"]',
    }


def test_a_tile_of_too_many_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unstored, "MOST", 2)
    point = Loose(shape=on_earth(Point(5, 5)), told={})
    assert len(drawn(point, point)) == 2
    with pytest.raises(TooLarge, match="deeper"):
        drawn(point, point, point)
