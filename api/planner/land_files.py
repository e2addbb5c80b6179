"""The land of a place in files, and a reform simulated from them: for what outgrows one machine, or should leave the database alone.

In: a place and a folder; then that folder and a reform.  Out: GeoParquet by local body (`layers.tracts.files`); then GeoParquet of the same names
with a row for each plot before and after, in metres of the place.  A simulation from files asks no database; it runs on the processors of this
machine or, with the same functions, on a Dask cluster (`api.planner.cluster`), whose workers see the folders under the same names.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache, partial
from pathlib import Path

import geopandas
import numpy as np
from sqlalchemy import URL

from api.answers import LandAnswers, today
from api.planner.cores import shared_out
from api.planner.hands import UNPREPARED, Hands, land_there
from api.planner.land_said import with_said
from api.planner.simulated_table import table
from api.planner.told import Telling
from api.planner.tracts import AT_ONCE, Tracts, all_numbers, in_pieces
from api.planner.weighing import Use, weigh
from api.planner.zones_from_files import drawn_over, stamped, with_sites, with_zones
from gis.errors import Invalid
from layers.tracts import files
from layers.tracts.model import Tract
from rules.book import Library
from rules.reading import library
from rules.redrawing import Area
from rules.reform import Reform, reformed

BLOCK = 20 * AT_ONCE
"""Plots whose files one process writes at a time; a file's worth where it also writes what layers say, which is a hundred times as much."""


@dataclass(frozen=True, kw_only=True)
class Exported:
    """How many plots were written, and the numbers of those that only a question one by one can tell."""

    written: int
    left: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A reform and a use."""

    change: Reform
    use: Use


@dataclass(kw_only=True)
class Tally:
    """What became of plots: how many by effect, and the sum of the floor area in hundredths of a m² over those that can be told."""

    plots: int = 0
    effects: Counter[str] = field(default_factory=Counter)
    known: int = 0
    change: int = 0
    redrawn: int = 0
    lost: int = 0
    won: int = 0
    """What redrawn zones change; of these, where the use is permitted no more, and where newly."""

    def add(self, other: "Tally") -> None:
        """Count others with them."""
        self.plots += other.plots
        self.effects += other.effects
        self.known += other.known
        self.change += other.change
        self.redrawn += other.redrawn
        self.lost += other.lost
        self.won += other.won


def export(
    land: LandAnswers,
    place: str,
    folder: Path,
    *,
    on: date | None,
    cores: int,
    redrawing: Reform | None = None,
    says: bool = False,
) -> Iterator[Exported]:
    """Write the land of a place on a day, block after block, with what the zones of a reform need where they are redrawn, and what all layers say of
    each plot where extracts and envelopes are to be asked.

    `Invalid` for a folder that holds files already, or zones that cannot be laid on this land.
    """
    check_new(folder)
    many, numbers = all_numbers(land, place, on=on)
    order = _Order(place=place, day=on or today(), folder=folder, redrawing=redrawing, says=says)
    block = files.PART if says else BLOCK
    writer, blocks = _Writer(land, order), enumerate(in_pieces(numbers, block))
    if cores < 2 or many <= block:
        return (writer.written(block) for block in blocks)
    begun = _begin_export, (land.engine.url, land.rasters, order, writer.stamp.known)
    return shared_out(_export_block, blocks, cores=cores, begun_with=begun)


@dataclass(frozen=True, kw_only=True)
class _Order:
    """What is to be written, and where."""

    place: str
    day: date
    folder: Path
    redrawing: Reform | None
    says: bool


class _Writer:
    """Writes blocks of plots."""

    def __init__(self, land: LandAnswers, order: _Order, *, known: datetime | None = None) -> None:
        self._land, self._order = land, order
        self._tracts = Tracts(land, order.place, order.day, known=known)
        self.stamp = self._tracts.stamp()
        self._drawn: tuple[Area, ...] = ()
        if order.redrawing is not None and order.redrawing.zones:
            self.stamp, self._drawn = stamped(land, self.stamp, order.redrawing)
        self.stamp = replace(self.stamp, says=order.says)
        self._telling = Telling(land, order.place, self.stamp.on, known=self.stamp.known)

    def written(self, block: tuple[int, Sequence[str]]) -> Exported:
        """The files of a block."""
        turn, numbers = block
        left: list[str] = []
        written = files.write(self._told(numbers, left), self.stamp, self._order.folder, turn)
        return Exported(written=written, left=tuple(left))

    def _told(self, numbers: Sequence[str], left: list[str]) -> Iterator[Tract]:
        stamp = self.stamp
        for some in in_pieces(numbers, AT_ONCE):
            read = self._tracts.read(some)
            left.extend(some[place] for place in read.left.tolist())
            if read.tract is not None:
                tract = with_sites(self._land, read.tract, self._drawn, on=stamp.on, known=stamp.known)
                yield self._said(tract) if stamp.says else tract

    def _said(self, tract: Tract) -> Tract:
        told = self._telling.told(tract.number.tolist())
        return with_said(self._land, tract, told, self.stamp)


_HERE: list[_Writer] = []
"""What a process that writes blocks was begun with."""


def _begin_export(url: URL, rasters: Path, order: _Order, known: datetime) -> None:
    _HERE[:] = [_Writer(land_there(url, rasters), order, known=known)]


def _export_block(block: tuple[int, Sequence[str]]) -> Exported:
    return _HERE[0].written(block)


def part(path: Path, asked: Asked) -> geopandas.GeoDataFrame:
    """The plots of a file before and after."""
    return told(files.read(path), files.stamp_of(path), asked)


def parts_of(paths: Sequence[Path], asked: Asked, *, hands: Hands) -> Iterator[geopandas.GeoDataFrame]:
    """The plots of some files before and after, a table for each file, on whatever hands there are."""
    own = [path.resolve() for path in paths]
    return hands.each(partial(part, asked=asked), own, begun_with=UNPREPARED)


def told(tract: Tract, stamp: files.Stamp, asked: Asked) -> geopandas.GeoDataFrame:
    """The plots of a tract before and after: together, those that a redrawn zone touches by themselves."""
    change, use, law = asked.change, asked.use, law_of(asked.change)
    found = table(tract, weigh(tract, change.begins, use, (library(), law)))
    return with_zones(found, tract, change, use, law, drawn_over(change, stamp))


def written_part(path: Path, asked: Asked, output: Path) -> Tally:
    """The same, written under the name that the file has in its folder; what became of the plots."""
    found = part(path, asked)
    own = output / path.parent.name / path.name
    own.parent.mkdir(parents=True, exist_ok=True)
    found.to_parquet(own, compression="zstd")
    return tallied(found)


def tallied(found: geopandas.GeoDataFrame) -> Tally:
    """What became of the plots of a table."""
    change = found["floor_area_change"].dropna().to_numpy(dtype=float)
    redrawn, lost, won = _of_zones(found) if "redrawn" in found else (0, 0, 0)
    return Tally(
        plots=len(found),
        effects=Counter(found["effect"].tolist()),
        known=len(change),
        change=int(np.rint(change * 100.0).sum()),
        redrawn=redrawn,
        lost=lost,
        won=won,
    )


def _of_zones(found: geopandas.GeoDataFrame) -> tuple[int, int, int]:
    before, after = found["use_permitted_before"], found["use_permitted_after"]
    lost, won = ((one & ~other).fillna(False) for one, other in ((before, after), (after, before)))
    return int(found["redrawn"].notna().sum()), int(lost.sum()), int(won.sum())


def check_new(folder: Path) -> None:
    """`Invalid` for a folder that holds something already."""
    if folder.exists() and any(folder.iterdir()):
        raise Invalid(
            f"{folder}: is not empty; name a new folder, so that nothing of an earlier day stays among the others."
        )


def check(change: Reform, stamp: files.Stamp) -> None:
    """`Invalid` for a reform that the files do not suffice for, or that changes nothing the book has."""
    reformed(library(), change)
    drawn_over(change, stamp)


def simulate_here(paths: Iterable[Path], asked: Asked, output: Path, *, cores: int) -> Iterator[Tally]:
    """Simulate files on the processors of this machine, one after the other on each; tables go to a folder."""
    yield from shared_out(_part_here, paths, cores=cores, begun_with=(_begin_simulation, (asked, output)))


_ASKED: dict[str, tuple[Asked, Path]] = {}
"""What a process that simulates files was begun with."""


def _begin_simulation(asked: Asked, output: Path) -> None:
    _ASKED["now"] = asked, output


def _part_here(path: Path) -> Tally:
    return written_part(path, *_ASKED["now"])


def law_of(change: Reform) -> Library:
    """The library in which a reform holds, kept in each process."""
    return _reformed(change.model_dump_json(by_alias=True))


@lru_cache(maxsize=8)
def _reformed(text: str) -> Library:
    return reformed(library(), Reform.model_validate_json(text))
