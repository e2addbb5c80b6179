"""The ground of the sample: from a straight-lined plan to bent lines on the map, and how high it is there.

In: points of the plan (metres east of the coast and north of the town's southern edge).  Out: points in the metric
system of `place.yaml`, or heights in metres.  The map from plan to ground is smooth and one-to-one, so that whatever
tiles the plan tiles the ground.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Wave length and amplitude in metres, from the bends of a road down to the crooked side of a plot.  The sum of
# 2 pi amplitude / length stays below 1, so nothing folds over.
WAVES = (
    (2600.0, 21.0), (2100.0, 17.0), (900.0, 17.0), (760.0, 14.0), (310.0, 4.5),
    (270.0, 3.5), (110.0, 2.4), (83.0, 1.8), (37.0, 0.45), (23.0, 0.25),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class River:
    """A river of the plan: where its middle runs, how wide it is, how it swells and bends."""

    middle: float
    half: float
    phase: float

    def shift(self, u: Floats, v: Floats) -> Floats:
        """Metres by which the river and its neighbourhood are pushed north."""
        off = v - self.middle
        near = np.exp(-((off / 130.0) ** 2))
        swell = 0.16 * np.sin(u / 143.0 + self.phase) * off * near
        bend = 46.0 * np.sin(u / 190.0 + 1.7 * self.phase) * np.exp(-((off / 360.0) ** 2))
        return np.asarray(swell + bend)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A town of a given size: how its plan lies on the ground, and its relief."""

    width: float
    height: float
    rivers: tuple[River, ...]
    seed: int

    @cached_property
    def _waves(self) -> Floats:
        rng = np.random.default_rng([self.seed, 1])
        turns = rng.uniform(0.0, 2 * np.pi, (len(WAVES), 3))
        return np.column_stack([np.array(WAVES), turns])

    def on_map(self, plan: Floats) -> Floats:
        """Points of the plan as eastings and northings."""
        u, v = plan[:, 0], plan[:, 1]
        du, dv = np.zeros_like(u), np.zeros_like(v)
        for length, amplitude, heading, direction, phase in self._waves:
            k = 2 * np.pi / length
            wave = amplitude * np.sin(k * (np.cos(heading) * u + np.sin(heading) * v) + phase)
            du += np.cos(direction) * wave
            dv += np.sin(direction) * wave
        for river in self.rivers:
            dv += river.shift(u, v)
        return self._placed(u + du, v + dv)

    def _placed(self, east: Floats, north: Floats) -> Floats:
        place = place_facts()
        turn = np.radians(float(place["turn_degrees"]))
        x0, y0 = (float(value) for value in place["origin"])
        x = x0 + np.cos(turn) * east - np.sin(turn) * north
        y = y0 + np.sin(turn) * east + np.cos(turn) * north
        return np.column_stack([x, y])

    def in_plan(self, ground: Floats, *, rounds: int = 12) -> Floats:
        """The plan points that lie at positions of the map, to some centimetres (fixed-point search)."""
        turn = np.radians(float(place_facts()["turn_degrees"]))
        x0, y0 = (float(value) for value in place_facts()["origin"])
        x, y = ground[:, 0] - x0, ground[:, 1] - y0
        straight = np.column_stack(
            [np.cos(turn) * x + np.sin(turn) * y, -np.sin(turn) * x + np.cos(turn) * y]
        )
        plan = straight.copy()
        for _ in range(rounds):
            error = self.on_map(plan) - ground
            plan[:, 0] -= np.cos(turn) * error[:, 0] + np.sin(turn) * error[:, 1]
            plan[:, 1] -= -np.sin(turn) * error[:, 0] + np.cos(turn) * error[:, 1]
        return plan

    def surface(self, plan: Floats) -> Floats:
        """Height above mean sea level: a flat coast, laterite rises inland, river valleys, and one steep hill."""
        u, v = plan[:, 0], plan[:, 1]
        inland = np.clip(u, 0.0, None)
        rise = 1.2 + 2.2 * np.exp(-(((u - 30.0) / 35.0) ** 2)) + 26.0 * (1.0 - np.exp(-inland / 2500.0))
        knolls = (
            (1.0 - np.exp(-inland / 900.0)) * 7.0 * (1.0 + np.sin(u / 171.0 + 0.4) * np.cos(v / 143.0 + 1.1))
        )
        height = rise + knolls + self._hill(u, v)
        for river in self.rivers:
            valley = np.exp(-(((v - river.middle) / 190.0) ** 2))
            height = height * (1.0 - 0.93 * valley) + (0.4 + inland / 2000.0) * valley
            bed = np.exp(-(((v - river.middle) / (0.8 * river.half)) ** 4))
            height = height - 2.5 * bed
        return np.where(u < 0.0, np.maximum(-12.0, u / 60.0), np.maximum(height, -1.5))

    @property
    def hill(self) -> tuple[float, float]:
        """Top of the steep hill, in the plan."""
        return self.width - 210.0, 0.13 * self.height

    def _hill(self, u: Floats, v: Floats) -> Floats:
        top_u, top_v = self.hill
        du, dv = u - top_u, v - top_v
        away = np.hypot(du, dv)
        facing = np.arctan2(dv, du)
        # The western face is an old laterite cutting: its edge falls over some metres, the others over a hundred.
        softness = 13.0 + 75.0 * (0.5 + 0.5 * np.cos(facing)) ** 0.6
        return np.asarray(88.0 / (1.0 + np.exp(np.clip((away - 105.0) / softness, -50.0, 50.0))))


@lru_cache(maxsize=1)
def place_facts() -> dict[str, Any]:
    """What `place.yaml` says, every value as text."""
    content = files("layers.sample").joinpath("place.yaml").read_text(encoding="utf-8")
    return dict(yaml.load(content, Loader=yaml.BaseLoader))
