"""Streets along a plot as a rule sees them: the extract's own streets, with their ground and the boundary along them.

In: streets along a plot with what they were measured on, in grid metres; how a shape moves into the site's frame.
Out: `Road` values.  The kind of a street, its length and the plots it serves come from attributes of the source that the
mapping keeps under the names below; a kind that is not one of `RoadKind` is unknown, never guessed from a class of road.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import shapely
from shapely import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry

from gis.site import Road, RoadKind
from layers.extract.streets import Along
from layers.imports import StandingImport

KIND, LENGTH, SERVED = "road_kind", "road_length", "plots_served"
"""Attributes that tell what rule 23 calls the street, how many metres it is long, how many plots it serves."""
AWAY = 0.75
"""A side that gains more distance from the street than this share of its length runs away from it: about 49 degrees, so that
the cut corner of a plot at a junction, at 45, still lies along both streets."""

Move = Callable[[BaseGeometry], BaseGeometry]
Value = TypeVar("Value")


def roads_of(
    streets: Sequence[Along], imports: Mapping[int, StandingImport], *, move: Move
) -> tuple[Road, ...]:
    """The streets along a plot, longest frontage first."""
    return tuple(_road(each, imports[each.members[0].import_id], move) for each in streets)


def _road(along: Along, source: StandingImport, move: Move) -> Road:
    frontage, ground = along.frontage, ground_of([part for each in along.members for part in each.parts])
    is_line = source.holds == "centre_line"
    kind, length, served = told_of([each.attributes for each in along.members])
    return Road(
        ref=frontage.ref,
        name=frontage.label,
        name_ml=frontage.label_ml,
        width=frontage.width,
        kind=kind,
        surface=None if is_line else move(ground),
        line=move(ground) if is_line else None,
        frontage=_lines(move(_facing(along.line, ground))),
        basis=frontage.basis,
        accuracy=source.accuracy,
        origin=source.name,
        length=length,
        plots_served=served,
    )


def told_of(said: Sequence[Mapping[str, Any]]) -> tuple[RoadKind | None, float | None, int | None]:
    """The kind of a street, its length in metres and the plots it serves, by the attributes of its parts; None what they do not tell."""
    served = _agreed([_number(each.get(SERVED)) for each in said])
    return (
        _agreed([_kind(each.get(KIND)) for each in said]),
        _agreed([_number(each.get(LENGTH)) for each in said]),
        None if served is None else round(served),
    )


def ground_of(parts: Sequence[BaseGeometry]) -> BaseGeometry:
    """The shapes of a street as one: its surface or edges, or its centre line."""
    joined = shapely.union_all(parts)
    return joined if shapely.get_dimensions(joined) == 2 else shapely.line_merge(joined)


def _agreed(said: Sequence[Value | None]) -> Value | None:
    """What all parts of a street say that say anything; None where they differ."""
    values = {each for each in said if each is not None}
    return values.pop() if len(values) == 1 else None


def _kind(said: object) -> RoadKind | None:
    return RoadKind(said) if isinstance(said, str) and said in set(RoadKind) else None


def _number(said: object) -> float | None:
    return float(said) if isinstance(said, int | float) and not isinstance(said, bool) and said >= 0 else None


def _facing(line: BaseGeometry, street: BaseGeometry) -> MultiLineString:
    """The boundary along a street without what only turns the corner: ends that lie within reach, but run away from it.

    Where everything runs away (a lane that ends at the plot, or crosses it) everything stays.
    """
    runs = shapely.get_parts(shapely.line_merge(line))
    return MultiLineString([_trimmed(run, street) for run in runs if run.length > 0])


def _trimmed(run: LineString, street: BaseGeometry) -> LineString:
    corners = shapely.get_coordinates(run)
    if run.is_closed:
        return run
    far = shapely.distance(shapely.points(corners), street)
    along = np.abs(np.diff(far)) <= AWAY * np.hypot(*np.diff(corners, axis=0).T)
    stays = np.flatnonzero(along)
    return LineString(corners[stays[0] : stays[-1] + 2]) if len(stays) else run


def _lines(shape: BaseGeometry) -> MultiLineString:
    return shape if isinstance(shape, MultiLineString) else MultiLineString([shape])
