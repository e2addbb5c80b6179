"""What somebody with bad will, or with a strange browser, sends to the town hall: it is refused in words, and nothing of it stays."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from threading import Thread
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from shapely import Point
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.sample_town import BODY, CITIZENS, OFFICERS
from civic.core.bodies import LocalBody, inside
from civic.core.case import NoSuchCase, seen_by
from civic.core.desk import Overtaken
from civic.core.people import introduce, people_in, post, reach
from civic.core.sign_in import STAFF_STAY, actor, begin
from civic.core.steps import advance, answer_task, open_case
from civic.core.tables import CasePartyRow, CaseTaskRow
from civic.land_records.land import _drawn, make, measured_by, standing
from civic.land_records.model import wanted_of
from gis.asof import AsOf
from gis.crs import to_geographic
from gis.db.session import transaction
from gis.errors import Conflict, Invalid, NotAllowed
from gis.jurisdictions import found, jurisdiction
from gis.parcels.queries import parcel
from gis.recordings import last_recording
from tests.builders import a_parcel
from tests.civic.builders import NOW, a_desk, an_actor
from tests.civic.conftest import LAND
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


# Strange fields.


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "divide", "parts": "0002999999"},
        {"kind": "divide", "parts": "²"},
        {"kind": "divide", "parts": "9" * 5000},
        {"kind": "correct_area", "unit": "cent", "area": "1e-99999999"},
        {"kind": "correct_area", "unit": "cent", "area": "0.0000001"},
        {"kind": "correct_area", "unit": "cent", "area": "NaN"},
        {"kind": "correct_land_type", "land_type": "<b>Made up</b>"},
    ],
)
def test_a_field_that_nobody_could_mean_is_refused(form: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        wanted_of({"number": "1/1", "why": "w", "deed": "d"} | form)


@pytest.mark.parametrize(
    "coordinates",
    ["5", "[5]", "[[5]]", '[[["a","b"]]]', "[[[1e999,1],[1,1],[2,2]]]", f"[[[{'9' * 400},1],[1,1],[2,2]]]"],
)
def test_boundaries_that_are_none_are_refused(coordinates: str) -> None:
    polygon = f'{{"geometry":{{"type":"Polygon","coordinates":{coordinates}}}}}'
    with pytest.raises(Invalid):
        _drawn(LAND, f'{{"features":[{polygon},{polygon}]}}')


def test_boundaries_that_stand_in_each_other_too_deep_are_refused() -> None:
    with pytest.raises(Invalid):
        _drawn(LAND, "[" * 200_000)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/sign-in", {"address": "a\x00@example.org"}),
        ("/sign-in", {"address": "9" * 200}),
        ("/sign-in/code", {"address": "a@example.org", "code": "\x00"}),
        ("/sign-in/code", {"address": "a@example.org", "code": "1", "name": "\x00"}),
        ("/sign-in/demo", {"who": HUGE}),
        ("/sign-in/demo", {"who": "-1"}),
        ("/me/passkeys/" + HUGE + "/remove", {}),
    ],
)
def test_no_field_at_the_entrance_breaks_it(door: TestClient, path: str, data: dict[str, str]) -> None:
    become(door, CITIZENS[0][0])
    assert door.post(f"{TOWN}{path}", data=data).status_code in (404, 422)


def test_a_browser_in_an_unknown_language_is_sent_a_code(door: TestClient) -> None:
    door.cookies.set("lang", "xx")
    assert door.post(f"{TOWN}/sign-in", data={"address": "someone@citizen.example"}).status_code == 200


@pytest.mark.parametrize(
    ("path", "data"),
    [
        (f"/people/{HUGE}/end", {"ends": "2030-01-01"}),
        ("/people", {"name": "\x00", "address": "x@example.org", "role": "admin", "order_ref": "1"}),
        ("/people", {"name": "A", "address": "x@example.org", "role": "admin", "order_ref": "\x00"}),
        ("/calendar", {"day": "2031-01-01", "name_en": "\x00", "name_ml": "x"}),
        ("/calendar/0001-01-01/remove", {}),
        ("/land-records/fees", {"kind": "divide", "rupees": "1", "source": "\x00"}),
        ("/land-records/fees", {"kind": "divide", "rupees": "NaN", "source": "x"}),
    ],
)
def test_no_field_of_the_office_breaks_it(door: TestClient, path: str, data: dict[str, str]) -> None:
    officer(door, "admin")
    answer = door.post(f"{TOWN}{path}", data={"begins": "2031-01-01"} | data)
    assert answer.status_code in (404, 422)


@pytest.mark.parametrize(
    "days", ["ends=0001-01-05", "ends=9999-12-31", "begins=0001-01-01&ends=0001-01-02", "begins=2026-02-30"]
)
def test_no_day_breaks_the_board(door: TestClient, days: str) -> None:
    for path in (f"{TOWN}/board", f"/api{TOWN}/board", f"/api{TOWN}/board.csv"):
        assert door.get(f"{path}?{days}").status_code == 422


@pytest.mark.parametrize("told", [{"challenge": "\x00"}, {"challenge": "\ud800"}, [], {"challenge": "é"}])
def test_no_answer_of_a_passkey_breaks_the_entrance(door: TestClient, told: object) -> None:
    coded = base64.urlsafe_b64encode(json.dumps(told).encode()).decode()
    for answer in ({"id": "x", "response": {"clientDataJSON": coded}}, {"id": "\x00", "response": 5}):
        assert door.post(f"{TOWN}/sign-in/passkey", json=answer).status_code == 422


@pytest.mark.parametrize(
    "sketch",
    [
        '{"type":"Foo","coordinates":[]}',
        '{"type":"Point","coordinates":[NaN,NaN]}',
        '{"type":"Point","coordinates":[1e999,1]}',
        '{"type":"Point"}',
        '{"type":"Point","coordinates":[]}',
        '{"type":"LineString","coordinates":[[1,2]]}',
        '{"type":"GeometryCollection","geometries":[]}',
        "5",
        "[]",
        "[" * 90_000,
    ],
)
def test_no_sketch_breaks_an_objection(door: TestClient, sketch: str) -> None:
    become(door, CITIZENS[0][0])
    form = {"number": "1/8", "theme": "area", "why": "w", "evidence": "e", "sketch": sketch}
    assert door.post(f"{TOWN}/objections/new", data=form).status_code == 422


def test_half_a_letter_in_a_form_is_refused(door: TestClient) -> None:
    become(door, CITIZENS[0][0])
    body = (
        b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\ndivide\r\n'
        b'--x\r\nContent-Disposition: form-data; name="number"\r\n\r\n\\ud800\r\n--x--\r\n'
    )
    kind = {"content-type": "multipart/form-data; boundary=x; charset=unicode_escape"}
    assert door.post(f"{TOWN}/land-records/new", content=body, headers=kind).status_code in (400, 422)


def test_a_file_in_place_of_a_word_is_refused(door: TestClient) -> None:
    become(door, CITIZENS[0][0])
    for path in ("/land-records/new", "/objections/new", "/sign-in", "/me/erase"):
        answer = door.post(f"{TOWN}{path}", files={"address": ("a.txt", b"x"), "why": ("b.txt", b"y")})
        assert answer.status_code in (400, 422), path


@pytest.mark.parametrize("version", ["", "²", "-1", "9" * 40, "1e3"])
def test_no_version_breaks_a_step(door: TestClient, version: str) -> None:
    officer(door, "verifier")
    answer = door.post(
        f"{TOWN}/cases/LR-{datetime.now(UTC).year}-00002/steps/verify", data={"version": version}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example", "/town/kl-samplex", "\\\\evil"])
def test_signing_in_leads_nowhere_else(door: TestClient, onward: str, sample_hall: Engine) -> None:
    with inside(sample_hall, BODY.code) as (session, _):
        (who,) = people_in(session, "verifier", on=datetime.now(UTC).date())
    answer = door.post(f"{TOWN}/sign-in/demo", data={"who": who.id, "next": onward}, follow_redirects=False)
    assert answer.headers["location"] == TOWN


# The land.


def test_who_applies_does_not_learn_by_guessing_who_owns_a_plot(door: TestClient) -> None:
    become(door, CITIZENS[2][0])
    told = set()
    for name in ("Nobody At All", "Somebody Else"):
        number = apply_for(door, kind="correct_name", number="1/8", old_name=name, name="Another")
        page = door.get(f"{TOWN}/cases/{number}").text
        told.add(re.sub(r"[A-Z]{2}-\d{4}-\d{5}|/pay/[\w-]+|Nobody At All|Somebody Else", "", page))
    assert len(told) == 1


def test_the_verifier_is_told_that_no_owner_has_the_name(door: TestClient, sample_hall: Engine) -> None:
    become(door, CITIZENS[2][0])
    number = apply_for(door, kind="correct_name", number="1/8", old_name="Nobody", name="Another")
    send_paper(door, number)
    pay(sample_hall, number)
    officer(door, "verifier")
    page = door.get(f"{TOWN}/cases/{number}").text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    answer = door.post(f"{TOWN}/cases/{number}/steps/verify", data={"version": version[1]})
    assert answer.status_code == 409
    assert "no owner of this plot" in answer.text


def test_two_changes_of_one_plot_at_once_both_stand(engine: Engine) -> None:
    number = f"77/{uuid4().hex[:6]}"
    with transaction(engine) as session:
        place = found(session, LAND)
        a_parcel(session, place, number.upper(), x=9000, land_type="purayidam")
    area = wanted_of(
        {"kind": "correct_area", "number": number, "area": "9", "unit": "cent", "why": "w", "deed": "d"}
    )
    kind = wanted_of(
        {"kind": "correct_land_type", "number": number, "land_type": "nilam", "why": "w", "deed": "d"}
    )

    def change_the_type() -> None:
        with transaction(engine) as session:
            make(session, LAND, kind, None, on=TODAY, instrument="B")

    other = Thread(target=change_the_type)
    with transaction(engine) as session:
        make(session, LAND, area, None, on=TODAY, instrument="A")
        other.start()
        other.join(1.0)
        assert other.is_alive()
    other.join(20)
    with transaction(engine) as session:
        at = AsOf(on=TODAY, known=last_recording(session, LAND.code))
        stands = parcel(session, LAND, number, at=at)
    assert stands.land_type == "nilam"
    assert stands.recorded_area
    assert str(stands.recorded_area.value) == "9"


def test_a_division_keeps_off_slivers_and_numbers_that_end(sample_hall: Engine) -> None:
    with inside(sample_hall, BODY.code) as (session, _):
        place = jurisdiction(session, BODY.jurisdiction)
        wanted = wanted_of({"kind": "divide", "number": "1/6", "parts": "2", "why": "w", "deed": "d"})
        today = datetime.now(UTC).date()
        (plot,) = standing(session, place, wanted, on=today)
        west, south, east, north = plot.boundary.bounds

        def line(x: float) -> dict[str, str]:
            ends = [to_geographic(Point(x, y), place.metric) for y in (south, north)]
            return {
                field: f"{each.x:.9f},{each.y:.9f}"
                for field, each in zip(("line_from", "line_to"), ends, strict=True)
            }

        with pytest.raises(Conflict, match="narrower"):
            measured_by(
                session,
                place,
                wanted,
                line(west + plot.accuracy / 3) | {"numbers": "6/1\n6/2"},
                on=today,
            )
        middle = line((west + east) / 2)
        with pytest.raises(Conflict, match="choose new"):
            measured_by(session, place, wanted, middle | {"numbers": "1/6\n6/2"}, on=today)
        with pytest.raises(Conflict, match=r"does not cross|narrower"):
            measured_by(session, place, wanted, line(west) | {"numbers": "6/1\n6/2"}, on=today)
        for strange in ("nan,nan", "1e400,5", "999,999", "10.5,76.2"):
            with pytest.raises((Invalid, Conflict)):
                measured_by(
                    session, place, wanted, middle | {"line_to": strange, "numbers": "6/1\n6/2"}, on=today
                )
