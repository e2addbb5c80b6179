"""The same collections drawn: sets of vector tiles and styles, as OGC API Tiles (Part 1) and Styles list them.

In: addresses under /ogc.  Out: JSON that leads to the tiles and styles under /tiles; the address of a tile carries the version of its
layer, as everywhere.
"""

from collections.abc import Sequence
from datetime import datetime
from math import asinh, pi, radians, tan
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from api.dependencies import LandDep, only_known_words
from api.routers.ogc.asked import Addresses, Asked, Json, Known, addresses, asking, told
from gis.errors import NotFound
from tiles.tilejson import DEEPEST_TILE, DrawnLayer, drawn_layers, tile_address
from tiles.vector import WORLD

router = APIRouter(prefix="/ogc", tags=["ogc"], dependencies=[Depends(only_known_words)])

GRID = "WebMercatorQuad"
GRID_URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{GRID}"
WEB_MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"
DEEPEST = 24
PIXEL = 0.00028
"""Metres of a pixel by which scales are counted (OGC 17-083r4, 6.1.1.1)."""
TILE, STYLE = "application/vnd.mapbox-vector-tile", "application/vnd.mapbox.style+json"
_REL = "http://www.opengis.net/def/rel/ogc/1.0"

OnlyJson = Annotated[Literal["json"] | None, Query(alias="f", description="Form of the answer: JSON.")]
Grid = Annotated[str, Path(description=f"The grid of the tiles: {GRID}.")]


@router.get("/{code}/tileMatrixSets")
def grids(code: str, request: Request, land: LandDep, _f: OnlyJson = None) -> Response:
    """The grids that tiles are cut by."""
    with asking(land, code):
        to = addresses(request, code)
    link = to.link(f"/tileMatrixSets/{GRID}", "self", "application/json", "The grid")
    return told({"tileMatrixSets": [{"id": GRID, "uri": GRID_URI, "crs": WEB_MERCATOR, "links": [link]}]})


@router.get("/{code}/tileMatrixSets/{grid}")
def grid_named(code: str, grid: Grid, land: LandDep, _f: OnlyJson = None) -> Response:
    """One of them: every level with its scale and its number of tiles."""
    with asking(land, code):
        _check(grid)
    return told(
        {
            "id": GRID,
            "title": "Google Maps Compatible for the World",
            "uri": GRID_URI,
            "crs": WEB_MERCATOR,
            "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
            "tileMatrices": [_level(zoom) for zoom in range(DEEPEST + 1)],
        }
    )


def _level(zoom: int) -> Json:
    cell = WORLD / 256 / 2**zoom
    return {
        "id": str(zoom),
        "scaleDenominator": cell / PIXEL,
        "cellSize": cell,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-WORLD / 2, WORLD / 2],
        "tileWidth": 256,
        "tileHeight": 256,
        "matrixWidth": 2**zoom,
        "matrixHeight": 2**zoom,
    }


@router.get("/{code}/collections/{collection}/tiles")
def tilesets(
    code: str, collection: str, request: Request, land: LandDep, known: Known = None, _f: OnlyJson = None
) -> Response:
    """The sets of tiles that a collection is drawn in."""
    with asking(land, code, known=known) as asked:
        return told({"tilesets": [_tileset(asked, collection, addresses(request, code), known)]})


@router.get("/{code}/collections/{collection}/tiles/{grid}")
def tileset(
    code: str,
    collection: str,
    grid: Grid,
    request: Request,
    land: LandDep,
    known: Known = None,
    _f: OnlyJson = None,
) -> Response:
    """One set: where its tiles are, from which zoom to which, and what they hold."""
    with asking(land, code, known=known) as asked:
        _check(grid)
        return told(_tileset(asked, collection, addresses(request, code), known))


def _tileset(asked: Asked, collection: str, to: Addresses, known: datetime | None) -> Json:
    """A set of tiles as OGC 17-083r4 describes it."""
    of = asked.collection(collection)
    layer = _drawn(drawn_layers(asked.session, asked.place, at=asked.at), collection)
    moment = {} if known is None else {"known": known.isoformat()}
    address = tile_address(asked.place, [layer], root=to.root, moment=moment)
    for ours, theirs in (("{z}", "{tileMatrix}"), ("{x}", "{tileCol}"), ("{y}", "{tileRow}")):
        address = address.replace(ours, theirs)
    west, south, east, north = of.bounds
    return {
        "title": of.title.en,
        "dataType": "vector",
        "crs": WEB_MERCATOR,
        "tileMatrixSetURI": GRID_URI,
        "boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north]},
        "tileMatrixSetLimits": [
            {"tileMatrix": str(zoom), **_limits(of.bounds, zoom)} for zoom in _zooms(layer)
        ],
        "layers": [
            {"id": layer.id, "dataType": "vector", "title": of.title.en, "description": of.description.en}
        ],
        "links": [
            to.link(
                f"/collections/{collection}/tiles/{GRID}", "self", "application/json", "This set of tiles"
            ),
            {"href": address, "rel": "item", "type": TILE, "templated": True, "title": "A tile"},
            to.link(f"/tileMatrixSets/{GRID}", f"{_REL}/tiling-scheme", "application/json", "The grid"),
            to.link(f"/collections/{collection}", f"{_REL}/geodata", "application/json", of.title.en),
        ],
    }


def _zooms(layer: DrawnLayer) -> range:
    return range(layer.from_zoom, DEEPEST_TILE + 1)


def _limits(box: tuple[float, float, float, float], zoom: int) -> Json:
    """The first and last row and column of tiles that hold anything."""
    count = 2**zoom

    def column(longitude: float) -> int:
        return int((longitude + 180) / 360 * count)

    def row(latitude: float) -> int:
        return int((1 - asinh(tan(radians(latitude))) / pi) / 2 * count)

    return {
        "minTileRow": row(box[3]),
        "maxTileRow": row(box[1]),
        "minTileCol": column(box[0]),
        "maxTileCol": column(box[2]),
    }


def _drawn(layers: Sequence[DrawnLayer], name: str) -> DrawnLayer:
    found = next((each for each in layers if each.id == name), None)
    if found is None:
        raise NotFound(f"“{name[:40]}” is not drawn in tiles; ask for its features.")
    return found


def _check(grid: str) -> None:
    if grid != GRID:
        raise NotFound(f"There is no grid “{grid[:40]}” here; tiles are cut by {GRID}.")


@router.get("/{code}/styles")
def styles(code: str, request: Request, land: LandDep, _f: OnlyJson = None) -> Response:
    """How the place and each of its layers are drawn: styles for MapLibre, in the colours of the catalogue."""
    with asking(land, code) as asked:
        to = addresses(request, code)
        drawn = {each.id for each in drawn_layers(asked.session, asked.place, at=asked.at)}
        ours = [
            (each.id, each.title.en, f"?layers={each.id}") for each in asked.collections if each.id in drawn
        ]
    whole = ("map", "The map: all layers, plots, roads and water shown", "")
    return told({"default": "map", "styles": [_style(to, *each) for each in (whole, *ours)]})


def _style(to: Addresses, name: str, title: str, words: str) -> Json:
    address = f"{to.root}/tiles/{to.code}/style.json{words}"
    return {
        "id": name,
        "title": title,
        "links": [{"href": address, "rel": "stylesheet", "type": STYLE, "title": title}],
    }
