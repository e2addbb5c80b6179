"""Chapter of sanitary fitments: closets, urinals, basins and baths by floor area, use by use (Tables 13 to 15A).

In: a proposal, its site, the book of one day.  Out: a finding for each kind of fitment, counted from the marks drawn on its layer.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from gis.site import Site
from rules.book import Book, Parameter, Value
from rules.findings import Finding, not_applicable, unknown
from rules.proposal import Proposal
from rules.reckoning.building_parts import of_parts
from rules.reckoning.fitments import LAYERS, Tally, drawn, fitments
from rules.reckoning.occupancy import joined
from rules.reckoning.two_readings import Range, at_hundredth, at_least_between, whole
from rules.register import asked, rule
from rules.takings import floor_area

TRIGGER, SCALE = Parameter("sanitation.trigger"), Parameter("sanitation.scale_percent")
NAMES = {
    "wc": "closets",
    "wc_men": "closets for men",
    "wc_women": "closets for women",
    "urinal": "urinals",
    "basin": "basins",
    "bath": "baths",
}


@rule("sanitation")
def sanitation(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Buildings other than residential ones have fitments by their floor area, fewer in part where it is large."""
    trigger = book.value(TRIGGER)
    groups = {use.group for use in joined(plan, book)}
    if groups == {"A1"}:
        return [not_applicable("sanitation", f"{trigger.citation} is not for group A1.")]
    area = floor_area(plan)
    if area is None:
        return [
            unknown(
                "sanitation",
                "The floor area could not be measured.",
                remedy="Draw every floor closed on BLT_UP_AREA.",
            )
        ]
    if at_hundredth(area) <= trigger.number and not area.is_declared:
        return [
            not_applicable(
                "sanitation", f"{area.amount:.2f} m² is not more than {trigger} ({trigger.citation})."
            )
        ]
    scale = book.value(SCALE, at_hundredth(area))
    return of_parts("sanitation", plan, site, book, lambda: _each(plan, book, scale))


def _each(plan: Proposal, book: Book, scale: Value) -> list[Finding]:
    found: list[Finding] = []
    for kind, tally in sorted(fitments(plan, book).items()):
        found += asked("sanitation", partial(_kind, plan, kind, tally, scale), subject=NAMES[kind])
    return found


def _kind(plan: Proposal, kind: str, tally: Tally, scale: Value) -> Finding:
    there = drawn(plan, kind)
    if there is not None and tally.is_declared:
        there = replace(there, is_declared=True)
    layer = LAYERS[kind.split("_", maxsplit=1)[0]]
    return at_least_between(
        "sanitation",
        _scaled(tally, scale),
        there,
        missing=f"None of the {NAMES[kind]} is drawn.",
        remedy=f"Provide more {NAMES[kind]}, and draw a mark for each on BLK_n_FLR_k_{layer} in the colour of its users.",
        subject=NAMES[kind],
    )


def _scaled(tally: Tally, scale: Value) -> Range:
    part = scale.exact / 100
    step = f"{'; '.join(tally.steps)}; {scale} of it"
    most = whole(tally.most * part, step, tally.values[0], *tally.values[1:], scale)
    if tally.why is None:
        return most
    low = whole(tally.least * part, step, tally.values[0], *tally.values[1:], scale)
    milder = low.least if tally.least else low.least.changed(Decimal(0), "none in the milder row")
    return Range(most=most.most, least=milder, why=tally.why)
