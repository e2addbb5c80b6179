"""Tracts as GeoParquet, a folder for each local body: what a simulation needs of a whole place, without a database.

In: tracts; a folder.  Out: files `local_body=<name>/part-….parquet` of some thousand plots each, and tracts read from them again, to the last
digit.  Shapes are well-known binary in metres of the place, each plot with its streets in its own row; the file says of which day it is and what
it rests on.  Nothing about persons is in it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from gis.errors import Invalid
from gis.site import LocalBody, RoadKind
from layers.tracts.folders import GEOMETRY, folder_of, geo
from layers.tracts.frames import Frames
from layers.tracts.model import Floats, Fronts, Tract, texts
from layers.tracts.said import SAID, column_of, said_in

PART = 5_000
"""Plots of a file: so few that a worker holds several at once, so many that opening a file costs nothing beside."""
PATTERN = "local_body=*/part-*.parquet"
UNKNOWN = "unknown"
"""The folder of plots whose local body is not known."""
OURS, GEO = b"bhumika", b"geo"
SCHEMA = "bhumika-tract-2"
SAYS = "said"
AT_ONCE = 500
"""Plots of a group: they are read together with what all layers say of them."""

_FRONT = pa.struct(
    [
        ("ref", pa.string()),
        ("line", pa.binary()),
        ("accuracy", pa.float64()),
        ("width", pa.float64()),
        ("kind", pa.string()),
        ("length", pa.float64()),
        ("plots_served", pa.float64()),
    ]
)
_COLUMNS = pa.schema(
    [
        ("number", pa.string()),
        ("local_body_kind", pa.string()),
        ("local_body_name", pa.string()),
        ("measured_area", pa.float64()),
        ("recorded_area", pa.float64()),
        ("in_height_zone", pa.bool_()),
        ("permitted_top", pa.float64()),
        ("highest_ground", pa.float64()),
        ("frame_east", pa.float64()),
        ("frame_north", pa.float64()),
        ("frame_scale", pa.float64()),
        ("streets", pa.list_(_FRONT)),
        ("site", pa.string()),
        (SAYS, SAID),
        (GEOMETRY, pa.binary()),
    ]
)
_TRACT = [name for name in _COLUMNS.names if name != SAYS]
"""The columns of a tract without what all layers say, which is a hundred times as much."""


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """What a folder of tracts is of: place, day, instant of knowledge, the imports it rests on, whether the land is made up."""

    place: str
    metric: int
    rule_book: str | None
    on: date
    known: datetime
    sources: tuple[str, ...]
    synthetic: bool
    sites_within: str | None = None
    """Ground (WKT, metres of the place) on which every plot has its site with it, so that zones may be redrawn there."""
    redrawable: tuple[str, ...] = ()
    """The layers that may be."""
    says: bool = False
    """Whether every plot has with it what all layers say of it."""
    lineage: tuple[dict[str, Any], ...] = ()
    """The imports as sources: title, publisher, licence, day, accuracy."""


def write(tracts: Iterable[Tract], stamp: Stamp, folder: Path, block: int) -> int:
    """Files of tracts, named after a block so that several may write at once; how many plots."""
    waiting: dict[str, list[pa.RecordBatch]] = defaultdict(list)
    turns: dict[str, int] = defaultdict(int)
    written = 0
    for tract in tracts:
        written += len(tract)
        for name, batch in _by_body(tract):
            waiting[name].append(batch)
            while sum(map(len, waiting[name])) >= PART:
                whole = pa.Table.from_batches(waiting[name])
                _write(whole.slice(0, PART), stamp, folder, name, block, turns[name])
                turns[name] += 1
                waiting[name] = whole.slice(PART).to_batches()
    for name, batches in waiting.items():
        if sum(map(len, batches)):
            _write(pa.Table.from_batches(batches), stamp, folder, name, block, turns[name])
    return written


def parts(folder: Path) -> list[Path]:
    """The files of a folder, by name; `Invalid` where there are none."""
    found = sorted(folder.glob(PATTERN))
    if not found:
        raise Invalid(f"{folder}: holds no land; write it with `./bhumika land export`.")
    return found


def read(path: Path) -> Tract:
    """The tract of a file; `Invalid` where it is not one of ours."""
    stamp = stamp_of(path)
    return _tract(pq.read_table(path, schema=_COLUMNS, columns=_TRACT, partitioning=None), stamp)


def groups(path: Path) -> int:
    """Of how many groups of plots a file is, each to be read with what all layers say; `Invalid` where it was written without that."""
    if not stamp_of(path).says:
        raise Invalid(
            f"{path.name}: holds nothing of the layers. Write the files anew with `./bhumika land export … --themes`."
        )
    found: int = pq.read_metadata(path).num_row_groups
    return found


def read_group(path: Path, group: int, columns: Sequence[str]) -> pa.Table:
    """Some columns of a group of plots."""
    with pq.ParquetFile(path) as file:
        return file.read_row_group(group, columns=list(columns))


def with_said(path: Path, group: int) -> Tract:
    """A group of plots, with what all layers say of each."""
    return _tract(read_group(path, group, _COLUMNS.names), stamp_of(path))


def _tract(table: pa.Table, stamp: Stamp) -> Tract:
    column = {name: table.column(name).combine_chunks() for name in table.column_names}
    frames = Frames(**{name: _floats(column[f"frame_{name}"]) for name in ("east", "north", "scale")})
    grid = shapely.from_wkb(column[GEOMETRY].to_numpy(zero_copy_only=False))
    return Tract(
        place=stamp.place,
        metric=stamp.metric,
        rule_book=stamp.rule_book,
        number=texts(column["number"].to_pylist()),
        boundary=frames.moved(grid, np.arange(len(table))),
        east=frames.east,
        north=frames.north,
        scale=frames.scale,
        measured=_floats(column["measured_area"]),
        recorded=_floats(column["recorded_area"]),
        body=texts([each and LocalBody(each) for each in column["local_body_kind"].to_pylist()]),
        body_name=texts(column["local_body_name"].to_pylist()),
        in_zone=column["in_height_zone"].to_numpy(zero_copy_only=False),
        top=_floats(column["permitted_top"]),
        highest=_floats(column["highest_ground"]),
        site=texts(column["site"].to_pylist()),
        said=texts(said_in(column[SAYS]) if SAYS in column else [None] * len(table)),
        fronts=_fronts(column["streets"]),
    )


def stamp_of(path: Path) -> Stamp:
    """What a file is of; `Invalid` where it is not one of ours."""
    try:
        said = orjson.loads((pq.read_schema(path).metadata or {})[OURS])
    except (KeyError, pa.ArrowException, OSError, ValueError) as error:
        raise Invalid(
            f"{path}: is no file of `./bhumika land export`, or is broken; write it anew."
        ) from error
    if said.get("schema") != SCHEMA:
        raise Invalid(f"{path}: was written by another version of Bhumika; write it anew.")
    return Stamp(
        place=said["place"],
        metric=said["metric"],
        rule_book=said["rule_book"],
        on=date.fromisoformat(said["on"]),
        known=datetime.fromisoformat(said["known"]),
        sources=tuple(said["sources"]),
        synthetic=said["synthetic"],
        sites_within=said["sites_within"],
        redrawable=tuple(said["redrawable"]),
        says=said.get("says", False),
        lineage=tuple(said.get("lineage", ())),
    )


def _by_body(tract: Tract) -> Iterator[tuple[str, pa.RecordBatch]]:
    names = np.array([each or UNKNOWN for each in tract.body_name], dtype=object)
    for name in dict.fromkeys(names.tolist()):
        yield name, _batch(tract.taken(np.flatnonzero(names == name)))


def _batch(tract: Tract) -> pa.RecordBatch:
    frames = Frames(east=tract.east, north=tract.north, scale=tract.scale)
    columns = {
        "number": tract.number,
        "local_body_kind": [each and str(each) for each in tract.body],
        "local_body_name": tract.body_name,
        "measured_area": tract.measured,
        "recorded_area": _said(tract.recorded),
        "in_height_zone": tract.in_zone,
        "permitted_top": _said(tract.top),
        "highest_ground": _said(tract.highest),
        "frame_east": tract.east,
        "frame_north": tract.north,
        "frame_scale": tract.scale,
        "streets": _streets(tract),
        "site": tract.site,
        SAYS: column_of(tract.said),
        GEOMETRY: shapely.to_wkb(frames.to_grid(tract.boundary)),
    }
    arrays = [
        each if isinstance(each, pa.Array) else pa.array(each, type=_COLUMNS.field(name).type)
        for name, each in columns.items()
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=_COLUMNS)


def _streets(tract: Tract) -> pa.Array:
    """The streets of each plot as one list."""
    fronts = tract.fronts
    order = np.argsort(fronts.plot, kind="stable")
    columns = [
        fronts.ref[order],
        shapely.to_wkb(fronts.line[order]),
        fronts.accuracy[order],
        _said(fronts.width[order]),
        [each and str(each) for each in fronts.kind[order]],
        _said(fronts.length[order]),
        _said(fronts.served[order]),
    ]
    arrays = [
        each if isinstance(each, pa.Array) else pa.array(each, type=field.type)
        for each, field in zip(columns, _FRONT, strict=True)
    ]
    ends = np.searchsorted(fronts.plot[order], np.arange(len(tract) + 1))
    rows = pa.StructArray.from_arrays(arrays, fields=list(_FRONT))
    return pa.ListArray.from_arrays(pa.array(ends, type=pa.int32()), rows, type=pa.list_(_FRONT))


def _fronts(column: pa.ListArray) -> Fronts:
    rows = column.flatten()
    counts = column.value_lengths().to_numpy(zero_copy_only=False)
    of = {each.name: rows.field(each.name) for each in _FRONT}
    return Fronts(
        plot=np.repeat(np.arange(len(column)), counts),
        ref=texts(of["ref"].to_pylist()),
        line=np.asarray(shapely.from_wkb(of["line"].to_numpy(zero_copy_only=False)), dtype=object),
        accuracy=_floats(of["accuracy"]),
        width=_floats(of["width"]),
        kind=texts([each and RoadKind(each) for each in of["kind"].to_pylist()]),
        length=_floats(of["length"]),
        served=_floats(of["plots_served"]),
    )


def _said(values: Floats) -> pa.Array:
    """Numbers, with nothing in place of nan."""
    return pa.array(values, from_pandas=True)


def _floats(column: pa.Array) -> Floats:
    found: Floats = column.to_numpy(zero_copy_only=False).astype(np.float64)
    return found


def _write(table: pa.Table, stamp: Stamp, folder: Path, name: str, block: int, turn: int) -> None:
    told: dict[bytes, bytes] = {
        GEO: orjson.dumps(geo(stamp.metric)),
        OURS: orjson.dumps(
            {"schema": SCHEMA} | {each: getattr(stamp, each) for each in Stamp.__annotations__}
        ),
    }
    place = folder / folder_of(name)
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"part-{block:05d}-{turn:03d}.parquet"
    rows = AT_ONCE if stamp.says else None
    pq.write_table(table.replace_schema_metadata(told), path, compression="zstd", row_group_size=rows)
