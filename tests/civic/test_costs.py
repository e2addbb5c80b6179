"""What a step or an inbox asks of the database does not grow with what is there."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi.testclient import TestClient
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from api.sample_town import BODY, CITIZENS
from civic.core.bodies import LocalBody
from civic.core.case import inbox
from civic.core.steps import add_note, advance, open_case
from gis.db.session import transaction
from gis.jurisdictions import jurisdiction
from tests.builders import a_parcel
from tests.civic.builders import a_desk, an_actor
from tests.civic.test_sample_town import TOWN, apply_for, become


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def test_a_step_costs_the_same_however_long_the_history(
    town: Session, body: LocalBody, service_engine: Engine
) -> None:
    costs = []
    for notes in (0, 1, 30):
        citizen = an_actor(town, body)
        desk = a_desk(town, body)
        opened = open_case(desk, parcels=["1/1"], actor=citizen, told={})
        for _ in range(notes):
            add_note(desk, opened.id, "words", actor=citizen, seen="parties")
        with counted(service_engine) as statements:
            advance(desk, opened.id, "file", actor=citizen, version=notes + 1)
        costs.append(len(statements))
    assert len(set(costs)) == 1
    assert 1 < costs[0] <= 8


def test_an_application_through_the_door_costs_the_same_however_many_there_were(
    door: TestClient, sample_owner: Engine, sample_hall: Engine
) -> None:
    with transaction(sample_owner) as session:
        a_parcel(session, jurisdiction(session, BODY.jurisdiction), "91/1", x=9100, land_type="purayidam")
    become(door, CITIZENS[0][0])
    form = {"kind": "correct_land_type", "number": "91/1", "land_type": "nilam"}
    costs, waited_for = [], []
    for before in (0, 1, 12):
        for _ in range(before):
            apply_for(door, **form)
        with counted(sample_hall) as statements:
            apply_for(door, **form)
        costs.append(len(statements))
        (number,) = [at for at, each in enumerate(statements) if "INTO case_serial" in each]
        waited_for.append(len(statements) - number - 1)
    assert len(set(costs)) == 1
    assert 5 < costs[0] <= 12
    assert waited_for == [4, 4, 4]  # two messages, the application, its fee: for these the next number waits


def test_a_step_through_the_door_costs_the_same_however_long_the_history(
    door: TestClient, sample_hall: Engine
) -> None:
    become(door, CITIZENS[0][0])
    costs = []
    for notes in (0, 1, 12):
        number = apply_for(door, kind="correct_land_type", number="1/2", land_type="nilam")
        for _ in range(notes):
            door.post(f"{TOWN}/cases/{number}/notes", data={"note": "Words"})
        with counted(sample_hall) as statements:
            answer = door.post(
                f"{TOWN}/cases/{number}/steps/withdraw",
                data={"version": str(notes + 1)},
                follow_redirects=False,
            )
        assert answer.status_code == 303
        costs.append(len(statements))
    assert len(set(costs)) == 1
    assert 5 < costs[0] <= 22


def test_an_inbox_is_two_statements_whatever_lies_in_it(
    town: Session, body: LocalBody, service_engine: Engine
) -> None:
    costs = []
    for more in (1, 20):
        for _ in range(more):
            citizen = an_actor(town, body)
            desk = a_desk(town, body)
            opened = open_case(desk, parcels=["1/1"], actor=citizen, told={})
            advance(desk, opened.id, "file", actor=citizen, version=1)
        with counted(service_engine) as statements:
            inbox(town, frozenset({"verifier", "approver", "secretary"}))
        costs.append(len(statements))
    assert costs == [2, 2]
