"""What lies on plots, feature by feature: from the facts that are kept where these are fresh, measured now where they are not.

In: the answers of the platform in the reading role, numbers of plots, names of layers, a point in both times.  Out: a table with the boundary of each plot
in the place's own metres.  A plot of which a layer does not tell everything has a row without an area that says why: no row is an answer
only where there is no such row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas
import numpy as np
import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.answers import LandAnswers
from api.notebook.frames import of_place, sources_of
from api.planner.hands import ALONE, Hands, at_benches
from api.planner.tracts import in_pieces
from gis.asof import AsOf
from gis.db.quick import as_array
from gis.errors import Invalid
from gis.jurisdictions import jurisdiction
from gis.parcels.ids import normal_number
from gis.place import Jurisdiction
from layers.collections.lineage import lineage_of
from layers.extract.footing import Footing, footing
from layers.extract.theme import Theme
from layers.imports import standing
from layers.overlaps.answers import common_ground
from layers.overlaps.queries import AT_ONCE, Kept, kept
from layers.overlaps.reading import Standing, standing_states
from layers.overlaps.silence import BROKEN, unknown

PIECE, SHARED_FROM = 5_000, 20_000
"""Plots that another process asks at a time, and from how many on others are worth what it takes to begin on them."""
COLUMNS = ["number", "layer", "ref", "label", "label_ml", "area", "percent", "reason"]
UNITS = {"geometry": "m, grid of the place", "area": "m², on the ground", "percent": "% of the measured area"}
_WORDS = text(
    "SELECT feature.id, import.target AS layer, ref, label, label_ml FROM layer_feature AS feature"
    " JOIN dataset_import AS import ON import.id = feature.import_id"
    " WHERE feature.id = ANY(CAST(:features AS bigint[])) AND feature.valid @> CAST(:on AS date)"
)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A place at a point in both times, and the names of layers."""

    place: str
    at: AsOf
    layers: tuple[str, ...] | None


Part = tuple[list[pd.DataFrame], dict[str, Any]]
"""Rows about some plots, and the shapes of those that are there, by number."""


def features_on(
    land: LandAnswers,
    place: str,
    numbers: Sequence[str],
    layers: Sequence[str] | None,
    *,
    at: AsOf,
    hands: Hands = ALONE,
) -> geopandas.GeoDataFrame:
    """A row for each plot and feature that share ground, and for each plot and layer of which nothing is known."""
    asked = _Asked(place=place, at=at, layers=None if layers is None else tuple(layers))
    here, those = _Bench(land, asked), list(dict.fromkeys(normal_number(each) for each in numbers))
    several = hands.for_many(len(those), SHARED_FROM)
    pieces = in_pieces(those, PIECE if several.are_several else AT_ONCE)
    found = at_benches(_Bench, land, asked, pieces, several)
    parts, shapes = [pd.DataFrame(columns=COLUMNS)], dict[str, Any]()
    for some, there in found:
        parts += some
        shapes |= there
    whole = pd.concat([part for part in parts if len(part)] or parts).reindex(columns=COLUMNS)
    rows = whole.sort_values(["number", "layer", "ref"], ignore_index=True)
    ground = [shapes.get(each) for each in rows["number"]]
    table = geopandas.GeoDataFrame(rows, geometry=ground, crs=f"EPSG:{here.place.metric}")
    table.attrs = here.attrs()
    return table


class _Bench:
    """Where plots are asked: the themes, and how far each import has been measured."""

    def __init__(self, land: LandAnswers, asked: _Asked) -> None:
        self._engine, self._at = land.engine, asked.at
        with Session(self._engine) as session, session.begin():
            self.place = jurisdiction(session, asked.place)
            known = asked.at.known
            self._base = footing(
                self.place.catalogue, standing(session, self.place, known=known), known=known
            )
            self._themes = _themes(self._base, asked.layers)
            names = {theme.target for theme in self._themes}
            self._imports = [each for each in kept(session, self.place, known=known) if each.target in names]

    def rows(self, some: Sequence[str]) -> Part:
        """What some plots share, where layers are silent, and numbers that are not there."""
        with Session(self._engine) as session, session.begin():
            plots = standing_states(session, self.place, some, at=self._at)
            shapes = dict(zip(plots.numbers, plots.states.shapes, strict=True))
            shared = _shared(session, self.place, plots, self._imports, at=self._at)
        return [shared, *_silent(plots, self._themes, at=self._at), _nowhere(some, plots)], shapes

    def attrs(self) -> dict[str, Any]:
        """What the table says of itself."""
        held = [each for theme in self._themes for each in theme.imports]
        return of_place(self.place, self._at) | {
            "layer": "features_on",
            "title": {"en": "What lies on plots, feature by feature"},
            "sources": sources_of(lineage_of(held)),
            "units": UNITS,
            "measured": _told(self._base, self._imports),
        }


def _themes(base: Footing, layers: Sequence[str] | None) -> list[Theme]:
    """The themes of these names, or all that have areas."""
    known = {theme.layer.id: theme for theme in base.themes}
    if layers is None:
        return [
            theme
            for theme in base.themes
            if not theme.is_raster and any(each.holds == "polygon" for each in theme.imports)
        ]
    for name in layers:
        entry = base.catalogue.layer(name)
        if name not in known or known[name].is_raster:
            raise Invalid(f"“{name}” ({entry.title.en}) is no layer of areas that lie on plots.")
    return [known[name] for name in layers]


def _shared(
    session: Session, place: Jurisdiction, plots: Standing, imports: Sequence[Kept], *, at: AsOf
) -> pd.DataFrame:
    found = common_ground(session, plots.states, imports, place.metric)
    asked = {"features": as_array(np.unique(found.features).tolist()), "on": at.on}
    words = pd.DataFrame(
        session.execute(_WORDS, asked).all(), columns=["id", "layer", "ref", "label", "label_ml"]
    )
    measured = plots.states.measured[found.plots]
    reason = np.full(len(found.areas), None, dtype=object)
    reason[np.isnan(found.areas)] = BROKEN.en
    pairs = pd.DataFrame(
        {
            "number": np.array(plots.numbers, dtype=object)[found.plots],
            "id": found.features,
            "area": found.areas,
            "percent": 100 * found.areas / measured,
            "reason": reason,
        }
    )
    return pairs.merge(words, on="id").drop(columns="id")


def _silent(plots: Standing, themes: Sequence[Theme], *, at: AsOf) -> Iterator[pd.DataFrame]:
    numbers = np.array(plots.numbers, dtype=object)
    for theme in themes:
        for places, reason in unknown(theme, plots.states.shapes, on=at.on):
            yield pd.DataFrame({"number": numbers[places], "layer": theme.layer.id, "reason": reason.en})


def _nowhere(asked: Sequence[str], plots: Standing) -> pd.DataFrame:
    """Numbers that no plot has on that day."""
    there = set(plots.numbers)
    missing = [each for each in asked if each not in there]
    return pd.DataFrame({"number": missing, "reason": "There is no plot of this number on that day."})


def _told(base: Footing, imports: Sequence[Kept]) -> dict[str, dict[str, Any]]:
    """For each import what the areas of its features rest on."""
    names = {each.id: each.name for each in base.imports}
    return {
        names[each.import_id]: {
            "layer": each.target,
            "from": "kept facts" if each.is_fresh else "measured now",
            "facts_known": each.known.isoformat() if each.is_fresh and each.known else None,
        }
        for each in imports
    }
