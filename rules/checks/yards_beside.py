"""Chapter of yards, walls near the boundary: blank walls, abutting by consent, commercial zones, old buildings, openings (rule 26(4), (10)).

In: a proposal, its site, the book of one day.  Out: findings for the yards that are smaller than Table 4 asks; where none is, nothing hangs on
these provisos and they are kept.  The yards themselves are judged by the rule on yards, under the same provisos.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial

from gis.site import Site
from rules.book import Book, Citation, NotInForce, Parameter, Value
from rules.checks.roads import LAY
from rules.checks.yards import DRAW_FOOTPRINT, DRAW_HEIGHT, gap_of
from rules.findings import (
    Finding,
    Outcome,
    Place,
    Required,
    at_least,
    at_most,
    breaks,
    holds,
    not_applicable,
    unknown,
)
from rules.proposal import Building, OpenSpace, Position, Proposal
from rules.reckoning.arrangement import shortfalls, spaces_of
from rules.reckoning.high_rise import high_rise
from rules.reckoning.occupancy import uses
from rules.reckoning.provisos import (
    ABUT_AREA,
    ABUT_BELOW,
    ABUT_HEIGHT,
    ABUTTING,
    BLANK_HEIGHT,
    BLANK_YARD,
    CONSENTS,
    OPENINGS,
    Seat,
    in_commercial_zone,
    is_blank,
)
from rules.reckoning.relaxations import is_within, said
from rules.reckoning.setbacks import AVERAGE, CENT, MILLIMETRE, OPEN_SPACE, RULE_50_PLOT, row_of
from rules.reckoning.worst_level import levels_of, worst_of
from rules.register import rule
from rules.takings import built_up_area

OPENING, SMALL_OPENING = Parameter("yards.opening_open_space"), Parameter("yards.opening_small_plot")
VENTILATOR, VENTILATOR_HEIGHT = Parameter("yards.ventilator_open_space"), Parameter("yards.ventilator_height")
CONFIRM_BLANK = "Have a person confirm that the wall has no opening, below and above 2.1 m (declare the OPENING_… words as NO)."
GET_CONSENT = "Get the written consent of the owner of the adjoining land, declare NOC_TO_ABUT_SIDE or NOC_TO_REAR_SIDE, and have it confirmed."
OPEN_YARDS = "Settle what the rule on yards leaves open."
Judge = Callable[[Seat], Finding]


@rule("blank_wall")
def blank_wall(plan: Proposal, site: Site, book: Book) -> list[Finding]:
    """A small building's wall without opening may stand nearer on one side and in the rear, down to a least distance."""
    citation = book.value(BLANK_YARD).citation
    kept = holds(
        "blank_wall", "Every side and rear yard keeps Table 4, so no wall has to be blank.", citation
    )
    return _each(plan, site, book, "blank_wall", partial(_blank, plan, book), kept)


def _blank(plan: Proposal, book: Book, seat: Seat) -> Finding:
    rule_id, subject, high = "blank_wall", f"{seat.space.title}, {seat.measure}", book.value(BLANK_HEIGHT)
    if not seat.row.is_first or is_within(seat.building.height, high.number) is False:
        why = f"Only for the small buildings of the first rows, up to {high} ({high.citation})."
        return not_applicable(rule_id, why, subject=subject)
    required = Required.of(book.value(BLANK_YARD))
    finding = at_least(
        rule_id,
        required,
        seat.space.average if seat.measure == AVERAGE else seat.space.least,
        missing="The yard could not be measured.",
        remedy="Move the wall back, or get the consent of the owner beside it to build on the boundary.",
        subject=subject,
    )
    if finding.outcome is Outcome.FAIL and _may_abut(plan, book, seat) is not False:
        why = f"Nearer than {required.amount} m only the consent of the owner beside it helps; see building on the boundary."
        return not_applicable(rule_id, why, subject=subject)
    blank = is_blank(plan, seat.place)
    if finding.outcome is not Outcome.PASS or blank:
        return finding
    if blank is False:
        return _has_openings(rule_id, required.citations[0], subject, finding.places)
    why = "Whether the wall has openings is not known, or only declared."
    return replace(finding, outcome=Outcome.UNKNOWN, reason=why, remedy=CONFIRM_BLANK)


def _has_openings(rule_id: str, citation: Citation, subject: str, places: tuple[Place, ...]) -> Finding:
    return breaks(
        rule_id,
        "The wall has openings, so it may not stand so near the boundary.",
        citation,
        remedy="Close the openings, or move the wall back.",
        subject=subject,
        places=places,
    )


def _may_abut(plan: Proposal, book: Book, seat: Seat) -> bool | None:
    """Whether the measured conditions of building on the boundary hold."""
    small = is_within(built_up_area(plan), book.value(ABUT_AREA).number)
    low = is_within(seat.building.height, book.value(ABUT_HEIGHT).number)
    if seat.space.roads or small is False or low is False:
        return False
    return all(use.group in ABUTTING for use in uses(plan, book))


@rule("abutting")
def abutting(plan: Proposal, site: Site, book: Book) -> list[Finding]:
    """On the boundary or near it only small low buildings of A1, A2 and F, without opening, with the neighbour's consent."""
    below, height, area = book.value(ABUT_BELOW), book.value(ABUT_HEIGHT), book.value(ABUT_AREA)

    def judge(seat: Seat) -> Finding:
        rule_id, subject, space = "abutting", f"{seat.space.title}, {seat.measure}", seat.space
        clear = at_least(
            rule_id,
            Required.of(below),
            space.least,
            missing="The yard could not be measured.",
            remedy="",
            subject=subject,
        )
        if clear.outcome is not Outcome.FAIL:
            return clear
        remedy = "Move the wall back; what stands so near the boundary must be low, small and blank."
        if space.roads:
            why = "A building may never abut a street."
            return breaks(rule_id, why, below.citation, remedy=remedy, subject=subject, places=clear.places)
        if any(use.group not in ABUTTING for use in uses(plan, book)):
            why = "Only buildings of groups A1, A2 and F may abut."
            return breaks(rule_id, why, below.citation, remedy=remedy, subject=subject, places=clear.places)
        for required, found, what in (
            (Required.of(height), seat.building.height, "The height of the building is not known."),
            (Required.of(area), built_up_area(plan), "The built-up area could not be measured."),
        ):
            within = at_most(rule_id, required, found, missing=what, remedy=remedy, subject=subject)
            if within.outcome is not Outcome.PASS:
                return within
        abuts = _consented(plan, seat, below.citation, clear.places)
        if abuts.outcome is Outcome.PASS and not (plan.is_placed and site.has_road_data):
            why = (
                "Whether a street lies along this side is not known, and a building may never abut a street."
            )
            return unknown(rule_id, why, remedy=LAY, subject=subject, places=clear.places)
        return abuts

    kept = f"No side or rear yard is under {below}, so no consent is needed ({below.citation})."
    return _each(plan, site, book, "abutting", judge, holds("abutting", kept, below.citation))


def _consented(plan: Proposal, seat: Seat, citation: Citation, places: tuple[Place, ...]) -> Finding:
    subject = f"{seat.space.title}, {seat.measure}"
    blank, consent = is_blank(plan, seat.place), said(plan, CONSENTS[seat.place])
    if blank is False:
        return _has_openings("abutting", citation, subject, places)
    if consent and blank:
        why = "The owner beside it consents, and the wall has no opening, both confirmed; he has the same right."
        return holds("abutting", why, citation, subject=subject, places=places)
    why = "The written consent of the owner of the adjoining land is needed, and a wall without opening; both have to be confirmed."
    return unknown("abutting", why, remedy=f"{GET_CONSENT} {CONFIRM_BLANK}", subject=subject, places=places)


@rule("commercial_no_side")
def commercial_no_side(plan: Proposal, site: Site, book: Book) -> list[Finding]:
    """Commerce in an exclusive commercial zone needs no side yard where the owner beside it consents."""
    citation = book.entry(OPEN_SPACE).citation

    def judge(seat: Seat) -> Finding:
        rule_id, subject = "commercial_no_side", f"{seat.space.title}, {seat.measure}"
        zone, consent = in_commercial_zone(plan, site), said(plan, CONSENTS[seat.place])
        tall = high_rise(plan, site, book).holds
        is_other = seat.yard != "side" or any(use.group != "F" for use in uses(plan, book))
        if is_other or zone is False or tall:
            why = f"Only for side yards of commerce that is no high-rise, in an exclusive commercial zone ({citation})."
            return not_applicable(rule_id, why, subject=subject)
        if zone and consent and tall is False:
            why = "An exclusive commercial zone and the consent of the owner beside it, both confirmed."
            return holds(rule_id, why, citation, subject=subject)
        why = "The side yard may be left out only in an exclusive commercial zone and with the written consent of the owner beside it."
        return unknown(
            rule_id,
            why,
            remedy=f"Have the zone confirmed by the town planner. {GET_CONSENT}",
            subject=subject,
            places=seat.space.least.places if seat.space.least else (),
        )

    kept = holds("commercial_no_side", "Every side yard keeps Table 4, so no consent is needed.", citation)
    return _each(plan, site, book, "commercial_no_side", judge, kept)


def _each(plan: Proposal, site: Site, book: Book, rule_id: str, judge: Judge, kept: Finding) -> list[Finding]:
    """A finding for every side and rear yard that is smaller than the table asks, the worst level deciding, or that none is."""
    gap = gap_of(rule_id, plan, site, book)
    if gap is not None:
        return [gap]
    if any(space.least is None for space in plan.yards):
        return [unknown(rule_id, "Not every yard could be measured.", remedy=DRAW_FOOTPRINT)]
    if any(building.height is None for building in plan.buildings):
        why = "The height of every building is not known, so neither are its yards."
        return [unknown(rule_id, why, remedy=DRAW_HEIGHT)]
    found: list[Finding] = []
    for building in plan.buildings:
        seats = shortfalls(plan, site, book, building)
        at = levels_of(building, [seat.space for seat in seats], sorted({seat.measure for seat in seats}))
        found += worst_of([judge(seat) for seat in seats], at)
    doubt = next((why for each in plan.buildings for why in _doubts(plan, site, book, each)), None)
    if not found and doubt is not None:
        return [unknown(rule_id, f"Whether every yard keeps Table 4 is open. {doubt}", remedy=OPEN_YARDS)]
    return found or [kept]


def _doubts(plan: Proposal, site: Site, book: Book, building: Building) -> Iterator[str]:
    """Why it is not certain that the yards of a building keep the table, though none is seen to be smaller."""
    if building.height is not None and building.height.is_declared:
        yield "The height of the building, with which yards grow, is only declared."
    row = row_of(plan, site, book, building)
    if row.doubt is not None:
        yield row.doubt
    sides = [each for each in spaces_of(plan, building) if each.position is not Position.FRONT]
    if AVERAGE in row.measures and any(each.average is None for each in sides):
        yield "The average of a side or rear yard is not known."


@rule("openings")
def openings(plan: Proposal, site: Site, book: Book) -> list[Finding]:
    """No door or window opens on a narrow open space, and on a narrower one no ventilator; since 2025 only on small plots."""
    is_small = Decimal(repr(site.area)).quantize(CENT) <= book.value(RULE_50_PLOT).number
    window = book.value(SMALL_OPENING) if is_small else book.value(OPENING)
    try:
        ventilator: Value | None = book.value(VENTILATOR)
        high = f"below {book.value(VENTILATOR_HEIGHT)}"
    except NotInForce:
        ventilator, high = None, "there"
    gap = gap_of("openings", plan, site, book)
    if gap is not None:
        return [gap]
    found: list[Finding] = []
    for building in plan.buildings:
        spaces = [each for each in spaces_of(plan, building) if each.position.yard in OPENINGS]
        answers = [_opening(plan, each, window, ventilator, high) for each in spaces]
        found += worst_of(answers, levels_of(building, spaces, ()))
    return found or [unknown("openings", "The plot has no side beside or behind the building.")]


def _opening(plan: Proposal, space: OpenSpace, window: Value, ventilator: Value | None, high: str) -> Finding:
    rule_id, yard = "openings", space.position.yard
    if space.least is None:
        return unknown(rule_id, "The open space could not be measured.", subject=space.title)
    metres = space.least.amount.quantize(MILLIMETRE)
    cited = (window.citation,) if ventilator is None else (window.citation, ventilator.citation)
    if metres >= window.number:
        why = f"{metres} m of open space is at least {window}, so doors and windows may open on it."
        return holds(rule_id, why, *cited, subject=space.title, places=space.least.places)
    halves = ["BELOW"]
    if ventilator is not None and metres < ventilator.number:
        halves.append("ABOVE")
    there = [_is_open(plan, yard, half) for half in halves]
    if any(there):
        why = f"{metres} m of open space is under {window}, and the wall has an opening {high}."
        if len(halves) > 1 and ventilator is not None:
            why = f"{metres} m of open space is under {ventilator}, and the wall has an opening or a ventilator."
        remedy = "Close the opening, or move the wall back."
        return breaks(rule_id, why, *cited, remedy=remedy, subject=space.title, places=space.least.places)
    if all(each is False for each in there):
        why = f"{metres} m of open space, and the wall has no opening that may not be there, as a person confirmed."
        return holds(rule_id, why, *cited, subject=space.title, places=space.least.places)
    why = f"{metres} m of open space is under {window}; whether the wall has openings is not known, or only declared."
    return unknown(rule_id, why, remedy=CONFIRM_BLANK, subject=space.title, places=space.least.places)


def _is_open(plan: Proposal, yard: str, half: str) -> bool | None:
    """Whether a wall has openings below or above 2.1 m: yes as said, no only as confirmed."""
    told = [plan.word(key) for key in OPENINGS[yard] if f"_{half}_" in key]
    there = [word for word in told if word is not None]
    if any(word.is_yes for word in there):
        return True
    return False if any(word.is_yes is False and not word.is_declared for word in there) else None
