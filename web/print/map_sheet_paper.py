"""The sheets on which the map is printed: how much of each is map, and the scales on offer.

In: nothing.  Out: `PAPERS` in millimetres of the map's own frame, `SCALES` as denominators.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A sheet: its size, whether it lies on its side, and the millimetres of the map on it."""

    size: str
    is_across: bool
    width: float
    height: float


PAPERS = {
    "a4": Paper(size="a4", is_across=False, width=186, height=185),
    "a4-across": Paper(size="a4", is_across=True, width=198, height=148),
    "a3": Paper(size="a3", is_across=False, width=273, height=300),
    "a3-across": Paper(size="a3", is_across=True, width=318, height=235),
}
SCALES = (250, 500, 1_000, 2_000, 2_500, 4_000, 5_000, 10_000, 25_000)
PLOTS_TO = 10_000
"""Denominator up to which plots are drawn: beyond, their lines would run together."""
NUMBERS_TO = 2_500
"""Denominator up to which their numbers are written."""
