"""Chapter of services: solar power, solar water heating, and trees (rules 77, 78 and the rule on trees).

In: a proposal, its site, the book of one day.  Out: findings.  Panels, heaters and trees are drawn; their power and what they hold is only
declared.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial

import shapely

from gis.site import Site
from rules.book import Book, NotEncoded, NotInForce, Parameter, Value
from rules.findings import (
    MEND,
    Finding,
    Measured,
    Place,
    Required,
    at_least,
    breaks,
    holds,
    measured,
    not_applicable,
    unknown,
)
from rules.measure import Unit
from rules.plans.roles import Role
from rules.proposal import Proposal
from rules.reckoning.dwellings import codes, has_flats, is_house, is_single_house
from rules.reckoning.occupancy import Use, joined
from rules.reckoning.two_readings import Range, at_hundredth, at_least_between, whole
from rules.register import asked, rule
from rules.takings import built_up_area, count, of_word, places_of

OVER, RATE = Parameter("services.solar_over"), Parameter("services.solar_rate")
ROOF_BEFORE, HOUSE_BEFORE = (
    Parameter("services.solar_roof_percent_before"),
    Parameter("services.solar_house_over_before"),
)
WATER_OVER, WATER_LITRES = Parameter("services.solar_water_over"), Parameter("services.solar_water_litres")
TREE_AREA, TREE_OVER = Parameter("services.tree_area"), Parameter("services.tree_over")
FLOORS = "Draw every floor closed on BLT_UP_AREA, in the colour of its occupancy."
BATHS = (Role.BATH, Role.TOILET_AND_BATH, Role.KITCHEN)
CASES = {"A2": "lodging", "C": "hospital", "D": "assembly"}
NAMED = frozenset({"A2", "A3", "C1", "D", "D3"})
"""Lodging, hotels, in-patients, assembly and halls in the drawing convention."""
GREEN_STRIP = "GREENSTRIP"
HUNDRED = Decimal(100)


@rule("solar_power")
def solar_power(plan: Proposal, _: Site, book: Book) -> Finding:
    """Larger buildings have solar power by their built-up area; before 2025 panels covered a part of the roof."""
    try:
        book.value(ROOF_BEFORE)
    except NotInForce:
        return _power(plan, book)
    return _panels_before(plan, book)


def _power(plan: Proposal, book: Book) -> Finding:
    over, area = book.value(OVER), built_up_area(plan)
    if area is None:
        return unknown("solar_power", "The built-up area is not known.", remedy=FLOORS)
    if at_hundredth(area) <= over.number and not area.is_declared:
        return not_applicable(
            "solar_power", f"{area.amount:.2f} m² is not more than {over} ({over.citation})."
        )
    parts = [(use, _rate(plan, use, book)) for use in joined(plan, book)]
    if any(use.built_up is None for use, _ in parts):
        return unknown("solar_power", "The built-up area of a use is not known.", remedy=FLOORS)
    power = sum((rate.number * at_hundredth(use.built_up) for use, rate in parts if use.built_up), Decimal(0))
    steps = "; ".join(
        f"{rate} of {use.built_up.amount:.2f} m² of {use.part}" for use, rate in parts if use.built_up
    )
    required = Required.derived(
        power, Unit.KILOWATT, f"{steps}: {power:.3f} kW", parts[0][1], *(rate for _, rate in parts[1:]), over
    )
    return at_least(
        "solar_power",
        required,
        of_word(plan.word("SOLAR_KW"), Unit.KILOWATT),
        missing="The power of the panels is told nowhere; their outline on SOLAR does not tell it.",
        remedy="Provide more panels, declare SOLAR_KW=… with the application, and have a person confirm it.",
    )


def _rate(plan: Proposal, use: Use, book: Book) -> Value:
    if use.group == "A1":
        return book.value(RATE, "flats" if has_flats(plan) else "single_or_dual_house")
    if use.group not in CASES:
        raise NotEncoded(
            f"The rates of {book.entry(RATE).citation} that were read have none for group {use.group}."
        )
    return book.value(RATE, CASES[use.group])


def _panels_before(plan: Proposal, book: Book) -> Finding:
    """Flats, lodging, in-patient hospitals and halls: half of the roof; single houses above an area: how much was not read."""
    share, house = book.value(ROOF_BEFORE), book.value(HOUSE_BEFORE)
    uses = joined(plan, book)
    area = built_up_area(plan)
    if is_house(plan):
        if area is not None and at_hundredth(area) <= house.number and not area.is_declared:
            return not_applicable(
                "solar_power", f"A house of {area.amount:.2f} m², not more than {house} ({house.citation})."
            )
        return unknown(
            "solar_power",
            f"How much solar power single houses over {house} needed on that day was not read.",
            remedy=MEND,
        )
    if not has_flats(plan) and not codes(plan) & NAMED:
        parts = ", ".join(use.part for use in uses)
        return not_applicable(
            "solar_power",
            f"{share.citation} is for flats, lodging, in-patient hospitals and halls, not for {parts}.",
        )
    roof = _roof(plan)
    if roof is None:
        return unknown(
            "solar_power", "The roof is not drawn.", remedy="Draw the roof on BLK_n_FLR_k_ROOF_AREA."
        )
    area_needed = roof.amount * share.number / HUNDRED
    panels = plan.drawing.things_of(Role.SOLAR)
    found = None
    if panels:
        covered = float(shapely.union_all([each.outline.shape for each in panels]).area)
        found = measured(
            covered,
            Unit.SQUARE_METRE,
            steps=(f"panels: {covered:.2f} m²",),
            places=places_of(plan, Role.SOLAR),
        )
    return at_least(
        "solar_power",
        Required.derived(
            area_needed,
            Unit.SQUARE_METRE,
            f"{share} of {roof.amount:.2f} m² of roof: {area_needed:.2f} m²",
            share,
        ),
        found,
        missing="No solar panel is drawn.",
        remedy="Provide more panels and draw their outline on SOLAR.",
    )


def _roof(plan: Proposal) -> Measured | None:
    """The roof as drawn, else all buildings seen from above, in m²."""
    drawn = [each.outline.shape for each in plan.drawing.things_of(Role.ROOF)]
    shapes = drawn or [each.outline for each in plan.buildings if each.outline is not None]
    if not shapes or (not drawn and any(each.outline is None for each in plan.buildings)):
        return None
    area = float(shapely.union_all(shapes).area)
    return measured(area, Unit.SQUARE_METRE, steps=(f"roof: {area:.2f} m²",))


@rule("solar_water")
def solar_water(plan: Proposal, _: Site, book: Book) -> Sequence[Finding]:
    """Larger single houses, flats, lodging, hospitals and halls with hot water heat it by the sun, by litres for each bathroom and kitchen."""
    joined(plan, book)  # a use without an occupancy is a gap, not a use that is left out
    single, area = is_single_house(plan), built_up_area(plan)
    house, other = book.value(WATER_OVER, "single_house"), book.value(WATER_OVER, "other")
    if area is None:
        return [unknown("solar_water", "The built-up area is not known.", remedy=FLOORS)]
    metres = at_hundredth(area)
    if metres <= house.number and not area.is_declared:
        return [not_applicable("solar_water", f"{metres} m² is not more than {house} ({house.citation}).")]
    is_named = has_flats(plan) or bool(codes(plan) & NAMED)
    if not is_house(plan):
        if metres <= other.number and not area.is_declared:
            return [
                not_applicable("solar_water", f"{metres} m² is not more than {other} ({other.citation}).")
            ]
        if not is_named:
            return [
                not_applicable(
                    "solar_water",
                    f"{other.citation} is for single houses, flats, lodging, in-patient hospitals and halls.",
                )
            ]
        word = plan.word("HOT_WATER_SYSTEM")
        if word is not None and word.is_yes is False and not word.is_declared:
            return [not_applicable("solar_water", f"It has no hot-water system ({other.citation}).")]
    elif single is None:
        return [
            unknown(
                "solar_water",
                f"Whether it is a single house is not told, and only those need it over {house}.",
                remedy="Draw the dwelling units on BLK_n_FLR_k_UNITFA.",
            )
        ]
    elif single is False:
        return [not_applicable("solar_water", f"Of houses {house.citation} is for single ones.")]
    return [*_heaters(plan, book, house if is_house(plan) else other)]


def _heaters(plan: Proposal, book: Book, over: Value) -> list[Finding]:
    drawn = places_of(plan, Role.SOLAR_WATER)
    remedy = "Provide solar water heating and draw it on SOLAR_WATER_HEATER."
    word = plan.word("SOLAR_WATER_HEATER")
    if drawn:
        there = holds(
            "solar_water", "Solar water heating is drawn.", over.citation, subject="heater", places=drawn
        )
    elif word is not None and word.is_yes is False:
        there = breaks(
            "solar_water",
            f"No solar water heating: {word.key}={word.text}.",
            over.citation,
            remedy=remedy,
            subject="heater",
        )
    else:
        there = unknown("solar_water", "No solar water heating is drawn.", remedy=remedy, subject="heater")
    return [there, *asked("solar_water", partial(_litres, plan, book), subject="litres")]


def _litres(plan: Proposal, book: Book) -> Finding:
    rooms = plan.drawing.things_of(*BATHS)
    each = book.value(WATER_LITRES)
    found = of_word(plan.word("SOLAR_WATER_L"), Unit.LITRE)
    remedy = "Provide larger heaters, declare SOLAR_WATER_L=… with the application, and have a person confirm it. Half the roof is the most that is asked."
    if not rooms:
        return unknown(
            "solar_water",
            "No bathroom or kitchen is drawn, by which the litres are counted.",
            remedy="Draw them on BLK_n_FLR_k_BATH and BLK_n_FLR_k_KITCHEN.",
            subject="litres",
        )
    amount = each.number * len(rooms)
    required = Required.derived(
        amount, Unit.LITRE, f"{each} for each of {len(rooms)} bathrooms and kitchens: {amount} litres", each
    )
    return at_least(
        "solar_water",
        required,
        found,
        missing="What the heaters hold is told nowhere.",
        remedy=remedy,
        subject="litres",
    )


@rule("trees")
def trees(plan: Proposal, site: Site, book: Book) -> Finding:
    """Larger plots have a tree for so many square metres; single houses are left out."""
    over, each = book.value(TREE_OVER), book.value(TREE_AREA)
    area = Decimal(repr(site.area)).quantize(Decimal("0.01"))
    if area <= over.number:
        return not_applicable("trees", f"A plot of {area} m², not more than {over} ({over.citation}).")
    single = is_single_house(plan)
    if single:
        return not_applicable("trees", f"{over.citation} is not for single houses.")
    places: list[Place] = [
        Place(what="tree", shape=tree.outline.shape, handles=tree.outline.source.handles)
        for tree in plan.drawing.things_of(Role.PLANTATION)
        if GREEN_STRIP not in tree.outline.source.layer.upper()
    ]
    asked_for = whole(Fraction(area) / each.exact, f"{area} m² of plot / {each}", each, over)
    if single is None:
        why = "It is unknown whether this is a single house, which is left out."
        asked_for = Range(
            most=asked_for.most, least=asked_for.least.changed(Decimal(0), "none for a single house"), why=why
        )
    return at_least_between(
        "trees",
        asked_for,
        count("trees", places) if places else None,
        missing="No tree is drawn.",
        remedy="Plant trees and draw the outline of each on PLANTATION_TREECOVER.",
    )
