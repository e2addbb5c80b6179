"""The worker beside the server: it runs while the server serves, comes back when it dies, and never outlives it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from api.beside import worker_beside

IN_TIME = 20.0
"""Seconds."""
WORKER = "import os, sys, pathlib; pathlib.Path(sys.argv[1]).open('a').write(f'{os.getpid()}\\n'); sys.stdin.read()"
SERVER = (
    "import sys, time\n"
    "from api.beside import worker_beside\n"
    "with worker_beside(tuple(sys.argv[1:])):\n"
    "    time.sleep(60)\n"
)


def until(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + IN_TIME
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def begun(marks: Path) -> list[int]:
    return [int(line) for line in marks.read_text().split()] if marks.exists() else []


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def command(marks: Path) -> tuple[str, ...]:
    return sys.executable, "-c", WORKER, str(marks)


def test_a_worker_that_dies_comes_back_and_ends_with_the_server(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    with worker_beside(command(marks)):
        assert until(lambda: len(begun(marks)) == 1)
        os.kill(begun(marks)[0], signal.SIGKILL)
        assert until(lambda: len(begun(marks)) == 2)
        second = begun(marks)[1]
        assert is_alive(second)
        assert (
            os.getpgid(second) != os.getpgrp()
        )  # Ctrl-C on a terminal is the server's, which ends its worker in order
    assert not is_alive(second)
    time.sleep(0.2)
    assert len(begun(marks)) == 2


def test_a_worker_does_not_outlive_a_server_that_is_killed(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    server = subprocess.Popen([sys.executable, "-c", SERVER, *command(marks)], cwd=Path(__file__).parents[2])
    assert until(lambda: len(begun(marks)) == 1)
    (worker,) = begun(marks)
    server.kill()
    server.wait()
    assert until(lambda: not is_alive(worker))
