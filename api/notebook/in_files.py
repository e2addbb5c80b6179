"""The land of files in a notebook: what `bhumika land export --themes` wrote, asked where no database is.

In: a folder of GeoParquet by local body.  Out: the tables that a `Town` gives of the same day, with the same columns, units, sources and day in `.attrs`; on all
processors, or on the Dask cluster of the settings, whose workers see the folder under the same name.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa

from api.notebook.again import meant
from api.notebook.asked import with_progress
from api.notebook.by_parts import ENVELOPES, EXTRACTS, OF_ENVELOPES, OF_EXTRACTS, parts, whole
from api.notebook.days import Day, day_of
from api.notebook.own import overlaps_of_parts
from api.planner import carrying, extracting, in_files, land_files
from api.planner.hands import Hands, hands_of
from api.planner.weighing import Use
from api.settings import read_settings
from gis.errors import NotFound
from layers.tracts import files
from layers.tracts.folders import body_of, count, folder_of
from layers.tracts.frames import Frames
from layers.tracts.model import Tract
from rules.reform import Reform

OF_PLOTS = {"measured_area": "m², on the ground", "recorded_area": "m²"}
Each = Callable[[Path], geopandas.GeoDataFrame]


def open_land(folder: Path | str, hands: Hands | None = None) -> "LandInFiles":
    """The land of a folder; `Invalid` where it holds none."""
    return LandInFiles(Path(folder), hands or hands_of(read_settings()))


class LandInFiles:
    """Plots of one day in files.  `local_body` asks only those of one, and reads no other file."""

    def __init__(self, folder: Path, hands: Hands) -> None:
        self._folder, self._hands = folder, hands
        self.stamp = files.stamp_of(files.parts(folder)[0])

    def __repr__(self) -> str:
        made_up = ", synthetic" if self.stamp.synthetic else ""
        return f"<{self.stamp.place} on {self.stamp.on}, in files, EPSG:{self.stamp.metric}{made_up}>"

    def parcels(self, *, local_body: str | None = None) -> geopandas.GeoDataFrame:
        """The plots: number, local body, recorded and measured area, boundary."""
        found = pd.concat(self.stream(local_body=local_body), ignore_index=True)
        found.attrs = self._attrs("parcels", "Plots", OF_PLOTS)
        return found

    def stream(self, *, local_body: str | None = None) -> Iterator[geopandas.GeoDataFrame]:
        """The same a file at a time."""
        return (_plots(files.read(path)) for path in self._paths(local_body))

    def extracts(self, *, local_body: str | None = None) -> geopandas.GeoDataFrame:
        """What lies on each plot: a row for each plot and theme, as `Town.extracts` has them."""
        return whole(self._extracts(local_body), extracting.COLUMNS, self._of_extracts(), self.stamp.metric)

    def stream_extracts(self, *, local_body: str | None = None) -> Iterator[geopandas.GeoDataFrame]:
        """The same some hundred plots at a time."""
        return parts(self._extracts(local_body), self._of_extracts(), self.stamp.metric)

    def envelopes(
        self,
        *,
        local_body: str | None = None,
        occupancy: str = "A1",
        storey: float = 3.0,
        on: Day | None = None,
    ) -> geopandas.GeoDataFrame:
        """What each plot can carry by the rules of a day, that of the files unless given, as `Town.envelopes` has it."""
        use = Use(occupancy=occupancy, storey_height=Decimal(repr(storey)))
        found = self._envelopes(local_body, use, on)
        return whole(found, carrying.COLUMNS, self._of_envelopes(use, on), self.stamp.metric)

    def stream_envelopes(
        self,
        *,
        local_body: str | None = None,
        occupancy: str = "A1",
        storey: float = 3.0,
        on: Day | None = None,
    ) -> Iterator[geopandas.GeoDataFrame]:
        """The same some hundred plots at a time."""
        use = Use(occupancy=occupancy, storey_height=Decimal(repr(storey)))
        return parts(self._envelopes(local_body, use, on), self._of_envelopes(use, on), self.stamp.metric)

    def simulate(
        self,
        change: Reform | Path | str,
        *,
        local_body: str | None = None,
        occupancy: str = "A1",
        storey: float = 3.0,
    ) -> geopandas.GeoDataFrame:
        """Each plot before and after a reform, as `bhumika land simulate` writes it."""
        asked = land_files.Asked(
            change=meant(change), use=Use(occupancy=occupancy, storey_height=Decimal(repr(storey)))
        )
        land_files.check(asked.change, self.stamp)
        paths = self._paths(local_body)
        found = pd.concat(land_files.parts_of(paths, asked, hands=self._several(paths)), ignore_index=True)
        areas = [name for name in found.columns if name.startswith(("ground", "floor_area"))]
        title = {"en": asked.change.title.en, "ml": asked.change.title.ml or asked.change.title.en}
        found.attrs = self._attrs("reform", "", dict.fromkeys(areas, "m²")) | {
            "title": title,
            "reform": asked.change.model_dump(mode="json", by_alias=True),
            "occupancy": occupancy,
        }
        return found

    def overlaps(
        self, layer: geopandas.GeoDataFrame, *, local_body: str | None = None
    ) -> geopandas.GeoDataFrame:
        """The ground that plots share with a layer of areas, as `Town.overlaps` measures it."""
        paths = self._paths(local_body)
        found = overlaps_of_parts(_plots_of, paths, layer, self.stamp.metric, hands=self._several(paths))
        found.attrs = self._attrs("overlaps", "Shared ground", OF_PLOTS) | found.attrs
        return found

    def _extracts(self, local_body: str | None) -> Iterator[pa.RecordBatch]:
        paths = self._paths(local_body)
        found = in_files.extracts(paths, hands=self._several(paths))
        return with_progress(found, "Extracts", total=_many(paths), at_once=files.AT_ONCE)

    def _envelopes(self, local_body: str | None, use: Use, on: Day | None) -> Iterator[pa.RecordBatch]:
        paths, asked = self._paths(local_body), in_files.Asked(day=day_of(on) or self.stamp.on, use=use)
        found = in_files.envelopes(paths, asked, hands=self._several(paths))
        return with_progress(found, "Envelopes", total=_many(paths), at_once=files.AT_ONCE)

    def _paths(self, local_body: str | None) -> list[Path]:
        """The files of a local body, or all."""
        found = files.parts(self._folder)
        if local_body is None:
            return found
        own = [each for each in found if each.parent.name == folder_of(local_body)]
        if not own:
            there = ", ".join(sorted({body_of(each) for each in found}))
            raise NotFound(f"These files hold no plot of “{local_body[:60]}”; they hold those of: {there}.")
        return own

    def _several(self, paths: list[Path]) -> Hands:
        return self._hands.for_many(_many(paths), carrying.SHARED_FROM)

    def _of_extracts(self) -> dict[str, Any]:
        return self._attrs("extracts", EXTRACTS, OF_EXTRACTS)

    def _of_envelopes(self, use: Use, on: Day | None) -> dict[str, Any]:
        day = {"rules": (day_of(on) or self.stamp.on).isoformat()}
        return self._attrs("envelopes", ENVELOPES, OF_ENVELOPES) | {"occupancy": use.occupancy} | day

    def _attrs(self, layer: str, title: str, units: dict[str, str]) -> dict[str, Any]:
        stamp = self.stamp
        return {
            "place": stamp.place,
            "on": stamp.on.isoformat(),
            "known": stamp.known.isoformat(),
            "crs": f"EPSG:{stamp.metric}",
            "synthetic": stamp.synthetic,
            "layer": layer,
            "title": {"en": title},
            "units": dict(units),
            "sources": list(stamp.lineage),
        }


def _many(paths: list[Path]) -> int:
    return sum(count(path) for path in paths)


def _plots_of(path: Path) -> geopandas.GeoDataFrame:
    return _plots(files.read(path))


def _plots(tract: Tract) -> geopandas.GeoDataFrame:
    shapes = Frames(east=tract.east, north=tract.north, scale=tract.scale).to_grid(tract.boundary)
    columns = {
        "number": tract.number,
        "local_body": tract.body_name,
        "recorded_area": np.round(tract.recorded, 2),
        "measured_area": tract.measured,
    }
    return geopandas.GeoDataFrame(columns, geometry=shapes, crs=f"EPSG:{tract.metric}")
