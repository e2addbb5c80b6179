"""Chapter of rooms: mezzanines, the height of rooms, bathrooms, and a roof over the terrace (Chapter V, rules 33 and 74).

In: a proposal, its site, the book of one day.  Out: findings.  What kind of room a height belongs to is told by the colour of its dimension.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from gis.site import Site
from rules.book import Book, Parameter
from rules.findings import Comparison, Finding, Required, at_least, at_most, measured, not_applicable, unknown
from rules.measure import Unit
from rules.plans.drawing import Floor, Thing
from rules.plans.roles import Role
from rules.proposal import Building, Proposal
from rules.reckoning.building_parts import of_parts
from rules.reckoning.dwellings import is_house
from rules.reckoning.each_measured import unless_unmeasured
from rules.reckoning.sizes import AT_MOST, Sized, sized
from rules.reckoning.telling import Detail, details
from rules.register import asked, rule
from rules.takings import height, least, of_length, of_outline, of_thing, side_of, storeys, told

PART, HEADROOM = Parameter("rooms.mezzanine_part"), Parameter("rooms.mezzanine_headroom")
AREA, SIDE, HEIGHT = (Parameter(f"rooms.bathroom_{each}") for each in ("area", "side", "height"))
ROOF_HEIGHT, ROOF_HOUSE, ROOF_STOREYS = (
    Parameter(f"rooms.terrace_roof_{each}") for each in ("height", "house", "storeys")
)
MEZZANINE_ROOM = "mezzanine head room or residential room"
KINDS = {Role.BATH: "bathroom", Role.TOILET: "latrine", Role.TOILET_AND_BATH: "combined"}


@rule("mezzanine")
def mezzanine(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """A mezzanine is at most a third of its floor, with headroom."""
    entry = book.entry(PART)
    floors = [
        (building, floor) for building in plan.buildings for floor in building.floors if floor.mezzanines
    ]
    if not floors:
        return [not_applicable("mezzanine", f"{entry.citation} is for mezzanines, and none is drawn.")]
    return of_parts(
        "mezzanine",
        plan,
        site,
        book,
        lambda: [f for b, floor in floors for f in _mezzanine(plan, b, floor, book)],
    )


def _mezzanine(plan: Proposal, building: Building, floor: Floor, book: Book) -> Sequence[Finding]:
    name = f"{building.title}, floor {floor.number}"
    drawn = plan.drawing.lengths_of(Role.MEZZANINE, Role.ROOM_HEIGHT)
    heights = [
        of_length(each)
        for each in drawn
        if each.block == building.number
        and each.floor == floor.number
        and (each.role is Role.MEZZANINE or each.meaning == MEZZANINE_ROOM)
    ]
    wanted = Sized(
        subject=f"{name}, headroom",
        parameter=HEADROOM,
        found=least(heights),
        missing="No headroom of the mezzanine is drawn.",
        remedy="Draw the headroom as a dimension in colour 1 on BLK_n_FLR_k_HT_ROOM.",
    )
    return [
        *asked("mezzanine", partial(_part, floor, book, f"{name}, area"), subject=f"{name}, area"),
        *unless_unmeasured(
            sized("mezzanine", book, [wanted]),
            [floor.number for each in floor.mezzanines for _ in each.outlines],
            [floor.number for _ in heights],
            "headroom of every mezzanine",
        ),
    ]


def _part(floor: Floor, book: Book, subject: str) -> Finding:
    part = book.value(PART)
    whole = sum(outline.area for area in floor.areas for outline in area.outlines)
    remedy = "Make the mezzanine smaller, or close the outlines of it and of its floor."
    if not floor.is_complete or not all(each.is_complete for each in floor.mezzanines):
        return unknown(
            "mezzanine", "The floor or its mezzanine could not be measured.", remedy=remedy, subject=subject
        )
    amount = Decimal(part.exact.numerator) * Decimal(repr(whole)) / Decimal(part.exact.denominator)
    outlines = [outline for each in floor.mezzanines for outline in each.outlines]
    area = sum(each.area for each in floor.mezzanines)
    found = measured(
        area,
        Unit.SQUARE_METRE,
        steps=(f"mezzanine: {area:.2f} m²",),
        sources=tuple(told(each.source) for each in outlines),
        places=tuple(place for each in outlines for place in of_outline(each, "mezzanine").places),
        is_declared=floor.copied_by is not None,
    )
    required = Required.derived(amount, Unit.SQUARE_METRE, f"{part} of {whole:.2f} m²: {amount:.2f} m²", part)
    return at_most("mezzanine", required, found, missing="", remedy=remedy, subject=subject)


@rule("bathrooms")
def bathrooms(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Bathrooms and latrines have a least area, side and height."""
    rooms = [each for each in plan.drawing.things_of(*KINDS) if _is_room(each)]
    heights = [each for each in plan.drawing.lengths_of(Role.ROOM_HEIGHT) if _is_bath(each.source.layer)]
    if not rooms and not heights:
        remedy = "Draw each as a closed outline on BLK_n_FLR_k_BATH, _WC or _WC_BATH, and its height on _BATH_HT, _WC_HT or _WC_BATH_HT."
        gap = unknown("bathrooms", "Neither bathroom nor latrine is drawn as a room.", remedy=remedy)
        return of_parts("bathrooms", plan, site, book, lambda: [gap])
    return of_parts("bathrooms", plan, site, book, lambda: _bathrooms(plan, rooms, book))


def _is_room(thing: Thing) -> bool:
    """Rooms lie on a floor's layer; WATER_CLOSET holds the mark of a fitment."""
    return thing.floor is not None and not thing.outline.source.layer.upper().endswith("WATER_CLOSET")


def _is_bath(layer: str) -> bool:
    return layer.upper().endswith(("WC_HT", "BATH_HT"))


def _bathrooms(plan: Proposal, rooms: Sequence[Thing], book: Book) -> list[Finding]:
    found: list[Finding] = []
    for i, room in enumerate(rooms, 1):
        kind = KINDS[room.role]
        name = f"{kind} {i}"
        found += asked(
            "bathrooms", partial(_area, room, kind, f"{name}, area", book), subject=f"{name}, area"
        )
        if kind != "combined":
            found += asked(
                "bathrooms", partial(_side, room, kind, f"{name}, side", book), subject=f"{name}, side"
            )
    lengths = [each for each in plan.drawing.lengths_of(Role.ROOM_HEIGHT) if _is_bath(each.source.layer)]
    heights = [of_length(each) for each in lengths]
    wanted = Sized(
        subject="height",
        parameter=HEIGHT,
        found=least(heights),
        missing="No height of a bathroom is drawn.",
        remedy="Draw it as a dimension on BLK_n_FLR_k_BATH_HT, _WC_HT or _WC_BATH_HT.",
    )
    high = unless_unmeasured(
        sized("bathrooms", book, [wanted]),
        [(each.block, each.floor) for each in rooms],
        [(each.block, each.floor) for each in lengths],
        "height of every bathroom and latrine",
    )
    return [*found, *high]


def _area(room: Thing, kind: str, subject: str, book: Book) -> Finding:
    required = Required.of(book.value(AREA, kind))
    finding = at_least(
        "bathrooms", required, of_thing(room), missing="", remedy="Make the room larger.", subject=subject
    )
    return _or_fitment(room, finding)


def _side(room: Thing, kind: str, subject: str, book: Book) -> Finding:
    required = Required.of(book.value(SIDE, kind))
    found = side_of(room, room.breadth, f"side of the {kind}")
    finding = at_least(
        "bathrooms", required, found, missing="", remedy="Make the room wider.", subject=subject
    )
    return _or_fitment(room, finding)


def _or_fitment(room: Thing, finding: Finding) -> Finding:
    """The layer BATH holds rooms in one use of the convention and the marks of fitments in another."""
    if finding.holds is not False or room.role is not Role.BATH:
        return finding
    why = "The outline on BATH may be the mark of a fitment and not the room."
    return unknown(
        "bathrooms",
        why,
        remedy="Draw the room itself on this layer.",
        subject=finding.subject,
        places=finding.places,
    )


@rule("terrace_roof")
def terrace_roof(plan: Proposal, _: Site, book: Book) -> Sequence[Finding]:
    """A roof over the terrace is free of built-up area where the house is small and the roof low and open on all sides."""
    word = plan.word("TERRACE_ROOF_HEIGHT_M")
    entry = book.entry(ROOF_HEIGHT)
    if word is None:
        told_so = (
            f"{entry.citation} is for a roof over the terrace, and none is declared (TERRACE_ROOF_HEIGHT_M)."
        )
        return [not_applicable("terrace_roof", told_so)]
    if not is_house(plan):
        return [
            not_applicable(
                "terrace_roof",
                f"{entry.citation} is for houses of one or two families; the roof counts as built-up area.",
            )
        ]
    remedy = "Make it lower, or count it as built-up area."
    missing = "It could not be measured."
    return [
        *details(
            "terrace_roof",
            plan,
            [
                Detail(
                    key="TERRACE_ROOF_HEIGHT_M",
                    what="height of the roof",
                    required=lambda: Required.of(book.value(ROOF_HEIGHT)),
                    comparison=Comparison.AT_MOST,
                )
            ],
        ),
        *sized(
            "terrace_roof",
            book,
            [
                Sized(
                    subject="height of the house",
                    parameter=ROOF_HOUSE,
                    found=height(plan),
                    missing=missing,
                    remedy=remedy,
                    comparison=AT_MOST,
                ),
                Sized(
                    subject="storeys",
                    parameter=ROOF_STOREYS,
                    found=storeys(plan),
                    missing=missing,
                    remedy=remedy,
                    comparison=AT_MOST,
                ),
            ],
        ),
    ]
