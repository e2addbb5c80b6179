"""The risk class of a plan and who decides on it: rules 2(1)(bna), 2(1)(boa) and 19A.

In: a proposal, its site, the book of one day.  Out: a frozen `Risk`.  A building of low risk is permitted on the applicant's own certificate; on
all others the Secretary decides.  What is not drawn, only declared or only second hand in the book leaves the class open.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from gis.site import Site
from rules.book import Book, Citation, Force, NotEncoded, NotInForce, Parameter, Value
from rules.findings import TOLERANCE, Measured
from rules.measure import Unit
from rules.proposal import Proposal
from rules.reckoning.occupancy import Use, uses
from rules.takings import built_up_area, greatest, height

AREA = Parameter("risk.low_risk_built_up_area")
HEIGHT = Parameter("risk.low_risk_height")
STOREYS = Parameter("risk.low_risk_storeys")
SEVERAL = Parameter("risk.low_risk_multiple_occupancy")
EXCAVATION = Parameter("risk.low_risk_excavation")
MEDIUM = Parameter("risk.medium_risk_built_up_area")
CUTTING = ("DEPTH_CUTTING_MORE_THAN_1.5_M", "DEPTHEIGHT_CUTTING_MORE_THAN_1.5_M")
HOMES, WHITE, GREEN, WORSHIP = "A2_homes", "G1_white", "G1_green", "D_worship"
WITH_BASEMENT = {"F"}
SELF_CERTIFIED = "the applicant certifies the plan with a licensee, and the Secretary acknowledges it (19A)"
ONLY_A_WORD = "A floor area is only declared, so that it is no more cannot be told."
SECRETARY = "the Secretary decides (12, 13)"


class Level(StrEnum):
    """The classes of risk."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, kw_only=True)
class Risk:
    """The class, None where it is open; `reservations` are what only advises and would change it."""

    level: Level | None
    decides: str | None
    reasons: tuple[str, ...]
    reservations: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()


def risk_class(plan: Proposal, _: Site, book: Book) -> Risk:
    """The class of the whole plan; a gap of the book leaves it open."""
    try:
        return _risk(plan, book)
    except NotInForce as silence:
        return Risk(level=Level.HIGH, decides=SECRETARY, reasons=(silence.message,))
    except NotEncoded as gap:
        return Risk(level=None, decides=None, reasons=(gap.message,))


def _risk(plan: Proposal, book: Book) -> Risk:
    found = uses(plan, book)
    limits = book.entry(AREA)
    if limits.force is Force.ADVISORY:
        return Risk(
            level=None,
            decides=None,
            reasons=("What low risk was on that day was not read in its text, so it only advises.",),
            citations=(limits.citation,),
        )
    if len(found) > 1:
        several = book.value(SEVERAL)
        reason = f"Several occupancies ({', '.join(use.part for use in found)}) are never of low risk."
        return _settled(Level.HIGH, reason, several)
    return _of_one(plan, found[0], book)


def _of_one(plan: Proposal, use: Use, book: Book) -> Risk:
    """The class of a plan of one occupancy."""
    area = _exact(built_up_area(plan))
    rows = _rows(use)
    if not rows:
        return _settled(Level.HIGH, f"Group {use.group} is in no row of low risk.", _any(book))
    if area is None:
        return _open("The built-up area of every floor is not drawn.")
    answers = {row: _by_row(plan, row, area, book) for row in rows}
    levels = {answer.level for answer in answers.values()}
    if len(levels) == 1:
        return answers[rows[0]]
    told = "; ".join(f"{row}: {answer.level or 'open'}" for row, answer in answers.items())
    return _open(f"Occupancy {', '.join(use.codes) or use.part} leaves open which row it is ({told}).")


def _rows(use: Use) -> tuple[str, ...]:
    """The rows of the table that the use is, or may be."""
    if use.part in (HOMES, WHITE, GREEN, WORSHIP):
        return (use.part,)
    if use.group == "A2":
        return (HOMES, "other")
    if use.group == "G1":
        return (WHITE, GREEN, "other")
    return (use.group,) if use.group in {"A1", "B", "F"} else ()


def _by_row(plan: Proposal, row: str, area: Decimal, book: Book) -> Risk:
    if row == "other":
        return _settled(Level.HIGH, "It is in no row of low risk.", _any(book))
    if row == GREEN:
        most = book.value(MEDIUM, row)
        level = Level.MEDIUM if area <= most.number else Level.HIGH
        if level is Level.MEDIUM and _is_word(plan):
            return _open(ONLY_A_WORD)
        return _settled(level, f"Green industry of {area} m², medium up to {most}.", most)
    limit = book.value(AREA, row)
    if area >= limit.number:
        return _settled(Level.HIGH, f"{area} m² is not under {limit}.", limit)
    for parameter, measure, what in (
        (STOREYS, lambda: _storeys(plan, row), "storeys"),
        (HEIGHT, lambda: height(plan), "height"),
    ):
        answer = _within(parameter, row, measure, what, book)
        if answer is not None:
            return answer
    if _is_word(plan):
        return _open(ONLY_A_WORD)
    return _low(plan, f"{area} m² is under {limit}.", limit, book)


def _within(
    parameter: Parameter, row: str, measure: Callable[[], Measured | None], what: str, book: Book
) -> Risk | None:
    """A class other than low by storeys or height; None where it stays low."""
    try:
        most = book.value(parameter, row)
    except NotInForce:
        return None
    except NotEncoded as gap:
        if "has no row" in gap.message:
            return None
        raise
    found = measure()
    if found is None:
        return _open(f"The {what} is not drawn.")
    if found.amount > most.number:
        return _settled(Level.HIGH, f"{found.amount} {what} are over {most}.", most)
    return _open(f"The {what} is only declared.") if found.is_declared else None


def _low(plan: Proposal, reason: str, limit: Value, book: Book) -> Risk:
    """Low, unless the ground is dug deeper than a number that only advises."""
    word = plan.word(*CUTTING)
    deep = book.value(EXCAVATION)
    warning = f"A work dug deeper than {deep} is not of low risk ({deep.citation}, second hand)."
    if word is not None and word.is_yes:
        return _open(f"Deep cutting is declared. {warning}")
    reservations = () if word is not None and word.is_yes is False and not word.is_declared else (warning,)
    return Risk(
        level=Level.LOW,
        decides=SELF_CERTIFIED,
        reasons=(reason,),
        reservations=reservations,
        citations=(limit.citation,),
    )


def _storeys(plan: Proposal, row: str) -> Measured | None:
    """Storeys of the highest building, with basements for the rows that count them."""
    if row not in WITH_BASEMENT:
        return greatest(building.storeys for building in plan.buildings)
    return greatest(
        None
        if building.storeys is None
        else Measured(
            amount=building.storeys.amount + building.basements,
            unit=building.storeys.unit,
            is_declared=building.storeys.is_declared,
        )
        for building in plan.buildings
    )


def _is_word(plan: Proposal) -> bool:
    """Whether a word, such as a typical floor, stands behind the area; it can show that it is too much, never that it is little."""
    area = built_up_area(plan)
    return area is not None and area.is_declared


def _exact(found: Measured | None) -> Decimal | None:
    return None if found is None else found.amount.quantize(TOLERANCE[Unit.SQUARE_METRE])


def _any(book: Book) -> Value:
    return book.value(AREA, "A1")


def _settled(level: Level, reason: str, value: Value) -> Risk:
    return Risk(level=level, decides=SECRETARY, reasons=(reason,), citations=(value.citation,))


def _open(reason: str) -> Risk:
    return Risk(level=None, decides=None, reasons=(reason,))
