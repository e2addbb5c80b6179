"""What people are told of money and of harmful papers: who, in which language, with which link."""

from collections import defaultdict
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from api.settings import Settings
from api.town import SERVICES
from api.trades import listen
from civic.core.bodies import LocalBody
from civic.core.case import Case
from civic.core.clocks import run_clocks
from civic.core.documents.keeping import Quarantined
from civic.core.events import publish
from civic.core.messages.outbox import Message, messages_of, own_messages
from civic.core.money.demands import raise_demand
from civic.core.money.model import Demand, DemandLine, DemandRaised, Means, Paid, Receipt
from civic.core.people import Actor
from civic.core.steps import add_note, open_case
from civic.core.tables import CasePartyRow, CaseRow
from tests.civic.builders import NOW, a_desk, an_actor


@pytest.fixture(autouse=True)
def teller(monkeypatch: pytest.MonkeyPatch) -> None:
    """An instance that tells people, and nobody else who listens."""
    monkeypatch.setattr("civic.core.events._LISTENERS", defaultdict(list))
    listen(Settings(public_url="https://town.example.org/"))
    listen(Settings(public_url="https://town.example.org/"))


@pytest.fixture
def party(town: Session, body: LocalBody) -> tuple[Actor, Case]:
    """Somebody with a case, of which they know."""
    who = an_actor(town, body)
    return who, open_case(a_desk(town, body), parcels=["12/104"], actor=who, told={})


def a_demand(case_id: int | None) -> Demand:
    return Demand(
        id=1,
        case_id=case_id,
        token="secret-word",
        amount=123456700,
        state="open",
        due=None,
        raised=NOW,
        raised_by=None,
        closed=None,
        closed_reason=None,
        lines=(),
    )


def a_receipt() -> Receipt:
    return Receipt(
        id=1,
        token="other-word",
        number="R-2026-27-000012",
        demand_id=1,
        means=Means.GATEWAY,
        amount=123456700,
        held=0,
        payment_id=None,
        received_by=None,
        day=date(2026, 11, 18),
        instant=NOW,
        cancelled=None,
        cancelled_reason=None,
    )


def last_told(town: Session, case: Case) -> Message:
    return messages_of(town, case.id)[-1]


def test_a_party_is_told_once_though_the_process_was_set_up_twice(
    town: Session, party: tuple[Actor, Case]
) -> None:
    assert [each.template for each in messages_of(town, party[1].id)] == ["case_opened"]


def test_a_party_is_told_what_to_pay_by_a_link_that_needs_no_sign_in(
    town: Session, body: LocalBody, party: tuple[Actor, Case]
) -> None:
    who, case = party
    publish(
        town, DemandRaised(body=body, demand=a_demand(case.id), parties=frozenset({who.person.id}), now=NOW)
    )
    message = last_told(town, case)
    assert (message.template, message.person_id) == ("money_due", who.person.id)
    assert "₹12,34,567.00" in message.subject
    assert f"https://town.example.org/town/{body.code}/pay/secret-word" in message.text


def test_whoever_became_a_party_after_the_opening_is_told_what_to_pay(
    town: Session, body: LocalBody, party: tuple[Actor, Case]
) -> None:
    """What was asked ahead of an opening is good for its parties only."""
    who, other = party[0], an_actor(town, body).person.id
    desk = a_desk(town, body)
    line = DemandLine(head="fee", title_en="Fee", title_ml="ഫീസ്", amount=100, clause="Order 1")
    alone, joined = (open_case(desk, parcels=["12/104"], actor=who, told={}) for _ in range(2))
    town.add(CasePartyRow(body=body.code, case_id=joined.id, person_id=other, part="owner"))
    town.flush()
    for case, told in ((joined, {who.person.id, other}), (alone, {who.person.id})):
        raise_demand(town, body, lines=[line], now=desk.now, case_id=case.id)
        due = [each for each in messages_of(town, case.id) if each.template == "money_due"]
        assert {each.person_id for each in due} == told
        assert all(case.number in each.text for each in due)


def test_a_party_is_told_that_money_has_arrived(
    town: Session, body: LocalBody, party: tuple[Actor, Case]
) -> None:
    _, case = party
    publish(town, Paid(body=body, case_id=case.id, demand=a_demand(case.id), receipt=a_receipt(), now=NOW))
    message = last_told(town, case)
    assert message.template == "money_received"
    assert "R-2026-27-000012" in message.text
    assert f"/town/{body.code}/receipt/other-word" in message.text


def test_money_without_a_case_is_told_to_nobody(
    town: Session, body: LocalBody, party: tuple[Actor, Case]
) -> None:
    before = len(messages_of(town, party[1].id))
    publish(town, DemandRaised(body=body, demand=a_demand(None), parties=frozenset(), now=NOW))
    assert len(messages_of(town, party[1].id)) == before


@pytest.mark.parametrize("is_known", [True, False])
def test_who_sent_something_harmful_is_told(
    town: Session, body: LocalBody, party: tuple[Actor, Case], is_known: bool
) -> None:
    who, case = party
    publish(
        town,
        Quarantined(
            body=body,
            case_id=case.id,
            document_id=1,
            title="Deed 12/1999",
            sent_by=who.person.id if is_known else None,
            found="Eicar",
            now=NOW,
        ),
    )
    assert (last_told(town, case).template == "document_refused") is is_known
    assert ("Deed 12/1999" in last_told(town, case).subject) is is_known


def test_telling_a_step_costs_the_same_however_many_messages_there_are(
    town: Session, body: LocalBody, party: tuple[Actor, Case]
) -> None:
    """Statements of one more case: the same before and after a hundred messages."""

    def statements() -> int:
        asked: list[str] = []

        def hear(*told: object) -> None:
            asked.append(str(told[2]))

        engine = town.get_bind()
        event.listen(engine, "before_cursor_execute", hear)
        try:
            open_case(a_desk(town, body), parcels=["12/104"], actor=party[0], told={})
        finally:
            event.remove(engine, "before_cursor_execute", hear)
        return len(asked)

    first = statements()
    for _ in range(50):
        publish(town, DemandRaised(body=body, demand=a_demand(party[1].id), parties=frozenset(), now=NOW))
    assert statements() == first <= 16


def test_who_holds_the_role_is_told_that_a_case_is_late(town: Session, body: LocalBody) -> None:
    """Everyone in the role, but for a party of the case, who hears who it was; in words of a service that is known here."""
    secretary, own = an_actor(town, body, "secretary"), an_actor(town, body, "secretary")
    desk = SERVICES["objections"].desk(town, body, now=NOW)
    opened = open_case(desk, parcels=[], actor=own, told={})
    late = NOW + timedelta(days=60)
    assert run_clocks(town, body, SERVICES, now=late) == 1
    (told,) = [each for each in own_messages(town, secretary.person.id) if each.template == "late"]
    assert opened.number in told.subject
    assert "Filed" in told.text
    heard, first = own_messages(town, own.person.id)
    assert (heard.template, first.template) == ("late_told", "case_opened")
    assert f"put before: {secretary.person.name}" in heard.text
    assert own.person.name not in heard.text
    assert run_clocks(town, body, SERVICES, now=late) == 0


def test_the_parties_are_reminded_of_their_own_turn_every_fortnight(town: Session, body: LocalBody) -> None:
    """Owner and licensee have thirty days to sign; nobody else is told, and no other licensee of the town."""
    owner, licensee, other = (
        an_actor(town, body),
        an_actor(town, body, "licensee"),
        an_actor(town, body, "licensee"),
    )
    desk = SERVICES["permits"].desk(town, body, now=NOW)
    opened = open_case(desk, parcels=[], actor=owner, told={}, part="owner")
    town.add(CasePartyRow(body=body.code, case_id=opened.id, person_id=licensee.person.id, part="licensee"))
    row = town.get_one(CaseRow, opened.id)
    row.state, row.turn, row.due = "consenting", "owner", desk.today + timedelta(days=30)
    town.flush()
    for days, acts in ((30, 0), (31, 1), (32, 0), (44, 0), (46, 1), (47, 0)):
        assert run_clocks(town, body, SERVICES, now=NOW + timedelta(days=days)) == acts, days
    for who in (owner, licensee):
        told = [each for each in own_messages(town, who.person.id) if each.template == "reminder"]
        assert len(told) == 2
        assert "Owner and licensee sign" in told[0].text
    assert own_messages(town, other.person.id) == []


def test_an_officer_without_a_role_above_is_told_and_the_parties_hear_it(
    town: Session, body: LocalBody
) -> None:
    """An objection that was examined waits seven working days for the Secretary; then both are told, once."""
    secretary, objector = an_actor(town, body, "secretary"), an_actor(town, body)
    desk = SERVICES["objections"].desk(town, body, now=NOW)
    opened = open_case(desk, parcels=[], actor=objector, told={})
    row = town.get_one(CaseRow, opened.id)
    row.state, row.turn, row.due = "examined", "secretary", desk.today
    town.flush()
    for days, acts in ((0, 0), (1, 1), (60, 0)):
        assert run_clocks(town, body, SERVICES, now=NOW + timedelta(days=days)) == acts
    assert "late" in [each.template for each in own_messages(town, secretary.person.id)]
    told = [each for each in own_messages(town, objector.person.id) if each.template == "late_told"]
    assert [secretary.person.name in each.text for each in told] == [True]


def test_a_party_is_told_that_the_office_wrote_to_it_and_of_no_words_among_officers(
    town: Session, body: LocalBody, party: tuple[Actor, Case]
) -> None:
    """What was written is read on the case; one's own words are no news."""
    who, opened = party
    officer = an_actor(town, body, "verifier")
    add_note(a_desk(town, body), opened.id, "Is the well yours?", actor=officer, seen="parties")
    told = last_told(town, opened)
    assert (told.template, told.person_id) == ("words_added", who.person.id)
    assert f"cases/{opened.number}" in told.text
    assert "the well" not in told.text
    count = len(messages_of(town, opened.id))
    add_note(a_desk(town, body), opened.id, "He seems honest.", actor=officer, seen="staff")
    add_note(a_desk(town, body), opened.id, "It is mine.", actor=who, seen="parties")
    assert len(messages_of(town, opened.id)) == count
