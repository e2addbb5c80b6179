"""A low-risk plan from the draft to the self-certified permit, and what sends it to an officer instead."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.money.demands import demands_of
from civic.core.people import end_posting, postings
from civic.permits.issuing import permit_of
from civic.permits.tables import PermitCaseRow
from gis.errors import Conflict
from tests.civic.permits.matters import Matter, a_matter


@pytest.fixture
def matter(town: Session, body: LocalBody, tmp_path: Path) -> Matter:
    return a_matter(town, body, tmp_path)


def codes(matter: Matter) -> set[str]:
    row = matter.session.get_one(PermitCaseRow, matter.number, populate_existing=True)
    return {each["code"] for each in row.why}


def test_a_low_risk_plan_gets_its_permit_with_the_payment(matter: Matter) -> None:
    assert matter.filed().state == "fee_due"
    matter.pay()
    assert matter.case.state == "permitted"
    permit = permit_of(matter.session, matter.number)
    assert permit is not None
    assert permit.route == "self_certified"
    assert re.fullmatch(r"P-2026-\d{5}", permit.number)
    assert permit.issued == matter.desk.today
    assert permit.until is not None
    assert permit.until.year == permit.issued.year + 5
    assert permit.terms["drawing"] == matter.check.sha256
    assert {each["rule"] for each in permit.terms["declared"]} >= {"stairs", "excavation"}
    assert permit.terms["measured"]


def test_every_line_of_the_fee_names_its_clause(matter: Matter) -> None:
    matter.filed()
    (owed,) = demands_of(matter.session, matter.number)
    assert {line.head for line in owed.lines} == {"permit_application", "permit_fee", "permit_scrutiny"}
    assert all(line.clause for line in owed.lines)
    stated = sum(fee["paise"] for fee in matter.check.found["statement"]["fees"])
    assert owed.amount == stated


def test_what_was_not_declared_goes_to_an_officer(matter: Matter) -> None:
    matter.filed(declared=frozenset())
    matter.pay()
    assert matter.case.state == "verifying"
    assert "unsigned" in codes(matter)
    assert permit_of(matter.session, matter.number) is None


@pytest.mark.parametrize(("days", "state"), [(0, "verifying"), (1, "permitted")])
def test_a_licence_that_ended_after_the_signature_certifies_nothing(
    matter: Matter, days: int, state: str
) -> None:
    matter.filed()
    (posting,) = postings(matter.session, on=None, person_id=matter.licensee.person.id)
    today = matter.desk.today
    end_posting(matter.session, posting.id, on=today + timedelta(days=days), today=today)
    matter.pay()
    assert matter.case.state == state
    assert ("licence_ended" in codes(matter)) == (state == "verifying")


def test_one_point_less_declared_is_enough_for_an_officer(matter: Matter) -> None:
    matter.begin()
    matter.draw()
    matter.step("file", matter.licensee)
    matter.sign_both(declared=matter.to_sign() - {"stairs"})
    matter.pay()
    assert matter.case.state == "verifying"


@pytest.mark.parametrize("status", ["affected", "near", "no_data"])
def test_a_theme_that_calls_for_a_consent_sends_it_to_an_officer(
    town: Session, body: LocalBody, tmp_path: Path, status: str
) -> None:
    matter = a_matter(town, body, tmp_path, themes={"heritage": status})
    matter.filed()
    matter.pay()
    assert matter.case.state == "verifying"
    assert "theme" in codes(matter)


def test_an_owner_whom_the_register_does_not_know_is_looked_at(
    town: Session, body: LocalBody, tmp_path: Path
) -> None:
    matter = a_matter(town, body, tmp_path, is_known=False)
    matter.filed()
    matter.pay()
    assert matter.case.state == "verifying"
    assert codes(matter) == {"owner_unknown"}


def test_another_kind_than_building_goes_to_an_officer(matter: Matter) -> None:
    matter.begin("change_of_use")
    matter.draw()
    matter.step("file", matter.licensee)
    matter.sign_both()
    matter.pay()
    assert matter.case.state == "verifying"
    assert codes(matter) == {"kind"}


def test_numbers_follow_each_other_without_a_gap(town: Session, body: LocalBody, tmp_path: Path) -> None:
    numbers = []
    for _ in range(3):
        matter = a_matter(town, body, tmp_path)
        matter.filed()
        matter.pay()
        permit = permit_of(town, matter.number)
        assert permit is not None
        numbers.append(permit.serial)
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]


def test_nothing_is_filed_without_a_drawing_or_for_another_plot(matter: Matter) -> None:
    matter.begin()
    with pytest.raises(Conflict, match="No drawing"):
        matter.step("file", matter.licensee)
    from tests.rules.plan_builders import a_site

    other = a_site({"roads": [{"width": 8}]}, plot=[31, 17])
    matter.draw(site=other)
    assert not matter.check.fits
    with pytest.raises(Conflict, match="not this plot"):
        matter.step("file", matter.licensee)


def test_a_draft_is_checked_as_often_as_wanted(matter: Matter) -> None:
    matter.begin()
    first, second = matter.draw(set_back=3.1), matter.draw(set_back=6.0)
    assert (first.seq, second.seq) == (1, 2)
    assert first.sha256 != second.sha256
    assert second.document_seq == 2
    assert second.document_id == first.document_id
