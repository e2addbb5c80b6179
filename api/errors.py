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
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api.faults import code_of, example_for, told
from gis.errors import (
    Conflict,
    Gone,
    Invalid,
    LandError,
    NotAllowed,
    NotFound,
    SignInNeeded,
    TooLarge,
    Unavailable,
)

STATUS: dict[type[LandError], int] = {
    NotFound: 404,
    Gone: 410,
    Conflict: 409,
    SignInNeeded: 401,
    NotAllowed: 403,
    TooLarge: 413,
    Invalid: 422,
    Unavailable: 503,
}
NO_ADDRESS = "no-address"
TITLES = {
    400: "Not understood",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "Not possible here",
    410: "Gone",
    409: "Conflict",
    413: "Too large",
    422: "Not understood",
    503: "Not available",
}


AWAY = "The database does not answer. Try again in a minute; if it stays so, start it with `./bhumika up --no-serve`."


ANSWERED = (LandError, sqlalchemy.exc.OperationalError, psycopg.OperationalError)
"""What may befall any question, and is answered in words: a refusal, and a database that is away."""


class ErrorPage(Protocol):
    """How an error is shown to a person."""

    def __call__(
        self, request: Request, *, status: int, code: str, message: str, successors: Sequence[str]
    ) -> Response:
        """The page of an error."""
        ...


def status_of(error: LandError) -> int:
    """The HTTP status of the nearest class of the family."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def install(app: FastAPI, page: ErrorPage) -> None:
    """Answer the family everywhere: as a page under page addresses, else as problem+json."""

    def answer(
        request: Request, status: int, code: str, detail: str, successors: tuple[str, ...] = ()
    ) -> Response:
        if status == 422 and request.url.path.startswith("/ogc/"):
            status = 400  # OGC API Features, Part 1, requirements 8 and 9
        detail = detail.encode("utf-8", "replace").decode()  # it may quote half a letter that was sent
        if not is_for_programs(request):
            return page(request, status=status, code=code, message=detail, successors=successors)
        problem = {
            "type": "about:blank",
            "title": TITLES.get(status, "Error"),
            "status": status,
            "code": code,
            "detail": detail,
        }
        if successors:
            problem["successors"] = list(successors)
        return Response(orjson.dumps(problem), status_code=status, media_type="application/problem+json")

    @app.exception_handler(LandError)
    def land_error(request: Request, error: LandError) -> Response:
        found = answer(request, status_of(error), error.code, error.message, getattr(error, "successors", ()))
        return _timed(found, error)

    @app.exception_handler(sqlalchemy.exc.OperationalError)
    @app.exception_handler(psycopg.OperationalError)
    def database_away(request: Request, _error: Exception) -> Response:
        return answer(request, 503, Unavailable.code, AWAY)

    @app.exception_handler(RequestValidationError)
    def not_understood(request: Request, error: RequestValidationError) -> Response:
        faults = error.errors()
        return answer(request, 422, code_of(faults), told(faults, _route(request)))

    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: HTTPException) -> Response:
        code, detail = _plain(request, error)
        response = answer(request, error.status_code, code, detail)
        if error.status_code == 405:
            response.headers["Allow"] = ", ".join(_methods(request))
        return response


def _timed(answer: Response, error: LandError) -> Response:
    """An answer that says when to ask again, where that is known."""
    if isinstance(error, Unavailable) and error.retry_after is not None:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _plain(request: Request, error: HTTPException) -> tuple[str, str]:
    """Code and sentence for what the framework itself refuses."""
    path = request.url.path[:80]
    if error.status_code == 404:
        return NO_ADDRESS, (
            f"There is nothing at the address {path}. Begin at the first page, /; programs find every address in /openapi.json."
        )
    if error.status_code == 405:
        allowed = " or ".join(_methods(request))
        return NO_ADDRESS, f"{path} cannot be asked by {request.method}; use {allowed}."
    if error.status_code == 400:
        return (
            Invalid.code,
            f"The body is not JSON in UTF-8, or lists stand in each other too deep{example_for(_route(request))}.",
        )
    return "error", str(error.detail)


def _route(request: Request) -> Dependant | None:
    """What the route of a request takes, once it is known which that is."""
    return getattr(request.scope.get("route"), "dependant", None)


def _methods(request: Request) -> list[str]:
    """By what an address can be asked: several routes may stand at one."""
    return [
        method
        for method in ("GET", "POST")
        if any(
            each.matches({**request.scope, "method": method})[0] is Match.FULL for each in request.app.routes
        )
    ]


def is_for_programs(request: Request) -> bool:
    """Whether the answer to a request is read by a program; without a word about it a person reads, but under /ogc."""
    path, accepted = request.url.path, request.headers.get("accept")
    if path.startswith(("/api/", "/tiles/")):
        return True
    if path.startswith("/ogc/"):
        return "text/html" not in (accepted or "") or request.query_params.get("f", "html") != "html"
    return "text/html" not in (accepted or "text/html")
