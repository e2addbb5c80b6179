"""Paying in a browser: without JavaScript, on a telephone, in both languages; the trial gateway's webhooks come over HTTP."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, expect
from sqlalchemy import Engine, func, select

from civic.core.bodies import LocalBody
from civic.core.http import cookie_of
from civic.core.money.demands import demand
from civic.core.money.desk import MoneyDesk
from civic.core.money.gateway_tables import GatewayEventRow
from civic.core.money.local_gateway.counter import Habits
from civic.core.money.model import Demand
from civic.core.money.reconciliation import reconcile
from civic.core.money.undoing import cancel_demand
from tests.browser.conftest import DESK, PHONE, serious_faults
from tests.civic.hall import Hall, a_hall
from tests.civic.money.books import a_case, a_demand


@dataclass(frozen=True, kw_only=True)
class Served:
    """A town hall that really listens."""

    hall: Hall
    home: str

    @property
    def desk(self) -> MoneyDesk:
        """Its money desk."""
        found: MoneyDesk = self.hall.app.state.money
        return found

    def owed(self, **more: object) -> Demand:
        """Something to pay."""
        with self.hall.inside() as session:
            return a_demand(session, self.hall.body, now=datetime.now(UTC), **more)  # type: ignore[arg-type]

    def state(self, owed: Demand) -> str:
        """Whether it is paid."""
        with self.hall.inside() as session:
            return demand(session, owed.id).state


@pytest.fixture
def served(service_engine: Engine, body: LocalBody, tmp_path: Path) -> Iterator[Served]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    hall = a_hall(service_engine, body, tmp_path, port=port)
    server = uvicorn.Server(uvicorn.Config(hall.app, port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield Served(hall=hall, home=f"http://127.0.0.1:{port}")
    server.should_exit = True
    thread.join(timeout=10)


def browser(
    chromium: Browser, served: Served, *roles: str, language: str = "en", script: bool = True
) -> BrowserContext:
    """A telephone, signed in where roles are named."""
    size = {"width": PHONE[0], "height": PHONE[1]}
    context = chromium.new_context(
        base_url=served.home,
        viewport=size,  # type: ignore[arg-type]
        locale=language,
        java_script_enabled=script,
    )
    if roles:
        name = cookie_of(served.hall.body.code)
        secret = served.hall.client(served.hall.person(*roles)).cookies[name]
        context.add_cookies([{"name": name, "value": secret, "url": served.home}])
    return context


def soon(served: Served, owed: Demand, state: str) -> None:
    """Wait until a demand is in a state."""
    for _ in range(100):
        if served.state(owed) == state:
            return
        time.sleep(0.1)
    pytest.fail(f"the demand is not {state}")


def test_a_payer_pays_on_a_telephone_without_javascript(chromium: Browser, served: Served) -> None:
    owed = served.owed()
    context = browser(chromium, served, script=False)
    page = context.new_page()
    page.goto(f"{served.hall.path}/pay/{owed.token}")
    page.get_by_role("button", name="Pay ₹750.50 online").click()
    page.get_by_role("button", name="Pay", exact=False).first.click()
    page.get_by_role("button", name="Back to the local body").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Receipt R-")
    expect(page.locator("main")).to_contain_text("₹750.50")
    assert served.state(owed) == "paid"
    context.close()


@pytest.mark.parametrize(
    "habits", [Habits(), Habits(repeats=3), Habits(turned=True, delay=0.5)], ids=["usual", "thrice", "turned"]
)
def test_a_payer_who_never_comes_back_has_paid(chromium: Browser, served: Served, habits: Habits) -> None:
    """The webhook tells, however the gateway sends it."""
    trial = served.desk.trial()
    trial.counter.habits = habits
    owed = served.owed()
    context = browser(chromium, served, script=False)
    page = context.new_page()
    page.goto(f"{served.hall.path}/pay/{owed.token}")
    page.get_by_role("button", name="Pay ₹750.50 online").click()
    page.get_by_role("button", name="do not go back").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("You may close this page")
    soon(served, owed, "paid")
    for _ in range(50):
        if all(state == "delivered" for _, state, _ in trial.books.webhooks()):
            break
        time.sleep(0.1)
    with served.hall.inside() as session:
        assert session.scalar(select(func.count()).select_from(GatewayEventRow)) == 3
    context.close()


def test_a_payment_whose_webhooks_are_lost_is_found_by_night(chromium: Browser, served: Served) -> None:
    served.desk.trial().counter.habits = Habits(loses=True)
    owed = served.owed()
    context = browser(chromium, served, script=False)
    page = context.new_page()
    page.goto(f"{served.hall.path}/pay/{owed.token}")
    page.get_by_role("button", name="Pay ₹750.50 online").click()
    page.get_by_role("button", name="do not go back").click()
    context.close()
    assert served.state(owed) == "open"
    with served.hall.inside() as session:
        gateway = served.desk.gateway(served.hall.body)
        result = reconcile(session, gateway, body=served.hall.body, now=datetime.now(UTC))
        assert (result.mended, result.mismatches) == (1, ())
    assert served.state(owed) == "paid"


@pytest.mark.parametrize("language", ["en", "ml"])
def test_every_page_fits_and_is_sound(chromium: Browser, served: Served, language: str) -> None:
    open_one, cancelled = served.owed(), served.owed()
    with served.hall.inside() as session:
        body = served.hall.body
        cancel_demand(session, body, cancelled.id, reason="Test", by=None, now=datetime.now(UTC))
        a_demand(session, body, case_id=a_case(session, body, closed=True))
        reconcile(session, None, body=body, now=datetime.now(UTC))
    paid = served.owed()
    desk = served.hall.client(served.hall.person("counter"))
    form = {"token": paid.token, "amount": str(paid.amount)}
    receipt = desk.post(f"{served.hall.path}/counter", data=form).headers["location"]
    with served.hall.inside() as session:
        cancel_demand(session, body, paid.id, reason="Test", by=None, now=datetime.now(UTC))
    context = browser(chromium, served, "counter", "secretary", "auditor", language=language)
    page = context.new_page()
    onward = page.request.post(f"{served.hall.path}/pay/{open_one.token}", max_redirects=0).headers[
        "location"
    ]
    names = ("counter", "day-books", "demands", "refunds", "books", "trial-gateway")
    pays = [f"pay/{each.token}" for each in (open_one, cancelled, paid)]
    found = f"counter?q={open_one.token}"
    for path in [f"{served.hall.path}/{name}" for name in (*names, *pays, found)] + [receipt, onward]:
        page.goto(path)
        for size in (PHONE, DESK):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
        assert serious_faults(page) == [], path
    context.close()
