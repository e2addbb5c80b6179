"""What is known of many plots of a place, some hundred at a time, from the database at the door.

In: the answers of the platform, a place, a day, numbers of plots.  Out: `Told` of each, all as known at one instant, None for those that only a question
one by one can tell.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from api.answers import LandAnswers, as_of
from gis.errors import LandError
from gis.jurisdictions import jurisdiction
from layers.tracts.answers import Answers, Told


class Telling:
    """Tells of plots of one place on a day, as known at one instant, the last unless given."""

    def __init__(self, land: LandAnswers, code: str, on: date, *, known: datetime | None = None) -> None:
        self._land, self._code, self._on, self._known = land, code, on, known
        self._answers: Answers | None = None

    def told(self, numbers: Sequence[str]) -> list[Told | None]:
        """What is known of each plot; None of all where the place knows nothing on that day."""
        with Session(self._land.engine) as session, session.begin():
            try:
                return self._opened(session).told(session, numbers)
            except LandError:
                return [None] * len(numbers)

    def _opened(self, session: Session) -> Answers:
        if self._answers is None:
            place = jurisdiction(session, self._code)
            at = as_of(session, place, on=self._on, known=self._known)
            self._answers = Answers(session, place, at=at, rasters=self._land.rasters)
        return self._answers
