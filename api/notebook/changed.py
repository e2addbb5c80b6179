"""What changed in a layer between two days: features that are new, gone or altered, the ground of each, and the plots on it.

In: the layer on both days as tables, as it is known now.  Out: a row for each feature that differs.  Features are the same where their reference is,
or else their shape.  A feature that is first told by data which themselves begin between the two days may have been there before: it is told apart as
newly known.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely

from api.planner.hands import ALONE, Hands
from api.planner.tracts import in_pieces
from gis.geometry import ground_areas, ground_length

NEW, GONE, ALTERED, NEWLY_KNOWN = "new", "gone", "altered", "newly known"
LEAST = 0.01
"""m² or metres below which a shape has not changed, and a plot is not touched."""
OF_TIME = frozenset({"id", "valid_from", "valid_to", "geometry", "known_from"})
"""Columns that tell since when a row holds, not what it says."""
NAMES = ("ref", "number")
"""Columns that name a feature, or a plot."""
COLUMNS = ("change", "ref", "label", "was", "differs", "before", "after", "gained", "lost")
PAIRS, PLOTS, SHARED_FROM = 500, 5_000, 20_000
"""Features that differ, and plots, that are laid over each other together; from how many on other hands are worth what it takes to begin on them."""
Pair = tuple[int | None, int | None]
"""A feature by its rows on both days."""
CAVEAT = (
    "As known now: what was corrected since is told as corrected. “Newly known” stands in data that begin between the two days, "
    "so whether it was there before is not known."
)


def changed(
    before: geopandas.GeoDataFrame,
    after: geopandas.GeoDataFrame,
    *,
    metric: int,
    begun: Collection[date] = (),
    hands: Hands = ALONE,
) -> geopandas.GeoDataFrame:
    """A row for each feature that is not the same on both days; `begun` are the days on which data of the layer begin after the first.

    `before`, `after`, `gained` and `lost` are m² on the ground (metres of lines, nothing for points); the geometry is the ground that differs:
    all of a feature that is new, gone or says something else, else what its shape gained or lost.
    """
    is_same = _sameness(before, after)
    pairs = [
        (old, new)
        for old, new in _pairs(before, after)
        if old is None or new is None or not is_same(old, new)
    ]
    pieces = (_differing_pair(before, after, some) for some in in_pieces(pairs, PAIRS))
    several = hands.for_many(len(pairs), SHARED_FROM)
    told = several.each(_rows, pieces, begun_with=(_begin_changes, (metric, tuple(begun))))
    shown = [row for some in told for row in some]
    table = pd.DataFrame(shown, columns=[*COLUMNS, "geometry"])
    figures = ["before", "after", "gained", "lost"]
    table[figures] = table[figures].astype(float)
    found = geopandas.GeoDataFrame(table, geometry="geometry", crs=after.crs)
    return found.sort_values(["change", "ref"], kind="stable").reset_index(drop=True)


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """Features that may have changed, on both days, and which rows are one feature."""

    before: geopandas.GeoDataFrame
    after: geopandas.GeoDataFrame
    pairs: list[Pair]


def _differing_pair(
    before: geopandas.GeoDataFrame, after: geopandas.GeoDataFrame, pairs: list[Pair]
) -> _Piece:
    """The rows of some pairs alone, so that no more than these go to another process."""
    old, new = ([each[side] for each in pairs if each[side] is not None] for side in (0, 1))
    places = [{row: place for place, row in enumerate(rows)} for rows in (old, new)]
    own = [
        (None if one is None else places[0][one], None if other is None else places[1][other])
        for one, other in pairs
    ]
    return _Piece(before=before.iloc[old], after=after.iloc[new], pairs=own)


_METRIC: list[tuple[int, Collection[date]]] = []
"""With what a process that compares features was begun: the metric system, and days on which data begin."""


def _begin_changes(metric: int, begun: Collection[date]) -> None:
    _METRIC[:] = [(metric, begun)]


def _rows(piece: _Piece) -> list[dict[str, Any]]:
    found = (_row(piece.before, piece.after, old, new, *_METRIC[0]) for old, new in piece.pairs)
    return [row for row in found if row is not None]


def _pairs(before: geopandas.GeoDataFrame, after: geopandas.GeoDataFrame) -> list[Pair]:
    """Rows that are one feature: by reference where it is one on both days, then by the same shape; the rest is gone or new."""
    left, right = set(range(len(before))), set(range(len(after)))
    found: list[Pair] = []
    for keys in (_refs, _shapes):
        old, new = _single(keys(before), left), _single(keys(after), right)
        for key in [key for key in old if key in new]:
            found.append((old[key], new[key]))
            left.discard(old[key])
            right.discard(new[key])
    return [*found, *((row, None) for row in sorted(left)), *((None, row) for row in sorted(right))]


def _sameness(before: geopandas.GeoDataFrame, after: geopandas.GeoDataFrame) -> Callable[[int, int], bool]:
    """Whether a row of one day says and covers exactly what a row of the other does; most do, and nothing is reckoned of them."""
    names = list(dict.fromkeys([*_telling(before), *_telling(after)]))
    said = [
        list(_plain(pd.DataFrame(frame).reindex(columns=names)).itertuples(index=False, name=None))
        for frame in (before, after)
    ]
    shapes = [_shapes(frame) for frame in (before, after)]
    return lambda old, new: shapes[0][old] == shapes[1][new] and said[0][old] == said[1][new]


def _telling(frame: geopandas.GeoDataFrame) -> list[str]:
    return [str(name) for name in frame.columns if name not in OF_TIME and name not in NAMES]


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with None for what is missing, which is equal to itself."""
    return frame.astype(object).where(frame.notna(), None)


def _refs(frame: geopandas.GeoDataFrame) -> list[object]:
    name = next((each for each in NAMES if each in frame), None)
    return [None] * len(frame) if name is None else [each or None for each in frame[name]]


def _shapes(frame: geopandas.GeoDataFrame) -> list[object]:
    return list(shapely.to_wkb(shapely.normalize(frame.geometry.to_numpy())))


def _single(keys: Sequence[object], rows: set[int]) -> dict[object, int]:
    """The rows whose key no other row has."""
    found: dict[object, list[int]] = {}
    for row in rows:
        if keys[row] is not None:
            found.setdefault(keys[row], []).append(row)
    return {key: there[0] for key, there in found.items() if len(there) == 1}


def _row(
    before: geopandas.GeoDataFrame,
    after: geopandas.GeoDataFrame,
    old: int | None,
    new: int | None,
    metric: int,
    begun: Collection[date],
) -> dict[str, Any] | None:
    was = None if old is None else before.iloc[old]
    now = None if new is None else after.iloc[new]
    shape_was, shape_now = (None if each is None else each.geometry for each in (was, now))
    gained = shape_now if shape_was is None else _beyond(shape_now, shape_was)
    lost = shape_was if shape_now is None else _beyond(shape_was, shape_now)
    more, less = measure(gained, metric), measure(lost, metric)
    said = [] if was is None or now is None else _differing(was, now)
    moved = _has_moved(shape_was, shape_now, more, less)
    if was is not None and now is not None and not said and not moved:
        return None
    there = [each for each in (shape_was, shape_now) if each is not None]
    ground = [each for each in (gained, lost) if each is not None] if moved and not said else there
    change = _change(was, now, begun)
    return {
        "change": change,
        "ref": next(filter(None, (_word(now if now is not None else was, name) for name in NAMES)), None),
        "label": _word(now, "label"),
        "was": _word(was, "label"),
        "differs": ", ".join([*said, *(["shape"] if moved and was is not None and now is not None else [])]),
        "before": measure(shape_was, metric),
        "after": measure(shape_now, metric),
        "gained": more,
        "lost": less,
        "geometry": shapely.union_all(ground),
    }


def _change(was: Any, now: Any, begun: Collection[date]) -> str:
    if now is None:
        return GONE
    if was is not None:
        return ALTERED
    since = now.get("valid_from")
    day = None if since is None or pd.isna(since) else pd.Timestamp(since).date()
    return NEWLY_KNOWN if day in set(begun) else NEW


def _has_moved(was: Any, now: Any, more: float | None, less: float | None) -> bool:
    if was is None or now is None:
        return False
    if more is None or less is None:
        return not shapely.equals(was, now)
    return max(more, less) >= LEAST


def _beyond(one: Any, other: Any) -> Any:
    """What of a shape is not in another; nothing for no shape, all of a point that is elsewhere."""
    if one is None or other is None:
        return None
    return shapely.difference(one, other)


def measure(shape: Any, metric: int) -> float | None:
    """m² on the ground of areas, metres of lines; None for points, 0 for nothing."""
    if shape is None or shape.is_empty:
        return 0.0
    dimension = int(shapely.get_dimensions(shape))
    if dimension == 2:
        areas = [
            part for part in shapely.get_parts(shape) if shapely.get_dimensions(part) == 2 and part.area > 0
        ]
        return float(ground_areas(np.array(areas, dtype=object), metric).sum()) if areas else 0.0
    return float(ground_length(shape, metric)) if dimension == 1 else None


def _differing(was: Any, now: Any) -> list[str]:
    """The columns that say something else."""
    names = [name for name in now.index if name not in OF_TIME and name not in NAMES]
    names += [
        name for name in was.index if name not in OF_TIME and name not in NAMES and name not in now.index
    ]
    return [str(name) for name in names if not _is_same(was.get(name), now.get(name))]


def _is_same(one: Any, other: Any) -> bool:
    missing = [
        each is None or (isinstance(each, float) and np.isnan(each)) or each is pd.NaT
        for each in (one, other)
    ]
    return all(missing) if any(missing) else bool(one == other)


def _word(row: Any, name: str) -> str | None:
    value = None if row is None else row.get(name)
    return None if value is None or pd.isna(value) else str(value)


def touched(
    plots: geopandas.GeoDataFrame,
    changes: geopandas.GeoDataFrame,
    *,
    metric: int,
    hands: Hands = ALONE,
) -> geopandas.GeoDataFrame:
    """A row for each plot and change on it: m² on the ground and percent of the plot, or metres of a line; nothing for points.

    `place` is the row of the change.
    """
    told = plots[["number", "measured_area", plots.geometry.name]]
    pieces = (told.iloc[first : first + PLOTS] for first in range(0, max(len(told), 1), PLOTS))
    several = hands.for_many(len(told), SHARED_FROM)
    parts = list(several.each(_touched, pieces, begun_with=(_begin_touched, (changes, metric))))
    found = geopandas.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=plots.crs)
    return found.sort_values(["number", "ref"], kind="stable").reset_index(drop=True)


_CHANGES: list[tuple[geopandas.GeoDataFrame, shapely.STRtree, int]] = []
"""With what a process that lays plots over changes was begun: the changes, where they lie, the metric system."""


def _begin_touched(changes: geopandas.GeoDataFrame, metric: int) -> None:
    _CHANGES[:] = [(changes, shapely.STRtree(changes.geometry.to_numpy()), metric)]


def _touched(plots: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    changes, tree, metric = _CHANGES[0]
    there = changes.geometry.to_numpy()
    on_plot, by_change = tree.query(plots.geometry.to_numpy(), predicate="intersects")
    shared = shapely.intersection(plots.geometry.to_numpy()[on_plot], there[by_change])
    amounts = [_shared(part, whole, metric) for part, whole in zip(shared, there[by_change], strict=True)]
    is_on = np.array([amount is None or amount >= LEAST for amount in amounts], dtype=bool)
    told = plots.iloc[on_plot[is_on]][["number", "measured_area"]].reset_index(drop=True)
    what = changes.iloc[by_change[is_on]][["change", "ref", "label", "was", "differs"]].reset_index(drop=True)
    what["place"] = by_change[is_on]
    rows: Mapping[str, Any] = {"amount": [amount for amount, on in zip(amounts, is_on, strict=True) if on]}
    table = pd.concat([told, what, pd.DataFrame(rows, dtype=float)], axis=1)
    is_area = np.array([shapely.get_dimensions(each) == 2 for each in there[by_change[is_on]]], dtype=bool)
    table["percent"] = np.where(is_area, 100 * table["amount"] / table["measured_area"], np.nan)
    return geopandas.GeoDataFrame(table, geometry=shared[is_on], crs=plots.crs)


def _shared(part: Any, whole: Any, metric: int) -> float | None:
    """How much of a plot a change lies on; a boundary that only meets it shares nothing."""
    dimension = int(shapely.get_dimensions(whole))
    if dimension == 0:
        return None
    return measure(part, metric) if int(shapely.get_dimensions(part)) == dimension else 0.0
