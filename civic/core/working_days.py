"""The working days of a local body: on which day a clock runs out, and how many days a turn has lasted.

In: the days of rest as kept with the body (`7,6/2`), its holidays, its time zone.  Out: days.  No database, no clock.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from gis.errors import Invalid

LONGEST = 3660
"""Days that a search for a working day looks ahead."""


@dataclass(frozen=True, kw_only=True)
class WorkingDays:
    """When the office is open: not on days of rest, not on holidays."""

    rest: frozenset[tuple[int, int | None]]
    """ISO weekday, and which one of the month (1 to 5) where not each."""
    holidays: frozenset[date]

    def is_working(self, day: date) -> bool:
        """Whether the office works on a day."""
        weekday, nth = day.isoweekday(), (day.day - 1) // 7 + 1
        return not (day in self.holidays or (weekday, None) in self.rest or (weekday, nth) in self.rest)

    def after(self, day: date, working: int) -> date:
        """The last day of a clock of some working days that began on a day; that day itself does not count."""
        for _ in range(LONGEST):
            if working <= 0:
                return day
            day += timedelta(days=1)
            working -= self.is_working(day)
        raise Invalid("The calendar of this local body has no working day left; look at its days of rest.")

    def between(self, begin: date, end: date) -> int:
        """Working days after `begin` up to and with `end`; negative where `end` comes first."""
        if end < begin:
            return -self.between(end, begin)
        return sum(self.is_working(begin + timedelta(days=n)) for n in range(1, (end - begin).days + 1))


def working_days(rest_days: str, holidays: Collection[date]) -> WorkingDays:
    """The calendar of a body; `Invalid` where its days of rest cannot be read or leave no day to work."""
    rest: set[tuple[int, int | None]] = set()
    for part in filter(None, (part.strip() for part in rest_days.split(","))):
        weekday, _, nth = part.partition("/")
        if weekday not in set("1234567") or (nth and nth not in set("12345")):
            raise Invalid(
                f"“{part}” is not a day of rest: write 7 for each Sunday, 6/2 for the second Saturday."
            )
        rest.add((int(weekday), int(nth) if nth else None))
    if all((weekday, None) in rest for weekday in range(1, 8)):
        raise Invalid("A local body that rests on every day of the week can keep no clock.")
    return WorkingDays(rest=frozenset(rest), holidays=frozenset(holidays))


def day_there(now: datetime, time_zone: str) -> date:
    """The day of an instant in a time zone: at midnight a clock turns there, not in Greenwich."""
    return now.astimezone(ZoneInfo(time_zone)).date()
