"""Parcels: rows of a file into states of the register.

In: a table of parcels and its mapping.  Out: a staging table of checked states; then the register, through `register`.
Recorded areas stay exactly as written, in their own unit; measured areas are ground m² of the boundary.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from gis.errors import Invalid
from gis.geometry import ground_areas
from gis.units import AreaUnit
from layers.importers.batches import Batch, Mask, Shapes
from layers.importers.columns import (
    beyond_the_earth,
    decimals,
    each_once,
    joined,
    parcel_numbers,
    texts,
    ulpins,
)
from layers.importers.features import (
    Names,
    Sheet,
    check_extent,
    grow_extent,
    mended,
    named,
    open_sheet,
    read,
    refuse,
    spans_of,
)
from layers.importers.job import Job
from layers.importers.join import add_joined_fields
from layers.importers.mapping import ParcelsEntry
from layers.importers.register import put_in_register
from layers.importers.report import ImportReport
from layers.importers.same_numbers import settle_same_numbers
from layers.importers.same_ulpins import settle_same_ulpins
from layers.importers.searchable import searchable
from layers.importers.tidy import Wanted, tidy

PARTS = ("district", "taluk", "village", "block", "survey", "subdivision")
STAGED = [
    ("position", "int4"),
    ("number", "text"),
    *((part, "text") for part in PARTS),
    ("ulpin", "text"),
    ("address", "text"),
    ("address_folded", "text"),
    ("address_sound", "text"),
    ("land_type", "text"),
    ("recorded_extent", "text"),
    ("recorded_unit", "text"),
    ("measured_area", "float8"),
    ("valid_from", "date"),
    ("valid_to", "date"),
    ("boundary", "geometry"),
]
_UNITS = {
    AreaUnit.SQUARE_METRE: "m2 m² sqm sq.m sq m square metre square metres square meter square meters sqmt",
    AreaUnit.CENT: "cent cents",
    AreaUnit.ARE: "are ares ar",
    AreaUnit.ACRE: "acre acres ac",
    AreaUnit.HECTARE: "hectare hectares ha",
    AreaUnit.SQUARE_FOOT: "sqft sq.ft sq ft ft2 ft² square foot square feet",
}


def import_parcels(job: Job, entry: ParcelsEntry) -> ImportReport:
    """Bring a table of parcels in; the register changes at one instant, or not at all."""
    job.alone()
    job.identify(*([entry.join.file] if entry.join else []))
    earlier = job.earlier()
    if earlier is not None and (earlier.sha256, earlier.entry) == (job.sha256, job.entry_hash):
        return job.report(unchanged=True)
    _check_units(entry)
    refused_numbers: set[str] = set()
    staged = [*STAGED, ("join_key", "text")] if entry.join else STAGED
    job.stage("stage_parcel", staged)
    fields = _fields(entry)
    with open_sheet(job, fields) as sheet:
        job.copy("stage_parcel", staged, _rows(job, entry, sheet, fields, refused_numbers))
    if entry.join is not None:
        add_joined_fields(job, entry, entry.join)
    job.say("comparing", job.tally.read, job.tally.read)
    settle_same_numbers(job, entry)
    settle_same_ulpins(job, refused_numbers)
    job.check_share()
    check_extent(job)
    return put_in_register(job, entry, earlier, refused_numbers)


def _fields(entry: ParcelsEntry) -> list[tuple[str, str]]:
    fields = named(entry.fields.model_dump())
    return fields + ([("join.key", entry.join.key)] if entry.join else [])


def _check_units(entry: ParcelsEntry) -> None:
    """An area without a unit is no area."""
    has_area = entry.fields.recorded_area or (entry.join and entry.join.fields.recorded_area)
    if has_area and not (entry.recorded_unit or entry.fields.recorded_unit):
        raise Invalid(
            f"{entry.file}: the mapping names a recorded area but not its unit."
            f" Give `recorded_unit`: one of {', '.join(AreaUnit)}."
        )


def _rows(
    job: Job, entry: ParcelsEntry, sheet: Sheet, fields: list[tuple[str, str]], refused_numbers: set[str]
) -> Iterator[tuple[Any, ...]]:
    """Checked rows in file order."""
    for batch, alive in read(job, sheet, fields):
        wanted = alive.copy()
        numbers, bad = _numbers(batch, entry)
        names = Names(batch=batch, refs=numbers)
        remedy = "Give it the number on the tax receipt, or take the row out."
        refuse(job, names, alive, bad, "its number cannot be read", remedy)
        refuse(job, names, alive, np.asarray(pc.is_null(numbers)), "it has no number", remedy)
        spans = spans_of(job, entry.fields, batch, names, alive)
        tidied = tidy(batch, alive, sheet.ground, Wanted.AREAS, job.tally, names)
        refused_numbers.update(_taken(numbers, np.flatnonzero(wanted & ~alive)))
        grow_extent(job, tidied.shapes)
        yield from _staged(job, entry, batch, names, tidied.places, tidied.shapes, numbers, spans)


def _taken(column: pa.Array, places: NDArray[np.int64]) -> list[Any]:
    """Values at some places."""
    return [value for value in column.take(pa.array(places)).to_pylist() if value is not None]


def _numbers(batch: Batch, entry: ParcelsEntry) -> tuple[pa.StringArray, Mask]:
    """The whole number of each row: as printed, or its parts with slashes between."""
    fields = entry.fields
    if fields.number is not None:
        return parcel_numbers(batch.columns[fields.number], entry.no_number)
    columns = [getattr(fields, part) for part in PARTS]
    whole = joined([batch.columns[column] for column in columns if column is not None])
    return parcel_numbers(whole, entry.no_number)


def _staged(
    job: Job,
    entry: ParcelsEntry,
    batch: Batch,
    names: Names,
    places: NDArray[np.int64],
    shapes: Shapes,
    numbers: pa.StringArray,
    spans: tuple[list[date], list[date | None]],
) -> Iterator[tuple[Any, ...]]:
    """Rows of the staging table for the features that stay."""
    take = pa.array(places)
    nothing: list[str | None] = [None] * len(places)
    alive = np.zeros(len(batch), dtype=bool)
    alive[places] = True

    def column(field: str | None) -> list[str | None]:
        if field is None:
            return nothing
        found: list[str | None] = texts(batch.columns[field].take(take)).to_pylist()
        return found

    fields = entry.fields
    number = numbers.take(take).to_pylist()
    addresses = column(fields.address)
    extents, units = _recorded(job, entry, batch, names, alive)
    return zip(
        batch.positions()[places].tolist(),
        number,
        *(column(getattr(fields, part)) for part in PARTS),
        _ulpins(job, batch, fields.ulpin, names, alive).take(take).to_pylist(),
        addresses,
        *searchable(addresses),
        column(fields.land_type),
        extents.take(take).to_pylist(),
        units.take(take).to_pylist(),
        ground_areas(shapes, job.place.metric).tolist(),
        [spans[0][place] for place in places],
        [spans[1][place] for place in places],
        shapely.to_wkb(shapes).tolist(),
        *([column(entry.join.key)] if entry.join else []),
        strict=True,
    )


def _ulpins(job: Job, batch: Batch, field: str | None, names: Names, alive: Mask) -> pa.StringArray:
    if field is None:
        return pa.nulls(len(batch), pa.string())
    found, bad = ulpins(batch.columns[field])
    mended(
        job,
        names,
        alive,
        bad,
        "its ULPIN has not 14 letters and digits; it was left out",
        "Correct the ULPIN.",
    )
    return found


def _recorded(
    job: Job, entry: ParcelsEntry, batch: Batch, names: Names, alive: Mask
) -> tuple[pa.StringArray, pa.StringArray]:
    """Extents as written, each with its unit; what cannot be read is left out and noted."""
    size = len(batch)
    field, unit_field = entry.fields.recorded_area, entry.fields.recorded_unit
    if field is None:
        return pa.nulls(size, pa.string()), pa.nulls(size, pa.string())
    extents, bad = decimals(batch.columns[field])
    remedy = "Write a number with a point, without commas or unit."
    mended(job, names, alive, bad, "its recorded area is not a number; it was left out", remedy)
    units = pa.array([entry.recorded_unit] * size, pa.string())
    if unit_field is not None:
        found, strange = each_once(texts(batch.columns[unit_field]), unit_of)
        units = pc.coalesce(pa.array(found, pa.string()), units) if not strange.all() else units
        units = pc.if_else(pa.array(strange), pa.scalar(None, pa.string()), units)
        given = np.asarray(pc.is_valid(extents))
        missing = given & np.asarray(pc.is_null(units))
        remedy = f"Write one of {', '.join(AreaUnit)}."
        mended(
            job,
            names,
            alive,
            missing,
            "the unit of its recorded area is not known; the area was left out",
            remedy,
        )
    beyond = beyond_the_earth(extents, units)
    remedy = "Correct the number or its unit."
    mended(
        job, names, alive, beyond, "its recorded area is more than the whole earth; it was left out", remedy
    )
    both = pc.and_(pc.and_(pc.is_valid(extents), pc.is_valid(units)), pa.array(~beyond))
    none = pa.scalar(None, pa.string())
    return pc.if_else(both, extents, none), pc.if_else(both, units, none)


def unit_of(text: str) -> AreaUnit | None:
    """The unit that a source means, or None."""
    plain = text.strip().rstrip(".").lower()
    return next(
        (unit for unit, words in _UNITS.items() if plain == unit or f" {plain} " in f" {words} "), None
    )
