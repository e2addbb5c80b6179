"""Buildings of the sample: a house on most dry plots, shops along the main roads, a few drawn across the boundary.

In: the town.  Out: footprints in the metric system with storeys and use, and the plot each was meant for.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from layers.sample.blocks import CM, Kind
from layers.sample.ground import Floats, Ints
from layers.sample.plots import Form
from layers.sample.shapes import Polygons
from layers.sample.town import Town


@dataclass(frozen=True, kw_only=True)
class Buildings:
    """Footprints and what the building register says of them."""

    shapes: Polygons
    plot: Ints
    storeys: Ints
    use: Ints
    """0 residential, 1 mercantile, 2 office, 3 educational, 4 assembly, 5 storage."""
    crossing: npt.NDArray[np.bool_]
    """Drawn across the boundary of the plot on purpose."""


def buildings_of(town: Town) -> Buildings:
    """Footprints on about 60 % of the dry plots, squared to the plot's front."""
    rng = np.random.default_rng([town.seed, 7])
    plot = _chosen(town, rng)
    crossing = rng.random(len(plot)) < 0.012
    shapes = _footprints(town, plot, crossing, rng)
    use = _uses(town, plot, rng)
    storeys = 1 + (rng.random(len(plot)) < 0.46) + (rng.random(len(plot)) < 0.05)
    tall = (use != 0) & (rng.random(len(plot)) < 0.25)
    storeys[tall] += rng.integers(1, 5, int(tall.sum()))
    return Buildings(shapes=shapes, plot=plot, storeys=storeys, use=use, crossing=crossing)


def _chosen(town: Town, rng: np.random.Generator) -> Ints:
    land, room = town.register.land_type, town.plots.room
    big_enough = (room[:, 2] - room[:, 0] >= 600) & (room[:, 3] - room[:, 1] >= 600)
    share = np.where(land == 0, 0.63, np.where(land == 2, 0.16, np.where(land == 1, 0.02, 0.0)))
    return np.flatnonzero(big_enough & (rng.random(len(land)) < share))


def _footprints(
    town: Town, plot: Ints, crossing: npt.NDArray[np.bool_], rng: np.random.Generator
) -> Polygons:
    n = len(plot)
    room = town.plots.room[plot] / CM
    level = np.isin(town.plots.facing[plot], (0, 2))
    front = np.where(level, room[:, 2] - room[:, 0], room[:, 3] - room[:, 1])
    depth = np.where(level, room[:, 3] - room[:, 1], room[:, 2] - room[:, 0])
    wide = np.minimum(front * rng.uniform(0.5, 0.72, n), rng.uniform(8.0, 14.0, n))
    deep = np.minimum(depth * rng.uniform(0.36, 0.55, n), rng.uniform(8.0, 17.0, n))
    yard = np.minimum(rng.uniform(1.8, 6.0, n), 0.8 * (depth - deep))
    aside = (front - wide) * rng.uniform(-0.12, 0.12, n)
    aside = np.where(crossing, front / 2 * np.where(rng.random(n) < 0.5, 1, -1), aside)
    notch = np.where(rng.random(n) < 0.4, rng.uniform(0.25, 0.45, n), 0.0)
    middle, ahead = _standing(town, plot, room, level, yard + deep / 2, depth)
    return _squared(middle, ahead, wide * 0.94, deep * 0.94, aside, notch)


def _standing(
    town: Town, plot: Ints, room: Floats, level: npt.NDArray[np.bool_], back: Floats, depth: Floats
) -> tuple[Floats, Floats]:
    """Where the middle of each building stands on the map, and the unit vector from its front to its back."""
    facing = town.plots.facing[plot]
    inwards = np.where((facing == 0) | (facing == 1), 1.0, -1.0)
    step = inwards * (back - depth / 2)
    plan = (room[:, :2] + room[:, 2:]) / 2.0
    plan[:, 1] += np.where(level, step, 0.0)
    plan[:, 0] += np.where(level, 0.0, step)
    # Houses stand to the side boundaries, which are what the plot's depth runs along.
    reach = 2.0 * np.column_stack([np.where(level, 0.0, inwards), np.where(level, inwards, 0.0)])
    middle = town.ground.on_map(plan)
    ahead = town.ground.on_map(plan + reach) - town.ground.on_map(plan - reach)
    return middle, ahead / np.hypot(ahead[:, 0], ahead[:, 1])[:, None]


def _squared(
    middle: Floats, ahead: Floats, wide: Floats, deep: Floats, aside: Floats, notch: Floats
) -> Polygons:
    """Rectangles, some with a corner left out."""
    across = np.column_stack([ahead[:, 1], -ahead[:, 0]])
    x0, x1 = aside - wide / 2, aside + wide / 2
    y0, y1 = -deep / 2, deep / 2
    inner_x, inner_y = x1 - notch * wide, y0 + notch * deep
    path = [(x0, y0), (inner_x, y0), (inner_x, inner_y), (x1, inner_y), (x1, y1), (x0, y1), (x0, y0)]
    corners = np.stack([middle + across * x[:, None] + ahead * y[:, None] for x, y in path], axis=1)
    shapes = shapely.polygons(np.round(corners, 2))
    plain = notch == 0.0
    rectangles = np.round(corners[plain][:, [0, 1, 4, 5, 0]], 2)
    shapes[plain] = shapely.polygons(rectangles)
    return np.asarray(shapely.orient_polygons(shapes))


def _uses(town: Town, plot: Ints, rng: np.random.Generator) -> Ints:
    kinds = np.array([block.kind is Kind.CENTRE for block in town.plan.blocks])[town.plots.block[plot]]
    corner = town.plots.form[plot] == int(Form.CORNER)
    shop = rng.random(len(plot)) < np.where(kinds, 0.32, np.where(corner, 0.12, 0.02))
    return np.where(shop, rng.choice([1, 1, 1, 2, 3, 4, 5], len(plot)), 0)
