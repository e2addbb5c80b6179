"""What a generated sample holds, and three plots of it that are worth asking about.

In: the town and what was written of it.  Out: a frozen `SampleSummary`.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from layers.sample.blocks import CM, Kind
from layers.sample.coast import tidal_reach
from layers.sample.ground import Floats
from layers.sample.lineage import Change
from layers.sample.plots import Form
from layers.sample.restrictions import of_kind
from layers.sample.sheets import Sheet
from layers.sample.town import Town

GROUND = frozenset({"building", "road", "local_body", "ward", "village", "zoning"})


@dataclass(frozen=True, kw_only=True)
class WorthTrying:
    """A plot that shows something, and what."""

    number: str
    why: str


@dataclass(frozen=True, kw_only=True)
class SampleSummary:
    """What was written."""

    parcels: int
    buildings: int
    roads: int
    restrictions: int
    """Features of all layers but buildings and roads."""
    forms: dict[str, int]
    shared_sides: int
    gaps: int
    overlaps: int
    try_these: tuple[WorthTrying, ...]
    bounds: tuple[float, float, float, float]
    """West, south, east, north in the metric system."""
    files: tuple[str, ...]


def summary_of(town: Town, sheets: list[Sheet], changes: list[Change]) -> SampleSummary:
    """Counts of what was written; the files are filled in once all are."""
    counts: dict[str, int] = {}
    for sheet in sheets:
        counts[sheet.origin.layer] = counts.get(sheet.origin.layer, 0) + len(sheet.shapes)
    forms = np.bincount(town.plots.form, minlength=len(Form))
    west, south, east, north = (round(float(value), 1) for value in town.outline.bounds)
    return SampleSummary(
        parcels=len(town.shapes),
        buildings=counts["building"],
        roads=counts["road"],
        restrictions=sum(count for layer, count in counts.items() if layer not in GROUND),
        forms={form.name.lower(): int(forms[form]) for form in Form},
        shared_sides=town.sides,
        gaps=int((town.faults.shift < 0).sum()),
        overlaps=int((town.faults.shift > 0).sum()),
        try_these=_worth_trying(town, changes),
        bounds=(west, south, east, north),
        files=(),
    )


def _worth_trying(town: Town, changes: list[Change]) -> tuple[WorthTrying, ...]:
    """A riverside plot in the coastal zone, a corner plot near the middle of the town, and one that was divided."""
    form, number, at = town.plots.form, town.register.number, _middles(town)
    tidal = np.flatnonzero((form == int(Form.RIVERSIDE)) & (at[:, 0] < 0.9 * tidal_reach(town)))
    corner = np.flatnonzero(
        (form == int(Form.CORNER)) & ~of_kind(town, Kind.HILL) & (town.register.land_type == 0)
    )
    off = shapely.distance(shapely.points(at[corner]), shapely.Point(town.width / 2, town.height / 3))
    divided = next(change for change in changes if change.kind == "divide")
    return (
        WorthTrying(
            number=number(int(tidal[len(tidal) // 2])), why="on the river, in the coastal zone of tidal water"
        ),
        WorthTrying(number=number(int(corner[int(np.argmin(off))])), why="a corner plot between two roads"),
        WorthTrying(number=divided.numbers[0], why="divided in 2023: gone today, standing in 2022"),
    )


def _middles(town: Town) -> Floats:
    """Middle of each plot's body, in metres of the plan."""
    room = town.plots.room
    return np.asarray((room[:, :2] + room[:, 2:]) / (2.0 * CM))
