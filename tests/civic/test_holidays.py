"""A day without office is added ahead, and who adds it knows which clocks it comes too late for."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.holidays import ClocksRun, Holiday, add_holiday, clocks_over, holidays, remove_holiday
from civic.core.steps import advance, open_case
from gis.errors import Conflict, Invalid
from tests.civic.builders import NOW, a_desk, an_actor
from tests.civic.hall import a_hall

TODAY = NOW.date()


def a_day(day: date) -> Holiday:
    return Holiday(day=day, name_en="Harvest", name_ml="കൊയ്ത്ത്")


def test_a_day_that_has_been_becomes_no_holiday(town: Session, body: LocalBody) -> None:
    with pytest.raises(Invalid, match="has been"):
        add_holiday(town, body, a_day(TODAY - timedelta(days=1)), today=TODAY, is_sure=True)
    add_holiday(town, body, a_day(TODAY), today=TODAY, is_sure=False)
    assert [each.day for each in holidays(town)] == [TODAY]
    with pytest.raises(Conflict, match="already"):
        add_holiday(town, body, a_day(TODAY), today=TODAY, is_sure=False)


def test_a_day_that_limits_were_counted_with_needs_to_be_sure(town: Session, body: LocalBody) -> None:
    """Filed on Wednesday 18 November, the verifier has until Saturday 21 November."""
    citizen, desk = an_actor(town, body), a_desk(town, body)
    filed = open_case(desk, parcels=[], actor=citizen, told={})
    filed = advance(desk, filed.id, "file", actor=citizen, version=1)
    assert filed.due == date(2026, 11, 21)
    assert (clocks_over(town, date(2026, 11, 21)), clocks_over(town, date(2026, 11, 22))) == (1, 0)
    add_holiday(town, body, a_day(date(2026, 11, 22)), today=TODAY, is_sure=False)
    with pytest.raises(ClocksRun, match="1 limit"):
        add_holiday(town, body, a_day(date(2026, 11, 21)), today=TODAY, is_sure=False)
    add_holiday(town, body, a_day(date(2026, 11, 21)), today=TODAY, is_sure=True)
    again = open_case(desk, parcels=[], actor=citizen, told={})
    again = advance(desk, again.id, "file", actor=citizen, version=1)
    assert again.due == date(2026, 11, 23)  # what begins from now on leaves the new holiday out


def test_a_task_counts_as_a_clock(town: Session, body: LocalBody) -> None:
    citizen, verifier, desk = an_actor(town, body), an_actor(town, body, "verifier"), a_desk(town, body)
    moved = open_case(desk, parcels=[], actor=citizen, told={})
    moved = advance(desk, moved.id, "file", actor=citizen, version=1)
    advance(desk, moved.id, "verify", actor=verifier, version=2, note="x")
    assert clocks_over(town, date(2026, 11, 24)) == 1  # the visit; the turn ends on the 20th
    assert clocks_over(town, date(2026, 11, 20)) == 3  # and the turn, and what is asked on its clock


def test_only_what_is_to_come_is_taken_out(town: Session, body: LocalBody) -> None:
    add_holiday(town, body, a_day(TODAY + timedelta(days=9)), today=TODAY, is_sure=False)
    with pytest.raises(Invalid):
        remove_holiday(town, TODAY, today=TODAY)
    remove_holiday(town, TODAY + timedelta(days=9), today=TODAY)
    assert holidays(town) == []


def test_the_calendars_page_asks_whether_one_is_sure(
    service_engine: Engine, own_body: LocalBody, tmp_path: Path
) -> None:
    hall = a_hall(service_engine, own_body, tmp_path)
    citizen = hall.person()
    with hall.inside() as session:
        desk = a_desk(session, own_body)
        filed = open_case(desk, parcels=[], actor=citizen, told={})
        filed = advance(desk, filed.id, "file", actor=citizen, version=1)
        session.connection().exec_driver_sql("UPDATE civic_case SET due = '2099-01-01'")
    client = hall.client(hall.person("secretary"))
    form = {"day": "2098-12-31", "name_en": "Harvest", "name_ml": "കൊയ്ത്ത്"}
    asked = client.post(f"{hall.path}/calendar", data=form)
    assert asked.status_code == 409
    assert 'name="sure"' in asked.text
    assert 'value="Harvest"' in asked.text
    for wrong, ours in (
        ({"day": "2020-01-01"}, "കഴിഞ്ഞുപോയ ദിവസം അവധിയാക്കാനാവില്ല"),
        ({"day": "soon"}, "ഇത് തീയതിയല്ല"),
        ({"name_ml": ""}, "രണ്ടു ഭാഷയിലും"),
    ):
        refused = client.post(f"{hall.path}/calendar?lang=ml", data=form | wrong)
        assert (refused.status_code, ours in refused.text) == (422, True)
        assert 'value="Harvest"' in refused.text
    gone = client.post(f"{hall.path}/calendar/2020-01-01/remove?lang=ml")
    assert (gone.status_code, "കലണ്ടറിൽ നിലനിൽക്കും" in gone.text) == (422, True)
    assert client.post(f"{hall.path}/calendar", data=form | {"sure": "yes"}).status_code == 303
    assert "Harvest" in client.get(f"{hall.path}/calendar?lang=en").text
