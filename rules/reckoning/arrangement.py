"""Which side of a building counts as its rear and which side may come nearer: the lawful ways are tried, the best is named.

In: a proposal, its site, the book of one day, a building and its open spaces.  Out: the findings of its yards under the way that lets most of them
stand.  Any side yard may be interchanged with the rear yard (rule 2(1)(cj) and (cy)); only one side may use the provisos of rule 26(4).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from gis.site import Site
from rules.book import Book, NotEncoded, NotInForce, Parameter
from rules.findings import Finding, Measured, Outcome, Required
from rules.proposal import Building, OpenSpace, Position, Proposal, once
from rules.reckoning.provisos import Seat, relaxations
from rules.reckoning.relaxations import Relaxation, judged
from rules.reckoning.setbacks import AVERAGE, MINIMUM, UNIFORM_DEPTH, Cells, Row, grown, row_of

INTERCHANGE = Parameter("yards.interchange")
SIDES = (Position.LEFT, Position.RIGHT)
MISSING = "The open space could not be measured."
AMBIGUOUS = "The length of the building line is ambiguous, so the law's average is not known; it may be "


@dataclass(frozen=True, kw_only=True)
class Way:
    """One lawful way: the side exchanged with the rear, if any, and the side that may come nearer."""

    exchanged: Position | None
    favoured: Position

    def yard(self, where: Position) -> str:
        """What an open space counts as."""
        if self.exchanged is not None and where in (self.exchanged, Position.REAR):
            return "rear" if where is self.exchanged else "side"
        return where.yard


def ways(spaces: Sequence[OpenSpace], *, may_swap: bool = True) -> Iterator[Way]:
    """The lawful ways, the plain one first."""
    there = {space.position for space in spaces}
    swaps = [each for each in SIDES if may_swap and each in there and Position.REAR in there]
    for exchanged in (None, *swaps):
        sides = (
            SIDES if exchanged is None else (Position.REAR, *(each for each in SIDES if each != exchanged))
        )
        for favoured in sides:
            yield Way(exchanged=exchanged, favoured=favoured)


def arranged(
    rule: str,
    plan: Proposal,
    site: Site,
    book: Book,
    building: Building,
    spaces: Sequence[OpenSpace],
    row: Row,
) -> list[Finding]:
    """The findings of all yards of a building in the way that fails least, then leaves least unknown."""
    return _best(rule, plan, site, book, building, spaces, row)[1]


def _best(
    rule: str,
    plan: Proposal,
    site: Site,
    book: Book,
    building: Building,
    spaces: Sequence[OpenSpace],
    row: Row,
) -> tuple[Way, list[Finding]]:
    """The best way with its findings; several rules ask for the same one, so it is kept."""
    height = building.height and building.height.amount
    key = ("arranged", rule, id(site), book.on, book.body, building.number, height, *map(id, spaces))
    return once(plan, key, lambda: _searched(rule, plan, site, book, building, spaces, row))


def _searched(
    rule: str,
    plan: Proposal,
    site: Site,
    book: Book,
    building: Building,
    spaces: Sequence[OpenSpace],
    row: Row,
) -> tuple[Way, list[Finding]]:
    tried: list[tuple[Way, list[Finding]]] = []
    known: dict[tuple[object, ...], Finding] = {}
    for way in ways(spaces, may_swap=_may_swap(book)):
        found = []
        for at, space in enumerate(spaces):
            for seat in _seats(building, space, way, row):
                swapped = way.exchanged if seat.yard != space.position.yard else None
                key = (at, seat.yard, seat.measure, seat.is_favoured, swapped)
                if key not in known:
                    known[key] = yard_finding(rule, plan, site, book, seat, way)
                found.append(known[key])
        tried.append((way, found))
        if all(each.outcome is Outcome.PASS for each in found):
            break
    return min(tried, key=lambda each: _rank(each[1]))


def spaces_of(plan: Proposal, building: Building) -> list[OpenSpace]:
    """The open spaces of a building above ground; sorted out once, since thousands of buildings ask for theirs."""

    def by_building() -> dict[int, list[OpenSpace]]:
        found: dict[int, list[OpenSpace]] = {}
        for each in plan.yards:
            if not each.is_basement:
                found.setdefault(each.building, []).append(each)
        return found

    return once(plan, "open spaces by building", by_building).get(building.number, [])


def shortfalls(plan: Proposal, site: Site, book: Book, building: Building) -> list[Seat]:
    """The side and rear yards of a building that are smaller than the table asks, in the way that the yards are judged."""
    spaces = spaces_of(plan, building)
    row = row_of(plan, site, book, building)
    plain = next(ways(spaces))
    if not any(_is_short(seat, book) for space in spaces for seat in _seats(building, space, plain, row)):
        return []
    way, _ = _best("yards", plan, site, book, building, spaces, row)
    seats = [seat for space in spaces for seat in _seats(building, space, way, row) if seat.yard != "front"]
    return [seat for seat in seats if _is_short(seat, book)]


def _is_short(seat: Seat, book: Book) -> bool:
    return _is_less(_found(seat), _grown(seat.row.cells, seat, book)[0])


def _found(seat: Seat) -> Measured | None:
    return seat.space.average if seat.measure == AVERAGE else seat.space.least


def _may_swap(book: Book) -> bool:
    """Whether the book of the day knows of the interchange."""
    try:
        book.value(INTERCHANGE)
    except (NotEncoded, NotInForce):
        return False
    return True


def _rank(found: Sequence[Finding]) -> tuple[int, int]:
    outcomes = [each.outcome for each in found]
    doubtful = sum(1 for each in found if each.outcome is Outcome.UNKNOWN and each.holds is not True)
    return outcomes.count(Outcome.FAIL), doubtful


def _seats(building: Building, space: OpenSpace, way: Way, row: Row) -> Iterator[Seat]:
    yard = way.yard(space.position)
    for measure in row.measures:
        if (yard, measure) in row.cells:
            yield Seat(
                building=building,
                space=space,
                yard=yard,
                measure=measure,
                is_favoured=yard == "rear" or space.position is way.favoured,
                row=row,
            )


def yard_finding(
    rule: str, plan: Proposal, site: Site, book: Book, seat: Seat, way: Way | None = None
) -> Finding:
    """What one yard says in one measure, with its growth and every proviso."""
    required, doubt = _grown(seat.row.cells, seat, book)
    if way is not None and way.exchanged is not None and seat.yard != seat.space.position.yard:
        value = book.value(INTERCHANGE)
        told = f"{way.exchanged.value} and rear interchanged, {value.citation}: counts as {seat.yard}"
        required = required.changed(required.amount, told, value)
    if seat.space.position is Position.FRONT:
        required = required.changed(required.amount, f"front: {plan.front.basis}")
    found = _found(seat)
    finding = judged(
        rule,
        required,
        _hopes(plan, site, book, seat),
        found,
        missing=_missing(seat.space),
        remedy=partial(_remedy, seat),
        subject=f"{seat.space.title}, {seat.measure}",
        doubt=doubt or seat.row.doubt,
    )
    if found is None and seat.space.candidates:
        return replace(finding, places=tuple(p for each in seat.space.candidates for p in each.places))
    return finding


def _hopes(plan: Proposal, site: Site, book: Book, seat: Seat) -> Iterator[Relaxation]:
    yield from _others(seat, book)
    yield from _odd(seat)
    yield from relaxations(plan, site, book, seat)


def _grown(cells: Cells, seat: Seat, book: Book) -> tuple[Required, str | None]:
    cell = cells[seat.yard, seat.measure]
    return grown(cell, cells.get((seat.yard, MINIMUM), cell), seat.building.height, book)


def _others(seat: Seat, book: Book) -> list[Relaxation]:
    return [
        Relaxation(required=_grown(cells, seat, book)[0], holds=None, why=why)
        for why, cells in seat.row.others
        if (seat.yard, seat.measure) in cells
    ]


def _odd(seat: Seat) -> Iterator[Relaxation]:
    """Table 4A before 2025: the minimum stands in for the uniform depth if the plot is odd and the average holds."""
    for cells in seat.row.odd if seat.measure == UNIFORM_DEPTH else ():
        least, average = cells.get((seat.yard, MINIMUM)), cells.get((seat.yard, AVERAGE))
        if least is None or (average is not None and _is_less(seat.space.average, average)):
            continue
        why = f"if the plot is of an odd shape, {least.citations[0]}, which a person has to say"
        yield Relaxation(required=least, holds=None, why=why)


def _is_less(found: Measured | None, required: Required) -> bool:
    return found is not None and round(found.amount, 3) < required.amount


def _missing(space: OpenSpace) -> str:
    if not space.candidates:
        return MISSING
    told = "; ".join(dict.fromkeys(step for each in space.candidates for step in each.steps))
    return f"{AMBIGUOUS}{told}."


def _remedy(seat: Seat, required: Required) -> str:
    if seat.measure == AVERAGE and seat.space.average is None:
        return (
            f"Draw the {seat.space.position.value} yard on its layer, from the wall that faces the boundary to the "
            "boundary and no further, so that its length along the wall is unmistakable."
        )
    return (
        f"Move the wall that faces this boundary back until the {seat.measure} of the {seat.yard} yard is "
        f"{required.amount} m, or build lower or smaller where that asks for less."
    )
