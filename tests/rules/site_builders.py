"""Sites for tests of rules, from words that a planner can write: the parcel, its roads and neighbours, and what lies on it.

In: mappings as in `cases/checks/*.yaml`.  Out: `Site`.  The default plot is 20 m wide and 25 m deep with a corner at 0, 0; its sides are 1 south,
2 east, 3 north, 4 west.  A box is [west, south, east, north].
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import shapely
from shapely import LineString, MultiLineString, Polygon

from gis.site import (
    Frame,
    Ground,
    Holding,
    LocalBody,
    Neighbour,
    Origin,
    Overlay,
    Road,
    RoadKind,
    Site,
    Status,
)
from rules.plans.drawing import Outline, Source

Words = Mapping[str, Any]
PLOT = [20, 25]
DAY = date(2026, 1, 1)


def ring(shape: Any) -> Polygon:
    """A polygon from [width, depth], a box, or corners."""
    if len(shape) == 2 and not isinstance(shape[0], Sequence):
        return shapely.box(0, 0, float(shape[0]), float(shape[1]))
    if len(shape) == 4 and not isinstance(shape[0], Sequence):
        return shapely.box(*(float(each) for each in shape))
    return Polygon([(float(x), float(y)) for x, y in shape])


def an_outline(shape: Any, layer: str, handle: str, colour: int = 256) -> Outline:
    """An outline drawn from its south-west corner, the way round that keeps the inside on the left."""
    polygon = ring(shape) if not isinstance(shape, Polygon) else shape
    polygon = shapely.geometry.polygon.orient(polygon)
    points = [(float(x), float(y)) for x, y in polygon.exterior.coords[:-1]]
    first = min(range(len(points)), key=lambda i: (points[i][1], points[i][0]))
    points = points[first:] + points[:first]
    return Outline(
        source=Source(layer=layer, handles=(handle,)),
        colour=colour,
        shape=Polygon(points),
        corners=tuple(points),
        segments=tuple(range(len(points))),
        has_arcs=False,
    )


def a_site(words: Words | None = None, *, on: date = DAY, plot: Any = PLOT) -> Site:
    """A site with one notified road, 6 m wide, along the south side, recorded as large as it measures, and nothing else around."""
    said = dict(words or {})
    boundary = an_outline(said.pop("plot", plot), "", "").shape
    roads = said.pop("roads", [{}])
    body = said.pop("body", "municipality")
    recorded = said.pop("recorded_area", boundary.area)
    site = Site(
        jurisdiction="test",
        number=said.pop("number", "1/1"),
        on=on,
        known=datetime(2026, 1, 1, tzinfo=UTC),
        frame=Frame(metric=32643, east=640_000.0, north=1_165_000.0, scale=1.0),
        boundary=boundary,
        measured_area=float(boundary.area),
        recorded_area=None if recorded is None else float(recorded),
        accuracy=said.pop("accuracy", 0.1),
        land_type=said.pop("land_type", "purayidam"),
        rule_book=said.pop("rule_book", "kerala"),
        body=None if body is None else LocalBody(body),
        body_name=None,
        roads=tuple(a_road(each, boundary, i) for i, each in enumerate(roads or [])),
        roads_note="" if roads else "No street is mapped along this plot.",
        has_road_data=said.pop("has_road_data", True),
        neighbours=tuple(
            Neighbour(number=str(i), boundary=ring(each)) for i, each in enumerate(said.pop("neighbours", []))
        ),
        overlays=tuple(an_overlay(layer, each) for layer, each in said.pop("overlays", {}).items()),
        ground=_ground(said.pop("slope", None)),
        holding=Holding(**said.pop("holding", {})),
        origins=tuple(an_origin(each) for each in said.pop("origins", [])),
        synthetic=True,
    )
    assert not said, f"a site has no {', '.join(said)}"
    return site


def _ground(slope: float | None) -> Ground | None:
    if slope is None:
        return None
    return Ground(
        lowest=10.0,
        highest=12.0,
        slope_mean=float(slope) / 2,
        slope_max=float(slope),
        resolution=10.0,
        datum="test",
        origin="test",
    )


def a_road(words: Words, boundary: Polygon, index: int) -> Road:
    """A road along one side: `side` (1), `width` (6 or none), `kind` (notified or none), `length`, `plots_served`."""
    corners = list(boundary.exterior.coords)
    side = int(words.get("side", 1))
    start, end = corners[side - 1], corners[side % (len(corners) - 1)]
    line = LineString([start, end])
    width = words.get("width", 6.0)
    kind = words.get("kind", "notified")
    return Road(
        ref=words.get("ref", f"road-{index + 1}"),
        name=words.get("name"),
        name_ml=None,
        width=None if width is None else float(width),
        kind=None if kind is None else RoadKind(kind),
        surface=line.buffer(float(width), single_sided=True).difference(boundary) if width else None,
        line=line.parallel_offset((float(width) if width else 6.0) / 2, "right"),
        frontage=MultiLineString([line]),
        basis="surface" if width else "nearest",
        accuracy=0.1,
        origin="test",
        length=words.get("length"),
        plots_served=words.get("plots_served"),
    )


def an_origin(words: Words) -> Origin:
    """An import that a theme rests on: `id` and `accuracy` in metres."""
    return Origin(
        id=words["id"],
        title=words["id"],
        publisher="test",
        date=date(2024, 1, 1),
        link=None,
        accuracy=float(words["accuracy"]),
    )


def an_overlay(layer: str, words: Words | str) -> Overlay:
    """A theme: its status alone, or status with area, share, distance, labels."""
    said: dict[str, Any] = {"status": words} if isinstance(words, str) else dict(words)
    box, near_box = said.pop("box", None), said.pop("near_box", None)
    return Overlay(
        layer=layer,
        title=said.pop("title", layer),
        title_ml=layer,
        status=Status(said.pop("status")),
        reason=said.pop("reason", "as the test says"),
        law=said.pop("law", None),
        clause=said.pop("clause", None),
        authority=said.pop("authority", None),
        consult=said.pop("consult", None),
        binds=said.pop("binds", True),
        labels=tuple(str(each) for each in said.pop("labels", ())),
        attributes=tuple((str(k), str(v)) for k, v in said.pop("attributes", {}).items()),
        shape=None if box is None else ring(box),
        near_shape=None if near_box is None else ring(near_box),
        origins=tuple(said.pop("origins", ())),
        **said,
    )
