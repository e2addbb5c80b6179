"""Chapter of services: rain water, reuse of waste water, and waste (rules 76 and 79).

In: a proposal, its site, the book of one day.  Out: findings.  Tanks are drawn; what they hold and whether they let water into the ground is only
declared.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from gis.site import Site
from rules.book import Book, NotInForce, Parameter
from rules.findings import (
    MEND,
    Finding,
    Measured,
    Outcome,
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
from rules.reckoning.dwellings import has_flats, is_single_house
from rules.reckoning.occupancy import joined
from rules.reckoning.plot_area import SQUARE_METRES_PER_CENT
from rules.reckoning.telling import said_yes, stated
from rules.reckoning.two_readings import at_hundredth
from rules.register import asked, rule
from rules.takings import built_up_area, places_of, total

SLOPE, STORAGE = Parameter("services.recharge_slope"), Parameter("services.rain_storage_over")
LITRES = Parameter("services.rain_litres")
PLOT_BEFORE, AREA_BEFORE = (
    Parameter("services.rain_exempt_plot_before"),
    Parameter("services.rain_exempt_area_before"),
)
REUSE, WASTE = Parameter("services.reuse_over"), Parameter("services.waste_over")
CAPACITY = "RWH_CAPACITY_L"
UNREAD_TANK = "What one of the tanks holds is written on its layer but is no number, and the others alone are too small."
SEWER = "SEWER_CONNECTION"
EFFLUENT = frozenset({"G1", "G2", "I"})
REUSE_REMEDY = (
    "Provide for the reuse of waste water and draw it on RECYCLING_WASTE_WATER, or connect to a sewer."
)
FLOORS = "Draw every floor closed on BLT_UP_AREA, in the colour of its occupancy."


@rule("rain_water")
def rain_water(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Rain water is recharged on ground that is not steep, and stored above an area, by litres for the ground covered."""
    try:
        before = book.value(AREA_BEFORE)
    except NotInForce:
        return [
            *asked("rain_water", partial(_recharge, plan, site, book), subject="recharge"),
            *asked("rain_water", partial(_storage, plan, book), subject="storage"),
        ]
    area, single = built_up_area(plan), is_single_house(plan)
    if single and area is not None and not area.is_declared and at_hundredth(area) <= before.number:
        return [
            not_applicable(
                "rain_water", f"A single house of {area.amount:.2f} m², up to {before} ({before.citation})."
            )
        ]
    plot = book.value(PLOT_BEFORE)
    if single and Decimal(repr(site.area)) < plot.number * SQUARE_METRES_PER_CENT:
        return [not_applicable("rain_water", f"A single house on a plot under {plot} ({plot.citation}).")]
    groups = {use.group for use in joined(plan, book)}
    if groups <= {"H", "I"}:
        return [not_applicable("rain_water", f"{before.citation} is not for groups H and I.")]
    return [
        unknown(
            "rain_water",
            f"What {before.citation} asked of others on that day has not been read.",
            remedy=MEND,
        )
    ]


def _recharge(plan: Proposal, site: Site, book: Book) -> Finding:
    limit = book.value(SLOPE)
    ground = site.ground
    remedy = "Lead rain water into a pit or well that lets it into the ground, and draw it on RWH."
    if ground is None:
        return unknown(
            "rain_water",
            "The slope of the ground is not known.",
            remedy="Have the slope of the ground measured.",
            subject="recharge",
        )
    if ground.slope_mean > float(limit.exact):
        return not_applicable(
            "rain_water",
            f"The ground slopes {ground.slope_mean:.1f}°, more than {limit} ({limit.citation}).",
            subject="recharge",
        )
    if ground.slope_max > float(limit.exact):
        why = f"The ground slopes {ground.slope_mean:.1f}° in the mean and {ground.slope_max:.1f}° at most; recharge is asked up to {limit}."
        return unknown("rain_water", why, remedy=remedy, subject="recharge")
    return stated(
        "rain_water", plan, "RWH_RECHARGE", "recharge of rain water", limit.citation, subject="recharge"
    )


def _storage(plan: Proposal, book: Book) -> Finding:
    """Above the area: litres by the strictest of the uses for each square metre of covered ground."""
    over = book.value(STORAGE)
    area = built_up_area(plan)
    if area is None:
        return unknown("rain_water", "The built-up area is not known.", remedy=FLOORS, subject="storage")
    if at_hundredth(area) <= over.number and not area.is_declared:
        return not_applicable(
            "rain_water",
            f"{area.amount:.2f} m² is not more than {over} ({over.citation}).",
            subject="storage",
        )
    rates = []
    silent = []
    for use in joined(plan, book):
        try:
            rates.append(book.value(LITRES, use.group))
        except NotInForce as silence:
            silent.append(silence.message)
    if not rates:
        return not_applicable("rain_water", " ".join(silent), subject="storage")
    rate = max(rates, key=lambda each: each.number)
    covered = total((each.covered for each in plan.buildings), Unit.SQUARE_METRE, "covered ground")
    if covered is None:
        return unknown(
            "rain_water", "The covered ground could not be measured.", remedy=FLOORS, subject="storage"
        )
    litres = at_hundredth(covered) * rate.number
    step = f"{rate} of {covered.amount:.2f} m² covered: {litres:.0f} litres"
    finding = at_least(
        "rain_water",
        Required.derived(litres, Unit.LITRE, step, rate, over),
        _capacity(plan),
        missing="What the tanks hold is not written on RWH.",
        remedy=f"Make the tanks larger, write {CAPACITY}=… on RWH, and have a person confirm it.",
        subject="storage",
    )
    if finding.holds is False and _has_unread_tank(plan):
        return replace(finding, outcome=Outcome.UNKNOWN, reason=UNREAD_TANK)
    return finding


def _has_unread_tank(plan: Proposal) -> bool:
    """Whether what a tank holds is written on its layer and is no number, so that all together may hold more than was read."""
    told = [each for each in plan.drawing.declared if each.key == CAPACITY]
    return CAPACITY not in plan.answers.words and any(each.number is None for each in told)


def _capacity(plan: Proposal) -> Measured | None:
    """What all tanks hold, as declared on their layers or with the application."""
    said = [each for each in plan.drawing.declared if each.key == CAPACITY and each.number is not None]
    word = plan.word(CAPACITY)
    if CAPACITY in plan.answers.words:
        amounts = [Decimal(repr(word.number))] if word is not None and word.number is not None else []
    else:
        amounts = [Decimal(repr(each.number)) for each in said]
    if not amounts or word is None:
        return None
    return measured(
        sum(amounts, Decimal(0)),
        Unit.LITRE,
        steps=(f"{CAPACITY}: {' + '.join(f'{each:f}' for each in amounts)} litres",),
        sources=(word.source,),
        places=places_of(plan, Role.RAIN_WATER),
        is_declared=word.is_declared,
    )


@rule("reuse")
def reuse(plan: Proposal, _: Site, book: Book) -> Finding:
    """Large buildings use their waste water again, unless a sewer takes it."""
    citation = book.entry(REUSE).citation
    if said_yes(plan, SEWER):
        return not_applicable("reuse", f"It is connected to a sewer ({citation}).")
    places = places_of(plan, Role.WASTE_WATER)
    silence = _without_reuse(plan, book)
    if silence is not None and not (places and silence.outcome is Outcome.UNKNOWN):
        return silence
    if places:
        return holds("reuse", "A plant for the reuse of waste water is drawn.", citation, places=places)
    word = plan.word("WASTE_WATER_REUSE")
    if word is not None and word.is_yes is False:
        told = f"No reuse of waste water: {word.key}={word.text}, {word.source}."
        return breaks("reuse", told, citation, remedy=REUSE_REMEDY)
    return unknown("reuse", "No plant for the reuse of waste water is drawn.", remedy=REUSE_REMEDY)


def _without_reuse(plan: Proposal, book: Book) -> Finding | None:
    """Why reuse is not asked, or why that is unknown; None where it is asked."""
    citation = book.entry(REUSE).citation
    area = built_up_area(plan)
    groups = {use.group for use in joined(plan, book)}
    if groups == {"A1"} and not has_flats(plan):
        return not_applicable("reuse", f"Of residential buildings {citation} is for flats only.")
    if area is None:
        return unknown("reuse", "The built-up area is not known.", remedy=FLOORS)
    limits = [
        book.value(REUSE, each) for each in sorted(groups - EFFLUENT) if each != "A1" or has_flats(plan)
    ]
    limit = min(limits, key=lambda each: each.number, default=None)
    if limit is not None and (at_hundredth(area) > limit.number or area.is_declared):
        return None
    if groups & EFFLUENT:
        why = f"Groups G1, G2 and I reuse waste water if they have effluent, and the drawing does not tell ({citation})."
        return unknown("reuse", why, remedy=REUSE_REMEDY)
    return not_applicable("reuse", f"{area.amount:.2f} m² is not more than {limit} ({citation}).")


@rule("waste")
def waste(plan: Proposal, _: Site, book: Book) -> Finding:
    """Larger residential buildings treat their waste on the plot, unless collection is organised."""
    over = book.value(WASTE)
    groups = {use.group for use in joined(plan, book)}
    if "A1" not in groups:
        return not_applicable(
            "waste", f"{over.citation} is for residential buildings, not for {', '.join(sorted(groups))}."
        )
    area = built_up_area(plan)
    if area is None:
        return unknown("waste", "The built-up area is not known.", remedy=FLOORS)
    if at_hundredth(area) <= over.number and not area.is_declared:
        return not_applicable("waste", f"{area.amount:.2f} m² is not more than {over} ({over.citation}).")
    if said_yes(plan, "ORGANISED_COLLECTION"):
        return not_applicable("waste", f"Collection of waste is organised ({over.citation}).")
    places = places_of(plan, Role.WASTE_TREATMENT, Role.BIO_GAS)
    remedy = "Provide for the treatment of waste on the plot and draw it on INSITU_WASTE_TREATMENT_PLANT or BIO_GAS, or have organised collection confirmed."
    if places:
        return holds("waste", "Treatment of waste is drawn on the plot.", over.citation, places=places)
    word = plan.word("WASTE_TREATMENT")
    if word is not None and word.is_yes is False:
        return breaks(
            "waste",
            f"No treatment of waste: {word.key}={word.text}, {word.source}.",
            over.citation,
            remedy=remedy,
        )
    return unknown("waste", "No treatment of waste is drawn.", remedy=remedy)
