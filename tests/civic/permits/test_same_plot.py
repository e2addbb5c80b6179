"""What else stands on the plot of a case: another permit in force, another case before the office."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.permits.issuing import permit_of
from civic.permits.revoking import revoke
from civic.permits.same_plot import others_on_plot
from tests.civic.permits.matters import Matter, a_matter


@pytest.fixture
def matter(town: Session, body: LocalBody, tmp_path: Path) -> Matter:
    return a_matter(town, body, tmp_path)


def beside(matter: Matter, *, days: int = 0) -> tuple[str, ...]:
    return others_on_plot(matter.session, matter.case, on=matter.desk.today + timedelta(days=days))


def test_a_permit_stands_beside_another_case_while_it_is_in_force(matter: Matter) -> None:
    matter.filed()
    assert beside(matter) == ()
    matter.pay()
    permit = permit_of(matter.session, matter.number)
    assert permit is not None
    assert permit.until is not None
    matter.begin()
    assert beside(matter) == (permit.number,)
    left = (permit.until - matter.desk.today).days
    assert beside(matter, days=left) == (permit.number,)
    assert beside(matter, days=left + 1) == ()
    revoke(matter.desk, permit.number, why="False papers.", clause="Rule 16", actor=matter.secretary)
    assert beside(matter) == ()


def test_the_permit_that_a_case_follows_is_no_other(matter: Matter) -> None:
    matter.filed()
    matter.pay()
    permit = permit_of(matter.session, matter.number)
    assert permit is not None
    matter.begin("occupancy", of_permit=permit.number)
    assert beside(matter) == ()


def test_an_open_case_is_told_and_a_draft_is_not(matter: Matter) -> None:
    matter.filed()
    first = matter.case
    matter.begin()
    assert beside(matter) == (first.number,)
    matter.number = first.id
    assert beside(matter) == ()
