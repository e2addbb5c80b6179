"""A line of an extract is disputed from the plot's page, and the line says so until the office has decided."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from api.sample_town import BODY, CITIZENS, OFFICERS
from civic.core.bodies import inside
from civic.core.services import Service
from civic.core.steps import advance, open_case
from civic.core.workflow import PARTIES
from civic.land_records import service as land_records
from civic.objections.lines import LAND_TYPES, STATUSES
from civic.objections.service import SERVICE
from civic.objections.sketches import drawing, drawn_by
from gis.asof import AsOf
from gis.crs import to_geographic
from gis.db.session import transaction
from gis.errors import Conflict, Invalid
from gis.jurisdictions import jurisdiction
from gis.parcels.changes import NewParcel, correct
from gis.parcels.queries import parcel
from gis.recordings import last_recording
from gis.site import Status
from tests.civic.builders import NOW, an_actor
from tests.civic.test_sample_town import become, step, the_day_there
from web.languages import Language, Wording

TOWN = f"/town/{BODY.code}"
PLOT = f"/{BODY.jurisdiction}/plot?number=1/5&lang=en"


def dispute(door: TestClient, **form: str) -> tuple[int, str]:
    values = {"number": "1/5", "theme": "flood", "why": "It never floods here.", "evidence": "Survey 4"}
    answer = door.post(f"{TOWN}/objections/new", data=values | form, follow_redirects=False)
    return answer.status_code, answer.headers.get("location", answer.text)


def test_a_dispute_shows_on_its_line_without_a_name_until_it_is_decided(
    door: TestClient, sample_hall: Engine
) -> None:
    become(door, CITIZENS[0][0])
    assert f"{TOWN}/objections/new?number=1/5&amp;theme=flood" in door.get(PLOT).text
    status, place = dispute(door)
    number = place.rpartition("/")[2]
    assert status == 303
    assert number in door.get(PLOT).text
    stranger = TestClient(door.app)
    shown = stranger.get(PLOT).text
    assert "Disputed since" in shown
    assert number in shown
    assert CITIZENS[0][0] not in shown
    become(door, OFFICERS["verifier"])
    assert step(door, number, "examine", note="The gauge says otherwise.") == 303
    become(door, OFFICERS["secretary"])
    assert step(door, number, "dismiss", note="The map is right.") == 303
    assert "Disputed since" not in stranger.get(PLOT).text


def test_a_person_disputes_a_line_once_at_a_time(door: TestClient) -> None:
    become(door, CITIZENS[1][0])
    assert dispute(door, theme="area")[0] == 303
    status, told = dispute(door, theme="area")
    assert status == 422
    assert "already" in told


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"theme": "no_such_theme"}, 404),
        ({"number": "9/99"}, 404),
        ({"why": " "}, 422),
        ({"why": "x" * 2001}, 413),
        ({"sketch": "not json"}, 422),
        ({"sketch": '{"type": "Point", "coordinates": [0, 0]}'}, 422),
        ({"sketch": '{"type": "Point", "coordinates": ["a"]}'}, 422),
    ],
)
def test_what_cannot_be_disputed_is_refused(door: TestClient, form: dict[str, str], status: int) -> None:
    become(door, CITIZENS[2][0])
    found, told = dispute(door, **({"theme": "boundary"} | form))
    assert found in (status, 422)
    assert not re.search("OB-", told)


def test_the_plots_page_lists_cases_according_to_who_looks(door: TestClient) -> None:
    plot = f"/{BODY.jurisdiction}/plot?number=1/1&lang=en"
    stranger = door.get(plot)
    assert "LR-" not in stranger.text
    become(door, OFFICERS["auditor"])
    office = door.get(plot)
    assert "LR-" in office.text
    assert office.headers["cache-control"] == "no-store"
    become(door, CITIZENS[1][0])
    assert "LR-" not in door.get(plot).text
    become(door, CITIZENS[0][0])
    assert "LR-" in door.get(plot).text


def test_what_the_line_said_is_kept_in_both_languages(door: TestClient, sample_hall: Engine) -> None:
    become(door, CITIZENS[2][0])
    said = {
        "area": ("measured", "അളന്നത്"),
        "land_type": ("Purayidam", "പുരയിടം"),
        "number": ("1/6", "1/6"),
        "valid": ("since 01-01-1990", "01-01-1990 മുതൽ"),
        "flood": ("No data", "വിവരമില്ല"),
    }
    for theme, (english, malayalam) in said.items():
        new = f"{TOWN}/objections/new?number=1/6&theme={theme}"
        assert english in door.get(f"{new}&lang=en").text
        page = door.get(f"{new}&lang=ml").text
        assert malayalam in page
        status, place = dispute(door, number="1/6", theme=theme)
        assert status == 303
        assert english in door.get(f"{place}?lang=en").text
        assert malayalam in door.get(f"{place}?lang=ml").text
    with inside(sample_hall, BODY.code) as (session, _):
        rows = session.execute(
            text("SELECT shown_en, shown_ml FROM objection WHERE number = '1/6' AND theme = 'land_type'")
        ).one()
    assert tuple(rows) == ("Purayidam (garden land)", "പുരയിടം")


def test_every_status_and_land_type_of_the_pages_has_its_words_here() -> None:
    """What is kept with an objection is what the pages say."""
    for language in ("en", "ml"):
        words = Wording(language=Language(language))
        assert {key: getattr(each, language) for key, each in STATUSES.items()} == {
            key: words(f"status.{key}") for key in STATUSES
        }
        assert {key: getattr(each, language) for key, each in LAND_TYPES.items()} == {
            key: words(f"land_type.{key}") for key in words.part("land_type")
        }
    assert set(STATUSES) == {str(each) for each in Status}


def test_a_second_click_shows_the_first_objection(door: TestClient) -> None:
    become(door, CITIZENS[2][0])
    first = dispute(door, number="1/4", theme="area", mark="page-1")
    assert first[0] == 303
    assert dispute(door, number="1/4", theme="area", mark="page-1") == first
    status, told = dispute(door, number="1/4", theme="area", mark="page-2")
    assert status == 422
    assert "already" in told


def test_every_line_of_the_plots_page_can_be_disputed(door: TestClient) -> None:
    """Also those that are no theme: what the record says, where the plot lies, its streets, its heights, its neighbours."""
    become(door, CITIZENS[1][0])
    chooser = door.get(f"{TOWN}/objections/new?number=1/5&lang=en").text
    offered = re.findall(r"objections/new\?number=1/5&amp;theme=(\w+)", chooser)
    record = {"number", "ulpin", "address", "boundary", "land_type", "instrument", "valid"}
    assert record | {"area"} <= set(offered)
    assert {"streets", "terrain", "neighbours", "flood", "ward"} <= set(offered)
    page = door.get(PLOT).text
    assert f'{TOWN}/objections/new?number=1/5">' in page
    themes = set(re.findall(r"objections/new\?number=1/5&amp;theme=(\w+)", page))
    assert set(offered) - themes == record


@pytest.mark.parametrize("line", ["area", "ulpin", "instrument", "valid", "streets", "terrain", "neighbours"])
def test_a_dispute_shows_on_a_line_that_is_no_theme(door: TestClient, line: str) -> None:
    become(door, CITIZENS[1][0])
    status, place = dispute(door, number="1/3", theme=line)
    assert status == 303
    assert f"(case {place.rpartition('/')[2]})" in TestClient(door.app).get(PLOT.replace("1/5", "1/3")).text


def test_a_line_that_was_found_wrong_says_so_until_its_record_is_mended(
    door: TestClient, sample_hall: Engine, sample_owner: Engine
) -> None:
    plot = PLOT.replace("1/5", "1/2")
    become(door, CITIZENS[0][0])
    numbers = [
        dispute(door, number="1/2", theme=theme)[1].rpartition("/")[2] for theme in ("land_type", "flood")
    ]
    for number in numbers:
        become(door, OFFICERS["verifier"])
        assert step(door, number, "examine", note="It is so.") == 303
        become(door, OFFICERS["secretary"])
        assert step(door, number, "uphold", note="It is so.") == 303
    page = TestClient(door.app).get(plot).text
    assert [f"(case {number}). It stands here" in page for number in numbers] == [True, True]
    with transaction(sample_owner) as session:
        place = jurisdiction(session, BODY.jurisdiction)
        at = AsOf(on=the_day_there(), known=last_recording(session, place.code))
        standing = parcel(session, place, "1/2", at=at)
        again = NewParcel(
            number=standing.number,
            boundary=standing.boundary,
            accuracy=standing.accuracy,
            recorded_area=standing.recorded_area,
            land_type="thottam",
        )
        correct(session, place, "1/2", to=again, on=the_day_there(), instrument="Order 1")
    page = TestClient(door.app).get(plot).text
    assert [f"(case {number}). It stands here" in page for number in numbers] == [False, True]


@pytest.mark.parametrize(
    ("order", "kind"),
    [((1, 0), "Point"), ((0, 1), "Point"), ((1, 0, 2), "LineString"), ((1, 0, 3), "Polygon")],
)
def test_a_sketch_is_written_as_positions_in_either_order(
    sample_hall: Engine, order: tuple[int, ...], kind: str
) -> None:
    with inside(sample_hall, BODY.code) as (session, body):
        desk = SERVICE.desk(session, body, now=datetime.now(UTC))
        place = jurisdiction(session, body.jurisdiction)
        at = AsOf(on=the_day_there(), known=last_recording(session, place.code))
        spot = to_geographic(parcel(session, place, "1/5", at=at).boundary.centroid, place.metric)
        corners = [(spot.x, spot.y), (spot.x + 1e-4, spot.y), (spot.x, spot.y + 1e-4)]
        count = order[2] if len(order) == 3 else 1
        text = "\n".join(f"{each[order[0]]:.7f}, {each[order[1]]:.7f}" for each in corners[:count])
        kept = drawn_by(desk, "1/5", text)
        assert kept is not None
        assert kept["type"] == kind
        drawn = drawing(desk, "1/5", kept, at=at)
        assert drawn is not None
        assert [each.kind for each in drawn.outlines] == ["own", "meant"]
        for wrong in ("here", "10.5", "10.5, 76.2, 3", "0, 0", f"{text}\nthere"):
            with pytest.raises(Invalid):
                drawn_by(desk, "1/5", wrong)


def test_a_dispute_whose_objector_never_answers_is_decided_after_the_last_day(sample_hall: Engine) -> None:
    """On the last day the office still waits; on the next it may go on."""
    with inside(sample_hall, BODY.code) as (session, body):
        citizen, verifier = an_actor(session, body), an_actor(session, body, "verifier")
        desk = SERVICE.desk(session, body, now=NOW)
        opened = open_case(desk, parcels=[], actor=citizen, told={})
        asked = advance(desk, opened.id, "ask", actor=verifier, version=1, note="Which line?")
        assert asked.due is not None
        on = {days: SERVICE.desk(session, body, now=NOW + timedelta(days=days)) for days in (15, 16)}
        assert asked.due == on[15].today
        with pytest.raises(Conflict, match="may answer until"):
            advance(on[15], opened.id, "examine", actor=verifier, version=2, note="No answer.")
        done = advance(on[16], opened.id, "examine", actor=verifier, version=2, note="No answer.")
        assert done.state == "examined"
        session.rollback()


@pytest.mark.parametrize("service", [SERVICE, land_records.SERVICE])
def test_no_state_waits_for_a_party_alone(service: Service) -> None:
    """Whoever never answers holds up nobody: the office or time has a step, too."""
    for name, state in service.flow.states.items():
        if state.turn in PARTIES:
            acts = {role for step in service.flow.steps_from(name).values() for role in step.by}
            assert acts - set(PARTIES) - {"ledger"}, name
