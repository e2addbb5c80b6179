"""A study of a reform is asked for by the office, reckoned once by a worker, called off by whoever may, and read by who has its address."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import shapely
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, enter
from civic.core.jobs import Work
from civic.reforms.doing import FAULT, StudyDoer
from civic.reforms.found import distribution, summary
from civic.reforms.room import Editions, Plot, Question, ReformRoom
from civic.reforms.studies import (
    MOST_UNDER_WAY,
    STUDY,
    NoSuchStudy,
    Study,
    Wish,
    begin_study,
    call_off,
    studies,
    study_at,
    study_numbered,
)
from gis.errors import Conflict, Invalid
from rules.reform import reform
from tests.civic.builders import NOW, an_actor
from tests.civic.hall import Hall, a_hall

TEXT = """title: {en: A front yard of 2 m, ml: രണ്ട് മീറ്റർ}
from: 2027-01-01
parameters:
  - {parameter: yards.open_space, where: {occupancy: A1, yard: front_average}, value: "2.0"}
"""
LATER = datetime(2026, 11, 18, 7, 0, tzinfo=UTC)


def a_row(number: str, effect: str, change: float | None, decider: str | None = "yards") -> dict[str, Any]:
    before = None if change is None else 100.0
    return {
        "number": number,
        "effect": effect,
        "floor_area_before": before,
        "floor_area_after": None if change is None else 100.0 + change,
        "floor_area_change": change,
        "storeys_before": 2,
        "storeys_after": 2,
        "decider_before": decider,
        "decider_after": decider,
        "reason": None if change is not None else "No street is mapped.",
    }


PLOTS = [a_row("1/1", "gains", 12.5), a_row("1/2", "same", 0.0), a_row("1/3", "cannot be told", None, None)]
POINT = {
    "rule": "yards",
    "title": "Yards",
    "title_ml": "മുറ്റം",
    "subject": "front",
    "measured": "1.5",
    "required": "2",
    "unit": "m",
    "reason": "",
}
PERMIT = {
    "permit": "P-2026-00001",
    "plot": "1/1",
    "effect": "newly fails",
    "reason": None,
    "fails": [POINT, POINT],
    "opens": [],
    "mends": [],
}


@dataclass(kw_only=True)
class StandIn:
    """A reckoner that knows three plots and a permit."""

    refuses: Exception | None = None
    meanwhile: Any = None
    asked: list[Question] = field(default_factory=list)

    def check(self, question: Question) -> None:
        self.asked.append(question)
        if question.ward == "nowhere":
            raise Invalid("There is no ward nowhere.")

    def editions(self, _place: str) -> Editions:
        return Editions(
            book="b" * 64, known=NOW, sources=({"name": "road-1", "title": "Roads", "day": "2024-01-01"},)
        )

    def changes(self, _change: Any) -> list[dict[str, Any]]:
        told = {
            "parameter": "yards.open_space",
            "title": "Yards",
            "body": "municipality",
            "rows": ["A1"],
            "before": "3.0",
            "after": "2.0",
            "unit": "m",
        }
        return [told]

    def plots(self, _question: Question) -> tuple[int, Iterator[Plot]]:
        return len(PLOTS), self._plots()

    def _plots(self) -> Iterator[Plot]:
        for place, row in enumerate(PLOTS):
            if self.meanwhile is not None:
                self.meanwhile(place)
            if self.refuses is not None:
                raise self.refuses
            west = 76.3 + place / 1000
            yield Plot(row=row, shape=None if place == 2 else shapely.box(west, 9.98, west + 0.001, 9.981))

    def permits(self, _question: Question, _body: str) -> tuple[int, Iterator[dict[str, Any]]]:
        return 1, iter([PERMIT])


def a_wish(**other: Any) -> Wish:
    told: dict[str, Any] = {
        "text": TEXT,
        "reform": reform(TEXT),
        "ward": None,
        "occupancy": "A1",
        "storey": Decimal(3),
        "with_permits": True,
        "is_open": False,
    }
    return Wish(**(told | other))


def doer(stand_in: StandIn) -> StudyDoer:
    return StudyDoer(room=ReformRoom(reckoner=lambda _: stand_in, clock=lambda: LATER))


@pytest.fixture(scope="module")
def app(
    service_engine: Engine, bodies: tuple[LocalBody, LocalBody], tmp_path_factory: pytest.TempPathFactory
) -> FastAPI:
    """The doors of every body, their studies reckoned by the stand-in."""
    made = a_hall(service_engine, bodies[0], tmp_path_factory.mktemp("state")).app
    made.state.reforms = ReformRoom(reckoner=lambda _: StandIn(), clock=lambda: LATER)
    return made


@pytest.fixture
def hall(app: FastAPI, service_engine: Engine, own_body: LocalBody) -> Hall:
    """A body's own town hall."""
    return Hall(app=app, engine=service_engine, body=own_body)


def asked(hall: Hall, client: TestClient, **other: str) -> str:
    """The address of a study that the form asks for."""
    said = {"text": TEXT, "occupancy": "A1", "storey": "3", "permits": "yes"} | other
    answer = client.post(f"{hall.path}/reforms", data=said)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def reckon(hall: Hall, stand_in: StandIn | None = None) -> Study:
    """Have the newest study reckoned, as a worker does."""
    with hall.inside() as session:
        (study, *_) = studies(session, everything=True)
    work = Work(
        engine=hall.engine, job=1, kind=STUDY, body=hall.body.code, values={"study": study.id}, now=NOW
    )
    doer(stand_in or StandIn()).do(work)
    with hall.inside() as session:
        return study_numbered(session, study.id)


def test_a_study_and_its_job_are_one_change(town: Session, body: LocalBody) -> None:
    study = begin_study(town, body, a_wish(), actor=an_actor(town, body, "secretary"), now=NOW)
    job = town.execute(text("SELECT args->'values'->>'study' FROM jobs.procrastinate_jobs ORDER BY id DESC"))
    assert job.scalar() == str(study.id)
    assert (study.state, study.percent) == ("waiting", None)


def test_a_study_of_one_body_is_not_read_in_another(
    town: Session, body: LocalBody, other_body: LocalBody
) -> None:
    study = begin_study(town, body, a_wish(), actor=an_actor(town, body, "secretary"), now=NOW)
    assert study_at(town, study.key).id == study.id
    enter(town, other_body.code)
    with pytest.raises(NoSuchStudy):
        study_at(town, study.key)


def test_so_many_studies_wait_and_no_more(town: Session, body: LocalBody) -> None:
    who = an_actor(town, body, "secretary")
    made = [begin_study(town, body, a_wish(), actor=who, now=NOW) for _ in range(MOST_UNDER_WAY)]
    with pytest.raises(Conflict, match="under way already"):
        begin_study(town, body, a_wish(), actor=who, now=NOW)
    call_off(town, made[0], now=NOW)
    begin_study(town, body, a_wish(), actor=who, now=NOW)
    with pytest.raises(Conflict, match="ended already"):
        call_off(town, made[0], now=NOW)


def test_the_office_asks_the_worker_reckons_and_everybody_with_the_address_reads(hall: Hall) -> None:
    clerk, stranger = hall.client(hall.person("approver")), hall.client()
    address = asked(hall, clerk)
    assert "Call off" in clerk.get(address).text
    assert "Call off" not in stranger.get(address).text
    assert stranger.get(f"{address}/progress").json() == {
        "state": "waiting",
        "done": 0,
        "steps": None,
        "percent": None,
    }
    assert stranger.get(f"{address}/plots.csv").status_code == 404
    study = reckon(hall)
    assert (study.state, study.percent, study.ended) == ("done", 100, LATER)
    page = stranger.get(address).text
    for told in ("3.0 m", "2.0 m", "gains", "cannot be told", "P-2026-00001", "b" * 64, "Roads", "no law"):
        assert told in page, told
    assert (
        stranger.get(f"{address}/plots.csv")
        .text.splitlines()[1]
        .startswith("1/1,gains,,100.0,2,yards,,112.5,2,yards,12.5,")
    )
    assert stranger.get(f"{address}/plots.parquet").content[:4] == b"PAR1"
    features = stranger.get(f"{address}/plots.geojson").json()["features"]
    assert [each["properties"]["number"] for each in features] == ["1/1", "1/2"]
    assert "newly fails" in stranger.get(f"{address}/permits.csv").text
    assert stranger.get(f"{address}/reform.yaml").text.startswith("title: {en: A front yard")
    only = stranger.get(address, params={"effect": "gains"}).text
    assert "plot?number=1/1" in only
    assert "plot?number=1/2" not in only


def test_a_study_is_listed_for_everybody_only_when_the_office_says_so(hall: Hall) -> None:
    clerk, stranger = hall.client(hall.person("secretary")), hall.client()
    address = asked(hall, clerk)
    reckon(hall)
    assert address not in stranger.get(f"{hall.path}/reforms").text
    assert clerk.post(f"{address}/open", data={"open_to": "all"}).status_code == 303
    assert address in stranger.get(f"{hall.path}/reforms").text
    clerk.post(f"{address}/open", data={"open_to": "few"})
    assert address not in stranger.get(f"{hall.path}/reforms").text


def test_strangers_and_citizens_start_nothing_and_call_nothing_off(hall: Hall) -> None:
    address = asked(hall, hall.client(hall.person("verifier")))
    for who in (hall.client(), hall.client(hall.person()), hall.client(hall.person("field_inspector"))):
        for path in (f"{hall.path}/reforms", f"{address}/cancel", f"{address}/open"):
            assert who.post(path, data={"text": TEXT}).status_code in (303, 401, 403)
    with hall.inside() as session:
        (study,) = studies(session, everything=True)
    assert (study.state, study.is_open) == ("waiting", False)


def test_what_was_called_off_is_left_by_the_worker(hall: Hall) -> None:
    clerk = hall.client(hall.person("approver"))
    address = asked(hall, clerk)
    clerk.post(f"{address}/cancel")
    assert reckon(hall).state == "cancelled"
    assert "called off" in clerk.get(address).text
    again = asked(hall, clerk)
    stand_in = StandIn(meanwhile=lambda place: clerk.post(f"{again}/cancel") if place == 1 else None)
    found = reckon(hall, stand_in)
    assert (found.state, found.found) == ("cancelled", None)
    assert clerk.get(f"{again}/plots.parquet").status_code == 404


@pytest.mark.parametrize(
    ("refuses", "says"), [(Invalid("The land has no wards."), "has no wards"), (ZeroDivisionError(), FAULT)]
)
def test_a_study_that_fails_says_why_and_is_not_tried_for_ever(
    hall: Hall, refuses: Exception, says: str
) -> None:
    clerk = hall.client(hall.person("approver"))
    address = asked(hall, clerk)
    assert reckon(hall, StandIn(refuses=refuses)).state == "failed"
    assert says in clerk.get(address).text
    assert reckon(hall).state == "failed"


def test_a_study_that_the_database_left_in_the_middle_is_begun_again(hall: Hall) -> None:
    asked(hall, hall.client(hall.person("approver")))
    away = OperationalError("SELECT", {}, Exception("the server closed the connection"))
    with pytest.raises(OperationalError):
        reckon(hall, StandIn(refuses=away))
    with hall.inside() as session:
        assert studies(session, everything=True)[0].state == "running"
    assert reckon(hall).state == "done"


def test_a_study_whose_worker_is_killed_in_the_middle_keeps_nothing_and_is_begun_again(hall: Hall) -> None:
    clerk = hall.client(hall.person("approver"))
    address = asked(hall, clerk)
    worker = os.fork()
    if not worker:
        hall.engine.dispose(close=False)  # connections are the other's
        with suppress(BaseException):
            reckon(hall, StandIn(meanwhile=lambda place: place == 2 and os.kill(os.getpid(), signal.SIGKILL)))
        os._exit(1)
    _, ended = os.waitpid(worker, 0)
    assert os.WIFSIGNALED(ended)
    assert os.WTERMSIG(ended) == signal.SIGKILL
    assert clerk.get(f"{address}/progress").json()["state"] == "running"
    assert clerk.get(f"{address}/plots.parquet").status_code == 404
    study = reckon(hall)
    assert study.state == "done"
    assert study.found is not None
    assert study.found["plots"] == len(PLOTS)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"text": ""}, "Write the reform"),
        ({"text": "title: [1"}, "line 1"),
        ({"text": TEXT, "ward": "nowhere"}, "no ward nowhere"),
        ({"text": TEXT, "storey": "tall"}, "no height of a storey"),
        ({"text": TEXT, "storey": "0.5"}, "cannot be meant"),
        (
            {"text": TEXT + "zones:\n  - {layer: zoning, label: B, file: /etc/passwd}\n"},
            "names the file /etc/passwd",
        ),
    ],
)
def test_a_form_that_cannot_be_meant_stays_filled_in(hall: Hall, said: dict[str, str], says: str) -> None:
    clerk = hall.client(hall.person("approver"))
    answer = clerk.post(f"{hall.path}/reforms", data={"occupancy": "A1", "storey": "3"} | said)
    assert answer.status_code == 422
    assert says in answer.text.replace("&#39;", "'")
    with hall.inside() as session:
        assert studies(session, everything=True) == []


def test_a_file_takes_the_place_of_the_text_and_brings_its_shape(hall: Hall) -> None:
    clerk = hall.client(hall.person("approver"))
    words = TEXT + "zones:\n  - {layer: zoning, label: B, file: zone.geojson}\n"
    shape = b'{"type": "Polygon", "coordinates": [[[76.29, 9.98], [76.3, 9.98], [76.3, 9.99]]]}'
    files = {"reform": ("my.yaml", words.encode()), "shape": ("zone.geojson", shape)}
    said = {"text": clerk.get(f"{hall.path}/reforms/new").text and "", "occupancy": "A1", "storey": "3"}
    answer = clerk.post(f"{hall.path}/reforms", data=said, files=files)
    assert answer.status_code == 303, answer.text
    with hall.inside() as session:
        (listed,) = studies(session, everything=True)
        study = study_at(session, listed.key)
    assert study.reform["zones"][0]["shape"]["type"] == "Polygon"
    assert study.begins == date(2027, 1, 1)
    other = clerk.post(f"{hall.path}/reforms", data=said, files=files | {"shape": ("other.geojson", shape)})
    assert "names zone.geojson, and other.geojson was sent" in other.text


def test_counts_and_bars_add_up() -> None:
    found = summary(PLOTS, [PERMIT])
    assert found["effects"] == {"gains": 1, "same": 1, "cannot be told": 1}
    assert found["floor_area"] == {"told": 2, "before": 200.0, "after": 212.5, "change": 12.5}
    assert found["deciders"] == [{"decider": "yards", "before": 2, "after": 2}]
    assert found["permit_rules"] == [{"rule": "yards", "title": "Yards", "title_ml": "മുറ്റം", "permits": 1}]
    assert sum(bar["plots"] for bar in found["distribution"]) == 1


@pytest.mark.parametrize(
    "values", [[], [0.01], [0.3, 0.1, -1.2], [-5.0, 5.0], [-1800.0, -1.0, 3.5, 3.5], [1e6, 1.0]]
)
def test_every_change_lies_in_one_bar_that_begins_at_a_round_number(values: list[float]) -> None:
    bars = distribution(values)
    assert sum(bar["plots"] for bar in bars) == len(values)
    for value in values:
        assert sum(bar["from"] <= value < bar["to"] for bar in bars) == 1
    assert len(bars) <= 14
