"""The drawing of the map as SVG: paths, hatchings and signs, no text.

In: shapes on paper (mm, y down) and colours.  Out: SVG in which a unit is a millimetre; nothing of it is text of others.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

_COLOUR = re.compile("#[0-9a-fA-F]{6}")
_GREY = "#666666"
_INK = "#1b2a2f"
_ANGLES = (45, 135, 0, 90, 22, 112, 67, 157)
_SPECK = 1.0
"""Millimetres below which an area is drawn as a ring, so that it is seen at all."""
SWATCH = (9.0, 5.0)


@dataclass(frozen=True, kw_only=True)
class Sign:
    """How a theme is drawn: its colour and, by its number, the direction of its hatching."""

    key: int
    colour: str

    @property
    def angle(self) -> int:
        """Degrees of the hatching; eight directions follow one another."""
        return _ANGLES[self.key % len(_ANGLES)]


def colour(written: str) -> str:
    """A colour as #rrggbb; anything else is grey."""
    return written if _COLOUR.fullmatch(written) else _GREY


def parts(shape: BaseGeometry, kind: str) -> Iterator[BaseGeometry]:
    """The polygons, lines or points (`Polygon`, `LineString`, `Point`) in a shape, however nested."""
    for part in shapely.get_parts(shape):
        if part.geom_type == kind:
            yield part
        elif hasattr(part, "geoms"):
            yield from parts(part, kind)


def areas(shape: BaseGeometry, look: str) -> str:
    """The polygons of a shape as one path."""
    rings = (ring for polygon in parts(shape, "Polygon") for ring in (polygon.exterior, *polygon.interiors))
    path = "".join(f"{_line(ring)}Z" for ring in rings)
    return f'<path d="{path}" fill-rule="evenodd" {look}/>' if path else ""


def lines(shape: BaseGeometry, look: str) -> str:
    """The lines of a shape as one path."""
    path = "".join(_line(line) for line in parts(shape, "LineString"))
    return f'<path d="{path}" fill="none" stroke-linecap="round" {look}/>' if path else ""


def _line(line: BaseGeometry) -> str:
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in shapely.get_coordinates(line))


def dots(shape: BaseGeometry, radius: float, look: str) -> str:
    """The points of a shape as discs."""
    return "".join(
        f'<circle cx="{point.x:.2f}" cy="{point.y:.2f}" r="{radius}" {look}/>'
        for point in parts(shape, "Point")
    )


def ground(shape: BaseGeometry) -> str:
    """A neighbouring parcel."""
    return areas(shape, 'fill="#f4f1ea" stroke="#a39d8f" stroke-width="0.18"')


def street(shape: BaseGeometry) -> str:
    """A street, by its surface or its centre line."""
    return areas(shape, 'fill="#dfdcd5" stroke="#b8b3a6" stroke-width="0.12"') + lines(
        shape, 'stroke="#c9c5bb" stroke-width="1.4"'
    )


def plot(shape: BaseGeometry) -> str:
    """The white ground of the plot."""
    return areas(shape, 'fill="#ffffff"')


def boundary(shape: BaseGeometry) -> str:
    """The boundary of the plot."""
    return areas(shape, f'fill="none" stroke="{_INK}" stroke-width="0.6" stroke-linejoin="round"')


def corner(x: float, y: float) -> str:
    """A corner of the plot."""
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="0.65" fill="#ffffff" stroke="{_INK}" stroke-width="0.3"/>'


def hatching(sign: Sign) -> str:
    """The definition of a theme's hatching."""
    return (
        f'<pattern id="h{sign.key}" width="1.8" height="1.8" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({sign.angle})"><rect width="1.8" height="0.3" fill="{sign.colour}"/></pattern>'
    )


def hit(shape: BaseGeometry, sign: Sign) -> str:
    """A feature on the plot."""
    return (
        areas(shape, f'fill="{sign.colour}" fill-opacity="0.14"')
        + areas(
            shape,
            f'fill="url(#h{sign.key})" stroke="{sign.colour}" stroke-width="0.35" stroke-linejoin="round"',
        )
        + lines(shape, f'stroke="{sign.colour}" stroke-width="0.9"')
        + dots(shape, 1.1, f'fill="{sign.colour}" stroke="#ffffff" stroke-width="0.3"')
        + speck(shape, sign.colour)
    )


def left_out(shape: BaseGeometry, sign: Sign) -> str:
    """An overlap too small to tell."""
    dashed = f'stroke="{sign.colour}" stroke-width="0.3" stroke-dasharray="0.6 0.5"'
    return areas(shape, f'fill="none" {dashed}') + lines(shape, dashed) + speck(shape, sign.colour)


def speck(shape: BaseGeometry, ink: str) -> str:
    """A ring around an area or line too small to be seen."""
    if shape.is_empty or shape.geom_type.endswith("Point"):
        return ""
    west, north, east, south = shape.bounds
    if max(east - west, south - north) >= _SPECK:
        return ""
    place = f'cx="{(west + east) / 2:.2f}" cy="{(north + south) / 2:.2f}"'
    return f'<circle {place} r="{_SPECK}" fill="none" stroke="{ink}" stroke-width="0.3"/>'


def north_arrow(x: float, y: float) -> str:
    """An arrow upwards whose foot is at (x, y)."""
    return (
        f'<path d="M{x:.2f} {y - 11:.2f}l2.6 11l-2.6 -2.2l-2.6 2.2Z" fill="#ffffff" stroke="{_INK}" '
        f'stroke-width="0.3"/><path d="M{x:.2f} {y - 11:.2f}v8.8l-2.6 2.2Z" fill="{_INK}"/>'
    )


def svg(width: float, height: float, definitions: str, content: str) -> str:
    """A drawing of so many millimetres."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}"><defs>{definitions}'
        f'<clipPath id="frame"><rect width="{width}" height="{height}"/></clipPath></defs>'
        f'<g clip-path="url(#frame)">{content}</g></svg>'
    )


def sheet_ground(width: float, height: float) -> str:
    """The ground of the sheet, where nothing is known."""
    return f'<rect width="{width}" height="{height}" fill="#fbfaf7"/>'


def swatch(content: str, definitions: str = "") -> str:
    """A sign of the legend."""
    return svg(*SWATCH, definitions, content)


def _box(look: str) -> str:
    wide, high = SWATCH
    return f'<rect x="0.3" y="0.3" width="{wide - 0.6}" height="{high - 0.6}" {look}/>'


def swatch_of_boundary() -> str:
    """The plot in the legend."""
    return swatch(_box(f'fill="#ffffff" stroke="{_INK}" stroke-width="0.6"'))


def swatch_of_ground() -> str:
    """A neighbouring parcel in the legend."""
    return swatch(_box('fill="#f4f1ea" stroke="#a39d8f" stroke-width="0.18"'))


def swatch_of_street() -> str:
    """A street in the legend."""
    return swatch(_box('fill="#dfdcd5" stroke="#b8b3a6" stroke-width="0.12"'))


def swatch_of_whole(sign: Sign) -> str:
    """A theme that covers the whole plot and is not drawn."""
    return swatch(_box(f'fill="none" stroke="{sign.colour}" stroke-width="0.6"'))


def swatch_of_left_out() -> str:
    """An overlap too small to tell."""
    return swatch(_box(f'fill="none" stroke="{_INK}" stroke-width="0.3" stroke-dasharray="0.6 0.5"'))


def swatch_of(sign: Sign, kind: str) -> str:
    """A theme in the legend, drawn as its areas, lines or points are."""
    wide, high = SWATCH
    box, line = (
        shapely.box(0.3, 0.3, wide - 0.3, high - 0.3),
        shapely.LineString([(0.8, high / 2), (wide - 0.8, high / 2)]),
    )
    shape = {"Polygon": box, "LineString": line}.get(kind, shapely.Point(wide / 2, high / 2))
    return swatch(hit(shape, sign), hatching(sign))
