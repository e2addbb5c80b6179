"""What the drawing declares of the ground that plot and map show: the plot's number, the width of the road, depth and width of the plot.

In: a measured drawing and its site.  Out: `Difference`s; nothing where declaration and ground agree, or where the site does not tell. No source
says how the average depth and width of a plot are measured, so they are only held against the plot's greatest extent, which no average exceeds,
and against its area over that extent, below which no average over all of the plot lies, whichever way it is taken.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from gis.site import Site
from rules.plans.declarations import MILLIMETRE, rounding
from rules.plans.drawing import Declared, Drawing

NUMBER, ROAD = "RS_NO", "ROAD_WIDTH"
AVERAGES = {"AVG_PLOT_DEPTH": "depth", "AVG_PLOT_WIDTH": "width"}
SEVERAL = re.compile(r"[,;&+]|\band\b", re.IGNORECASE)
PARTS = re.compile(r"[A-Z]+|\d+")
WORDS = {"R", "S", "RS", "RE", "SY", "RESY", "NO", "NOS", "SURVEY", "RESURVEY", "PT", "PART"}
"""Words written before or behind a survey number that are no part of it."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A declaration that the ground contradicts."""

    subject: str
    reason: str
    declared: Declared


def differences(drawing: Drawing, site: Site) -> tuple[Difference, ...]:
    """Every declaration of the drawing about its ground that the site, or the plot as drawn, contradicts."""
    return (*_number(drawing, site), *_road(drawing, site), *_averages(drawing))


def _number(drawing: Drawing, site: Site) -> Iterator[Difference]:
    """The survey number, which may be one of several; its separators and the words round it do not matter."""
    said = drawing.word(NUMBER)
    if said is None or not site.number or not any(each.isdigit() for each in said.text):
        return
    if _parts(site.number) not in [_parts(each) for each in SEVERAL.split(said.text)]:
        reason = f"The drawing declares the plot as {said.text[:40]}; it was checked on plot {site.number}."
        yield Difference(subject="the plot's number as declared", reason=reason, declared=said)


def _parts(number: str) -> tuple[str, ...]:
    return tuple(each.lstrip("0") for each in PARTS.findall(number.upper()) if each not in WORDS)


def _road(drawing: Drawing, site: Site) -> Iterator[Difference]:
    """The width of the road, held against every street along the plot whose width is known."""
    said = drawing.word(ROAD)
    widths = [road.width for road in site.roads if road.width is not None]
    if said is None or said.number is None or not widths:
        return
    nearest = min(widths, key=lambda each: abs(each - (said.number or 0.0)))
    if abs(nearest - said.number) > MILLIMETRE + rounding(said):
        reason = f"The road is declared {said.text[:40]} wide; the map's is {nearest:.2f} m wide."
        yield Difference(subject="the road's width as declared", reason=reason, declared=said)


def _averages(drawing: Drawing) -> Iterator[Difference]:
    """Average depth and width, where they are more than any two corners of the plot lie apart, or less than any average can be."""
    said = {key: drawing.word(key) for key in AVERAGES} if drawing.plot is not None else {}
    if drawing.plot is None or not any(said.values()):
        return
    corners = shapely.get_coordinates(shapely.convex_hull(drawing.plot.outline.shape))
    most = max(float(np.hypot(*(one - other))) for one, other in itertools.combinations(corners, 2))
    least = float(drawing.plot.outline.shape.area) / most
    for key, word in AVERAGES.items():
        declared = said[key]
        if declared is None or declared.number is None:
            continue
        if declared.number > most + MILLIMETRE + rounding(declared):
            reason = f"The average {word} of the plot is declared as {declared.text[:40]}; the plot is {most:.3f} m across at most."
        elif declared.number < least - MILLIMETRE - rounding(declared):
            reason = (
                f"The average {word} of the plot is declared as {declared.text[:40]}; "
                f"the plot is {most:.3f} m across at most, so with its area it is {least:.3f} m at least."
            )
        else:
            continue
        yield Difference(subject=f"the plot's average {word} as declared", reason=reason, declared=declared)
