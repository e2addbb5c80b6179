"""What a study found, in counts and sums, and on a map.

In: a row for each plot and for each permit, the file of the plots.  Out: plain values for the report; GeoJSON for the map and a small drawing.
Pure.
"""

import io
import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas
import orjson
import pandas as pd
import shapely

from civic.core.outline import Sketch, sketch
from civic.reforms.room import Row
from civic.reforms.rows import UNCHANGED

EFFECTS = ("gains", "becomes buildable", "loses", "becomes unbuildable", "same", "cannot be told")
PERMIT_EFFECTS = ("newly fails", "newly cannot be told", "no longer fails", "same", "cannot be judged")
BARS = 12
"""Bars of a distribution, at most about."""
FINEST = 0.01
"""m²: areas are told no finer."""
MOST_DRAWN = 2000
"""Plots of a drawing; more are shown on the map alone."""
MOST_MAPPED = 20_000
"""Plots of a map; of more only those that change are shown."""
DECIMALS = 6
"""Of a degree: a decimetre."""
DEGREE = 111_320.0
"""Metres of a degree along a meridian, near enough for a drawing."""


def summary(plots: Iterable[Row], permits: Iterable[Row]) -> dict[str, Any]:
    """Counts and sums of a study; plots are asked for one by one, then permits, and none is kept."""
    sums = Sums()
    for each in plots:
        sums.add(each)
    return sums.told() | _of_permits(list(permits))


class Sums:
    """What plots add up to, one after the other."""

    def __init__(self) -> None:
        self.plots = self.redrawn = self.use_lost = self.use_won = 0
        self.effects: Counter[str] = Counter()
        self.deciders: dict[str, Counter[str]] = {"before": Counter(), "after": Counter()}
        self.hundredths: Counter[str] = Counter()
        self.changes = array("d")
        """m², of the plots that can be told both before and after: eight bytes for each."""

    def add(self, row: Row) -> None:
        """Another plot."""
        self.plots += 1
        self.effects[str(row["effect"])] += 1
        for side, counts in self.deciders.items():
            if decider := row[f"decider_{side}"]:
                counts[str(decider)] += 1
        change = _number(row["floor_area_change"])
        if change is not None:
            self.changes.append(change)
            for name in ("floor_area_before", "floor_area_after", "floor_area_change"):
                self.hundredths[name] += round((_number(row[name]) or 0.0) * 100)
        self.redrawn += bool(row.get("redrawn"))
        use = row.get("use_permitted_before"), row.get("use_permitted_after")
        self.use_lost += use == (True, False)
        self.use_won += use == (False, True)

    def told(self) -> dict[str, Any]:
        """Counts, m² of floor area before and after, what decides, bars of the changes."""
        area = {name.rpartition("_")[2]: hundredths / 100 for name, hundredths in self.hundredths.items()}
        return {
            "plots": self.plots,
            "effects": _in_order(self.effects, EFFECTS),
            "floor_area": {"told": len(self.changes), "before": 0.0, "after": 0.0, "change": 0.0} | area,
            "deciders": self._deciders(),
            "distribution": distribution([each for each in self.changes if each]),
            "redrawn": self.redrawn,
            "use_lost": self.use_lost,
            "use_won": self.use_won,
        }

    def _deciders(self) -> list[dict[str, Any]]:
        """What decides, and on how many plots before and after; the most frequent first."""
        before, after = self.deciders["before"], self.deciders["after"]
        names = sorted({*before, *after}, key=lambda name: (-before[name] - after[name], name))
        return [{"decider": name, "before": before[name], "after": after[name]} for name in names]


def _number(amount: object) -> float | None:
    return None if amount is None else float(str(amount))


def _of_permits(permits: Sequence[Row]) -> dict[str, Any]:
    return {
        "permits": len(permits),
        "permit_effects": _in_order(Counter(str(each["effect"]) for each in permits), PERMIT_EFFECTS),
        "permit_rules": _rules(permits),
    }


def _in_order(counts: Counter[str], order: Sequence[str]) -> dict[str, int]:
    return {each: counts[each] for each in order if counts[each]}


def _rules(permits: Sequence[Row]) -> list[dict[str, Any]]:
    """The rules that permits would newly fail, each with the number of permits; the most frequent first."""
    counts: Counter[str] = Counter()
    names: dict[str, Mapping[str, Any]] = {}
    for permit in permits:
        points: Any = permit.get("fails") or ()
        for each in {point["rule"]: point for point in points}.values():
            counts[each["rule"]] += 1
            names[each["rule"]] = each
    return [
        {"rule": rule, "title": names[rule]["title"], "title_ml": names[rule]["title_ml"], "permits": count}
        for rule, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    ]


def distribution(values: Sequence[float]) -> list[dict[str, Any]]:
    """How many plots change by how much (m²), in bars of one width that begin at zero."""
    if not values:
        return []
    width = max(FINEST, _round_number((max(0.0, *values) - min(0.0, *values)) / BARS))
    counts = Counter(math.floor(round(each / width, 9)) for each in values)
    return [
        {"from": round(bar * width, 2), "to": round((bar + 1) * width, 2), "plots": counts[bar]}
        for bar in range(min(counts), max(counts) + 1)
    ]


def _round_number(width: float) -> float:
    """The next 1, 2 or 5 with noughts."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= width * 0.999999)


def on_the_map(content: bytes) -> bytes:
    """The plots of a GeoParquet file as GeoJSON, with number, effect and change; of very many only those that change."""
    frame = _shaped(content)
    if len(frame) > MOST_MAPPED:
        frame = frame[frame["effect"] != UNCHANGED]
    shapes = shapely.transform(frame.geometry.to_numpy(), lambda xy: xy.round(DECIMALS))
    columns = zip(frame["number"], frame["effect"], frame["floor_area_change"], strict=True)
    features = [
        {
            "type": "Feature",
            "properties": {
                "number": number,
                "effect": effect.replace(" ", "_"),
                "change": None if pd.isna(change) else round(float(change), 2),
            },
            "geometry": orjson.Fragment(shape),
        }
        for shape, (number, effect, change) in zip(shapely.to_geojson(shapes), columns, strict=True)
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def as_sketch(content: bytes) -> Sketch | None:
    """The plots of a GeoParquet file as a small drawing, north up; None where they are too many for one."""
    frame = _shaped(content)
    if frame.empty or len(frame) > MOST_DRAWN:
        return None
    south, north = frame.total_bounds[1], frame.total_bounds[3]
    east_west = DEGREE * math.cos(math.radians((south + north) / 2.0))
    metres = shapely.transform(frame.geometry.to_numpy(), lambda xy: xy * (east_west, DEGREE))
    effects = (each.replace(" ", "_") for each in frame["effect"])
    return sketch(list(zip(frame["number"], effects, metres, strict=True)))


def _shaped(content: bytes) -> geopandas.GeoDataFrame:
    frame = geopandas.read_parquet(io.BytesIO(content))
    return frame[frame.geometry.notna() & ~frame.geometry.is_empty]
