"""What is told of many plots, some hundred at a time, as tables.

In: Arrow batches of extracts and envelopes.  Out: a GeoDataFrame for each batch, or one of all of them; texts and shapes that rows share stand in memory
once.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from api.planner.carrying import GEOMETRY

ENVELOPES, EXTRACTS = "Ground that may be built on", "What lies on plots"
OF_EXTRACTS = {"area": "m²", "percent": "% of the measured area", "length": "m", "distance": "m"}
OF_ENVELOPES = dict.fromkeys(("plot_area", "ground", "footprint", "floor_area"), "m²")
"""What columns of extracts and of envelopes count in."""
Values = np.ndarray[Any, np.dtype[np.object_]]


def whole(
    batches: Iterable[pa.RecordBatch], kinds: pa.Schema, attrs: dict[str, Any], metric: int
) -> geopandas.GeoDataFrame:
    """All batches as one table, put together column by column."""
    return told(pa.Table.from_batches(batches, schema=kinds), attrs, metric)


def parts(
    batches: Iterable[pa.RecordBatch], attrs: dict[str, Any], metric: int
) -> Iterator[geopandas.GeoDataFrame]:
    """A table for each batch: no more than some of them are ever in memory."""
    return (told(each, attrs, metric) for each in batches)


def told(rows: pa.Table | pa.RecordBatch, attrs: dict[str, Any], metric: int) -> geopandas.GeoDataFrame:
    """Rows as a table, in the metres of the place."""
    table = rows.to_pandas()
    shapes = _each(table.pop(GEOMETRY), shapely.from_wkb)
    for name in table.columns:
        if isinstance(table[name].dtype, pd.CategoricalDtype):
            table[name] = pd.Series(_each(table[name], lambda words: words), dtype=object)
    found = geopandas.GeoDataFrame(table, geometry=shapes, crs=f"EPSG:{metric}")
    found.attrs = dict(attrs)
    return found


def _each(column: "pd.Series[Any]", made: Callable[[Values], Values]) -> Values:
    """The values of a column, made of what is written; what rows share is made once, None where nothing is."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return made(column.to_numpy())
    kinds = np.empty(len(column.cat.categories) + 1, dtype=object)
    kinds[:-1], kinds[-1] = made(column.cat.categories.to_numpy()), None
    found: Values = kinds[column.cat.codes.to_numpy()]
    return found
