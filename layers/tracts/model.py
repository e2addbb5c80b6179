"""A tract of land: thousands of plots as rules see each of them, in arrays.

In: nothing; `layers.tracts.reading` fills a `Tract` from the database, `layers.tracts.files` from files.  Out: frozen values.  What they
hold of a plot is what `layers.site` tells of it, number by number: shapes in the plot's own frame of true metres, to 0.1 mm.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]
Texts = npt.NDArray[np.object_]
"""Text, or None where nothing is told."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The themes that limit height, by the names of their layers, and the attribute that tells a permitted top."""

    zone: str
    surface: str
    attribute: str


@dataclass(frozen=True, kw_only=True)
class Fronts:
    """Streets along plots: the index of the plot, the boundary along the street in the plot's frame, and what sources tell.

    `width` and `length` in metres and `served` are nan, `kind` None where no source tells them.  Of each plot the longest comes first.
    """

    plot: Ints
    ref: Texts
    line: Shapes
    accuracy: Floats
    width: Floats
    kind: Texts
    length: Floats
    served: Floats

    def __len__(self) -> int:
        return len(self.plot)


@dataclass(frozen=True, kw_only=True)
class Tract:
    """Plots in the order in which they were asked for.

    `east`, `north` and `scale` lead from a plot's frame to the grid, whose EPSG code is `metric`; `measured` and `recorded` (nan: not
    told) are ground m²; `body` is the kind of the local body, None where that is not known; `in_zone`: in the zone of `Limits`; `top`
    is the permitted top and `highest` the highest ground, metres above the sea, nan where there is none.
    """

    place: str
    metric: int
    rule_book: str | None
    number: Texts
    boundary: Shapes
    east: Floats
    north: Floats
    scale: Floats
    measured: Floats
    recorded: Floats
    body: Texts
    body_name: Texts
    in_zone: Flags
    top: Floats
    highest: Floats
    site: Texts
    """Everything that is known of a plot, as a site document, where it may have to be asked by itself."""
    said: Texts
    """What all layers say of a plot (`layers.tracts.said.Said`), where files are to tell it; else None."""
    fronts: Fronts

    def __len__(self) -> int:
        return len(self.number)

    def taken(self, rows: Ints) -> "Tract":
        """Some of the plots, in the order of the rows, each at most once."""
        place = np.full(len(self), -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        at = place[self.fronts.plot]
        kept = np.flatnonzero(at >= 0)
        kept = kept[np.argsort(at[kept], kind="stable")]
        fronts = {each.name: getattr(self.fronts, each.name)[kept] for each in fields(Fronts)}
        own: dict[str, Any] = {name: getattr(self, name)[rows] for name in OF_A_PLOT}
        return replace(self, **own, fronts=Fronts(**fronts | {"plot": at[kept]}))


OF_A_PLOT = (
    "number",
    "boundary",
    "east",
    "north",
    "scale",
    "measured",
    "recorded",
    "body",
    "body_name",
    "in_zone",
    "top",
    "highest",
    "site",
    "said",
)
"""The columns that hold a value for each plot."""


def joined(parts: Sequence[Tract]) -> Tract:
    """Tracts of one place, at least one, as one."""
    first = np.cumsum([0, *(len(each) for each in parts)])
    own: dict[str, Any] = {
        name: np.concatenate([getattr(each, name) for each in parts]) for name in OF_A_PLOT
    }
    fronts = {
        each.name: np.concatenate([getattr(part.fronts, each.name) for part in parts])
        for each in fields(Fronts)
    }
    shift = [np.full(len(part.fronts), start) for part, start in zip(parts, first, strict=False)]
    fronts["plot"] = fronts["plot"] + np.concatenate(shift)
    return replace(parts[0], **own, fronts=Fronts(**fronts))


def texts(said: Sequence[object]) -> Texts:
    """Texts, or other values, as an array."""
    found = np.empty(len(said), dtype=object)
    found[:] = said
    return found
