"""Answers that leave while they are made: in flat memory, and ended with their question when the client hangs up.

In: pieces of bytes, and what they are made from (a session and its connection).  Out: a response; what it was made from is given
back in every case, before the answer leaves where it is short, otherwise after its last piece or at the hang-up.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from functools import partial

import anyio
import psycopg
from anyio import CancelScope, create_task_group
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlalchemy.orm import Session
from starlette.types import Receive, Scope, Send

from gis.db.quick import connection_of

SHORT = 2 * 1024 * 1024
"""Bytes up to which an answer is finished before it leaves, so that a slow client holds no connection."""


def sent(
    chunks: Iterator[bytes], held: ExitStack, session: Session, *, media: str, headers: Mapping[str, str]
) -> Response:
    """The answer of some pieces; `held` is closed when nothing more is read. A fault in the beginning is raised here."""
    beginning: list[bytes] = []
    length = 0
    try:
        for chunk in chunks:
            beginning.append(chunk)
            length += len(chunk)
            if length > SHORT:
                stop = partial(_stop, connection_of(session))
                return Streamed(b"".join(beginning), chunks, held, stop, media=media, headers=headers)
    except BaseException:
        held.close()
        raise
    held.close()
    return Response(b"".join(beginning), media_type=media, headers=dict(headers))


def _stop(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    """End the statement that a connection is at."""
    with suppress(psycopg.Error):
        connection.cancel_safe(timeout=5)


class Streamed(Response):
    """An answer whose pieces are read in a thread, one at a time, as fast as the client takes them."""

    def __init__(
        self,
        beginning: bytes,
        chunks: Iterator[bytes],
        held: ExitStack,
        stop: Callable[[], None],
        *,
        media: str,
        headers: Mapping[str, str],
    ) -> None:
        self.status_code = 200
        self.media_type = media
        self.background = None
        self.body = b""
        self.beginning = beginning
        self.chunks = chunks
        self.held = held
        self.stop = stop
        self.init_headers(dict(headers))
        if "Content-Length" not in headers:
            self.raw_headers = [each for each in self.raw_headers if each[0] != b"content-length"]

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send what there is until it ends or nobody listens."""
        try:
            async with create_task_group() as group:
                group.start_soon(self._watch, receive, group.cancel_scope)
                await self._send(send)
                group.cancel_scope.cancel()
        finally:
            with CancelScope(shield=True):
                await run_in_threadpool(self._close)

    async def _send(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        await send(start)
        chunk: bytes | None = self.beginning
        while chunk is not None:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            chunk = await run_in_threadpool(next, self.chunks, None)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _watch(self, receive: Receive, scope: CancelScope) -> None:
        """When the client hangs up, the statement is ended too: it would otherwise go on for nobody."""
        while (await receive())["type"] != "http.disconnect":
            await anyio.lowlevel.checkpoint()
        scope.cancel()
        with CancelScope(shield=True):
            await run_in_threadpool(self.stop)

    def _close(self) -> None:
        close = getattr(self.chunks, "close", None)
        if close is not None:
            with suppress(psycopg.Error):
                close()
        self.held.close()
