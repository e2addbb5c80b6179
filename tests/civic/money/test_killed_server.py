"""The whole way of a payment through the doors, while the server is killed again and again: nothing lost, nothing doubled."""

import json
import random
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from html import unescape
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from sqlalchemy import Engine, select

from civic.core.bodies import LocalBody, inside
from civic.core.money.demands import demand
from civic.core.money.desk import trial_of
from civic.core.money.ledger import balance
from civic.core.money.local_gateway.server import LocalGateway
from civic.core.money.model import Demand
from civic.core.money.reconciliation import reconcile
from civic.core.money.tables import ReceiptRow
from tests.civic.money.books import FEE, a_demand
from tests.nursery import Born, born

DEATHS = 2
PATIENCE = 240
"""Seconds that a payer goes on trying: a server that was killed takes long to come back on a busy machine."""


@contextmanager
def serving(engine: Engine, state: Path, port: int) -> Iterator[Born]:
    """A server that answers; killed at the end."""
    told = {"url": engine.url.render_as_string(hide_password=False), "state": str(state), "port": port}
    with born("tests.civic.money.serving", json.dumps(told)) as server:
        for _ in range(600):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            assert server.poll() is None, "the server ended by itself"
            time.sleep(0.1)
        yield server


def asked(port: int, path: str, form: dict[str, str]) -> tuple[str, str]:
    """What the server answers to a form: where it sends the browser, and the page."""
    line = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
        line.request("POST", path, body=urlencode(form), headers=headers)
        answer = line.getresponse()
        return answer.getheader("location") or "", answer.read().decode()
    finally:
        line.close()


def pays(port: int, body: LocalBody, owed: Demand) -> bool:
    """One payer, from the pay page to the receipt; whoever finds the server dead tries again, a while long."""
    here, ends = f"/town/{body.code}", time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        try:
            there, _page = asked(port, f"{here}/pay/{owed.token}", {})
            if not there:
                return True  # it is paid
            fields = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
            form = {"order_id": fields["order_id"], "callback_url": fields["callback_url"], "outcome": "paid"}
            _, page = asked(port, f"{here}/trial-gateway/pay", form)
            back = dict(re.findall(r'name="(razorpay_[a-z_]+)" value="([^"]*)"', page))
            if back:
                signed = {name: unescape(value) for name, value in back.items()}
                asked(port, f"{here}/pay/{owed.token}/return", signed)
        except (OSError, HTTPException):
            time.sleep(0.1)
        else:
            return True
    return False


def test_a_server_that_is_killed_while_people_pay_loses_and_doubles_nothing(
    service_engine: Engine, body: LocalBody, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with inside(service_engine, body.code) as (session, _):
        owed = [a_demand(session, body, FEE, now=datetime.now(UTC)) for _ in range(12)]
    luck = random.Random(11)
    with ThreadPoolExecutor(4) as pool:
        payers = [pool.submit(pays, port, body, each) for each in owed]
        for _ in range(DEATHS):
            with serving(service_engine, tmp_path, port):
                done = sum(payer.done() for payer in payers)
                while sum(payer.done() for payer in payers) < min(done + 3, len(payers)):
                    time.sleep(0.01)
                time.sleep(luck.random() * 0.2)
        with serving(service_engine, tmp_path, port):
            assert all(payer.result(timeout=PATIENCE) for payer in payers)
    agrees(service_engine, body, tmp_path, owed)


def agrees(engine: Engine, body: LocalBody, state: Path, owed: list[Demand]) -> None:
    """After a night, every rupee that the gateway took has one receipt, and every demand is paid."""
    local = LocalGateway(state / "trial-gateway", targets="http://127.0.0.1:9/{body}", delivers=False)
    try:
        gateway = trial_of(local)
        with inside(engine, body.code) as (session, _):
            result = reconcile(session, gateway, body=body, now=datetime.now(UTC))
            assert result.mismatches == ()
        captured = [
            payment
            for order in local.books.orders()
            for payment in gateway.payments_of(order["id"])
            if payment.captured
        ]
    finally:
        local.close()
    with inside(engine, body.code) as (session, _):
        assert {demand(session, each.id).state for each in owed} == {"paid"}
        assert balance(session, "gateway") == sum(payment.amount for payment in captured)
        serials = sorted(session.scalars(select(ReceiptRow.serial)))
        assert serials == list(range(1, len(captured) + 1))
        held = -balance(session, "held_for_payers")
        assert balance(session, "gateway") == len(owed) * FEE.amount + held
