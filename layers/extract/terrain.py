"""Terrain under a plot, and the themes whose law speaks of slope or height.

In: a plot, the raster imports that stand, the folder where rasters lie.  Out: `Terrain`, and a judged raster theme.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from gis.site import Status
from layers.entry import Layer, Limit
from layers.extract import reasons
from layers.extract.measure import Plot
from layers.extract.model import Terrain, ThemeAnswer, Words, varied
from layers.imports import StandingImport
from layers.rasters import heights

NO_RASTER = Words(
    en="No elevation data have been brought in, so height and slope are unknown.",
    ml="ഉയരത്തിന്റെ വിവരങ്ങൾ ചേർത്തിട്ടില്ല; അതിനാൽ ഉയരവും ചരിവും അറിയില്ല.",
)
OUTSIDE = Words(
    en="The elevation data do not reach this plot, so height and slope are unknown.",
    ml="ഉയരത്തിന്റെ വിവരങ്ങൾ ഈ പ്ലോട്ടിൽ എത്തുന്നില്ല; അതിനാൽ ഉയരവും ചരിവും അറിയില്ല.",
)
FROM_CELLS = Words(
    en="From the cells that touch the plot; a short steep bank inside one cell does not show.",
    ml="പ്ലോട്ടിൽ തൊടുന്ന കള്ളികളിൽ നിന്ന്; ഒരു കള്ളിക്കുള്ളിലെ ചെറിയ കുത്തനെയുള്ള തിട്ട ഇതിൽ കാണില്ല.",
)


def terrain(plot: Plot, rasters: Sequence[StandingImport], *, folder: Path) -> tuple[Terrain | None, Words]:
    """Height and slope from the finest raster that reaches the plot, and what is to be said of them."""
    for source in sorted(rasters, key=lambda each: each.accuracy):
        if source.raster is None:
            continue
        file = _file(folder, source.raster.path)
        found = heights(file, source.raster.epsg, plot.shape, metric=plot.metric)
        if found is not None:
            return (
                Terrain(
                    lowest=found.lowest,
                    highest=found.highest,
                    mean=found.mean,
                    slope_mean=found.slope_mean,
                    slope_max=found.slope_max,
                    cells=found.cells,
                    resolution=found.resolution,
                    unit=source.raster.unit,
                    datum=source.raster.datum,
                    source=source.name,
                ),
                FROM_CELLS,
            )
    return None, OUTSIDE if rasters else NO_RASTER


@lru_cache(maxsize=64)
def _file(folder: Path, name: str) -> Path:
    """Always the same value for a file: a path that was looked up before is found quicker than one made anew."""
    return folder / name


def judge_raster(layer: Layer, answer: ThemeAnswer, ground: Terrain | None, note: Words) -> ThemeAnswer:
    """A raster theme: above, near or below the law's limit; unknown without a raster or without a limit."""
    if ground is None:
        return varied(answer, {"reason": note})
    known = {"sources": (ground.source,)}
    if layer.limit is not None:
        status, reason = _against(layer.limit, ground)
        return varied(answer, {**known, "status": status, "reason": reason})
    if layer.law is None:
        return varied(answer, {**known, "status": Status.NOT_AFFECTED, "reason": note})
    return varied(answer, known)


def _against(limit: Limit, ground: Terrain) -> tuple[Status, Words]:
    value = ground.slope_max if limit.unit == "degree" else ground.highest
    if value > limit.above + limit.tolerance:
        return Status.AFFECTED, reasons.steeper(value, limit.above, limit.unit)
    if value > limit.above - limit.tolerance:
        return Status.NEAR, reasons.near_limit(value, limit.above, limit.unit)
    return Status.NOT_AFFECTED, reasons.below_limit(value, limit.above, limit.unit)
