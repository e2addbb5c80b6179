"""Coast and water of the sample: sea, river, tidal reach, streams, ponds, and what the coastal plan draws along them.

In: the town.  Out: sheets of the water and the coastal layers.  The zones follow the facts: 500 m landward of the high
tide line on the sea, along tidal water 50 m or its width, whichever is less.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from layers.sample.blocks import CM, Class, Kind
from layers.sample.plots import Form
from layers.sample.names import PLACES, Name, numbered
from layers.sample.shapes import boxes_on_map
from layers.sample.sheets import Sheet, gathered, labelled
from layers.sample.town import Town, metres

RIVER = Name("River", "പുഴ")
STREAM = Name("Stream", "തോട്")
POND = Name("Pond", "കുളം")
TIDAL = 0.55
"""Share of the town's width that the tide reaches up the rivers (at most 5 km)."""
SHORE = 9.0
"""Metres of the plan from its edge to the high tide line of the sea."""


def tidal_reach(town: Town) -> float:
    """Metres of the plan up which the rivers are tidal."""
    return min(TIDAL * town.width, 5_000.0)


def rivers_of(town: Town) -> list[Polygon]:
    """The rivers, bank to bank."""
    boxes = [corridor.box for corridor in town.plan.corridors if corridor.carries is Class.RIVER]
    return list(boxes_on_map(boxes, town.ground))


def canals_of(town: Town) -> list[Polygon]:
    """Tidal canals that cut off an island."""
    boxes = [corridor.box for corridor in town.plan.corridors if corridor.carries is Class.CANAL]
    return list(boxes_on_map(boxes, town.ground)) if boxes else []


def _belt(town: Town, low: float, high: float) -> Polygon:
    return town.area([(low, -60.0), (high, -60.0), (high, town.height + 60.0), (low, town.height + 60.0)], step=15.0)


def high_tide_line(town: Town) -> LineString:
    """High tide line of the sea: the inner edge of the wet beach."""
    return town.line([(SHORE, -60.0), (SHORE, town.height + 60.0)], step=15.0)


def _landward(town: Town, width: float) -> BaseGeometry:
    """Land within a distance of the sea's high tide line."""
    land = _belt(town, SHORE, SHORE + 1.6 * width + 60.0)
    return high_tide_line(town).buffer(width, quad_segs=12).intersection(land)


def areas_only(shape: BaseGeometry) -> BaseGeometry:
    """The areas of a shape, without the lines and points that cutting leaves."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon) and part.area > 0]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def coastal_sheets(town: Town) -> list[Sheet]:
    """High tide lines and zones of the coastal plan, each layer as the catalogue wants it."""
    tidal = _belt(town, 0.0, tidal_reach(town))
    rivers = [river.intersection(tidal) for river in rivers_of(town)]
    return [
        _zones(town, rivers),
        _coastal("crz_seaward", [high_tide_line(town)], [Name("High tide line of the sea", "കടലിന്റെ വേലിയേറ്റ രേഖ")], "boundary"),
        _tidal_lines(town, rivers, tidal),
        *_islands(town),
        *_nature(town, rivers),
    ]


def _coastal(
    layer: str, shapes: Sequence[BaseGeometry], names: list[Name], holds: str, *,
    widths: list[float] | None = None,
) -> Sheet:
    return Sheet(
        layer=layer,
        shapes=gathered(shapes),
        columns=labelled(names) | ({} if widths is None else {"water_width": widths}),
        fields={"label": "name", "label_ml": "name_ml"},
        keep=() if widths is None else ("water_width",),
        holds=holds,
        publisher="Synthetic coastal zone management plan",
        dated="2024-10-16",
        valid_from="2019-01-18",
        accuracy=2.5,
        basis="half a millimetre on sheets at 1:5 000 (invented)",
        grow=600.0,
    )


def _zones(town: Town, rivers: list[BaseGeometry]) -> Sheet:
    """CRZ-II where the town is built up, else III-A with its no-development strip; tidal banks beside them."""
    wide, narrow = town.outline.intersection(_landward(town, 500.0)), town.outline.intersection(_landward(town, 50.0))
    built = town.area([(0, 0.0), (900, 0.0), (900, 0.36 * town.height), (0, 0.36 * town.height)])
    banks = shapely.union_all([river.buffer(50.0, quad_segs=8).difference(river) for river in rivers])
    tidal = banks.intersection(town.outline).difference(wide)
    names = [
        Name("CRZ-II", "സി.ആർ.ഇസഡ്. II"), Name("CRZ-III-A", "സി.ആർ.ഇസഡ്. III-A"),
        Name("CRZ-III-A, no development (50 m)", "സി.ആർ.ഇസഡ്. III-A, വികസനരഹിത മേഖല (50 മീറ്റർ)"),
        Name("CRZ along tidal water", "വേലിയേറ്റ ജലാശയത്തിന്റെ തീരം"),
    ]
    shapes = [wide.intersection(built), wide.difference(built).difference(narrow), narrow.difference(built), tidal]
    return _coastal("crz_zone", [areas_only(shape) for shape in shapes], names, "polygon")


def _tidal_lines(town: Town, rivers: list[BaseGeometry], tidal: Polygon) -> Sheet:
    """High tide lines of tidal rivers and canals, with the width of the water."""
    lines: list[BaseGeometry] = []
    widths: list[float] = []
    names: list[Name] = []
    inner = _belt(town, SHORE, tidal_reach(town) - 1.0)
    for i, river in enumerate(rivers):
        lines.append(river.boundary.intersection(inner))
        widths.append(round(2 * town.ground.rivers[i].half, 1))
        names.append(Name("High tide line of the river", "പുഴയുടെ വേലിയേറ്റ രേഖ"))
    for canal in canals_of(town):
        lines.append(canal.boundary.intersection(inner))
        widths.append(round(2 * canal.area / canal.length, 1))
        names.append(Name("High tide line of a canal", "തോടിന്റെ വേലിയേറ്റ രേഖ"))
    return _coastal("crz_tidal", lines, names, "boundary", widths=widths)


def _islands(town: Town) -> list[Sheet]:
    boxes = [block.box for block in town.plan.blocks if block.kind is Kind.ISLAND]
    if not boxes:
        return []
    lines = [LineString(shape.exterior) for shape in boxes_on_map(boxes, town.ground)]
    return [_coastal("crz_islands", lines, [Name("Backwater island", "കായൽത്തുരുത്ത്")] * len(lines), "boundary")]


def _nature(town: Town, rivers: list[BaseGeometry]) -> list[Sheet]:
    """Mangroves on the river's bank, the wet beach and the water, and saline paddy near the mouth."""
    river, reach = town.ground.rivers[0], tidal_reach(town)
    bank = river.middle - river.half
    clumps = [town.point(0.55 * reach + 17 * i, bank - 8 - 5 * (i % 3)).buffer(15 + 3 * (i % 4), quad_segs=6) for i in range(9)]
    grove = areas_only(shapely.union_all(clumps))
    wet = _belt(town, -40.0, SHORE)
    water = [areas_only(each) for each in rivers]
    names = [Name("CRZ-IB, wet beach", "സി.ആർ.ഇസഡ്. IB, വേലിയേറ്റ മേഖല"), *[Name("CRZ-IV, tidal water", "സി.ആർ.ഇസഡ്. IV, വേലിയേറ്റ ജലാശയം")] * len(water)]
    saline = [block.box for block in town.plan.blocks if block.kind is Kind.PADDY and block.box.west / CM < 0.3 * reach]
    sheets = [
        _coastal("crz_ia", [grove], [Name("CRZ-IA, mangrove", "സി.ആർ.ഇസഡ്. IA, കണ്ടൽക്കാട്")], "polygon"),
        _coastal("crz_mangrove", [grove], [Name("Mangrove over 1 000 m²", "1 000 ച.മീ.യിൽ കൂടുതലുള്ള കണ്ടൽക്കാട്")], "polygon"),
        _coastal("crz_ib_iv", [wet, *water], names, "polygon"),
    ]
    if saline:
        shapes = list(boxes_on_map(saline, town.ground))
        sheets.append(_coastal("crz_pokkali", shapes, [Name("Pokkali field with bund", "ബണ്ടുള്ള പൊക്കാളിപ്പാടം")] * len(shapes), "polygon"))
    return sheets


def water_sheets(town: Town) -> list[Sheet]:
    """Rivers, canals and ponds as areas; streams as centre lines with a width where one was measured."""
    rivers, canals, ponds, streams = rivers_of(town), canals_of(town), _ponds(town), _streams(town)
    names = [numbered(PLACES, 3 * i + 1) + RIVER for i in range(len(rivers))]
    names += [numbered(PLACES, 7 * i + 8) + STREAM for i in range(len(canals))]
    names += [numbered(PLACES, 11 * i + 4) + POND for i in range(len(ponds))]
    stream_names = [numbered(PLACES, 5 * i + 2) + STREAM for i in range(len(streams))]
    return [
        _water("water_body", [*rivers, *canals, *ponds], names, "polygon", "banks walked with a receiver (invented)"),
        _water("watercourse", streams, stream_names, "centre_line", "traced from pictures (invented)"),
    ]


def _water(layer: str, shapes: Sequence[BaseGeometry], names: list[Name], holds: str, basis: str) -> Sheet:
    is_line = holds == "centre_line"
    widths = {"width": [None if i % 4 == 3 else 2.0 + 0.4 * (i % 3) for i in range(len(shapes))]}
    return Sheet(
        layer=layer,
        shapes=gathered(shapes),
        columns=labelled(names) | (widths if is_line else {}),
        fields={"label": "name", "label_ml": "name_ml"} | ({"width": "width"} if is_line else {}),
        holds=holds,
        publisher="Synthetic irrigation survey",
        dated="2023-03-20",
        valid_from="2018-01-01",
        accuracy=2.0,
        basis=basis,
        grow=50.0,
    )


def _streams(town: Town) -> list[LineString]:
    """One stream down each paddy margin, into the river."""
    lines = []
    for block in town.plan.blocks:
        if block.kind is Kind.PADDY:
            west, south, east, north = metres(block.box)
            middle = (south + north) / 2
            mouth = north if block.sides.north is Class.RIVER else south
            bend = west + 0.45 * (east - west)
            lines.append(town.line([(east, middle), (bend, middle + 4.0), (west + 0.2 * (east - west), mouth)], step=15.0))
    return lines


def _ponds(town: Town) -> list[BaseGeometry]:
    """Temple and farm ponds inside small plots of government land."""
    inland = town.plots.form != int(Form.STRIP)
    candidates = np.flatnonzero((town.register.land_type == 3) & (town.register.measured < 2_000) & inland)
    inner = shapely.buffer(town.shapes[candidates], -2.5, quad_segs=3)
    return [areas_only(shape) for shape in inner if shape.area > 40]
