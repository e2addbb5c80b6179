"""Coast and water of the sample: rivers, canals, streams, ponds, and what the coastal plan draws along them.

In: the town.  Out: sheets of the water and the coastal layers.  The zones follow the facts: 500 m landward of the high
tide line on the sea, along tidal water 50 m or its width, whichever is less.
"""

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from layers.sample.blocks import CM, Class, Kind
from layers.sample.names import PLACES, Name, numbered
from layers.sample.plots import Form
from layers.sample.shapes import boxes_on_map
from layers.sample.sheets import Sheet, sheet
from layers.sample.town import Town, metres

RIVER = Name("River", "പുഴ")
STREAM = Name("Stream", "തോട്")
POND = Name("Pond", "കുളം")
TIDAL = 0.55
"""Share of the town's width that the tide reaches up the rivers (at most 5 km)."""
SHORE = 9.0
"""Metres of the plan from its edge to the high tide line of the sea."""
SMALL_POND = 40.0


def tidal_reach(town: Town) -> float:
    """Metres of the plan up which the rivers are tidal."""
    return min(TIDAL * town.width, 5_000.0)


def waters(town: Town, carries: Class) -> list[Polygon]:
    """Rivers or canals, bank to bank."""
    boxes = [corridor.box for corridor in town.plan.corridors if corridor.carries is carries]
    return list(boxes_on_map(boxes, town.ground)) if boxes else []


def river_name(number: int) -> Name:
    """Name of a river of the sample."""
    return numbered(PLACES, 3 * number + 1) + RIVER


def areas_only(shape: BaseGeometry) -> Polygon | MultiPolygon:
    """The areas of a shape, without the lines and points that cutting leaves."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon) and part.area > 0]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def high_tide_line(town: Town) -> LineString:
    """High tide line of the sea: the inner edge of the wet beach."""
    return town.line([(SHORE, -60.0), (SHORE, town.height + 60.0)], step=15.0)


def _belt(town: Town, low: float, high: float) -> Polygon:
    """The town between two distances from the coast, and a little beyond it to north and south."""
    top = town.height + 60.0
    return town.area([(low, -60.0), (high, -60.0), (high, top), (low, top)], step=15.0)


def coastal_sheets(town: Town) -> list[Sheet]:
    """High tide lines and zones of the coastal plan, each layer as the catalogue wants it."""
    tidal = _belt(town, 0.0, tidal_reach(town))
    rivers = [areas_only(river.intersection(tidal)) for river in waters(town, Class.RIVER)]
    sea = Name("High tide line of the sea", "കടലിന്റെ വേലിയേറ്റ രേഖ")
    islands = [block.box for block in town.plan.blocks if block.kind is Kind.ISLAND]
    shores = [LineString(shape.exterior) for shape in boxes_on_map(islands, town.ground)] if islands else []
    return [
        _zones(town, rivers),
        sheet("crz_seaward", [high_tide_line(town)], sea),
        _tidal_lines(town, rivers),
        sheet("crz_islands", shores, Name("Backwater island", "കായൽത്തുരുത്ത്")),
        *_nature(town, rivers),
    ]


def _zones(town: Town, rivers: list[Polygon | MultiPolygon]) -> Sheet:
    """CRZ-II where the town is built up, else III-A with its no-development strip; tidal banks beside them."""
    wide, narrow = (town.outline.intersection(_landward(town, width)) for width in (500.0, 50.0))
    edge = 0.36 * town.height
    built = town.area([(-60.0, -60.0), (900.0, -60.0), (900.0, edge), (-60.0, edge)])
    banks = shapely.union_all([river.buffer(50.0, quad_segs=8).difference(river) for river in rivers])
    tidal = banks.intersection(town.outline).difference(wide)
    found = [
        (wide.intersection(built), Name("CRZ-II", "സി.ആർ.സെഡ്. II")),
        (wide.difference(built).difference(narrow), Name("CRZ-III-A", "സി.ആർ.സെഡ്. III-A")),
        (narrow.difference(built), Name("CRZ-III-A, no development", "സി.ആർ.സെഡ്. III-A, വികസനരഹിത മേഖല")),
        (tidal, Name("CRZ along tidal water", "വേലിയേറ്റ ജലാശയത്തിന്റെ തീരം")),
    ]
    kept = [(areas_only(shape), name) for shape, name in found if shape.area > 1.0]
    return sheet("crz_zone", [shape for shape, _ in kept], [name for _, name in kept])


def _landward(town: Town, width: float) -> BaseGeometry:
    """Land within a distance of the sea's high tide line."""
    land = _belt(town, SHORE, SHORE + 1.6 * width + 60.0)
    return high_tide_line(town).buffer(width, quad_segs=12).intersection(land)


def _tidal_lines(town: Town, rivers: list[Polygon | MultiPolygon]) -> Sheet:
    """High tide lines of tidal rivers and canals, with the width of the water."""
    inner = _belt(town, SHORE, tidal_reach(town) - 1.0)
    canals = waters(town, Class.CANAL)
    lines = [water.boundary.intersection(inner) for water in [*rivers, *canals]]
    widths = [round(2 * river.half, 1) for river in town.ground.rivers]
    widths += [round(2 * canal.area / canal.length, 1) for canal in canals]
    of_river = Name("High tide line of the river", "പുഴയുടെ വേലിയേറ്റ രേഖ")
    of_canal = Name("High tide line of a canal", "തോടിന്റെ വേലിയേറ്റ രേഖ")
    names = [of_river] * len(rivers) + [of_canal] * len(canals)
    return sheet("crz_tidal", lines, names, {"water_width": widths})


def _nature(town: Town, rivers: list[Polygon | MultiPolygon]) -> list[Sheet]:
    """Mangroves on the river's bank, the wet beach and the water, and saline paddy near the mouth."""
    river, reach = town.ground.rivers[0], tidal_reach(town)
    bank = river.middle - river.half
    spots = [(town.point(0.55 * reach + 17 * i, bank - 8 - 5 * (i % 3)), 15 + 3 * (i % 4)) for i in range(9)]
    grove = areas_only(shapely.union_all([spot.buffer(size, quad_segs=6) for spot, size in spots]))
    fields = [b.box for b in town.plan.blocks if b.kind is Kind.PADDY and b.box.west / CM < 0.3 * reach]
    wet = Name("CRZ-IB, wet beach", "സി.ആർ.സെഡ്. IB, വേലിയേറ്റ മേഖല")
    water = Name("CRZ-IV, tidal water", "സി.ആർ.സെഡ്. IV, വേലിയേറ്റ ജലാശയം")
    sheets = [
        sheet("crz_ia", [grove], Name("CRZ-IA, mangrove", "സി.ആർ.സെഡ്. IA, കണ്ടൽക്കാട്")),
        sheet("crz_mangrove", [grove], Name("Mangrove over 1 000 m²", "1 000 ച.മീ.യിൽ കൂടുതലുള്ള കണ്ടൽക്കാട്")),
        sheet("crz_ib_iv", [_belt(town, -40.0, SHORE), *rivers], [wet, *[water] * len(rivers)]),
    ]
    if fields:
        pokkali = Name("Pokkali field with bund", "ബണ്ടുള്ള പൊക്കാളിപ്പാടം")
        sheets.append(sheet("crz_pokkali", boxes_on_map(fields, town.ground), pokkali))
    return sheets


def water_sheets(town: Town) -> list[Sheet]:
    """Rivers, canals and ponds as areas; streams as centre lines, with a width where one was measured."""
    rivers, canals = waters(town, Class.RIVER), waters(town, Class.CANAL)
    ponds, streams = _ponds(town), _streams(town)
    names = [river_name(i) for i in range(len(rivers))]
    names += [numbered(PLACES, 7 * i + 8) + STREAM for i in range(len(canals))]
    names += [numbered(PLACES, 11 * i + 4) + POND for i in range(len(ponds))]
    of_streams = [numbered(PLACES, 5 * i + 2) + STREAM for i in range(len(streams))]
    widths = [None if i % 3 == 1 else 2.0 + 0.4 * (i % 4) for i in range(len(streams))]
    return [
        sheet("water_body", [*rivers, *canals, *ponds], names),
        sheet("watercourse", streams, of_streams, {"width_m": widths}),
    ]


def _streams(town: Town) -> list[LineString]:
    """One stream down each paddy field beside a river, into it."""
    lines = []
    for block in town.plan.blocks:
        if block.kind is Kind.PADDY and Class.RIVER in (block.sides.north, block.sides.south):
            west, south, east, north = metres(block.box)
            middle, bend = (south + north) / 2, west + 0.45 * (east - west)
            mouth = north if block.sides.north is Class.RIVER else south
            path = [(east, middle), (bend, middle + 4.0), (west + 0.2 * (east - west), mouth)]
            lines.append(town.line(path, step=15.0))
    return lines


def _ponds(town: Town) -> list[Polygon | MultiPolygon]:
    """Temple and farm ponds inside small plots of government land."""
    inland = (town.plots.form != int(Form.STRIP)) & (town.register.measured < 2_000)
    candidates = np.flatnonzero((town.register.land_type == 3) & inland)
    inner = shapely.buffer(town.shapes[candidates], -2.5, quad_segs=3)
    return [areas_only(shape) for shape in inner if shape.area > SMALL_POND]
