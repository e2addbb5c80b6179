"""Who does the work of a question about many plots: this process, the processors of this machine, or the workers of a Dask cluster.

In: a task that is a function of a module, its pieces, what each process needs first.  Out: what the task answers for each piece, in order and the same
whoever does it; never more pieces under way than there is room for.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import URL

from api.answers import LandAnswers
from api.planner.cores import processors, shared_out
from api.settings import Settings
from gis.db.session import make_engine

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")
Question = TypeVar("Question")
Asked_contra = TypeVar("Asked_contra", contravariant=True)
Told_co = TypeVar("Told_co", covariant=True)


@dataclass(frozen=True, kw_only=True)
class Hands:
    """Processors of this machine, or the address of a Dask scheduler, which then does all that is worth sharing out."""

    cores: int = 1
    dask: str | None = None

    @property
    def are_several(self) -> bool:
        """Whether anybody else is there to share work out to."""
        return self.dask is not None or self.cores > 1

    def for_many(self, pieces: int, least: int) -> "Hands":
        """These hands where a question has so many pieces that others are worth what it takes to begin on them, else this process."""
        return self if pieces >= least else ALONE

    def each(
        self,
        task: Callable[[Piece], Answer],
        pieces: Iterable[Piece],
        *,
        begun_with: tuple[Callable[..., None], tuple[Any, ...]],
    ) -> Iterator[Answer]:
        """What a task answers for each piece, in order; `Unavailable` where a process or a worker ends before it has answered."""
        if self.dask is None:
            yield from shared_out(task, pieces, cores=self.cores, begun_with=begun_with)
            return
        there = import_module("api.planner.cluster")  # Dask is loaded only where it is asked for
        with there.cluster(self.dask) as client:
            yield from there.shared_there(client, task, pieces, begun_with=begun_with)


def hands_of(settings: Settings) -> Hands:
    """The cluster of the settings, else all processors of this machine."""
    return Hands(cores=processors(), dask=settings.dask)


_LANDS: dict[tuple[URL, Path], LandAnswers] = {}
"""The land that this process asks for another one."""


def land_there(url: URL, rasters: Path) -> LandAnswers:
    """The land as a process asks it that works for another one: on one connection, which is kept for the next question about the same database."""
    key = url, rasters
    if key not in _LANDS:
        give_back()
        _LANDS[key] = LandAnswers(make_engine(url, pool_size=1), rasters=rasters)
    return _LANDS[key]


def give_back() -> None:
    """End the connections of this process that were made for another one."""
    for each in _LANDS.values():
        each.engine.dispose()
    _LANDS.clear()


def _nothing() -> None:
    """What a process does first for a task that needs nothing."""


UNPREPARED: tuple[Callable[..., None], tuple[Any, ...]] = _nothing, ()
"""For a task that needs nothing before its first piece."""


class Bench(Protocol[Asked_contra, Told_co]):
    """Where the pieces of a question are answered."""

    def rows(self, piece: Asked_contra, /) -> Told_co:
        """The answer for a piece."""


def at_benches(
    made: Callable[[LandAnswers, Question], Bench[Piece, Answer]],
    land: LandAnswers,
    asked: Question,
    pieces: Iterable[Piece],
    hands: Hands,
) -> Iterator[Answer]:
    """What a bench, made of the land and of what is asked, answers for each piece, in order: one bench here, or one in each process of other hands."""
    if not hands.are_several:
        return map(made(land, asked).rows, pieces)
    return hands.each(
        _at_bench, pieces, begun_with=(_make_bench, (made, land.engine.url, land.rasters, asked))
    )


_BENCH: list[Bench[Any, Any]] = []
"""Where a process that works for another one answers."""


def _make_bench(
    made: Callable[[LandAnswers, Any], Bench[Any, Any]], url: URL, rasters: Path, asked: object
) -> None:
    _BENCH[:] = [made(land_there(url, rasters), asked)]


def _at_bench(piece: Any) -> Any:
    return _BENCH[0].rows(piece)


ALONE = Hands()
"""This process, and nobody else."""
