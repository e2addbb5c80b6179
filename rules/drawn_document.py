"""What a drawing shows and says of itself, as plain values for the document of a check: both figures of each yard, and both numbers of what is declared.

In: a measured drawing.  Out: values in metres and square metres, in the order of the drawing. Of the figures of a yard the law's average is judged;
`mean_of_nearest` is that of the public scrutiny program, shown so that both can be compared.
"""

from typing import Any

from rules.plans.declarations import Compared, compared
from rules.plans.drawing import AverageDepth, Drawing, Level, Yard

Words = dict[str, Any]
METRES = 4
"""Decimals of a metre or square metre: finer than anything is compared at."""


def yards_drawn(drawing: Drawing) -> list[Words]:
    """Every yard that is drawn, with its two figures and the length of the building line that the judged one is taken over."""
    return [_yard(level, yard) for block in drawing.blocks for level in block.levels for yard in level.yards]


def both_told(drawing: Drawing) -> list[Words]:
    """Everything that is measured and declared, whether the two differ or not; the measured number is judged."""
    return [_both(each) for each in compared(drawing)]


def _yard(level: Level, yard: Yard) -> Words:
    source = yard.outline.source
    return {
        "yard": yard.role,
        "block": yard.block,
        "level": level.number,
        "is_basement": level.is_basement,
        "area": _rounded(yard.outline.area),
        "least": _rounded(yard.least),
        "average": None if yard.average is None else _depth(yard.average),
        "candidates": [_depth(each) for each in yard.candidates] if yard.average is None else [],
        "mean_of_nearest": _rounded(yard.mean_of_nearest),
        "layer": source.layer,
        "handles": source.handles,
    }


def _depth(each: AverageDepth) -> Words:
    return {"metres": _rounded(each.average), "length": _rounded(each.length), "basis": each.basis}


def _both(each: Compared) -> Words:
    return {
        "what": each.what,
        "unit": {"m²": "m2"}.get(each.unit, each.unit),
        "measured": _rounded(each.measured.value),
        "how": each.measured.how,
        "declared": each.declared.text,
        "key": each.declared.key,
        "differs": each.differs,
        "layer": each.declared.source.layer,
        "handles": [*each.declared.source.handles, *each.measured.source.handles],
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, METRES) + 0.0
