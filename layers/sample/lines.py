"""Lines and installations of the sample: railway, highway, airport, defence, power, pipeline, towers, burial, quarry.

In: the town.  Out: sheets.  Where the law measures from a boundary, some tables hold the boundary and some only a centre
line or a point, with or without a width, so that every kind of answer occurs.
"""

import numpy as np
from shapely import Point

from layers.sample.blocks import CM, Class
from layers.sample.names import Name
from layers.sample.shapes import boxes_on_map
from layers.sample.sheets import Columns, Sheet, sheet
from layers.sample.strips import centre, corridors, middle_line, patch, rectangle
from layers.sample.town import Town

RAIL = Name("Coast railway", "തീരദേശ റെയിൽപ്പാത")
HIGHWAY = Name("National highway", "ദേശീയപാത")
ROAD_LAND = 45.0
AERODROME = (19_527.0, 4_869.0)
"""Metres east and north from the middle of the town: inland, so that only its hilly side lies within 20 km."""
# Voltage (kV), distance that buildings keep (m, KMBR table 2), spread of the wires (m) where it was measured.
WIRES = ((11, 1.2, 2.2), (33, 2.0, None), (110, 2.9, 7.0), (220, 3.8, None))
HALF_STRIPS = (13.5, 17.5)


def installation_sheets(town: Town) -> list[Sheet]:
    """All of them."""
    return [*_railway(town), *_highway(town), *_airport(town), *_power(town), *_others(town)]


def _railway(town: Town) -> list[Sheet]:
    """South of the river the railway's own land was surveyed; of the rest there is a centre line."""
    surveyed = corridors(town, Class.RAILWAY)[0].box
    land = boxes_on_map([surveyed], town.ground)
    line = middle_line(town, Class.RAILWAY, surveyed.north / CM, town.height + 100.0)
    return [
        sheet(f"{layer}_{part}", shapes, RAIL)
        for layer in ("railway", "railway_tower")
        for part, shapes in (("land", land), ("line", [line]))
    ]


def _highway(town: Town) -> list[Sheet]:
    """The acquired boundary south of the river; beyond it a centre line with the width of the road land."""
    surveyed = corridors(town, Class.NATIONAL)[0].box
    rest = middle_line(town, Class.NATIONAL, surveyed.north / CM, town.height + 60.0)
    return [
        sheet("nh_line_land", boxes_on_map([surveyed], town.ground), HIGHWAY),
        sheet("nh_line_line", [rest], HIGHWAY, {"road_land_m": [ROAD_LAND]}),
    ]


def _airport(town: Town) -> list[Sheet]:
    """A reference point inland, of which only the hilly side of the town lies within 20 km, and a grid of tops over that side."""
    middle = town.point(town.width / 2, town.height / 2)
    point = Point(round(middle.x + AERODROME[0], 1), round(middle.y + AERODROME[1], 1))
    size = max(250.0, town.width / 8)
    cells, tops = [], []
    for i in range(int(0.75 * town.width / size), int(town.width / size) + 1):
        for j in range(int(town.height / size) + 1):
            cells.append(rectangle(town, i * size, j * size, (i + 1) * size, (j + 1) * size))
            tops.append(120 + 10 * ((i + 2 * j) % 4))
    names = [Name(f"Top up to {t} m above sea level", f"സമുദ്രനിരപ്പിൽ നിന്ന് {t} മീറ്റർ വരെ") for t in tops]
    return [
        sheet("airport", [point], Name("Invented aerodrome", "സാങ്കൽപ്പിക വിമാനത്താവളം")),
        sheet("airport_height", cells, names, {"top_amsl_m": tops}),
    ]


def _power(town: Town) -> list[Sheet]:
    """11 kV along the PWD road, 33 kV across the homes, 110 kV and 220 kV overland."""
    w, h = town.width, town.height
    _, road = centre(town)
    lines = [
        town.line([(20.0, road + 7.5), (w, road + 7.5)], step=40.0),
        town.line([(0.12 * w, 0.0), (0.16 * w, 0.5 * h), (0.13 * w, h)], step=60.0),
        town.line([(w, 0.22 * h), (0.72 * w, 0.3 * h), (0.55 * w, 0.62 * h), (0.57 * w, h)], step=120.0),
        town.line([(0.93 * w, 0.0), (0.86 * w, 0.46 * h), (0.9 * w, h)], step=200.0),
    ]
    volts, clearance, spread = (list(column) for column in zip(*WIRES, strict=True))
    names = [Name(f"{kv} kV line", f"{kv} കെ.വി. ലൈൻ") for kv in volts]
    wires: Columns = {"voltage_kv": volts, "clearance": clearance, "wires_m": spread}
    strips: Columns = {"voltage_kv": volts[2:], "half_strip": list(HALF_STRIPS)}
    return [
        sheet("ht_line", lines, names, wires),
        sheet("transmission_corridor", lines[2:], names[2:], strips),
    ]


def _others(town: Town) -> list[Sheet]:
    w, h = town.width, town.height
    pipe = town.line([(0.66 * w, -30.0), (0.70 * w, 0.30 * h), (0.67 * w, h + 30.0)], step=25.0)
    top_u, top_v = town.ground.hill
    pit = patch(town, top_u - 96.0, top_v - 14.0, radius=34.0, phase=3)
    spots = np.array([(0.2, 0.2), (0.31, 0.44), (0.52, 0.22), (0.74, 0.55), (0.85, 0.2), (0.22, 0.9)]) * (
        w,
        h,
    )
    towers = [town.point(u, v) for u, v in spots]
    camp = rectangle(town, 0.30 * w, -75.0, 0.30 * w + 140.0, 6.0)
    ordered = rectangle(town, 0.30 * w - 25.0, -100.0, 0.30 * w + 165.0, 31.0)
    yard = rectangle(town, 0.24 * w, 0.12 * h, 0.24 * w + 32.0, 0.12 * h + 26.0)
    family = Name("Family burial place", "കുടുംബ ശ്മശാനം")
    strip = Name("Gas pipeline, strip of 20 m", "വാതക പൈപ്പ് ലൈൻ, 20 മീറ്റർ ഇടനാഴി")
    return [
        sheet("defence", [camp], Name("Signals camp", "സിഗ്നൽ ക്യാമ്പ്")),
        sheet("security_zone", [ordered], Name("Security zone of the camp", "ക്യാമ്പിന്റെ സുരക്ഷാ മേഖല")),
        sheet("pipeline", [pipe.buffer(10.0, cap_style="flat", quad_segs=4)], strip),
        sheet("telecom", towers, [Name(f"Tower {i + 1}", f"ടവർ {i + 1}") for i in range(len(towers))]),
        sheet("burial_ground", [yard], Name("Public burial ground", "പൊതുശ്മശാനം")),
        sheet("burial_points", [town.point(0.78 * w, 0.93 * h)], family),
        sheet("quarry", [pit], Name("Laterite quarry", "ചെങ്കൽ ക്വാറി")),
    ]
