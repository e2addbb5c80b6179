"""A form sent twice opens one case, whether one after the other or at the same moment."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from api.sample_town import BODY, CITIZENS, OFFICERS
from civic.core.bodies import inside
from civic.core.money.demands import demands_of
from civic.core.once import keep_form, opened_by_form
from civic.core.privacy.looks import forget_old
from civic.core.steps import open_case
from tests.civic.builders import NOW, a_desk, an_actor
from tests.civic.test_sample_town import TOWN, become

FORM = {
    "kind": "correct_land_type",
    "number": "1/8",
    "land_type": "nilam",
    "deed": "Deed 7",
    "why": "Test",
}


def marked(door: TestClient) -> dict[str, str]:
    """The form as a page gives it out."""
    page = door.get(f"{TOWN}/land-records/new?number=1/8&kind=correct_land_type").text
    mark = re.search(r'name="mark" value="([\w-]+)"', page)
    assert mark
    return FORM | {"mark": mark[1]}


def sent(door: TestClient, form: dict[str, str]) -> str:
    answer = door.post(f"{TOWN}/land-records/new", data=form, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_a_second_click_shows_the_first_case(door: TestClient, sample_hall: Engine) -> None:
    become(door, CITIZENS[0][0])
    form = marked(door)
    place = sent(door, form)
    assert sent(door, form) == place
    with inside(sample_hall, BODY.code) as (session, _):
        number = place.rpartition("/")[2]
        case_id = session.scalar(text("SELECT id FROM civic_case WHERE number = :n"), {"n": number})
        assert len(demands_of(session, case_id)) == 1


def test_two_clicks_at_the_same_moment_open_one_case(door: TestClient) -> None:
    become(door, CITIZENS[1][0])
    form, both = marked(door), Barrier(2)

    def click(_: int) -> str:
        client = TestClient(door.app, cookies=dict(door.cookies))
        both.wait(20)
        return sent(client, form)

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(click, range(2)))) == 1


def test_another_wish_another_page_and_another_person_are_other_cases(door: TestClient) -> None:
    become(door, CITIZENS[2][0])
    form = marked(door)
    places = {sent(door, form), sent(door, form | {"why": "Another"}), sent(door, marked(door))}
    become(door, CITIZENS[0][0])
    places.add(sent(door, form))
    without = {key: value for key, value in form.items() if key != "mark"}
    places |= {sent(door, without), sent(door, without)}
    assert len(places) == 6


def test_a_form_that_was_refused_is_sent_again_with_its_mark(door: TestClient) -> None:
    become(door, CITIZENS[2][0])
    form = marked(door)
    answer = door.post(f"{TOWN}/land-records/new", data=form | {"number": "9/99"})
    assert answer.status_code == 422
    assert form["mark"] in answer.text
    assert sent(door, form)


def test_a_form_is_remembered_for_a_month(town, body) -> None:
    who = an_actor(town, body)
    me, form = who.person.id, {"mark": "m", "why": "x"}
    opened = open_case(a_desk(town, body), parcels=[], actor=who, told={})
    keep_form(town, opened, me, form, now=NOW)
    assert opened_by_form(town, body, me, form) == opened.number
    assert forget_old(town, now=NOW + timedelta(days=30)) == 0
    assert forget_old(town, now=NOW + timedelta(days=30, seconds=1)) == 1
    assert opened_by_form(town, body, me, form) is None


# A fee that two set at once, and what becomes of one.


def test_two_who_set_a_fee_at_once_are_told_apart(door: TestClient) -> None:
    become(door, OFFICERS["secretary"])
    begins = str((datetime.now(UTC) + timedelta(days=77)).date())
    form = {"kind": "divide", "rupees": "70", "begins": begins, "source": "Resolution 1"}
    both = Barrier(2)

    def click(source: str) -> int:
        client = TestClient(door.app, cookies=dict(door.cookies))
        both.wait(20)
        answer = client.post(
            f"{TOWN}/land-records/fees", data=form | {"source": source}, follow_redirects=False
        )
        return answer.status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(click, ("Resolution 1", "Resolution 2"))) == [303, 409]


@pytest.mark.parametrize("language", ["en", "ml"])
def test_the_cases_page_says_what_becomes_of_the_fee(door: TestClient, language: str) -> None:
    become(door, CITIZENS[0][0])
    place = sent(door, FORM)
    said = {
        "en": ("if the case ends before it is paid", "The fee is asked no more"),
        "ml": ("ഫീസിന് എന്തു സംഭവിക്കും", "ഇനി ഫീസ് ചോദിക്കില്ല"),
    }[language]
    page = door.get(f"{place}?lang={language}").text
    assert said[0] in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    door.post(f"{place}/steps/withdraw", data={"version": version[1]})
    page = door.get(f"{place}?lang={language}").text
    assert said[1] in page
    assert said[0] not in page


def test_a_fee_that_was_paid_stays_when_the_case_is_refused(door: TestClient, sample_hall: Engine) -> None:
    from tests.civic.test_sample_town import officer, pay, step

    become(door, CITIZENS[0][0])
    number = sent(door, FORM).rpartition("/")[2]
    pay(sample_hall, number)
    officer(door, "approver")
    assert step(door, number, "refuse", note="No.") == 303
    become(door, CITIZENS[0][0])
    page = door.get(f"{TOWN}/cases/{number}?lang=en").text
    assert "was paid and stays with the local body" in page
    with inside(sample_hall, BODY.code) as (session, _):
        case_id = session.scalar(text("SELECT id FROM civic_case WHERE number = :n"), {"n": number})
        assert [each.state for each in demands_of(session, case_id)] == ["paid"]
