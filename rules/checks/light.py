"""Chapter of rooms: light and air, and the recreation space of apartments (rules 41 and 43).

In: a proposal, its site, the book of one day.  Out: findings.  Shafts and verandahs are drawn; how deep rooms lie behind their openings is on no
layer, so it is declared and confirmed.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from gis.site import Site
from rules.book import Book, Parameter
from rules.findings import (
    Comparison,
    Finding,
    Measured,
    Outcome,
    Place,
    Required,
    at_least,
    measured,
    not_applicable,
    unknown,
)
from rules.measure import Unit
from rules.plans.drawing import Thing
from rules.plans.roles import Role
from rules.proposal import Proposal
from rules.reckoning.building_parts import of_parts, storeys_of
from rules.reckoning.dwellings import dwellings, has_flats, unit_areas
from rules.reckoning.occupancy import joined
from rules.reckoning.sizes import AT_MOST, Sized, sized
from rules.reckoning.small_plots import exempt
from rules.reckoning.telling import Detail, details
from rules.reckoning.two_readings import at_hundredth
from rules.register import asked, rule
from rules.takings import floor_area, greatest, least, of_thing, side_of, told, total

DEPTH, VERANDAH, OPEN = (Parameter(f"rooms.{each}") for each in ("depth", "verandah", "open_before_verandah"))
SHAFT_AREA, SHAFT_WIDTH = Parameter("rooms.air_shaft_area"), Parameter("rooms.air_shaft_width")
UNITS, SHARE, GROUND, TERRACE, SIDE = (
    Parameter(f"rooms.recreation_{each}") for each in ("units", "share", "on_ground", "terrace", "side")
)
WIDER = "Make the shaft wider, and draw it closed on BLK_n_FLR_k_VENTILATION_SHAFT."
NONE_DRAWN = "No recreation space is drawn."
DRAW = "Draw recreation space closed on RECREATION, on its floor's layer, or on TERRACE_RECREATION."


@rule("light_and_air")
def light_and_air(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Rooms are not too deep behind their openings, verandahs not too deep before them, and shafts wide enough for their storeys."""
    rule_id = "light_and_air"
    exemption = exempt(rule_id, plan, site, book)
    if exemption is not None:
        return [exemption]
    return of_parts(rule_id, plan, site, book, lambda: _light(rule_id, plan, book))


def _light(rule_id: str, plan: Proposal, book: Book) -> list[Finding]:
    verandahs = plan.drawing.things_of(Role.VERANDAH)
    shafts = plan.drawing.things_of(Role.VENTILATION_SHAFT)
    wanted = [
        Detail(
            key="ROOM_DEPTH_M",
            what="greatest depth of a room from its opening",
            required=lambda: Required.of(book.value(DEPTH)),
            comparison=Comparison.AT_MOST,
        )
    ]
    if verandahs:
        wanted.append(
            Detail(
                key="OPEN_BEFORE_VERANDAH_M",
                what="open space before a verandah",
                required=lambda: Required.of(book.value(OPEN)),
            )
        )
    found = list(details(rule_id, plan, wanted))
    if verandahs:
        deep = Sized(
            subject="verandah",
            parameter=VERANDAH,
            found=greatest(side_of(each, each.breadth, "depth of a verandah") for each in verandahs),
            missing="",
            remedy="Make the verandah less deep where rooms open to it.",
            comparison=AT_MOST,
        )
        found += sized(rule_id, book, [deep])
    for i, shaft in enumerate(shafts, 1):
        found += asked(rule_id, partial(_shaft, plan, book, shaft, f"shaft {i}"), subject=f"shaft {i}")
    if not shafts:
        found += _without_shafts(rule_id, plan, book)
    return found


def _without_shafts(rule_id: str, plan: Proposal, book: Book) -> Sequence[Finding]:
    """A shaft is asked for rooms that open to no yard; whether there are any is told only by a person."""
    word = plan.word("VENTILATION_SHAFTS")
    if word is not None and not word.is_declared and (word.is_yes is False or word.number == 0):
        return [
            not_applicable(
                rule_id,
                f"{book.entry(SHAFT_AREA).citation} is for rooms that open to a shaft, and there are none.",
                subject="shaft",
            )
        ]
    remedy = "Draw every shaft on BLK_n_FLR_k_VENTILATION_SHAFT, or declare VENTILATION_SHAFTS=NO and have a person confirm it."
    return [
        unknown(
            rule_id,
            "No shaft is drawn, and whether a room needs one is not told.",
            remedy=remedy,
            subject="shaft",
        )
    ]


def _shaft(plan: Proposal, book: Book, shaft: Thing, name: str) -> list[Finding]:
    building = next((each for each in plan.buildings if each.number == shaft.block), None)
    count = storeys_of(plan, building) if building else None
    if count is None:
        return [
            unknown(
                "light_and_air", "The storeys beside the shaft are not known.", remedy=WIDER, subject=name
            )
        ]
    wanted = [
        Sized(
            subject=f"{name}, area",
            parameter=SHAFT_AREA,
            keys=(count.amount,),
            found=of_thing(shaft),
            missing="",
            remedy=WIDER,
        ),
        Sized(
            subject=f"{name}, width",
            parameter=SHAFT_WIDTH,
            keys=(count.amount,),
            found=side_of(shaft, shaft.breadth, "width of the shaft"),
            missing="",
            remedy=WIDER,
        ),
    ]
    return list(sized("light_and_air", book, wanted))


@rule("recreation")
def recreation(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Apartments of many flats have recreation space by their floor area, a part of it on the ground and not too much on the terrace."""
    over = book.value(UNITS)
    joined(plan, book)  # a use without an occupancy is a gap, not a use that is left out
    if not has_flats(plan):
        return [not_applicable("recreation", f"{over.citation} is for apartments.")]
    units = dwellings(plan)
    if units is None:
        return [
            unknown("recreation", "The flats are not drawn.", remedy="Draw each flat on BLK_n_FLR_k_UNITFA.")
        ]
    if units.amount <= over.count and not units.is_declared:
        return [
            not_applicable(
                "recreation", f"{units.amount} flats are not more than {over.count} ({over.citation})."
            )
        ]
    if units.amount <= over.count:
        return [
            unknown("recreation", "How many flats there are is only declared.", remedy="Draw every floor.")
        ]
    return of_parts("recreation", plan, site, book, lambda: _recreation(plan, book))


def _recreation(plan: Proposal, book: Book) -> list[Finding]:
    """By the floor area of the whole building, and by that of its flats alone: the fact does not say which is meant."""
    area = floor_area(plan)
    if area is None:
        remedy = "Draw every floor closed on BLT_UP_AREA."
        return [unknown("recreation", "The floor area could not be measured.", remedy=remedy)]
    flats = total(unit_areas(plan), Unit.SQUARE_METRE, "floor area of the flats")
    whole = _by_area(plan, area, "of floor area", book)
    alone = _by_area(plan, flats, "of the flats", book) if flats is not None else whole
    spaces = plan.drawing.things_of(Role.RECREATION)
    side = least(side_of(each, each.breadth, "side of recreation space") for each in spaces)
    wanted = Sized(subject="least side", parameter=SIDE, found=side, missing=NONE_DRAWN, remedy=DRAW)
    return [
        *(_milder(*each) for each in zip(whole, alone, strict=True)),
        *sized("recreation", book, [wanted]),
    ]


def _milder(strict: Finding, milder: Finding) -> Finding:
    if strict.outcome is not Outcome.FAIL or not milder.holds:
        return strict
    why = "Whether the share is one of the whole floor area or of that of the flats alone is not told by what was read."
    return replace(strict, outcome=Outcome.UNKNOWN, reason=why)


def _by_area(plan: Proposal, area: Measured, what: str, book: Book) -> tuple[Finding, Finding]:
    """All of it, of the terrace no more than may count; and the part on the ground."""
    share, ground, terrace = book.value(SHARE), book.value(GROUND), book.value(TERRACE)
    spaces = plan.drawing.things_of(Role.RECREATION)
    metres = at_hundredth(area) * share.number
    step = f"{share} of {area.amount:.2f} m² {what}: {metres:.2f} m²"
    required = Required.derived(metres, Unit.SQUARE_METRE, step, share, terrace)
    on_ground = required.changed(metres * ground.number, f"{ground} of it on the ground", ground)
    above = [each for each in spaces if _is_terrace(plan, each)]
    lower = [each for each in spaces if not _is_terrace(plan, each)]
    counted = _counted(spaces, lower, above, metres * terrace.number, is_declared=area.is_declared)
    low = _area([each for each in spaces if _is_ground(each)], "on the ground") if spaces else None
    return (
        at_least("recreation", required, counted, missing=NONE_DRAWN, remedy=DRAW, subject="area"),
        at_least("recreation", on_ground, low, missing=NONE_DRAWN, remedy=DRAW, subject="on the ground"),
    )


def _counted(
    spaces: Sequence[Thing],
    lower: Sequence[Thing],
    terrace: Sequence[Thing],
    most: Decimal,
    *,
    is_declared: bool,
) -> Measured | None:
    """All recreation space, of the terrace no more than the law lets count."""
    if not spaces:
        return None
    below, above = _area(lower, "below the terrace"), _area(terrace, "on the terrace")
    counts = min(above.amount, most)
    step = f"{below.amount:.2f} m² and of the terrace {counts:.2f} m² count"
    return Measured(
        amount=below.amount + counts,
        unit=Unit.SQUARE_METRE,
        steps=(*below.steps, *above.steps, step),
        sources=(*below.sources, *above.sources),
        places=(*below.places, *above.places),
        is_declared=is_declared,
    )


def _area(spaces: Sequence[Thing], where: str) -> Measured:
    area = sum(each.outline.area for each in spaces)
    return measured(
        float(area),
        Unit.SQUARE_METRE,
        steps=(f"recreation space {where}: {area:.2f} m²",),
        sources=tuple(told(each.outline.source) for each in spaces),
        places=tuple(
            Place(
                what=f"recreation space {where}",
                shape=each.outline.shape,
                handles=each.outline.source.handles,
            )
            for each in spaces
        ),
    )


def _is_ground(space: Thing) -> bool:
    return space.floor in (None, 0) and "TERRACE" not in space.outline.source.layer.upper()


def _is_terrace(plan: Proposal, space: Thing) -> bool:
    """On the layer of the terrace, or on a floor that is smaller than the space itself."""
    if "TERRACE" in space.outline.source.layer.upper():
        return True
    if space.floor is None or space.floor == 0:
        return False
    floors = [
        floor
        for building in plan.buildings
        if building.number == space.block
        for floor in building.floors
        if floor.number == space.floor
    ]
    return any(sum(area.area for area in floor.areas) < space.outline.area for floor in floors)
