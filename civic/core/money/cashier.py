"""What the worker does with money: catch up with the gateway every minute, compare all books every night.

In: the money desk of the instance.  Out: doers for the worker.  Each may be killed and run again: payments, events and refunds
are booked once by their own numbers.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.jobs import Doer, Every, Repeated, Work, whole
from civic.core.money.desk import MoneyDesk
from civic.core.money.gateway import Gateway, GatewayAway
from civic.core.money.model import Means
from civic.core.money.reconciliation import book_waiting, fetch_missing, reconcile
from civic.core.money.refunds import refunds, send_refund
from gis.errors import Conflict

CATCH_UP = "money.catch_up"
COMPARE = "money.compare"


@dataclass(frozen=True, kw_only=True)
class Cashier:
    """Keeps the books of this instance in step with its gateways."""

    desk: MoneyDesk

    @property
    def doers(self) -> dict[str, Doer]:
        """What a worker can do with it."""
        return {CATCH_UP: self.catch_up, COMPARE: whole(self.compare)}

    @property
    def repeated(self) -> tuple[Repeated, ...]:
        """What it does again and again."""
        return (
            Repeated(kind=CATCH_UP, every=Every.MINUTE),
            Repeated(kind=COMPARE, every=Every.NIGHT),
        )

    def catch_up(self, work: Work) -> None:
        """Book events that wait, ask about orders of which nothing was heard, send granted refunds: each by itself."""
        with work.inside() as (session, body):
            gateway = self._gateway(body)
            granted = [each.id for each in refunds(session, state="granted") if each.means is Means.GATEWAY]
        if gateway is None:
            return
        with work.inside() as (session, body):
            book_waiting(session, gateway, body=body, now=work.now)
        with work.inside() as (session, body):
            fetch_missing(session, gateway, body=body, now=work.now)
        for refund_id in granted:
            _send(work, gateway, refund_id)

    def compare(self, session: Session, body: LocalBody, work: Work) -> None:
        """Compare all books; without a gateway, those that there are."""
        reconcile(session, self._gateway(body), body=body, now=work.now)

    def _gateway(self, body: LocalBody) -> Gateway | None:
        try:
            return self.desk.gateway(body)
        except GatewayAway:
            return None


def _send(work: Work, gateway: Gateway, refund_id: int) -> None:
    """Send one refund; one that was paid meanwhile, or that the gateway does not take now, does not hold up the others."""
    try:
        with work.inside() as (session, body):
            send_refund(session, gateway, body, refund_id, now=work.now)
    except (Conflict, GatewayAway):
        return
