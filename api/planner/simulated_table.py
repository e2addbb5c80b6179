"""A tract before and after as a table, reckoned column by column: what `api.planner.simulating` says of each plot, without a value for each.

In: a tract and what its plots can carry by two laws.  Out: a GeoDataFrame in metres of the place, with the columns of `api.planner.simulating.row_of`.
"""

import geopandas
import numpy as np
import pandas as pd

from api.planner.effects import NOT_KNOWN, Effect
from api.planner.weighing import Weighed
from layers.tracts.frames import Frames
from layers.tracts.model import Floats, Texts, Tract
from rules.envelopes.search import CODES
from rules.envelopes.several import HUNDRED, Carried

NAMES = np.array([*map(str, CODES), None], dtype=object)
"""What decides, by code; the last for nothing."""


def table(tract: Tract, weighed: Weighed) -> geopandas.GeoDataFrame:
    """A row for each plot: effect, m² and storeys before and after, what decides, the change of floor area, the reason, the plot."""
    before, after = weighed.carried
    effect = effects(before, after)
    is_unknown = effect == str(Effect.UNKNOWN)
    reason = [
        said or (NOT_KNOWN if unknown else None)
        for said, unknown in zip(weighed.reason, is_unknown, strict=True)
    ]
    shapes = Frames(east=tract.east, north=tract.north, scale=tract.scale).to_grid(tract.boundary)
    columns = {
        "number": pd.array(tract.number, dtype="string"),
        "effect": pd.array(effect, dtype="string"),
        **_side(before, "before"),
        **_side(after, "after"),
        "floor_area_change": np.rint((after.floor - before.floor) * HUNDRED) / HUNDRED,
        "reason": pd.array(reason, dtype="string"),
    }
    return geopandas.GeoDataFrame(columns, geometry=shapes, crs=f"EPSG:{tract.metric}")


def effects(before: Carried, after: Carried) -> Texts:
    """What the change of floor area, and where it is alike of the ground, means for each plot."""
    old, new = before.floor, after.floor
    known = np.isfinite(old) & np.isfinite(new)
    is_more = (new > old) | ((new == old) & (_or_nothing(after.ground) > _or_nothing(before.ground)))
    is_less = (new < old) | ((new == old) & (_or_nothing(after.ground) < _or_nothing(before.ground)))
    found: Texts = np.select(
        [~known, (old > 0) & (new == 0), (old == 0) & (new > 0), is_more, is_less],
        [
            str(Effect.UNKNOWN),
            str(Effect.UNBUILDABLE),
            str(Effect.BUILDABLE),
            str(Effect.GAINS),
            str(Effect.LOSES),
        ],
        default=str(Effect.SAME),
    ).astype(object)
    return found


def _or_nothing(ground: Floats) -> Floats:
    return np.nan_to_num(ground, nan=0.0)


def _side(found: Carried, name: str) -> dict[str, object]:
    is_unknown = found.decider < 0
    return {
        f"ground_{name}": found.ground,
        f"floor_area_{name}": found.floor,
        f"storeys_{name}": pd.arrays.IntegerArray(found.storeys.astype(np.int64), is_unknown),
        f"decider_{name}": pd.array(NAMES[found.decider], dtype="string"),
    }
