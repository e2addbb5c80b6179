"""The table of shares of a layer that should tile the ground.

In: a plot and a theme with its parts on it.  Out: rows of classes, of what no class covers, of what lies outside the
coverage and of what is covered twice, slivers included; together 100.0 %.
"""

import shapely
from shapely.geometry.base import BaseGeometry

from layers.extract.measure import Measured, Plot
from layers.extract.model import ShareRow
from layers.extract.shares import rounded_shares
from layers.extract.theme import FULL, Theme

NOTHING = 1e-6
"""Square metres: less than this is left where features cover all of a plot."""


REMAINDERS = ("unmapped", "outside", "overlap")
NOTHING_LEFT = tuple(
    ShareRow(kind=kind, label=None, label_ml=None, area=0.0, percent=0.0) for kind in REMAINDERS
)


def shares_of(plot: Plot, theme: Theme) -> tuple[ShareRow, ...]:
    """The rows by label, then the remainders."""
    parts = [part for part in theme.parts if part.area > 0]
    if len(parts) == 1 and parts[0].shape is plot.shape:
        found, area = parts[0].found, round(parts[0].area, 2)
        whole = ShareRow(kind="class", label=found.label, label_ml=found.label_ml, area=area, percent=FULL)
        return whole, *NOTHING_LEFT
    classes: dict[tuple[str | None, str | None], list[Measured]] = {}
    for part in parts:
        classes.setdefault((part.found.label, part.found.label_ml), []).append(part)
    rows = [
        _row("class", union_area(plot, members), label=label, label_ml=label_ml)
        for (label, label_ml), members in sorted(
            classes.items(), key=lambda item: (item[0][0] or "", item[0][1] or "")
        )
    ]
    unmapped, outside, mapped = _remainders(plot, theme, parts)
    total = sum(row.area for row in rows)
    remainders = unmapped, outside, max(total - mapped, 0.0)
    rows += [_row(kind, area) for kind, area in zip(REMAINDERS, remainders, strict=True)]
    return rounded_shares(rows, of=plot.measured)


def _row(kind: str, area: float, *, label: str | None = None, label_ml: str | None = None) -> ShareRow:
    return ShareRow(kind=kind, label=label, label_ml=label_ml, area=area, percent=0.0)


def _remainders(plot: Plot, theme: Theme, parts: list[Measured]) -> tuple[float, float, float]:
    """Ground m² unmapped inside the coverage, unmapped outside it, and mapped."""
    shapes = [part.shape for part in parts if part.shape is not None]
    mapped = shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)
    rest = shapely.difference(plot.shape, mapped)
    if rest.area < NOTHING:
        return 0.0, 0.0, parts[0].area if len(parts) == 1 else plot.area(mapped)
    outside = _outside(plot, rest, theme.coverage)
    return (
        max(plot.area(rest) - outside, 0.0),
        outside,
        parts[0].area if len(parts) == 1 else plot.area(mapped),
    )


def _outside(plot: Plot, rest: BaseGeometry, coverage: BaseGeometry | None) -> float:
    return plot.area(rest if coverage is None else shapely.difference(rest, coverage))


def union_area(plot: Plot, parts: list[Measured]) -> float:
    """Ground m² under features, overlapping ones counted once."""
    shapes = [part.shape for part in parts if part.area > 0]
    if len(shapes) < 2:
        return sum(part.area for part in parts)
    if any(shape is plot.shape for shape in shapes):
        return plot.area(plot.shape)
    return plot.area(shapely.union_all(shapes))
