"""What a permit costs: application, permit and scrutiny fee, and the fee for floor area above the free index.

In: a proposal, its site, the book of one day.  Out: `Fee` values.  Slabs go by the total built-up area of each building (application: of the
plot); the fee falls on what is proposed, occupancy by occupancy, and the whole of it pays the rate of its slab, which the schedule implies and
does not state.  Accessory buildings are added to the main building.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from gis.site import Site
from rules.book import Book, NotEncoded, NotInForce, Parameter
from rules.findings import Outcome
from rules.plans.roles import Role, Work
from rules.proposal import Building, FloorUse, Proposal, once
from rules.reckoning.fees import CENTIMETRES, Fee, FeeLine, by_area, flat, lined, per_unit, rupees, untold
from rules.reckoning.floor_space import tiers
from rules.reckoning.occupancy import Use, is_park, joined, row_of, uses
from rules.reckoning.plot_area import UNTOLD
from rules.reckoning.small_plots import exempt
from rules.takings import built_up_area, floor_area, floor_uses

APPLICATION = Parameter("charges.application")
APPLICATION_OTHER = Parameter("charges.application_other")
PERMIT = Parameter("charges.permit")
PERMIT_OTHER = Parameter("charges.permit_other")
REBATE = Parameter("charges.permit_rebate_percent")
REBATE_AREA = Parameter("charges.permit_rebate_area")
SHED = Parameter("charges.permit_shed")
SUBDIVISION = Parameter("charges.subdivision")
ROOF = Parameter("charges.roof")
WALL = Parameter("charges.wall")
GOVERNMENT = Parameter("charges.government")
SCRUTINY = Parameter("charges.scrutiny")
DOUBLE = Parameter("process.regularisation_factor")
FSI_FEE = Parameter("coverage.fee")
FSI_HIGHER_FEE = Parameter("coverage.higher_fee")
MEASURED_WORKS = {"subdivision": (SUBDIVISION, "are"), "roof": (ROOF, "m²"), "wall": (WALL, "m")}
HUNDRED = Decimal(100)
OFFICES = "E2"
"""Occupancy of the drawing: government offices on land of the government."""


def application_fee(plan: Proposal, _: Site, book: Book) -> Fee:
    """Schedule I: by the total built-up area in the plot."""
    area = built_up_area(plan)
    title = "application fee"
    if _is_government(plan):
        return Fee(title=title, lines=lined(title, lambda: _free(title, book)))
    if area is None:
        return Fee(title=title, lines=(untold(title, "The built-up area of every floor is not drawn."),))
    exact = area.amount.quantize(CENTIMETRES)
    what = f"{title}, {exact} m² in the plot"
    lines = lined(title, lambda: flat(what, book.value(APPLICATION, exact)))
    return Fee(title=title, lines=lines, is_declared=_is_declared(plan))


def permit_fee(plan: Proposal, _: Site, book: Book) -> Fee:
    """Schedule II: each building by its slab, what is proposed by occupancy, works to be regularised twice."""
    title = "permit fee"
    if _is_government(plan):
        return Fee(title=title, lines=lined(title, lambda: _free(title, book)))
    lines = [
        line
        for building in plan.buildings
        for line in lined(f"{title}, {building.title}", partial(_building, plan, building, book))
    ]
    for well in plan.drawing.things_of(Role.WELL):
        if well.meaning == "proposed":
            lines += lined("well", lambda: flat("well", book.value(PERMIT_OTHER, "well")))
    if not lines:
        lines.append(untold(title, "The drawing shows no building."))
    return Fee(title=title, lines=tuple(lines), is_declared=_is_declared(plan))


def _is_government(plan: Proposal) -> bool:
    """Whether every floor is an office of the government on its own land."""
    return {use.code for use in floor_uses(plan)} == {OFFICES}


def _is_declared(plan: Proposal) -> bool:
    """Whether a word in the drawing, such as a typical floor, stands behind an area."""
    return any(use.built_up is not None and use.built_up.is_declared for use in floor_uses(plan))


def _free(title: str, book: Book) -> FeeLine:
    return flat(f"{title} of a government building", book.value(GOVERNMENT))


def _building(plan: Proposal, building: Building, book: Book) -> Sequence[FeeLine]:
    """The lines of one building, one for each occupancy and kind of work."""
    groups = {code: use for use in uses(plan, book) for code in use.codes}
    areas = _areas(building.uses)
    beside = _accessory(plan) if building is _main(plan) else Decimal(0)
    whole = sum(areas.values(), beside)
    found = []
    for (code, work), area in sorted(areas.items(), key=str):
        if work is Work.EXISTING:
            continue
        use = groups[code]
        found += _line(building, use, work, area, whole, book)
    if beside:
        use = groups[max(areas, key=lambda each: areas[each])[0]]
        rate = row_of(book, PERMIT, use, whole.quantize(CENTIMETRES))
        found.append(by_area("accessory buildings, added to the main one", rate, beside))
    return found


def _line(
    building: Building, use: Use, work: Work, area: Decimal, whole: Decimal, book: Book
) -> list[FeeLine]:
    slab = whole.quantize(CENTIMETRES)
    rate = row_of(book, PERMIT, use, slab)
    times = book.value(DOUBLE) if work is Work.TO_BE_REGULARISED else None
    line = by_area(f"{building.title}, {use.group}, slab of {slab} m²", rate, area, times=times)
    try:
        rebate, upto = book.value(REBATE), book.value(REBATE_AREA)
    except (NotEncoded, NotInForce):
        return [line]
    if use.group != "A1" or slab > upto.number or line.paise is None:
        return [line]
    less = line.paise * rebate.number / HUNDRED
    return [
        line,
        FeeLine(
            what="rebate",
            paise=-int(less),
            step=f"{rebate} of {rupees(line.paise)} up to {upto}",
            citations=(rebate.citation,),
            force=rebate.force,
        ),
    ]


def _areas(found: Sequence[FloorUse]) -> dict[tuple[str, Work], Decimal]:
    """Built-up area by occupancy and kind of work; `NotEncoded` where one is not known."""
    areas: dict[tuple[str, Work], Decimal] = {}
    for use in found:
        if use.built_up is None or use.code is None:
            raise NotEncoded(f"The built-up area or the occupancy of floor {use.floor} is not known.")
        key = (use.code, use.work)
        areas[key] = areas.get(key, Decimal(0)) + use.built_up.amount
    if not areas:
        raise NotEncoded("The drawing shows no floor area of the building.")
    return areas


def _main(plan: Proposal) -> Building:
    """The building with the largest built-up area."""
    return once(
        plan, "largest building", lambda: max(plan.buildings, key=lambda each: (_size(each), -each.number))
    )


def _size(building: Building) -> Decimal:
    return sum((use.built_up.amount for use in building.uses if use.built_up is not None), Decimal(0))


def _accessory(plan: Proposal) -> Decimal:
    drawn = plan.drawing.things_of(Role.ACCESSORY)
    return sum((Decimal(repr(each.outline.area)) for each in drawn), Decimal(0))


def scrutiny_fee(plan: Proposal, _: Site, book: Book) -> Fee:
    """Schedule III: what is proposed, by occupancy; recreational constructions have no row there."""
    title = "scrutiny fee"
    lines = lined(title, lambda: _scrutiny(plan, book))
    told = lines or (untold(title, "The drawing shows no floor area."),)
    return Fee(title=title, lines=told, is_declared=_is_declared(plan))


def _scrutiny(plan: Proposal, book: Book) -> Sequence[FeeLine]:
    groups = {code: use for use in uses(plan, book) for code in use.codes}
    areas = _areas([use for building in plan.buildings for use in building.uses])
    proposed: dict[str, Decimal] = {}
    for (code, work), area in areas.items():
        if work is not Work.EXISTING:
            proposed[code] = proposed.get(code, Decimal(0)) + area
    return [
        line
        for code, area in sorted(proposed.items())
        for line in lined(
            f"{groups[code].group}",
            partial(_at_rate, groups[code], area, book),
        )
    ]


def _at_rate(use: Use, area: Decimal, book: Book) -> FeeLine:
    return by_area(f"{use.group}, scrutiny", row_of(book, SCRUTINY, use), area)


def floor_space_fee(plan: Proposal, site: Site, book: Book) -> Fee:
    """Table 6: the fee for floor area above the free index; no line where nothing lies above it."""
    title = "fee for additional floor space"
    lines = lined(title, lambda: _above_free(plan, site, book))
    return Fee(title=title, lines=lines, is_declared=_is_declared(plan))


def _above_free(plan: Proposal, site: Site, book: Book) -> Sequence[FeeLine]:
    exemption = exempt("fsi", plan, site, book)
    if exemption is not None:
        is_free = exemption.outcome is Outcome.NOT_APPLICABLE
        return [] if is_free else [untold("additional floor space", exemption.reason or "")]
    area = floor_area(plan)
    if area is None:
        raise NotEncoded("The floor area of every floor could not be measured.")
    if site.recorded_area is None:
        raise NotEncoded(UNTOLD)
    columns = tiers(plan, book)
    ground = Decimal(repr(site.area))
    free = columns[0].required.amount * ground
    above = (area.amount - free).quantize(CENTIMETRES)
    if above <= 0 or all(is_park(use) for use in joined(plan, book)):
        return []
    fee = book.value(FSI_FEE)
    if len(columns) < 2:
        return [untold("floor area above the free index", "Table 6 allows none for this use, at no fee.")]
    first = (columns[1].required.amount * ground - free).quantize(CENTIMETRES)
    what = f"{above} m² above {free:.2f} m² (index {columns[0].required.amount:.4g})"
    if above <= first:
        return [by_area(what, fee, above)]
    higher = book.value(FSI_HIGHER_FEE)
    whole = by_area(what, higher, above)
    parts = (by_area(what, fee, first), by_area(what, higher, above - first))
    amounts = [line.paise or 0 for line in (whole, *parts)]
    return [
        FeeLine(
            what=what,
            paise=None,
            step=f"{whole.step}, or {parts[0].step} and {parts[1].step}",
            citations=(fee.citation, higher.citation),
            force=fee.force,
            reason=f"Whether {higher} is due on all of it or only above the middle column is not said ({higher.citation}).",
            candidates=(amounts[1] + amounts[2], amounts[0]),
        )
    ]


def work_fee(work: str, quantity: Decimal, book: Book) -> Fee:
    """Permit fee of another work: `subdivision` (are), `roof` (m²), `wall` (m), `well`, `shutter`, `weaker_section` or `shed`."""
    if work in MEASURED_WORKS:
        parameter, unit = MEASURED_WORKS[work]
        lines = lined(work, lambda: per_unit(work, book.value(parameter), quantity, unit))
    elif work == "shed":
        lines = lined(work, lambda: flat(work, book.value(SHED)))
    else:
        lines = lined(work, lambda: flat(work, book.value(PERMIT_OTHER, work)))
    return Fee(title=f"permit fee, {work.replace('_', ' ')}", lines=lines)


def application_fee_of_work(work: str, book: Book) -> Fee:
    """Application fee of another work: `subdivision`, `hut`, `well`, `wall`, `shutter` or `roof`."""
    lines = lined(work, lambda: flat(work, book.value(APPLICATION_OTHER, work)))
    return Fee(title=f"application fee, {work}", lines=lines)
