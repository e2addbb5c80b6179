"""Extracts and envelopes asked of files of land, where no database is: each group of plots a piece of work, on whatever hands there are.

In: files that `./bhumika land export … --themes` wrote, a day, a use.  Out: Arrow batches with the very rows that the database gives, in the order of the
files; boundaries are to 0.1 mm.  Workers of a cluster need nothing but the files, under the same names.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow.compute import coalesce

from api.planner import carrying, extracting
from api.planner.carrying import Row, row_of_site, rows_together
from api.planner.hands import ALONE, UNPREPARED, Hands
from api.planner.light_sites import light_sites
from api.planner.weighing import Use
from gis.errors import Invalid
from gis.site import Site
from gis.site_document import site_from_json
from layers.tracts import files
from layers.tracts.model import Tract

Group = tuple[Path, int]
"""A file, and a group of its plots."""
OTHERWISE = {"theme": "layer", "percent": "share"}
"""Columns of an extract that a theme calls otherwise."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A day whose rules hold, and a use."""

    day: date
    use: Use


def extracts(paths: Sequence[Path], *, hands: Hands = ALONE) -> Iterator[pa.RecordBatch]:
    """What all layers say of each plot of some files; `Invalid` where they were written without that."""
    return hands.each(_extracts, _groups(paths), begun_with=UNPREPARED)


def envelopes(paths: Sequence[Path], asked: Asked, *, hands: Hands = ALONE) -> Iterator[pa.RecordBatch]:
    """What each plot of some files can carry; `Invalid` for a day before that of the files, or files without what layers say."""
    for day in {files.stamp_of(path).on for path in paths}:
        if asked.day < day:
            raise Invalid(
                f"These files hold the land of {day}, which says nothing of {asked.day} before it. Write files of that day with"
                " `./bhumika land export … --on DAY --themes`."
            )
    return hands.each(partial(_envelopes, asked=asked), _groups(paths), begun_with=UNPREPARED)


def _groups(paths: Sequence[Path]) -> Iterator[Group]:
    many = [(path.resolve(), files.groups(path)) for path in paths]
    return ((path, group) for path, groups in many for group in range(groups))


def _extracts(group: Group) -> pa.RecordBatch:
    table = files.read_group(*group, ["number", files.SAYS, extracting.GEOMETRY])
    number, said, ground = (table.column(name).combine_chunks() for name in table.column_names)
    themes, untold = said.field("themes"), said.field("untold")
    is_silent = untold.is_valid().to_numpy(zero_copy_only=False)
    many = themes.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    plot = np.repeat(np.arange(len(table)), np.where(is_silent, 1, many))
    without = is_silent[plot]
    of_plot, of_theme = pa.array(plot), pa.array(np.cumsum(~without) - 1, mask=without)
    told = themes.flatten()
    columns = {
        name: told.field(OTHERWISE.get(name, name)).take(of_theme)
        for name in extracting.COLUMNS.names
        if name not in ("number", extracting.GEOMETRY)
    }
    columns["number"] = number.take(of_plot)
    columns["reason"] = coalesce(columns["reason"], untold.take(of_plot))
    columns[extracting.GEOMETRY] = ground.take(pa.array(plot, mask=without))
    arrays = [_as(columns[field.name], field.type) for field in extracting.COLUMNS]
    return pa.RecordBatch.from_arrays(arrays, schema=extracting.COLUMNS)


def _as(column: pa.Array, kind: pa.DataType) -> pa.Array:
    return column.dictionary_encode() if pa.types.is_dictionary(kind) else column.cast(kind)


def _envelopes(group: Group, *, asked: Asked) -> pa.RecordBatch:
    tract, stamp = files.with_said(*group), files.stamp_of(group[0])
    sites = light_sites(tract, tract.said.tolist(), stamp, stamp.on)
    known = {row: site for row, site in enumerate(sites) if site is not None}
    found = rows_together(known, asked.day, asked.use)
    rows = [found.get(row) or _alone(tract, row, known.get(row), asked) for row in range(len(tract))]
    return pa.RecordBatch.from_pylist(rows, schema=carrying.COLUMNS)


def _alone(tract: Tract, row: int, light: Site | None, asked: Asked) -> Row:
    """A plot by itself, from its whole site where it has one; why nobody can tell where it has none."""
    number, written = str(tract.number[row]), tract.site[row]
    site = light if written is None else site_from_json(str(written).encode())
    if site is None:
        return {"number": number, "reason": tract.said[row].untold}
    return row_of_site(number, site, asked.day, asked.use)
