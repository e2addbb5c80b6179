"""A watcher hears once of what is recorded on the plot, beside it or on a layer of its page, and of nothing recorded elsewhere."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, enter, inside
from civic.core.jobs import Work
from civic.core.messages.outbox import Message, outbox
from civic.core.messages.telling import Teller
from civic.core.people import Actor
from civic.core.watching.recordings import RECORDED, Recordings
from civic.core.watching.watches import Watch, ask_to_watch, decide_watch, stop_watch
from gis.db.session import transaction
from gis.jurisdictions import jurisdiction
from gis.parcels.changes import correct, divide
from tests.builders import a_box, a_new_parcel, a_recording, halves, register
from tests.civic.builders import NOW, an_actor
from tests.civic.conftest import LAND
from tests.layers.ground import bring_in

RECORDINGS = Recordings(teller=Teller(services={}, front="https://town.example.org"))
PLOTS = {"90/1": 0.0, "90/2": 20.0, "90/4": -21.0, "90/5": -42.5, "90/9": 200.0}
"""Metres east of the corner, each 20 m wide: 2 touches 1, 4 lies a strip of 1 m west of it, 5 beyond, 9 far off."""
TODAY, BEFORE = date(2026, 11, 1), datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def land(town: Session) -> None:
    """Five plots, known for long."""
    register(town, LAND, [a_new_parcel(number, x=x) for number, x in PLOTS.items()], known=BEFORE)


def watching(session: Session, body: LocalBody, number: str = "90/1") -> tuple[Actor, Watch]:
    who, officer = an_actor(session, body), an_actor(session, body, "front_office")
    wish = ask_to_watch(session, body, {}, person_id=who.person.id, number=number, reason="my deed", now=NOW)
    return who, decide_watch(session, wish.id, grants=True, by=officer.person.id, now=NOW)


def the_hour(body: LocalBody, *, job: int = 1, engine: Engine | None = None) -> Work:
    return Work(engine=engine, job=job, kind=RECORDED, body=body.code, values={}, now=NOW)  # type: ignore[arg-type]


def look(session: Session, body: LocalBody) -> None:
    RECORDINGS.tell_of_recordings(session, body, the_hour(body))


def told(session: Session, who: Actor) -> list[Message]:
    return [
        each
        for each in outbox(session)
        if each.person_id == who.person.id and each.template == "plot_recorded"
    ]


def corrected(session: Session, number: str) -> None:
    to = a_new_parcel(number, x=PLOTS[number], land_type="nilam")
    correct(session, LAND, number, to=to, on=TODAY, instrument="Order 1")


def divided(session: Session, number: str) -> None:
    parts = halves(a_box(PLOTS[number]), (f"{number}-1", f"{number}-2"))
    divide(session, LAND, number, into=parts, on=TODAY, instrument="Deed 1")


Change = Callable[[Session], object]
TOUCHED: dict[str, Change] = {
    "the plot corrected": lambda s: corrected(s, "90/1"),
    "the plot divided": lambda s: divided(s, "90/1"),
    "the plot beside it divided": lambda s: divided(s, "90/2"),
    "the plot beyond a strip corrected": lambda s: corrected(s, "90/4"),
}
ELSEWHERE: dict[str, Change] = {
    "a far plot divided": lambda s: divided(s, "90/9"),
    "the next but one corrected": lambda s: corrected(s, "90/5"),
    "a right, a building or a name": lambda s: a_recording(s, LAND),
}


@pytest.mark.parametrize("change", TOUCHED.values(), ids=TOUCHED)
def test_what_is_recorded_around_a_plot_is_told_once(town: Session, body: LocalBody, change: Change) -> None:
    who, wish = watching(town, body)
    look(town, body)
    assert told(town, who) == []
    change(town)
    look(town, body)
    (message,) = told(town, who)
    assert "90/1" in message.subject
    assert f"https://town.example.org/{body.jurisdiction}/plot?number=90%2F1" in message.text
    assert f"/town/{body.code}/watch/stop/{wish.stop}" in message.text
    look(town, body)
    divided(town, "90/9")
    look(town, body)
    assert told(town, who) == [message]


@pytest.mark.parametrize("change", ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_is_recorded_elsewhere_is_told_to_nobody(town: Session, body: LocalBody, change: Change) -> None:
    who, _ = watching(town, body)
    change(town)
    look(town, body)
    assert told(town, who) == []


def test_two_recordings_are_two_pieces_of_news_and_an_ended_watch_none(
    town: Session, body: LocalBody
) -> None:
    """A number that was divided goes on being watched as what became of it."""
    who, wish = watching(town, body)
    divided(town, "90/1")
    look(town, body)
    corrected(town, "90/2")
    look(town, body)
    assert len(told(town, who)) == 2
    stop_watch(town, wish.stop, now=NOW)
    divided(town, "90/2")
    look(town, body)
    assert len(told(town, who)) == 2


def test_a_watch_from_before_begins_with_the_next_recording(town: Session, body: LocalBody) -> None:
    who, _ = watching(town, body)
    town.execute(text("UPDATE plot_watch SET known = NULL"))
    town.expire_all()
    corrected(town, "90/1")
    look(town, body)
    assert told(town, who) == []
    corrected(town, "90/2")
    look(town, body)
    assert len(told(town, who)) == 1


def test_the_round_of_another_body_tells_nobody_here(
    town: Session, body: LocalBody, other_body: LocalBody
) -> None:
    who, _ = watching(town, body)
    corrected(town, "90/1")
    enter(town, other_body.code)
    a_recording(town, jurisdiction(town, other_body.jurisdiction))
    look(town, other_body)
    enter(town, body.code)
    assert told(town, who) == []
    look(town, body)
    assert len(told(town, who)) == 1


def test_a_layer_that_comes_in_is_told_once_however_often_the_job_is_done(
    engine: Engine, service_engine: Engine, own_body: LocalBody
) -> None:
    do = RECORDINGS.doers[RECORDED]
    do(the_hour(own_body, job=901, engine=service_engine))  # nothing is recorded yet, and nobody watches
    with transaction(engine) as session:
        place = jurisdiction(session, own_body.jurisdiction)
        register(session, place, [a_new_parcel("90/1")], known=BEFORE)
    with inside(service_engine, own_body.code) as (session, body):
        who, _ = watching(session, body)
    with transaction(engine) as session:
        bring_in(session, place, "flood", [a_box(-5)])
    for job in (902, 902, 903):
        do(the_hour(own_body, job=job, engine=service_engine))
    with inside(service_engine, own_body.code) as (session, _):
        assert len(told(session, who)) == 1


def test_a_layer_that_comes_into_force_is_told_of_a_plot_and_of_its_neighbours(
    engine: Engine, service_engine: Engine, own_body: LocalBody
) -> None:
    """It came in long before, with the day from which it holds, and lies on a spot of 2 m of the long plot 90/2 alone."""
    tomorrow, wide = NOW.date() + timedelta(days=1), {"90/1": (0, 20), "90/2": (20, 200), "90/3": (-300, 20)}
    plots = [replace(a_new_parcel(each), boundary=a_box(x, width=w)) for each, (x, w) in wide.items()]
    with transaction(engine) as session:
        place = jurisdiction(session, own_body.jurisdiction)
        register(session, place, plots, known=BEFORE)
        bring_in(session, place, "flood", [a_box(150, 3, width=2, depth=2)], valid=Range(tomorrow, None))
    with inside(service_engine, own_body.code) as (session, body):
        watchers = {number: watching(session, body, number)[0] for number in wide}
        counts = []
        for days in (0, 1, 1, 2):
            hour = replace(the_hour(body), now=NOW + timedelta(days=days))
            RECORDINGS.tell_of_recordings(session, body, hour)
            counts.append({number: len(told(session, who)) for number, who in watchers.items()})
    on_the_day = {"90/1": 1, "90/2": 1, "90/3": 0}
    assert counts == [dict.fromkeys(wide, 0), on_the_day, on_the_day, on_the_day]
