"""What must not be lost or stopped by the way: owners of redrawn land, tasks, the night's clocks."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case, case, tasks_of
from civic.core.clocks import run_clocks
from civic.core.desk import Desk
from civic.core.services import Service
from civic.core.steps import advance, open_case
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
