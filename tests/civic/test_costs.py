"""What a step or an inbox asks of the database does not grow with what is there."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import inbox
from civic.core.steps import add_note, advance, open_case
from tests.civic.builders import a_desk, an_actor


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
    assert costs[0] <= 16


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
