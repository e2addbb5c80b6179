"""What permits have added up to: floor area, covered ground, cars, stored rain water and runoff by ward, catchment or any areas, as it stands or grew.

In: the permits of a place as rows with the ground of their plots, areas as a table, days, a rain of the planner's own.  Out: a row for each area (and
period).  Sums take the permits that count; of how many the drawing does not tell a number stands beside each sum, and a sum of nothing told is empty,
never 0.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from math import isfinite
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely

from api.notebook.permitted import COUNTS, LAPSED, MEASURES, NOT_TOLD, UNITS, standing_on
from api.planner.hands import ALONE, Hands
from gis.errors import Invalid

AREAS = (3, 6)
"""Polygon and MultiPolygon, as shapely numbers them."""
PERMITS, SHARED_FROM = 10_000, 50_000
"""Permits that are placed together, and from how many on other hands are worth what it takes to begin on them."""
NOWHERE = np.zeros(0, dtype=np.int64)
MILLIMETRES = 1000.0
"""Of a metre."""
EVERY = {"year": "YE", "quarter": "QE", "month": "ME"}
ELSEWHERE = "elsewhere"
"""The row of permits that lie in none of the areas, or whose plots no register knows."""
NO_RUNOFF = (
    "Runoff cannot be told without a rain: no depth of rain and no share of it that runs off has been read from a source here, and none is made up."
    ' Give your own and whence it is: rain=Rain(depth_mm=…, coefficient=…, source="…"). Covered ground is told, and the rain water that rule 76 has stored.'
)
CAVEAT = (
    "What the newest permitted drawing of each plot shows, standing buildings that it shows included; buildings without a permit here are not in it. "
    "A permit lies in the area that holds a point on its plots' ground. Sums leave out what a drawing does not tell: see the columns untold_…"
)
RUNOFF_CAVEAT = (
    "; runoff is that of {depth:g} mm of rain, of which a share of {share:g} runs off (source: {source}), from ground that buildings cover alone: paved"
    " and open ground is not in it, what ran off before they stood is not taken away, nor what tanks hold"
)


@dataclass(frozen=True, kw_only=True)
class Rain:
    """A rain (mm), the share of it that runs off covered ground (0 to 1), and whence both are: the planner's own, for no such number is known here."""

    depth_mm: float
    coefficient: float
    source: str = ""

    def __post_init__(self) -> None:
        """`Invalid` for what no rain can be, and for numbers without a source."""
        if not (isfinite(self.depth_mm) and self.depth_mm >= 0):
            raise Invalid(f"{self.depth_mm} mm of rain cannot fall; give its depth as 0 mm or more.")
        if not 0 <= self.coefficient <= 1:
            raise Invalid(
                f"No share of {self.coefficient} of a rain can run off; give a coefficient from 0 (nothing runs off) to 1 (all of it)."
            )
        if not (self.source or "").strip():
            raise Invalid(
                "It is not said whence depth and coefficient of the rain are, so nobody could defend the runoff; name it, be it an assumption: source=“…”."
            )

    def runoff(self, covered: float) -> float:
        """Volume in m³ that runs off so many m² of covered ground: area × depth × coefficient.

        This is what a runoff coefficient means: the volume of water that runs off a surface over the volume of the rain on it (“The Potential”,
        rainwaterharvesting.org, of urban catchments); the rational method divides the depth of rain into loss and runoff by it (“Runoff
        Coefficient”, Aquaveo, course on hydrology).
        """
        return covered * self.depth_mm / MILLIMETRES * self.coefficient


def load(
    permits: pd.DataFrame,
    areas: geopandas.GeoDataFrame,
    *,
    until: date,
    every: str | None = None,
    rain: Rain | None = None,
    hands: Hands = ALONE,
) -> geopandas.GeoDataFrame:
    """Sums of an area up to a day, or at the end of every year, quarter or month from the first permit on; `Invalid` for other words and shapes.

    The table of permits has the columns of `api.notebook.permitted`, and `geometry`, the ground of the plots.  `runoff` is that of one such rain on
    the ground that is covered on the day (m³), empty without one.
    """
    if not len(areas) or not set(shapely.get_type_id(areas.geometry.to_numpy())) <= set(AREAS):
        raise Invalid("Permits are added up by areas; the layer has none, or has lines or points.")
    several = hands.for_many(len(permits), SHARED_FROM)
    ground = permits["geometry"].to_numpy()
    pieces = (ground[first : first + PERMITS] for first in range(0, len(ground), PERMITS))
    lies = list(several.each(_lies, pieces, begun_with=(_begin_areas, (areas.geometry.to_numpy(),))))
    placed = (
        pd.DataFrame(permits).drop(columns="geometry").assign(lies=np.concatenate(lies) if lies else NOWHERE)
    )
    begun = _begin_sums, (placed, areas, rain)
    parts = several.each(_sums_until, _days(permits, until, every), begun_with=begun)
    table = pd.concat(list(parts), ignore_index=True)
    found = geopandas.GeoDataFrame(table, geometry="geometry", crs=areas.crs)
    found.attrs = _told(permits, areas, rain) | {"on": until.isoformat()}
    return found


def _told(permits: pd.DataFrame, areas: geopandas.GeoDataFrame, rain: Rain | None) -> dict[str, Any]:
    """What a table of sums says of itself: units, sources, caveat, the rain, and what is missing and why."""
    kept = ("place", "known", "crs", "synthetic", "colours")
    units = {name: UNITS[name] for name in MEASURES} | {"geometry": "m, grid of the place"}
    told = {
        **{name: areas.attrs[name] for name in kept if name in areas.attrs},
        "sources": [*permits.attrs.get("sources", ()), *areas.attrs.get("sources", ())],
        "layer": "load",
        "title": {"en": "Floor area that is permitted"},
        "units": units | {"runoff": "m³ of the rain given"},
        "by": areas.attrs.get("layer"),
    }
    if rain is None:
        return told | {"missing": {"runoff": NO_RUNOFF}, "caveat": CAVEAT}
    of_rain = RUNOFF_CAVEAT.format(depth=rain.depth_mm, share=rain.coefficient, source=rain.source)
    return told | {"missing": {}, "rain": asdict(rain), "caveat": CAVEAT + of_rain}


def _days(permits: pd.DataFrame, until: date, every: str | None) -> list[date]:
    if every is None:
        return [until]
    if every not in EVERY:
        raise Invalid(f"“{every}” is no period; take one of: {', '.join(EVERY)}.")
    first = min(permits["issued"], default=until)
    ends = [each.date() for each in pd.date_range(first, until, freq=EVERY[every])]
    return [*ends, *([] if ends and ends[-1] == until else [until])]


def _sums(permits: pd.DataFrame, areas: geopandas.GeoDataFrame, rain: Rain | None) -> pd.DataFrame:
    """A row for each area, and one for what lies in none of them where there is any."""
    lies = permits["lies"]
    rows = [
        {"area": name, **_sum(permits[lies == place], rain), "geometry": shape}
        for place, (name, shape) in enumerate(zip(_names(areas), areas.geometry, strict=True))
    ]
    if (lies < 0).any():
        rows.append({"area": ELSEWHERE, **_sum(permits[lies < 0], rain), "geometry": None})
    return pd.DataFrame(rows)


_AREAS: list[shapely.STRtree] = []
"""Where the areas lie, in a process that places permits."""
_SUMS: list[tuple[pd.DataFrame, geopandas.GeoDataFrame, Rain | None]] = []
"""With what a process that adds up was begun: permits with the area of each, areas, a rain."""


def _begin_areas(areas: np.ndarray[Any, np.dtype[np.object_]]) -> None:
    _AREAS[:] = [shapely.STRtree(areas)]


def _begin_sums(placed: pd.DataFrame, areas: geopandas.GeoDataFrame, rain: Rain | None) -> None:
    _SUMS[:] = [(placed, areas, rain)]


def _sums_until(day: date) -> pd.DataFrame:
    placed, areas, rain = _SUMS[0]
    return _sums(standing_on(placed, on=day), areas, rain).assign(until=day)


def _lies(grounds: Sequence[Any]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """For each ground of a permit the first area that holds a point on it, -1 where none does."""
    found = np.full(len(grounds), -1, dtype=np.int64)
    ground = [(row, shape) for row, shape in enumerate(grounds) if shape is not None]
    if ground:
        points = shapely.point_on_surface(np.array([shape for _, shape in ground], dtype=object))
        which, area = _AREAS[0].query(points, predicate="intersects")
        for at, place in sorted(zip(which.tolist(), area.tolist(), strict=True), reverse=True):
            found[ground[at][0]] = place
    return found


def _names(areas: geopandas.GeoDataFrame) -> Sequence[str]:
    """What the areas are called: by label, name or reference, else by their place in the table; each name once."""
    for column in ("label", "name", "ref"):
        if column in areas and areas[column].notna().all() and areas[column].is_unique:
            return [str(each) for each in areas[column]]
    return [str(each) for each in range(1, len(areas) + 1)]


def _sum(permits: pd.DataFrame, rain: Rain | None) -> dict[str, Any]:
    counted = permits[permits["stands"].isin([COUNTS, NOT_TOLD])]
    row: dict[str, Any] = {"permits": len(counted), "lapsed": int((permits["stands"] == LAPSED).sum())}
    for name in MEASURES:
        row[name] = float(counted[name].sum(min_count=1)) if len(counted) else 0.0
        row[f"untold_{name}"] = int(counted[name].isna().sum())
    row["runoff"] = float("nan") if rain is None else rain.runoff(row["covered"])
    row["untold_runoff"] = len(counted) if rain is None else row["untold_covered"]
    row["declared"] = int(counted["is_declared"].fillna(False).astype(bool).sum())
    return row
