"""The drawing of a checked plan: plot, parcel, streets, buildings, and what decided each finding.

In: a `PlanCheck`, whose shapes lie in one frame of true metres.  Out: an inline SVG as text.  What decided finding `n` is a group with the id
`place-n`, so that a link to it brings it forward without a script; its number leads back to the finding and stands at `data-at`. `data-scale` tells drawing units per
metre and `data-extent` what the ground around it leaves out, for whoever sets the drawing on paper.
"""

from collections.abc import Iterator, Sequence
from html import escape
from math import floor, hypot, log10

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rules.checking import PlanCheck
from rules.findings import Finding, Outcome
from rules.ground_drawn import extent_of, with_margin
from rules.plans.drawing import Edge

WIDTH = 960
"""Drawing units from left to right."""
TALLEST = 1200
BAR = 200.0
DOT = 4.0
APART = 48.0
"""Drawing units between two numbers that are both read."""
CLASSES = {Outcome.FAIL: "fail", Outcome.UNKNOWN: "unknown", Outcome.PASS: "pass"}


class _Frame:
    """From metres to drawing units: x to the right, y down."""

    def __init__(self, shape: BaseGeometry) -> None:
        self.extent = shape.bounds
        self.ground = with_margin(shape)
        self.west, south, east, self.north = self.ground.bounds
        wide, high = east - self.west, self.north - south
        self.scale = min(WIDTH / wide, TALLEST / high)
        self.width, self.height = wide * self.scale, high * self.scale

    def path(self, shape: BaseGeometry) -> str:
        """A shape as the path of an SVG; points are dots."""
        return " ".join(self._strokes(shape))

    def _strokes(self, shape: BaseGeometry) -> Iterator[str]:
        for part in shapely.get_parts(shape):
            if part.geom_type == "Polygon":
                yield from (f"M{self._run(line)}Z" for line in (part.exterior, *part.interiors))
            elif part.geom_type == "Point":
                (x, y), *_ = self.points(part)
                yield f"M{x - DOT:.1f},{y:.1f}a{DOT},{DOT} 0 1 0 {2 * DOT},0a{DOT},{DOT} 0 1 0 -{2 * DOT},0Z"
            elif part.geom_type == "GeometryCollection":
                yield from self._strokes(part)
            elif not part.is_empty:
                yield f"M{self._run(part)}"

    def _run(self, line: BaseGeometry) -> str:
        return "L".join(f"{x:.1f},{y:.1f}" for x, y in self.points(line))

    def number_at(self, shape: BaseGeometry) -> tuple[float, float]:
        """Where the number of a place stands: in the middle of its longest line, or inside its largest area."""
        part = max(_parts(shape), key=lambda each: (shapely.get_dimensions(each), each.area, each.length))
        is_line = part.geom_type in ("LineString", "LinearRing")
        spot = part.interpolate(0.5, normalized=True) if is_line else part.representative_point()
        (x, y), *_ = self.points(spot)
        return float(x), float(y)

    def box(self) -> str:
        """What is drawn without the ground around it, as left, top, width and height."""
        west, south, east, north = self.extent
        corner = ((west - self.west) * self.scale, (self.north - north) * self.scale)
        return " ".join(
            f"{each:.1f}" for each in (*corner, (east - west) * self.scale, (north - south) * self.scale)
        )

    def points(self, shape: BaseGeometry) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
        """The coordinates of a shape in drawing units."""
        xy = shapely.get_coordinates(shape)
        return np.column_stack([(xy[:, 0] - self.west) * self.scale, (self.north - xy[:, 1]) * self.scale])


def plan_svg(asked: PlanCheck, *, title: str) -> str:
    """The drawing; empty where neither plot nor building could be drawn."""
    plan, extent = asked.proposal, extent_of(asked)
    if extent is None:
        return ""
    frame = _Frame(extent)
    body = [*_ground(asked, frame), *_building(asked, frame), *_places(asked.report.findings, frame)]
    body += [_bar(frame)] + ([_north()] if plan.is_placed else [])
    return (
        f'<svg class="plan" viewBox="0 0 {frame.width:.0f} {frame.height:.0f}" role="group" '
        f'xmlns="http://www.w3.org/2000/svg" data-scale="{frame.scale:.4f}" data-extent="{frame.box()}" '
        f'aria-label="{escape(title)}">{"".join(body)}</svg>'
    )


def _ground(asked: PlanCheck, frame: _Frame) -> Iterator[str]:
    plan, site = asked.proposal, asked.site
    if plan.is_placed:
        for road in site.roads:
            if road.surface is not None:
                yield _drawn("road", road.surface, frame)
            elif road.line is not None:
                yield _drawn("road-line", road.line, frame)
        for neighbour in site.neighbours:
            yield _drawn("neighbour", neighbour.boundary, frame)
        yield _drawn("parcel", site.boundary, frame)
    if plan.plot is not None:
        yield _drawn("drawn-plot", plan.plot, frame)
    if plan.drawing.plot is not None and plan.front.sides:
        sides = [side.line for side in plan.drawing.plot.sides if side.number in plan.front.sides]
        yield _drawn("front", shapely.union_all(sides), frame)
    if plan.drawing.plot is not None and (not plan.front.is_known or plan.answers.front is not None):
        for side in plan.drawing.plot.sides:
            yield _side(side, frame)


def _side(side: Edge, frame: _Frame) -> str:
    """The number of a side of the plot at its middle, by which a person may choose the front."""
    x, y = frame.number_at(side.line)
    return f'<text class="side-number" x="{x:.1f}" y="{y:.1f}">{side.number}</text>'


def _building(asked: PlanCheck, frame: _Frame) -> Iterator[str]:
    for building in asked.proposal.buildings:
        for level in sorted(building.levels, key=lambda each: (not each.is_basement, each.number or 0)):
            yield _drawn("basement" if level.is_basement else "level", level.footprint.shape, frame)
    for thing in asked.proposal.drawing.things:
        yield _drawn("thing", thing.outline.shape, frame)
    for entrance in asked.proposal.drawing.entrances:
        yield _drawn("entrance", entrance.place, frame)


def _places(findings: Sequence[Finding], frame: _Frame) -> Iterator[str]:
    """What decided each finding, the failed drawn last so that nothing hides them."""
    drawn: list[str] = []
    written: list[tuple[float, float]] = []
    for number, finding in enumerate(findings, 1):
        shapes = [_seen(place.shape, frame) for place in finding.places if place.shape is not None]
        seen = [each for each in shapes if not each.is_empty]
        if seen and finding.outcome in CLASSES:
            drawn.append(_place(number, CLASSES[finding.outcome], seen, frame, written))
    yield from reversed(drawn)


def _place(
    number: int, kind: str, seen: Sequence[BaseGeometry], frame: _Frame, written: list[tuple[float, float]]
) -> str:
    """The place of a finding with its number, which is “close” where it would cover the number of one before it."""
    x, y = frame.number_at(seen[0])
    is_close = any(hypot(x - left, y - top) < APART for left, top in written)
    if kind == CLASSES[Outcome.FAIL] and not is_close:
        written.append((x, y))
    paths = "".join(f'<path d="{frame.path(each)}"/>' for each in seen)
    tag = "tag close" if is_close else "tag"
    return (
        f'<g id="place-{number}" class="place {kind}" data-at="{x:.1f},{y:.1f}">{paths}'
        f'<a class="{tag}" href="#finding-{number}"><text x="{x:.1f}" y="{y:.1f}">{number}</text></a></g>'
    )


def _seen(shape: BaseGeometry, frame: _Frame) -> BaseGeometry:
    """The part of a shape that lies on the ground that is drawn."""
    return shapely.intersection(shapely.make_valid(shape), frame.ground)


def _parts(shape: BaseGeometry) -> Iterator[BaseGeometry]:
    """Polygons, lines and points in a shape, however nested."""
    for part in shapely.get_parts(shape):
        if hasattr(part, "geoms"):
            yield from _parts(part)
        else:
            yield part


def _drawn(kind: str, shape: BaseGeometry, frame: _Frame) -> str:
    seen = _seen(shape, frame)
    if seen.is_empty:
        return ""
    name = f' class="{kind}"' if kind else ""
    return f'<path{name} d="{frame.path(seen)}"/>'


def _bar(frame: _Frame) -> str:
    """A scale bar of a round number of metres."""
    room = min(BAR, frame.width / 3) / frame.scale
    power = 10.0 ** floor(log10(room))
    metres = max(step * power for step in (1, 2, 5) if step * power <= room)
    long, y = metres * frame.scale, frame.height - 14
    return (
        f'<path class="bar" d="M14,{y:.1f}h{long:.1f}m0,-5v10M14,{y - 5:.1f}v10"/>'
        f'<text class="bar-text" x="{14 + long + 8:.1f}" y="{y + 5:.1f}">{metres:g} m</text>'
    )


def _north() -> str:
    return '<g class="north"><path d="M26,12l9,26l-9,-6l-9,6Z"/><text x="26" y="56" text-anchor="middle">N</text></g>'
