"""Tracts of a place as it is known now: some hundred plots at a time, from the database at the door.

In: the answers of the platform, a place, a day, numbers of plots.  Out: tracts, and which of the numbers they leave to whoever asks one by one.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import TypeVar

import numpy as np
from sqlalchemy.orm import Session

from api.answers import LandAnswers, as_of, today
from api.planner.weighing import LIMITS
from gis.asof import AsOf
from gis.errors import LandError
from gis.jurisdictions import jurisdiction
from gis.parcels.queries import count_of, numbers_after
from gis.place import Jurisdiction
from layers.tracts.files import Stamp
from layers.tracts.reading import Read, Reader

AT_ONCE = 1_000
"""Plots that are read and reckoned together."""
PAGE = 20_000
"""Numbers in memory at a time."""
Each = TypeVar("Each")


class Tracts:
    """Reads tracts of a place on a day, all as known at one instant, the last unless given; for a day to come, the land of today."""

    def __init__(self, land: LandAnswers, code: str, day: date, *, known: datetime | None = None) -> None:
        self._land, self._code = land, code
        self._on, self._known = min(day, today()), known
        self._reader: Reader | None = None

    def read(self, numbers: Sequence[str]) -> Read:
        """The plots of some numbers; all are left where the place knows nothing on that day."""
        with Session(self._land.engine) as session, session.begin():
            try:
                return self._opened(session).read(session, numbers)
            except LandError:
                everything = np.arange(len(numbers))
                return Read(tract=None, places=everything[:0], left=everything)

    def stamp(self) -> Stamp:
        """What the tracts are of; `NotFound` for a place that is not there, or of which nothing is recorded."""
        with Session(self._land.engine) as session, session.begin():
            return self._opened(session).stamp

    def _opened(self, session: Session) -> Reader:
        if self._reader is None:
            place = jurisdiction(session, self._code)
            at = as_of(session, place, on=self._on, known=self._known)
            self._reader = Reader(session, place, LIMITS, at=at, rasters=self._land.rasters)
        return self._reader


def all_numbers(land: LandAnswers, code: str, *, on: date | None = None) -> tuple[int, Iterator[str]]:
    """How many plots a place has on a day, today unless given, as known now, and their numbers in order, read some thousand at a time."""
    with Session(land.engine) as session, session.begin():
        place = jurisdiction(session, code)
        at = as_of(session, place, on=on or today(), known=None)
        return count_of(session, place, at=at), _numbers(land, place, at)


def _numbers(land: LandAnswers, place: Jurisdiction, at: AsOf) -> Iterator[str]:
    some: Sequence[str] = [""]
    while some:
        with Session(land.engine) as session, session.begin():
            some = numbers_after(session, place, some[-1], PAGE, at=at)
        yield from some


def in_pieces(those: Iterable[Each], size: int) -> Iterator[list[Each]]:
    """Numbers, or whatever is told of them, some at a time."""
    left = iter(those)
    while some := list(islice(left, size)):
        yield some
