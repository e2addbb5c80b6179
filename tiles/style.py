"""How the tiles of a place are drawn: a MapLibre style (version 8) from the catalogue.

In: the layers that can be drawn, where they lie, the address of this service.  Out: plain values for JSON.  The colours of layers
come from the catalogue alone; plots have no entry there, theirs stand here, and the map page draws with the same ones.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gis.place import Jurisdiction
from layers.entry import Layer, Role, Symbol
from tiles.ramps import ENCODING, TITLES, Theme
from tiles.tilejson import DEEPEST_TILE, Box, DrawnLayer, Json, tile_address
from tiles.vector import PARCELS_FROM_ZOOM

NAMES_FROM_ZOOM = 14
NUMBERS_FROM_ZOOM = 17
GROUND, PAPER, PLOT_LINE, INK = "#ece8dc", "#fffdf8", "#5f5a48", "#2b2f22"
"""Bare ground, a plot, its boundary, its number."""
RELIEF = "relief"
"""The source of heights, for shaded hills and for a map in three dimensions."""
FONT = ["Noto Sans Malayalam", "Noto Sans", "sans-serif"]
HALO = {"text-halo-color": PAPER, "text-halo-width": 1.6}
BOTTOM_UP = (
    Role.ZONE,
    Role.ADMIN,
    Role.TERRAIN,
    Role.COVER,
    Role.WATER,
    Role.RESTRICTION,
    Role.BUILDING,
    Role.ROAD,
)
Naming = Literal["en", "ml", "both"]


@dataclass(frozen=True, kw_only=True)
class Relief:
    """Heights that shade the ground and raise it in 3-D: the address of their tiles, where and how deep they go, whose they are."""

    address: str
    bounds: Box
    deepest: int
    attribution: str


def style(
    place: Jurisdiction,
    drawn: Sequence[DrawnLayer],
    *,
    shown: Collection[str],
    names: Naming,
    bounds: Box,
    root: str,
    moment: Mapping[str, str],
    relief: Relief | None = None,
) -> Json:
    """A MapLibre style (version 8): a source for each layer, so that an edit of one leaves the tiles of the others.

    `shown` are the layers that are drawn before a person chooses; shaded hills wait for the choice.  No glyphs are named: letters
    are drawn by the reader's fonts.
    """
    layers = _bottom_up(drawn)
    plots = [each for each in drawn if each.entry is None]
    parts: list[Json] = [{"id": "ground", "type": "background", "paint": {"background-color": GROUND}}]
    parts += [_plot_ground(each) for each in plots]
    parts += [_shaded()] if relief else []
    parts += [part for each, entry in layers for part in _shapes(each, entry)]
    parts += [_plot_lines(each) for each in plots]
    parts += [_names(each, entry, names) for each, entry in layers if entry.role is not Role.BUILDING]
    parts += [_plot_numbers(each) for each in plots]
    return {
        "version": 8,
        "name": f"{place.name_en} · {place.name_ml}",
        "metadata": {"bhumika:place": place.code, "bhumika:synthetic": place.synthetic},
        "center": [round((bounds[0] + bounds[2]) / 2, 6), round((bounds[1] + bounds[3]) / 2, 6)],
        "zoom": PARCELS_FROM_ZOOM,
        "sources": {
            **{each.id: _source(place, each, bounds=bounds, root=root, moment=moment) for each in drawn},
            **({RELIEF: _heights(relief)} if relief else {}),
        },
        "layers": [_visible(part, shown) for part in parts],
    }


def _source(
    place: Jurisdiction, drawn: DrawnLayer, *, bounds: Box, root: str, moment: Mapping[str, str]
) -> Json:
    return {
        "type": "vector",
        "tiles": [tile_address(place, [drawn], root=root, moment=moment)],
        "minzoom": drawn.from_zoom,
        "maxzoom": DEEPEST_TILE,
        "bounds": list(bounds),
        "attribution": drawn.attribution,
    }


def _heights(relief: Relief) -> Json:
    return {
        "type": "raster-dem",
        "encoding": ENCODING,
        "tiles": [relief.address],
        "tileSize": 256,
        "bounds": list(relief.bounds),
        "maxzoom": relief.deepest,
        "attribution": relief.attribution,
    }


def _shaded() -> Json:
    paint = {"hillshade-exaggeration": 0.4, "hillshade-shadow-color": INK, "hillshade-accent-color": INK}
    title = TITLES[Theme.HILLSHADE]
    metadata = {"bhumika:layer": RELIEF, "title": title.en, "title_ml": title.ml}
    return {
        "id": f"{RELIEF}-shade",
        "type": "hillshade",
        "source": RELIEF,
        "metadata": metadata,
        "paint": paint,
    }


def _bottom_up(drawn: Sequence[DrawnLayer]) -> list[tuple[DrawnLayer, Layer]]:
    """Layers of the catalogue in the order in which they are laid over each other."""
    entries = [(each, each.entry) for each in drawn if each.entry is not None]
    return sorted(entries, key=lambda pair: BOTTOM_UP.index(pair[1].role))


def _part(drawn: DrawnLayer, part: str, kind: str, **more: object) -> Json:
    metadata = {"bhumika:layer": drawn.id, "title": drawn.titles[0], "title_ml": drawn.titles[1]}
    head = {"id": f"{drawn.id}-{part}", "type": kind, "source": drawn.id, "source-layer": drawn.id}
    return {**head, "metadata": metadata, **more}


def _shapes(drawn: DrawnLayer, entry: Layer) -> list[Json]:
    """Areas, lines and points of a layer, in its colours."""
    fill, line = entry.colour.fill, entry.colour.line
    opacity = 0.85 if entry.role is Role.ROAD else 0.4
    width = 2.5 if entry.symbol is Symbol.LINE else 1.2
    return [
        _part(
            drawn, "fill", "fill", filter=_is("Polygon"), paint={"fill-color": fill, "fill-opacity": opacity}
        ),
        _part(
            drawn, "line", "line", filter=["!", _is("Point")], paint={"line-color": line, "line-width": width}
        ),
        _part(
            drawn,
            "point",
            "circle",
            filter=_is("Point"),
            paint={
                "circle-color": fill,
                "circle-radius": 6,
                "circle-stroke-color": line,
                "circle-stroke-width": 2,
            },
        ),
    ]


def _is(kind: str) -> list[object]:
    return ["==", ["geometry-type"], kind]


def _names(drawn: DrawnLayer, entry: Layer, names: Naming) -> Json:
    layout: Json = {
        "text-field": _name_of(names),
        "text-font": FONT,
        "text-size": 12,
        "text-max-width": 9,
        "symbol-placement": "line" if entry.symbol is Symbol.LINE else "point",
    }
    paint = {"text-color": entry.colour.line, **HALO}
    return _part(drawn, "name", "symbol", minzoom=NAMES_FROM_ZOOM, layout=layout, paint=paint)


def _name_of(names: Naming) -> list[object]:
    """A feature's name in a language, in the other one where that is missing; or in both, the local one above."""
    english, malayalam = ["get", "label"], ["get", "label_ml"]
    if names == "en":
        return ["coalesce", english, malayalam, ""]
    one: list[object] = ["coalesce", malayalam, english, ""]
    if names == "ml":
        return one
    has_both = ["all", ["has", "label"], ["has", "label_ml"]]
    return ["case", has_both, ["concat", malayalam, "\n", english], one]


def _plot_ground(drawn: DrawnLayer) -> Json:
    return _part(drawn, "fill", "fill", paint={"fill-color": PAPER, "fill-opacity": 0.9})


def _plot_lines(drawn: DrawnLayer) -> Json:
    width = ["interpolate", ["linear"], ["zoom"], 14, 0.4, 16, 0.9, 19, 1.8]
    return _part(drawn, "line", "line", paint={"line-color": PLOT_LINE, "line-width": width})


def _plot_numbers(drawn: DrawnLayer) -> Json:
    layout = {"text-field": ["get", "number"], "text-font": FONT, "text-size": 12.5, "text-padding": 1}
    paint = {"text-color": INK, **HALO}
    return _part(drawn, "number", "symbol", minzoom=NUMBERS_FROM_ZOOM, layout=layout, paint=paint)


def _visible(part: Json, shown: Collection[str]) -> Json:
    if "source" not in part or part["source"] in shown:
        return part
    layout = part.get("layout", {})
    return {**part, "layout": {**(layout if isinstance(layout, dict) else {}), "visibility": "none"}}
