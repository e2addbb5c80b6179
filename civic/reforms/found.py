"""What a study found, in counts and sums, and its files.

In: a row for each plot and for each permit.  Out: plain values for the report; GeoParquet, CSV, GeoJSON and a small drawing.  Pure.
"""

import io
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas
import orjson
import pandas as pd
import pyarrow.parquet as pq
import shapely

from civic.core.outline import Sketch, sketch
from civic.reforms.room import Plot, Row

EFFECTS = ("gains", "becomes buildable", "loses", "becomes unbuildable", "same", "cannot be told")
PERMIT_EFFECTS = ("newly fails", "newly cannot be told", "no longer fails", "same", "cannot be judged")
UNCHANGED = "same"
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


def summary(plots: Sequence[Row], permits: Sequence[Row]) -> dict[str, Any]:
    """Counts and sums of a study."""
    changes = [
        float(str(each["floor_area_change"])) for each in plots if each["floor_area_change"] is not None
    ]
    return {
        "plots": len(plots),
        "effects": _counted((str(each["effect"]) for each in plots), EFFECTS),
        "floor_area": {
            "told": len(changes),
            "before": _total(plots, "floor_area_before"),
            "after": _total(plots, "floor_area_after"),
            "change": round(sum(changes), 2),
        },
        "deciders": _deciders(plots),
        "distribution": distribution([each for each in changes if each]),
        "redrawn": sum(1 for each in plots if each.get("redrawn")),
        "use_lost": _uses(plots, before=True),
        "use_won": _uses(plots, before=False),
        "permits": len(permits),
        "permit_effects": _counted((str(each["effect"]) for each in permits), PERMIT_EFFECTS),
        "permit_rules": _rules(permits),
    }


def _counted(found: Iterable[str], order: Sequence[str]) -> dict[str, int]:
    counts = Counter(found)
    return {each: counts[each] for each in order if counts[each]}


def _total(plots: Sequence[Row], column: str) -> float:
    """m² of the plots that can be told both before and after."""
    told = (each for each in plots if each["floor_area_change"] is not None)
    return round(sum(float(str(each[column])) for each in told), 2)


def _deciders(plots: Sequence[Row]) -> list[dict[str, Any]]:
    """What decides, and on how many plots before and after; the most frequent first."""
    before = Counter(str(each["decider_before"]) for each in plots if each["decider_before"])
    after = Counter(str(each["decider_after"]) for each in plots if each["decider_after"])
    names = sorted({*before, *after}, key=lambda name: (-before[name] - after[name], name))
    return [{"decider": name, "before": before[name], "after": after[name]} for name in names]


def _uses(plots: Sequence[Row], *, before: bool) -> int:
    """On how many plots the use was permitted and is no more, or the other way round."""
    sides = (
        ("use_permitted_before", "use_permitted_after")
        if before
        else ("use_permitted_after", "use_permitted_before")
    )
    return sum(1 for each in plots if each.get(sides[0]) is True and each.get(sides[1]) is False)


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


def as_parquet(plots: Sequence[Plot]) -> bytes:
    """Every plot with its shape (EPSG:4326) as GeoParquet."""
    table = pd.DataFrame([dict(each.row) for each in plots])
    frame = geopandas.GeoDataFrame(table, geometry=[each.shape for each in plots], crs=4326)
    content = io.BytesIO()
    frame.to_parquet(content)
    return content.getvalue()


def rows_in(content: bytes) -> list[dict[str, Any]]:
    """The plots of a GeoParquet file, without their shapes."""
    columns = [name for name in pq.read_schema(io.BytesIO(content)).names if name != "geometry"]
    rows: list[dict[str, Any]] = pq.read_table(io.BytesIO(content), columns=columns).to_pylist()
    return rows


def in_order(rows: Sequence[Mapping[str, Any]], effect: str) -> list[Mapping[str, Any]]:
    """The rows of an effect, or of all; those that change come before those that stay as they are."""
    wanted = [each for each in rows if effect in ("", each["effect"])]
    return sorted(wanted, key=lambda each: each["effect"] == UNCHANGED)


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as CSV."""
    return str(pd.DataFrame(list(rows)).to_csv(index=False, lineterminator="\r\n"))


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
