"""A person sees what is kept of them and who looked, and can be forgotten where nothing must be kept."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Text, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from api.sample_town import BODY, CITIZENS, OFFICERS
from civic.core.bodies import LocalBody
from civic.core.people import introduce, person_reached_by
from civic.core.privacy.looks import erase, forget_old, looks_at, note_look
from civic.core.privacy.notice import notice
from civic.core.sign_in import actor, begin, new_code
from civic.core.steps import advance, open_case
from gis.db.session import Base
from gis.errors import Conflict
from tests.civic.builders import NOW, a_desk, an_actor
from tests.civic.test_sample_town import become

TOWN = f"/town/{BODY.code}"
TODAY = NOW.date()
NOT_PERSONAL = {"body", "digest", "way", "role", "grade"}


def test_every_field_of_a_person_stands_in_the_notice() -> None:
    kept = {
        f"{table}.{column.name}"
        for table in ("person", "sign_in_code", "sign_in", "posting")
        for column in Base.metadata.tables[table].columns
        if isinstance(column.type, Text) and column.name not in NOT_PERSONAL
    }
    assert kept <= set(notice())
    for name in notice():
        table, _, column = name.partition(".")
        assert column in Base.metadata.tables[table].columns, name


def test_an_officers_look_is_written_for_its_subject(town: Session, body: LocalBody) -> None:
    citizen, officer = an_actor(town, body), an_actor(town, body, "verifier")
    opened = open_case(a_desk(town, body), parcels=[], actor=citizen, told={})
    note_look(town, body, officer, opened, now=NOW)
    note_look(town, body, citizen, opened, now=NOW)
    assert [(look.name, look.page) for look in looks_at(town, citizen.person.id)] == [
        (officer.person.name, opened.number)
    ]
    town.execute(text("RESET ROLE"))  # leads back to the role that owns nothing
    with pytest.raises(ProgrammingError, match="permission denied"):
        town.execute(text("DELETE FROM personal_look"))


def test_a_person_with_an_open_case_is_not_forgotten(town: Session, body: LocalBody) -> None:
    citizen, verifier = an_actor(town, body), an_actor(town, body, "verifier")
    desk = a_desk(town, body)
    opened = open_case(desk, parcels=[], actor=citizen, told={})
    with pytest.raises(Conflict, match="open case"):
        erase(town, citizen.person.id, on=TODAY, now=NOW)
    moved = advance(desk, opened.id, "file", actor=citizen, version=1)
    advance(desk, opened.id, "refuse", actor=verifier, version=moved.version, note="no")
    erase(town, citizen.person.id, on=TODAY, now=NOW)
    assert citizen.person.email is not None
    assert person_reached_by(town, citizen.person.email) is None
    assert citizen.person.name not in str(town.execute(text("SELECT * FROM person")).all())


def test_who_holds_a_posting_is_not_forgotten(town: Session, body: LocalBody) -> None:
    officer = an_actor(town, body, "verifier")
    with pytest.raises(Conflict, match="posting"):
        erase(town, officer.person.id, on=TODAY, now=NOW)


def test_who_was_forgotten_is_signed_out_and_may_come_anew(town: Session, body: LocalBody) -> None:
    who = introduce(town, body, name="Ammini", address="a@example.org", language="ml", now=NOW)
    made = begin(town, body, who, way="code", browser="x", today=TODAY, now=NOW)
    new_code(town, body, "a@example.org", sender="203.0.113.7", language="ml", now=NOW)
    erase(town, who.id, on=TODAY, now=NOW)
    assert actor(town, made.secret, today=TODAY, now=NOW) is None
    assert town.scalar(text("SELECT count(*) FROM sign_in_code")) == 0
    assert introduce(town, body, name="Ammini", address="a@example.org", language="ml", now=NOW).id != who.id


def test_codes_are_forgotten_after_a_day(town: Session, body: LocalBody) -> None:
    new_code(town, body, "a@example.org", sender="203.0.113.7", language="ml", now=NOW)
    assert forget_old(town, now=NOW + timedelta(days=1)) == 0
    assert forget_old(town, now=NOW + timedelta(days=1, seconds=1)) == 1


def test_the_pages_show_and_erasing_needs_to_be_sure(door: TestClient) -> None:
    assert door.get(f"{TOWN}/privacy?lang=en").status_code == 200
    become(door, OFFICERS["verifier"])
    inbox = door.get(f"{TOWN}/inbox").text
    number = inbox[inbox.index("/cases/LR-") + 7 :][:13]
    assert door.get(f"{TOWN}/cases/{number}").status_code == 200
    seen = ""
    for name, _ in CITIZENS:
        become(door, name)
        seen += door.get(f"{TOWN}/me").text
    assert OFFICERS["verifier"] in seen
    assert door.post(f"{TOWN}/me/erase").status_code == 422
    assert door.post(f"{TOWN}/me/erase", data={"sure": "yes"}).status_code == 409
