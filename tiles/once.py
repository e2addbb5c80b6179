"""The same question asked by several at once is answered once, in a thread, and is given up when all who asked have left.

In: a key, how to find the answer, how to wait until an asker leaves.  Out: the answer or the error for all who asked meanwhile,
None to who has left.  It is asked from an event loop; askers in different loops do not share.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock, Thread
from time import sleep
from typing import Any, Generic, TypeVar

import psycopg

T = TypeVar("T")
AGAIN = 0.1
"""Seconds after which PostgreSQL is told once more to end a statement."""


class GivenUp(Exception):
    """Nobody waits for the answer any more."""


class Errand:
    """A question to the database that can be given up from another thread while it is answered."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked: psycopg.Connection[tuple[object, ...]] | None = None
        self._is_over = False

    @contextmanager
    def on(self, connection: "psycopg.Connection[tuple[object, ...]]") -> Iterator[None]:
        """While a connection is asked for this errand; `GivenUp` where that is over already."""
        with self._lock:
            if self._is_over:
                raise GivenUp
            self._asked = connection
        try:
            yield
        finally:
            with (
                self._lock
            ):  # a cancel under way ends first: it must not reach whom the connection serves next
                self._asked = None

    def give_up(self) -> None:
        """Have PostgreSQL end what it does for this errand; nothing more is begun for it.

        It is told again until the connection is free: what comes before the statement has reached the server ends nothing.
        """
        with self._lock:
            self._is_over = True
        while self._is_at_work():
            sleep(AGAIN)

    def _is_at_work(self) -> bool:
        with self._lock:
            if self._asked is not None:
                self._asked.cancel_safe(timeout=5)
            return self._asked is not None


@dataclass(kw_only=True)
class UnderWay(Generic[T]):
    """A question that is being answered, and how many wait."""

    answer: "asyncio.Future[T]"
    errand: Errand
    waiting: int = 0


class Once(Generic[T]):
    """Answers under way; nothing is kept once it is given."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, UnderWay[T]] = {}

    async def answer(
        self, key: Hashable, find: Callable[[Errand], T], *, leaving: Callable[[], Awaitable[object]]
    ) -> T | None:
        """What `find` answers, asked by whoever came first; None when this asker leaves before."""
        place = asyncio.get_running_loop(), key
        one = self._under_way.get(place)
        if one is None:
            one = self._under_way[place] = self._begun(place, find)
        one.waiting += 1
        left = asyncio.ensure_future(leaving())
        try:
            both: set[asyncio.Future[Any]] = {one.answer, left}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            return one.answer.result() if one.answer.done() else None
        finally:
            left.cancel()
            one.waiting -= 1
            if not one.waiting and not one.answer.done():
                self._forget(place, one)
                # a thread of its own: those of the loop may all be waiting for what is to be given up
                Thread(target=one.errand.give_up, name="giving up", daemon=True).start()

    def _begun(self, place: Hashable, find: Callable[[Errand], T]) -> UnderWay[T]:
        errand = Errand()
        one = UnderWay(answer=asyncio.ensure_future(asyncio.to_thread(find, errand)), errand=errand)
        one.answer.add_done_callback(lambda answer: self._ended(place, one, answer))
        return one

    def _ended(self, place: Hashable, one: UnderWay[T], answer: "asyncio.Future[T]") -> None:
        self._forget(place, one)
        if not answer.cancelled():
            answer.exception()  # nobody may be left to hear of it

    def _forget(self, place: Hashable, one: UnderWay[T]) -> None:
        if self._under_way.get(place) is one:
            del self._under_way[place]
