"""What lies on a plot, as marks of its sketch: numbered, hatched in different directions, tied to the legend.

In: an extract and the window of its drawing.  Out: `Mark` values in the order of the answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import hypot, inf
from string import ascii_lowercase

import shapely
from shapely import Point, box
from shapely.geometry.base import BaseGeometry

from gis.site import Status
from layers.extract.model import Extract, Hit, ThemeAnswer, Words
from web.sketch_frame import Window

WHOLE = 99.95
"""Share in % from which a theme covers the plot; hatched over everything it would hide the rest."""
TURNS = (45, 135, 0, 90, 20, 160)
"""Degrees of hatching, so that neighbours in the legend differ without colour."""
APART = 34.0
"""Drawing units between two badges that do not hide each other."""
NOT_DRAWN = ("admin", "terrain")
"""Roles that cover every plot whole."""


@dataclass(frozen=True, kw_only=True)
class Badge:
    """A number at a place of the drawing; `hit` is the feature it stands for where the theme has several."""

    x: float
    y: float
    text: str
    hit: Hit | None = None


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One theme on the plot; neither hatch, line nor outline where a single feature covers all of it."""

    number: int
    layer: str
    title: Words
    colour: str
    turn: int
    hatch: str | None = None
    line: str | None = None
    outline: str | None = None
    badges: tuple[Badge, ...] = ()


def marks_of(extract: Extract, window: Window) -> Iterator[Mark]:
    """The marks of an extract's hits that lie on the plot."""
    number = 0
    taken: list[Badge] = []
    for theme in extract.themes:
        hits = [hit for hit in theme.hits if hit.shape is not None and not hit.shape.is_empty]
        if hits and theme.status is Status.AFFECTED and theme.role not in NOT_DRAWN:
            number += 1
            mark = _mark(theme, hits, number, window, taken)
            taken += mark.badges
            yield mark


def _mark(
    theme: ThemeAnswer, hits: Sequence[Hit], number: int, window: Window, taken: Sequence[Badge]
) -> Mark:
    mark = Mark(
        number=number,
        layer=theme.layer,
        title=theme.title,
        colour=theme.colour,
        turn=TURNS[number % len(TURNS)],
    )
    if (theme.share_of_measured or 0.0) < WHOLE:
        return _with_shape(mark, hits, window, taken)
    return mark if len(hits) == 1 else _with_parts(mark, hits, window, taken)


def _with_shape(mark: Mark, hits: Sequence[Hit], window: Window, taken: Sequence[Badge]) -> Mark:
    shape = shapely.union_all([hit.shape for hit in hits])
    x, y = _free_spot(shape, window, taken)
    path = window.path(shape)
    is_line = shape.area == 0 and shape.length > 0
    return replace(
        mark,
        hatch=None if is_line else path,
        line=path if is_line else None,
        badges=(Badge(x=x, y=y, text=str(mark.number)),),
    )


def _with_parts(mark: Mark, hits: Sequence[Hit], window: Window, taken: Sequence[Badge]) -> Mark:
    """Classes that share the whole plot: their outlines, each with a letter."""
    badges: list[Badge] = []
    for letter, hit in zip(ascii_lowercase, hits, strict=False):
        x, y = _free_spot(hit.shape or Point(), window, [*taken, *badges])
        badges.append(Badge(x=x, y=y, text=f"{mark.number}{letter}", hit=hit))
    outlines = (window.path(hit.shape) for hit in hits if hit.shape is not None)
    return replace(mark, outline=" ".join(outlines), badges=tuple(badges))


def _free_spot(shape: BaseGeometry, window: Window, taken: Sequence[Badge]) -> tuple[float, float]:
    """A place on a shape whose badge hides none before it; the freest there is where all are crowded."""
    best, best_room = window.at(shape.representative_point()), -1.0
    for spot in _spots(shape):
        x, y = window.at(spot)
        room = min((hypot(x - badge.x, y - badge.y) for badge in taken), default=inf)
        if room >= APART:
            return x, y
        if room > best_room:
            best, best_room = (x, y), room
    return best


def _spots(shape: BaseGeometry) -> Iterator[Point]:
    """Places on a shape, the middle first."""
    if shape.area == 0 and shape.length > 0:
        longest = max(shapely.get_parts(shape), key=lambda part: part.length)
        yield from (longest.interpolate(part, normalized=True) for part in (0.5, 0.25, 0.75, 0.1, 0.9))
        return
    yield shape.representative_point()
    west, south, east, north = shape.bounds
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    quarters = (
        box(west, south, middle_x, middle_y),
        box(middle_x, south, east, middle_y),
        box(west, middle_y, middle_x, north),
        box(middle_x, middle_y, east, north),
    )
    yield from (part.representative_point() for part in map(shape.intersection, quarters) if part.area > 0)
