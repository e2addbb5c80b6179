"""CQL2 (OGC 21-065r2) as values: what a filter says, whichever way it was written.

In: nothing.  Out: frozen nodes, and the limits that both readers keep to.
"""

from dataclasses import dataclass
from datetime import date, datetime

from shapely.geometry.base import BaseGeometry

from gis.errors import Invalid, TooLarge

LONGEST = 20_000
"""Letters of a filter."""
DEEPEST = 24
"""Levels of brackets, functions and negations within each other."""
MOST_PARTS = 400
"""Comparisons, operands and list members of a filter."""
MOST_CORNERS = 10_000
"""Corners of all shapes of a filter."""

LOGICAL = ("and", "or", "not")
COMPARING = ("=", "<>", "<", ">", "<=", ">=")
SPATIAL = (
    "s_intersects",
    "s_disjoint",
    "s_equals",
    "s_touches",
    "s_crosses",
    "s_within",
    "s_contains",
    "s_overlaps",
)
AT_ANY_TIME = ("t_after", "t_before", "t_disjoint", "t_equals", "t_intersects")
"""Of two times, each an instant or an interval."""
BETWEEN_INTERVALS = (
    "t_contains",
    "t_during",
    "t_finishedby",
    "t_finishes",
    "t_meets",
    "t_metby",
    "t_overlappedby",
    "t_overlaps",
    "t_startedby",
    "t_starts",
)
TEMPORAL = (*AT_ANY_TIME, *BETWEEN_INTERVALS)
OTHERS = ("like", "between", "in", "isnull", "casei")
KNOWN = (*LOGICAL, *COMPARING, *SPATIAL, *TEMPORAL, *OTHERS)
CODE = "bad-filter"


@dataclass(frozen=True, kw_only=True)
class Value:
    """A literal: text, number, truth, day or instant."""

    value: str | float | bool | date | datetime


@dataclass(frozen=True, kw_only=True)
class Name:
    """A property, by its name."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A shape in the system that the filter is written in."""

    shape: BaseGeometry


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A time from one end to another, both among it; None where an end is open."""

    first: "Value | Name | None"
    last: "Value | Name | None"


@dataclass(frozen=True, kw_only=True)
class Call:
    """An operator or function with its operands; `op` is one of `KNOWN`, in small letters."""

    op: str
    args: "tuple[Node, ...]"


Node = Value | Name | Shape | Interval | Call


def wrong(what: str) -> Invalid:
    """A filter that cannot be understood."""
    return Invalid(f"The filter was not understood: {what}.", code=CODE)


class Tally:
    """What a filter may hold at most, counted while it is read."""

    def __init__(self) -> None:
        self.parts = 0
        self.corners = 0

    def part(self) -> None:
        """One part more, or `TooLarge`."""
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise TooLarge(f"The filter has more than {MOST_PARTS} parts; ask for less at once.")

    def shape(self, corners: int) -> None:
        """A shape of so many corners more, or `TooLarge`."""
        self.part()
        self.corners += corners
        if self.corners > MOST_CORNERS:
            raise TooLarge(f"The shapes of the filter have more than {MOST_CORNERS} corners; simplify them.")

    def level(self, depth: int) -> None:
        """A level of nesting, or `TooLarge`."""
        if depth > DEEPEST:
            raise TooLarge(f"The filter is nested deeper than {DEEPEST} levels; write it flatter.")


def check_length(text: str) -> None:
    """Refuse a filter that is too long to be read."""
    if len(text) > LONGEST:
        raise TooLarge(f"The filter has {len(text)} letters; {LONGEST} is the most.")


def day(text: str) -> date:
    """A day, written year-month-day."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(
            f"The filter was not understood: “{text[:40]}” is no day; write it as year-month-day.",
            code="bad-date",
        ) from error


def instant(text: str) -> datetime:
    """An instant with its time zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Invalid(
            f"The filter was not understood: “{text[:40]}” is no instant; write it as 2026-05-03T10:15:00Z.",
            code="bad-date",
        )
    return found


def end_of(text: str) -> Value | None:
    """The end of an interval as it is written: a day, an instant, or two dots where it is open."""
    if text == "..":
        return None
    return Value(value=instant(text) if len(text) > len("2020-01-31") else day(text))


def interval(first: Value | Name | None, last: Value | Name | None) -> Interval:
    """An interval whose ends are both days or both instants, in their order."""
    ends = [each.value for each in (first, last) if isinstance(each, Value)]
    if not all(isinstance(each, date) for each in ends):
        raise wrong("an interval runs between days or instants")
    if len(ends) == 2:
        if type(ends[0]) is not type(ends[1]):
            raise wrong(
                "an interval runs between two days or between two instants, not from one to the other"
            )
        if ends[0] > ends[1]:  # type: ignore[operator]
            raise wrong("an interval ends before it begins")
    return Interval(first=first, last=last)
