"""Colours of what rasters say: named ramps and classes, and the legend that tells their values with units.

In: values in metres, degrees or numbers of classes, NaN where nothing is known.  Out: bytes of red, green, blue and opacity; legend stops.  What is
not known is transparent.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gis.errors import Invalid
from layers.land_cover import CLASSES
from layers.words import Words

Values = NDArray[np.float64]
Pixels = NDArray[np.uint8]
"""Rows, columns, then red, green, blue, opacity."""


class Theme(StrEnum):
    """What a raster tile can show."""

    ELEVATION = "elevation"
    SLOPE = "slope"
    ASPECT = "aspect"
    HILLSHADE = "hillshade"
    TERRAIN_RGB = "terrain-rgb"
    FLOOD_DEPTH = "flood-depth"
    LAND_COVER = "land-cover"


class Unit(StrEnum):
    """What a value is measured in."""

    METRE = "metre"
    DEGREE = "degree"
    CLASS = "class"
    NONE = "none"


TITLES = {
    Theme.ELEVATION: Words(en="Height of the ground", ml="നിലത്തിന്റെ ഉയരം"),
    Theme.SLOPE: Words(en="Slope", ml="ചരിവ്"),
    Theme.ASPECT: Words(en="Direction in which the ground falls", ml="ചരിവിന്റെ ദിശ"),
    Theme.HILLSHADE: Words(en="Shaded hills", ml="കുന്നുകളുടെ നിഴൽ"),
    Theme.TERRAIN_RGB: Words(en="Heights for maps in three dimensions", ml="ത്രിമാന ഭൂപടത്തിനുള്ള ഉയരം"),
    Theme.FLOOD_DEPTH: Words(en="Depth of floods", ml="വെള്ളപ്പൊക്കത്തിന്റെ ആഴം"),
    Theme.LAND_COVER: Words(en="Land cover", ml="ഭൂമിയുടെ ആവരണം"),
}
UNITS = {
    Theme.ELEVATION: Unit.METRE,
    Theme.SLOPE: Unit.DEGREE,
    Theme.ASPECT: Unit.DEGREE,
    Theme.HILLSHADE: Unit.NONE,
    Theme.TERRAIN_RGB: Unit.METRE,
    Theme.FLOOD_DEPTH: Unit.METRE,
    Theme.LAND_COVER: Unit.CLASS,
}


ASKED = (Theme.ELEVATION, Theme.SLOPE, Theme.ASPECT, Theme.FLOOD_DEPTH, Theme.LAND_COVER)
"""What can be asked at a position."""


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A value and its colour, as #rrggbb; what it stands for where it is the number of a class."""

    value: float
    colour: str
    title: Words | None = None


@dataclass(frozen=True, kw_only=True)
class Ramp:
    """Colours between which values are blended evenly, and beyond the first and the last stop these; or one for each class.

    `hides_below` is a value up to which nothing is drawn: dry ground is not a colour of its own.
    """

    name: str
    stops: tuple[Stop, ...]
    has_classes: bool = False
    hides_below: float | None = None

    def over(self, lowest: float, highest: float) -> "Ramp":
        """The same colours from a lowest to a highest value; a flat place has a span of one unit."""
        first, last = self.stops[0].value, self.stops[-1].value
        span = max(highest - lowest, 1.0)
        stops = tuple(
            Stop(value=round(lowest + (each.value - first) / (last - first) * span, 2), colour=each.colour)
            for each in self.stops
        )
        return Ramp(name=self.name, stops=stops)

    def coloured(self, values: Values) -> Pixels:
        """A pixel for each value."""
        known = np.isfinite(values)
        if self.hides_below is not None:
            known &= values > self.hides_below
        at = [stop.value for stop in self.stops]
        colours = np.array([list(bytes.fromhex(stop.colour[1:])) for stop in self.stops], dtype=np.float64)
        if self.has_classes:
            known &= np.isin(values, at)
        pixels = np.zeros((*values.shape, 4), dtype=np.uint8)
        filled = np.where(known, values, at[0])
        for band in range(3):
            pixels[..., band] = np.round(np.interp(filled, at, colours[:, band]))
        pixels[..., 3] = np.where(known, 255, 0)
        pixels[~known] = 0
        return pixels


def _ramp(name: str, *stops: tuple[float, str]) -> Ramp:
    return Ramp(name=name, stops=tuple(Stop(value=value, colour=colour) for value, colour in stops))


_ALONG = (0.0, 0.25, 0.5, 0.75, 1.0)
RAMPS: dict[Theme, tuple[Ramp, ...]] = {
    Theme.ELEVATION: (
        _ramp("relief", *zip(_ALONG, ("#4d8f6b", "#a9c47f", "#efe3ae", "#c79b63", "#8a5a44"), strict=True)),
        _ramp("viridis", *zip(_ALONG, ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"), strict=True)),
        _ramp("grey", (0.0, "#1a1a1a"), (1.0, "#fafafa")),
    ),
    Theme.SLOPE: (
        _ramp(
            "steepness",
            (0.0, "#f7f7e8"),
            (5.0, "#dfe6a8"),
            (15.0, "#f0c35e"),
            (30.0, "#e07f3a"),
            (45.0, "#b3261e"),
            (60.0, "#5c0f2b"),
        ),
        _ramp("grey", (0.0, "#fafafa"), (60.0, "#1a1a1a")),
    ),
    Theme.ASPECT: (
        _ramp(
            "compass",
            (0.0, "#4363d8"),
            (90.0, "#3cb44b"),
            (180.0, "#ffe119"),
            (270.0, "#e6194b"),
            (360.0, "#4363d8"),
        ),
    ),
    Theme.HILLSHADE: (_ramp("grey", (0.0, "#000000"), (1.0, "#ffffff")),),
    Theme.FLOOD_DEPTH: (
        replace(
            _ramp(
                "depth",
                (0.0, "#deebf7"),
                (0.5, "#9ecae1"),
                (1.0, "#6baed6"),
                (2.0, "#3182bd"),
                (4.0, "#08519c"),
                (6.0, "#08306b"),
            ),
            hides_below=0.0,
        ),
        replace(_ramp("grey", (0.0, "#d9d9d9"), (6.0, "#1a1a1a")), hides_below=0.0),
    ),
    Theme.LAND_COVER: (
        Ramp(
            name="classes",
            has_classes=True,
            stops=tuple(
                Stop(value=float(each.number), colour=each.colour, title=each.title)
                for each in CLASSES.values()
            ),
        ),
    ),
}
"""The ramps of each theme, the usual one first.  Those of heights stretch from the lowest to the highest of the model."""

LOWEST_CODE, STEP = -10_000.0, 0.1
"""Metres of code 0 and of one code in Mapbox Terrain-RGB: height = -10 000 + (red · 65 536 + green · 256 + blue) · 0.1."""
ENCODING = "mapbox"
"""The name of that encoding in a MapLibre source of kind raster-dem."""


def ramp_of(theme: Theme, name: str | None) -> Ramp:
    """The ramp of a name, or the usual one; `Invalid` with those there are."""
    ramps = RAMPS.get(theme, ())
    if name is None and ramps:
        return ramps[0]
    for each in ramps:
        if each.name == name:
            return each
    known = ", ".join(each.name for each in ramps)
    there = f"choose one of: {known}" if known else "it has none; leave `ramp` out"
    raise Invalid(f"“{(name or '')[:40]}” is not a colour ramp of {theme.value}; {there}.")


def terrain_rgb(heights: Values) -> Pixels:
    """Heights (m) in Mapbox Terrain-RGB, to 0.1 m; a place without a height stands at 0 m: the code has no word for unknown."""
    codes = np.round((np.nan_to_num(heights, nan=0.0) - LOWEST_CODE) / STEP).astype(np.int64)
    codes = np.clip(codes, 0, 2**24 - 1)
    pixels = np.full((*heights.shape, 4), 255, dtype=np.uint8)
    for band, shift in enumerate((16, 8, 0)):
        pixels[..., band] = (codes >> shift) & 255
    return pixels
