"""The doors of the public register: search, one permit, JSON with its schema, open data in the form of BLDS.

In: words of an address.  Out: pages, JSON and CSV that anyone may read; nothing of a person is in them.
"""

from collections.abc import Mapping
from datetime import date
from itertools import chain, islice
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from civic.core.http import ANYONE, Town, TownDep, TownRoute, allowed, page, town_hall
from civic.permits.blds import COLUMNS, REQUIRED, Publication, as_csv, table_schema
from civic.permits.model import Kind
from civic.permits.open_data import LICENCES, all_entries, state_name
from civic.permits.register import (
    ROUTES,
    STATES,
    Line,
    Wanted,
    key_of,
    permit_shown,
    permits_in,
)
from civic.permits.register_shapes import PermitLineOut, PermitOut, RegisterOut
from gis.errors import Invalid

pages = APIRouter(route_class=TownRoute, include_in_schema=False)
programs = APIRouter(route_class=TownRoute, tags=["permits"])
PAGE = 50
Word = Annotated[str, Query(max_length=120)]
Choice = Annotated[str, Query(max_length=40)]
Day = Annotated[date | None, Query()]


@pages.get("/town/{body}/register", dependencies=[allowed(ANYONE)])
def register_page(
    request: Request,
    town: TownDep,
    q: Word = "",
    kind: Choice = "",
    route: Choice = "",
    state: Choice = "",
    begins: Word = "",
    ends: Word = "",
    after: Word = "",
) -> Response:
    """Permits by number, plot, day, kind, way and state, the newest first."""
    asked = {"q": q, "kind": kind, "route": route, "state": state, "begins": begins, "ends": ends}
    refused, lines, onward = None, [], None
    try:
        lines = _found(town, asked, after)
        onward = _onward(f"{town.path}/register", asked, lines)
    except Invalid as error:
        refused = error
    return page(
        request,
        "town/permits/register.html",
        town=town,
        status=422 if refused else 200,
        lines=lines,
        onward=onward,
        asked=asked,
        is_first=not after,
        refused=refused,
        kinds=tuple(Kind),
        routes=ROUTES,
        states=STATES,
    )


@pages.get("/town/{body}/register/{number:path}", dependencies=[allowed(ANYONE)])
def permit_page(request: Request, town: TownDep, number: str) -> Response:
    """One permit: what was decided, on which clauses, with the published documents."""
    permit = permit_shown(town.session, number, on=town.today)
    return page(request, "town/permits/permit.html", town=town, permit=permit, line=permit.line)


@pages.get("/town/{body}/open-data", dependencies=[allowed(ANYONE)])
def open_data_page(request: Request, town: TownDep) -> Response:
    """What is given as open data, in which form, under which licence."""
    return page(
        request,
        "town/permits/open_data.html",
        town=town,
        columns=COLUMNS,
        required=REQUIRED,
        licence=LICENCES[town.body.synthetic],
    )


@programs.get("/api/town/{body}/register", dependencies=[allowed(ANYONE)])
def register(
    town: TownDep,
    q: Word = "",
    kind: Choice = "",
    route: Choice = "",
    state: Choice = "",
    begins: Word = "",
    ends: Word = "",
    after: Word = "",
) -> RegisterOut:
    """Permits of the public register, the newest first, fifty at a time."""
    asked = {"q": q, "kind": kind, "route": route, "state": state, "begins": begins, "ends": ends}
    lines = _found(town, asked, after)
    return RegisterOut(
        permits=[PermitLineOut.of(each, town.path) for each in lines],
        next=_onward(f"/api{town.path}/register", asked, lines),
    )


@programs.get("/api/town/{body}/register/{number:path}", dependencies=[allowed(ANYONE)])
def permit(town: TownDep, number: str) -> PermitOut:
    """One permit with what it rests on, clause by clause."""
    return PermitOut.whole(permit_shown(town.session, number, on=town.today), town.path)


@programs.get("/api/schema/permit.json", response_class=JSONResponse)
def permit_schema() -> dict[str, Any]:
    """JSON Schema of a permit of the public register."""
    return PermitOut.model_json_schema()


@programs.get(
    "/api/town/{body}/open-data/permits.csv",
    dependencies=[allowed(ANYONE)],
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}}}},
)
def permits_csv(request: Request, town: TownDep) -> StreamingResponse:
    """Every permit in the form of BLDS, told line by line."""
    entries = all_entries(town_hall(request).engine, town.body.code, on=town.today)
    first = list(islice(entries, 1))  # what is wrong is told before the answer begins
    name = f'attachment; filename="permits-{town.body.code}.csv"'
    return StreamingResponse(
        as_csv(chain(first, entries), _publication(request, town)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": name, "Cache-Control": "no-cache"},
    )


@programs.get("/api/town/{body}/open-data/permits.json", dependencies=[allowed(ANYONE)])
def permits_described(request: Request, town: TownDep) -> dict[str, Any]:
    """The description of the CSV file: its columns and their types, its licence (Frictionless Data Package)."""
    return table_schema(_publication(request, town), licence=LICENCES[town.body.synthetic])


def _publication(request: Request, town: Town) -> Publication:
    front = str(getattr(request.app.state, "front", "")).rstrip("/")
    return Publication(body=town.body, state=state_name(town.body), front=front)


def _found(town: Town, asked: Mapping[str, str], after: str) -> list[Line]:
    wanted = Wanted(
        text=asked["q"],
        kind=asked["kind"] or None,
        route=asked["route"] or None,
        state=asked["state"] or None,
        begins=_day(asked["begins"]),
        ends=_day(asked["ends"]),
    )
    key = key_of(after) if after else None
    return permits_in(town.session, wanted, on=town.today, after=key, most=PAGE)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(
            "This is not a date. Write year-month-day, for example 2026-05-03.", code="bad-date"
        ) from error


def _onward(path: str, asked: Mapping[str, str], lines: list[Line]) -> str | None:
    """The address of the next page; None on the last one."""
    if len(lines) < PAGE:
        return None
    issued, number = lines[-1].key
    return f"{path}?{urlencode({**{k: v for k, v in asked.items() if v}, 'after': f'{issued}~{number}'})}"
