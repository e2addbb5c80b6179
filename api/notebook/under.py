"""What rasters say under plots: height, slope, depth of a flood.

In: a session, plots as a table, the name of what is asked, a folder of rasters.  Out: a table with a row for each plot.  The most accurate raster
that knows anything there answers, as in the extract of a plot; a plot of which no raster knows anything has empty numbers, never 0.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from api.notebook.frames import of_place, sources_of
from api.planner.hands import ALONE, Hands
from gis.asof import AsOf
from gis.errors import Invalid, NotFound
from gis.place import Jurisdiction
from layers.collections.lineage import lineage_of
from layers.imports import StandingImport, standing
from layers.raster_windows import Under, depths_under, heights_under
from layers.rasters import FLOOD_DEPTH, Depths, Heights

CHUNK, SHARED_FROM = 2_000, 10_000
"""Plots asked at once, and from how many on other hands are worth what it takes to begin on them."""
ELEVATION, SLOPE = "elevation", "slope"
UNITS = {
    ELEVATION: "m, above the datum of the raster",
    SLOPE: "degree",
    FLOOD_DEPTH: "m of water above the ground",
}
"""What can be asked, and what its numbers count in."""
TITLES = {ELEVATION: "Height of the ground", SLOPE: "Slope of the ground", FLOOD_DEPTH: "Depth of floods"}
NOTHING: Mapping[str, Any] = dict.fromkeys(
    ("lowest", "mean", "highest", "known", "cells", "resolution", "source")
)
Rows = Iterator[list[dict[str, Any]]]
Ticking = Callable[[Rows, int], Rows]
"""Shows how far the work is, of so many plots."""
CAVEAT = "From the cells that touch a plot; what is smaller than a cell does not show. A plot without numbers lies where no raster knows anything."


def under(
    session: Session,
    place: Jurisdiction,
    plots: geopandas.GeoDataFrame,
    what: str,
    *,
    at: AsOf,
    folder: Path,
    hands: Hands = ALONE,
    ticking: Ticking = lambda rows, _: rows,
) -> geopandas.GeoDataFrame:
    """A row for each plot: lowest, mean and highest, of how many % of the plot that is known, cells, their size (m), and the source.

    Plots are asked some thousand at a time, so that no more of a raster than lies under these is in memory.  `what` is elevation, slope (no lowest) or flood_depth; `Invalid` names them.  `NotFound` where no such raster holds on the day.
    """
    name = what.replace("-", "_")
    if name not in UNITS:
        raise Invalid(f"“{what[:40]}” cannot be asked under plots; ask for one of: {', '.join(UNITS)}.")
    rasters = rasters_of(session, place, FLOOD_DEPTH if name == FLOOD_DEPTH else ELEVATION, at=at)
    own = plots.to_crs(place.metric)
    sheets = tuple(
        _Sheet(file=folder / each.raster.path, epsg=each.raster.epsg, name=each.name)
        for each in rasters
        if each.raster is not None
    )
    shapes = own.geometry.to_numpy()
    pieces = (shapes[first : first + CHUNK] for first in range(0, len(own), CHUNK))
    begun = _begin, (_Asked(name=name, metric=place.metric, sheets=sheets),)
    found_rows = hands.for_many(len(own), SHARED_FROM).each(_piece, pieces, begun_with=begun)
    rows = [row for some in ticking(found_rows, len(own)) for row in some]
    table = pd.DataFrame(rows, columns=list(NOTHING)).drop(columns=["lowest"] if name == SLOPE else [])
    figures = [
        each for each in ("lowest", "mean", "highest", "known", "cells", "resolution") if each in table
    ]
    table[figures] = table[figures].astype(float)
    table.insert(0, "number", list(own["number"]))
    found = geopandas.GeoDataFrame(table, geometry=list(own.geometry), crs=own.crs)
    units = dict.fromkeys(("lowest", "mean", "highest"), UNITS[name]) | {
        "known": "% of the plot",
        "resolution": "m",
    }
    found.attrs = {
        **of_place(place, at),
        "layer": name,
        "title": {"en": TITLES[name]},
        "units": units,
        "sources": sources_of(lineage_of(rasters)),
        "datum": list(dict.fromkeys(each.raster.datum for each in rasters if each.raster)),
        "caveat": CAVEAT,
    }
    return found


def rasters_of(session: Session, place: Jurisdiction, layer: str, *, at: AsOf) -> list[StandingImport]:
    """The rasters of a layer that hold on the day, the most accurate first."""
    held = [
        each
        for each in standing(session, place, known=at.known)
        if each.target == layer and each.raster is not None and each.begins <= at.on
    ]
    if not held:
        raise NotFound(
            f"No raster “{layer}” of {place.name_en} that holds on {at.on} has been brought in; import one first."
        )
    return sorted(held, key=lambda each: (each.accuracy, each.name))


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """A raster file with its coordinate system and what it is called."""

    file: Path
    epsg: int
    name: str


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What is asked of rasters, the most accurate first, about shapes in a metric system."""

    name: str
    metric: int
    sheets: tuple[_Sheet, ...]


_HERE: list[_Asked] = []
"""With what a process that reads rasters was begun."""


def _begin(asked: _Asked) -> None:
    _HERE[:] = [asked]


def _piece(shapes: Sequence[BaseGeometry]) -> list[dict[str, Any]]:
    """For each shape what the first raster that knows anything says."""
    asked = _HERE[0]
    rows: list[dict[str, Any]] = [dict(NOTHING) for _ in shapes]
    ask: Callable[..., list[Under[Any]]] = depths_under if asked.name == FLOOD_DEPTH else heights_under
    left = [row for row, shape in enumerate(shapes) if shape is not None and not shape.is_empty]
    for sheet in asked.sheets:
        if not left:
            break
        answers = ask(sheet.file, sheet.epsg, [shapes[row] for row in left], metric=asked.metric)
        for row, answer in zip(left, answers, strict=True):
            if answer.found is not None:
                rows[row] |= _figures(answer.found, asked.name) | {
                    "known": answer.known,
                    "source": sheet.name,
                }
        left = [row for row, answer in zip(left, answers, strict=True) if answer.found is None]
    return rows


def _figures(found: Heights | Depths, name: str) -> dict[str, Any]:
    about = {"cells": found.cells, "resolution": found.resolution}
    if name == SLOPE and isinstance(found, Heights):
        return {"mean": found.slope_mean, "highest": found.slope_max, **about}
    return {"lowest": found.lowest, "mean": found.mean, "highest": found.highest, **about}
