"""Chapter of plans and zones: rule 3(3).  A plan or scheme prevails over the building rules, and its zone says what may be used.

In: a proposal, its site, the book of one day.  Out: findings.  The regulations of no plan are in the book: where the plot lies in one, or
nobody told whether it does, the answer is unknown, so that the verdict is never a pass.  Only a zone whose layer names its groups of
rule 25 (attribute `use_groups`) tells whether a use is permitted.
"""

import re
from collections.abc import Sequence

from gis.site import Site, Status
from rules.book import Book, Citation, Parameter
from rules.findings import Finding, breaks, holds, unknown
from rules.proposal import Proposal
from rules.reckoning.occupancy import Use, uses
from rules.reckoning.restrictions import is_clear, mending, places, told
from rules.register import rule

PREVAILS = Parameter("overlays.prevails")
PERMITTED = Parameter("overlays.permitted_use")
PLANS = {
    "zoning": "zone of the Master Plan",
    "planning_scheme": "Town Planning Scheme",
    "road_widening": "road of a plan or scheme",
    "road_building_line": "building line of a plan or scheme",
}
ZONE, GROUPS = "zoning", "use_groups"
WHOLE_LETTERS = ("A", "G")
"""Letters that a plan may name for all their groups; D alone does not mean D1."""
_GROUP = re.compile(r"[A-J][1-3]?(_[a-z]+)?")


@rule("precedence")
def precedence(_: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Where a plan or scheme lies over the plot it prevails, and what it asks is not in the book."""
    citation = book.value(PREVAILS).citation
    return [_precedence(site, layer, what, citation) for layer, what in PLANS.items()]


def _precedence(site: Site, layer: str, what: str, citation: Citation) -> Finding:
    if is_clear(site, layer):
        return holds("precedence", f"No {what} lies over the plot.", citation, subject=what)
    theme = site.overlay(layer)
    is_there = theme is not None and theme.status is Status.AFFECTED
    why = "It prevails over the building rules, and what it asks is not in the book." if is_there else ""
    return unknown(
        "precedence",
        f"{told(site, layer)} {why}".strip(),
        remedy=f"Compare the plan with the regulations of the {what}. {mending(site, layer)}",
        subject=what,
        places=places(site, layer),
    )


@rule("permissible_use")
def permissible_use(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Every group of use is one that the zone of the plan permits; without a plan over the plot the rules set no zone."""
    citation = book.value(PERMITTED).citation
    if is_clear(site, ZONE, "planning_scheme"):
        return [holds("permissible_use", "No plan or scheme over the plot sets a zone.", citation)]
    permitted = permitted_groups(site)
    if permitted is None or not is_clear(site, "planning_scheme"):
        return [
            unknown(
                "permissible_use",
                f"{told(site, ZONE, 'planning_scheme')} Which groups of rule 25 are permitted is not in the book.",
                remedy=f"Look up the zoning regulations. {mending(site, ZONE, 'planning_scheme')}",
                places=places(site, ZONE),
            )
        ]
    return [_use(use, permitted, site, citation) for use in uses(plan, book)]


def _use(use: Use, permitted: Sequence[frozenset[str]], site: Site, citation: Citation) -> Finding:
    zone = site.overlay(ZONE)
    name = ", ".join(zone.labels) if zone else ""
    is_permitted, spots = permits(permitted, use.part, use.group), places(site, ZONE)
    if is_permitted:
        return holds(
            "permissible_use", f"{name} permits group {use.group}.", citation, subject=use.part, places=spots
        )
    if is_permitted is False:
        return breaks(
            "permissible_use",
            f"{name} does not permit group {use.group}.",
            citation,
            remedy="Choose a use that the zone permits, or ask the town planner for a change of the plan.",
            subject=use.part,
            places=spots,
        )
    return unknown(
        "permissible_use",
        f"Of the zones on the plot ({name}) only some permit group {use.group}.",
        remedy="Have the town planner tell which zone counts where the building stands.",
        subject=use.part,
        places=spots,
    )


def permits(permitted: Sequence[frozenset[str]], part: str, group: str) -> bool | None:
    """Whether every zone on the plot permits a use, by its part, its group or the letter of it; None where only some do."""
    names = {part, group, *(letter for letter in WHOLE_LETTERS if group.startswith(letter))}
    found = [bool(names & zone_groups) for zone_groups in permitted]
    return True if all(found) else None if any(found) else False


def permitted_groups(site: Site) -> tuple[frozenset[str], ...] | None:
    """The groups that each zone on the plot permits; None where one of them does not tell them as groups of rule 25."""
    zone = site.overlay(ZONE)
    if zone is None or zone.status is not Status.AFFECTED or not zone.binds:
        return None
    told_groups = [value for name, value in zone.attributes if name == GROUPS]
    if not told_groups or len(told_groups) < len(zone.labels):
        return None
    found = [frozenset(each for each in re.split(r"[\s,;]+", text) if each) for text in told_groups]
    if not all(groups and all(_GROUP.fullmatch(each) for each in groups) for groups in found):
        return None
    return tuple(found)
