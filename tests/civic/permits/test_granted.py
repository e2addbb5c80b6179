"""The database itself keeps grant and permit together: what raw SQL in the service's role would part is refused at its commit."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, enter
from tests.civic.permits.issued import a_permit
from tests.civic.permits.matters import Matter, a_matter

APART = "does not go with its permit"
MADE_UP = text(
    "INSERT INTO permit (body, number, year, serial, case_id, kind, route, issued, check_id, terms)"
    " SELECT body, 'P-2026-99999', 2026, 99999, case_id, :kind, :route, '2026-11-17', CAST(:check AS bigint), '{}'"
    " FROM permit_case WHERE case_id = :case"
)


@pytest.fixture
def taken_up(town: Session, body: LocalBody, tmp_path: Path) -> Matter:
    """A house before the verifier."""
    matter = a_matter(town, body, tmp_path)
    matter.taken_up()
    return matter


def commits(session: Session) -> None:
    """What a commit asks, without one."""
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


def to(matter: Matter, state: str) -> None:
    closed = "now()" if state in ("permitted", "deemed", "recorded", "refused") else "NULL"
    turn = "NULL" if closed == "now()" else "'verifier'"
    matter.session.execute(
        text(f"UPDATE civic_case SET state = :state, turn = {turn}, closed = {closed} WHERE id = :id"),
        {"state": state, "id": matter.number},
    )


def made_up(matter: Matter, *, kind: str = "new", route: str = "officer", check: int | None = None) -> None:
    matter.session.execute(
        MADE_UP, {"case": matter.number, "kind": kind, "route": route, "check": check or matter.check.id}
    )


@pytest.mark.parametrize("state", ["permitted", "deemed", "recorded"])
def test_no_case_is_granted_without_a_permit(taken_up: Matter, state: str) -> None:
    to(taken_up, state)
    with pytest.raises(IntegrityError, match=APART):
        commits(taken_up.session)


def test_a_case_that_is_opened_granted_needs_its_permit_too(taken_up: Matter) -> None:
    taken_up.session.execute(
        text(
            "INSERT INTO civic_case (body, service, workflow, year, serial, number, state, since, due, opened, opened_by, closed,"
            " version) SELECT body, service, workflow, year, 99999, 'BP-99999', 'permitted', since, due, opened, opened_by,"
            " now(), 1 FROM civic_case WHERE id = :id"
        ),
        {"id": taken_up.number},
    )
    with pytest.raises(IntegrityError, match=f"BP-99999.*{APART}"):
        commits(taken_up.session)


def test_no_permit_stands_on_a_case_that_was_not_granted(taken_up: Matter) -> None:
    made_up(taken_up)
    with pytest.raises(IntegrityError, match=APART):
        commits(taken_up.session)


@pytest.mark.parametrize(
    ("state", "route", "kind", "holds"),
    [
        ("permitted", "officer", "new", True),
        ("permitted", "self_certified", "new", True),
        ("deemed", "deemed", "new", True),
        ("permitted", "deemed", "new", False),
        ("deemed", "officer", "new", False),
        ("refused", "officer", "new", False),
        ("permitted", "officer", "demolition", False),
    ],
)
def test_state_way_and_kind_of_a_permit_go_together(
    taken_up: Matter, state: str, route: str, kind: str, holds: bool
) -> None:
    to(taken_up, state)
    made_up(taken_up, route=route, kind=kind)
    if holds:
        commits(taken_up.session)
    else:
        with pytest.raises(IntegrityError, match=APART):
            commits(taken_up.session)


def test_a_grant_is_not_undone_under_its_permit(taken_up: Matter) -> None:
    to(taken_up, "permitted")
    made_up(taken_up)
    commits(taken_up.session)
    to(taken_up, "deciding")
    with pytest.raises(IntegrityError, match=APART):
        commits(taken_up.session)


def test_what_is_drawn_has_a_check_of_its_own_case(taken_up: Matter, body: LocalBody) -> None:
    session = taken_up.session
    to(taken_up, "permitted")
    with pytest.raises(IntegrityError, match="permit_check_id_check"), session.begin_nested():
        session.execute(MADE_UP, {"case": taken_up.number, "kind": "new", "route": "officer", "check": None})
    a_permit(session, body, "12/105", number="P-1")
    others = session.scalar(text("SELECT check_id FROM permit WHERE number = 'P-1'"))
    with pytest.raises(IntegrityError, match="permit_body_case_id_check_id_fkey"), session.begin_nested():
        made_up(taken_up, check=others)


@pytest.mark.parametrize(
    ("kind", "route"),
    [("new", "earlier"), ("extension", "officer"), ("plinth", "deemed"), ("occupancy", "deemed")],
)
def test_every_lawful_way_to_a_permit_is_open(town: Session, body: LocalBody, kind: str, route: str) -> None:
    first = a_permit(town, body)
    a_permit(
        town, body, kind=kind, route=route, of_permit=first if kind != "new" else None, number=f"{kind}-1"
    )
    commits(town)


def test_the_trigger_looks_in_the_case_s_own_body(
    taken_up: Matter, body: LocalBody, other_body: LocalBody
) -> None:
    to(taken_up, "permitted")
    made_up(taken_up)
    taken_up.session.flush()
    enter(taken_up.session, other_body.code)
    commits(taken_up.session)
    assert taken_up.session.scalar(text("SELECT entered_body()")) == other_body.code
    enter(taken_up.session, body.code)


def test_a_permit_neither_goes_away_nor_over_to_another_case(town: Session, body: LocalBody) -> None:
    number = a_permit(town, body, until=date(2031, 1, 1))
    for change in ("DELETE FROM permit", "UPDATE permit SET kind = 'well'"):
        with pytest.raises(ProgrammingError, match="permission denied"), town.begin_nested():
            town.execute(text(f"{change} WHERE number = :number"), {"number": number})
