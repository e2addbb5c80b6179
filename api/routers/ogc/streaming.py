"""Answers that leave while they are made: in flat memory, and ended with their question when the client hangs up.

In: pieces of bytes, and what they are made from (a session and its connection).  Out: a response; what it was made from is given
back in every case, before the answer leaves where it is short, otherwise after its last piece or at the hang-up.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from functools import partial
from itertools import chain

import anyio
import psycopg
from anyio import CancelScope, create_task_group
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlalchemy.orm import Session
from starlette.types import Receive, Scope, Send

from api.tile_words import WORTH_PACKING, takes_gzip
from gis.db.quick import connection_of
from tiles.packing import packed, packed_pieces

SHORT = 2 * 1024 * 1024
"""Bytes up to which an answer is finished before it leaves, so that a slow client holds no connection."""


def sent(
    request: Request,
    chunks: Iterator[bytes],
    held: ExitStack,
    session: Session,
    *,
    media: str,
    headers: Mapping[str, str],
) -> Response:
    """The answer of some pieces, packed for who can unpack it; `held` is closed when nothing more is read.

    A fault in the beginning is raised here.
    """
    beginning: list[bytes] = []
    length = 0
    try:
        for chunk in chunks:
            beginning.append(chunk)
            length += len(chunk)
            if length > SHORT:
                stop = partial(_stop, connection_of(session))
                first, rest, headers = _leaving(request, b"".join(beginning), chunks, headers)
                return Streamed(first, rest, held, stop, media=media, headers=headers)
    except BaseException:
        held.close()
        raise
    held.close()
    return packed_for(request, b"".join(beginning), media=media, headers=headers)


def packed_for(request: Request, content: bytes, *, media: str, headers: Mapping[str, str]) -> Response:
    """A whole answer, packed for who can unpack it where that is worth it."""
    told = dict(headers)
    if len(content) >= WORTH_PACKING and _takes_gzip(request):
        content, told["Content-Encoding"] = packed(content), "gzip"
    return Response(content, media_type=media, headers=told)


def _takes_gzip(request: Request) -> bool:
    return takes_gzip(request.headers.get("accept-encoding", ""))


def _leaving(
    request: Request, beginning: bytes, chunks: Iterator[bytes], headers: Mapping[str, str]
) -> tuple[bytes, Iterator[bytes], Mapping[str, str]]:
    """The first piece, the others, and the words that go with them: packed piece by piece for who can unpack them."""
    if not _takes_gzip(request):
        return beginning, chunks, headers
    pieces = _packed(beginning, chunks)
    return next(pieces), pieces, {**headers, "Content-Encoding": "gzip"}


def _packed(beginning: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Packed pieces; whoever closes them closes what they are made from."""
    try:
        yield from packed_pieces(chain((beginning,), chunks))
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()


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
