"""What a step of a case costs through HTTP, beside the same durable commits run bare; and an inbox as it grows.

In: nothing but a machine: a private durable PostGIS of its own is made and taken away.  Out: a table, Markdown.
Run: `python -m bench.town` (`--clients 8 --seconds 10 --rounds 3`).

(a) Eight clients apply for changes of record: history, messages with their jobs, demand with its journal, all in one
transaction.  The baseline writes the same rows by hand (`town.sql`), in as few statements as the service, over as many bare
connections, with the look-up of who is signed in and row-level security; that both write as many rows into each table is
checked first.  Both take turns, so that they share the weather of the machine.  (b) The first page of an inbox among 1 000 and
100 000 open cases, in local bodies of their own side by side in the same tables; they take turns, too.
"""

import argparse
import http.client
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.parse import urlencode

import psycopg
import uvicorn
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb
from sqlalchemy import Engine, text

from api.app import served_app
from api.connecting import connect, connect_service, migrate
from api.local_postgis import stop
from api.sample_town import BODY, found_sample_town
from api.settings import Settings
from civic.core.bodies import inside
from civic.core.case import inbox
from civic.core.http import cookie_of
from civic.core.money.demands import SECRET
from civic.core.money.ledger import DEMANDS, INCOME
from civic.core.people import introduce
from civic.core.sign_in import _quick as digest_of
from civic.core.sign_in import begin
from gis.db.session import transaction
from gis.jurisdictions import jurisdiction
from tests.builders import a_parcel, a_place
from tests.civic.conftest import a_body, open_on_its_land

PORT = 8731
PLOT = "9/1"
"""A plot of nobody whom the town hall knows: whose plot it is, is told of each application, too."""
ASKED = {"kind": "correct_land_type", "number": PLOT, "land_type": "nilam", "deed": "Deed", "why": "bench"}
FORM = urlencode(ASKED)
STATEMENTS = dict(
    re.findall(
        r"^-- (\w+)\n(.*?);\n(?=--|\Z)", (Path(__file__).parent / "town.sql").read_text("utf-8"), re.S | re.M
    )
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", type=Path)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve)
        return
    state = Path(tempfile.mkdtemp(prefix="bhumika-bench-"))
    state.chmod(0o755)
    settings = Settings(state=state)
    try:
        owner = connect(settings)
        migrate(owner)
        _found(owner)
        engine = connect_service(settings)
        visitors = _visitors(engine, asked.clients)
        _steps(settings, owner, engine, visitors, seconds=asked.seconds, rounds=asked.rounds)
        _inboxes(owner, engine)
        owner.dispose()
        engine.dispose()
    finally:
        stop(state)
        shutil.rmtree(state)


def serve(state: Path) -> None:
    """The service as it is run, on the bench's own state."""
    settings = Settings(state=state)
    uvicorn.run(
        served_app(settings, connect_service(settings)), port=PORT, log_level="warning", access_log=False
    )


def _found(owner: Engine) -> None:
    with transaction(owner) as session:
        place = a_place(session, BODY.jurisdiction, rule_book="kmbr")
        for column in range(8):
            a_parcel(session, place, f"1/{column + 1}", x=column * 20, land_type="purayidam")
    found_sample_town(owner, now=datetime.now(UTC))
    with transaction(owner) as session:
        place = jurisdiction(session, BODY.jurisdiction)
        a_parcel(session, place, PLOT, x=400, land_type="purayidam")


def _visitors(engine: Engine, clients: int) -> list[str]:
    """So many signed-in people: the secrets of their cookies."""
    now = datetime.now(UTC)
    made = []
    with inside(engine, BODY.code) as (session, body):
        for each in range(clients):
            who = introduce(
                session, body, name=f"Client {each}", address=f"c{each}@example.org", language="en", now=now
            )
            made.append(
                begin(session, body, who, way="code", browser="bench", today=now.date(), now=now).secret
            )
    return made


def _steps(
    settings: Settings, owner: Engine, engine: Engine, visitors: list[str], *, seconds: float, rounds: int
) -> None:
    command = [sys.executable, "-m", "bench.town", "--serve", str(settings.state)]
    server = subprocess.Popen(command)
    try:
        _wait()
        ours, bare = [], []
        url = engine.url
        conninfo = (
            f"host={url.query['host']} port={url.query['port']} user={url.username} dbname={url.database}"
        )
        _check_same_rows(owner, _by_http(visitors[0]), _bare(conninfo, visitors[0]))
        for turn in range(rounds + 1):
            used = _processor(server.pid)
            a = _rate([_by_http(secret) for secret in visitors], seconds if turn else 2)
            spent = (_processor(server.pid) - used) / (a * seconds) * 1000
            b = _rate([_bare(conninfo, secret) for secret in visitors], seconds if turn else 2)
            if turn:
                ours.append(a)
                bare.append(b)
                print(
                    f"round {turn}: {a:.0f} steps/s through HTTP, {b:.0f} bare, {a / b:.2f};"
                    f" a step takes the service {spent:.1f} ms of processor; load {os.getloadavg()[0]:.1f}",
                    flush=True,
                )
        ratio = median(a / b for a, b in zip(ours, bare, strict=True))
        print(
            f"| step through HTTP | {median(ours):.0f}/s | bare {median(bare):.0f}/s | {ratio:.2f} (bound 0.40) |"
        )
    finally:
        server.terminate()
        server.wait()


def _processor(pid: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _check_same_rows(owner: Engine, ours: Callable[[], None], bare: Callable[[], None]) -> None:
    """Refuse to measure unless both write as many rows into each table."""
    counted = [_rows(owner)]
    for step in (ours, bare):
        step()
        counted.append(_rows(owner))
    before, between, after = counted
    written = {table: (between[table] - before[table], after[table] - between[table]) for table in before}
    written = {table: pair for table, pair in written.items() if pair != (0, 0)}
    if any(a != b for a, b in written.values()):
        raise SystemExit(f"The baseline does not write what the service writes: {written}")
    print("rows of a step: " + ", ".join(f"{table} {each}" for table, (each, _) in sorted(written.items())))


def _rows(owner: Engine) -> dict[str, int]:
    """The rows of every table, as the body sees them."""
    with inside(owner, BODY.code) as (session, _):
        tables = session.execute(
            text("SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'jobs')")
        ).all()
        return {
            table: session.scalar(text(f'SELECT count(*) FROM {schema}."{table}"')) or 0
            for schema, table in tables
        }


def _wait() -> None:
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
            connection.request("GET", "/health")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server did not start.")


def _rate(clients: list[Callable[[], None]], seconds: float) -> float:
    """Steps per second of some clients working at once."""
    done = [0] * len(clients)
    ends = time.perf_counter() + seconds

    def work(place: int) -> None:
        while time.perf_counter() < ends:
            clients[place]()
            done[place] += 1

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(clients))]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - begun)


def _by_http(secret: str) -> Callable[[], None]:
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    headers = {
        "Cookie": f"{cookie_of(BODY.code)}={secret}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Sec-Fetch-Site": "same-origin",
    }

    def step() -> None:
        connection.request("POST", f"/town/{BODY.code}/land-records/new", FORM, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 303:
            raise SystemExit(f"The service answered {answer.status}.")

    return step


def _bare(conninfo: str, secret: str) -> Callable[[], None]:
    connection = psycopg.connect(conninfo)
    values: dict[str, object] = {
        "body": BODY.code,
        "year": datetime.now(UTC).year,
        "digest": digest_of(secret),
        "number": PLOT,
        "subject": "An application has arrived",
        "text": "Three hundred letters or so. " * 10,
        "blanks": ["LR-2026-00001", "http://127.0.0.1:8420/town/kl-sample/cases/LR-2026-00001"],
        "wanted": Jsonb(ASKED),
        "owed": DEMANDS,
        "earned": f"{INCOME}land_record_fee",
    }

    def step() -> None:
        values["token"] = secrets.token_urlsafe(SECRET)
        with connection.transaction(), connection.cursor() as cursor:
            values["land"] = _one(cursor.execute(STATEMENTS["enter"], values))[0]
            known = Known(*_one(cursor.execute(STATEMENTS["known"], values)))
            values.update(sign_in=known.sign_in, person=known.person, email=known.email)
            values["case"] = _one(cursor.execute(STATEMENTS["case"], values))[0]
            for name in ("message", "record", "demand", "message"):
                cursor.execute(STATEMENTS[name], values)

    return step


class Known(NamedTuple):
    """Who is signed in, as the baseline looks them up."""

    sign_in: int
    person: int
    email: str
    language: str
    roles: list[str]


def _one(cursor: "psycopg.Cursor[TupleRow]") -> TupleRow:
    """The row that a statement gives, to the client, too, as the service takes it."""
    row = cursor.fetchone()
    if row is None:
        raise SystemExit("A statement of the baseline gave no row.")
    return row


_MANY = text(
    "INSERT INTO civic_case (body, service, workflow, year, serial, number, state, turn, since, due, opened, opened_by,"
    " version) SELECT :body, 'land_records', '1', 2020, n, 'X-2020-' || n, 'checking', 'verifier', now(),"
    " current_date + (n % 400)::int, now(), (SELECT min(id) FROM person), 1 FROM generate_series(1, CAST(:count AS int)) n"
)
_THEIR_PLOTS = text(
    "INSERT INTO case_parcel (body, case_id, jurisdiction, number) SELECT c.body, c.id, b.jurisdiction, '1/' || (c.id % 8 + 1)"
    " FROM civic_case c JOIN local_body b ON b.code = c.body WHERE c.body = :body AND c.number LIKE 'X-2020-%'"
)
INBOXES = {"bench-1000": 1_000, "bench-10000": 10_000, BODY.code: 100_000}
"""So many open cases of one role in a local body each, side by side in the same tables."""


def _inboxes(owner: Engine, engine: Engine) -> None:
    """The first page of the verifier's inbox among more and more open cases; they take turns, so that they share the weather."""
    for code, count in INBOXES.items():
        if code != BODY.code:
            with transaction(owner) as session:
                open_on_its_land(session, a_body(code))
            with inside(owner, code) as (session, body):
                introduce(
                    session,
                    body,
                    name="Nobody",
                    address="n@example.org",
                    language="en",
                    now=datetime.now(UTC),
                )
        with inside(owner, code) as (session, _):
            session.execute(_MANY, {"body": code, "count": count})
            session.execute(_THEIR_PLOTS, {"body": code})
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))  # as the database does by itself within a minute
    times: dict[str, list[float]] = {code: [] for code in INBOXES}
    for _ in range(200):
        for code, took in times.items():
            took.append(_first_page(engine, code))
    found = {INBOXES[code]: median(took) * 1000 for code, took in times.items()}
    for count, milliseconds in found.items():
        print(f"| inbox of {count} | {milliseconds:.2f} ms | {milliseconds / found[1_000]:.2f} of 1 000 |")
    print(f"| inbox of 100 000 beside 1 000 | {found[100_000] / found[1_000]:.2f} (bound 1.5) |")


def _first_page(engine: Engine, code: str) -> float:
    """Seconds for the first page of a body's inbox."""
    with inside(engine, code) as (session, _):
        begun = time.perf_counter()
        assert len(inbox(session, frozenset({"verifier"}), most=50)) == 50
        return time.perf_counter() - begun


if __name__ == "__main__":
    main()
