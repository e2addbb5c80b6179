"""The service as it is run, with one address more: a fixed answer of a given length, beside which others are measured.

In: a database, a folder with rasters, a port, a length in bytes.  Out: a server until it is stopped; and the `Line` in which
its questions wait.
Run by `bench.extract`: `python -m bench.served URL STATE PORT LENGTH`.
"""

import socket
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import uvicorn
from fastapi import APIRouter, Depends, FastAPI, Query
from fastapi.responses import Response

from api.app import served_app
from api.dependencies import LandDep, only_known_words
from api.routers import land
from api.routing import Signposts
from api.settings import Settings
from gis.db.session import make_engine

FIXED = "/api/bench/fixed"
PATIENCE = 600
"""Seconds that a line stays open while others have their turn."""


def fixed(length: int) -> APIRouter:
    """An address beside those of the land, which takes the words that an extract takes and always gives the same bytes."""
    router = APIRouter(prefix="/api/bench", dependencies=[Depends(only_known_words)])
    body = b" " * length

    @router.get("/fixed")
    def same(
        _land: LandDep,
        _number: Annotated[str | None, Query(alias="number")] = None,
        _ulpin: Annotated[str | None, Query(alias="ulpin")] = None,
        _at: Annotated[str | None, Query(alias="at")] = None,
        _on: Annotated[date | None, Query(alias="on")] = None,
        _known: Annotated[datetime | None, Query(alias="known")] = None,
        _form: Annotated[Literal["json", "geojson", "pdf"], Query(alias="format")] = "json",
        _language: Annotated[Literal["en", "ml"], Query(alias="lang")] = "en",
    ) -> Response:
        return Response(body, media_type="application/json")

    return router


def _beside_land(app: FastAPI, router: APIRouter) -> None:
    """Put addresses behind those of the land, and let them be found as all others are."""
    app.include_router(router)
    routes = app.router.routes
    added = routes.pop()
    places = [getattr(getattr(each, "original_router", None), "tags", []) for each in routes]
    routes.insert(places.index(land.router.tags) + 1, added)
    signs = next(place for place, each in enumerate(routes) if isinstance(each, Signposts))
    routes[signs] = Signposts(tuple(routes[signs + 1 :]))


class Line:
    """A connection on which requests stand in line and are answered one after the other."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._answers = self._socket.makefile("rb")

    def ask(self, paths: Sequence[str]) -> list[bytes]:
        """The bodies of all answers."""
        lines = "".join(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n" for path in paths)
        self._socket.sendall(lines.encode("ascii"))
        return [self._answer() for _ in paths]

    def _answer(self) -> bytes:
        status = self._answers.readline()
        length = 0
        while (header := self._answers.readline()) != b"\r\n":
            if not header:
                raise SystemExit("The server has ended the connection.")
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        body = self._answers.read(length)
        if b" 200 " not in status:
            raise SystemExit(f"{status!r} {body[:200]!r}")
        return body


def main() -> None:
    """Serve."""
    url, state, port, length = sys.argv[1:]
    settings = Settings(state=Path(state), database_url=url, port=int(port))
    engine = make_engine(url, pool_size=settings.pool)
    app = served_app(settings, engine)
    _beside_land(app, fixed(int(length)))
    try:
        uvicorn.run(
            app,
            host="127.0.0.1",
            port=int(port),
            log_level="warning",
            access_log=False,
            timeout_keep_alive=PATIENCE,
        )
    finally:
        engine.dispose()


if __name__ == "__main__":
    main()
