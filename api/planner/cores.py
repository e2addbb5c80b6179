"""Work shared out to the processors of this machine: piece after piece, in order, never more of them under way than there is room for.

In: a task that is a function of a module, its pieces, what each process needs first.  Out: what the task answers for each piece, in order.
Processes are begun anew, not forked: a fork would share connections and threads with the one that asks.
"""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from threading import Lock
from typing import Any, TypeVar

from gis.errors import Unavailable

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")
AHEAD = 2
"""Pieces under way for each process: answers that nobody has taken yet are held in memory."""


def processors() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def shared_out(
    task: Callable[[Piece], Answer],
    pieces: Iterable[Piece],
    *,
    cores: int,
    begun_with: tuple[Callable[..., None], tuple[Any, ...]],
) -> Iterator[Answer]:
    """What a task answers for each piece, in order; with one core, here.  What it raises in another process is raised here.

    `Unavailable` where a process ends before it has answered.
    """
    begin, given = begun_with
    if cores < 2:
        begin(*given)
        yield from map(task, pieces)
        return
    pool = ProcessPoolExecutor(cores, mp_context=get_context("spawn"), initializer=begin, initargs=given)
    waiting: deque[Future[Answer]] = deque()
    left = iter(pieces)
    try:
        for each in left:
            with _without_main():
                waiting.append(pool.submit(task, each))
            if len(waiting) == AHEAD * cores:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise Unavailable(
            "A process that did a part of the work was ended from outside, as happens where memory runs out. Ask for fewer plots at once, a ward at a"
            " time, or on a machine with more memory; nothing was written."
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def side_by_side(task: Callable[[Piece], Answer], pieces: Iterable[Piece], *, cores: int) -> Iterator[Answer]:
    """The same of a task that begins processes of its own, or waits: from as many threads of this process, in order."""
    if cores < 2:
        yield from map(task, pieces)
        return
    waiting: deque[Future[Answer]] = deque()
    with ThreadPoolExecutor(cores) as pool:
        try:
            for each in pieces:
                waiting.append(pool.submit(task, each))
                if len(waiting) == AHEAD * cores:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _without_main() -> Iterator[None]:
    """Processes that are begun meanwhile do not run the program that asks again: it may be a script that would ask once more."""
    with _ONE_BY_ONE:
        main: Any = sys.modules["__main__"]
        spec, file = main.__spec__, vars(main).pop("__file__", None)
        main.__spec__ = None
        try:
            yield
        finally:
            main.__spec__ = spec
            if file is not None:
                main.__file__ = file


_ONE_BY_ONE = Lock()
