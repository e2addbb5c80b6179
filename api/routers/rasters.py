"""Rasters for programs: heights, depth of floods, land cover as raster tiles, their TileJSON and legend, values at a position and under a drawn area.

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
from api.documented import sent_as
from api.routers.drawn import Known, On, answered, asking, has_it, moment_of, root_of
from api.routers.land import AreaQuestion
from api.tile_words import ASKED_AGAIN, KEPT_FOR_GOOD
from gis.errors import NotFound
from gis.geojson import drawn_area, position
from gis.place import Jurisdiction
from layers.land_cover import CLASSES
from layers.rasters import Cover, Depths, Heights, cover, depths, heights
from layers.words import Words
from tiles.heights import ELEVATION, LAYERS, Model, known_of, models, plain_value_at, value_at
from tiles.ramps import ASKED, ENCODING, RAMPS, TITLES, UNITS, Stop, Theme, Unit
from tiles.raster import Form, coloured_by, credited, raster_tile, raster_tilejson, version
from tiles.vector import TileAddress

router = APIRouter(tags=["raster"], dependencies=[Depends(only_known_words)])

RampName = Annotated[
    str | None, Query(description="Name of a colour ramp; the legend tells which there are.")
]
Layer = Annotated[str, Path(description=f"What the tiles show: {', '.join(Theme)}.")]
UNDER_AN_AREA = tuple(theme for theme in ASKED if theme is not Theme.ASPECT)
"""What can be asked under an area: sides of the compass have no mean."""


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
    """The value of a cell; null at the rim of the heights, and for the side to which flat ground falls.

    `class_title` names what the number of a class stands for.
    """

    layer: Theme
    title: Words
    at: tuple[float, float]
    value: float | None
    unit: Unit
    class_title: Words | None = None
    datum: str
    source: str
    attribution: str
    accuracy: float
    """Metres, of the position of a cell."""


class ClassOut(BaseModel):
    """A class under an area: its number and name, how many cells have it, and their share of all in per cent."""

    number: int
    title: Words
    cells: int
    share: float


class StatisticsOut(BaseModel):
    """The cells that touch an area: their lowest, highest and mean value, how many they are, and their size in metres."""

    layer: Theme
    title: Words
    lowest: float | None
    """Null for slope: of the steepest and the mean only is anything told.  With classes all three are null."""
    highest: float | None
    mean: float | None
    classes: list[ClassOut]
    """Of land cover, the commonest first."""
    known: float
    """Per cent of the area of which the raster knows something; nothing is said of the rest."""
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
    place, held = _held(land, code, theme, on=on, known=known)
    moment = moment_of(on, known)
    return answered(
        request, raster_tilejson(place, held, theme, ramp=ramp, root=root_of(request), moment=moment)
    )


@router.get(
    "/tiles/{code}/raster/{layer}/{z}/{x}/{y}.{form}",
    response_class=Response,
    responses=sent_as("image/png", "image/webp", also=204, said="Nothing is known there"),
)
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
    _, held = _held(land, code, theme, on=on, known=known)
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
    _, held = _held(land, code, theme, on=on, known=known)
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
    asked = _asked_of(theme, ASKED)
    longitude, latitude = position(at)
    _, held = _held(land, code, theme, on=on, known=known)
    found, model = _at(held, asked, longitude, latitude)
    named = CLASSES.get(int(found)) if found is not None and UNITS[theme] is Unit.CLASS else None
    return ValueOut(
        layer=theme,
        title=TITLES[theme],
        at=(longitude, latitude),
        value=found,
        unit=UNITS[theme],
        class_title=named.title if named else None,
        datum=model.raster.datum,
        source=model.source,
        attribution=model.attribution,
        accuracy=model.accuracy,
    )


@router.post("/api/{code}/raster/{layer}")
def statistics(code: str, theme: ThemeDep, question: AreaQuestion, land: LandDep) -> StatisticsOut:
    """Lowest, highest and mean of the cells that touch an area; of slope highest and mean, of land cover shares.  Nothing is stored."""
    asked = _asked_of(theme, UNDER_AN_AREA)
    place, held = _held(land, code, theme, on=question.on, known=question.known)
    area = drawn_area(question.area.coordinates, place.metric)
    found, model = _under(held, asked, area, place)
    lowest, highest, mean = _figures(found, asked)
    return StatisticsOut(
        layer=theme,
        title=TITLES[theme],
        lowest=lowest,
        highest=highest,
        mean=mean,
        classes=_classes(found) if isinstance(found, Cover) else [],
        known=known_of(model, area, place.metric),
        cells=found.cells,
        resolution=found.resolution,
        unit=UNITS[theme],
        datum=model.raster.datum,
        source=model.source,
        attribution=model.attribution,
    )


Under = Heights | Depths | Cover


def _held(
    land: LandAnswers, code: str, theme: Theme, *, on: date | None, known: datetime | None
) -> tuple[Jurisdiction, tuple[Model, ...]]:
    """The place and its rasters of a theme; `NotFound` where it has none."""
    layer = LAYERS.get(theme, ELEVATION)
    with asking(land, code, on=on, known=known) as asked:
        held = models(asked.session, asked.place, at=asked.at, folder=land.rasters, layer=layer)
    if not held:
        what = "heights" if layer == ELEVATION else TITLES[theme].en.lower()
        raise NotFound(
            f"No {what} of {asked.place.name_en} that hold on {asked.at.on} have been brought in; import a raster of them first."
        )
    return asked.place, held


def _asked_of(theme: Theme, able: tuple[Theme, ...]) -> Theme:
    if theme not in able:
        raise NotFound(f"“{theme}” has no value to tell here; ask for one of: {', '.join(able)}.")
    return theme


def _at(
    held: tuple[Model, ...], theme: Theme, longitude: float, latitude: float
) -> tuple[float | None, Model]:
    """The value of the cell at a position, and the raster that tells it."""
    if theme in LAYERS:
        return plain_value_at(held, longitude, latitude)
    found = value_at(held, longitude, latitude)
    values = {Theme.ELEVATION: found.height, Theme.SLOPE: found.slope, Theme.ASPECT: found.aspect}
    return values[theme], found.model


def _under(held: tuple[Model, ...], theme: Theme, area: Polygon, place: Jurisdiction) -> tuple[Under, Model]:
    """What the best raster that reaches an area (metres) says of it."""
    ask = {Theme.FLOOD_DEPTH: depths, Theme.LAND_COVER: cover}.get(theme, heights)
    for model in held:
        found = ask(model.path, model.raster.epsg, area, metric=place.metric)
        if found is not None:
            return found, model
    raise NotFound("Nothing is known under this area; draw one that the raster reaches.")


def _figures(found: Under, theme: Theme) -> tuple[float | None, float | None, float | None]:
    """Lowest, highest and mean."""
    if isinstance(found, Cover):
        return None, None, None
    if isinstance(found, Heights) and theme is Theme.SLOPE:
        return None, found.slope_max, found.slope_mean
    return found.lowest, found.highest, found.mean


def _classes(found: Cover) -> list[ClassOut]:
    return [
        ClassOut(
            number=number, title=CLASSES[number].title, cells=count, share=round(100 * count / found.cells, 1)
        )
        for number, count in found.classes
    ]
