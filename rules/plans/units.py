"""How many metres one drawing unit is: what the header says, held against the size of the plot and of the building, then of its parcel.

In: the header's unit, the plot's area and the heights in drawing units, the declared area, the outline of the plot.  Out: `Units`, and a problem whenever
the header is not metres or cannot be right. The convention asks for metres, 1:1 ($INSUNITS 6).
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from rules.plans.drawing import Source, Units
from rules.plans.problems import Fault, Problem, Problems

METRES = {"metre": 1.0, "millimetre": 0.001, "centimetre": 0.01, "inch": 0.0254, "foot": 0.3048}
PLURALS = {
    "metre": "metres",
    "millimetre": "millimetres",
    "centimetre": "centimetres",
    "inch": "inches",
    "foot": "feet",
}
HEADER = {0: "no unit", 1: "inch", 2: "foot", 4: "millimetre", 5: "centimetre", 6: "metre"}
PLAUSIBLE_PLOT = (15.0, 100_000.0)
"""Square metres between which a plot to be built on is believed."""
PLAUSIBLE_HEIGHT = (2.0, 150.0)
"""Metres between which the height of a building is believed."""
AGREES = 0.35
"""Share by which the drawn area may miss the declared one and still tell the unit: units differ by a factor of 6 or more."""

AS_LARGE = 0.025
"""Share by which the side of a plot may miss that of its parcel and still tell the unit in which it was meant."""


def units_of(
    code: int,
    area: float | None,
    heights: Sequence[float],
    declared: float | None,
    problems: Problems,
    *,
    plot: Source | None = None,
) -> Units:
    """The unit in which the drawing makes sense; `is_certain` is false where none or several do. Problems are told of the `plot`."""
    header = HEADER.get(code, f"unit {code}")
    if declared and area:
        fitting = [
            name for name, metres in METRES.items() if abs(area * metres**2 / declared - 1.0) <= AGREES
        ]
        if len(fitting) == 1:
            return _taken(fitting[0], header, "the plot then has about its declared area", problems, plot)
    sensible = [name for name, metres in METRES.items() if _makes_sense(metres, area, heights)]
    if header in sensible and (area or heights or header == "metre"):
        return _taken(header, header, "the header says so, and the sizes make sense", problems, plot)
    if len(sensible) == 1 and (area or heights):
        return _taken(
            sensible[0], header, "only so the plot and the building have believable sizes", problems, plot
        )
    problems.add(
        Fault.UNITS,
        f"The unit of the drawing is not certain: its header says {header}, and the plot's size fits {_listed(sensible)}. "
        "Measures are given as if it were drawn in metres, as the convention asks.",
        "Draw in metres, 1:1, set $INSUNITS to 6 and declare PLOT_AREA_M2.",
        layer=plot.layer if plot else "",
        handles=plot.handles if plot else (),
    )
    return Units(header=header, metres_per_unit=1.0, is_certain=False, reason="not certain")


def doubted_by_ground(
    units: Units, drawn: float, parcel: float, *, plot: Source | None = None
) -> tuple[Units, Problem | None]:
    """The unit, in doubt where the drawn plot (m²) would be as large as its parcel (m²) if it were drawn in another one.

    Only of a plot that is not its parcel as it is drawn: a header may say metres where the draughtsman meant feet.
    """
    if not units.is_certain or drawn <= 0 or parcel <= 0:
        return units, None
    factor = math.sqrt(parcel / drawn)
    meant = [
        name
        for name, metres in METRES.items()
        if not math.isclose(metres, units.metres_per_unit, rel_tol=0.01)
        and abs(factor * units.metres_per_unit / metres - 1.0) <= AS_LARGE
    ]
    if not meant:
        return units, None
    reason = f"the plot is {1 / factor:.4f} times its parcel, as if it were drawn in {PLURALS[meant[0]]}"
    told = Problem(
        fault=Fault.UNITS,
        layer=plot.layer if plot else "",
        handles=plot.handles if plot else (),
        message=f"The unit of the drawing is in doubt: {reason}. It was measured with {units.metres_per_unit:g} m to the unit.",
        remedy="Draw in metres, 1:1, and set $INSUNITS to 6; if the unit is right, this is not the parcel.",
    )
    return replace(units, is_certain=False, reason=reason), told


def _makes_sense(metres: float, area: float | None, heights: Sequence[float]) -> bool:
    plot = area is None or PLAUSIBLE_PLOT[0] <= area * metres**2 <= PLAUSIBLE_PLOT[1]
    return plot and all(PLAUSIBLE_HEIGHT[0] <= each * metres <= PLAUSIBLE_HEIGHT[1] for each in heights)


def _taken(name: str, header: str, reason: str, problems: Problems, plot: Source | None) -> Units:
    layer, handles = (plot.layer, plot.handles) if plot else ("", ())
    if name != header:
        problems.add(
            Fault.UNITS,
            f"The drawing's header says {header}, but it is drawn in {PLURALS[name]}: {reason}. It was measured in {PLURALS[name]}.",
            "Set $INSUNITS to 6 and draw in metres, 1:1.",
            layer=layer,
            handles=handles,
        )
    elif name != "metre":
        problems.add(
            Fault.UNITS,
            f"The drawing is in {PLURALS[name]}; the convention asks for metres. It was converted.",
            "Scale it to metres and set $INSUNITS to 6.",
            layer=layer,
            handles=handles,
        )
    return Units(header=header, metres_per_unit=METRES[name], is_certain=True, reason=reason)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if names else "no unit"
