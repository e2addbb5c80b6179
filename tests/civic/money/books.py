"""Builders for tests of money: people, a case, a demand; defaults for all, a test names only what matters."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from uuid import uuid4

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.money.demands import raise_demand
from civic.core.money.local_gateway.server import LocalGateway
from civic.core.money.model import Demand, DemandLine
from civic.core.money.razorpay import Razorpay, signed
from civic.core.people import introduce

NOON = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
"""Noon of Friday, 20 November 2026 in Kerala."""
FEE = DemandLine(
    head="record_change",
    title_en="Fee for a change of the record",
    title_ml="രേഖ മാറ്റുന്നതിനുള്ള ഫീസ്",
    amount=50_000,
    clause="Test schedule, item 1",
)
VISIT = DemandLine(
    head="site_visit",
    title_en="Fee for the site visit",
    title_ml="സ്ഥലപരിശോധനാ ഫീസ്",
    amount=25_050,
    clause="Test schedule, item 2",
)


def a_person(session: Session, body: LocalBody, name: str = "Ammini") -> int:
    """Someone new."""
    address = f"{name.lower()}.{uuid4().hex[:8]}@example.org"
    return introduce(session, body, name=name, address=address, language="ml", now=NOON).id


def a_demand(
    session: Session, body: LocalBody, *lines: DemandLine, now: datetime = NOON, **more: object
) -> Demand:
    """A demand for a fee and a visit, due at the end of the month."""
    return raise_demand(
        session,
        body,
        lines=lines or (FEE, VISIT),
        now=now,
        due=date(2026, 11, 30),
        **more,  # type: ignore[arg-type]
    )


def a_case(session: Session, body: LocalBody, *, closed: bool = False) -> int:
    """A case as it stands in the books, without its workflow."""
    made = text(
        "INSERT INTO civic_case (body, service, workflow, year, serial, number, state, turn, since, due, opened,"
        " opened_by, closed, version) VALUES (:body, 'test', '1', 2026, :serial, :number, 'fee', :turn, :now, :due, :now,"
        " :person, :closed, 1) RETURNING id"
    )
    serial = int(uuid4().int % 2_000_000_000) + 1
    values = {
        "body": body.code,
        "serial": serial,
        "number": f"T-{serial}",
        "turn": None if closed else "applicant",
        "now": NOON,
        "due": date(2026, 12, 31),
        "person": a_person(session, body, "Applicant"),
        "closed": NOON if closed else None,
    }
    return int(session.execute(made, values).scalar_one())


def must_add_up(session: Session) -> None:
    """Ask the database now what it asks at the end of a transaction."""
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """The statements that the database is asked meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield seen
    event.remove(connection, "before_cursor_execute", note)


def speaking_to(trial: LocalGateway) -> Razorpay:
    """The adapter with the secrets of a local gateway."""
    return Razorpay(**vars(trial.secrets), home=trial.home, name="local")


def webhooks(trial: LocalGateway) -> list[tuple[str, bytes, str]]:
    """The webhooks in line, oldest first: number, bytes, signature."""
    rows = trial.books.waiting(now=float("inf"))
    return [(ref, raw, signed(raw, trial.secrets.webhook_secret)) for _, ref, _, raw, _, _ in rows]
