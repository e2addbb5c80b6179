"""What the drawing declares of things that it also shows: both numbers side by side, whether they differ or not.

In: the parts of a measured drawing.  Out: `Compared` in metres and square metres. A declared number is held against the measured one within its last
written place; the measured one is judged.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rules.plans.drawing import Block, Declared, Drawing, Figure, Measured, Plot, Source, Thing
from rules.plans.lengths import number_in
from rules.plans.roles import Role

SLIVER = 0.01
MILLIMETRE = 0.001
SHARE = 0.005
MOST_HANDLES = 20
TREADS = {Role.STAIR_FLIGHT: "STAIR_TREAD_M", Role.FIRE_STAIR_FLIGHT: "FIRE_STAIR_TREAD_M"}
"""Words that declare what the lines across a flight show."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One thing measured and declared: `unit` is m or m²; `differs` where they are further apart than the last written place."""

    what: str
    unit: str
    measured: Measured
    declared: Declared
    differs: bool


def compared(drawing: Drawing) -> tuple[Compared, ...]:
    """Everything of a drawing that is measured and declared: plot, heights, treads, and what a model writes beside its spaces."""
    return (
        *of_plan(drawing.plot, drawing.blocks),
        *of_treads(drawing.things, drawing.declared),
        *of_spaces(drawing.figures),
    )


def of_plan(plot: Plot | None, blocks: Sequence[Block]) -> tuple[Compared, ...]:
    """The area of the plot and the heights of the blocks, where they are measured and declared."""
    found = [_compared("The plot's area", plot.area, "m²", SLIVER)] if plot else []
    found += [
        _compared(f"The height of block {block.number}", block.height, "m", MILLIMETRE) for block in blocks
    ]
    return tuple(each for each in found if each is not None)


def of_spaces(figures: Sequence[Figure]) -> tuple[Compared, ...]:
    """The areas of spaces of a model; a program rounds them in its own way, so half a hundredth is no difference."""
    found = (
        _compared("The area of a space", each, "m²", SLIVER + SHARE * each.measured.value)
        for each in figures
        if each.measured is not None
    )
    return tuple(each for each in found if each is not None)


def of_treads(things: Sequence[Thing], declared: Sequence[Declared]) -> tuple[Compared, ...]:
    """The least tread of each kind of flight, where lines across it show one and a word declares one."""
    return tuple(_treads(things, declared))


def _treads(things: Sequence[Thing], declared: Sequence[Declared]) -> Iterator[Compared]:
    for role, key in TREADS.items():
        word = next((each for each in declared if each.key == key), None)
        drawn = [
            each for each in things if each.role is role and each.steps is not None and each.steps.treads
        ]
        if word is None or not drawn:
            continue
        shortest = min(drawn, key=lambda each: each.steps.least_tread if each.steps else (0.0, 0.0))
        if shortest.steps is not None:
            source = Source(
                layer=shortest.outline.source.layer, handles=shortest.steps.handles[:MOST_HANDLES]
            )
            tread = Measured(value=shortest.steps.least_tread[1], how="between its lines", source=source)
            figure = Figure(measured=tread, declared=word)
            found = _compared(f"The least tread of the {role.value}", figure, "m", MILLIMETRE)
            if found is not None:
                yield found


def _compared(what: str, figure: Figure, unit: str, tolerance: float) -> Compared | None:
    measured, declared = figure.measured, figure.declared
    if measured is None or declared is None or declared.number is None:
        return None
    differs = abs(measured.value - declared.number) > tolerance + rounding(declared)
    return Compared(what=what, unit=unit, measured=measured, declared=declared, differs=differs)


def rounding(declared: Declared) -> float:
    """Half of the last place that was written."""
    number = number_in(declared.text)
    if number is None or declared.number is None:
        return 0.0
    written = declared.text.partition(".")[2]
    places = len(written) - len(written.lstrip("0123456789"))
    unit = declared.number / number if number else 1.0
    return float(0.5 * 10.0**-places * unit)
