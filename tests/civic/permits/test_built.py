"""The finished building is held against what was permitted: what differs, what rule 20 and the rule on deviation let go, what an officer says."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.permits.built import compared
from civic.permits.checking import Checked
from civic.permits.fees import FeeSet
from civic.permits.guards import fees_told
from civic.permits.issuing import permit_of
from civic.permits.lettering import letter as letter_of
from civic.permits.model import Kind
from civic.permits.routing import of_the_town
from civic.permits.signing import set_open_fee
from civic.permits.town_words import say_of_reason
from gis.errors import Conflict
from gis.site import LocalBody as KindOfBody
from rules.reading import library
from tests.civic.permits.checkers import SiteChecker
from tests.civic.permits.issued import a_permit
from tests.civic.permits.low_risk import DAY, Found, a_low_risk_check
from tests.civic.permits.matters import Matter, a_matter

BOOK = library().on(DAY, KindOfBody.MUNICIPALITY)


def with_front(found: Found, front: str) -> Found:
    """The document with the average front yard as wide as told, where 3 m are asked for."""
    findings = []
    for each in found["findings"]:
        if each["rule"] == "yards" and "front, average" in each["subject"]:
            measured = each["measured"] | {"amount": front}
            each = each | {"measured": measured, "outcome": "pass" if float(front) >= 3 else "fail"}
        findings.append(each)
    return found | {"findings": findings}


def with_area(found: Found, area: str) -> Found:
    """The document with another built-up area."""
    measures = found["measures"]
    return found | {"measures": measures | {"built_up_area": measures["built_up_area"] | {"amount": area}}}


@pytest.mark.parametrize(
    ("front", "stands"),
    [("2.850", ["tolerated"]), ("2.849", ["beyond"]), ("3.000", ["kept"])],
)
def test_a_narrower_yard_is_kept_tolerated_or_beyond(front: str, stands: list[str]) -> None:
    found = compared("P-1", a_low_risk_check(), with_front(a_low_risk_check(), front), BOOK)
    assert [each.stands for each in found.points] == stands
    assert [each.change.rule for each in found.points] == ["yards"]
    assert bool(found.beyond) is (stands == ["beyond"])


def test_a_point_is_tolerated_only_where_every_measure_of_it_is() -> None:
    built = with_front(a_low_risk_check(), "2.9")
    broken = next(each for each in built["findings"] if each["outcome"] == "fail")
    built["findings"].append(broken | {"measured": None})
    assert {each.stands for each in compared("P-1", a_low_risk_check(), built, BOOK).points} == {"beyond"}


def test_without_a_book_nothing_is_tolerated_and_no_area_is_told() -> None:
    found = compared("P-1", a_low_risk_check(), with_front(a_low_risk_check(), "2.9"), None)
    assert (found.points[0].stands, found.area) == ("beyond", None)


@pytest.mark.parametrize(("built", "extra"), [("210", "10"), ("200", "0"), ("190", "0")])
def test_what_was_built_beyond_the_permit_is_counted(built: str, extra: str) -> None:
    before = with_area(a_low_risk_check(), "200")
    assert str(compared("P-1", before, with_area(before, built), BOOK).extra) == extra


@dataclass
class Finished(SiteChecker):
    """A checker that finds the finished building as a test tells."""

    front: str | None = None
    area: str | None = None

    def check(self, **asked: Any) -> Checked:
        """The usual check, otherwise where it is told."""
        checked = super().check(**asked)
        found = orjson.loads(checked.found)
        found = with_front(found, self.front) if self.front else found
        found = with_area(found, self.area) if self.area else found
        return replace(checked, found=orjson.dumps(found))


@pytest.fixture
def permitted(town: Session, body: LocalBody, tmp_path: Path) -> Matter:
    """A house permitted on the licensee's certificate."""
    matter = a_matter(town, body, tmp_path)
    matter.filed()
    matter.pay()
    return matter


def finished(matter: Matter, **told: str) -> None:
    """Apply for the occupancy certificate of a house that was built as told, signed by both."""
    permit = permit_of(matter.session, matter.number)
    assert permit is not None
    area = matter.check.found["measures"]["built_up_area"]["amount"]
    finder = Finished(known=matter.checker.known, site=matter.checker.site, **{"area": area} | told)
    matter.room = replace(matter.room, checker=finder)
    matter.now += timedelta(days=200)
    matter.begin("occupancy", of_permit=permit.number)
    matter.draw()
    matter.step("file", matter.licensee)
    matter.sign_both()


def decided(matter: Matter) -> None:
    matter.accept_all()
    matter.step("verify", matter.verifier)
    matter.visit()
    matter.step("report", matter.inspector, note="Seen.")


def codes(matter: Matter) -> set[str]:
    found = of_the_town(matter.session, matter.body, matter.number, kind=Kind.OCCUPANCY, on=matter.desk.today)
    return {each.code for each in found}


def test_a_yard_within_the_tolerance_holds_no_certificate_and_stands_in_it(permitted: Matter) -> None:
    finished(permitted, front="2.9")
    assert permitted.case.state == "verifying"
    assert codes(permitted) == set()
    decided(permitted)
    assert permitted.step("approve", permitted.approver).state == "permitted"
    letter = letter_of(
        permitted.session, permitted.body, permitted.case, "occupancy", front="https://x.example"
    )
    (yard,) = letter.tolerated
    assert (yard.rule, yard.measured, yard.required) == ("yards", "2.9 m", "3 m")
    assert "0.15 m" in yard.words
    assert letter.fees == ()


def test_a_yard_beyond_the_tolerance_holds_the_certificate_with_the_reason(permitted: Matter) -> None:
    finished(permitted, front="2.8")
    assert codes(permitted) == {"built_beyond"}
    decided(permitted)
    with pytest.raises(Conflict, match="Fails"):
        permitted.step("approve", permitted.approver)


def test_an_area_beyond_a_tenth_waits_for_an_officers_word(permitted: Matter) -> None:
    area = float(permitted.check.found["measures"]["built_up_area"]["amount"])
    finished(permitted, area=f"{area * 0.89:.2f}")
    assert codes(permitted) == {"built_area"}
    decided(permitted)
    with pytest.raises(Conflict, match="No word yet on: the area was built otherwise"):
        permitted.step("approve", permitted.approver)
    said = {"code": "built_area", "stance": "accepted", "reason": "A revised permit was shown."}
    say_of_reason(permitted.desk, permitted.case, actor=permitted.verifier, **said)
    assert permitted.step("approve", permitted.approver).state == "permitted"


def test_what_was_built_beyond_the_permit_costs_what_the_office_sets(permitted: Matter) -> None:
    area = float(permitted.check.found["measures"]["built_up_area"]["amount"])
    finished(permitted, area=f"{area + 10:.2f}")
    assert permitted.case.state == "fee_open"
    assert "double fee" in (fees_told(permitted.session, permitted.case) or "")
    fee = FeeSet(head="permit_deviation", paise=140_000, reason="10 m² at twice Rs 70.", source="Schedule II")
    set_open_fee(permitted.desk, permitted.case, fee, actor=permitted.verifier)
    assert permitted.case.state == "fee_due"
    permitted.pay()
    assert permitted.case.state == "verifying"
    decided(permitted)
    permitted.step("approve", permitted.approver)
    permit = permit_of(permitted.session, permitted.number)
    assert permit is not None
    assert [each["paise"] for each in permit.terms["fees"]] == [140_000]
    assert [each["rule"] for each in permit.terms["tolerated"]] == ["deviation"]


def test_a_permit_without_a_drawing_cannot_be_held_against(
    town: Session, body: LocalBody, tmp_path: Path
) -> None:
    matter = a_matter(town, body, tmp_path)
    number = a_permit(town, body, matter.plot, number="A1-77/2019", route="earlier")
    matter.begin("occupancy", of_permit=number)
    matter.draw()
    assert "built_untold" in codes(matter)
