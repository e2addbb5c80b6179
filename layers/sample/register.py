"""The register of the sample: numbers, land types and recorded areas of its plots.

In: the plan, its plots and their polygons.  Out: columns of text and numbers, one entry per plot.  The recorded area is
drawn around the measured one by a simple model of survey error: rounding to a square metre, a per cent of chain error
shared by a survey number, some old extents turned from cents, and a few plain slips.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gis.crs import areal_scales
from layers.sample.blocks import Kind, Plan
from layers.sample.ground import Floats, Ints
from layers.sample.plots import Form, Plots
from layers.sample.shapes import Polygons

Texts = npt.NDArray[np.object_]
PER_VILLAGE = 12_000
CENT = 0.40468564224
"""Ares in a cent."""


@dataclass(frozen=True, kw_only=True)
class Register:
    """What the village office holds of each plot."""

    cell: Ints
    village: Ints
    block: Ints
    survey: Ints
    subdivision: Ints
    land_type: Ints
    measured: Floats
    """Ground m²."""
    recorded_are: Floats
    """Not a number where nothing is recorded."""
    villages: int

    def __len__(self) -> int:
        return len(self.block)

    def number(self, i: int) -> str:
        """The whole number of a plot."""
        return f"{village_code(int(self.village[i]))}-{self.block[i]}/{self.survey[i]}-{self.subdivision[i]}"


LAND_TYPES = ("purayidam", "nilam", "thottam", "puramboke")


def village_code(village: int) -> str:
    """Short form of a village in a parcel number."""
    return f"M{village + 1}"


def register_of(plan: Plan, plots: Plots, shapes: Polygons, *, metric: int, seed: int) -> Register:
    """Numbers in the order of survey, land types by the land, recorded areas near the measured."""
    rng = np.random.default_rng([seed, 5])
    cell = np.array([block.cell for block in plan.blocks], dtype=np.int64)[plots.block]
    village_of_cell = _villages(np.bincount(cell, minlength=len(plan.cells)))
    survey = _counted(plots.block, cell)
    measured = np.asarray(shapely.area(shapes)) / _scale(shapes, metric)
    village = village_of_cell[cell]
    return Register(
        cell=cell,
        village=village,
        block=_block_numbers(village_of_cell)[cell],
        survey=survey,
        subdivision=_within_run(plots.block) + 1,
        land_type=_land_types(plan, plots, rng),
        measured=measured,
        recorded_are=_recorded(measured, plots.block, rng),
        villages=int(village_of_cell.max()) + 1,
    )


def _villages(plots_in_cell: Ints) -> Ints:
    """Villages as runs of cells: at least two, of some twelve thousand plots each."""
    total = int(plots_in_cell.sum())
    villages = max(2, round(total / PER_VILLAGE))
    before = np.cumsum(plots_in_cell) - plots_in_cell / 2
    drawn = np.minimum((before * villages / total).astype(np.int64), villages - 1)
    return np.unique(drawn, return_inverse=True)[1].astype(np.int64)


def _block_numbers(village_of_cell: Ints) -> Ints:
    starts = np.searchsorted(village_of_cell, village_of_cell)
    return np.arange(len(village_of_cell)) - starts + 1


def _counted(block: Ints, cell: Ints) -> Ints:
    """Survey numbers: blocks of the plan counted from 1 in each cell."""
    blocks, first = np.unique(block, return_index=True)
    cells = cell[first]
    order = np.lexsort((blocks, cells))
    numbers = np.empty(len(blocks), dtype=np.int64)
    numbers[order] = _within_run(cells[order]) + 1
    return numbers[np.searchsorted(blocks, block)]


def _within_run(values: Ints) -> Ints:
    """Position of each entry in its run of equal values."""
    begins = np.concatenate([[True], values[1:] != values[:-1]])
    starts = np.flatnonzero(begins)
    return np.arange(len(values)) - np.repeat(starts, np.diff(np.concatenate([starts, [len(values)]])))


def _scale(shapes: Polygons, metric: int) -> Floats:
    """Grid over ground area at every plot, interpolated between a few columns (it depends on the easting)."""
    x = (
        shapely.get_x(shapely.point_on_surface(shapes))
        if len(shapes) < 1000
        else shapely.bounds(shapes)[:, 0]
    )
    y = np.full(33, shapely.bounds(shapes)[:, 1].mean())
    columns = np.linspace(x.min(), x.max(), 33)
    return np.asarray(np.interp(x, columns, areal_scales(metric, columns, y)))


def _land_types(plan: Plan, plots: Plots, rng: np.random.Generator) -> Ints:
    kinds = np.array([list(Kind).index(block.kind) for block in plan.blocks])[plots.block]
    chance = rng.random(len(plots))

    def of(kind: Kind) -> npt.NDArray[np.bool_]:
        return np.asarray(kinds == list(Kind).index(kind))

    land = np.zeros(len(plots), dtype=np.int64)
    land[of(Kind.PADDY)] = 1
    land[(of(Kind.RIVERSIDE) | of(Kind.HOMES)) & (chance < 0.035)] = 1
    land[of(Kind.HILL) & (chance < 0.85)] = 2
    land[of(Kind.RURAL) & (chance < 0.12)] = 2
    land[of(Kind.BEACH)] = 3
    land[(land == 0) & (chance > 0.992) & (plots.form != int(Form.FLAG))] = 3
    return land


def _recorded(measured: Floats, block: Ints, rng: np.random.Generator) -> Floats:
    n = len(measured)
    shared = rng.normal(0.0, 0.006, int(block.max()) + 1)[block]
    own = rng.normal(0.0, 0.008, n)
    loose = rng.random(n) < 0.03
    own[loose] = rng.normal(0.0, 0.05, int(loose.sum()))
    are = np.round(measured * (1.0 + shared + own) / 100.0, 2)
    from_cents = rng.random(n) < 0.08
    are[from_cents] = np.round(np.round(are[from_cents] / CENT * 4) / 4 * CENT, 2)
    slip = rng.random(n)
    are[slip < 0.002] = np.round(are[slip < 0.002] * 10, 2)
    halved = (slip > 0.002) & (slip < 0.006)
    are[halved] = np.round(are[halved] * rng.choice([0.5, 0.75, 1.25], int(halved.sum())), 2)
    are[slip > 0.99] = np.nan
    return np.maximum(are, 0.01)
