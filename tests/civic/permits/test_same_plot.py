"""What else stands on the plot of a case: another permit in force, another case before the office."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.permits.issuing import permit_of
from civic.permits.revoking import revoke
from civic.permits.routing import OTHER_PERMIT
from civic.permits.same_plot import one_at_a_time, others_on_plot
from civic.permits.tables import PermitCaseRow
from civic.permits.town_words import why_unspoken
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


def test_no_second_permit_comes_at_once_while_one_is_in_force_on_the_plot(matter: Matter) -> None:
    """A house that is permitted and not built yet stands on no drawing; each of two would have the whole floor space."""
    matter.filed()
    first = matter.number
    matter.filed()
    second, matter.number = matter.number, first
    matter.pay()
    permit = permit_of(matter.session, first)
    assert permit is not None
    matter.number = second
    matter.pay()
    assert matter.case.state == "verifying"
    (reason,) = matter.session.get_one(PermitCaseRow, second).why
    assert (reason["code"], reason["told"]) == (OTHER_PERMIT, permit.number)
    assert "another permit is in force" in str(
        why_unspoken(matter.session, matter.body, matter.case, on=matter.desk.today)
    )
    revoke(matter.desk, permit.number, why="False papers.", clause="Rule 16", actor=matter.secretary)
    matter.filed()
    matter.pay()
    assert matter.case.state == "permitted"


def test_two_payments_for_one_plot_go_one_after_the_other(matter: Matter, service_engine: Engine) -> None:
    case_id = matter.begin().id
    one_at_a_time(matter.session, matter.body.code, case_id)
    key = f"way of a permit:{matter.body.code}:{matter.plot}"
    with service_engine.connect() as other:
        mine, another = (
            other.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(each, 0))))
            for each in (key, f"{key}9")
        )
    assert (mine, another) == (False, True)
