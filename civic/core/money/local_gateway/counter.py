"""The local gateway at work: what a click or a call does, and the webhooks that follow, well or badly.

In: its books, its two secrets, an order for how webhooks behave.  Out: entities, signed returns, webhooks sent to their
targets: once, late, repeated, turned round or never; a refused one is sent again for 24 hours, then no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from threading import RLock
from typing import Any
from urllib.parse import urlsplit

from civic.core.money.local_gateway.books import Entity, GatewayBooks
from civic.core.money.razorpay import signed

GIVES_UP = 24 * 3600.0
"""Seconds after which a webhook that nobody takes is sent no more."""
FIRST_WAIT = 5.0
"""Seconds before the second try; each further wait is twice the one before."""
LONGEST_WAIT = 3600.0
PATIENCE = 5.0


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How the gateway behaves until it is told otherwise."""

    delay: float = 0.0
    """Seconds between a payment and its first webhook."""
    repeats: int = 1
    """How often each webhook is sent."""
    turned: bool = False
    """Whether the youngest webhook is sent first."""
    loses: bool = False
    """Whether webhooks are never sent."""
    deaf: bool = False
    """Whether calls get no answer but 503."""


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """Key, API secret and webhook secret, as the settings of the town hall know them."""

    key: str
    secret: str
    webhook_secret: str


class GatewayCounter:
    """What the gateway does, apart from HTTP; `targets` is a webhook address with `{body}` in it."""

    def __init__(self, books: GatewayBooks, secrets: Secrets, targets: str) -> None:
        self.books = books
        self.secrets = secrets
        self.targets = targets
        self.habits = Habits()
        self._sending = RLock()

    def pay(self, order_ref: str, *, now: float, succeeds: bool = True, **altered: object) -> dict[str, str]:
        """A payer pays or fails; the signed fields with which the browser goes back, none after a failure."""
        payment, order = self.books.pay(order_ref, now=now, succeeds=succeeds, **altered)
        self.announce(payment, order, now=now)
        if not succeeds:
            return {}
        return {
            "razorpay_payment_id": payment["id"],
            "razorpay_order_id": order_ref,
            "razorpay_signature": signed(f"{order_ref}|{payment['id']}".encode(), self.secrets.secret),
        }

    def refund(self, payment_ref: str, asked: Mapping[str, Any], *, now: float) -> Entity:
        """Give back, and tell so by webhook."""
        refund = self.books.refund(payment_ref, asked, now=now)
        body = str(dict(refund["notes"] or {}).get("refund", "")).partition("/")[0]
        self._queue("refund.processed", body, now=now, refund=refund)
        return refund

    def announce(self, payment: Entity, order: Entity, *, now: float) -> None:
        """The webhooks of one payment."""
        body = str(dict(order["notes"] or {}).get("body", ""))
        if payment["captured"]:
            self._queue("payment.authorized", body, now=now, payment=payment | {"status": "authorized"})
            self._queue("payment.captured", body, now=now, payment=payment)
            self._queue("order.paid", body, now=now, payment=payment, order=order)
        else:
            self._queue("payment.failed", body, now=now, payment=payment)

    def deliver(self, *, now: float) -> int:
        """Send what is due; how many were taken."""
        if self.habits.loses:
            return 0
        taken = 0
        with self._sending:
            for seq, ref, target, raw, tries, made in self.books.waiting(now=now, turned=self.habits.turned):
                answers = [self._send(target, ref, raw) for _ in range(self.habits.repeats)]
                if all(200 <= status < 300 for status in answers):
                    self.books.sent(seq, "delivered", due=now)
                    taken += 1
                else:
                    wait = min(FIRST_WAIT * 2**tries, LONGEST_WAIT)
                    gives_up = now + wait - made > GIVES_UP
                    self.books.sent(seq, "disabled" if gives_up else "waiting", due=now + wait)
        return taken

    def _queue(self, kind: str, body: str, *, now: float, **entities: Entity) -> None:
        target = self.targets.format(body=body)
        self.books.queue(kind, target=target, now=now, due=now + self.habits.delay, **entities)

    def _send(self, target: str, ref: str, raw: bytes) -> int:
        where = urlsplit(target)
        line = HTTPConnection(where.hostname or "", where.port, timeout=PATIENCE)
        headers = {
            "Content-Type": "application/json",
            "X-Razorpay-Event-Id": ref,
            "X-Razorpay-Signature": signed(raw, self.secrets.webhook_secret),
        }
        try:
            line.request("POST", where.path, body=raw, headers=headers)
            return line.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            line.close()
