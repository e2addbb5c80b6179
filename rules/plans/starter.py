"""A drawing to begin with: the parcel as its plot, the layers for small houses ready, and if wanted a house that is only an example.

In: a `Site`.  Out: the bytes of a DXF file in metres, north up, with the corner of the plot near 0, 0; the same site gives the same bytes.
The example is a rectangle inside the plot at a distance that the caller chooses; no number of the law is in it.
"""

import itertools
import math

import numpy as np
import shapely
from ezdxf.filemanagement import new
from ezdxf.layouts.layout import Modelspace
from shapely import MultiPolygon, Polygon
from shapely.affinity import rotate

from gis.errors import Invalid
from gis.site import Site
from rules.plans.colours import OCCUPANCY_COLOURS
from rules.plans.writer import written

LAYERS = {
    "PLOT": 7,
    "FLOOR_0": 25,
    "FLOOR_1": 25,
    "HEIGHT": 4,
    "ENTRANCE": 6,
    "PARKING": 5,
    "WELL": 3,
    "SEPTIC_TANK": 3,
    "RAIN_WATER": 3,
    "PLAN_INFO": 8,
}
RESIDENTIAL = next(colour for colour, group in OCCUPANCY_COLOURS.items() if group == "A1")
STEPS = 60
MARGIN = 0.05
TEXT = 0.4


def starter(site: Site, *, set_back: float | None = None, height: float = 6.0) -> bytes:
    """The plot as a drawing; with `set_back` metres also an example house of two floors and a `height`.

    Raises `Invalid` where the plot is in several parts, or leaves no ground for the example.
    """
    if isinstance(site.boundary, MultiPolygon):
        raise Invalid(
            f"Plot {site.number} lies in {len(site.boundary.geoms)} parts; a plan is drawn for one plot of one part."
        )
    document = new("R2010", units=6)
    document.ezdxf_metadata()["CREATED_BY_EZDXF"] = "Bhumika"  # in place of the clock
    space = document.modelspace()
    for name, colour in LAYERS.items():
        document.layers.add(name, color=colour)
    _ring(space, "PLOT", site.boundary)
    _words(space, site, site.boundary)
    if set_back is not None:
        _house(space, site, set_back, height)
    return written(document, b"")


def _house(space: Modelspace, site: Site, set_back: float, height: float) -> None:
    house = largest_rectangle(site.boundary, set_back)
    for layer in ("FLOOR_0", "FLOOR_1"):
        _ring(space, layer, house, colour=RESIDENTIAL)
    west, south, _, north = site.boundary.bounds
    beside = west - 3.0
    space.add_aligned_dim(
        p1=(beside, south), p2=(beside, south + height), distance=1.0, dxfattribs={"layer": "HEIGHT"}
    ).render()
    place = _entrance(house, site)
    space.add_point(place, dxfattribs={"layer": "ENTRANCE"})
    note = "EXAMPLE HOUSE, NOT A DESIGN"
    space.add_text(note, dxfattribs={"layer": "0", "height": TEXT}).set_placement((west, north + 1.0))


def _entrance(house: Polygon, site: Site) -> tuple[float, float]:
    """The middle of the wall nearest to the first street, else of the first wall."""
    corners = list(house.exterior.coords)
    walls = [shapely.LineString(pair) for pair in itertools.pairwise(corners)]
    street = site.roads[0].frontage if site.roads else walls[0]
    middle = min((wall.interpolate(0.5, normalized=True) for wall in walls), key=street.distance)
    return (float(middle.x), float(middle.y))


def largest_rectangle(plot: Polygon, set_back: float) -> Polygon:
    """The largest rectangle about the middle of the ground that lies `set_back` metres inside, along the plot's longer direction."""
    ground = plot.buffer(-set_back, join_style="mitre")
    parts = [part for part in getattr(ground, "geoms", [ground]) if not part.is_empty]
    if not parts:
        raise Invalid(
            f"Nothing of the plot lies {set_back:g} m inside its boundary; ask for a smaller set-back."
        )
    part = max(parts, key=lambda each: each.area)
    centre, angle = part.representative_point(), _longest(plot.minimum_rotated_rectangle)
    if part.contains(part.centroid):
        centre = part.centroid
    level = rotate(part, -angle, origin=centre)
    found = Polygon()
    for share in np.linspace(0.2, 5.0, STEPS):
        low, high = 0.0, math.hypot(level.bounds[2] - level.bounds[0], level.bounds[3] - level.bounds[1])
        while high - low > MARGIN:
            half = (low + high) / 2
            box = shapely.box(
                centre.x - half, centre.y - half * share, centre.x + half, centre.y + half * share
            )
            low, high = (half, high) if level.covers(box) else (low, half)
        box = shapely.box(centre.x - low, centre.y - low * share, centre.x + low, centre.y + low * share)
        found = box if box.area > found.area else found
    if found.is_empty:
        raise Invalid("The plot leaves no room for a rectangle at that set-back; ask for a smaller one.")
    return shapely.transform(rotate(found, angle, origin=centre), lambda points: np.round(points, 3))


def _longest(plot: Polygon) -> float:
    """Degrees of the longest side."""
    corners = shapely.get_coordinates(plot.exterior)
    sides = np.diff(corners, axis=0)
    x, y = sides[int(np.argmax(np.hypot(*sides.T)))]
    return math.degrees(math.atan2(y, x))


def _ring(space: Modelspace, layer: str, shape: Polygon, *, colour: int = 256) -> None:
    space.add_lwpolyline(_drawn(shape), close=True, dxfattribs={"layer": layer, "color": colour})


def _drawn(shape: Polygon) -> list[tuple[float, float]]:
    """The corners as they are written."""
    return [(round(x, 4), round(y, 4)) for x, y in shape.exterior.coords[:-1]]


def _words(space: Modelspace, site: Site, plot: Polygon) -> None:
    """The area of the outline that is drawn (what the register says may differ), whose plot it is, and that north is up."""
    west, south, _, _ = plot.bounds
    said = [f"PLOT_AREA_M2={Polygon(_drawn(plot)).area:.2f}", f"RS_NO={site.number}", "TURN_DEGREES=0"]
    space.add_mtext(
        "\\P".join(said),
        dxfattribs={"layer": "PLAN_INFO", "char_height": TEXT, "insert": (west, south - 2.0)},
    )
