"""Tracts of a place as it is known now: some hundred plots at a time, from the database at the door.

In: the answers of the platform, a place, a day, numbers of plots.  Out: tracts, and which of the numbers they leave to whoever asks one by one.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice

import numpy as np
from sqlalchemy.orm import Session

from api.answers import LandAnswers, as_of, today
from api.weighing import LIMITS
from gis.errors import LandError
from gis.jurisdictions import jurisdiction
from layers.tracts.files import Stamp
from layers.tracts.reading import Read, Reader

AT_ONCE = 1_000
"""Plots that are read and reckoned together."""


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


def in_pieces(numbers: Iterable[str], size: int) -> Iterator[list[str]]:
    """Numbers some at a time."""
    left = iter(numbers)
    while some := list(islice(left, size)):
        yield some
