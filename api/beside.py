"""A worker beside the server: a process of its own, started again where it dies, ended with the server.

In: nothing but the environment, from which the worker reads the same settings.  Out: a process that works for as long as
the server serves.  It holds a pipe to the server: when the server is killed, the pipe closes and the worker ends too.
"""

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

LOG = logging.getLogger("bhumika")
COMMAND = (sys.executable, "-m", "api.cli", "work", "--beside")
LOOK_EVERY = 1.0
"""Seconds between two looks at the worker."""
LONGEST_PAUSE = 60.0
"""Seconds before a worker that keeps dying is started again, at most."""
PATIENCE = 30.0
"""Seconds that a worker has to finish what it began."""


@contextmanager
def worker_beside(command: tuple[str, ...] = COMMAND) -> Iterator[None]:
    """While inside, a worker runs."""
    ended = Event()
    keeper = Thread(target=_keep, args=(command, ended), name="keeper of the worker", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()


def _keep(command: tuple[str, ...], ended: Event) -> None:
    pause = LOOK_EVERY
    while not ended.is_set():
        worker = subprocess.Popen(  # noqa: S603 - our own program; Ctrl-C is heard by the server alone, which lets it finish
            command, stdin=subprocess.PIPE, process_group=0
        )
        started = _until(worker, ended)
        if ended.is_set():
            _end(worker)
            return
        pause = LOOK_EVERY if started else min(2 * pause, LONGEST_PAUSE)
        LOG.warning("The worker ended with status %s; it is started again in %g s.", worker.returncode, pause)
        _end(worker)
        ended.wait(pause)


def _until(worker: "subprocess.Popen[bytes]", ended: Event) -> bool:
    """Wait for the worker's end, or the server's; whether the worker had time to do something."""
    looks = 0
    while worker.poll() is None and not ended.wait(LOOK_EVERY):
        looks += 1
    return looks * LOOK_EVERY > LONGEST_PAUSE


def _end(worker: "subprocess.Popen[bytes]") -> None:
    worker.terminate()  # it finishes what it began; one that has not begun yet ends at once
    if worker.stdin:
        worker.stdin.close()
    try:
        worker.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
