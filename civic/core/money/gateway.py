"""The port to a payment gateway: what the town hall asks of one, whichever it is.

In: sums in the smallest unit of a currency, the gateway's own numbers.  Out: frozen values.  An answer that does not come,
or cannot be read, is `GatewayAway`: whoever asked asks again later, and nothing is booked on a guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from gis.errors import Invalid, Unavailable


class GatewayAway(Unavailable):
    """The payment gateway does not answer, or not so that it can be read."""

    code = "gateway-away"


class BadSignature(Invalid):
    """What claims to come from the gateway was not signed by it."""

    code = "payment-not-signed"


@dataclass(frozen=True, kw_only=True)
class Order:
    """A sum that the gateway may collect once; `notes` come back as they were given."""

    ref: str
    amount: int
    currency: str
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Payment:
    """What a payer did at the gateway for an order."""

    ref: str
    order_ref: str
    amount: int
    currency: str
    captured: bool
    """Whether the money is the body's; else it is only promised, or failed."""
    refunded: int = 0
    """How much of it went back."""


@dataclass(frozen=True, kw_only=True)
class RefundMade:
    """A refund as the gateway has it."""

    ref: str
    payment_ref: str
    amount: int
    notes: Mapping[str, str] = field(default_factory=dict)
    failed: bool = False


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a webhook told: its kind, and the payment or the refund that it is about."""

    kind: str
    payment: Payment | None = None
    refund: RefundMade | None = None


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """How a browser gets to the gateway's own page: by a form, or by a link where `is_link`."""

    action: str
    fields: Mapping[str, str]
    is_link: bool


class Gateway(Protocol):
    """A payment gateway; every call may raise `GatewayAway`."""

    @property
    def name(self) -> str:
        """Under which name its numbers are kept."""
        ...

    def order(self, *, amount: int, currency: str, reference: str, notes: Mapping[str, str]) -> Order:
        """Open an order."""
        ...

    def order_of(self, order_ref: str) -> Order:
        """The order of a number."""
        ...

    def payments_of(self, order_ref: str) -> tuple[Payment, ...]:
        """Everything that was tried for an order."""
        ...

    def refund(self, payment_ref: str, *, amount: int, key: str) -> RefundMade:
        """Give back a part or all of a payment; asked twice with one key it is done once."""
        ...

    def checkout(self, order: Order, *, back: str, title: str) -> Checkout:
        """The way to the gateway's page for an order; it sends the payer to `back` by POST."""
        ...

    def is_return_genuine(self, *, order_ref: str, payment_ref: str, signature: str) -> bool:
        """Whether the gateway signed that this payment is for this order."""
        ...

    def is_webhook_genuine(self, raw: bytes, signature: str) -> bool:
        """Whether the gateway signed these bytes."""
        ...

    def told(self, raw: bytes) -> Told:
        """What the bytes of a genuine webhook say."""
        ...
