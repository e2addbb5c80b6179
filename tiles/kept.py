"""Tiles that were drawn just now, kept as they are sent: the town's middle is asked for again and again.

In: keys that stand for one state of what a tile shows, bodies.  Out: the same bodies, until others have taken their room.  A change
gives a tile another key, so nothing here has to be told of it: what was drawn before is asked for no more, and gives way.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock

ROOM = 32_000_000
"""Bytes of all bodies together, in each process."""


@dataclass(frozen=True, kw_only=True)
class Body:
    """What is sent, and whether it is gzip."""

    content: bytes
    is_packed: bool


class Kept:
    """Bodies by their keys, in the order in which they were asked for last."""

    def __init__(self, room: int = ROOM) -> None:
        self.room = room
        self._taken = 0
        self._bodies: OrderedDict[Hashable, Body] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Body | None:
        """The body under a key."""
        with self._lock:
            body = self._bodies.get(key)
            if body is not None:
                self._bodies.move_to_end(key)
            return body

    def put(self, key: Hashable, body: Body) -> None:
        """Keep a body; what was asked for longest ago gives way, and this one where it is larger than all the room."""
        with self._lock:
            before = self._bodies.pop(key, None)
            self._taken -= 0 if before is None else _size(before)
            self._bodies[key] = body
            self._taken += _size(body)
            while self._taken > self.room:
                self._taken -= _size(self._bodies.popitem(last=False)[1])


def _size(body: Body) -> int:
    """Bytes of a body and of what stands around it, so that empty tiles take room too."""
    return len(body.content) + 500
