"""On what terms a permit stands: until when it holds, and how far the finished building may be other than what was permitted.

In: days, check documents (`bhumika-check-1`) and the book of one day.  Out: frozen values with the clause of each number; None where the
book has no number for the day, which is said and never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from gis.errors import Invalid
from rules.book import Book, NotEncoded, NotInForce, Parameter
from rules.findings import TOLERANCE
from rules.measure import Unit
from rules.reckoning.permit_years import Deviation, deviations, validity

Found = Mapping[str, Any]
PERCENT, LENGTH = Parameter("process.tolerance_percent"), Parameter("process.tolerance")
YARDS = ("yards", "yards_above_10m", "single_family_front")
"""Rules that ask for a yard.  The tolerance of rule 20 is of a yard, and not for the distances of rules 23 and 81(6)."""
USE = "occupancy_groups"
HUNDRED = Decimal(100)
STEP = TOLERANCE[Unit.METRE]


@dataclass(frozen=True, kw_only=True)
class Ending:
    """The last day on which a permit is valid, and the clause that says so."""

    day: date
    clause: str


@dataclass(frozen=True, kw_only=True)
class Tolerated:
    """Whether a yard may be as it was built: `short` by so many metres, where at most `most` are tolerated."""

    holds: bool
    short: Decimal
    most: Decimal
    clauses: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class BuiltYard:
    """A yard of the finished building that is narrower than asked for; `tolerated` is None where the book has no tolerance."""

    rule: str
    subject: str
    clause: str
    required: Decimal
    measured: Decimal
    tolerated: Tolerated | None


def ending(issued: date, book: Book) -> Ending | None:
    """When a permit ends; None where the book of the day has no years for it, and then none is said."""
    try:
        found = validity(issued, book)
    except (NotEncoded, NotInForce):
        return None
    return Ending(day=found.first, clause=str(found.citation))


def within_tolerance(required: Decimal, measured: Decimal, book: Book) -> Tolerated | None:
    """A yard as built against the yard asked for, in metres: short by the lesser of a percentage of it and a length (rule 20).

    Both are compared at 1 mm.  None where the book of the day has no tolerance; `Invalid` for a yard that is no length.
    """
    if not (required.is_finite() and measured.is_finite()) or required < 0 or measured < 0:
        raise Invalid(
            f"A yard of {measured} m where {required} m are asked for cannot be: check the measure."
        )
    try:
        share, length = book.value(PERCENT), book.value(LENGTH)
    except (NotEncoded, NotInForce):
        return None
    asked, built = (each.quantize(STEP, rounding=ROUND_HALF_EVEN) for each in (required, measured))
    most = min(asked * share.number / HUNDRED, length.number)
    short = max(asked - built, Decimal(0))
    return Tolerated(
        holds=short <= most,
        short=short,
        most=most,
        clauses=tuple(dict.fromkeys((str(share.citation), str(length.citation)))),
    )


def built_yards(found: Found, book: Book) -> tuple[BuiltYard, ...]:
    """The yards that a check of the finished building finds too narrow, each with what rule 20 tolerates."""
    yards = []
    for each in found["findings"]:
        sides = each["measured"], each["required"]
        if each["rule"] not in YARDS or each["outcome"] != "fail" or None in sides:
            continue
        if any(side["unit"] != Unit.METRE for side in sides):
            continue
        measured, required = (Decimal(side["amount"]) for side in sides)
        yards.append(
            BuiltYard(
                rule=each["rule"],
                subject=each["subject"],
                clause=each["clause"] or "",
                required=required,
                measured=measured,
                tolerated=within_tolerance(required, measured, book),
            )
        )
    return tuple(yards)


def area_deviation(permitted: Found, built: Found, book: Book) -> Deviation | None:
    """By how much a building of one occupancy is larger or smaller than permitted; what is free needs no revised permit.

    None where the documents do not tell: several occupancies, an area that is only declared, or a book without the number.
    `Deviation.percent` is 0 where nothing deviates.
    """
    uses = [_only_use(each) for each in (permitted, built)]
    areas = [_area(each) for each in (permitted, built)]
    if None in uses or uses[0] != uses[1] or None in areas:
        return None
    before, after = (each for each in areas if each is not None)
    try:
        found = deviations({str(uses[0]): before}, {str(uses[0]): after}, book)
        return found[0] if found else _none(str(uses[0]), book)
    except (NotEncoded, NotInForce):
        return None


def _none(group: str, book: Book) -> Deviation:
    """A building as large as permitted."""
    citation = book.value(Parameter("process.deviation_percent")).citation
    return Deviation(group=group, percent=Decimal(0), is_free=True, citation=citation)


def _only_use(found: Found) -> str | None:
    uses = {
        each["subject"] for each in found["findings"] if each["rule"] == USE and each["outcome"] == "pass"
    }
    open_ones = [each for each in found["findings"] if each["rule"] == USE and each["outcome"] != "pass"]
    return next(iter(uses)) if len(uses) == 1 and not open_ones else None


def _area(found: Found) -> Decimal | None:
    area = found["measures"]["built_up_area"]
    return None if area is None or area["is_declared"] else Decimal(area["amount"])
