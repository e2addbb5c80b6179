"""A licensee's signature speaks for what may be declared of that plan, and for nothing else that bears the same rule."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.permits.deciding import judged
from tests.civic.permits.low_risk import SIGNED, a_clear_site
from tests.civic.permits.matters import Matter, a_matter


@pytest.fixture
def matter(town: Session, body: LocalBody, tmp_path: Path) -> Matter:
    return a_matter(town, body, tmp_path)


def declared(matter: Matter) -> set[tuple[str, str]]:
    """The open findings that stand on the licensee's word."""
    found = judged(matter.session, matter.check)
    return {(each.finding["rule"], each.finding["subject"]) for each in found if each.is_declared}


def test_a_scheme_over_the_plot_is_left_to_the_officer_although_its_rule_was_signed(matter: Matter) -> None:
    zone = {"status": "affected", "labels": ("R",), "attributes": {"use_groups": "A1"}}
    matter.checker.site = a_clear_site(zoning=zone, planning_scheme="affected")
    matter.filed(declared=SIGNED)
    subjects = {subject for rule, subject in declared(matter) if rule == "precedence"}
    assert "Town Planning Scheme" not in subjects
    assert ("stairs", "") in declared(matter)


def test_what_was_not_signed_is_not_declared(matter: Matter) -> None:
    matter.filed(declared=SIGNED - {"stairs"})
    assert ("stairs", "") not in declared(matter)
    assert ("travel", "") in declared(matter)
