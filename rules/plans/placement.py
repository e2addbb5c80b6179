"""The drawn plot laid on its parcel: turned and shifted, never stretched or mirrored, with what is left over at every corner.

In: the plot of a drawing and the parcel's boundary in the site's frame (`gis.site`), both in metres.  Out: a frozen `Placement`, or
`Invalid` for shapes that cannot be laid on anything. Whether this is the parcel at all is a written rule (docs/drawings.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.affinity import scale
from shapely.geometry.base import BaseGeometry

from gis.errors import Invalid, TooLarge
from gis.site import Frame
from rules.plans.corners import CornerResidual, corners_of, residuals
from rules.plans.fitting import Fit, Move, fits
from rules.plans.hints import Choice, Road, in_agreement, shift_from_coordinates
from rules.plans.likeness import ambiguity, doubts, is_this_parcel, unlikeness

DRAWN = 0.05
"""Metres within which a plot is drawn as it was surveyed; added to the accuracy of the parcel it makes the limit."""
LEAST_AREA = 1.0
LEAST_WIDTH = 0.3
"""Square metres, and metres of mean width (area over half the outline), below which a shape is no ground that can be laid."""
MOST_VERTICES = 20_000
FARTHEST = 1e8


@dataclass(frozen=True, kw_only=True)
class Lie:
    """One way in which the plot can lie on the parcel: the move and its residuals in metres."""

    turn_radians: float
    dx: float
    dy: float
    mean_residual: float
    greatest_residual: float


@dataclass(frozen=True, kw_only=True)
class Placement:
    """How a drawing lies on its parcel: turned about its origin (radians, counter-clockwise), then shifted (metres).

    Areas are ground m², `difference` is drawn less parcel, `percent` of the parcel; `limit` is what accuracy allows in metres.
    `grid_scale` is there where the drawing is in grid coordinates: residuals and areas are then of the plot brought to ground
    metres. `alternatives` are the other lies that fit as well within the accuracy; `ambiguities` tells of them.
    """

    turn_radians: float
    dx: float
    dy: float
    residuals: tuple[CornerResidual, ...]
    mean_residual: float
    greatest_residual: float
    area_drawn: float
    area_parcel: float
    difference: float
    percent: float
    limit: float
    matches: bool
    chosen_by: Choice
    alternatives: tuple[Lie, ...]
    ambiguities: tuple[str, ...]
    warnings: tuple[str, ...]
    grid_scale: float | None = None

    @property
    def move(self) -> Move:
        """The rigid move itself."""
        return Move(self.turn_radians, self.dx, self.dy)

    @property
    def is_certain(self) -> bool:
        """Whether no other lie is possible, or something other than the outlines told which one is meant."""
        return self.chosen_by not in (Choice.BETTER_FIT, Choice.LEAST_TURN)

    @property
    def worst(self) -> CornerResidual:
        """The corner with the greatest residual."""
        return max(self.residuals, key=lambda each: each.metres)

    def to_site(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape of the drawing (metres) where it lies on the site."""
        return shapely.transform(shape, self.move.forth)

    def to_drawing(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape of the site where it lies in the drawing (metres)."""
        return shapely.transform(shape, self.move.back)


@dataclass(frozen=True, slots=True)
class _Tried:
    """A fit with its residuals."""

    fit: Fit
    residuals: tuple[CornerResidual, ...]

    @property
    def mean(self) -> float:
        """Metres off, on average over the corners."""
        return float(np.mean([each.metres for each in self.residuals]))

    @property
    def greatest(self) -> float:
        """Metres off at the worst corner."""
        return max(each.metres for each in self.residuals)

    def lie(self) -> Lie:
        """The same as a value for the reader."""
        move = self.fit.move
        return Lie(
            turn_radians=move.turn,
            dx=move.dx,
            dy=move.dy,
            mean_residual=self.mean,
            greatest_residual=self.greatest,
        )


def place(
    plot: Polygon,
    boundary: Polygon | MultiPolygon,
    *,
    accuracy: float,
    frame: Frame | None = None,
    road: Road | None = None,
    turn: float | None = None,
) -> Placement:
    """The drawn plot laid on a parcel whose boundary is known within `accuracy` metres; `Invalid` for unusable shapes.

    Where several lies fit, the drawing's own coordinates (with `frame`, if it lies on its parcel already), then `road`, then the
    declared `turn` (radians that turn the drawing to grid north) tell which is meant; else the better fit, else the least turn.
    """
    _check(plot, "The drawn plot", "Draw the plot as one closed outline that does not cross itself.")
    _check(boundary, "The boundary of the parcel", "Have the parcel corrected at the survey office.")
    if not (np.isfinite(accuracy) and accuracy >= 0):
        raise Invalid(f"The accuracy of a parcel is a length in metres, not {accuracy}.")
    limit = accuracy + DRAWN
    grid_scale = frame.scale if frame is not None and _lies_there(plot, boundary, frame) else None
    ground = plot if grid_scale is None else _to_ground(plot, grid_scale)
    ours, theirs = corners_of(ground), corners_of(boundary)
    tried = [
        _Tried(fit, residuals(ground, boundary, ours, theirs, fit.move, limit))
        for fit in fits(ground, boundary)
    ]
    as_good = _as_good(tried, limit)
    given = frame if grid_scale is not None else None
    chosen, choice = _chosen(as_good, plot, given, road, turn)
    others = [each for each in as_good if each is not chosen]
    offset = None if given is None else shift_from_coordinates(plot, given, chosen.fit.move)
    return _placement(ground, boundary, chosen, others, choice, accuracy, grid_scale, offset)


def _check(shape: BaseGeometry, what: str, remedy: str) -> None:
    """Whether a shape is ground that can be laid on other ground."""
    if not isinstance(shape, Polygon | MultiPolygon) or shape.is_empty:
        raise Invalid(f"{what} has no ground: it is {_kind(shape)}. {remedy}")
    corners = shapely.get_coordinates(shape)
    if not (np.isfinite(corners).all() and np.abs(corners).max() < FARTHEST):
        raise Invalid(f"{what} has corners that are no places on earth. {remedy}")
    if len(corners) > MOST_VERTICES:
        raise TooLarge(
            f"{what} has {len(corners):,} vertices; at most {MOST_VERTICES:,} are laid. Simplify the outline."
        )
    if not shape.is_valid:
        raise Invalid(f"{what} is no clean outline ({shapely.is_valid_reason(shape)}). {remedy}")
    width = 2 * shape.area / shape.length
    if shape.area < LEAST_AREA or width < LEAST_WIDTH:
        raise Invalid(
            f"{what} is a sliver of {shape.area:.2f} m², {width:.2f} m wide: too little to be laid on anything. {remedy}"
        )


def _kind(shape: BaseGeometry) -> str:
    return "empty" if shape is None or shape.is_empty else f"a {shape.geom_type}"


def _lies_there(plot: Polygon, boundary: BaseGeometry, frame: Frame) -> bool:
    """Whether the drawing is in grid coordinates: more than half of the smaller outline lies within the other."""
    given = frame.from_grid(plot)
    return bool(given.intersection(boundary).area > min(given.area, boundary.area) / 2)


def _to_ground(plot: Polygon, grid_scale: float) -> Polygon:
    """A plot drawn in grid metres, in ground metres about its centre, so that what is left over is the drawing's alone."""
    return scale(plot, 1 / grid_scale, 1 / grid_scale, origin=plot.centroid)


def _as_good(tried: Sequence[_Tried], limit: float) -> list[_Tried]:
    """The best lie and those whose mean and greatest residual are no worse by more than the limit."""
    best = min(tried, key=lambda each: (round(each.fit.apart, 6), round(each.mean, 6)))
    return [
        best,
        *(
            each
            for each in tried
            if each is not best
            and each.mean <= best.mean + limit
            and each.greatest <= best.greatest + limit
            and each.fit.apart <= best.fit.apart + limit
        ),
    ]


def _chosen(
    lies: Sequence[_Tried], plot: Polygon, frame: Frame | None, road: Road | None, turn: float | None
) -> tuple[_Tried, Choice]:
    """The lie that is meant, and what told it: hints, else the better fit, else the least turn."""
    if len(lies) == 1:
        return lies[0], Choice.ONLY
    agreeing, told = in_agreement([each.fit.move for each in lies], plot, frame, road, turn)
    left = [lies[i] for i in agreeing]
    if told is not None:
        return left[0], told
    best = min(each.fit.apart for each in left)
    near = [each for each in left if each.fit.apart <= best + DRAWN]
    if len(near) == 1:
        return near[0], Choice.BETTER_FIT
    least = min(near, key=lambda each: (round(abs(each.fit.move.turn), 6), each.fit.move.turn))
    return least, Choice.LEAST_TURN


def _placement(
    plot: Polygon,
    boundary: Polygon | MultiPolygon,
    chosen: _Tried,
    others: Sequence[_Tried],
    choice: Choice,
    accuracy: float,
    grid_scale: float | None,
    offset: float | None,
) -> Placement:
    limit = accuracy + DRAWN
    lie = chosen.lie()
    matches = is_this_parcel(chosen.residuals, plot, boundary, limit)
    worst = max(chosen.residuals, key=lambda each: each.metres)
    warnings = () if matches else unlikeness(plot, boundary, worst, chosen.fit.apart, limit)
    turns = [each.fit.move.turn for each in others]
    return Placement(
        turn_radians=lie.turn_radians,
        dx=lie.dx,
        dy=lie.dy,
        residuals=chosen.residuals,
        mean_residual=lie.mean_residual,
        greatest_residual=lie.greatest_residual,
        area_drawn=plot.area,
        area_parcel=boundary.area,
        difference=plot.area - boundary.area,
        percent=100 * (plot.area - boundary.area) / boundary.area,
        limit=limit,
        matches=matches,
        chosen_by=choice,
        alternatives=tuple(each.lie() for each in others),
        ambiguities=(ambiguity(turns, lie.turn_radians, choice),) if others else (),
        warnings=(*warnings, *doubts(boundary, accuracy, limit, grid_scale, offset)),
        grid_scale=grid_scale,
    )
