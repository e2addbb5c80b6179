"""Work that is done later: put into a queue with the change that asks for it, done once in effect.

In: a session inside a local body, the kind of a job and its values, which are identifiers and never tell of a person.  Out:
a row of the queue in the same transaction: no change without its job, no job without its change.  A worker (`api.working`)
hands each job to what does it: a `Doer`, which may be called again for the same job after a crash; one made by `whole` has
its effect once all the same, because the word that the job is done is written with the effect.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, inside
from gis.db.straight import straight

NIGHT = time(2, 0)
"""When a nightly round is due, by the clock of the local body."""
KEPT = timedelta(days=30)
"""How long it is remembered that a job is done; no queue offers one again after so long."""
Value = str | int | None


def put(kind: str, turn: str, values: str, at: str = "NULL") -> str:
    """The expression that puts a job into the queue, for statements that write what it is about: its parts are SQL."""
    return (
        f"(jobs.procrastinate_defer_jobs_v1(ARRAY[ROW('town', {kind}, 0, {turn}, NULL, jsonb_build_object("
        f"'body', entered_body(), 'values', {values}), {at})::jobs.procrastinate_job_to_defer_v1]))[1]"
    )


_LATER = put(
    "CAST(:kind AS text)", "CAST(:turn AS text)", "CAST(:values AS jsonb)", "CAST(:at AS timestamptz)"
)
_PUT = text(f"SELECT {_LATER} AS number WHERE entered_body() IS NOT NULL")
_DONE = text(
    "INSERT INTO job_done (job_id, body, kind, done) VALUES (:job, :body, :kind, :now) ON CONFLICT DO NOTHING"
)
_ROUND = text("INSERT INTO job_round (body, kind, due) VALUES (:body, :kind, :due) ON CONFLICT DO NOTHING")

_FAILED = text(
    "SELECT j.id AS number, j.task_name AS kind, j.attempts AS tries, j.args AS values, max(e.at) AS last"
    " FROM jobs.procrastinate_jobs j JOIN jobs.procrastinate_events e ON e.job_id = j.id"
    " WHERE j.status = 'failed' AND j.args->>'body' = entered_body() GROUP BY j.id ORDER BY j.id DESC LIMIT 100"
)
_AGAIN = text(
    "SELECT jobs.procrastinate_retry_job_v2(id, CAST(:now AS timestamptz), NULL, NULL, NULL)"
    " FROM jobs.procrastinate_jobs WHERE id = :number AND status = 'failed' AND args->>'body' = entered_body()"
)


class Every(StrEnum):
    """How often a repeated job is done in each local body."""

    MINUTE = "minute"
    HOUR = "hour"
    NIGHT = "night"


@dataclass(frozen=True, kw_only=True)
class Work:
    """One job as its doer sees it."""

    engine: Engine
    job: int
    kind: str
    body: str
    values: Mapping[str, Value]
    now: datetime

    @contextmanager
    def inside(self) -> Iterator[tuple[Session, LocalBody]]:
        """A transaction inside the job's local body."""
        with inside(self.engine, self.body) as entered:
            yield entered

    def number(self, name: str) -> int:
        """A value that is a whole number."""
        value = self.values[name]
        if not isinstance(value, int):
            raise TypeError(f"{self.kind}: {name} is no number")
        return value


Doer = Callable[[Work], None]
Done = Callable[[Session, LocalBody, Work], None]


@dataclass(frozen=True, kw_only=True)
class Repeated:
    """A job that every local body does again and again."""

    kind: str
    every: Every


def later(
    session: Session, kind: str, *, at: datetime | None = None, turn: str | None = None, **values: Value
) -> int:
    """Put a job of the entered body into the queue, for an instant or for now; those of one `turn` run one after another."""
    put_in = straight(session, _PUT, {"kind": kind, "turn": turn, "values": json.dumps(values), "at": at})
    if not put_in:
        raise RuntimeError(f"A job {kind} needs a local body; this transaction has entered none.")
    return int(put_in[0].number)


def whole(done: Done) -> Doer:
    """A doer whose effect is one transaction: it happens once, however often the job is handed out."""

    def do(work: Work) -> None:
        with work.inside() as (session, body):
            if _is_first(session, work):
                done(session, body, work)

    return do


def _is_first(session: Session, work: Work) -> bool:
    """Whether nobody has done it; a second run waits here until the first has committed or died."""
    row = {"job": work.job, "body": work.body, "kind": work.kind, "now": work.now}
    return bool(session.execute(_DONE, row).rowcount)  # type: ignore[attr-defined]


def begin_rounds(
    session: Session, body: LocalBody, repeated: tuple[Repeated, ...], *, now: datetime
) -> list[str]:
    """Put what is due in a local body into its queue, once for each round; a missed night is made up for, once."""
    begun = []
    for each in repeated:
        due = last_due(each.every, body, now=now)
        row = {"body": body.code, "kind": each.kind, "due": due}
        if session.execute(_ROUND, row).rowcount:  # type: ignore[attr-defined]
            later(session, each.kind, turn=f"{each.kind} in {body.code}")
            begun.append(each.kind)
    return begun


def last_due(every: Every, body: LocalBody, *, now: datetime) -> datetime:
    """The instant (UTC) at which the present round began."""
    if every is Every.NIGHT:
        there = now.astimezone(ZoneInfo(body.time_zone))
        night = datetime.combine(there.date(), NIGHT, there.tzinfo)
        if night > there:
            night = datetime.combine(there.date() - timedelta(days=1), NIGHT, there.tzinfo)
        return night.astimezone(UTC)
    minute = 0 if every is Every.HOUR else now.minute
    return now.replace(minute=minute, second=0, microsecond=0).astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class FailedJob:
    """A job that was tried as often as jobs are, in vain."""

    number: int
    kind: str
    tries: int
    last: datetime
    values: Mapping[str, Value]


def failed_jobs(session: Session) -> list[FailedJob]:
    """The jobs of the entered body that have failed, newest first; at most a hundred."""
    return [
        FailedJob(
            number=row.number, kind=row.kind, tries=row.tries, last=row.last, values=row.values["values"]
        )
        for row in session.execute(_FAILED)
    ]


def try_again(session: Session, number: int, *, now: datetime) -> bool:
    """Offer a failed job of the entered body again; whether it was one."""
    return session.execute(_AGAIN, {"number": number, "now": now}).first() is not None


def forget_done(session: Session, _body: LocalBody, work: Work) -> None:
    """Forget jobs and rounds of long ago."""
    before = {"before": work.now - KEPT}
    session.execute(text("DELETE FROM job_done WHERE done < :before"), before)
    session.execute(text("DELETE FROM job_round WHERE due < :before"), before)


FORGET = "jobs.forget"
OWN: dict[str, Doer] = {FORGET: whole(forget_done)}
OWN_REPEATED = (Repeated(kind=FORGET, every=Every.NIGHT),)
