"""A licensee whose registration has ended neither tells of an appeal nor takes one back; the owner does."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from api.town import SERVICES
from civic.core.bodies import LocalBody
from civic.core.case import LicenceEnded
from civic.core.steps import advance
from civic.permits.appeals.lodging import lodge
from civic.permits.town_words import say_of_reason
from tests.civic.permits.matters import a_matter


def test_an_appeal_is_told_and_taken_back_only_while_the_licence_holds(
    town: Session, body: LocalBody, tmp_path: Path
) -> None:
    matter = a_matter(town, body, tmp_path, is_known=False)
    matter.taken_up()
    said = {"code": "owner_unknown", "stance": "refused", "reason": "No deed."}
    say_of_reason(matter.desk, matter.case, actor=matter.verifier, **said)
    matter.step("refuse", matter.approver, note="No title.")
    desk = SERVICES["permit_appeals"].desk(town, body, now=matter.now)
    form = {"reference": "Appeal 7/2026", "lodged": str(desk.today)}
    licensed, lapsed = matter.licensee, replace(matter.licensee, roles=frozenset())
    with pytest.raises(LicenceEnded):
        lodge(desk, matter.case, form, actor=lapsed)
    appeal = lodge(desk, matter.case, form, actor=licensed)
    with pytest.raises(LicenceEnded):
        advance(desk, appeal.id, "withdraw", actor=lapsed, version=1)
    assert advance(desk, appeal.id, "withdraw", actor=licensed, version=1).state == "withdrawn"
    assert lodge(desk, matter.case, form, actor=matter.owner).state == "before_tribunal"
