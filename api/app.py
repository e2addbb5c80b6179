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
from api.routers import health, land, rules, tiles
from api.security import Guard
from api.settings import Settings
from web import answers as asked
from web.law import router as law
from web.pages import router as pages
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
    errors.install(app, error_page)
    app.add_middleware(Guard, longest_body=settings.longest_body)
    app.mount("/static", FreshFiles(directory=WEB / "static"), name="static")
    for package in VENDOR:
        folder = WEB / "node_modules" / package
        app.mount(f"/vendor/{package}", StaticFiles(directory=folder, check_dir=False), name=package)
    for router in (health.router, rules.router, land.router, tiles.router, law, pages):
        app.include_router(router)
    return app
