"""What permits have added up to: floor area, covered ground, cars and stored rain water by ward, catchment or any areas, as it stands or as it grew.

In: the permits of a place as rows with the ground of their plots, areas as a table, days.  Out: a row for each area (and period).  Sums take the permits
that count; of how many the drawing does not tell a number stands beside each sum, and a sum of nothing told is empty, never 0.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely

from api.notebook.permitted import COUNTS, LAPSED, MEASURES, NOT_TOLD, UNITS, standing_on
from gis.errors import Invalid

AREAS = (3, 6)
"""Polygon and MultiPolygon, as shapely numbers them."""
EVERY = {"year": "YE", "quarter": "QE", "month": "ME"}
ELSEWHERE = "elsewhere"
"""The row of permits that lie in none of the areas, or whose plots no register knows."""
NO_RUNOFF = (
    "Runoff cannot be told: how much of the rain runs off needs a formula with coefficients for ground and roofs and the rain of the place, and no"
    " such number has been read from a source. Covered ground is told, and the rain water that rule 76 has stored."
)
CAVEAT = (
    "What the newest permitted drawing of each plot shows, standing buildings that it shows included; buildings without a permit here are not in it. "
    "A permit lies in the area that holds a point on its plots' ground. Sums leave out what a drawing does not tell: see the columns untold_…"
)


def load(
    permits: pd.DataFrame, areas: geopandas.GeoDataFrame, *, until: date, every: str | None = None
) -> geopandas.GeoDataFrame:
    """Sums of an area up to a day, or at the end of every year, quarter or month from the first permit on; `Invalid` for other words and shapes.

    The table of permits has the columns of `api.notebook.permitted`, and `geometry`, the ground of the plots.
    """
    if not len(areas) or not set(shapely.get_type_id(areas.geometry.to_numpy())) <= set(AREAS):
        raise Invalid("Permits are added up by areas; the layer has none, or has lines or points.")
    lies = _lies(permits, areas)
    placed = permits.assign(lies=lies)
    parts = [
        _sums(standing_on(placed, on=day), areas).assign(until=day) for day in _days(permits, until, every)
    ]
    table = pd.concat(parts, ignore_index=True)
    found = geopandas.GeoDataFrame(table, geometry="geometry", crs=areas.crs)
    units = {name: UNITS[name] for name in MEASURES} | {"geometry": "m, grid of the place"}
    found.attrs = {
        **{
            name: areas.attrs[name]
            for name in ("place", "known", "crs", "synthetic", "colours")
            if name in areas.attrs
        },
        "on": until.isoformat(),
        "sources": [*permits.attrs.get("sources", ()), *areas.attrs.get("sources", ())],
        "layer": "load",
        "title": {"en": "Floor area that is permitted"},
        "units": units,
        "by": areas.attrs.get("layer"),
        "missing": {"runoff": NO_RUNOFF},
        "caveat": CAVEAT,
    }
    return found


def _days(permits: pd.DataFrame, until: date, every: str | None) -> list[date]:
    if every is None:
        return [until]
    if every not in EVERY:
        raise Invalid(f"“{every}” is no period; take one of: {', '.join(EVERY)}.")
    first = min(permits["issued"], default=until)
    ends = [each.date() for each in pd.date_range(first, until, freq=EVERY[every])]
    return [*ends, *([] if ends and ends[-1] == until else [until])]


def _sums(permits: pd.DataFrame, areas: geopandas.GeoDataFrame) -> pd.DataFrame:
    """A row for each area, and one for what lies in none of them where there is any."""
    lies = permits["lies"]
    rows = [
        {"area": name, **_sum(permits[lies == place]), "geometry": shape}
        for place, (name, shape) in enumerate(zip(_names(areas), areas.geometry, strict=True))
    ]
    if (lies < 0).any():
        rows.append({"area": ELSEWHERE, **_sum(permits[lies < 0]), "geometry": None})
    return pd.DataFrame(rows)


def _lies(permits: pd.DataFrame, areas: geopandas.GeoDataFrame) -> np.ndarray[Any, np.dtype[np.int64]]:
    """For each permit the first area that holds a point on its ground, -1 where none does."""
    found = np.full(len(permits), -1, dtype=np.int64)
    ground = [(row, shape) for row, shape in enumerate(permits["geometry"]) if shape is not None]
    if ground:
        points = shapely.point_on_surface(np.array([shape for _, shape in ground], dtype=object))
        which, area = shapely.STRtree(areas.geometry.to_numpy()).query(points, predicate="intersects")
        for at, place in sorted(zip(which.tolist(), area.tolist(), strict=True), reverse=True):
            found[ground[at][0]] = place
    return found


def _names(areas: geopandas.GeoDataFrame) -> Sequence[str]:
    """What the areas are called: by label, name or reference, else by their place in the table; each name once."""
    for column in ("label", "name", "ref"):
        if column in areas and areas[column].notna().all() and areas[column].is_unique:
            return [str(each) for each in areas[column]]
    return [str(each) for each in range(1, len(areas) + 1)]


def _sum(permits: pd.DataFrame) -> dict[str, Any]:
    counted = permits[permits["stands"].isin([COUNTS, NOT_TOLD])]
    row: dict[str, Any] = {"permits": len(counted), "lapsed": int((permits["stands"] == LAPSED).sum())}
    for name in MEASURES:
        row[name] = float(counted[name].sum(min_count=1)) if len(counted) else 0.0
        row[f"untold_{name}"] = int(counted[name].isna().sum())
    row |= {"runoff": float("nan"), "untold_runoff": len(counted)}
    row["declared"] = int(counted["is_declared"].fillna(False).astype(bool).sum())
    return row
