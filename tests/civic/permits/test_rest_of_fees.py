"""What another drawing costs beyond what was paid: the whole bill against the whole, and no approval while a fee is open."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.money.demands import demands_of
from civic.core.money.model import Demand, DemandLine
from civic.permits.asking import answer, queries_of
from civic.permits.fees import Bill, BillLine, FeeSet, bill, rest_lines
from civic.permits.signing import answered, set_open_fee
from gis.errors import Conflict
from tests.civic.permits.matters import Matter, a_matter
from tests.civic.permits.test_asking import ask_about
from tests.civic.permits.test_fees import Untold


def a_bill(**heads: int) -> Bill:
    lines = tuple(
        BillLine(head=head, what="", title=head, title_ml=head, paise=paise, clause="Schedule II", step="")
        for head, paise in heads.items()
    )
    return Bill(lines=lines, open=())


def demanded(state: str = "paid", **heads: int) -> Demand:
    lines = tuple(
        DemandLine(head=head, title_en=head, title_ml=head, amount=paise, clause="Schedule II")
        for head, paise in heads.items()
    )
    return Demand(
        id=1,
        case_id=1,
        token="t",
        amount=sum(heads.values()),
        state=state,
        due=None,
        raised=datetime(2026, 11, 22, tzinfo=UTC),
        raised_by=None,
        closed=None,
        closed_reason=None,
        lines=lines,
    )


@pytest.mark.parametrize(
    ("now", "rest"),
    [
        ({"permit": 900, "scrutiny": 200}, {"scrutiny": 0}),  # 100 less and 100 more
        ({"permit": 900, "scrutiny": 201}, {"scrutiny": 1}),
        ({"permit": 900, "scrutiny": 150}, {}),
        ({"permit": 400, "scrutiny": 100}, {}),
        ({"permit": 1100, "scrutiny": 200}, {"permit": 100, "scrutiny": 100}),
        ({"permit": 800, "scrutiny": 200, "land": 300}, {"scrutiny": 100, "land": 100}),
    ],
)
def test_what_costs_less_is_set_off_against_what_costs_more(
    now: dict[str, int], rest: dict[str, int]
) -> None:
    found = rest_lines(a_bill(**now), [demanded(permit=1000, scrutiny=100)])
    assert {each.head: each.amount for each in found} == {
        head: paise for head, paise in rest.items() if paise
    }


def test_a_cancelled_demand_is_set_off_against_nothing() -> None:
    (line,) = rest_lines(a_bill(permit=1000), [demanded("cancelled", permit=1000)])
    assert line.amount == 1000


def test_a_fee_left_open_by_another_drawing_holds_the_approval_until_it_is_set_and_paid(
    town: Session, body: LocalBody, tmp_path: Path
) -> None:
    matter = a_matter(town, body, tmp_path)
    matter.taken_up()
    (before,) = demands_of(town, matter.number)
    usual = next(line.amount for line in before.lines if line.head == "permit_fee")
    ask_about(matter, "stairs")
    matter.later(days=1)
    usual_room = matter.room
    matter.room = type(usual_room)(
        checker=Untold(known=matter.checker.known, site=matter.checker.site),
        store=usual_room.store,
        largest=usual_room.largest,
        front=usual_room.front,
    )
    matter.draw(set_back=5.0)
    (row,) = queries_of(town, matter.number)
    answer(matter.desk, matter.case, row.id, "See the new drawing.", actor=matter.licensee)
    answered(matter.desk, matter.case, actor=matter.licensee)
    matter.sign_both(declared=frozenset())
    assert matter.case.state == "verifying"
    matter.accept_all()
    matter.step("verify", matter.verifier)
    matter.visit()
    matter.step("report", matter.inspector, note="Seen.")
    with pytest.raises(Conflict, match="Not told yet: permit fee"):
        matter.step("approve", matter.approver)
    said = {"head": "permit_fee", "reason": "By the old rate.", "source": "Resolution 4/2026"}
    set_open_fee(matter.desk, matter.case, FeeSet(paise=usual + 700, **said), actor=matter.verifier)
    rest = demands_of(town, matter.number)[-1]
    assert rest.state == "open"
    assert before.amount + rest.amount == bill(town, matter.check).paise
    with pytest.raises(Conflict, match="not paid"):
        matter.step("approve", matter.approver)
    matter.pay()
    assert matter.step("approve", matter.approver).state == "permitted"


def answer_with(matter: Matter, set_back: float) -> None:
    """A question of the verifier, answered with another drawing that both sign."""
    ask_about(matter, "stairs")
    matter.later(days=1)
    matter.draw(set_back=set_back)
    row = next(each for each in queries_of(matter.session, matter.number) if each.answered is None)
    answer(matter.desk, matter.case, row.id, "See the new drawing.", actor=matter.licensee)
    answered(matter.desk, matter.case, actor=matter.licensee)
    matter.sign_both(declared=frozenset())


@pytest.mark.parametrize(("last", "is_reduced"), [(5.5, True), (6.1, False)])
def test_a_rest_asked_for_a_larger_house_is_reduced_or_asked_no_more(
    town: Session, body: LocalBody, tmp_path: Path, last: float, is_reduced: bool
) -> None:
    matter = a_matter(town, body, tmp_path)
    matter.taken_up()
    (paid,) = demands_of(town, matter.number)
    answer_with(matter, 5.0)
    (asked,) = [each for each in demands_of(town, matter.number) if each.state == "open"]
    answer_with(matter, last)
    demands = demands_of(town, matter.number)
    assert next(each for each in demands if each.id == asked.id).state == "cancelled"
    still = [each for each in demands if each.state == "open"]
    assert bool(still) is is_reduced
    owed = max(paid.amount, bill(town, matter.check).paise)
    assert paid.amount + sum(each.amount for each in still) == owed
    assert sum(each.amount for each in still) < asked.amount
