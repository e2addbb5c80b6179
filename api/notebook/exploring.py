"""Maps from a table itself: `plots.bhumika.explore(by="floor_area")`, as geopandas' `.explore()` is asked.

In: a table of a `Town` or of files.  Out: the map of `api.notebook.maps`, with the catalogue's colours and a legend, which asks no other host.
"""

from collections.abc import Sequence

import folium
import geopandas
import pandas as pd

from api.notebook.maps import show
from gis.errors import Invalid


@pd.api.extensions.register_dataframe_accessor("bhumika")
class Exploring:
    """What a table can be asked beside its columns."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = table

    def explore(
        self,
        by: str | None = None,
        *,
        over: geopandas.GeoDataFrame | Sequence[geopandas.GeoDataFrame] = (),
    ) -> folium.Map:
        """The table on a map, coloured `by` a column, drawn `over` other tables; `Invalid` for a table without shapes, or of too many."""
        if not isinstance(self._table, geopandas.GeoDataFrame):
            raise Invalid(
                "This table has no shapes, so it cannot be drawn; join it to plots by their number first."
            )
        below = [over] if isinstance(over, geopandas.GeoDataFrame) else list(over)
        return show(*below, self._table, by=by)
