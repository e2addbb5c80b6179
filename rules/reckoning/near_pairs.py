"""Which buildings of a plan stand so near each other that their distance has to be judged, found by an index and not pair by pair.

In: buildings and the greatest distance that anything asks.  Out: pairs, each once and in the order of the buildings, and how many are left.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely

from rules.proposal import Building

MOST = 20_000
"""Pairs that are judged one by one; thousands of buildings drawn on one spot have millions."""


@dataclass(frozen=True, kw_only=True)
class Rest:
    """Pairs that are not judged one by one: those that stand farther apart, and those beyond `MOST`."""

    far: int
    untold: int


def near_pairs(
    buildings: Sequence[Building], reach: float
) -> tuple[tuple[tuple[Building, Building], ...], Rest]:
    """Pairs of known outline within `reach` metres, with each building's nearest; of two buildings always the pair."""
    known = [each for each in buildings if each.outline is not None]
    if len(buildings) == 2:
        return ((buildings[0], buildings[1]),), Rest(far=0, untold=0)
    outlines = [each.outline for each in known]
    tree = shapely.STRtree(outlines)
    within = tree.query(outlines, predicate="dwithin", distance=reach)
    nearest = tree.query_nearest(outlines, exclusive=True, all_matches=False) if len(known) > 1 else within
    pairs = {(min(a, b), max(a, b)) for both in (within, nearest) for a, b in both.T.tolist() if a != b}
    told = sorted(pairs)[:MOST]
    whole = len(known) * (len(known) - 1) // 2
    rest = Rest(far=whole - len(pairs), untold=len(pairs) - len(told))
    return tuple((known[a], known[b]) for a, b in told), rest
