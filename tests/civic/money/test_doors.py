"""Through the doors of payers: a link pays without sign-in and says nothing personal; webhooks are booked once; no trial gateway for real bodies."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, func, select

from civic.core.bodies import LocalBody
from civic.core.events import listening
from civic.core.gone_plots import PlotsGone
from civic.core.money.demands import demand
from civic.core.money.gateway_tables import GatewayEventRow
from civic.core.money.local_gateway.counter import Habits
from civic.core.money.model import Demand, Paid, Paying
from civic.core.money.razorpay import signed
from civic.core.money.receipts import receipts_of
from gis.db.session import transaction
from gis.errors import Invalid
from tests.civic.conftest import a_body, open_on_its_land
from tests.civic.hall import Hall, a_hall
from tests.civic.money.books import a_demand, webhooks
from tests.civic.money.paying import paid, to_checkout, trial_of, webhook

OTHER_SITE = {"sec-fetch-site": "cross-site", "origin": "https://api.razorpay.com"}
NOBODY = 9
"""A port at which nobody listens: webhooks are brought in by the tests."""
SECRETS = {
    "razorpay_key": "rzp_test_key",
    "razorpay_secret": "api-secret",
    "razorpay_webhook_secret": "webhook-secret",
}


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
