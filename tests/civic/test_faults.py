"""What must not be lost or stopped by the way: owners of redrawn land, tasks, the night's clocks."""

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case, case, history, tasks_of
from civic.core.clocks import Escalated, run_clocks, stranded
from civic.core.desk import Desk
from civic.core.events import listening
from civic.core.services import Service
from civic.core.steps import advance, answer_task, open_case
from civic.core.workflow import workflow
from civic.land_records.land import collection, joined, make, standing
from civic.land_records.model import Kind, Wanted
from gis.asof import AsOf
from gis.errors import Conflict
from gis.jurisdictions import jurisdiction
from gis.parties.changes import grant, transfer
from gis.parties.model import Instrument, NewRight, PartyKind, RightKind, Share, Source
from gis.parties.people import introduce as introduce_party
from gis.parties.queries import owners
from gis.recordings import last_recording
from tests.builders import LONG_AGO, a_parcel
from tests.civic.builders import FLOW, NOW, a_desk, an_actor


def test_the_owners_of_a_divided_plot_hold_its_parts(town: Session, body: LocalBody) -> None:
    """Shares go over to each part; land under a mortgage, or plots of different owners, are not redrawn."""
    place = jurisdiction(town, body.jurisdiction)
    for column, number in enumerate(("77/1", "77/2", "77/3")):
        a_parcel(town, place, number, x=1000 + column * 20)
    day = NOW.date()
    deed = Instrument(title="Deed 1", dated=day)
    two = [introduce_party(town, place, kind=PartyKind.PERSON, name=name, on=LONG_AGO) for name in ("A", "B")]
    shares = [Share(party=each.id, part=Fraction(1, 2)) for each in two]
    for number in ("77/1", "77/2"):
        transfer(town, place, number, to=shares, on=LONG_AGO, instrument=deed, source=Source.REGISTER)
    merged = Wanted(kind=Kind.MERGE, numbers=("77/1", "77/2"), why="x", deed="x")
    plots = standing(town, place, merged, on=day)
    found = collection(place, [("77/9", joined(plots))])
    make(town, place, merged, found, on=day, instrument="LR-1")
    at = AsOf(on=day, known=last_recording(town, place.code))
    assert {(right.party.name, right.part) for right in owners(town, place, "77/9", at=at)} == {
        ("A", Fraction(1, 2)),
        ("B", Fraction(1, 2)),
    }
    strange = Wanted(kind=Kind.MERGE, numbers=("77/9", "77/3"), why="x", deed="x")
    whole = collection(place, [("77/10", joined(standing(town, place, strange, on=day)))])
    with pytest.raises(Conflict, match="same owners"):
        make(town, place, strange, whole, on=day, instrument="LR-2")
    loan = NewRight(kind=RightKind.MORTGAGE, party=two[0].id, terms="x")
    grant(town, place, "77/9", right=loan, on=day, instrument=deed, source=Source.REGISTER)
    with pytest.raises(Conflict, match="mortgage"):
        make(town, place, strange, whole, on=day, instrument="LR-3")


def test_a_task_that_is_open_is_not_asked_twice(town: Session, body: LocalBody) -> None:
    flow = workflow(
        FLOW.replace(
            "  refuse: {title",
            "  back: {title: {en: Back, ml: തിരികെ}, from: [verified], to: filed, by: [approver]}\n  refuse: {title",
        ),
        guards=frozenset({"papers"}),
    )
    desk = Desk(session=town, body=body, flow=flow, guards={"papers": lambda _session, _case: None}, now=NOW)
    verifier, approver = an_actor(town, body, "verifier"), an_actor(town, body, "approver")
    moved = open_case(desk, parcels=[], actor=(citizen := an_actor(town, body)), told={})
    moved = advance(desk, moved.id, "file", actor=citizen, version=moved.version)
    for _ in range(2):
        moved = advance(desk, moved.id, "verify", actor=verifier, version=moved.version, note="x")
        moved = advance(desk, moved.id, "back", actor=approver, version=moved.version)
    assert sorted(task.kind for task in tasks_of(town, moved.id)) == ["fire", "visit"]


def test_one_bad_case_does_not_stop_the_night(town: Session, body: LocalBody) -> None:
    """The service of the first case is gone; the second lapses all the same."""

    def broken(_session: Session, _case: Case) -> str | None:
        raise RuntimeError("a fault of this case")

    late = NOW - timedelta(days=60)
    bad = open_case(a_desk(town, body, now=late), parcels=[], actor=an_actor(town, body), told={})
    good = open_case(a_desk(town, body, now=late), parcels=[], actor=an_actor(town, body), told={})
    lapse = workflow(
        FLOW.replace("by: [clock], after", "by: [clock], guards: [papers], after"),
        guards=frozenset({"papers"}),
    )

    def only_good(session: Session, standing: Case) -> str | None:
        return broken(session, standing) if standing.id == bad.id else None

    service = Service(flow=lapse, guards={"papers": only_good})
    assert run_clocks(town, body, {service.name: service}, now=NOW) == 1
    assert (case(town, bad.id).state, case(town, good.id).state) == ("draft", "lapsed")


# What is late, and what stands in a state that is no more.


def late_after(days: int) -> datetime:
    return NOW + timedelta(days=days)


def with_late_tasks(flow: str) -> Service:
    """The test service with another workflow."""
    return Service(
        flow=workflow(flow, guards=frozenset({"papers"})), guards={"papers": lambda _session, _case: None}
    )


ONE_TASK = FLOW.replace(
    "asked_in: verified, within: {working_days: 5}}",
    "asked_in: verified, within: {working_days: 5}, escalates_to: front_office}",
).replace(
    "turn: approver, within: {days: 2}}", "turn: approver, within: {days: 90}, escalates_to: secretary}"
)


def asked(town: Session, body: LocalBody) -> Case:
    """A case that waits for a visit within five working days and for the fire service without a limit."""
    desk = with_late_tasks(ONE_TASK).desk(town, body, now=NOW)
    citizen, verifier = an_actor(town, body), an_actor(town, body, "verifier")
    moved = open_case(desk, parcels=["1/1"], actor=citizen, told={})
    moved = advance(desk, moved.id, "file", actor=citizen, version=moved.version)
    return advance(desk, moved.id, "verify", actor=verifier, version=moved.version, note="x")


def test_a_late_task_is_told_once_to_the_role_that_it_names(town: Session, body: LocalBody) -> None:
    standing = asked(town, body)
    services = {"test_service": with_late_tasks(ONE_TASK)}
    heard: list[Escalated] = []
    with listening(Escalated, lambda _, event: heard.append(event)):
        assert run_clocks(town, body, services, now=late_after(6)) == 0  # Tuesday 24 November is its last day
        assert run_clocks(town, body, services, now=late_after(7)) == 1
        assert run_clocks(town, body, services, now=late_after(8)) == 0
    (told,) = heard
    assert told.task is not None
    assert (told.role, told.task.kind, told.case.id) == ("front_office", "visit", standing.id)
    assert [each.step for each in history(town, standing.id, for_staff=False)][-1] == "escalate_task"
    assert case(town, standing.id).state == "verified"


def test_a_late_task_without_a_role_of_its_own_goes_where_the_turn_goes(
    town: Session, body: LocalBody
) -> None:
    asked(town, body)
    services = {"test_service": with_late_tasks(ONE_TASK.replace(", escalates_to: front_office", ""))}
    heard: list[Escalated] = []
    with listening(Escalated, lambda _, event: heard.append(event)):
        assert run_clocks(town, body, services, now=late_after(7)) == 1
    assert heard[0].role == "secretary"


def test_an_answered_task_is_never_late(town: Session, body: LocalBody) -> None:
    standing = asked(town, body)
    service = with_late_tasks(ONE_TASK)
    visit = next(each for each in tasks_of(town, standing.id) if each.kind == "visit")
    answer_task(
        service.desk(town, body, now=NOW),
        visit.id,
        "seen",
        actor=an_actor(town, body, "field_inspector"),
        told={},
    )
    assert run_clocks(town, body, {"test_service": service}, now=late_after(7)) == 0


def test_a_case_in_a_state_that_is_no_more_is_named_and_left_alone(
    town: Session, body: LocalBody, caplog: pytest.LogCaptureFixture
) -> None:
    service = with_late_tasks(ONE_TASK)
    standing = asked(town, body)
    other = open_case(service.desk(town, body, now=NOW), parcels=[], actor=an_actor(town, body), told={})
    without = with_late_tasks(ONE_TASK.replace("verified", "looked_at"))
    services = {"test_service": without}
    assert stranded(town, services) == [(standing.number, "test_service", "verified")]
    assert {number for number, _, _ in stranded(town, {})} == {standing.number, other.number}
    assert stranded(town, {"test_service": service}) == []
    with caplog.at_level("WARNING", logger="bhumika"):
        assert run_clocks(town, body, services, now=late_after(60)) == 1  # the other case lapses
    assert standing.number in caplog.text
    assert "could not act" not in caplog.text
    assert case(town, other.id).state == "lapsed"
