"""The streets that serve a plot and their widths, as far as access and fees of the index ask for them.

In: a site.  Out: the widest street with a sourced width, as a measure; without one, the reason.  A street whose width no source tells may be
wider than all others, so beside it nothing is too narrow.
"""

from dataclasses import dataclass

from gis.site import Road, Site
from rules.findings import Measured, Place, measured
from rules.measure import Unit


@dataclass(frozen=True, kw_only=True)
class Serving:
    """The widest street along the plot; `width` is None where it is not told, and `reason` says why.

    `may_be_wider` is true where another street has no width, or the streets along the plot are not all known.
    """

    road: Road | None
    width: Measured | None
    reason: str
    may_be_wider: bool


def widest(site: Site) -> Serving:
    """The street along the plot with the greatest sourced width."""
    known = [road for road in site.roads if road.width is not None]
    if not known:
        return Serving(road=None, width=None, reason=_why(site), may_be_wider=True)
    road = max(known, key=lambda each: (each.width or 0.0, each.ref))
    return Serving(
        road=road,
        width=width_of(road),
        reason="",
        may_be_wider=len(known) < len(site.roads) or not site.has_road_data,
    )


def width_of(road: Road) -> Measured | None:
    """The sourced width of a street in metres."""
    if road.width is None:
        return None
    shape = road.surface if road.surface is not None else road.line
    return measured(
        road.width,
        Unit.METRE,
        steps=(f"width of {road.title}: {road.width:.2f} m, from {road.basis}",),
        sources=(road.origin or road.ref,),
        places=(Place(what=road.title, shape=shape),),
    )


def _why(site: Site) -> str:
    if site.roads:
        return f"No source tells the width of {', '.join(road.title for road in site.roads)}."
    return site.roads_note or "No street is mapped along this plot."
