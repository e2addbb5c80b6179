"""Whether the ground under a drawing is the parcel it names, by a written rule, and what to say where it is not.

In: the drawn plot, the parcel, and the residuals of the best lie.  Out: yes or no, and sentences for the applicant.
The rule stands in docs/drawings.md; it compares with what the accuracy of parcel and drawing allows, never with less.
"""

import math
from collections.abc import Sequence

from shapely import Polygon
from shapely.affinity import scale
from shapely.geometry.base import BaseGeometry

from rules.plans.corners import CornerResidual, Whose
from rules.plans.fitting import fits

CLEARER = 3.0
"""How many times nearer a mirrored or scaled plot must lie to be named as the explanation."""
COARSE = 0.1
"""Share of the parcel's area that its accuracy may leave open before agreement says little."""


def area_allowed(boundary: BaseGeometry, limit: float) -> float:
    """Square metres by which the areas may differ: half of what a shift of the whole outline by the limit would change."""
    return float(boundary.length) * limit / 2


def is_this_parcel(
    residuals: Sequence[CornerResidual], plot: Polygon, boundary: BaseGeometry, limit: float
) -> bool:
    """Corners off by no more than the limit on average and twice the limit anywhere, and areas that differ no more than allowed."""
    metres = [each.metres for each in residuals]
    return (
        sum(metres) / len(metres) <= limit
        and max(metres) <= 2 * limit
        and abs(plot.area - boundary.area) <= area_allowed(boundary, limit)
    )


def unlikeness(
    plot: Polygon, boundary: BaseGeometry, worst: CornerResidual, apart: float, limit: float
) -> tuple[str, ...]:
    """Why the drawn plot is not this parcel: sizes, the worst corner, and a mirror image or a wrong scale if one of them fits."""
    said = [
        f"This does not look like the parcel. The drawn plot has {plot.area:.2f} m², the parcel {boundary.area:.2f} m² "
        f"({_difference(plot, boundary)}); {_worst(worst)}. Outlines within {limit:.2f} m would be taken for the same. "
        "Check the parcel's number, or have the plot surveyed and drawn again."
    ]
    nearer = min(limit, apart / CLEARER)
    factor = math.sqrt(boundary.area / plot.area)
    if fits(scale(plot, factor, factor), boundary)[0].apart <= nearer:
        said.append(
            f"The drawn plot has the parcel's shape at {1 / factor:.4f} of its size: check the scale and the unit of the drawing."
        )
    if fits(scale(plot, -1, 1), boundary)[0].apart <= nearer:
        said.append("The drawn plot fits the parcel only as a mirror image: draw it as seen from above.")
    return tuple(said)


def _difference(plot: Polygon, boundary: BaseGeometry) -> str:
    more = plot.area - boundary.area
    return f"{abs(more):.2f} m² or {abs(more) / boundary.area:.1%} {'more' if more > 0 else 'less'}"


def _worst(worst: CornerResidual) -> str:
    other = "corner" if worst.is_corner else "boundary"
    if worst.whose is Whose.PARCEL:
        return (
            f"corner {worst.number} of the parcel, at x {worst.on_site[0]:.3f}, y {worst.on_site[1]:.3f} on the site, "
            f"lies {worst.metres:.3f} m from the drawn plot (there x {worst.in_drawing[0]:.3f}, y {worst.in_drawing[1]:.3f})"
        )
    return (
        f"its corner {worst.number}, drawn at x {worst.in_drawing[0]:.3f}, y {worst.in_drawing[1]:.3f}, "
        f"lies {worst.metres:.3f} m from the parcel's {other} (at x {worst.other[0]:.3f}, y {worst.other[1]:.3f} on the site)"
    )


def doubts(
    boundary: BaseGeometry, accuracy: float, limit: float, grid_scale: float | None, offset: float | None
) -> tuple[str, ...]:
    """What else a reader should know: a coarse parcel, one of several parts, a drawing in grid metres or off its coordinates."""
    said = []
    if area_allowed(boundary, limit) > COARSE * boundary.area:
        said.append(
            f"The parcel's boundary is known only within {accuracy:.2f} m, which is much for a plot of this size: "
            "that the drawing agrees with it says little."
        )
    if len(parts := getattr(boundary, "geoms", ())) > 1:
        said.append(
            f"The parcel has {len(parts)} separate parts; the drawn plot was laid on all of them together."
        )
    if grid_scale is not None and abs(grid_scale - 1) > 1e-7:
        said.append(
            f"The drawing is in grid coordinates: 100 m in it are {100 / grid_scale:.3f} m on the ground. "
            "Areas and residuals here are on the ground; what is measured in the drawing is as drawn."
        )
    if offset is not None and offset > limit:
        said.append(
            f"The drawing's own coordinates put the plot {offset:.2f} m from where it fits its parcel; it was laid where it fits."
        )
    return tuple(said)


def ambiguity(turns: Sequence[float], chosen: float, by: str) -> str:
    """That the plot can lie in several ways, with the turns, and what told which one was taken."""
    named = ", ".join(f"{math.degrees(each):.1f}°" for each in turns)
    ways = f"turned by {named}" if len(turns) <= 7 else "at almost any turn, as a round plot does"
    return (
        f"Within the accuracy the plot fits its parcel as well {ways}; it was laid turned by {math.degrees(chosen):.1f}° ({by}). "
        "Draw the road along the plot, or declare the direction of north, to settle it."
    )
