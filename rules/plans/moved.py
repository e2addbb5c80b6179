"""A whole measured drawing carried onto the ground of its parcel: every shape, line, corner and point in it, and no number.

In: a `Drawing` and its `Placement`, or any frozen value made of the parts in `rules/plans/drawing.py`.  Out: the same value with its
shapes in the site's frame. Which fields lead to shapes is read from the types once; all points are moved in one sweep.
"""

import dataclasses
import types
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rules.plans.drawing import Drawing
from rules.plans.fitting import Move
from rules.plans.placement import Placement

Kept = TypeVar("Kept")
Corner = tuple[float, float]
CORNERS = tuple[Corner, ...]
Gather = Callable[[Any], None]


def moved(drawing: Drawing, placement: Placement) -> Drawing:
    """The drawing in the site's frame; lengths and areas are those that were measured, since the move is rigid."""
    return carried(drawing, placement.move)


def carried(value: Kept, move: Move) -> Kept:
    """Any value of the drawing with its shapes and corners moved; what two parts share stays shared."""
    found = _Found()
    found.look(value, type(value))
    made: Kept = _Rebuilt(found, move).of(value, type(value))
    return made


def shapes_of(value: object) -> tuple[BaseGeometry, ...]:
    """Every shape in a value of the drawing, each once."""
    found = _Found()
    found.look(value, type(value))
    return tuple(found.shapes.values())


class _Found:
    """The shapes and corners of a value, each once, in the order in which they were met."""

    def __init__(self) -> None:
        self.shapes: dict[int, BaseGeometry] = {}
        self.corners: dict[int, tuple[Corner, ...]] = {}
        self.parts: dict[int, Any] = {}

    def look(self, value: Any, kind: Any) -> None:
        """Note what is to be moved in a value of a declared type."""
        if value is None:
            return
        if isinstance(value, BaseGeometry):
            self.shapes[id(value)] = value
        elif kind == CORNERS:
            self.corners[id(value)] = value
        elif isinstance(value, tuple):
            within = _of_each(kind)
            for each in value:
                self.look(each, within)
        elif id(value) not in self.parts:
            self.parts[id(value)] = value
            own: Any = type(value)
            for name, field_kind in _leading(own):
                self.look(getattr(value, name), field_kind)


class _Rebuilt:
    """Moved counterparts, by the identity of what was there."""

    def __init__(self, found: _Found, move: Move) -> None:
        shapes = np.array(list(found.shapes.values()), dtype=object)
        there = shapely.transform(shapes, move.forth) if len(shapes) else []
        self.there: dict[int, Any] = dict(zip(found.shapes, there, strict=True))
        for key, corners in zip(
            found.corners, _moved_corners(list(found.corners.values()), move), strict=True
        ):
            self.there[key] = corners

    def of(self, value: Any, kind: Any) -> Any:
        """The moved counterpart of a value of a declared type."""
        if value is None:
            return None
        if (made := self.there.get(id(value))) is not None:
            return made
        if isinstance(value, tuple):
            within = _of_each(kind)
            return tuple([self.of(each, within) for each in value])
        own: Any = type(value)
        changes = {name: self.of(getattr(value, name), each) for name, each in _leading(own)}
        self.there[id(value)] = made = _like(value, changes)
        return made


def _moved_corners(corners: list[tuple[Corner, ...]], move: Move) -> Iterator[tuple[Corner, ...]]:
    """All corners in one sweep, cut again where each outline's begin and end."""
    if not any(corners):
        return iter(corners)
    flat = np.array([corner for each in corners for corner in each], dtype=float)
    pairs = iter([(x, y) for x, y in move.forth(flat).tolist()])
    return (tuple([next(pairs) for _ in each]) for each in corners)


def _like(value: Any, changes: dict[str, Any]) -> Any:
    """A frozen value with some fields changed; filled directly, since `replace` would run over every field of thousands."""
    if not changes:
        return value
    made = object.__new__(type(value))
    made.__dict__.update(value.__dict__)
    made.__dict__.update(changes)
    return made


@cache
def _leading(kind: type) -> tuple[tuple[str, Any], ...]:
    """The fields of a dataclass that lead to a shape, each with its declared type."""
    if not dataclasses.is_dataclass(kind):
        return ()
    hints = get_type_hints(kind)
    return tuple(
        (field.name, hints[field.name])
        for field in dataclasses.fields(kind)
        if _leads(hints[field.name], frozenset({kind}))
    )


def _leads(kind: Any, above: frozenset[type]) -> bool:
    """Whether a value of a type can hold a shape or corners."""
    if kind == CORNERS:
        return True
    if get_origin(kind) is not None or isinstance(kind, types.UnionType):
        return any(_leads(each, above) for each in get_args(kind))
    if not isinstance(kind, type):
        return False
    if issubclass(kind, BaseGeometry):
        return True
    if not dataclasses.is_dataclass(kind) or kind in above:
        return False
    return any(_leads(each, above | {kind}) for each in get_type_hints(kind).values())


@cache
def _of_each(kind: Any) -> Any:
    """The type of each member of a tuple."""
    return next((each for each in get_args(kind) if each is not Ellipsis), object)
