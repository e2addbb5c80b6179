"""Chapter of the site: ground that rule 22 and rule 11 keep buildings off, and land of other laws that only advise.

In: a proposal, its site, the book of one day.  Out: findings.  A building fails where it surely stands on such ground, by more than plot and map
may be off; where it may, or nobody told, the answer is unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gis.site import Site, Status
from rules.book import Book, Parameter
from rules.findings import (
    Finding,
    Required,
    at_most,
    breaks,
    holds,
    measured,
    not_applicable,
    unknown,
)
from rules.measure import Unit
from rules.proposal import Proposal
from rules.reckoning.restrictions import Footing, footing, is_clear, mending, places, told
from rules.register import rule
from rules.takings import floor_uses

SLOPE = Parameter("site.slope")
UNNOTIFIED = "unnotified_land"
PADDY = {"paddy_data_bank": "paddy land", UNNOTIFIED: "other wet land"}
OTHERS = {
    "esz": "eco-sensitive zone",
    "pipeline": "strip of a pipeline",
    "transmission_corridor": "strip of a transmission line",
    "assigned_land": "assigned land",
}
"""Layers whose law is second hand or recalled; drafts and what is uncertain are left out."""
LANDSLIDES = ("landslide_wayanad", "landslide_munnar")
WET = "nilam"
GOVERNMENT = "E2"
"""Occupancy of the drawing: government offices on land of the government."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Ground to keep off: the rule, the word of the book, the layer, and what is wrong with building there."""

    rule: str
    parameter: Parameter
    layer: str
    wrong: str
    passes_beside: bool = True


FLOOD = Kept(
    rule="flood",
    parameter=Parameter("site.flood_land"),
    layer="flood",
    wrong="The building stands on land liable to flood.",
)
ACQUIRED = Kept(
    rule="acquisition",
    parameter=Parameter("site.acquisition"),
    layer="acquisition",
    wrong="The building stands on land under acquisition.",
    passes_beside=False,
)
PUBLIC = Kept(
    rule="public_land",
    parameter=Parameter("site.public_land"),
    layer="puramboke",
    wrong="The building stands on land of the government or the local body.",
)
DRAIN = Kept(
    rule="drains",
    parameter=Parameter("site.drains"),
    layer="watercourse",
    wrong="The building stands across a drain or stream.",
    passes_beside=False,
)


@rule("slope")
def slope(_: Proposal, site: Site, book: Book) -> Finding:
    """Nothing is built on ground steeper than the limit; a raster only tells the steepest cell on the plot."""
    required = Required.of(book.value(SLOPE))
    theme, ground = site.overlay("slope"), site.ground
    if theme is None or ground is None or theme.status is Status.NO_DATA:
        return unknown(
            "slope",
            told(site, "slope") or "No elevation data tell how steep the plot is.",
            remedy="Bring in elevation data that cover the plot, or show a contour survey.",
        )
    steepest = measured(
        ground.slope_max,
        Unit.DEGREE,
        steps=(
            f"steepest cell of {ground.resolution:g} m that touches the plot: {ground.slope_max:.1f} degrees",
        ),
        sources=(ground.origin,),
    )
    if theme.status is Status.NOT_AFFECTED and ground.slope_max <= required.amount:
        return at_most("slope", required, steepest, missing="", remedy="")
    return unknown(
        "slope",
        f"{steepest.steps[0]}; the limit is {required.amount} degrees, and whether the building stands on such ground is not told.",
        remedy="Show a contour survey with the building on it.",
        places=places(site, "slope"),
    )


@rule("flood")
def flood(plan: Proposal, site: Site, book: Book) -> Finding:
    """Nothing is built on land liable to flood (rule 22(3))."""
    return _kept(FLOOD, plan, site, book)


@rule("drains")
def drains(plan: Proposal, site: Site, book: Book) -> Finding:
    """Natural drains and streams are not obstructed."""
    return _kept(DRAIN, plan, site, book)


@rule("acquisition")
def acquisition(plan: Proposal, site: Site, book: Book) -> Finding:
    """A site on land under acquisition is refused."""
    return _kept(ACQUIRED, plan, site, book)


@rule("public_land")
def public_land(plan: Proposal, site: Site, book: Book) -> Finding:
    """A building that encroaches on land of the government or the local body is refused."""
    return _kept(PUBLIC, plan, site, book)


def _kept(kept: Kept, plan: Proposal, site: Site, book: Book) -> Finding:
    citation = book.value(kept.parameter).citation
    spots = places(site, kept.layer)
    if is_clear(site, kept.layer):
        theme = site.overlay(kept.layer)
        return holds(kept.rule, f"{theme.title if theme else kept.layer}: none on the plot.", citation)
    theme = site.overlay(kept.layer)
    is_there = theme is not None and theme.status is Status.AFFECTED and theme.binds
    if theme is not None and is_there and not _is_own(plan, kept):
        lies = footing(plan, site, kept.layer)
        if lies is Footing.ON:
            return breaks(
                kept.rule,
                kept.wrong,
                citation,
                remedy="Move the building off this ground.",
                places=spots,
            )
        if lies is Footing.OFF and kept.passes_beside:
            reason = f"{theme.title} lies on the plot, and the buildings keep off it."
            return holds(kept.rule, reason, citation, places=spots)
    return unknown(
        kept.rule,
        f"{told(site, kept.layer)} Whether it stands in the way of the building is not told.",
        remedy=f"Lay the drawing on its parcel and keep off this ground. {mending(site, kept.layer)}",
        places=spots,
    )


def _is_own(plan: Proposal, kept: Kept) -> bool:
    """Whether offices of the government may stand on land of the government."""
    return kept is PUBLIC and {use.code for use in floor_uses(plan)} == {GOVERNMENT}


@rule("paddy_land")
def paddy_land(_: Proposal, site: Site, __: Book) -> Sequence[Finding]:
    """Paddy land and wetland must not be converted; the Act was not read in its text, so it only advises."""
    return [_paddy(site, layer, what) for layer, what in PADDY.items()]


def _paddy(site: Site, layer: str, what: str) -> Finding:
    """Land outside the data bank is told by what the record calls it, so where the record is silent it is not known."""
    is_wet = (site.land_type or "").strip().lower() == WET
    may_be_wet = layer == UNNOTIFIED and (is_wet or site.land_type is None)
    if is_clear(site, layer) and not may_be_wet:
        return not_applicable(
            "paddy_land",
            f"The plot does not lie in this land, of which alone the Act of 2008 speaks ({what}).",
            subject=what,
        )
    recorded = "The record calls the land nilam (wet land). " if is_wet else ""
    if site.land_type is None:
        recorded = "What kind of land the record calls it is not known. "
    return unknown(
        "paddy_land",
        f"{recorded}{told(site, layer) or 'No map shows it as such.'} The Kerala Conservation of Paddy Land and Wetland Act 2008 was not read in its text, so it only advises.",
        remedy=f"Ask for the order of the Revenue Divisional Officer or the committee of the Act. {mending(site, layer)}",
        subject=what,
        places=places(site, layer),
    )


@rule("landslide")
def landslide(_: Proposal, site: Site, __: Book) -> Finding:
    """In landslide zones orders of the district authorities limit building; they were not read in their text."""
    if is_clear(site, *LANDSLIDES):
        return not_applicable(
            "landslide", "The plot lies in no landslide zone, of which alone the district orders speak."
        )
    return unknown(
        "landslide",
        f"{told(site, *LANDSLIDES)} The orders were not read in their text, so they only advise.",
        remedy=f"Ask the District Disaster Management Authority what may be built. {mending(site, *LANDSLIDES)}",
        places=places(site, *LANDSLIDES),
    )


@rule("other_land")
def other_land(_: Proposal, site: Site, __: Book) -> Sequence[Finding]:
    """Land that other laws single out, none of which was read in its text: outside it they ask nothing, inside they advise."""
    return [_other(site, layer, what) for layer, what in OTHERS.items()]


def _other(site: Site, layer: str, what: str) -> Finding:
    if is_clear(site, layer):
        return not_applicable(
            "other_land",
            f"The plot does not lie in it, and its law speaks of such land alone ({what}).",
            subject=what,
        )
    return unknown(
        "other_land",
        f"{told(site, layer)} Its law was not read in its text, so it only advises.",
        remedy=mending(site, layer),
        subject=what,
        places=places(site, layer),
    )
