"""What follows a permit: a revised one replaces it, a transfer moves its holder, and what comes too early or too late is told so."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.people import Actor, person
from civic.permits.blds import Entry, status_of
from civic.permits.fees import FeeSet, bill
from civic.permits.filing import known_of_followed
from civic.permits.following import comes_from_holder, holders_of, permit_row
from civic.permits.issuing import permit_of
from civic.permits.register import Wanted, permit_shown, permits_in
from civic.permits.same_plot import others_on_plot
from civic.permits.signing import set_open_fee
from civic.permits.tables import PermitRow
from gis.errors import Conflict, Invalid
from tests.civic.builders import an_actor
from tests.civic.permits.hearing import last
from tests.civic.permits.issued import a_permit
from tests.civic.permits.matters import Matter, a_matter


@pytest.fixture
def permitted(town: Session, body: LocalBody, tmp_path: Path) -> Matter:
    """A house permitted on the licensee's certificate."""
    matter = a_matter(town, body, tmp_path)
    matter.filed()
    matter.pay()
    return matter


def issued(matter: Matter) -> PermitRow:
    permit = permit_of(matter.session, matter.number)
    assert permit is not None
    return permit


def decided(matter: Matter) -> PermitRow:
    matter.accept_all()
    matter.step("verify", matter.verifier)
    matter.visit()
    matter.step("report", matter.inspector, note="Seen.")
    matter.step("approve", matter.approver)
    return issued(matter)


def revised(matter: Matter, number: str) -> PermitRow:
    """The same permit with another drawing."""
    matter.begin("revision", of_permit=number)
    matter.draw(set_back=6.2)
    matter.step("file", matter.licensee)
    matter.sign_both(declared=frozenset())
    matter.pay()
    return decided(matter)


def test_a_revised_permit_replaces_the_former_which_keeps_its_number(permitted: Matter) -> None:
    former, first = issued(permitted).number, permitted.number
    waiting = permitted.begin("plinth", of_permit=former).id
    later = revised(permitted, former)
    line = last(permitted.session, first)
    assert (line.step, line.note, line.role) == ("permit_replaced", later.number, "approver")
    session, today = permitted.session, permitted.desk.today
    shown = permit_shown(session, former, on=today)
    assert (shown.line.state, shown.line.replaced_by, shown.line.replaced) == (
        "replaced",
        later.number,
        today,
    )
    assert [each.number for each in permits_in(session, Wanted(state="replaced"), on=today)] == [former]
    assert [each.number for each in permits_in(session, Wanted(state="in_force"), on=today)] == [later.number]
    assert status_of(Entry(line=shown.line, measures=(), spot=None, occupied=None)) == (
        "Permit Cancelled",
        today,
    )
    assert later.until == permit_row(session, permitted.body.code, former).until
    with pytest.raises(Conflict, match=f"replaced by permit {later.number}"):
        permitted.begin("occupancy", of_permit=former)
    permitted.number = waiting
    with pytest.raises(Conflict, match=f"replaced by permit {later.number}"):
        permitted.step("report_plinth", permitted.owner)
    assert former not in others_on_plot(session, permitted.case, on=today)


def test_what_comes_too_early_or_too_late_is_refused_when_it_is_begun(permitted: Matter) -> None:
    permit = issued(permitted)
    assert permit.until is not None
    permitted.now += timedelta(days=(permit.until - permitted.desk.today).days)
    with pytest.raises(Conflict, match="ask for its extension"):
        permitted.begin("renewal", of_permit=permit.number)
    for kind in ("extension", "revision"):
        assert permitted.begin(kind, of_permit=permit.number).state == "draft"
    permitted.later(days=1)
    with pytest.raises(Conflict, match="Ask for its renewal"):
        permitted.begin("extension", of_permit=permit.number)
    with pytest.raises(Conflict, match="renewal before it is revised"):
        permitted.begin("revision", of_permit=permit.number)
    assert permitted.begin("renewal", of_permit=permit.number).state == "draft"


def test_what_only_follows_a_permit_is_not_followed_itself(
    town: Session, body: LocalBody, tmp_path: Path
) -> None:
    matter = a_matter(town, body, tmp_path)
    number = a_permit(town, body, matter.plot)
    extension = a_permit(town, body, matter.plot, kind="extension", of_permit=number)
    with pytest.raises(Conflict, match=f"follows permit {number}: name that one"):
        matter.begin("extension", of_permit=extension)


def test_a_transfer_moves_the_holder(permitted: Matter) -> None:
    session, permit = permitted.session, issued(permitted)
    assert holders_of(session, permit) == {permitted.owner.person.id}
    said = {"of_permit": permit.number, "transferred": str(permitted.desk.today)}
    with pytest.raises(Invalid, match="e-mail"):
        permitted.begin("transfer", **said, new_holder_address="nowhere")
    permitted.begin("transfer", **said)
    permitted.step("file_plain", permitted.owner)
    permitted.pay()
    permitted.step("verify_plain", permitted.verifier)
    permitted.step("approve", permitted.approver)
    (holder,) = holders_of(session, permit)
    assert person(session, holder).name == "A new holder"
    for who, is_holder in (
        (Actor(person=person(session, holder)), True),
        (an_actor(session, permitted.body), False),
    ):
        permitted.owner = who
        begun = permitted.begin("extension", of_permit=permit.number)
        today = permitted.desk.today
        assert comes_from_holder(session, permitted.body, begun.id, permit, on=today) is is_holder


def test_a_revised_permit_costs_what_it_is_more_than_the_former(permitted: Matter) -> None:
    former = issued(permitted)
    permitted.begin("revision", of_permit=former.number)
    for set_back, still in ((6.2, set()), (5.8, {"permit_fee"})):
        permitted.draw(set_back=set_back)
        owed = bill(permitted.session, permitted.check)
        assert {each.head for each in owed.lines} == {"permit_application", "permit_scrutiny"}
        assert {each.head for each in owed.open} == still
        assert all(former.number in each.reason for each in owed.open)


def test_a_draft_does_not_stop_the_clock_of_its_permit(permitted: Matter) -> None:
    former = issued(permitted).number
    permitted.begin("extension", of_permit=former)
    permitted.later(days=6 * 365)
    with pytest.raises(Conflict, match="cannot be extended any more"):
        permitted.step("file_plain", permitted.owner)


def test_a_transfer_that_is_yet_to_come_is_not_asked_for(permitted: Matter) -> None:
    tomorrow = (permitted.desk.today + timedelta(days=1)).isoformat()
    former = issued(permitted).number
    with pytest.raises(Invalid, match="lies in the future"):
        permitted.begin("transfer", of_permit=former, transferred=tomorrow)
    permitted.begin("transfer", of_permit=former, transferred=permitted.desk.today.isoformat())


@pytest.mark.parametrize(("kind", "until"), [("extension", 100), ("renewal", -1)])
def test_what_follows_an_earlier_permit_costs_what_the_office_sets(
    town: Session, body: LocalBody, tmp_path: Path, kind: str, until: int
) -> None:
    """What was paid for a permit that was brought in is not recorded, so the book cannot tell a tenth of it, nor a half."""
    matter = a_matter(town, body, tmp_path)
    today = matter.desk.today
    began, ends = today - timedelta(days=1500), today + timedelta(days=until)
    number = a_permit(
        town,
        body,
        matter.plot,
        number=f"OLD/{matter.plot}",
        route="earlier",
        issued=began,
        until=ends,
        fees=[],
    )
    matter.begin(kind, of_permit=number)
    with pytest.raises(Conflict, match="Not told yet"):
        matter.step("file_plain", matter.owner)
    assert matter.step("file_untold", matter.owner).state == "fee_open"
    fee = FeeSet(
        head=f"permit_{kind}", paise=50_000, reason="By the receipt of 2010.", source="rule on validity"
    )
    assert set_open_fee(matter.desk, matter.case, fee, actor=matter.verifier).state == "fee_due"
    matter.pay()
    matter.step("verify_plain", matter.verifier)
    matter.step("approve", matter.approver)
    assert [(each["paise"], each["is_set"]) for each in issued(matter).terms["fees"]] == [(50_000, True)]
    assert permit_row(town, body.code, number).until == issued(matter).until


def test_the_form_is_filled_in_for_its_own_parties_and_a_told_fee_is_not_left_to_the_office(
    permitted: Matter,
) -> None:
    matter, number = permitted, issued(permitted).number
    row, on = issued(matter), matter.desk.today
    known = {"title": "A house", "licensee": str(matter.licensee.person.id)}
    assert known_of_followed(matter.session, row, matter.owner.person.id, on=on) == known
    assert known_of_followed(matter.session, row, matter.verifier.person.id, on=on) == {}
    matter.begin("extension", of_permit=number)
    with pytest.raises(Conflict, match="The fee is told already"):
        matter.step("file_untold", matter.owner)
    assert matter.step("file_plain", matter.owner).state == "fee_due"
