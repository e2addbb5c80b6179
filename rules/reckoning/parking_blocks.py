"""Which building of a plan is a separate parking block.

In: a proposal.  Out: yes or no.  The drawing convention has an occupancy of its own for appurtenant parking (F1).
"""

from rules.proposal import Building, Proposal

PARKING = "F1"


def is_parking_block(plan: Proposal, building: Building) -> bool:
    """Whether a building holds nothing but parking for others on the plot."""
    codes = {use.code for use in building.uses}
    return codes == {PARKING} and any({use.code for use in each.uses} != {PARKING} for each in plan.buildings)
