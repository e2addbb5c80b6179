"""A study reckoned by a worker: plot by plot, then permit by permit, told as it goes, and left where it is called off.

In: a job of the queue.  Out: a study that is done, failed or cancelled.  A job whose worker died begins again from the start: nothing is kept
before all of it is.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any, TypeVar

import orjson
from sqlalchemy.exc import OperationalError

from civic.core.jobs import Doer, Work
from civic.reforms.found import summary
from civic.reforms.room import Editions, Plot, Question, Reckoner, ReformRoom, Row
from civic.reforms.rows import Put, plots_file
from civic.reforms.studies import (
    PERMITS,
    PLOTS,
    STUDY,
    Study,
    end_with,
    finish,
    go_on,
    study_numbered,
)
from gis.errors import LandError
from rules.reform import Reform

LOG = logging.getLogger("bhumika")
TELL = 1.0
"""Seconds between two words on how far it is."""
FAULT = "The study ended by a fault of this program; its log says which. Tell whoever looks after it."
T = TypeVar("T")


class CalledOff(Exception):
    """Somebody called the study off while it was reckoned."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was reckoned, and on what it rests."""

    told: dict[str, Any]
    files: dict[str, bytes]
    editions: Editions


@dataclass(frozen=True, kw_only=True)
class StudyDoer:
    """Reckons studies."""

    room: ReformRoom

    @property
    def doers(self) -> dict[str, Doer]:
        """What a worker can do with it."""
        return {STUDY: self.do}

    def do(self, work: Work) -> None:
        """Reckon a study that waits; one that has ended is left as it is."""
        number = work.number("study")
        with work.inside() as (session, body):
            study, place = study_numbered(session, number), body.jurisdiction
        if not study.is_under_way:
            return
        try:
            self._keep(work, number, _reckoned(work, study, place, self.room.reckoner(work.engine)))
        except CalledOff:
            LOG.info("Study %s of %s was called off.", number, work.body)
        except LandError as error:
            self._end(work, number, error.message)
        except OperationalError:  # the database may be away for a while: the queue offers the job again
            raise
        except Exception:  # a bug of ours: the reader is told, the log says which
            LOG.exception("Study %s of %s failed.", number, work.body)
            self._end(work, number, FAULT)

    def _keep(self, work: Work, number: int, found: Found) -> None:
        with work.inside() as (session, body):
            finish(
                session,
                body,
                number,
                found=found.told,
                files=found.files,
                book=found.editions.book,
                known=found.editions.known,
                sources=found.editions.sources,
                now=self._now(),
            )

    def _end(self, work: Work, number: int, why: str) -> None:
        with work.inside() as (session, _):
            end_with(session, number, why, now=self._now())

    def _now(self) -> datetime:
        return self.room.clock()


def _reckoned(work: Work, study: Study, place: str, reckoner: Reckoner) -> Found:
    question = Question(
        place=place,
        reform=Reform.model_validate(study.reform),
        ward=study.ward,
        occupancy=study.occupancy,
        storey=study.storey,
    )
    editions = reckoner.editions(place)
    many, plots = reckoner.plots(question)
    more, permits = reckoner.permits(question, work.body) if study.with_permits else (0, iter(()))
    telling = Telling(work=work, number=study.id, steps=many + more)
    judged: list[dict[str, Any]] = []
    with TemporaryDirectory() as folder:
        file = Path(folder) / "plots.parquet"
        with plots_file(file, with_zones=bool(question.reform.zones)) as put:
            told = summary(_kept(telling.along(plots), put), _listed(telling.along(permits), judged))
        content = file.read_bytes()
    return Found(
        told=told | {"changes": reckoner.changes(question.reform)},
        files={PLOTS: content, PERMITS: orjson.dumps(judged)},
        editions=editions,
    )


def _kept(plots: Iterator[Plot], put: Put) -> Iterator[Row]:
    """The rows of plots, each written as it comes, so that a whole town is never in memory."""
    for each in plots:
        put(each)
        yield each.row


def _listed(permits: Iterator[dict[str, Any]], judged: list[dict[str, Any]]) -> Iterator[Row]:
    for each in permits:
        judged.append(each)
        yield each


@dataclass(kw_only=True)
class Telling:
    """Tells once a second how far a study is, and hears whether it was called off."""

    work: Work
    number: int
    steps: int
    done: int = 0
    told: float = float("-inf")

    def along(self, parts: Iterator[T]) -> Iterator[T]:
        """The parts one by one; `CalledOff` where somebody does not want them any more."""
        self._tell()
        for each in parts:
            yield each
            self.done += 1
            if monotonic() - self.told >= TELL:
                self._tell()

    def _tell(self) -> None:
        self.told = monotonic()
        with self.work.inside() as (session, _):
            if not go_on(session, self.number, done=self.done, steps=self.steps):
                raise CalledOff
