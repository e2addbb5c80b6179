"""Nothing is taken for a case whose plot was divided under it; a payment that was on its way is held, and goes back."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.events import publish
from civic.core.gone_plots import PlotsGone
from civic.core.money.demands import demand, demands_of
from civic.core.money.local_gateway.server import LocalGateway
from civic.core.money.model import Paying
from civic.core.money.payments import order_for
from civic.core.money.razorpay import Razorpay
from civic.core.money.refunds import refunds
from gis.asof import AsOf
from gis.jurisdictions import jurisdiction
from gis.parcels.changes import divide
from gis.parcels.queries import parcel
from gis.recordings import last_recording
from tests.builders import halves
from tests.civic.money.books import must_add_up, webhooks
from tests.civic.money.telling import heard
from tests.civic.permits.hearing import heard as people_are_told
from tests.civic.permits.hearing import last, told
from tests.civic.permits.issued import a_permit
from tests.civic.permits.matters import Matter, a_matter


def divided(matter: Matter) -> tuple[str, str]:
    """The plot of a matter is divided on its day, and the matter goes on the day after it was recorded."""
    session, place = matter.session, jurisdiction(matter.session, matter.body.jurisdiction)
    known = last_recording(session, place.code)
    shape = parcel(session, place, matter.plot, at=AsOf(on=matter.desk.today, known=known)).boundary
    parts = f"{matter.plot}-1", f"{matter.plot}-2"
    divide(session, place, matter.plot, into=halves(shape, parts), on=matter.desk.today, instrument="Deed 1")
    return parts


def paying(matter: Matter) -> None:
    publish(matter.session, Paying(body=matter.body, case=matter.case, now=matter.now))


def test_money_for_a_divided_plot_is_refused_and_what_comes_is_held(
    town: Session, body: LocalBody, tmp_path: Path, trial: LocalGateway, gateway: Razorpay
) -> None:
    matter = a_matter(town, body, tmp_path)
    matter.filed()
    paying(matter)
    (owed,) = demands_of(town, matter.number)
    order = order_for(town, gateway, body, owed.id, now=matter.now).ref
    trial.counter.pay(order, now=0.0)
    parts = divided(matter)
    with pytest.raises(PlotsGone) as refused:
        paying(matter)
    assert all(
        each in refused.value.message for each in (*parts, matter.case.number, "Withdraw", "sends it back")
    )
    with pytest.raises(PlotsGone), town.begin_nested():
        matter.pay()  # nor in cash
    with people_are_told():
        outcomes = [heard(town, gateway, body, hook).outcome for hook in webhooks(trial)]
    assert outcomes == ["no_money", "held", "repeated"]
    must_add_up(town)
    assert (demand(town, owed.id).state, matter.case.state) == ("open", "fee_due")
    (back,) = refunds(town, state="asked")
    assert (back.amount, "cannot be granted any more" in back.reason) == (owed.amount, True)
    assert last(town, matter.number).step == "payment_held"
    assert set(told(town, "case_act")) == {matter.owner.person.id, matter.licensee.person.id}
    matter.step("withdraw", matter.owner)
    paying(matter)  # a case that has ended asks nothing, and bars nothing


def test_what_follows_a_permit_without_a_drawing_is_paid_whatever_became_of_the_plot(
    town: Session, body: LocalBody, tmp_path: Path
) -> None:
    matter = a_matter(town, body, tmp_path)
    number = a_permit(town, body, matter.plot)
    matter.begin("transfer", of_permit=number, transferred=str(matter.desk.today))
    matter.step("file_plain", matter.owner)
    divided(matter)
    paying(matter)
    matter.pay()
    assert matter.case.state == "verifying"
