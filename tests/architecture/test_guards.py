"""Every route says whom it is for; those outside the town hall, which ask nobody who they are, are named here with the reason."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy import create_engine
from starlette.routing import Mount, Route

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

READ_BY_ANYONE = {
    "api.routers.drawn": "tile descriptions and styles of the public map",
    "api.routers.health": "whether the service is up, for the load balancer",
    "api.routers.land": "the public register of land: no owner and no right is in it",
    "api.routers.ogc.downloads": "the same register, whole",
    "api.routers.ogc.drawn": "the same register as OGC tiles",
    "api.routers.ogc.items": "the same register as OGC features",
    "api.routers.ogc.records": "the same register's catalogue",
    "api.routers.ogc.service": "what the OGC interface offers",
    "api.routers.plans": "envelopes and the shapes of answers",
    "api.routers.rasters": "heights and other public rasters",
    "api.routers.reckoned": "sums and terms by the published rule book",
    "api.routers.rules": "the published rule book",
    "api.routers.tiles": "the public map",
    "api.routers.unstored": "tiles of what is reckoned, not kept; those of a check for who has its key",
    "civic.core.messages.reports.routes": "the carrier's question whether the address is ours, answered to who knows the word",
    "civic.permits.register_routes": "the JSON Schema of the public register",
    "web.archive_page": "what is published as files",
    "web.building": "what can be built, by register and rule book",
    "web.law": "the published rule book on pages",
    "web.map_sheets": "the public map on paper",
    "web.pages": "the public register on pages; a plot's cases are shown by who reads",
    "web.plans": "a drawing tried without a case, for who has its key, the digest of the drawing and the question",
}
"""Modules whose routes outside the town hall anybody may read, each with what is read there."""
SENT_BY_ANYONE = {
    "/api/messages/sms": "a carrier, which signs",
    "/api/messages/whatsapp": "a carrier, which signs",
    "/api/rules/layout": "a question too long for an address; nothing is kept",
    "/api/rules/reckoned/deviations": "a question too long for an address; nothing is kept",
    "/api/{code}/check": "a drawing to be checked, kept for seven days under its digest; no person is in it",
    "/api/{code}/extract": "a shape to be looked up; nothing is kept",
    "/api/{code}/raster/{layer}": "a line or shape to be measured; nothing is kept",
    "/{j}/check": "the same, from a page",
    "/{j}/check/{key}/answers": "answers beside such a drawing, for who has its key; they make another check and change none",
}
"""What is sent to routes outside the town hall by whoever comes, each with its lock or why it needs none."""
NO_ROUTES_OF_OURS = {"/openapi.json", "/static", "/vendor/maplibre-gl"}
"""Files, and the description of the interface."""


def every_route() -> Iterator[Any]:
    app = create_app(Settings(state=Path("nowhere")), create_engine("postgresql+psycopg://nobody@/none"))
    routers: list[Any] = [app]
    for router in routers:
        for route in router.routes:
            if included := getattr(route, "original_router", None):
                routers.append(included)
            else:
                yield route


def routes() -> Iterator[APIRoute]:
    for route in every_route():
        if isinstance(route, APIRoute) and route.path.startswith(("/town/", "/api/town/")):
            yield route


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


def test_every_other_route_is_named_with_its_reason() -> None:
    """A new route of anybody's is found here, and so is a line of the lists that no route needs any more."""
    read, sent, plain = set(), set(), set()
    for route in every_route():
        if not isinstance(route, APIRoute):
            if isinstance(route, Mount | Route):
                plain.add(route.path)
            else:
                assert type(route).__name__ == "Signposts", "a kind of route that nobody has looked at"
        elif not whose(route.dependant):
            assert not route.path.startswith(("/town/", "/api/town/"))
            if (route.methods or set()) - {"GET", "HEAD"}:
                sent.add(route.path)
            else:
                read.add(route.endpoint.__module__)
    assert read == set(READ_BY_ANYONE)
    assert sent == set(SENT_BY_ANYONE)
    assert plain == NO_ROUTES_OF_OURS


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
