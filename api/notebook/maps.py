"""Tables on a map in a notebook: folium with the colours of the catalogue and a legend, without asking another host.

In: GeoDataFrames of `Town`.  Out: a `folium.Map` that draws itself from what it carries; Leaflet is the package that set-up installed.
"""

import base64
import html
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import folium
import geopandas
import matplotlib as mpl
import numpy as np
import pandas as pd
from branca.element import Element, Figure, MacroElement
from jinja2 import Template

import web
from gis.errors import Invalid, TooLarge, Unavailable
from tiles.style import PAPER, PLOT_LINE

MOST_SHAPES = 20_000
"""Shapes on one map: a browser draws no more of them in good time."""
STEPS = 7
"""Classes of a column of numbers."""
RAMP = "viridis"
MOST_WORDS = 12
"""Words of a column that have a colour each: more are not told apart, nor read."""
OTHERS = "#8a8577"
"""All words beyond those."""
NOTHING = "#d0ccc0"
"""Where a column has no value: said, not left out."""
UNKNOWN = "unknown"
"""The word for the same."""
DEGREES = 4326
NEAREST = 18
"""The zoom that a map opens with at most: a single point has no extent to be fitted to."""
DOT = 6
"""Radius of a point, in pixels."""
LINES = ("LineString", "MultiLineString")
"""What has no ground to fill: its colour is that of the line."""
STYLE = (
    ".bhumika-legend{position:fixed;bottom:1em;left:1em;z-index:9999;background:#fff;padding:.5em .8em;border:1px solid #555;font:13px/1.4 sans-serif;"
    "box-sizing:border-box;max-width:min(26em,calc(100vw - 8em));max-height:40%;overflow:auto;overflow-wrap:anywhere}"
    ".bhumika-legend summary{cursor:pointer}.leaflet-control-layers{max-width:60vw;max-height:40vh;overflow:auto}"
)
"""A legend that can be folded and leaves most of a phone to the map."""
_LEAFLET = Path(web.__file__).parent / "node_modules" / "leaflet" / "dist"


def show(*frames: geopandas.GeoDataFrame, by: str | None = None) -> folium.Map:
    """A map of tables, the first at the bottom; the last is coloured `by` one of its columns where one is named.

    A tap on a shape shows its row.  Colours are those of the catalogue, or steps of equal counts for a column of numbers.  `Invalid`
    without anything to draw, `TooLarge` above `MOST_SHAPES` shapes.
    """
    drawn = [
        frame[frame.geometry.notna()].to_crs(DEGREES) for frame in frames if frame.geometry.notna().any()
    ]
    if not drawn:
        raise Invalid("There is nothing to draw: no row has a shape.")
    if (count := sum(map(len, drawn))) > MOST_SHAPES:
        raise TooLarge(
            f"{count} shapes are more than the {MOST_SHAPES} that a map in a notebook draws; ask for a ward, or for fewer rows."
        )
    board = _board()
    legend: list[tuple[str, str]] = []
    for place, frame in enumerate(drawn):
        is_last = place == len(drawn) - 1
        fills, entries = _coloured(frame, by) if by and is_last else _plain(frame)
        _layer(frame, fills).add_to(board)
        legend += entries
    box = np.array([frame.total_bounds for frame in drawn])
    west, south = box[:, :2].min(axis=0)
    east, north = box[:, 2:].max(axis=0)
    board.fit_bounds([[south, west], [north, east]], max_zoom=NEAREST)
    root = board.get_root()
    assert isinstance(root, Figure)
    root.html.add_child(Element(_legend(legend, drawn[-1], _caveats(frames))))
    if len(drawn) > 1:
        folium.LayerControl(collapsed=False).add_to(board)
    return board


def _board() -> folium.Map:
    board = folium.Map(tiles=None, prefer_canvas=True)
    _Scale().add_to(board)  # type: ignore[no-untyped-call]
    board.default_js = [("leaflet", _inlined("leaflet.js", "text/javascript"))]
    board.default_css = [("leaflet_css", _inlined("leaflet.css", "text/css"))]
    return board


class _Scale(MacroElement):
    """A bar of metres, where it covers neither the legend nor the names of layers."""

    _template = Template(
        "{% macro script(this, kwargs) %}L.control.scale({imperial: false, position: 'bottomright'}).addTo({{ this._parent.get_name() }});{% endmacro %}"
    )


@lru_cache
def _inlined(name: str, media: str) -> str:
    """A file of Leaflet as an address that carries it."""
    try:
        content = (_LEAFLET / name).read_bytes()
    except OSError as error:
        raise Unavailable(
            "Leaflet is not installed beside the pages; run `./bhumika setup`, which brings it."
        ) from error
    return f"data:{media};base64,{base64.b64encode(content).decode()}"


def _layer(frame: geopandas.GeoDataFrame, fills: Sequence[str]) -> folium.GeoJson:
    line = (frame.attrs.get("colours") or {}).get("line") or PLOT_LINE
    rows = _for_reading(frame).assign(_fill=list(fills))
    columns = [name for name in rows.columns if name not in ("id", "geometry", "_fill")]
    return folium.GeoJson(
        rows.to_json(),
        name=str((frame.attrs.get("title") or {}).get("en", frame.attrs.get("layer", "Shapes"))),
        style_function=lambda feature: _drawn(feature, line),
        marker=folium.CircleMarker(radius=DOT, fill=True),
        tooltip=folium.GeoJsonTooltip(_called(columns)) if columns else None,
        popup=folium.GeoJsonPopup(columns) if columns else None,
    )


def _drawn(feature: dict[str, Any], line: str) -> dict[str, Any]:
    """How a shape is drawn: ground and points are filled within the line, a line has the colour itself."""
    fill = feature["properties"]["_fill"]
    if feature["geometry"]["type"] in LINES:
        return {"color": fill, "weight": 2}
    return {"color": line, "weight": 1, "fillColor": fill, "fillOpacity": 0.7}


def _called(columns: Sequence[str]) -> list[str]:
    """The column by which a row is called."""
    return [next((name for name in ("number", "label", "ref") if name in columns), columns[0])]


def _for_reading(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """The rows with words in place of what JSON does not know; text cannot carry HTML into the page."""
    rows = frame.copy()
    for name in rows.columns:
        if name == rows.geometry.name or pd.api.types.is_numeric_dtype(rows[name]):
            continue
        rows[name] = [None if _is_missing(each) else html.escape(str(each)) for each in rows[name]]
    return rows if rows.geometry.name == "geometry" else rows.rename_geometry("geometry")


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value))


def _plain(frame: geopandas.GeoDataFrame) -> tuple[list[str], list[tuple[str, str]]]:
    colours = frame.attrs.get("colours") or {}
    fill, line = colours.get("fill") or PAPER, colours.get("line") or PLOT_LINE
    title = str((frame.attrs.get("title") or {}).get("en", frame.attrs.get("layer", "Shapes")))
    fills = [line if each in LINES else fill for each in frame.geom_type]
    return fills, [(fill if fill in fills else line, title)]


def _coloured(frame: geopandas.GeoDataFrame, by: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Fills by the values of a column, and what they mean."""
    if by not in frame.columns:
        raise Invalid(f"The table has no column “{by}”; it has: {', '.join(map(str, frame.columns))}.")
    unit = (frame.attrs.get("units") or {}).get(by, "")
    values = frame[by]
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return _by_word(values.astype(object))
    known = values[np.isfinite(values.astype(float))].astype(float)
    edges = np.unique(np.quantile(known, np.linspace(0, 1, STEPS + 1))) if len(known) else np.array([0.0])
    steps = max(1, len(edges) - 1)
    colours = _ramp(steps)
    place = np.clip(np.searchsorted(edges, values.astype(float), side="right") - 1, 0, steps - 1)
    is_known = np.isfinite(values.astype(float))
    fills = [colours[at] if sure else NOTHING for at, sure in zip(place, is_known, strict=True)]
    named = [
        (colours[at], f"{_number(edges[at])} to {_number(edges[at + 1])} {unit}")
        for at in range(len(edges) - 1)
    ]
    named = named or [(colours[0], f"{_number(edges[0])} {unit}")]
    return fills, [*named, *([(NOTHING, "not known")] if not is_known.all() else [])]


def _number(value: float) -> str:
    """A number as short as it can be told apart."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"


def _by_word(values: "pd.Series[Any]") -> tuple[list[str], list[tuple[str, str]]]:
    """A colour for each word; for the most common where they are many, and one for all others."""
    words = [None if _is_missing(each) else str(each) for each in values]
    often = [each for each, _ in Counter(each for each in words if each is not None).most_common()]
    kept = sorted(often if len(often) <= MOST_WORDS else often[: MOST_WORDS - 1])
    told = [each for each in kept if each != UNKNOWN]
    colours = dict(zip(told, _ramp(max(1, len(told))), strict=False)) | {UNKNOWN: NOTHING}
    fills = [NOTHING if each is None else colours.get(each, OTHERS) for each in words]
    named = [(colours[each], each) for each in kept]
    if len(often) > len(kept):
        named.append((OTHERS, f"{len(often) - len(kept)} others; a tap tells which"))
    return fills, [*named, *([(NOTHING, "not known")] if None in words else [])]


def _ramp(steps: int) -> list[str]:
    """So many colours that also those tell apart who see few."""
    ramp = mpl.colormaps[RAMP]
    return [mpl.colors.to_hex(ramp(place)) for place in np.linspace(0.05, 0.95, steps)]


def _caveats(frames: Sequence[geopandas.GeoDataFrame]) -> list[str]:
    """What has to be known before one relies on the tables, each told once."""
    return list(dict.fromkeys(str(each.attrs["caveat"]) for each in frames if each.attrs.get("caveat")))


def _legend(entries: Sequence[tuple[str, str]], frame: geopandas.GeoDataFrame, caveats: Sequence[str]) -> str:
    lines = "".join(
        f'<li style="display:flex;gap:.5em"><span style="flex:none;width:1em;height:1em;margin-top:.2em;border:1px solid #555;background:{fill}">'
        f"</span><span>{html.escape(text)}</span></li>"
        for fill, text in entries
    )
    made_up = "<strong>Synthetic: this land is made up.</strong><br>" if frame.attrs.get("synthetic") else ""
    warned = "".join(f'<p style="font-size:11px;margin:.5em 0 0">{html.escape(each)}</p>' for each in caveats)
    day = html.escape(f"{frame.attrs.get('place', '')}, {frame.attrs.get('on', '')}")
    return (
        f"<style>{STYLE}</style>"
        '<div class="bhumika-legend" role="region" aria-label="Legend" tabindex="0"><details open>'
        f'<summary>{made_up}{day}</summary><ul style="list-style:none;margin:.3em 0 0;padding:0">{lines}</ul>{warned}</details></div>'
    )
