"""Every kind of application goes its whole way, from the form that a plot's page opens to the paper at its end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from civic.core.http import cookie_of
from civic.core.owners import make_up_owner
from civic.core.people import Actor
from civic.core.sign_in import begin
from civic.permits.issuing import permit_of
from civic.permits.model import FOLLOWING, UNDRAWN, Kind
from gis.db.session import transaction
from gis.recordings import last_recording
from tests.civic.conftest import a_body, open_on_its_land
from tests.civic.hall import Hall, a_hall
from tests.civic.permits.issued import a_permit
from tests.civic.permits.kinds import HOUSE, KEPT, SITE, CheckedOnce, Place, Tab, a_layout, drawing_of
from tests.civic.permits.visiting import a_plot

ROLES = ("licensee", "verifier", "field_inspector", "approver", "agency", "counter")
PAID = [{"head": "permit_fee", "paise": 200_000, "title": "permit fee", "clause": "Schedule II"}]
PRINTED = {Kind.LAYOUT, Kind.COMPOUND_WALL, Kind.TRANSFER, Kind.OCCUPANCY}
"""Kinds whose paper is printed here; those of the others are printed elsewhere."""
FEES = {Kind.LAYOUT: 3_000 + 375_000, Kind.WELL: 1_000 + 2_000, Kind.COMPOUND_WALL: 1_000 + 7_350}
"""Paise by Schedule I and II in a municipality: 5 are, one well, 24.5 m."""


@pytest.fixture(scope="module")
def place(
    engine: Engine, service_engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    body = a_body(f"kinds-{uuid4().hex[:8]}")
    with transaction(engine) as session:
        open_on_its_land(session, body)
    hall = a_hall(service_engine, body, tmp_path_factory.mktemp("kinds"))

    def known(code: str) -> datetime:
        with hall.inside() as session:
            return last_recording(session, code)

    hall.app.state.permits = replace(hall.app.state.permits, checker=CheckedOnce(known=known, site=SITE))
    plot = a_plot(engine, body)
    people = {"owner": hall.person()} | {role: hall.person(role) for role in ROLES}
    with hall.inside() as session:
        make_up_owner(session, body, people["owner"].person, [plot], now=datetime.now(UTC))
    yield Place(
        hall=hall,
        plot=plot,
        tabs={name: Tab(at_own_machine(hall, who, name), body.code) for name, who in people.items()},
        ids={name: who.person.id for name, who in people.items()},
    )
    KEPT.clear()


def at_own_machine(hall: Hall, who: Actor, name: str) -> TestClient:
    """A browser that nobody else uses: a step of one officer is not the next one's to take at the same machine."""
    client, now = hall.client(), datetime.now(UTC)
    with hall.inside() as session:
        made = begin(session, hall.body, who.person, way="code", browser=name, today=now.date(), now=now)
    client.cookies.set(cookie_of(hall.body.code), made.secret)
    return client


@pytest.fixture(scope="module")
def permits(place: Place) -> dict[str, str]:
    """A house permitted on the licensee's certificate, and a permit that ended last week, with what was paid for it."""
    filing = place.begun(Kind.NEW, None)
    place.drawn(filing, HOUSE, declares=True)
    place.pay(filing)
    today = datetime.now(UTC).date()
    long_ago, last_week = today - timedelta(days=5 * 365), today - timedelta(days=7)
    with place.hall.inside() as session:
        made = permit_of(session, place.case(filing).id)
        assert made is not None
        body = place.hall.body
        ended = a_permit(session, body, place.plot, issued=long_ago, until=last_week, fees=PAID, found={})
        return {"holds": made.number, "ended": ended}


@pytest.mark.parametrize(
    ("kind", "which", "title"),
    [(Kind.RENEWAL, "ended", ""), (Kind.EXTENSION, "holds", "What is to be done")],
)
def test_the_form_names_the_permit_that_can_be_followed(
    place: Place, permits: dict[str, str], kind: Kind, which: str, title: str
) -> None:
    """What was built is filled in for its own parties; that somebody else's permit tells is not."""
    form = place.tabs["owner"].get(f"{place.tabs['owner'].town}/permits/new?number={place.plot}&kind={kind}")
    named = form.form("/permits/new")
    assert (named["of_permit"], named["title"]) == (permits[which], title)
    assert "needs no drawing" in form.text


@pytest.mark.parametrize("kind", sorted(Kind, key=lambda each: each is Kind.REVISION))
def test_from_the_plot_to_the_paper(place: Place, permits: dict[str, str], kind: Kind) -> None:
    follows = permits["ended" if kind is Kind.RENEWAL else "holds"] if kind in FOLLOWING else None
    filing = place.begun(kind, follows)
    if kind in UNDRAWN:
        filing.step(filing.owner, "report_plinth" if kind is Kind.PLINTH else "file_plain")
    else:
        place.drawn(filing, drawing_of(kind))
    paid = place.pay(filing)
    assert paid == FEES.get(kind, paid)
    if kind is Kind.PLINTH:
        filing.step(place.tabs["verifier"], "plinth_in_order")
    else:
        place.heard(filing)
        filing.step(place.tabs["approver"], "approve")
    assert place.state(filing) == "permitted"
    paper = filing.owner.get(filing.case).link("/letters/")
    if kind in PRINTED:
        assert filing.owner.get(paper).body.startswith(b"%PDF")


def test_a_layout_that_breaks_rule_31_is_granted_by_nobody_and_refused_by_its_clause(place: Place) -> None:
    filing = place.begun(Kind.LAYOUT, None)
    house = filing.licensee.send(f"{filing.here}/drawing", "drawing", "plan.dxf", drawing_of(Kind.NEW))
    assert house.status == 422
    assert "Hand in the division as a layout file" in unescape(house.text)
    assert f"<h1>Layout file for {place.plot}</h1>" in unescape(house.text)
    place.drawn(filing, a_layout(back=19.49))  # two plots of 124.9 m², where 125 are asked
    place.pay(filing)
    place.heard(filing)
    approver = place.tabs["approver"]
    held = approver.post(f"{filing.case}/steps/approve", approver.get(filing.case).form("/steps/refuse"))
    assert held.status in (403, 409)
    assert "Fails: Layout and subdivision" in unescape(held.text)
    filing.step(approver, "refuse", note="See the findings.")
    page = filing.owner.get(filing.case)
    assert filing.owner.get(page.link("/letters/refusal")).body.startswith(b"%PDF")
    refused = filing.owner.get(f"/api{filing.owner.town}/refusals").text
    assert "S.R.O. 828/2019, 31" in refused


def test_a_file_that_divides_land_is_no_plan_of_a_house(place: Place) -> None:
    filing = place.begun(Kind.NEW, None)
    sent = filing.licensee.send(f"{filing.here}/drawing", "drawing", "plan.dxf", a_layout())
    assert sent.status == 422
    assert "this case asks for no layout" in unescape(sent.text)


def test_a_layout_file_begins_with_the_plot_as_it_is_recorded(place: Place) -> None:
    filing = place.begun(Kind.LAYOUT, None)
    assert "Application: Layout or subdivision" in filing.owner.get(filing.case).text
    assert "Only try a drawing" not in filing.owner.get(f"{filing.owner.town}/permits/new?kind=layout").text
    page = filing.licensee.get(f"{filing.here}/drawing")
    begun = filing.licensee.get(page.link("/layout.json"))
    assert begun.body.startswith(b"{")
    assert b'"land"' in begun.body
    assert filing.licensee.send(f"{filing.here}/drawing", "drawing", "layout.json", begun.body).status == 303
