"""The invented town as one value: plan, ground, plots, register; what every layer of the sample is drawn from.

In: how many plots and a seed.  Out: a `Town`, with ways to place points, lines and strips of the plan on the map.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, Point, Polygon

from layers.sample.blocks import CM, Box, Plan
from layers.sample.ground import Floats, Ground, Ints, place_facts
from layers.sample.mainlines import ASPECT, survey
from layers.sample.noding import noded
from layers.sample.plots import Plots, plots_of
from layers.sample.register import Register, register_of
from layers.sample.shapes import Faults, Polygons, boxes_on_map, faults_among, polygons_of, shared_sides

NARROW = 250
"""Centimetres up to which both sides of a way bend alike."""
OUTLINES = (ASPECT, 1.2, 1.55)
"""Width over height of a big town: the next is tried where four sizes did not give the wanted number of plots."""
FAULTY = 0.006
"""Share of the sides between plots that gap or overlap."""


@dataclass(frozen=True, kw_only=True)
class Town:
    """Everything invented about the ground."""

    seed: int
    plan: Plan
    ground: Ground
    plots: Plots
    shapes: Polygons
    faults: Faults
    sides: int
    """Sides between two plots."""
    register: Register

    @property
    def width(self) -> float:
        """Metres of the plan from the coast to the eastern edge."""
        return self.ground.width

    @property
    def height(self) -> float:
        """Metres of the plan from south to north."""
        return self.ground.height

    def point(self, u: float, v: float) -> Point:
        """A point of the plan on the map."""
        return Point(*self._at(np.array([[u, v]]))[0])

    def line(self, points: Sequence[tuple[float, float]], *, step: float = 12.0) -> LineString:
        """A line of the plan on the map, with a corner every few metres so that it follows the ground."""
        return LineString(self._at(_densified(np.array(points, dtype=np.float64), step)))

    def area(self, points: Sequence[tuple[float, float]], *, step: float = 12.0) -> Polygon:
        """An area of the plan on the map."""
        ring = np.array([*points, points[0]], dtype=np.float64)
        return Polygon(self._at(_densified(ring, step)))

    def _at(self, plan: Floats) -> Floats:
        return np.round(self.ground.on_map(plan), 3)

    @cached_property
    def outline(self) -> Polygon:
        """The local body on the map, edge to edge with its wards."""
        return Polygon(shapely.get_exterior_ring(shapely.union_all(self.wards)))

    @cached_property
    def wards(self) -> Polygons:
        """Cells out to the middle of the roads around them, and on the edge of the town out to the last plots."""
        wards = boxes_on_map([cell.whole for cell in self.plan.cells], self.ground)
        edge = self._on_edge()
        for number in np.unique(self.register.cell[edge]):
            members = edge[self.register.cell[edge] == number]
            wards[number] = shapely.union_all([wards[number], *self.shapes[members]])
        return wards

    def _on_edge(self) -> Ints:
        """Plots with a corner on the edge of the plan."""
        box, rings = self.plan.box, self.plots.rings
        u, v = rings.corners[:, 0], rings.corners[:, 1]
        outer = (u == box.west) | (u == box.east) | (v == box.south) | (v == box.north)
        return np.flatnonzero(np.logical_or.reduceat(outer, rings.starts[:-1]))


def _densified(points: Floats, step: float) -> Floats:
    parts = []
    for a, b in pairwise(points):
        n = max(1, int(np.hypot(*(b - a)) / step))
        parts.append(a + (b - a) * np.linspace(0.0, 1.0, n, endpoint=False)[:, None])
    return np.concatenate([*parts, points[-1:]])


def town_of(parcels: int, *, seed: int) -> Town:
    """A town of that many plots, give or take three in a hundred."""
    plan, ground, plots = _fitted(parcels, seed)
    mesh = noded(plots.rings, paths=_paths(plan))
    positions = mesh.on_map(ground)
    sides = shared_sides(mesh)
    faults, at = faults_among(sides, mesh, positions, share=FAULTY, seed=seed)
    shapes = polygons_of(mesh, positions, faults, at)
    metric = int(place_facts()["jurisdiction"]["metric"])
    register = register_of(plan, plots, shapes, metric=metric, seed=seed)
    return Town(
        seed=seed,
        plan=plan,
        ground=ground,
        plots=plots,
        shapes=shapes,
        faults=faults,
        sides=len(sides.at),
        register=register,
    )


def _fitted(parcels: int, seed: int) -> tuple[Plan, Ground, Plots]:
    """The plan whose number of plots comes closest among some sizes; a tenth more ground is not a tenth more plots.

    In a big town one main road more changes thousands of plots at once, so what size cannot reach another outline may.
    """
    gross, best = 620.0 if parcels < 20_000 else 483.0, None
    for turn in range(12):
        aspect = OUTLINES[turn // 4] if parcels >= 50_000 else ASPECT
        plan, ground = survey(parcels, gross=gross, seed=seed, aspect=aspect)
        plots = plots_of(plan, seed=seed)
        miss = abs(len(plots) / parcels - 1.0)
        if best is None or miss < best[0]:
            best = miss, plan, ground, plots
        if miss <= (0.01 if parcels < 50_000 else 0.02):
            break
        gross *= (parcels / len(plots)) ** (1.0 if turn < 3 else 0.6)
    assert best is not None
    return best[1], best[2], best[3]


def _paths(plan: Plan) -> Ints:
    """Boxes of the narrow ways of a plan."""
    boxes = [c.box for c in plan.corridors if min(c.box.wide, c.box.deep) <= NARROW]
    return np.array([(b.west, b.south, b.east, b.north) for b in boxes], dtype=np.int64).reshape(-1, 4)


def metres(box: Box) -> tuple[float, float, float, float]:
    """A box in metres of the plan: west, south, east, north."""
    return box.west / CM, box.south / CM, box.east / CM, box.north / CM
