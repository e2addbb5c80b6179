"""How a case in an inbox presses: how many days of the office are left of its clock, and how near it is to being late.

In: the day by which it presses, the office's calendar, today.  Out: a frozen value.  No database, no clock.
"""

from dataclasses import dataclass
from datetime import date

from civic.core.tables import NO_DAY
from civic.core.working_days import WorkingDays

SOON = 2
"""Working days that are few."""


@dataclass(frozen=True, kw_only=True)
class Pressing:
    """Working days that are left, or by which it is late; and the risk: `late`, `last_day`, `soon`, `in_time`, or None."""

    days: int
    risk: str | None

    @property
    def is_grave(self) -> bool:
        """Whether somebody must act today."""
        return self.risk in ("late", "last_day")


def pressing(last: date, calendar: WorkingDays, today: date) -> Pressing:
    """How what must be done by a last day presses; a limit that ends without another working day is at its last day."""
    if last == NO_DAY:
        return Pressing(days=0, risk=None)
    left = calendar.between(today, last)
    if last < today:
        return Pressing(days=-left, risk="late")
    return Pressing(days=left, risk="last_day" if left == 0 else "soon" if left <= SOON else "in_time")
