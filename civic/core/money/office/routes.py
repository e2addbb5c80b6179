"""The office's doors to money: counter, day books, refunds, demands, the comparison of all books.

In: forms of signed-in officers; sums in rupees as people write them.  Out: pages; what is refused stands above the form.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, TypedDict, cast

from fastapi import APIRouter, Form, Path, Query, Request, Response

from civic.core.case import case_numbered
from civic.core.doors.form import see
from civic.core.http import Town, TownDep, TownRoute, allowed, page
from civic.core.money.counter import close_day, day_book, take_cash
from civic.core.money.demands import cases_of_demands, demand_at, demands_of, open_demands
from civic.core.money.desk import MoneyDesk
from civic.core.money.ledger import balances
from civic.core.money.model import Means, WrongAmount, rupees
from civic.core.money.receipts import receipt
from civic.core.money.reconciliation import reconcile, reconciliations
from civic.core.money.refunds import ask_refund, decide_refund, hand_out, refund, refunds, send_refund
from civic.core.money.undoing import cancel_demand, cancel_receipt
from civic.core.people import people_in, person
from gis.errors import Conflict, Invalid, LandError, NotFound, Unavailable

router = APIRouter(route_class=TownRoute, include_in_schema=False)
Text = Annotated[str, Form(max_length=1000, pattern=r"^[^\x00]*$")]
Number = Annotated[int, Path(ge=1, lt=2**62)]
Whole = Annotated[int, Form(ge=1, lt=2**62)]
RUPEES = re.compile(r"(\d{1,10})(?:\.(\d{2}))?")
COUNTER = allowed("counter")
BOOKS = allowed("counter", "secretary", "auditor")


@router.get("/town/{body}/counter", dependencies=[COUNTER])
def counter_page(request: Request, town: TownDep, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The counter's day: find a demand by its case or its code, take the cash, see what the drawer must hold."""
    return _counter(request, town, q)


@router.post("/town/{body}/counter", dependencies=[COUNTER])
def cash_taken(
    request: Request,
    town: TownDep,
    token: Text,
    amount: Whole,
) -> Response:
    """Take cash for a demand; on to its receipt."""
    tried = town.session.begin_nested()
    try:
        owed = demand_at(town.session, token)
        got = take_cash(town.session, town.body, owed.id, amount=amount, now=town.now, **_by(town))
        tried.commit()
    except (Conflict, Invalid, NotFound) as error:
        tried.rollback()
        return _counter(request, town, token, refused=error)
    return see(f"{town.path}/receipt/{got.token}")


@router.get("/town/{body}/day-books", dependencies=[BOOKS])
def day_books(request: Request, town: TownDep, day: Annotated[date | None, Query()] = None) -> Response:
    """Every counter's day: receipts, what the drawer must hold, what was counted."""
    return _day_books(request, town, day or town.today)


@router.post("/town/{body}/day-books", dependencies=[allowed("secretary")])
def day_closed(
    request: Request,
    town: TownDep,
    person_id: Whole,
    day: Annotated[date, Form()],
    counted: Text,
    note: Text = "",
) -> Response:
    """Close a counter's day with what was counted before the officer who closes it."""

    def close() -> None:
        close_day(
            town.session,
            town.body,
            person_id=person(town.session, person_id).id,
            day=day,
            counted=paise(counted),
            checked_by=town.who().person.id,
            note=note.strip() or None,
            now=town.now,
        )

    refused = _tried(town, close)
    return (
        _day_books(request, town, day, refused=refused)
        if refused
        else see(f"{town.path}/day-books?day={day}")
    )


@router.post("/town/{body}/day-books/{receipt_id}/cancel", dependencies=[allowed("counter", "secretary")])
def receipt_cancelled(request: Request, town: TownDep, receipt_id: Number, reason: Text) -> Response:
    """Undo a cash receipt of an open day, by another person than received it."""
    day = receipt(town.session, receipt_id).day
    refused = _tried(
        town,
        lambda: cancel_receipt(town.session, town.body, receipt_id, reason=reason, now=town.now, **_by(town)),
    )
    return (
        _day_books(request, town, day, refused=refused)
        if refused
        else see(f"{town.path}/day-books?day={day}")
    )


@router.get("/town/{body}/demands", dependencies=[BOOKS])
def demands_page(request: Request, town: TownDep) -> Response:
    """The open demands, those due first."""
    return _demands(request, town)


@router.post("/town/{body}/demands/{demand_id}/cancel", dependencies=[allowed("secretary")])
def demand_cancelled(request: Request, town: TownDep, demand_id: Number, reason: Text) -> Response:
    """Ask a demand no more."""
    refused = _tried(
        town,
        lambda: cancel_demand(town.session, town.body, demand_id, reason=reason, now=town.now, **_by(town)),
    )
    return _demands(request, town, refused=refused) if refused else see(f"{town.path}/demands")


@router.get("/town/{body}/refunds", dependencies=[BOOKS])
def refunds_page(request: Request, town: TownDep) -> Response:
    """Refunds that are asked, and those that are granted and not yet paid."""
    return _refunds(request, town)


@router.post("/town/{body}/refunds", dependencies=[allowed("secretary", "counter")])
def refund_asked(request: Request, town: TownDep, receipt_id: Whole, reason: Text) -> Response:
    """Ask that held money goes back."""
    refused = _tried(
        town,
        lambda: ask_refund(town.session, town.body, receipt_id, reason=reason, now=town.now, **_by(town)),
    )
    return _refunds(request, town, refused=refused) if refused else see(f"{town.path}/refunds")


@router.post("/town/{body}/refunds/{refund_id}/decide", dependencies=[allowed("secretary")])
def refund_decided(
    request: Request,
    town: TownDep,
    refund_id: Number,
    answer: Annotated[str, Form(pattern="^(grant|refuse)$")],
) -> Response:
    """Grant or refuse a refund that another person asked for."""
    granted = answer == "grant"
    refused = _tried(
        town,
        lambda: decide_refund(
            town.session, town.body, refund_id, is_granted=granted, now=town.now, **_by(town)
        ),
    )
    return _refunds(request, town, refused=refused) if refused else see(f"{town.path}/refunds")


@router.post("/town/{body}/refunds/{refund_id}/pay", dependencies=[allowed("secretary", "counter")])
def refund_paid(request: Request, town: TownDep, refund_id: Number) -> Response:
    """Pay a granted refund the way the money came: from the drawer, or through the gateway."""

    def pay() -> None:
        if refund(town.session, refund_id).means is Means.CASH:
            hand_out(town.session, town.body, refund_id, by=town.who().person.id, now=town.now)
        else:
            gateway = cast(MoneyDesk, request.app.state.money).gateway(town.body)
            send_refund(town.session, gateway, town.body, refund_id, now=town.now)

    refused = _tried(town, pay)
    return _refunds(request, town, refused=refused) if refused else see(f"{town.path}/refunds")


@router.get("/town/{body}/books", dependencies=[allowed("secretary", "auditor")])
def books_page(request: Request, town: TownDep) -> Response:
    """What stands in each account, and how the last comparisons of all books came out."""
    found = reconciliations(town.session, most=30)
    accounts = balances(town.session)
    return page(request, "town/money/books.html", town=town, accounts=accounts, found=found, rupees=rupees)


@router.post("/town/{body}/books", dependencies=[allowed("secretary", "auditor")])
def compare_now(request: Request, town: TownDep) -> Response:
    """Compare all books now, as every night."""
    gateway = cast(MoneyDesk, request.app.state.money).gateway(town.body)
    reconcile(town.session, gateway, body=town.body, now=town.now)
    return see(f"{town.path}/books")


def paise(text: str) -> int:
    """A sum as people write it, such as 1,250.50, in paise."""
    match = RUPEES.fullmatch(text.replace(",", "").replace("₹", "").strip())
    if match is None:
        raise WrongAmount("Write the sum in rupees, such as 1250 or 1250.50.")
    return int(match[1]) * 100 + int(match[2] or 0)


class _By(TypedDict):
    by: int
    device: str


def _by(town: Town) -> _By:
    """Who acts, and at which machine."""
    who = town.who()
    return {"by": who.person.id, "device": who.device}


def _tried(town: Town, change: Callable[[], object]) -> LandError | None:
    """Why a change was refused, with everything of it undone; None where it is done."""
    tried = town.session.begin_nested()
    try:
        change()
        tried.commit()
    except LandError as error:
        tried.rollback()
        return error
    return None


def _status(refused: LandError | None) -> int:
    if refused is None:
        return 200
    return 409 if isinstance(refused, Conflict) else 503 if isinstance(refused, Unavailable) else 422


def _counter(request: Request, town: Town, q: str, *, refused: LandError | None = None) -> Response:
    found = []
    if q:
        asked = q.strip().rstrip("/").rpartition("/")[2]
        tried = town.session.begin_nested()
        try:
            found = (
                demands_of(town.session, case_numbered(town.session, asked.upper()).id)
                if len(asked) < 24
                else [demand_at(town.session, asked)]
            )
        except NotFound as error:
            refused = refused or error
        tried.rollback()
    book = day_book(town.session, town.body, person_id=town.who().person.id, day=town.today)
    return page(
        request,
        "town/money/counter.html",
        town=town,
        status=_status(refused),
        q=q,
        found=found,
        book=book,
        refused=refused,
        rupees=rupees,
    )


def _day_books(request: Request, town: Town, day: date, *, refused: LandError | None = None) -> Response:
    books = [
        (each, day_book(town.session, town.body, person_id=each.id, day=day))
        for each in people_in(town.session, "counter", on=day)
    ]
    template = "town/money/day_books.html"
    shown = {"books": books, "day": day, "refused": refused, "rupees": rupees}
    return page(request, template, town=town, status=_status(refused), **shown)


def _demands(request: Request, town: Town, *, refused: LandError | None = None) -> Response:
    found = open_demands(town.session)
    cases = cases_of_demands(town.session, found)
    shown = {"demands": found, "cases": cases, "refused": refused, "rupees": rupees}
    return page(request, "town/money/demands.html", town=town, status=_status(refused), **shown)


def _refunds(request: Request, town: Town, *, refused: LandError | None = None) -> Response:
    asked, granted = (refunds(town.session, state=state) for state in ("asked", "granted"))
    shown = {"asked": asked, "granted": granted, "refused": refused, "rupees": rupees}
    return page(request, "town/money/refunds.html", town=town, status=_status(refused), **shown)
