"""How many cars a plan must have room for (rule 29, Tables 9 and 10), and what room it draws.

In: a proposal and the book of one day.  Out: the number of cars, its parts added before it is rounded up, and the bays drawn.
Flats count by unit with a share for visitors, everything else by floor area; houses for one or two families have no count.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import shapely

from rules.book import Book, NotEncoded, NotInForce, Parameter, Value
from rules.findings import Measured, Place, Required, measured
from rules.measure import Unit
from rules.plans.drawing import Thing
from rules.plans.roles import Role
from rules.proposal import Proposal, Word, once_drawn
from rules.reckoning.dwellings import FLAT_CODES, HOUSE_CODES, has_flats, unit_areas
from rules.reckoning.occupancy import Use, joined
from rules.reckoning.telling import said_yes
from rules.reckoning.two_readings import Range, at_hundredth
from rules.takings import count, floor_uses, places_of, told, total

FLATS = Parameter("parking.cars_per_flat")
VISITORS = Parameter("parking.visitors_share")
AREA = Parameter("parking.area_per_car")
FIRST = Parameter("parking.first_area")
FIRST_RATE = Parameter("parking.area_per_car_first")
BEYOND_RATE = Parameter("parking.area_per_car_beyond")
COMMERCIAL = Parameter("parking.commercial_from")
HOSTEL = Parameter("parking.hostel_factor")
IT_PARK = Parameter("parking.it_park_area_per_car")
BAYS = (Role.PARKING_SLOT, Role.ACCESSIBLE_PARKING, Role.VISITOR_PARKING, Role.MECHANICAL_PARKING)
OFFSITE = "OFFSITE_CARS"
PARKING_CODE = "F1"
"""Parking that belongs to a building, in the drawing convention."""
SAME = 0.5
"""Part of a bay that lies in another one for both to be one bay drawn twice."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """The cars of one use, before rounding; `least` where the use can be read in a milder way, and `why`."""

    most: Fraction
    least: Fraction
    steps: tuple[str, ...]
    values: tuple[Value, ...]
    why: str | None = None
    is_declared: bool = False


@dataclass(frozen=True, kw_only=True)
class Cars:
    """The cars of the whole plan; `asked` is None where no use of it has a count, for the reasons in `silent`."""

    asked: Range | None
    silent: tuple[str, ...]
    is_declared: bool


def cars(plan: Proposal, book: Book) -> Cars:
    """The number of cars: the fractions of all uses added, then rounded up; `NotEncoded` where the book has a gap."""
    parts: list[Part] = []
    silent: list[str] = []
    for use in joined(plan, book):
        try:
            part = _part(plan, use, book)
        except NotInForce as silence:
            silent.append(silence.message)
            continue
        if part.most == 0:
            silent += part.steps
        else:
            parts.append(part)
    if not parts:
        return Cars(asked=None, silent=tuple(silent), is_declared=False)
    return Cars(
        asked=_rounded(parts), silent=tuple(silent), is_declared=any(each.is_declared for each in parts)
    )


def _rounded(parts: Iterable[Part]) -> Range:
    there = list(parts)
    values = [value for each in there for value in each.values]
    steps = tuple(step for each in there for step in each.steps)

    def required(total: Fraction) -> Required:
        up = -(-total.numerator // total.denominator)
        told = f"{' + '.join(f'{float(each.most):.3f}' for each in there)} cars, rounded up: {up}"
        whole = Required.derived(Decimal(up), Unit.COUNT, told, values[0], *values[1:])
        return replace(whole, steps=(*steps, told))

    most, least = sum((e.most for e in there), Fraction(0)), sum((e.least for e in there), Fraction(0))
    why = " ".join(dict.fromkeys(each.why for each in there if each.why))
    return Range(most=required(most), least=required(least), why=why or None)


def _part(plan: Proposal, use: Use, book: Book) -> Part:
    if use.group == "A1":
        return _homes(plan, use, book)
    area = area_without_parking(plan, use)
    if use.part in ("A2", "A2_homes", "E", "F"):
        return _in_two_rates(plan, use, area, book)
    if use.part in ("D", "D_halls"):
        return _halls(use, area, book)
    row = "D_other" if use.part == "D_worship" else use.part
    rate = book.value(AREA, row)
    return _by_area(use, area, rate)


def area_without_parking(plan: Proposal, use: Use) -> Measured:
    """Floor area of a use in m², without what is coloured as parking in the building (rule 2(1)(aqa)); `NotEncoded` where unknown."""
    if use.floor_area is None:
        raise NotEncoded(f"The floor area of {use.part} could not be measured.")
    inside = [each.floor_area for each in floor_uses(plan) if each.code == PARKING_CODE]
    if PARKING_CODE not in use.codes or not inside:
        return at_2_places(use.floor_area)
    parking = total(inside, Unit.SQUARE_METRE, "parking in the building")
    if parking is None:
        raise NotEncoded("The parking in the building could not be measured.")
    left = use.floor_area.amount - parking.amount
    step = f"without {parking.amount:.2f} m² of parking in the building: {left:.2f} m²"
    return at_2_places(replace(use.floor_area, amount=left, steps=(*use.floor_area.steps, step)))


def at_2_places(area: Measured) -> Measured:
    """An area as it is printed and judged, to 0.01 m²."""
    return replace(area, amount=at_hundredth(area))


def _by_area(use: Use, area: Measured, rate: Value) -> Part:
    amount = Fraction(area.amount) / rate.exact
    step = f"{use.part}: {area.amount:.2f} m² / {rate} = {float(amount):.3f} cars"
    return Part(most=amount, least=amount, steps=(step,), values=(rate,), is_declared=area.is_declared)


def _homes(plan: Proposal, use: Use, book: Book) -> Part:
    """Table 9: flats by the floor area of each, with a share for visitors; none for houses of one or two families."""
    entry = book.entry(FLATS)
    if not set(use.codes) & {"A1", "A4", "A5"}:
        raise NotEncoded(
            f"Group A1 ({', '.join(use.codes)}) has no dwelling units, and Table 9 counts by them."
        )
    if not has_flats(plan):
        step = f"{entry.citation} counts cars for apartments and flats only, not for single or dual houses."
        return Part(most=Fraction(0), least=Fraction(0), steps=(step,), values=())
    units = unit_areas(plan)
    if not units:
        raise NotEncoded(
            "The flats are not drawn, so their cars cannot be counted: draw each on BLK_n_FLR_k_UNITFA."
        )
    rates = [book.value(FLATS, at_2_places(each).amount) for each in units]
    share = book.value(VISITORS)
    flats = sum((rate.exact for rate in rates), Fraction(0))
    amount = flats * (1 + share.exact)
    step = f"{len(units)} flats by their floor area: {float(flats):.3f} cars, with {share} for visitors {float(amount):.3f}"
    declared = any(each.is_declared for each in units)
    return Part(
        most=amount, least=amount, steps=(step,), values=(*_distinct(rates), share), is_declared=declared
    )


def _distinct(values: Iterable[Value]) -> list[Value]:
    return list({each.content: each for each in values}.values())


def _in_two_rates(plan: Proposal, use: Use, area: Measured, book: Book) -> Part:
    """A2, E, F: one rate up to an area, another beyond; hostels count in part, approved IT buildings at a rate of their own."""
    group = use.group
    if use.part == "F":
        free = book.value(COMMERCIAL)
        if area.amount <= free.number:
            step = f"F: {area.amount:.2f} m² is not more than {free}, {free.citation}"
            return Part(most=Fraction(0), least=Fraction(0), steps=(step,), values=(free,))
    if group == "E" and said_yes(plan, "IT_PARK"):
        return _by_area(use, area, book.value(IT_PARK))
    first, rate, beyond = (book.value(each, group) for each in (FIRST, FIRST_RATE, BEYOND_RATE))
    floor = Fraction(area.amount)
    amount = min(floor, first.exact) / rate.exact + max(Fraction(0), floor - first.exact) / beyond.exact
    step = f"{group}: {area.amount:.2f} m², up to {first} at {rate}, beyond at {beyond}: {float(amount):.3f} cars"
    values: tuple[Value, ...] = (first, rate, beyond)
    part = Part(most=amount, least=amount, steps=(step,), values=values, is_declared=area.is_declared)
    if group == "A2" and "A3" not in use.codes:
        return _hostel(part, amount, book, is_hostel=use.part == "A2_homes")
    if group == "E":
        return _maybe_it_park(plan, part, Fraction(area.amount), book)
    return part


def _hostel(part: Part, amount: Fraction, book: Book, *, is_hostel: bool) -> Part:
    try:
        half, quarter = book.value(HOSTEL, "hostel"), book.value(HOSTEL, "institution")
    except NotEncoded:
        why = "Hostels and homes may count for less; their part of that day was not read."
        return replace(part, least=Fraction(0), why=why)
    why = f"Hostels count for {half}, those of institutions for {quarter} of it; a person has to say what it is."
    values = (*part.values, half, quarter)
    most = amount * half.exact if is_hostel else amount
    return replace(part, most=most, least=amount * quarter.exact, values=values, why=why)


def _maybe_it_park(plan: Proposal, part: Part, area: Fraction, book: Book) -> Part:
    """A declared IT park may take its own rate: until it is confirmed the answer lies between the two."""
    word = plan.word("IT_PARK")
    if word is None or word.is_yes is not True:
        return part
    rate = book.value(IT_PARK)
    why = f"An approved IT building needs a car for {rate} only; a person has to confirm that it is one."
    return replace(part, least=min(part.least, area / rate.exact), values=(*part.values, rate), why=why)


def _halls(use: Use, area: Measured, book: Book) -> Part:
    """Halls count by the larger of main hall and dining where dining is separate; the whole floor area is the most it can be."""
    rate = book.value(AREA, "D_halls")
    part = _by_area(use, area, rate)
    why = (
        "Where dining is separate, halls count by the larger of main hall (without lobby and passages) and dining; "
        "the drawing does not show halls apart."
    )
    return replace(part, least=Fraction(0), why=why)


def bays_of(plan: Proposal, *roles: Role) -> tuple[Thing, ...]:
    """The bays drawn for cars; one that was drawn on two layers counts once."""
    return once_drawn(plan, ("bays", *roles), lambda: _once_each(plan.drawing.things_of(*(roles or BAYS))))


def _once_each(there: tuple[Thing, ...]) -> tuple[Thing, ...]:
    shapes = [each.outline.shape for each in there]
    twice = set()
    for one, other in (
        shapely.STRtree(shapes).query(shapes, predicate="intersects").T.tolist() if shapes else ()
    ):
        if one < other and one not in twice and _is_same(there[one], there[other]):
            twice.add(other)
    return tuple(each for i, each in enumerate(there) if i not in twice)


def _is_same(one: Thing, other: Thing) -> bool:
    a, b = one.outline.shape, other.outline.shape
    if one.floor != other.floor or one.block != other.block:
        return False
    return bool(shapely.intersection(a, b).area > SAME * min(a.area, b.area))


def bays_drawn(plan: Proposal) -> Measured | None:
    """How many bays for cars are drawn; None where none is. What is only declared, mechanical or on another plot, makes it a declared count."""
    drawn = bays_of(plan)
    if not drawn:
        return None
    places = [
        Place(what=each.role.value, shape=each.outline.shape, handles=each.outline.source.handles)
        for each in drawn
    ]
    found = count("bays for cars", places)
    stacked = sum(1 for each in drawn if each.role is Role.MECHANICAL_PARKING)
    found = _with_word(found, plan.word("MECHANICAL_PARKING"), "in mechanical parking", stacked)
    if {use.code for use in floor_uses(plan)} & (HOUSE_CODES | FLAT_CODES):
        return found
    return _with_word(found, plan.word(OFFSITE), "on another plot", 0)


def _with_word(found: Measured, word: Word | None, where: str, there: int) -> Measured:
    """The count with what a word adds to what is drawn already."""
    if word is None or word.number is None or word.number <= there:
        return found
    more = Decimal(int(word.number) - there)
    return replace(
        found,
        amount=found.amount + more,
        steps=(*found.steps, f"{more} more {where}, {word.key}={word.text}"),
        sources=(*found.sources, word.source),
        is_declared=found.is_declared or word.is_declared,
    )


def ground_of(plan: Proposal, role: Role, what: str) -> Measured | None:
    """Ground inside the outlines of one kind; what two of them cover counts once. None where nothing is drawn."""
    there = plan.drawing.things_of(role)
    if not there:
        return None
    floors = {(each.block, each.floor) for each in there}
    area = sum(
        float(shapely.union_all([e.outline.shape for e in there if (e.block, e.floor) == key]).area)
        for key in floors
    )
    return measured(
        area,
        Unit.SQUARE_METRE,
        steps=(f"{what}: {area:.2f} m² in {len(there)} outlines",),
        sources=tuple(dict.fromkeys(told(each.outline.source) for each in there)),
        places=places_of(plan, role),
    )
