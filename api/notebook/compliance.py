"""Which buildings of the building layer break the yards of a day: every footprint judged as if it were proposed then.

In: footprints and plots as tables, the answers of the platform.  Out: a row for each building with how it stands to the yards of its plot: breaks,
keeps, unknown.  What lies within the accuracy of the map is unknown, and so is every building of which storeys, use, street or plot are not told.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import URL

from api.answers import LandAnswers, today
from api.envelopes import check_rules
from api.planner.hands import Hands, land_there
from api.planner.tracts import in_pieces
from gis.errors import Invalid, LandError
from gis.geometry import ground_areas
from gis.place import Jurisdiction
from gis.site import Site
from rules.axes import occupancies
from rules.book import Book
from rules.findings import Outcome
from rules.footprints import Footprint
from rules.reading import library
from rules.standing import Standing, standing

STATUS = {
    Outcome.FAIL: "breaks",
    Outcome.PASS: "keeps",
    Outcome.UNKNOWN: "unknown",
    Outcome.NOT_APPLICABLE: "unknown",
}
AREAS = (3, 6)
"""Polygon and MultiPolygon, as shapely numbers them."""
COLUMNS = (
    "ref", "number", "status", "yard", "required", "measured", "short", "storeys", "occupancy", "area", "clause", "reason",
)  # fmt: skip
UNITS = {"required": "m", "measured": "m", "short": "m", "area": "m², on the ground"}
CAVEAT = (
    "Footprints of the map, judged by the yards of {on} as if proposed then: a building may break them and be lawful by the rules of its own day. "
    "“Breaks” and “keeps” only beyond the accuracy of the map ({accuracy:g} m and that of the plot); a storey is taken to be {storey:g} m high. "
    "Other rules, other buildings of the plot, sheds and wells that may stand in yards were not looked at."
)
Row = Mapping[str, Any]
OnPlot = tuple[str, Sequence[Row]]
"""A plot by its number, and the buildings on it."""
Ticking = Callable[[Iterator[list[Row]], int, int], Iterator[list[Row]]]
"""Shows how far the work is: what is told of so many plots, some together."""
PIECE, SHARED_FROM = 50, 400
"""Plots that a process judges at a time, and from how many on other hands are worth what it takes to begin on them."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A day, the use of buildings (of all, or by the words of the layer's column `use_column`), and metres of a storey."""

    day: date
    occupancy: str | Mapping[str, str]
    storey_height: Decimal
    use_column: str = "use"
    storeys_column: str = "storeys"

    def use_of(self, row: Row) -> str | None:
        """The occupancy of a building; None where its use is not told or stands for none."""
        if isinstance(self.occupancy, str):
            return self.occupancy
        said = row.get(self.use_column)
        return None if said is None else self.occupancy.get(str(said))

    def storeys_of(self, row: Row) -> int | None:
        """The storeys of a building, where the layer tells them as a whole number."""
        told = pd.to_numeric(row.get(self.storeys_column), errors="coerce")
        return int(told) if pd.notna(told) and float(told).is_integer() and told >= 1 else None


def site_on(land: LandAnswers, place: str, number: str, day: date) -> Site:
    """A plot as it was on a day; for a day to come, as it is today."""
    return land.site(land.extract(place, number=number, on=day if day < today() else None, known=None))


def compliance(
    buildings: geopandas.GeoDataFrame,
    plots: geopandas.GeoDataFrame,
    numbers: set[str],
    asked: Asked,
    *,
    land: LandAnswers,
    place: Jurisdiction,
    ticking: Ticking,
    hands: Hands,
) -> geopandas.GeoDataFrame:
    """How each building on some plots stands to the yards; `Invalid` for an unknown occupancy or a layer that is no ground.

    A building belongs to the plot that has the largest part of it; `plots` are all of the place, `numbers` those asked for.
    """
    _check(buildings, asked)
    accuracy = max((each["accuracy"] for each in buildings.attrs.get("sources", ())), default=None)
    if accuracy is None:
        raise Invalid(
            "The layer of buildings does not say how accurate it is, so nothing can be judged by it."
        )
    owner = plot_of_each(buildings, plots)
    of_plot: dict[str, list[int]] = {}
    for row, number in enumerate(owner):
        if number is not None and number in numbers:
            of_plot.setdefault(number, []).append(row)
    those = ((number, _records(buildings.iloc[of_plot[number]])) for number in sorted(of_plot))
    pieces = in_pieces(those, PIECE)
    told = _Terms(place=place.code, metric=place.metric, asked=asked, accuracy=float(accuracy))
    several = hands.for_many(len(of_plot), SHARED_FROM)
    judged = (
        several.each(_judged_here, pieces, begun_with=(_begin, (land.engine.url, land.rasters, told)))
        if several.are_several
        else (_judged(land, told, each) for each in pieces)
    )
    rows = [row for some in ticking(judged, len(of_plot), PIECE) for row in some]
    table = pd.DataFrame(rows, columns=[*COLUMNS, "geometry"])
    table[["required", "measured", "short", "storeys", "area"]] = table[
        ["required", "measured", "short", "storeys", "area"]
    ].astype(float)
    found = geopandas.GeoDataFrame(table, geometry="geometry", crs=buildings.crs)
    found.attrs = {
        **buildings.attrs,
        "on": asked.day.isoformat(),
        "layer": "compliance",
        "title": {"en": "Buildings and today's yards"},
        "units": UNITS,
        "sources": [*buildings.attrs["sources"], *plots.attrs.get("sources", ())],
        "colours": {"fill": None, "line": None},
        "accuracy": float(accuracy),
        "without_plot": sum(each is None for each in owner),
        "caveat": CAVEAT.format(on=asked.day, accuracy=accuracy, storey=asked.storey_height),
    }
    return found


@dataclass(frozen=True, kw_only=True)
class _Terms:
    """By what the buildings of a place are judged."""

    place: str
    metric: int
    asked: Asked
    accuracy: float


def _records(buildings: geopandas.GeoDataFrame) -> list[Row]:
    return [dict(zip(buildings.columns, row, strict=True)) for row in buildings.itertuples(index=False)]


_HERE: list[tuple[LandAnswers, _Terms]] = []
"""With what a process that judges for another one was begun."""


def _begin(url: URL, rasters: Path, terms: _Terms) -> None:
    _HERE[:] = [(land_there(url, rasters), terms)]


def _judged_here(plots: Sequence[OnPlot]) -> list[Row]:
    return _judged(*_HERE[0], plots)


def _judged(land: LandAnswers, terms: _Terms, plots: Sequence[OnPlot]) -> list[Row]:
    return [row for number, buildings in plots for row in _on_plot(land, terms, number, buildings)]


def _check(buildings: geopandas.GeoDataFrame, asked: Asked) -> None:
    if not set(shapely.get_type_id(buildings.geometry.to_numpy())) <= set(AREAS):
        raise Invalid("Buildings are judged by their footprints; this layer has lines or points.")
    known = {each.key for each in occupancies()}
    named = {asked.occupancy} if isinstance(asked.occupancy, str) else set(asked.occupancy.values())
    if named - known:
        raise Invalid(f"“{sorted(named - known)[0]}” is no occupancy; there are {', '.join(sorted(known))}.")
    if not (asked.storey_height.is_finite() and asked.storey_height > 0):
        raise Invalid(f"A storey of {asked.storey_height} m cannot be: give a height above 0.")


def plot_of_each(buildings: geopandas.GeoDataFrame, plots: geopandas.GeoDataFrame) -> list[str | None]:
    """For each building the number of the plot that has the largest part of it; None where it lies on none."""
    shapes, ground = buildings.geometry.to_numpy(), plots.geometry.to_numpy()
    building, plot = shapely.STRtree(ground).query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[building], ground[plot]))
    found: list[str | None] = [None] * len(shapes)
    for place in np.lexsort((plot, -shared, building))[::-1].tolist():
        if shared[place] > 0:
            found[building[place]] = str(plots["number"].iloc[plot[place]])
    return found


def _on_plot(land: LandAnswers, terms: _Terms, number: str, buildings: Sequence[Row]) -> Iterator[Row]:
    """The buildings of one plot, which is read once."""
    site: Site | None = None
    book: Book | None = None
    why, asked = "", terms.asked
    try:
        site = site_on(land, terms.place, number, asked.day)
        book = library().on(asked.day, check_rules(site.rule_book, site.jurisdiction, site.body))
    except LandError as error:
        why = error.message
    areas = ground_areas(np.array([each["geometry"] for each in buildings], dtype=object), terms.metric)
    for row, area in zip(buildings, areas.tolist(), strict=True):
        use, storeys, shape = asked.use_of(row), asked.storeys_of(row), row["geometry"]
        head = {"ref": row.get("ref"), "number": number, "storeys": storeys, "occupancy": use, "area": area}
        if site is None or book is None or use is None:
            reason = why or f"Its use ({row.get(asked.use_column)}) stands for no occupancy that was given."
            yield {**head, "status": "unknown", "reason": reason, "geometry": shape}
            continue
        footprint = Footprint(
            shape=site.frame.from_grid(shape),
            storeys=storeys,
            occupancy=use,
            accuracy=terms.accuracy,
            storey_height=asked.storey_height,
        )
        yield head | _told(standing(footprint, site, book)) | {"geometry": shape}


def _told(found: Standing) -> dict[str, Any]:
    return {
        "status": STATUS[found.outcome],
        "yard": found.yard,
        "required": None if found.required is None else float(found.required),
        "measured": None if found.measured is None else float(found.measured),
        "short": None if found.short is None else float(found.short),
        "clause": found.clause,
        "reason": found.reason or None,
    }
