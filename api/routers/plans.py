"""Plan checks for programs: send a drawing for a plot, get findings.

In: addresses under /api; the drawing is the body of a POST.  Out: JSON (`bhumika-check-1`), or lines that tell how far it is and the findings last
(`application/x-ndjson`) where the program asks for it.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from math import radians
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Body, Depends, Header, Query, Request
from fastapi.responses import Response, StreamingResponse

from api.dependencies import only_known_words
from api.documented import sent_as
from api.plan_desk import PlanDesk
from api.ward_carried import csv_lines, geojson_pieces
from gis.errors import Invalid, LandError
from rules.check_schema import check_schema
from rules.envelope_document import to_geojson, to_json
from rules.envelope_schema import envelope_schema
from rules.progress import Progress

router = APIRouter(prefix="/api", tags=["plans"], dependencies=[Depends(only_known_words)])
JSON, LINES = "application/json", "application/x-ndjson"
CSV, GEOJSON = "text/csv; charset=utf-8", "application/geo+json"
DRAWINGS = {
    "image/vnd.dxf",
    "application/dxf",
    "application/octet-stream",
    "image/x-dxf",
    "application/x-step",
}


async def desk(request: Request) -> PlanDesk:
    """The desk that `create_app` was built with."""
    found: PlanDesk = request.app.state.plans
    return found


DeskDep = Annotated[PlanDesk, Depends(desk)]


@router.get("/schema/check.json")
def schema() -> dict[str, Any]:
    """The JSON Schema of a checked plan."""
    return check_schema()


@router.get("/schema/envelope.json")
def schema_of_envelopes() -> dict[str, Any]:
    """The JSON Schema of what a plot can carry."""
    return envelope_schema()


@router.get("/{code}/envelope", response_class=Response, responses=sent_as(JSON, "application/geo+json"))
def envelope(
    code: str,
    number: str,
    desk: DeskDep,
    occupancy: Annotated[str, Query(description="Group of rule 25, or part of one, such as A1.")],
    storey: Annotated[Decimal, Query(description="Metres of a storey: the asker's assumption.")],
    front: Annotated[str | None, Query(description="Reference of the street in front.")] = None,
    on: Annotated[date | None, Query(description="Day of the permit; today in Kerala unless given.")] = None,
    format: Annotated[Literal["json", "geojson"], Query(description="Form of the answer.")] = "json",
) -> Response:
    """What a plot can carry: where a building of each height may stand, the largest floor area, and which rule decides."""
    found, site = desk.envelope(code, number, occupancy=occupancy, storey_height=storey, front=front, on=on)
    if format == "geojson":
        return Response(to_geojson(found, site), media_type="application/geo+json")
    return Response(to_json(found, site), media_type="application/json")


@router.get("/{code}/envelopes", response_class=Response, responses=sent_as(CSV, GEOJSON))
def envelopes(
    code: str,
    desk: DeskDep,
    ward: Annotated[
        str, Query(description="Name or reference of a ward; a part of it that only one has will do.")
    ],
    occupancy: Annotated[str, Query(description="Group of rule 25, or part of one, such as A1.")],
    storey: Annotated[Decimal, Query(description="Metres of a storey: the asker's assumption.")],
    on: Annotated[date | None, Query(description="Day of the permit; today in Kerala unless given.")] = None,
    format: Annotated[Literal["csv", "geojson"], Query(description="Form of the answer.")] = "csv",
) -> Response:
    """What every plot of a ward can carry, plot by plot as it is reckoned; `outcome` is unknown where anything is missing."""
    _, plots = desk.of_ward(code, ward, occupancy=occupancy, storey_height=storey, on=on)
    if format == "geojson":
        return StreamingResponse(geojson_pieces(plots), media_type=GEOJSON)
    return StreamingResponse(csv_lines(plots), media_type=CSV)


@router.post("/{code}/check", response_class=Response, responses=sent_as(JSON, LINES))
def check(
    code: str,
    number: str,
    desk: DeskDep,
    drawing: Annotated[
        bytes, Body(media_type="image/vnd.dxf", description="The DXF or IFC file as it is.")
    ] = b"",
    on: Annotated[date | None, Query(description="Day of the permit; today in Kerala unless given.")] = None,
    turn: Annotated[float | None, Query(description="Degrees that turn the drawing to grid north.")] = None,
    answers: Annotated[
        str, Query(description="What persons said, as JSON; see docs/plan-checks.md.", max_length=20_000)
    ] = "",
    content_type: Annotated[str | None, Header()] = None,
    accept: Annotated[str | None, Header()] = None,
) -> Response:
    """Check a drawing against the rules of a plot. Decides nothing; what was found is kept for seven days."""
    sent = (content_type or "").split(";")[0].strip().lower()
    if sent not in DRAWINGS:
        raise Invalid(
            f"The drawing is the body of the request, as one of {', '.join(sorted(DRAWINGS))}; this came as “{sent[:60]}”."
        )
    degrees = None if turn is None else radians(turn)
    steps = desk.steps(code, number, drawing, on=on, turn=degrees, answers=answers.encode())
    if LINES in (accept or ""):
        return StreamingResponse(_lines(desk, code, steps), media_type=LINES)
    *_, key = steps
    return Response(desk.kept(code, str(key)).document, media_type="application/json")


def _lines(desk: PlanDesk, code: str, steps: Iterator[Progress | str]) -> Iterator[bytes]:
    """One line each time the work is further, and what was found or why not."""
    key = ""
    try:
        for said in steps:
            if isinstance(said, str):
                key = said
            else:
                yield orjson.dumps(said) + b"\n"
        yield b'{"found":' + desk.kept(code, key).document.strip() + b"}\n"
    except LandError as error:
        yield orjson.dumps({"error": {"code": error.code, "detail": error.message}}) + b"\n"
