"""The signposts lead to the very route at which the search through all routes ends, and leave to it whatever is none's."""

import random
import re
from functools import cache
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import create_engine
from starlette.routing import Match, Mount
from starlette.types import Scope

from api.app import create_app
from api.routing import Signposts
from api.settings import Settings

METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
WORDS = (
    "town",
    "api",
    "x",
    "check",
    "1",
    "0.5",
    "new",
    "static",
    "",
    "a.mvt",
    "register",
    "a/b",
    "-1",
    "{}",
    "x\n",
)
"""What may stand in an address where a name is: words of other addresses among it."""


@cache
def an_app(*, has_posts: bool) -> FastAPI:
    app = create_app(Settings(state=Path("nowhere")), create_engine("postgresql+psycopg://nobody@/none"))
    if not has_posts:
        app.router.routes[:] = [each for each in app.routes if not isinstance(each, Signposts)]
    return app


@cache
def service() -> tuple[Signposts, list[RouteContext]]:
    """The signposts of the service, and all routes behind them, in the order in which the search compares them."""
    app = an_app(has_posts=True)
    (place,) = [at for at, each in enumerate(app.routes) if isinstance(each, Signposts)]
    found = app.routes[place]
    assert isinstance(found, Signposts)
    return found, list(iter_route_contexts(app.routes[place + 1 :]))


def asked(path: str, method: str) -> Scope:
    return {"type": "http", "path": path, "method": method, "headers": [], "query_string": b""}


def fitting(path: str) -> list[RouteContext]:
    """The routes whose pattern an address has, in order."""
    return [route for route in service()[1] if route.path_regex.match(path)]


def searched(routes: list[RouteContext], scope: Scope) -> tuple[RouteContext, Scope] | None:
    """Where the search through some routes ends."""
    for route in routes:
        match, child = route._effective_route.matches(scope)
        if match is Match.FULL:
            return route, child
    return None


def addresses() -> list[str]:
    """The address of every route, with its names and with other words in their place, and what is nearly one."""
    lot = random.Random(5)
    found: set[str] = {"", "/", "//", "nothing", "/no/such/address"}
    for route in service()[1]:
        pattern = str(route.path)
        filled = re.sub(r"\{[^}]*\}", lambda _: lot.choice(WORDS), pattern)
        found |= {pattern, filled, f"{filled}/", f"{filled}\n", f"{pattern}/x"}
    return sorted(found)


def test_every_address_leads_where_the_search_leads() -> None:
    posts, routes = service()
    assert len(routes) > 200
    led = 0
    for path in addresses():
        standing = fitting(path)
        for method in METHODS:
            scope = asked(path, method)
            match, child = posts.matches(scope)
            found = searched(standing, scope)
            if match is Match.FULL:
                assert found is not None, (method, path)
                assert child["endpoint"] is found[1]["endpoint"], (method, path)
                assert child["path_params"] == found[1]["path_params"], (method, path)
                led += 1
            elif found is not None and "\n" not in path:
                assert isinstance(found[0].original_route, Mount), (method, path)
    assert led > 400


def test_every_route_is_led_to() -> None:
    posts, routes = service()
    for route in routes:
        for method in route.methods or ():
            match, child = posts.matches(asked(str(route.path), method))
            assert match is Match.FULL, (method, route.path)
            if isinstance(route.original_route, APIRoute):
                assert isinstance(child["route"], APIRoute)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/no/such/address/at/all", 404),
        ("DELETE", "/law", 405),
        ("HEAD", "/law", 405),
        ("GET", "/static/app.css", 200),
        ("GET", "/static/map", 404),
        ("GET", "/openapi.json/", 307),
    ],
)
def test_what_no_route_answers_is_answered_as_ever(method: str, path: str, status: int) -> None:
    doors = [TestClient(an_app(has_posts=each)) for each in (True, False)]
    answers = [door.request(method, path, follow_redirects=False) for door in doors]
    assert [each.status_code for each in answers] == [status, status]
    assert answers[0].content == answers[1].content
    assert answers[0].headers == answers[1].headers


def test_an_address_below_another_service_is_left_to_the_search() -> None:
    posts, _ = service()
    assert posts.matches({**asked("/health", "GET"), "root_path": "/land"})[0] is Match.NONE
    assert posts.matches({**asked("/health", "GET"), "type": "websocket"})[0] is Match.NONE
