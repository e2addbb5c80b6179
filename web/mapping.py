"""What the map needs to know, as one JSON value in its page.

In: the page, the catalogue, a base map where the service names one.  Out: `map_settings`, plain values for `static/map.js`;
addresses are relative to this host, but for the base map's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import cast
from urllib.parse import quote, urlsplit

from fastapi import Request

from layers.extract.model import Words
from tiles.ramps import ASKED, TITLES, Theme
from tiles.vector import PARCELS
from web.answers import CatalogueView, MapLayer
from web.languages import Language, Wording
from web.print.map_sheet_paper import PAPERS
from web.templating import Page

LOCALES = {Language.ENGLISH: "en-GB", Language.MALAYALAM: "ml"}
"""By which browsers write dates."""
Begun = Callable[[str, date | None, datetime | None], None]
"""Refuses a day on which nothing of a place is known, and what is to come in one of both times."""


@dataclass(frozen=True, kw_only=True)
class BaseMap:
    """Pictures of another host under the map: address with {z}, {x}, {y}, deepest zoom, whose they are."""

    tiles: str
    deepest: int
    credit: str

    @property
    def host(self) -> str:
        """The host that is asked for the pictures."""
        return urlsplit(self.tiles).hostname or ""


async def base_map(request: Request) -> BaseMap | None:
    """The base map that the application was built with; without one nobody else's host is asked."""
    return getattr(request.app.state, "base_map", None)


async def begun(request: Request) -> Begun:
    """Refuses moments of which there is no map, as their tiles are refused; nothing where the application does not say."""
    return cast(Begun, getattr(request.app.state, "begun", lambda _code, _on, _known: None))


def archive_page(request: Request, code: str) -> str:
    """The page that draws one file of tiles, with the place's own file where the office has laid one down."""
    folder: Path | None = getattr(request.app.state, "archives", None)
    name = f"{code}.pmtiles"
    has_own = folder is not None and (folder / name).is_file()
    return f"/archive?file=/tiles/archives/{quote(name)}" if has_own else "/archive"


def map_settings(
    page: Page, catalogue: CatalogueView, t: Wording, base: BaseMap | None = None
) -> dict[str, object]:
    """Tiles, layers, bounds, days, sheets and words of the map; each layer's tiles have a version of their own."""
    bounds = page.place.bounds if page.place else None
    layers = [layer for layer in catalogue.layers if layer.has_data]
    return {
        "code": page.code,
        "language": page.language,
        "locale": LOCALES[page.language],
        "tiles": f"/tiles/{page.code}/{{z}}/{{x}}/{{y}}.mvt",
        "versions": {
            name: catalogue.versions.get(name, catalogue.version)
            for name in (PARCELS, *(layer.id for layer in layers))
        },
        "bounds": [bounds.west, bounds.south, bounds.east, bounds.north] if bounds else None,
        "moment": dict(page.moment.query),
        "days": [day.isoformat() for day in catalogue.days],
        "today": catalogue.days[-1].isoformat() if catalogue.days else None,
        "label": "label_ml" if page.language is Language.MALAYALAM else "label",
        "layers": [_layer(layer, t) for layer in layers],
        "rasters": [_raster(theme, t) for theme in shown_rasters(catalogue)],
        "papers": {name: [sheet.width, sheet.height] for name, sheet in PAPERS.items()},
        "base": {"tiles": base.tiles, "deepest": base.deepest} if base else None,
        "words": t.part("map.js"),
    }


def shown_rasters(catalogue: CatalogueView) -> list[Theme]:
    """What is recorded on a grid and can be laid over the map: everything but numbers for machines."""
    return [theme for theme in Theme if theme in catalogue.rasters and theme is not Theme.TERRAIN_RGB]


def raster_rows(catalogue: CatalogueView, t: Wording) -> list[tuple[str, str]]:
    """The same as names and titles, for the panel."""
    return [(theme.value, _title(theme, t)) for theme in shown_rasters(catalogue)]


def _title(theme: Theme, t: Wording) -> str:
    return t.of(Words(en=TITLES[theme].en, ml=TITLES[theme].ml))


def _raster(theme: Theme, t: Wording) -> dict[str, object]:
    return {"id": theme.value, "title": _title(theme, t), "is_asked": theme in ASKED}


def _layer(layer: MapLayer, t: Wording) -> dict[str, object]:
    return {
        "id": layer.id,
        "title": t.of(layer.title),
        "fill": layer.fill,
        "line": layer.line,
        "symbol": layer.symbol,
        "role": layer.role,
        "shown": layer.shown,
    }
