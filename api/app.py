"""The composition root: the only module that knows all others.

In: settings and a database engine.  Out: the application, with every door open and every error answered.
"""

from pathlib import Path
from typing import Any

from fastapi import FastAPI, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine

from api import errors
from api.answers import LandAnswers
from api.plan_desk import LARGEST, PlanDesk
from api.routers import drawn, health, land, plans, rasters, rules, tiles
from api.security import Guard
from api.settings import Settings
from gis.errors import Unavailable
from tiles.shelf import Shelf
from web import answers as asked
from web.building import router as building
from web.law import router as law
from web.pages import router as pages
from web.plans import router as plan_pages
from web.plans_asked import plans as asked_of_plans
from web.templating import error_page

WEB = Path(__file__).parents[1] / "web"
VENDOR = ("maplibre-gl",)
"""Packages that set-up installs beside the pages and that we serve ourselves."""


class FreshFiles(StaticFiles):
    """Files that a browser asks about each time: modules import each other without a version in their address."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """The file, or 304 where the browser's own is the same."""
        answer = super().file_response(*args, **kwargs)
        answer.headers["Cache-Control"] = "no-cache"
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


def create_app(settings: Settings, engine: Engine) -> FastAPI:
    """The application over a migrated database."""
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        title="Bhumika",
        version="1",
        description="Land and building permits, with the parcel at the centre.",
    )
    app.state.answers = LandAnswers(engine, rasters=settings.rasters)
    app.dependency_overrides[asked.answers] = lambda: app.state.answers
    app.state.shelf = Shelf(engine, settings.state / "tiles")
    app.state.plans = PlanDesk(app.state.answers, settings.state / "checks")
    app.dependency_overrides[asked_of_plans] = lambda: app.state.plans
    errors.install(app, error_page)
    app.add_middleware(
        Guard, longest_body=settings.longest_body, longest_drawing=LARGEST + settings.longest_body
    )
    app.mount("/static", FreshFiles(directory=WEB / "static"), name="static")
    for package in VENDOR:
        folder = WEB / "node_modules" / package
        app.mount(f"/vendor/{package}", InstalledFiles(directory=folder, check_dir=False), name=package)
    for router in (
        health.router,
        rules.router,
        land.router,
        tiles.router,
        drawn.router,
        rasters.router,
        plans.router,
        law,
        plan_pages,
        building,
        pages,
    ):
        app.include_router(router)
    return app
