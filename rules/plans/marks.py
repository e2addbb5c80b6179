"""Findings drawn into the applicant's own DXF: layers of their own with what decided, numbered tags, and a list beside the plan.

In: the bytes of the drawing, findings, and how the plan lies on its parcel.  Out: the bytes of the drawing with the marks set in; every
other byte stays as it was, except in damaged, binary and very old files, which are written anew. The same input gives the same bytes.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
from ezdxf import bbox
from ezdxf.document import Drawing as Document
from ezdxf.entities.dxfgfx import DXFGraphic
from ezdxf.enums import TextEntityAlignment
from ezdxf.lldxf.const import DXF12
from shapely import LinearRing, LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from rules.findings import Finding, Outcome, Place
from rules.plans.drawing import Drawing
from rules.plans.foreign import DAMAGE, attribute
from rules.plans.mark_words import heading, lines_of, places_of
from rules.plans.measure import measured
from rules.plans.moved import shapes_of
from rules.plans.placement import Placement
from rules.plans.problems import Problems
from rules.plans.reader import read
from rules.plans.splice import Additions, spliced
from rules.plans.writer import unwritable, written

FAIL, UNKNOWN, LIST = "BHUMIKA_FAIL", "BHUMIKA_UNKNOWN", "BHUMIKA_LIST"
LAYERS = {Outcome.FAIL: FAIL, Outcome.UNKNOWN: UNKNOWN}
COLOURS = {FAIL: 1, UNKNOWN: 30, LIST: 7}
"""AutoCAD's index: red, orange, and black or white against the background."""
STYLE = "BHUMIKA"
FONT = "arial.ttf"
BOLD = 50
"""Hundredths of a millimetre that marks are wide on paper."""
LETTER = 1 / 60
"""Height of letters as a share of the diagonal of the plot."""
LETTERS = (0.15, 1.5)
"""Metres between which the height of letters stays."""
LINE = 1.6
"""Height of a line of the list, in letters."""
AROUND = 30.0
"""Diagonals of the plot within which the measured plan lies; what was drawn farther off does not push the list away."""
FARTHEST = 1e9


def marked(
    content: bytes,
    findings: Sequence[Finding],
    placement: Placement | None,
    *,
    drawing: Drawing | None = None,
) -> bytes:
    """The drawing with what failed or is unknown marked in it; shapes of findings are on the site, or in the drawing's metres.

    `drawing` is what was measured of the same bytes; without it they are measured again for their unit and extent. Marks that an
    earlier check left on the same layers are taken away first.
    """
    sheet = read(content, Problems())
    plan = drawing or measured(sheet, Problems())
    shown = sorted(
        (each for each in findings if each.outcome in LAYERS),
        key=lambda each: (each.outcome is not Outcome.FAIL, each.rule, each.subject),
    )
    pen = _Pen(sheet.document, plan.units.metres_per_unit, _letter(plan))
    pen.clear()
    for number, finding in enumerate(shown, 1):
        for place in places_of(finding):
            pen.mark(place, _in_drawing(place, placement), number, LAYERS[finding.outcome])
    pen.list(shown, heading(shown, placement, sheet.was_recovered), _beside(plan, pen.drawn))
    added = pen.additions()
    whole = None if sheet.was_recovered else spliced(sheet.document, content, added)
    return written(sheet.document, content) if whole is None else whole


def _in_drawing(place: Place, placement: Placement | None) -> BaseGeometry | None:
    """What decided, in the drawing's metres."""
    if place.shape is None or place.shape.is_empty:
        return None
    flat = shapely.force_2d(place.shape)
    return flat if placement is None else placement.to_drawing(flat)


def _letter(plan: Drawing) -> float:
    """Height of letters in metres, by the size of the plot."""
    if plan.plot is None:
        return LETTERS[0] * 2
    return float(np.clip(_diagonal(plan.plot.outline.shape.bounds) * LETTER, *LETTERS))


def _diagonal(bounds: Iterable[float]) -> float:
    west, south, east, north = bounds
    return math.hypot(east - west, north - south)


def _beside(plan: Drawing, drawn: Sequence[BaseGeometry]) -> tuple[float, float]:
    """The upper right corner of the measured plan, in metres; of the marks where nothing was measured."""
    shapes = np.array(shapes_of(plan) or tuple(drawn), dtype=object)
    if not len(shapes):
        return 0.0, 0.0
    bounds = shapely.bounds(shapes)
    if plan.plot is not None:
        centre = plan.plot.outline.shape.centroid
        reach = AROUND * _diagonal(plan.plot.outline.shape.bounds)
        bounds = bounds[(np.abs(bounds - (centre.x, centre.y) * 2) <= reach).all(axis=1)]
    return float(np.nanmax(bounds[:, 2])), float(np.nanmax(bounds[:, 3]))


@dataclass
class _Pen:
    """Draws in the model space of a document whose unit is so many metres."""

    document: Document
    metres: float
    letter: float
    drawn: list[BaseGeometry] = field(default_factory=list)
    made: list[DXFGraphic] = field(default_factory=list)
    taken: dict[tuple[int, int], int] = field(default_factory=dict)
    """Row and column of every tag, with the next column to the right that was free."""

    def clear(self) -> None:
        """Take away the marks of an earlier check, and have the layers and the text style as they should be."""
        try:
            self._clear()
        except DAMAGE as error:
            # A layer needs a plot style and a material, and a deleted entity its owner: links that damage may have broken.
            raise unwritable(error) from error

    def _clear(self) -> None:
        space = self.document.modelspace()
        for entity in list(space):
            if str(attribute(entity, "layer", "")).upper() in COLOURS:
                space.delete_entity(entity)
        for name, colour in COLOURS.items():
            layers = self.document.layers
            layer = layers.get(name) if name in layers else layers.add(name)
            layer.on()
            layer.thaw()
            layer.color = colour
            if self.document.dxfversion > DXF12:
                layer.dxf.lineweight = BOLD
        if STYLE not in self.document.styles:
            self.document.styles.add(STYLE, font=FONT)

    def additions(self) -> Additions:
        """All that was drawn, with its layers and its text style."""
        return Additions(
            entities=self.made,
            layers=[self.document.layers.get(name) for name in COLOURS],
            styles=[self.document.styles.get(STYLE)],
            cleared=frozenset(COLOURS),
        )

    def mark(self, place: Place, shape: BaseGeometry | None, number: int, layer: str) -> None:
        """Draw what decided with the number of its finding; a place without a shape is the box around its entity."""
        shape = self._entity_box(place.handles) if shape is None else shape
        parts = [part for part in _parts(shape) if _is_near(part)] if shape is not None else []
        for part in parts:
            self._draw(part, layer)
        if parts:
            self._tag(max(parts, key=lambda part: (part.area, part.length)), number, layer)
            self.drawn += parts

    def list(self, findings: Sequence[Finding], above: Sequence[str], corner: tuple[float, float]) -> None:
        """Write the list of findings to the right of a corner, downwards."""
        x, y = corner[0] + 4 * self.letter, corner[1]
        lines = [(line, LIST) for line in above]
        for number, finding in enumerate(findings, 1):
            lines += [(line, LAYERS[finding.outcome]) for line in lines_of(number, finding)]
        for row, (line, layer) in enumerate(lines):
            self._write(line, (x, y - row * LINE * self.letter), layer)

    def _entity_box(self, handles: Sequence[str]) -> BaseGeometry | None:
        """The box around the entities of these handles; of what lies in a block, around the block as inserted."""
        outer = [self.document.entitydb.get(handle.split("/")[0].upper()) for handle in handles]
        there = [each for each in outer if isinstance(each, DXFGraphic) and each.is_alive]
        try:
            extents = bbox.extents(there, fast=True)
        except DAMAGE:
            return None
        if not extents.has_data:
            return None
        (west, south), (east, north) = extents.extmin.vec2, extents.extmax.vec2
        wide = self.letter / self.metres / 4
        return shapely.transform(
            box(west - wide, south - wide, east + wide, north + wide), lambda xy: xy * self.metres
        )

    def _draw(self, part: BaseGeometry, layer: str) -> None:
        if isinstance(part, Polygon):
            for ring in (part.exterior, *part.interiors):
                self._line(ring, layer)
        elif isinstance(part, LineString):
            self._line(part, layer)
        else:
            self._circle(part, self.letter / 2, layer)

    def _line(self, line: LineString, layer: str) -> None:
        points = shapely.get_coordinates(line) / self.metres
        is_ring = isinstance(line, LinearRing) or (line.is_closed and len(points) > 3)
        corners = [(float(x), float(y)) for x, y in (points[:-1] if is_ring else points)]
        space, attributes = self.document.modelspace(), {"layer": layer}
        if self.document.dxfversion > DXF12:
            self.made.append(space.add_lwpolyline(corners, format="xy", close=is_ring, dxfattribs=attributes))
            return
        for start, end in pairwise([*corners, *corners[: int(is_ring)]]):
            self.made.append(space.add_line(start, end, dxfattribs=attributes))

    def _circle(self, centre: Point, radius: float, layer: str) -> None:
        at = (centre.x / self.metres, centre.y / self.metres)
        space, attributes = self.document.modelspace(), {"layer": layer}
        self.made.append(space.add_circle(at, radius / self.metres, dxfattribs=attributes))

    def _tag(self, part: BaseGeometry, number: int, layer: str) -> None:
        """The number in a circle on the shape, moved aside where another tag is already."""
        on = (
            part.interpolate(0.5, normalized=True)
            if isinstance(part, LineString)
            else part.representative_point()
        )
        on = self._free_of_tags(on)
        self._circle(on, 1.25 * self.letter, layer)
        self._write(str(number), (on.x, on.y), layer, TextEntityAlignment.MIDDLE_CENTER)

    def _free_of_tags(self, on: Point) -> Point:
        """The next place to the right without a tag; how far tags reach is kept, since thousands may begin at one place."""
        wide = 3 * self.letter
        row, first = round(on.y / wide), round(on.x / wide)
        column, passed = first, []
        while (row, column) in self.taken:
            passed.append((row, column))
            column = self.taken[row, column]
        for each in (*passed, (row, column)):
            self.taken[each] = column + 1
        return on if column == first else Point(on.x + (column - first) * wide, on.y)

    def _write(
        self,
        line: str,
        at: tuple[float, float],
        layer: str,
        align: TextEntityAlignment = TextEntityAlignment.LEFT,
    ) -> None:
        text = self.document.modelspace().add_text(
            line, height=self.letter / self.metres, dxfattribs={"layer": layer, "style": STYLE}
        )
        text.set_placement((at[0] / self.metres, at[1] / self.metres), align=align)
        self.made.append(text)


def _parts(shape: BaseGeometry) -> Iterator[BaseGeometry]:
    """Points, lines and polygons out of collections."""
    if isinstance(shape, Polygon | LineString | Point):
        if not shape.is_empty:
            yield shape
        return
    for part in getattr(shape, "geoms", ()):
        yield from _parts(part)


def _is_near(part: BaseGeometry) -> bool:
    """Whether a shape can be drawn: finite, and on earth."""
    corners = shapely.get_coordinates(part)
    return bool(np.isfinite(corners).all() and np.abs(corners).max() < FARTHEST)
