"""Nobody changes the record of a plot without an interest in it that somebody has seen, and its owners are told."""

from collections import defaultdict
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from fastapi.testclient import TestClient
from shapely import Point
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.sample_town import BODY, CITIZENS, OFFICERS
from api.settings import Settings
from api.trades import listen
from civic.core.bodies import LocalBody, inside
from civic.core.messages.outbox import own_messages
from civic.core.owners import (
    know_no_more,
    know_owner,
    known_owners,
    make_up_owner,
    owns,
    people_owning,
    plots_owned,
)
from civic.core.steps import open_case
from gis.asof import AsOf
from gis.crs import to_geographic
from gis.errors import Conflict, Invalid, NotAllowed
from gis.jurisdictions import jurisdiction
from gis.parcels.queries import parcel
from gis.parties.changes import transfer
from gis.parties.model import Instrument, PartyKind, Share, Source
from gis.parties.people import introduce
from gis.recordings import last_recording
from tests.builders import LONG_AGO, a_parcel
from tests.civic.builders import NOW, a_desk, an_actor
from tests.civic.test_sample_town import (
    TOWN,
    answer_village,
    apply_for,
    become,
    officer,
    pay,
    send_paper,
    step,
    the_day_there,
)

TODAY = NOW.date()
DEED = Instrument(title="Deed 1", dated=LONG_AGO)
OF_ANOTHER = {"kind": "correct_land_type", "number": "1/2", "land_type": "nilam"}
"""A change of a plot that the sample's second citizen owns."""


def a_plot_of_two(town: Session, body: LocalBody, number: str, x: float) -> list[int]:
    """A plot that two parties of the register hold by halves."""
    place = jurisdiction(town, body.jurisdiction)
    a_parcel(town, place, number, x=x)
    two = [
        introduce(town, place, kind=PartyKind.PERSON, name=name, on=LONG_AGO).id for name in ("Asha", "Biju")
    ]
    shares = [Share(party=each, part=Fraction(1, 2)) for each in two]
    transfer(town, place, number, to=shares, on=LONG_AGO, instrument=DEED, source=Source.REGISTER)
    return two


def test_a_person_owns_every_plot_that_is_asked_for_or_does_not_own_them(
    town: Session, body: LocalBody
) -> None:
    asha, _ = a_plot_of_two(town, body, "81/1", 5000)
    a_plot_of_two(town, body, "81/2", 5020)
    citizen, verifier = an_actor(town, body), an_actor(town, body, "verifier")
    me = citizen.person.id
    assert not owns(town, body, me, ["81/1"], on=TODAY)
    for _ in range(2):
        know_owner(town, body, me, asha, by=verifier.person.id, case_id=None, now=NOW)
    assert owns(town, body, me, ["81/1"], on=TODAY)
    assert not owns(town, body, me, ["81/1", "81/2"], on=TODAY)
    assert not owns(town, body, me, ["81/9"], on=TODAY)
    assert people_owning(town, body, ["81/1", "81/2"], now=NOW) == {me}
    (word,) = known_owners(town, person_id=me)
    know_no_more(town, word.id, by=me, now=NOW)
    assert not owns(town, body, me, ["81/1"], on=TODAY)
    with pytest.raises(Conflict):
        know_no_more(town, word.id, by=me, now=NOW)


def test_nobody_says_of_themselves_that_they_own_a_plot(town: Session, body: LocalBody) -> None:
    verifier = an_actor(town, body, "verifier").person.id
    with pytest.raises(NotAllowed):
        know_owner(town, body, verifier, 1, by=verifier, case_id=None, now=NOW)


def test_owners_are_made_up_in_a_synthetic_body_only(town: Session, body: LocalBody) -> None:
    real = LocalBody(**vars(body) | {"synthetic": False})
    with pytest.raises(Invalid):
        make_up_owner(town, real, an_actor(town, body).person, ["1/1"], now=NOW)


def test_without_an_owner_or_a_paper_the_papers_are_not_found_in_order(
    door: TestClient, sample_hall: Engine
) -> None:
    become(door, CITIZENS[0][0])
    number = apply_for(door, **OF_ANOTHER)
    assert "not known as an owner of the plot" in door.get(f"{TOWN}/cases/{number}?lang=en").text
    pay(sample_hall, number)
    officer(door, "verifier")
    assert step(door, number, "verify") == 409
    become(door, CITIZENS[0][0])
    send_paper(door, number, "photo")
    officer(door, "verifier")
    assert step(door, number, "verify") == 409
    become(door, CITIZENS[0][0])
    send_paper(door, number, "deed", "My deed")
    officer(door, "verifier")
    assert step(door, number, "verify") == 303


def test_a_harmful_paper_shows_no_interest(door: TestClient, sample_hall: Engine) -> None:
    become(door, CITIZENS[0][0])
    number = apply_for(door, **OF_ANOTHER)
    send_paper(door, number)
    pay(sample_hall, number)
    with inside(sample_hall, BODY.code) as (session, _):
        session.execute(
            text(
                "UPDATE document_version SET scan = 'infected' WHERE document_id IN (SELECT d.id FROM document d"
                " JOIN civic_case c ON c.id = d.case_id WHERE c.number = :number)"
            ),
            {"number": number},
        )
    officer(door, "verifier")
    assert step(door, number, "verify") == 409


def test_an_owner_needs_no_paper(door: TestClient, sample_hall: Engine) -> None:
    become(door, CITIZENS[1][0])
    number = apply_for(door, **OF_ANOTHER)
    assert "is known as an owner" in door.get(f"{TOWN}/cases/{number}?lang=en").text
    pay(sample_hall, number)
    officer(door, "verifier")
    assert step(door, number, "verify") == 303


def test_the_register_is_shown_to_whoever_compares_the_papers_with_it_and_to_nobody_else(
    door: TestClient, sample_hall: Engine
) -> None:
    name = CITIZENS[1][0]
    become(door, CITIZENS[0][0])
    number = apply_for(door, **OF_ANOTHER)
    send_paper(door, number)
    pay(sample_hall, number)
    officer(door, "verifier")
    page = door.get(f"{TOWN}/cases/{number}").text
    assert f">{name} ·" in page
    for role in ("auditor", "front_office", "approver"):
        officer(door, role)
        assert name not in door.get(f"{TOWN}/cases/{number}").text
    become(door, CITIZENS[0][0])
    assert name not in door.get(f"{TOWN}/cases/{number}").text
    officer(door, "verifier")
    assert step(door, number, "verify", owner="999999") == 422


def test_whom_the_verifier_names_is_known_as_that_owner_and_can_take_it_back(
    door: TestClient, sample_hall: Engine
) -> None:
    become(door, CITIZENS[2][0])
    number = apply_for(door, kind="correct_land_type", number="1/4", land_type="nilam")
    send_paper(door, number)
    pay(sample_hall, number)
    officer(door, "verifier")
    page = door.get(f"{TOWN}/cases/{number}").text
    party = page[page.index('<select id="owner"') :].partition('<option value="')[2]
    party = party.partition('<option value="')[2].partition('"')[0]
    assert step(door, number, "verify", owner=party) == 303
    become(door, CITIZENS[2][0])
    me = door.get(f"{TOWN}/me?lang=en").text
    assert number in me[me.index("That you are an owner") :]
    mark = me[: me.index(f"{number} <form")].count("/me/owner/")
    known = me.split("/me/owner/")[mark + 1].partition("/")[0]
    become(door, CITIZENS[0][0])
    assert door.post(f"{TOWN}/me/owner/{known}/end").status_code == 404
    become(door, CITIZENS[2][0])
    assert door.post(f"{TOWN}/me/owner/{known}/end", follow_redirects=False).status_code == 303
    with inside(sample_hall, BODY.code) as (session, body):
        me_id = session.scalar(text("SELECT id FROM person WHERE name = :name"), {"name": CITIZENS[2][0]})
        assert not owns(session, body, me_id, ["1/4"], on=datetime.now(UTC).date())


def test_the_owners_are_told_when_somebody_else_begins_a_case_on_their_plot(
    town: Session, body: LocalBody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("civic.core.events._LISTENERS", defaultdict(list))
    listen(Settings(public_url="https://town.example.org/"))
    asha, biju = a_plot_of_two(town, body, "82/1", 5100)
    owner, other, verifier = an_actor(town, body), an_actor(town, body), an_actor(town, body, "verifier")
    for who, party in ((owner, asha), (other, biju)):
        know_owner(town, body, who.person.id, party, by=verifier.person.id, case_id=None, now=NOW)
    stranger = an_actor(town, body)
    opened = open_case(a_desk(town, body), parcels=["82/1"], actor=stranger, told={})
    for who in (owner, other):
        (told,) = own_messages(town, who.person.id)
        assert told.template == "owner_told"
        assert opened.number in told.text
        assert "82/1" in told.text
        assert "plot?number=82%2F1" in told.text
        assert stranger.person.name not in told.text
    open_case(a_desk(town, body), parcels=["82/1"], actor=owner, told={})
    assert [each.template for each in own_messages(town, owner.person.id)] == ["case_opened", "owner_told"]
    assert [each.template for each in own_messages(town, other.person.id)] == ["owner_told", "owner_told"]


def test_the_decision_asks_for_the_interest_again(door: TestClient, sample_hall: Engine) -> None:
    """An owner who has taken their word back by the day of the decision is none."""
    become(door, CITIZENS[2][0])
    number = apply_for(door, kind="correct_land_type", number="1/3", land_type="nilam")
    pay(sample_hall, number)
    officer(door, "verifier")
    assert step(door, number, "verify") == 303
    answer_village(door, number)
    officer(door, "field_inspector")
    assert step(door, number, "report", note="Seen.") == 303
    with inside(sample_hall, BODY.code) as (session, _):
        me = session.scalar(text("SELECT id FROM person WHERE name = :name"), {"name": CITIZENS[2][0]})
        for each in known_owners(session, person_id=me):
            know_no_more(session, each.id, by=me, now=datetime.now(UTC))
    become(door, OFFICERS["approver"])
    assert step(door, number, "grant") == 409


def test_an_owner_is_told_on_the_plots_page_of_the_case_of_another_and_cannot_open_it(
    door: TestClient, sample_hall: Engine
) -> None:
    """What the message promises is shown where its link leads; a stranger sees nothing of it."""
    plot = f"/{BODY.jurisdiction}/plot?number=1/2&lang=en"
    become(door, CITIZENS[0][0])
    number = apply_for(door, **OF_ANOTHER)
    become(door, CITIZENS[1][0])
    page = door.get(plot).text
    assert f"{number} (begun by somebody else)" in page
    assert f"/cases/{number}" not in page
    assert CITIZENS[0][0] not in page
    assert door.get(f"{TOWN}/cases/{number}").status_code == 404
    become(door, CITIZENS[2][0])
    assert number not in door.get(plot).text
    become(door, CITIZENS[0][0])
    assert f"/cases/{number}" in door.get(plot).text


def test_my_plots_are_those_that_i_own_or_that_a_case_of_mine_is_about(door: TestClient) -> None:
    become(door, CITIZENS[1][0])
    page = door.get(f"{TOWN}/plots?lang=en").text
    own = page[page.index("plot?number=1/2") :]
    assert "You are known as an owner." in own[: own.index("</li>")]
    become(door, CITIZENS[0][0])
    number = apply_for(door, **OF_ANOTHER)
    page = door.get(f"{TOWN}/plots?lang=en").text
    other = page[page.index("plot?number=1/2") :]
    other = other[: other.index("</li>")]
    assert number in other
    assert "You are known as an owner." not in other


def test_a_known_owner_divides_a_plot_without_a_paper(door: TestClient, sample_hall: Engine) -> None:
    """The plot ends with the decision, and the interest in it goes on in its parts: owners go with their land."""
    become(door, CITIZENS[1][0])
    with inside(sample_hall, BODY.code) as (session, body):
        me = session.scalar(text("SELECT id FROM person WHERE name = :name"), {"name": CITIZENS[1][0]})
        mine = plots_owned(session, body, me, on=the_day_there())
        place = jurisdiction(session, body.jurisdiction)
        at = AsOf(on=the_day_there(), known=last_recording(session, place.code))
        west, south, east, north = parcel(session, place, mine[-1], at=at).boundary.bounds
        ends = [to_geographic(Point((west + east) / 2, y), place.metric) for y in (south, north)]
    number = apply_for(door, kind="divide", number=mine[-1], parts="2")
    pay(sample_hall, number)
    officer(door, "verifier")
    assert step(door, number, "verify") == 303
    answer_village(door, number)
    officer(door, "field_inspector")
    line = {"line_from": f"{ends[0].x:.8f},{ends[0].y:.8f}", "line_to": f"{ends[1].x:.8f},{ends[1].y:.8f}"}
    assert step(door, number, "report", numbers="9/1\n9/2", note="Measured", **line) == 303
    officer(door, "approver")
    assert step(door, number, "grant") == 303
    with inside(sample_hall, BODY.code) as (session, body):
        now_mine = plots_owned(session, body, me, on=the_day_there())
    assert set(now_mine) == {*mine[:-1], "9/1", "9/2"}
