"""Programs that tests kill, each a process of its own, born of one that has loaded the service: loading it took longer than all they do.

In: a module to run as a program, or its text, and its arguments.  Out: `Born`, a process with its output, as `subprocess.Popen` has it.
The nursery is asked through a socket and does one thing at a time; it ends with the process that asked first.
"""

import atexit
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[1]
LONGEST = 1_000_000
"""Bytes of a wish."""


class Born:
    """A process that was born in the nursery."""

    def __init__(self, pid: int, stdout: IO[str]) -> None:
        self.pid, self.stdout = pid, stdout
        self.returncode: int | None = None

    def kill(self) -> None:
        """As by kill -9; nothing where it has been waited for."""
        if self.returncode is None:
            os.kill(self.pid, signal.SIGKILL)

    def poll(self) -> int | None:
        """How it ended; None while it lives."""
        try:
            return self.wait(timeout=0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float = 120) -> int:
        """How it ended; minus the number of the signal that killed it.  `subprocess.TimeoutExpired` where it lives on."""
        if self.returncode is None:
            end = os.pidfd_open(self.pid)
            try:
                if not select.select([end], [], [], timeout)[0]:
                    raise subprocess.TimeoutExpired(str(self.pid), timeout)
            finally:
                os.close(end)
            self.returncode = int(_ask({"wait": self.pid}))
        return self.returncode


@contextmanager
def born(
    program: str, *arguments: str, loads: tuple[str, ...] = (), log: Path | None = None
) -> Iterator[Born]:
    """A process that runs a module, or a text of several lines, as a program; killed at the end in any case.

    `loads`: modules that it would load while it runs; `log`: where it says everything, its faults too, in place of `stdout`.
    """
    reads, writes = os.pipe()
    if log is not None:
        os.close(writes)
        writes = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    wish = {"program": program, "arguments": arguments, "loads": loads, "faults": log is not None}
    try:
        pid = int(_ask(wish, writes))
    finally:
        os.close(writes)
    with os.fdopen(reads, encoding="utf-8") as stdout:
        process = Born(pid, stdout)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@cache
def _nursery() -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-P", "-m", "tests.nursery", str(theirs.fileno())]
    place = {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
    nursery = subprocess.Popen(command, cwd=ROOT, env=os.environ | place, pass_fds=[theirs.fileno()])
    theirs.close()
    atexit.register(nursery.wait)  # after the line below: what is registered last is done first
    atexit.register(ours.close)
    return ours


def _ask(wish: dict[str, Any], *files: int) -> str:
    nursery = _nursery()
    socket.send_fds(nursery, [json.dumps(wish).encode()], list(files))
    answer = nursery.recv(LONGEST).decode()
    if not answer.lstrip("-").isdigit():
        raise RuntimeError(f"The nursery could not do it: {answer}")
    return answer


def main(asked: socket.socket) -> None:
    """Give birth, and wait for the dead, until nobody is there to ask."""
    while True:
        wish, files, _, _ = socket.recv_fds(asked, LONGEST, 1)
        if not wish:
            return
        try:
            answer = _done(asked, json.loads(wish), files)
        except Exception:  # whoever asked is told
            answer = traceback.format_exc()
        asked.send(answer.encode())


def _done(asked: socket.socket, wish: dict[str, Any], files: list[int]) -> str:
    if "wait" in wish:
        return str(os.waitstatus_to_exitcode(os.waitpid(wish["wait"], 0)[1]))
    program: str = wish["program"]
    for name in [*wish["loads"], *([] if "\n" in program else [program])]:
        importlib.import_module(name)
    pid = os.fork()
    if pid == 0:
        asked.close()
        _live(program, wish["arguments"], files[0], *([2] if wish["faults"] else []))
    os.close(files[0])
    return str(pid)


def _live(program: str, arguments: list[str], output: int, *also: int) -> None:
    """Be the program, in the place of the nursery, to the end."""
    ended = 1
    try:
        for each in (1, *also):
            os.dup2(output, each)
        os.close(output)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8")
        sys.argv = [program, *arguments]
        warnings.simplefilter("ignore")  # that the module which runs was loaded before
        if "\n" in program:
            exec(compile(program, "<program>", "exec"), {"__name__": "__main__"})
        else:
            runpy.run_module(program, run_name="__main__")
        ended = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(ended)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
