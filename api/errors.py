"""The error family as answers: problem+json (RFC 9457) for programs, a page for people.

In: exceptions of `gis.errors`, and what the framework raises.  Out: responses.  What is outside the family is a bug and
stays a 500.
"""

from collections.abc import Sequence
from typing import Protocol

import orjson
import psycopg
import sqlalchemy.exc
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gis.errors import Conflict, Gone, Invalid, LandError, NotFound, TooLarge, Unavailable

STATUS: dict[type[LandError], int] = {
    NotFound: 404,
    Gone: 410,
    Conflict: 409,
    TooLarge: 413,
    Invalid: 422,
    Unavailable: 503,
}
TITLES = {
    404: "Not found",
    410: "Gone",
    409: "Conflict",
    413: "Too large",
    422: "Not understood",
    503: "Not available",
}


class ErrorPage(Protocol):
    """How an error is shown to a person."""

    def __call__(self, request: Request, *, status: int, message: str, successors: Sequence[str]) -> Response:
        """The page of an error."""
        ...


def status_of(error: LandError) -> int:
    """The HTTP status of the nearest class of the family."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def install(app: FastAPI, page: ErrorPage) -> None:
    """Answer the family everywhere: as a page under page addresses, else as problem+json."""

    def answer(request: Request, status: int, detail: str, successors: tuple[str, ...] = ()) -> Response:
        if not _is_for_programs(request):
            return page(request, status=status, message=detail, successors=successors)
        problem = {
            "type": "about:blank",
            "title": TITLES.get(status, "Error"),
            "status": status,
            "detail": detail,
        }
        if successors:
            problem["successors"] = list(successors)
        return Response(orjson.dumps(problem), status_code=status, media_type="application/problem+json")

    @app.exception_handler(LandError)
    def land_error(request: Request, error: LandError) -> Response:
        return answer(request, status_of(error), error.message, getattr(error, "successors", ()))

    @app.exception_handler(sqlalchemy.exc.OperationalError)
    @app.exception_handler(psycopg.OperationalError)
    def database_away(request: Request, _error: Exception) -> Response:
        return answer(request, 503, "The database does not answer; start it with `./bhumika up --no-serve`.")

    @app.exception_handler(RequestValidationError)
    def not_understood(request: Request, error: RequestValidationError) -> Response:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc'][1:])}: {fault['msg']}" for fault in error.errors()
        )
        return answer(request, 422, f"The request was not understood: {faults}.")

    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: HTTPException) -> Response:
        return answer(request, error.status_code, str(error.detail))


def _is_for_programs(request: Request) -> bool:
    path = request.url.path
    return path.startswith(("/api/", "/tiles/")) or "text/html" not in request.headers.get(
        "accept", "text/html"
    )
