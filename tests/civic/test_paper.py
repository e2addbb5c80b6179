"""What an authority answered on paper is recorded with its letter, by whom the local body has ordered to, who then decides nothing."""

from dataclasses import replace
from datetime import date

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api.sample_town import CITIZENS, OFFICERS
from civic.core.bodies import LocalBody
from civic.core.case import AskedTask, case, history, roles_in, tasks_of
from civic.core.desk import Desk, Overtaken
from civic.core.documents.records import FileVersion
from civic.core.paper import OnPaper, on_paper, paper_rules, record_answer, recordable, set_paper_rule
from civic.core.people import Actor
from civic.core.steps import advance, answer_task, open_case
from gis.errors import Invalid, NotAllowed
from tests.civic.builders import NOW, a_desk, an_actor
from tests.civic.documents.conftest import a_pdf
from tests.civic.test_sample_town import TOWN, become

LETTER = FileVersion(
    document_id=7, record="full", seq=1, name="a.pdf", media_type="application/pdf", size=9, sha256="0" * 64,
    place="x", added=NOW, added_by=None, scan="unscanned",
)  # fmt: skip
SAID = OnPaper(answer="agrees", words="", dated=date(2026, 11, 16), reference="B2/77")


@pytest.fixture
def desk(town: Session, body: LocalBody) -> Desk:
    """A desk of the test service."""
    return a_desk(town, body)


def waiting(desk: Desk) -> tuple[int, AskedTask, AskedTask]:
    """A case that waits for the word of a visit and of the fire service."""
    citizen = an_actor(desk.session, desk.body)
    opened = open_case(desk, parcels=["1/2"], actor=citizen, told={})
    advance(desk, opened.id, "file", actor=citizen, version=1)
    verifier = an_actor(desk.session, desk.body, "verifier")
    advance(desk, opened.id, "verify", actor=verifier, version=2, note="In order.")
    visit, fire = tasks_of(desk.session, opened.id)
    return opened.id, visit, fire


def ordered(desk: Desk, *roles: str) -> None:
    set_paper_rule(desk.session, desk.body, roles=roles, source="Order 5/2026", by=None, now=NOW)


def record(desk: Desk, number: int, task: AskedTask, by: Actor) -> None:
    record_answer(desk, number, task.id, SAID, letter=LETTER, actor=by)


def test_a_letter_answers_for_the_authority_and_history_keeps_who_recorded_it(desk: Desk) -> None:
    number, visit, fire = waiting(desk)
    officer = an_actor(desk.session, desk.body, "front_office")
    ordered(desk, "front_office")
    with pytest.raises(NotAllowed, match="ordered"):
        record(desk, number, visit, officer)  # the office's own visit is on no authority's paper
    drawing = replace(LETTER, media_type="image/vnd.dxf")
    with pytest.raises(Invalid, match="not as a drawing"):
        record_answer(desk, number, fire.id, SAID, letter=drawing, actor=officer)
    record(desk, number, fire, officer)
    _, now = tasks_of(desk.session, number)
    assert (now.answer, now.answered_by, now.answered) == ("agrees", officer.person.id, NOW)
    last = history(desk.session, number, for_staff=False)[-1]
    assert (last.step, last.role, last.person_id) == ("answer:fire", "front_office", officer.person.id)
    assert last.told["paper"] == {
        "reference": "B2/77", "dated": "2026-11-16", "document": 7, "seq": 1, "sha256": "0" * 64,
        "role": "front_office",
    }  # fmt: skip
    with pytest.raises(Overtaken):
        answer_task(desk, fire.id, "objects", actor=an_actor(desk.session, desk.body, "agency"), told={})


def test_whoever_recorded_the_letter_does_not_decide(desk: Desk) -> None:
    number, visit, fire = waiting(desk)
    ordered(desk, "front_office")
    both = an_actor(desk.session, desk.body, "front_office", "approver")
    record(desk, number, fire, both)
    inspector = an_actor(desk.session, desk.body, "field_inspector")
    answer_task(desk, visit.id, "seen", actor=inspector, told={})
    version = case(desk.session, number).version
    with pytest.raises(NotAllowed) as refused:
        advance(desk, number, "grant", actor=both, version=version)
    assert refused.value.code == "same-person"
    other = an_actor(desk.session, desk.body, "approver")
    assert advance(desk, number, "grant", actor=other, version=version).state == "granted"


def test_who_only_saw_the_authority_answer_by_itself_may_decide(desk: Desk) -> None:
    """The other side: an answer that the authority gave itself makes nobody a maker."""
    number, visit, fire = waiting(desk)
    both = an_actor(desk.session, desk.body, "agency", "approver")
    answer_task(desk, fire.id, "agrees", actor=both, told={})
    answer_task(desk, visit.id, "seen", actor=an_actor(desk.session, desk.body, "field_inspector"), told={})
    assert (
        advance(desk, number, "grant", actor=both, version=case(desk.session, number).version).state
        == "granted"
    )


def test_nobody_records_without_an_order_and_the_newest_order_holds(desk: Desk) -> None:
    number, visit, fire = waiting(desk)
    front, verifier = (an_actor(desk.session, desk.body, each) for each in ("front_office", "verifier"))

    def who() -> list[bool]:
        asked = tasks_of(desk.session, number)
        return [
            bool(recordable(desk.session, asked, roles_in(desk.session, number, each)))
            for each in (front, verifier)
        ]

    assert who() == [False, False]
    for roles, may in (
        (("front_office",), [True, False]),
        (("verifier", "front_office"), [True, True]),
        ((), [False] * 2),
    ):
        ordered(desk, *roles)
        assert who() == may
    with pytest.raises(NotAllowed, match="ordered"):
        record(desk, number, fire, front)
    assert [each.roles for each in paper_rules(desk.session)] == [
        (),
        ("front_office", "verifier"),
        ("front_office",),
    ]
    assert fire.id not in recordable(desk.session, [visit], frozenset({"front_office"}))


def test_nobody_records_in_a_matter_of_their_own(desk: Desk) -> None:
    ordered(desk, "front_office")
    officer = an_actor(desk.session, desk.body, "front_office")
    opened = open_case(desk, parcels=["1/2"], actor=officer, told={})
    advance(desk, opened.id, "file", actor=officer, version=1)
    advance(
        desk, opened.id, "verify", actor=an_actor(desk.session, desk.body, "verifier"), version=2, note="x"
    )
    _, fire = tasks_of(desk.session, opened.id)
    with pytest.raises(NotAllowed, match="ordered"):
        record(desk, opened.id, fire, officer)
    record(desk, opened.id, fire, an_actor(desk.session, desk.body, "front_office"))


def test_an_order_names_its_number_and_only_roles_that_decide_nothing(desk: Desk) -> None:
    with pytest.raises(Invalid, match="approver"):
        ordered(desk, "approver")
    with pytest.raises(Invalid, match="order"):
        set_paper_rule(desk.session, desk.body, roles=(), source=" ", by=None, now=NOW)
    ordered(desk, "verifier")
    with pytest.raises(DBAPIError, match="permission denied"):
        desk.session.execute(text("UPDATE paper_desk SET roles = 'front_office'"))


@pytest.mark.parametrize(
    ("field", "wrong", "code"),
    [
        ("answer", "perhaps", "answer-missing"),
        ("words", " ", "reason-missing"),
        ("dated", "16.11.2026", "bad-date"),
        ("dated", "2026-11-19", "bad-date"),
        ("reference", " ", "field-missing"),
    ],
)
def test_a_letter_has_a_day_a_number_and_the_reason_of_an_objection(
    field: str, wrong: str, code: str
) -> None:
    form = {"answer": "objects", "words": "Too near.", "dated": "2026-11-18", "reference": " B2/ 77 "}
    today = date(2026, 11, 18)
    whole = on_paper(**form, today=today)
    assert (whole.reference, whole.dated) == ("B2/ 77", today)
    with pytest.raises(Invalid) as refused:
        on_paper(**{**form, field: wrong}, today=today)
    assert refused.value.code == code


def test_the_front_office_records_a_letter_at_its_door(door: TestClient) -> None:
    """From the inbox of the sample: the letter is read beside the answer, by the parties too, in both languages."""
    become(door, OFFICERS["agency"])
    number = next(part.split('"')[0] for part in door.get(f"{TOWN}/inbox").text.split("/cases/")[1:])
    become(door, OFFICERS["front_office"])
    page = f"{TOWN}/cases/{number}"
    form = next(part.split('"')[0] for part in door.get(page).text.split(f'href="{page}/tasks/')[1:])
    where = f"{page}/tasks/{form}"
    said = {
        "answer": "objects",
        "dated": "2026-01-05",
        "reference": "VO/12/2026",
        "note": "The ground is wet.",
    }
    sent = {"letter": ("letter.pdf", a_pdf(900))}
    assert door.get(where).status_code == 200
    for files, more, told in (
        ({}, {}, "Add the letter itself"),
        (sent, {"dated": "2999-01-01"}, "still to come"),
        ({"letter": ("letter.pdf", b"PK\x03\x04" + b"0" * 900)}, {}, "whatever its name says"),
    ):
        refused = door.post(where, data=said | more, files=files or None)
        assert (refused.status_code, told in refused.text, "VO/12/2026" in refused.text) == (422, True, True)
    assert "VO/12/2026" not in door.get(page).text
    assert door.post(where, data=said, files=sent, follow_redirects=False).status_code == 303
    assert door.post(where, data=said, files=sent).status_code == 409
    become(door, CITIZENS[0][0])
    read = door.get(f"{page}?lang=en")
    assert "recorded from paper by: Front office" in read.text
    assert "The ground is wet." in read.text
    letter = next(
        part.split('"')[0] for part in read.text.split(f'href="{TOWN}/documents/')[1:] if "full/1" in part
    )
    assert door.get(f"{TOWN}/documents/{letter}").content == a_pdf(900)
    assert "കടലാസിൽനിന്ന് രേഖപ്പെടുത്തിയത്" in door.get(f"{page}?lang=ml").text


def test_the_secretary_orders_and_everyone_reads_it(door: TestClient) -> None:
    where = f"{TOWN}/paper"
    assert "made up for the sample" in door.get(where).text
    become(door, OFFICERS["approver"])
    assert door.post(where, data={"source": "x", "verifier": "yes"}).status_code == 403
    become(door, OFFICERS["secretary"])
    assert door.post(where, data={"source": " ", "verifier": "yes"}).status_code == 422
    assert door.post(where, data={"source": "Order 9/2026", "verifier": "yes"}).status_code == 200
    assert "Order 9/2026" in door.get(where).text
