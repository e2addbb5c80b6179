"""Sanitary fitments: how many of each kind the floor area of each use asks for, and how many are drawn (Tables 13 to 15A).

In: a proposal and the book of one day.  Out: numbers with a stricter and a milder reading.  A fitment on a typical floor counts for each floor that a
word repeats, and is then only declared.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from rules.book import Book, NotEncoded, Parameter, Value
from rules.findings import Measured, Place, measured
from rules.measure import Unit
from rules.plans.drawing import Thing
from rules.plans.roles import Role
from rules.proposal import Proposal
from rules.reckoning.occupancy import Use, joined
from rules.reckoning.two_readings import at_hundredth
from rules.takings import of_word

AREA, BEDS = Parameter("sanitation.area_per_fitment"), Parameter("sanitation.beds_per_fitment")
SMALL, SMALL_FITMENTS = Parameter("sanitation.small_shop"), Parameter("sanitation.small_shop_fitments")
ROWS = {
    "B": "educational",
    "E": "office",
    "F": "mercantile",
    "G1": "industrial",
    "G2": "industrial",
    "H": "storage",
}
KINDS: dict[str, tuple[str, ...]] = {
    "hotel": ("wc_each", "urinal", "basin"),
    "hostel": ("wc", "urinal", "basin", "bath"),
    "educational": ("wc_men", "wc_women", "urinal", "basin"),
    "office": ("wc", "urinal", "basin"),
    "mercantile": ("wc", "urinal", "basin"),
    "industrial": ("wc", "urinal"),
    "storage": ("wc", "urinal"),
}
DRAWN = {
    "wc": (Role.TOILET, Role.TOILET_AND_BATH, Role.ACCESSIBLE_TOILET),
    "urinal": (Role.URINAL,),
    "basin": (Role.WASH,),
    "bath": (Role.BATH, Role.TOILET_AND_BATH),
}
LAYERS = {"wc": "WATER_CLOSET", "urinal": "URINAL", "basin": "WASH", "bath": "BATH"}
MEN, WOMEN = ("male", "male visitors"), ("female", "female visitors")


@dataclass(kw_only=True)
class Tally:
    """Fitments of one kind in both readings, with the numbers of the law and the steps."""

    most: Fraction = Fraction(0)
    least: Fraction = Fraction(0)
    values: list[Value] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    why: str | None = None
    is_declared: bool = False

    def add(self, amount: Fraction, value: Value, step: str) -> None:
        """The same amount in both readings."""
        self.most += amount
        self.least += amount
        self.values.append(value)
        self.steps.append(step)


def fitments(plan: Proposal, book: Book) -> dict[str, Tally]:
    """Fitments asked for by kind (wc, wc_men, wc_women, urinal, basin, bath); `NotEncoded` for a use without a row."""
    found: dict[str, Tally] = {}
    for use in joined(plan, book):
        if use.group == "A1":
            continue
        if use.group == "C":
            _ward(plan, book, found)
        elif use.group == "A2":
            _lodging(use, book, found)
        elif use.group in ROWS:
            _by_area(use, ROWS[use.group], book, found)
        else:
            raise NotEncoded(f"{book.entry(AREA).citation} has no row for group {use.group} that was read.")
    return found


def _floor_area(use: Use) -> Fraction:
    if use.floor_area is None:
        raise NotEncoded(f"The floor area of {use.part} could not be measured.")
    return Fraction(at_hundredth(use.floor_area))


def _by_area(use: Use, row: str, book: Book, found: dict[str, Tally]) -> None:
    area = _floor_area(use)
    if row == "mercantile" and area <= book.value(SMALL).exact:
        for kind in ("wc", "urinal"):
            value = book.value(SMALL_FITMENTS, kind)
            found.setdefault(kind, Tally()).add(
                value.exact, value, f"a shop up to {book.value(SMALL)}: {value}"
            )
        return
    for kind, amount, value in _row(area, row, book):
        tally = found.setdefault(kind, Tally())
        tally.add(amount, value, f"{use.part}: {float(area):.2f} m² / {value} = {float(amount):.3f}")
        tally.is_declared |= bool(use.floor_area and use.floor_area.is_declared)


def _row(area: Fraction, row: str, book: Book) -> Iterable[tuple[str, Fraction, Value]]:
    for fitment in KINDS[row]:
        value = book.value(AREA, row, fitment)
        amount = area / value.exact
        if fitment == "wc_each":
            yield from (("wc_men", amount, value), ("wc_women", amount, value), ("wc", 2 * amount, value))
        elif fitment in ("wc_men", "wc_women"):
            yield from ((fitment, amount, value), ("wc", amount, value))
        else:
            yield fitment, amount, value


def _lodging(use: Use, book: Book, found: dict[str, Tally]) -> None:
    """Hotels have one row, hostels another: where the drawing does not tell, the answer lies between the two."""
    area = _floor_area(use)
    if set(use.codes) == {"A3"} or use.part == "A2_homes":
        _by_area(use, "hotel" if use.part != "A2_homes" else "hostel", book, found)
        return
    hotel = {kind: (amount, value) for kind, amount, value in _row(area, "hotel", book)}
    hostel = {kind: (amount, value) for kind, amount, value in _row(area, "hostel", book)}
    for kind in ("wc", "urinal", "basin", "bath"):
        amounts = [each[kind][0] if kind in each else Fraction(0) for each in (hotel, hostel)]
        tally = found.setdefault(kind, Tally())
        tally.most, tally.least = tally.most + max(amounts), tally.least + min(amounts)
        tally.values.append(hostel[kind][1])
        tally.steps.append(
            f"{float(area):.2f} m² of lodging: {float(min(amounts)):.3f} to {float(max(amounts)):.3f}"
        )
        if amounts[0] != amounts[1]:
            tally.why = "Whether it is a hotel or a hostel is not told, and they have different rows."


def _ward(plan: Proposal, book: Book, found: dict[str, Tally]) -> None:
    beds = of_word(plan.word("NO_OF_BEDS"), Unit.COUNT)
    if beds is None or beds.amount <= 0:
        raise NotEncoded("Fitments of a ward go by its beds: declare NO_OF_BEDS=… with the application.")
    for kind in ("wc", "basin", "bath"):
        value = book.value(BEDS, kind)
        amount = Fraction(beds.amount) / value.exact
        tally = found.setdefault(kind, Tally())
        tally.add(amount, value, f"{beds.amount} beds / {value} = {float(amount):.3f}")
        tally.is_declared |= beds.is_declared


def drawn(plan: Proposal, kind: str) -> Measured | None:
    """Fitments of a kind that are drawn, repeated floors included; common ones count for men and for women."""
    base = kind.split("_", maxsplit=1)[0]
    things = plan.drawing.things_of(*DRAWN[base])
    if kind in ("wc_men", "wc_women"):
        other = WOMEN if kind == "wc_men" else MEN
        things = tuple(each for each in things if each.meaning not in other)
    if not things:
        return None
    copies = [_copies(plan, each) for each in things]
    number = sum(1 + each for each in copies)
    repeated = f", {sum(copies)} of them on floors repeated by a word" if any(copies) else ""
    return measured(
        Decimal(number),
        Unit.COUNT,
        steps=(f"{LAYERS[base]}: {number} drawn{repeated}",),
        places=tuple(
            Place(what=e.role.value, shape=e.outline.shape, handles=e.outline.source.handles) for e in things
        ),
        is_declared=any(copies),
    )


def _copies(plan: Proposal, thing: Thing) -> int:
    return sum(
        1
        for building in plan.buildings
        if building.number == thing.block and thing.floor is not None
        for floor in building.floors
        if floor.copy_of == thing.floor and floor.number != thing.floor
    )
