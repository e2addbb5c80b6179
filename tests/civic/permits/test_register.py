"""The register tells everyone what was permitted, and nobody who asked for it."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, enter
from civic.permits.model import Kind, NoSuchPermit
from civic.permits.register import Wanted, key_of, permit_shown, permits_in, permits_on, state_on
from gis.errors import Invalid
from tests.civic.builders import NOW
from tests.civic.hall import Hall, a_hall
from tests.civic.permits.issued import PRIVATE, a_permit
from tests.civic.permits.visiting import a_plot

TODAY = NOW.date()
DAY = timedelta(days=1)


def found(session: Session, **wanted: object) -> list[str]:
    return [each.number for each in permits_in(session, Wanted(**wanted), on=TODAY)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("until", "revoked", "state"),
    [
        (TODAY, None, "in_force"),
        (TODAY - DAY, None, "ended"),
        (None, None, "in_force"),
        (None, TODAY, "revoked"),
        (None, TODAY + DAY, "in_force"),
        (TODAY - DAY, TODAY, "revoked"),
    ],
)
def test_a_permit_holds_up_to_and_with_its_last_day(
    town: Session, body: LocalBody, until: date | None, revoked: date | None, state: str
) -> None:
    assert state_on(until, revoked, TODAY) == state
    number = a_permit(town, body, until=until, revoked=(revoked, "Built otherwise.") if revoked else None)
    for each in ("in_force", "ended", "revoked"):
        assert (number in found(town, state=each)) == (each == state), "the question agrees with the answer"


def test_permits_are_found_by_number_plot_kind_way_and_day(town: Session, body: LocalBody) -> None:
    one = a_permit(town, body, "12/104", kind="well", route="officer", issued=date(2026, 3, 1))
    two = a_permit(town, body, "12/105-3", issued=date(2026, 3, 2))
    old = a_permit(town, body, "12/104", number="BA/17/2009-10", route="earlier", issued=date(2009, 5, 5))
    assert found(town) == [two, one, old]
    assert found(town, text="12/104") == [one, old]
    assert found(town, text=" 12/105-3 ") == [two]
    assert found(town, text="ba/17") == [old]
    assert found(town, text=one.lower()) == [one]
    assert found(town, text="%") == []
    assert found(town, kind="well") == [one]
    assert found(town, route="earlier") == [old]
    assert found(town, begins=date(2026, 3, 2)) == [two]
    assert found(town, begins=date(2026, 3, 1), ends=date(2026, 3, 1)) == [one]
    assert [each.number for each in permits_on(town, ["12/104"], on=TODAY)] == [one, old]


def test_a_register_is_read_page_by_page_without_gap_or_double(town: Session, body: LocalBody) -> None:
    numbers = {a_permit(town, body, issued=TODAY - timedelta(days=each // 3)) for each in range(10)}
    read: list[str] = []
    after = None
    while page := permits_in(town, Wanted(), on=TODAY, after=after, most=3):
        read += [each.number for each in page]
        issued, number = page[-1].key
        after = key_of(f"{issued}~{number}")
    assert len(read) == len(numbers)
    assert set(read) == numbers


@pytest.mark.parametrize("wrong", [{"kind": "castle"}, {"route": "bribe"}, {"state": "lost"}])
def test_what_the_register_does_not_know_is_refused(town: Session, wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        found(town, **wrong)


def test_one_body_does_not_see_anothers_permits(
    town: Session, body: LocalBody, other_body: LocalBody
) -> None:
    number = a_permit(town, body)
    enter(town, other_body.code)
    assert found(town) == []
    with pytest.raises(NoSuchPermit):
        permit_shown(town, number, on=TODAY)


def test_a_permit_tells_its_decision_clause_by_clause(town: Session, body: LocalBody) -> None:
    shown = permit_shown(town, a_permit(town, body), on=TODAY)
    told = {each.how: each for each in shown.points}
    assert told["overruled"].words == "The street was surveyed at 3.2 m."
    assert told["condition"].words == "Plant a tree."
    assert told["declared"].words_ml == "1.5 മീറ്ററിൽ കൂടില്ല."
    assert (told["measured"].measured, told["measured"].clause) == ("2.1 m", "26(4) Table 4")
    assert told["accepted"].words == "", "an officer's remark stays in the case"
    assert [each.kind for each in shown.papers] == ["plan"], "a name of a file may name a person"


@pytest.fixture
def hall(service_engine: Engine, engine: Engine, own_body: LocalBody, tmp_path: Path) -> Hall:
    """A town hall with permits of every kind."""
    a_plot(engine, own_body)
    made = a_hall(service_engine, own_body, tmp_path)
    with made.inside() as session:
        master = a_permit(session, own_body, "12/104", found={"measures": MEASURES})
        for kind in Kind:
            a_permit(session, own_body, "12/104", kind=kind, of_permit=master if kind == "renewal" else None)
        a_permit(session, own_body, "12/104", number="BA/17/2009-10", route="earlier", until=date(2014, 1, 1))
        a_permit(session, own_body, "12/104", revoked=(TODAY, "Not built as declared."))
    return made


MEASURES = {
    "floor_area": {"amount": "98.5", "unit": "m2"},
    "built_up_area": {"amount": "120", "unit": "m2"},
    "height": {"amount": "6.4", "unit": "m"},
    "storeys": None,
}


@pytest.fixture
def stranger(hall: Hall) -> TestClient:
    """Whoever comes."""
    return hall.client()


def addresses(hall: Hall) -> Iterator[str]:
    yield from ("register", "register?q=12/104", "refusals", "open-data")
    with hall.inside() as session:
        for number in session.scalars(text("SELECT number FROM permit")):
            yield f"register/{number}"


@pytest.mark.parametrize("language", ["en", "ml"])
def test_no_page_of_the_register_tells_of_a_person(hall: Hall, stranger: TestClient, language: str) -> None:
    looked = 0
    for path in addresses(hall):
        answer = stranger.get(f"{hall.path}/{path}{'&' if '?' in path else '?'}lang={language}")
        assert answer.status_code == 200, path
        assert not [mark for mark in PRIVATE if mark in answer.text], path
        looked += 1
    assert looked > 10


def test_no_json_and_no_table_tells_of_a_person(hall: Hall, stranger: TestClient) -> None:
    for path in (*addresses(hall), "open-data/permits.csv", "open-data/permits.json"):
        if path == "open-data":
            continue
        answer = stranger.get(f"/api{hall.path}/{path}")
        assert answer.status_code == 200, path
        assert not [mark for mark in PRIVATE if mark in answer.text], path
    schema = json.dumps(stranger.get("/api/schema/permit.json").json())
    assert not [
        word for word in ("applicant", "licensee", "person", "phone", "email") if f'"{word}' in schema
    ]


def test_a_number_with_strokes_has_its_page(hall: Hall, stranger: TestClient) -> None:
    shown = stranger.get(f"/api{hall.path}/register/BA/17/2009-10").json()
    assert (shown["number"], shown["state"], shown["route"]) == ("BA/17/2009-10", "ended", "earlier")
    assert shown["address"] == f"{hall.path}/register/BA/17/2009-10"
    assert stranger.get(shown["address"]).status_code == 200
    assert stranger.get(f"{hall.path}/register/BA/18").status_code == 404


def test_json_goes_on_where_it_says(hall: Hall, stranger: TestClient) -> None:
    with hall.inside() as session:
        for _ in range(60):
            a_permit(session, hall.body, "12/105")
    read, at = [], f"/api{hall.path}/register"
    while at:
        answer = stranger.get(at).json()
        read += [each["number"] for each in answer["permits"]]
        at = answer["next"]
    with hall.inside() as session:
        assert len(read) == len(set(read)) == session.scalar(text("SELECT count(*) FROM permit"))


def test_a_date_that_is_none_is_told_on_the_page(hall: Hall, stranger: TestClient) -> None:
    answer = stranger.get(f"{hall.path}/register?begins=2026-13-01")
    assert answer.status_code == 422
    assert "This is not a date" in answer.text


def test_everyone_sees_on_a_plots_page_what_was_permitted_there(
    hall: Hall, engine: Engine, stranger: TestClient
) -> None:
    plot = a_plot(engine, hall.body)
    with hall.inside() as session:
        number = a_permit(session, hall.body, plot)
    shown = stranger.get(f"/{hall.body.jurisdiction}/plot?number={plot}").text
    assert f"{hall.path}/register/{number}" in shown
    assert not [mark for mark in PRIVATE if mark in shown]
