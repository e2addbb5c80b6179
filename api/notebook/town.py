"""One place in a notebook: its plots, layers, cases, extracts, envelopes and checks as tables.

In: a place, and for each question a ward and a day.  Out: GeoDataFrames in the place's own metres (`.crs`), with units, sources and day
in `.attrs`.  Every question reads in one transaction in a role that can change nothing; errors are those of `gis.errors`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from weakref import finalize

import geopandas
import pandas as pd
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.answers import LandAnswers, as_of, today
from api.connecting import check_set_up, connect_planner
from api.notebook.again import again, before_and_after, meant
from api.notebook.asked import Checked, checked, with_progress
from api.notebook.at_once import numbers_of
from api.notebook.cases import cases
from api.notebook.days import Day, day_of
from api.notebook.frames import frames, of_place, standing_sources
from api.notebook.of_plots import OfPlots
from api.notebook.own import brought, overlaps
from api.notebook.permitted import CASES, sources_of
from api.planner.cores import processors
from api.planner.hands import Hands, hands_of
from api.planner.simulating import Use, simulate
from api.plans import site_of, write_starter
from api.settings import Settings, read_settings
from api.stores import store_of
from civic.core.documents.store import Store
from gis.asof import AsOf
from gis.jurisdictions import jurisdiction
from gis.place import Jurisdiction
from gis.units import SQUARE_METRES
from layers.collections.model import Collection, collection_named, collections_of
from layers.collections.parcels import PARCELS, parcels
from layers.collections.stored import stored_layers
from layers.wards import ground_of_ward
from rules.reform import Reform

SOURCES = (parcels, stored_layers)


def connect(place: str, settings: Settings | None = None) -> "Town":
    """A place by its code, such as `kl-sample`, in the database of the settings; `NotFound` names the places there are."""
    asked = settings or read_settings()
    engine = connect_planner(asked)
    check_set_up(engine)
    return Town(place, engine, rasters=asked.rasters, store=store_of(asked), hands=hands_of(asked))


class Town(OfPlots):
    """One place, read only; days are those of validity, today in Kerala unless given, as known now."""

    def __init__(
        self,
        place: str,
        engine: Engine,
        *,
        rasters: Path,
        store: Store | None = None,
        hands: Hands | None = None,
    ) -> None:
        self._engine = engine
        self._store = store
        self._hands = hands or Hands(cores=processors())
        self._land = LandAnswers(engine, rasters=rasters)
        with Session(engine) as session:
            self.place = jurisdiction(session, place)
        finalize(self, engine.dispose)

    def __repr__(self) -> str:
        made_up = ", synthetic" if self.place.synthetic else ""
        return f"<{self.place.name_en} ({self.place.code}), EPSG:{self.place.metric}{made_up}>"

    @contextmanager
    def _asking(self, on: Day | None) -> Iterator[tuple[Session, Jurisdiction, AsOf]]:
        with Session(self._engine) as session, session.begin():
            yield session, self.place, as_of(session, self.place, on=day_of(on) or today(), known=None)

    def layers(self) -> pd.DataFrame:
        """What there is to ask for by `layer`: name, title, kind of shapes, since when it is known, number of sources."""
        with self._asking(None) as (session, place, at):
            found = collections_of(session, place, SOURCES, known=at.known)
            attrs = of_place(place, at) | {"sources": standing_sources(session, place, at)}
        rows = [
            {
                "layer": each.id,
                "title": each.title.en,
                "title_ml": each.title.ml,
                "shapes": str(each.shapes),
                "known_from": each.begins,
                "sources": len(each.lineage),
            }
            for each in found
        ]
        table = pd.DataFrame(rows).set_index("layer")
        table.attrs = attrs | {"units": {"known_from": "day"}}
        return table

    def parcels(self, *, ward: str | None = None, on: Day | None = None) -> geopandas.GeoDataFrame:
        """The plots of a day: number, land type, recorded area, measured area (m² on the ground), accuracy, boundary.

        `ward` is a ward's name or a part of it; a plot lies in the ward that holds a point on its surface.
        """
        found = pd.concat(self.stream(PARCELS, on=on), ignore_index=True)
        recorded = found["recorded_extent"] * found["recorded_unit"].map(SQUARE_METRES).astype(float)
        found.insert(found.columns.get_loc("measured_area"), "recorded_area", recorded)
        found.attrs["units"]["recorded_area"] = "m²"
        return found if ward is None else self._in_ward(found, ward, on)

    def layer(self, name: str, *, on: Day | None = None) -> geopandas.GeoDataFrame:
        """The features of a layer of the catalogue on a day; `NotFound` names the layers that have data."""
        return pd.concat(self.stream(name, on=on), ignore_index=True)

    def stream(self, name: str, *, on: Day | None = None) -> Iterator[geopandas.GeoDataFrame]:
        """A layer, or `parcels`, some thousand rows at a time, so that memory does not grow with it."""
        with self._asking(on) as (session, _, at):
            collection = self._collection(session, name, at)
            yield from frames(session, collection, at=at)

    def cases(
        self, service: str, *, since: Day | None = None, until: Day | None = None
    ) -> geopandas.GeoDataFrame:
        """The cases of a service (`land_records`, `permits`, …) opened in a time, one row for each plot of a case.

        Number, state, whose turn, days of opening and end, days open, what was paid (Rs), for `permits` also kind, route and the permit with
        its days; nothing about persons.  The boundary is that of the plot today, none
        where its number has ended.
        """
        with self._asking(None) as (session, place, at):
            rows = cases(session, place, service, since=day_of(since), until=day_of(until), at=at)
            attrs = of_place(place, at) | {"layer": service, "units": {"days": "day", "paid": "Rs"}}
            attrs["title"] = {"en": CASES}
            attrs["sources"] = sources_of(session, place, what=CASES)
        plots = self.parcels()[["number", "geometry"]]
        table = rows.merge(plots, on="number", how="left")
        found = geopandas.GeoDataFrame(table, geometry="geometry", crs=plots.crs)
        found.attrs = attrs
        return found

    def simulate(
        self,
        change: Reform | Path | str,
        *,
        ward: str | None = None,
        plots: Sequence[str] | pd.DataFrame | None = None,
        occupancy: str = "A1",
        storey: float = 3.0,
    ) -> geopandas.GeoDataFrame:
        """What a reform would do to each plot: ground, floor area (m²), storeys and what decides, before and after, and its effect.

        `change` is a `Reform`, the text of one, or the path of its file; plots are those given, of a ward, or all.  The geometry is the
        plot.  `Invalid` for a reform that changes nothing the book has.
        """
        asked = meant(change)
        there = self.parcels(ward=ward)
        numbers = list(there["number"]) if plots is None else numbers_of(plots)
        use = Use(occupancy=occupancy, storey_height=Decimal(repr(storey)))
        found = simulate(self._land, self.place.code, numbers, asked, use, hands=self._hands)
        bar = with_progress(found, "Plots", total=len(numbers))
        table = before_and_after(bar, asked)
        joined = table.merge(there[["number", "measured_area", "geometry"]], on="number", how="left")
        result = geopandas.GeoDataFrame(joined, geometry="geometry", crs=there.crs)
        columns = [name for name in table.columns if name.startswith(("ground", "floor_area"))]
        result.attrs = {
            **{name: there.attrs[name] for name in ("place", "on", "known", "crs", "synthetic")},
            "sources": self._sources(),
            "layer": "reform",
            "title": {"en": asked.title.en, "ml": asked.title.ml or asked.title.en},
            "units": {**dict.fromkeys(columns, "m²"), "measured_area": "m², on the ground"},
            "reform": asked.model_dump(mode="json", by_alias=True),
            "occupancy": occupancy,
        }
        return result

    def rejudged(
        self,
        change: Reform | Path | str,
        *,
        ward: str | None = None,
        plots: Sequence[str] | pd.DataFrame | None = None,
    ) -> geopandas.GeoDataFrame:
        """The permits that were issued, each drawing judged with and without a reform on its first day: `effect`, both verdicts, the rules that
        newly fail; `reason` where a permit cannot be judged again.  The geometry is the plot.  Reading drawings takes seconds for each.
        """
        there = self.parcels(ward=ward)
        numbers = None if ward is None and plots is None else list(there["number"])
        if plots is not None:
            numbers = numbers_of(plots)
        found = again(self._land, self._store, self.place, meant(change), numbers, there)
        with self._asking(None) as (session, place, _):
            found.attrs["sources"] = [*sources_of(session, place), *self._sources()]
        return found

    def check(self, plan: Path | str, number: str, *, on: Day | None = None) -> Checked:
        """A drawing (DXF or IFC) judged on a plot by the rules of a day."""
        return checked(self._land, self.place, Path(plan), number, day_of(on))

    def bring(self, path: Path | str) -> geopandas.GeoDataFrame:
        """Shapes of your own, from a file in any coordinate system that it names; `Invalid` says what is wrong with it."""
        return brought(Path(path), self.place, self.parcels())

    def overlaps(
        self, plots: geopandas.GeoDataFrame, layer: geopandas.GeoDataFrame
    ) -> geopandas.GeoDataFrame:
        """The ground that plots share with a layer of areas: m² on the ground and percent; plots without any have no row."""
        return overlaps(plots, layer, self.place.metric, hands=self._hands)

    def draw(self, number: str, plan: Path | str, *, set_back: float | None = None) -> Path:
        """A drawing (DXF) to begin with, with the plot in it and, `set_back` metres from its boundary, an example house; `Invalid` where a
        file is there already."""
        path = Path(plan)
        write_starter(site_of(self._land, self.place.code, number, on=None), path, set_back=set_back)
        return path

    def _collection(self, session: Session, name: str, at: AsOf) -> Collection:
        return collection_named(collections_of(session, self.place, SOURCES, known=at.known), name)

    def _in_ward(self, found: geopandas.GeoDataFrame, ward: str, on: Day | None) -> geopandas.GeoDataFrame:
        with self._asking(on) as (session, place, at):
            ground = ground_of_ward(session, place, ward, at=at)
        inside = found.geometry.representative_point().intersects(ground)
        return found[inside].reset_index(drop=True)

    def _sources(self) -> list[dict[str, Any]]:
        with self._asking(None) as (session, place, at):
            return standing_sources(session, place, at)
