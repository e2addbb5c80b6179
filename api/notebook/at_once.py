"""What is asked of the whole town at once: loads, buildings against the yards, changes, rasters.

In: plots and layers of a `Town`, which stands on this class.  Out: GeoDataFrames in the place's own metres with units, sources and day in `.attrs`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal

import geopandas
import pandas as pd
from sqlalchemy.orm import Session

from api.answers import LandAnswers, today
from api.notebook.asked import with_progress
from api.notebook.catchments import catchments
from api.notebook.changed import CAVEAT, changed, touched
from api.notebook.compliance import Asked, compliance
from api.notebook.days import Day, day_of
from api.notebook.frames import of_place
from api.notebook.load import Rain, load
from api.notebook.lying import features_on
from api.notebook.permitted import UNITS, permitted, plots_of, sources_of
from api.notebook.under import CHUNK, under
from api.planner.hands import Hands
from gis.asof import AsOf
from gis.errors import Invalid, NotFound
from gis.place import Jurisdiction
from layers.imports import standing

CATCHMENT = "catchment"
"""Areas that heights draw where no layer of this name has them."""


def numbers_of(plots: Sequence[str] | pd.DataFrame) -> list[str]:
    """The numbers of plots, given as a table with that column, one by one, or as one number; `Invalid` for a table without that column."""
    if isinstance(plots, str):
        return [plots]
    if isinstance(plots, pd.DataFrame):
        if "number" not in plots:
            raise Invalid(
                f"The table has no column “number” with the plots; it has: {', '.join(map(str, plots.columns))[:200]}."
            )
        plots = plots["number"].tolist()
    return [str(each) for each in plots]


class AtOnce(ABC):
    """Questions about all plots, permits and buildings of a place; a `Town` answers what they rest on."""

    place: Jurisdiction
    _land: LandAnswers
    _hands: Hands

    @abstractmethod
    def parcels(self, *, ward: str | None = None, on: Day | None = None) -> geopandas.GeoDataFrame:
        """The plots of a day."""

    @abstractmethod
    def layer(self, name: str, *, on: Day | None = None) -> geopandas.GeoDataFrame:
        """The features of a layer on a day."""

    @abstractmethod
    def _asking(self, on: Day | None) -> AbstractContextManager[tuple[Session, Jurisdiction, AsOf]]:
        """A transaction, the place, and a day as known now."""

    @abstractmethod
    def _in_ward(self, found: geopandas.GeoDataFrame, ward: str, on: Day | None) -> geopandas.GeoDataFrame:
        """The plots of a ward."""

    def under(
        self, plots: Sequence[str] | geopandas.GeoDataFrame, what: str, *, on: Day | None = None
    ) -> geopandas.GeoDataFrame:
        """What rasters say under plots: lowest, mean and highest `elevation` (m), `slope` (degrees) or `flood_depth` (m), of how many % of each
        plot that is known, and the source; empty where nothing is known, never 0."""
        there = plots if isinstance(plots, geopandas.GeoDataFrame) else self._plots(numbers_of(plots), on)
        with self._asking(on) as (session, place, at):
            return under(
                session,
                place,
                there,
                what,
                at=at,
                folder=self._land.rasters,
                hands=self._hands,
                ticking=lambda rows, total: with_progress(
                    rows, "Plots over rasters", total=total, at_once=CHUNK
                ),
            )

    def change(self, layer: str, since: Day, until: Day | None = None) -> geopandas.GeoDataFrame:
        """What is new, gone or altered in a layer, or in `parcels`, between two days, as known now: m² on the ground (metres of lines) before,
        after, gained and lost, and how many plots of the later day each change touches.  `touched` names the plots."""
        first, last = day_of(since), day_of(until) or today()
        if first is None or first >= last:
            raise Invalid(f"{first} is not before {last}; write the earlier day first.")
        before, after = self.layer(layer, on=first), self.layer(layer, on=last)
        with self._asking(last) as (session, place, at):
            begun = {each.begins for each in standing(session, place, known=at.known) if each.target == layer}
        metric = self.place.metric
        found = changed(
            before, after, metric=metric, begun={day for day in begun if day > first}, hands=self._hands
        )
        on_plots = touched(self.parcels(on=last), found, metric=metric, hands=self._hands)
        found["plots"] = [int((on_plots["place"] == place).sum()) for place in range(len(found))]
        unit = dict.fromkeys(("before", "after", "gained", "lost"), "m² on the ground; m of lines")
        found.attrs = {**after.attrs, "since": first.isoformat(), "units": unit, "caveat": CAVEAT}
        return found

    def touched(self, changes: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
        """The plots that changes lie on: a row for each plot and change, with m² on the ground and % of the plot, or metres of a line."""
        plots = self.parcels(on=date.fromisoformat(changes.attrs["on"]))
        found = touched(plots, changes, metric=self.place.metric, hands=self._hands)
        found = found.drop(columns="place")
        found.attrs = {
            **changes.attrs,
            "layer": "touched",
            "title": {"en": "Plots that changed"},
            "units": {
                "amount": "m² on the ground; m of lines",
                "percent": "% of the measured area",
                "measured_area": "m², on the ground",
            },
            "sources": [*changes.attrs["sources"], *plots.attrs["sources"]],
        }
        return found

    def permitted(self, *, until: Day | None = None) -> geopandas.GeoDataFrame:
        """Permits of buildings up to a day, with what the checked drawing of each measures, and whether it counts, was replaced by a newer
        one of its plots, lapsed or was revoked.  The geometry is the ground of its plots."""
        with self._asking(until) as (session, place, at):
            table = permitted(session, place, at=at)
            ground = plots_of(session, place, table, at=at)
            attrs = of_place(place, at) | {"layer": "permitted", "title": {"en": "Permits"}, "units": UNITS}
            attrs["sources"] = sources_of(session, place)
        found = geopandas.GeoDataFrame(table, geometry=ground, crs=f"EPSG:{self.place.metric}")
        found.attrs = attrs
        return found

    def load(
        self,
        by: str | geopandas.GeoDataFrame = "ward",
        *,
        until: Day | None = None,
        every: str | None = None,
        rain: Rain | None = None,
    ) -> geopandas.GeoDataFrame:
        """What permits have added up to by `ward`, by `catchment` as the heights of the ground draw them, by any layer of areas or areas of your
        own (`bring`): floor area, built-up area and covered ground (m²), cars and stored rain water (litres) asked and drawn, as of a day, or at
        the end of every `year`, `quarter` or `month`.

        Beside each sum stands of how many permits it is not told (`untold_…`).  `runoff` (m³) is what runs off the covered ground of one `rain` of
        your own, `Rain(depth_mm=…, coefficient=…, source="…")`; without one it is empty and `.attrs["missing"]` says why.
        """
        last = day_of(until) or today()
        areas = by if isinstance(by, geopandas.GeoDataFrame) else self._areas(by, last)
        found = load(self.permitted(until=last), areas, until=last, every=every, rain=rain, hands=self._hands)
        with self._asking(last) as (_, place, at):
            found.attrs |= of_place(place, at)
        return found

    def compliance(
        self,
        plots: Sequence[str] | pd.DataFrame | None = None,
        *,
        ward: str | None = None,
        on: Day | None = None,
        occupancy: str | Mapping[str, str] = "A1",
        storey: float = 3.0,
        buildings: str | geopandas.GeoDataFrame = "building",
    ) -> geopandas.GeoDataFrame:
        """Which buildings break the yards of a day: `status` breaks, keeps or unknown, the yard that decides with the metres required, measured
        and short, and why.  What lies within the accuracy of the map is unknown; `.attrs["caveat"]` says what a break means.

        `occupancy` is a group of rule 25 for all, or one for each word of the column `use`; `storey` the metres of one; the column
        `storeys` tells how many.  A building belongs to the plot with the largest part of it.
        """
        day = day_of(on) or today()
        there = self.parcels(on=min(day, today()))
        asked = there if ward is None else self._in_ward(there, ward, on)
        numbers = set(
            (asked if plots is None else self._plots(numbers_of(plots), min(day, today())))["number"]
        )
        shapes = (
            buildings
            if isinstance(buildings, geopandas.GeoDataFrame)
            else self.layer(buildings, on=min(day, today()))
        )
        height = Decimal(repr(storey))
        return compliance(
            shapes,
            there,
            numbers,
            Asked(day=day, occupancy=occupancy, storey_height=height),
            land=self._land,
            place=self.place,
            ticking=lambda each, total, some: with_progress(
                each, "Plots with buildings", total=total, at_once=some
            ),
            hands=self._hands,
        )

    def features_on(
        self,
        plots: Sequence[str] | pd.DataFrame,
        layers: Sequence[str] | None = None,
        *,
        on: Day | None = None,
    ) -> geopandas.GeoDataFrame:
        """A row for each plot and feature that lies on it: m² on the ground, percent; why, where a layer does not tell (no area, never 0)."""
        with self._asking(on) as (_, place, at):
            code, asked = place.code, numbers_of(plots)
        return features_on(self._land, code, asked, layers, at=at, hands=self._hands)

    def catchments(self, *, least: float = 10.0, on: Day | None = None) -> geopandas.GeoDataFrame:
        """Where rain runs together, drawn from the heights of the ground and cut where `least` hectares have gathered: name, m² on the ground.

        Drains and culverts do not show in heights; a layer of surveyed catchments, or one of your own (`bring`), is better where there is one.
        """
        with self._asking(on) as (session, place, at):
            return catchments(session, place, least=least, at=at, folder=self._land.rasters)

    def _areas(self, name: str, on: date) -> geopandas.GeoDataFrame:
        try:
            return self.layer(name, on=on)
        except NotFound as error:
            if name == CATCHMENT:
                return self.catchments(on=on)
            told = f"{error.message} Areas of your own will do as well: town.load(by=town.bring(file))."
            raise NotFound(told) from error

    def _plots(self, numbers: Sequence[str], on: Day | None) -> geopandas.GeoDataFrame:
        """Plots by number, in that order; `NotFound` names those that are not there."""
        there = self.parcels(on=on).set_index("number", drop=False)
        if missing := [each for each in numbers if each not in there.index]:
            raise NotFound(f"No plot of {self.place.name_en} has the number {', '.join(missing[:5])}.")
        return there.loc[list(numbers)].reset_index(drop=True)
