"""Days: rule 14 and its Council, the day of issue, extensions in time and too late, plinth and occupancy."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from shapely.affinity import scale
from sqlalchemy.orm import Session

from api.town import SERVICES
from civic.core.bodies import LocalBody
from civic.core.case import history, tasks_of
from civic.core.clocks import run_clocks
from civic.core.tables import CaseTaskRow
from civic.permits.drawings import bytes_of, keep_again, plan_of
from civic.permits.guards import nothing_fails, refusal_grounded
from civic.permits.issuing import permit_of
from civic.permits.lettering import letter
from civic.permits.others import missing_consents, wanted
from civic.permits.revoking import revoke
from civic.permits.routing import settle
from civic.permits.tables import PermitRow
from gis.errors import Conflict, NotAllowed
from gis.recordings import record
from tests.civic.builders import an_actor
from tests.civic.permits.low_risk import a_clear_site
from tests.civic.permits.matters import Matter, a_matter
from tests.civic.permits.test_officers import FAILING


@pytest.fixture
def matter(town: Session, body: LocalBody, tmp_path: Path) -> Matter:
    return a_matter(town, body, tmp_path)


def night(matter: Matter) -> None:
    run_clocks(matter.session, matter.body, SERVICES, now=matter.now)


def check_today(matter: Matter) -> None:
    """The drawing is checked again by the book and land of the day."""
    file = plan_of(matter.session, matter.number)
    checked = matter.room.checker.check(
        jurisdiction=matter.body.jurisdiction,
        number=matter.plot,
        content=bytes_of(matter.room, file),
        answers=b"",
        on=matter.desk.today,
    )
    keep_again(matter.desk, matter.case, checked, file, made_by=None)


def test_after_fifteen_days_the_applicant_may_refer_it(matter: Matter) -> None:
    matter.taken_up()
    matter.later(days=15)
    with pytest.raises(Conflict, match="The office has until"), matter.session.begin_nested():
        matter.step("refer", matter.owner, note="Please decide.")
    matter.later(days=1)
    assert matter.step("refer", matter.owner, note="Please decide.").state == "council"


@pytest.mark.parametrize("step", ["council_approve", "council_refuse"])
def test_who_verified_does_not_record_the_councils_decision(matter: Matter, step: str) -> None:
    """Whatever roles they hold; another Secretary does."""
    both = an_actor(matter.session, matter.body, "verifier", "secretary")
    matter.verifier = both
    matter.to_decision()
    matter.later(days=16)
    matter.step("refer", matter.owner, note="Please decide.")
    with pytest.raises(NotAllowed) as refused:
        matter.step(step, both, note="As decided.")
    assert refused.value.code == "same-person"
    assert matter.step("council_approve", matter.secretary, note="As decided.").state == "permitted"


def test_after_thirty_days_of_the_council_it_is_deemed(matter: Matter) -> None:
    matter.to_decision()
    matter.later(days=16)
    matter.step("refer", matter.owner, note="Please decide.")
    referred = matter.desk.today
    matter.later(days=30)
    night(matter)
    assert matter.case.state == "council"
    assert permit_of(matter.session, matter.number) is None
    matter.later(days=1)
    night(matter)
    permit = permit_of(matter.session, matter.number)
    assert permit is not None
    assert (matter.case.state, permit.route) == ("deemed", "deemed")
    told = letter(matter.session, matter.body, matter.case, "permit", front="https://x.example")
    assert told.begins_after is not None
    assert told.begins_after.until == referred + timedelta(days=45)
    assert "14" in told.begins_after.clause


def test_it_is_never_deemed_by_silence_alone(matter: Matter) -> None:
    matter.to_decision()
    matter.later(days=400)
    night(matter)
    assert matter.case.state == "deciding"


def test_it_is_never_deemed_where_a_finding_fails(matter: Matter) -> None:
    matter.to_decision(set_back=FAILING)
    matter.later(days=16)
    matter.step("refer", matter.owner, note="Please decide.")
    matter.later(days=60)
    night(matter)
    assert matter.case.state == "council"


def test_it_is_never_deemed_where_a_consent_is_missing(
    town: Session, body: LocalBody, tmp_path: Path
) -> None:
    matter = a_matter(town, body, tmp_path, themes={"heritage": "affected"})
    matter.taken_up()
    matter.accept_all()
    matter.step("verify", matter.verifier)
    matter.later(days=16)
    matter.step("refer", matter.owner, note="Please decide.")
    matter.later(days=60)
    night(matter)
    assert matter.case.state == "council"


@pytest.mark.parametrize(
    ("theme", "answer", "state"),
    [("not_affected", "", "deemed"), ("affected", "", "council"), ("affected", "agrees", "deemed")],
)
def test_an_office_that_never_says_a_word_is_passed_by_rule_14(
    town: Session, body: LocalBody, tmp_path: Path, theme: str, answer: str, state: str
) -> None:
    """With the reference the authorities are asked, whom the office left unasked; the licensee's words count as in a permit at once."""
    matter = a_matter(town, body, tmp_path, themes={"heritage": theme})
    matter.begin()
    matter.draw()
    matter.step("file", matter.licensee)
    matter.sign_both(declared=matter.to_sign() - {"trees"})
    matter.pay()
    assert matter.case.state == "verifying"
    matter.later(days=16)
    matter.step("refer", matter.owner, note="Please decide.")
    assert len(tasks_of(town, matter.number)) == (theme == "affected")
    if answer:
        matter.answer_all(answer)
    asked = {
        "kind": "noc_defence",
        "role": "agency",
        "asked": matter.now,
        "due": matter.desk.today,
        "told": {},
    }
    with (
        town.begin_nested() as aside
    ):  # what was declared stands no more where an authority that was asked objects
        town.add(
            CaseTaskRow(**asked, body=body.code, case_id=matter.number, answered=matter.now, answer="objects")
        )
        town.flush()
        assert "objects" in str(missing_consents(town, matter.number, in_silence=True))
        aside.rollback()
    matter.later(days=31)
    night(matter)
    assert matter.case.state == state


def test_what_does_not_lie_on_the_plot_is_permitted_on_nobodys_word(matter: Matter) -> None:
    matter.filed()
    there = matter.checker.site
    for boundary, why in (
        (scale(there.boundary, 1.7, 1.4), "The drawn plot is not this plot"),
        (there.boundary, None),
    ):
        matter.checker.site = replace(there, boundary=boundary)
        check_today(matter)
        said = nothing_fails(matter.session, matter.case)
        assert (said is None) if why is None else str(said).startswith(why)
        assert refusal_grounded(matter.session, matter.case) is None if why else True


def test_the_land_of_the_day_of_payment_decides(matter: Matter) -> None:
    matter.filed()
    matter.land_changes()
    matter.pay()
    assert matter.case.state == "rechecking"
    assert permit_of(matter.session, matter.number) is None
    check_today(matter)
    settle(matter.desk, matter.case, told={})
    assert matter.case.state == "permitted"


def test_what_is_recorded_elsewhere_delays_nobody(matter: Matter) -> None:
    matter.filed()
    matter.land_changes(metres_off=500)
    record(matter.session, matter.body.jurisdiction, what="a right on another plot")
    matter.pay()
    assert matter.case.state == "permitted"
    permit = permit_of(matter.session, matter.number)
    assert permit is not None
    assert permit.check_id == matter.check.id


def test_what_the_day_has_changed_sends_it_to_an_officer_and_is_told(matter: Matter) -> None:
    matter.filed()
    matter.land_changes()
    matter.pay()
    from tests.civic.permits.low_risk import a_clear_site

    matter.checker.site = a_clear_site(heritage="affected")
    file = plan_of(matter.session, matter.number)
    checked = matter.room.checker.check(
        jurisdiction=matter.body.jurisdiction,
        number=matter.plot,
        content=bytes_of(matter.room, file),
        answers=b"",
        on=matter.desk.today,
    )
    told = keep_again(matter.desk, matter.case, checked, file, made_by=None)
    settle(matter.desk, matter.case, told=told)
    assert matter.case.state == "verifying"
    taken = history(matter.session, matter.number, for_staff=False)[-1]
    changed = {each["rule"]: (each["before"], each["after"]) for each in taken.told["changed"]}
    assert changed["noc_heritage"] == ("pass", "unknown")


def test_a_drawing_changed_after_its_check_is_not_what_was_signed(matter: Matter, tmp_path: Path) -> None:
    from civic.core.documents.announcing import Announced
    from civic.core.documents.uploads import add_part, begin_upload, finish
    from rules.plans.starter import starter

    matter.filed()
    other = starter(matter.checker.site, set_back=4.0)
    announced = Announced(
        case_id=matter.number,
        person_id=matter.owner.person.id,
        kind="plan",
        title="Plan",
        name="plan.dxf",
        size=len(other),
        document_id=matter.check.document_id,
    )
    begun = begin_upload(matter.session, matter.body, announced, largest=10**8, now=matter.now)
    store, me = matter.room.store, matter.owner.person.id
    add_part(matter.session, store, begun.id, other, starts=0, person_id=me, now=matter.now)
    finish(matter.session, store, begun.id, person_id=me, now=matter.now)
    matter.pay()
    assert matter.case.state == "rechecking"
    check_today(matter)
    settle(matter.desk, matter.case, told={})
    assert permit_of(matter.session, matter.number) is None


def test_paid_money_does_not_lapse_and_unpaid_does(matter: Matter) -> None:
    matter.filed()
    matter.later(days=31)
    night(matter)
    assert matter.case.state == "lapsed"


def permitted(matter: Matter) -> PermitRow:
    matter.filed()
    matter.pay()
    permit = permit_of(matter.session, matter.number)
    assert permit is not None
    return permit


def follow(matter: Matter, kind: str, permit: PermitRow) -> None:
    matter.begin(kind, of_permit=permit.number, transferred=str(matter.desk.today), new_holder="Somebody")


def test_an_extension_begun_in_time_is_not_filed_after_the_end(matter: Matter) -> None:
    permit = permitted(matter)
    assert permit.until is not None
    matter.later(days=(permit.until - matter.desk.today).days)
    follow(matter, "extension", permit)
    matter.later(days=1)
    with pytest.raises(Conflict, match="Ask for its renewal"):
        matter.step("file_plain", matter.owner)


def test_an_extension_costs_a_tenth_and_holds_five_years_more(matter: Matter) -> None:
    permit = permitted(matter)
    before = permit.until
    assert before is not None
    fee = next(each["paise"] for each in permit.terms["fees"] if each["head"] == "permit_fee")
    matter.later(days=(before - matter.desk.today).days)
    follow(matter, "extension", permit)
    matter.step("file_plain", matter.owner)
    assert matter.case.state == "fee_due"
    from civic.core.money.demands import demands_of

    (owed,) = demands_of(matter.session, matter.number)
    assert owed.amount == round(fee / 10)
    matter.pay()
    assert matter.case.state == "verifying"
    matter.step("verify_plain", matter.verifier)
    assert matter.step("approve", matter.approver).state == "permitted"
    first = matter.session.get_one(PermitRow, (matter.body.code, permit.number), populate_existing=True)
    assert first.until is not None
    assert first.until.year == before.year + 5


def test_a_plinth_is_remarked_on_within_five_days_and_in_order_after_seven(matter: Matter) -> None:
    permit = permitted(matter)
    follow(matter, "plinth", permit)
    matter.step("report_plinth", matter.owner)
    matter.later(days=5)
    with matter.session.begin_nested() as aside:
        assert matter.step("remark", matter.verifier, note="The yard is too small.").state == "refused"
        aside.rollback()
    matter.later(days=1)
    with pytest.raises(Conflict, match="could be made until"), matter.session.begin_nested():
        matter.step("remark", matter.verifier, note="The yard is too small.")
    for state in ("plinth", "deemed"):
        matter.later(days=1)
        night(matter)
        assert matter.case.state == state


def test_time_grants_nothing_to_whoever_is_no_owner_of_the_permit(matter: Matter, body: LocalBody) -> None:
    permit, owner = permitted(matter), matter.owner
    matter.owner = an_actor(matter.session, body)
    follow(matter, "plinth", permit)
    matter.step("report_plinth", matter.owner)
    matter.later(days=8)
    night(matter)
    assert matter.case.state == "plinth"
    assert matter.step("plinth_in_order", matter.verifier).state == "permitted"
    matter.owner = owner
    follow(matter, "plinth", permit)
    matter.step("report_plinth", matter.owner)
    matter.later(days=8)
    night(matter)
    assert matter.case.state == "deemed"


def test_a_second_extension_is_refused_before_it_is_paid_for(matter: Matter) -> None:
    permit = permitted(matter)
    for _ in range(2):
        follow(matter, "extension", permit)
    first, second = matter.number - 1, matter.number
    matter.number = first
    matter.step("file_plain", matter.owner)
    matter.pay()
    matter.step("verify_plain", matter.verifier)
    matter.step("approve", matter.approver)
    matter.number = second
    with pytest.raises(Conflict, match="extended once already"):
        matter.step("file_plain", matter.owner)


def occupancy(matter: Matter) -> None:
    permit = permitted(matter)
    matter.later(days=100)
    follow(matter, "occupancy", permit)
    matter.draw()
    matter.step("file", matter.licensee)
    matter.sign_both()
    assert matter.case.state == "verifying"


def test_occupancy_is_certified_after_an_inspection(matter: Matter) -> None:
    occupancy(matter)
    matter.accept_all()
    matter.step("verify", matter.verifier)
    matter.answer_all()
    matter.visit()
    matter.step("report", matter.inspector, note="Built as drawn.")
    assert matter.step("approve", matter.approver).state == "permitted"
    permit = permit_of(matter.session, matter.number)
    assert permit is not None
    assert (permit.kind, permit.until) == ("occupancy", None)


def test_occupancy_is_deemed_after_fifteen_days(matter: Matter) -> None:
    occupancy(matter)
    for days, state in ((15, "verifying"), (1, "deemed")):
        matter.later(days=days)
        night(matter)
        assert matter.case.state == state


def test_no_occupancy_is_deemed_while_a_consent_is_missing_that_its_permit_did_not_have(
    matter: Matter,
) -> None:
    """Nor does it go before the Council: rule 14 is about permits."""
    matter.filed()
    matter.pay()
    permit = permit_of(matter.session, matter.number)
    assert permit is not None
    first = matter.number
    matter.checker.site = a_clear_site(heritage="affected")
    follow(matter, "occupancy", permit)
    matter.draw()
    matter.step("file", matter.licensee)
    matter.sign_both()
    matter.later(days=16)
    with pytest.raises(Conflict, match="Rule 14 is about permits"), matter.session.begin_nested():
        matter.step("refer", matter.owner, note="Please decide.")
    night(matter)
    assert matter.case.state == "verifying"
    assert refusal_grounded(matter.session, matter.case) is not None
    with matter.session.begin_nested() as aside:
        revoke(matter.desk, permit.number, why="False papers.", clause="Rule 16", actor=matter.secretary)
        assert refusal_grounded(matter.session, matter.case) is None
        aside.rollback()
    (wanting,) = [each for each in wanted(matter.session, matter.check) if each.is_certain]
    agreed = {
        "kind": wanting.rule,
        "role": "agency",
        "asked": matter.now,
        "due": matter.desk.today,
        "told": {},
    }
    matter.session.add(
        CaseTaskRow(**agreed, body=matter.body.code, case_id=first, answered=matter.now, answer="agrees")
    )
    matter.session.flush()
    matter.later(days=1)
    night(matter)
    assert matter.case.state == "deemed", "what was agreed to for the permit holds for its certificate"


def test_the_job_that_checks_again_does_nothing_twice(matter: Matter) -> None:
    matter.filed()
    matter.pay()
    assert matter.case.state == "permitted"
    assert settle(matter.desk, matter.case, told={}) is None
