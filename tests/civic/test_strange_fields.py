"""Fields that nobody could mean, and land that cannot be so: refused in words, and nothing of it stays."""

import base64
import json
import re
from datetime import UTC, datetime
from threading import Thread
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from shapely import Point
from sqlalchemy import Engine

from api.sample_town import BODY, CITIZENS
from civic.core.bodies import inside
from civic.core.people import people_in
from civic.land_records.land import _drawn, make, measured_by, standing
from civic.land_records.model import wanted_of
from gis.asof import AsOf
from gis.crs import to_geographic
from gis.db.session import transaction
from gis.errors import Conflict, Invalid
from gis.jurisdictions import found, jurisdiction
from gis.parcels.queries import parcel
from gis.recordings import last_recording
from tests.builders import a_parcel
from tests.civic.builders import NOW
from tests.civic.conftest import LAND
from tests.civic.test_sample_town import TOWN, apply_for, become, officer, pay, send_paper

TODAY = NOW.date()
HUGE = str(10**30)


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
