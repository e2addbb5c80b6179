"""Where neighbours do not fit, within one window of parcels: overlaps, gaps, slivers.  Pure: arrays in, shapes out.

In: the parcels around a square, in metres, with a margin beyond it.  Out: what was found in the square, as shapes with the
numbers and the accuracy of the parcels concerned; `gis.parcels.topology` joins the squares and says what counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import shapely
from shapely import Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from gis.geometry import Metres, Shapes, inscribed_width, polygons_of

SPREAD = 3.0
"""A strip up to three times the accuracy wide is taken for two drawings of one boundary, not for land of its own."""
NARROWEST_WAY = 1.2
"""Metres; however accurate the parcels, a strip below the least access width of Kerala's building rules (rule 28) is no way."""
NARROWEST_STREET = 3.0
"""Metres; however inaccurate the parcels, a strip of the least motorable width of the same rule may be a street."""
MARGIN = 100.0
"""Metres seen beyond the square; an enclosed piece longer than this is a way or a yard, not a gap."""
ENCLOSED_SHARE = 0.5
"""An enclosed piece below this share of the median parcel around it could not stand as a parcel there."""
LEAST_WIDTH, LEAST_AREA = 0.001, 0.01
"""Below a millimetre or 0.01 m² nothing is compared, and nothing is a fault."""
SHARPEST = 5.0
"""Mitre limit: corners blunter than 23 degrees stay exactly as they are when gaps are closed."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """The parcels that meet a square grown by the margin, in grid metres; `metre` is the grid length of one on the ground."""

    square: Polygon
    metre: float
    numbers: tuple[str, ...]
    accuracies: Metres
    boundaries: Shapes
    seen: Shapes
    """The boundaries, cut where they leave the window: a street of a whole town is no slower than a plot."""

    @property
    def reach(self) -> Polygon:
        """All that the window sees."""
        return grown(self.square)

    def owns(self, shape: BaseGeometry) -> bool:
        """Whether the south-west corner of a shape's box lies in this square; squares share no point."""
        west, south, east, north = self.square.bounds
        x, y = shape.bounds[:2]
        return bool(west <= x < east and south <= y < north)


def grown(square: Polygon) -> Polygon:
    """A square with the margin around it."""
    west, south, east, north = square.bounds
    return shapely.box(west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN)


def window_of(
    square: Polygon, *, metre: float, numbers: Sequence[str], accuracies: Sequence[float], boundaries: Shapes
) -> Window:
    """A window of parcels; outlines that cross themselves are mended for the look at it."""
    boundaries = boundaries.copy()
    for i in np.flatnonzero(~shapely.is_valid(boundaries)):
        boundaries[i] = _polygons(shapely.make_valid(boundaries[i]))
    beyond = ~shapely.contains_properly(grown(square), shapely.box(*shapely.bounds(boundaries).T))
    seen = boundaries.copy()
    seen[beyond] = shapely.intersection(seen[beyond], grown(square))
    return Window(
        square=square,
        metre=metre,
        numbers=tuple(numbers),
        accuracies=np.array(accuracies, dtype=np.float64),
        boundaries=boundaries,
        seen=seen,
    )


@dataclass(frozen=True, kw_only=True)
class Found:
    """Land that two parcels claim, that none claims, or a parcel too thin to be one; accuracy of the least accurate."""

    numbers: tuple[str, ...]
    accuracy: float
    shape: BaseGeometry


def gap_width(accuracy: float) -> float:
    """Metres up to which a strip between parcels of an accuracy (rounded up to a decimetre) counts as a gap."""
    return min(max(SPREAD * ceil(accuracy * 10 - 1e-9) / 10, NARROWEST_WAY), NARROWEST_STREET)


def land_of(window: Window) -> BaseGeometry:
    """All land of the window that some parcel claims."""
    return shapely.union_all(window.seen)


def overlaps(window: Window, land: BaseGeometry) -> Iterator[Found]:
    """Land of the square that two parcels claim, pair by pair; whole, wherever it ends."""
    claimed_twice = float(shapely.area(window.seen).sum() - land.area)
    if claimed_twice < LEAST_AREA / 2:
        return
    seen = window.seen
    shapely.prepare(seen)
    first, second = STRtree(seen).query(seen)
    first, second = first[first < second], second[first < second]
    share_inside = shapely.relate_pattern(seen[first], seen[second], "T********")
    first, second = first[share_inside], second[share_inside]
    inside = shapely.intersection(seen[first], seen[second])
    for i in np.flatnonzero(shapely.intersects(inside, window.square)):
        pair = [int(first[i]), int(second[i])]
        whole = _polygons(shapely.intersection(*window.boundaries[pair]))
        if whole.area >= LEAST_AREA:
            yield _found(window, pair, whole)


def enclosed_gaps(window: Window, land: BaseGeometry) -> list[Found]:
    """Holes wholly in sight that are narrow, or too small to be a parcel beside their neighbours."""
    tree = STRtree(window.boundaries)
    found = []
    for part in shapely.get_parts(land):
        for ring in getattr(part, "interiors", ()):
            hole = Polygon(ring)
            west, south, east, north = hole.bounds
            if max(east - west, north - south) > MARGIN or not window.reach.contains_properly(hole):
                continue
            around = _around(tree, hole)
            if around and _is_gap(hole, window, around):
                found.append(_found(window, around, hole))
    return found


def _is_gap(hole: Polygon, window: Window, around: Sequence[int]) -> bool:
    median = float(np.median(shapely.area(window.boundaries[list(around)])))
    widest = gap_width(float(window.accuracies[list(around)].max()))
    return hole.area < ENCLOSED_SHARE * median or inscribed_width(hole) <= widest * window.metre


def open_strips(window: Window, land: BaseGeometry) -> Iterator[Found]:
    """Parts of the square in no parcel and narrower than the gap width of the parcels beside them.

    Land is grown by half the width and shrunk again: what is then filled is too narrow for a disc of that width.  What
    rounding leaves along frontages is taken off the other way round.
    """
    tree = STRtree(window.boundaries)
    for width in sorted({gap_width(accuracy) for accuracy in window.accuracies}):
        closed = _moved(_moved(land, width / 2 * window.metre), -width / 2 * window.metre)
        filled = _polygons(closed.difference(land).intersection(window.square))
        for piece in shapely.get_parts(_moved(_moved(filled, -LEAST_WIDTH / 2), LEAST_WIDTH / 2)):
            around = _around(tree, piece)
            if around and gap_width(float(window.accuracies[around].max())) == width:
                yield _found(window, around, piece)


def _moved(shape: BaseGeometry, by: float) -> BaseGeometry:
    """A shape with its outline moved outward (or inward), corners kept sharp."""
    return shape.buffer(by, join_style="mitre", mitre_limit=SHARPEST)


def thin_parcels(window: Window) -> Iterator[Found]:
    """Parcels of the square that their own accuracy leaves no inside."""
    thin = 2 * shapely.area(window.boundaries) < 1.5 * window.accuracies * shapely.length(window.boundaries)
    for i in np.flatnonzero(thin & shapely.intersects(window.boundaries, window.square)):
        boundary = window.boundaries[i]
        if inscribed_width(boundary) <= window.accuracies[i] * window.metre:
            yield _found(window, [int(i)], boundary)


def _around(tree: STRtree, shape: BaseGeometry) -> list[int]:
    """The parcels along a shape, in order."""
    return sorted(int(i) for i in tree.query(shape, predicate="dwithin", distance=0.01))


def _found(window: Window, concerned: Sequence[int], shape: BaseGeometry) -> Found:
    return Found(
        numbers=tuple(sorted(window.numbers[i] for i in concerned)),
        accuracy=float(window.accuracies[list(concerned)].max()),
        shape=shape,
    )


def _polygons(shape: BaseGeometry) -> BaseGeometry:
    """The areas of a shape, without the lines and points that an intersection leaves."""
    return shapely.union_all(polygons_of(shape))
