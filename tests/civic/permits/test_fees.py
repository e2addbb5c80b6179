"""What a permit costs: line by line with its clause; what cannot be told is set by an officer, with reason and source."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import orjson
import pytest
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.money.demands import demands_of
from civic.permits.checking import Checked
from civic.permits.fees import OTHER_WORKS, FeeSet, bill, bill_of, demand_lines
from civic.permits.model import Kind
from civic.permits.rechecking import check_by_hand
from civic.permits.signing import set_open_fee
from gis.errors import Conflict, Invalid, NotAllowed
from tests.civic.permits.checkers import SiteChecker
from tests.civic.permits.low_risk import a_low_risk_check
from tests.civic.permits.matters import Matter, a_matter


@dataclass
class Untold(SiteChecker):
    """A checker whose book does not tell the permit fee."""

    def check(self, *, jurisdiction: str, number: str, content: bytes, answers: bytes, on: date) -> Checked:
        """The usual check, with one line open."""
        checked = super().check(
            jurisdiction=jurisdiction, number=number, content=content, answers=answers, on=on
        )
        found = orjson.loads(checked.found)
        for fee in found["statement"]["fees"]:
            if fee["title"] == "permit fee":
                fee["lines"][0] |= {"paise": None, "reason": "The book has no rate."}
        return replace(checked, found=orjson.dumps(found))


@pytest.fixture
def matter(town: Session, body: LocalBody, tmp_path: Path) -> Matter:
    made = a_matter(town, body, tmp_path)
    checker = Untold(known=made.checker.known, site=made.checker.site)
    made.room = replace(made.room, checker=checker)
    return made


def set_to(matter: Matter, paise: int, **how: str) -> None:
    said = {"head": "permit_fee", "reason": "By the old rate.", "source": "Resolution 4/2026"} | how
    officer = getattr(matter, said.pop("by", "verifier"))
    set_open_fee(matter.desk, matter.case, FeeSet(paise=paise, **said), actor=officer)


def test_a_line_names_its_fee_once(matter: Matter) -> None:
    found = a_low_risk_check()
    raw = [(fee["title"], line["what"]) for fee in found["statement"]["fees"] for line in fee["lines"]]
    assert any(what.startswith(title) for title, what in raw), "the check itself names the fee in the line"
    told = bill_of(found)
    for line in told.lines:
        assert line.title not in line.what
        assert not line.what or line.what not in line.step
    for line in demand_lines(told):
        first, _, rest = line.title_en.partition(": ")
        assert first.lower() not in rest


def test_a_fee_that_cannot_be_told_waits_for_an_officer(matter: Matter) -> None:
    assert matter.filed().state == "fee_open"
    assert [each.head for each in bill(matter.session, matter.check).open] == ["permit_fee"]
    assert demands_of(matter.session, matter.number) == []
    with pytest.raises(NotAllowed):
        set_to(matter, 50_000, by="owner")
    with pytest.raises(Invalid):
        set_to(matter, 50_000, reason=" ")
    with pytest.raises(Conflict, match="told by the book"):
        set_to(matter, 50_000, head="permit_scrutiny")
    set_to(matter, 50_000)
    assert matter.case.state == "fee_due"
    (owed,) = demands_of(matter.session, matter.number)
    line = next(each for each in owed.lines if each.head == "permit_fee")
    assert (line.amount, line.clause) == (50_000, "Resolution 4/2026")
    matter.pay()
    assert matter.case.state == "permitted"


def test_a_fee_of_nothing_is_set_too(matter: Matter) -> None:
    matter.filed()
    set_to(matter, 0)
    (owed,) = demands_of(matter.session, matter.number)
    assert "permit_fee" not in {each.head for each in owed.lines}


def test_a_check_without_a_statement_tells_no_fee() -> None:
    found = a_low_risk_check() | {"statement": None}
    told = bill_of(found)
    assert told.lines == ()
    assert len(told.open) == 4


def test_what_is_free_is_permitted_with_the_last_signature(
    town: Session, body: LocalBody, tmp_path: Path
) -> None:
    made = a_matter(town, body, tmp_path)

    @dataclass
    class Free(SiteChecker):
        """A checker whose book charges nothing."""

        def check(self, **asked: object) -> Checked:  # type: ignore[override]
            """The usual check, with every line at nothing."""
            checked = super().check(**asked)  # type: ignore[arg-type]
            found = orjson.loads(checked.found)
            for fee in found["statement"]["fees"]:
                fee["lines"] = [each | {"paise": 0} for each in fee["lines"]]
            return replace(checked, found=orjson.dumps(found))

    made.room = replace(made.room, checker=Free(known=made.checker.known, site=made.checker.site))
    made.filed()
    assert made.case.state == "permitted"
    assert demands_of(town, made.number) == []


def test_a_fee_that_was_set_holds_for_the_same_drawing_on_another_day_and_for_no_other(
    matter: Matter,
) -> None:
    matter.filed()
    set_to(matter, 50_000)
    matter.later(days=1)
    check_by_hand(matter.room, matter.desk, matter.case, actor=matter.verifier)
    assert matter.check.seq == 2
    assert bill(matter.session, matter.check).is_told
    matter.begin()
    again = matter.draw(set_back=5.0)
    assert [each.head for each in bill(matter.session, again).open] == ["permit_fee"]


@pytest.mark.parametrize("kind", sorted(OTHER_WORKS - {Kind.LAYOUT, Kind.COMPOUND_WALL}))
def test_other_works_are_not_charged_as_the_new_building_drawn(
    town: Session, body: LocalBody, tmp_path: Path, kind: Kind
) -> None:
    made = a_matter(town, body, tmp_path)
    made.begin(kind)
    made.draw()
    told = bill(made.session, made.check)
    assert "permit_fee" in {each.head for each in told.open}
    assert "permit_fee" not in {each.head for each in told.lines}


@pytest.mark.parametrize("kind", [Kind.NEW, Kind.ADDITION, Kind.CHANGE_OF_USE])
def test_a_building_is_charged_by_its_drawing(
    town: Session, body: LocalBody, tmp_path: Path, kind: Kind
) -> None:
    made = a_matter(town, body, tmp_path)
    made.begin(kind)
    made.draw()
    told = bill(made.session, made.check)
    assert told.is_told
    assert told.paise > 0
