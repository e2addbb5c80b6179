"""kill -9 of the server while people apply: each application is there whole, once, or not at all."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import urlencode

from sqlalchemy import Engine, text

from api.connecting import in_service_role
from api.sample_town import BODY, found_sample_town
from civic.core.bodies import inside
from civic.core.http import cookie_of
from civic.core.people import introduce
from civic.core.sign_in import begin
from gis.db.session import transaction
from tests.builders import a_parcel, a_place
from tests.nursery import Born, born

FORM = urlencode(
    {"kind": "correct_land_type", "number": "1/1", "land_type": "nilam", "deed": "Deed", "why": "drill"}
)
CLIENTS, KILLS, EACH = 4, 2, 5
WHOLE = text(
    "SELECT c.id,"
    " (SELECT count(*) FROM case_event e WHERE e.case_id = c.id),"
    " (SELECT count(*) FROM demand d WHERE d.case_id = c.id),"
    " (SELECT count(*) FROM journal j JOIN demand d ON d.id = j.demand_id WHERE d.case_id = c.id),"
    " (SELECT count(*) FROM land_record r WHERE r.case_id = c.id),"
    " (SELECT count(*) FROM message m WHERE m.case_id = c.id)"
    " FROM civic_case c WHERE c.opened_by = ANY(:people)"
)


@contextmanager
def a_server(url: str, port: int) -> Iterator[Born]:
    with born("tests.civic.serving", url, str(port)) as process:
        ends = time.monotonic() + 120
        while time.monotonic() < ends:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield process


def people_of(service: Engine) -> tuple[list[int], list[str]]:
    """People who are signed in: their identifiers, and the secrets of their cookies."""
    now = datetime.now(UTC)
    people, secrets = [], []
    with inside(service, BODY.code) as (session, body):
        for each in range(CLIENTS):
            address = f"drill{each}@example.org"
            who = introduce(session, body, name="Drill", address=address, language="en", now=now)
            made = begin(session, body, who, way="code", browser="x", today=now.date(), now=now)
            people.append(who.id)
            secrets.append(made.secret)
    return people, secrets


def apply_until(over: threading.Event, port: int, secret: str, told: list[str]) -> None:
    """Apply again and again, whether the server is there or not; what it confirms is written down."""
    headers = {
        "Cookie": f"{cookie_of(BODY.code)}={secret}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    while not over.is_set():
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("POST", f"/town/{BODY.code}/land-records/new", FORM, headers)
            answer = connection.getresponse()
            if answer.status == 303:
                told.append(str(answer.getheader("location")).rpartition("/")[2])
            connection.close()
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)


@contextmanager
def applying(port: int, secrets: list[str]) -> Iterator[list[str]]:
    """Clients at work; the numbers that they were told."""
    told: list[str] = []
    over = threading.Event()
    threads = [threading.Thread(target=apply_until, args=(over, port, each, told)) for each in secrets]
    for thread in threads:
        thread.start()
    try:
        yield told
    finally:
        over.set()
        for thread in threads:
            thread.join()


def killed_in_the_middle(url: str, port: int, told: list[str], *, after: float) -> None:
    """A server that is killed once it has confirmed some applications."""
    with a_server(url, port):
        before, ends = len(told), time.monotonic() + 60
        while len(told) < before + EACH and time.monotonic() < ends:
            time.sleep(0.02)
        time.sleep(after)


def test_applications_are_whole_or_not_there_when_the_server_is_killed(fresh_engine: Engine) -> None:
    with transaction(fresh_engine) as session:
        place = a_place(session, BODY.jurisdiction, rule_book="kmbr")
        for column in range(8):
            a_parcel(session, place, f"1/{column + 1}", x=column * 20, land_type="purayidam")
    found_sample_town(fresh_engine, now=datetime.now(UTC))
    url = fresh_engine.url.render_as_string(hide_password=False)
    service = in_service_role(url)
    people, secrets = people_of(service)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with applying(port, secrets) as told:
        for kill in range(KILLS):
            killed_in_the_middle(url, port, told, after=0.013 * kill)
    with inside(service, BODY.code) as (session, _):
        rows = session.execute(WHOLE, {"people": people}).all()
        numbers = set(session.scalars(text("SELECT number FROM civic_case")))
        serials = sorted(session.scalars(text("SELECT serial FROM civic_case")))
        off = session.scalar(
            text(
                "SELECT count(*) FROM (SELECT FROM journal_entry GROUP BY journal_id HAVING sum(amount) <> 0) x"
            )
        )
    service.dispose()
    assert len(told) >= EACH * KILLS
    assert len(set(told)) == len(told), "a number was told twice"
    assert set(told) <= numbers, "what was confirmed is not there"
    assert serials == list(range(1, len(serials) + 1)), "numbers have a gap"
    assert {tuple(row[1:5]) for row in rows} == {(1, 1, 1, 1)}
    assert all(row[5] >= 1 for row in rows)
    assert off == 0
