"""Through the doors: a link pays without sign-in and says nothing personal; officers act in their roles only."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, func, select

from civic.core.bodies import LocalBody
from civic.core.case import case
from civic.core.events import listening
from civic.core.gone_plots import PlotsGone
from civic.core.http import cookie_of
from civic.core.money.counter import day_book
from civic.core.money.demands import demand
from civic.core.money.desk import MoneyDesk
from civic.core.money.gateway_tables import GatewayEventRow
from civic.core.money.local_gateway.counter import Habits
from civic.core.money.local_gateway.server import LocalGateway
from civic.core.money.model import Demand, Paid, Paying, money_day
from civic.core.money.razorpay import signed
from civic.core.money.receipts import receipts_of
from civic.core.money.reconciliation import reconciliations
from civic.core.money.refunds import refunds
from civic.core.money.tables import ReceiptRow
from civic.core.people import Actor
from civic.core.sign_in import begin
from gis.db.session import transaction
from gis.errors import Invalid
from tests.civic.conftest import a_body, open_on_its_land
from tests.civic.hall import Hall, a_hall
from tests.civic.money.books import a_case, a_demand, webhooks

OTHER_SITE = {"sec-fetch-site": "cross-site", "origin": "https://api.razorpay.com"}
NOBODY = 9
"""A port at which nobody listens: webhooks are brought in by the tests."""
SECRETS = {
    "razorpay_key": "rzp_test_key",
    "razorpay_secret": "api-secret",
    "razorpay_webhook_secret": "webhook-secret",
}


@pytest.fixture
def hall(service_engine: Engine, body: LocalBody, tmp_path: Path) -> Hall:
    return a_hall(service_engine, body, tmp_path, port=NOBODY)


@pytest.fixture
def owed(hall: Hall) -> Demand:
    with hall.inside() as session:
        return a_demand(session, hall.body, now=datetime.now(UTC), case_id=a_case(session, hall.body))


def at_own(hall: Hall, who: Actor, machine: str = "") -> TestClient:
    """Somebody's browser at a machine of their own, or at a named one."""
    now = datetime.now(UTC)
    with hall.inside() as session:
        made = begin(
            session,
            hall.body,
            who.person,
            way="code",
            browser=machine or who.person.name,
            today=now.date(),
            now=now,
        )
    client = hall.client()
    client.cookies.set(cookie_of(hall.body.code), made.secret)
    return client


def trial_of(hall: Hall) -> LocalGateway:
    desk: MoneyDesk = hall.app.state.money
    return desk.trial()


def to_checkout(hall: Hall, client: TestClient, owed: Demand) -> tuple[str, dict[str, str]]:
    """The payer's way to the gateway: the order's number, and the fields of its checkout."""
    sent = client.post(f"{hall.path}/pay/{owed.token}")
    assert sent.status_code == 303, sent.text
    shown = client.get(sent.headers["location"])
    assert shown.status_code == 200
    fields = dict(re.findall(r'name="(order_id|callback_url)" value="([^"]*)"', shown.text))
    return fields["order_id"], {name: unescape(value) for name, value in fields.items()}


def paid(hall: Hall, client: TestClient, owed: Demand, outcome: str = "paid") -> dict[str, str]:
    """What the browser brings back from the gateway."""
    _, fields = to_checkout(hall, client, owed)
    page = client.post(f"{hall.path}/trial-gateway/pay", data=fields | {"outcome": outcome})
    assert page.status_code == 200
    return dict(re.findall(r'name="(razorpay_[a-z_]+)" value="([^"]*)"', page.text))


def test_whoever_has_the_link_pays_without_signing_in(hall: Hall, owed: Demand) -> None:
    client = hall.client()
    page = client.get(f"{hall.path}/pay/{owed.token}")
    assert page.status_code == 200
    assert "₹750.50" in page.text
    assert "Test schedule, item 1" in page.text
    back = paid(hall, client, owed)
    came = client.post(f"{hall.path}/pay/{owed.token}/return", data=back, headers=OTHER_SITE)
    assert came.status_code == 303
    receipt = client.get(came.headers["location"])
    assert "R-" in receipt.text
    assert "₹750.50" in receipt.text
    assert "Paid: ₹750.50" in client.get(f"{hall.path}/pay/{owed.token}").text


def test_the_door_to_pay_is_shut_with_words_where_a_service_refuses_money(hall: Hall, owed: Demand) -> None:
    def refuse(_session: object, event: Paying) -> None:
        raise PlotsGone(f"Plot 9/1 of {event.case.number} is gone.")

    with listening(Paying, refuse):
        seen = hall.client().get(f"{hall.path}/pay/{owed.token}?lang=ml")
        tried = hall.client().post(f"{hall.path}/pay/{owed.token}")
    assert (seen.status_code, tried.status_code) == (200, 409)
    for page in (seen, tried):
        assert "Plot 9/1" in page.text
        assert f'action="{hall.path}/pay/{owed.token}"' not in page.text
    assert "പുതുതായി അപേക്ഷിക്കുക" in seen.text
    assert f'action="{hall.path}/pay/{owed.token}"' in hall.client().get(f"{hall.path}/pay/{owed.token}").text


def test_the_pages_say_nothing_about_a_person(hall: Hall, owed: Demand) -> None:
    client = hall.client()
    came = client.post(f"{hall.path}/pay/{owed.token}/return", data=paid(hall, client, owed))
    for address in (f"{hall.path}/pay/{owed.token}", came.headers["location"]):
        text = client.get(address).text
        assert "Applicant" not in text
        assert "@example.org" not in text


@pytest.mark.parametrize("token", ["", "x", "../counter", "A" * 32])
def test_a_link_is_not_guessed(hall: Hall, owed: Demand, token: str) -> None:
    assert hall.client().get(f"{hall.path}/pay/{token}").status_code in (303, 404)
    assert owed.token != token


def test_the_link_of_another_body_leads_nowhere(hall: Hall, owed: Demand, other_body: LocalBody) -> None:
    assert hall.client().get(f"/town/{other_body.code}/pay/{owed.token}").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"razorpay_signature": "0" * 64},
        {"razorpay_payment_id": "pay_other"},
        {"razorpay_order_id": "order_other"},
        {"razorpay_signature": ""},
    ],
)
def test_a_forged_return_is_refused(hall: Hall, owed: Demand, change: dict[str, str]) -> None:
    client = hall.client()
    back = paid(hall, client, owed) | change
    came = client.post(f"{hall.path}/pay/{owed.token}/return", data=back)
    assert came.status_code == 422
    with hall.inside() as session:
        assert demand(session, owed.id).state == "open"


def test_a_payer_who_turns_back_has_paid_nothing(hall: Hall, owed: Demand) -> None:
    client = hall.client()
    assert paid(hall, client, owed, "failed") == {}
    for came in (
        client.get(f"{hall.path}/pay/{owed.token}/return"),
        client.post(f"{hall.path}/pay/{owed.token}/return", data={"error[code]": "BAD_REQUEST_ERROR"}),
    ):
        assert came.status_code == 303
        assert "Nothing was taken" in client.get(came.headers["location"]).text


def test_while_the_gateway_is_silent_the_payer_is_told_to_wait(hall: Hall, owed: Demand) -> None:
    client = hall.client()
    back = paid(hall, client, owed)
    trial_of(hall).counter.habits = Habits(deaf=True)
    came = client.post(f"{hall.path}/pay/{owed.token}/return", data=back)
    assert "do not pay a second time" in client.get(came.headers["location"]).text
    sent = client.post(f"{hall.path}/pay/{owed.token}")
    assert sent.status_code in (303, 503)


def webhook(hall: Hall, client: TestClient, raw: bytes, signature: str, ref: str) -> tuple[int, object]:
    headers = {
        "x-razorpay-signature": signature,
        "x-razorpay-event-id": ref,
        "content-type": "application/json",
    }
    answer = client.post(f"/api/town/{hall.body.code}/money/events", content=raw, headers=headers)
    return answer.status_code, answer.json().get("outcome")


def test_webhooks_come_in_are_kept_and_booked_once(hall: Hall, owed: Demand) -> None:
    client = hall.client()
    paid(hall, client, owed, "lost")
    told = [
        webhook(hall, client, raw, signature, ref)[1] for ref, raw, signature in webhooks(trial_of(hall)) * 2
    ]
    assert told == ["no_money", "settled", "repeated", "repeated", "repeated", "repeated"]
    with hall.inside() as session:
        assert len(receipts_of(session, owed.id)) == 1
        assert session.scalar(select(func.count()).select_from(GatewayEventRow)) == 3


def test_a_forged_webhook_is_refused_and_not_kept(hall: Hall, owed: Demand) -> None:
    client = hall.client()
    paid(hall, client, owed, "lost")
    ref, raw, signature = webhooks(trial_of(hall))[-1]
    secret = trial_of(hall).secrets.secret
    assert webhook(hall, client, raw, signed(raw, secret), ref)[0] == 422
    assert webhook(hall, client, raw + b" ", signature, ref)[0] == 422
    assert webhook(hall, client, raw, "", ref)[0] == 422
    assert client.post("/api/town/nowhere/money/events", content=raw).status_code == 404


def test_a_webhook_that_a_service_cannot_take_is_kept_and_answered(hall: Hall, owed: Demand) -> None:
    client = hall.client()
    order, _ = to_checkout(hall, client, owed)
    trial = trial_of(hall)
    trial.counter.habits = Habits(loses=True)
    trial.counter.pay(order, now=0.0)
    ref, raw, signature = next(hook for hook in webhooks(trial) if b'"payment.captured"' in hook[1])

    def broken(_session: object, _event: Paid) -> None:
        raise KeyError("a mistake of a service")

    with listening(Paid, broken):
        assert webhook(hall, client, raw, signature, ref) == (200, "waits")
    with hall.inside() as session:
        assert session.scalar(select(func.count()).select_from(GatewayEventRow)) == 1
        assert demand(session, owed.id).state == "open"
    assert webhook(hall, client, raw, signature, ref) == (200, "settled")


def test_the_codes_and_the_print_are_there(hall: Hall, owed: Demand) -> None:
    client = hall.client()
    code = client.get(f"{hall.path}/pay/{owed.token}/qr.svg")
    assert code.headers["content-type"].startswith("image/svg+xml")
    assert code.content.startswith(b"<?xml")
    came = client.post(f"{hall.path}/pay/{owed.token}/return", data=paid(hall, client, owed))
    receipt = came.headers["location"]
    assert client.get(f"{receipt}/qr.svg").status_code == 200
    english = client.get(f"{receipt}.pdf?lang=en")
    malayalam = client.get(f"{receipt}.pdf?lang=ml")
    assert english.content.startswith(b"%PDF")
    assert english.headers["content-type"] == "application/pdf"
    assert english.content == client.get(f"{receipt}.pdf?lang=en").content
    assert english.content != malayalam.content


def test_a_real_body_never_meets_the_trial_gateway(
    service_engine: Engine, engine: Engine, tmp_path: Path
) -> None:
    real = replace(a_body(f"real-{uuid4().hex[:8]}"), synthetic=False)
    with transaction(engine) as session:
        open_on_its_land(session, real)
    hall = a_hall(service_engine, real, tmp_path, port=NOBODY)
    with hall.inside() as session:
        owed = a_demand(session, real)
    client = hall.client()
    refused = client.post(f"{hall.path}/pay/{owed.token}")
    assert refused.status_code == 503
    assert "counter" in refused.text
    for address in ("trial-gateway", "trial-gateway/checkout?order_id=order_x"):
        assert client.get(f"{hall.path}/{address}").status_code == 404
    assert client.post(f"{hall.path}/trial-gateway/pay", data={"order_id": "x"}).status_code == 404


def test_with_razorpays_secrets_a_real_body_sends_a_form_there_and_a_made_up_one_does_not(
    service_engine: Engine, body: LocalBody, tmp_path: Path
) -> None:
    hall = a_hall(service_engine, body, tmp_path, port=NOBODY, **SECRETS)
    assert (
        "form-action 'self' https://api.razorpay.com"
        in hall.client().get(hall.path).headers["content-security-policy"]
    )
    with hall.inside() as session:
        owed = a_demand(session, body)
    sent = hall.client().post(f"{hall.path}/pay/{owed.token}")
    assert sent.headers["location"].startswith(f"{hall.path}/trial-gateway/checkout?")


def test_half_of_the_secrets_are_refused(service_engine: Engine, body: LocalBody, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="BHUMIKA_RAZORPAY_WEBHOOK_SECRET"):
        a_hall(service_engine, body, tmp_path, **SECRETS | {"razorpay_webhook_secret": ""})


OFFICE = ("counter", "day-books", "demands", "refunds", "books")
MAY = {
    "counter": {"counter"},
    "day-books": {"counter", "secretary", "auditor"},
    "demands": {"counter", "secretary", "auditor"},
    "refunds": {"counter", "secretary", "auditor"},
    "books": {"secretary", "auditor"},
}


@pytest.mark.parametrize("role", ["counter", "secretary", "auditor", "verifier", None])
def test_the_office_pages_are_for_their_roles(hall: Hall, owed: Demand, role: str | None) -> None:
    client = hall.client(hall.person(role) if role else hall.person())
    for page in OFFICE:
        answer = client.get(f"{hall.path}/{page}")
        assert answer.status_code == (200 if role in MAY[page] else 403), page
    assert hall.client().get(f"{hall.path}/counter").status_code == 303
    assert owed.state == "open"


def test_cash_at_the_counter_from_the_case_to_the_closed_day(hall: Hall, owed: Demand) -> None:
    counter, secretary = hall.person("counter"), hall.person("secretary")
    desk, office = hall.client(counter), hall.client(secretary)
    with hall.inside() as session:
        number = case(session, owed.case_id or 0).number
    assert "₹750.50" in desk.get(f"{hall.path}/counter?q={number}").text
    assert "Take ₹750.50" in desk.get(f"{hall.path}/counter?q=https://x/pay/{owed.token}").text
    wrong = desk.post(f"{hall.path}/counter", data={"token": owed.token, "amount": owed.amount - 1})
    assert wrong.status_code == 422
    got = desk.post(f"{hall.path}/counter", data={"token": owed.token, "amount": owed.amount})
    assert got.status_code == 303
    again = desk.post(f"{hall.path}/counter", data={"token": owed.token, "amount": owed.amount})
    assert again.status_code == 409
    today = day_of(hall)
    form = {"person_id": counter.person.id, "day": today}
    assert desk.post(f"{hall.path}/day-books", data=form | {"counted": "750.50"}).status_code == 403
    for counted, status in (("750", 422), ("seven", 422), ("-1", 422), ("750.50", 303), ("750.50", 409)):
        answer = office.post(f"{hall.path}/day-books", data=form | {"counted": counted})
        assert answer.status_code == status, counted
    assert "The day is closed" in office.get(f"{hall.path}/day-books?day={today}").text
    with hall.inside() as session:
        book = day_book(session, hall.body, person_id=counter.person.id, day=today)
        assert (book.counted, book.checked_by) == (75_050, secretary.person.id)


def day_of(hall: Hall) -> date:
    return money_day(hall.body, datetime.now(UTC))


def test_a_receipt_is_cancelled_by_a_colleague_and_a_demand_by_the_secretary(
    hall: Hall, owed: Demand
) -> None:
    counter, colleague, secretary = hall.person("counter"), hall.person("counter"), hall.person("secretary")
    desk = at_own(hall, counter, "the counter")
    desk.post(f"{hall.path}/counter", data={"token": owed.token, "amount": owed.amount})
    with hall.inside() as session:
        got = receipts_of(session, owed.id)[0]
    cancel = f"{hall.path}/day-books/{got.id}/cancel"
    assert desk.post(cancel, data={"reason": "Wrong person."}).status_code == 409
    assert at_own(hall, colleague, "the counter").post(cancel, data={"reason": "x"}).status_code == 409
    assert at_own(hall, colleague).post(cancel, data={"reason": " "}).status_code == 422
    assert hall.client(hall.person("auditor")).post(cancel, data={"reason": "x"}).status_code == 403
    assert at_own(hall, colleague).post(cancel, data={"reason": "Wrong person."}).status_code == 303
    assert "cancelled on" in hall.client().get(f"{hall.path}/receipt/{got.token}").text
    close = f"{hall.path}/demands/{owed.id}/cancel"
    assert at_own(hall, colleague).post(close, data={"reason": "x"}).status_code == 403
    with hall.inside() as session:
        number = case(session, owed.case_id or 0).number
    listed = at_own(hall, secretary).get(f"{hall.path}/demands").text
    assert listed.count(number) == 2  # nobody takes one demand back for another of the same sum
    assert at_own(hall, secretary).post(close, data={"reason": "Raised in error."}).status_code == 303
    pay = f"{hall.path}/pay/{owed.token}"
    assert "Raised in error." in at_own(hall, secretary).get(pay).text
    assert "Raised in error." not in hall.client().get(pay).text, "an officer may have named somebody"
    assert hall.client().post(f"{hall.path}/pay/{owed.token}").status_code == 409


def test_a_refund_goes_through_two_persons_and_the_gateway(hall: Hall, owed: Demand) -> None:
    client, first, second = hall.client(), hall.person("secretary"), hall.person("secretary")
    back = paid(hall, client, owed)
    client.post(f"{hall.path}/pay/{owed.token}/return", data=back)
    assert (
        at_own(hall, first)
        .post(f"{hall.path}/demands/{owed.id}/cancel", data={"reason": "Withdrawn."})
        .status_code
        == 303
    )
    with hall.inside() as session:
        asked = refunds(session, state="asked")[0]
    decide, pay = f"{hall.path}/refunds/{asked.id}/decide", f"{hall.path}/refunds/{asked.id}/pay"
    assert at_own(hall, first).post(pay).status_code == 409
    assert at_own(hall, first).post(decide, data={"answer": "grant"}).status_code == 409
    assert hall.client(hall.person("counter")).post(decide, data={"answer": "grant"}).status_code == 403
    assert at_own(hall, second, first.person.name).post(decide, data={"answer": "grant"}).status_code == 409
    assert at_own(hall, second).post(decide, data={"answer": "perhaps"}).status_code == 422
    assert at_own(hall, second).post(decide, data={"answer": "grant"}).status_code == 303
    assert "Send through the gateway" in at_own(hall, second).get(f"{hall.path}/refunds").text
    assert at_own(hall, second).post(pay).status_code == 303
    with hall.inside() as session:
        assert refunds(session, state="paid")[0].id == asked.id
    payment = trial_of(hall).books.refunds_of(back["razorpay_payment_id"])
    assert [each["amount"] for each in payment] == [75_050]
    assert at_own(hall, first).post(f"{hall.path}/books").status_code == 303
    with hall.inside() as session:
        assert reconciliations(session)[0].mismatches == ()


def test_the_books_are_compared_on_command_and_anyone_sees_the_count(hall: Hall, owed: Demand) -> None:
    with hall.inside() as session:
        a_demand(session, hall.body, case_id=a_case(session, hall.body, closed=True))
    auditor = hall.client(hall.person("auditor"))
    assert auditor.post(f"{hall.path}/books").status_code == 303
    page = auditor.get(f"{hall.path}/books").text
    assert "A case is closed and its demand open" in page
    assert "Cancel the demand with its reason" in page
    public = hall.client().get(f"/api/town/{hall.body.code}/money/reconciliations").json()
    assert [(each["orders"], each["mismatches"]) for each in public] == [(0, 1)]
    assert public[0]["kinds"] == {"demand_of_closed_case": 1}
    assert "found" not in public[0]
    for_office = auditor.get(f"/api/town/{hall.body.code}/money/reconciliations").json()[0]
    assert [each["said"] for each in for_office["found"]] == [75_050]
    assert for_office["totals"]["demands"] == 150_100
    assert owed.state == "open"


@pytest.mark.parametrize("language", ["en", "ml"])
def test_every_page_of_money_stands_in_both_languages(hall: Hall, owed: Demand, language: str) -> None:
    client = hall.client(hall.person("counter", "secretary", "auditor"))
    client.headers["accept-language"] = language
    got = hall.client().post(f"{hall.path}/pay/{owed.token}/return", data=paid(hall, hall.client(), owed))
    pages = [f"{hall.path}/{page}" for page in OFFICE]
    for address in (*pages, f"{hall.path}/pay/{owed.token}", got.headers["location"]):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["content-language"] == language
        assert answer.headers["cache-control"] == "no-store"


def test_the_trial_gateway_goes_back_to_this_body_only(hall: Hall, owed: Demand) -> None:
    client = hall.client()
    _, fields = to_checkout(hall, client, owed)
    for back in ("https://elsewhere.example/", "//elsewhere.example", "/town/other/pay/x/return"):
        form = fields | {"callback_url": back, "outcome": "paid"}
        assert client.post(f"{hall.path}/trial-gateway/pay", data=form).status_code == 404
    assert client.get(f"{hall.path}/trial-gateway").status_code == 200
    assert client.post(f"{hall.path}/trial-gateway/habits", data={"habit": "lost"}).status_code == 303
    assert client.post(f"{hall.path}/trial-gateway/habits", data={"habit": "x"}).status_code == 404
    assert "loses&#x27;: True" in client.get(f"{hall.path}/trial-gateway").text
    client.post(f"{hall.path}/trial-gateway/habits", data={"habit": "usual"})


def test_a_form_from_another_site_does_not_take_cash(hall: Hall, owed: Demand) -> None:
    desk = hall.client(hall.person("counter"))
    form = {"token": owed.token, "amount": owed.amount}
    assert desk.post(f"{hall.path}/counter", data=form, headers=OTHER_SITE).status_code == 403
    with hall.inside() as session:
        assert session.scalar(select(func.count()).select_from(ReceiptRow)) == 0
