"""Dimensions: the 2-D distance of their definition points; what their text says is compared, never believed.

In: DIMENSION `Piece`s and the metres per drawing unit.  Out: `Length`s in metres, and problems where the drawing prints another length
than it shows (see `printed`), or the dimension is no length. Source of the trap of stray heights: a 3-D distance of 101.3 for 8.06 was seen in a real drawing.
"""

import math
import re

from ezdxf.entities.dimension import Dimension
from ezdxf.math import Matrix44, Vec2, Vec3
from shapely import LineString

from rules.plans.colours import COLOUR_MEANINGS
from rules.plans.curves import FARTHEST
from rules.plans.drawing import Length, Source
from rules.plans.foreign import DAMAGE
from rules.plans.names import LayerName
from rules.plans.pieces import Piece
from rules.plans.printed import Printed, printed
from rules.plans.problems import Fault, Problems

ROTATED, ALIGNED = 0, 1
NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
FORMATTING = re.compile(r"\\[A-Za-z][^;\\]*;|[{}]|\\[A-Za-z]")
ROUNDING = 0.001


def length_of(piece: Piece, name: LayerName, metres: float, problems: Problems) -> Length | None:
    """The length that a dimension's definition points span, along its own direction; None and a problem for others."""
    dimension = piece.entity
    assert isinstance(dimension, Dimension)
    try:
        ends = _ends(dimension, piece.placement)
    except DAMAGE:
        ends = None
    if ends is None or not all(math.isfinite(v) and abs(v) * metres < FARTHEST for end in ends for v in end):
        problems.add(
            Fault.NOT_A_LENGTH,
            "This dimension measures no length between two points (an angle, a radius, or damaged); it was not used.",
            "Measure with an aligned or linear dimension.",
            layer=piece.layer,
            handles=[piece.handle],
        )
        return None
    start, end = (Vec2(each) * metres for each in ends)
    span = start.distance(end)
    drawn = _as_drawn(dimension, piece, span / metres)
    shown = printed(dimension, drawn, metres=span, unit=metres)
    length = Length(
        role=name.role,
        block=name.block,
        floor=name.floor,
        index=name.index,
        colour=piece.colour,
        meaning=COLOUR_MEANINGS.get(name.role, {}).get(piece.colour),
        metres=span,
        text=shown.text,
        line=LineString([(start.x, start.y), (end.x, end.y)]),
        source=Source(layer=piece.layer, handles=(piece.handle,)),
    )
    _note_printed(length, shown, problems)
    return length


def _as_drawn(dimension: Dimension, piece: Piece, span: float) -> float:
    """The distance that the dimension prints: that of its points in its own block, in drawing units."""
    own = _ends(dimension, None) if piece.placement is not None else None
    return span if own is None else own[0].distance(own[1])


def _ends(dimension: Dimension, placement: Matrix44 | None) -> tuple[Vec2, Vec2] | None:
    """The definition points in the plane; for a linear dimension the second is brought onto its direction."""
    kind = int(dimension.dxf.get("dimtype", 0)) & 7
    if kind not in (ROTATED, ALIGNED) or not (
        dimension.dxf.hasattr("defpoint2") and dimension.dxf.hasattr("defpoint3")
    ):
        return None
    start, end = Vec3(dimension.dxf.defpoint2), Vec3(dimension.dxf.defpoint3)
    along = Vec3.from_deg_angle(float(dimension.dxf.get("angle", 0.0)))
    if placement is not None:
        start, end = placement.transform(start), placement.transform(end)
        along = placement.transform_direction(along)
    first, last, direction = Vec2(start), Vec2(end), Vec2(along)
    if kind == ALIGNED:
        return first, last
    if direction.is_null:
        return None
    direction = direction.normalize()
    return first, first + direction * (last - first).dot(direction)


def number_in(text: str) -> float | None:
    """The first number of a CAD text without its formatting codes; a comma is a decimal point."""
    found = NUMBER.search(FORMATTING.sub("", text))
    return float(found[0].replace(",", ".")) if found else None


def _note_printed(length: Length, shown: Printed, problems: Problems) -> None:
    """Where the drawing says another length than it shows, or none; the points are used all the same."""
    if shown.is_hidden:
        problems.add(
            Fault.EDITED_TEXT,
            f"The number of a dimension is hidden: its text is blank, its points are {length.metres:.3f} m apart. The points were used.",
            "Restore the measured text (DIMEDIT, New, <>).",
            layer=length.source.layer,
            handles=length.source.handles,
        )
    elif shown.typed is not None:
        problems.add(
            Fault.EDITED_TEXT,
            f"The text of a dimension was typed over: it says “{shown.typed[:40]}”, its points are {length.metres:.3f} m apart "
            f"({_verdict(length, shown.typed)}). The points were used.",
            "Restore the measured text (DIMEDIT, New, <>), and move the points if the drawing is wrong.",
            layer=length.source.layer,
            handles=length.source.handles,
        )
    elif shown.number is not None:
        problems.add(
            Fault.EDITED_TEXT,
            f"A dimension prints {shown.number:.3f}, its points are {length.metres:.3f} m apart ({shown.why}). The points were used.",
            "Set DIMLFAC to 1 and DIMRND to 0 in the style and in the dimension, give no other unit, measure outside scaled blocks, and let the program write the dimension anew.",
            layer=length.source.layer,
            handles=length.source.handles,
        )


def _verdict(length: Length, typed: str) -> str:
    number = number_in(typed)
    agrees = number is not None and abs(number - length.metres) <= _last_place(typed) / 2 + ROUNDING
    return "it happens to agree" if agrees else "they differ"


def _last_place(text: str) -> float:
    found = NUMBER.search(FORMATTING.sub("", text))
    decimals = len(found[0].replace(",", ".").partition(".")[2]) if found else 0
    return float(10.0**-decimals)
