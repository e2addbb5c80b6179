"""The sample's town hall has something to show on every page, and its cases run to their end through HTTP."""

import re
from datetime import UTC, date, datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.sample_town import BODY, CITIZENS, OFFICERS, found_sample_town
from civic.core.bodies import inside
from civic.core.working_days import day_there
from gis.asof import AsOf
from gis.crs import to_geographic
from gis.errors import Gone
from gis.jurisdictions import jurisdiction
from gis.parcels.queries import parcel
from gis.recordings import last_recording

TOWN = f"/town/{BODY.code}"


def the_day_there() -> date:
    """Today at the town hall, where midnight is not Greenwich's."""
    return day_there(datetime.now(UTC), BODY.time_zone)


def become(door: TestClient, name: str) -> None:
    """Sign in as one of the sample's people."""
    page = door.get(f"{TOWN}/sign-in").text
    number = re.search(rf'name="who" value="(\d+)">(?:(?!</form>).)*{re.escape(name)}', page, re.S)
    assert number, name
    assert door.post(f"{TOWN}/sign-in/demo", data={"who": number[1]}).status_code == 200


def officer(door: TestClient, role: str) -> None:
    become(door, OFFICERS[role])


def test_a_town_hall_that_stands_is_left_as_it_is(sample_owner: Engine) -> None:
    assert found_sample_town(sample_owner, now=datetime.now(UTC)) is False


def test_there_is_a_case_in_every_state_that_waits(sample_hall: Engine) -> None:
    with inside(sample_hall, BODY.code) as (session, _):
        states = set(
            session.scalars(
                text("SELECT state FROM civic_case WHERE service = 'land_records' AND serial <= 6")
            )
        )
    assert states == {"fee_due", "checking", "asked", "visiting", "deciding", "refused"}


@pytest.mark.parametrize(
    "path", ["", "/sign-in", "/workflows", "/workflows/land_records", "/calendar", "/my", "/inbox", "/people"]
)
@pytest.mark.parametrize("language", ["en", "ml"])
def test_every_page_shows_in_both_languages(door: TestClient, path: str, language: str) -> None:
    officer(door, "admin")
    answer = door.get(f"{TOWN}{path}?lang={language}")
    assert answer.status_code == 200, answer.text[-400:]
    assert answer.headers["content-language"] == language
    assert answer.headers["cache-control"] == "no-store"


def test_who_is_not_signed_in_is_asked_to(door: TestClient) -> None:
    for path in ("/my", "/inbox", "/people", "/cases/LR-2026-00001", "/land-records/new"):
        assert door.get(f"{TOWN}{path}", follow_redirects=False).status_code in (303, 401)


def test_a_citizen_may_not_into_the_office(door: TestClient) -> None:
    become(door, CITIZENS[0][0])
    assert door.get(f"{TOWN}/inbox").status_code == 403
    assert door.get(f"{TOWN}/people").status_code == 403
    assert (
        door.post(f"{TOWN}/calendar", data={"day": "2030-01-01", "name_en": "x", "name_ml": "x"}).status_code
        == 403
    )


def test_a_citizen_finds_no_case_of_another_by_guessing(door: TestClient) -> None:
    become(door, CITIZENS[0][0])
    answers = [
        door.get(f"{TOWN}/cases/LR-{datetime.now(UTC).year}-{serial:05d}").status_code
        for serial in range(1, 8)
    ]
    assert answers.count(200) == 2
    assert set(answers) == {200, 404}


def test_a_form_of_another_site_is_refused(door: TestClient) -> None:
    become(door, CITIZENS[0][0])
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}):
        answer = door.post(f"{TOWN}/sign-out", headers=headers)
        assert answer.status_code == 403
    assert door.get(f"{TOWN}/my").status_code == 200


def test_only_a_synthetic_body_lets_anyone_be_somebody(sample_hall: Engine, sample_owner: Engine) -> None:
    with Session(sample_hall) as session:
        session.execute(text("SELECT 1"))
        allowed = session.scalar(text("SELECT has_table_privilege('local_body', 'UPDATE')"))
    assert allowed is False


def apply_for(door: TestClient, **form: str) -> str:
    answer = door.post(
        f"{TOWN}/land-records/new", data={"deed": "Deed 7", "why": "Test"} | form, follow_redirects=False
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].rpartition("/")[2]


def send_paper(door: TestClient, number: str, kind: str = "deed", title: str = "The deed") -> None:
    """Send a paper to a case, as whoever is signed in."""
    answer = door.post(
        f"{TOWN}/cases/{number}/documents",
        data={"title": title, "kind": kind},
        files={"file": ("deed.pdf", b"%PDF-1.4\n% " + number.encode(), "application/pdf")},
        follow_redirects=False,
    )
    assert answer.status_code == 303, answer.text


def pay(sample_hall: Engine, number: str) -> None:
    """Pay the fee of a case at the counter."""
    from civic.core.case import case_numbered
    from civic.core.money.counter import take_cash
    from civic.core.money.demands import demands_of
    from civic.core.people import people_in

    now = datetime.now(UTC)
    with inside(sample_hall, BODY.code) as (session, body):
        (counter,) = people_in(session, "counter", on=now.date())
        (owed,) = demands_of(session, case_numbered(session, number).id)
        take_cash(session, body, owed.id, amount=owed.amount, by=counter.id, now=now)


def step(door: TestClient, number: str, name: str, **form: str) -> int:
    page = door.get(f"{TOWN}/cases/{number}").text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version, page
    answer = door.post(
        f"{TOWN}/cases/{number}/steps/{name}", data={"version": version[1]} | form, follow_redirects=False
    )
    return answer.status_code


def answer_village(door: TestClient, number: str) -> None:
    officer(door, "agency")
    page = door.get(f"{TOWN}/cases/{number}").text
    task = re.search(r"/tasks/(\d+)", page)
    assert task
    assert (
        door.post(
            f"{TOWN}/cases/{number}/tasks/{task[1]}", data={"answer": "agrees"}, follow_redirects=False
        ).status_code
        == 303
    )


def test_a_plot_is_divided_from_the_citizens_phone_to_the_officers_decision(
    door: TestClient, sample_hall: Engine, sample_owner: Engine
) -> None:
    become(door, CITIZENS[2][0])
    form = {"number": "1/7", "theme": "area", "why": "wrong", "evidence": "deed"}
    disputed = door.post(f"{TOWN}/objections/new", data=form, follow_redirects=False).headers["location"]
    become(door, CITIZENS[1][0])
    number = apply_for(door, kind="divide", number="1/7", parts="2")
    assert "₹ 50" in door.get(f"{TOWN}/cases/{number}").text
    send_paper(door, number)
    pay(sample_hall, number)
    officer(door, "verifier")
    assert number in door.get(f"{TOWN}/inbox").text
    assert step(door, number, "verify") == 303
    answer_village(door, number)
    officer(door, "field_inspector")
    with Session(sample_hall) as session:
        place = jurisdiction(session, BODY.jurisdiction)
        at = AsOf(on=the_day_there(), known=last_recording(session, BODY.jurisdiction))
        old = parcel(session, place, "1/7", at=at)
    west, south, east, north = old.boundary.bounds
    from shapely import Point

    ends = [to_geographic(Point((west + east) / 2, y), place.metric) for y in (south, north)]
    line = {"line_from": f"{ends[0].x:.8f},{ends[0].y:.8f}", "line_to": f"{ends[1].x:.8f},{ends[1].y:.8f}"}
    assert step(door, number, "report", numbers="1/7-1", note="Measured", **line) == 422
    assert step(door, number, "report", numbers="1/7-1\n1/7-2", note="Measured", **line) == 303
    officer(door, "approver")
    assert step(door, number, "grant") == 303
    page = door.get(f"{TOWN}/cases/{number}").text
    assert "1/7-2" in page
    drawn = page[page.index('class="case-head"') :]
    assert "data-case-map" in drawn, (
        "it was decided on the day it was opened, and shows the plot that it ended"
    )
    assert re.findall(r'"number": ?"([^"]+)"', drawn.replace("&#34;", '"')) == ["1/7"]
    with Session(sample_hall) as session:
        known = last_recording(session, BODY.jurisdiction)
        at = AsOf(on=the_day_there(), known=known)
        parts = [parcel(session, place, each, at=at) for each in ("1/7-1", "1/7-2")]
        with pytest.raises(Gone) as gone:
            parcel(session, place, "1/7", at=at)
    assert sum(part.measured_area for part in parts) == pytest.approx(old.measured_area, abs=0.05)
    assert gone.value.successors == ("1/7-1", "1/7-2")
    assert {part.instrument for part in parts} == {f"{number}, {BODY.name_en}"}
    stands_under_the_former_number(door, number, disputed.rpartition("/")[2])


def stands_under_the_former_number(door: TestClient, divided: str, disputed: str) -> None:
    """What stood on 1/7 shows on what became of it, to whoever it showed to there; on its neighbour nothing of it."""

    def seen(who: str | None, plot: str, language: str = "en") -> list[bool]:
        looks = TestClient(door.app)
        if who:
            become(looks, who)
        page = looks.get(f"/{BODY.jurisdiction}/plot?number={plot}&lang={language}").text
        former = "under the former number 1/7<" if language == "en" else "മുൻ നമ്പർ 1/7-ൽ<"
        return [
            f"cases/{divided}" in page,
            f"cases/{disputed}" in page,
            f"{disputed})" in page,
            former in page,
        ]

    assert seen(OFFICERS["approver"], "1/7-1") == [True, True, True, True]
    assert seen(CITIZENS[1][0], "1/7-2", "ml") == [True, False, True, True]
    assert seen(CITIZENS[2][0], "1/7-2") == [False, True, True, True]
    assert seen(None, "1/7-1") == [False, False, True, True]
    assert seen(OFFICERS["approver"], "1/6") == [False, False, False, False]


def test_a_wrong_land_type_is_corrected_and_what_was_believed_is_kept(
    door: TestClient, sample_hall: Engine
) -> None:
    become(door, CITIZENS[2][0])
    number = apply_for(door, kind="correct_land_type", number="1/8", land_type="nilam")
    send_paper(door, number, "letter")
    pay(sample_hall, number)
    officer(door, "verifier")
    assert step(door, number, "verify") == 303
    answer_village(door, number)
    officer(door, "field_inspector")
    assert step(door, number, "report", note="Paddy stands here.") == 303
    with Session(sample_hall) as session:
        before = last_recording(session, BODY.jurisdiction)
    officer(door, "approver")
    assert step(door, number, "grant") == 303
    with Session(sample_hall) as session:
        place = jurisdiction(session, BODY.jurisdiction)
        day = the_day_there()
        now_known = AsOf(on=day, known=last_recording(session, BODY.jurisdiction))
        assert parcel(session, place, "1/8", at=now_known).land_type == "nilam"
        assert parcel(session, place, "1/8", at=AsOf(on=day, known=before)).land_type == "purayidam"


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"kind": "divide", "number": "9/99", "parts": "2"}, "9/99"),
        ({"kind": "divide", "number": "1/8", "parts": "1"}, "2 to 20"),
        ({"kind": "merge", "number": "1/1", "others": "1/5"}, "side by side"),
        ({"kind": "correct_area", "number": "1/8", "area": "many", "unit": "cent"}, "as a number"),
        ({"kind": "correct_area", "number": "1/8", "area": "-4", "unit": "cent"}, "above 0"),
        ({"kind": "correct_land_type", "number": "1/6", "land_type": "purayidam"}, "already"),
        ({"kind": "sing", "number": "1/8"}, "Choose what"),
    ],
)
def test_what_the_land_cannot_bear_is_refused_with_the_form_kept(
    door: TestClient, form: dict[str, str], told: str
) -> None:
    become(door, CITIZENS[0][0])
    answer = door.post(f"{TOWN}/land-records/new", data={"deed": "Deed 7", "why": "Test of words"} | form)
    assert answer.status_code == 422
    assert told in answer.text


def test_who_sent_a_step_from_an_old_page_is_told(door: TestClient, sample_hall: Engine) -> None:
    become(door, CITIZENS[0][0])
    number = apply_for(door, kind="correct_land_type", number="1/1", land_type="nilam")
    pay(sample_hall, number)
    officer(door, "verifier")
    answer = door.post(f"{TOWN}/cases/{number}/steps/verify", data={"version": "1", "note": "kept words"})
    assert answer.status_code == 409
    assert "moved on" in answer.text
    assert "kept words" in answer.text


def test_the_page_of_a_case_lists_its_papers(door: TestClient) -> None:
    """Whoever decides has land, history, papers, notes and steps before them on one page."""
    become(door, CITIZENS[1][0])
    number = apply_for(door, kind="correct_land_type", number="1/1", land_type="nilam")
    send_paper(door, number, title="Partition deed 9/2026")
    officer(door, "verifier")
    page = door.get(f"{TOWN}/cases/{number}?lang=en").text
    papers = page[page.index('id="papers"') :]
    papers = papers[: papers.index("</section>")]
    assert "Partition deed 9/2026" in papers
    file = re.search(r'href="([^"]*/documents/\d+/full/1)"', papers)
    assert file
    assert door.get(file[1]).content.startswith(b"%PDF")
