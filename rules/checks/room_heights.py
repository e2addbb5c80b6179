"""Chapter of rooms: the least height of each kind of room (rule 33).

In: a proposal, its site, the book of one day.  Out: a finding for each height drawn.  The colour of a dimension tells the kind of room; where one
colour stands for kinds with different heights, what lies between them is unknown.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from itertools import product

from gis.site import Site
from rules.book import Book, NotEncoded, NotInForce, Parameter
from rules.findings import Finding, Required, not_applicable, unknown
from rules.measure import Unit
from rules.plans.colours import UNTOLD_ROOM
from rules.plans.drawing import Length
from rules.plans.roles import Role
from rules.proposal import Proposal
from rules.reckoning.dwellings import FLAT_CODES, HOUSE_CODES
from rules.reckoning.occupancy import Use, joined
from rules.reckoning.two_readings import Range, at_hundredth, at_least_between
from rules.register import asked, rule
from rules.takings import of_length, total

HEIGHT, COOL = Parameter("rooms.height"), Parameter("rooms.height_air_conditioned")
ASSEMBLY, STORE = Parameter("rooms.height_assembly"), Parameter("rooms.height_store")
WORK, WHITE, WHITE_AREA = (
    Parameter(f"rooms.height_workroom{each}") for each in ("", "_white", "_white_area")
)
WORSHIP, BATH = Parameter("rooms.height_exempt_worship"), Parameter("rooms.bathroom_height")
INDUSTRY = frozenset({"G1", "G2"})
WORSHIP_CODE = "D1"
"""Worship in the drawing convention; up to 200 m² the law counts it in group F."""
DWELLINGS = HOUSE_CODES | FLAT_CODES
BATHS = ("WC_HT", "BATH_HT")
REMEDY = "Raise the ceiling, and draw the height as a dimension on BLK_n_FLR_k_HT_ROOM in the colour of its kind of room."
ANY_KIND = (
    "The model does not tell the kind of the room: a lavatory may be lower, and a hall has to be higher."
)
RESIDENTIAL = 1
NORMAL, COOL_OR_SCHOOL, PARKING_OR_WORK, HALL, COOL_HALL, BELOW_BALCONY, ABOVE_BALCONY = range(2, 9)
STORE_OR_BATH, WORKROOM, ENTRANCE, INDUSTRIAL_STORE = range(9, 13)


@rule("room_height")
def room_height(plan: Proposal, _: Site, book: Book) -> Sequence[Finding]:
    """Rooms other than residential ones have a least height by their kind; small places of worship and livestock are left out."""
    citation = book.value(HEIGHT).citation
    uses = joined(plan, book)
    left_out = [each for each in (_left_out(use, book) for use in uses) if each]
    if len(left_out) == len(uses):
        return [not_applicable("room_height", f"{citation} leaves out {', '.join(left_out)}.")]
    heights = [
        each
        for each in plan.drawing.lengths_of(Role.ROOM_HEIGHT)
        if not each.source.layer.upper().endswith(BATHS)
    ]
    found = [finding for each in heights for finding in _one(each, uses, book)]
    found += _undrawn(plan, heights) if found else []
    return found or [
        unknown("room_height", "No height of a room is drawn in a colour that tells its kind.", remedy=REMEDY)
    ]


def _undrawn(plan: Proposal, heights: Sequence[Length]) -> list[Finding]:
    """Floors with more than dwellings on which no height is drawn, while others have theirs; a repeated floor is as its model."""
    there = {(each.block, each.floor) for each in heights}
    return [
        unknown(
            "room_height",
            "No height of a room is drawn on this floor.",
            remedy=REMEDY,
            subject=f"{building.title}, floor {floor.number}",
        )
        for building in plan.buildings
        for floor in building.floors
        if floor.copy_of is None and any(area.occupancy not in DWELLINGS for area in floor.areas)
        if not there & set(product((building.number, None), (floor.number, None)))
    ]


def _left_out(use: Use, book: Book) -> str | None:
    if use.group == "A1":
        return "residential buildings"
    if use.group == "G3":
        return "livestock"
    if set(use.codes) == {WORSHIP_CODE} and use.built_up is not None:
        limit = book.value(WORSHIP)
        if at_hundredth(use.built_up) <= limit.number and not use.built_up.is_declared:
            return f"places of worship up to {limit}"
    return None


def _one(length: Length, uses: Sequence[Use], book: Book) -> tuple[Finding, ...]:
    subject = f"floor {length.floor}, {length.meaning or 'height in a colour without meaning'}, {length.source.handles[0]}"
    if length.colour == RESIDENTIAL:
        return ()
    return asked("room_height", partial(_judged, length, uses, book, subject), subject=subject)


def _judged(length: Length, uses: Sequence[Use], book: Book, subject: str) -> Sequence[Finding]:
    is_untold = length.meaning == UNTOLD_ROOM
    wanted = _of_any_kind(uses, book) if is_untold else _asked_for(length.colour, uses, book)
    if isinstance(wanted, str):
        return [
            unknown("room_height", wanted, remedy=REMEDY, subject=subject, places=of_length(length).places)
        ]
    if wanted is None:
        return []
    if any(use.group == "A2" for use in uses):
        why = "Whether the rooms of a lodging house are residential ones, which are left out, is not told."
        wanted = Range(
            most=wanted.most, least=wanted.least.changed(Decimal(0), "none for residential rooms"), why=why
        )
    return [
        at_least_between("room_height", wanted, of_length(length), missing="", remedy=REMEDY, subject=subject)
    ]


def _of_any_kind(uses: Sequence[Use], book: Book) -> Range:
    """What is asked of a room whose kind is not told: enough for a hall passes, too little for a lavatory fails."""
    hall, bath = Required.of(book.value(ASSEMBLY, "ordinary")), Required.of(book.value(BATH))
    if any(_left_out(each, book) for each in uses):
        bath = bath.changed(Decimal(0), "none where the room is one that is left out")
    return Range(most=hall, least=bath, why=ANY_KIND)


def _asked_for(colour: int, uses: Sequence[Use], book: Book) -> Range | str | None:
    """What is asked of a height in this colour; words where the law or the convention leaves it open, None where nothing is asked."""
    works = any(use.group in INDUSTRY for use in uses)
    if colour in (NORMAL, ENTRANCE):
        return Range.one(Required.of(book.value(HEIGHT)))
    if colour == COOL_OR_SCHOOL:
        return _cool(uses, book)
    if colour == PARKING_OR_WORK:
        return _or_parking(_workroom(uses, book)) if works else None
    if colour in (HALL, COOL_HALL):
        return Range.one(
            Required.of(book.value(ASSEMBLY, "air_conditioned" if colour == COOL_HALL else "ordinary"))
        )
    if colour in (BELOW_BALCONY, ABOVE_BALCONY):
        return "The book has no height for the head room below or above a balcony."
    if colour == STORE_OR_BATH:
        store, bath = Required.of(book.value(STORE)), Required.of(book.value(BATH))
        return Range(
            most=store, least=bath, why="The colour does not tell stores from lavatories, which may be lower."
        )
    if colour == WORKROOM:
        return _workroom(uses, book)
    if colour == INDUSTRIAL_STORE:
        return Range.one(Required.of(book.value(STORE)))
    return "The colour of the dimension tells no kind of room."


def _cool(uses: Sequence[Use], book: Book) -> Range:
    """Air-conditioned rooms were lower before 2025; the same colour stands for rooms of schools."""
    ordinary = Required.of(book.value(HEIGHT))
    try:
        cool = Required.of(book.value(COOL))
    except NotInForce:
        return Range.one(ordinary)
    if any(use.group == "B" for use in uses):
        return Range(
            most=ordinary,
            least=cool,
            why="The colour does not tell rooms of schools from air-conditioned ones.",
        )
    return Range.one(cool)


def _or_parking(work: Range) -> Range:
    why = "The colour does not tell workrooms from parking, which may be lower."
    return Range(most=work.most, least=work.most.changed(Decimal(0), "none for parking"), why=why)


def _workroom(uses: Sequence[Use], book: Book) -> Range:
    """Workrooms; lower in a small industry of the white category, which before 2025 was not read."""
    work = Required.of(book.value(WORK))
    try:
        white, area = book.value(WHITE), book.value(WHITE_AREA)
    except NotEncoded as gap:
        return Range(most=work, least=work.changed(Decimal(0), "not read"), why=gap.message)
    industry = [use for use in uses if use.group in INDUSTRY]
    whole = total((use.built_up for use in industry), Unit.SQUARE_METRE, "industry") if industry else None
    is_small = whole is None or at_hundredth(whole) < area.number
    if not is_small or any(use.group == "G2" for use in industry):
        return Range.one(work)
    if all(use.part == "G1_white" for use in industry) and whole is not None:
        return Range.one(Required.of(white))
    why = f"An industry of the white category under {area} may be {white} high; a person has to name its category."
    return Range(most=work, least=Required.of(white), why=why)
