"""Extracts and envelopes of many plots in a notebook: as one table, or some hundred plots at a time.

In: plots of a `Town`, which stands on this class, and a day.  Out: tables with units, sources and day in `.attrs`, those with shapes in the place's own metres.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import geopandas
import pandas as pd
import pyarrow as pa

from api.notebook.asked import with_progress
from api.notebook.at_once import AtOnce, numbers_of
from api.notebook.by_parts import ENVELOPES, EXTRACTS, OF_ENVELOPES, OF_EXTRACTS, parts, whole
from api.notebook.days import Day
from api.notebook.frames import of_place, standing_sources
from api.planner import carrying, extracting
from api.planner.weighing import Use
from gis.asof import AsOf

Told = tuple[Iterator[pa.RecordBatch], dict[str, Any]]
"""Rows some hundred plots at a time, and what their tables say of themselves."""


class OfPlots(AtOnce):
    """Questions about each of many plots."""

    def extracts(
        self, plots: Sequence[str] | pd.DataFrame, *, on: Day | None = None
    ) -> geopandas.GeoDataFrame:
        """What lies on plots: one row for each plot and theme, with status, m², percent of the measured area, metres, law and clause; one row with the
        reason for a plot that cannot be answered.  The geometry is the plot."""
        batches, attrs = self._extracted(numbers_of(plots), on)
        return whole(batches, extracting.COLUMNS, attrs, self.place.metric)

    def stream_extracts(
        self, plots: Sequence[str] | pd.DataFrame, *, on: Day | None = None
    ) -> Iterator[geopandas.GeoDataFrame]:
        """The same some hundred plots at a time, so that memory does not grow with their number."""
        batches, attrs = self._extracted(numbers_of(plots), on)
        return parts(batches, attrs, self.place.metric)

    def envelopes(
        self,
        plots: Sequence[str] | pd.DataFrame,
        *,
        occupancy: str = "A1",
        storey: float = 3.0,
        on: Day | None = None,
    ) -> geopandas.GeoDataFrame:
        """What plots can carry by the rules of a day: ground, footprint, floor area (m²), storeys, what decides; or why nobody can say.

        `occupancy` is a group of rule 25, `storey` the metres of one.  The geometry is the ground that may be built on.
        """
        use = Use(occupancy=occupancy, storey_height=Decimal(repr(storey)))
        batches, attrs = self._carried(numbers_of(plots), use, on)
        return whole(batches, carrying.COLUMNS, attrs, self.place.metric)

    def stream_envelopes(
        self,
        plots: Sequence[str] | pd.DataFrame,
        *,
        occupancy: str = "A1",
        storey: float = 3.0,
        on: Day | None = None,
    ) -> Iterator[geopandas.GeoDataFrame]:
        """The same some hundred plots at a time, so that memory does not grow with their number."""
        use = Use(occupancy=occupancy, storey_height=Decimal(repr(storey)))
        batches, attrs = self._carried(numbers_of(plots), use, on)
        return parts(batches, attrs, self.place.metric)

    def _extracted(self, numbers: Sequence[str], on: Day | None) -> Told:
        at, attrs = self._of_plots(on, "extracts", OF_EXTRACTS)
        attrs["title"] = {"en": EXTRACTS}
        hands = self._hands.for_many(len(numbers), extracting.SHARED_FROM)
        code = self.place.code
        found = extracting.extracts(self._land, code, numbers, on=at.on, known=at.known, hands=hands)
        return with_progress(found, "Extracts", total=len(numbers), at_once=extracting.AT_ONCE), attrs

    def _carried(self, numbers: Sequence[str], use: Use, on: Day | None) -> Told:
        at, attrs = self._of_plots(on, "envelopes", OF_ENVELOPES)
        attrs |= {"occupancy": use.occupancy, "title": {"en": ENVELOPES}}
        hands = self._hands.for_many(len(numbers), carrying.SHARED_FROM)
        code = self.place.code
        found = carrying.envelopes(self._land, code, numbers, day=at.on, known=at.known, use=use, hands=hands)
        return with_progress(found, "Envelopes", total=len(numbers), at_once=carrying.AT_ONCE), attrs

    def _of_plots(self, on: Day | None, name: str, units: Mapping[str, str]) -> tuple[AsOf, dict[str, Any]]:
        """The instant that an answer about plots is of, and what its table says of itself."""
        with self._asking(on) as (session, place, at):
            told = of_place(place, at) | {"layer": name, "units": dict(units)}
            return at, told | {"sources": standing_sources(session, place, at)}
