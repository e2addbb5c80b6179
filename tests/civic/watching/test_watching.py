"""Watching a plot: who has an interest is told of every case on it and around it, and nobody else is."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.town import SERVICES as TOWNS
from civic.core.bodies import LocalBody
from civic.core.case import Case
from civic.core.desk import Advanced
from civic.core.events import listening
from civic.core.jobs import Work
from civic.core.messages.outbox import Message, messages_of, outbox
from civic.core.messages.telling import WATCHERS, Teller
from civic.core.owners import know_owner
from civic.core.people import Actor
from civic.core.services import Service, Services
from civic.core.sign_in import CodeMade, new_code
from civic.core.steps import add_note, advance, open_case
from civic.core.tables import CasePartyRow
from civic.core.watching.watches import (
    INTEREST,
    NoSuchWatch,
    Watch,
    ask_to_watch,
    decide_watch,
    is_anything_watched,
    stop_watch,
    watch_of_link,
    watches_around,
    watches_asked,
    watches_of,
)
from civic.core.workflow import workflow
from gis.errors import Conflict, Invalid, NotFound
from gis.jurisdictions import jurisdiction
from gis.parcels.changes import divide
from gis.parties.changes import transfer
from gis.parties.model import WHOLE, Instrument, PartyKind, Share, Source
from gis.parties.people import introduce
from tests.builders import LONG_AGO, a_new_parcel, halves, register
from tests.civic.builders import FLOW, NOW, a_desk, a_flow, an_actor
from tests.civic.conftest import LAND

UNTESTED = {"test_service": Service(flow=a_flow())}
"""A service whose officers look at papers, and at nobody's interest in the plot."""
SERVICES = {
    "test_service": Service(
        flow=workflow(
            FLOW.replace("[papers]", "[papers, interest]"), guards=frozenset({"papers", "interest"})
        )
    )
}
TELLER = Teller(services=SERVICES, front="https://town.example.org")
PLOTS = {"90/1": 0, "90/2": 20, "90/3": 40, "90/9": 200}
"""Metres east of the corner: 1, 2 and 3 lie side by side, 9 far off; each is 20 m wide."""


@pytest.fixture(autouse=True)
def land(town: Session) -> None:
    """Four plots, known for long."""
    plots = [a_new_parcel(number, x=x) for number, x in PLOTS.items()]
    register(town, LAND, plots, known=datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def told(town: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The teller listens, and nobody else."""
    monkeypatch.setattr("civic.core.events._LISTENERS", defaultdict(list))
    with listening(Advanced, TELLER.heard_case), listening(CodeMade, TELLER.heard_code):
        yield


def asked(
    town: Session, body: LocalBody, who: Actor, number: str = "90/1", reason: str = "my deed 12/1999"
) -> Watch:
    return ask_to_watch(town, body, SERVICES, person_id=who.person.id, number=number, reason=reason, now=NOW)


def watching(town: Session, body: LocalBody, number: str = "90/1") -> tuple[Actor, Watch]:
    who = an_actor(town, body)
    officer = an_actor(town, body, "front_office")
    wish = asked(town, body, who, number)
    return who, decide_watch(town, wish.id, grants=True, by=officer.person.id, now=NOW)


def a_case(town: Session, body: LocalBody, *plots: str) -> tuple[Actor, Case]:
    applicant = an_actor(town, body)
    return applicant, open_case(a_desk(town, body), parcels=plots, actor=applicant, told={})


def tell_watchers(town: Session, body: LocalBody, case: Case) -> None:
    job = Work(
        engine=None,  # type: ignore[arg-type]
        job=1,
        kind=WATCHERS,
        body=body.code,
        values={"case": case.id, "seq": case.version},
        now=NOW,
    )
    TELLER.tell_watchers(town, body, job)


def told_of_plots(town: Session, who: Actor) -> list[Message]:
    return [
        each for each in outbox(town) if each.person_id == who.person.id and each.template == "plot_event"
    ]


def test_a_declared_interest_waits_for_an_officer(town: Session, body: LocalBody) -> None:
    who = an_actor(town, body)
    wish = asked(town, body, who)
    assert (wish.state, wish.ground) == ("asked", "declared")
    assert not is_anything_watched(town)
    assert [each.id for each in watches_asked(town)] == [wish.id]
    officer = an_actor(town, body, "front_office")
    assert decide_watch(town, wish.id, grants=True, by=officer.person.id, now=NOW).state == "watching"
    assert is_anything_watched(town)
    assert watches_asked(town) == []
    with pytest.raises(Conflict, match="decided"):
        decide_watch(town, wish.id, grants=False, by=officer.person.id, now=NOW)


def test_nobody_decides_on_a_wish_of_their_own(town: Session, body: LocalBody) -> None:
    officer = an_actor(town, body, "front_office")
    wish = asked(town, body, officer)
    with pytest.raises(Conflict, match="colleague"):
        decide_watch(town, wish.id, grants=True, by=officer.person.id, now=NOW)


def test_without_a_reason_there_is_no_interest(town: Session, body: LocalBody) -> None:
    with pytest.raises(Invalid, match="interest"):
        asked(town, body, an_actor(town, body), reason="  ")


def test_a_plot_that_is_not_there_is_not_watched(town: Session, body: LocalBody) -> None:
    with pytest.raises(NotFound):
        asked(town, body, an_actor(town, body), "90/77")


def test_the_same_plot_is_not_asked_for_twice(town: Session, body: LocalBody) -> None:
    who, wish = watching(town, body)
    with pytest.raises(Conflict, match="already"):
        asked(town, body, who)
    stop_watch(town, wish.stop, now=NOW)
    assert asked(town, body, who).state == "asked"


def test_a_case_that_was_only_begun_proves_no_interest(town: Session, body: LocalBody) -> None:
    """Anybody can begin a case on anybody's plot; once an officer has found their interest, its party is known."""
    applicant, case = a_case(town, body, "90/1")
    filed = advance(a_desk(town, body), case.id, "file", actor=applicant, version=case.version)
    wish = asked(town, body, applicant)
    assert wish.state == "asked"
    stop_watch(town, wish.stop, now=NOW)
    verifier = an_actor(town, body, "verifier")
    advance(
        a_desk(town, body), case.id, "verify", actor=verifier, version=filed.version, note="as it should be"
    )
    wish = asked(town, body, applicant)
    assert (wish.state, wish.ground) == ("watching", "party")


@pytest.mark.parametrize(
    ("services", "part", "state"),
    [(SERVICES, "owner", "watching"), (UNTESTED, "owner", "asked"), (SERVICES, "licensee", "asked")],
)
def test_only_who_was_asked_for_an_interest_has_shown_one(
    town: Session, body: LocalBody, services: Services, part: str, state: str
) -> None:
    """A service that tests none proves none, whatever an officer did there; nor does a part that no land gives."""
    applicant, case = a_case(town, body, "90/1")
    other = an_actor(town, body).person.id
    town.add(CasePartyRow(body=body.code, case_id=case.id, person_id=other, part=part))
    filed = advance(a_desk(town, body), case.id, "file", actor=applicant, version=case.version)
    verifier = an_actor(town, body, "verifier")
    advance(a_desk(town, body), case.id, "verify", actor=verifier, version=filed.version, note="seen")
    wish = ask_to_watch(town, body, services, person_id=other, number="90/1", reason="my deed", now=NOW)
    assert wish.state == state


def test_the_services_of_the_town_hall_test_an_interest_where_they_change_a_record() -> None:
    testing = {
        name: [key for key, step in each.flow.steps.items() if INTEREST in step.guards]
        for name, each in TOWNS.items()
    }
    assert {name: steps for name, steps in testing.items() if steps} == {"land_records": ["verify", "grant"]}


def test_a_refused_case_proves_no_interest(town: Session, body: LocalBody) -> None:
    applicant, case = a_case(town, body, "90/1")
    filed = advance(a_desk(town, body), case.id, "file", actor=applicant, version=case.version)
    verifier = an_actor(town, body, "verifier")
    advance(a_desk(town, body), case.id, "refuse", actor=verifier, version=filed.version, note="not theirs")
    assert asked(town, body, applicant).state == "asked"


@pytest.mark.parametrize(
    ("plot", "is_told"),
    [
        ("90/1", True),
        ("90/2", True),
        ("90/3", False),
        ("90/9", False),
    ],  # beside it, the next but one, far off
)
def test_a_watcher_hears_of_the_plot_and_its_neighbours(
    town: Session, body: LocalBody, plot: str, is_told: bool
) -> None:
    who, _ = watching(town, body, "90/1")
    _, case = a_case(town, body, plot)
    tell_watchers(town, body, case)
    assert [each.subject.startswith(f"Plot {plot}") for each in told_of_plots(town, who)] == [True] * is_told


def test_every_message_carries_its_link_to_stop(town: Session, body: LocalBody) -> None:
    who, wish = watching(town, body)
    _, case = a_case(town, body, "90/1")
    tell_watchers(town, body, case)
    (message,) = told_of_plots(town, who)
    assert f"https://town.example.org/town/{body.code}/watch/stop/{wish.stop}" in message.text
    assert case.number in message.text
    assert message.case_id is None, "a case's page does not tell who watches"
    assert watch_of_link(town, wish.stop).number == "90/1"
    stop_watch(town, wish.stop, now=NOW)
    assert stop_watch(town, wish.stop, now=NOW).state == "stopped"
    tell_watchers(town, body, case)
    assert len(told_of_plots(town, who)) == 1
    with pytest.raises(NoSuchWatch):
        stop_watch(town, "guessed", now=NOW)


def test_a_watcher_of_two_plots_of_a_case_is_told_once(town: Session, body: LocalBody) -> None:
    who, _ = watching(town, body, "90/1")
    officer = an_actor(town, body, "front_office")
    decide_watch(town, asked(town, body, who, "90/2").id, grants=True, by=officer.person.id, now=NOW)
    _, case = a_case(town, body, "90/2")
    tell_watchers(town, body, case)
    (message,) = told_of_plots(town, who)
    assert "You watch plot 90/2" in message.text


def test_a_party_is_not_told_again_as_a_watcher(town: Session, body: LocalBody) -> None:
    who, _ = watching(town, body, "90/1")
    case = open_case(a_desk(town, body), parcels=["90/1"], actor=who, told={})
    tell_watchers(town, body, case)
    assert told_of_plots(town, who) == []


def test_who_watched_a_divided_plot_watches_what_became_of_it(town: Session, body: LocalBody) -> None:
    who, _ = watching(town, body, "90/9")
    before = a_new_parcel("90/9", x=PLOTS["90/9"]).boundary
    divide(
        town, LAND, "90/9", into=halves(before, ("90/9-1", "90/9-2")), on=date(2026, 11, 1), instrument="D-1"
    )
    found = watches_around(town, body, ["90/9-1"], now=datetime.now(UTC))
    assert [each.person_id for each in found] == [who.person.id]
    gone = watches_around(town, body, ["90/9"], now=datetime.now(UTC))
    assert [each.person_id for each in gone] == [who.person.id]


@pytest.mark.usefixtures("told")
def test_the_parties_hear_that_a_case_moves(town: Session, body: LocalBody) -> None:
    applicant, case = a_case(town, body, "90/1")
    (opened,) = messages_of(town, case.id)
    assert (opened.template, opened.person_id) == ("case_opened", applicant.person.id)
    desk = a_desk(town, body)
    filed = advance(desk, case.id, "file", actor=applicant, version=case.version)
    assert len(messages_of(town, case.id)) == 1, "who acts knows what was done"
    verifier = an_actor(town, body, "verifier")
    add_note(desk, case.id, "look at the deed", actor=verifier, seen="staff")
    verified = advance(desk, case.id, "verify", actor=verifier, version=filed.version + 1, note="ok")
    assert len(messages_of(town, case.id)) == 1, "what only officers see is told to nobody"
    approver = an_actor(town, body, "approver")
    advance(desk, case.id, "refuse", actor=approver, version=verified.version, note="no way in")
    (_, refused) = messages_of(town, case.id)
    assert (refused.template, "Refused" in refused.subject) == ("case_moved", True)
    assert f"/town/{body.code}/cases/{case.number}" in refused.text


@pytest.mark.usefixtures("told")
def test_watchers_cost_a_job_only_where_somebody_watches(town: Session, body: LocalBody) -> None:
    def jobs() -> int:
        count = text("SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = :kind")
        return int(town.scalar(count, {"kind": WATCHERS}) or 0)

    before = jobs()
    a_case(town, body, "90/1")
    assert jobs() == before
    watching(town, body)
    a_case(town, body, "90/1")
    assert jobs() == before + 1


@pytest.mark.usefixtures("told")
def test_a_code_goes_to_where_it_was_asked_from(town: Session, body: LocalBody) -> None:
    where, code = new_code(town, body, "Ammini@Example.org", sender="203.0.113.7", language="ml", now=NOW)
    (message,) = outbox(town)
    assert (message.address, message.is_secret, message.language) == (where, True, "ml")
    assert code in message.text


def test_a_wish_is_answered(town: Session, body: LocalBody) -> None:
    who, wish = watching(town, body)
    TELLER.answer_watch(town, body, wish, now=NOW)
    assert [each.template for each in outbox(town)] == ["watch_begun"]
    assert [each.id for each in watches_of(town, who.person.id)] == [wish.id]


def test_a_known_owner_watches_their_plot_at_once(town: Session, body: LocalBody) -> None:
    place = jurisdiction(town, body.jurisdiction)
    holder = introduce(town, place, kind=PartyKind.PERSON, name="Asha", on=LONG_AGO)
    deed = Instrument(title="Deed 1", dated=LONG_AGO)
    whole = [Share(party=holder.id, part=WHOLE)]
    transfer(town, place, "90/9", to=whole, on=LONG_AGO, instrument=deed, source=Source.REGISTER)
    owner, stranger = an_actor(town, body).person.id, an_actor(town, body).person.id
    know_owner(town, body, owner, holder.id, by=None, case_id=None, now=NOW)
    asked = [
        ask_to_watch(town, body, {}, person_id=each, number="90/9", reason="My plot", now=NOW)
        for each in (owner, stranger)
    ]
    assert [each.state for each in asked] == ["watching", "asked"]
