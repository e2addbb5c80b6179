"""The doors of audits: what is drawn and how, for everyone; what waits and what was found, for auditors.

In: days, outcomes.  Out: pages, and JSON by which a draw is made again.  The public part tells of permits, never of persons: what
an auditor wrote, and that a licensee was held to account before, is for the office and the parties.
"""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from civic.core.case import case
from civic.core.doors.form import FormDep, Identifier, see
from civic.core.http import ANYONE, Town, TownDep, TownRoute, allowed, page
from civic.permits.audit_risk import rules
from civic.permits.audits import (
    OUTCOMES,
    Draw,
    audits_by_risk,
    conclude,
    draw_of,
    draws,
    open_audits,
    proposed,
)
from civic.permits.draws import lot_of
from civic.permits.limits import APPEAL, book_of
from civic.permits.model import SERVICE_NAME
from gis.errors import Conflict, Invalid, LandError, NotAllowed, NotFound
from rules.book import NotEncoded, NotInForce, Value

pages = APIRouter(route_class=TownRoute, include_in_schema=False)
programs = APIRouter(route_class=TownRoute, tags=["permits"])
READERS = ("auditor", "secretary")
Day = Annotated[str, Path(max_length=10)]


@pages.get("/town/{body}/post-audit", dependencies=[allowed(ANYONE)])
def audits_page(request: Request, town: TownDep) -> Response:
    """What was drawn, by which seed, and what is looked at for its own sake."""
    return _shown(request, town)


@pages.get("/town/{body}/post-audit/{day}", dependencies=[allowed(ANYONE)])
def draw_page(request: Request, town: TownDep, day: Day) -> Response:
    """The draw of a day, with all that is needed to make it again."""
    draw = draw_of(town.session, town.body, _day(day))
    lots = [(each, lot_of(draw.seed, each.number)) for each in draw.pool]
    return page(
        request, "town/permits/draw.html", town=town, draw=draw, lots=sorted(lots, key=lambda lot: lot[1])
    )


@pages.post("/town/{body}/post-audit/audits/{audit}", dependencies=[allowed("auditor")])
def conclude_audit(request: Request, town: TownDep, audit: Identifier, form: FormDep) -> Response:
    """Write what an audit found; what is refused stands on the page."""
    try:
        desk = town.desk(SERVICE_NAME)
        conclude(desk, audit, form.get("outcome", ""), form.get("words", ""), actor=town.who())
    except (Conflict, Invalid, NotAllowed, NotFound) as error:
        town.undo()
        return _shown(request, town, refused=error, tried=audit, written=form.get("words", ""))
    return see(f"{town.path}/post-audit#audits")


@programs.get("/api/town/{body}/post-audit/{day}", dependencies=[allowed(ANYONE)])
def draw(town: TownDep, day: Day) -> dict[str, Any]:
    """The draw of a day: pool, seed, method, numbers; whoever hashes the pool finds the seed and the numbers."""
    return _told(town, draw_of(town.session, town.body, _day(day)))


def _told(town: Town, made: Draw) -> dict[str, Any]:
    return {
        "body": town.body.code,
        "day": made.day.isoformat(),
        "method": made.method,
        "published": made.published.isoformat(),
        "pool": [each.line for each in made.pool],
        "seed": made.seed,
        "taken": made.taken,
        "drawn": made.numbers,
        "outcomes": {each.number: each.outcome for each in made.audits},
    }


def _shown(
    request: Request,
    town: Town,
    *,
    refused: LandError | None = None,
    tried: int | None = None,
    written: str = "",
) -> Response:
    is_reader = town.holds(*READERS)
    return page(
        request,
        "town/permits/post_audit.html",
        town=town,
        status=409 if isinstance(refused, Conflict) else 422 if refused else 200,
        draws=draws(town.session),
        by_risk=audits_by_risk(town.session),
        waiting=open_audits(town.session) if is_reader else [],
        proposed=[(each, case(town.session, each.case_id)) for each in proposed(town.session)]
        if is_reader
        else [],
        rules=rules(),
        outcomes=OUTCOMES,
        is_reader=is_reader,
        appeal=_appeal(town),
        refused=refused,
        tried=tried,
        written=written,
    )


def _appeal(town: Town) -> Value | None:
    """The days of an appeal as the book has them today, with how surely they were read; None where it has none."""
    try:
        return book_of(town.body, on=town.today).value(APPEAL)
    except (NotEncoded, NotInForce, Conflict):
        return None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(
            "This is not a date. Write year-month-day, for example 2026-05-03.", code="bad-date"
        ) from error
