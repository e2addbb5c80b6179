"""A small application around the pages, for tests and for looking at them: static files, tiles and search of the made-up town.

In: `Answers`.  Out: an application that sends the same security policy as the real one.
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date
from decimal import Decimal

import mapbox_vector_tile
from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from shapely import box
from shapely.affinity import affine_transform
from shapely.geometry.base import BaseGeometry

from api.envelopes import carried
from gis.crs import transform
from gis.errors import Gone, Invalid, LandError, NotFound
from layers.extract.model import Extract
from tests.rules.plan_builders import a_site
from tests.web import fake_extract, town
from web.answers import Answers, answers
from web.pages import router
from web.plans_asked import PlotEnvelope, plans
from web.templating import STATIC, error_page

POLICY = "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; frame-ancestors 'none'"
DAY = date(2026, 1, 1)
UNITS = 4096
RIM = box(-200, -200, UNITS + 200, UNITS + 200)
STATUS: dict[type[LandError], int] = {NotFound: 404, Gone: 410, Invalid: 422}


class TownDesk:
    """What a plot of the town can carry: that of a plot of its size, beside a street of six metres."""

    def carries(self, extract: Extract, *, occupancy: str, storey_height: Decimal) -> PlotEnvelope:
        """The same for every plot and day."""
        del extract
        site = a_site({})
        found = carried(site, DAY, occupancy=occupancy, storey_height=storey_height, front=None)
        return PlotEnvelope(envelope=found, site=site, reason=None)


def application(land: Answers) -> FastAPI:
    """The pages over some answers."""
    app = FastAPI()
    app.dependency_overrides[answers] = lambda: land
    app.dependency_overrides[plans] = TownDesk
    app.mount("/static", StaticFiles(directory=STATIC))
    app.mount("/vendor", StaticFiles(directory=STATIC.parent / "node_modules"))

    @app.middleware("http")
    async def policy(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        answer = await call(request)
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    @app.exception_handler(LandError)
    def refused(request: Request, error: LandError) -> Response:
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
        successors = error.successors if isinstance(error, Gone) else ()
        return error_page(
            request, status=status, code=error.code, message=error.message, successors=successors
        )

    @app.get("/api/{j}/search")
    def search(j: str, q: str) -> dict[str, object]:
        return {"results": [asdict(each) for each in land.search(j, q, on=None, known=None)]}

    @app.get("/tiles/{j}/{z}/{x}/{y}.mvt")
    def tile(z: int, x: int, y: int, layers: str = "parcels") -> Response:
        return Response(_tile(z, x, y, layers.split(",")), media_type="application/vnd.mapbox-vector-tile")

    app.include_router(router)
    return app


def _tile(z: int, x: int, y: int, names: list[str]) -> bytes:
    drawn = {"parcels": _parcels, "road": _roads, "zoning": _zones, "flood": _flood, "watercourse": _water}
    west, south, east, _ = _bounds(z, x, y)
    scale = UNITS / (east - west)
    into_tile = [scale, 0, 0, scale, -west * scale, -south * scale]
    content = []
    for name in names:
        features = [
            {
                "geometry": affine_transform(_mercator(shape), into_tile).intersection(RIM),
                "properties": properties,
            }
            for shape, properties in drawn.get(name, list)()
        ]
        kept = [feature for feature in features if not feature["geometry"].is_empty]
        content.append({"name": name, "features": kept})
    made: bytes = mapbox_vector_tile.encode(content, default_options={"extents": UNITS})
    return made


def _bounds(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    size = 2 * 20037508.342789244 / 2**z
    west, north = -20037508.342789244 + x * size, 20037508.342789244 - y * size
    return west, north - size, west + size, north


def _mercator(shape: BaseGeometry) -> BaseGeometry:
    return transform(shape, town.METRIC, 3857)


def _parcels() -> list[tuple[BaseGeometry, dict[str, object]]]:
    return [
        (parcel.boundary, {"number": number, "land_type": parcel.land_type})
        for number, parcel in town.PARCELS.items()
    ]


def _roads() -> list[tuple[BaseGeometry, dict[str, object]]]:
    return [(street.shape, {"label": street.label, "label_ml": street.label_ml}) for street in town.STREETS]


def _zones() -> list[tuple[BaseGeometry, dict[str, object]]]:
    return [(shape, {"label": en, "label_ml": ml}) for (en, ml), shape in fake_extract.ZONES.items()]


def _flood() -> list[tuple[BaseGeometry, dict[str, object]]]:
    return [(fake_extract.FLOOD, {"label": "Flood plain"})]


def _water() -> list[tuple[BaseGeometry, dict[str, object]]]:
    return [(fake_extract.RIVER.exterior, {"label": "Canal"})]
