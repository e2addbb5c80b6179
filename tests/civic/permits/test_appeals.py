"""An appeal to the Tribunal is a case of its own; an order that sets the decision aside acts on the permit's case."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from api.town import SERVICES
from civic.core.bodies import LocalBody
from civic.core.case import Case, case, history
from civic.core.people import Actor, post
from civic.core.reopening import reopen
from civic.core.steps import advance
from civic.permits.appeals.lodging import appeal_of, lodge
from civic.permits.audits import proposed
from civic.permits.issuing import permit_of
from civic.permits.lettering import letters_of
from civic.permits.revoking import revoke
from civic.permits.tables import PermitAuditRow
from civic.permits.town_words import say_of_reason
from gis.errors import Conflict, Invalid, NotAllowed
from tests.civic.builders import NOW
from tests.civic.permits.hearing import heard, last, told
from tests.civic.permits.matters import Matter, a_matter

FLOW = SERVICES["permit_appeals"]


@pytest.fixture
def refused(town: Session, body: LocalBody, tmp_path: Path) -> Matter:
    """A house of a stranger, refused for its title."""
    matter = a_matter(town, body, tmp_path, is_known=False)
    matter.taken_up()
    said = {"code": "owner_unknown", "stance": "refused", "reason": "No deed."}
    say_of_reason(matter.desk, matter.case, actor=matter.verifier, **said)
    matter.step("refuse", matter.approver, note="No title.")
    return matter


def lodged(matter: Matter, *, by: Actor | None = None, **form: str) -> Case:
    """Told of by the owner, on the day on which it was lodged unless told otherwise."""
    desk = FLOW.desk(matter.session, matter.body, now=matter.now)
    said = {"reference": "Appeal 7/2026", "lodged": str(desk.today)} | form
    return lodge(desk, matter.case, said, actor=by or matter.owner)


def ordered(matter: Matter, appeal: Case, step: str, by: Actor, **form: str) -> Case:
    desk = FLOW.desk(matter.session, matter.body, now=matter.now)
    said = {"order_ref": "Order 12/2027", "ordered": str(desk.today)} | form
    told = FLOW.takes[step](desk, case(matter.session, appeal.id), by, said)
    version = case(matter.session, appeal.id).version
    return advance(desk, appeal.id, step, actor=by, version=version, note="As ordered.", told=told)


def test_a_refusal_that_is_set_aside_is_decided_anew(refused: Matter) -> None:
    appeal = lodged(refused)
    assert (appeal.number[:3], appeal.state, appeal.turn) == ("BA-", "before_tribunal", "secretary")
    refused.later(days=90)
    with pytest.raises(NotAllowed):
        ordered(refused, appeal, "set_aside", refused.approver)
    assert ordered(refused, appeal, "set_aside", refused.secretary).state == "set_aside"
    standing = refused.case
    assert (standing.state, standing.turn, standing.closed) == ("deciding", "approver", None)
    assert letters_of(refused.session, standing) == ()
    last = history(refused.session, refused.number, for_staff=False)[-1]
    assert (last.step, last.told["order"]) == ("appeal_set_aside", "Order 12/2027")
    with pytest.raises(Conflict):
        refused.step("approve", refused.approver)


@pytest.mark.parametrize("step", ["set_aside", "dismiss"])
def test_who_refused_does_not_record_the_end_of_the_appeal(refused: Matter, step: str) -> None:
    appeal = lodged(refused)
    post(
        refused.session,
        refused.body,
        refused.approver.person.id,
        role="secretary",
        order_ref="x",
        begins=NOW.date(),
    )
    with pytest.raises(NotAllowed) as told:
        ordered(refused, appeal, step, replace(refused.approver, roles=frozenset({"approver", "secretary"})))
    assert told.value.code == "same-person"
    assert ordered(refused, appeal, step, refused.secretary).closed is not None


def test_a_dismissed_appeal_leaves_the_decision_as_it_is(refused: Matter) -> None:
    appeal = lodged(refused)
    assert ordered(refused, appeal, "dismiss", refused.secretary).state == "dismissed"
    assert refused.case.state == "refused"
    assert last(refused.session, refused.number).step == "appeal_dismissed"
    with pytest.raises(Conflict, match="cannot be done"):
        ordered(refused, appeal, "set_aside", refused.secretary)
    assert lodged(refused).state == "before_tribunal"


def test_a_revoked_permit_stands_again(town: Session, body: LocalBody, tmp_path: Path) -> None:
    matter = a_matter(town, body, tmp_path)
    matter.filed()
    matter.pay()
    with pytest.raises(Conflict, match="Nothing was refused or revoked"):
        lodged(matter)
    permit = permit_of(town, matter.number)
    assert permit is not None
    revoke(matter.desk, permit.number, why="A false drawing.", clause="Rule 16", actor=matter.secretary)
    with heard():
        appeal = lodged(matter)
    assert (last(town, matter.number).step, last(town, matter.number).note) == (
        "appeal_lodged",
        "Appeal 7/2026",
    )
    assert set(told(town, "case_act")) == {matter.licensee.person.id}
    said = {"body": body.code, "number": permit.number, "case_id": matter.number, "outcome": "revocation"}
    row = PermitAuditRow(**said, drawn=NOW.date(), why="risk", seed="s", reasons=[], words="False.", done=NOW)
    town.add(row)
    town.flush()
    with heard():
        ordered(matter, appeal, "set_aside", matter.secretary)
    assert set(told(town, "case_act")) == {matter.owner.person.id, matter.licensee.person.id}
    assert "Order Order 12/2027: As ordered." in told(town, "case_act")[matter.licensee.person.id]
    assert proposed(town) == []
    permit = permit_of(town, matter.number)
    assert permit is not None
    kept = (permit.revoked, permit.revoked_why, permit.revoked_clause, permit.revoked_by)
    assert kept == (None, None, None, None)
    assert history(town, matter.number, for_staff=False)[-1].step == "appeal_set_aside"
    assert matter.begin("plinth", of_permit=permit.number).state == "draft"


def test_only_a_party_tells_and_only_once_at_a_time(refused: Matter) -> None:
    with pytest.raises(NotAllowed):
        lodged(refused, by=refused.secretary)
    lodged(refused)
    with pytest.raises(Conflict, match="already"):
        lodged(refused)


def test_an_appeal_lies_between_the_decision_and_today(refused: Matter) -> None:
    for days in (-1, 1):
        day = refused.desk.today + timedelta(days=days)
        with pytest.raises(Invalid, match="after the decision"):
            lodged(refused, lodged=str(day))


def test_the_recalled_days_are_shown_and_bar_nothing(refused: Matter) -> None:
    refused.later(days=30)
    for is_late in (False, True):
        appeal = lodged(refused)
        desk = FLOW.desk(refused.session, refused.body, now=refused.now)
        assert appeal_of(desk, appeal).is_late is is_late
        ordered(refused, appeal, "dismiss", refused.secretary)
        refused.later(days=1)


def test_an_order_has_a_number_and_a_day_after_the_appeal(refused: Matter) -> None:
    appeal = lodged(refused)
    for wrong in ({"order_ref": " "}, {"ordered": "2020-01-01"}, {"ordered": "soon"}):
        with pytest.raises(Invalid):
            ordered(refused, appeal, "dismiss", refused.secretary, **wrong)


def test_a_case_that_has_not_ended_is_not_opened_again(
    town: Session, body: LocalBody, tmp_path: Path
) -> None:
    matter = a_matter(town, body, tmp_path)
    matter.begin()
    said = {"step": "again", "role": "secretary", "actor": None, "note": None}
    with pytest.raises(Conflict, match="has not ended"):
        reopen(matter.desk, matter.number, state="deciding", told={}, **said)
