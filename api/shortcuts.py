"""Short ways before all doors: the questions asked most are answered without what only other questions need.

In: a request.  Out: the answer of a short way that knows the question, with the headers that every answer has; any other request,
and one of which a short way makes nothing, goes on to the doors, which look at it from the beginning.
"""

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from starlette.routing import BaseRoute, Match
from starlette.types import Message, Receive, Scope, Send

from api.errors import ANSWERED

RawHeaders = Sequence[tuple[bytes, bytes]]

_log = logging.getLogger(__name__)


class Doors(FastAPI):
    """The application, with short ways before everything that it does for each request."""

    def __init__(self, *, headers: RawHeaders, **words: Any) -> None:
        super().__init__(**words)
        self.ways: Sequence[BaseRoute] = ()
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request.

        What may have a body, or a NUL in its words, is for the guard at the doors to look at.
        """
        scope["app"] = self
        way, child = self._way(scope)
        if way is None or not await self._is_answered(way, {**scope, **child}, receive, send):
            await super().__call__(scope, receive, send)

    def _way(self, scope: Scope) -> tuple[BaseRoute | None, Scope]:
        """The short way that knows a question, and what it read in it."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return None, {}
        for way in self.ways:
            match, child = way.matches(scope)
            if match is Match.FULL:
                return (way, child) if _is_bare(scope) else (None, {})
        return None, {}

    async def _is_answered(self, way: BaseRoute, scope: Scope, receive: Receive, send: Send) -> bool:
        """Whether a short way has answered; where it fails before its first word the doors answer, and know how to tell why."""
        begun = False

        async def guarded(message: Message) -> None:
            nonlocal begun
            begun = True
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        try:
            await way.handle(scope, receive, guarded)
        except ANSWERED:
            if begun:
                raise
            return False
        except Exception:
            if begun:
                raise
            _log.exception("A short way came to a fault; the doors answer.")
            return False
        return True


def _is_bare(scope: Scope) -> bool:
    """Whether nothing comes with the address and its words, and no NUL stands in them."""
    if b"%00" in scope["query_string"] or "\x00" in scope["path"]:
        return False
    return all(name != b"content-length" and name != b"transfer-encoding" for name, _ in scope["headers"])
