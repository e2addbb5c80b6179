"""How wide the access to a plot and its building must be: rule 28, Tables 7, 8 and 8A with their provisos.

In: a proposal, its site, the book of one day.  Out: `Demand` values.  The width goes by the total floor area of all buildings at the most
restrictive use.  Where the drawing leaves open what the law distinguishes (one dwelling or several, high-rise or not) there are several demands,
and a check answers only where they agree.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from gis.site import Site
from rules.book import Book, Force, NotEncoded, NotInForce, Parameter, Value
from rules.findings import Comparison, Required
from rules.plans.roles import Work
from rules.proposal import Proposal
from rules.reckoning.dwellings import dwellings, has_flats, is_single_house
from rules.reckoning.high_rise import high_rise
from rules.reckoning.occupancy import Use, joined, row_of, strictest
from rules.reckoning.two_readings import at_hundredth
from rules.takings import built_up_area, floor_area, floor_uses

WIDTH = Parameter("access.width")
BEFORE_OCTOBER_2020 = Parameter("access.width_by_built_up_area")
MOTORABLE = Parameter("access.motorable")
FEW_UNITS_WIDTH = Parameter("access.motorable_small")
FEW_UNITS = Parameter("access.motorable_small_units")
HIGH_RISE = Parameter("access.high_rise")
SCHOOL = Parameter("access.existing_school")
SCHOOL_AREA = Parameter("access.existing_school_area")
WHITE = Parameter("access.white_industry")
WHITE_AREA = Parameter("access.white_industry_area")
DRIVE = Parameter("parking.drive_small")
DRIVE_UNITS = Parameter("parking.drive_small_units")
SHOPS_FROM = Parameter("parking.commercial_from")
SINGLE, MULTI = "single_unit", "multi_unit"


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What the law asks if what `given` says is so; empty where nothing is left open."""

    given: str
    required: Required


def demands(plan: Proposal, site: Site, book: Book) -> tuple[Demand, ...]:
    """The least width of access and street, once for each answer to what the drawing leaves open."""
    found = []
    tall = _is_tall(plan, site, book)
    for case, is_tall in product(_cases(plan), [tall] if tall is not None else [False, True]):
        for given, required in _motorable(plan, book, _table(plan, book, case)):
            if is_tall:
                required = _raised(required, book.value(HIGH_RISE), "a high-rise building")
            open_points = [
                "one dwelling" if case == SINGLE and len(_cases(plan)) > 1 else "",
                "several dwellings" if case == MULTI and len(_cases(plan)) > 1 else "",
                ("high-rise" if is_tall else "not high-rise") if tall is None else "",
                given,
            ]
            found.append(Demand(given=", ".join(filter(None, open_points)), required=required))
    return tuple(found)


def _is_tall(plan: Proposal, site: Site, book: Book) -> bool | None:
    """Whether it is high-rise; where the widths only advise and the book does not know, they are shown as they are."""
    try:
        return high_rise(plan, site, book).holds
    except NotEncoded:
        if book.entry(WIDTH).force is Force.ADVISORY:
            return False
        raise


def _table(plan: Proposal, book: Book, case: str) -> Required:
    """The width of the table at the most restrictive use, for all floor area."""
    area = floor_area(plan)
    if area is None:
        raise NotEncoded("The floor area of every floor could not be measured, so the width is not known.")
    exact = at_hundredth(area)
    _, required = strictest(
        joined(plan, book), lambda use: _row(plan, book, use, exact, case), Comparison.AT_LEAST
    )
    return required


def _row(plan: Proposal, book: Book, use: Use, area: Decimal, case: str) -> Required:
    try:
        value = row_of(book, WIDTH, use, area, case)
    except NotEncoded:
        old = _before_2020(plan, book, use)
        if old is None:
            raise
        value = old
    required = Required.derived(
        value.number,
        value.unit,
        f"{value} for {use.group} of {area} m² floor area by {value.citation}",
        value,
    )
    for less, why in _lowered(plan, book, use, area):
        if less.number < required.amount:
            required = required.changed(less.number, f"{less} {why}, {less.citation}", less)
    return required


def _before_2020(plan: Proposal, book: Book, use: Use) -> Value | None:
    """The width by built-up area as third-party notes have it."""
    area = built_up_area(plan)
    try:
        return None if area is None else book.value(BEFORE_OCTOBER_2020, use.group, at_hundredth(area))
    except (NotEncoded, NotInForce):
        return None


def _lowered(plan: Proposal, book: Book, use: Use, area: Decimal) -> Iterator[tuple[Value, str]]:
    """Provisos for schools that stand and for small white industries."""
    stands = any(each.work is Work.EXISTING and each.code in use.codes for each in floor_uses(plan))
    if use.part == "B_school" and stands and area <= book.value(SCHOOL_AREA).number:
        yield book.value(SCHOOL), "for a school that stands"
    if _is_small_white(use, area, book):
        yield book.value(WHITE), "for a small industry of the white category"


def _is_small_white(use: Use, area: Decimal, book: Book) -> bool:
    return use.part == "G1_white" and area < book.value(WHITE_AREA, "white_industry_under").number


def _motorable(plan: Proposal, book: Book, table: Required) -> list[tuple[str, Required]]:
    """The table, or more where cars have to be parked off the street; once for each reading that is open."""
    if not needs_parking(plan, book):
        return [("", table)]
    wide = _raised(table, book.value(MOTORABLE), "cars are parked off the street")
    found, units = joined(plan, book), dwellings(plan)
    if all(each.floor_area and _is_small_white(each, at_hundredth(each.floor_area), book) for each in found):
        # Two provisos of rule 28 meet here, and the text does not say which of them gives way.
        return [
            ("the proviso on parked cars prevails", wide),
            ("the one on white industries prevails", table),
        ]
    if {use.group for use in found} != {"A1"}:
        return [("", wide)]
    try:
        few, most = book.value(FEW_UNITS_WIDTH), book.value(FEW_UNITS)
    except NotEncoded as gap:
        return _ended(plan, book, table, wide, gap.message.partition("the book has no value: ")[2])
    small = _raised(table, few, f"at most {most} dwellings")
    if units is None:
        return [(f"over {most}", wide), (f"at most {most}", small)]
    return [("", small if units.amount <= most.count else wide)]


def _ended(
    plan: Proposal, book: Book, table: Required, wide: Required, why: str
) -> list[tuple[str, Required]]:
    """Since October 2025 the narrower way of few dwellings stands for the drive only; that it ended for the access is an inference."""
    units, most = dwellings(plan), book.value(DRIVE_UNITS)
    if units is not None and units.amount > most.count:
        return [("", wide)]
    narrow = _raised(table, book.value(DRIVE), f"at most {most} dwellings")
    return [("the proviso for few dwellings ended", wide), (f"it did not end: {why}", narrow)]


def _raised(required: Required, value: Value, why: str) -> Required:
    if value.number <= required.amount:
        return required
    return required.changed(value.number, f"{value}: {why}, {value.citation}", value)


def needs_parking(plan: Proposal, book: Book) -> bool:
    """Whether Tables 9 and 10 count cars: not for single and dual houses, G3 and I, nor for shops up to a size."""
    found = joined(plan, book)
    return any(_parks(plan, use, book) for use in found)


def _parks(plan: Proposal, use: Use, book: Book) -> bool:
    if use.group == "A1":
        return has_flats(plan)
    if use.group in {"G3", "I"}:
        return False
    if use.group == "F" and use.floor_area is not None:
        return use.floor_area.amount > book.value(SHOPS_FROM).number
    return True


def _cases(plan: Proposal) -> Sequence[str]:
    """One dwelling or several, as far as it is drawn or confirmed."""
    is_single = is_single_house(plan)
    if is_single is None:
        return [SINGLE, MULTI]
    return [SINGLE] if is_single else [MULTI]
