"""A job is asked for with its change, is done once, and belongs to one local body."""

import signal
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.working import FIRST_PAUSE, LONGEST_PAUSE, MOST_TRIES, Pace, Patience, Trade, rounds, work
from civic.core.bodies import LocalBody, enter, inside
from civic.core.jobs import (
    Every,
    Repeated,
    Work,
    begin_rounds,
    failed_jobs,
    last_due,
    later,
    try_again,
    whole,
)
from tests.builders import in_a_thread
from tests.civic.jobs import toiling
from tests.nursery import born

NOW = datetime(2026, 11, 22, 10, 30, 15, tzinfo=UTC)
QUICK = Pace(heartbeat=0.3, silent=1.5, look=0.3, until_empty=True)
Hall = tuple[Engine, LocalBody]


def jobs_of(session: Session) -> list[str]:
    return list(session.scalars(text("SELECT task_name FROM jobs.procrastinate_jobs ORDER BY id")))


def marks(hall: Hall, name: str) -> int:
    with inside(hall[0], hall[1].code) as (session, _):
        return int(
            session.scalar(text("SELECT count(*) FROM sign_in_code WHERE reach = :name"), {"name": name}) or 0
        )


def test_a_change_that_is_rolled_back_leaves_no_job(hall: Hall) -> None:
    engine, body = hall
    with Session(engine) as session:
        enter(session, body.code)
        later(session, "mark", name="never")
        assert jobs_of(session) == ["mark"]
        session.rollback()
    with Session(engine) as session:
        assert jobs_of(session) == []


def test_a_job_is_of_the_body_that_was_entered(town: Session, body: LocalBody) -> None:
    number = later(town, "mark", name="here")
    args = town.scalar(text("SELECT args FROM jobs.procrastinate_jobs WHERE id = :n"), {"n": number})
    assert args == {"body": body.code, "values": {"name": "here"}}


def test_no_job_without_a_body(service_engine: Engine) -> None:
    with Session(service_engine) as session, pytest.raises(RuntimeError, match="entered none"):
        later(session, "mark")


def test_what_was_asked_for_is_done(hall: Hall) -> None:
    engine, body = hall
    with inside(engine, body.code) as (session, _):
        later(session, "mark", name="a")
        later(session, "mark", name="b")
    in_a_thread(work, engine, Trade(doers={"mark": whole(toiling.mark)}, repeated=()), pace=QUICK)
    assert (marks(hall, "a"), marks(hall, "b")) == (1, 1)
    with Session(engine) as session:
        assert jobs_of(session) == []


def test_a_job_of_the_future_waits(hall: Hall) -> None:
    engine, body = hall
    with inside(engine, body.code) as (session, _):
        later(session, "mark", at=datetime(2126, 1, 1, tzinfo=UTC), name="then")
    in_a_thread(work, engine, Trade(doers={"mark": whole(toiling.mark)}, repeated=()), pace=QUICK)
    assert marks(hall, "then") == 0


def test_the_same_job_twice_has_one_effect(hall: Hall) -> None:
    engine, body = hall
    do = whole(toiling.mark)
    same = Work(engine=engine, job=7, kind="mark", body=body.code, values={"name": "once"}, now=NOW)
    do(same)
    do(same)
    assert marks(hall, "once") == 1


def test_one_that_fails_is_tried_again(hall: Hall) -> None:
    engine, body = hall

    def fail(session: Session, body: LocalBody, work: Work) -> None:
        toiling.mark(session, body, work)
        raise ValueError("the printer is on fire")

    with inside(engine, body.code) as (session, _):
        number = later(session, "mark", name="hot")
    in_a_thread(work, engine, Trade(doers={"mark": whole(fail)}, repeated=()), pace=QUICK)
    assert marks(hall, "hot") == 0
    with Session(engine) as session:
        waiting = session.execute(
            text(
                "SELECT status::text, attempts, scheduled_at > now() FROM jobs.procrastinate_jobs WHERE id = :n"
            ),
            {"n": number},
        ).one()
    assert tuple(waiting) == ("todo", 1, True)


@pytest.mark.parametrize(
    ("tried", "least", "most"),
    [
        (0, FIRST_PAUSE, FIRST_PAUSE),
        (3, 8 * FIRST_PAUSE, 8 * FIRST_PAUSE),
        (10, LONGEST_PAUSE, LONGEST_PAUSE),
    ],
)
def test_pauses_double_up_to_an_hour(tried: int, least: int, most: int) -> None:
    decision = Patience().get_retry_decision(exception=ValueError(), job=a_job(tried))
    assert decision is not None
    assert decision.retry_at is not None
    pause = (decision.retry_at - datetime.now(UTC)).total_seconds()
    assert least - 2 < pause <= most


def test_after_the_last_try_it_stays_failed() -> None:
    assert Patience().get_retry_decision(exception=ValueError(), job=a_job(MOST_TRIES - 2)) is not None
    assert Patience().get_retry_decision(exception=ValueError(), job=a_job(MOST_TRIES - 1)) is None


def a_job(attempts: int):  # type: ignore[no-untyped-def]
    from procrastinate.jobs import Job

    return Job(queue="town", lock=None, queueing_lock=None, task_name="mark", attempts=attempts)


@pytest.mark.parametrize("point", ["before the commit", "before the queue hears of it"])
def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(hall: Hall, point: str) -> None:
    engine, body = hall
    with inside(engine, body.code) as (session, _):
        later(session, "mark", name="killed")
    address = toiling_address(engine)
    with born("tests.civic.jobs.toiling", address, point) as killed:
        assert killed.stdout.readline() == "reached\n"
    assert killed.returncode == -signal.SIGKILL
    assert marks(hall, "killed") == (0 if point == "before the commit" else 1)
    with born("tests.civic.jobs.toiling", address, "no point"):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not is_empty(engine):
            time.sleep(0.2)
    assert is_empty(engine)
    assert marks(hall, "killed") == 1


def is_empty(engine: Engine) -> bool:
    with Session(engine) as session:
        return not jobs_of(session)


def toiling_address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_a_round_is_begun_once_whoever_looks(town: Session, body: LocalBody) -> None:
    nightly = (Repeated(kind="sweep", every=Every.NIGHT), Repeated(kind="look", every=Every.MINUTE))
    assert begin_rounds(town, body, nightly, now=NOW) == ["sweep", "look"]
    assert begin_rounds(town, body, nightly, now=NOW.replace(second=59)) == []
    assert begin_rounds(town, body, nightly, now=NOW.replace(minute=31)) == ["look"]
    assert begin_rounds(town, body, nightly, now=NOW.replace(day=23)) == ["sweep", "look"]


def test_every_body_has_its_own_rounds(
    service_engine: Engine, body: LocalBody, other_body: LocalBody
) -> None:
    kind = f"sweep-{body.code}"
    rounds(service_engine, (Repeated(kind=kind, every=Every.NIGHT),))
    rounds(service_engine, (Repeated(kind=kind, every=Every.NIGHT),))
    with Session(service_engine) as session:
        bodies = session.scalars(
            text("SELECT args->>'body' FROM jobs.procrastinate_jobs WHERE task_name = :kind"), {"kind": kind}
        ).all()
    assert len(bodies) == len(set(bodies))
    assert {body.code, other_body.code} <= set(bodies)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        # Two o'clock in Kerala is 20:30 UTC of the day before.
        (datetime(2026, 11, 22, 20, 29, tzinfo=UTC), datetime(2026, 11, 21, 20, 30, tzinfo=UTC)),
        (datetime(2026, 11, 22, 20, 30, tzinfo=UTC), datetime(2026, 11, 22, 20, 30, tzinfo=UTC)),
    ],
)
def test_night_is_night_in_the_local_body(body: LocalBody, now: datetime, due: datetime) -> None:
    assert last_due(Every.NIGHT, body, now=now) == due


def test_the_queue_lies_beside_the_town_hall_not_in_it(engine: Engine) -> None:
    with engine.connect() as connection:
        public = connection.scalars(
            text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::REGNAMESPACE")
        ).all()
    assert not [name for name in public if name.startswith("procrastinate")]


def test_a_job_that_failed_for_good_is_seen_by_its_body_and_tried_again(hall: Hall) -> None:
    engine, body = hall

    def fail(session: Session, body: LocalBody, work: Work) -> None:
        raise ValueError("the printer is on fire")

    with inside(engine, body.code) as (session, _):
        number = later(session, "mark", name="late")
        session.execute(
            text("UPDATE jobs.procrastinate_jobs SET attempts = :n WHERE id = :id"),
            {"n": MOST_TRIES - 1, "id": number},
        )
    in_a_thread(work, engine, Trade(doers={"mark": whole(fail)}, repeated=()), pace=QUICK)
    with inside(engine, body.code) as (session, _):
        (failed,) = failed_jobs(session)
        assert (failed.number, failed.kind, failed.values) == (number, "mark", {"name": "late"})
        assert try_again(session, number, now=datetime.now(UTC))
        assert not try_again(session, number, now=datetime.now(UTC))
        assert failed_jobs(session) == []
    in_a_thread(work, engine, Trade(doers={"mark": whole(toiling.mark)}, repeated=()), pace=QUICK)
    assert marks(hall, "late") == 1


def test_a_failed_job_of_another_body_is_neither_seen_nor_touched(
    town: Session, body: LocalBody, other_body: LocalBody
) -> None:
    number = later(town, "mark", name="theirs")
    town.execute(text("UPDATE jobs.procrastinate_jobs SET status = 'failed' WHERE id = :id"), {"id": number})
    assert [each.number for each in failed_jobs(town)] == [number]
    enter(town, other_body.code)
    assert failed_jobs(town) == []
    assert not try_again(town, number, now=NOW)
