"""Demands, receipts and refunds as values, the events that tell of them, and how sums and years are written.

In: nothing.  Out: frozen values; every sum is whole paise, every instant aware.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from civic.core.bodies import LocalBody
from civic.core.case import Case
from civic.core.working_days import day_there
from gis.errors import Conflict, Invalid, NotFound

RUPEES = "INR"
LARGEST = 10**13
"""Paise of one demand, at most: ten thousand crore rupees."""


class NoSuchMoney(NotFound):
    """Nothing is demanded, received or refunded under this address."""

    code = "no-money"


class AlreadySettled(Conflict):
    """The demand is paid or cancelled."""

    code = "already-settled"


class SamePerson(Conflict):
    """Who made something may not be who confirms it."""

    code = "same-person"


class SameMachine(Conflict):
    """Who confirms something sits at another machine than who made it."""

    code = "same-machine"


class DayClosed(Conflict):
    """The counter's day is closed."""

    code = "day-closed"


class WrongAmount(Invalid):
    """A demand is paid whole, and a sum is whole paise."""

    code = "wrong-amount"


class Means(StrEnum):
    """How money came."""

    CASH = "cash"
    GATEWAY = "gateway"


@dataclass(frozen=True, kw_only=True)
class DemandLine:
    """One head of a demand, in paise, with the clause that it rests on."""

    head: str
    title_en: str
    title_ml: str
    amount: int
    clause: str


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What is to be paid, whole and once."""

    id: int
    case_id: int | None
    token: str
    amount: int
    state: str
    due: date | None
    raised: datetime
    raised_by: int | None
    closed: datetime | None
    closed_reason: str | None
    lines: tuple[DemandLine, ...]


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Money that was received; `held` of it still belongs to its payer."""

    id: int
    token: str
    number: str
    demand_id: int | None
    means: Means
    amount: int
    held: int
    payment_id: int | None
    received_by: int | None
    day: date
    instant: datetime
    cancelled: datetime | None
    cancelled_reason: str | None


@dataclass(frozen=True, kw_only=True)
class Refund:
    """Held money on its way back."""

    id: int
    receipt_id: int
    receipt_number: str
    means: Means
    amount: int
    reason: str
    state: str
    asked: datetime
    asked_by: int | None
    decided_by: int | None
    paid: datetime | None


@dataclass(frozen=True, kw_only=True)
class DemandRaised:
    """Somebody is to pay."""

    body: LocalBody
    demand: Demand
    parties: frozenset[int]
    """The people who have a part in its case."""
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A demand is being paid whole; the service goes on, in the transaction that then writes the receipt.

    The receipt's number comes last: whoever works on another payment does not wait for what a service does of this one.
    """

    body: LocalBody
    case_id: int | None
    demand: Demand
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Paid:
    """A demand was paid whole and its receipt is written, under its number; whoever tells of it, tells now, and does little else."""

    body: LocalBody
    case_id: int | None
    demand: Demand
    receipt: Receipt
    now: datetime


@dataclass(frozen=True, kw_only=True)
class PaymentUndone:
    """The receipt of a demand was cancelled: it is open again."""

    body: LocalBody
    case_id: int | None
    demand: Demand
    receipt: Receipt
    now: datetime


@dataclass(frozen=True, kw_only=True)
class DemandCancelled:
    """A demand is asked no more; what was paid for it is held for its payer."""

    body: LocalBody
    case_id: int | None
    demand: Demand
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Paying:
    """Somebody is about to pay for a case: whoever listens may refuse it with a `Conflict`, before any money is on its way."""

    body: LocalBody
    case: Case
    now: datetime


@dataclass(frozen=True, kw_only=True)
class HeldForPayer:
    """Money came that no open demand takes: late, twice, or another sum."""

    body: LocalBody
    demand_id: int | None
    receipt: Receipt
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Refunded:
    """Held money was paid back."""

    body: LocalBody
    refund: Refund
    now: datetime


def check_apart(made_by: int | None, made_at: str | None, *, by: int | None, device: str, what: str) -> None:
    """Refuse who would confirm their own work, or confirm it at the machine where it was made; `what` tells the work."""
    if by is not None and by == made_by:
        raise SamePerson(f"{what} is not confirmed or undone by who did it: ask a colleague.")
    if device and device == made_at:
        raise SameMachine(
            f"{what} is not confirmed or undone at the machine where it was done: use another one."
        )


def money_day(body: LocalBody, now: datetime) -> date:
    """The day of a booking: that of the body's own clocks."""
    return day_there(now, body.time_zone)


def financial_year(day: date) -> int:
    """The year in which the financial year of a day begins, on 1 April."""
    return day.year if day.month >= 4 else day.year - 1


def receipt_number(year: int, serial: int) -> str:
    """A receipt's number as it is printed, such as R-2026-27-000012."""
    return f"R-{year}-{(year + 1) % 100:02d}-{serial:06d}"


def rupees(paise: int) -> str:
    """A sum as it is written in India, such as ₹12,34,567.00 (lakh and crore, always two decimals)."""
    whole, part = divmod(abs(paise), 100)
    digits = str(whole)
    head, tail = digits[:-3], digits[-3:]
    groups = [head[max(end - 2, 0) : end] for end in range(len(head), 0, -2)][::-1]
    return f"{'−' if paise < 0 else ''}₹{','.join([*groups, tail])}.{part:02d}"
