"""Chapter of streets: the distance of every building to every street along the plot (rule 23, Table 3), and its relaxations.

In: a proposal, its site, the book of one day.  Out: a finding for each building and street.  A rule of its own beside the yards: the front needs
both (rule 23(5) reaches every yard that abuts a street).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from gis.site import Road, Site
from rules.book import Book
from rules.checks.yards import DRAW_FOOTPRINT, NO_BUILDING
from rules.findings import Finding, Measured, Outcome, at_least, not_applicable, unknown
from rules.proposal import Building, Proposal
from rules.reckoning.relaxations import judged
from rules.reckoning.setbacks import MILLIMETRE
from rules.reckoning.table_three import (
    SURRENDERED,
    SURRENDERED_HEIGHT,
    base,
    basement_distance,
    breadth_surrendered,
    distance,
    relaxed,
    short_lane,
    surrendered,
    tiny,
)
from rules.register import asked, rule

NOT_LAID = "The plan does not lie on its parcel, so no distance to a street can be measured."
LAY = "Draw the plot so that it matches its parcel, or have the parcel corrected."
NO_STREET = "Bring in the streets of the place, or have the lane that reaches the plot surveyed."
Judge = Callable[[Building, Road], Finding | Sequence[Finding]]


@rule("road_distance")
def road_distance(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Every building, its basements too, keeps the distance of Table 3 to every street along the plot."""

    def judge(building: Building, road: Road) -> list[Finding]:
        subject, below = _subject(building, road), basement_distance(building, road)
        found = [_keeps(plan, site, book, building, road, subject, distance(building, road))]
        if below is not None:
            found.append(_keeps(plan, site, book, building, road, f"{subject}, basement", below))
        return found

    return each_street("road_distance", plan, site, judge)


def _keeps(
    plan: Proposal,
    site: Site,
    book: Book,
    building: Building,
    road: Road,
    subject: str,
    found: Measured | None,
) -> Finding:
    required, others = base(road, book)
    return judged(
        "road_distance",
        required,
        [*others, *relaxed(plan, site, book, building, road)],
        found,
        missing="The outline of the building or the frontage of the street is not known.",
        remedy=lambda asked_for: (
            f"Move the building back to {asked_for.amount} m from {road.title}, or show what allows less."
        ),
        subject=subject,
    )


@rule("road_distance_consent")
def road_distance_consent(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Nearer to a short lane that serves few plots than the ordinary distance only with their owners' written consent."""
    return each_street("road_distance_consent", plan, site, partial(_with_consent, book))


def _with_consent(book: Book, building: Building, road: Road) -> Finding:
    rule_id, subject, found = "road_distance_consent", _subject(building, road), distance(building, road)
    required, _ = base(road, book)
    missing = "The outline of the building or the frontage of the street is not known."
    ask = "Get the written consent of the owners of all plots that the lane serves, and have it confirmed."
    finding = at_least(rule_id, required, found, missing=missing, remedy=ask, subject=subject)
    if finding.outcome is not Outcome.FAIL:
        return finding
    consent = short_lane(building, road, book)[1]
    if consent.holds is False:
        why = f"Only along a short lane that serves few plots, before a low building ({consent.required.citations[0]})."
        return not_applicable(rule_id, why, subject=subject)
    remedy = f"Move the building back: even with consent {consent.required.amount} m are needed."
    given = at_least(rule_id, consent.required, found, missing=missing, remedy=remedy, subject=subject)
    if given.outcome is not Outcome.PASS or found is None:
        return given
    why = f"{found.amount:.3f} m to {road.title}: allowed only {consent.why}."
    return replace(finding, outcome=Outcome.UNKNOWN, reason=why)


@rule("tiny_house")
def tiny_house(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """A tiny house on a tiny plot whose owner has no other land keeps a smaller distance to a narrow road."""

    def judge(building: Building, road: Road) -> Finding:
        rule_id, found = "tiny_house", tiny(plan, site, building, road, book)
        subject = _subject(building, road)
        if found.holds is False:
            why = (
                "Only for low houses within the limits of plot, built-up area and road, whose owner has no other land "
                f"({found.required.citations[0]})."
            )
            return not_applicable(rule_id, why, subject=subject)
        finding = at_least(
            rule_id,
            found.required,
            distance(building, road),
            missing="The outline of the building or the frontage of the street is not known.",
            remedy=f"Move the house back to {found.required.amount} m from {road.title}.",
            subject=subject,
        )
        if found.holds is None and finding.outcome is Outcome.PASS:
            return unknown(
                rule_id,
                f"This distance stands {found.why}; not all of that is known.",
                remedy="Have the register tell whether the owner has other land, and the road's kind and width.",
                subject=subject,
                places=finding.places,
            )
        return finding

    return each_street("tiny_house", plan, site, judge)


@rule("surrendered_for_road")
def surrendered_for_road(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Where land was surrendered for a road, the distance may shrink by its breadth, down to a least distance."""
    rule_id = "surrendered_for_road"
    book.value(SURRENDERED)
    if breadth_surrendered(plan) is None:
        why = "The drawing shows no breadth surrendered for a road (layer SURRENDER_ROAD_WIDTH), and rule 64(2) is for such land."
        return [not_applicable(rule_id, why)]

    def judge(building: Building, road: Road) -> Finding:
        subject, found = _subject(building, road), surrendered(plan, building, road, book)
        if found.holds is False:
            most = book.value(SURRENDERED_HEIGHT)
            return not_applicable(
                rule_id, f"Only for buildings up to {most} ({most.citation}).", subject=subject
            )
        finding = at_least(
            rule_id,
            found.required,
            distance(building, road),
            missing="The outline of the building or the frontage of the street is not known.",
            remedy=f"Move the building back to {found.required.amount} m from the proposed boundary of the road.",
            subject=subject,
        )
        if finding.outcome is Outcome.PASS and not at_least_full(finding, road, book):
            return unknown(
                rule_id,
                f"This distance stands {found.why}, which no layer tells.",
                remedy="Show the deed of surrender and the proposed boundary of the road, and have them confirmed.",
                subject=subject,
                places=finding.places,
            )
        return finding

    return each_street(rule_id, plan, site, judge)


def at_least_full(finding: Finding, road: Road, book: Book) -> bool:
    """Whether a distance is enough even if nothing was surrendered."""
    required, _ = base(road, book)
    return finding.measured is not None and finding.measured.amount.quantize(MILLIMETRE) >= required.amount


def each_street(rule_id: str, plan: Proposal, site: Site, judge: Judge) -> list[Finding]:
    """One finding for each building and street, or why no street can be told."""
    if not plan.buildings:
        return [unknown(rule_id, NO_BUILDING, remedy=DRAW_FOOTPRINT)]
    if not site.roads:
        why = site.roads_note or "No street is mapped along this plot."
        return [unknown(rule_id, f"{why} Whether a street reaches it is not known.", remedy=NO_STREET)]
    if not plan.is_placed:
        return [unknown(rule_id, f"{NOT_LAID} {plan.placement_note}".strip(), remedy=LAY)]
    found: list[Finding] = []
    for building in plan.buildings:
        for road in site.roads:
            found += asked(rule_id, partial(judge, building, road), subject=_subject(building, road))
    return found


def _subject(building: Building, road: Road) -> str:
    return f"{building.title}, {road.title}"
