"""What belongs to one local body is not seen from another, whatever a query forgets to ask."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from api.connecting import check_service, in_service_role
from civic.core.bodies import LocalBody, enter, inside
from civic.core.tables import PersonRow
from gis.db.session import Base
from gis.errors import Unavailable

WALLED = text(
    "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c"
    " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'body' AND NOT a.attisdropped"
    " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public'"
)


def a_person(body: LocalBody, name: str = "Ammini") -> PersonRow:
    return PersonRow(
        body=body.code, name=name, email=f"{name}@example.org", language="ml", since=datetime.now(UTC)
    )


def test_a_person_of_one_body_is_not_seen_from_another(
    town: Session, body: LocalBody, other_body: LocalBody
) -> None:
    town.add(a_person(body))
    town.flush()
    assert town.scalar(text("SELECT count(*) FROM person")) == 1
    enter(town, other_body.code)
    assert town.scalar(text("SELECT count(*) FROM person")) == 0


def test_a_transaction_that_entered_no_body_sees_nothing(service_engine: Engine, own_body: LocalBody) -> None:
    with inside(service_engine, own_body.code) as (session, body):
        session.add(a_person(body, "Kept"))
    with Session(service_engine) as session:
        assert session.scalar(text("SELECT count(*) FROM person")) == 0


def test_nothing_is_written_into_another_body(town: Session, other_body: LocalBody) -> None:
    town.add(a_person(other_body))
    with pytest.raises(ProgrammingError, match="row-level security"):
        town.flush()


def test_the_pool_forgets_the_body_between_transactions(engine: Engine, body: LocalBody) -> None:
    """The same connection, handed out again, has entered nothing."""
    service_engine = in_service_role(engine.url, pool_size=1, max_overflow=0)
    with inside(service_engine, body.code) as (session, _):
        backend = session.scalar(text("SELECT pg_backend_pid()"))
    with Session(service_engine) as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) == backend
        assert session.scalar(text("SELECT entered_body()")) is None
    service_engine.dispose()


def test_even_the_owner_is_held_by_the_wall(engine: Engine, own_body: LocalBody) -> None:
    with inside(engine, own_body.code) as (session, body):
        session.add(a_person(body, "Owned"))
    with Session(engine) as session:
        assert session.scalar(text("SELECT count(*) FROM person")) == 0


def test_every_table_of_the_town_hall_is_walled(engine: Engine) -> None:
    with engine.connect() as connection:
        walls = {name: walled for name, walled in connection.execute(WALLED)}
    assert {name for name, walled in walls.items() if not walled} == set()
    assert len(walls) >= 10
    assert {name for name, table in Base.metadata.tables.items() if "body" in table.columns} <= set(walls)


def test_the_service_owns_nothing_and_is_bound(service_engine: Engine) -> None:
    check_service(service_engine)
    with service_engine.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text("DELETE FROM case_event"))


def test_the_owner_may_not_serve(engine: Engine) -> None:
    from api.connecting import check_service

    with pytest.raises(Unavailable, match="row-level security"):
        check_service(engine)
