"""The service as a program that dies where it is told: a request names how many points of its work it lives to see.

In: the address of a migrated database, a folder, a port; `clear` judges drawings as on a plot where every theme is clear.  Out: a
server on that port until standard input ends.  A point is a statement, a commit, a commit that is over, or the first byte of an answer; at the
one that `X-Dies-At` names (-1: as soon as something is committed) the whole process is killed by SIGKILL, as by kill -9.  Its parent holds the socket and lets another live in its
place, so that a client waits for a moment as for a server that is started again.  An answer says in `X-Points` how many points there were.
"""

import os
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from api.app import served_app
from api.connecting import in_service_role
from api.settings import Settings

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


COMMITTED = -1
"""The point at which something is committed for the first time."""


class Life:
    """How many points of its work a request has seen, and at which it dies."""

    def __init__(self, ends: int) -> None:
        self.seen, self.ends = 0, ends

    def reach(self) -> None:
        """Another point."""
        self.seen += 1
        if self.seen == self.ends:
            self.die()

    def die(self) -> None:
        """As by kill -9."""
        os.kill(os.getpid(), signal.SIGKILL)


LIFE: ContextVar[Life | None] = ContextVar("life", default=None)


def reached(*_: object, **__: object) -> None:
    """A point of the request at work."""
    life = LIFE.get()
    if life is not None:
        life.reach()


class Mortal:
    """Gives each request its life."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Any, send: Send) -> None:
        headers = dict(scope.get("headers") or [])
        life = Life(int(headers.get(b"x-dies-at", b"0")))
        LIFE.set(life)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                life.reach()
                message["headers"] = [*message.get("headers", ()), (b"x-points", str(life.seen).encode())]
            await send(message)

        await self.app(scope, receive, sent)


def committed(*_: object) -> None:
    """Something is committed, and nobody was told."""
    life = LIFE.get()
    if life is not None and life.ends == COMMITTED:
        life.die()
    reached()


def listen_to(engine: Engine) -> None:
    """Every statement and both ends of every commit are points."""
    event.listen(engine, "before_cursor_execute", reached)
    event.listen(engine, "commit", reached)
    event.listen(Session, "after_commit", committed)


def live(app: FastAPI, engine: Engine, door: socket.socket) -> None:
    """A life of the server, in a process of its own."""
    engine.dispose(close=False)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    uvicorn.Server(uvicorn.Config(Mortal(app), log_level="error", access_log=False)).run(sockets=[door])


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    """Serve, again and again, until standard input ends."""
    url, folder, port, *clear = sys.argv[1:]
    engine = in_service_role(url)
    app = served_app(Settings(state=Path(folder), port=int(port)), engine)  # each life finds the doors read
    listen_to(engine)
    if clear:
        _judge_as_clear(app, engine)
    with socket.create_server(("127.0.0.1", int(port)), backlog=64) as door:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            child = os.fork()
            if child == 0:
                live(app, engine, door)
                os._exit(0)
            _, status = os.waitpid(child, 0)
            if not os.WIFSIGNALED(status):
                return


def _judge_as_clear(app: FastAPI, engine: Engine) -> None:
    """Drawings are judged as on a plot on which no theme of a consent lies."""
    from dataclasses import replace

    from gis.db.session import transaction
    from gis.recordings import last_recording
    from tests.civic.permits.checkers import SiteChecker
    from tests.civic.permits.low_risk import a_clear_site

    def known(code: str) -> datetime:
        with transaction(engine) as session:
            return last_recording(session, code)

    app.state.permits = replace(app.state.permits, checker=SiteChecker(known=known, site=a_clear_site()))


if __name__ == "__main__":
    main()
