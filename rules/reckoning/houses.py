"""Whether one building of a plan is a house of one or two dwellings, as the rules on yards, streets and height ask.

In: a building of a proposal, and what was said beside the drawing.  Out: yes, no, or None where the drawing does not tell.  The convention has a
colour of its own for houses of one or two dwellings (A1) and for small offices used with a dwelling (A5); drawn dwelling units are counted.
"""

from rules.proposal import Building, Proposal
from rules.reckoning.dwellings import DUAL, HOUSE_CODES
from rules.reckoning.occupancy import PARTS
from rules.reckoning.relaxations import said


def units_drawn(building: Building) -> int:
    """Dwelling units drawn in a building, typical floors repeated."""
    return sum(len(unit.outlines) for floor in building.floors for unit in floor.units)


def is_house(building: Building) -> bool | None:
    """Whether a building holds one or two dwellings and nothing else."""
    codes = {use.code for use in building.uses}
    if not codes or None in codes:
        return None
    if any(PARTS.get(code or "") != "A1" for code in codes) or units_drawn(building) > DUAL:
        return False
    return True if codes <= HOUSE_CODES else None


def is_single_family(plan: Proposal, building: Building) -> bool | None:
    """Whether a building is the house of one family."""
    if is_house(building) is False or units_drawn(building) > 1:
        return False
    told = said(plan, "SINGLE_FAMILY_BLDG")
    if told is not None:
        return told
    return True if is_house(building) and units_drawn(building) == 1 else None
