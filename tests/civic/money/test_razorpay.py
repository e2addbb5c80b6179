"""The adapter keeps the two signatures apart, reads bytes, and never guesses what a gateway did not say."""

import hashlib
import hmac
import json
from dataclasses import replace

import pytest

from civic.core.money.gateway import GatewayAway
from civic.core.money.local_gateway.counter import Habits
from civic.core.money.local_gateway.server import LocalGateway
from civic.core.money.model import RUPEES
from civic.core.money.razorpay import Razorpay
from tests.civic.money.books import webhooks

ADAPTER = Razorpay(key="rzp_test", secret="api-secret", webhook_secret="webhook-secret")
RAW = b'{"event":"payment.captured",  "payload":{}}'


def mac(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def test_the_checkout_is_signed_with_the_api_secret_over_order_and_payment() -> None:
    good = mac("api-secret", b"order_1|pay_1")
    asked = {"order_ref": "order_1", "payment_ref": "pay_1"}
    assert ADAPTER.is_return_genuine(**asked, signature=good)
    assert not ADAPTER.is_return_genuine(**asked, signature=mac("webhook-secret", b"order_1|pay_1"))
    assert not ADAPTER.is_return_genuine(**asked, signature=mac("api-secret", b"pay_1|order_1"))
    assert not ADAPTER.is_return_genuine(order_ref="order_2", payment_ref="pay_1", signature=good)
    assert not ADAPTER.is_return_genuine(order_ref="order_1", payment_ref="pay_2", signature=good)


def test_a_webhook_is_signed_with_its_own_secret_over_its_very_bytes() -> None:
    good = mac("webhook-secret", RAW)
    assert ADAPTER.is_webhook_genuine(RAW, good)
    assert not ADAPTER.is_webhook_genuine(RAW, mac("api-secret", RAW))
    assert not ADAPTER.is_webhook_genuine(json.dumps(json.loads(RAW)).encode(), good)
    assert not ADAPTER.is_webhook_genuine(RAW + b" ", good)


@pytest.mark.parametrize("signature", ["", "0" * 64, "not hexadecimal", "ഒപ്പ്"])
def test_what_is_no_signature_is_refused(signature: str) -> None:
    assert not ADAPTER.is_webhook_genuine(RAW, signature)
    assert not ADAPTER.is_return_genuine(order_ref="o", payment_ref="p", signature=signature)


def test_without_a_secret_nothing_is_genuine() -> None:
    bare = replace(ADAPTER, secret="", webhook_secret="")
    assert not bare.is_webhook_genuine(RAW, mac("", RAW))
    assert not bare.is_return_genuine(order_ref="o", payment_ref="p", signature=mac("", b"o|p"))


def test_secrets_are_not_shown() -> None:
    assert "secret" not in repr(ADAPTER).replace("secret=", "")
    assert "api-secret" not in repr(ADAPTER)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b"\xff\xfe",
        b'{"event":"payment.captured","payload":{"payment":{"entity":{"id":"p"}}}}',
        b'{"event":"x","payload":{"payment":{"entity":{"id":"p","amount":"100","currency":"INR","status":"captured"}}}}',
        b'{"event":"x","payload":{"payment":{"entity":{"id":"p","amount":1.5,"currency":"INR","status":"captured"}}}}',
        b'{"event":"x","payload":{"payment":{"entity":{"id":"p","amount":true,"currency":"INR","status":"captured"}}}}',
        b'{"event":"x","payload":{"payment":7}}',
        b'{"event":"x","payload":7}',
    ],
)
def test_what_cannot_be_read_is_not_guessed(raw: bytes) -> None:
    with pytest.raises(GatewayAway):
        ADAPTER.told(raw)


def test_an_order_is_paid_and_looked_up(trial: LocalGateway, gateway: Razorpay) -> None:
    order = gateway.order(amount=50_000, currency=RUPEES, reference="D1", notes={"body": "x", "demand": "1"})
    assert gateway.order_of(order.ref) == order
    assert gateway.payments_of(order.ref) == ()
    trial.counter.pay(order.ref, now=0.0, succeeds=False)
    back = trial.counter.pay(order.ref, now=1.0)
    paid, failed = gateway.payments_of(order.ref)
    assert (paid.captured, failed.captured) == (True, False)
    assert (paid.amount, paid.currency, paid.order_ref) == (50_000, "INR", order.ref)
    assert gateway.is_return_genuine(
        order_ref=order.ref, payment_ref=paid.ref, signature=back["razorpay_signature"]
    )


def test_the_webhooks_of_the_local_gateway_are_signed_like_razorpays(
    trial: LocalGateway, gateway: Razorpay
) -> None:
    order = gateway.order(amount=50_000, currency=RUPEES, reference="D1", notes={"body": "x"})
    trial.counter.pay(order.ref, now=0.0)
    kinds = []
    for _, raw, signature in webhooks(trial):
        assert gateway.is_webhook_genuine(raw, signature)
        kinds.append(gateway.told(raw).kind)
    assert kinds == ["payment.authorized", "payment.captured", "order.paid"]
    assert [gateway.told(raw).payment is not None for _, raw, _ in webhooks(trial)] == [True] * 3


def test_a_refund_with_one_key_is_made_once(trial: LocalGateway, gateway: Razorpay) -> None:
    order = gateway.order(amount=50_000, currency=RUPEES, reference="D1", notes={"body": "x"})
    payment = trial.counter.pay(order.ref, now=0.0)["razorpay_payment_id"]
    first = gateway.refund(payment, amount=20_000, key="x/1")
    assert gateway.refund(payment, amount=20_000, key="x/1") == first
    assert gateway.refund(payment, amount=30_000, key="x/2") != first
    assert gateway.payments_of(order.ref)[0].refunded == 50_000
    with pytest.raises(GatewayAway, match="greater"):
        gateway.refund(payment, amount=1, key="x/3")


def test_a_gateway_that_is_away_is_said_to_be(trial: LocalGateway, gateway: Razorpay) -> None:
    with pytest.raises(GatewayAway, match=r"refused \(400\).*does not exist"):
        gateway.order_of("order_none")
    trial.counter.habits = Habits(deaf=True)
    with pytest.raises(GatewayAway):
        gateway.payments_of("order_none")
    with pytest.raises(GatewayAway, match="401"):
        replace(gateway, secret="wrong", name="x", home=_awake(trial)).order_of("order_none")
    with pytest.raises(GatewayAway, match="does not answer"):
        replace(gateway, home="http://127.0.0.1:9").order_of("order_none")


def _awake(trial: LocalGateway) -> str:
    trial.counter.habits = Habits()
    return trial.home


def test_the_way_to_the_checkout_is_a_form_or_a_link(gateway: Razorpay) -> None:
    order = gateway.order(amount=50_000, currency=RUPEES, reference="D1", notes={})
    form = gateway.checkout(order, back="https://town.example/return", title="Body")
    assert form.action.endswith("/v1/checkout/embedded")
    assert form.fields["order_id"] == order.ref
    assert form.fields["callback_url"] == "https://town.example/return"
    assert "secret" not in json.dumps(dict(form.fields))
    link = replace(gateway, trial_page="/trial").checkout(order, back="https://town.example/r", title="Body")
    assert link.is_link
    assert link.action.startswith("/trial?")
    assert f"order_id={order.ref}" in link.action


def test_the_local_gateway_keeps_its_books_and_secrets_when_it_is_opened_again(
    trial: LocalGateway, gateway: Razorpay, tmp_path: "object"
) -> None:
    from pathlib import Path

    order = gateway.order(amount=50_000, currency=RUPEES, reference="D1", notes={})
    again = LocalGateway(Path(str(tmp_path)) / "gateway", targets="http://127.0.0.1:9/{body}", delivers=False)
    try:
        assert again.secrets == trial.secrets
        assert again.books.order(order.ref)["amount"] == 50_000
    finally:
        again.close()
