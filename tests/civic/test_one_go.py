"""A request is shown in, guarded, answered and committed in one go; whom a route is not for is told that before anything else."""

from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from api.app import ROUTERS
from api.sample_town import BODY, CITIZENS
from civic.core.bodies import inside
from civic.core.http import TownRoute
from tests.civic.test_sample_town import TOWN, become, officer

FEES = f"{TOWN}/land-records/fees"
"""A form that only the office may send."""


def test_every_route_that_asks_for_the_town_hall_enters_it_in_one_go() -> None:
    routes = [each.original_route for router in ROUTERS for each in iter_route_contexts(router.routes)]
    asking = [each for each in routes if "allowed" in str(getattr(each, "dependencies", ""))]
    assert len(asking) > 100
    assert [each for each in asking if not isinstance(each, TownRoute)] == []


def test_who_may_not_come_in_is_not_told_what_is_wrong_with_the_form(door: TestClient) -> None:
    wrong = {"kind": "king", "rupees": "much"}
    assert door.post(FEES, data=wrong).status_code == 401
    become(door, CITIZENS[0][0])
    assert door.post(FEES, data=wrong).status_code == 403
    officer(door, "secretary")
    assert door.post(FEES, data=wrong).status_code == 422


def test_a_town_hall_that_is_not_there_is_told_before_the_form(door: TestClient) -> None:
    assert door.post("/town/nowhere/land-records/fees", data={"kind": "king"}).status_code == 404


def test_a_form_of_another_site_is_refused_before_anything_is_asked(door: TestClient) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    assert door.post("/town/nowhere/land-records/fees", headers=headers).status_code == 403


def test_what_is_refused_writes_nothing(door: TestClient, sample_hall: Engine) -> None:
    count = text("SELECT count(*) FROM land_record_fee")
    officer(door, "secretary")
    past = {"kind": "merge", "rupees": "10", "begins": "2001-01-01", "source": "Order 1"}
    with inside(sample_hall, BODY.code) as (session, _):
        before = session.scalar(count)
    assert door.post(FEES, data=past).status_code == 409
    with inside(sample_hall, BODY.code) as (session, _):
        assert session.scalar(count) == before
