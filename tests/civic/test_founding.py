"""A local body opens its town hall, sets its fees, and lets nobody in without a code."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from api.founding import Administrator, open_town_hall
from api.sample_town import BODY, CITIZENS, OFFICERS
from civic.core.bodies import LocalBody, NoSuchBody, found_body, inside
from civic.core.people import people_in
from gis.db.session import transaction
from gis.errors import Conflict, Invalid, NotFound
from gis.jurisdictions import found
from tests.civic.conftest import LAND
from tests.civic.test_sample_town import become

NOW = datetime.now(UTC)
FIRST = Administrator(name="Deepa", address="deepa@example.org", order_ref="Order 1/2026")
FEES = f"/town/{BODY.code}/land-records/fees"


def a_real_body(owner: Engine) -> LocalBody:
    """A local body with a land of its own, yet to be opened."""
    code = f"real-{uuid4().hex[:8]}"
    with transaction(owner) as session:
        found(session, replace(LAND, code=code))
    return replace(BODY, code=code, jurisdiction=code, synthetic=False)


def test_a_town_hall_opens_with_its_administrator(
    sample_owner: Engine, sample_hall: Engine, door: TestClient
) -> None:
    body = a_real_body(sample_owner)
    open_town_hall(sample_owner, body, FIRST, now=NOW)
    with inside(sample_hall, body.code) as (session, _):
        assert [each.name for each in people_in(session, "admin", on=NOW.date() + timedelta(days=1))] == [
            "Deepa"
        ]
    assert 'name="who"' not in door.get(f"/town/{body.code}/sign-in").text
    assert door.post(f"/town/{body.code}/sign-in/demo", data={"who": 1}).status_code == 403
    with pytest.raises(Conflict, match="already"):
        open_town_hall(sample_owner, body, FIRST, now=NOW)


def test_one_land_has_one_town_hall(sample_owner: Engine) -> None:
    first = a_real_body(sample_owner)
    second = replace(first, code=f"{first.code}-2")
    open_town_hall(sample_owner, first, FIRST, now=NOW)
    with pytest.raises(Conflict, match=f"has its town hall already: {first.code}"):
        open_town_hall(sample_owner, second, FIRST, now=NOW)
    on_the_sample = replace(first, code=f"{first.code}-3", jurisdiction=BODY.jurisdiction)
    with pytest.raises(Conflict, match=f"already: {BODY.code}"):
        open_town_hall(sample_owner, on_the_sample, FIRST, now=NOW)
    for refused in (second, on_the_sample):
        with pytest.raises(NoSuchBody), inside(sample_owner, refused.code):
            pass


def test_the_database_itself_refuses_a_second_town_hall_on_a_land(sample_owner: Engine) -> None:
    first = a_real_body(sample_owner)
    with transaction(sample_owner) as session:
        found_body(session, first)
    with (
        pytest.raises(IntegrityError, match="local_body_jurisdiction_key"),
        transaction(sample_owner) as session,
    ):
        found_body(session, replace(first, code=f"{first.code}-2"))


def test_of_two_foundings_at_once_one_is_refused(sample_owner: Engine) -> None:
    first = a_real_body(sample_owner)
    both = Barrier(2)

    def open_it(mark: str) -> str:
        both.wait(20)
        try:
            open_town_hall(sample_owner, replace(first, code=f"{first.code}-{mark}"), FIRST, now=NOW)
        except Conflict:
            return "refused"
        return "opened"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(open_it, "ab")) == ["opened", "refused"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code": "Two Words"}, Invalid),
        ({"rest_days": "1,2,3,4,5,6,7"}, Invalid),
        ({"time_zone": "Mars/Olympus"}, Invalid),
        ({"jurisdiction": "nowhere"}, NotFound),
    ],
)
def test_what_cannot_be_opened_leaves_nothing(
    sample_owner: Engine, change: dict[str, str], error: type[Exception]
) -> None:
    body = replace(a_real_body(sample_owner), **change)  # type: ignore[arg-type]
    with pytest.raises(error):
        open_town_hall(sample_owner, body, FIRST, now=NOW)
    with pytest.raises(NoSuchBody), inside(sample_owner, body.code):
        pass


def test_a_fee_is_set_from_today_on_with_its_source(door: TestClient) -> None:
    become(door, OFFICERS["secretary"])
    later = (NOW + timedelta(days=40)).date()
    form = {"kind": "merge", "rupees": "125.50", "begins": str(later), "source": "Resolution 9/2026"}
    assert door.post(FEES, data=form, follow_redirects=False).status_code == 303
    assert "125.50" in door.get(FEES).text
    assert door.post(FEES, data=form).status_code == 409
    assert door.post(FEES, data=form | {"begins": "2020-01-01"}).status_code == 409


@pytest.mark.parametrize(
    "change",
    [
        {"rupees": "0"},
        {"rupees": "-1"},
        {"rupees": "1.001"},
        {"rupees": "NaN"},
        {"source": " "},
        {"kind": "x"},
    ],
)
def test_a_fee_that_is_none_is_refused(door: TestClient, change: dict[str, str]) -> None:
    become(door, OFFICERS["secretary"])
    later = (NOW + timedelta(days=41)).date()
    form = {"kind": "merge", "rupees": "10", "begins": str(later), "source": "Resolution"}
    assert door.post(FEES, data=form | change).status_code == 422


def test_a_citizen_sets_no_fee(door: TestClient) -> None:
    become(door, CITIZENS[0][0])
    form = {"kind": "merge", "rupees": "10", "begins": "2030-01-01", "source": "me"}
    assert door.post(FEES, data=form).status_code == 403
