"""The same question asked by several at once is answered once.

In: a key, and how to find the answer.  Out: the answer, or the error, for all who asked meanwhile.
"""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """Answers under way; nothing is kept once it is given."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, Future[T]] = {}
        self._lock = Lock()

    def answer(self, key: Hashable, find: Callable[[], T]) -> T:
        """What `find` answers, asked by whoever came first."""
        with self._lock:
            before = self._under_way.get(key)
            if before is None:
                mine: Future[T] = Future()
                self._under_way[key] = mine
        if before is not None:
            return before.result()
        try:
            mine.set_result(find())
        except BaseException as error:
            mine.set_exception(error)
        finally:
            with self._lock:
                del self._under_way[key]
        return mine.result()
