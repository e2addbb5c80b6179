"""Every owner of a plot consents: who of the register does not sign is named, and sends the case to an officer."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.owners import know_owner
from civic.core.people import Actor, person_reached_by
from civic.permits.consents import why_unsigned
from civic.permits.joining import join_owner, leave_owner
from civic.permits.queries import shown
from civic.permits.tables import PermitCaseRow
from civic.permits.town_words import say_of_reason
from gis.errors import Conflict, NotAllowed
from gis.jurisdictions import jurisdiction
from gis.parties.changes import transfer
from gis.parties.model import Instrument, PartyKind, Share, Source
from gis.parties.people import introduce
from tests.civic.permits.matters import Matter, a_matter

HALF = Fraction(1, 2)
ADDRESS = "thomas@kurian.example"


@pytest.fixture
def shared(town: Session, body: LocalBody, tmp_path: Path) -> Matter:
    """A plot of two owners, of whom the register knows the one who applies."""
    matter = a_matter(town, body, tmp_path, is_known=False)
    place, on = jurisdiction(town, body.jurisdiction), date(2020, 1, 1)
    parties = [
        introduce(town, place, kind=PartyKind.PERSON, name=name, on=on).id
        for name in ("Ammini Kurian", "Thomas Kurian")
    ]
    shares = [Share(party=each, part=HALF) for each in parties]
    deed = Instrument(title="A deed", dated=on)
    transfer(town, place, matter.plot, to=shares, on=on, instrument=deed, source=Source.DECLARED)
    know_owner(town, body, matter.owner.person.id, parties[0], by=None, case_id=None, now=matter.now)
    matter.parties = parties  # type: ignore[attr-defined]
    return matter


def codes(matter: Matter) -> set[str]:
    row = matter.session.get_one(PermitCaseRow, matter.number, populate_existing=True)
    return {each["code"] for each in row.why}


def test_an_owner_who_does_not_sign_is_named_and_needs_an_officers_word(shared: Matter) -> None:
    shared.filed()
    shared.pay()
    assert codes(shared) == {"co_owner"}
    assert shared.case.state == "verifying"
    told = shown(shared.desk, shared.case)
    assert told.owners_missing == ("Thomas Kurian",)
    assert told.owners_known == {shared.owner.person.id}
    assert "Thomas" not in str(told.why), "what every party reads names nobody of the register"
    shared.accept_all()
    shared.step("verify", shared.verifier)
    shared.visit()
    shared.step("report", shared.inspector, note="Seen.")
    with pytest.raises(Conflict, match="No word yet on: not every owner"):
        shared.step("approve", shared.approver)
    said = {"code": "co_owner", "stance": "accepted", "reason": "A power of attorney was shown."}
    say_of_reason(shared.desk, shared.case, actor=shared.verifier, **said)
    assert shared.step("approve", shared.approver).state == "permitted"


def test_with_every_owners_signature_the_permit_is_issued_at_once(shared: Matter) -> None:
    shared.begin()
    shared.draw()
    join_owner(shared.desk, shared.case, name="Thomas Kurian", address=ADDRESS, actor=shared.owner)
    who = person_reached_by(shared.session, ADDRESS)
    assert who is not None
    party = shared.parties[1]  # type: ignore[attr-defined]
    know_owner(shared.session, shared.body, who.id, party, by=None, case_id=None, now=shared.now)
    assert shown(shared.desk, shared.case).owners_missing == ()
    shared.step("file", shared.licensee)
    shared.sign_both()
    assert shared.case.state == "consenting"
    assert "Thomas Kurian (owner)" in (why_unsigned(shared.session, shared.number) or "")
    shared.sign(Actor(person=who), "owner")
    shared.pay()
    assert shared.case.state == "permitted"


def test_who_only_has_the_name_of_an_owner_speaks_for_nobody(shared: Matter) -> None:
    shared.begin()
    shared.draw()
    join_owner(shared.desk, shared.case, name="Thomas Kurian", address=ADDRESS, actor=shared.owner)
    assert shown(shared.desk, shared.case).owners_missing == ("Thomas Kurian",)


def test_nothing_of_the_register_is_told_where_no_signer_is_known(
    town: Session, body: LocalBody, tmp_path: Path
) -> None:
    matter = a_matter(town, body, tmp_path, is_known=False)
    matter.begin()
    assert shown(matter.desk, matter.case).owners_missing == ()


def test_an_owner_named_in_error_leaves_before_signing_and_the_applicant_stays(shared: Matter) -> None:
    shared.begin()
    shared.draw()
    with pytest.raises(NotAllowed):
        join_owner(shared.desk, shared.case, name="T", address=ADDRESS, actor=shared.verifier)
    join_owner(shared.desk, shared.case, name="Thomas Kurian", address=ADDRESS, actor=shared.owner)
    with pytest.raises(Conflict, match="already"):
        join_owner(shared.desk, shared.case, name="Thomas Kurian", address=ADDRESS, actor=shared.owner)
    with pytest.raises(Conflict, match="applied"):
        leave_owner(shared.desk, shared.case, person_id=shared.owner.person.id, actor=shared.owner)
    who = person_reached_by(shared.session, ADDRESS)
    assert who is not None
    leave_owner(shared.desk, shared.case, person_id=who.id, actor=shared.owner)
    told = shown(shared.desk, shared.case)
    assert [each.person_id for each in told.signatures if each.part == "owner"] == [shared.owner.person.id]
