"""What a gateway told is kept byte for byte before it is read: what comes late, twice or unknown, and until when it is kept."""

import hashlib
import json
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, enter, inside
from civic.core.money.gateway import GatewayAway
from civic.core.money.gateway_tables import GatewayEventRow, GatewayOrderRow
from civic.core.money.local_gateway.counter import Habits
from civic.core.money.local_gateway.server import LocalGateway
from civic.core.money.payments import (
    book_event,
    keep_event,
    order_for,
    waiting_events,
)
from civic.core.money.razorpay import Razorpay, signed
from civic.core.privacy.looks import forget_old
from tests.civic.money.books import NOON, a_demand, webhooks
from tests.civic.money.telling import heard, ordered


def test_an_order_that_was_lost_here_is_taken_up_from_the_gateway(
    service_engine: Engine, body: LocalBody, other_body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    """The transaction died after the gateway had opened the order."""
    with inside(service_engine, body.code) as (session, _):
        owed = a_demand(session, body)
    with inside(service_engine, body.code) as (session, _):
        order = order_for(session, gateway, body, owed.id, now=NOON).ref
        session.rollback()
    trial.counter.pay(order, now=0.0)
    with inside(service_engine, other_body.code) as (session, _):
        assert heard(session, gateway, other_body, webhooks(trial)[1]).outcome == "not_ours"
    with inside(service_engine, body.code) as (session, _):
        assert session.scalar(select(func.count()).select_from(GatewayOrderRow)) == 0
        assert heard(session, gateway, body, webhooks(trial)[1]).outcome == "settled"


def test_the_same_payment_is_not_booked_in_two_bodies(
    town: Session, body: LocalBody, other_body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    _, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0)
    enter(town, other_body.code)
    assert heard(town, gateway, other_body, webhooks(trial)[1]).outcome == "not_ours"
    enter(town, body.code)
    assert heard(town, gateway, body, webhooks(trial)[1]).outcome == "settled"


def test_other_bytes_under_a_known_event_number_are_kept_too(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    """The number of an event stands in a header that nobody signs: it must not hide another event."""
    _, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0)
    authorized, captured, _ = webhooks(trial)
    heard(town, gateway, body, authorized)
    assert heard(town, gateway, body, (authorized[0], *captured[1:])).outcome == "settled"
    assert heard(town, gateway, body, (authorized[0], *captured[1:])).outcome == "repeated"


def test_a_webhook_without_a_number_is_known_by_its_bytes(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    _, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0)
    _, raw, signature = webhooks(trial)[1]
    kept = {
        keep_event(town, gateway, body, raw=raw, signature=signature, event_ref=None, now=NOON)
        for _ in range(3)
    }
    assert len(kept) == 1


def test_a_replayed_webhook_of_a_payment_under_a_new_number_books_nothing(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    _, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0)
    ref, raw, signature = webhooks(trial)[1]
    outcomes = [
        heard(
            town,
            gateway,
            body,
            (
                f"{ref}-{n}",
                raw.replace(b"{", b"{" + b" " * n, 1),
                signed(raw.replace(b"{", b"{" + b" " * n, 1), trial.secrets.webhook_secret),
            ),
        ).outcome
        for n in range(3)
    ]
    assert outcomes == ["settled", "repeated", "repeated"]
    assert signature


def test_unknown_events_are_kept_and_left(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    raw = json.dumps({"event": "payment.dispute.created", "payload": {}}).encode()
    hook = ("evt_x", raw, signed(raw, trial.secrets.webhook_secret))
    assert heard(town, gateway, body, hook).outcome == "no_money"
    assert town.scalar(select(GatewayEventRow.outcome)) == "payment.dispute.created: no_money"


def test_an_event_that_cannot_be_booked_now_waits(
    service_engine: Engine, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    """The order is unknown here and the gateway is away when it is asked."""
    with inside(service_engine, body.code) as (session, _):
        owed = a_demand(session, body)
    with inside(service_engine, body.code) as (session, _):
        order = order_for(session, gateway, body, owed.id, now=NOON).ref
        session.rollback()
    trial.counter.pay(order, now=0.0)
    ref, raw, signature = webhooks(trial)[1]
    with inside(service_engine, body.code) as (session, _):
        kept = keep_event(session, gateway, body, raw=raw, signature=signature, event_ref=ref, now=NOON)
    trial.counter.habits = Habits(deaf=True)
    with pytest.raises(GatewayAway), inside(service_engine, body.code) as (session, _):
        book_event(session, gateway, body, kept, now=NOON)
    trial.counter.habits = Habits()
    with inside(service_engine, body.code) as (session, _):
        assert waiting_events(session) == [kept]
        assert book_event(session, gateway, body, kept, now=NOON).outcome == "settled"


def test_an_event_stays_as_it_came(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    _, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0)
    ref, raw, signature = webhooks(trial)[0]
    heard(town, gateway, body, (ref, raw, signature))
    row = town.scalars(select(GatewayEventRow)).one()
    assert (bytes(row.raw), row.signature, row.event_ref) == (raw, signature, ref)
    for change, refusal in (
        ("signature = ''", "permission denied"),
        ("digest = ''", "permission denied"),
        ("raw = ''", "never changed"),
    ):
        with pytest.raises(DBAPIError, match=refusal), town.begin_nested():
            town.execute(text(f"UPDATE gateway_event SET {change}"))


@pytest.mark.parametrize(("days", "is_kept"), [(399, True), (400, True), (401, False)])
def test_what_a_gateway_told_is_forgotten_when_its_time_is_over(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay, days: int, is_kept: bool
) -> None:
    _, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0)
    told = webhooks(trial)[0]
    heard(town, gateway, body, told)
    later = NOON + timedelta(days=days)
    forget_old(town, now=later)
    row = town.scalars(select(GatewayEventRow), execution_options={"populate_existing": True}).one()
    assert (row.raw is not None, row.digest) == (is_kept, hashlib.sha256(told[1]).hexdigest())
    assert heard(town, gateway, body, told).outcome == "repeated"  # it is known again without its words
    assert town.scalar(select(func.count()).select_from(GatewayEventRow)) == 1


def test_what_is_not_booked_yet_is_not_forgotten(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    _, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0)
    ref, raw, signature = webhooks(trial)[1]
    kept = keep_event(town, gateway, body, raw=raw, signature=signature, event_ref=ref, now=NOON)
    forget_old(town, now=NOON + timedelta(days=4000))
    assert waiting_events(town) == [kept]
    assert book_event(town, gateway, body, kept, now=NOON).outcome == "settled"
    with pytest.raises(DBAPIError, match="gateway_event_raw_check"), town.begin_nested():
        town.execute(text("UPDATE gateway_event SET booked = NULL, outcome = NULL, raw = NULL"))
