"""What a gateway tells, for tests: orders made, webhooks kept and booked.

In: a session inside a body, a gateway.  Out: demands with their order, and what became of a webhook.
"""

from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.money.model import Demand
from civic.core.money.payments import (
    Booked,
    book_event,
    keep_event,
    order_for,
)
from civic.core.money.razorpay import Razorpay
from tests.civic.money.books import NOON, a_demand

Hook = tuple[str, bytes, str]


def heard(session: Session, gateway: Razorpay, body: LocalBody, hook: Hook) -> Booked:
    """A webhook kept and booked."""
    ref, raw, signature = hook
    kept = keep_event(session, gateway, body, raw=raw, signature=signature, event_ref=ref, now=NOON)
    return book_event(session, gateway, body, kept, now=NOON)


def ordered(session: Session, gateway: Razorpay, body: LocalBody, *lines: object) -> tuple[Demand, str]:
    owed = a_demand(session, body, *lines)  # type: ignore[arg-type]
    return owed, order_for(session, gateway, body, owed.id, now=NOON).ref
