"""The Razorpay adapter: its orders, payments, refunds and its two signatures, over plain HTTPS.

In: key, API secret and webhook secret from the settings.  Out: the values of `civic.core.money.gateway`.  The checkout is
signed with the API secret over order|payment, a webhook with the webhook secret over its raw bytes: the two secrets differ,
and neither signature is good for the other.  It speaks through the standard library: five calls need no SDK, the bytes of a
webhook stay bytes, and the time limits are ours.
"""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from civic.core.money.gateway import Checkout, GatewayAway, Order, Payment, RefundMade, Told

HOME = "https://api.razorpay.com"
PATIENCE = 10.0
"""Seconds that an answer may take."""
LARGEST_ANSWER = 2_000_000
"""Bytes."""
_CAPTURED = {"captured", "refunded"}
_REFERENCE = 40
"""Letters of a receipt field, at most."""


@dataclass(frozen=True, kw_only=True)
class Razorpay:
    """Razorpay, or what stands in for it at another address."""

    key: str
    secret: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    home: str = HOME
    name: str = "razorpay"
    trial_page: str | None = None
    """Where a gateway for trials shows its checkout, opened by a plain link; Razorpay's own wants a form."""

    def order(self, *, amount: int, currency: str, reference: str, notes: Mapping[str, str]) -> Order:
        """Open an order of an amount in the smallest unit of its currency."""
        asked = {
            "amount": amount,
            "currency": currency,
            "receipt": reference[:_REFERENCE],
            "notes": dict(notes),
        }
        return _order(self._ask("POST", "/v1/orders", asked))

    def order_of(self, order_ref: str) -> Order:
        """The order of a number."""
        return _order(self._ask("GET", f"/v1/orders/{quote(order_ref, safe='')}"))

    def payments_of(self, order_ref: str) -> tuple[Payment, ...]:
        """Everything that was tried for an order."""
        found = self._ask("GET", f"/v1/orders/{quote(order_ref, safe='')}/payments")
        return tuple(_payment(item) for item in _items(found))

    def refund(self, payment_ref: str, *, amount: int, key: str) -> RefundMade:
        """Give back, unless a refund of this payment carries the key already."""
        path = f"/v1/payments/{quote(payment_ref, safe='')}"
        for item in _items(self._ask("GET", f"{path}/refunds")):
            made = _refund(item)
            if made.notes.get("refund") == key and not made.failed:
                return made
        asked = {"amount": amount, "notes": {"refund": key}}
        return _refund(self._ask("POST", f"{path}/refund", asked))

    def checkout(self, order: Order, *, back: str, title: str) -> Checkout:
        """Razorpay's hosted page, which needs no JavaScript of ours."""
        fields = {
            "key_id": self.key,
            "order_id": order.ref,
            "amount": str(order.amount),
            "currency": order.currency,
            "name": title,
            "callback_url": back,
            "cancel_url": back,
        }
        if self.trial_page:
            return Checkout(action=f"{self.trial_page}?{urlencode(fields)}", fields={}, is_link=True)
        return Checkout(action=f"{self.home}/v1/checkout/embedded", fields=fields, is_link=False)

    def is_return_genuine(self, *, order_ref: str, payment_ref: str, signature: str) -> bool:
        """Whether the API secret signed order|payment."""
        return _is_signed(f"{order_ref}|{payment_ref}".encode(), self.secret, signature)

    def is_webhook_genuine(self, raw: bytes, signature: str) -> bool:
        """Whether the webhook secret signed these very bytes."""
        return _is_signed(raw, self.webhook_secret, signature)

    def told(self, raw: bytes) -> Told:
        """What the bytes of a webhook say; parts that we do not know are left."""
        try:
            event = json.loads(raw)
            payload = event.get("payload", {})
            payment, refund = payload.get("payment"), payload.get("refund")
            return Told(
                kind=str(event["event"]),
                payment=_payment(payment["entity"]) if payment else None,
                refund=_refund(refund["entity"]) if refund else None,
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _unreadable() from error

    def _ask(self, method: str, path: str, asked: object = None) -> Mapping[str, Any]:
        status, raw = self._exchange(method, path, None if asked is None else json.dumps(asked).encode())
        try:
            answer = json.loads(raw)
        except ValueError as error:
            raise _unreadable() from error
        if status >= 400 or not isinstance(answer, dict):
            fault = answer.get("error", {}) if isinstance(answer, dict) else {}
            said = str(fault.get("description", ""))[:200] if isinstance(fault, dict) else ""
            raise GatewayAway(f"The payment gateway refused ({status}). {said} Try again in a few minutes.")
        return answer

    def _exchange(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        home = urlsplit(self.home)
        kind = HTTPSConnection if home.scheme == "https" else HTTPConnection
        line = kind(home.hostname or "", home.port, timeout=PATIENCE)
        credentials = b64encode(f"{self.key}:{self.secret}".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
        try:
            line.request(method, path, body=body, headers=headers)
            answer = line.getresponse()
            return answer.status, answer.read(LARGEST_ANSWER)
        except (OSError, HTTPException) as error:
            raise GatewayAway(
                "The payment gateway does not answer. Nothing was taken; try again in a few minutes, or pay at the counter."
            ) from error
        finally:
            line.close()


def signed(message: bytes, secret: str) -> str:
    """The signature of a message: HMAC-SHA256, in hexadecimal."""
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def _is_signed(message: bytes, secret: str, signature: str) -> bool:
    return bool(secret) and hmac.compare_digest(signed(message, secret).encode(), signature.encode())


def _unreadable() -> GatewayAway:
    return GatewayAway("The payment gateway's answer cannot be read. Nothing was booked; try again later.")


def _items(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    items = answer.get("items")
    if not isinstance(items, list):
        raise _unreadable()
    return items


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _unreadable()
    return value


def _notes(value: object) -> dict[str, str]:
    """An empty set of notes comes as an empty list."""
    return {str(key): str(text) for key, text in value.items()} if isinstance(value, dict) else {}


def _order(item: Mapping[str, Any]) -> Order:
    try:
        return Order(
            ref=str(item["id"]),
            amount=_whole(item["amount"]),
            currency=str(item["currency"]),
            notes=_notes(item.get("notes")),
        )
    except KeyError as error:
        raise _unreadable() from error


def _payment(item: Mapping[str, Any]) -> Payment:
    try:
        return Payment(
            ref=str(item["id"]),
            order_ref=str(item.get("order_id") or ""),
            amount=_whole(item["amount"]),
            currency=str(item["currency"]),
            captured=item["status"] in _CAPTURED,
            refunded=_whole(item.get("amount_refunded") or 0),
        )
    except (KeyError, TypeError) as error:
        raise _unreadable() from error


def _refund(item: Mapping[str, Any]) -> RefundMade:
    try:
        return RefundMade(
            ref=str(item["id"]),
            payment_ref=str(item["payment_id"]),
            amount=_whole(item["amount"]),
            notes=_notes(item.get("notes")),
            failed=item.get("status") == "failed",
        )
    except (KeyError, TypeError) as error:
        raise _unreadable() from error
