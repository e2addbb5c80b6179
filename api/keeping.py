"""The private PostGIS is kept running for as long as the service serves from it.

In: the state folder.  Out: a server that is started again where it was killed; each death and each return is logged.
Questions that meet the gap are answered 503; the next one after it is answered as before.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import psycopg

from api.local_postgis import ensure, is_up
from gis.errors import Unavailable

LOG = logging.getLogger("bhumika")
LOOK_EVERY = 1.0
"""Seconds between two looks, which read a lock file and cost next to nothing."""
LONGEST_PAUSE = 60.0
"""Seconds between two tries, at most; the first failed try is followed by one second, each further by twice as long."""


@contextmanager
def kept_running(state: Path) -> Iterator[None]:
    """While inside, the private database of a state folder is started again whenever it is down."""
    ended = Event()
    keeper = Thread(
        target=keep_running,
        kwargs={"is_up": lambda: is_up(state), "start": lambda: ensure(state), "wait": ended.wait},
        name="keeper of the database",
        daemon=True,
    )
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()  # it must not start again what is stopped next


def keep_running(
    *, is_up: Callable[[], bool], start: Callable[[], object], wait: Callable[[float], bool]
) -> None:
    """Look, and start what is down, until `wait` says that it is time to end; a try that fails is followed by a longer pause."""
    pause = LOOK_EVERY
    while not wait(pause):
        if is_up():
            pause = LOOK_EVERY
            continue
        LOG.warning("The private database is down; it is started again.")
        try:
            start()
        except (Unavailable, OSError, psycopg.Error) as error:
            pause = min(2 * pause, LONGEST_PAUSE)
            LOG.error("The private database did not start; the next try is in %g s. %s", pause, error)
        else:
            pause = LOOK_EVERY
            LOG.warning("The private database is up again.")
