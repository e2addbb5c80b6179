"""Streets along a plot: which, how wide, for how many metres.

In: a plot, the street features found near it, its neighbours.  Out: `Frontage` values in ground metres, and `Along`, the same
with the shapes they were measured on.

A boundary fronts a street where it lies at the street's edge within the accuracy of the street data: at the surface where
the data hold surfaces, at half the width from a centre line whose width is known.  Of a centre line without a width only
this much is said: the part of the boundary nearest to it, when no other parcel lies between; its width is unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from layers.extract.measure import Measured, Plot
from layers.extract.model import Frontage, Words
from layers.extract.questions import Found
from layers.imports import StandingImport

MILLIMETRE = 0.001
QUARTER = 16
"""Segments of a quarter circle around the end of a street."""

NO_STREET = Words(
    en="No street in the data runs along this plot. Whether it has access is unknown.",
    ml="വിവരശേഖരത്തിൽ ഈ പ്ലോട്ടിനോടു ചേർന്ന് വഴിയൊന്നും കാണുന്നില്ല. വഴിയുണ്ടോ എന്ന് അറിയില്ല.",
)
NO_STREET_DATA = Words(
    en="No street data have been brought in, so frontage and width are unknown.",
    ml="വഴികളുടെ വിവരം ചേർത്തിട്ടില്ല; അതിനാൽ വഴിയോടു ചേർന്ന അതിരും വഴിയുടെ വീതിയും അറിയില്ല.",
)
MEASURED = Words(
    en="Measured along the plot's boundary, to the accuracy of the street data.",
    ml="വഴിവിവരങ്ങളുടെ കൃത്യതയിൽ, പ്ലോട്ടിന്റെ അതിരിലൂടെ അളന്നത്.",
)


@dataclass(frozen=True, kw_only=True)
class Along:
    """A street along the plot with what its frontage was measured on, in grid metres."""

    frontage: Frontage
    line: BaseGeometry
    """The part of the plot's boundary within reach of the street."""
    members: tuple[Found, ...]
    """The features of the street that were found."""


def frontages(
    plot: Plot,
    streets: Sequence[Measured],
    imports: Mapping[int, StandingImport],
    between: Sequence[BaseGeometry],
) -> tuple[Frontage, ...]:
    """Every street along the plot, longest frontage first."""
    return tuple(each.frontage for each in streets_along(plot, streets, imports, between))


def streets_along(
    plot: Plot,
    streets: Sequence[Measured],
    imports: Mapping[int, StandingImport],
    between: Sequence[BaseGeometry],
) -> tuple[Along, ...]:
    """The same streets in the same order, with their shapes."""
    named: dict[tuple[str, float | None, int], list[Measured]] = {}
    for street in streets:
        name = street.found.label or street.found.ref
        named.setdefault((name, street.found.width, street.found.import_id), []).append(street)
    found = [_frontage(plot, members, imports[key[2]], between) for key, members in named.items()]
    along = [each for each in found if each is not None]
    return tuple(sorted(along, key=lambda each: (-each.frontage.length, each.frontage.ref)))


def _frontage(
    plot: Plot, members: Sequence[Measured], source: StandingImport, between: Sequence[BaseGeometry]
) -> Along | None:
    width = members[0].found.width
    if source.holds in ("polygon", "boundary"):
        reach, basis = source.accuracy, "surface"
    elif width is not None:
        reach, basis = width / 2 + source.accuracy, "half_width"
    else:
        nearest = min((street.found for street in members), key=lambda each: each.gap)
        if _is_blocked(shapely.shortest_line(plot.shape, nearest.nearest), between):
            return None
        reach, basis = nearest.gap + source.accuracy, "nearest"
    close = [street.found for street in members if street.found.gap <= reach]
    if not close:
        return None
    first = close[0]
    parts = [part for street in close for part in street.parts]
    line = parts[0] if len(parts) == 1 else shapely.union_all(parts)
    along = shapely.intersection(plot.shape.boundary, shapely.buffer(line, reach, quad_segs=QUARTER))
    length = plot.length(along)
    if length <= source.accuracy:
        return None
    frontage = Frontage(
        ref=first.ref,
        label=first.label,
        label_ml=first.label_ml,
        width=width,
        length=round(length, 2),
        basis=basis,
        source=source.name,
    )
    return Along(frontage=frontage, line=along, members=tuple(street.found for street in members))


def _is_blocked(way: BaseGeometry, between: Sequence[BaseGeometry]) -> bool:
    """Whether another parcel lies between the plot and the street."""
    return any(shapely.intersection(way, other).length > MILLIMETRE for other in between)
