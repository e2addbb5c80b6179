"""Which shapes hang together, compiled: arrays in, arrays out.

In: owners of corners, sorted so that equal corners stand side by side.  Out: for each shape the first of those that hang together
with it through corners in common.  Importing this module needs numba.
"""

import numpy as np

from tiles.encode import Numbers, compiled


@compiled
def hanging_together(owners: Numbers, is_same: Numbers, count: int) -> Numbers:
    """For each of `count` shapes the lowest that it reaches; `is_same` says of a corner whether the next is the same place."""
    first = np.arange(count)
    for each in range(is_same.size):
        if is_same[each]:
            one, other = owners[each], owners[each + 1]
            while first[one] != one:
                first[one] = first[first[one]]
                one = first[one]
            while first[other] != other:
                first[other] = first[first[other]]
                other = first[other]
            first[max(one, other)] = min(one, other)
    for each in range(count):
        first[each] = first[first[each]]
    return first
