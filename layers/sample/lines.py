"""Lines and installations of the sample: railway, highway, airport, defence, power lines, pipeline, towers, burial, quarry.

In: the town.  Out: sheets.  Where the law measures from a boundary, some tables hold the boundary and some only a centre
line or a point, with or without a width, so that every kind of answer occurs.
"""

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from layers.sample.blocks import CM, Class, Corridor
from layers.sample.names import Name
from layers.sample.restrictions import _blob, _centre, area_sheet
from layers.sample.shapes import boxes_on_map
from layers.sample.sheets import Sheet
from layers.sample.town import Town

RAIL = Name("Coast railway", "തീരദേശ റെയിൽപ്പാത")
HIGHWAY = Name("National highway", "ദേശീയപാത")


def installation_sheets(town: Town) -> list[Sheet]:
    """All of them."""
    return [*_railway(town), *_highway(town), *_airport(town), *_defence(town), *_power(town), *_others(town)]


def _uprights(town: Town, carries: Class) -> list[Corridor]:
    return [corridor for corridor in town.plan.corridors if corridor.carries is carries and not corridor.along_u]


def _middle_line(town: Town, carries: Class, low: float, high: float) -> BaseGeometry:
    box = _uprights(town, carries)[0].box
    u = (box.west + box.east) / 2 / CM
    return town.line([(u, low), (u, high)], step=15.0)


def _railway(town: Town) -> list[Sheet]:
    """South of the river the railway's own land was surveyed; of the rest there is a centre line."""
    surveyed = [corridor.box for corridor in _uprights(town, Class.RAILWAY)][:1]
    start = surveyed[0].north / CM
    line = _middle_line(town, Class.RAILWAY, start, town.height + 100.0)
    sheets = []
    for layer in ("railway", "railway_tower"):
        sheets += [
            area_sheet(layer, list(boxes_on_map(surveyed, town.ground)), [RAIL], publisher="Synthetic railway land plan", dated="2021-07-01", valid_from="2010-01-01", accuracy=0.5, basis="railway land plan by total station", grow=300.0, part="land"),
            area_sheet(layer, [line], [RAIL], publisher="Synthetic topographic map", dated="2016-01-01", valid_from="2010-01-01", accuracy=5.0, basis="map at 1:10 000", grow=300.0, holds="centre_line", part="line"),
        ]
    return sheets


def _highway(town: Town) -> list[Sheet]:
    """The acquired boundary south of the river; beyond it a centre line with the width of the road land."""
    boxes = [corridor.box for corridor in _uprights(town, Class.NATIONAL)]
    rest = _middle_line(town, Class.NATIONAL, boxes[0].north / CM, town.height + 60.0)
    line = area_sheet("nh_line", [rest], [HIGHWAY], publisher="Synthetic highway authority", dated="2020-02-20", valid_from="2015-01-01", accuracy=2.0, basis="design drawing", grow=100.0, holds="centre_line", part="line", columns={"road_land": [45.0]})
    return [
        area_sheet("nh_line", list(boxes_on_map(boxes[:1], town.ground)), [HIGHWAY], publisher="Synthetic highway authority", dated="2023-05-05", valid_from="2015-01-01", accuracy=0.5, basis="boundary stones by total station", grow=100.0, part="land"),
        line.with_width("road_land"),
    ]


def _airport(town: Town) -> list[Sheet]:
    """A reference point some 15 km to the north-east, and a grid of permissible tops over the eastern part."""
    point = shapely.Point(*(np.array(town.point(town.width / 2, town.height / 2).coords[0]) + [9_800.0, 11_300.0]).round(1))
    cells, tops = [], []
    size = max(250.0, town.width / 8)
    for i in range(int(0.5 * town.width / size), int(town.width / size) + 1):
        for j in range(int(town.height / size) + 1):
            cells.append(town.area([(i * size, j * size), ((i + 1) * size, j * size), ((i + 1) * size, (j + 1) * size), (i * size, (j + 1) * size)]))
            tops.append(120 + 10 * ((i + 2 * j) % 4))
    names = [Name(f"Top up to {top} m above sea level", f"സമുദ്രനിരപ്പിൽ നിന്ന് {top} മീറ്റർ വരെ") for top in tops]
    return [
        area_sheet("airport", [point], [Name("Invented aerodrome", "സാങ്കൽപ്പിക വിമാനത്താവളം")], publisher="Synthetic aeronautical list", dated="2025-01-23", valid_from="2005-01-01", accuracy=30.0, basis="co-ordinates rounded to a second", grow=25_000.0, holds="point"),
        area_sheet("airport_height", cells, names, publisher="Synthetic colour-coded zoning map", dated="2020-10-10", valid_from="2020-10-10", accuracy=25.0, basis="grid of the map", coverage="features", columns={"top_amsl_m": tops}),
    ]


def _defence(town: Town) -> list[Sheet]:
    w, h = town.width, town.height
    camp = town.area([(0.30 * w, -75.0), (0.30 * w + 140, -75.0), (0.30 * w + 140, 6.0), (0.30 * w, 6.0)])
    return [area_sheet("defence", [camp], [Name("Signals camp", "സിഗ്നൽ ക്യാമ്പ്")], publisher="Synthetic station register", dated="2022-12-23", valid_from="2000-01-01", accuracy=2.0, basis="station boundary plan", grow=200.0)]


def _power(town: Town) -> list[Sheet]:
    """11 kV along the PWD road, 33 kV across the homes, 110 kV and 220 kV overland; spread of the wires where known."""
    w, h = town.width, town.height
    _, pwd = _centre(town)
    lines = [
        town.line([(20.0, pwd + 7.5), (w, pwd + 7.5)], step=40.0),
        town.line([(0.12 * w, 0.0), (0.16 * w, 0.5 * h), (0.13 * w, h)], step=60.0),
        town.line([(w, 0.22 * h), (0.72 * w, 0.3 * h), (0.55 * w, 0.62 * h), (0.57 * w, h)], step=120.0),
        town.line([(0.93 * w, 0.0), (0.86 * w, 0.46 * h), (0.9 * w, h)], step=200.0),
    ]
    volts = [11, 33, 110, 220]
    names = [Name(f"{kv} kV line", f"{kv} കെ.വി. ലൈൻ") for kv in volts]
    clearance = [1.2, 2.0, 2.9, 3.8]
    half_strip = [13.5, 17.5]
    wires = area_sheet("ht_line", lines, names, publisher="Synthetic electricity board", dated="2024-11-30", valid_from="1998-01-01", accuracy=2.0, basis="poles with a receiver", grow=60.0, holds="centre_line", columns={"voltage_kv": volts, "clearance": clearance, "wires_m": [2.2, None, 7.0, None]})
    strips = area_sheet("transmission_corridor", lines[2:], names[2:], publisher="Synthetic electricity board", dated="2024-11-30", valid_from="1998-01-01", accuracy=5.0, basis="towers from pictures", grow=100.0, holds="centre_line", columns={"voltage_kv": volts[2:], "half_strip": half_strip})
    return [wires.with_width("wires_m"), strips]


def _others(town: Town) -> list[Sheet]:
    w, h = town.width, town.height
    pipe = town.line([(0.66 * w, -30.0), (0.70 * w, 0.30 * h), (0.67 * w, h + 30.0)], step=25.0).buffer(10.0, cap_style="flat", quad_segs=4)
    top_u, top_v = town.ground.hill
    pit: Polygon = _blob(town, top_u - 96.0, top_v - 14.0, 34.0, 3)
    towers = [town.point(a * w, b * h) for a, b in ((0.2, 0.2), (0.31, 0.44), (0.52, 0.22), (0.74, 0.55), (0.85, 0.2), (0.22, 0.9))]
    yard = town.area([(0.24 * w, 0.12 * h), (0.24 * w + 32, 0.12 * h), (0.24 * w + 32, 0.12 * h + 26), (0.24 * w, 0.12 * h + 26)])
    health = {"publisher": "Synthetic health department", "dated": "2017-08-01", "valid_from": "1998-01-01"}
    return [
        area_sheet("pipeline", [pipe], [Name("Gas pipeline, strip of 20 m", "വാതക പൈപ്പ് ലൈൻ, 20 മീറ്റർ ഇടനാഴി")], publisher="Synthetic pipeline company", dated="2019-09-09", valid_from="2014-02-01", accuracy=1.0, basis="as-built survey", grow=30.0),
        area_sheet("telecom", towers, [Name(f"Tower {i + 1}", f"ടവർ {i + 1}") for i in range(len(towers))], publisher="Synthetic telecom register", dated="2025-03-31", valid_from="2012-01-01", accuracy=8.0, basis="co-ordinates of the licence", holds="point", grow=20.0),
        area_sheet("burial", [yard], [Name("Public burial ground", "പൊതുശ്മശാനം")], accuracy=1.0, basis="survey plan", grow=150.0, part="ground", **health),
        area_sheet("burial", [town.point(0.78 * w, 0.93 * h)], [Name("Family burial place", "കുടുംബ ശ്മശാനം")], accuracy=10.0, basis="hand-held receiver", holds="point", grow=150.0, part="points", **health),
        area_sheet("quarry", [pit], [Name("Laterite quarry", "ചെങ്കൽ ക്വാറി")], publisher="Synthetic geology department", dated="2023-01-12", valid_from="2016-05-01", accuracy=3.0, basis="lease plan", grow=400.0),
    ]
