"""Chapter of approvals: what the town planner has to approve before the permit (rule 30, Table 11).

In: a proposal, its site, the book of one day.  Out: findings.  Below Table 11 no approval is needed and the rule passes; above it the answer is
unknown until the approval was confirmed.  What stands is counted, and a small addition to it needs no approval again.
"""

from decimal import Decimal

from gis.site import Site
from rules.book import Book, NotEncoded, Parameter, Value
from rules.findings import (
    DRAWN,
    TOLERANCE,
    Finding,
    Measured,
    Outcome,
    Place,
    Required,
    at_most,
    holds,
    unknown,
)
from rules.measure import Unit
from rules.plans.roles import Work
from rules.proposal import Proposal
from rules.reckoning.dwellings import DUAL, dwellings, is_house
from rules.reckoning.occupancy import Use, joined, row_of
from rules.register import rule
from rules.takings import built_up_area, floor_uses, total

UNITS = Parameter("approval.units")
AREA = Parameter("approval.built_up_area")
ADDED_PERCENT = Parameter("approval.addition_percent")
ADDED_AREA = Parameter("approval.addition_area")
HUNDRED = Decimal(100)
WORDS = ("NOC_TOWN_PLANNER", "APPROVAL_TOWN_PLANNER")
ASK = "Get the approval of the District or Chief Town Planner and have it confirmed."


@rule("town_planner")
def town_planner(plan: Proposal, _: Site, book: Book) -> list[Finding]:
    """Every use stays within Table 11, or the town planner approves."""
    word = plan.word(*WORDS)
    citation = book.entry(AREA).citation
    if word is not None and word.is_yes and not word.is_declared:
        return [holds("town_planner", f"The approval was confirmed ({word.key}).", citation)]
    return [_of_use(plan, use, book) for use in joined(plan, book)]


def _of_use(plan: Proposal, use: Use, book: Book) -> Finding:
    found = _units(plan, use, book) if use.group == "A1" else _area(plan, use, book)
    if found.outcome is not Outcome.FAIL:
        return found
    small = _small_addition(plan, use, book)
    if small is not None:
        return small
    amount = found.measured.amount if found.measured else ""
    most = found.required.amount if found.required else ""
    return unknown(
        "town_planner",
        f"{amount:.2f}, over {most} of Table 11: the town planner approves ({found.clause}).",
        remedy=ASK,
        subject=use.part,
        places=found.places,
    )


def _units(plan: Proposal, use: Use, book: Book) -> Finding:
    """Table 11 counts the dwellings of group A1; houses of which none is drawn are read as the houses that they are."""
    return at_most(
        "town_planner",
        Required.of(row_of(book, UNITS, use)),
        dwellings(plan) or _of_houses(plan),
        missing="No dwelling unit is drawn, so their number is not known.",
        remedy="Draw the dwelling units on BLK_n_FLR_k_UNITFA.",
        subject=use.part,
    )


def _of_houses(plan: Proposal) -> Measured | None:
    """The most dwellings that houses for one or two families can hold, where none is drawn."""
    if not is_house(plan):
        return None
    most = Decimal(DUAL * len(plan.buildings))
    return Measured(
        amount=most,
        unit=Unit.COUNT,
        steps=(f"{len(plan.buildings)} houses for one or two families: at most {most} dwellings",),
        sources=(DRAWN,),
        places=_floors(plan),
    )


def _floors(plan: Proposal) -> tuple[Place, ...]:
    return tuple(
        place for use in floor_uses(plan) if use.built_up is not None for place in use.built_up.places
    )


def _area(plan: Proposal, use: Use, book: Book) -> Finding:
    """Table 11 goes by the built-up area of all that stands and is proposed."""
    return at_most(
        "town_planner",
        Required.of(row_of(book, AREA, use)),
        built_up_area(plan),
        missing="The built-up area of every floor is not drawn.",
        remedy="Draw the built-up area of every floor.",
        subject=use.part,
    )


def _small_addition(plan: Proposal, use: Use, book: Book) -> Finding | None:
    """The finding that an addition is too small to be approved again; None where it is not one, or not small."""
    stands = _sum(plan, Work.EXISTING)
    added = _sum(plan, Work.PROPOSED, Work.TO_BE_REGULARISED)
    if stands is None or added is None or stands == 0:
        return None
    try:
        share, area = book.value(ADDED_PERCENT), book.value(ADDED_AREA)
    except NotEncoded:
        return None
    limit = min(stands * share.number / HUNDRED, area.number)
    if added > limit:
        return None
    return _holds(use, f"Only {added} m² are added to {stands} m² that stand, at most {limit:.2f} m²", share)


def _holds(use: Use, reason: str, value: Value) -> Finding:
    return holds("town_planner", f"{reason} ({value.citation}).", value.citation, subject=use.part)


def _sum(plan: Proposal, *works: Work) -> Decimal | None:
    """Built-up area of these kinds of work in m²; zero where there is none, None where it is not known or only declared."""
    found = floor_uses(plan, works=works)
    if not found:
        return Decimal(0)
    whole = total((use.built_up for use in found), Unit.SQUARE_METRE, "built-up area")
    if whole is None or whole.is_declared:
        return None
    return whole.amount.quantize(TOLERANCE[Unit.SQUARE_METRE])
