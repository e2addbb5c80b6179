"""Which building of a plan is a separate parking block.

In: a proposal.  Out: yes or no.  The drawing convention has an occupancy of its own for appurtenant parking (F1).
"""

from rules.proposal import Building, Proposal, once

PARKING = "F1"


def is_parking_block(plan: Proposal, building: Building) -> bool:
    """Whether a building holds nothing but parking for others on the plot."""
    return _is_parking(building) and once(plan, "others than parking", lambda: _has_others(plan))


def _is_parking(building: Building) -> bool:
    return {use.code for use in building.uses} == {PARKING}


def _has_others(plan: Proposal) -> bool:
    return not all(_is_parking(each) for each in plan.buildings)
