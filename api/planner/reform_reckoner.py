"""Studies of reforms reckoned from the land, the book and the drawings of this instance.

In: settings, an engine in the service's role.  Out: the `Reckoner` behind the town hall's studies, and what a worker does for them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.answers import LandAnswers, today
from api.planner.rejudging import JudgedAgain, judged_again, permits_of, row_of_permit
from api.planner.simulating import Use, plot_of, simulate
from api.planner.tracts import all_numbers
from api.planner.zones import areas_of
from api.settings import Settings
from civic.core.documents.store import Store
from civic.reforms.doing import StudyDoer
from civic.reforms.room import Editions, Plot, Question, ReformRoom
from gis.errors import Invalid
from gis.jurisdictions import jurisdiction
from gis.recordings import last_recording
from layers.imports import standing
from rules.axes import occupancies
from rules.reading import library
from rules.reform import Reform, changed, reformed

DAYS_AHEAD = 36_525
"""Days to come within which a reform begins: a later day is a slip of the pen."""


@dataclass(frozen=True, kw_only=True)
class LandReckoner:
    """Reckons reforms on the land of a database."""

    land: LandAnswers
    store: Store

    def check(self, question: Question) -> None:
        """Whether the reform can be laid on this place and book; `Invalid` or `NotFound` says what cannot be meant."""
        reform = question.reform
        reformed(library(), reform)
        areas_of(self.land, question.place, reform)
        known = [each.key for each in occupancies()]
        if question.occupancy not in known:
            raise Invalid(
                f"“{question.occupancy[:40]}” is no group of rule 25; there are {', '.join(known)}."
            )
        if abs((reform.begins - today()).days) > DAYS_AHEAD:
            raise Invalid(f"A reform from {reform.begins} is too far from today.", code="bad-reform")
        if question.ward is not None:
            self.land.numbers_of_ward(question.place, question.ward, on=None)

    def editions(self, place: str) -> Editions:
        """On what an answer of now rests."""
        with Session(self.land.engine) as session, session.begin():
            there = jurisdiction(session, place)
            known = last_recording(session, place)
            imports = standing(session, there, known=known)
        return Editions(
            book=library().digest,
            known=known,
            sources=tuple(
                {"name": each.name, "title": str(each.source["title"]), "day": str(each.source_date)}
                for each in imports
            ),
        )

    def changes(self, reform: Reform) -> list[dict[str, Any]]:
        """Every cell of the book that the reform changes, amounts as they are written."""
        return [
            {
                "parameter": each.parameter,
                "title": each.title,
                "body": str(each.body),
                "rows": list(each.rows),
                "before": str(each.before),
                "after": str(each.after),
                "unit": str(each.unit),
            }
            for each in changed(library(), reform)
        ]

    def plots(self, question: Question) -> tuple[int, Iterator[Plot]]:
        """Each plot before and after."""
        many, numbers = self._there(question)
        use = Use(occupancy=question.occupancy, storey_height=question.storey)
        found = simulate(self.land, question.place, numbers, question.reform, use)
        metric = self.land.metric(question.place)
        return many, (plot_of(each, metric) for each in found)

    def permits(self, question: Question, body: str) -> tuple[int, Iterator[dict[str, Any]]]:
        """Each permit of a body judged again."""
        with Session(self.land.engine) as session, session.begin():
            plots = list(self._there(question)[1]) if question.ward else None
            permits = permits_of(session, question.place, plots=plots, body=body)
        again = judged_again(self.land, self.store, question.place, permits, question.reform)
        return len(permits), (_permit(each) for each in again)

    def _there(self, question: Question) -> tuple[int, Iterable[str]]:
        """How many plots a question is about, and their numbers."""
        if question.ward is None:
            return all_numbers(self.land, question.place)
        numbers = self.land.numbers_of_ward(question.place, question.ward, on=None)
        return len(numbers), numbers


def _permit(found: JudgedAgain) -> dict[str, Any]:
    row = row_of_permit(found)
    points = {"fails": (), "opens": (), "mends": ()} if found.found is None else vars(found.found)
    return row | {name: [asdict(each) for each in points[name]] for name in ("fails", "opens", "mends")}


def reform_room(settings: Settings, store: Store) -> ReformRoom:
    """What the doors and the worker of studies need; one reckoner for each database."""
    reckoners: dict[Engine, LandReckoner] = {}

    def reckoner(engine: Engine) -> LandReckoner:
        land = LandAnswers(engine, rasters=settings.rasters)
        return reckoners.setdefault(engine, LandReckoner(land=land, store=store))

    return ReformRoom(reckoner=reckoner, clock=lambda: datetime.now(UTC))


def study_doer(settings: Settings, store: Store) -> StudyDoer:
    """Who reckons studies in a worker."""
    return StudyDoer(room=reform_room(settings, store))
