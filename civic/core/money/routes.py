"""The payers' doors: a demand and a receipt by their links, the way to the gateway and back, the gateway's webhooks.

In: links that nobody guesses, forms, raw bytes of a gateway.  Out: pages that say nothing about a person, so that anyone who
is sent the link can pay; receipts as PDF; QR codes.
"""

import io
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, cast

import segno
from fastapi import APIRouter, Depends, Query, Request, Response

from civic.core.bodies import inside
from civic.core.case import case, seen_by
from civic.core.doors.form import FormDep, see
from civic.core.events import publish
from civic.core.http import ANYONE, Town, TownDep, TownRoute, allowed, page, town_hall
from civic.core.money.demands import demand, demand_at
from civic.core.money.desk import MoneyDesk, ReceiptSheet
from civic.core.money.gateway import GatewayAway
from civic.core.money.local_gateway.routes import router as trial
from civic.core.money.model import Demand, Paying, Receipt, rupees
from civic.core.money.office.routes import router as office
from civic.core.money.payments import book_event, book_return, keep_event, order_for
from civic.core.money.receipts import receipt_at, receipts_of
from civic.core.money.reconciliation import reconciliations
from gis.errors import Conflict, Invalid, NotFound

router = APIRouter(route_class=TownRoute, include_in_schema=False)
programs = APIRouter(route_class=TownRoute, tags=["money"])
LOG = logging.getLogger(__name__)


def money_desk(request: Request) -> MoneyDesk:
    """The money desk that `create_app` was built with."""
    return cast(MoneyDesk, request.app.state.money)


DeskDep = Annotated[MoneyDesk, Depends(money_desk)]


def _from_outside(request: Request, body: str) -> Iterator[Town]:
    """A body that a gateway's page sends somebody to: nobody is signed in, and the form is another site's by its nature."""
    hall = town_hall(request)
    with inside(hall.engine, body) as (session, here):
        yield Town(session=session, body=here, actor=None, now=datetime.now(UTC), hall=hall)


OutsideDep = Annotated[Town, Depends(_from_outside, scope="function")]


def _anyone() -> Any:
    """A route for anyone, whatever site the form comes from: what it carries is signed."""

    def check() -> None: ...

    checked: Callable[..., None] = check
    checked.__dict__["whose"] = frozenset({ANYONE})
    return Depends(checked)


async def _raw(request: Request) -> bytes:
    return await request.body()


@router.get("/town/{body}/pay/{token}", dependencies=[allowed(ANYONE)])
def pay_page(
    request: Request,
    town: TownDep,
    desk: DeskDep,
    token: str,
    came: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """What is to be paid, on which clause, until when; `came` tells how the payer came back from the gateway."""
    return _shown(request, town, desk, demand_at(town.session, token), came=came)


@router.get("/town/{body}/pay/{token}/qr.svg", dependencies=[allowed(ANYONE)])
def pay_code(town: TownDep, desk: DeskDep, token: str) -> Response:
    """The link as a QR code, to be scanned from paper or from another screen."""
    owed = demand_at(town.session, token)
    return _qr(f"{desk.front}{town.path}/pay/{owed.token}")


@router.post("/town/{body}/pay/{token}", dependencies=[allowed(ANYONE)])
def to_gateway(request: Request, town: TownDep, desk: DeskDep, token: str) -> Response:
    """To the gateway's page: by a link where it has one, else by a form that the payer sends."""
    owed = demand_at(town.session, token)
    tried = town.session.begin_nested()
    try:
        if reason := _why_not(town, owed):
            raise reason
        gateway = desk.gateway(town.body)
        order = order_for(town.session, gateway, town.body, owed.id, now=town.now)
        tried.commit()
    except (GatewayAway, Conflict) as error:
        tried.rollback()
        return _shown(request, town, desk, demand_at(town.session, token), refused=error)
    back = f"{town.path}/pay/{token}/return"
    at = back if town.body.synthetic else desk.front + back
    way = gateway.checkout(order, back=at, title=town.body.name_en)
    if way.is_link:
        return see(way.action)
    return page(request, "town/money/onward.html", town=town, way=way, demand=owed)


@router.get("/town/{body}/pay/{token}/return", dependencies=[_anyone()])
def came_without(town: OutsideDep, token: str) -> Response:
    """Back from the gateway without having paid."""
    return see(f"{town.path}/pay/{demand_at(town.session, token).token}?came=without")


@router.post("/town/{body}/pay/{token}/return", dependencies=[_anyone()])
def came_back(town: OutsideDep, desk: DeskDep, token: str, form: FormDep) -> Response:
    """Back from the gateway: a signed payment is booked on the gateway's word and leads to its receipt."""
    here = f"{town.path}/pay/{demand_at(town.session, token).token}"
    if "razorpay_payment_id" not in form:
        return see(f"{here}?came=without")
    tried = town.session.begin_nested()
    try:
        booked = book_return(
            town.session,
            desk.gateway(town.body),
            town.body,
            order_ref=form.get("razorpay_order_id", "")[:100],
            payment_ref=form["razorpay_payment_id"][:100],
            signature=form.get("razorpay_signature", "")[:200],
            now=town.now,
        )
        tried.commit()
    except GatewayAway:
        tried.rollback()
        return see(f"{here}?came=waiting")
    if booked.receipt is None:
        return see(f"{here}?came=waiting")
    return see(f"{town.path}/receipt/{booked.receipt.token}")


@router.get("/town/{body}/receipt/{token}.pdf", dependencies=[allowed(ANYONE)])
def receipt_pdf(request: Request, town: TownDep, desk: DeskDep, token: str) -> Response:
    """The printed receipt."""
    language = "ml" if _language(request) == "ml" else "en"
    got = receipt_at(town.session, token)
    sheet = _sheet(town, desk, got)
    headers = {"Content-Disposition": f'inline; filename="{got.number}.pdf"', "Cache-Control": "no-store"}
    return Response(desk.print_receipt(sheet, language), media_type="application/pdf", headers=headers)


@router.get("/town/{body}/receipt/{token}/qr.svg", dependencies=[allowed(ANYONE)])
def receipt_code(town: TownDep, desk: DeskDep, token: str) -> Response:
    """The receipt's address as a QR code."""
    return _qr(f"{desk.front}{town.path}/receipt/{receipt_at(town.session, token).token}")


@router.get("/town/{body}/receipt/{token}", dependencies=[allowed(ANYONE)])
def receipt_page(request: Request, town: TownDep, desk: DeskDep, token: str) -> Response:
    """What was received, and what became of it since."""
    sheet = _sheet(town, desk, receipt_at(town.session, token))
    return page(
        request,
        "town/money/receipt.html",
        town=town,
        sheet=sheet,
        sees_case=_sees(town, sheet.case_number),
        rupees=rupees,
    )


@programs.post("/api/town/{body}/money/events", dependencies=[_anyone()], status_code=200)
def gateway_event(
    request: Request, body: str, raw: Annotated[bytes, Depends(_raw)], desk: DeskDep
) -> dict[str, str]:
    """Webhooks of the payment gateway: kept byte for byte first, then booked; answered once they are kept."""
    engine, now = town_hall(request).engine, datetime.now(UTC)
    with inside(engine, body) as (session, here):
        gateway = desk.gateway(here)
        kept = keep_event(
            session,
            gateway,
            here,
            raw=raw,
            signature=request.headers.get("x-razorpay-signature", ""),
            event_ref=request.headers.get("x-razorpay-event-id"),
            now=now,
        )
    try:
        with inside(engine, body) as (session, here):
            return {"outcome": book_event(session, gateway, here, kept, now=now).outcome}
    except Exception:  # it is kept: the worker books it, and the night's comparison names it until then
        LOG.exception("event %s of %s is kept and waits to be booked", kept, body)
        return {"outcome": "waits"}


@programs.get("/api/town/{body}/money/reconciliations", dependencies=[allowed(ANYONE)])
def compared(town: TownDep) -> list[dict[str, Any]]:
    """The nightly comparisons of gateway, receipts, ledger and cases, newest first: counts for anyone, each for the office."""
    is_for_office = town.holds("secretary", "auditor")
    return [
        {
            "instant": each.instant.isoformat(),
            "orders": each.orders,
            "payments": each.payments,
            "mended": each.mended,
            "mismatches": len(each.mismatches),
            "kinds": dict(sorted(Counter(one.kind for one in each.mismatches).items())),
        }
        | (
            {"found": [asdict(one) for one in each.mismatches], "totals": each.totals}
            if is_for_office
            else {}
        )
        for each in reconciliations(town.session)
    ]


def _shown(
    request: Request,
    town: Town,
    desk: MoneyDesk,
    owed: Demand,
    *,
    came: str = "",
    refused: GatewayAway | Conflict | None = None,
) -> Response:
    barred = _why_not(town, owed)
    receipts = [each for each in receipts_of(town.session, owed.id) if each.cancelled is None]
    return page(
        request,
        "town/money/pay.html",
        town=town,
        status=503 if isinstance(refused, GatewayAway) else 409 if refused else 200,
        demand=owed,
        receipt=receipts[0] if receipts else None,
        case_number=case(town.session, owed.case_id).number if owed.case_id else None,
        came=came if came in ("without", "waiting") and owed.state == "open" else "",
        late=owed.due is not None and owed.due < town.today,
        link=f"{desk.front}{town.path}/pay/{owed.token}",
        refused=refused or barred,
        is_barred=barred is not None,
        rupees=rupees,
    )


def _why_not(town: Town, owed: Demand) -> Conflict | None:
    """Why no money is taken for the case of an open demand, by its service's word; None where it is."""
    if owed.case_id is None or owed.state != "open":
        return None
    try:
        publish(town.session, Paying(body=town.body, case=case(town.session, owed.case_id), now=town.now))
    except Conflict as error:
        return error
    return None


def _sheet(town: Town, desk: MoneyDesk, got: Receipt) -> ReceiptSheet:
    owed = demand(town.session, got.demand_id) if got.demand_id is not None else None
    return ReceiptSheet(
        body=town.body,
        receipt=got,
        demand=owed,
        case_number=case(town.session, owed.case_id).number if owed and owed.case_id else None,
        address=f"{desk.front}{town.path}/receipt/{got.token}",
    )


def _sees(town: Town, number: str | None) -> bool:
    """Whether who reads may see a case; nobody who is not signed in may."""
    if number is None or town.actor is None:
        return False
    try:
        seen_by(town.session, number, town.actor)
    except NotFound:
        return False
    return True


def _qr(address: str) -> Response:
    if len(address) > 1000:
        raise Invalid("This address is too long for a QR code.")
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", scale=6, border=4, light="#fff")
    return Response(out.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


def _language(request: Request) -> str:
    return request.query_params.get("lang") or request.cookies.get("lang") or "en"


for each in (office, trial):
    router.include_router(each)
