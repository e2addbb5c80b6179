"""A planner's own layer beside those of the town: read from a file, laid over plots.

In: a file of shapes in any system that names itself.  Out: a GeoDataFrame in the place's metres; for plots, the ground that each shares with
it.  Nothing of it is stored: what should last is brought in with a mapping file (`docs/import.md`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyogrio
import shapely

from api.planner.hands import ALONE, Hands
from gis.errors import Invalid
from gis.place import Jurisdiction
from layers.overlaps.ground import on_the_ground
from layers.overlaps.measure import LEAST, Areas, Pairs, areas_ready, shared_ground
from layers.overlaps.rings import Places, Shapes

FARTHEST = 50_000.0
"""Metres from the plots beyond which a file is not of this place, or in another system than it says."""
AREAS = (3, 6)
"""Polygon and MultiPolygon, as shapely numbers them."""
PIECE, SHARED_FROM = 20_000, 100_000
"""Plots that a worker of a cluster lays a layer over at a time, and from how many on it is worth sending them."""
SAYS = {
    "layer": "overlaps",
    "title": {"en": "Shared ground"},
    "units": dict.fromkeys(("area", "measured_area"), "m², on the ground")
    | {"percent": "% of the measured area"},
}
"""What a table of shared ground says of itself."""


def brought(path: Path, place: Jurisdiction, ground: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """The shapes of a file in the place's metres; `Invalid` names what is wrong with it and what to do."""
    try:
        found = geopandas.read_file(path, engine="pyogrio")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError) as error:
        raise Invalid(f"{path.name}: cannot be read as shapes ({error}).") from error
    if not isinstance(found, geopandas.GeoDataFrame) or found.geometry.isna().all():
        raise Invalid(f"{path.name}: holds no shapes.")
    if found.crs is None:
        raise Invalid(
            f"{path.name}: does not say in which coordinate system it is. Save it again with one, or as GeoJSON in degrees."
        )
    own = found.to_crs(place.metric)
    broken = own[own.geometry.isna() | ~own.geometry.is_valid | own.geometry.is_empty]
    if len(broken):
        named = ", ".join(str(each) for each in broken.index[:5])
        raise Invalid(
            f"{path.name}: {len(broken)} of {len(own)} shapes are broken or empty (rows {named}); mend them first."
        )
    if (
        not np.isfinite(own.total_bounds).all()
        or shapely.box(*own.total_bounds).distance(shapely.box(*ground.total_bounds)) > FARTHEST
    ):
        raise Invalid(
            f"{path.name}: lies more than {FARTHEST / 1000:g} km from {place.name_en}; see that its coordinate system is the one it says."
        )
    own.attrs = {
        **{name: ground.attrs[name] for name in ("place", "on", "known", "crs", "synthetic")},
        "layer": path.stem,
        "title": {"en": path.stem},
        "units": {"geometry": "m, grid of the place"},
        "sources": [{"title": path.name, "licence": "your own"}],
    }
    return own


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """The ground of a layer, made ready once: in parts that do not lie over each other."""

    areas: Areas
    metric: int
    cores: int | None = None


def ready(shapes: Shapes, metric: int, cores: int | None = None) -> Layer:
    """A layer to lay over plots; `Invalid` for lines and points, which cover no ground, and for broken shapes."""
    if not set(shapely.get_type_id(shapes)) <= set(AREAS):
        raise Invalid("The layer has lines or points, which cover no ground; buffer them first.")
    return Layer(areas=areas_ready(_once(shapes)), metric=metric, cores=cores)


def overlaps(
    plots: geopandas.GeoDataFrame, layer: geopandas.GeoDataFrame, metric: int, *, hands: Hands = ALONE
) -> geopandas.GeoDataFrame:
    """The ground that plots share with a layer: a row for each plot that has any, m² on the ground and percent of the plot.

    Shapes that lie over each other are counted once; lines and points share no ground and are refused, as are broken shapes.  A cluster does a share of
    many plots; on one machine the kernel itself uses all processors.
    """
    several = hands.for_many(len(plots), SHARED_FROM) if hands.dask else ALONE
    own = plots[["number", "measured_area", plots.geometry.name]]
    size = PIECE if several.are_several else max(1, len(own))
    pieces = (own.iloc[first : first + size] for first in range(0, max(1, len(own)), size))
    found = overlaps_of_parts(as_it_is, pieces, layer, metric, hands=several)
    found.attrs = {**plots.attrs, **SAYS}
    return found


def overlaps_of_parts(
    told: Callable[[Any], geopandas.GeoDataFrame],
    parts: Iterable[Any],
    layer: geopandas.GeoDataFrame,
    metric: int,
    *,
    hands: Hands,
) -> geopandas.GeoDataFrame:
    """The same of plots that lie in parts, such as files; `told` gives the plots of a part where the work is done."""
    cores = 1 if hands.are_several else None
    begun = _begin, (layer.geometry.to_numpy(), metric, cores, told)
    found = pd.concat(hands.each(_part, parts, begun_with=begun), ignore_index=True)
    whole = geopandas.GeoDataFrame(found, crs=f"EPSG:{metric}")
    whole.attrs = dict(SAYS)
    return whole


def as_it_is(plots: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """The plots that were sent."""
    return plots


_HERE: list[tuple[Layer, Callable[[Any], geopandas.GeoDataFrame]]] = []
"""What a process lays over plots, and how it comes by those of a part."""


def _begin(
    shapes: Shapes, metric: int, cores: int | None, told: Callable[[Any], geopandas.GeoDataFrame]
) -> None:
    _HERE[:] = [(ready(shapes, metric, cores), told)]


def _part(part: Any) -> geopandas.GeoDataFrame:
    layer, told = _HERE[0]
    return shared(told(part), layer)


def shared(plots: geopandas.GeoDataFrame, layer: Layer) -> geopandas.GeoDataFrame:
    """The rows of some plots; `Invalid` names those whose boundary is broken."""
    shapes, areas = plots.geometry.to_numpy(), layer.areas
    pairs = shared_ground(shapes, areas, cores=layer.cores)
    if np.isnan(pairs.size).any():
        named = ", ".join(plots["number"].iloc[np.unique(pairs.plots[np.isnan(pairs.size)])[:5]])
        raise Invalid(
            f"Plots have broken boundaries ({named}); what they share cannot be measured. Leave them out."
        )
    there, which = np.unique(pairs.plots, return_inverse=True)
    touched, measured = plots.iloc[there], plots["measured_area"].to_numpy(dtype=float)
    ground = np.bincount(
        which, on_the_ground(pairs, shapes, measured, areas.shapes, layer.metric), minlength=len(there)
    )
    rows = touched[["number", "measured_area"]].assign(
        area=ground, percent=100 * ground / touched["measured_area"]
    )
    return geopandas.GeoDataFrame(
        pd.DataFrame(rows), geometry=_parts(pairs, shapes, areas.shapes, which), crs=plots.crs
    ).reset_index(drop=True)


def _once(shapes: Shapes) -> Shapes:
    """The ground of a layer in parts that do not lie over each other; `Invalid` names broken shapes."""
    broken = np.flatnonzero(~shapely.is_valid(shapes))
    if len(broken):
        named = ", ".join(str(each) for each in broken[:5])
        raise Invalid(f"{len(broken)} shapes of the layer are broken (rows {named}); mend them first.")
    parts: Shapes = shapely.get_parts(shapely.union_all(shapes))
    return parts


def _parts(pairs: Pairs, plots: Shapes, areas: Shapes, which: Places) -> Shapes:
    """What of each plot is shared: the plot itself where that is all of it."""
    mine = plots[pairs.plots]
    common = mine.copy()
    partly = pairs.size < shapely.area(mine) - LEAST
    common[partly] = shapely.intersection(mine[partly], areas[pairs.areas[partly]])
    starts = np.flatnonzero(np.diff(which, prepend=-1))
    shared: Shapes = common[starts]
    for place, members in enumerate(np.split(common, starts[1:])):
        if len(members) > 1:
            shared[place] = shapely.union_all(members)
    return shared
