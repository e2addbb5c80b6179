"""Coverage of several occupancies by the sums of rule 27: floor by floor in one building, building by building in a group.

In: a proposal, its site, the book of one day, and the share of each use.  Out: whether the sums hold (None: they cannot be reckoned), told in
words.  In one building the areas of each floor, each over its share, are at most the plot; in a group the footprints are, each over its share.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gis.site import Site
from rules.book import Book, Value
from rules.proposal import Building, FloorUse, Proposal
from rules.reckoning.occupancy import Use, uses

Share = Callable[[Use], Value]
HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Whether the ground that is asked for is there, in m² of plot; `holds` is None where it cannot be reckoned."""

    holds: bool | None
    reason: str


def sums(plan: Proposal, site: Site, book: Book, share: Share) -> Sums:
    """The sums of rule 27; `NotEncoded` where the book lacks the share of a use."""
    shares = {code: share(use).number / HUNDRED for use in uses(plan, book) for code in use.codes}
    asked = _of_floors(plan.buildings[0], shares) if len(plan.buildings) == 1 else _of_group(plan, shares)
    if asked is None:
        return Sums(holds=None, reason="An area or its occupancy is not known, or only declared.")
    ground = Decimal(repr(site.area))
    told = f"rule 27 asks for {asked:.2f} m² of plot, and there are {ground:.2f} m²"
    return Sums(holds=round(asked, 2) <= round(ground, 2), reason=told)


def _of_floors(building: Building, shares: dict[str, Decimal]) -> Decimal | None:
    """The worst floor."""
    floors: dict[int, list[FloorUse]] = {}
    for use in building.uses:
        floors.setdefault(use.floor, []).append(use)
    found = [_of_floor(each, shares) for each in floors.values()]
    known = [each for each in found if each is not None]
    return max(known) if known and len(known) == len(found) else None


def _of_floor(floor: Sequence[FloorUse], shares: dict[str, Decimal]) -> Decimal | None:
    asked = Decimal(0)
    for use in floor:
        if use.built_up is None or use.built_up.is_declared or use.code not in shares:
            return None
        asked += use.built_up.amount / shares[use.code]
    return asked


def _of_group(plan: Proposal, shares: dict[str, Decimal]) -> Decimal | None:
    """Every building of one use each."""
    asked = Decimal(0)
    for building in plan.buildings:
        codes = {use.code for use in building.uses}
        own = {shares[code] for code in codes if code in shares}
        if building.covered is None or building.covered.is_declared or not codes or len(own) != 1:
            return None
        if not all(code in shares for code in codes):
            return None
        asked += building.covered.amount / own.pop()
    return asked
