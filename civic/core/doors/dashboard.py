"""The board: figures of the town hall for everyone, and the lines they are counted from.

In: a span of days.  Out: a page with a map of the wards, JSON, CSV.
"""

from dataclasses import asdict
from datetime import date, timedelta
from math import ceil
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from civic.core.dashboard import Board, Line, as_csv, board, lines
from civic.core.http import ANYONE, Town, TownDep, TownRoute, allowed, page
from civic.core.outline import WIDTH, Sketch, sketch
from gis.asof import AsOf
from gis.errors import Invalid
from gis.jurisdictions import jurisdiction
from gis.recordings import last_recording
from layers.wards import ward_shapes

router = APIRouter(route_class=TownRoute)
FIRST = date(1900, 1, 1)
Day = Annotated[date | None, Query()]
Measure = Literal[
    "applications", "open", "late", "granted", "refused", "median_days", "ninetieth_days", "paise"
]
MEASURES: dict[Measure, str] = {
    "applications": "applications",
    "open": "open",
    "late": "late",
    "granted": "granted",
    "refused": "refused",
    "median_days": "median",
    "ninetieth_days": "ninetieth",
    "paise": "money",
}
"""What the map can show, each with its word."""
SHADES = 4


@router.get("/town/{body}/board", dependencies=[allowed(ANYONE)], include_in_schema=False)
def board_page(
    request: Request, town: TownDep, begins: Day = None, ends: Day = None, shows: Measure = "applications"
) -> Response:
    """Figures of the last twelve months, or of the days that are asked for; one of them on the map."""
    made, _ = _board(town, begins, ends)
    return page(
        request,
        "town/board.html",
        town=town,
        board=made,
        wards=_map(town),
        width=WIDTH,
        years=_years(made, town.today),
        shows=shows,
        measures=MEASURES,
        shades=_shades(made, shows),
    )


@router.get("/api/town/{body}/board", dependencies=[allowed(ANYONE)])
def board_json(town: TownDep, begins: Day = None, ends: Day = None) -> Response:
    """The figures and the lines that they are counted from."""
    made, found = _board(town, begins, ends)
    answer = {"board": _plain(made), "cases": [_plain(line) for line in found]}
    return JSONResponse(answer)


@router.get(
    "/api/town/{body}/board.csv",
    dependencies=[allowed(ANYONE)],
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}}},
)
def board_csv(town: TownDep, begins: Day = None, ends: Day = None) -> Response:
    """The lines as CSV, one for each case: whoever counts them finds the figures of the board."""
    _, found = _board(town, begins, ends)
    name = f'attachment; filename="{town.body.code}-cases.csv"'
    return Response(as_csv(found), media_type="text/csv", headers={"Content-Disposition": name})


def _board(town: Town, begins: date | None, ends: date | None) -> tuple[Board, list[Line]]:
    last = ends or town.today
    if not FIRST <= last < date(9000, 1, 1):
        raise Invalid("There are no cases in that year; choose other days.")
    first = begins or last - timedelta(days=365)
    found = lines(town.session, town.body, town.hall.services, begins=first, ends=last)
    return board(found, begins=first, ends=last, on=town.today), found


def _years(shown: Board, today: date) -> dict[str, tuple[date, date]]:
    """The years before and after the one that is shown, as far as there can be cases."""
    year = timedelta(days=365)
    before = (shown.begins - year, shown.begins - timedelta(days=1))
    after = (shown.ends + timedelta(days=1), min(shown.ends + year, today))
    found = {"before": before} if before[0] >= FIRST else {}
    return found | ({"after": after} if after[0] <= today else {})


def _shades(shown: Board, measure: Measure) -> dict[str, int]:
    """How dark each ward is drawn, 1 to `SHADES`, by its share of the greatest; wards without the figure are left out."""
    amounts = {ward: getattr(each, measure) for ward, each in shown.by_ward.items()}
    known = {ward: amount for ward, amount in amounts.items() if amount is not None}
    most = max(known.values(), default=0)
    return {ward: max(ceil(SHADES * amount / most), 1) if most else 1 for ward, amount in known.items()}


def _map(town: Town) -> Sketch | None:
    place = jurisdiction(town.session, town.body.jurisdiction)
    at = AsOf(on=town.today, known=last_recording(town.session, place.code))
    return sketch([(ref, "ward", shape) for ref, shape in ward_shapes(town.session, place, at=at)])


def _plain(value: Board | Line) -> dict[str, object]:
    return {key: str(each) if isinstance(each, date) else each for key, each in asdict(value).items()}
