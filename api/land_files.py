"""The land of a place in files, and a reform simulated from them: for what outgrows one machine, or should leave the database alone.

In: a place and a folder; then that folder and a reform.  Out: GeoParquet by local body (`layers.tracts.files`); then GeoParquet of the same names
with a row for each plot before and after, in metres of the place.  A simulation from files asks no database; it runs on the processors of this
machine or, with the same functions, on a Dask cluster (`api.cluster`), whose workers see the folders under the same names.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import geopandas
import numpy as np
from sqlalchemy import URL

from api.answers import LandAnswers, today
from api.cores import shared_out
from api.simulated_table import table
from api.tracts import AT_ONCE, Tracts, in_pieces
from api.weighing import Use, weigh
from gis.db.session import make_engine
from gis.errors import Invalid
from layers.tracts import files
from layers.tracts.model import Tract
from rules.book import Library
from rules.reading import library
from rules.reform import Reform, reformed

BLOCK = 20 * AT_ONCE
"""Plots whose files one process writes at a time."""


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

    def add(self, other: "Tally") -> None:
        """Count others with them."""
        self.plots += other.plots
        self.effects += other.effects
        self.known += other.known
        self.change += other.change


def export(land: LandAnswers, place: str, folder: Path, *, on: date | None, cores: int) -> Iterator[Exported]:
    """Write the land of a place on a day, block after block; `Invalid` for a folder that holds files already."""
    check_new(folder)
    numbers = land.numbers(place, on=on)
    first, blocks = Tracts(land, place, on or today()), enumerate(in_pieces(numbers, BLOCK))
    if cores < 2 or len(numbers) <= BLOCK:
        return (_written(first, folder, block) for block in blocks)
    begun = _begin_export, (land.engine.url, land.rasters, place, on or today(), first.stamp().known, folder)
    return shared_out(_export_block, blocks, cores=cores, begun_with=begun)


_HERE: dict[str, Tracts | Path] = {}
"""What a process that writes blocks was begun with."""


def _begin_export(url: URL, rasters: Path, place: str, day: date, known: datetime, folder: Path) -> None:
    land = LandAnswers(make_engine(url, pool_size=1), rasters=rasters)
    _HERE.update(tracts=Tracts(land, place, day, known=known), folder=folder)


def _export_block(block: tuple[int, Sequence[str]]) -> Exported:
    tracts, folder = _HERE["tracts"], _HERE["folder"]
    assert isinstance(tracts, Tracts)
    assert isinstance(folder, Path)
    return _written(tracts, folder, block)


def _written(tracts: Tracts, folder: Path, block: tuple[int, Sequence[str]]) -> Exported:
    turn, numbers = block
    left: list[str] = []

    def told() -> Iterator[Tract]:
        for some in in_pieces(numbers, AT_ONCE):
            read = tracts.read(some)
            left.extend(some[place] for place in read.left.tolist())
            if read.tract is not None:
                yield read.tract

    written = files.write(told(), tracts.stamp(), folder, turn)
    return Exported(written=written, left=tuple(left))


def part(path: Path, asked: Asked) -> geopandas.GeoDataFrame:
    """The plots of a file before and after."""
    tract = files.read(path)
    return table(tract, weigh(tract, asked.change.begins, asked.use, (library(), law_of(asked.change))))


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
    return Tally(
        plots=len(found),
        effects=Counter(found["effect"].tolist()),
        known=len(change),
        change=int(np.rint(change * 100.0).sum()),
    )


def check_new(folder: Path) -> None:
    """`Invalid` for a folder that holds something already."""
    if folder.exists() and any(folder.iterdir()):
        raise Invalid(
            f"{folder}: is not empty; name a new folder, so that nothing of an earlier day stays among the others."
        )


def check(change: Reform) -> None:
    """`Invalid` for a reform that files do not suffice for, or that changes nothing the book has."""
    if change.zones:
        raise Invalid(
            "A reform that redraws zones is simulated from the database, which has the layers: use `./bhumika simulate`."
        )
    reformed(library(), change)


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
