"""Collections of a place as GeoDataFrames: whole, or some thousand rows at a time.

In: a session, a collection, a day.  Out: GeoDataFrames in the place's own metres.  `.attrs` tells what they are: place, layer, day,
instant of knowledge, units, sources with licence and accuracy, whether the land is made up, and the colours of the layer.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from typing import Any

import geopandas
import orjson
import pyarrow as pa
import shapely
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.place import Jurisdiction
from layers.collections.files import GEOMETRY, as_arrow
from layers.collections.lineage import lineage_of
from layers.collections.model import Collection, Lineage
from layers.collections.question import Days, Question, check_known
from layers.collections.systems import System, systems
from layers.imports import standing

UNITS = {
    "geometry": "m, grid of the place",
    "measured_area": "m², on the ground",
    "accuracy": "m",
    "width": "m",
    "water_width": "m",
    "road_length": "m",
    "top_amsl_m": "m above mean sea level",
    "clearance": "m",
    "half_strip": "m",
    "voltage_kv": "kV",
}
"""What columns count in, where they stand in a table."""


def frames(
    session: Session, collection: Collection, *, at: AsOf, conditions: Sequence[ColumnElement[bool]] = ()
) -> Iterator[geopandas.GeoDataFrame]:
    """The features of a collection on a day, some thousand at a time; at least one table, so that columns are known."""
    days = Days(first=at.on, last=at.on)
    check_known(collection, days)
    system = own_metres(collection.place)
    question = Question(
        collection=collection, days=days, conditions=tuple(conditions), system=system, after=None, limit=None
    )
    attrs = told(collection, at)
    with closing(as_arrow(session, question)) as batches:
        for batch in batches:
            yield _frame(batch, system.epsg, attrs)


def own_metres(place: Jurisdiction) -> System:
    """The metres of a place, easting first."""
    system = systems(place.metric)[-1]
    return System(uri=system.uri, epsg=system.epsg, is_flipped=False)


def told(collection: Collection, at: AsOf) -> dict[str, Any]:
    """What a table says of itself."""
    fill, line = collection.colours or (None, None)
    return {
        **of_place(collection.place, at),
        "layer": collection.id,
        "title": {"en": collection.title.en, "ml": collection.title.ml},
        "units": {name: UNITS[name] for name in UNITS if name == GEOMETRY or collection.property_named(name)},
        "sources": sources_of(collection.lineage),
        "colours": {"fill": fill, "line": line},
    }


def sources_of(lineage: Sequence[Lineage]) -> list[dict[str, Any]]:
    """Sources as plain values; days are words (2026-01-31), as in every `.attrs`, so that a table can be written to any file."""
    found: list[dict[str, Any]] = orjson.loads(orjson.dumps([asdict(each) for each in lineage]))
    return found


def standing_sources(session: Session, place: Jurisdiction, at: AsOf) -> list[dict[str, Any]]:
    """Everything that has been brought in of a place and held on the day: what an answer about a whole plot rests on."""
    held = [each for each in standing(session, place, known=at.known) if each.begins <= at.on]
    return sources_of(lineage_of(held))


def of_place(place: Jurisdiction, at: AsOf) -> dict[str, Any]:
    """The place, both times and the coordinate system of a table."""
    return {
        "place": place.code,
        "on": at.on.isoformat(),
        "known": at.known.isoformat(),
        "crs": f"EPSG:{place.metric}",
        "synthetic": place.synthetic,
    }


def _frame(batch: pa.RecordBatch, epsg: int, attrs: Mapping[str, Any]) -> geopandas.GeoDataFrame:
    table = pa.Table.from_batches([batch])
    shapes = shapely.from_wkb(table.column(GEOMETRY).to_numpy())
    rows = table.drop_columns([GEOMETRY]).to_pandas()
    frame = geopandas.GeoDataFrame(rows, geometry=shapes, crs=f"EPSG:{epsg}")
    frame.attrs = dict(attrs)
    return frame
