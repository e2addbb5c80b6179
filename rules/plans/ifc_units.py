"""How many metres one unit of a model is: what its unit assignment says, held against believable sizes.

In: an ifcopenshell model, then the plot and blocks measured with it.  Out: `Units`. A model without a unit of length is not certain.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ifcopenshell.util.unit import calculate_unit_scale

from rules.plans.drawing import Block, Plot, Units
from rules.plans.ifc_bodies import source_of
from rules.plans.ifc_links import FOREIGN, all_of, is_a, listed, words
from rules.plans.problems import Fault, Problems
from rules.plans.units import PLAUSIBLE_HEIGHT, PLAUSIBLE_PLOT

REMEDY = "Set the unit of length of the project (IfcUnitAssignment) and export the model again."


def units_of(model: Any, problems: Problems) -> Units:
    """The unit of length that the model assigns; metres where it assigns none."""
    unit = _assigned(model, "LENGTHUNIT")
    metres = _scale(model, "LENGTHUNIT") if unit is not None else None
    if metres is None or not 1e-6 <= metres <= 1e4:
        problems.add(
            Fault.UNITS,
            "The model assigns no unit of length that can be read; it was measured as if it were in metres.",
            REMEDY,
            layer="IfcProject",
            handles=[
                handle for each in all_of(model, "IfcProject")[:1] for handle in source_of(each).handles
            ],
        )
        return Units(header="no unit", metres_per_unit=1.0, is_certain=False, reason="no unit is assigned")
    return Units(
        header=_called(unit),
        metres_per_unit=metres,
        is_certain=True,
        reason="the model assigns it, and the sizes make sense",
    )


def area_unit(model: Any) -> float:
    """Square metres of one unit of area, for what is written in property sets."""
    return _scale(model, "AREAUNIT") or 1.0


def _assigned(model: Any, kind: str) -> Any:
    for assignment in all_of(model, "IfcUnitAssignment"):
        for unit in listed(assignment, "Units"):
            if is_a(unit, "IfcNamedUnit") and words(unit, "UnitType") == kind:
                return unit
    return None


def _scale(model: Any, kind: str) -> float | None:
    if _assigned(model, kind) is None:
        return None
    try:
        scale = float(calculate_unit_scale(model, kind))
    except FOREIGN:
        return None
    return scale if math.isfinite(scale) and scale > 0.0 else None


def _called(unit: Any) -> str:
    return f"{words(unit, 'Prefix')}{words(unit, 'Name')}".lower() or "unit"


def believed(units: Units, plot: Plot | None, blocks: Sequence[Block], problems: Problems) -> Units:
    """The units, not certain where the plot or a height could not be that of anything built."""
    heights = [
        figure.measured.value if figure.measured else figure.declared.number if figure.declared else None
        for figure in (block.height for block in blocks)
    ]
    wrong = []
    if plot is not None and not PLAUSIBLE_PLOT[0] <= plot.outline.area <= PLAUSIBLE_PLOT[1]:
        wrong.append(f"the plot has {plot.outline.area:,.2f} m²")
    wrong += [
        f"a building is {height:,.2f} m high"
        for height in heights
        if height is not None and not PLAUSIBLE_HEIGHT[0] <= height <= PLAUSIBLE_HEIGHT[1]
    ]
    if not wrong or not units.is_certain:
        return units
    problems.add(
        Fault.UNITS,
        f"The unit of the model is in doubt: measured in {units.header}, {' and '.join(wrong)}.",
        REMEDY,
    )
    return replace(units, is_certain=False, reason="the sizes make no sense in the unit that is assigned")
