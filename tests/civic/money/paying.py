"""The way of a payer for tests that come through the doors: from the link to the gateway and back, and webhooks brought in.

In: a town hall behind its doors, a demand.  Out: what the gateway shows and gives back.
"""

import re
from datetime import UTC, datetime
from html import unescape

from fastapi.testclient import TestClient

from civic.core.http import cookie_of
from civic.core.money.desk import MoneyDesk
from civic.core.money.local_gateway.server import LocalGateway
from civic.core.money.model import Demand
from civic.core.people import Actor
from civic.core.sign_in import begin
from tests.civic.hall import Hall


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


def webhook(hall: Hall, client: TestClient, raw: bytes, signature: str, ref: str) -> tuple[int, object]:
    headers = {
        "x-razorpay-signature": signature,
        "x-razorpay-event-id": ref,
        "content-type": "application/json",
    }
    answer = client.post(f"/api/town/{hall.body.code}/money/events", content=raw, headers=headers)
    return answer.status_code, answer.json().get("outcome")
