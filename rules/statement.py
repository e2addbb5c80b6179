"""What the law says of a plan beside kept or broken: its class of risk and who decides, the fees, the office's time limits, whether it is a high-rise.

In: a proposal, its site, the book of one day.  Out: a frozen `Statement`.  Nothing here is judged; what the book or the drawing cannot tell stays open.
"""

from dataclasses import dataclass

from gis.site import Site
from rules.book import Book, NotEncoded, NotInForce
from rules.proposal import Proposal
from rules.reckoning.charges import application_fee, floor_space_fee, permit_fee, scrutiny_fee
from rules.reckoning.deadlines import Deadline, time_limits
from rules.reckoning.fees import Fee
from rules.reckoning.high_rise import HighRise, high_rise
from rules.reckoning.risk import Risk, risk_class

FEES = (application_fee, permit_fee, scrutiny_fee, floor_space_fee)


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What is stated of a plan; `high_rise` is None where the book does not tell what one is."""

    risk: Risk
    fees: tuple[Fee, ...]
    limits: tuple[Deadline, ...]
    high_rise: HighRise | None


def statement(plan: Proposal, site: Site, book: Book) -> Statement:
    """Everything that is stated of a plan by the rules of a day."""
    try:
        tall = high_rise(plan, site, book)
    except (NotEncoded, NotInForce):
        tall = None
    return Statement(
        risk=risk_class(plan, site, book),
        fees=tuple(fee(plan, site, book) for fee in FEES),
        limits=time_limits(plan, site, book),
        high_rise=tall,
    )
