"""Height models for programs: raster tiles, their TileJSON and legend, values at a position and under a drawn area.

In: addresses under /tiles/{place}/raster and /api/{place}/raster.  Out: PNG or WebP, 204 where nothing is known; JSON with unit,
datum and source.  A tile whose address names the version of its heights may be kept for good.
"""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel
from shapely import Polygon

from api.answers import LandAnswers
from api.dependencies import LandDep, only_known_words
from api.routers.drawn import Known, On, answered, asking, has_it, moment_of, root_of
from api.routers.land import AreaQuestion
from gis.errors import NotFound
from gis.geojson import drawn_area, position
from gis.place import Jurisdiction
from layers.rasters import Heights, heights
from layers.words import Words
from tiles.heights import CellValue, Model, models, value_at
from tiles.ramps import ENCODING, RAMPS, TITLES, UNITS, Stop, Theme, Unit
from tiles.raster import Form, coloured_by, credited, raster_tile, raster_tilejson, version
from tiles.vector import TileAddress

router = APIRouter(tags=["raster"], dependencies=[Depends(only_known_words)])

RampName = Annotated[
    str | None, Query(description="Name of a colour ramp; the legend tells which there are.")
]
Layer = Annotated[str, Path(description=f"What the tiles show: {', '.join(Theme)}.")]
KEPT_FOR_GOOD = "public, max-age=31536000, immutable"
ASKED_AGAIN = "no-cache"
VALUES = (Theme.ELEVATION, Theme.SLOPE, Theme.ASPECT)
"""What can be asked at a position; under an area, the first two."""


class LegendOut(BaseModel):
    """What the colours of a theme mean; `encoding` where the pixels are numbers and no colours."""

    layer: Theme
    title: Words
    unit: Unit
    ramp: str | None
    ramps: list[str]
    stops: list[Stop]
    encoding: str | None
    datum: list[str]
    attribution: str


class ValueOut(BaseModel):
    """The value of a cell; null at the rim of the heights, and for the side to which flat ground falls."""

    layer: Theme
    title: Words
    at: tuple[float, float]
    value: float | None
    unit: Unit
    datum: str
    source: str
    attribution: str
    accuracy: float
    """Metres, of the position of a cell."""


class StatisticsOut(BaseModel):
    """The cells that touch an area: their lowest, highest and mean value, how many they are, and their size in metres."""

    layer: Theme
    title: Words
    lowest: float | None
    """Null for slope: of the steepest and the mean only is anything told."""
    highest: float
    mean: float
    cells: int
    resolution: float
    unit: Unit
    datum: str
    source: str
    attribution: str


def theme_of(layer: Layer) -> Theme:
    """The theme of a name; `NotFound` with those there are."""
    if layer not in list(Theme):
        raise NotFound(f"There is no raster layer “{layer[:40]}”; choose one of: {', '.join(Theme)}.")
    return Theme(layer)


ThemeDep = Annotated[Theme, Depends(theme_of)]


@router.get("/tiles/{code}/raster/{layer}/tilejson.json")
def tilejson_of(
    code: str,
    theme: ThemeDep,
    request: Request,
    land: LandDep,
    ramp: RampName = None,
    on: On = None,
    known: Known = None,
) -> Response:
    """TileJSON 3.0.0 of raster tiles: versioned address, bounds, zooms, licence."""
    place, held = _held(land, code, on=on, known=known)
    moment = moment_of(on, known)
    return answered(
        request, raster_tilejson(place, held, theme, ramp=ramp, root=root_of(request), moment=moment)
    )


@router.get("/tiles/{code}/raster/{layer}/{z}/{x}/{y}.{form}")
def tile(
    code: str,
    theme: ThemeDep,
    z: Annotated[int, Path()],
    x: Annotated[int, Path()],
    y: Annotated[int, Path()],
    form: Form,
    request: Request,
    land: LandDep,
    ramp: RampName = None,
    on: On = None,
    known: Known = None,
    v: Annotated[str | None, Query(description="Version from the TileJSON; it makes the tile final.")] = None,
) -> Response:
    """One raster tile of 256 pixels, transparent where nothing is known; 204 where nothing at all is."""
    address = TileAddress(z=z, x=x, y=y)
    _, held = _held(land, code, on=on, known=known)
    current = version(held, theme, ramp)
    kept = KEPT_FOR_GOOD if v == current else ASKED_AGAIN
    headers = {"ETag": f'"{current}"', "Cache-Control": kept}
    if has_it(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    image = raster_tile(held, address, theme, ramp=ramp, form=form)
    if image is None:
        return Response(status_code=204, headers=headers)
    return Response(image, media_type=f"image/{form}", headers=headers)


@router.get("/api/{code}/raster/{layer}/legend")
def legend(
    code: str, theme: ThemeDep, land: LandDep, ramp: RampName = None, on: On = None, known: Known = None
) -> LegendOut:
    """Values and colours of a theme, with unit and datum."""
    _, held = _held(land, code, on=on, known=known)
    colours = coloured_by(held, theme, ramp)
    return LegendOut(
        layer=theme,
        title=TITLES[theme],
        unit=UNITS[theme],
        ramp=colours.name if colours else None,
        ramps=[each.name for each in RAMPS.get(theme, ())],
        stops=list(colours.stops) if colours else [],
        encoding=None if colours else ENCODING,
        datum=sorted({each.raster.datum for each in held}),
        attribution=credited(held),
    )


@router.get("/api/{code}/raster/{layer}")
def value(
    code: str,
    theme: ThemeDep,
    land: LandDep,
    at: Annotated[str, Query(description="longitude,latitude in degrees")],
    on: On = None,
    known: Known = None,
) -> ValueOut:
    """The height, slope or side of the cell at a position."""
    asked = _asked_of(theme, VALUES)
    longitude, latitude = position(at)
    _, held = _held(land, code, on=on, known=known)
    found = value_at(held, longitude, latitude)
    return ValueOut(
        layer=theme,
        title=TITLES[theme],
        at=(longitude, latitude),
        value=_value(found, asked),
        unit=UNITS[theme],
        datum=found.model.raster.datum,
        source=found.model.source,
        attribution=found.model.attribution,
        accuracy=found.model.accuracy,
    )


@router.post("/api/{code}/raster/{layer}")
def statistics(code: str, theme: ThemeDep, question: AreaQuestion, land: LandDep) -> StatisticsOut:
    """Lowest, highest and mean height, or steepest and mean slope, of the cells that touch an area.  Nothing is stored."""
    asked = _asked_of(theme, VALUES[:2])
    place, held = _held(land, code, on=question.on, known=question.known)
    found, model = _under(held, drawn_area(question.area.coordinates, place.metric), place)
    is_height = asked is Theme.ELEVATION
    return StatisticsOut(
        layer=theme,
        title=TITLES[theme],
        lowest=found.lowest if is_height else None,
        highest=found.highest if is_height else found.slope_max,
        mean=found.mean if is_height else found.slope_mean,
        cells=found.cells,
        resolution=found.resolution,
        unit=UNITS[theme],
        datum=model.raster.datum,
        source=model.source,
        attribution=model.attribution,
    )


def _held(
    land: LandAnswers, code: str, *, on: date | None, known: datetime | None
) -> tuple[Jurisdiction, tuple[Model, ...]]:
    """The place and its height models; `NotFound` where it has none."""
    with asking(land, code, on=on, known=known) as asked:
        held = models(asked.session, asked.place, at=asked.at, folder=land.rasters)
    if not held:
        raise NotFound(
            f"No heights of {asked.place.name_en} that hold on {asked.at.on} have been brought in; import a height model first."
        )
    return asked.place, held


def _asked_of(theme: Theme, able: tuple[Theme, ...]) -> Theme:
    if theme not in able:
        raise NotFound(f"“{theme}” has no value to tell here; ask for one of: {', '.join(able)}.")
    return theme


def _value(found: CellValue, theme: Theme) -> float | None:
    return {Theme.ELEVATION: found.height, Theme.SLOPE: found.slope, Theme.ASPECT: found.aspect}[theme]


def _under(held: tuple[Model, ...], area: Polygon, place: Jurisdiction) -> tuple[Heights, Model]:
    """What the best model that reaches an area (metres) says of it."""
    for model in held:
        found = heights(model.path, model.raster.epsg, area, metric=place.metric)
        if found is not None:
            return found, model
    raise NotFound("No heights are known under this area; draw one inside the height model.")
