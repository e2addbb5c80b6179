"""Shares of a plot that add up: classes + unmapped + outside coverage - overlap = 100.0 %, to the tenth.

In: ground m² of each class, of what no class covers, of what lies outside the coverage, and of what is covered twice.
Out: percentages rounded by largest remainder, so that nothing is scaled to fit and nothing is lost to rounding.
"""

from collections.abc import Sequence
from math import floor

from layers.extract.model import ShareRow

TENTHS = 1_000
"""A hundred per cent in tenths."""


def rounded_shares(rows: Sequence[ShareRow], *, of: float) -> tuple[ShareRow, ...]:
    """Rows with `percent` of the whole in tenths, signed so that they add to exactly 100.0."""
    signs = [-1 if row.kind == "overlap" else 1 for row in rows]
    exact = [sign * row.area / of * TENTHS for row, sign in zip(rows, signs, strict=True)]
    whole = [floor(value) for value in exact]
    missing = TENTHS - sum(whole)
    by_remainder = sorted(range(len(rows)), key=lambda i: (whole[i] - exact[i], i))
    for i in by_remainder[:missing]:
        whole[i] += 1
    return tuple(
        ShareRow(
            kind=row.kind,
            label=row.label,
            label_ml=row.label_ml,
            area=round(row.area, 2),
            percent=sign * tenths / 10 + 0.0,  # never -0.0
        )
        for row, sign, tenths in zip(rows, signs, whole, strict=True)
    )
