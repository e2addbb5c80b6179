"""The composition root: the only module that knows all others.

In: settings and a database engine.  Out: the application, with every door open and every error answered.
"""

import gc
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine

from api import errors
from api.answers import LandAnswers
from api.archives_at_hand import ArchivesAtHand
from api.beginnings import check_moment
from api.documented import REFUSALS
from api.heads import Heads
from api.map_desk import MapDesk, base_of, origin_of
from api.money import money_desk, payment_forms
from api.permits import desk_checker, permit_room
from api.plan_desk import LARGEST, PlanDesk
from api.planner.reform_reckoner import reform_room
from api.routers import drawn, health, land, layouts, ogc, plans, rasters, reckoned, rules, tiles, unstored
from api.routing import Signposts
from api.security import Guard, headers
from api.settings import Settings
from api.short_way import ShortWay
from api.shortcuts import Doors
from api.simplifying import COVERAGES
from api.tiles_at_hand import TilesAtHand
from api.town import halls_of_plot, provider_of, town_hall
from api.trades import document_room, listen, message_room
from civic.core import doors
from civic.core.documents import routes as documents
from civic.core.messages import routes as messages
from civic.core.messages.reports import routes as message_reports
from civic.core.money import routes as money
from civic.core.watching import routes as watching
from civic.land_records import routes as land_records
from civic.objections import routes as objections
from civic.permits import audit_routes as permit_audits
from civic.permits import register_routes as permit_register
from civic.permits import visit_routes as permit_visits
from civic.permits.doors import router as permits
from civic.reforms import routes as reforms
from civic.reforms import tile_routes as reform_tiles
from gis.errors import Unavailable
from tiles.coverages import keep_in
from tiles.shelf import Shelf
from web.archive_page import router as archive_page
from web.building import router as building
from web.law import router as law
from web.map_sheets import router as map_sheets
from web.pages import router as pages
from web.plans import router as plan_pages
from web.templating import error_page

WEB = Path(__file__).parents[1] / "web"
VENDOR = ("maplibre-gl",)
"""Packages that set-up installs beside the pages and that we serve ourselves."""
WORKERS = {"visit_worker.js": "/town/", "archive_worker.js": "/archive"}
"""Files that may stand between a browser and pages below an address, each for the page that asks for it."""
ROUTERS = (
    health.router,
    rules.router,
    reckoned.router,
    layouts.router,
    land.router,
    tiles.router,
    drawn.router,
    unstored.router,
    rasters.router,
    ogc.router,
    plans.router,
    law,
    plan_pages,
    building,
    map_sheets,
    archive_page,
    doors.router,
    land_records.router,
    money.router,
    money.programs,
    objections.router,
    permits,
    permit_visits.pages,
    permit_visits.programs,
    permit_register.pages,
    permit_register.programs,
    permit_audits.pages,
    permit_audits.programs,
    reforms.router,
    reform_tiles.router,
    documents.router,
    messages.router,
    message_reports.router,
    watching.router,
    pages,
)
"""Every door, in the order in which addresses are compared: a place's own pages, whose first part is any word, come last."""


class FreshFiles(StaticFiles):
    """Files that a browser asks about each time: modules import each other without a version in their address."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """The file, or 304 where the browser's own is the same."""
        answer = super().file_response(*args, **kwargs)
        answer.headers["Cache-Control"] = "no-cache"
        if scope := WORKERS.get(Path(args[0]).name):
            answer.headers["Service-Worker-Allowed"] = scope
        return answer


class InstalledFiles(StaticFiles):
    """Files of a package that set-up installs; where they are missing the answer says what to run."""

    async def check_config(self) -> None:
        """Refuse with `Unavailable` before set-up."""
        if not Path(str(self.directory)).is_dir():
            raise Unavailable(
                "The map's own programs are not installed. Run `./bhumika up`, or `npm ci` in the folder web; the rest"
                " works without them."
            )
        await super().check_config()


def create_app(settings: Settings, engine: Engine) -> Doors:
    """The application over a migrated database."""
    pictures, forms = origin_of(settings), payment_forms(settings)
    app = Doors(
        headers=headers(pictures, forms),
        docs_url=None,
        redoc_url=None,
        title="Bhumika",
        version="1",
        description="Land and building permits, with the parcel at the centre.",
        responses=REFUSALS,
    )
    app.state.answers = LandAnswers(engine, rasters=settings.rasters)
    app.state.shelf = Shelf(engine, settings.state / "tiles")
    app.state.archives = settings.state / "archives"
    keep_in(engine, settings.state / COVERAGES)
    app.state.plans = PlanDesk(app.state.answers, settings.state / "checks")
    app.state.sheets = MapDesk(app.state.answers)
    app.state.base_map = base_of(settings)
    app.state.begun = partial(check_moment, engine)
    _open_town(app, settings, engine)
    errors.install(app, error_page)
    app.add_middleware(
        Guard,
        longest_body=settings.longest_body,
        longest_drawing=max(LARGEST, settings.largest_document) + settings.longest_body,
        page=error_page,
        pictures=pictures,
        forms=forms,
    )
    app.add_middleware(Heads)
    app.ways = ShortWay(), TilesAtHand(), ArchivesAtHand()
    app.mount("/static", FreshFiles(directory=WEB / "static"), name="static")
    for package in VENDOR:
        folder = WEB / "node_modules" / package
        app.mount(f"/vendor/{package}", InstalledFiles(directory=folder, check_dir=False), name=package)
    for router in ROUTERS:
        app.include_router(router)
    app.router.routes[:0] = [Signposts(tuple(app.routes))]
    return app


def _open_town(app: FastAPI, settings: Settings, engine: Engine) -> None:
    """The town hall: its services, its money, its documents, its messages."""
    hall = app.state.town = town_hall(engine, passkey_steps=settings.passkey_steps)
    app.state.halls = lambda request, code, number: halls_of_plot(
        hall, request.cookies, code, number, now=datetime.now(UTC)
    )
    app.state.rasters = settings.rasters
    app.state.oidc = provider_of(settings)
    app.state.front = settings.front
    app.state.public_url = settings.public_url
    app.state.money = money_desk(settings)
    app.state.documents = document_room(settings)
    app.state.permits = permit_room(settings, app.state.documents.store, desk_checker(settings, engine))
    app.state.reforms = reform_room(settings, app.state.documents.store)
    app.state.messages = message_room(settings)
    listen(settings)


def served_app(settings: Settings, engine: Engine) -> FastAPI:
    """The application for a process that serves nothing else: what it begins with lasts as long, and Python's collector, which
    goes through a quarter of a million such values in 0.2 s, is told so.
    """
    app = create_app(settings, engine)
    for each in app.routes:
        if isinstance(each, Signposts):
            each.set_up()
    gc.collect()
    gc.freeze()
    return app
