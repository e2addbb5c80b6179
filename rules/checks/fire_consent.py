"""Chapter of other authorities: consent of the fire service, or a declaration in its place (rule 5(4), Table A, rows 12 and 13).

In: a proposal, its site, the book of one day.  Out: findings.  Which of the three it is goes by occupancy, built-up area and height; whether the
row of the declaration holds its own lower edge was not said, so exactly there it is unknown.
"""

from decimal import Decimal

from gis.site import Site
from rules.book import Book, Parameter, Value
from rules.findings import TOLERANCE, Finding, Measured, holds, unknown
from rules.proposal import Proposal
from rules.reckoning.occupancy import Use, joined, row_of
from rules.register import rule
from rules.takings import built_up_area, height

AREA = Parameter("noc.fire_built_up_area")
HEIGHT = Parameter("noc.fire_height")
DECLARED_FROM = Parameter("noc.fire_declaration")
DECLARED_TO = Parameter("noc.fire_declaration_to")
DECLARED_HEIGHT = Parameter("noc.fire_declaration_height")
WORDS = ("NOC_FIRE_DEPT", "NOC_FIRE")
ASK = "Get the consent of the Fire and Rescue Services and have it confirmed."
DECLARE = "Add the self-declaration of Appendix L with the designer's certificate, and send a copy to the fire station."


@rule("noc_fire")
def noc_fire(plan: Proposal, _: Site, book: Book) -> Finding:
    """Large, high, assembly, hazardous and multiplex buildings need consent; middling ones a self-declaration."""
    found = joined(plan, book)
    limits = [(use, row_of(book, AREA, use), row_of(book, HEIGHT, use)) for use in found]
    citation = limits[0][1].citation
    given = plan.word(*WORDS)
    if given is not None and given.is_yes and not given.is_declared:
        return holds("noc_fire", f"The consent was confirmed ({given.key}).", citation)
    area, high = _rounded(built_up_area(plan)), _rounded(height(plan))
    for use, most, tallest in limits:
        reason = _asks(use, most, tallest, area, high)
        if reason is not None:
            declared = " It is declared as given." if given is not None and given.is_yes else ""
            return unknown("noc_fire", reason + declared, remedy=ASK)
    if area is None or high is None:
        return unknown(
            "noc_fire",
            "Built-up area or height is not drawn, so it cannot be told whether the fire service consents.",
            remedy="Draw every floor and the height of the building.",
        )
    return _declaration(plan, book, found[0], area, high)


def _asks(use: Use, most: Value, tallest: Value, area: Decimal | None, high: Decimal | None) -> str | None:
    """Why the fire service has to consent; None where nothing known says so."""
    if most.number == 0 and tallest.number == 0:
        return f"Group {use.group} always needs the consent of the fire service ({most.citation})."
    if area is not None and area > most.number:
        return f"{area} m² built-up area, over {most}: the fire service consents ({most.citation})."
    if high is not None and high > tallest.number:
        return f"{high} m high, over {tallest}: the fire service consents ({tallest.citation})."
    return None


def _declaration(plan: Proposal, book: Book, use: Use, area: Decimal, high: Decimal) -> Finding:
    """Not even a declaration under its lower edge; else the declaration is asked for."""
    start, end = row_of(book, DECLARED_FROM, use), row_of(book, DECLARED_TO, use)
    top = row_of(book, DECLARED_HEIGHT, use)
    if area >= start.number:
        edge = " Whether the row holds its own lower edge was not said." if area == start.number else ""
        return unknown(
            "noc_fire",
            f"{area} m² built-up area, from {start} to {end} and up to {top} high: a self-declaration takes the place of the consent ({start.citation}).{edge}",
            remedy=DECLARE,
        )
    sizes = (built_up_area(plan), height(plan))
    if any(each is None or each.is_declared for each in sizes):
        return unknown(
            "noc_fire",
            "Built-up area or height is only declared, so it cannot be told that no consent is needed.",
            remedy="Draw every floor and the height of the building.",
        )
    return holds(
        "noc_fire",
        f"{area} m² and {high} m: under {start}, neither consent nor declaration is asked for.",
        start.citation,
        places=tuple(place for each in sizes if each for place in each.places),
    )


def _rounded(found: Measured | None) -> Decimal | None:
    return None if found is None else found.amount.quantize(TOLERANCE[found.unit])
