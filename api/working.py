"""The worker: takes jobs out of the queue and has them done, until it is told to stop.

In: an engine in the service's role, and what does each kind of job.  Out: jobs done.  A job whose worker was killed is
offered again once that worker has been silent for half a minute; one that fails is tried again after a pause that doubles,
up to an hour, and is left as failed after twelve tries.  The worker reads the clock: jobs are told what time it is.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from threading import Thread
from typing import IO, Any

from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from civic.core.bodies import inside, local_bodies
from civic.core.jobs import OWN, OWN_REPEATED, Doer, Repeated, Value, Work, begin_rounds
from gis.errors import Unavailable

LOG = logging.getLogger("bhumika")
QUEUE_MADE_FOR = "3.10."
"""The library whose queue the migrations made; another one needs a migration first."""
MOST_TRIES = 12
FIRST_PAUSE, LONGEST_PAUSE = 15, 3600
"""Seconds between two tries of a job."""


class Patience(BaseRetryStrategy):
    """Tries again after 15 s, 30 s, 1 min … at most an hour."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002
        """When the job is tried again, or None when it has been often enough."""
        if job.attempts + 1 >= MOST_TRIES:
            return None
        pause = min(FIRST_PAUSE * 2**job.attempts, LONGEST_PAUSE)
        return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=pause))


@dataclass(frozen=True, kw_only=True)
class Trade:
    """What a worker can do, and what it does again and again."""

    doers: Mapping[str, Doer] = field(default_factory=lambda: dict(OWN))
    repeated: tuple[Repeated, ...] = OWN_REPEATED


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How a worker works; times in seconds."""

    at_once: int = 4
    heartbeat: float = 5.0
    silent: float = 30.0
    """After so long without a heartbeat a worker counts as dead."""
    look: float = 10.0
    """Between two looks for rounds that are due and jobs of dead workers."""
    until_empty: bool = False


def work(engine: Engine, trade: Trade, *, pace: Pace = Pace(), ends_with: IO[bytes] | None = None) -> None:
    """Work until SIGINT or SIGTERM, or until a pipe closes; what was begun is finished first."""
    if not version("procrastinate").startswith(QUEUE_MADE_FOR):
        raise Unavailable(
            f"The queue was made for procrastinate {QUEUE_MADE_FOR}x, and {version('procrastinate')} is installed."
            " Install what the lock names: ./bhumika setup."
        )
    asyncio.run(_work(engine, trade, pace, ends_with))


async def _work(engine: Engine, trade: Trade, pace: Pace, ends_with: IO[bytes] | None) -> None:
    connector = PsycopgConnector(
        conninfo=await asyncio.to_thread(_address, engine), min_size=1, max_size=pace.at_once + 2
    )
    async with App(connector=connector).open_async() as app:
        for kind, doer in trade.doers.items():
            app.task(name=kind, pass_context=True, retry=Patience())(_task(engine, kind, doer))
        worker = asyncio.create_task(
            app.run_worker_async(
                concurrency=pace.at_once,
                wait=not pace.until_empty,
                delete_jobs="successful",
                update_heartbeat_interval=pace.heartbeat,
                stalled_worker_timeout=pace.silent,
            )
        )
        minder = asyncio.create_task(_mind(app, engine, trade, pace))
        if ends_with is not None:
            _end_with(ends_with, asyncio.get_running_loop(), worker)
        try:
            await worker
        except asyncio.CancelledError:
            LOG.info("The worker has ended with the server.")
        finally:
            minder.cancel()


def _task(engine: Engine, kind: str, doer: Doer) -> Any:
    def run(context: JobContext, body: str, values: dict[str, Value]) -> None:
        assert context.job.id is not None
        now = datetime.now(UTC)
        doer(Work(engine=engine, job=context.job.id, kind=kind, body=body, values=values, now=now))

    return run


async def _mind(app: App, engine: Engine, trade: Trade, pace: Pace) -> None:
    """Offer the jobs of dead workers again, and begin the rounds that are due; a look that fails is followed by the next."""
    while True:
        try:
            await app.job_manager.prune_stalled_workers(pace.silent)
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=pace.silent):
                LOG.warning("Job %s was left by a dead worker; it is offered again.", job.call_string)
                await app.job_manager.retry_job(job)
            await asyncio.to_thread(rounds, engine, trade.repeated)
        except Exception as error:  # the database may be away for a while: the worker outlives it
            LOG.warning("The worker could not look after the queue: %s", error)
        await asyncio.sleep(pace.look)


def rounds(engine: Engine, repeated: tuple[Repeated, ...]) -> None:
    """Begin what is due in every local body."""
    with Session(engine) as session:
        codes = [body.code for body in local_bodies(session)]
    for code in codes:
        with inside(engine, code) as (session, body):
            begin_rounds(session, body, repeated, now=datetime.now(UTC))


def _end_with(pipe: IO[bytes], loop: asyncio.AbstractEventLoop, worker: "asyncio.Task[None]") -> None:
    """End the worker when the other end of a pipe is closed, which it is even when the server was killed."""

    def watch() -> None:
        while pipe.read(1):
            pass
        loop.call_soon_threadsafe(worker.cancel)

    Thread(target=watch, name="end of the worker", daemon=True).start()


def _address(engine: Engine) -> str:
    """How the engine connects, for a driver that is not asked through it; the queue's tables are found first."""
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        known = driver.info.get_parameters()
        password = driver.info.password
    known["options"] = f"{known.get('options', '')} -c search_path=jobs".strip()
    return make_conninfo("", **known, **({"password": password} if password else {}))
