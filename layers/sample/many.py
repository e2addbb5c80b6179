"""Restrictions by the thousand, for benchmarks: uneven patches and winding strips, some with thousands of corners.

In: the town, how many polygons.  Out: sheets of thirty layers that together hold exactly that many.
"""

import numpy as np
import shapely

from layers.sample.ground import Floats
from layers.sample.names import Name
from layers.sample.shapes import Polygons
from layers.sample.sheets import Origin, Sheet
from layers.sample.town import Town

# Layers and how common their features are; those whose law looks far around stay rare, or every plot would be in them.
COMMON: dict[str, float] = {
    "planning_scheme": 2, "road_widening": 8, "paddy_data_bank": 16, "unnotified_land": 12, "acquisition": 4,
    "puramboke": 10, "assigned_land": 8, "crz_zone": 4, "crz_islands": 0.4, "crz_ia": 1, "crz_mangrove": 1,
    "crz_ib_iv": 3, "crz_pokkali": 3, "water_body": 12, "wg_esa": 1, "esz": 1, "flood": 8, "landslide_wayanad": 0.2,
    "landslide_munnar": 2, "railway": 0.6, "railway_tower": 0.4, "airport_height": 3, "nh_line": 1, "defence": 0.4,
    "security_zone": 0.6, "asi_monument": 0.2, "heritage": 1, "pipeline": 2, "burial": 2, "quarry": 1,
}  # fmt: skip
MOST_CORNERS = 6_000
LABEL = Name("Restriction for measuring speed", "വേഗം അളക്കാനുള്ള നിയന്ത്രണം")


def many_sheets(town: Town, wanted: int) -> list[Sheet]:
    """That many polygons in thirty layers."""
    rng = np.random.default_rng([town.seed, 11])
    corners = np.clip(10 ** rng.normal(2.0, 0.5, wanted), 8, MOST_CORNERS).astype(np.int64) // 2 * 2
    corners[: max(1, wanted // 2_000)] = MOST_CORNERS
    share = np.array(list(COMMON.values()))
    counts = np.maximum(1, np.floor(share / share.sum() * wanted)).astype(np.int64)
    counts[np.argmax(counts)] += wanted - counts.sum()
    middles = town.ground.on_map(rng.uniform((0.0, 0.0), (town.width, town.height), (wanted, 2)))
    corners = corners[rng.permutation(wanted)]
    shapes = np.array(
        [_shape(rng, middle, int(n)) for middle, n in zip(middles, corners, strict=True)], dtype=object
    )
    ends = np.cumsum(counts)
    return [
        _sheet(layer, shapes[end - count : end], number)
        for number, (layer, count, end) in enumerate(zip(COMMON, counts, ends, strict=True))
    ]


def _sheet(layer: str, shapes: Polygons, number: int) -> Sheet:
    origin = Origin(
        layer=layer,
        publisher=f"Synthetic office {number + 1}",
        dated=f"20{10 + number % 15}-0{1 + number % 9}-15",
        valid_from=f"20{5 + number % 15:02d}-01-01",
        holds="polygon",
        accuracy=(0.5, 2.0, 5.0, 12.5)[number % 4],
        basis="for measuring speed (invented)",
        coverage="town",
    )
    columns = {"name": [LABEL.en] * len(shapes), "name_ml": [LABEL.ml] * len(shapes)}
    return Sheet(stem=layer, origin=origin, shapes=shapes, columns=columns)


def _shape(rng: np.random.Generator, middle: Floats, n: int) -> shapely.Polygon:
    ring = _strip(rng, n - 1) if rng.random() < 0.25 else _patch(rng, n - 1)
    return shapely.Polygon(np.round(ring + middle, 3))


def _patch(rng: np.random.Generator, n: int) -> Floats:
    """An uneven patch around its middle, finer in outline the more corners it has."""
    turn = np.linspace(0.0, 2 * np.pi, n, endpoint=False)
    waves = np.unique(np.geomspace(2, max(3, n // 8), 7).astype(np.int64))
    reach = np.ones(n)
    for k, phase in zip(waves, rng.uniform(0, 2 * np.pi, len(waves)), strict=True):
        reach += 0.35 / len(waves) * 1.6 * np.sin(k * turn + phase) / np.sqrt(k / 2)
    return np.asarray((9.0 * n**0.55 * reach)[:, None] * np.column_stack([np.cos(turn), np.sin(turn)]))


def _strip(rng: np.random.Generator, n: int) -> Floats:
    """A winding strip, as along a river or a line, walked up one side and down the other."""
    half, length = rng.uniform(6.0, 30.0), 4.0 * n
    along = np.linspace(-length / 2, length / 2, n // 2)
    bend, reach = rng.uniform(700.0, 1500.0), rng.uniform(20.0, 60.0)
    k = 2 * np.pi / bend
    slope = reach * k * np.cos(k * along)
    line = np.column_stack([along, reach * np.sin(k * along)])
    off = half * np.column_stack([-slope, np.ones_like(slope)]) / np.hypot(1.0, slope)[:, None]
    ring = np.concatenate([line + off, (line - off)[::-1]])
    heading = rng.uniform(0.0, np.pi)
    turn: Floats = np.array([[np.cos(heading), np.sin(heading)], [-np.sin(heading), np.cos(heading)]])
    return np.asarray(ring @ turn)
