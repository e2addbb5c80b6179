"""What somebody with bad will, or with a strange browser, sends to the town hall: it is refused in words, and nothing of it stays."""

from datetime import timedelta
from threading import Thread

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.sample_town import BODY, CITIZENS, OFFICERS
from civic.core.bodies import LocalBody, inside
from civic.core.case import NoSuchCase, seen_by
from civic.core.desk import Overtaken
from civic.core.people import introduce, post, reach
from civic.core.sign_in import STAFF_STAY, actor, begin
from civic.core.steps import advance, answer_task, open_case
from civic.core.tables import CasePartyRow, CaseTaskRow
from gis.errors import Conflict, Invalid, NotAllowed
from tests.civic.builders import NOW, a_desk, an_actor
from tests.civic.test_sample_town import TOWN, apply_for, become, officer, pay, send_paper, step

TODAY = NOW.date()
HUGE = str(10**30)


# Nobody is the office in a matter of their own.


def test_an_officer_takes_no_step_of_the_office_in_their_own_case(town: Session, body: LocalBody) -> None:
    own = an_actor(town, body, "verifier", "secretary")
    desk = a_desk(town, body)
    opened = advance(
        desk, open_case(desk, parcels=["1/1"], actor=own, told={}).id, "file", actor=own, version=1
    )
    with pytest.raises(NotAllowed):
        advance(desk, opened.id, "verify", actor=own, version=2, note="fine")
    assert seen_by(town, opened.number, own)[1] == {"applicant"}
    other = an_actor(town, body, "verifier")
    assert advance(desk, opened.id, "verify", actor=other, version=2, note="fine").state == "verified"


def test_a_licensee_with_a_posting_sees_the_case_that_they_are_a_party_of_and_no_other(
    town: Session, body: LocalBody
) -> None:
    citizen, architect = an_actor(town, body), an_actor(town, body, "licensee")
    desk = a_desk(town, body)
    opened = open_case(desk, parcels=["1/1"], actor=citizen, told={})
    with pytest.raises(NoSuchCase):
        seen_by(town, opened.number, architect)
    town.add(CasePartyRow(body=body.code, case_id=opened.id, person_id=architect.person.id, part="licensee"))
    town.flush()
    assert seen_by(town, opened.number, architect)[1] == {"licensee"}


def test_another_office_sees_a_case_once_its_word_is_asked(town: Session, body: LocalBody) -> None:
    citizen, agency = an_actor(town, body), an_actor(town, body, "agency")
    verifier = an_actor(town, body, "verifier")
    desk = a_desk(town, body)
    opened = open_case(desk, parcels=["1/1"], actor=citizen, told={})
    advance(desk, opened.id, "file", actor=citizen, version=1)
    with pytest.raises(NoSuchCase):
        seen_by(town, opened.number, agency)
    advance(desk, opened.id, "verify", actor=verifier, version=2, note="fine")
    assert seen_by(town, opened.number, agency)[1] == {"agency"}


def test_an_applicant_does_not_answer_for_the_office_that_is_asked(town: Session, body: LocalBody) -> None:
    own, verifier = an_actor(town, body, "agency"), an_actor(town, body, "verifier")
    desk = a_desk(town, body)
    opened = open_case(desk, parcels=["1/1"], actor=own, told={})
    advance(desk, opened.id, "file", actor=own, version=1)
    advance(desk, opened.id, "verify", actor=verifier, version=2, note="fine")
    task = town.query(CaseTaskRow).filter_by(case_id=opened.id, role="agency").one()
    with pytest.raises(NotAllowed):
        answer_task(desk, task.id, "agrees", actor=own, told={})


def test_an_officer_reads_no_word_among_officers_in_their_own_case(
    door: TestClient, sample_hall: Engine
) -> None:
    officer(door, "secretary")
    number = apply_for(door, kind="correct_area", number="1/7", area="9", unit="cent")
    pay(sample_hall, number)
    officer(door, "verifier")
    door.post(f"{TOWN}/cases/{number}/notes", data={"note": "Look twice at this one.", "seen_by": "staff"})
    assert "Look twice" in door.get(f"{TOWN}/cases/{number}").text
    officer(door, "secretary")
    assert "Look twice" not in door.get(f"{TOWN}/cases/{number}").text


def asked_of(door: TestClient, sample_hall: Engine) -> str:
    """A case in which the village office is asked for its word, with a word among officers."""
    become(door, CITIZENS[1][0])
    number = apply_for(door, kind="correct_area", number="1/8", area="9", unit="cent")
    send_paper(door, number)
    pay(sample_hall, number)
    officer(door, "verifier")
    door.post(f"{TOWN}/cases/{number}/notes", data={"note": "Ask the tahsildar first.", "seen_by": "staff"})
    assert step(door, number, "verify") == 303
    return number


def test_an_auditor_reads_and_writes_nothing(door: TestClient, sample_hall: Engine) -> None:
    number = asked_of(door, sample_hall)
    officer(door, "auditor")
    page = door.get(f"{TOWN}/cases/{number}").text
    assert "Ask the tahsildar first." in page
    assert f"{number}/notes" not in page
    for seen in ("staff", "parties"):
        answer = door.post(f"{TOWN}/cases/{number}/notes", data={"note": "Mine", "seen_by": seen})
        assert answer.status_code == 403
    paper = {"file": ("deed.pdf", b"%PDF-1.4", "application/pdf")}
    sent = {"title": "T", "kind": "deed"}
    assert door.post(f"{TOWN}/cases/{number}/documents", data=sent, files=paper).status_code == 403
    assert 'name="file"' not in door.get(f"{TOWN}/cases/{number}/documents").text
    assert "Mine" not in door.get(f"{TOWN}/cases/{number}").text


def test_an_office_that_is_asked_reads_and_writes_no_word_among_officers(
    door: TestClient, sample_hall: Engine
) -> None:
    number = asked_of(door, sample_hall)
    officer(door, "agency")
    page = door.get(f"{TOWN}/cases/{number}").text
    assert "Ask the tahsildar first." not in page
    assert 'name="seen_by"' not in page
    notes = f"{TOWN}/cases/{number}/notes"
    assert door.post(notes, data={"note": "Among us", "seen_by": "staff"}).status_code == 403
    assert door.post(notes, data={"note": "For all"}, follow_redirects=False).status_code == 303
    assert "For all" in door.get(f"{TOWN}/cases/{number}").text
    become(door, CITIZENS[1][0])
    page = door.get(f"{TOWN}/cases/{number}").text
    assert "For all" in page
    assert "Among us" not in page


def test_an_office_that_is_not_asked_reads_no_paper_and_publishes_none(
    door: TestClient, sample_hall: Engine
) -> None:
    become(door, CITIZENS[1][0])
    number = apply_for(door, kind="correct_area", number="1/8", area="8", unit="cent")
    send_paper(door, number)
    officer(door, "agency")
    papers = f"{TOWN}/cases/{number}/documents"
    assert door.get(papers).status_code == 404
    asked = asked_of(door, sample_hall)
    officer(door, "agency")
    papers = f"{TOWN}/cases/{asked}/documents"
    assert door.get(papers).status_code == 200
    paper = {"file": ("deed.pdf", b"%PDF-1.4", "application/pdf")}
    sent = {"title": "T", "kind": "deed", "record": "published"}
    assert door.post(papers, data=sent, files=paper).status_code == 403


def test_an_office_that_is_asked_sees_no_message_to_others(door: TestClient, sample_hall: Engine) -> None:
    number = asked_of(door, sample_hall)
    officer(door, "agency")
    assert "citizen.example" not in door.get(f"{TOWN}/cases/{number}/messages").text
    officer(door, "verifier")
    assert "citizen.example" in door.get(f"{TOWN}/cases/{number}/messages").text


# Machines and days.


def test_two_browsers_that_call_themselves_the_same_are_two_machines(
    door: TestClient, sample_hall: Engine
) -> None:
    made = set()
    for _ in range(2):
        door.cookies.clear()
        become(door, OFFICERS["verifier"])
        with inside(sample_hall, BODY.code) as (session, _):
            made.add(session.scalar(text("SELECT device FROM sign_in ORDER BY id DESC LIMIT 1")))
    assert len(made) == 2
    become(door, OFFICERS["verifier"])
    with inside(sample_hall, BODY.code) as (session, _):
        assert session.scalar(text("SELECT device FROM sign_in ORDER BY id DESC LIMIT 1")) in made


def test_who_is_posted_while_signed_in_as_a_citizen_signs_in_for_each_days_work(
    town: Session, body: LocalBody
) -> None:
    who = introduce(town, body, name="A", address="a.citizen@example.org", language="en", now=NOW)
    made = begin(town, body, who, way="code", browser="x", today=TODAY, now=NOW)
    post(town, body, who.id, role="approver", order_ref="O", begins=TODAY)
    just = NOW + STAFF_STAY - timedelta(seconds=1)
    assert actor(town, made.secret, today=TODAY, now=just) is not None
    assert actor(town, made.secret, today=TODAY, now=NOW + STAFF_STAY) is None


# Addresses.


@pytest.mark.parametrize(
    "address",
    ["a,b@example.org", "<a@example.org>", "a@example.org;b@example.org", "a\x00@example.org", "९८४७०१२३४५"],
)
def test_an_address_reaches_one_person_only(address: str) -> None:
    with pytest.raises(Invalid):
        reach(address)


def test_of_two_who_introduce_one_person_at_once_the_second_is_told(
    service_engine: Engine, own_body: LocalBody
) -> None:
    told: list[Exception] = []

    def again() -> None:
        try:
            with inside(service_engine, own_body.code) as (session, _):
                introduce(session, own_body, name="B", address="b@example.org", language="en", now=NOW)
        except Exception as error:
            told.append(error)

    other = Thread(target=again)
    with inside(service_engine, own_body.code) as (session, _):
        introduce(session, own_body, name="A", address="b@example.org", language="en", now=NOW)
        other.start()
        other.join(0.5)
        assert other.is_alive()
    other.join(20)
    assert [type(each) for each in told] == [Conflict]


def test_an_answer_and_a_withdrawal_at_once_do_not_wait_in_a_circle(
    service_engine: Engine, own_body: LocalBody
) -> None:
    with inside(service_engine, own_body.code) as (session, _):
        citizen, verifier = an_actor(session, own_body), an_actor(session, own_body, "verifier")
        agency = an_actor(session, own_body, "agency")
        desk = a_desk(session, own_body)
        opened = open_case(desk, parcels=["1/1"], actor=citizen, told={})
        advance(desk, opened.id, "file", actor=citizen, version=1)
        advance(desk, opened.id, "verify", actor=verifier, version=2, note="fine")
        task = session.query(CaseTaskRow).filter_by(case_id=opened.id, role="agency").one().id
    told: list[Exception] = []

    def late() -> None:
        try:
            with inside(service_engine, own_body.code) as (session, _):
                answer_task(a_desk(session, own_body), task, "agrees", actor=agency, told={})
        except Exception as error:
            told.append(error)

    other = Thread(target=late)
    with inside(service_engine, own_body.code) as (session, _):
        session.execute(text("SELECT FROM civic_case WHERE id = :id FOR UPDATE"), {"id": opened.id})
        other.start()
        other.join(0.5)
        refuser = an_actor(session, own_body, "approver")
        advance(a_desk(session, own_body), opened.id, "refuse", actor=refuser, version=3, note="no")
    other.join(20)
    assert [type(each) for each in told] == [Overtaken]
