"""Every route of the town hall says whom it is for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy import create_engine

from api.app import create_app
from api.settings import Settings
from civic.core.http import ANYONE, WHOSE, allowed

OPEN = {"demo", ANYONE}
CHANGES_OPEN_TO_ALL = (
    "/sign-in",  # signing in
    "/pay/",  # somebody else may pay, by an unguessable link
    "/money/events",  # the gateway, which signs
    "/watch/stop/",  # an unguessable link in a message
    "/trial-gateway/",  # only in a synthetic body, where no money is
    "/messages/reports",  # a carrier, which signs
)
"""What may be changed by whoever comes: each with its own lock."""


def routes() -> Iterator[APIRoute]:
    app = create_app(Settings(state=Path("nowhere")), create_engine("postgresql+psycopg://nobody@/none"))
    routers: list[Any] = [app]
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute):
                if route.path.startswith(("/town/", "/api/town/")):
                    yield route
            elif included := getattr(route, "original_router", None):
                routers.append(included)


def whose(dependant: Dependant) -> set[str]:
    found = set(getattr(dependant.call, "whose", ()))
    for inner in dependant.dependencies:
        found |= whose(inner)
    return found


def test_every_route_of_the_town_hall_is_guarded() -> None:
    declared = {f"{sorted(route.methods)[0]} {route.path}": whose(route.dependant) for route in routes()}
    assert len(declared) > 20
    assert {path for path, who in declared.items() if not who} == set()
    assert all(who <= WHOSE for who in declared.values())


def test_nothing_is_changed_by_whoever_comes() -> None:
    changing = {
        route.path for route in routes() if route.methods - {"GET", "HEAD"} and whose(route.dependant) & OPEN
    }
    assert changing
    assert {path for path in changing if not any(part in path for part in CHANGES_OPEN_TO_ALL)} == set()


def test_a_route_for_nobody_known_is_refused_at_start() -> None:
    router = APIRouter()
    for wrong in ((), ("king",)):
        with pytest.raises(ValueError, match="Nobody is called"):
            router.get("/x", dependencies=[allowed(*wrong)])
