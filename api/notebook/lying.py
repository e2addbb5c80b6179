"""What lies on plots, feature by feature: from the facts that are kept where these are fresh, measured now where they are not.

In: a session in the reading role, numbers of plots, names of layers, a point in both times.  Out: a table with the boundary of each plot
in the place's own metres.  A plot of which a layer does not tell everything has a row without an area that says why: no row is an answer
only where there is no such row.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import geopandas
import numpy as np
import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.notebook.frames import of_place, sources_of
from gis.asof import AsOf
from gis.db.quick import as_array
from gis.errors import Invalid
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

COLUMNS = ["number", "layer", "ref", "label", "label_ml", "area", "percent", "reason"]
UNITS = {"geometry": "m, grid of the place", "area": "m², on the ground", "percent": "% of the measured area"}
_WORDS = text(
    "SELECT feature.id, import.target AS layer, ref, label, label_ml FROM layer_feature AS feature"
    " JOIN dataset_import AS import ON import.id = feature.import_id"
    " WHERE feature.id = ANY(CAST(:features AS bigint[])) AND feature.valid @> CAST(:on AS date)"
)


def features_on(
    session: Session, place: Jurisdiction, numbers: Sequence[str], layers: Sequence[str] | None, *, at: AsOf
) -> geopandas.GeoDataFrame:
    """A row for each plot and feature that share ground, and for each plot and layer of which nothing is known."""
    base = footing(place.catalogue, standing(session, place, known=at.known), known=at.known)
    themes = _themes(base, layers)
    names = {theme.target for theme in themes}
    imports = [each for each in kept(session, place, known=at.known) if each.target in names]
    asked = list(dict.fromkeys(normal_number(each) for each in numbers))
    parts, shapes = [pd.DataFrame(columns=COLUMNS)], dict[str, Any]()
    for first in range(0, len(asked), AT_ONCE):
        some = asked[first : first + AT_ONCE]
        plots = standing_states(session, place, some, at=at)
        shapes |= zip(plots.numbers, plots.states.shapes, strict=True)
        parts.append(_shared(session, place, plots, imports, at=at))
        parts += [*_silent(plots, themes, at=at), _nowhere(some, plots)]
    found = pd.concat([part for part in parts if len(part)] or parts).reindex(columns=COLUMNS)
    rows = found.sort_values(["number", "layer", "ref"], ignore_index=True)
    ground = [shapes.get(each) for each in rows["number"]]
    table = geopandas.GeoDataFrame(rows, geometry=ground, crs=f"EPSG:{place.metric}")
    table.attrs = of_place(place, at) | {
        "layer": "features_on",
        "sources": sources_of(lineage_of([each for theme in themes for each in theme.imports])),
        "units": UNITS,
        "measured": _told(base, imports),
    }
    return table


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
